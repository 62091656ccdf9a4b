"""Files of the physician fee schedule in CMS's layouts, written by hand, and catalogues of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from shared.tables import Catalogue, Tables
from shared.tables.formats import Format
from shared.tables.formats.format import Asked
from shared.tables.formats.mpfs import RelativeValueFile
from shared.tables.formats.mpfs_localities import AnesthesiaFactors, GeographicIndices, LocalityCounties
from shared.tables.formats.mpfs_zip_codes import ZipCodeLocalities
from shared.tables.loading import Loaded, load

AT = datetime(2026, 11, 24, tzinfo=UTC)
FORMATS: tuple[Format, ...] = (
    RelativeValueFile(),
    GeographicIndices(),
    AnesthesiaFactors(),
    LocalityCounties(),
    ZipCodeLocalities(),
)

# Header and titles of PPRRVU25_JAN.csv (rvu25a.zip), the copyrights shortened.
_TITLES = """\
,,{year} National Physician Fee Schedule Relative Value File {month} Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,CPT codes and descriptions only are copyright 2024 American Medical Association.  All Rights Reserved. ,,,,,,,,,,,,,
,,Dental codes (D codes) are copyright 2025/26 American Dental Association.  All Rights Reserved.,,,,,,,,,,,,,,,,,,,,
,, ,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,RELEASED 12/23/2024,,,,,,,,,,,,,,,,,,,,,,,,,,,,
"""
_HEADER = """\
,, , ,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,
,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED
,,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS
,,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,\
TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,\
SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT
"""
# Lines of PPRRVU2025_Oct.csv.
LINES_2025 = """\
00100,,(descriptor),J,,0.00,0.00,,0.00,,0.00,0.00,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,9,,32.3465,09,0,99,0.00,0.00,0.00
45378,,(descriptor),A,,3.26,6.44,,1.79,,0.43,10.13,5.48,0,000,0.00,0.00,0.00,2,0,1,0,0,,32.3465,09,0,99,0.00,0.00,0.00
45378,53,"(descriptor, short)",A,,1.63,3.22,,0.90,,0.22,5.07,2.75,0,000,0.00,0.00,0.00,2,0,1,0,0,,32.3465,09,0,99,0.00,\
0.00,0.00
71046,,(descriptor),A,,0.22,0.77,,0.77,NA,0.02,1.01,1.01,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,09,0,99,2.76,2.76,0.05
71046,26,(descriptor),A,,0.22,0.08,,0.08,,0.01,0.31,0.31,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,09,0,99,0.00,0.00,0.00
71046,TC,(descriptor),A,,0.00,0.69,,0.69,NA,0.01,0.70,0.70,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,01,0,99,2.68,2.68,\
0.04
"""

GPCI_2025 = """\
ADDENDUM E. FINAL CY 2025 GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND MEDICARE LOCALITY,,,,,,
,,,,,,
Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,2025 PW GPCI (with 1.0 Floor),\
2025 PE GPCI,2025 MP GPCI
02102,AK,01,ALASKA*,1.5,1.081,0.592
04412,TX,09,BRAZORIA,1.014,1.006,0.795
"MAC Assignments as of November 22, 2023",,,,,,
,,,,,,
*Work GPCI reflects a 1.5 floor in Alaska established by the MIPPA.,,,,,,
"""

ANES_2025 = """\
Contractor,Locality,Locality Name,National Anes CF of 20.3178
10112 ,00 ,ALABAMA,19.31\x20
02102 ,01 ,ALASKA*,27.86\x20
04412 ,09 ,BRAZORIA,20.29\x20
,,,
"""

LOCCO_2025 = """\
COUNTIES INCLUDED IN 2025 LOCALITIES. (ALPHABETICALLY BY STATE AND LOCALITY NAME WITHIN STATE),,,,
,,,,
Medicare Adminstrative Contractor,Locality Number,State ,Fee Schedule Area ,Counties
,,,,
2102,1,ALASKA ,STATEWIDE ,ALL COUNTIES\x20
,,,,
4412,9,TEXAS ,BRAZORIA,BRAZORIA
4412,11,,DALLAS,DALLAS\x20
4412,11,,DALLAS,DALLAS
,,,,
*  Payment locality is serviced by two carriers.,,,,
"""


def a_relative_value_file(lines: str = LINES_2025, *, year: int = 2025, month: str = "October") -> str:
    """PPRRVU as CSV in the layout of CY2011 to CY2025."""
    return _TITLES.format(year=year, month=month) + _HEADER + lines


def of_2026(file: str, *, qpp: bool, factor: str) -> str:
    """The same file in the layout of CY2026: PRIC IND before ENDO BASE, and a conversion factor."""
    header, body = file.split("AMOUNT,AMOUNT,AMOUNT\n")
    header = header.replace("SURG,BASE,FACTOR", "SURG,IND,BASE,FACTOR").replace("TEAM,ENDO", "TEAM,PRIC,ENDO")
    body = body.replace(",,32.3465,", f",{'1' if qpp else '9'},,{factor},")
    return f"{header}AMOUNT,AMOUNT,AMOUNT\n{body}"


def workbook(rows: Sequence[Sequence[str]], *, numbers: bool = False) -> bytes:
    """An Excel file of one sheet with these rows."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_numbers": numbers}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def loaded(folder: Path, files: dict[str, str | bytes], *, asked: Asked | None = None) -> tuple[Catalogue, Loaded]:
    """A catalogue in `folder` with these files loaded into it."""
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content.encode() if isinstance(content, str) else content)
    catalogue = Catalogue(folder / "catalogue")
    return catalogue, load(given, catalogue, asked or Asked(), AT, formats=FORMATS)


def tables_of(catalogue: Catalogue) -> Tables:
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def fees_of_2025(folder: Path) -> Tables:
    """The fee schedule of October 2025 with a handful of codes and two localities."""
    files: dict[str, str | bytes] = {
        "PPRRVU2025_Oct.csv": a_relative_value_file(),
        "GPCI2025.csv": GPCI_2025,
        "ANES2025.csv": ANES_2025,
        "25LOCCO.csv": LOCCO_2025,
    }
    return tables_of(loaded(folder, files)[0])
