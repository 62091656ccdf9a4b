"""The AMA's files of CPT. Codes are real, descriptors are placeholders: the AMA's are its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from shared.tables import hcpcs
from shared.tables.documents import Document
from shared.tables.formats import Asked
from shared.tables.formats.cpt import CptCodes
from shared.tables.hcpcs import CptModifierRow, CptRow
from tests.shared.tables.quarterly_files import loaded, refusal, tables_of, workbook

NOTICE = "CPT (R) Copyright (year) American Medical Association. All rights reserved.\r\n\r\n"
TITLES = (
    "Concept Id",
    "CPT Code",
    "Long",
    "Medium",
    "Short",
    "Consumer",
    "Spanish Consumer",
    "Current Descriptor Effective Date",
    "Test Name",
    "Lab Name",
    "Manufacturer Name",
)
VISIT = ("1001", "99213", '(long "quoted" descriptor)', "(MEDIUM)", "(SHORT)", "(consumer)", "(consumidor)")
CODES = (
    (*VISIT, "20240101", "", "", ""),
    ("1002", "0001U", "(long)", "(MEDIUM)", "(SHORT)", "", "", "20260101", "(test)", "(laboratory)", "(manufacturer)"),
    ("1003", "0001U", "(long)", "(MEDIUM)", "(SHORT)", "", "", "20260101", "(other test)", "(other laboratory)", ""),
    ("1004", "0042T", "(long)", "(MEDIUM)", "(SHORT)", "", "", "", "", "", ""),
)
LIST = "2026 CPT Standard Annual Update/Current Format/ConsolidatedCodeList.txt"


def text(*rows: Sequence[str]) -> str:
    return NOTICE + "".join("\t".join(row) + "\r\n" for row in rows)


def test_the_consolidated_list_has_every_descriptor(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {LIST: text(TITLES, *CODES)})
    release = done.releases[0]
    assert (release.table, release.name, release.keys, release.rows) == ("cpt.codes", "CY2026", 3, 4)
    assert "American Medical Association" in release.licence
    tables, day = tables_of(catalogue), date(2026, 3, 1)
    store = tables.on(hcpcs.CPT_CODES, day).store
    assert store.rows("99213") == (
        CptRow(
            long='(long "quoted" descriptor)',
            medium="(MEDIUM)",
            short="(SHORT)",
            consumer="(consumer)",
            consumer_spanish="(consumidor)",
            described_from=date(2024, 1, 1),
            concept="1001",
        ),
    )
    assert [row.laboratory for row in store.rows("0001U")] == ["(laboratory)", "(other laboratory)"]
    assert store.rows("0042T")[0].described_from is None


def test_a_workbook_has_the_same_rows_and_is_passed_over_beside_the_text(tmp_path: Path) -> None:
    book = workbook([["(notice)"], [""], TITLES, *CODES])
    catalogue, _done = loaded(tmp_path, {"ConsolidatedCodeList.xlsx": book})
    from_book = dict(tables_of(catalogue).on(hcpcs.CPT_CODES, date(2026, 3, 1)).store.items())
    catalogue, done = loaded(tmp_path, {"ConsolidatedCodeList.xlsx": book, LIST: text(TITLES, *CODES)})
    assert dict(tables_of(catalogue).on(hcpcs.CPT_CODES, date(2026, 3, 1)).store.items()) == from_book
    assert [source.name for source in done.releases[0].sources] == [LIST]


def test_a_list_with_codes_of_april_is_the_update_of_april(tmp_path: Path) -> None:
    later = ("1005", "0500U", "(long)", "(MEDIUM)", "(SHORT)", "", "", "20260401", "(test)", "(laboratory)", "")
    _catalogue, done = loaded(tmp_path, {LIST: text(TITLES, *CODES, later)})
    release = done.releases[0]
    assert (release.name, release.effective, release.covers_through) == (
        "CY2026-2026-04-01",
        date(2026, 4, 1),
        date(2026, 12, 31),
    )


@pytest.mark.parametrize(
    ("rows", "line", "column", "reason"),
    [
        ([TITLES, CODES[0], CODES[0]], 5, "cpt code", "99213 is listed twice"),
        ([TITLES, ("9", "A0021", *CODES[0][2:])], 4, "cpt code", "'A0021' is not a CPT code"),
        ([TITLES, ("9", "9921", *CODES[0][2:])], 4, "cpt code", "'9921' is not a code"),
        ([TITLES, (*VISIT, "soon", "", "", "")], 4, "current descriptor effective date", "'soon' is not a day"),
        ([TITLES, CODES[0][:6]], 4, None, "6 cells where 11 belong"),
        ([TITLES], None, None, "no line follows the header"),
        ([tuple("Mediun" if t == "Medium" else t for t in TITLES), CODES[0]], 3, "medium", "is not there once"),
        ([(*TITLES, "Price"), (*CODES[0], "1")], 3, "price", "no such column"),
    ],
)
def test_a_wrong_list_is_refused(
    tmp_path: Path, rows: list[Sequence[str]], line: int | None, column: str | None, reason: str
) -> None:
    refused = refusal(tmp_path, {LIST: text(*rows)})
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_a_list_that_is_cut_off_is_refused_and_the_active_release_stays(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {LIST: text(TITLES, *CODES)})
    refused = refusal(tmp_path, {LIST: text(TITLES, *CODES)[:-4]})
    assert (refused.line, refused.reason) == (7, "the last line has no end: the file is cut off")
    assert tables_of(catalogue).carries(hcpcs.CPT_CODES, date(2026, 3, 1))


LONG = NOTICE + "00100\t(a long descriptor)\r\n0042T\t(another)\r\n99213\t(a long descriptor)\r\n"
MEDIUM = NOTICE + "00100 (MEDIUM DESCRIPTOR OF UP TO 48 CHARACTERS)\r\n0042T (MEDIUM)\r\n99213 (MEDIUM)\r\n"
SHORT = NOTICE + "00100 (SHORT)\r\n0042T (SHORT DESCRIPTOR TO 28)\r\n99213 (SHORT)\r\n"
FORMER = {
    "2026 CPT/LONGULT.txt": LONG,
    "2026 CPT/MEDU.txt": MEDIUM,
    "2026 CPT/SHORTU.txt": SHORT,
}


def test_the_three_files_of_the_former_format_are_one_release(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, FORMER)
    assert [(release.name, release.keys) for release in done.releases] == [("CY2026", 3)]
    assert [source.name for source in done.releases[0].sources] == list(FORMER)
    found = hcpcs.code(tables_of(catalogue), "00100", date(2026, 7, 1))
    assert found.cpt == CptRow("(a long descriptor)", "(MEDIUM DESCRIPTOR OF UP TO 48 CHARACTERS)", "(SHORT)")


def test_files_of_the_former_format_without_a_year_need_the_day(tmp_path: Path) -> None:
    assert "--effective" in refusal(tmp_path, {"LONGULT.txt": LONG}).reason
    _catalogue, done = loaded(tmp_path, {"LONGULT.txt": LONG}, Asked(effective=date(2025, 1, 1)))
    assert done.releases[0].name == "CY2025"


def test_the_consolidated_list_goes_before_the_former_format(tmp_path: Path) -> None:
    _catalogue, done = loaded(tmp_path, {**FORMER, LIST: text(TITLES, *CODES)})
    assert [source.name for release in done.releases for source in release.sources] == [LIST]


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"),
    [
        ("SHORTU.txt", SHORT.replace("0042T (SHORT DESCRIPTOR TO 28)\r\n", ""), None, "not those of"),
        ("SHORTU.txt", SHORT + "99213 (SHORT)\r\n", 6, "99213 is listed twice"),
        ("SHORTU.txt", SHORT + "9921\r\n", 6, "is no record of a code and a descriptor"),
        ("SHORTU.txt", SHORT[:-9], 5, "the file is cut off"),
        ("LONGULT.txt", LONG + "99214 (long)\r\n", 6, "not as in the other records"),
        ("MEDU2.txt", MEDIUM, None, "the medium descriptors are given twice"),
    ],
)
def test_a_wrong_file_of_the_former_format_is_refused(
    tmp_path: Path, name: str, content: str, line: int | None, reason: str
) -> None:
    refused = refusal(tmp_path, {**FORMER, f"2026 CPT/{name}": content})
    assert refused.line == line
    assert reason in refused.reason


@pytest.mark.parametrize(
    "line",
    ["00100\t0591T\t \t20210101\t*\t1\t9", "00100    (descriptor)             A   0.00", "2025 Release"],
)
def test_other_tables_with_the_notice_of_the_ama_are_not_taken_for_descriptors(line: str) -> None:
    """As NCCI edits and the fee schedule, in text."""
    assert not CptCodes().recognises(Document("other.txt", f"{NOTICE}{line}\r\n{line}\r\n".encode()))


MODIFIER_TITLES = (
    "ConceptID",
    "Modifier Code",
    "Level I/II",
    "Modifier Descriptor Effective",
    "Modifier Name",
    "Modifier Description",
    "Section (Main Section)",
)
MODIFIERS = (
    ("2001", "25", "I", "20130101", "(name)", "(description)", "(section)"),
    ("2002", "LT", "II", "", "(name)", "", ""),
)


def test_modifiers_are_a_table_of_the_year_in_the_name(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"2026 CPT/Modifiers.txt": text(MODIFIER_TITLES, *MODIFIERS)})
    assert [(release.table, release.name) for release in done.releases] == [("cpt.modifiers", "CY2026")]
    found = hcpcs.modifier(tables_of(catalogue), "25", date(2026, 7, 1))
    assert found.cpt == CptModifierRow("(name)", "(description)", "I", date(2013, 1, 1), "(section)")
    assert (found.valid, found.short, found.editor) == (True, "(name)", None)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("9", "25", "I", "", "(name)", "", "(section)"), "modifier code"),
        (("9", "250", "I", "", "(name)", "", ""), "modifier code"),
        (("9", "26", "III", "", "(name)", "", ""), "level i/ii"),
        (("9", "26", "I", "", "", "", ""), "modifier name"),
    ],
)
def test_a_wrong_modifier_is_refused(tmp_path: Path, row: Sequence[str], column: str) -> None:
    refused = refusal(tmp_path, {"2026 CPT/Modifiers.txt": text(MODIFIER_TITLES, *MODIFIERS, row)})
    assert (refused.line, refused.column) == (6, column)
