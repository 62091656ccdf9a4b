"""One pass of a claim through the scrubber: repairs first, then the tenant's own rules, then every edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.scrubber.domain.claim_parts import AnyClaim, ClaimParts
from services.scrubber.domain.code_lists import CodeLists
from services.scrubber.domain.engine import Edit, ScrubContext, no_report, scrub
from services.scrubber.domain.history import History
from services.scrubber.domain.payer_rules import PayerRules
from services.scrubber.domain.plan import EditSet
from services.scrubber.domain.repairs import repair
from services.scrubber.domain.rules import book
from services.scrubber.domain.rules.book import NO_RULES, RuleBook, RuleMatch, Verdict
from services.scrubber.domain.rules.shelf import RuleShelf
from shared.claims import Address, ScrubReport
from shared.tables import ReferenceTables


@dataclass(frozen=True)
class Examination:
    """The claim as repaired, and what was found on it."""

    claim: AnyClaim
    report: ScrubReport
    matches: tuple[RuleMatch, ...] = ()
    """The customer rules that were true of it, those in shadow too, or that failed on it."""
    queue: str | None = None
    """Where on the worklist it waits by a customer rule, should anything hold it."""
    filing_deadline: date | None = None
    """The last day on which the payer takes it; only where it is kept for the worklist."""


@dataclass(frozen=True)
class Scrubber:
    """The edits with the tables and rules that they stand on. Immutable but for its shelf: open once and share.

    `failed` is told of each edit that broke, `rule_failed` of each customer rule. `repairs_off` names the repairs that
    a tenant does not want.
    """

    edits: EditSet
    tables: ReferenceTables
    lists: CodeLists
    payer_rules: PayerRules
    failed: Callable[[Edit, Exception], None] = no_report
    rule_failed: book.Failed = book.no_report
    shelf: RuleShelf = field(default_factory=RuleShelf, compare=False, repr=False)
    repairs_off: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known_addresses: Sequence[Address] = ()

    def examine(
        self, claim: AnyClaim, *, tenant: str, as_of: date, rules: RuleBook = NO_RULES, history: History = ()
    ) -> Examination:
        """Repair the claim, ask the tenant's rules, run every edit as of a day. Never raises for what the claim holds.

        `history` is what other claims bill for the patient, where the caller keeps any.
        Raises UnreadableTable where the reference tables are damaged.
        """
        repaired, parts, repairs = repair(
            claim,
            ClaimParts.of(claim),
            known_addresses=self.known_addresses,
            switched_off=self.repairs_off.get(tenant, frozenset()),
        )
        verdict = rules.judge(repaired, as_of=as_of, failed=self.rule_failed) if rules.rules else Verdict(repaired)
        report = scrub(
            verdict.claim,
            ScrubContext(as_of, self.tables.current(), self.lists, self.payer_rules, history),
            self.edits,
            parts=parts if verdict.claim is repaired else None,
            repairs=(*repairs, *verdict.repairs),
            found=verdict.findings,
            failed=self.failed,
        )
        return Examination(verdict.claim, report, verdict.matches, verdict.queue)
