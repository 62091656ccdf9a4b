"""OPPS Addendum J: the ranks of services paid by comprehensive APCs, and the pairs that are paid by a higher one.

Source: CMS, addenda of the OPPS final rule of each year (`2025 NFRM Addendum J.xlsx`), a workbook with a sheet for each
("Rank for Primary Assignment", "Complexity Adjustments") under title rows, or the same sheets as csv or text with tabs.
Columns are found by their titles, which have changed over the years; other sheets, such as the evaluation of all pairs,
are passed over. A service without a rank, or a pair without an adjusted APC, is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_cut_off
from shared.tables.formats.titled import Titles, has_titles, titled_lines
from shared.tables.opps import COMPLEXITY_ADJUSTMENTS, RANKS, ComplexityRow, RankRow
from shared.tables.sheets import Line, normal, sheets_of
from shared.tables.spans import Span, calendar_year
from shared.tables.table import Table

_RANKS: Titles = {
    "code": ("hcpcs code", "hcpcs", "cpt/hcpcs code"),
    "rank": ("rank for primary assignment", "rank used for primary assignment"),
}
_PAIRS: Titles = {
    "primary": ("primary hcpcs code", "primary hcpcs", "primary j1 hcpcs code"),
    "other": (
        "secondary j1 or add-on hcpcs code",
        "secondary j1 or add-on hcpcs",
        "secondary hcpcs code",
        "secondary hcpcs",
    ),
    "apc": ("complexity adjusted apc assignment", "complexity-adjusted apc assignment", "complexity adjusted apc"),
}
_SIGNS = (*_RANKS["rank"], *_PAIRS["apc"][:2])
_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_YEAR = re.compile(r"\b(?:cy|calendar year) ?(20\d\d)\b|(?<!\d)(20\d\d)[ _-](?:nfrm|final|opps)")
_NONE = frozenset({"", ".", "-", "N/A", "NA"})


class OppsAddendumJ(Format):
    name: ClassVar[str] = "OPPS Addendum J: comprehensive APCs (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (RANKS, COMPLEXITY_ADJUSTMENTS)

    def recognises(self, document: Document) -> bool:
        head = normal(document.head)
        return any(sign in head for sign in _SIGNS)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        read: dict[tuple[str, str], str] = {}
        for document in published_once(documents):
            for reading in _readings(document, asked):
                before = read.setdefault((reading.table.name, reading.span.name), document.name)
                if before != document.name:
                    raise RefusedFile(document.name, f"{reading.table.title} is given twice: {before}")
                yield reading


def _readings(document: Document, asked: Asked) -> Iterator[Reading[Any]]:
    refuse_cut_off(document)
    span = _span(document, asked)
    found: set[str] = set()
    for rows in sheets_of(document):
        table = _table_of(rows)
        if table is None:
            continue
        if table.name in found:
            raise RefusedFile(document.name, f"two sheets have {table.title}")
        found.add(table.name)
        entries = _ranks(document, rows) if table is RANKS else _pairs(document, rows)
        yield Reading(table, span, entries, [document.source])
    if not found:
        raise RefusedFile(document.name, "no sheet has the titles of Addendum J")


def _table_of(rows: Sequence[list[str]]) -> Table[Any] | None:
    if any(has_titles(row, _RANKS) for row in rows):
        return RANKS
    return COMPLEXITY_ADJUSTMENTS if any(has_titles(row, _PAIRS) for row in rows) else None


def _span(document: Document, asked: Asked) -> Span:
    found = _YEAR.search(normal(document.head[:4096])) or _YEAR.search(document.name.lower())
    new_year = date(int(found[1] or found[2]), 1, 1) if found else None
    return asked.span(calendar_year(asked.effective_or(new_year, document)))


def _ranks(document: Document, rows: list[list[str]]) -> Iterator[tuple[str, RankRow]]:
    known: set[str] = set()
    for line in titled_lines(document, _RANKS, {}, rows):
        if line.text("rank").upper() in _NONE:
            continue
        code = _code(line, "code")
        if code in known:
            raise line.refused("code", f"{code} is there twice")
        known.add(code)
        yield code, RankRow(line.whole("rank"))


def _pairs(document: Document, rows: list[list[str]]) -> Iterator[tuple[str, ComplexityRow]]:
    known: dict[str, str] = {}
    for line in titled_lines(document, _PAIRS, {}, rows):
        if line.text("apc").upper() in _NONE:
            continue
        pair, apc = f"{_code(line, 'primary')} {_code(line, 'other')}", line.text("apc").zfill(4)
        if not (apc.isdecimal() and len(apc) == 4):
            raise line.refused("apc", f"{line.text('apc')!r} is not an APC")
        if pair not in known:
            known[pair] = apc
            yield pair, ComplexityRow(apc)
        elif known[pair] != apc:
            raise line.refused("apc", f"{pair} has another APC in a line before")


def _code(line: Line, column: str) -> str:
    code = line.required(column).strip("*").upper()
    if not _CODE.fullmatch(code):
        raise line.refused(column, f"{code!r} is not a HCPCS code")
    return code
