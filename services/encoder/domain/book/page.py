"""The page of one code: what it is, what is noted at it and above it, what it counts for, and how it came to be.

What is decided on a day (the code itself, its severity, its marks, its categories) is of that day. What explains it
(the tabular list, the index) is of the nearest edition that is carried, and the page says of which.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from shared.claims import Date, Many, Model
from shared.tables import CodeEntry, CodeSets, CodeSystem, Tables, hcc, icd10, icd10_index, mce, msdrg, poa
from shared.tables import icd10cm_tabular as tabular
from shared.tables.icd10cm_references import CodeRange
from shared.tables.icd10cm_tabular import NoteKind, PlaceKind
from shared.tables.mce import AgeCategory
from shared.tables.table import Table

_INDEXES = {
    "diseases": icd10_index.DISEASES,
    "external-causes": icd10_index.EXTERNAL_CAUSES,
    "neoplasms": icd10_index.NEOPLASMS,
    "drugs": icd10_index.DRUGS,
    "procedures": icd10_index.PROCEDURES,
}


_AGE_CATEGORIES: tuple[AgeCategory, ...] = get_args(AgeCategory)


class Entry(Model):
    """A code or heading with its title."""

    code: str
    description: str | None
    billable: bool


class NamedCodes(Model):
    """Codes that a note names, with the title of the first: from `first` to `last`, and all below both."""

    first: str
    last: str
    description: str | None = None
    endings: Many[str] = ()
    """Where the note asks for certain characters: one of these must be there, `.22` or `at 5: 5`."""


class NoteOnPage(Model):
    """A note in force at the code."""

    kind: NoteKind
    text: str
    at: str
    """Where it stands: the code itself, a heading above it, its section or chapter."""
    at_kind: PlaceKind
    codes: Many[NamedCodes] = ()


class SeventhCharacterOnPage(Model):
    character: str
    meaning: str


class IndexEntry(Model):
    """A term that leads to the code."""

    index: str
    place: str
    path: Many[str]
    modifiers: str = ""


class Category(Model):
    """A condition category that the diagnosis counts for in Medicare's risk adjustment."""

    model: str
    hcc: str
    label: str | None = None


class Severity(Model):
    """What the diagnosis is to MS-DRG."""

    level: str
    """NCC (neither), CC or MCC, as a secondary diagnosis and before exclusions."""
    version: str


class AgeRangeOnPage(Model):
    """Ages, in completed years and both included, outside which Medicare's code editor asks (edit 4)."""

    category: str
    lowest: int
    highest: int


class CodePage(Model):
    """Everything around a code."""

    system: CodeSystem
    code: str
    description: str | None
    billable: bool
    valid_from: Date
    valid_through: Date | None
    above: Many[Entry]
    """The nearest heading first."""
    children: Many[Entry]
    notes: Many[NoteOnPage] = ()
    """Its own first, then those inherited from its category, section and chapter."""
    seventh_characters: Many[SeventhCharacterOnPage] = ()
    index: Many[IndexEntry] = ()
    previous: Many[str] = ()
    """The codes that stood for the same before this one came into being."""
    categories: Many[Category] = ()
    severity: Severity | None = None
    marks: Many[str] = ()
    """Of Medicare's code editor: sex conflicts, unacceptable principal, manifestation, non-covered …"""
    ages: Many[AgeRangeOnPage] = ()
    poa_exempt: bool | None = None
    """None where no list of the day is loaded."""
    releases: dict[str, str]
    """The release that each part is of, by table."""
    of_another_day: Many[str] = ()
    """Tables of which no release covers the day, and the nearest was used."""


def page(tables: Tables, system: CodeSystem, code: str, day: date) -> CodePage | None:
    """The page of a code without its dot; None where it does not stand on the day. Raises NoRelease."""
    entry, stands = icd10.entry(tables, system, code, day), icd10.validity(tables, system, code, day)
    if entry is None or stands is None:
        return None
    editions = _Editions(tables, day)
    releases = {icd10.CODES[system].name: CodeSets(tables).release(system, day)}
    parts = _diagnosis(editions, code) if system == "icd10cm" else _procedure(editions, code)
    return CodePage(
        system=system,
        code=code,
        description=entry.description,
        billable=entry.billable,
        valid_from=stands.first,
        valid_through=stands.last,
        above=tuple(map(_entry, icd10.above(tables, system, code, day))),
        children=tuple(map(_entry, icd10.children(tables, system, code, day))),
        previous=_previous(editions, system, code),
        **parts,
        releases=releases | editions.releases,
        of_another_day=tuple(editions.of_another_day),
    )


class _Editions:
    """The tables as a page asks them, remembering which releases answered."""

    def __init__(self, tables: Tables, day: date) -> None:
        self.tables, self.day = tables, day
        self.releases: dict[str, str] = {}
        self.of_another_day: list[str] = []

    def on_day(self, table: Table[Any]) -> date | None:
        """The day, where a release of the table covers it."""
        return self._noted(table, self.day) if self.tables.carries(table, self.day) else None

    def nearest(self, table: Table[Any]) -> date | None:
        """The day, or the nearest that a release of the table covers; None where there is no release."""
        found = self.tables.nearest_day(table, self.day)
        if found is None:
            return None
        if found != self.day and table.name not in self.of_another_day:
            self.of_another_day.append(table.name)
        return self._noted(table, found)

    def _noted(self, table: Table[Any], day: date) -> date:
        self.releases[table.name] = self.tables.release(table, day).name
        return day


def _diagnosis(editions: _Editions, code: str) -> dict[str, Any]:
    marks, ages = _marks(editions, code)
    return {
        "notes": tuple(_notes(editions, code)),
        "seventh_characters": tuple(_seventh_characters(editions, code)),
        "index": tuple(_index(editions, code, procedures=False)),
        "categories": tuple(_categories(editions, code)),
        "severity": _severity(editions, code),
        "marks": marks,
        "ages": ages,
        "poa_exempt": poa.is_exempt(editions.tables, code, editions.day),
    }


def _procedure(editions: _Editions, code: str) -> dict[str, Any]:
    day = editions.on_day(mce.PROCEDURES)
    return {
        "index": tuple(_index(editions, code, procedures=True)),
        "marks": mce.procedure_marks(editions.tables, code, day) if day else (),
    }


def _notes(editions: _Editions, code: str) -> Iterator[NoteOnPage]:
    day = editions.nearest(tabular.PLACES)
    for standing in tabular.notes(editions.tables, code, day) if day else ():
        note = standing.note
        codes = tuple(_named(editions, codes) for codes in note.ranges)
        yield NoteOnPage(kind=note.kind, text=note.text, at=standing.at, at_kind=standing.at_kind, codes=codes)


def _named(editions: _Editions, codes: CodeRange) -> NamedCodes:
    first = icd10.entry(editions.tables, "icd10cm", codes.first, editions.day)
    return NamedCodes(
        first=codes.first,
        last=codes.last,
        description=first.description if first else None,
        endings=tuple(f"at {ending.at}: {ending.text}" if ending.at else ending.text for ending in codes.endings),
    )


def _seventh_characters(editions: _Editions, code: str) -> Iterator[SeventhCharacterOnPage]:
    day = editions.nearest(tabular.PLACES)
    for one in tabular.seventh_characters(editions.tables, code, day) if day else ():
        yield SeventhCharacterOnPage(character=one.character, meaning=one.meaning)


def _index(editions: _Editions, code: str, *, procedures: bool) -> Iterator[IndexEntry]:
    for name, table in _INDEXES.items():
        if (table is icd10_index.PROCEDURES) is procedures and (day := editions.nearest(table)):
            for term in icd10_index.terms_for(editions.tables, code, day, table):
                yield IndexEntry(index=name, place=term.place, path=term.path, modifiers=term.row.modifiers)


def _categories(editions: _Editions, code: str) -> Iterator[Category]:
    day, labelled = editions.on_day(hcc.DIAGNOSES), editions.on_day(hcc.LABELS)
    if day is None:
        return
    for model, categories in hcc.categories(editions.tables, code, day).items():
        for category in categories:
            label = hcc.label(editions.tables, model, category, day) if labelled else None
            yield Category(model=model, hcc=category, label=label)


def _severity(editions: _Editions, code: str) -> Severity | None:
    day = editions.on_day(msdrg.DIAGNOSES)
    found = msdrg.grouped_diagnosis(editions.tables, code, day) if day else None
    if found is None:
        return None
    return Severity(level=found.level, version=editions.releases[msdrg.DIAGNOSES.name])


def _marks(editions: _Editions, code: str) -> tuple[tuple[str, ...], tuple[AgeRangeOnPage, ...]]:
    day = editions.on_day(mce.DIAGNOSES)
    if day is None:
        return (), ()
    marks = mce.diagnosis_marks(editions.tables, code, day)
    known = ((name, mce.age_range(editions.tables, name, day)) for name in _AGE_CATEGORIES if name in marks)
    ages = (
        AgeRangeOnPage(category=name, lowest=ages.lowest, highest=ages.highest)
        for name, ages in known
        if ages is not None
    )
    return marks, tuple(ages)


def _previous(editions: _Editions, system: CodeSystem, code: str) -> tuple[str, ...]:
    day = editions.on_day(icd10.CONVERSIONS[system])
    return icd10.conversions(editions.tables, system, code, day).previous if day else ()


def _entry(entry: CodeEntry) -> Entry:
    return Entry(code=entry.code, description=entry.description, billable=entry.billable)
