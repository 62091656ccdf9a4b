"""Segments that loop 2300 and loop 2400 have in common: PWK, CN1, CR1, CRC, HCP, and the numbers of a provider."""

from __future__ import annotations

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.loops import Begin, Levels, Rule
from services.submission.domain.x12.reading.parts import (
    Part,
    Take,
    each,
    element,
    fields,
    fill,
    number,
    within,
    yes_or_no,
)
from services.submission.domain.x12.reading.people import secondary_id

document: Take = each(
    "supporting_documents",
    element("report_type", "PWK01"),
    element("transmission", "PWK02"),
    element("control_number", "PWK06"),
)
contract: Take = within(
    "contract",
    fields(
        element("kind", "CN101"),
        element("amount", "CN102", number),
        element("percent", "CN103", number),
        element("code", "CN104"),
        element("discount_percent", "CN105", number),
        element("version", "CN106"),
    ),
)
transport: Take = within(
    "ambulance",
    fields(
        element("weight_pounds", "CR102", number),
        element("reason", "CR104"),
        element("miles", "CR106", number),
        element("round_trip_purpose", "CR109"),
        element("stretcher_purpose", "CR110"),
    ),
)
_CONDITION = (element("category", "CRC01"), element("applies", "CRC02", yes_or_no))


def _fill_condition(part: Part, placed: Placed) -> None:
    fill(part, placed, _CONDITION)
    codes = [code for code in placed.segment.elements[2:] if code]
    if codes:
        part.put("codes", codes, placed, "CRC03")


def condition(part: Part, placed: Placed) -> None:
    """CRC as one more of the conditions."""
    one = Part(placed)
    _fill_condition(one, placed)
    part.add("conditions", one)


epsdt: Take = within("epsdt", _fill_condition)
repricing: Take = within(
    "repricing",
    fields(
        element("methodology", "HCP01"),
        element("allowed", "HCP02", number),
        element("savings", "HCP03", number),
        element("organization_id", "HCP04"),
        element("rate", "HCP05", number),
        element("approved_drg", "HCP06"),
        element("approved_amount", "HCP07", number),
        element("approved_revenue_code", "HCP08"),
        element("approved_procedure", "HCP10"),
        element("approved_unit", "HCP11"),
        element("approved_units", "HCP12", number),
        element("reject_reason", "HCP13"),
        element("compliance", "HCP14"),
        element("exception", "HCP15"),
    ),
)


def numbers(qualifiers: str, most: int = 4) -> dict[str, Rule]:
    """REF of a provider, of the qualifiers that its loop allows."""
    return {f"REF*{qualifier}": Rule(secondary_id, most) for qualifier in qualifiers.split()}


def of_claim(field: str) -> Begin:
    """A loop that is an object of the claim."""

    def begin(levels: Levels, placed: Placed) -> Part:
        return levels.claim.child(field, placed) if levels.claim is not None else Part(placed)

    return begin


def of_line(field: str) -> Begin:
    """A loop that is an object of the line."""

    def begin(levels: Levels, placed: Placed) -> Part:
        return levels.line.child(field, placed) if levels.line is not None else Part(placed)

    return begin


def one_of_line(field: str) -> Begin:
    """A loop that is one more object in a list of the line."""

    def begin(levels: Levels, placed: Placed) -> Part:
        one = Part(placed)
        if levels.line is not None:
            levels.line.add(field, one)
        return one

    return begin
