"""The loader of IPPS Table 5."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables import Catalogue, RefusedFile, Tables
from shared.tables.formats import Asked
from shared.tables.formats.ipps_table5 import IppsTable5
from shared.tables.ipps import DRGS, DrgRow
from shared.tables.loading import Loaded, load
from tests.shared.tables.fee_schedule import workbook

AT = datetime(2026, 11, 24, tzinfo=UTC)

# Layout and lines of "CMS-1833-F Table 5.txt" (FY2026 final rule).
TABLE_5 = (
    '"TABLE 5.—LIST OF MEDICARE SEVERITY DIAGNOSIS-RELATED GROUPS (MS-DRGS), RELATIVE WEIGHTING FACTORS, \n'
    'AND GEOMETRIC AND ARITHMETIC MEAN LENGTH OF STAY—FY 2026 Final Rule"\t\t\t\t\t\t\t\t\t\r\n'
    "MS-DRG \tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title\t"
    "Weights - Before Cap\tWeights - 10% Cap Applied \tGeometric mean LOS\tArithmetic mean LOS\r\n"
    '003\tYes\tNo\tPRE\tSURG\t"ECMO OR TRACHEOSTOMY WITH MV >96 HOURS OR PRINCIPAL DIAGNOSIS EXCEPT FACE, MOUTH AND '
    'NECK WITH MAJOR O.R. PROCEDURES"\t21.2252\t21.2252\t22.9\t33.0\r\n'
    "010\tNo\tNo\tPRE\tSURG\tPANCREAS TRANSPLANT\t3.0699\t7.1757\t5.9\t6.0\r\n"
    "470\tYes\tNo\t08\tSURG\tMAJOR HIP AND KNEE JOINT REPLACEMENT OR REATTACHMENT OF LOWER EXTREMITY WITHOUT MCC\t"
    "1.9289\t1.9289\t1.9\t2.2\r\n"
    "989\tYes\tYes\t \tSURG\tNON-EXTENSIVE O.R. PROCEDURES UNRELATED TO PRINCIPAL DIAGNOSIS WITHOUT CC/MCC\t"
    "1.1992\t1.1992\t2.3\t3.0\r\n"
    "998\tNo\tNo\t \t**\tPRINCIPAL DIAGNOSIS INVALID AS DISCHARGE DIAGNOSIS\t.\t.\t.\t\r\n"
    "999\tNo\tNo\t \t**\tUNGROUPABLE\t.\t.\t.\t\r\n"
    "\t\t\t\t\t\t\t\t\t\r\n"
)


def loaded(folder: Path, files: dict[str, str | bytes], asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content.encode("cp1252") if isinstance(content, str) else content)
    catalogue = Catalogue(folder / "catalogue")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=(IppsTable5(),))


def rows_of(catalogue: Catalogue, drg: str, day: date = date(2026, 3, 1)) -> tuple[DrgRow, ...]:
    tables = Tables([(release, catalogue.path(release)) for release in catalogue.releases()])
    return tables.on(DRGS, day).store.rows(drg)


def refusal(folder: Path, files: dict[str, str | bytes]) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, files)
    return refused.value


def test_the_fiscal_year_is_in_the_title(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5})
    [release] = done.releases
    assert (release.name, release.effective, release.covers_through, release.rows) == (
        "FY2026",
        date(2025, 10, 1),
        date(2026, 9, 30),
        6,
    )
    assert rows_of(catalogue, "470") == (
        DrgRow(
            title="MAJOR HIP AND KNEE JOINT REPLACEMENT OR REATTACHMENT OF LOWER EXTREMITY WITHOUT MCC",
            mdc="08",
            type="SURG",
            weight=Decimal("1.9289"),
            weight_before_cap=Decimal("1.9289"),
            geometric_mean_stay=Decimal("1.9"),
            arithmetic_mean_stay=Decimal("2.2"),
            post_acute=True,
            special_pay=False,
        ),
    )


def test_the_weight_with_the_cap_pays(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5})
    [row] = rows_of(catalogue, "010")
    assert (row.weight, row.weight_before_cap) == (Decimal("7.1757"), Decimal("3.0699"))


def test_a_drg_without_values_has_none(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5})
    [row] = rows_of(catalogue, "999")
    assert (row.mdc, row.type, row.weight, row.geometric_mean_stay) == (None, None, None, None)
    [unrelated] = rows_of(catalogue, "989")
    assert (unrelated.mdc, unrelated.type, unrelated.special_pay) == (None, "SURG", True)


def test_a_year_before_the_cap_has_one_weight(tmp_path: Path) -> None:
    file = TABLE_5.replace("Weights - Before Cap\tWeights - 10% Cap Applied ", "Weights").replace("2026", "2022")
    for before in ("21.2252\t", "3.0699\t", "1.9289\t", "1.1992\t", ".\t"):
        file = file.replace(f"\t{before}", "\t", 1) if before != ".\t" else file.replace("\t.\t.\t.\t", "\t.\t.\t")
    catalogue, done = loaded(tmp_path, {"CMS-1752-F Table 5.txt": file})
    assert done.releases[0].name == "FY2022"
    [row] = rows_of(catalogue, "470", date(2022, 3, 1))
    assert (row.weight, row.weight_before_cap) == (Decimal("1.9289"), None)


def test_a_workbook_loses_zeros_at_the_front_and_they_are_put_back(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(TABLE_5), delimiter="\t"))
    rows.append(["* MS-DRGs 998 and 999 contain cases that could not be assigned to valid DRGs."])
    catalogue, done = loaded(tmp_path, {"CMS-1833-F Table 5.xlsx": workbook(rows, numbers=True)})
    assert done.releases[0].rows == 6
    [row] = rows_of(catalogue, "003")
    assert (row.mdc, row.weight) == ("PRE", Decimal("21.2252"))
    assert rows_of(catalogue, "470")[0].mdc == "08"


def test_a_correction_notice_goes_before_the_rule(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "CMS-1833-CN Table 5.txt": TABLE_5.replace("1.9289\t1.9289", "1.9563\t1.9563"),
        "CMS-1833-F Table 5.txt": TABLE_5,
    }
    catalogue, done = loaded(tmp_path, files)
    assert [source.name for source in done.releases[0].sources] == ["CMS-1833-CN Table 5.txt"]
    assert rows_of(catalogue, "470")[0].weight == Decimal("1.9563")


def test_a_proposed_rule_pays_nothing(tmp_path: Path) -> None:
    refused = refusal(tmp_path, {"CMS-1833-P Table 5.txt": TABLE_5.replace("Final", "Proposed")})
    assert "proposed rule" in refused.reason


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "reason"),
    [
        ("MDC\tTYPE", "TYPE\tMDC", 3, "type", "'type' where the mdc belongs"),
        ("Weights - 10% Cap Applied ", "Points", 3, "points", "'points' where the weight belongs"),
        ("7.1757", "7.l757", 5, "weight", "is not a number"),
        ("470\tYes", "470\tPerhaps", 6, "post_acute", "neither Yes nor No"),
        ("989\tYes", "470\tYes", 7, "MS-DRG", "470 is there twice"),
        ("989\tYes", "98X\tYes", 7, "MS-DRG", "is not an MS-DRG"),
        ("010\tNo\tNo\tPRE\tSURG", "010\tNo\tNo\tPRE\tSURGERY", 5, "type", "neither SURG nor MED"),
        ("470\tYes\tNo\t08", "470\tYes\tNo\tHIP", 6, "mdc", "is not an MDC"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, line: int, column: str, reason: str
) -> None:
    assert TABLE_5.count(before) == 1
    refused = refusal(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5.replace(before, after)})
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_a_line_below_the_notes_is_refused(tmp_path: Path) -> None:
    note = "* The weight of a DRG with few cases is kept.\t\t\t\t\t\t\t\t\t\r\n"
    refused = refusal(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5.replace("470\t", f"{note}470\t")})
    assert (refused.line, "below its notes" in refused.reason) == (7, True)


def test_a_table_that_is_cut_off_changes_nothing(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5})
    before = catalogue.releases()
    whole_lines = TABLE_5[: TABLE_5.index("998\t")]
    assert (
        "999, the last of every table, is missing" in refusal(tmp_path, {"CMS-1833-F Table 5.txt": whole_lines}).reason
    )
    assert "cut off" in refusal(tmp_path, {"CMS-1833-F Table 5.txt": TABLE_5[:-40]}).reason
    assert catalogue.releases() == before
