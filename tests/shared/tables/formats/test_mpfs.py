"""The loader of the relative value file: CMS's layout is taken, anything else is refused whole with its line."""

from __future__ import annotations

import csv
import gzip
import io
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables import Catalogue, RefusedFile
from shared.tables.formats import Asked
from shared.tables.mpfs import RVU
from tests.shared.tables.fee_schedule import (
    LINES_2025,
    a_relative_value_file,
    loaded,
    of_2026,
    tables_of,
    workbook,
)

OCTOBER = date(2025, 11, 3)


def refusal(folder: Path, files: dict[str, str | bytes], *, asked: Asked | None = None) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, files, asked=asked)
    return refused.value


def test_a_release_is_for_the_quarter_of_its_title(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"PPRRVU2025_Oct.csv": a_relative_value_file()})
    [release] = done.releases
    assert (release.name, release.effective, release.covers_through) == (
        "2025Q4",
        date(2025, 10, 1),
        date(2025, 12, 31),
    )
    assert (release.keys, release.rows) == (3, 6)
    rows = tables_of(catalogue).on(RVU, OCTOBER).store.rows("71046")
    assert [row.modifier for row in rows] == [None, "26", "TC"]
    row = rows[0]
    assert (row.status, row.work, row.nonfacility_pe, row.malpractice) == (
        "A",
        Decimal("0.22"),
        Decimal("0.77"),
        Decimal("0.02"),
    )
    assert (row.facility_na, row.nonfacility_na) == (True, False)
    assert (row.global_days, row.multiple_procedure, row.supervision, row.imaging_family) == ("XXX", "0", "09", "99")
    assert (row.opps_nonfacility_pe, row.opps_malpractice) == (Decimal("2.76"), Decimal("0.05"))
    assert (row.conversion_factor, row.apm_conversion_factor) == (Decimal("32.3465"), None)


def test_descriptors_are_not_kept(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"PPRRVU2025_Oct.csv": a_relative_value_file()})
    assert b"descriptor" not in catalogue.path(done.releases[0]).read_bytes()


def test_a_workbook_and_its_csv_are_one_table(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(a_relative_value_file())))
    files: dict[str, str | bytes] = {"PPRRVU2025_Oct.xlsx": workbook(rows)}
    catalogue, done = loaded(tmp_path / "workbook", files)
    assert [release.rows for release in done.releases] == [6]
    both = {**files, "PPRRVU2025_Oct.csv": a_relative_value_file()}
    other, again = loaded(tmp_path / "both", both)
    assert [source.name for source in again.releases[0].sources] == ["PPRRVU2025_Oct.csv"]
    for key, value in tables_of(catalogue).on(RVU, OCTOBER).store.items():
        assert tables_of(other).on(RVU, OCTOBER).store.rows(key) == value


# PPRRVU25_JAN.txt (rvu25a.zip): its copyrights and some of its lines.
TEXT = """\
HDR CPT CODES AND DESCRIPTIONS ONLY ARE COPYRIGHT\x20
HDR 2024 AMERICAN MEDICAL ASSOCIATION.  ALL RIGHTS
HDR RESERVED.  APPLICABLE FARS/DFARS APPLY.       
26556  (descriptor)                                      A  49.75  42.54NA  42.54   10.18 102.47102.470090.10.69.2120210             32.3465 090 99      0.00   0.00   0.00
50555  (descriptor)                                      A   6.52   5.17     2.81    0.80  12.49 10.130000.00.00.0031000       50551 32.3465 090 99      0.00   0.00   0.00
"""  # noqa: E501, W291  # as published


def test_the_text_of_a_year_before_2026_is_read_by_its_places(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"PPRRVU25_JAN.txt": TEXT})
    assert [(release.name, release.rows) for release in done.releases] == [("2025Q1", 2)]
    store = tables_of(catalogue).on(RVU, date(2025, 2, 1)).store
    [transfer] = store.rows("26556")
    assert (transfer.work, transfer.facility_pe, transfer.facility_total) == (
        Decimal("49.75"),
        Decimal("42.54"),
        Decimal("102.47"),
    )
    assert (transfer.nonfacility_na, transfer.global_days, transfer.intraoperative) == (True, "090", Decimal("0.69"))
    assert (transfer.multiple_procedure, transfer.bilateral, transfer.assistant, transfer.co_surgeon) == (
        "2",
        "0",
        "2",
        "1",
    )
    [endoscopy] = store.rows("50555")
    assert (endoscopy.endoscopic_base, endoscopy.nonfacility_pe, endoscopy.supervision) == (
        "50551",
        Decimal("5.17"),
        "09",
    )
    assert (endoscopy.conversion_factor, endoscopy.imaging_family) == (Decimal("32.3465"), "99")


def test_the_csv_goes_before_the_text_of_the_same_release(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"PPRRVU2025_Oct.txt": TEXT, "PPRRVU2025_Oct.csv": a_relative_value_file()}
    _catalogue, done = loaded(tmp_path, files)
    assert [source.name for source in done.releases[0].sources] == ["PPRRVU2025_Oct.csv"]


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("PPRRVU25_JAN.txt", TEXT[:-30] + "\n", 5, "142 characters where 171 belong"),
        ("PPRRVU25_JAN.txt", TEXT[:-1], 5, "cut off"),
        ("PPRRVU25_JAN.txt", TEXT.replace("A  49.75", "A  4 .75"), 4, "is not a number"),
        ("PPRRVU2026_Jan_nonQPP.txt", TEXT, None, "give the CSV or Excel file"),
    ],
)
def test_a_text_that_is_not_as_published_is_refused(
    tmp_path: Path, name: str, text: str, line: int | None, reason: str
) -> None:
    refused = refusal(tmp_path, {name: text})
    assert refused.line == line
    assert reason in refused.reason


def test_the_two_files_of_2026_are_one_release_with_two_factors(tmp_path: Path) -> None:
    january = a_relative_value_file(year=2026, month="January")
    codes_of_qpp = "\n".join(line for line in LINES_2025.splitlines() if not line.startswith("00100")) + "\n"
    files: dict[str, str | bytes] = {
        "PPRRVU2026_Jan_nonQPP.csv": of_2026(january, qpp=False, factor="33.4009"),
        "PPRRVU2026_Jan_QPP.csv": of_2026(january.replace(LINES_2025, codes_of_qpp), qpp=True, factor="33.5675"),
    }
    catalogue, done = loaded(tmp_path, files)
    assert [(release.name, release.rows, len(release.sources)) for release in done.releases] == [("2026Q1", 6, 2)]
    store = tables_of(catalogue).on(RVU, date(2026, 1, 5)).store
    factors = [
        (row.conversion_factor, row.apm_conversion_factor) for key in ("71046", "00100") for row in store.rows(key)
    ]
    # 33.4009 and 33.5675: CY2026 final rule (CMS-1832-F).
    assert factors == [*[(Decimal("33.4009"), Decimal("33.5675"))] * 3, (Decimal("33.4009"), None)]


def test_the_file_for_participants_alone_has_not_every_code(tmp_path: Path) -> None:
    january = a_relative_value_file(year=2026, month="January")
    files: dict[str, str | bytes] = {"PPRRVU2026_Jan_QPP.csv": of_2026(january, qpp=True, factor="33.5675")}
    assert "give the nonQPP file" in refusal(tmp_path, files).reason


def test_the_two_files_must_agree(tmp_path: Path) -> None:
    january = a_relative_value_file(year=2026, month="January")
    other = january.replace("0.22,0.77,,0.77,NA,0.02,1.01,1.01", "0.21,0.78,,0.78,NA,0.02,1.01,1.01")
    refused = refusal(
        tmp_path,
        {
            "PPRRVU2026_Jan_nonQPP.csv": of_2026(january, qpp=False, factor="33.4009"),
            "PPRRVU2026_Jan_QPP.csv": of_2026(other, qpp=True, factor="33.5675"),
        },
    )
    assert (refused.file, refused.line, refused.column) == ("PPRRVU2026_Jan_QPP.csv", 14, "work")


def test_a_release_within_a_quarter_has_its_day_in_its_name(tmp_path: Path) -> None:
    # RVU24AR: the conversion factor of the Consolidated Appropriations Act, 2024, from 9 March on.
    file = a_relative_value_file(year=2024, month="January").replace("32.3465", "33.2875")
    _catalogue, done = loaded(tmp_path, {"PPRRVU24_JAN.csv": file}, asked=Asked(effective=date(2024, 3, 9)))
    [release] = done.releases
    assert (release.name, release.effective) == ("2024Q1-2024-03-09", date(2024, 3, 9))


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "reason"),
    [
        (",CO-,TEAM,ENDO", ",TEAM,CO-,ENDO", 10, "CO- SURG", "'TEAM SURG' where 'CO- SURG' belongs"),
        ("3.26,6.44", "3.26,6.4x", 12, "nonfacility_pe", "'6.4x' is not a number"),
        ("0.43,10.13", "0.43,10.14", 12, "nonfacility_total", "not the sum"),
        (",0.77,,0.77,NA,", ",0.77,?,0.77,NA,", 14, "nonfacility_na", "neither empty nor NA"),
        ("00100,,", "0100,,", 11, "code", "is not a code"),
        ("45378,53,", "45378,,", 13, "HCPCS", "45378 is there twice"),
        ("\n71046,TC", "\n71046,TC,", 16, "status", "is not a code"),
        ("32.3465,01", "0,01", 16, "conversion_factor", "is not a conversion factor"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, line: int, column: str, reason: str
) -> None:
    file = a_relative_value_file()
    assert file.count(before) == 1
    refused = refusal(tmp_path, {"PPRRVU2025_Oct.csv": file.replace(before, after)})
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_a_file_that_is_cut_off_changes_nothing(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"PPRRVU2025_Oct.csv": a_relative_value_file()})
    before = catalogue.releases()
    refused = refusal(tmp_path, {"PPRRVU2025_Oct.csv": a_relative_value_file()[:-4]})
    assert (refused.line, "cut off" in refused.reason) == (16, True)
    assert catalogue.releases() == before
    assert catalogue.verify() == []
    assert sorted(path.name for path in catalogue.folder.glob("*.store")) == [release.store for release in before]


def test_a_line_with_too_few_cells_is_refused(tmp_path: Path) -> None:
    cut = a_relative_value_file().rsplit(",", 3)[0] + "\n"
    refused = refusal(tmp_path, {"PPRRVU2025_Oct.csv": cut})
    assert (refused.line, refused.reason) == (16, "28 cells where 31 belong")


def test_two_files_of_one_release_are_refused(tmp_path: Path) -> None:
    file = a_relative_value_file()
    refused = refusal(tmp_path, {"PPRRVU2025_Oct.csv": file, "PPRRVU2025_Oct_corrected.csv": file})
    assert "the same release" in refused.reason


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[5] / "shared")) / "data" / "fees"


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
def test_the_whole_file_of_october_2025_loads(tmp_path: Path) -> None:
    lines = gzip.decompress((REFERENCE / "pprrvu_2025q4.csv.gz").read_bytes()).decode()
    body = lines.split("\n", 1)[1]
    catalogue, done = loaded(tmp_path, {"PPRRVU2025_Oct.csv": a_relative_value_file(body)})
    assert [release.rows for release in done.releases] == [18_144]
    assert isinstance(catalogue, Catalogue)
