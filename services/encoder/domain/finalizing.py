"""What stands between a coded chart and its claim. All reasons at once, so that a coder opens the chart once."""

from __future__ import annotations

from collections.abc import Iterator

from services.encoder.domain.coding import ChartCodes, coding_day
from services.encoder.domain.problems import Problem, pointer
from services.encoder.parameters import parameter
from shared.claims import Charge, Encounter

_UNITS = {"professional": ("UN", "MJ"), "institutional": ("UN", "DA")}


def obstacles(encounter: Encounter, codes: ChartCodes) -> tuple[Problem, ...]:
    """Why no claim can be made of this chart yet; empty where one can.

    Pointers go into the chart: `/encounter/…` and `/codes/…`. Only what a claim cannot be written without is asked for
    here; everything else is an edit's business.
    """
    return (*_missing(encounter, codes), *_place_missing(encounter), *_line_obstacles(encounter, codes))


def _missing(encounter: Encounter, codes: ChartCodes) -> Iterator[Problem]:
    if encounter.ended_at is None:
        message = "the patient is not discharged or the visit has not ended"
        yield Problem(code="not_ended", pointer="/encounter/ended_at", x12="2300.DTP03", message=message)
    if not encounter.charges:
        message = "there are no charges"
        yield Problem(code="no_charges", pointer="/encounter/charges", x12="2400", message=message)
    if not encounter.coverages:
        message = "there is no coverage: nobody to bill"
        yield Problem(code="no_coverage", pointer="/encounter/coverages", x12="2000B", message=message)
    if not codes.diagnoses:
        message = "there is no principal or first-listed diagnosis"
        yield Problem(code="no_principal_diagnosis", pointer="/codes/diagnoses", x12="2300.HI01-2", message=message)


def _place_missing(encounter: Encounter) -> Iterator[Problem]:
    places = [encounter.place_of_service, *(charge.place_of_service for charge in encounter.charges)]
    if encounter.is_professional and not any(places):
        message = "a professional claim needs a place of service"
        place = "/encounter/place_of_service"
        yield Problem(code="no_place_of_service", pointer=place, x12="2300.CLM05-1", message=message)


def _line_obstacles(encounter: Encounter, codes: ChartCodes) -> Iterator[Problem]:
    kind = "professional" if encounter.is_professional else "institutional"
    limit = parameter("line_limits").on(coding_day(encounter))[kind]
    if len(encounter.charges) > limit:
        message = f"a claim of this kind carries {limit} lines; split the encounter"
        yield Problem(
            code="too_many_lines", pointer=pointer("encounter", "charges", limit), x12="2400", message=message
        )
    yield from _repeated_charges(encounter)
    coded = {line.charge_id for line in codes.lines if line.procedure is not None}
    for index, charge in enumerate(encounter.charges):
        for name, element, message in _line_faults(charge, kind, coded=charge.id in coded):
            place = pointer("encounter", "charges", index, name)
            yield Problem(code=f"line_without_{name}", pointer=place, x12=element, message=message)


def _repeated_charges(encounter: Encounter) -> Iterator[Problem]:
    """A line is told from another by its charge's id (REF*6R), by the coder and by the payer."""
    ids = [charge.id for charge in encounter.charges]
    if len(set(ids)) == len(ids):
        return
    for index, charge_id in enumerate(ids):
        if charge_id in ids[:index]:
            place = pointer("encounter", "charges", index, "id")
            message = "another charge has the same id"
            yield Problem(code="charge_repeated", pointer=place, x12="2400.REF02", message=message)


def _line_faults(charge: Charge, kind: str, *, coded: bool) -> Iterator[tuple[str, str, str]]:
    """The member of the charge, its element, and what is the matter."""
    if kind == "professional" and charge.procedure is None and not coded:
        yield "procedure", "2400.SV101-2", "a professional line needs a HCPCS code"
    if kind == "institutional" and charge.revenue_code is None:
        yield "revenue_code", "2400.SV201", "an institutional line needs a revenue code"
    if charge.unit not in _UNITS[kind]:
        element = "2400.SV103" if kind == "professional" else "2400.SV204"
        yield "unit", element, f"a line of this kind is counted in {' or '.join(_UNITS[kind])}"
