"""Present on admission by the words of a record. Expected indicators by hand after appendix I of the guidelines."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.suggestions import Suggestion
from shared.tables import Tables
from tests.services.encoder.domain.reading.charts import a_document, read_chart

HISTORY = "history_and_physical"
DISCHARGE = "discharge_summary"


def indicator(tables: Tables, code: str, *documents: tuple[str, str]) -> tuple[str | None, str]:
    """The indicator of a code in an inpatient's record, and its basis."""
    found = of_code(tables, code, *documents)
    assert found.present_on_admission_ground is not None
    return found.present_on_admission, found.present_on_admission_ground.basis


def of_code(tables: Tables, code: str, *documents: tuple[str, str]) -> Suggestion:
    reading = read_chart(tables, *(a_document(kind, text) for kind, text in documents), setting="inpatient")
    [found] = [one for one in reading.suggestions if one.code == code]
    return found


OTHER = "\nPrincipal diagnosis: Acute appendicitis."
"""Something else that is principal: the condition asked about is not principal by being alone."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hospital course: The patient was admitted with pneumonia.", ("Y", "stated")),
        ("Hospital course: Pneumonia, present on admission, was treated.", ("Y", "stated")),
        ("Hospital course: Pneumonia (POA) was treated.", ("Y", "stated")),
        ("History of present illness: Chest film in the clinic showed pneumonia.", ("Y", "on_admission")),
        ("Admission diagnosis: Pneumonia.", ("Y", "on_admission")),
        ("Hospital course: Pneumonia, not present on admission, was treated.", ("N", "stated")),
        ("Hospital course: She developed pneumonia on hospital day 4.", ("N", "stated")),
        ("Hospital course: Hospital-acquired pneumonia was treated with cefepime.", ("N", "stated")),
        ("Hospital course: On postoperative day 3 there was new pneumonia.", ("N", "stated")),
        ("Hospital course: Pneumonia (POA: no), treated.", ("N", "stated")),
        ("Hospital course: He then developed pneumonia.", ("N", "stated")),
        # hospital day 1 is the day of admission
        ("Hospital course: Pneumonia on hospital day 1.", (None, "not_said")),
        # what is stated of the time goes before the verb
        ("Hospital course: He developed pneumonia prior to admission.", ("Y", "stated")),
        # each clause has its own time
        ("Hospital course: Admitted with pneumonia; hospital day 3 without events.", ("Y", "stated")),
        ("Hospital course: Pneumonia: unable to determine whether present on admission.", ("W", "undetermined")),
        ("Hospital course: Pneumonia was treated with ceftriaxone.", (None, "not_said")),
        # `developed` may be told of the time before
        ("He developed pneumonia.", (None, "not_said")),
    ],
)
def test_words_beside_a_condition_say_when_it_began(
    embedded_tables: Tables, text: str, expected: tuple[str | None, str]
) -> None:
    assert indicator(embedded_tables, "J189", (DISCHARGE, f"{text}{OTHER}")) == expected


def test_what_a_note_of_the_admission_documents_was_present(embedded_tables: Tables) -> None:
    later = (DISCHARGE, f"Hospital course: Pneumonia was treated.{OTHER}")
    early = (HISTORY, "Assessment: Possible pneumonia.")
    # suspected at the time of admission counts as well (appendix I)
    assert indicator(embedded_tables, "J189", early, later) == ("Y", "on_admission")
    assert indicator(embedded_tables, "J189", ("progress_note", "Assessment: Pneumonia."), later) == (None, "not_said")


def test_a_record_that_says_both_is_a_query(embedded_tables: Tables) -> None:
    documents = (HISTORY, "Assessment: Pneumonia."), (DISCHARGE, f"Hospital-acquired pneumonia.{OTHER}")
    found = of_code(embedded_tables, "J189", *documents)
    assert found.present_on_admission is None
    ground = found.present_on_admission_ground
    assert ground is not None
    assert ground.basis == "conflicting"
    assert [evidence.text.lower() for evidence in ground.evidence] == ["pneumonia", "hospital-acquired pneumonia"]


def test_a_chronic_condition_was_present_whenever_it_was_diagnosed(embedded_tables: Tables) -> None:
    text = f"Hospital course: Hypertension was found on hospital day 3.{OTHER}"
    assert indicator(embedded_tables, "I10", (DISCHARGE, text)) == ("Y", "chronic")


def test_what_occasioned_the_admission_was_present(embedded_tables: Tables) -> None:
    """No words of time at all: the definition of a principal diagnosis says it (section II)."""
    text = "Principal diagnosis: Pneumonia.\nSecondary diagnosis: Urinary tract infection."
    assert indicator(embedded_tables, "J189", (DISCHARGE, text)) == ("Y", "principal")
    assert indicator(embedded_tables, "N390", (DISCHARGE, text)) == (None, "not_said")


def test_without_the_list_of_exempt_codes_nothing_is_said_of_such_as_may_be(embedded_tables: Tables) -> None:
    """No list is embedded; tobacco use (Z72.0) is in a category of exempt codes."""
    text = "Assessment: Tobacco use."
    assert indicator(embedded_tables, "Z720", (HISTORY, text)) == (None, "exemption_unknown")


def test_a_visit_has_no_indicators(embedded_tables: Tables) -> None:
    reading = read_chart(embedded_tables, a_document(HISTORY, "Assessment: Pneumonia."), setting="outpatient")
    [found] = reading.suggestions
    assert (found.present_on_admission, found.present_on_admission_ground) == (None, None)


def test_the_evidence_is_where_the_record_says_so(embedded_tables: Tables) -> None:
    text = f"Pneumonia.\nHospital course: She developed pneumonia on hospital day 4.{OTHER}"
    found = of_code(embedded_tables, "J189", (DISCHARGE, text))
    ground = found.present_on_admission_ground
    assert ground is not None
    [evidence] = ground.evidence
    assert evidence.start == text.index("pneumonia on hospital day")
    assert ground.citation == "ICD-10-CM Official Guidelines, appendix I"
