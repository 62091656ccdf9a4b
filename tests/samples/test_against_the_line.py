"""The sample day against the services' own rules: clean claims are clean, held ones are held for their own edit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from samples.day import SAMPLE_DAY, make_day
from samples.models import SampleEncounter
from services.encoder.domain.claims import build_claim
from services.encoder.domain.code_checks import check_codes
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.finalizing import obstacles
from services.scrubber.domain.edits import all_edits
from services.scrubber.domain.examination import Examination, Scrubber
from services.scrubber.parameters import code_lists, payer_rules
from shared.claims import ClaimId
from shared.claims.control_numbers import control_number
from shared.runtime import embedded_tables
from shared.tables import CodeSets

ENCOUNTERS = make_day(20261124).encounters


@pytest.fixture(scope="module")
def scrubber() -> Scrubber:
    return Scrubber(
        edits=all_edits(),
        tables=embedded_tables(),
        lists=code_lists(),
        payer_rules=payer_rules(),
    )


def examined(sample: SampleEncounter, scrubber: Scrubber, as_of: date = SAMPLE_DAY) -> Examination:
    """The sample's claim as its coder first finishes it, grouped as the key says, after the edits."""
    codes = ChartCodes.model_validate_json((sample.first_codes or sample.codes).model_dump_json())
    claim_id = ClaimId(UUID(int=int(sample.encounter.id[-4:]), version=4))
    number = control_number(claim_id, 1)
    claim = build_claim(sample.encounter, codes, claim_id=claim_id, control_number=number)
    return scrubber.examine(claim.model_copy(update={"drg": sample.drg}), tenant="demo", as_of=as_of)


def test_the_encoder_takes_the_codes_of_every_chart() -> None:
    for sample in ENCOUNTERS:
        for codes in filter(None, (sample.first_codes, sample.codes)):
            given = ChartCodes.model_validate_json(codes.model_dump_json())
            assert obstacles(sample.encounter, given) == ()
            assert check_codes(given, sample.encounter, CodeSets(embedded_tables().current())) == ()


def test_what_is_clean_passes_every_edit(scrubber: Scrubber) -> None:
    for sample in ENCOUNTERS:
        if sample.fate in ("cleared", "rejected"):
            findings = examined(sample, scrubber).report.findings
            assert [(sample.scenario, finding.edit_id, finding.pointer) for finding in findings] == []


def test_what_is_held_is_held_by_its_edit_alone(scrubber: Scrubber) -> None:
    for sample in ENCOUNTERS:
        if sample.fate == "held" and sample.defect:
            errors = [one for one in examined(sample, scrubber).report.findings if one.severity == "error"]
            assert {finding.edit_id for finding in errors} == {sample.defect.edit}


def test_a_fault_of_format_is_repaired(scrubber: Scrubber) -> None:
    for sample in ENCOUNTERS:
        if sample.fate == "cleared" and sample.defect:
            assert [one.repair_id for one in examined(sample, scrubber).report.repairs] == [sample.defect.edit]
