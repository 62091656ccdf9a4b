"""The loader of the conversion tables: the layouts of NCHS and CMS are taken, anything else is refused whole."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import Catalogue, RefusedFile, Tables, UnknownFormat, icd10
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.formats.icd10_conversion import Icd10ConversionTable
from shared.tables.loading import Loaded, load
from tests.shared.tables.order_files import tables_of

AT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = date(2026, 11, 20)

# Lines of ICD-10-CM-CONVERSION-TABLE-FY2026, the notations of its cells.
CM = """\
ICD-10-CM CONVERSION TABLE\t\t
Current code assignment\tEffective\tPrevious Code(s) Assignment
B88.01\t2025\tB88.0
B88.09\t2025\tB88.0
E66.813\t2024\t"E66.01, E66.8"
G93.32\t10/1/2022\tG93.3 and R53.82
H02.151\t2018\tH02.101-H02.106; H02.109
M54.50\t2021\tM54.5
M54.51\t2021\tM54.5
M97.01XA  \t2016\tT84.040A
None\t2025\tB88.0
P91.821\t2020\tNone
R11.15\t2019\tA code from category G43, G43.A0
U07.1\t4/1/20\tB97.29
"""
# Lines of icd10pcs_conversion_table_2026.txt; the titles shortened.
_PCS_HEADER = (
    "Current code(s) assignment\tCode title\tEffective year\tPrevious code(s) assignment\tPredecessor code title\t"
    "Change type\tComment\tEffective month/day [MM.DD]\n"
)
PCS = (
    _PCS_HEADER
    + """\
001607A\tBypass Cerebral Ventricle to Subgaleal Space\t2019\t00H60YZ\tInsertion\tNew\t\t10.01
00JU0ZZ\tInspection of Spinal Canal\t2017\t00JU0ZZ\tInspection\tRevised title\t\t10.01
XW033E5\tIntroduction of Remdesivir\t2020\t3E033GC\tIntroduction\tNew\t\t08.01
NOPCS\t\t2017\t0016370\tBypass\tDeleted\t\t10.01
XXEZXCB\tMeasurement\t2025\tNOPCS\t\tNew\t\t10.01
0270346\tDilation of Coronary Artery\t2016\t0270346,027034Z\tDilation\tNew\t\t10.01
"""
)


def loaded(folder: Path, files: dict[str, str | bytes], asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    given = folder / "given"
    given.mkdir(parents=True)
    for name, content in files.items():
        (given / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    catalogue = Catalogue(folder / "tables")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=(Icd10ConversionTable(),))


def workbook(text: str) -> bytes:
    """The table as a workbook: years as numbers, 4/1/20 as a day."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "m/d/yy"})
        for number, line in enumerate(text.splitlines()):
            for column, cell in enumerate(line.replace('"', "").split("\t")):
                if cell == "4/1/20":
                    sheet.write_datetime(number, column, datetime(2020, 4, 1), day)  # noqa: DTZ001  # a cell has no zone
                elif cell.isdecimal():
                    sheet.write_number(number, column, int(cell))
                else:
                    sheet.write_string(number, column, cell)
    return content.getvalue()


def previous(tables: Tables, code: str) -> tuple[date, tuple[str, ...]]:
    [row] = [row for row in tables.on(icd10.CONVERSIONS["icd10cm"], DAY).store.rows(code) if row.current == code]
    return row.effective, row.previous


@pytest.mark.parametrize("name", ["ICD-10-CM-CONVERSION-TABLE-FY2026.txt", "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx"])
def test_every_notation_of_the_diagnosis_table_is_read(tmp_path: Path, name: str) -> None:
    catalogue, done = loaded(tmp_path, {name: workbook(CM) if name.endswith("xlsx") else CM})
    [release] = done.releases
    assert (release.table, release.name, release.effective) == ("icd10cm.conversion", "FY2026", date(2025, 10, 1))
    assert (release.covers_from, release.covers_through) == (date(2015, 10, 1), date(9999, 12, 31))
    tables = tables_of(catalogue)
    assert previous(tables, "B8801") == (date(2025, 10, 1), ("B880",))
    assert previous(tables, "E66813") == (date(2024, 10, 1), ("E6601", "E668"))
    assert previous(tables, "G9332") == (date(2022, 10, 1), ("G933", "R5382"))
    lids = ("H02101", "H02102", "H02103", "H02104", "H02105", "H02106", "H02109")
    assert previous(tables, "H02151") == (date(2018, 10, 1), lids)
    assert previous(tables, "M9701XA") == (date(2016, 10, 1), ("T84040A",))
    assert previous(tables, "R1115") == (date(2019, 10, 1), ("G43A0",))
    assert previous(tables, "U071") == (date(2020, 4, 1), ("B9729",))
    store = tables.on(icd10.CONVERSIONS["icd10cm"], DAY).store
    assert store.rows("P91821") == ()
    assert [row.current for row in store.rows("M545")] == ["M5450", "M5451"]


def test_a_comma_delimited_table_is_read(tmp_path: Path) -> None:
    header = "ICD-10-CM CONVERSION TABLE,,\nCurrent code assignment,Effective,Previous Code(s) Assignment\n"
    _catalogue, done = loaded(tmp_path, {"conversion-table-FY2026.csv": f"{header}B88.01,2025,B88.0\n"})
    assert done.releases[0].keys == 2


def test_the_procedure_table_is_read(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"icd10pcs_conversion_table_2026.txt": PCS})
    [release] = done.releases
    assert (release.table, release.name) == ("icd10pcs.conversion", "FY2020-2020-08-01")
    store = tables_of(catalogue).on(icd10.CONVERSIONS["icd10pcs"], DAY).store
    assert [(row.effective, row.current, row.previous) for row in store.rows("00H60YZ")] == [
        (date(2019, 10, 1), "001607A", ("00H60YZ",))
    ]
    assert [row.previous for row in store.rows("0270346")] == [("027034Z",)]
    assert store.rows("XW033E5")[0].effective == date(2020, 8, 1)
    for code in ("00JU0ZZ", "0016370", "XXEZXCB", "NOPCS"):
        assert store.rows(code) == ()


def test_the_workbook_beside_the_text_is_the_same_table(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"table-FY2026.xlsx": workbook(CM), "508-VERSION-table-FY2026.csv": CM}
    _catalogue, done = loaded(tmp_path, files)
    assert [source.name for release in done.releases for source in release.sources] == ["508-VERSION-table-FY2026.csv"]


def test_a_table_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="given twice"):
        loaded(tmp_path, {"a.txt": CM, "b.txt": CM})


def test_the_day_of_effect_may_be_said(tmp_path: Path) -> None:
    _catalogue, done = loaded(tmp_path, {"table.txt": CM}, Asked(effective=date(2026, 4, 1)))
    assert (done.releases[0].name, done.releases[0].effective) == ("FY2026-2026-04-01", date(2026, 4, 1))


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [
        ("B88.01\t2025", "B8.01.1\t2025", 3, "current"),
        ("B88.01\t2025", "B88.01\tsoon", 3, "effective"),
        ("B88.01\t2025", "B88.01\t", 3, "effective"),
        ("B88.01\t2025\tB88.0", "B88.01\t2025\tB88..0", 3, "previous"),
        ("U07.1\t4/1/20", "U07.1\t4/31/20", 14, "effective"),
        ("\tPrevious Code(s) Assignment", "\tNew\tPrevious Code(s) Assignment", None, None),
        ("M54.50\t2021\tM54.5", "M54.50\t2021", 8, None),
    ],
)
def test_a_line_that_is_not_as_published_refuses_the_file(
    tmp_path: Path, before: str, after: str, line: int | None, column: str | None
) -> None:
    assert before in CM
    with pytest.raises(RefusedFile) as refused:
        loaded(tmp_path, {"table.txt": CM.replace(before, after)})
    assert (refused.value.line, refused.value.column) == (line, column)


@pytest.mark.parametrize(
    ("before", "after", "line", "column"),
    [
        ("\t00H60YZ", "\t00H60Y", 2, "previous"),
        ("001607A\t", "001607\t", 2, "current"),
        ("\t2019\t", "\tFY19\t", 2, "effective"),
        ("New\t\t10.01", "New\t\t13.01", 2, "month_day"),
        ("New\t\t10.01", "New\t\t", 2, "month_day"),
        ("New\t\t10.01", "New", 2, None),
    ],
)
def test_a_procedure_line_that_is_not_as_published_refuses_the_file(
    tmp_path: Path, before: str, after: str, line: int, column: str | None
) -> None:
    with pytest.raises(RefusedFile) as refused:
        loaded(tmp_path, {"icd10pcs_conversion_table_2026.txt": PCS.replace(before, after, 1)})
    assert (refused.value.line, refused.value.column) == (line, column)


@pytest.mark.parametrize("content", [CM[:-1], CM[:-8], PCS[:-20], workbook(CM)[:-400]])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises((RefusedFile, UnknownFormat)):
        loaded(tmp_path, {"table.txt": content})


def test_other_files_are_not_recognised(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        loaded(tmp_path, {"table.txt": "A000    Cholera\n"})


def test_a_code_retired_twice_over_leads_to_those_of_the_day(tmp_path: Path, embedded_tables: Tables) -> None:
    """M62.83 → M62.8A → M62.830 is made up; the last is a code of 2026 (muscle spasm of back), the others are none."""
    text = CM + "M62.8A\t2018\tM62.83Z\nM62.830\t2021\tM62.8A\n"
    catalogue, _done = loaded(tmp_path, {"table.txt": text})
    codes = [release for release in embedded_tables.releases() if release.table == "icd10cm.codes"]
    folder = embedded_folder()
    tables = Tables(
        [(release, folder / release.store) for release in codes]
        + [(release, catalogue.path(release)) for release in catalogue.releases()]
    )
    assert icd10.conversions(tables, "icd10cm", "M6283Z", DAY).current == ("M62830",)
    assert icd10.conversions(tables, "icd10cm", "M545", DAY).current == ("M5450", "M5451")
    assert icd10.conversions(tables, "icd10cm", "M545", date(2021, 9, 30)) == ((), (), "FY2026")
    assert icd10.conversions(tables, "icd10cm", "E66813", DAY).previous == ("E6601", "E668")
    assert icd10.conversions(tables, "icd10cm", "E66813", date(2024, 9, 30)).previous == ()
