"""The tabular list of ICD-10-CM: its tree, the notes at each place of it, and the seventh characters.

A place is a chapter (`9`), a section (`I10-I16`), a category, a subcategory or a code, the latter three without a dot.
The list says what is under a code (inclusion terms), what is not (excludes), and in which order codes stand. A note at
a place is for everything below it (ICD-10-CM Official Guidelines, section I.A).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from shared.tables.catalogue import Release
from shared.tables.icd10cm_references import CodeRange
from shared.tables.store import Store
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_LICENCE = "United States government work, public domain"


class PlaceKind(StrEnum):
    CHAPTER = "chapter"
    SECTION = "section"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    """Under a category. One that has nothing below it is a code, with a seventh character where it asks for one."""


class NoteKind(StrEnum):
    """What a note is, by the convention that it follows (Official Guidelines, section I.A.10 to I.A.17)."""

    INCLUSION_TERM = "inclusion_term"
    INCLUDES = "includes"
    EXCLUDES1 = "excludes1"
    """Never together with what it names, unless the two conditions have nothing to do with each other."""
    EXCLUDES2 = "excludes2"
    """Not part of this; both may be coded."""
    CODE_FIRST = "code_first"
    USE_ADDITIONAL_CODE = "use_additional_code"
    CODE_ALSO = "code_also"
    NOTE = "note"
    SEVENTH_CHARACTER = "seventh_character"
    """Says to which codes the seventh characters at this place are added."""


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A note at a place."""

    kind: NoteKind
    text: str
    ranges: tuple[CodeRange, ...] = ()
    """The codes that it names."""


class SeventhCharacter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    character: str
    meaning: str


class PlaceRow(TableRow, frozen=True):
    """A place of the tabular list."""

    kind: PlaceKind
    title: str
    parent: str
    """The key of the place above; empty for a chapter."""
    children: tuple[str, ...]
    """The keys of the places directly below, in the order of the list."""
    notes: tuple[Note, ...]
    """Those that stand here, in the order of the list."""
    sevenths: tuple[SeventhCharacter, ...]
    """The seventh characters that are defined here."""


class InstructionRow(TableRow, frozen=True):
    """A note that is in force at a code."""

    at: str
    """The key of the place where it stands."""
    text: str
    ranges: tuple[CodeRange, ...]


PLACES = Table(
    name="icd10cm.tabular",
    title="ICD-10-CM tabular list of diseases and injuries",
    row=PlaceRow,
    key="a chapter's number, a section's range of categories, or a category or code without its dot",
    authority="NCHS",
    licence=_LICENCE,
)
INSTRUCTIONS = Table(
    name="icd10cm.instructions",
    title="ICD-10-CM notes on codes that stand together, each at every code that it is in force at",
    row=InstructionRow,
    key="a category or code without its dot, and the kind of the note",
    authority="NCHS",
    licence=_LICENCE,
)
TABLES = (PLACES, INSTRUCTIONS)

INSTRUCTING = (NoteKind.EXCLUDES1, NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL_CODE, NoteKind.CODE_ALSO)
"""The kinds that `icd10cm.instructions` keeps."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with those above it."""

    key: str
    row: PlaceRow
    above: tuple[tuple[str, PlaceRow], ...]
    """From the one directly above up to the chapter."""
    release: Release


@dataclass(frozen=True, slots=True)
class StandingNote:
    """A note in force at a code, and where it stands."""

    at: str
    at_kind: PlaceKind
    note: Note


@dataclass(frozen=True, slots=True)
class Conflict:
    """An Excludes1 note between two codes."""

    at: str
    """The place where the note stands: the code itself or one above it."""
    code: str
    """The code that the note is in force at."""
    excluded: str
    """The code that it names."""
    text: str


def place(tables: Tables, key: str, day: date) -> Place | None:
    """A chapter, section, category or code; None where the list does not have it.

    A code may have its dot, its seventh character and placeholders X: it is found at the place that they are added to.
    """
    edition = tables.on(PLACES, day)
    found = _placed(edition.store, key)
    if found is None:
        return None
    return Place(found, edition.store.rows(found)[0], tuple(_above(edition.store, found)), edition.release)


def children(tables: Tables, key: str, day: date) -> tuple[tuple[str, PlaceRow], ...]:
    """The places directly below one, in the order of the list; empty at a code and where the list has no such place."""
    store = tables.on(PLACES, day).store
    found = _placed(store, key)
    return () if found is None else tuple((child, store.rows(child)[0]) for child in store.rows(found)[0].children)


def chapters(tables: Tables, day: date) -> tuple[tuple[str, PlaceRow], ...]:
    """The chapters in their order."""
    store = tables.on(PLACES, day).store
    return tuple((key, rows[0]) for number in range(1, 100) if (rows := store.rows(key := str(number))))


def notes(tables: Tables, code: str, day: date) -> tuple[StandingNote, ...]:
    """Every note in force at a code, its own first, then those of the places above it up to the chapter.

    Inclusion terms and notes on seventh characters are those of the code itself and of the place that defines them.
    Empty where the list does not have the code.
    """
    found = place(tables, code, day)
    if found is None:
        return ()
    own = [StandingNote(found.key, found.row.kind, note) for note in found.row.notes]
    inherited = [
        StandingNote(key, row.kind, note)
        for key, row in found.above
        for note in row.notes
        if note.kind is not NoteKind.INCLUSION_TERM
    ]
    return (*own, *inherited)


def seventh_characters(tables: Tables, code: str, day: date) -> tuple[SeventhCharacter, ...]:
    """The seventh characters that a code must have one of, with their meaning; empty where it takes none.

    The definition nearest above the code counts (Official Guidelines, section I.A.5).
    """
    store = tables.on(PLACES, day).store
    found = _placed(store, code)
    return () if found is None else _sevenths(store, found)


def instructions(tables: Tables, code: str, kind: NoteKind, day: date) -> tuple[InstructionRow, ...]:
    """The notes of one kind of `INSTRUCTING` in force at a code, from its own up to the chapter's."""
    return _in_force(tables.on(INSTRUCTIONS, day).store, code, f" {kind}")


def code_first(tables: Tables, code: str, day: date) -> tuple[InstructionRow, ...]:
    """The notes by which another code goes before this one; none where it may stand first."""
    return instructions(tables, code, NoteKind.CODE_FIRST, day)


def excludes1_between(tables: Tables, code_a: str, code_b: str, day: date) -> Conflict | None:
    """The first Excludes1 note, of either code or of a place above it, that names the other; None where none does.

    Codes in capitals without dots. The note is a pure exclusion; section I.A.12.a of the Official Guidelines lets both
    stand where the conditions are unrelated, which only the chart can tell.
    """
    store = tables.on(INSTRUCTIONS, day).store
    for code, other in ((code_a, code_b), (code_b, code_a)):
        for row in _in_force(store, code, _EXCLUDES1):
            for named in row.ranges:
                if named.covers(other) and not named.covers(code):
                    return Conflict(row.at, code, other, row.text)
    return None


_EXCLUDES1 = f" {NoteKind.EXCLUDES1}"
_CATEGORY = 3
_BEFORE_SEVENTH = 6


def _in_force(store: Store[InstructionRow], code: str, kind: str) -> tuple[InstructionRow, ...]:
    """Those at the code, or at the place that its seventh character and placeholders were added to."""
    rows = store.rows(code + kind)
    if not rows and len(code) > _BEFORE_SEVENTH:
        for shorter in _without_extension(code):
            if rows := store.rows(shorter + kind):
                break
    return rows


def _placed(store: Store[PlaceRow], key: str) -> str | None:
    """The key of a place that is written in any way; None where the list does not have it."""
    key = key.replace(".", "").upper()
    if store.rows(key):
        return key
    for shorter in _without_extension(key):
        if store.rows(shorter):
            sevenths = _sevenths(store, shorter)
            return shorter if any(key[-1] == seventh.character for seventh in sevenths) else None
    return None


def _sevenths(store: Store[PlaceRow], key: str) -> tuple[SeventhCharacter, ...]:
    """The definition nearest above a place counts."""
    while key:
        row = store.rows(key)[0]
        if row.sevenths:
            return row.sevenths
        key = row.parent
    return ()


def _without_extension(code: str) -> Iterator[str]:
    """A code without its seventh character, then without one placeholder X after the other."""
    if len(code) != _BEFORE_SEVENTH + 1:
        return
    shorter = code[:_BEFORE_SEVENTH]
    yield shorter
    while len(shorter) > _CATEGORY and shorter.endswith("X"):
        shorter = shorter[:-1]
        yield shorter


def _above(store: Store[PlaceRow], key: str) -> Iterator[tuple[str, PlaceRow]]:
    parent = store.rows(key)[0].parent
    while parent:
        row = store.rows(parent)[0]
        yield parent, row
        parent = row.parent
