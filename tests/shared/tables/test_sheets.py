"""Cells of delimited text and of workbooks, with the line that each stands on."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.sheets import Line, delimited_rows, lines_under, normal, rows_of, workbook_rows


def a_line(value: str) -> Line:
    return Line("a.csv", 7, {"cell": value})


@pytest.mark.parametrize("written", ["20260701", "2026-07-01", "7/1/2026", "07/01/2026", " 20260701 "])
def test_days_are_read_as_authorities_write_them(written: str) -> None:
    assert a_line(written).day("cell") == date(2026, 7, 1)


@pytest.mark.parametrize("written", ["2026070", "202607011", "20260732", "2026-7-1", "07/01/26", "2026", "July"])
def test_what_is_no_day_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(RefusedFile) as refused:
        a_line(written).day("cell")

    assert (refused.value.file, refused.value.line, refused.value.column) == ("a.csv", 7, "cell")


def test_a_word_for_no_day() -> None:
    assert a_line("*").day_or_none("cell", "*") is None
    assert a_line(" ").day_or_none("cell", "*") is None
    assert a_line("20260701").day_or_none("cell", "*") == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("written", "expected"), [("1.2345", "1.2345"), ("$1,234.50 ", "1234.50"), ("12%", "12"), ("-3", "-3")]
)
def test_numbers_are_read_as_spreadsheets_show_them(written: str, expected: str) -> None:
    assert a_line(written).decimal("cell") == Decimal(expected)


@pytest.mark.parametrize("written", ["", "one", "1.2.3", "NaN", "Infinity"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(RefusedFile):
        a_line(written).decimal("cell")


def test_an_empty_number_is_what_the_table_says() -> None:
    assert a_line("").decimal("cell", empty=Decimal(0)) == 0


@pytest.mark.parametrize("written", ["-1", "1.5", "½", "²", ""])
def test_what_is_no_whole_number_is_refused(written: str) -> None:
    with pytest.raises(RefusedFile):
        a_line(written).whole("cell")


def test_codes_are_in_capitals_and_without_a_dot() -> None:
    assert a_line(" j18.9 ").code("cell") == "J189"
    for written in ("99-13", "9921", "", "9921Ä"):
        with pytest.raises(RefusedFile):
            a_line(written).code("cell", 5)


def test_text_is_parted_by_tabs_or_else_by_commas() -> None:
    assert list(rows_of(Document("a.txt", b"a\tb,c\r\n"))) == [["a", "b,c"]]
    assert list(rows_of(Document("a.csv", b'a,"b\nc"\r\n'))) == [["a", "b\nc"]]


def test_an_unclosed_quote_is_refused_with_its_line() -> None:
    with pytest.raises(RefusedFile):
        list(delimited_rows(Document("a.csv", b'a,b\nc,"d\ne,f\n'), ","))


def test_a_workbook_reads_as_text() -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    for column, value in enumerate(("00100", 7, 1.5)):
        sheet.write(1, column, value)
    sheet.write_datetime(1, 3, date(2026, 7, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()

    rows = workbook_rows(Document("a.xlsx", content.getvalue()))

    assert rows == [["", "", "", ""], ["00100", "7", "1.5", "2026-07-01"]]


def test_lines_stand_under_their_header_and_before_the_notes() -> None:
    rows = [["a title"], ["Code", "Units", "x"], ["99213", "2", ""], ["", " ", ""], ["99214", "3", ""], ["* note"]]
    lines = lines_under(
        Document("a.csv", b""),
        iter(rows),
        ("code", "units", ""),
        is_header=lambda row: normal(row[0]) == "code",
        is_end=lambda row: row[0].startswith("*"),
    )

    assert [(line.number, dict(line.cells)) for line in lines] == [
        (3, {"code": "99213", "units": "2"}),
        (5, {"code": "99214", "units": "3"}),
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["99213", "2"]], "the header row is missing"),
        ([["Code", "Units"]], "no line follows the header"),
        ([["Code", "Units"], ["99213"]], "1 cells where 2 belong"),
    ],
)
def test_lines_that_are_not_there_are_refused(rows: list[list[str]], reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason):
        list(lines_under(Document("a.csv", b""), iter(rows), ("code", "units"), is_header=lambda row: row[0] == "Code"))
