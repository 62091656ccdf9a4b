"""Loader of Table 5 of the IPPS final rule: `CMS-1833-F Table 5.txt` and its like, tab-delimited text or Excel.

A title of two lines names the fiscal year, the header says of each column what it is, a line follows for each DRG in
order, up to 999, and notes after it where there are any. FY2023 and after have two weights, before and with the cap of
10 per cent. A dot, or N/A, stands where a DRG has no value; stars are marks of notes. A correction notice has the same
layout and goes before the rule that it corrects; a proposed rule's table pays nothing and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_lines_after_notes, whole_rows
from shared.tables.ipps import DRGS, PRE_MDC, DrgRow
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import fiscal_year

_YEAR = re.compile(r"\bFY\s*(20\d\d)\b", re.IGNORECASE)
_CORRECTION = re.compile(r"correction|CMS-\d+-CN", re.IGNORECASE)
_LAST_DRG = "999"
_NO_VALUE = frozenset({"", ".", "-", "N/A"})
_NO_CAP = ("code", "post_acute", "special_pay", "mdc", "type", "title", "weight", "geometric", "arithmetic")
_CAPPED = ("code", "post_acute", "special_pay", "mdc", "type", "title", "uncapped", "weight", "geometric", "arithmetic")


@dataclass(frozen=True, slots=True)
class _Table5:
    document: Document
    effective: date
    columns: tuple[str, ...]
    rows: list[list[str]]
    is_correction: bool


class IppsTable5(Format):
    """Table 5 of one or several fiscal years."""

    name = "IPPS Table 5: MS-DRG weights and lengths of stay (CMS)"
    tables = (DRGS,)

    def recognises(self, document: Document) -> bool:
        head = " ".join(document.head.lower().split())
        return "ms-drg title" in head and "geometric mean los" in head and "post-acute" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[DrgRow]]:
        by_year: dict[date, _Table5] = {}
        for document in published_once(documents):
            table = _opened(document, asked)
            before = by_year.get(table.effective)
            if before is not None and before.is_correction == table.is_correction:
                raise RefusedFile(document.name, f"it is for the same year as {before.document.name}")
            if before is None or table.is_correction:
                by_year[table.effective] = table
        for table in by_year.values():
            span = asked.span(fiscal_year(table.effective))
            yield Reading(DRGS, span, _rows(table), [table.document.source])


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and normal(row[0]) == "ms-drg"


def _opened(document: Document, asked: Asked) -> _Table5:
    rows = whole_rows(document)
    header = next((number for number, row in enumerate(rows) if _is_header(row)), None)
    if header is None:
        raise RefusedFile(document.name, "the header row is missing")
    titles = " ".join(" ".join(row) for row in rows[: header + 1])
    if "proposed" in titles.lower():
        raise RefusedFile(document.name, "it is the table of a proposed rule, by which nothing is paid", line=1)
    refuse_lines_after_notes(document, rows, header + 1, _is_note, _is_line)
    year = _YEAR.search(titles)
    effective = asked.effective_or(date(int(year[1]) - 1, 10, 1) if year else None, document)
    is_correction = bool(_CORRECTION.search(f"{document.name} {titles}"))
    return _Table5(document, effective, _columns(document, rows[header], header + 1), rows, is_correction)


def _columns(document: Document, header: Sequence[str], line: int) -> tuple[str, ...]:
    titles = [title for title in map(normal, header) if title]
    found = tuple(_column(title) for title in titles)
    if found in (_NO_CAP, _CAPPED):
        return found
    expected = _CAPPED if "uncapped" in found else _NO_CAP
    for title, name, wanted in zip(titles, found, expected, strict=False):
        if name != wanted:
            raise RefusedFile(document.name, f"{title!r} where the {wanted} belongs", line=line, column=title)
    raise RefusedFile(document.name, f"{len(found)} columns where {len(expected)} belong", line=line)


def _column(title: str) -> str:
    for words, name in (
        ("post-acute", "post_acute"),
        ("special pay", "special_pay"),
        ("before cap", "uncapped"),
        ("weight", "weight"),
        ("geometric mean los", "geometric"),
        ("arithmetic mean los", "arithmetic"),
    ):
        if words in title:
            return name
    return {"ms-drg": "code", "mdc": "mdc", "type": "type", "ms-drg title": "title"}.get(title, "")


def _rows(table: _Table5) -> Iterator[tuple[str, DrgRow]]:
    seen: set[str] = set()
    for line in lines_under(table.document, iter(table.rows), table.columns, is_header=_is_header, is_end=_is_note):
        number = f"{_marked(line, 'code'):>03}"
        if not number.isdecimal() or len(number) != 3:
            raise line.refused("MS-DRG", f"{line.text('code')!r} is not an MS-DRG")
        if number in seen:
            raise line.refused("MS-DRG", f"{number} is there twice")
        seen.add(number)
        yield number, _row(line, is_capped="uncapped" in table.columns)
    if _LAST_DRG not in seen:
        raise RefusedFile(
            table.document.name, f"DRG {_LAST_DRG}, the last of every table, is missing", line=line.number
        )


def _is_note(row: Sequence[str]) -> bool:
    """A text in the first cell alone."""
    return (
        bool(row) and not row[0].strip(" *").isdecimal() and bool(row[0].strip()) and not any(map(str.strip, row[1:]))
    )


def _is_line(row: Sequence[str]) -> bool:
    return bool(row) and row[0].strip(" *").isdecimal()


def _row(line: Line, *, is_capped: bool) -> DrgRow:
    kind = _marked(line, "type")
    if kind not in ("SURG", "MED", ""):
        raise line.refused("type", f"{line.text('type')!r} is neither SURG nor MED")
    return DrgRow(
        title=" ".join(_marked(line, "title").split()) or line.required("title"),
        mdc=_mdc(line),
        type=kind or None,
        weight=_value(line, "weight"),
        weight_before_cap=_value(line, "uncapped") if is_capped else None,
        geometric_mean_stay=_value(line, "geometric"),
        arithmetic_mean_stay=_value(line, "arithmetic"),
        post_acute=_yes(line, "post_acute"),
        special_pay=_yes(line, "special_pay"),
    )


def _marked(line: Line, column: str) -> str:
    """A cell without the stars that refer to notes."""
    return line.text(column).strip("*").strip()


def _mdc(line: Line) -> str | None:
    mdc = _marked(line, "mdc").upper()
    if mdc in _NO_VALUE:
        return None
    if mdc != PRE_MDC and not (mdc.isdecimal() and len(mdc) <= 2):
        raise line.refused("mdc", f"{mdc!r} is not an MDC")
    return mdc if mdc == PRE_MDC else mdc.zfill(2)


def _value(line: Line, column: str) -> Decimal | None:
    return None if _marked(line, column).upper() in _NO_VALUE else line.decimal(column)


def _yes(line: Line, column: str) -> bool:
    value = _marked(line, column).lower()
    if value not in ("yes", "no"):
        raise line.refused(column, f"{line.text(column)!r} is neither Yes nor No")
    return value == "yes"
