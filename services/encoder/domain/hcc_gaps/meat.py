"""What shows that a condition was monitored, evaluated, assessed or treated, each with the words that do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from services.encoder.domain.hcc_gaps.answers import Letter, MeatEvidence
from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.cues import one_of, plain
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.suggestions import Evidence, ReadDocument
from services.encoder.domain.reading.traits import Section, Sentence, Trait
from shared.tables.dated import read_yaml

_NOT_DONE = frozenset({Trait.ABSENT, Trait.RULED_OUT, Trait.FAMILY})
_NOT_FOR_THE_PATIENT_NOW = frozenset({Section.ALLERGIES, Section.FAMILY_HISTORY})
_FOLLOWING = 2
"""So many sentences after the one that names a condition may go on about it."""
_MOST = 3
"""Evidence of one letter that is shown."""


@dataclass(frozen=True)
class _Linked:
    letter: Letter
    codes: tuple[str, ...]
    words: re.Pattern[str]


class Passage:
    """A sentence of a document, read for what was done."""

    def __init__(self, document: str, sentence: Sentence) -> None:
        self.document = document
        self.sentence = sentence

    @cached_property
    def text(self) -> str:
        return plain(self.sentence.text)

    @cached_property
    def _assertions(self) -> Assertions:
        return Assertions(self.sentence)

    def found(self, words: re.Pattern[str]) -> Iterator[Evidence]:
        """Where the words stand and are neither denied nor another's."""
        for match in words.finditer(self.text):
            start, end = self.sentence.start + match.start(), self.sentence.start + match.end()
            if self._assertions.of(start, end).trait not in _NOT_DONE:
                text = self.sentence.text[match.start() : match.end()]
                yield Evidence(document=self.document, start=start, end=end, text=text, section=self.sentence.section)

    def holds(self, evidence: Evidence) -> bool:
        at = self.sentence
        return evidence.document == self.document and at.start <= evidence.start < at.end


class DocumentedCare:
    """The documents of an encounter, looked through for what was done about each condition."""

    def __init__(self, documents: Sequence[ReadDocument], named: Sequence[Evidence]) -> None:
        """`named`: every place where a condition is named; a sentence that names one speaks of no other."""
        self._passages = [
            Passage(document.id, sentence)
            for document in documents
            for sentence in sentences(document.text, document.kind)
        ]
        self._linked: dict[_Linked, tuple[MeatEvidence, ...]] = {}
        self._naming = {
            place for place, passage in enumerate(self._passages) if any(passage.holds(each) for each in named)
        }

    def of(self, code: str, mentions: Iterable[Evidence]) -> tuple[MeatEvidence, ...]:
        """What was done about the condition of a code, which the documents name at these places."""
        found = [*self._beside(mentions), *self._apart(code)]
        told: dict[tuple[str, int], MeatEvidence] = {}
        for each in found:
            told.setdefault((each.evidence.document, each.evidence.start), each)
        kept: list[MeatEvidence] = []
        for letter in Letter:
            kept += [each for each in told.values() if each.letter is letter][:_MOST]
        return tuple(kept)

    def _beside(self, mentions: Iterable[Evidence]) -> Iterator[MeatEvidence]:
        for mention in mentions:
            place = next((place for place, each in enumerate(self._passages) if each.holds(mention)), None)
            for passage in () if place is None else self._around(place):
                for letter, words in _cues().items():
                    for evidence in passage.found(words):
                        if not _overlap(evidence, mention):
                            yield MeatEvidence(letter=letter, evidence=evidence)

    def _around(self, place: int) -> Iterator[Passage]:
        """The sentence that names a condition and those after it that name no other, in its section."""
        first = self._passages[place]
        yield first
        for after in range(place + 1, min(place + 1 + _FOLLOWING, len(self._passages))):
            passage = self._passages[after]
            same = passage.document == first.document and passage.sentence.section is first.sentence.section
            if after in self._naming or not same:
                return
            yield passage

    def _apart(self, code: str) -> Iterator[MeatEvidence]:
        """Drugs and tests of the condition, wherever they are named."""
        for linked in _links():
            if code.startswith(linked.codes):
                if linked not in self._linked:
                    self._linked[linked] = tuple(self._named_of(linked))
                yield from self._linked[linked]

    def _named_of(self, linked: _Linked) -> Iterator[MeatEvidence]:
        for passage in self._passages:
            if passage.sentence.section not in _NOT_FOR_THE_PATIENT_NOW:
                for evidence in passage.found(linked.words):
                    yield MeatEvidence(letter=linked.letter, evidence=evidence, linked=True)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.document == other.document and one.start < other.end and one.end > other.start


@cache
def _listed() -> Mapping[str, Any]:
    listed: Mapping[str, Any] = read_yaml("services.encoder.parameters", "hcc/meat.yaml")
    return listed


@cache
def _cues() -> Mapping[Letter, re.Pattern[str]]:
    return {Letter(letter): one_of(map(str, words)) for letter, words in _listed()["cues"].items()}


@cache
def _links() -> tuple[_Linked, ...]:
    return tuple(
        _Linked(letter, tuple(group["codes"]), one_of(group[letter]))
        for group in _listed()["linked"]
        for letter in Letter
        if letter in group
    )
