"""Which conditions a text names, which the record documents, and what can point to them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.traits import Trait
from services.encoder.parameters import parameter
from shared.claims import Document

_DOCUMENTED = frozenset({Trait.PRESENT, Trait.POSSIBLE, Trait.HISTORICAL})
"""How a condition may be meant for the record to have named it: denied and feared ones it has not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition by its names, and the words by which an indicator can point to it."""

    id: str
    names: re.Pattern[str]
    indicators: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Named:
    """A condition that a text names, at its offsets, the end exclusive."""

    condition: str
    start: int
    end: int


def conditions_on(day: date) -> Mapping[str, Condition]:
    """The conditions that queries are checked for on a day, by their ids."""
    return _compiled(parameter("queries/conditions").edition_on(max(day, _FIRST)).effective)


def named_in(text: str, day: date) -> tuple[Named, ...]:
    """Every condition that the text names, in no matter which sense."""
    return tuple(
        Named(condition.id, match.start(), match.end())
        for condition in conditions_on(day).values()
        for match in condition.names.finditer(text)
    )


def documented_in(documents: Iterable[Document], wanted: frozenset[str], day: date) -> frozenset[str]:
    """Which of the conditions a provider has named as present, possible or past."""
    kinds = parameter("queries/non_provider_kinds").on_or(day, ())
    providers = [document for document in documents if document.kind not in kinds]
    known = conditions_on(day)
    return frozenset(
        one for one in wanted if one in known and any(affirmed(document, known[one]) for document in providers)
    )


def affirmed(document: Document, condition: Condition, start: int = 0, end: int | None = None) -> bool:
    """Whether the document, or the part of it from `start` to `end`, names the condition in a sense that counts."""
    places = [(match.start(), match.end()) for match in condition.names.finditer(document.text)]
    inside = [place for place in places if place[0] >= start and (end is None or place[1] <= end)]
    return bool(inside) and any(trait in _DOCUMENTED for trait in _traits(document, inside))


def _traits(document: Document, places: Iterable[tuple[int, int]]) -> Iterator[Trait]:
    divided = sentences(document.text, document.kind)
    begins = [sentence.start for sentence in divided]
    for start, end in places:
        place = bisect_right(begins, start) - 1
        inside = place >= 0 and end <= divided[place].end
        yield Assertions(divided[place]).of(start, end).trait if inside else Trait.PRESENT


_FIRST = date(2000, 1, 1)


@lru_cache(maxsize=8)
def _compiled(effective: date) -> Mapping[str, Condition]:
    listed = parameter("queries/conditions").on(effective)
    return {name: Condition(name, _any(body["names"]), _any(body["indicators"])) for name, body in listed.items()}


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """One of the words, whole. Names in capitals alone, such as AF, are meant in capitals."""
    # Lines break anywhere; a bound on the space between words keeps the search linear.
    return re.compile("|".join(rf"(?:{_in_its_case(each)})".replace(" ", r"\s{1,3}") for each in patterns))


def _in_its_case(pattern: str) -> str:
    letters = [letter for letter in re.sub(r"\\\w", "", pattern) if letter.isalpha()]
    flag = "" if letters and sum(letter.isupper() for letter in letters) > len(letters) / 2 else "i"
    whole = rf"(?<![\w])(?:{pattern})(?![\w])"
    return f"(?{flag}:{whole})" if flag else f"(?:{whole})"
