"""ICD-10-CM and ICD-10-PCS: every code and heading by date, what stands above and below it, and what it was before.

Codes are written without a dot, in capitals. The order of a code set is that of the characters, digits before letters,
as in the order files of NCHS and CMS. A heading (category, subcategory, ICD-10-PCS table) is known and not billable.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Literal, NamedTuple

import msgspec

from shared.tables.catalogue import Release
from shared.tables.table import Table, TableRow
from shared.tables.tables import Edition, Tables

CodeSystem = Literal["icd10cm", "icd10pcs"]

LABELS: dict[CodeSystem, str] = {"icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS"}
FIRST_DAY = date(2015, 10, 1)
"""ICD-10 is in use from this day (45 CFR 162.1002(c))."""
_ONE_DAY = timedelta(days=1)
_HEADING_LENGTH = 3
_KEPT_ENTRIES = 16_384
"""About what a hospital uses on a day; 6 MB."""


class CodeRow(TableRow, frozen=True):
    """What a release says of a code over one unbroken span of days."""

    billable: bool
    """A complete code, not a heading."""
    short_description: str
    """At most 60 characters; empty where the release carries none."""
    description: str
    valid_from: date | None = None
    """None: from the release's first day at the latest."""
    valid_through: date | None = None
    """None: the release knows no end."""


class ConversionRow(TableRow, frozen=True):
    """That a code came into being, and which codes stood for the same before. Found under each of them."""

    effective: date
    current: str
    previous: tuple[str, ...]


CODES: dict[CodeSystem, Table[CodeRow]] = {
    "icd10cm": Table(
        name="icd10cm.codes",
        title="ICD-10-CM codes and headings with their descriptions",
        row=CodeRow,
        key="ICD-10-CM code or heading, 3 to 7 characters without dot",
        authority="NCHS",
        licence="United States government work, public domain",
    ),
    "icd10pcs": Table(
        name="icd10pcs.codes",
        title="ICD-10-PCS codes and tables with their descriptions",
        row=CodeRow,
        key="ICD-10-PCS code, 7 characters, or table, 3 characters",
        authority="CMS",
        licence="United States government work, public domain",
    ),
}
CONVERSIONS: dict[CodeSystem, Table[ConversionRow]] = {
    "icd10cm": Table(
        name="icd10cm.conversion",
        title="New ICD-10-CM codes and the codes used for the same before",
        row=ConversionRow,
        key="ICD-10-CM code, new or previous",
        authority="NCHS",
        licence="United States government work, public domain",
    ),
    "icd10pcs": Table(
        name="icd10pcs.conversion",
        title="New ICD-10-PCS codes and the codes used for the same before",
        row=ConversionRow,
        key="ICD-10-PCS code, new or previous",
        authority="CMS",
        licence="United States government work, public domain",
    ),
}
TABLES: tuple[Table[Any], ...] = (*CODES.values(), *CONVERSIONS.values())


class CodeEntry(msgspec.Struct, frozen=True, gc=False):
    """One code or heading as it stands on the day it was asked for."""

    system: CodeSystem
    code: str
    billable: bool
    """A complete code, not a heading."""
    short_description: str | None
    """At most 60 characters. None where the release carries no wording."""
    description: str | None
    valid_from: date
    """The first day of the unbroken span, as far back as the release reaches."""
    valid_through: date | None
    """The last day of the span; None where the release knows no end."""
    release: str


class Validity(NamedTuple):
    """The days on which a code stands, unbroken, across all releases that are carried."""

    first: date
    last: date | None
    """None where no release knows an end."""


class Conversions(NamedTuple):
    """What a code became and what it was."""

    current: tuple[str, ...]
    """The codes that may be reported on the day instead of one that may not any more, in order."""
    previous: tuple[str, ...]
    """The codes that stood for the same before this one came into being, in order."""
    release: str


def is_billable(tables: Tables, system: CodeSystem, code: str, day: date) -> bool:
    """Whether a code may be reported on a day. Raises NoRelease."""
    found = _recent(tables, system, code, day)
    return found is not None and found.billable


def not_billable(tables: Tables, system: CodeSystem, codes: Iterable[str], day: date) -> list[int]:
    """Places of the codes that may not be reported on a day, from 0. For many at once: a third of the time of each.

    Raises NoRelease.
    """
    rows_of = tables.on(CODES[system], day).store.rows
    found: list[int] = []
    for place, code in enumerate(codes):
        for row in rows_of(code):
            first, last = row.valid_from, row.valid_through
            if row.billable and (first is None or first <= day) and (last is None or day <= last):
                break
        else:
            found.append(place)
    return found


def entry(tables: Tables, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
    """A code or heading as of a day, None where it does not stand then. Raises NoRelease."""
    return _recent(tables, system, code, day)


def starting_with(
    tables: Tables, system: CodeSystem, beginning: str, day: date, *, limit: int, headings: bool = False
) -> tuple[CodeEntry, ...]:
    """At most `limit` codes of a day that begin with `beginning`, in order; with headings on demand.

    Raises NoRelease.
    """
    edition = tables.on(CODES[system], day)
    found = (
        _entry(system, code, row, edition.release)
        for code, row in _below(edition, beginning, day)
        if row.billable or headings
    )
    return tuple(islice(found, limit))


def parent(tables: Tables, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
    """The heading directly above a code; None for a category. Raises NoRelease."""
    return next(iter(above(tables, system, code, day)), None)


def above(tables: Tables, system: CodeSystem, code: str, day: date) -> tuple[CodeEntry, ...]:
    """The headings that a code belongs to, the nearest first. Raises NoRelease.

    Placeholders are no headings: above S00.01XA stand S00.01, S00.0 and S00 (ICD-10-CM Official Guidelines, I.A.4).
    """
    beginnings = (code[:length] for length in range(len(code) - 1, _HEADING_LENGTH - 1, -1))
    return tuple(found for heading in beginnings if (found := entry(tables, system, heading, day)))


def children(tables: Tables, system: CodeSystem, code: str, day: date) -> tuple[CodeEntry, ...]:
    """The codes and headings directly below a heading of that day, in order. Raises NoRelease."""
    if entry(tables, system, code, day) is None:
        return ()
    edition = tables.on(CODES[system], day)
    found: list[CodeEntry] = []
    for below, row in _below(edition, code, day):
        if below != code and not (found and below.startswith(found[-1].code)):
            found.append(_entry(system, below, row, edition.release))
    return tuple(found)


def validity(tables: Tables, system: CodeSystem, code: str, day: date) -> Validity | None:
    """How long a code has stood and will stand as what it is on a day; None where it does not. Raises NoRelease."""
    found = entry(tables, system, code, day)
    if found is None:
        return None
    turns = _turns(tables, CODES[system])
    return Validity(_first(tables, found, day, turns), _last(tables, found, day, turns))


def conversions(tables: Tables, system: CodeSystem, code: str, day: date) -> Conversions:
    """Which codes stand on a day for one that does not any more, and which stood for it before. Raises NoRelease.

    A code that was retired twice over leads to those that may be reported on the day; one that still may leads nowhere.
    """
    edition = tables.on(CONVERSIONS[system], day)
    previous = {before for row in _conversions(edition, code, day) if row.current == code for before in row.previous}
    return Conversions(
        tuple(sorted(_successors(tables, system, code, day))), tuple(sorted(previous)), edition.release.name
    )


@lru_cache(maxsize=_KEPT_ENTRIES)
def _recent(tables: Tables, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
    """Kept across lookups: claims of a day repeat their codes, and a snapshot of the tables never changes."""
    edition = tables.on(CODES[system], day)
    row = _standing(edition.store.rows(code), day) if code.isalnum() else None
    return None if row is None else _entry(system, code, row, edition.release)


def _standing(rows: tuple[CodeRow, ...], day: date) -> CodeRow | None:
    """The one row that holds on a day."""
    for row in rows:
        first, last = row.valid_from, row.valid_through
        if (first is None or first <= day) and (last is None or day <= last):
            return row
    return None


def _below(edition: Edition[CodeRow], beginning: str, day: date) -> Iterator[tuple[str, CodeRow]]:
    """Every code and heading of a day that begins so, in order."""
    if beginning and not beginning.isalnum():
        return
    for code, rows in edition.store.items(beginning):
        row = _standing(rows, day)
        if row is not None:
            yield code, row


def _entry(system: CodeSystem, code: str, row: CodeRow, release: Release) -> CodeEntry:
    return CodeEntry(
        system,
        code,
        row.billable,
        row.short_description or None,
        row.description or None,
        row.valid_from or release.effective,
        row.valid_through,
        release.name,
    )


def _turns(tables: Tables, table: Table[CodeRow]) -> list[date]:
    """The days on which another release may begin to answer, in order."""
    releases = [release for release in tables.releases() if release.table == table.name]
    ends = (release.covers_through + _ONE_DAY for release in releases if release.covers_through < date.max)
    return sorted({*ends, *(release.covers_from for release in releases)})


def _first(tables: Tables, found: CodeEntry, day: date, turns: Sequence[date]) -> date:
    here, at = found, day
    while True:
        turn = turns[bisect_right(turns, at) - 1]
        first = max(here.valid_from, turn)
        earlier = _same(tables, found, turn - _ONE_DAY) if first == turn else None
        if earlier is None:
            return first
        here, at = earlier, turn - _ONE_DAY


def _last(tables: Tables, found: CodeEntry, day: date, turns: Sequence[date]) -> date | None:
    here = found
    for turn in turns[bisect_right(turns, day) :]:
        if here.valid_through is not None and here.valid_through < turn:
            break
        later = _same(tables, found, turn)
        if later is None:
            return turn - _ONE_DAY if tables.carries(CODES[found.system], turn) else None
        here = later
    return here.valid_through


def _same(tables: Tables, found: CodeEntry, day: date) -> CodeEntry | None:
    """The code on another day, where it is carried then and is what it was."""
    if not tables.carries(CODES[found.system], day):
        return None
    other = entry(tables, found.system, found.code, day)
    return other if other is not None and other.billable == found.billable else None


def _conversions(edition: Edition[ConversionRow], code: str, day: date) -> Iterator[ConversionRow]:
    if code.isalnum():
        yield from (row for row in edition.store.rows(code) if row.effective <= day)


def _successors(tables: Tables, system: CodeSystem, retired: str, day: date) -> set[str]:
    edition = tables.on(CONVERSIONS[system], day)
    found: set[str] = set()
    pending, seen = [retired], set[str]()
    while pending:
        code = pending.pop()
        if code in seen:
            continue
        seen.add(code)
        if is_billable(tables, system, code, day):
            found.add(code)
        else:
            pending += [row.current for row in _conversions(edition, code, day) if code in row.previous]
    return found - {retired}
