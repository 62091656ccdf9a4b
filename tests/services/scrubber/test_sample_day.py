"""On a day of encounters, every defect that must be held is found by its edit, and no other claim is stopped.

The day, its defects and the edit that each must fire are made by `samples`, which knows nothing of the scrubber's code.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from samples.day import SAMPLE_DAY, make_day
from samples.models import SampleEncounter
from services.encoder.domain.claims import build_claim
from services.encoder.domain.coding import ChartCodes
from shared.claims import AS_RECEIVED, ClaimId, Finding
from shared.claims.control_numbers import control_number
from tests.services.scrubber.cases import a_scrubber

COVERED_DAY = date(2026, 6, 16)
"""A day that the I/OCE and the hospitals' NCCI of a fresh install cover, as they do not the sample day."""


@cache
def the_day(day: date = SAMPLE_DAY) -> tuple[SampleEncounter, ...]:
    return tuple(make_day(2026, encounters=300, day=day).encounters)


def claim_of(sample: SampleEncounter, number: int) -> Any:
    """The claim that the line would bring: coded as the coder did at first, grouped where it is a stay."""
    codes = (sample.first_codes or sample.codes).model_dump()
    claim_id = ClaimId.parse(f"0193628d-58f5-7a70-8d2e-{number:012x}")
    claim = build_claim(
        sample.encounter,
        ChartCodes.model_validate(codes, context=AS_RECEIVED),
        claim_id=claim_id,
        control_number=control_number(claim_id, 1),
    )
    return claim.model_copy(update={"drg": sample.drg}) if claim.kind == "institutional" else claim


def errors(sample: SampleEncounter, number: int, as_of: date = SAMPLE_DAY) -> list[Finding]:
    report = a_scrubber().examine(claim_of(sample, number), tenant="north", as_of=as_of).report
    return [finding for finding in report.findings if finding.severity == "error"]


HELD = [
    pytest.param(sample, number, id=f"{number}-{sample.defect.kind}")
    for number, sample in enumerate(the_day())
    if sample.defect is not None and sample.fate == "held"
]


@pytest.mark.parametrize(("sample", "number"), HELD)
def test_a_defect_is_held_by_its_edit(sample: SampleEncounter, number: int):
    assert sample.defect is not None
    assert {finding.edit_id for finding in errors(sample, number)} == {sample.defect.edit}


@pytest.mark.parametrize("day", [SAMPLE_DAY, COVERED_DAY])
def test_no_claim_is_stopped_that_is_well(day: date):
    well = [(number, sample) for number, sample in enumerate(the_day(day)) if sample.fate in ("cleared", "rejected")]
    stopped = {number: [finding.edit_id for finding in errors(sample, number, day)] for number, sample in well}
    assert {number: edits for number, edits in stopped.items() if edits} == {}
    assert len(well) > 200
