"""The lexicon: every name of every code as a bag of words, ready to be looked for in sentences."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from services.encoder.domain.reading.histories import History, compile_histories
from services.encoder.domain.reading.names import Bag, bag_of_phrase, bags_of, other_name, sided_parts
from services.encoder.domain.reading.words import WordReader, stem
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.parameters import parameter

_NOT_NAMED = ("V", "W", "X", "Y", "Z68", "Z3A", "T148", "T149", "R69", "R99")
"""External causes say how a condition came about and are none; body mass and weeks of gestation are figures; an
illness, an injury and a death that nothing more is said of are what every chart speaks of."""
_USES = frozenset(f"F1{drug}9{rest}" for drug in "012345689" for rest in ("", "0"))
"""Use of a substance that is neither abuse nor dependence: coded where a provider ties a disorder to it (I.C.5.b.3)."""
_HISTORIES = tuple(f"Z{number}" for number in (80, 81, 82, 83, 84, 85, 86, 87))
"""Read from the trait of what is mentioned, see `histories`."""
_OF_OBJECTS = (*(f"T{number}" for number in range(36, 66)), "Z77", "Z79", "Z88")
"""Poisoning by, exposure to, use of, allergy to: their inclusion terms name what, and not that it did anything."""
_NO_NAME = re.compile(r"[A-Z]{2,4}|This code is .*")
"""Of an inclusion term: nothing but letters, which stand for several things (PCP is a physician too), or a note."""
_RANK_OF_KIND = {
    PointKind.DESCRIPTION: 1,
    PointKind.INCLUSION_TERM: 0,
    PointKind.INDEX_PATH: 1,
    PointKind.SYNONYM: -1,
    PointKind.ABBREVIATION: 0,
}
_LONGEST = 12
"""A name of more words than this is never said in a chart as it stands."""


class Choice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One code that a bag of words names, under what is said of side, sex and trimester."""

    code: str
    side: str
    sex: str
    trimester: str
    rank: int
    optional: tuple[int, ...]
    text: str
    """The name as the classification has it."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A bag of words and the codes that it names, the closest first."""

    required: tuple[int, ...]
    choices: tuple[Choice, ...]


class Artifact(msgspec.Struct, frozen=True, array_like=True):
    """The lexicon as a file keeps it."""

    words: tuple[str, ...]
    entries: tuple[Entry, ...]
    histories: tuple[History, ...]
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Read-only, safe to share."""

    reader: WordReader
    numbers: dict[str, int]
    """Of each stem that any name has."""
    entries: Sequence[Entry]
    required: Sequence[frozenset[int]]
    anchored: dict[int, dict[int, tuple[int, ...]]]
    """Entries by the rarest of their words, then by the next; by that word again where they have no other."""
    histories: Sequence[History]
    releases: tuple[str, ...]

    @classmethod
    def of(cls, artifact: Artifact, reader: WordReader) -> Lexicon:
        counts = Counter(word for entry in artifact.entries for word in entry.required)
        anchored: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, entry in enumerate(artifact.entries):
            rarest = sorted(entry.required, key=lambda word: (counts[word], word))[:2]
            anchored[rarest[0]][rarest[-1]].append(number)
        return cls(
            reader,
            {word: number for number, word in enumerate(artifact.words)},
            artifact.entries,
            [frozenset(entry.required) for entry in artifact.entries],
            {word: {second: tuple(found) for second, found in below.items()} for word, below in anchored.items()},
            artifact.histories,
            artifact.releases,
        )


def compile_lexicon(points: Iterable[Point], reader: WordReader) -> Artifact:
    """The lexicon of these points. Takes seconds for the whole classification: keep what it answers."""
    points = [point for point in points if point.system == "icd10cm"]
    named = [point for point in points if _may_be_named(point)]
    sided = sided_parts(point.text for point in named if point.kind is PointKind.DESCRIPTION)
    numbers: dict[str, int] = {}
    bags: dict[tuple[int, ...], list[Choice]] = defaultdict(list)
    for point in named:
        ours = point.kind is PointKind.SYNONYM
        for bag in [bag_of_phrase(point.text, reader)] if ours else bags_of(point.text, reader, sided):
            if ours or (len(bag.required) <= _LONGEST and not _says_nothing(bag)):
                bags[_key(bag.required, numbers)].append(_choice(point, bag, numbers))
    bags |= {said: list(choices) for said, choices in _readings(reader, numbers, bags) if choices}
    for point in named:
        other = other_name(point.text) if point.kind is PointKind.DESCRIPTION else ""
        for bag in bags_of(other, reader, sided) if other else ():
            if not _says_nothing(bag):
                bags[_key(bag.required, numbers)].append(_choice(point, bag, numbers))
    entries = tuple(Entry(key, tuple(sorted(set(choices), key=_closeness))) for key, choices in bags.items())
    sources = sorted({point.source for point in named if point.source})
    return Artifact(tuple(numbers), entries, tuple(compile_histories(points, reader)), tuple(sources))


def _readings(
    reader: WordReader, numbers: dict[str, int], named: Mapping[tuple[int, ...], Sequence[Choice]]
) -> Iterator[tuple[tuple[int, ...], Sequence[Choice]]]:
    """What the vocabulary says to be meant, as a name of the codes that are named so.

    It is made for questions. In a chart one word of them means anything (a cavity need be no caries), and what is done
    is no reason to be there (chemotherapy, Z51.11): only phrases for conditions are taken, which are no names yet.
    """
    for said, meanings in reader.readings():
        key = _key(said, numbers)
        choices = next((named[meant] for each in meanings if (meant := _key(each, numbers)) in named), ())
        if len(key) > 1 and key not in named and not any(choice.code[0] == "Z" for choice in choices):
            yield key, choices


def _key(stems: Iterable[str], numbers: dict[str, int]) -> tuple[int, ...]:
    return tuple(sorted(_numbered(set(stems), numbers)))


def _may_be_named(point: Point) -> bool:
    if (
        point.code.startswith(_NOT_NAMED)
        or point.code in _USES
        or (point.kind is PointKind.INCLUSION_TERM and _NO_NAME.fullmatch(point.text))
    ):
        return False
    if point.kind is PointKind.INDEX_PATH and point.code[0] == "Z":
        return False  # examination, transplant, status: what is done or was, in words that every chart has
    if point.code.startswith(_OF_OBJECTS):
        return point.kind is not PointKind.INCLUSION_TERM
    return not point.code.startswith(_HISTORIES) or point.kind is PointKind.SYNONYM


def _choice(point: Point, bag: Bag, numbers: dict[str, int]) -> Choice:
    optional = tuple(sorted(_numbered(bag.optional, numbers)))
    rank = bag.rank + _RANK_OF_KIND[point.kind]
    return Choice(point.code, bag.side, bag.sex, bag.trimester, rank, optional, point.text)


def _numbered(words: Iterable[str], numbers: dict[str, int]) -> Iterator[int]:
    for word in words:
        yield numbers.setdefault(word, len(numbers))


def _closeness(choice: Choice) -> tuple[int, int, str]:
    return choice.rank, -len(choice.code), choice.code


def _says_nothing(bag: Bag) -> bool:
    """A name needs a head: a word that is a condition. A side, a grade or a part of the body alone is none."""
    return any(bag.required <= words for words in _hollow()) or all(
        word.isdigit() or len(word) < 3 for word in bag.required
    )


@cache
def _hollow() -> tuple[frozenset[str], frozenset[str]]:
    """Sets of stems whose words name no condition by themselves."""
    lists: Mapping[str, tuple[str, ...]] = parameter("reading/hollow_words").editions[0].value
    degrees, sites, conditions = (frozenset(map(stem, lists[name])) for name in ("degrees", "sites", "conditions"))
    return degrees | sites, degrees | conditions
