"""Searching codes as a use case: chapters as the tabular list has them, code sets as a fresh install carries them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.encoder.code_search import CodeQuery, carried, chapter_range, release_of, search
from services.encoder.domain.search.hits import Filters
from shared.tables import NoRelease, Tables

DAY = date(2026, 11, 20)
DIAGNOSES = Filters(day=DAY, systems=("icd10cm",))


@pytest.mark.parametrize(
    ("chapter", "categories"), [(1, "A00-B99"), (2, "C00-D49"), (3, "D50-D89"), (9, "I00-I99"), (15, "O00-O9A")]
)
def test_a_chapter_is_its_categories_from_the_first_to_the_last(
    embedded_tables: Tables, chapter: int, categories: str
) -> None:
    assert chapter_range(embedded_tables, chapter, DAY) == categories


def test_the_code_sets_of_a_day_are_those_that_have_a_release(embedded_tables: Tables) -> None:
    """A fresh install carries level II codes by the I/OCE of 2026Q2, and no CPT."""
    assert carried(embedded_tables, date(2026, 5, 1)) == ("icd10cm", "icd10pcs", "hcpcs")
    assert carried(embedded_tables, date(2014, 1, 1)) == ()
    assert release_of(embedded_tables, "hcpcs", date(2026, 5, 1)) == "I/OCE 2026Q2"
    with pytest.raises(NoRelease):
        release_of(embedded_tables, "cpt", DAY)


@pytest.mark.parametrize(
    ("words", "as_you_type", "has_meaning"),
    [("heart att", True, False), ("heart attack ", True, True), ("heart attack", False, True), ("J", False, False)],
)
def test_meaning_is_asked_of_whole_words(words: str, as_you_type: bool, has_meaning: bool) -> None:
    assert CodeQuery(words, DIAGNOSES, as_you_type=as_you_type).has_meaning is has_meaning
    assert not CodeQuery(words, Filters(day=DAY, systems=("icd10pcs",)), as_you_type=as_you_type).has_meaning


@given(words=st.text(max_size=60), as_you_type=st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_text_is_a_question(embedded_tables: Tables, words: str, as_you_type: bool) -> None:
    found = search(CodeQuery(words, DIAGNOSES, 5, as_you_type), embedded_tables)
    assert len(found.hits) <= 5
    assert len({hit.code for hit in found.hits}) == len(found.hits)
    assert all(hit.billable for hit in found.hits)
