"""The lines of a visit as claim logic sees them: what the tables say of each, and what was decided so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.grouper.domain.outpatient.rules import Outcome
from services.grouper.domain.outpatient.visits import VisitLine
from shared.tables.catalogue import Release


@dataclass(frozen=True, slots=True)
class Group:
    """What an APC pays on a day: national and unadjusted."""

    apc: str
    status: str
    rate: Decimal | None
    """Dollars; None where the APC has no rate of its own."""
    copayment: Decimal | None
    """The national unadjusted copayment, else the minimum; None where the release has neither."""
    release: Release


@dataclass(frozen=True, slots=True)
class Listed:
    """What the tables say of the code of a line on its day."""

    status: str
    group: Group | None
    """None where the code has no APC."""
    lists: frozenset[str] | None
    """The I/OCE's lists that the code stands on; None where no I/OCE covers the day."""
    bilateral: str = ""
    """`conditional`, `independent`, `inherent`, or empty."""
    composite: str | None = None
    """The composite APC that an imaging service may be part of."""
    releases: tuple[Release, ...] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """A line and what was decided of it so far. Decisions are new values; nothing is changed in place."""

    index: int
    """The place of the line among those of the visit, from nought: numbers may stand twice on a faulty claim."""
    line: VisitLine
    day: date | None
    listed: Listed | None
    """None where the line has no code that the tables know."""
    status: str | None
    group: Group | None
    units: Decimal
    """The units that are paid, which packaging may reduce to one."""
    outcome: Outcome | None = None
    """None while the line is still in the running; `packaged`, or why it left."""
    reason: str | None = None
    composite_of: int | None = None
    """The index of the line that pays for it as one composite."""
    is_composite: bool = False
    """It pays for a composite of several lines."""
    is_primary: bool = False
    """It pays for the whole claim."""
    unpriced: str | None = None
    """Why its payment is not supported, should it be paid: it packages others and is packaged all the same."""
    is_uncertain: bool = False
    """It cannot be known what it packages: then nothing of the claim can be said."""
    was_conditional: bool = False
    """Its indicator was Q1 or Q2, and it is paid on its own."""

    @property
    def code(self) -> str:
        """The code in capitals; empty where the line has none."""
        return str(self.line.procedure or "")

    @property
    def rate(self) -> Decimal:
        """What its APC pays, to compare lines by; nought where it has none."""
        return (self.group and self.group.rate) or Decimal(0)

    @property
    def is_live(self) -> bool:
        return self.outcome is None

    def has(self, *modifiers: str) -> bool:
        return any(str(modifier) in modifiers for modifier in self.line.modifiers)

    def on(self, name: str) -> bool:
        """Whether its code stands on a list of the I/OCE."""
        return self.listed is not None and self.listed.lists is not None and name in self.listed.lists

    def refused(self, outcome: Outcome, reason: str) -> Assigned:
        return replace(self, outcome=outcome, reason=reason)

    def not_priced(self, reason: str) -> Assigned:
        return replace(self, unpriced=self.unpriced or reason)

    def uncertain(self, reason: str) -> Assigned:
        return replace(self.refused("not-supported", reason), is_uncertain=True)

    def packaged(self, reason: str, *, into: int | None = None) -> Assigned:
        return replace(self, status="N", outcome="packaged", reason=reason, composite_of=into)

    def paid_by(self, group: Group, reason: str | None = None, *, units: Decimal | None = None) -> Assigned:
        """The same line with another APC; `units` where these are reduced."""
        return replace(
            self,
            status=group.status,
            group=group,
            reason=reason if reason is not None else self.reason,
            units=self.units if units is None else units,
        )


Lines = Sequence[Assigned]
GroupOf = Callable[[str, date], Group | None]
"""What an APC pays on a day; None where no loaded release knows it."""


def changed(lines: Lines, changes: Iterable[Assigned]) -> list[Assigned]:
    """The lines with those that were changed in their places."""
    found = list(lines)
    for change in changes:
        found[change.index] = change
    return found


def by_day(lines: Lines) -> list[list[Assigned]]:
    """The lines of each day, in order of days; lines of no known day are left out."""
    days = sorted({line.day for line in lines if line.day is not None})
    return [[line for line in lines if line.day == day] for day in days]
