"""Statements: the sentences of a chart, each with the heading that it stands under."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from services.encoder.domain.reading.cues import plain
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.sections import Part, parts
from services.encoder.domain.reading.suggestions import Evidence, ReadDocument
from services.encoder.domain.reading.traits import Sentence

_AROUND = " \t\r#*-_=>•:0123456789.)("


class Statement(NamedTuple):
    """A sentence or list item of a document."""

    document: ReadDocument
    sentence: Sentence
    heading: str
    """In small letters, without what numbers it; empty before the first."""
    opens: bool
    """Whether it is the first under its heading."""

    @property
    def text(self) -> str:
        """In `plain` form: offsets into the sentence hold."""
        return plain(self.sentence.text)

    def place_of(self, evidence: Evidence) -> tuple[int, int]:
        """Offsets of the evidence into the sentence, the end exclusive."""
        return evidence.start - self.sentence.start, evidence.end - self.sentence.start


class Statements:
    """Of every document of a chart; a document is divided when it is first asked for."""

    def __init__(self, documents: Iterable[ReadDocument]) -> None:
        self._divided = {document.id: _Divided(document) for document in documents}

    @property
    def documents(self) -> tuple[str, ...]:
        """Their ids, in their order."""
        return tuple(self._divided)

    def of(self, evidence: Evidence) -> Statement | None:
        """The one that the evidence begins in; None where it stands in none."""
        divided = self._divided.get(evidence.document)
        if divided is None:
            return None
        place = bisect_right(divided.starts, evidence.start) - 1
        return divided.statements[place] if place >= 0 else None

    def all(self) -> Iterator[Statement]:
        """In the order of the documents and of their text."""
        for divided in self._divided.values():
            yield from divided.statements


class _Divided:
    def __init__(self, document: ReadDocument) -> None:
        self._document = document

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(_statements(self._document))

    @cached_property
    def starts(self) -> list[int]:
        return [statement.sentence.start for statement in self.statements]


def _statements(document: ReadDocument) -> Iterator[Statement]:
    text, divided = document.text, parts(document.text, document.kind)
    starts = [part.start for part in divided]
    headings = [_heading(text, before, part.start) for before, part in zip(_ends(divided), divided, strict=True)]
    reached = -1
    for sentence in sentences(document.text, document.kind):
        place = max(bisect_right(starts, sentence.start) - 1, 0)
        yield Statement(document, sentence, headings[place], place != reached)
        reached = place


def _ends(divided: Iterable[Part]) -> Iterator[int]:
    """Where the part before each one ends; nothing but headings stands between."""
    end = 0
    for part in divided:
        yield end
        end = part.end


def _heading(text: str, start: int, end: int) -> str:
    """The last heading of those that stand together."""
    lines = [line.strip(_AROUND) for line in text[start:end].replace(":", "\n").split("\n")]
    named = [line for line in lines if line]
    return " ".join(plain(named[-1]).split()) if named else ""
