"""The names of codes that do not stand any more: charts of their days still ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.domain.terms.points import before_seventh
from shared.tables import Tables, icd10
from shared.tables.icd10 import LABELS


def retired_points(tables: Tables, day: date) -> Iterator[Point]:
    """The last descriptions of ICD-10 codes and headings that stood before a day and do not on it, from the release
    of the day, which keeps its history."""
    for system, table in icd10.CODES.items():
        nearest = tables.nearest_day(table, day)
        if nearest is None:
            continue
        edition = tables.on(table, nearest)
        source = f"{LABELS[system]} {edition.release.name}"
        for code, rows in edition.store.items():
            if system == "icd10cm" and before_seventh(code) != code:
                continue
            gone = all(row.valid_through is not None and row.valid_through < nearest for row in rows)
            if gone and rows[-1].description:
                yield Point(rows[-1].description, PointKind.DESCRIPTION, system, code, source=source)
