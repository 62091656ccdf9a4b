"""The loader of NCCI add-on codes, on small files in the layout of CMS's."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import ncci
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.loading import Loaded, load
from shared.tables.ncci import AddOnSpan
from shared.tables.tables import ReferenceTables, Tables

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
NAME = "AOC_V2026Q3-MCR"
BY_CONTRACTOR = "Contractor Defined Primary Codes"
FIELDS = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
ROWS = (
    ("2", "0054T", "", "CCCCC", "", "2013091", "", BY_CONTRACTOR),
    ("1", "0071U", "", "0070U", "", "2018274", "", ""),
    ("1", "11201", "", "11200", "", "2013091", "2023365", ""),
    ("3", "64727", "", "64702", "", "2013091", "", ""),
    ("3", "64727", "", "CCCCC", "", "2013091", "", BY_CONTRACTOR),
    ("1", "96376", "", "96374", "", "2013091", "", "96376 may be reported by facilities only"),
)


def text(*rows: tuple[str, ...]) -> str:
    """As CMS's file of fixed width: 1, 5, 7, 5, 7, 7 and 7 characters, then the notes."""
    return "".join(
        f"{kind}{add_on}{ended:7}{primary}{primary_ended:7}{first}{last:7}{notes}".rstrip() + "\r\n"
        for kind, add_on, ended, primary, primary_ended, first, last, notes in rows
    )


def write(folder: Path, content: str, name: str = NAME) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(content, newline="")
    return folder


def load_from(path: Path, catalogue: Catalogue, **asked: object) -> Loaded:
    return load(path, catalogue, Asked(**asked), AT)  # type: ignore[arg-type]  # as the tests say


def tables_of(catalogue: Catalogue) -> Tables:
    return ReferenceTables([catalogue.folder]).current()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


def test_the_file_of_a_quarter_answers_since_its_first_row(tmp_path: Path, catalogue: Catalogue) -> None:
    (release,) = load_from(write(tmp_path / "given", text(*ROWS)), catalogue).releases

    assert (release.table, release.name, release.keys, release.rows) == ("ncci.add_on", "2026Q3", 5, 6)
    assert (release.covers_from, release.covers_through) == (date(2013, 4, 1), date(2026, 9, 30))


def test_rows_are_what_the_file_says(tmp_path: Path, catalogue: Catalogue) -> None:
    load_from(write(tmp_path / "given", text(*ROWS)), catalogue)
    store = tables_of(catalogue).on(ncci.ADD_ON, date(2026, 8, 1)).store

    assert store.rows("11201") == (AddOnSpan("11200", 1, date(2013, 4, 1), date(2023, 12, 31)),)
    assert store.rows("0071U") == (AddOnSpan("0070U", 1, date(2018, 10, 1), None),)
    assert store.rows("64727")[1] == AddOnSpan(None, 3, date(2013, 4, 1), None, BY_CONTRACTOR)


def test_the_end_of_either_code_ends_the_span(tmp_path: Path, catalogue: Catalogue) -> None:
    row = ("1", "11201", "2020366", "11200", "2019365", "2013091", "2021365", "")
    load_from(write(tmp_path / "given", text(row)), catalogue)

    (span,) = tables_of(catalogue).on(ncci.ADD_ON, date(2026, 8, 1)).store.rows("11201")

    assert span.last == date(2019, 12, 31)


@pytest.mark.parametrize("titles", [FIELDS, (*FIELDS[:2], "AOC_Del_Dt (Julian)", *FIELDS[3:])])
def test_the_workbook_is_read_as_the_text_is(tmp_path: Path, catalogue: Catalogue, titles: tuple[str, ...]) -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "CPT only copyright 2025 American Medical Association. All rights reserved.")
    for at, row in enumerate((titles, *ROWS), start=1):
        for column, cell in enumerate(row):
            sheet.write(at, column, int(cell) if cell.isdecimal() and len(cell) != 5 else cell)
    book.close()
    (tmp_path / f"{NAME}.xlsx").write_bytes(content.getvalue())

    (release,) = load_from(tmp_path / f"{NAME}.xlsx", catalogue).releases

    (from_text,) = load_from(write(tmp_path / "text", text(*ROWS)), Catalogue(tmp_path / "other")).releases
    assert release.store_sha256 == from_text.store_sha256


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (("4", "0071U", "", "0070U", "", "2018274", "", ""), None),
        (("1", "0071U", "", "0070U", "", "2018367", "", ""), "AOC_Edit_EffDT"),
        (("1", "0071U", "", "0070U", "", "2018274", "2023", ""), "AOC_Edit_DelDT"),
        (("1", "0071U", "", "0070U", "2018000", "2018274", "", ""), "Primary_Code_DelDT"),
        (("1", "0071U", "", "007 U", "", "2018274", "", ""), None),
        (("1", "0071U", "", "0070U", "", "", "", ""), None),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_release_before_stays(
    tmp_path: Path, catalogue: Catalogue, changed: tuple[str, ...], column: str | None
) -> None:
    before = load_from(write(tmp_path / "before", text(*ROWS)), catalogue).releases

    with pytest.raises(RefusedFile) as refused:
        load_from(write(tmp_path / "given", text(ROWS[0], changed, *ROWS[2:])), catalogue)

    assert (refused.value.line, refused.value.column) == (2, column)
    assert catalogue.releases() == before


def test_a_file_that_ends_within_a_line_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    for cut in (4, 30, -60):
        with pytest.raises(RefusedFile) as refused:
            load_from(write(tmp_path / "given", text(*ROWS)[:cut] if cut < 0 else text(*ROWS)[:-cut]), catalogue)
        assert refused.value.line in (5, 6)


def test_a_row_listed_twice_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(RefusedFile) as refused:
        load_from(write(tmp_path / "given", text(*ROWS, ROWS[1])), catalogue)

    assert refused.value.line == 7


def test_a_name_without_a_quarter_asks_for_the_day(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write(tmp_path / "given", text(*ROWS), "add-on")

    with pytest.raises(RefusedFile, match="--effective"):
        load_from(folder, catalogue)
    (release,) = load_from(folder, catalogue, effective=date(2026, 10, 1)).releases

    assert release.name == "2026Q4"
