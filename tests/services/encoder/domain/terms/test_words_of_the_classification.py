"""What our files of terms lead to can be found: its words are those of the classification or of another entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from services.encoder.domain.terms.points import points
from services.encoder.domain.terms.vocabulary import words_of
from services.encoder.parameters.terms import terms, vocabulary
from shared.tables import Tables

EXAMINED = {"antimitochondrial", "microscopy", "millimeter", "obtuse", "paradoxus", "pulsus", "urinalysis", "villus"}
SAID = {"complains", "consistent", "department", "directive", "possible", "probable", "review", "rule", "throughout"}
PRESCRIBED = {"bedtime", "milligram", "year"}
"""Words of what is no condition: visits, examinations, prescriptions, ages."""
STEM = 5


@pytest.fixture(scope="module")
def known(embedded_tables: Tables) -> frozenset[str]:
    written = {word for point in points(embedded_tables, date(2026, 11, 25)) for word in point.text.split()}
    names = {word for each in written for word in words_of(each)}
    return frozenset(word[:STEM] for word in names | set(vocabulary().canonical(sorted(names))))


def _meant() -> Iterator[str]:
    for name in ("abbreviations", "notation", "disease_symbols", "numbered_diseases"):
        yield from terms(name).values()
    for senses in terms("ambiguous_abbreviations").values():
        yield from senses
    for name in ("words", "phrases", "eponyms", "index_wordings"):
        yield from terms(name)


def test_every_expansion_is_in_words_that_names_of_codes_have(known: frozenset[str]) -> None:
    words = {word for text in _meant() for word in vocabulary().canonical(words_of(text))}
    strange = {word for word in words if word[:STEM] not in known}
    assert strange <= EXAMINED | SAID | PRESCRIBED
