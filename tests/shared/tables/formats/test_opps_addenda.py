"""OPPS Addenda A, B, D1 and E. Lines without another word are CMS's of CY2025, descriptors of CPT codes left out."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables import Tables, ioce, opps
from shared.tables.documents import Document
from shared.tables.formats import Asked
from shared.tables.formats.opps_addenda import OppsAddenda
from shared.tables.opps import ApcRow, ProcedureRow
from tests.shared.tables.quarterly_files import loaded, refusal, tables_of, workbook

DAY = date(2025, 2, 3)
B_NAME = "January 2025 Addendum B.csv"
B_TITLES = (
    "HCPCS Code,Short Descriptor, CI, SI, APC ,Relative Weight,Payment Rate,National Unadjusted Copayment,"
    "Minimum Unadjusted Copayment,IRA Coinsurance percentage ,Adjusted Beneficiary Copayment,"
    "Drug and Device Pass-Through Expiration during Calendar Year,Note"
)
B_LINES = """\
00100,,,N,,,,,,,,,
0018M,,,Q4 ,,,,,,,,,
10004,(descriptor),,N,,,,,,,,,
29881,(descriptor),,J1,5113,36.3872,"$3,244.61",.,$648.93,,,,
A4341\xff,Iduc valve pat inst repl,,N,,,,,,,,,
J0175,"Inj, donanemab-azbt, 2 mg",NI,G,0765,,$4.094 ,.,$0.82,20.000%,$0.82,,
"""
B_FILE = (
    ",Addendum B.-Final OPPS Payment by HCPCS Code for CY 2025,,,,,,,,,,,\r\n"
    ",CPT codes and descriptions only are copyright (year) American Medical Association.,,,,,,,,,,,\r\n"
    f",,,,,,,,,,,,\r\n{B_TITLES}\r\n{B_LINES}"
    "Inflation-adjusted coinsurance may not precisely reflect the copayment amount.,,,,,,,,,,,,\r\n"
)
A_NAME = "January 2025 Addendum A.txt"
A_FILE = (
    "\tAddendum A.- OPPS APCs for CY 2025\t\t\t\t\t\t\t\t\t\r\n"
    "APC \tGroup Title\tSI\tRelative Weight \tPayment Rate \tNational Unadjusted Copayment\t"
    "Minimum Unadjusted Copayment\tIRA Coinsurance percentage \tAdjusted Beneficiary Copayment\t"
    "Drug and Device Pass-Through Expiration during Calendar Year\tNote\r\n"
    '0701\tSr89 strontium\tK\t\t"$1,740.720"\t.\t$348.15\t20.000%\t$348.15\t\t\r\n'
    '0713\tInj roctavian ml 2x10^13vc g\tG\t\t"$12,007.813"\t.\t"$2,401.57"\t20.000%\t"$1,632.00"\t\t'
    '"Copayments capped at inpatient deductible of $1,632.00."\r\n'
    '5113\tLevel 3 Musculoskeletal Procedures\tJ1\t36.3872\t"$3,244.61"\t.\t$648.93\t\t\t\t\r\n'
)
D1_FILE = (
    "\tADDENDUM D1.- OPPS PAYMENT STATUS INDICATORS FOR CY 2025\t\r\n"
    "Status Indicator\tItem/Code/Service\tOPPS Payment Status\r\n"
    "J1\tHospital Part B Services Paid Through a Comprehensive APC\tPaid under OPPS; all covered.\r\n"
    "\t\t\r\n"
    "\t  *  Ambulance Services\tNot subject to  coinsurance.\r\n"
    "Y\tNon-Implantable Durable Medical Equipment\tNot paid under OPPS.\r\n"
    '\t"* Note -- Payments ""under a fee schedule"" may be contractor priced."\t\r\n'
)
E_FILE = (
    "Addendum E.-Final HCPCS Codes That Will Be Paid Only as Inpatient Procedures for CY 2025,,,\r\n"
    "HCPCS Code,Short Descriptor,CI,SI\r\n00176,(descriptor),,C\r\n0656T,(descriptor),NI,C \r\n"
)


def addendum_b(tables: Tables) -> dict[str, ProcedureRow]:
    return {code: rows[0] for code, rows in tables.on(opps.PROCEDURES, DAY).store.items()}


def test_addendum_b_has_status_indicator_apc_and_amounts(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {B_NAME: B_FILE})
    release = done.releases[0]
    assert (release.table, release.name, release.keys) == ("opps.procedures", "2025Q1", 6)
    assert (release.covers_from, release.covers_through) == (date(2025, 1, 1), date(2025, 3, 31))
    rows = addendum_b(tables_of(catalogue))
    assert rows["29881"] == ProcedureRow(
        status_indicator="J1",
        weight=Decimal("36.3872"),
        rate=Decimal("3244.61"),
        copayment=None,
        minimum_copayment=Decimal("648.93"),
        coinsurance=None,
        adjusted_copayment=None,
        pass_through_expires="",
        note="",
        apc="5113",
    )
    assert rows["0018M"].status_indicator == "Q4"
    assert rows["00100"].apc is None
    drug = rows["J0175"]
    assert (drug.rate, drug.coinsurance, drug.comment_indicator) == (Decimal("4.094"), Decimal("20.000"), "NI")


def test_descriptors_are_kept_of_level_two_alone(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {B_NAME: B_FILE})
    rows = addendum_b(tables_of(catalogue))
    assert rows["A4341"].short == "Iduc valve pat inst repl"
    assert rows["10004"].short == ""


def test_a_workbook_with_numbers_for_text_has_the_same_rows(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path / "text", {B_NAME: B_FILE})
    from_text = addendum_b(tables_of(catalogue))
    book: list[list[str | float]] = [list(row) for row in csv.reader(io.StringIO(B_FILE))]
    book[3] = [str(title).strip().replace(" ", "\n") for title in book[3]]
    for row in book[4:-1]:
        row[0] = str(row[0]).replace("\xff", "\xa0")
        for column in range(4, 11):
            cell = str(row[column]).strip("$ ").replace(",", "")
            if cell.endswith("%"):
                row[column] = float(cell[:-1]) / 100
            elif cell and cell != ".":
                row[column] = float(cell)
    catalogue, _done = loaded(tmp_path / "book", {"2025_january_web_addendum_b.12312024.xlsx": workbook(book)})
    assert addendum_b(tables_of(catalogue)) == from_text


def test_a_year_without_the_newer_columns_is_read(tmp_path: Path) -> None:
    """The titles of "January 2020 Addendum B"; the line is of CY2025."""
    file = (
        "Addendum B.-OPPS Payment by HCPCS Code for CY 2020\r\n"
        "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,"
        'Minimum Unadjusted Copayment,"Note: Actual copayments would be lower due to the cap on copayments at the '
        'Inpatient Deductible of $1,408.00","* Indicates a Change from the Previous Quarter"\r\n'
        '29881,(descriptor),J1,5113,36.3872,"$3,244.61",$1.00,$648.93,capped,*\r\n'
    )
    catalogue, done = loaded(tmp_path, {"January 2020 Addendum B CORRECTION.02042020.csv": file})
    assert done.releases[0].name == "2020Q1"
    found = opps.procedure(tables_of(catalogue), "29881", date(2020, 1, 1))
    assert (found.apc, found.rate, found.copayment) == ("5113", Decimal("3244.61"), Decimal("1.00"))
    assert found.addendum is not None
    assert found.addendum.note == "capped"


def test_addendum_a_has_the_apcs(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {A_NAME: A_FILE})
    assert [(release.table, release.keys) for release in done.releases] == [("opps.apcs", 3)]
    found = opps.apc(tables_of(catalogue), "0713", DAY)
    assert found.addendum == ApcRow(
        status_indicator="G",
        weight=None,
        rate=Decimal("12007.813"),
        copayment=None,
        minimum_copayment=Decimal("2401.57"),
        coinsurance=Decimal("20.000"),
        adjusted_copayment=Decimal("1632.00"),
        pass_through_expires="",
        note="Copayments capped at inpatient deductible of $1,632.00.",
        title="Inj roctavian ml 2x10^13vc g",
    )


def test_addendum_d1_keeps_items_and_their_payment_side_by_side(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"2025 NFRM Addendum D1.txt": D1_FILE})
    assert (done.releases[0].name, done.releases[0].keys) == ("CY2025", 2)
    row = tables_of(catalogue).on(opps.STATUS_INDICATORS, DAY).store.rows("J1")[0]
    assert row.lines == (
        ("Hospital Part B Services Paid Through a Comprehensive APC", "Paid under OPPS; all covered."),
        ("* Ambulance Services", "Not subject to coinsurance."),
    )
    found = opps.status_indicator(tables_of(catalogue), "Y", DAY)
    assert (found.item, found.payment) == ("Non-Implantable Durable Medical Equipment", "Not paid under OPPS.")


def test_addendum_e_has_the_codes_of_the_year(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"2025 NFRM Addendum E.csv": E_FILE})
    assert [(release.table, release.name) for release in done.releases] == [("opps.inpatient_only", "CY2025")]
    tables = tables_of(catalogue)
    assert opps.is_inpatient_only(tables, "0656T", DAY)
    assert not opps.is_inpatient_only(tables, "99213", DAY)


def test_all_addenda_of_a_final_rule_load_together(tmp_path: Path) -> None:
    files = {
        "2025-nfrm-opps-addenda/2025 NFRM Addendum A.txt": A_FILE,
        "2025-nfrm-opps-addenda/2025 NFRM Addendum B.csv": B_FILE,
        "2025-nfrm-opps-addenda/2025 NFRM Addendum D1.txt": D1_FILE,
        "2025-nfrm-opps-addenda/2025 NFRM Addendum E.csv": E_FILE,
    }
    _catalogue, done = loaded(tmp_path, files)
    assert sorted((release.table, release.name) for release in done.releases) == [
        ("opps.apcs", "2025Q1"),
        ("opps.inpatient_only", "CY2025"),
        ("opps.procedures", "2025Q1"),
        ("opps.status_indicators", "CY2025"),
    ]


def test_a_quarterly_file_without_its_name_needs_its_day(tmp_path: Path) -> None:
    """Its titles say the year alone, in each of the four quarters."""
    assert "--effective" in refusal(tmp_path, {"b.csv": B_FILE}).reason
    _catalogue, done = loaded(tmp_path, {"b.csv": B_FILE}, Asked(effective=date(2025, 7, 1)))
    assert done.releases[0].name == "2025Q3"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("29881,,,J1,5113,1,2,.,3,,,,", "code", "29881 is listed twice"),
        ("2988,,,J1,5113,1,2,.,3,,,,", "code", "'2988' is not a code"),
        ("29882,,,,5113,1,2,.,3,,,,", "status indicator", "is empty"),
        ("29882,,,5113,J1,1,2,.,3,,,,", "status indicator", "'5113' is not a status indicator"),
        ("29882,,XX,J1,5113,1,2,.,3,,,,", "comment indicator", "'XX' is not a comment indicator"),
        ("29882,,,J1,51130,1,2,.,3,,,,", "apc", "'51130' is not the number of an APC"),
        ("29882,,,J1,5113,1,free,.,3,,,,", "rate", "'free' is not a number"),
        ("29882,,,J1,5113,1,-2,.,3,,,,", "rate", "is less than nothing"),
        ("29882,,,J1", None, "4 cells where 13 belong"),
        ("29882", None, "1 cells where 13 belong"),
    ],
)
def test_a_bad_line_is_refused(tmp_path: Path, line: str, column: str | None, reason: str) -> None:
    refused = refusal(tmp_path, {B_NAME: B_FILE.replace(B_LINES, f"{B_LINES}{line}\r\n")})
    assert (refused.line, refused.column) == (11, column)
    assert reason in refused.reason


@pytest.mark.parametrize(
    "titles",
    [
        "APC,Group Title,HCPCS Code,Short Descriptor,SI,Relative Weight,Payment Rate,National Unadjusted Copayment,"
        "Minimum Unadjusted Copayment",
        "HCPCS Code,Short Descriptor,Subject to Multiple Procedure Discounting,Payment Indicator,Payment Rate",
        "Addendum EE.- Surgical Procedures Excluded from Payment in ASCs\r\nHCPCS Code,Short Descriptor",
    ],
    ids=["C", "AA", "EE"],
)
def test_other_addenda_are_not_taken_for_one_of_these(titles: str) -> None:
    """Addendum C has the codes of each APC; AA and EE are of ambulatory surgical centres."""
    assert not OppsAddenda().recognises(Document("addendum.csv", f"{titles}\r\n".encode()))


@pytest.mark.parametrize(("title", "column"), [("Payment Rate", "rate"), (" SI,", "status indicator")])
def test_a_missing_column_is_refused(tmp_path: Path, title: str, column: str) -> None:
    refused = refusal(tmp_path, {B_NAME: B_FILE.replace(title, "Other,", 1)})
    assert (refused.line, refused.column) == (4, column)


def test_a_file_that_is_cut_off_is_refused_and_the_active_release_stays(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {B_NAME: B_FILE})
    refused = refusal(tmp_path, {"April 2025 Addendum B.csv": B_FILE[: B_FILE.index("A4341") + 12]})
    assert "cut off" in refused.reason
    assert opps.procedure(tables_of(catalogue), "29881", DAY).release.name == "2025Q1"


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        (D1_FILE.replace("Y\tNon", "J1\tNon"), 6, "J1 is listed twice"),
        (D1_FILE.replace("J1\tHospital", "\tHospital"), 3, "is empty"),
        (D1_FILE.replace("Y\tNon", "YY\tNon"), 6, "'YY' is not a status indicator"),
    ],
)
def test_a_wrong_addendum_d1_is_refused(tmp_path: Path, file: str, line: int, reason: str) -> None:
    refused = refusal(tmp_path, {"2025 NFRM Addendum D1.txt": file})
    assert (refused.line, refused.column) == (line, "status indicator")
    assert reason in refused.reason


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[5] / "shared")) / "data" / "fees"
_FILES = {
    B_NAME: "opps_addendum_b_2025.csv",
    A_NAME: "opps_addenduma_apcs_cy2025.txt",
    "2025 NFRM Addendum D1.txt": "opps_addendumd1_status_indicators_cy2025.txt",
}


@pytest.fixture
def addenda_of_2025(tmp_path: Path) -> Tables:
    if not REFERENCE.exists():
        pytest.skip("the reference data is not beside the checkout")
    catalogue, _done = loaded(tmp_path, {name: (REFERENCE / file).read_bytes() for name, file in _FILES.items()})
    return tables_of(catalogue)


@pytest.mark.reference
def test_the_addenda_of_2025_load_whole(addenda_of_2025: Tables) -> None:
    keys = {release.table: release.keys for release in addenda_of_2025.releases()}
    assert keys == {"opps.procedures": 17_858, "opps.apcs": 994, "opps.status_indicators": 28}
    with (REFERENCE / "opps_addendume_inpatient_only_cy2025_codes.csv").open() as file:
        inpatient_only = {row["hcpcs"] for row in csv.DictReader(file)}
    marked = {code for code, row in addendum_b(addenda_of_2025).items() if row.status_indicator == "C"}
    assert marked == inpatient_only


# Where the I/OCE of 2025Q1 (v26.0, January 2025) has another status indicator than Addendum B of the final rule
# (November 2024): code, in Addendum B, in the I/OCE.
_DIFFERENT: Sequence[tuple[str, str, str]] = (
    ("0211U", "E1", "A"),
    ("0464U", "E1", "A"),
    ("15013", "T", "S"),
    ("90593", "E1", "M"),
    ("90624", "E1", "M"),
    ("98980", "B", "A"),
    ("98981", "B", "A"),
    ("C8002", "T", "S"),
    ("C9734", "D", "J1"),
    ("G0068", "A", "M"),
    ("G0069", "A", "M"),
    ("G0070", "A", "M"),
    ("G0088", "A", "M"),
    ("G0089", "A", "M"),
    ("G9919", "D", "E1"),
    ("G9920", "D", "E1"),
    ("J1171", "K", "N"),
    ("J9198", "K", "E1"),
)


@pytest.mark.reference
def test_the_editor_has_the_status_indicators_and_apcs_of_addendum_b(
    addenda_of_2025: Tables, embedded_tables: Tables
) -> None:
    different, other_apc, both = [], [], 0
    for code, row in addendum_b(addenda_of_2025).items():
        known = ioce.procedure(embedded_tables, code, DAY).row
        if known is None:
            continue
        both += 1
        if known.status_indicator != row.status_indicator:
            different.append((code, row.status_indicator, known.status_indicator))
        if known.apc != row.apc:
            other_apc.append(code)
    assert both == 17_700
    assert different == list(_DIFFERENT)
    assert other_apc == ["15013", "C8002", "C9734", "J1171", "J9198"]


@pytest.mark.reference
def test_the_editor_has_the_rates_of_addendum_a_to_the_cent(addenda_of_2025: Tables, embedded_tables: Tables) -> None:
    rates = {apc: rows[0].rate for apc, rows in addenda_of_2025.on(opps.APCS, DAY).store.items()}
    priced = {apc: rate for apc, rate in rates.items() if rate is not None}
    assert len(priced) == 972
    for apc, rate in priced.items():
        known = ioce.apc(embedded_tables, apc, DAY).row
        assert known is not None
        assert abs(known.rate - rate) <= Decimal("0.005"), apc
