"""Loader of Tables 1A-1E of the IPPS final rule: `FY 2027 ... Tables 1A-1E`, tab-delimited text or Excel.

Five small tables stand in one sheet, each under its title. Of Tables 1A and 1B a header says of each pair of columns
what the hospital did; one line has the amounts. Table 1C (Puerto Rico) repeats them and 1E is of long-term hospitals:
both are passed over. A file in which a table stands twice, as one of a rule with its corrections, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, whole_rows
from shared.tables.ipps_rates import ABOVE_ONE, CAPITAL, NATIONAL_RATES, UP_TO_ONE, RateRow
from shared.tables.sheets import Line, normal
from shared.tables.spans import fiscal_year

_TITLE = re.compile(r"table (1[a-e])\b")
_SHARE = re.compile(r"\(([\d.]+) percent labor share")
_YEAR = re.compile(r"\bFY\s*(20\d\d)\b", re.IGNORECASE)
_PAIRS = 4
_HUNDRED = Decimal(100)


class IppsRates(Format):
    """Tables 1A, 1B and 1D of a fiscal year."""

    name = "IPPS Tables 1A-1E: national rates (CMS)"
    tables = (NATIONAL_RATES,)

    def recognises(self, document: Document) -> bool:
        head = " ".join(document.head.lower().split())
        return "adjusted operating standardized amounts" in head and "capital standard federal payment rate" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[RateRow]]:
        for document in published_once(documents):
            rows = whole_rows(document)
            text = " ".join([document.name, *(cell for row in rows for cell in row)])
            if "proposed" in text.lower():
                raise RefusedFile(document.name, "they are the tables of a proposed rule, by which nothing is paid")
            year = _YEAR.search(text)
            effective = asked.effective_or(date(int(year[1]) - 1, 10, 1) if year else None, document)
            found = list(_rates(document, rows))
            yield Reading(NATIONAL_RATES, asked.span(fiscal_year(effective)), found, [document.source])


def _rates(document: Document, rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, RateRow]]:
    sections = _sections(document, rows)
    for table in (ABOVE_ONE, UP_TO_ONE, CAPITAL):
        if table not in sections:
            raise RefusedFile(document.name, f"Table {table} is missing")
    for table in (ABOVE_ONE, UP_TO_ONE):
        begin, end = sections[table]
        yield from ((table, row) for row in _amounts(document, rows, begin, end))
    begin, end = sections[CAPITAL]
    yield CAPITAL, RateRow(_capital(document, rows, begin, end))


def _sections(document: Document, rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Each table's title row and the row after its last."""
    begins: dict[str, int] = {}
    for number, row in enumerate(rows):
        title = _TITLE.match(normal(row[0])) if row else None
        if title:
            if title[1].upper() in begins:
                raise RefusedFile(document.name, f"Table {title[1].upper()} is there twice", line=number + 1)
            begins[title[1].upper()] = number
    ends = [*list(begins.values())[1:], len(rows)]
    return {table: (begin, end) for (table, begin), end in zip(begins.items(), ends, strict=True)}


def _amounts(document: Document, rows: Sequence[Sequence[str]], begin: int, end: int) -> Iterator[RateRow]:
    share = _SHARE.search(normal(" ".join(rows[begin])))
    kinds: list[tuple[bool, bool]] = []
    for number in range(begin + 1, end):
        cells = [normal(cell) for cell in rows[number] if cell.strip()]
        kinds = kinds or [_kind(cell) for cell in cells if cell.startswith("hospital ")]
        if cells and cells[0].startswith("$"):
            break
    else:
        raise RefusedFile(document.name, "no line of amounts follows the title", line=begin + 1)
    if share is None or len(set(kinds)) != _PAIRS or len(cells) < 2 * _PAIRS:
        raise RefusedFile(document.name, "the table is not of four pairs with a labor share", line=number + 1)
    line = Line(document.name, number + 1, {str(place): cell for place, cell in enumerate(cells)})
    for place, (submits_quality, is_ehr_user) in enumerate(kinds):
        labor, nonlabor = line.decimal(str(2 * place)), line.decimal(str(2 * place + 1))
        yield RateRow(labor, nonlabor, submits_quality, is_ehr_user, Decimal(share[1]) / _HUNDRED)


def _kind(title: str) -> tuple[bool, bool]:
    """Whether the hospital submitted quality data, and whether it is a meaningful EHR user."""
    return "did not submit" not in title, "is not a meaningful" not in title


def _capital(document: Document, rows: Sequence[Sequence[str]], begin: int, end: int) -> Decimal:
    for number in range(begin + 1, end):
        cells = [cell for cell in rows[number] if cell.strip()]
        if len(cells) > 1 and normal(cells[0]) == "national":
            return Line(document.name, number + 1, {"Rate": cells[1]}).decimal("Rate")
    raise RefusedFile(document.name, "Table 1D has no national rate", line=begin + 1)
