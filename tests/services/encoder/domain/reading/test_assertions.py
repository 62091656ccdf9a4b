"""How a mention is meant: by its sentence, in the sense of the Official Guidelines II.H, III and IV.H to IV.J."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.assertions import Labelled, own_sentences
from services.encoder.domain.reading.assertions import Assertions, assertion
from services.encoder.domain.reading.traits import Section, Sentence, Trait


def asserted(text: str, mention: str, section: Section = Section.UNTITLED, *, at: int = 0) -> Trait:
    start = at + text.index(mention)
    return assertion(Sentence(at, at + len(text), text, section), start, start + len(mention)).trait


@pytest.mark.parametrize(
    "case", list(own_sentences("development")), ids=lambda case: case.sentence.text[case.start : case.end]
)
def test_each_sentence_of_the_development_half_is_asserted_as_labelled(case: Labelled) -> None:
    found = assertion(case.sentence, case.start, case.end)
    assert (found.trait, found.wording) == (case.trait, case.wording)


def test_of_the_held_out_half_97_in_100_are_asserted_as_labelled() -> None:
    cases = list(own_sentences("held_out"))
    right = [case for case in cases if assertion(case.sentence, case.start, case.end).trait is case.trait]
    assert len(right) / len(cases) >= 0.97


def test_the_cue_is_given_with_its_place_in_the_document() -> None:
    text = "Denies  any chest  pain."
    sentence = Sentence(100, 100 + len(text), text, Section.UNTITLED)
    found = assertion(sentence, 112, 123)
    assert [(cue.start, cue.end, cue.text) for cue in found.cues] == [(100, 106, "Denies")]


def test_a_cue_of_several_words_goes_over_a_line_that_was_broken() -> None:
    text = "There is no\n   evidence  of\n   pneumonia."
    sentence = Sentence(0, len(text), text, Section.UNTITLED)
    start = text.index("pneumonia")
    found = assertion(sentence, start, start + 9)
    assert found.trait is Trait.ABSENT
    assert [cue.text for cue in found.cues] == ["no\n   evidence  of"]


def test_words_within_a_mention_say_nothing_of_it() -> None:
    assert asserted("Skin without lesion.", "Skin without lesion") is Trait.PRESENT
    assert asserted("Admitted with non-ST elevation infarction.", "non-ST elevation infarction") is Trait.PRESENT


def test_a_chronic_condition_of_the_past_history_is_current() -> None:
    assert asserted("Hypertension", "Hypertension", Section.PAST_HISTORY) is Trait.PRESENT
    assert asserted("Appendicitis", "Appendicitis", Section.PAST_HISTORY) is Trait.HISTORICAL


def test_a_cancer_under_treatment_is_current_and_one_that_was_excised_is_history() -> None:
    """Official Guidelines I.C.2.m."""
    assert asserted("History of lung cancer, receiving chemotherapy.", "lung cancer") is Trait.PRESENT
    assert asserted("History of lung cancer s/p lobectomy.", "lung cancer") is Trait.HISTORICAL


@pytest.mark.parametrize(
    "text",
    [
        "Probable pneumonia.",
        "Suspected pneumonia.",
        "Likely pneumonia.",
        "Questionable pneumonia.",
        "Possible pneumonia.",
        "The pneumonia is still to be ruled out.",
        "Infiltrate compatible with pneumonia.",
        "Infiltrate consistent with pneumonia.",
    ],
)
def test_every_uncertain_term_of_the_guidelines_makes_a_diagnosis_possible(text: str) -> None:
    """Official Guidelines II.H, III.C and IV.H name these eight."""
    assert asserted(text, "pneumonia") is Trait.POSSIBLE


def test_a_duration_before_history_of_tells_of_what_is_now() -> None:
    assert asserted("She has a 3-week history of cough.", "cough") is Trait.PRESENT


def test_a_relative_who_tells_of_the_patient_does_not_have_the_condition() -> None:
    assert asserted("Mother reports vomiting.", "vomiting") is Trait.PRESENT
    assert asserted("Mother had ovarian cancer.", "ovarian cancer") is Trait.FAMILY


@given(text=st.text(max_size=200), section=st.sampled_from(Section), places=st.tuples(*[st.integers(0, 200)] * 2))
def test_any_text_has_an_assertion_whose_cues_are_its_words(
    text: str, section: Section, places: tuple[int, int]
) -> None:
    start, end = sorted(min(place, len(text)) for place in places)
    found = Assertions(Sentence(7, 7 + len(text), text, section)).of(7 + start, 7 + end)
    assert all(text[cue.start - 7 : cue.end - 7] == cue.text for cue in found.cues)


_CUES = st.sampled_from(
    ["no", "denies", "history of", "but", ", ", "mother", "possible", "ruled out", "; ", "(", ")", ":", " "]
)


@given(words=st.lists(st.one_of(_CUES, st.sampled_from(["fever", "cough", "has", "in 2015", "  "])), max_size=12))
def test_cues_in_any_order_are_read(words: list[str]) -> None:
    text = " ".join([*words, "rash"])
    start = len(text) - 4
    found = Assertions(Sentence(0, len(text), text, Section.UNTITLED)).of(start, len(text))
    assert all(text[cue.start : cue.end] == cue.text for cue in found.cues)
