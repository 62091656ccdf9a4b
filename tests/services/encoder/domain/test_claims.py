"""Expected values are read off the encounter by hand; where the guides decide, the test names the section."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.encoder.domain.claims import build_claim
from services.encoder.domain.coding import ChartCodes
from shared.claims import ClaimId, InstitutionalClaim, PatientControlNumber, ProfessionalClaim
from tests.builders import (
    OPERATING_NPI,
    EncounterBuilder,
    a_physician,
    a_professional_encounter,
    an_encounter,
    commercial,
    medicare,
)

CLAIM = ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a001")
NUMBER = PatientControlNumber("RC0000000000000000A1")
PNEUMONIA = {"diagnoses": [{"code": "J189", "poa": "Y"}, {"code": "N179", "poa": "N"}]}
HYPERTENSION = {"diagnoses": [{"code": "I10"}, {"code": "E119"}]}


def institutional(encounter: EncounterBuilder, codes: dict[str, Any] = PNEUMONIA) -> InstitutionalClaim:
    claim = build_claim(encounter.build(), ChartCodes.model_validate(codes), claim_id=CLAIM, control_number=NUMBER)
    assert isinstance(claim, InstitutionalClaim)
    return claim


def professional(encounter: EncounterBuilder, codes: dict[str, Any] = HYPERTENSION) -> ProfessionalClaim:
    claim = build_claim(encounter.build(), ChartCodes.model_validate(codes), claim_id=CLAIM, control_number=NUMBER)
    assert isinstance(claim, ProfessionalClaim)
    return claim


def test_an_inpatient_stay_becomes_a_bill_of_type_0111():
    claim = institutional(an_encounter())
    assert claim.type_of_bill == "0111"
    assert (claim.statement_from, claim.statement_through) == (date(2026, 11, 16), date(2026, 11, 20))
    assert claim.admission.model_dump() == {
        "type": "1", "source": "1", "date": date(2026, 11, 16), "hour": 20, "minute": 10,
        "discharge_hour": 17, "discharge_minute": 5,
    }  # fmt: skip
    assert claim.patient_status == "01"
    assert claim.total_charge == Decimal("7622.50")
    assert [(line.revenue_code, line.charge) for line in claim.lines] == [
        ("0120", Decimal("6400.00")), ("0250", Decimal("812.50")), ("0300", Decimal("410.00")),
    ]  # fmt: skip
    assert [(diagnosis.code, diagnosis.poa) for diagnosis in claim.diagnoses] == [("J189", "Y"), ("N179", "N")]
    assert claim.admitting_diagnosis is not None
    assert claim.admitting_diagnosis.code == "R0602"
    assert claim.attending is not None


def test_services_before_admission_begin_the_statement_period():
    """CMS Pub 100-04 ch. 25 §75.1, FL 6 and 12: the statement may begin before the day of admission."""
    claim = institutional(an_encounter().with_charge(revenue_code="0300", service_date="2026-11-14"))
    assert claim.statement_from == date(2026, 11, 14)
    assert claim.admission.date == date(2026, 11, 16)


def test_a_stay_ends_with_discharge_though_a_charge_is_dated_later():
    claim = institutional(an_encounter().with_charge(revenue_code="0300", service_date="2026-11-22"))
    assert claim.statement_through == date(2026, 11, 20)


def test_an_outpatient_bill_is_of_type_0131_and_has_no_admission_date():
    visit = an_encounter().but(encounter_class="emergency")
    claim = institutional(visit, HYPERTENSION | {"reasons_for_visit": [{"code": "R51.9"}]})
    assert claim.type_of_bill == "0131"
    assert (claim.admission.date, claim.admission.hour, claim.admitting_diagnosis) == (None, None, None)
    assert [reason.code for reason in claim.reasons_for_visit] == ["R519"]


def test_the_facility_says_another_type_of_bill():
    assert institutional(an_encounter().but(facility_type="83")).type_of_bill == "0831"


def test_the_coders_admitting_diagnosis_stands_before_the_received_one():
    claim = institutional(an_encounter(), PNEUMONIA | {"admitting_diagnosis": {"code": "R05.9"}})
    assert claim.admitting_diagnosis is not None
    assert claim.admitting_diagnosis.code == "R059"


def test_procedures_and_their_surgeon_are_told():
    encounter = an_encounter().but(
        providers={"attending": a_physician(), "operating": a_physician(OPERATING_NPI, "REYES", "MARIA")}
    )
    codes = PNEUMONIA | {"procedures": [{"code": "0FT44ZZ", "date": date(2026, 11, 17)}]}
    claim = institutional(encounter, codes)
    assert [(p.code, p.date) for p in claim.procedures] == [("0FT44ZZ", date(2026, 11, 17))]
    assert claim.operating is not None
    assert claim.operating.npi == OPERATING_NPI


def test_an_accident_becomes_its_occurrence_code():
    """NUBC, CMS Pub 100-04 ch. 25: 01 accident/medical coverage, 04 accident/employment related."""
    accident = {"causes": ["AA", "EM"], "date": "2026-11-15", "state": "TN"}
    known = {"code": "04", "date": date(2026, 11, 14)}
    claim = institutional(an_encounter().but(accident=accident, occurrences=[known]))
    assert [(o.code, o.date) for o in claim.occurrences] == [("04", date(2026, 11, 14)), ("01", date(2026, 11, 15))]
    assert claim.references.auto_accident_state == "TN"


def test_an_office_visit_becomes_a_professional_claim():
    claim = professional(a_professional_encounter())
    assert claim.place_of_service == "11"
    [line] = claim.lines
    assert (line.procedure, line.charge, line.pointers, line.place_of_service) == (
        "99213",
        Decimal("125.00"),
        (1,),
        None,
    )
    assert line.service_from == date(2026, 11, 16)
    assert claim.dates.admission is None


def test_a_professional_claim_carries_no_present_on_admission():
    claim = professional(a_professional_encounter(), PNEUMONIA)
    assert [diagnosis.poa for diagnosis in claim.diagnoses] == [None, None]


def test_the_coder_says_pointers_modifiers_and_procedure_of_a_line():
    lines = [{"charge_id": "C1", "pointers": [2, 1], "procedure": "99214", "modifiers": ["25"]}]
    [line] = professional(a_professional_encounter(), HYPERTENSION | {"lines": lines}).lines
    assert (line.procedure, line.modifiers, line.pointers) == ("99214", ("25",), (2, 1))


def test_what_the_coder_leaves_open_stays_as_captured():
    encounter = a_professional_encounter().but(charges=[]).with_charge(procedure="99213", modifiers=["24"])
    lines = [{"charge_id": "C1", "pointers": [2]}]
    [line] = professional(encounter, HYPERTENSION | {"lines": lines}).lines
    assert (line.procedure, line.modifiers) == ("99213", ("24",))


def test_a_visit_in_a_hospital_bed_tells_the_admission():
    """005010X222A1, 2300 DTP*435 and DTP*096: inpatient medical visits."""
    claim = professional(a_professional_encounter().but(place_of_service="21"))
    assert (claim.dates.admission, claim.dates.discharge) == (date(2026, 11, 16), date(2026, 11, 16))


def test_a_line_says_only_what_differs_from_its_claim():
    other = a_physician(OPERATING_NPI, "REYES", "MARIA")
    encounter = (
        a_professional_encounter()
        .with_charge(procedure="93000", place_of_service="22", rendering=other)
        .with_charge(procedure="36415", place_of_service="11", rendering=a_physician())
    )
    _, second, third = professional(encounter).lines
    assert second.place_of_service == "22"
    assert second.rendering is not None
    assert (third.place_of_service, third.rendering) == (None, None)


def test_an_accident_becomes_related_causes():
    accident = {"causes": ["AA"], "date": "2026-11-15", "state": "TN"}
    claim = professional(a_professional_encounter().but(accident=accident))
    assert claim.related_causes is not None
    assert (claim.related_causes.causes, claim.related_causes.state) == (("AA",), "TN")
    assert claim.dates.accident == date(2026, 11, 15)


def test_the_primary_payer_is_billed_and_the_others_are_told():
    claim = institutional(an_encounter().but(coverages=[commercial(sequence="S"), medicare("A")]))
    assert claim.billed_sequence == "P"
    assert claim.billed_coverage.payer.name == "MEDICARE"
    assert [coverage.sequence for coverage in claim.other_coverages] == ["S"]


def test_a_line_is_numbered_by_its_charge_unless_the_id_is_longer_than_x12_takes():
    encounter = an_encounter().with_charge(revenue_code="0300", id="C" * 31)
    assert [line.control_number for line in institutional(encounter).lines] == ["C1", "C2", "C3", None]


def test_a_faulty_identifier_goes_with_the_claim_so_that_the_scrubber_can_say_so():
    claim = professional(a_professional_encounter().but(providers={"rendering": a_physician("1234567894")}))
    assert claim.rendering is not None
    assert claim.rendering.npi == "1234567894"
