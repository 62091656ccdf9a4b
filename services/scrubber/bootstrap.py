"""What a process of the scrubber is made of: the edits, the tables, the payers' rules, and who hears of a bug."""

from __future__ import annotations

import traceback

import structlog

from services.scrubber.domain.edits import all_edits
from services.scrubber.domain.engine import Edit
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.rules.rule import Rule
from services.scrubber.metrics import EDIT_FAILURES, RULE_FAILURES
from services.scrubber.parameters import code_lists, payer_rules
from services.scrubber.settings import ScrubberSettings
from shared.runtime import embedded_tables
from shared.tables import ReferenceTables

log = structlog.get_logger("revcycle.scrubber")


def create_scrubber(settings: ScrubberSettings | None = None, *, tables: ReferenceTables | None = None) -> Scrubber:
    """A scrubber with these reference tables, by default those of the installation.

    Raises UnreadableTable or InvalidParameter where a table or a parameter file is not what it should be.
    """
    chosen = settings or ScrubberSettings()
    return Scrubber(
        edits=all_edits(),
        tables=tables or embedded_tables(),
        lists=code_lists(),
        payer_rules=payer_rules(),
        failed=report_failed_edit,
        rule_failed=report_failed_rule,
        repairs_off=chosen.repairs_off,
        known_addresses=chosen.provider_addresses,
    )


def report_failed_edit(edit: Edit, error: Exception) -> None:
    """Count and log a bug in an edit. The error's own words may be the patient's: only its type and place go out."""
    EDIT_FAILURES.labels(edit.id).inc()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("edit failed", edit=edit.id, error=type(error).__name__, where=f"{frame.name}:{frame.lineno}")


def report_failed_rule(rule: Rule, reason: str) -> None:
    """Count and log a rule that could not be decided. `reason` is one of ours: no word of the claim is in it."""
    RULE_FAILURES.labels(rule.status).inc()
    log.warning("rule failed", rule=rule.id, version=rule.version, status=rule.status, reason=reason)
