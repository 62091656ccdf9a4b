"""The tabular list of ICD-10-CM as of a day: its tree, the notes in force at a code, and what excludes what."""

from datetime import date
from itertools import combinations
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.errors import CodeNotFound, PlaceNotFound
from shared.claims import Many, Model
from shared.http import CurrentTables
from shared.tables import Tables
from shared.tables import icd10cm_tabular as tabular
from shared.tables.icd10cm_references import CodeRange
from shared.tables.icd10cm_tabular import Note, NoteKind, Place, PlaceKind, PlaceRow

router = APIRouter(prefix="/v1", tags=["codes"])


class CharacterCondition(Model):
    """What a code must have to be meant."""

    position: int | None = None
    """The character that `text` begins at, from 1; None: the code ends with it before its seventh character."""
    text: str


class NamedCodes(Model):
    """Codes that a note names: those from the first to the last, with all below both, without dots."""

    first: str
    last: str
    conditions: Many[CharacterCondition] = ()
    """Where there are any, one of them must hold."""


class TabularNote(Model):
    """A note of the tabular list."""

    kind: NoteKind
    text: str
    codes: Many[NamedCodes] = ()


class NoteInForce(TabularNote):
    """A note in force at a code, and the place where it stands."""

    at: str
    at_kind: PlaceKind


class NotesOfCode(Model):
    """Its own notes first, then those of its category, sections and chapter."""

    release: str
    code: str
    title: str
    notes: Many[NoteInForce]


class SeventhCharacterMeaning(Model):
    character: str
    meaning: str


class SeventhCharacters(Model):
    """One of them completes the code; none where it takes no seventh character."""

    release: str
    code: str
    characters: Many[SeventhCharacterMeaning]


class TabularHeading(Model):
    """A chapter, section, category, subcategory or code."""

    key: str
    kind: PlaceKind
    title: str


class TabularChapters(Model):
    release: str
    chapters: Many[TabularHeading]


class TabularPlace(TabularHeading):
    """A place with what stands above and below it and the notes that stand at it."""

    release: str
    above: Many[TabularHeading]
    """The nearest first, up to the chapter."""
    children: Many[TabularHeading]
    notes: Many[TabularNote]


class ExcludingNote(Model):
    """An Excludes1 note in force at `code` that names `excluded`."""

    code: str
    excluded: str
    at: str
    text: str


class ExcludingNotes(Model):
    """Pairs of the codes asked for that an Excludes1 note keeps apart, unless their conditions are unrelated."""

    release: str
    conflicts: Many[ExcludingNote]


AskedDay = Annotated[date, Query(alias="date", description="The day of discharge or service.")]
AskedCode = Annotated[str, Path(min_length=3, max_length=8, description="A dot is passed over.")]
AskedCodes = Annotated[tuple[str, ...], Query(min_length=2, max_length=50, description="Diagnoses of one claim.")]


@router.get("/codes/icd10cm/{code}/notes", response_model=NotesOfCode)
async def get_notes(caller: CanReadCodes, tables: CurrentTables, code: AskedCode, day: AskedDay) -> NotesOfCode:
    """Every note in force at a code: inclusion terms, excludes, code first, use additional code and the rest."""
    place = _code(tables, code, day)
    return NotesOfCode(
        release=place.release.name,
        code=place.key,
        title=place.row.title,
        notes=tuple(
            NoteInForce(at=note.at, at_kind=note.at_kind, **dict(_note(note.note)))
            for note in tabular.notes(tables, place.key, day)
        ),
    )


@router.get("/codes/icd10cm/{code}/seventh-characters", response_model=SeventhCharacters)
async def get_seventh_characters(
    caller: CanReadCodes, tables: CurrentTables, code: AskedCode, day: AskedDay
) -> SeventhCharacters:
    """The seventh characters that a code takes, with their meaning."""
    place = _code(tables, code, day)
    sevenths = tabular.seventh_characters(tables, place.key, day)
    return SeventhCharacters(
        release=place.release.name,
        code=place.key,
        characters=tuple(SeventhCharacterMeaning(character=s.character, meaning=s.meaning) for s in sevenths),
    )


@router.get("/excludes1", response_model=ExcludingNotes)
async def find_excludes1(
    caller: CanReadCodes, tables: CurrentTables, codes: AskedCodes, day: AskedDay
) -> ExcludingNotes:
    """Which of these diagnoses an Excludes1 note keeps apart."""
    plain = [_plain(code) for code in codes]
    pairs = (tabular.excludes1_between(tables, first, second, day) for first, second in combinations(plain, 2))
    return ExcludingNotes(
        release=tables.release(tabular.INSTRUCTIONS, day).name,
        conflicts=tuple(
            ExcludingNote(code=found.code, excluded=found.excluded, at=found.at, text=found.text)
            for found in pairs
            if found is not None
        ),
    )


@router.get("/tabular", response_model=TabularChapters)
async def list_chapters(caller: CanReadCodes, tables: CurrentTables, day: AskedDay) -> TabularChapters:
    """The chapters of the tabular list."""
    return TabularChapters(
        release=tables.release(tabular.PLACES, day).name,
        chapters=tuple(_heading(key, row) for key, row in tabular.chapters(tables, day)),
    )


@router.get("/tabular/{key}", response_model=TabularPlace)
async def get_place(
    caller: CanReadCodes,
    tables: CurrentTables,
    key: Annotated[str, Path(max_length=8, description="A chapter's number, a section such as I10-I16, or a code.")],
    day: AskedDay,
) -> TabularPlace:
    """A place of the tabular list, to walk it up and down."""
    place = tabular.place(tables, key, day)
    if place is None:
        raise PlaceNotFound("the tabular list of the day has no such chapter, section or code")
    return TabularPlace(
        **dict(_heading(place.key, place.row)),
        release=place.release.name,
        above=tuple(_heading(above, row) for above, row in place.above),
        children=tuple(_heading(child, row) for child, row in tabular.children(tables, place.key, day)),
        notes=tuple(map(_note, place.row.notes)),
    )


def _code(tables: Tables, code: str, day: date) -> Place:
    """Raises CodeNotFound."""
    place = tabular.place(tables, code, day)
    if place is None or place.row.kind in (PlaceKind.CHAPTER, PlaceKind.SECTION):
        raise CodeNotFound(f"{_plain(code)} does not stand in the tabular list of {day}")
    return place


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()


def _heading(key: str, row: PlaceRow) -> TabularHeading:
    return TabularHeading(key=key, kind=row.kind, title=row.title)


def _note(note: Note) -> TabularNote:
    return TabularNote(kind=note.kind, text=note.text, codes=tuple(map(_named, note.ranges)))


def _named(codes: CodeRange) -> NamedCodes:
    conditions = (CharacterCondition(position=ending.at or None, text=ending.text) for ending in codes.endings)
    return NamedCodes(first=codes.first, last=codes.last, conditions=tuple(conditions))
