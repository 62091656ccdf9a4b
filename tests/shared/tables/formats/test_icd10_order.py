"""The loader of the order files: the layout of NCHS and CMS is taken, anything else is refused whole with its line."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from shared.tables import CodeSystem, RefusedFile, UnknownFormat, icd10
from shared.tables.embedded.icd10_spans import headings
from shared.tables.formats import Asked
from tests.shared.tables.order_files import CM_2021, CM_2022, PCS_2023, loaded, tables_of

DAY = date(2021, 11, 3)


def refusal(folder: Path, content: str | bytes, name: str = "icd10cm_order_2021.txt") -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, {name: content})
    return refused.value


def test_a_file_is_an_edition_of_its_fiscal_year(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"icd10cm_order_2022.txt": CM_2022, "readme.txt": "Terms of use"})
    [release] = done.releases
    assert (release.table, release.name, release.keys, release.rows) == ("icd10cm.codes", "FY2022", 16, 16)
    assert (release.effective, release.covers_from, release.covers_through) == (
        date(2021, 10, 1),
        date(2021, 10, 1),
        date(2022, 9, 30),
    )
    assert done.unknown == ("readme.txt",)
    [row] = tables_of(catalogue).on(icd10.CODES["icd10cm"], DAY).store.rows("S0000XD")
    assert (row.billable, row.short_description, row.description) == (
        True,
        "Unspecified superficial injury of scalp, subs encntr",
        "Unspecified superficial injury of scalp, subsequent encounter",
    )
    assert (row.valid_from, row.valid_through) == (None, None)


@pytest.mark.parametrize(
    ("name", "effective", "release"),
    [
        ("icd10cm_order_2021.txt", date(2020, 10, 1), "FY2021"),
        ("icd10cm-order-2027.txt", date(2026, 10, 1), "FY2027"),
        ("icd10cm-order-April-2025.txt", date(2025, 4, 1), "FY2025-2025-04-01"),
        ("icd10cm_order_April_1_2026.txt", date(2026, 4, 1), "FY2026-2026-04-01"),
        ("icd10cm-order-Jan-1-2021.txt", date(2021, 1, 1), "FY2021-2021-01-01"),
        ("april-1-2026-code-descriptions/icd10cm_order_2026.txt", date(2026, 4, 1), "FY2026-2026-04-01"),
        ("2027-code-descriptions-tabular-order/order.txt", date(2026, 10, 1), "FY2027"),
        ("fetched April 2026/icd10cm-order-2027.txt", date(2026, 10, 1), "FY2027"),
    ],
)
def test_the_day_is_that_of_the_published_name(tmp_path: Path, name: str, effective: date, release: str) -> None:
    (tmp_path / "given" / name).parent.mkdir(parents=True)
    _catalogue, done = loaded(tmp_path, {name: CM_2021})
    assert (done.releases[0].effective, done.releases[0].name) == (effective, release)


def test_a_name_without_a_year_needs_the_day(tmp_path: Path) -> None:
    assert "--effective" in refusal(tmp_path, CM_2021, "order.txt").reason
    _catalogue, done = loaded(tmp_path, {"order.txt": CM_2021}, Asked(effective=date(2020, 10, 1)))
    assert done.releases[0].name == "FY2021"


def test_both_code_sets_and_several_years_are_loaded_from_one_folder(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "icd10cm_order_2021.txt": CM_2021,
        "icd10cm_order_2022.txt": CM_2022,
        "icd10pcs_order_2023.txt": PCS_2023,
    }
    _catalogue, done = loaded(tmp_path, files)
    assert [(release.table, release.name) for release in done.releases] == [
        ("icd10cm.codes", "FY2021"),
        ("icd10cm.codes", "FY2022"),
        ("icd10pcs.codes", "FY2023"),
    ]


def test_the_zip_file_of_a_year_is_taken_and_its_other_files_are_not(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("icd10cm_order_2021.txt", CM_2021)
        archive.writestr("icd10cm_codes_2021.txt", "A000    Cholera due to Vibrio cholerae 01, biovar cholerae\n")
        archive.writestr("icd10cm_order_addenda_2021.txt", "Add:          01007 A848    0 Other tick-borne\n")
    _catalogue, done = loaded(tmp_path, {"2021-code-descriptions-tabular-order.zip": packed.getvalue()})
    assert [release.rows for release in done.releases] == [14]
    assert len(done.unknown) == 2


def test_windows_line_ends_and_the_end_of_file_mark_are_no_rows(tmp_path: Path) -> None:
    _catalogue, done = loaded(tmp_path, {"icd10cm_order_2021.txt": CM_2021.replace("\n", "\r\n") + "\x1a"})
    assert done.releases[0].rows == 14


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "reason"),
    [
        ("00002 A000    1", "00002 A0O.0   1", 2, "code", "not a code"),
        ("00002 A000    1", "00002 A000    2", 2, "billable", "neither"),
        ("00002 A000    1", "00002 A000   1 ", 2, "14", "blank"),
        ("00002 A000    1", "00002  A000   1", 2, "code", "not a code"),
        ("00002 A000    1", "0000A A000    1", 2, "order number", "not an order number"),
        ("00003 A001    1", "00002 A001    1", 3, "order number", "2 follows 2"),
        ("00003 A001    1", "00001 A001    1", 3, "order number", "1 follows 2"),
        ("00003 A001    1", "00003 A000    1", 3, "code", "listed twice"),
        ("00001 A00     0", "00001 A00     1", 1, "billable", "has codes below it"),
        ("00005 M545    1", "00005 M545    0", 5, "billable", "nothing below"),
        ("00003 A001    1", "00003 0016070 1", 3, "code", "ICD-10-CM"),
        ("00001 A00     0", "00001 A01     0", 1, "code", "begins with A01"),
    ],
)
def test_a_line_that_is_not_as_published_refuses_the_file(
    tmp_path: Path, before: str, after: str, line: int, column: str, reason: str
) -> None:
    assert before in CM_2021
    refused = refusal(tmp_path, CM_2021.replace(before, after))
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_columns_that_are_shifted_are_refused(tmp_path: Path) -> None:
    """As a file has them that went through a program which does not keep the width of the short description."""
    lines = [f"{line[:16]}{line[16:76].rstrip()} {line[77:]}" for line in CM_2021.splitlines()]
    refused = refusal(tmp_path, "\n".join(lines) + "\n")
    assert refused.line == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (CM_2021[:-1], 14),
        (CM_2021[:-30], 14),
        (CM_2021[: CM_2021.index("00013")], 12),
        (CM_2021[: CM_2021.index("00014")], 13),
        (CM_2021[: CM_2021.index("00010") - 20], 9),
    ],
)
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, content: str, line: int) -> None:
    refused = refusal(tmp_path, content)
    assert refused.line == line


def test_a_file_that_is_cut_off_at_its_beginning_is_refused(tmp_path: Path) -> None:
    assert "begins with A000" in refusal(tmp_path, CM_2021.split("\n", 1)[1]).reason


def test_text_of_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    spoilt = CM_2021.encode().replace(b"biovar eltor\n", b"biovar elt\x81r\n")
    assert refusal(tmp_path, spoilt).line == 3


def test_procedures_given_as_diagnoses_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="lists ICD-10-PCS"):
        loaded(tmp_path, {"order_2023.txt": PCS_2023}, Asked(table="icd10cm.codes"))
    assert "begins with XY0" in refusal(tmp_path, PCS_2023[PCS_2023.index("00004") :]).reason


def test_a_release_given_twice_is_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"icd10cm_order_2021.txt": CM_2021, "icd10cm-order-2021.txt": CM_2021}
    with pytest.raises(RefusedFile, match="given twice"):
        loaded(tmp_path, files)


def test_a_refused_file_leaves_the_active_release_as_it_was(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path / "first", {"icd10cm_order_2022.txt": CM_2022})
    before = catalogue.releases()
    (tmp_path / "first" / "given" / "icd10cm_order_2022.txt").unlink()
    with pytest.raises(RefusedFile):
        loaded(tmp_path / "first", {"icd10cm_order_2022.txt": CM_2022[:-40]})
    assert catalogue.releases() == before
    assert icd10.is_billable(tables_of(catalogue), "icd10cm", "M5450", DAY)


@pytest.mark.parametrize(
    "content", ["", "A000    Cholera\n", "code,description\nA000,Cholera\n", "ISA*00*          *00*"]
)
def test_other_files_are_not_recognised(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnknownFormat):
        loaded(tmp_path, {"icd10cm_order_2021.txt": content})


def order_file(system: CodeSystem, titles: dict[str, str]) -> str:
    """The official layout of a whole code set; a title stands where its heading's is not known."""
    spans = {code: [(DAY, DAY)] for code in titles}
    named = titles | dict.fromkeys(headings(system, spans), "(heading)")
    lines: Iterable[str] = (
        f"{number:05d} {code:<7} {int(code in titles)} {(title or '-')[:60]:<60} {title or '-'}\r\n"
        for number, (code, title) in enumerate(sorted(named.items()), start=1)
    )
    return "".join(lines)


@pytest.mark.reference
@pytest.mark.parametrize("system", ["icd10cm", "icd10pcs"])
def test_a_whole_code_set_is_loaded(tmp_path: Path, system: CodeSystem) -> None:
    path = (
        Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "icd10cm" / f"{system}_fy2027_codes.csv.gz"
    )
    if not path.exists():
        pytest.skip(f"no reference data at {path.parent}")
    with gzip.open(path, "rt", newline="") as file:
        published = {row["code"]: row["long_description"] for row in csv.DictReader(file)}
    catalogue, done = loaded(tmp_path, {f"{system}-order-2027.txt": order_file(system, published)})
    assert done.releases[0].name == "FY2027"
    found = icd10.starting_with(tables_of(catalogue), system, "", date(2026, 10, 1), limit=1_000_000)
    assert {entry.code: entry.description for entry in found} == {
        code: " ".join(title.split(" ")) or "-" for code, title in published.items()
    }
