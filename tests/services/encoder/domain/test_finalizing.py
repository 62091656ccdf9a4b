from __future__ import annotations

from typing import Any

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.finalizing import obstacles
from tests.builders import EncounterBuilder, a_professional_encounter, an_encounter

CODED = {"diagnoses": [{"code": "J189"}]}


def reasons(encounter: EncounterBuilder, codes: dict[str, Any] = CODED) -> dict[str, str]:
    found = obstacles(encounter.build(), ChartCodes.model_validate(codes))
    return {problem.pointer: problem.code for problem in found}


def test_a_complete_chart_is_ready():
    assert not reasons(an_encounter())
    assert not reasons(a_professional_encounter())


def test_all_reasons_are_told_at_once():
    encounter = an_encounter().but(ended_at=None, charges=[], coverages=[])
    assert reasons(encounter, {}) == {
        "/encounter/ended_at": "not_ended",
        "/encounter/charges": "no_charges",
        "/encounter/coverages": "no_coverage",
        "/codes/diagnoses": "no_principal_diagnosis",
    }


def test_an_institutional_line_needs_a_revenue_code():
    assert reasons(an_encounter().with_charge(procedure="71046")) == {
        "/encounter/charges/3/revenue_code": "line_without_revenue_code"
    }


def test_a_professional_line_needs_a_procedure_from_capture_or_coder():
    encounter = a_professional_encounter().with_charge()
    assert reasons(encounter) == {"/encounter/charges/1/procedure": "line_without_procedure"}
    assert not reasons(encounter, CODED | {"lines": [{"charge_id": "C2", "procedure": "93000"}]})


def test_units_are_those_of_the_guide():
    """SV103 of an 837P: UN or MJ; SV204 of an 837I: UN or DA."""
    assert reasons(a_professional_encounter().with_charge(procedure="99213", unit="DA")) == {
        "/encounter/charges/1/unit": "line_without_unit"
    }
    assert reasons(an_encounter().with_charge(revenue_code="0370", unit="MJ")) == {
        "/encounter/charges/3/unit": "line_without_unit"
    }


def test_a_professional_claim_needs_a_place_of_service_somewhere():
    nowhere = a_professional_encounter().but(place_of_service=None)
    assert reasons(nowhere) == {"/encounter/place_of_service": "no_place_of_service"}
    assert not reasons(nowhere.but(charges=[]).with_charge(procedure="99213", place_of_service="11"))


def test_an_837p_carries_fifty_lines():
    encounter = a_professional_encounter()
    for _ in range(50):
        encounter = encounter.with_charge(procedure="99213")
    assert reasons(encounter) == {"/encounter/charges/50": "too_many_lines"}


def test_two_charges_of_one_id_cannot_be_told_apart():
    encounter = an_encounter()
    twice = encounter.but(charges=[*encounter.fields["charges"], encounter.fields["charges"][0]])
    assert reasons(twice) == {"/encounter/charges/3/id": "charge_repeated"}
