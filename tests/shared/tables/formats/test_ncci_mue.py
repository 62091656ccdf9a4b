"""The loader of medically unlikely edits, on small files in the layout of CMS's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import mue
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.loading import Loaded, load
from shared.tables.tables import ReferenceTables

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
PRACTITIONER = "MCR_MUE_PractitionerServices_Eff_07-01-2026"
NOTICE = (
    '"Current Procedural Terminology (CPT) codes, descriptions and other data only are copyright 2025 American Medical '
    'Association. All rights reserved. \n\nCPT® is a registered trademark of the American Medical Association.",,,\n'
)
TITLES = '"HCPCS/\nCPT Code",{} MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
ROWS = (
    "0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\n"
    "99213,2,3 Date of Service Edit: Clinical,Clinical: Data\n"
    "J0585,600,1 Line Edit,Prescribing Information\n"
    "A4206,0,3 Date of Service Edit: Clinical,CMS Policy\n"
)


def table(setting: str = "Practitioner Services", rows: str = ROWS) -> str:
    return NOTICE + TITLES.format(setting) + rows


def write(folder: Path, text: str, name: str = PRACTITIONER) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_bytes(text.encode("cp1252"))
    return folder


def load_from(path: Path, catalogue: Catalogue, **asked: object) -> Loaded:
    return load(path, catalogue, Asked(**asked), AT)  # type: ignore[arg-type]  # as the tests say


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


@pytest.mark.parametrize(
    ("setting", "name", "expected"),
    [
        ("Practitioner Services", PRACTITIONER, "ncci.mue.practitioner"),
        ("Outpatient Hospital Services", "MCR_MUE_OutpatientHospitalServices_Eff_07-01-2026", "ncci.mue.hospital"),
        ("DME Supplier Services", "MCR_MUE_DMESupplierServices_Eff_07-01-2026", "ncci.mue.dme"),
    ],
)
def test_the_setting_comes_from_the_title_and_the_day_from_the_name(
    tmp_path: Path, catalogue: Catalogue, setting: str, name: str, expected: str
) -> None:
    (release,) = load_from(write(tmp_path / "given", table(setting), name), catalogue).releases

    assert (release.table, release.name, release.rows) == (expected, "2026Q3", 4)
    assert (release.covers_from, release.covers_through) == (date(2026, 7, 1), date(2026, 9, 30))


def test_limits_are_what_the_file_says(tmp_path: Path, catalogue: Catalogue) -> None:
    load_from(write(tmp_path / "given", table()), catalogue)
    tables, day = ReferenceTables([catalogue.folder]).current(), date(2026, 8, 1)

    assert mue.limit(tables, "practitioner", "99213", day) == mue.Limit("99213", 2, 3, "Clinical: Data", "2026Q3")
    assert mue.limit(tables, "practitioner", "A4206", day) == mue.Limit("A4206", 0, 3, "CMS Policy", "2026Q3")
    assert mue.limit(tables, "practitioner", "99214", day) is None
    per_line = mue.limit(tables, "practitioner", "J0585", day)
    assert per_line is not None
    assert per_line.per_line


def test_the_workbook_is_read_as_the_text_is(tmp_path: Path, catalogue: Catalogue) -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    for at, row in enumerate(csv.reader(io.StringIO(table()))):
        for column, cell in enumerate(row):
            sheet.write(at, column, int(cell) if cell.isdecimal() and column == 1 else cell)
    book.close()
    (tmp_path / f"{PRACTITIONER}.xlsx").write_bytes(content.getvalue())

    (release,) = load_from(tmp_path / f"{PRACTITIONER}.xlsx", catalogue).releases

    (from_text,) = load_from(write(tmp_path / "text", table()), Catalogue(tmp_path / "other")).releases
    assert release.store_sha256 == from_text.store_sha256


@pytest.mark.parametrize(
    ("was", "becomes", "line", "column"),
    [
        ("99213", "9921", 4, "HCPCS/CPT Code"),
        ("99213", "0001U", 4, "HCPCS/CPT Code"),
        ("99213,2", "99213,two", 4, "MUE Values"),
        ("99213,2", "99213,", 4, "MUE Values"),
        ("99213,2,3 Date", "99213,2,4 Date", 4, "MUE Adjudication Indicator"),
        ("99213,2,3 Date", "99213,2,Date", 4, "MUE Adjudication Indicator"),
        ("Clinical: Data", "", 4, "MUE Rationale"),
        ("Practitioner Services MUE", "Home Health MUE", 2, "… Services MUE Values"),
        ("CPT Instruction\n99213", "CPT Instruction\n99213,2\n99213", 4, None),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_the_release_before_stays(
    tmp_path: Path, catalogue: Catalogue, was: str, becomes: str, line: int, column: str | None
) -> None:
    before = load_from(write(tmp_path / "before", table()), catalogue).releases

    with pytest.raises(RefusedFile) as refused:
        load_from(write(tmp_path / "given", table().replace(was, becomes)), catalogue)

    assert (refused.value.line, refused.value.column) == (line, column)
    assert catalogue.releases() == before


def test_a_file_that_ends_within_a_row_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(RefusedFile) as refused:
        load_from(write(tmp_path / "given", table()[:-30]), catalogue)

    assert refused.value.line == 6


def test_a_name_without_a_day_asks_for_it(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write(tmp_path / "given", table(), "practitioner")

    with pytest.raises(RefusedFile, match="--effective"):
        load_from(folder, catalogue)
    (release,) = load_from(folder, catalogue, effective=date(2026, 10, 1)).releases

    assert release.name == "2026Q4"
