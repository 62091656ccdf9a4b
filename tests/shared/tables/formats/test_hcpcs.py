"""The HCPCS quarterly file, as text and as a workbook. A0021 and A4341 are as in CMS's file of July 2024."""

from __future__ import annotations

import csv
import gzip
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import hcpcs
from shared.tables.documents import Document
from shared.tables.formats import Asked
from shared.tables.formats.hcpcs import HcpcsQuarterly
from shared.tables.formats.named_quarter import named_quarter
from shared.tables.hcpcs import CODES, MODIFIERS, HcpcsRow
from tests.shared.tables.quarterly_files import (
    WORKBOOK_TITLES,
    hcpcs_cells,
    hcpcs_text,
    loaded,
    refusal,
    tables_of,
    workbook,
)

JULY = "HCPC2024_JUL_ANWEB.txt"
JULY_BOOK = "HCPC2024_JUL_ANWEB.xlsx"
A0021 = {
    "short": "Outside state ambulance serv",
    "price1": "00",
    "mult": "9",
    "cov": "I",
    "xref1": "A0030",
    "betos": "O1A",
    "tos1": "D",
    "anes": "000",
    "added": "19850101",
    "acted": "19960910",
    "action": "N",
}
A0021_LONG = "Ambulance service, outside state per mile, transport (medicaid only)"
# Invented, to have every repeated field and an end.
Q9999 = {
    "short": "Invented laboratory service",
    "price1": "22",
    "price2": "51",
    "mult": "C",
    "cim1": "60-9",
    "cim2": "65-10",
    "mcm1": "2049",
    "statute": "1833(t)",
    "lab1": "140",
    "lab2": "220",
    "cov": "D",
    "asc": "YY",
    "asc_date": "20080101",
    "note": "0088",
    "betos": "T1H",
    "tos1": "5",
    "tos2": "P",
    "added": "20200101",
    "acted": "20230401",
    "ended": "20230630",
    "action": "D",
}
Q9999_LONG = (
    "An invented laboratory service whose long description takes more than eighty characters, and more than the "
    "second record has place for, so that it goes on in a third"
)
LT = {"short": "Left side", "added": "19820101", "acted": "19820101", "action": "N"}
LT_LONG = "Left side (used to identify procedures performed on the left side of the body)"


def records(code: str, kind: str, long: str, fields: Mapping[str, str]) -> str:
    """As CMS writes a code: the first record has the fields, the others only more of the long description."""
    first, *more = textwrap.wrap(long, 80, break_on_hyphens=False)
    kinds = {"3": "4", "7": "8"}
    return hcpcs_text(code, kind, "00100", first, fields) + "".join(
        hcpcs_text(code, kinds[kind], f"{number:03}00", piece) for number, piece in enumerate(more, start=2)
    )


def july(*more: str) -> str:
    return (
        records("A0021", "3", A0021_LONG, A0021)
        + records("LT", "7", LT_LONG, LT)
        + records("Q9999", "3", Q9999_LONG, Q9999)
        + "".join(more)
    )


def july_book() -> list[list[str]]:
    return [
        list(WORKBOOK_TITLES),
        hcpcs_cells("A0021", "3", A0021_LONG, A0021),
        hcpcs_cells("LT", "7", LT_LONG, LT),
        hcpcs_cells("Q9999", "3", Q9999_LONG, Q9999),
    ]


def rows(name: str, content: str | bytes) -> dict[str, dict[str, HcpcsRow]]:
    document = Document(name, content if isinstance(content, bytes) else content.encode())
    readings = HcpcsQuarterly().read([document], Asked())
    return {reading.table.name: dict(reading.rows) for reading in readings}


def test_every_field_stands_where_the_record_layout_says() -> None:
    assert rows(JULY, july())["hcpcs.codes"]["Q9999"] == HcpcsRow(
        short="Invented laboratory service",
        long=Q9999_LONG,
        added=date(2020, 1, 1),
        action_from=date(2023, 4, 1),
        terminated=date(2023, 6, 30),
        action="D",
        coverage="D",
        pricing=("22", "51"),
        multiple_pricing="C",
        statute="1833(t)",
        coverage_references=("60-9", "65-10"),
        manual_references=("2049",),
        laboratory_certifications=("140", "220"),
        cross_references=(),
        asc_group="YY",
        asc_from=date(2008, 1, 1),
        processing_note="0088",
        betos="T1H",
        types_of_service=("5", "P"),
        anaesthesia_base_units=0,
    )


def test_a_code_that_is_in_use_has_no_end() -> None:
    row = rows(JULY, july())["hcpcs.codes"]["A0021"]
    assert (row.long, row.cross_references, row.terminated) == (A0021_LONG, ("A0030",), None)


def test_modifiers_are_a_table_of_their_own() -> None:
    read = rows(JULY, july())
    assert list(read["hcpcs.codes"]) == ["A0021", "Q9999"]
    assert read["hcpcs.modifiers"]["LT"].long == LT_LONG


def test_text_and_workbook_have_the_same_rows() -> None:
    assert rows(JULY_BOOK, workbook(july_book())) == rows(JULY, july())


def test_a_workbook_may_have_notices_above_its_titles_and_numbers_for_text() -> None:
    """As `HCPC2020_APRIL_ANWEB_w_disclaimer_v5.xlsx`, whose titles are in row 11."""
    book: list[Sequence[str | float]] = [["Codes that begin with D are copyright of the ADA"], *[[""]] * 9]
    numbers = {"PRICE1", "PROCNOTE", "ADD DT", "ACT EFF DT", "TERM DT", "LABCERT1", "MCM1"}
    for row in july_book():
        titled = zip(WORKBOOK_TITLES, row, strict=True)
        book.append([float(cell) if title in numbers and cell.isdecimal() else cell for title, cell in titled])
    assert rows("HCPC2024_JUL_ANWEB_w_disclaimer.xlsx", workbook(book)) == rows(JULY, july())


def test_a_long_description_that_is_cut_within_words_is_joined_without_blanks() -> None:
    pieces = [Q9999_LONG[at : at + 80] for at in range(0, len(Q9999_LONG), 80)]
    text = hcpcs_text("Q9999", "3", "00100", pieces[0], Q9999) + "".join(
        hcpcs_text("Q9999", "4", f"{number:03}00", piece) for number, piece in enumerate(pieces[1:], start=2)
    )
    assert rows(JULY, text)["hcpcs.codes"]["Q9999"].long == Q9999_LONG


WORDS = st.text("abcdefghij(),-;/0123456789", min_size=1, max_size=20)


@given(st.lists(WORDS, min_size=1, max_size=60))
def test_a_long_description_is_read_as_it_was_before_it_was_parted(words: list[str]) -> None:
    long = " ".join(words)
    read = rows(JULY, july() + records("A0080", "3", long, A0021))
    assert read["hcpcs.codes"]["A0080"].long == long


def test_the_release_is_the_quarter_of_the_name_and_answers_back_to_the_first_end(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {JULY: july(), JULY_BOOK: workbook(july_book()), "read me.txt": "terms of use"})
    codes, modifiers = done.releases
    assert (codes.table, codes.name, codes.effective, codes.keys) == ("hcpcs.codes", "2024Q3", date(2024, 7, 1), 2)
    assert (codes.covers_from, codes.covers_through) == (date(2023, 6, 30), date(2024, 9, 30))
    assert [source.name for source in codes.sources] == [JULY]
    assert (modifiers.table, modifiers.keys) == ("hcpcs.modifiers", 1)
    assert done.unknown == ("read me.txt",)
    assert tables_of(catalogue).carries(CODES, date(2024, 8, 1))


def test_a_zip_file_of_two_quarters_is_two_releases(tmp_path: Path) -> None:
    files = {"july-2024-alpha-numeric/a.txt": july(), "october-2024-alpha-numeric/a.txt": july()}
    _catalogue, done = loaded(tmp_path, files)
    assert [release.name for release in done.releases if release.table == "hcpcs.codes"] == ["2024Q3", "2024Q4"]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("HCPC2026_JUL_ANWEB_06172026.xlsx", date(2026, 7, 1)),
        ("HCPC2020_APRIL_ANWEB_w_disclaimer_v5.xlsx", date(2020, 4, 1)),
        ("july-2024-alpha-numeric-hcpcs-file.zip/anweb.txt", date(2024, 7, 1)),
        ("april_2025_opps_web_addendum_b.03282025.xlsx", date(2025, 4, 1)),
        ("January 2026 Addendum B.csv", date(2026, 1, 1)),
        ("2025_october_web_addendum_a.txt", date(2025, 10, 1)),
        ("july-2024.zip/HCPC2024_OCT_ANWEB.txt", date(2024, 10, 1)),
        ("anweb.txt", None),
        ("junction 2024.txt", None),
    ],
)
def test_names_of_cms_files_say_the_quarter(name: str, day: date | None) -> None:
    assert named_quarter(name) == day


def test_a_file_without_its_name_needs_its_day(tmp_path: Path) -> None:
    assert "--effective" in refusal(tmp_path, {"anweb.txt": july()}).reason
    _catalogue, done = loaded(tmp_path, {"anweb.txt": july()}, Asked(effective=date(2024, 7, 1)))
    assert done.releases[0].name == "2024Q3"


def test_a_truncated_end_is_refused_and_the_active_release_stays(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {JULY: july()})
    refused = refusal(tmp_path, {"HCPC2024_OCT_ANWEB.txt": july()[:-200]})
    assert (refused.line, refused.reason) == (5, "122 characters are no record of 320")
    assert hcpcs.code(tables_of(catalogue), "A0021", date(2024, 7, 1)).release.name == "2024Q3"


@pytest.mark.parametrize(
    ("more", "line", "column", "reason"),
    [
        (records("A0021", "3", A0021_LONG, A0021), 6, "HCPC", "A0021 is listed twice"),
        (hcpcs_text("Q9998", "4", "00200", "more"), 6, "RECID", "'4' does not continue the record before"),
        (hcpcs_text("Q9999", "8", "00400", "more"), 6, "RECID", "'8' does not continue the record before"),
        (hcpcs_text("Q9999", "4", "00300", "more"), 6, "SEQNUM", "does not follow the record before"),
        (records("99213", "3", "(descriptor)", A0021), 6, "HCPC", "99213 is not a code of HCPCS Level II"),
        (records("D0120", "3", "(descriptor)", A0021), 6, "HCPC", "D0120 is not a code of HCPCS Level II"),
        (records("A0080", "3", "x", A0021 | {"cov": "X"}), 6, "COV", "'X' is not in the record layout"),
        (records("A0080", "3", "x", A0021 | {"action": "9"}), 6, "ACTION CD", "'9' is not in the record layout"),
        (records("A0080", "3", "x", A0021 | {"added": "19851301"}), 6, "ADD DT", "'19851301' is not a day"),
        (records("A0080", "3", "x", A0021 | {"ended": "19841231"}), 6, "TERM DT", "terminated before it was added"),
        (records("A0080", "3", "x", A0021 | {"short": ""}), 6, "SHORT DESCRIPTION", "is empty"),
        ("This line is a note\r\n", 6, None, "19 characters are no record of 320"),
    ],
)
def test_a_bad_record_is_refused(tmp_path: Path, more: str, line: int, column: str | None, reason: str) -> None:
    refused = refusal(tmp_path, {JULY: july(more)})
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    content = july().encode("cp1252").replace(b"Outside", b"Outs\x81de")
    refused = refusal(tmp_path, {JULY: content})
    assert (refused.line, refused.reason) == (1, "a character is in no known encoding")


@pytest.mark.parametrize(
    "content", ["", "  1.   HCPCS Code\r\n       5      1      5    CHAR\r\n", july()[:150], "00100 (DESCRIPTOR)\r\n"]
)
def test_other_texts_are_not_taken_for_it(content: str) -> None:
    assert not HcpcsQuarterly().recognises(Document("HCPC2024_recordlayout.txt", content.encode()))


@pytest.mark.parametrize(("title", "instead"), [("COV", "COVERED"), ("ADD DT", "ACT EFF DT")])
def test_a_wrong_column_of_the_workbook_is_refused(tmp_path: Path, title: str, instead: str) -> None:
    book = july_book()
    book[0][book[0].index(title)] = instead
    refused = refusal(tmp_path, {JULY_BOOK: workbook(book)})
    assert refused.line == 1
    assert refused.column in (title, instead)


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[5] / "shared")) / "data" / "hcpcs"


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
def test_the_whole_list_of_july_2024_has_the_same_rows_in_both_layouts(tmp_path: Path) -> None:
    text, book = "", [list(WORKBOOK_TITLES)]
    for code, long, fields in of_july_2024():
        text += records(code, "3", long, fields)
        book.append(hcpcs_cells(code, "3", long, fields))
    read = rows(JULY, text)
    assert len(read["hcpcs.codes"]) == 8_033
    assert rows(JULY_BOOK, workbook(book)) == read
    ended = [row for row in read["hcpcs.codes"].values() if row.terminated]
    assert (len(ended), min(row.terminated for row in ended if row.terminated)) == (1_058, date(2014, 6, 30))
    catalogue, _done = loaded(tmp_path, {JULY: text})
    tables = tables_of(catalogue)
    assert not tables.carries(MODIFIERS, date(2024, 7, 1))
    for code, row in read["hcpcs.codes"].items():
        if row.terminated and row.terminated < date(2024, 9, 30):
            assert hcpcs.code(tables, code, row.terminated).valid
            assert not hcpcs.code(tables, code, row.terminated + timedelta(days=1)).valid


def of_july_2024() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Code, long description and fields of the list, each field as the record layout writes it."""
    with gzip.open(REFERENCE / "level2_descriptions_2024q3.csv.gz", "rt") as file:
        words = {(row["hcpcs_code"], row["hcpcs_desc_type"]): row["hcpcs_description"] for row in csv.DictReader(file)}
    with (REFERENCE / "level2_attributes_2024q3.csv").open() as file:
        for row in csv.DictReader(file):
            fields = {
                "short": words[row["hcpcs_code"], "Short"],
                "mult": row["multi"],
                "cov": row["cov"],
                "betos": row["betos"],
                "statute": row["statute"],
                "asc": row["asc_grp"],
                "note": row["proc"],
                "action": row["action"],
            }
            days = {"added": "date_added", "acted": "date_action", "ended": "date_term", "asc_date": "date_asc"}
            fields |= {field: row[column].replace("-", "") for field, column in days.items()}
            repeated = {"price": "price", "tos": "tos", "cim": "cim", "mcm": "mcm", "lab": "lab", "xref": "xref"}
            for field, column in repeated.items():
                values = row[column].replace(":", ",").split(",") if row[column] else []
                fields |= {f"{field}{number}": value.strip() for number, value in enumerate(values, start=1)}
            yield row["hcpcs_code"], words[row["hcpcs_code"], "Long"], fields
