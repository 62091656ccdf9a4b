"""Findings that a named person has let pass."""

from __future__ import annotations

from collections.abc import Sequence

from shared.claims import Finding, Override, ScrubReport


def with_overrides(report: ScrubReport, overrides: Sequence[Override]) -> ScrubReport:
    """The report after named people let findings pass; the claim is cleared when no other error is left."""
    passed = {override.edit_id for override in overrides}
    holding = [f for f in report.findings if f.severity == "error" and f.edit_id not in passed]
    return report.model_copy(
        update={"overrides": tuple(overrides), "outcome": "held" if holding else "cleared"},
    )


def standing_overrides(before: ScrubReport, after: ScrubReport) -> tuple[Override, ...]:
    """The overrides that still stand after a change: those whose findings are the very ones that were let pass."""
    return tuple(
        override
        for override in before.overrides
        if _findings_of(override.edit_id, before) == _findings_of(override.edit_id, after)
    )


def _findings_of(edit_id: str, report: ScrubReport) -> list[Finding]:
    return [finding for finding in report.findings if finding.edit_id == edit_id]
