"""What would change an estimate and is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.grouper.domain.estimates import LeftOut, PricedLine
from services.grouper.domain.professional.localities import Place
from services.grouper.domain.professional.services import ProfessionalServices

_ALWAYS = (
    ("deductible", "what the patient has paid of the Part B deductible of the year is not known"),
    ("sequestration", "the reduction of what Medicare pays, 2 per cent since 2013, does not touch the allowed amount"),
    ("incentives", "adjustments of the practitioner, as those of MIPS, and bonuses for shortage areas are not given"),
    (
        "coverage",
        "medical necessity, NCCI, MUE and visits in a global period are not looked at: lines are priced as they stand",
    ),
)
_INCREASED = "modifier 22: a contractor may pay more for a procedure that took more than usual, by report"


def left_out_of(
    services: ProfessionalServices, lines: Sequence[PricedLine], places: Sequence[Place]
) -> Iterator[LeftOut]:
    """By line what has no amount or could have another, then what no estimate of this schedule has."""
    for position, line in enumerate(lines):
        if line.outcome == "not-supported":
            yield LeftOut(what="line", reason=line.reason or "", pointer=f"/lines/{position}")
        elif line.outcome == "paid":
            yield from _of_paid_line(position, line, services, places[position])
    if services.practitioner.kind is None and not any(line.taxonomy for line in services.lines):
        reason = "who gave the services is not known: they are priced as a physician's"
        yield LeftOut(what="practitioner", reason=reason)
    if not services.accepts_assignment:
        reason = "assignment is not accepted: the patient owes the charge up to the limiting charge, beside coinsurance"
        yield LeftOut(what="balance-billing", reason=reason)
    for what, reason in _ALWAYS:
        yield LeftOut(what=what, reason=reason)


def _of_paid_line(position: int, line: PricedLine, services: ProfessionalServices, place: Place) -> Iterator[LeftOut]:
    pointer = f"/lines/{position}"
    if place.why_unknown is not None:
        reason = f"{place.why_unknown}: the amount is the national one, without geographic indices"
        yield LeftOut(what="locality", reason=reason, pointer=pointer)
    if services.lines[position].charge is None:
        reason = "the charge is not given; Medicare allows no more than was charged"
        yield LeftOut(what="charge", reason=reason, pointer=pointer)
    if "22" in line.modifiers:
        yield LeftOut(what="increased-service", reason=_INCREASED, pointer=pointer)
    if line.patient_share is None:
        reason = "modifier 33: whether the service is free to the patient depends on what it was given with"
        yield LeftOut(what="patient-share", reason=reason, pointer=pointer)
    if "55" in line.modifiers and services.assumed_care is None and services.relinquished_care is None:
        reason = "the days of postoperative care are not given: the share is that of the whole period"
        yield LeftOut(what="days-of-postoperative-care", reason=reason, pointer=pointer)
