"""Expected values are read off the resources by hand; code systems are those that HL7, CMS and NUBC name."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.fhir.bundle import read_bundle
from services.encoder.domain.fhir.encounters import encounters_of, facilities_named
from services.encoder.domain.fhir.issues import Issue, Notes
from shared.claims import AS_RECEIVED, Encounter
from tests.builders import a_physician, an_organization_provider
from tests.services.encoder.domain.fhir.bundles import (
    a_bundle,
    a_stay,
    charge_item,
    concept,
    condition,
    coverage,
    department,
    encounter,
    hospital,
    note,
    patient,
    payer,
    physician,
    procedure,
    reference,
)


def read(document: Any, *profiles: FacilityProfile) -> tuple[list[Encounter], list[Issue]]:
    notes = Notes()
    bundle = read_bundle(document, notes)
    found = encounters_of(bundle, {profile.id: profile for profile in profiles}, notes)
    return list(found), notes.issues


def the_encounter(document: Any, *profiles: FacilityProfile) -> Encounter:
    [found], issues = read(document, *profiles)
    assert not [issue for issue in issues if issue.severity == "error"]
    return found


def codes(issues: list[Issue], severity: str = "error") -> list[str]:
    return [issue.code for issue in issues if issue.severity == severity]


def a_profile(**fields: Any) -> FacilityProfile:
    profile = {"id": "hospital-main", "billing": an_organization_provider()} | fields
    return FacilityProfile.model_validate(profile, context=AS_RECEIVED)


def test_a_stay_is_read():
    found = the_encounter(a_stay(condition(), note()))
    assert (found.id, found.encounter_class) == ("V-1001", "inpatient")
    assert found.started_at == datetime.fromisoformat("2026-11-16T14:10:00-05:00")
    assert found.ended_at == datetime.fromisoformat("2026-11-20T11:05:00-05:00")
    assert found.patient.medical_record_number == "MRN-77"
    assert (found.patient.name.last, found.patient.name.first, found.patient.name.middle) == ("West", "Diane", "Ruth")
    assert (found.patient.birth_date, found.patient.sex) == (date(1961, 9, 13), "F")
    assert found.patient.address is not None
    assert found.patient.address.zip_code == "02155"
    assert found.received_codes.diagnoses[0].code == "J189"


def test_the_billing_organization_is_the_nearest_that_has_an_npi():
    found = the_encounter(a_stay())
    assert found.facility.id == "hospital-main"
    assert (found.facility.billing.organization, found.facility.billing.npi) == ("Community Hospital", "1234567893")
    assert found.facility.billing.tax_id == "043334444"


def test_an_organization_without_npi_is_taken_with_a_warning():
    _, issues = read(a_bundle(hospital(identifier=[]), department(), physician(), patient(), encounter()))
    assert codes(issues, "warning") == ["billing_npi_missing"]


def test_a_facilitys_profile_says_who_bills():
    profile = a_profile(ccn="440999")
    assert facilities_named(read_bundle(a_stay(), Notes())) >= {"hospital-main", "dept-medicine", "1234567893"}
    found = the_encounter(a_stay(), profile)
    assert found.facility.billing.organization == "CUMBERLAND VALLEY MEDICAL CENTER"
    assert found.facility.ccn == "440999"


def test_a_profile_stands_in_for_an_organization_that_the_bundle_does_not_hold():
    bare = a_bundle(physician(), patient(), encounter(serviceProvider=reference("Organization/hospital-main")))
    _, issues = read(bare)
    assert codes(issues) == ["facility_unknown"]
    assert the_encounter(bare, a_profile()).facility.id == "hospital-main"


def test_times_are_read_in_the_facilitys_zone():
    """16 November 02:30 UTC is still the 15th, 20:30, in Nashville."""
    stay = a_stay(period={"start": "2026-11-16T02:30:00Z", "end": "2026-11-20T17:05:00Z"})
    found = the_encounter(stay, a_profile(time_zone="America/Chicago"))
    assert (found.started_at.date(), found.started_at.hour) == (date(2026, 11, 15), 20)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("IMP", "inpatient"),
        ("EMER", "emergency"),
        ("OBSENC", "observation"),
        ("SS", "same_day_surgery"),
        ("AMB", "outpatient"),
    ],
)
def test_the_class_says_what_kind_of_care_it_was(code: str, expected: str):
    assert the_encounter(a_stay(**{"class": {"code": code}})).encounter_class == expected


def test_a_group_practice_bills_its_visits_as_professional():
    profile = a_profile(ambulatory_visits="professional", place_of_service="11")
    found = the_encounter(a_stay(**{"class": {"code": "AMB"}}), profile)
    assert (found.encounter_class, found.place_of_service) == ("professional", "11")
    assert found.providers.rendering is not None
    assert found.providers.attending is None


def test_diagnoses_come_discharge_first_then_by_rank_then_the_rest():
    use = "http://terminology.hl7.org/CodeSystem/diagnosis-role"
    listed = [
        {"condition": reference("Condition/c-2"), "use": concept(use, "CM"), "rank": 2},
        {"condition": reference("Condition/c-1"), "use": concept(use, "DD"), "rank": 9},
        {"condition": reference("Condition/c-3"), "use": concept(use, "AD"), "rank": 1},
    ]
    conditions = [
        condition("J18.9", id="c-1"),
        condition("I10", id="c-2"),
        condition("R06.02", id="c-3"),
        condition("E11.9", id="c-4"),
    ]
    found = the_encounter(a_stay(*conditions, diagnosis=listed))
    assert [diagnosis.code for diagnosis in found.received_codes.diagnoses] == ["J189", "I10", "E119"]
    assert found.admitting_diagnosis is not None
    assert found.admitting_diagnosis.code == "R0602"


def test_codes_of_other_systems_are_told_of_and_left_out():
    snomed = "http://snomed.info/sct"
    stay = a_stay(condition("233604007", system=snomed), procedure("80146002", system=snomed))
    [found], issues = read(stay)
    assert found.received_codes.diagnoses == ()
    assert found.received_codes.procedures == ()
    assert codes(issues, "warning") == ["condition_not_icd10", "procedure_not_icd10"]
    assert issues[0].expression == "Bundle.entry[5].resource.code"
    assert issues[0].pointer == "/entry/5/resource/code"


def test_a_refuted_condition_is_left_out():
    status = concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")
    found = the_encounter(a_stay(condition(verificationStatus=status)))
    assert found.received_codes.diagnoses == ()


def test_a_procedure_names_its_day_and_its_surgeon():
    found = the_encounter(a_stay(procedure()))
    assert [(p.code, p.date) for p in found.received_codes.procedures] == [("0FT44ZZ", date(2026, 11, 17))]
    assert found.providers.operating is not None
    assert found.providers.operating.npi == "1987654328"


def test_a_procedure_not_done_is_left_out():
    assert the_encounter(a_stay(procedure(status="not-done"))).received_codes.procedures == ()


def test_the_attending_has_npi_and_taxonomy():
    role = {
        "resourceType": "PractitionerRole",
        "id": "r-1",
        "practitioner": reference("Practitioner/DR-1"),
        "specialty": [concept("http://nucc.org/provider-taxonomy", "207R00000X")],
    }
    attending = the_encounter(a_stay(role)).providers.attending
    assert attending is not None
    assert (attending.npi, attending.taxonomy) == ("1987654328", "207R00000X")


def test_a_profile_knows_the_practitioner_whom_the_bundle_does_not_identify():
    alias = {"received": "DR-1", "provider": a_physician()}
    found = the_encounter(a_stay(), a_profile(practitioners=[alias]))
    assert found.providers.attending is not None
    assert found.providers.attending.person is not None
    assert found.providers.attending.person.last == "OKAFOR"


def test_an_unknown_practitioner_is_told_of():
    _, issues = read(a_bundle(hospital(), department(), patient(), encounter()))
    assert [(i.code, i.expression) for i in issues] == [
        ("provider_unknown", "Bundle.entry[3].resource.participant[0].individual")
    ]


def test_a_coverage_is_read():
    [found] = the_encounter(a_stay(payer(), coverage())).coverages
    assert (found.sequence, found.payer.name, found.payer.payer_id) == ("P", "Meridian Health Plan", "MHP01")
    assert (found.relationship, found.filing_indicator, found.group_number) == ("18", "12", "G-7")
    assert found.subscriber.member_id == "W123"
    assert found.subscriber.person is not None
    assert found.subscriber.person.last == "West"


def test_coverages_stand_in_their_order_and_only_while_in_force():
    found = the_encounter(
        a_stay(
            payer(),
            coverage(id="cov-3", order=2, subscriberId="SECOND"),
            coverage(id="cov-1", order=1, subscriberId="FIRST"),
            coverage(id="cov-2", period={"start": "2025-01-01", "end": "2025-12-31"}),
            coverage(id="cov-4", status="cancelled"),
        )
    )
    assert [(c.sequence, c.subscriber.member_id) for c in found.coverages] == [("P", "FIRST"), ("S", "SECOND")]


@pytest.mark.parametrize(("visit", "indicator"), [("IMP", "MA"), ("AMB", "MB")])
def test_medicare_is_a_for_the_facility_and_b_for_the_physician(visit: str, indicator: str):
    profile = a_profile(ambulatory_visits="professional", place_of_service="11")
    stay = a_stay(payer(), coverage(type=concept("https://nahdo.org/sopt", "121")), **{"class": {"code": visit}})
    assert the_encounter(stay, profile).coverages[0].filing_indicator == indicator


def test_a_dependents_subscriber_is_read_from_the_bundle():
    holder = {
        "resourceType": "RelatedPerson",
        "id": "rp-1",
        "patient": reference("Patient/pt-1"),
        "name": [{"family": "West", "given": ["Paul"]}],
        "gender": "male",
        "birthDate": "1959-01-02",
    }
    spouse = concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "spouse")
    held = coverage(relationship=spouse, subscriber=reference("RelatedPerson/rp-1"))
    [found] = the_encounter(a_stay(payer(), held, holder)).coverages
    assert found.relationship == "01"
    assert found.subscriber.person is not None
    assert (found.subscriber.person.first, found.subscriber.sex) == ("Paul", "M")
    _, issues = read(a_stay(payer(), held))
    assert codes(issues) == ["reference_not_found"]


def test_a_profile_names_the_payer_and_a_patient_who_pays_alone():
    known = {"received": "MHP01", "payer": {"name": "MERIDIAN", "payer_id": "77001"}, "filing_indicator": "HM"}
    [found] = the_encounter(a_stay(payer(), coverage()), a_profile(payers=[known])).coverages
    assert (found.payer.payer_id, found.filing_indicator) == ("77001", "HM")
    alone = a_profile(payers=[{"received": "payer-1"}])
    assert the_encounter(a_stay(payer(), coverage()), alone).coverages == ()


def test_a_contained_payer_is_found():
    inside = coverage(contained=[payer(id="p")], payor=[reference("#p")])
    assert the_encounter(a_stay(inside)).coverages[0].payer.name == "Meridian Health Plan"


def test_charges_with_an_amount_are_taken():
    [found], issues = read(a_stay(charge_item(), charge_item(id="chg-2", priceOverride=None)))
    [charge] = found.charges
    assert (charge.revenue_code, charge.procedure, charge.units) == ("0320", "71046", Decimal(2))
    assert (charge.amount, charge.service_date) == (Decimal("410.50"), date(2026, 11, 17))
    assert codes(issues, "warning") == ["charge_without_amount"]


def test_a_negative_charge_keeps_the_bundle_out():
    found, issues = read(a_stay(charge_item(priceOverride={"value": -1, "currency": "USD"})))
    assert found == []
    assert [(i.code, "charges.0.amount" in i.message) for i in issues if i.severity == "error"] == [
        ("encounter_invalid", True)
    ]


def test_nubc_codes_are_taken_as_sent_and_example_codes_only_where_they_mean_one():
    dispositions = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
    nubc = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
    sent = the_encounter(a_stay(hospitalization={"dischargeDisposition": concept(nubc, "63")}))
    assert sent.discharge_status == "63"
    read_as = the_encounter(a_stay(hospitalization={"dischargeDisposition": concept(dispositions, "snf")}))
    assert read_as.discharge_status == "03"
    [unclear], issues = read(a_stay(hospitalization={"dischargeDisposition": concept(dispositions, "hosp")}))
    assert unclear.discharge_status is None
    assert codes(issues, "warning") == ["nubc_code_unclear"]


def test_an_encounter_still_running_has_no_end():
    assert the_encounter(a_stay(status="in-progress")).ended_at is None


@pytest.mark.parametrize("status", ["planned", "cancelled", "entered-in-error"])
def test_what_was_no_care_makes_no_chart(status: str):
    found, issues = read(a_stay(status=status))
    assert found == []
    assert codes(issues, "warning") == ["encounter_not_care"]


def test_resources_of_a_transaction_are_found_by_their_full_url():
    resources = [hospital(), department(), physician(), patient(id=None), encounter(id=None, identifier=None)]
    resources[4]["subject"] = reference("urn:uuid:0b6f1f54-0000-4000-8000-000000000001")
    document = a_bundle(*resources, kind="transaction")
    document["entry"][3]["fullUrl"] = "urn:uuid:0b6f1f54-0000-4000-8000-000000000001"
    document["entry"][4]["fullUrl"] = "urn:uuid:0b6f1f54-0000-4000-8000-000000000002"
    for entry in document["entry"]:
        entry["resource"] = {name: value for name, value in entry["resource"].items() if value is not None}
        entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
    assert the_encounter(document).id == "0b6f1f54-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    ("broken", "code", "expression"),
    [
        ({"subject": reference("Patient/nobody")}, "reference_not_found", "Bundle.entry[4].resource.subject"),
        ({"subject": None}, "encounter_without_patient", "Bundle.entry[4].resource.subject"),
        ({"period": None}, "period_missing", "Bundle.entry[4].resource.period.start"),
        ({"period": {"start": "2026-11"}}, "period_missing", "Bundle.entry[4].resource.period.start"),
        ({"period": {"start": "2026-02-30"}}, "resource_malformed", "Bundle.entry[4].resource.period.start"),
        ({"class": {"code": "SPACE"}}, "encounter_class", "Bundle.entry[4].resource.class"),
        ({"status": 5}, "resource_malformed", "Bundle.entry[4].resource.status"),
        (
            {"diagnosis": [{"condition": reference("Condition/nobody")}]},
            "reference_not_found",
            "Bundle.entry[4].resource.diagnosis[0].condition",
        ),
        (
            {"period": {"start": "2026-11-20T00:00:00Z", "end": "2026-11-16T00:00:00Z"}},
            "encounter_invalid",
            "Bundle.entry[4].resource",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_its_fhir_path(broken: dict[str, Any], code: str, expression: str):
    fields = {name: value for name, value in encounter(**broken).items() if value is not None}
    found, issues = read(a_bundle(hospital(), department(), physician(), patient(), fields))
    errors = [(issue.code, issue.expression) for issue in issues if issue.severity == "error"]
    assert found == []
    assert (code, expression) in errors


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"resourceType": "Patient"}, "not_a_bundle"),
        ([], "not_a_bundle"),
        ({"resourceType": "Bundle", "type": "history", "entry": [{}]}, "bundle_type"),
        ({"resourceType": "Bundle", "type": "collection"}, "bundle_empty"),
        ({"resourceType": "Bundle", "type": "collection", "entry": ["x"]}, "resource_missing"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {}}]}, "resource_missing"),
    ],
)
def test_what_is_no_bundle_is_told(document: Any, code: str):
    _, issues = read(document)
    assert code in codes(issues)


def test_a_bundle_without_encounter_is_told():
    _, issues = read(a_bundle(patient()))
    assert codes(issues) == ["no_encounter"]


def test_two_resources_of_one_id_are_told():
    _, issues = read(a_stay(patient()))
    assert codes(issues) == ["resource_repeated"]


def test_resources_without_use_are_counted_and_never_parsed():
    broken = {"resourceType": "Observation", "id": "o", "value": "not an observation at all"}
    found, issues = read(a_stay(broken, broken))
    assert len(found) == 1
    assert [(issue.severity, issue.message) for issue in issues] == [
        ("information", "2 resources of type Observation were passed over")
    ]
