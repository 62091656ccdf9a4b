"""Narrowing: from a code that leaves open where, to the code of its category for the place that the sentence names.

The Alphabetic Index leaves the place to its reader: `Adenoma, see also Neoplasm, benign, by site`; so do titles that
list places (I.A.6, I.B.2 of the Official Guidelines: the highest degree of specificity that is documented).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from services.encoder.domain.reading.words import Word, WordReader, stem
from services.encoder.parameters import parameter
from shared.tables import Tables, icd10

_CATEGORY, _MOST_BELOW = 3, 1_000
_NEOPLASMS = ("C", "D0", "D1", "D2", "D3", "D4")
_NEAR, _NEAR_NEOPLASM = 6, 16
"""How far a place may stand from what is there, in words; a report of pathology names it before a colon."""
_OPEN = re.compile(r"\bunspecified\b")
_ALTERNATIVES = re.compile(r",? (?:and|or|and/or) ")
_INCLUDING = re.compile(r", including .*")
_SIDES = ("right", "left", "bilateral")
_SIDED = re.compile(rf"\b(?:{'|'.join(_SIDES)}|unspecified)\b")


class _Place(NamedTuple):
    """One of the places that a title names."""

    code: str
    side: str
    words: frozenset[str]
    """Stems, those of its category's other titles too."""


def narrowed(
    code: str, naming: Sequence[Word], words: Sequence[Word], side: str, reader: WordReader, tables: Tables, day: date
) -> str:
    """The code below the same category for the place that the words near a naming say; `code` where none is named."""
    title = _title(tables, code, day)
    if _OPEN.search(title) is None:
        return code
    known = _words(title, reader)
    near = _said(naming, words, _NEAR_NEOPLASM if code.startswith(_NEOPLASMS) else _NEAR)
    fitting = [
        (len(place.words - known), place)
        for place in _places(tables, code[:_CATEGORY], day, reader)
        if place.code != code and place.words - known and place.words <= known | near
    ]
    if not fitting:
        return code
    most = max(count for count, _place in fitting)
    best = [place for count, place in fitting if count == most]
    sided = [place for place in best if place.side == side] or [place for place in best if place.side not in _SIDES]
    return sided[0].code if len({place.code for place in sided}) == 1 else code


def _said(naming: Sequence[Word], words: Sequence[Word], far: int) -> frozenset[str]:
    """The stems that are said near a naming and not denied, with the larger parts that they are of."""
    low, high = naming[0].place - far, max(word.place for word in naming) + far
    itself = {word.stem for word in naming}
    near = {word.stem for word in words if low <= word.place <= high and not word.denied} - itself
    return frozenset(near.union(*(whole for part, whole in _wholes().items() if part in near)))


@lru_cache(maxsize=2_048)
def _places(tables: Tables, category: str, day: date, reader: WordReader) -> tuple[_Place, ...]:
    return tuple(_of_titles(tables, category, day, reader))


def _of_titles(tables: Tables, category: str, day: date, reader: WordReader) -> Iterator[_Place]:
    for entry in icd10.starting_with(tables, "icd10cm", category, day, limit=_MOST_BELOW):
        title = _INCLUDING.sub("", (entry.description or "").lower())
        if not entry.billable or _residual(title):
            continue
        found = _SIDED.search(title)
        for alternative in _ALTERNATIVES.split(title):
            words = _words(alternative, reader)
            if words:
                yield _Place(entry.code, found[0] if found else "", words)


def _residual(title: str) -> bool:
    return "overlapping" in title or ("other " in title and "other parts" not in title)


def _words(title: str, reader: WordReader) -> frozenset[str]:
    return frozenset(word.stem for word in reader.read(_SIDED.sub(" ", title))) - _unsaid()


def _title(tables: Tables, code: str, day: date) -> str:
    entry = icd10.entry(tables, "icd10cm", code, day)
    return (entry.description or "").lower() if entry else ""


@cache
def _wholes() -> Mapping[str, frozenset[str]]:
    """The stems of the larger part, by the stem of each smaller one."""
    listed: Mapping[str, Iterable[str]] = parameter("reading/body_parts").editions[0].value["parts"]
    return {stem(part): frozenset(map(stem, whole.split())) for whole, parts in listed.items() for part in parts}


@cache
def _unsaid() -> frozenset[str]:
    return frozenset(map(stem, parameter("reading/body_parts").editions[0].value["unsaid"]))
