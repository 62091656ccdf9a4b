"""Principal and first-listed diagnoses by the words of a record. By hand after sections II and IV of the guidelines."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.proposals import Proposal, merged
from services.encoder.domain.reading.suggestions import ReadChart
from shared.claims import EncounterClass
from shared.tables import Tables
from tests.services.encoder.domain.reading.charts import DAY, a_document, read_chart

Answer = tuple[str, str] | None


def principal(tables: Tables, text: str, setting: EncounterClass, kind: str = "discharge_summary") -> Answer:
    """The code and the basis."""
    reading = read_chart(tables, a_document(kind, text), setting=setting)
    found = [one for one in reading.suggestions if one.principal]
    assert len(found) < 2
    return (found[0].code, found[0].principal_ground.basis) if found and found[0].principal_ground else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Principal diagnosis: Acute appendicitis.\nSecondary diagnoses: Essential hypertension.", ("K3580", "named")),
        (
            "Discharge diagnoses:\n1. Acute appendicitis\n2. Urinary tract infection\n",
            ("K3580", "first_listed"),
        ),
        ("He was admitted for acute appendicitis. Urinary tract infection was treated.", ("K3580", "reason")),
        (
            "She presented with vomiting and was found to have acute appendicitis. Gout was stable.",
            ("K3580", "found"),
        ),
        ("Acute appendicitis was treated.", ("K3580", "only_one")),
        # I.C.1.d.4: sepsis before the localized infection, where both were there on admission
        (
            "Admission diagnoses: Pneumonia. Sepsis due to E. coli.\nDischarge diagnosis: Pneumonia.",
            ("A4151", "sequencing"),
        ),
        # the same, but nothing says that the sepsis was there on admission (I.C.1.d.4: arisen later it is secondary)
        ("Discharge diagnosis: Pneumonia.\nHospital course: Sepsis due to E. coli.", None),
        # I.C.1.d.4: a sepsis that arose in the house is no candidate
        (
            "Discharge diagnosis: Pneumonia.\nHospital course: Sepsis due to E. coli on hospital day 5.",
            ("J189", "first_listed"),
        ),
        # II.A: a symptom is not principal beside a definitive diagnosis
        ("He was admitted for hematuria. Gout was treated.", None),
        # the words name two, and no guideline puts one before the other (II.C)
        ("Admitted for acute appendicitis. Discharge diagnosis: Acute pancreatitis.", None),
        # the first of the list is not read, so that what is read may not be first
        ("Discharge diagnoses:\n1. Zorbitis of the flurn\n2. Gout\n3. Urinary tract infection", None),
        ("Gout was treated. Urinary tract infection was treated.", None),
    ],
)
def test_a_stay(embedded_tables: Tables, text: str, expected: Answer) -> None:
    assert principal(embedded_tables, text, "inpatient") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Assessment:\n1. Hypothyroidism\n2. Essential hypertension", ("E039", "first_listed")),
        ("Here for follow-up of hypothyroidism. Gout is stable.", ("E039", "reason")),
        # IV.H: what is only suspected is not coded, the symptom is
        ("Assessment: Cough, possible pneumonia.", ("R059", "first_listed")),
        # what the patient came for is not what the list begins with
        ("Here for follow-up of gout.\nAssessment:\n1. Hypothyroidism\n2. Gout", None),
        ("Doing well. Gout and hypothyroidism are stable.", None),
    ],
)
def test_a_visit(embedded_tables: Tables, text: str, expected: Answer) -> None:
    assert principal(embedded_tables, text, "outpatient", "progress_note") == expected


def test_the_ground_cites_words_and_guideline(embedded_tables: Tables) -> None:
    text = "Admission diagnoses: Pneumonia. Sepsis due to E. coli.\nDischarge diagnosis: Pneumonia."
    reading = read_chart(embedded_tables, a_document("discharge_summary", text), setting="inpatient")
    [ground] = [one.principal_ground for one in reading.suggestions if one.principal_ground]
    assert [text[one.start : one.end] for one in ground.evidence] == ["Pneumonia", "Sepsis due to E. coli"]
    assert ground.citation == "ICD-10-CM Official Guidelines FY 2026, I.C.1.d.4"


def test_what_another_suggester_adds_is_placed_with_the_rest(embedded_tables: Tables) -> None:
    """Its code is the first of the discharge diagnoses, whose words the rules do not read."""
    text = "Discharge diagnoses:\n1. Zorbitis of the gallbladder\n2. Gout"
    document = a_document("discharge_summary", text)
    reading = read_chart(embedded_tables, document, setting="inpatient")
    chart = ReadChart.model_construct(setting="inpatient", day=DAY, documents=(document,))
    proposal = Proposal(code="K81.0", quote="Zorbitis of the gallbladder", confidence=0.9)
    answer = merged(reading, [proposal], "in-house", chart, embedded_tables)
    [first] = [one for one in answer.suggestions if one.principal]
    assert (first.code, first.suggester, first.present_on_admission) == ("K810", "in-house", "Y")
