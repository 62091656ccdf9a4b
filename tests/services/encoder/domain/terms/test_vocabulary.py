"""The vocabulary: expected wordings are those of ICD-10-CM titles, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.terms.abbreviations import Abbreviation, Abbreviations, InvalidAbbreviation, Sense
from services.encoder.domain.terms.vocabulary import InvalidVocabulary, Vocabulary, fold, words_of
from services.encoder.parameters import terms as parameters
from services.encoder.parameters.terms import terms, vocabulary

FOLDER = Path(parameters.__file__).parent
NONE = Abbreviations.of(())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CHF", "congestive heart failure"),
        ("C.H.F.", "congestive heart failure"),
        ("T2DM w/ CKD4", "type 2 diabetes mellitus with chronic kidney disease stage 4"),
        ("heart attack", "myocardial infarction"),
        ("water on the brain", "hydrocephalus"),
        ("renal stones", "calculus of kidney"),
        ("inflammation of the stomach", "gastritis"),
        ("enlarged spleen", "splenomegaly"),
        ("Lou Gehrig's disease", "amyotrophic lateral sclerosis"),
        ("MS relapsing", "multiple sclerosis relapsing"),
        ("RP19", "hereditary retinal dystrophy"),
        ("cataract 44", "congenital cataract"),
        ("autosomal recessive spastic paraplegia 53", "hereditary spastic paraplegia"),
    ],
)
def test_what_is_written_is_read_in_the_words_of_the_classification(written: str, meant: str) -> None:
    assert meant in vocabulary().readings(written)


@pytest.mark.parametrize("plain", ["all", "as", "hepatitis b", "chronic kidney disease stage 3", "cataract"])
def test_words_that_are_no_abbreviation_and_no_subtype_have_no_reading(plain: str) -> None:
    assert vocabulary().readings(plain) == ()


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("Oesophageal tumour", "esophagus neoplasm"),
        ("haematuria", "hematuria"),
        ("hepatic abscess", "liver abscess"),
        ("renal calculi", "kidney calculus"),
        ("Ménière's disease", "meniere disease"),
    ],
)
def test_words_that_mean_the_same_wherever_they_stand_become_one(said: str, canonical: str) -> None:
    assert " ".join(vocabulary().canonical(words_of(said))) == canonical


def test_the_context_decides_between_the_senses_of_an_abbreviation() -> None:
    found = vocabulary().abbreviation("PE")
    assert found is not None
    assert found.ambiguous
    assert found.in_context(["dvt", "heparin"]) == ("pulmonary embolism",)
    assert found.in_context(["pregnancy", "proteinuria"]) == ("pre-eclampsia",)
    assert found.in_context(["today"]) == found.expansions


def test_an_abbreviation_that_is_a_word_in_lower_case_keeps_its_capitals() -> None:
    assert vocabulary().abbreviation("ALL") is not None
    assert vocabulary().abbreviation("all") is None


def test_an_abbreviation_that_stands_twice_stops_the_start() -> None:
    one = Abbreviation("MI", (Sense("myocardial infarction"),))
    with pytest.raises(InvalidAbbreviation):
        Abbreviations.of([one, one])
    with pytest.raises(InvalidAbbreviation):
        Abbreviations.of([one, Abbreviation("mi", (Sense("mitral insufficiency"),))])


def test_a_wording_with_two_canonical_ones_or_a_chain_stops_the_start() -> None:
    with pytest.raises(InvalidVocabulary):
        Vocabulary.of(NONE, {"kidney": ["renal"], "loin": ["renal"]})
    with pytest.raises(InvalidVocabulary):
        Vocabulary.of(NONE, {"kidney": ["renal"], "renal": ["nephric"]})


@given(
    st.lists(
        st.sampled_from(["renal", "oedema", "heart", "CHF", "attack", "RP19", "of", "type", "2", "DM"]), max_size=8
    )
)
def test_readings_are_few_distinct_and_never_the_text_itself(words: list[str]) -> None:
    known, text = vocabulary(), " ".join(words)
    found = [known.canonical(words_of(each)) for each in known.readings(text, 5)]
    assert len(found) <= 5
    assert len(set(found)) == len(found)
    assert known.canonical(words_of(text)) not in found


@given(st.text(max_size=60))
def test_canonical_words_stay_as_they_are(text: str) -> None:
    once = vocabulary().canonical(words_of(text))
    assert vocabulary().canonical(once) == once
    assert fold(fold(text)) == fold(text)


def test_the_vocabulary_is_rich() -> None:
    pairs = sum(
        len(others) for name in ("words", "phrases", "eponyms", "index_wordings") for others in terms(name).values()
    )
    assert len(vocabulary().abbreviations.by_surface) >= 500
    assert pairs >= 1_500


def test_a_surface_that_only_capitals_make_an_abbreviation_is_one() -> None:
    assert set(terms("words_in_lower_case")) <= vocabulary().abbreviations.by_surface.keys()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_file_says_where_its_terms_come_from(file: Path) -> None:
    for edition in yaml.safe_load(file.read_text(encoding="utf-8")):
        assert edition["source"].startswith("Own compilation")
        assert edition["effective"]
        assert len(edition["value"]) > 1


def test_no_reading_leads_nowhere_or_back() -> None:
    for phrase, meanings in vocabulary().readings_by_phrase.items():
        assert phrase
        assert all(meanings)
        assert phrase not in map(vocabulary().canonical, meanings)
