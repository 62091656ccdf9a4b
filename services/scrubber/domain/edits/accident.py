"""Accidents and related causes (CLM11)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect, edit
from shared.claims import ProfessionalClaim


@edit(
    "accident-state-missing",
    title="The state of an auto accident is not said",
    predicted="A7:727",
    source="005010X222A1, CLM11-4: required where CLM11-1 or -2 is AA",
    kinds=PROFESSIONAL,
    row=44,
)
def accident_state_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    related = claim.related_causes
    if related is not None and "AA" in related.causes and related.state is None and related.country is None:
        yield Defect("/related_causes/state", "Give the state in which the accident happened.")


@edit(
    "accident-date-missing",
    title="The date of the accident is not said",
    predicted="A6:728",
    source="005010X222A1, 2300 DTP*439: required where CLM11 is AA or OA",
    kinds=PROFESSIONAL,
    row=44,
)
def accident_date_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    related = claim.related_causes
    if related is not None and {"AA", "OA"} & set(related.causes) and claim.dates.accident is None:
        yield Defect("/dates/accident", "Give the date of the accident.")


@edit(
    "accident-after-service",
    title="The accident lies after the service that it caused",
    predicted="A7:728",
    source="005010X222A1, 2300 DTP*439 against 2400 DTP*472",
    kinds=PROFESSIONAL,
    row=44,
)
def accident_after_service(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    accident = claim.dates.accident
    if accident is not None and (last := on.last_day) is not None and accident > last:
        yield Defect(
            "/dates/accident",
            "Correct the date of the accident: every service lies before it.",
            {"accident": accident.isoformat(), "last_day_of_service": last.isoformat()},
        )
