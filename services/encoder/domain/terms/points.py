"""Points: one thing a code is called, and how the classification leads from it to the code.

The names of codes come from the code sets' descriptions and the tabular list; the ways to codes from the alphabetic
indexes (`index_points`). Tables that cover no day near are passed over: a fresh install carries no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain

from services.encoder.domain.terms.index_points import index_points
from services.encoder.domain.terms.point import NamedSystem, Point, PointKind
from shared.tables import Tables, hcpcs, icd10, icd10cm_tabular, ioce
from shared.tables.icd10 import LABELS
from shared.tables.icd10cm_tabular import NoteKind

__all__ = ["NamedSystem", "Point", "PointKind", "before_seventh", "numbered_points", "points"]


def points(tables: Tables, day: date) -> Iterator[Point]:
    """Every name of every code and heading that stands on a day, code set by code set.

    Codes that only a seventh character tells apart have no names of their own here: it completes the code that it is
    added to, which has (`before_seventh`). Raises UnreadableTable.
    """
    return chain(
        _descriptions(tables, "icd10cm", day),
        _inclusion_terms(tables, day),
        index_points(tables, day),
        _descriptions(tables, "icd10pcs", day),
        _level_two(tables, day),
        _cpt(tables, day),
    )


def before_seventh(code: str) -> str:
    """An ICD-10-CM code without its seventh character and the placeholders before it: S0001XA is S0001.

    Every code of seven characters ends with one (ICD-10-CM Official Guidelines, section I.A.4 and I.A.5).
    """
    return code[:_SEVENTH].rstrip("X") if len(code) > _SEVENTH else code


_SEVENTH = 6


def numbered_points(tables: Tables, day: date) -> Iterator[Point]:
    """Names of the ICD-10-CM codes whose seventh character is a digit that says what the condition is: the stage of a
    glaucoma, the eye of a retinopathy. In chapter 15 it numbers a fetus, which no name says."""
    yield from _described(tables, "icd10cm", day, _is_numbered)


def _is_numbered(code: str) -> bool:
    return len(code) > _SEVENTH and code[-1].isdigit() and code[0] != "O"


def _descriptions(tables: Tables, system: icd10.CodeSystem, day: date) -> Iterator[Point]:
    return _described(tables, system, day, lambda code: system != "icd10cm" or len(code) <= _SEVENTH)


def _described(tables: Tables, system: icd10.CodeSystem, day: date, wanted: Callable[[str], bool]) -> Iterator[Point]:
    table = icd10.CODES[system]
    nearest = tables.nearest_day(table, day)
    if nearest is None:
        return
    edition = tables.on(table, nearest)
    source = f"{LABELS[system]} {edition.release.name}"
    for code, rows in edition.store.items():
        if not wanted(code):
            continue
        for row in rows:
            first, last = row.valid_from, row.valid_through
            if row.description and (first is None or first <= nearest) and (last is None or nearest <= last):
                yield Point(row.description, PointKind.DESCRIPTION, system, code, source=source)


def _inclusion_terms(tables: Tables, day: date) -> Iterator[Point]:
    """The inclusion terms of codes, and what categories say that they include."""
    nearest = tables.nearest_day(icd10cm_tabular.PLACES, day)
    if nearest is None:
        return
    edition = tables.on(icd10cm_tabular.PLACES, nearest)
    source = f"ICD-10-CM tabular list {edition.release.name}"
    for key, rows in edition.store.items():
        if "-" in key or key.isdigit():  # sections and chapters are no codes
            continue
        for note in rows[0].notes:
            if note.kind in _NAMING:
                yield Point(note.text, PointKind.INCLUSION_TERM, "icd10cm", key, source=source)


_NAMING = frozenset({NoteKind.INCLUSION_TERM, NoteKind.INCLUDES})


def _level_two(tables: Tables, day: date) -> Iterator[Point]:
    """HCPCS Level II codes by their long descriptors; by the short ones of the I/OCE where their file is not loaded."""
    nearest = tables.nearest_day(hcpcs.CODES, day)
    if nearest is not None:
        edition = tables.on(hcpcs.CODES, nearest)
        source = f"HCPCS {edition.release.name}"
        for code, rows in edition.store.items():
            row = rows[0]
            if row.is_valid(nearest):
                yield Point(row.long or row.short, PointKind.DESCRIPTION, "hcpcs", code, source=source)
        return
    nearest = tables.nearest_day(ioce.PROCEDURES, day)
    if nearest is None:
        return
    listed = tables.on(ioce.PROCEDURES, nearest)
    for code, editor_rows in listed.store.items():
        editor_row = ioce.row_on(editor_rows, nearest) if hcpcs.is_level_two(code) else None
        if editor_row is not None and editor_row.short:
            yield Point(editor_row.short, PointKind.DESCRIPTION, "hcpcs", code, source=f"I/OCE {listed.release.name}")


def _cpt(tables: Tables, day: date) -> Iterator[Point]:
    """CPT codes in the words of the customer's licensed file; none without one."""
    nearest = tables.nearest_day(hcpcs.CPT_CODES, day)
    if nearest is None:
        return
    edition = tables.on(hcpcs.CPT_CODES, nearest)
    source = f"CPT {edition.release.name}"
    for code, rows in edition.store.items():
        row = rows[0]
        yield Point(row.long, PointKind.DESCRIPTION, "cpt", code, source=source)
        if row.consumer:
            yield Point(row.consumer, PointKind.INCLUSION_TERM, "cpt", code, source=source)
