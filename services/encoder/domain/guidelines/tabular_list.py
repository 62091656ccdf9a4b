"""The classification as rules read it: titles as of the day, notes by the edition of the tabular list nearest to it.

The tabular list is carried for fewer days than the codes are. Its notes seldom change from one edition to the next, so
an older one still tells a coder what to look at; the finding names the release that it was found in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from services.encoder.domain.guidelines.rules import Coded, CodedChart
from shared.tables import NoRelease, Table, Tables, icd10
from shared.tables import icd10cm_tabular as tabular
from shared.tables.icd10cm_references import CodeRange
from shared.tables.icd10cm_tabular import NoteKind, PlaceKind, StandingNote

_KEPT = 8192
"""About the codes of a hospital's week."""

_LABELS = {
    NoteKind.EXCLUDES1: "Excludes1 note",
    NoteKind.EXCLUDES2: "Excludes2 note",
    NoteKind.CODE_FIRST: "code first note",
    NoteKind.USE_ADDITIONAL_CODE: "use additional code note",
    NoteKind.CODE_ALSO: "code also note",
    NoteKind.SEVENTH_CHARACTER: "7th character note",
}
_CONDITIONAL = re.compile(
    r"\b(?:if|when|where) (?:applicable|known|any|present|desired|documented|appropriate)\b|\b(?:any|optional)\b"
)
_OPEN = re.compile(r"\bsuch as\b|\bany\b")
_LIST_FOLLOWS = (":", "such as")
_BEGINS_ANEW = re.compile(r"^(?:code\b|,|if\b|where\b|\(|(?:the )?underlying\b|external cause code\b)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of the tabular list: a note that names codes, or a heading with the notes listed below it."""

    kind: NoteKind
    at: str
    """The key of the place where it stands."""
    at_kind: PlaceKind
    text: str
    """Of the note or the heading."""
    ranges: tuple[CodeRange, ...]
    """All codes that it names."""
    listed: bool
    """A heading with notes below it, one of which may hold."""

    @property
    def conditional(self) -> bool:
        """Holds only for some patients who have the code: `if applicable`, `any`."""
        return bool(_CONDITIONAL.search(self.text))

    @property
    def is_open(self) -> bool:
        """Other codes than those it names may be meant."""
        return not self.ranges or bool(_OPEN.search(self.text))

    @property
    def of_category(self) -> bool:
        """Stands at the code, its category or between, not at a section or chapter."""
        return self.at_kind in (PlaceKind.CATEGORY, PlaceKind.SUBCATEGORY)


def nearest(tables: Tables, table: Table[Any], day: date) -> date:
    """The day to ask a table for. Raises NoRelease where none of its releases is carried."""
    found = tables.nearest_day(table, day)
    if found is None:
        raise NoRelease(table.name, day, None, None)
    return found


@lru_cache(maxsize=_KEPT)
def title(tables: Tables, code: str, day: date) -> str:
    """The description of a code or heading as of the day; empty where it does not stand then or has no wording."""
    if not tables.carries(icd10.CODES["icd10cm"], day):
        return ""
    entry = icd10.entry(tables, "icd10cm", code, day)
    return (entry.description or "") if entry is not None else ""


@lru_cache(maxsize=_KEPT)
def notes(tables: Tables, code: str, day: date) -> tuple[StandingNote, ...]:
    """Every note in force at a code by the nearest edition, its own first, then those of the places above it."""
    return tabular.notes(tables, code, nearest(tables, tabular.PLACES, day))


@lru_cache(maxsize=_KEPT)
def instructions(tables: Tables, code: str, kind: NoteKind, day: date) -> tuple[Instruction, ...]:
    """The instructions of a kind in force at a code, headings joined with what is listed below them."""
    return tuple(_joined(note for note in notes(tables, code, day) if note.note.kind is kind))


def noted(tables: Tables, instruction: Instruction, day: date) -> str:
    """How a finding cites an instruction: `Excludes1 note at E11, tabular list FY2026-2026-04-01`."""
    release = tables.release(tabular.PLACES, nearest(tables, tabular.PLACES, day))
    return f"{_LABELS.get(instruction.kind, 'note')} at {instruction.at}, tabular list {release.name}"


def covered(chart: CodedChart, ranges: Iterable[CodeRange]) -> Iterator[Coded]:
    """The diagnoses and external causes of a chart that lie in any of the ranges."""
    codes, coded = chart.by_code
    for named in ranges:
        for place in range(bisect_left(codes, named.first), len(codes)):
            if codes[place][: len(named.last)] > named.last:
                break
            if not named.endings or named.covers(codes[place]):
                yield coded[place]


def any_covers(ranges: Iterable[CodeRange], code: str) -> bool:
    return any(named.covers(code) for named in ranges)


def spoken(ranges: Iterable[CodeRange]) -> str:
    """Ranges for a message: `N18.1 to N18.6, Z99.2`."""
    return ", ".join(
        dotted(named.first) if named.first == named.last else f"{dotted(named.first)} to {dotted(named.last)}"
        for named in ranges
    )


def dotted(code: str) -> str:
    """As people write it: `E11.22`."""
    return f"{code[:3]}.{code[3:]}" if len(code) > len("E11") else code


@dataclass(slots=True)
class _Gathering:
    """An instruction while the notes below its heading are gathered."""

    head: StandingNote
    ranges: list[CodeRange] = field(default_factory=list)
    listed: bool = False

    def done(self) -> Instruction:
        note = self.head.note
        return Instruction(note.kind, self.head.at, self.head.at_kind, note.text, tuple(self.ranges), self.listed)


def _joined(standing: Iterable[StandingNote]) -> Iterator[Instruction]:
    """What follows a heading at the same place is listed below it, until a note begins anew.

    A heading names no codes, or ends as one that has a list below it.
    """
    gathering: _Gathering | None = None
    for one in standing:
        belongs = (
            gathering is not None
            and gathering.head.at == one.at
            and (not gathering.head.note.ranges or gathering.head.note.text.endswith(_LIST_FOLLOWS))
            and not _BEGINS_ANEW.match(one.note.text)
        )
        if belongs and gathering is not None:
            gathering.listed = True
        else:
            if gathering is not None:
                yield gathering.done()
            gathering = _Gathering(one)
        gathering.ranges += one.note.ranges
    if gathering is not None:
        yield gathering.done()
