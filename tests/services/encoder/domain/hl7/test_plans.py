"""Any message whatever is planned or refused: reading one raises nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.hl7.events import ACTIONS
from services.encoder.domain.hl7.faults import Faults, MessageRefused
from services.encoder.domain.hl7.messages import read_message
from services.encoder.domain.hl7.plans import FileDocument, Plan, TellVisit, digest_of, plan_of
from shared.claims import AS_RECEIVED
from tests.builders import a_physician, an_organization_provider
from tests.services.encoder.domain.hl7.messages import (
    a_document,
    a_message,
    admitted,
    dg1,
    discharged,
    ft1,
    in1,
    obx,
    pid,
    pv1,
    seg,
    txa,
)

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def a_profile(**fields: object) -> FacilityProfile:
    told = {"id": "CVMC", "billing": an_organization_provider(), "time_zone": "America/Chicago"} | fields
    return FacilityProfile.model_validate(told, context=AS_RECEIVED)


def planned(content: bytes, **profile: object) -> Plan:
    return plan_of(read_message(content), {"CVMC": a_profile(**profile)}, AT)


def the_visit(content: bytes, **profile: object) -> dict[str, object]:
    step = planned(content, **profile).step
    assert isinstance(step, TellVisit)
    return step.visit.members


def the_document(content: bytes) -> FileDocument:
    step = planned(content).step
    assert isinstance(step, FileDocument)
    return step


def test_a_profile_names_payers_and_practitioners():
    kent = a_physician(last="KENT")
    alias = {"received": "MHP01", "payer": {"name": "MERIDIAN", "payer_id": "60054"}, "filing_indicator": "HM"}
    told = the_visit(admitted(f7="DR-7"), practitioners=[{"received": "DR-7", "provider": kent}], payers=[alias])
    assert told["providers"]["attending"].person.last == "KENT"
    [coverage] = told["coverages"]
    assert (coverage["payer"].payer_id, coverage["filing_indicator"]) == ("60054", "HM")


def test_a_patient_who_pays_alone_has_no_coverage():
    told = the_visit(admitted(), payers=[{"received": "MHP01", "payer": None}])
    assert told["coverages"] == []


def test_coverages_stand_in_their_order_and_an_ended_one_is_left_out():
    ended = in1(f1="3", f4="OLD PLAN", f13="20251231", f12="20250101", f22="3")
    second = in1(f1="1", f4="SECOND PLAN", f17="SPO", f16="ABERNATHY^JAMES", f22="2")
    told = the_visit(a_message("ADT^A01", pid(), pv1(), second, in1(f1="2", f22="1"), ended))
    assert [(c["sequence"], c["payer"]["name"], c["relationship"]) for c in told["coverages"]] == [
        ("P", "MERIDIAN HEALTH PLAN", "18"),
        ("S", "SECOND PLAN", "01"),
    ]
    # HL7 table 0063: SPO, spouse, is 01 of X12 element 1069; the insured is then another person.
    assert told["coverages"][1]["subscriber"]["person"]["first"] == "JAMES"


@pytest.mark.parametrize(
    ("patient_class", "found"),
    [("I", "inpatient"), ("E", "emergency"), ("O", "outpatient"), ("OBS", "observation"), ("P", "preadmit")],
)
def test_a_patient_class_is_an_encounter_class(patient_class: str, found: str):
    assert the_visit(admitted(f2=patient_class))["encounter_class"] == found


def test_a_profile_of_a_physicians_group_makes_visits_professional():
    told = the_visit(admitted(f2="O"), ambulatory_visits="professional", place_of_service="11")
    assert (told["encounter_class"], told["place_of_service"]) == ("professional", "11")
    assert "rendering" in told["providers"]


def test_diagnoses_stand_by_priority_and_what_is_not_icd10_is_told_of():
    plan = planned(a_message("BAR^P12", pid(), pv1(), dg1("N17.9", 2), dg1("J18.9", 1, f26="Y"), dg1("486", 3)))
    assert isinstance(plan.step, TellVisit)
    assert plan.step.visit.members["received_codes"]["diagnoses"] == [
        {"code": "J18.9", "poa": "Y"},
        {"code": "N17.9", "poa": None},
    ]
    assert [(fault.place, fault.code, fault.severity) for fault in plan.warnings] == [("DG1[3]-3", "103", "W")]


def test_what_is_left_out_stays_as_it_was_and_null_takes_it_back():
    known_step = planned(admitted()).step
    assert isinstance(known_step, TellVisit)
    known = known_step.visit.opened(Faults())
    assert known is not None
    update = planned(a_message("ADT^A08", pid(f11=""), pv1(f10='""', f7="", f44=""))).step
    assert isinstance(update, TellVisit)
    faults = Faults()
    changed = update.visit.applied_to(known, newer=True, faults=faults)
    assert changed is not None
    assert (changed.specialty, changed.started_at) == (None, known.started_at)
    assert changed.patient.address == known.patient.address
    assert changed.providers == known.providers


def test_the_lines_of_a_note_follow_each_other():
    content = a_message("MDM^T02", pid(), pv1(), txa(), obx("HISTORY\\.br\\Fever.~"), obx("Cough & chills^2 days.", 2))
    assert the_document(content).read.document.text == "HISTORY\nFever.\n\nCough & chills^2 days."


def test_an_encapsulated_page_of_html_is_read():
    html = obx("^TEXT^HTML^A^<p>Fever.</p><p>Cough \\T\\ chills.</p>", kind="ED")
    assert the_document(a_message("MDM^T02", pid(), pv1(), txa(), html)).read.document.text == (
        "Fever.\n\nCough & chills."
    )


def test_an_unsigned_document_says_so():
    assert the_document(a_document(f17="DI")).read.signed is False
    assert the_document(a_document(f17="AU")).read.signed is True


def test_a_document_has_its_kind_by_type_or_loinc():
    assert the_document(a_document(f2="OP")).read.document.kind == "operative_report"
    assert the_document(a_document(f2="34117-2^History and physical^LN")).read.document.kind == "history_and_physical"
    assert the_document(a_document(f2="XX")).read.document.kind == "clinical_note"


def test_the_time_of_sending_does_not_make_another_message():
    first, later = admitted(), admitted()
    first = first.replace(read_message(first).control_id.encode(), b"1")
    later = later.replace(read_message(later).control_id.encode(), b"1").replace(
        b"20261120120000", b"20261120120100", 1
    )
    assert digest_of(read_message(first)) == digest_of(read_message(later))
    assert digest_of(read_message(first)) != digest_of(read_message(first.replace(b"JOAN", b"JANE")))


KINDS = st.sampled_from([f"{kind}^{event}" for kind, event in ACTIONS])
VALUES = st.text(st.sampled_from('A1|^~\\&.-/"é\n\r \x000259ZX'), max_size=12)
SEGMENTS = st.builds(
    lambda name, fields: "|".join([name, *fields]),
    st.sampled_from(["PID", "PV1", "PV2", "EVN", "MRG", "DG1", "PR1", "IN1", "IN2", "FT1", "TXA", "OBX", "ZZZ"]),
    st.lists(VALUES, max_size=50),
)
GOOD = st.sampled_from([pid(), pv1(), in1(), dg1(), ft1(), txa(), obx("Fever."), seg("MRG", f1="M", f3="A", f5="V")])


@settings(max_examples=60)
@given(KINDS, st.lists(SEGMENTS | GOOD, max_size=8))
def test_any_segments_are_planned_or_refused(kind: str, segments: list[str]):
    content = a_message(kind, *segments)
    try:
        plan = planned(content)
    except MessageRefused:
        return
    if isinstance(plan.step, TellVisit):
        faults = Faults()
        opened = plan.step.visit.opened(faults)
        assert (opened is None) == bool(faults.errors)


@settings(max_examples=40)
@given(st.binary(max_size=120), st.integers(0, 400))
def test_a_message_damaged_anywhere_is_planned_or_refused(noise: bytes, place: int):
    for whole in (admitted(), discharged(), a_document()):
        with suppress(MessageRefused):
            planned(whole[:place] + noise + whole[place:])
