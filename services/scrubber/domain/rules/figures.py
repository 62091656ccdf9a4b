"""What a rule has come to: how much it was true of, day by day, and whether payers saw it the same way."""

from __future__ import annotations

from collections.abc import Sequence

from shared.claims import Date, Many, Model


class DayFigures(Model):
    """The claims that the rule was first true of on one day, or failed on."""

    day: Date
    claims: int
    would_hold: int
    """Those that it holds, or in shadow would have held."""
    in_shadow: int
    failed: int
    rejected: int
    """Those that a payer has rejected since: the rule was right."""
    accepted: int
    """Those that were taken into adjudication and not rejected."""


class RuleFigures(Model):
    """The days with a claim, the oldest first, and their sums."""

    rule_id: str
    days: Many[DayFigures]
    claims: int
    would_hold: int
    in_shadow: int
    failed: int
    rejected: int
    accepted: int

    @classmethod
    def of(cls, rule_id: str, days: Sequence[DayFigures]) -> RuleFigures:
        counts = [name for name in DayFigures.model_fields if name != "day"]
        sums = {name: sum(getattr(day, name) for day in days) for name in counts}
        return cls(rule_id=rule_id, days=tuple(days), **sums)
