"""Which conditions a text names, which the record documents, and what can point to them.

A few are known with the words by which indicators point to them (`parameters/queries/conditions.yaml`). Every
other one is known by the names that the reader's lexicon has for it and goes by its category of ICD-10-CM: a record
that names a condition of the same category in any wording documents it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.facts import ChartFacts, chart_facts
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.domain.reading.mentions import choose, mentions
from services.encoder.domain.reading.naming import namings
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.suggestions import ReadDocument
from services.encoder.domain.reading.traits import Trait
from services.encoder.domain.reading.words import stem
from services.encoder.parameters import parameter
from shared.claims import Document

_CATEGORY = 3
_NO_DIAGNOSIS = frozenset("RZVWXY")
"""Chapters of symptoms, of factors and of external causes."""
_ANYBODY = ChartFacts()
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
    """The id of a known condition, or the category of another one."""
    categories: frozenset[str]
    """What the lexicon takes the words for; empty where it knows none of them."""
    start: int
    end: int


def conditions_on(day: date) -> Mapping[str, Condition]:
    """The conditions that queries are checked for on a day, by their ids."""
    return _compiled(parameter("queries/conditions").edition_on(max(day, _FIRST)).effective)


def named_in(text: str, day: date, lexicon: Lexicon) -> tuple[Named, ...]:
    """Every condition that the text names, in no matter which sense."""
    others = list(_in_lexicon(text, day, lexicon))
    known = [
        Named(condition.id, _over(others, *match.span()), *match.span())
        for condition in conditions_on(day).values()
        for match in condition.names.finditer(text)
    ]
    return (*known, *(other for other in others if not any(_overlap(other, one) for one in known)))


def documented_in(
    documents: Iterable[Document], wanted: Iterable[Named], day: date, lexicon: Lexicon
) -> frozenset[str]:
    """Which of the conditions a provider has named as present, possible or past, in whatever wording."""
    wanted = tuple(wanted)
    kinds = parameter("queries/non_provider_kinds").on_or(day, ())
    providers = [document for document in documents if document.kind not in kinds]
    known = conditions_on(day)
    said = {
        one.condition
        for one in wanted
        if one.condition in known and any(affirmed(document, known[one.condition]) for document in providers)
    }
    open_ones = [one for one in wanted if one.condition not in said and one.categories]
    if not open_ones:
        return frozenset(said)
    named = affirmed_categories(providers, lexicon)
    return frozenset(said | {one.condition for one in open_ones if not one.categories.isdisjoint(named)})


def affirmed_categories(
    documents: Sequence[Document], lexicon: Lexicon, start: int = 0, end: int | None = None
) -> frozenset[str]:
    """The categories of the conditions that documents, or their parts, name in a sense that counts."""
    facts = chart_facts(document.text for document in documents)
    return frozenset(
        mention.code[:_CATEGORY]
        for document in documents
        for mention in mentions(ReadDocument.of(document), lexicon, facts)
        if mention.assertion.trait in _DOCUMENTED
        and mention.naming.start >= start
        and (end is None or mention.naming.end <= end)
    )


def affirmed(document: Document, condition: Condition, start: int = 0, end: int | None = None) -> bool:
    """Whether the document, or the part of it from `start` to `end`, names the condition in a sense that counts."""
    places = [(match.start(), match.end()) for match in condition.names.finditer(document.text)]
    inside = [place for place in places if place[0] >= start and (end is None or place[1] <= end)]
    return bool(inside) and any(trait in _DOCUMENTED for trait in _traits(document, inside))


def _in_lexicon(text: str, day: date, lexicon: Lexicon) -> Iterator[Named]:
    """Diagnoses by the lexicon's names; symptoms, factors and causes lead to none, and general names to no one."""
    general = _general(max(day, _FIRST))
    for naming in namings(lexicon.reader.read(text), lexicon, text):
        if all(word.stem in general for word in naming.words):
            continue
        choice = choose(naming.entry, "", frozenset(), _ANYBODY)
        if choice is not None and choice.code[0] not in _NO_DIAGNOSIS:
            category = choice.code[:_CATEGORY]
            yield Named(category, frozenset((category,)), naming.start, naming.end)


def _over(named: Iterable[Named], start: int, end: int) -> frozenset[str]:
    """The categories of what is named within these offsets."""
    return frozenset(category for one in named if one.start < end and start < one.end for category in one.categories)


def _overlap(one: Named, other: Named) -> bool:
    return one.start < other.end and other.start < one.end


@lru_cache(maxsize=8)
def _general(day: date) -> frozenset[str]:
    """Stems of words that name no one diagnosis."""
    return frozenset(map(stem, parameter("queries/general_names").on(day)))


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
