"""The loaders of GPCI, anaesthesia factors and localities."""

from __future__ import annotations

import csv
import io
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables import RefusedFile
from shared.tables.mpfs import ANESTHESIA, GPCI, LOCALITIES, AnesthesiaRow, GpciRow, LocalityRow
from tests.shared.tables.fee_schedule import ANES_2025, GPCI_2025, LOCCO_2025, loaded, tables_of, workbook

DAY = date(2025, 3, 1)


def refusal(folder: Path, files: dict[str, str | bytes]) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, files)
    return refused.value


def test_the_indices_of_a_year(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"GPCI2025.csv": GPCI_2025})
    [release] = done.releases
    assert (release.name, release.effective, release.covers_through) == ("CY2025", date(2025, 1, 1), date(2025, 12, 31))
    store = tables_of(catalogue).on(GPCI, DAY).store
    assert store.rows("0210201") == (GpciRow("AK", "ALASKA", Decimal("1.5"), Decimal("1.081"), Decimal("0.592")),)
    assert len(store) == 2


def test_january_2026_has_the_work_index_twice(tmp_path: Path) -> None:
    file = GPCI_2025.replace(
        "2025 PW GPCI (with 1.0 Floor)", "2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with 1.0 Floor)"
    )
    file = file.replace(",1.014,", ",0.991,1.014,").replace(",1.5,", ",1.1,1.5,").replace("2025", "2026")
    catalogue, done = loaded(tmp_path, {"GPCI2026.csv": file})
    assert done.releases[0].name == "CY2026"
    [row] = tables_of(catalogue).on(GPCI, date(2026, 2, 1)).store.rows("0441209")
    assert (row.work, row.work_without_floor) == (Decimal("1.014"), Decimal("0.991"))


def test_a_workbook_loses_zeros_at_the_front_and_they_are_put_back(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(GPCI_2025)))
    catalogue, _done = loaded(tmp_path, {"GPCI2025.xlsx": workbook(rows, numbers=True)})
    assert [key for key, _rows in tables_of(catalogue).on(GPCI, DAY).store.items()] == ["0210201", "0441209"]


def test_the_year_of_the_anaesthesia_factors_is_in_the_name_of_the_file(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"ANES2025.csv": ANES_2025})
    assert done.releases[0].name == "CY2025"
    store = tables_of(catalogue).on(ANESTHESIA, DAY).store
    assert store.rows("0441209") == (AnesthesiaRow("BRAZORIA", Decimal("20.29")),)
    assert "does not say when" in refusal(tmp_path / "unnamed", {"factors.csv": ANES_2025}).reason


def test_two_anaesthesia_factors_as_from_2026(tmp_path: Path) -> None:
    # CY2026 final rule: 20.4976 and, for qualifying APM participants, 20.5998.
    file = (
        "Contractor,Locality,Locality Name,Non-Qualifying APM National Anes CF of 20.4976,"
        "Qualifying APM National Anes CF of 20.5998\n04412,09,BRAZORIA,20.29,20.39\n"
    )
    catalogue, _done = loaded(tmp_path, {"ANES2026.csv": file})
    store = tables_of(catalogue).on(ANESTHESIA, date(2026, 2, 1)).store
    assert store.rows("0441209") == (AnesthesiaRow("BRAZORIA", Decimal("20.29"), Decimal("20.39")),)


def test_a_state_stands_at_its_first_locality(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"25LOCCO.csv": LOCCO_2025})
    assert (done.releases[0].name, done.releases[0].rows) == ("CY2025", 3)
    store = tables_of(catalogue).on(LOCALITIES, DAY).store
    assert store.rows("0441211") == (LocalityRow("TEXAS", "DALLAS", "DALLAS"),)


@pytest.mark.parametrize(
    ("name", "file", "before", "after", "line", "column"),
    [
        ("GPCI2025.csv", GPCI_2025, "2025 PE GPCI", "2025 XX GPCI, PE GPCI", 3, "2025 xx gpci"),
        ("GPCI2025.csv", GPCI_2025, "1.006,0.795", "1.006,", 5, "malpractice"),
        ("GPCI2025.csv", GPCI_2025, "04412,TX,09", "02102,TX,01", 5, "locality"),
        ("GPCI2025.csv", GPCI_2025, "04412,TX,09", "04412,TX,R9", 5, "locality"),
        ("ANES2025.csv", ANES_2025, "20.29", "2O.29", 4, "conversion_factor"),
        ("25LOCCO.csv", LOCCO_2025, "4412,9,TEXAS ,BRAZORIA,BRAZORIA", "4412,9,TEXAS ,BRAZORIA,", 7, "counties"),
        ("25LOCCO.csv", LOCCO_2025, "2102,1,ALASKA ", "2102,1,", 5, "state"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, name: str, file: str, before: str, after: str, line: int, column: str
) -> None:
    assert before in file
    refused = refusal(tmp_path, {name: file.replace(before, after)})
    assert (refused.line, refused.column) == (line, column)


def test_a_line_below_the_notes_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, {"GPCI2025.csv": GPCI_2025 + "04412,TX,11,DALLAS,1.011,1.007,0.877\n"})
    assert (refused.line, "below its notes" in refused.reason) == (9, True)


@pytest.mark.parametrize(("name", "file"), [("GPCI2025.csv", GPCI_2025), ("ANES2025.csv", ANES_2025)])
def test_a_missing_column_is_refused(tmp_path: Path, name: str, file: str) -> None:
    gone = "\n".join(line.rpartition(",")[0] for line in file.splitlines()) + "\n"
    with pytest.raises(RefusedFile) as refused:
        loaded(
            tmp_path,
            {name: gone.replace("Locality Name", "Locality Name,National Anes CF") if "ANES" in name else gone},
        )
    assert refused.value.line is not None


@pytest.mark.parametrize(
    ("name", "file"), [("GPCI2025.csv", GPCI_2025), ("ANES2025.csv", ANES_2025), ("25LOCCO.csv", LOCCO_2025)]
)
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, name: str, file: str) -> None:
    assert "cut off" in refusal(tmp_path, {name: file[:-3]}).reason


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[5] / "shared")) / "data" / "fees"


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
def test_the_files_of_2025_load(tmp_path: Path) -> None:
    names = {"GPCI2025.csv": "gpci2025.csv", "ANES2025.csv": "anes2025.csv", "25LOCCO.csv": "25locco.csv"}
    files: dict[str, str | bytes] = {name: (REFERENCE / path).read_bytes() for name, path in names.items()}
    _catalogue, done = loaded(tmp_path, files)
    # 109 payment localities: CY2025 final rule, Addendum E.
    assert {release.table: release.keys for release in done.releases} == {
        "mpfs.gpci": 109,
        "mpfs.anesthesia": 109,
        "mpfs.localities": 109,
    }
