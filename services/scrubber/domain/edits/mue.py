"""Medically unlikely edits: the most units of a service that one provider gives one patient on a day.

NCCI Policy Manual for Medicare Services, chapter I, section V. The adjudication indicator (MAI) says what is compared
with the limit. 1: the units of each line by itself, so that the same code with a modifier on a line of its own (76, 77,
91, 59, RT, LT, another site) is allowed. 2 and 3: the units of the code on the day over all lines, whatever their
modifiers. Above a limit of 2 nothing is ever paid (statute, code descriptor, anatomy); above one of 3 the record may
justify it on review, so that it is a warning. Denied units are not the patient's to pay, by an ABN either (CARC 151).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, codes_by_day, is_supplier, numbers, rows_on
from shared.claims import InstitutionalClaim, Severity
from shared.tables import mue

_DENIED = "CARC 151"
_SOURCE = "NCCI Policy Manual for Medicare Services ch. I §V; CMS CR 8853; CMS, medically unlikely edits of the quarter"
_SURGERY_CENTRE = "24"
_POSTOPERATIVE_ONLY = "55"
_BOTH_SIDES = frozenset({"LT", "RT"})
_ONE = Decimal(1)


class Excess(NamedTuple):
    """Units above a limit."""

    limit: mue.Limit
    day: date
    services: tuple[Service, ...]
    """The line, where the limit is one of lines, else all lines of the code on the day."""
    units: Decimal
    """Of these lines on one day."""

    @property
    def last(self) -> Service:
        """The line that goes over the limit."""
        return self.services[-1]

    @property
    def evidence(self) -> dict[str, str]:
        return {
            "code": self.limit.code,
            "units": str(self.units),
            "limit": str(self.limit.units),
            "adjudication_indicator": str(self.limit.adjudication),
            "rationale": self.limit.rationale,
            "lines": numbers(self.services),
            "day": self.day.isoformat(),
            "release": self.limit.release,
        }


def excesses(claim: AnyClaim, on: Circumstances) -> tuple[Excess, ...] | None:
    """All units above their limits; None where there are none, or no limits for such a claim or day.

    A limit of none at all is Medicare's coverage (preventive visits, self-administered drugs): no measure for others.
    """
    setting = _setting(claim, on)
    if setting is None:
        return None
    found: list[Excess] = []
    decides = on.payer_rule.applies.get("ncci") == "error"
    for day, given in on.once(codes_by_day, claim):
        rows = rows_on(on.tables, mue.MUE[setting], day)
        if rows is None:
            continue
        for code, services in given.items():
            if not (listed := rows(code)) or not _may_exceed(services, listed[0].units):
                continue
            limit = mue.limit(on.tables, setting, code, day)
            if limit is not None and (limit.units or decides):
                found += _above(limit, day, services)
    return tuple(found) or None


def _may_exceed(services: list[Service], limit: int) -> bool:
    """Whether the units as they stand are above the limit: those that count of them are no more."""
    if len(services) == 1:
        return services[0].line.units > limit
    return sum([units for one in services if (units := one.line.units) > 0]) > limit


def _setting(claim: AnyClaim, on: Circumstances) -> mue.Setting | None:
    if isinstance(claim, InstitutionalClaim):
        return "hospital" if on.listed("mue_bill_types", claim.facility_type) else None
    return "dme" if is_supplier(claim) else "practitioner"


def _above(limit: mue.Limit, day: date, services: list[Service]) -> Iterator[Excess]:
    # Postoperative care alone is no second operation (Pub 100-04 ch. 12 §40.2); minutes are not units of service.
    counted = [one for one in services if _POSTOPERATIVE_ONLY not in one.modifiers and not one.counts_minutes]
    if limit.per_line:
        for service in counted:
            if (units := _of_a_day(service)) > limit.units:
                yield Excess(limit, day, (service,), units)
    elif (together := sum(map(_of_a_day, counted), Decimal(0))) > limit.units:
        yield Excess(limit, day, tuple(counted), together)


def _of_a_day(service: Service) -> Decimal:
    """The units of a line that spans several days are divided among them, to the nearest whole number."""
    if service.first >= service.last:
        return service.units
    days = (service.last - service.first).days + 1
    return (service.units / days).quantize(_ONE, ROUND_HALF_UP)


@rule_book("ncci", excesses)(
    "mue-line",
    title="A line has more units than Medicare pays on one line",
    predicted=_DENIED,
    source=_SOURCE,
)
def line_units(found: tuple[Excess, ...]) -> Iterator[Defect]:
    for excess in (one for one in found if one.limit.adjudication == 1):
        line = excess.last
        yield Defect(
            f"{line.pointer}/units",
            f"Check the units of line {line.number}: {excess.units} of {line.code}, where one line may have "
            f"{excess.limit.units}. Where the record shows more, bill the rest on lines of their own with the modifier "
            "that says why (76, 77, 91, RT, LT, else 59 or XE, XS, XP, XU).",
            excess.evidence,
        )


@rule_book("ncci", excesses)(
    "mue-day-absolute",
    title="A service has more units on the day than can ever be paid",
    predicted=_DENIED,
    source=_SOURCE,
)
def day_units_absolute(found: tuple[Excess, ...]) -> Iterator[Defect]:
    for excess in (one for one in found if one.limit.adjudication == 2):
        yield Defect(
            f"{excess.last.pointer}/units", _of_the_day(excess), excess.evidence, severity=_in_a_centre(excess)
        )


@rule_book("ncci", excesses)(
    "mue-day-reviewable",
    title="A service has more units on the day than are paid without a look at the record",
    predicted=_DENIED,
    source=_SOURCE,
    severity="warning",
)
def day_units_reviewable(found: tuple[Excess, ...]) -> Iterator[Defect]:
    for excess in (one for one in found if one.limit.adjudication == 3):
        yield Defect(f"{excess.last.pointer}/units", _of_the_day(excess), excess.evidence)


def _of_the_day(excess: Excess) -> str:
    code, lines = excess.limit.code, numbers(excess.services)
    if not excess.limit.units:
        return f"Leave out {code} (line {lines}): it is never paid to this kind of provider."
    sides = {modifier for service in excess.services for modifier in service.modifiers} & _BOTH_SIDES
    if sides == _BOTH_SIDES and excess.units == 2:
        return (
            f"Bill {code} of both sides on one line with modifier 50 and one unit, not on lines {lines}: on one day "
            f"{excess.limit.units} can be paid."
        )
    lasting = "" if excess.limit.adjudication == 2 else " unless the record shows why on review"
    return (
        f"Check the units of {code} (line {lines}): {excess.units} on one day, of which {excess.limit.units} can be "
        f"paid{lasting}. A modifier does not change that."
    )


def _in_a_centre(excess: Excess) -> Severity | None:
    """A surgery centre bills both sides on two lines or with two units, which a limit of one does not foresee."""
    return "warning" if any(service.place_of_service == _SURGERY_CENTRE for service in excess.services) else None
