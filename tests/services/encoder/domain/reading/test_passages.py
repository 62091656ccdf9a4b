"""Where a note divides into sentences, and which section each stands in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.traits import Section


def texts(note: str) -> list[str]:
    return [sentence.text for sentence in sentences(note)]


def sections(note: str, kind: str = "") -> list[tuple[str, str]]:
    return [(sentence.section.value, sentence.text) for sentence in sentences(note, kind)]


def test_an_abbreviation_with_a_full_stop_ends_no_sentence() -> None:
    assert texts("Seen by Dr. Lee. Takes metformin b.i.d. with food. Grew E. coli again.") == [
        "Seen by Dr. Lee.",
        "Takes metformin b.i.d. with food.",
        "Grew E. coli again.",
    ]


def test_numbers_keep_their_full_stops() -> None:
    assert texts("Creatinine was 1.5 mg today. Catheter No. 3 was placed.") == [
        "Creatinine was 1.5 mg today.",
        "Catheter No. 3 was placed.",
    ]


def test_no_at_the_end_of_a_sentence_ends_it() -> None:
    assert texts("Fever: no. Cough: yes.") == ["Fever: no.", "Cough: yes."]


def test_a_sentence_goes_over_a_line_that_the_width_of_the_page_broke() -> None:
    wrapped = (
        "Long-standing diabetes with nephropathy and a history of\nChronic heart failure with a low ejection\nfraction."
    )
    assert texts(wrapped) == [wrapped]


def test_short_lines_are_items_of_a_list() -> None:
    assert texts("Hypertension\nDiabetes\nGout") == ["Hypertension", "Diabetes", "Gout"]


@pytest.mark.parametrize(
    "note",
    [
        "1. Pneumonia\n2. Sepsis",
        "- Pneumonia\n- Sepsis",
        "* Pneumonia\n* Sepsis",
        "1) Pneumonia 2) Sepsis",
        "#1 Pneumonia #2 Sepsis",
        "a. Pneumonia\nb. Sepsis",
        "1. Pneumonia. 2. Sepsis",
    ],
)
def test_items_of_a_list_stand_alone_without_their_marks(note: str) -> None:
    assert [text.rstrip(".") for text in texts(note)] == ["Pneumonia", "Sepsis"]


def test_each_box_to_tick_stands_with_its_words() -> None:
    assert texts("[x] fever [ ] chills") == ["[x] fever", "[ ] chills"]


def test_headings_open_sections_and_stand_in_no_sentence() -> None:
    note = "HPI: Cough for two days.\nPMH\nGout\nFAMILY HISTORY:\nDiabetes\nAssessment/Plan:\nPneumonia."
    assert sections(note) == [
        ("present_illness", "Cough for two days."),
        ("past_history", "Gout"),
        ("family_history", "Diabetes"),
        ("assessment", "Pneumonia."),
    ]


def test_headings_are_found_within_a_paragraph() -> None:
    note = "CC: cough. PMH: gout. Family history: mother had stroke. Assessment: bronchitis."
    assert [section for section, _text in sections(note)] == [
        "chief_complaint",
        "past_history",
        "family_history",
        "assessment",
    ]


def test_a_word_of_the_list_of_headings_within_a_sentence_opens_nothing() -> None:
    assert sections("We discussed the plan: home today.") == [("untitled", "We discussed the plan: home today.")]


def test_a_system_of_the_body_divides_the_examination_and_does_not_end_it() -> None:
    note = "PHYSICAL EXAM\nHEENT: clear\nLungs: crackles\nDISPOSITION: home"
    assert sections(note) == [("examination", "clear"), ("examination", "crackles"), ("untitled", "home")]


def test_diagnoses_in_capitals_are_no_headings() -> None:
    assert sections("PMH:\nHYPERTENSION\nGOUT") == [("past_history", "HYPERTENSION"), ("past_history", "GOUT")]


def test_the_kind_of_a_document_says_what_it_begins_with() -> None:
    assert sections("Small effusion.", "imaging_report") == [("imaging", "Small effusion.")]


_WORDS = st.sampled_from(
    [
        "HPI:",
        "PMH",
        "Plan:",
        "fever",
        "Dr.",
        "No.",
        "3",
        "1.",
        "\n",
        "\n\n",
        "- ",
        "[x]",
        "b.i.d.",
        "E.",
        "coli",
        ".",
        ";",
        "İ",
    ]
)


@given(note=st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=40).map(" ".join)))
def test_sentences_are_the_words_at_their_offsets_in_order(note: str) -> None:
    found = sentences(note)
    assert all(note[sentence.start : sentence.end] == sentence.text for sentence in found)
    assert all(sentence.text.strip() and isinstance(sentence.section, Section) for sentence in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
