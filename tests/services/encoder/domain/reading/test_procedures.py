"""Procedures from the words of a record to ICD-10-PCS.

Expected codes were built by hand out of the ICD-10-PCS tables of fiscal year 2026 (section, body system, operation,
then one row's values); the guideline that decides stands beside where there is one.
"""

from __future__ import annotations

from datetime import date

import pytest

from services.encoder.domain.reading.procedure_words import procedure_words
from services.encoder.domain.reading.procedures import ProceduresRead, read_procedures
from services.encoder.domain.reading.suggestions import LeftOut, ReadChart
from shared.tables import Tables, icd10, icd10pcs_tables
from tests.services.encoder.domain.reading.charts import DAY, a_document, read_chart


def read(tables: Tables, text: str, kind: str = "discharge_summary", day: date = DAY) -> ProceduresRead:
    chart = ReadChart.model_construct(setting="inpatient", day=day, documents=(a_document(kind, text),))
    return read_procedures(chart, tables)


def codes(tables: Tables, text: str, kind: str = "discharge_summary") -> set[str]:
    return {one.code for one in read(tables, text, kind).suggestions}


PERFORMED = [
    ("She underwent laparoscopic cholecystectomy.", {"0FT44ZZ"}),
    ("She underwent open cholecystectomy.", {"0FT40ZZ"}),
    # B3.2d: converted to open, the open approach is that of the resection
    ("She underwent laparoscopic cholecystectomy converted to open.", {"0FT40ZZ"}),
    ("He underwent laparoscopic appendectomy.", {"0DTJ4ZZ"}),
    ("She underwent right total hip arthroplasty, ceramic on polyethylene, uncemented.", {"0SR904A"}),
    ("He underwent left hip hemiarthroplasty with cemented metal head.", {"0SRS019"}),
    # B4.3: both sides have a code each where no value says both
    ("He underwent bilateral total knee arthroplasty with cemented components.", {"0SRC0J9", "0SRD0J9"}),
    # B3.6b, B3.6c: arteries bypassed from each source by themselves
    ("He underwent CABG x3, LIMA to LAD and saphenous vein grafts to OM and PDA.", {"02100Z9", "021109W"}),
    ("He underwent quadruple coronary artery bypass with saphenous vein grafts.", {"021309W"}),
    # B4.4: coronary arteries are counted
    ("PCI to the LAD with one drug-eluting stent was performed.", {"027034Z"}),
    ("PCI of the LAD and RCA was performed with two drug-eluting stents.", {"027135Z"}),
    # B3.4a, B3.11a: a biopsy is an excision, and the inspection is not coded beside it
    ("Colonoscopy with biopsy of the sigmoid colon was performed.", {"0DBN8ZX"}),
    ("Colonoscopy was performed with polypectomy in the cecum and ascending colon.", {"0DBH8ZZ", "0DBK8ZZ"}),
    ("Colonoscopy was performed and was normal.", {"0DJD8ZZ"}),
    ("EGD was performed and was normal.", {"0DJ08ZZ"}),
    ("EGD with biopsies of the gastric antrum was performed.", {"0DB78ZX"}),
    ("She underwent low transverse cesarean section.", {"10D00Z1"}),
    ("Normal spontaneous vaginal delivery was performed.", {"10E0XZZ"}),
    ("Vacuum-assisted vaginal delivery was performed.", {"10D07Z6"}),
    ("He was intubated.", {"0BH17EZ"}),
    # 24 to 96 consecutive hours, more than 96, less than 24
    ("Mechanical ventilation was required for 3 days.", {"5A1945Z"}),
    ("Mechanical ventilation was required for 120 hours.", {"5A1955Z"}),
    ("Mechanical ventilation was required for 20 hours.", {"5A1935Z"}),
    # B6.1: the body part of an infusion device is where its tip lies
    ("A central line was placed with its tip in the SVC.", {"02HV33Z"}),
    ("She received intermittent hemodialysis.", {"5A1D70Z"}),
    ("CRRT was performed.", {"5A1D90Z"}),
    ("Transfused 2 units of packed red blood cells through a peripheral IV.", {"30233N1"}),
    ("Right thoracentesis was performed.", {"0W993ZZ"}),
    ("Left chest tube was placed.", {"0W9B30Z"}),
    ("Diagnostic paracentesis was performed.", {"0W9G3ZX"}),
    ("Lumbar puncture was performed and CSF sent for culture.", {"009U3ZX"}),
    ("He underwent left below-knee amputation, mid tibia.", {"0Y6J0Z2"}),
    # uterus and cervix have body parts of their own
    ("She underwent total abdominal hysterectomy.", {"0UT90ZZ", "0UTC0ZZ"}),
    ("She underwent laparoscopic supracervical hysterectomy.", {"0UT94ZL"}),
    # mesh is a supplement
    ("He underwent laparoscopic left inguinal hernia repair with mesh.", {"0YU64JZ"}),
    ("She underwent open umbilical hernia repair without mesh.", {"0WQF0ZZ"}),
    ("She underwent ORIF of the right distal radius.", {"0PSH04Z"}),
    ("She underwent ORIF of a left hip fracture with a cephalomedullary nail.", {"0QS706Z"}),
    ("Excisional debridement of the right heel to subcutaneous tissue was performed.", {"0JBQ0ZZ"}),
    ("Percutaneous tracheostomy was performed.", {"0B113F4"}),
    ("PEG tube was placed.", {"0DH63UZ"}),
    ("Right knee arthroscopy was performed.", {"0SJC4ZZ"}),
    ("Right knee arthroscopy with partial meniscectomy was performed.", {"0SBC4ZZ"}),
    ("Phacoemulsification with intraocular lens, right eye, was performed.", {"08RJ3JZ"}),
]


@pytest.mark.parametrize(("text", "expected"), PERFORMED)
def test_a_procedure_of_which_every_axis_is_said_is_coded(embedded_tables: Tables, text: str, expected: set[str]):
    assert codes(embedded_tables, text) == expected
    assert all(icd10.is_billable(embedded_tables, "icd10pcs", code, DAY) for code in expected)
    # the embedded tables are not all there are: what they lack they do not deny
    assert all(icd10pcs_tables.is_built(embedded_tables, code, DAY) is not False for code in expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("He is s/p cholecystectomy.", "historical"),
        ("Past surgical history: appendectomy.", "historical"),
        ("Plan: laparoscopic cholecystectomy next week.", "not_performed"),
        ("Scheduled for laparoscopic cholecystectomy.", "planned"),
        ("The patient refused paracentesis.", "planned"),
        ("No paracentesis was performed.", "negated"),
        ("The risks of a lumbar puncture were discussed.", "planned"),
        ("Paracentesis kit at the bedside.", "not_performed"),
    ],
)
def test_what_was_not_done_in_this_stay_is_left_out(embedded_tables: Tables, text: str, reason: str) -> None:
    found = read(embedded_tables, text)
    assert found.suggestions == []
    assert [one.reason for one in found.left_out] == [reason]


def asked(left: LeftOut) -> dict[str, tuple[str, ...]]:
    return {one.asks: one.values for one in left.more_specific}


def test_an_open_axis_is_asked_with_its_valid_values(embedded_tables: Tables) -> None:
    [left] = read(embedded_tables, "She underwent cholecystectomy.").left_out
    assert left.reason == "procedure_incomplete"
    assert left.codes == ("0FT40ZZ", "0FT44ZZ")
    assert asked(left) == {"approach": ("0 Open", "4 Percutaneous Endoscopic")}


def test_a_joint_replacement_without_its_device_is_incomplete(embedded_tables: Tables) -> None:
    [left] = read(embedded_tables, "He underwent right total hip arthroplasty.").left_out
    assert set(asked(left)) == {"device"}
    assert "4 Synthetic Substitute, Ceramic on Polyethylene" in asked(left)["device"]


def test_the_report_of_an_operation_says_what_its_title_does_not(embedded_tables: Tables) -> None:
    text = (
        "Procedure performed: Right total hip arthroplasty.\nDescription: The acetabular component was press-fit. "
        "A ceramic head and polyethylene liner were chosen."
    )
    assert codes(embedded_tables, text, "operative_report") == {"0SR904A"}


def test_what_one_sentence_leaves_open_another_may_say(embedded_tables: Tables) -> None:
    text = "Procedures: Laparoscopic cholecystectomy.\nHospital course: She underwent cholecystectomy without trouble."
    found = read(embedded_tables, text)
    assert [(one.code, len(one.evidence)) for one in found.suggestions] == [("0FT44ZZ", 1)]
    assert found.left_out == []


def test_a_value_that_stands_where_nothing_is_said_makes_it_less_sure(embedded_tables: Tables) -> None:
    [said] = read(embedded_tables, "She underwent open cholecystectomy.").suggestions
    [assumed] = read(embedded_tables, "She underwent laparoscopic cholecystectomy.").suggestions
    assert said.confidence > assumed.confidence  # hand-assisted is not said, so that it is not
    assert assumed.path == ("cholecystectomy", "Medical and Surgical", "Hepatobiliary System and Pancreas", "Resection",
        "Gallbladder", "Percutaneous Endoscopic", "No Device", "No Qualifier")  # fmt: skip


def test_a_stay_has_its_procedures_beside_its_diagnoses_and_a_visit_none(embedded_tables: Tables) -> None:
    document = a_document("operative_report", "Diagnosis: Acute cholecystitis.\nProcedure: Open cholecystectomy.")
    stay = read_chart(embedded_tables, document, setting="inpatient")
    assert {(one.system, one.code) for one in stay.suggestions} == {("icd10cm", "K810"), ("icd10pcs", "0FT40ZZ")}
    # Z90.49 (I.C.21.c.3) is for what was removed before
    assert "not_past" in {one.reason for one in stay.left_out}
    visit = read_chart(embedded_tables, document, setting="outpatient")
    assert {one.system for one in visit.suggestions} == {"icd10cm"}


def test_a_status_that_other_words_speak_for_stays(embedded_tables: Tables) -> None:
    found = read(embedded_tables, "She underwent open appendectomy.")
    [done] = found.suggestions
    here, elsewhere = done.evidence[0], done.evidence[0].model_copy(update={"document": "another"})
    status = done.model_copy(update={"system": "icd10cm", "code": "Z9049", "evidence": (here, elsewhere)})
    assert list(found.without_their_status([status])) == [status]
    assert list(found.without_their_status([status.model_copy(update={"evidence": (here,)})])) == []


def test_every_code_of_the_list_that_is_whole_is_one_of_the_classification(embedded_tables: Tables) -> None:
    kinds = [kind for procedure in procedure_words().by_name.values() for kind in procedure.kinds]
    whole = {code for kind in kinds for code in kind.codes if "?" not in code}
    assert whole
    assert {code for code in whole if not icd10.is_billable(embedded_tables, "icd10pcs", code, DAY)} == set()
