"""The ways to read a question: by its words, and what else they may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.hits import Reason
from services.encoder.domain.search.spelling import KnownWords
from services.encoder.domain.terms.vocabulary import words_of

_READINGS, _WIDER = 3, 2
_MOST = 5
"""Ways to read a question beside its words, for the whole of a part that it names, and all in all; each is searched
for."""


class Reading(NamedTuple):
    """One way to read a question."""

    text: str
    reason: Reason | None = None
    """Why it is read so; None for its words, or its words without a slip."""
    read_as: str = ""
    by_default: bool = False
    """It is the title that the question leads to where it says nothing else."""
    wider: bool = False
    """It names the whole for the part that was asked for."""


def readings_of(query: str, analyzer: Analyzer, known: KnownWords, unfinished: bool) -> tuple[Reading, ...]:
    """The ways to read a question, its own words first, else those that a slip of the keys was to be."""
    return tuple(islice(_readings(query, analyzer, known, unfinished), _MOST))


_CONVENTION = re.compile(r"(?<=\w)[\s,]+(?:NEC|NOS)\b", re.IGNORECASE)
"""After other words they are no abbreviations of diseases (ICD-10-CM Official Guidelines, I.A.6)."""


def _readings(query: str, analyzer: Analyzer, known: KnownWords, unfinished: bool) -> Iterator[Reading]:
    said = _CONVENTION.sub("", query)
    abbreviated = any(analyzer.vocabulary.abbreviation(word.strip(".,;:()")) for word in said.split())
    reason = Reason.ABBREVIATION if abbreviated else Reason.SYNONYM
    led_to = analyzer.vocabulary.led_to(said)
    others = (led_to,) if led_to else analyzer.vocabulary.readings(said, _READINGS)
    yield Reading(query)
    yield from (Reading(text, reason, text, by_default=bool(led_to)) for text in others)
    if not (abbreviated and others):
        yield from _spelt_otherwise(said, analyzer, known, unfinished)
    for words in islice(analyzer.vocabulary.sites.wider(words_of(others[0] if others else said)), _WIDER):
        yield Reading(text := " ".join(words), Reason.SYNONYM, text, wider=True)


def _spelt_otherwise(said: str, analyzer: Analyzer, known: KnownWords, unfinished: bool) -> Iterator[Reading]:
    """With its unknown words taken apart, or read as the known ones that a slip of the keys was to be."""
    surface = analyzer.surface(said)
    taken_apart = tuple(part for word in surface for part in _parts(word, analyzer, known))
    if taken_apart != tuple(surface):
        yield Reading(text := " ".join(taken_apart), Reason.SYNONYM, text)
    for words in known.corrected(surface, unfinished):
        text = " ".join(words)
        yield Reading(text, None, text)
        yield from (Reading(other, Reason.SYNONYM, other) for other in analyzer.vocabulary.readings(text, 1))


def _parts(word: str, analyzer: Analyzer, known: KnownWords) -> tuple[str, ...]:
    """The words that an unknown compound is put together of, else the word."""
    return (word,) if word in known else analyzer.vocabulary.compounds.parts(word) or (word,)
