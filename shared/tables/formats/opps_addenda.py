"""OPPS Addenda A, B, D1 and E, as CMS publishes them with each final rule, and A and B each quarter.

Source: CMS, "Hospital Outpatient PPS: Addendum A and Addendum B Updates" (`January 2026 Addendum B.csv`,
`april_2025_opps_web_addendum_a.03282025.xlsx`) and the addenda of the final rule (`2025 NFRM Addendum D1.xlsx`), as
csv, as text with tabs and as workbooks. Title rows, then titles of columns, which CMS has changed over the years:
columns are found by title, and those that are not kept here are passed over. Notes follow below. A single dot is an
empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.named_quarter import named_quarter
from shared.tables.formats.published import published_once, whole_rows
from shared.tables.hcpcs import is_level_two
from shared.tables.opps import (
    APCS,
    INPATIENT_ONLY,
    PROCEDURES,
    STATUS_INDICATORS,
    ApcRow,
    InpatientOnlyRow,
    ProcedureRow,
    StatusIndicatorRow,
)
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import Span, calendar_year, quarter
from shared.tables.table import Row, Table

_TITLES = {
    "hcpcs code": "code",
    "hcpcs": "code",
    "cpt/hcpcs": "code",
    "apc": "apc",
    "group title": "title",
    "short descriptor": "short",
    "ci": "comment indicator",
    "comment indicator": "comment indicator",
    "si": "status indicator",
    "status indicator": "status indicator",
    "relative weight": "weight",
    "payment rate": "rate",
    "national unadjusted copayment": "copayment",
    "minimum unadjusted copayment": "minimum copayment",
    "ira coinsurance percentage": "coinsurance",
    "adjusted beneficiary copayment": "adjusted copayment",
    "drug and device pass-through expiration during calendar year": "pass-through expires",
    "note": "note",
    "item/code/service": "item",
    "opps payment status": "payment",
}
"""CMS's titles of columns, as they have been over the years, and what they are here."""
_PAYMENT = ("status indicator", "weight", "rate", "copayment", "minimum copayment")
_STATUS_INDICATOR = re.compile(r"[A-Z][0-9]?")
_COMMENT_INDICATORS = frozenset({"", "CH", "NC", "NF", "NI", "NP"})
_YEAR = re.compile(r"\b(?:cy|calendar year) ?(20\d\d)\b|(?<!\d)(20\d\d)[ _-](?:nfrm|final|opps)")
_OF_FINAL_RULE = re.compile(r"nfrm|final[ _-]rule")
_HUNDRED = Decimal(100)
_DOS_BLANK = "\xff"
"""What the no-break space of a workbook becomes in the csv for MS-DOS that CMS saves."""
_Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class _Addendum(Generic[Row]):
    """What is particular to one of the addenda."""

    table: Table[Row]
    phrases: tuple[str, ...]
    """Titles, by which it is known."""
    entries: Callable[[Document, _Rows], Iterator[tuple[str, Row]]]
    stranger: str = ""
    """A title that Addendum C has, which is A and B in one, and this one not."""
    yearly: bool = False

    def is_it(self, head: str) -> bool:
        strange = bool(self.stranger) and self.stranger in head
        return not strange and all(phrase in head for phrase in self.phrases)


class OppsAddenda(Format):
    name: ClassVar[str] = "OPPS addenda A, B, D1 and E (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (APCS, PROCEDURES, STATUS_INDICATORS, INPATIENT_ONLY)

    def recognises(self, document: Document) -> bool:
        return _addendum(document) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        """CMS hands out an addendum as text and as a workbook; the workbook is then passed over."""
        read: dict[tuple[str, str], Document] = {}
        for document in sorted(published_once(documents), key=lambda document: document.is_workbook):
            addendum = _addendum(document)
            if addendum is None:
                raise RefusedFile(document.name, "it is no addendum of the OPPS")
            span = _span(document, addendum, asked)
            known = read.setdefault((addendum.table.name, span.name), document)
            if known is document:
                yield Reading(addendum.table, span, addendum.entries(document, _rows(document)), [document.source])
            elif not document.is_workbook or known.is_workbook:
                raise RefusedFile(document.name, f"the addendum is given twice: {known.name}")


def _addendum(document: Document) -> _Addendum[Any] | None:
    head = normal(document.head[:16_384])
    return next((addendum for addendum in _ADDENDA if addendum.is_it(head)), None)


def _span(document: Document, addendum: _Addendum[Any], asked: Asked) -> Span:
    """The year in the titles, of a yearly addendum; else the quarter in the name, or the final rule's first quarter.

    Titles of quarterly files say the year alone, so that one without its name does not say when it takes effect.
    """
    name = document.name.lower()
    found = _YEAR.search(normal(document.head[:4096])) or _YEAR.search(name)
    new_year = date(int(found[1] or found[2]), 1, 1) if found else None
    if addendum.yearly:
        return asked.span(calendar_year(asked.effective_or(new_year, document)))
    of_final_rule = new_year if _OF_FINAL_RULE.search(name) else None
    return asked.span(quarter(asked.effective_or(named_quarter(name) or of_final_rule, document)))


def _rows(document: Document) -> _Rows:
    rows = [[cell.replace(_DOS_BLANK, " ") for cell in row] for row in whole_rows(document)]
    for number, row in enumerate(rows, start=1):
        if any("\ufffd" in cell for cell in row):
            raise RefusedFile(document.name, "a character is in no known encoding", line=number)
    return rows


def _procedures(document: Document, rows: _Rows) -> Iterator[tuple[str, ProcedureRow]]:
    for code, line in _lines(document, rows, "code", ("apc", *_PAYMENT)):
        comment_indicator = _text(line, "comment indicator")
        if comment_indicator not in _COMMENT_INDICATORS:
            raise line.refused("comment indicator", f"{comment_indicator!r} is not a comment indicator")
        yield (
            code,
            ProcedureRow(
                **_payment(line),
                apc=_apc(line) if _text(line, "apc") else None,
                comment_indicator=comment_indicator,
                short=" ".join(_text(line, "short").split()) if is_level_two(code) else "",
            ),
        )


def _apcs(document: Document, rows: _Rows) -> Iterator[tuple[str, ApcRow]]:
    for number, line in _lines(document, rows, "apc", ("title", *_PAYMENT)):
        yield number, ApcRow(**_payment(line), title=" ".join(line.required("title").split()))


def _inpatient_only(document: Document, rows: _Rows) -> Iterator[tuple[str, InpatientOnlyRow]]:
    for code, line in _lines(document, rows, "code", ("status indicator",)):
        yield code, InpatientOnlyRow(_status_indicator(line), _text(line, "comment indicator"))


def _status_indicators(document: Document, rows: _Rows) -> Iterator[tuple[str, StatusIndicatorRow]]:
    """An indicator begins in a line of its own and goes on in lines without one, until the next or the footnote."""
    indicators: dict[str, list[tuple[str, str]]] = {}
    texts: list[tuple[str, str]] = []
    for line in _under_titles(document, rows, ("status indicator", "item", "payment")):
        item, payment = (" ".join(line.text(column).split()) for column in ("item", "payment"))
        if any(cell.strip().startswith("* Note") for cell in line.cells.values()):
            break
        if line.text("status indicator"):
            indicator = _status_indicator(line)
            if indicator in indicators:
                raise line.refused("status indicator", f"{indicator} is listed twice")
            texts = indicators[indicator] = []
        elif not indicators:
            raise line.refused("status indicator", "is empty")
        texts.append((item, payment))
    for indicator, texts in indicators.items():
        yield indicator, StatusIndicatorRow(tuple(texts))


def _lines(document: Document, rows: _Rows, key: str, columns: Sequence[str]) -> Iterator[tuple[str, Line]]:
    """Each line under the titles with its code or APC, which is there once. Titles and notes are passed over."""
    seen: set[str] = set()
    for line in _under_titles(document, [[] if _is_note(row) else row for row in rows], (key, *columns)):
        entry = line.code(key, 5) if key == "code" else _apc(line)
        if entry in seen:
            raise line.refused(key, f"{entry} is listed twice")
        seen.add(entry)
        yield entry, line


def _under_titles(document: Document, rows: _Rows, columns: Sequence[str]) -> Iterator[Line]:
    """The lines under the row of titles that has most of these columns, which must have all of them."""
    counts = [len(set(columns) & set(_columns(row))) for row in rows]
    at = counts.index(max(counts, default=0)) if max(counts, default=0) > 1 else None
    named = _columns(rows[at]) if at is not None else []
    for column in columns if at is not None else ():
        if named.count(column) != 1:
            raise RefusedFile(document.name, "the column is not there once", line=(at or 0) + 1, column=column)
    header = rows[at] if at is not None else None
    return lines_under(document, iter(map(list, rows)), named, is_header=lambda row: row == header)


def _columns(row: Sequence[str]) -> list[str]:
    return [_TITLES.get(title, "note" if title.startswith("note") else "") for title in map(normal, row)]


def _is_note(row: Sequence[str]) -> bool:
    """Titles and footnotes: one cell with words in it, and nothing beside."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return len(filled) == 1 and " " in filled[0]


def _payment(line: Line) -> Mapping[str, Any]:
    """The fields of a `PaymentRow`."""
    return {
        "status_indicator": _status_indicator(line),
        "weight": _amount(line, "weight"),
        "rate": _amount(line, "rate"),
        "copayment": _amount(line, "copayment"),
        "minimum_copayment": _amount(line, "minimum copayment"),
        "coinsurance": _per_cent(line, "coinsurance"),
        "adjusted_copayment": _amount(line, "adjusted copayment"),
        "pass_through_expires": _text(line, "pass-through expires"),
        "note": _text(line, "note"),
    }


def _text(line: Line, column: str) -> str:
    """The cell; empty where it holds a dot, or the file of that year does not have the column."""
    value = line.text(column) if column in line.cells else ""
    return "" if value == "." else value


def _amount(line: Line, column: str) -> Decimal | None:
    if not _text(line, column):
        return None
    amount = line.decimal(column)
    if amount < 0:
        raise line.refused(column, "is less than nothing")
    return amount


def _per_cent(line: Line, column: str) -> Decimal | None:
    """A workbook keeps 18.5% as 0.185; CMS prints a per cent sign in text."""
    amount = _amount(line, column)
    return amount * _HUNDRED if amount is not None and amount < 1 and "%" not in _text(line, column) else amount


def _apc(line: Line) -> str:
    number = line.required("apc").zfill(4)
    if len(number) != 4 or not number.isdecimal():
        raise line.refused("apc", f"{number!r} is not the number of an APC")
    return number


def _status_indicator(line: Line) -> str:
    value = line.required("status indicator")
    if not _STATUS_INDICATOR.fullmatch(value):
        raise line.refused("status indicator", f"{value!r} is not a status indicator")
    return value


_ADDENDA: tuple[_Addendum[Any], ...] = (
    _Addendum(APCS, ("group title", "minimum unadjusted copayment"), _apcs, stranger="hcpcs code"),
    _Addendum(PROCEDURES, ("hcpcs code", "minimum unadjusted copayment"), _procedures, stranger="group title"),
    _Addendum(STATUS_INDICATORS, ("item/code/service", "opps payment status"), _status_indicators, yearly=True),
    _Addendum(INPATIENT_ONLY, ("paid only as inpatient procedures", "hcpcs code"), _inpatient_only, yearly=True),
)
