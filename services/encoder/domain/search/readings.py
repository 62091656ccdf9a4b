"""The ways to read a question: by its words, and what else they may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.hits import Reason
from services.encoder.domain.search.spelling import KnownWords

_READINGS = 3
_MOST = 4
"""Ways to read a question beside its words, and all in all; each is searched for."""


class Reading(NamedTuple):
    """One way to read a question."""

    text: str
    reason: Reason | None = None
    """Why it is read so; None for its words, or its words without a slip."""
    read_as: str = ""


def readings_of(query: str, analyzer: Analyzer, known: KnownWords, unfinished: bool) -> tuple[Reading, ...]:
    """The ways to read a question, its own words first, else those that a slip of the keys was to be."""
    return tuple(islice(_readings(query, analyzer, known, unfinished), _MOST))


_CONVENTION = re.compile(r"(?<=\w)[\s,]+(?:NEC|NOS)\b", re.IGNORECASE)
"""After other words they are no abbreviations of diseases (ICD-10-CM Official Guidelines, I.A.6)."""


def _readings(query: str, analyzer: Analyzer, known: KnownWords, unfinished: bool) -> Iterator[Reading]:
    said = _CONVENTION.sub("", query)
    abbreviated = any(analyzer.vocabulary.abbreviation(word.strip(".,;:()")) for word in said.split())
    reason = Reason.ABBREVIATION if abbreviated else Reason.SYNONYM
    others = analyzer.vocabulary.readings(said, _READINGS)
    yield Reading(query)
    yield from (Reading(text, reason, text) for text in others)
    if abbreviated and others:
        return
    for words in known.corrected(analyzer.surface(said), unfinished):
        text = " ".join(words)
        yield Reading(text, None, text)
        yield from (Reading(other, Reason.SYNONYM, other) for other in analyzer.vocabulary.readings(text, 1))
