"""Files of the small code sets: read as published, refused whole where they are not."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import Catalogue, codes
from shared.tables.codes import CodeRow
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.place_of_service import PlaceOfServiceCodeSet
from shared.tables.formats.taxonomy import ProviderTaxonomy
from shared.tables.formats.ub04 import Ub04CodeSets
from shared.tables.formats.x12_codes import X12CodeList
from shared.tables.loading import load
from shared.tables.spans import FOREVER

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/codes"

CARC = """Code,Description,Start Date,Last Modified,Stop Date,Notes
1,(wording),01/01/1995,,,
4,"(wording, with a comma)",01/01/1995,03/01/2020,,
17,(wording),01/01/1995,09/21/2008,07/01/2009,(note)
B7,(wording),01/01/1995,07/01/2017,,
"""
RARC = """code,description,effective_date,deactivation_date,last_modified_date,notes
M1,(wording),01/01/1997,,,
MA02,(wording),01/01/1997,07/01/2009,04/01/2007,
N891,(wording),11/01/2023,,,
"""
PLACES = """Place of Service Code(s),Place of Service Name,Place of Service Description
01,Pharmacy **,"A place. (Effective October 1, 2003) (Revised, effective October 1, 2005)"
11,Office,A place.
28-30,Unassigned,N/A
66,PACE Center,A place. (Effective 8/1/24)
"""
TAXONOMY = """Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section
193200000X,Group,Multi-Specialty,,(definition),(note),Multi-Specialty Group,Individual
207RC0000X,Physicians,Internal Medicine,Cardiovascular Disease,(definition),,(display name),Individual
"""
UB04 = """set,code,description,effective,end
revenue,0360,(licensed wording),2003-10-01,
revenue,0161,(licensed wording),2022-07-01,
condition,44,(licensed wording),2004-04-01,
condition,G0,(licensed wording),2000-01-01,2020-12-31
"""


def document(content: str, name: str = "list.csv") -> Document:
    return Document(name, content.encode())


def workbook(rows: Iterable[Sequence[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def read(format_: Format, given: Document, asked: Asked | None = None) -> list[Reading[CodeRow]]:
    assert format_.recognises(given)
    return list(format_.read([given], asked or Asked()))


def rows(reading: Reading[CodeRow]) -> dict[str, CodeRow]:
    return dict(reading.rows)


def refused(format_: Format, content: str, name: str = "list.csv") -> RefusedFile:
    with pytest.raises(RefusedFile) as caught:
        read_whole(format_, document(content, name))
    return caught.value


def read_whole(format_: Format, given: Document) -> None:
    for reading in format_.read([given], Asked()):
        list(reading.rows)


def test_adjustment_reasons_with_their_history():
    [reading] = read(X12CodeList(), document(CARC))
    assert reading.table is codes.CARC
    assert rows(reading)["4"] == CodeRow(
        date(1995, 1, 1), description="(wording, with a comma)", modified=date(2020, 3, 1)
    )
    assert rows(reading)["17"].last == date(2009, 6, 30)  # "Stop: 07/01/2009" is the day on which it is gone
    assert (reading.span.name, reading.span.last) == ("2020-03-01", FOREVER)
    assert reading.history_from == date(1995, 1, 1)


def test_remarks_under_the_titles_of_the_washington_publishing_company():
    [reading] = read(X12CodeList(), document(RARC))
    assert reading.table is codes.RARC
    assert rows(reading)["MA02"].last == date(2009, 6, 30)


@pytest.mark.parametrize(
    ("listed", "name", "table"),
    [
        (("A0", "F3N", "R10", "DR01"), "list.csv", codes.CLAIM_STATUS_CATEGORIES),
        (("0", "19", "562"), "list.csv", codes.CLAIM_STATUSES),
        (("1", "45", "P14"), "list.csv", codes.CARC),
        (("1", "2", "3"), "carc-2026-11.csv", codes.CARC),
    ],
)
def test_a_list_is_told_by_its_name_or_its_codes(listed: Sequence[str], name: str, table: object):
    lines = "".join(f"{code},(wording),01/01/1995,,\n" for code in listed)
    [reading] = read(X12CodeList(), document(f"Code,Description,Start,Stop,Last Modified\n{lines}", name))
    assert reading.table is table


def test_a_spreadsheet_names_its_list_above_the_titles():
    sheet = [
        ("Claim Status Codes",),
        ("Code", "Description", "Start", "Last Modified", "Stop"),
        ("562", "(wording)", "01/30/2011", "", ""),
    ]
    [reading] = read(X12CodeList(), Document("507.xlsx", workbook(sheet)))
    assert (reading.table, list(rows(reading))) == (codes.CLAIM_STATUSES, ["562"])


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (CARC.replace("01/01/1995,03/01/2020", "soon,03/01/2020"), 3, "not a day"),
        (CARC.replace("B7", "B7!"), 5, "not a code of codes.carc"),
        (CARC.replace("B7", "4"), 5, "stands twice"),
        (CARC.replace("07/01/2009", "01/01/1990"), 4, "ends before it begins"),
        (CARC.removesuffix(",07/01/2017,,\n") + "\n", 5, "cells where"),
        (CARC.removesuffix("\n"), 5, "cut off"),
        (CARC.replace("Stop Date", "Until"), None, "no row has the titles"),
        (CARC.replace("Notes", "Code"), 1, "stands twice"),
    ],
)
def test_a_list_that_is_not_as_published_is_refused(content: str, line: int | None, reason: str):
    error = refused(X12CodeList(), content, "carc.csv")
    assert error.line == line
    assert reason in str(error)


def test_places_of_service_with_the_day_that_their_description_names():
    [reading] = read(PlaceOfServiceCodeSet(), document(PLACES))
    found = rows(reading)
    assert {code: row.first for code, row in found.items()} == {
        "01": date(2003, 10, 1),
        "11": date(2003, 1, 1),
        "66": date(2024, 8, 1),
    }
    assert found["01"].label == "Pharmacy"
    assert reading.span.name == "2024-08-01"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (PLACES.replace("11,Office", "1X,Office"), 3, "not a place of service"),
        (PLACES.replace("11,Office,A place.", "11,Office,"), 3, "is empty"),
        (PLACES.replace("8/1/24", "13/1/24"), 5, "not a day"),
        (PLACES.replace("66,", "01,"), 5, "stands twice"),
        (PLACES[:-20], 5, "cut off"),
    ],
)
def test_places_of_service_that_are_not_as_published_are_refused(content: str, line: int, reason: str):
    error = refused(PlaceOfServiceCodeSet(), content)
    assert (error.line, reason in str(error)) == (line, True)


PAGE = """<!DOCTYPE html>
<html><body><h1>Place of Service Code Set</h1><p>Listed below are codes.</p><table><tr><td>Other</td></tr></table>
<table class="table"><thead><tr><th>Place of Service Code(s)</th><th>Place of Service Name</th>
<th>Place of Service<br>Description</th></tr></thead>
<tbody><tr><th scope="row">23</th><td>Emergency Room &ndash; Hospital</td><td>A portion of a hospital.</td></tr>
<tr><th scope="row">28-30</th><td>Unassigned</td><td>N/A</td></tr>
<tr><th scope="row">27</th><td>Outreach Site/<br>Street</td><td><p>A location.</p>(Effective October 1, 2023)</td></tr>
</tbody></table></body></html>
"""


def test_places_of_service_from_the_page_as_it_is():
    [reading] = read(PlaceOfServiceCodeSet(), document(PAGE, "code-sets"))
    assert [(code, row.label, row.first) for code, row in reading.rows] == [
        ("23", "Emergency Room \u2013 Hospital", date(2003, 1, 1)),
        ("27", "Outreach Site/ Street", date(2023, 10, 1)),
    ]


def test_a_page_that_is_cut_off_is_refused():
    error = refused(PlaceOfServiceCodeSet(), PAGE.partition("</tbody>")[0], "code-sets")
    assert "cut off" in str(error)
    assert not PlaceOfServiceCodeSet().recognises(document("<html><table><tr><td>Code</td></tr></table></html>"))


def test_the_taxonomy_is_named_and_dated_by_its_file():
    """NUCC: what is published in July is in effect from October 1, what in January from April 1."""
    [july] = read(ProviderTaxonomy(), document(TAXONOMY, "nucc_taxonomy_251.csv"))
    [january] = read(ProviderTaxonomy(), document(TAXONOMY, "nucc_taxonomy_260.csv"))
    assert (july.span.name, july.span.first) == ("25.1", date(2025, 10, 1))
    assert (january.span.name, january.span.first) == ("26.0", date(2026, 4, 1))
    found = rows(july)["207RC0000X"]
    assert isinstance(found, codes.TaxonomyRow)
    assert (found.label, found.classification, found.specialization) == (
        "(display name)",
        "Internal Medicine",
        "Cardiovascular Disease",
    )


@pytest.mark.parametrize(
    ("content", "name", "line", "reason"),
    [
        (TAXONOMY.replace("207RC0000X", "207RC0000"), "nucc_taxonomy_251.csv", 3, "not a taxonomy code"),
        (TAXONOMY.replace("207RC0000X", "193200000X"), "nucc_taxonomy_251.csv", 3, "stands twice"),
        (TAXONOMY.replace(",Physicians,", ",,"), "nucc_taxonomy_251.csv", 3, "is empty"),
        (TAXONOMY, "taxonomy.csv", None, "does not say when it takes effect"),
    ],
)
def test_a_taxonomy_that_is_not_as_published_is_refused(content: str, name: str, line: int | None, reason: str):
    error = refused(ProviderTaxonomy(), content, name)
    assert (error.line, reason in str(error)) == (line, True)


def test_ub04_code_sets_of_one_file_are_one_release_each():
    revenue, condition = read(Ub04CodeSets(), document(UB04))
    assert (revenue.table, revenue.span.name) == (codes.REVENUE, "2022-07-01")
    assert rows(condition)["G0"].last == date(2020, 12, 31)
    assert rows(condition)["44"] == CodeRow(date(2004, 4, 1), label="(licensed wording)")


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (UB04.replace("revenue,0161", "weather,0161"), 3, "is none of"),
        (UB04.replace("0360", "360"), 2, "not a code of codes.revenue"),
        (UB04.replace("2020-12-31", "1999-12-31"), 5, "ends before it begins"),
        (UB04.replace("2004-04-01", ""), 4, "is empty"),
    ],
)
def test_ub04_code_sets_that_contradict_themselves_are_refused(content: str, line: int, reason: str):
    error = refused(Ub04CodeSets(), content)
    assert (error.line, reason in str(error)) == (line, True)


@pytest.mark.parametrize("format_", [X12CodeList(), PlaceOfServiceCodeSet(), ProviderTaxonomy(), Ub04CodeSets()])
@pytest.mark.parametrize("content", ["", "The code has a description, a start, a stop\n", "\x00\x01", "a,b\n"])
def test_other_files_are_not_recognised(format_: Format, content: str):
    assert not format_.recognises(document(content))


def test_the_active_release_stays_where_a_file_is_refused(tmp_path: Path):
    catalogue, file = Catalogue(tmp_path / "tables"), tmp_path / "nucc_taxonomy_251.csv"
    file.write_text(TAXONOMY, encoding="utf-8")
    load(file, catalogue, Asked(), AT, formats=[ProviderTaxonomy()])
    before = catalogue.releases()
    file.write_text(TAXONOMY.replace("207RC0000X", "?"), encoding="utf-8")
    with pytest.raises(RefusedFile):
        load(file, catalogue, Asked(), AT, formats=[ProviderTaxonomy()])
    assert catalogue.releases() == before
    assert not catalogue.verify()


@pytest.mark.reference
@pytest.mark.parametrize(("kind", "table", "count"), [("CARC", codes.CARC, 405), ("RARC", codes.RARC, 1171)])
def test_the_whole_lists_of_2024(kind: str, table: object, count: int):
    path = REFERENCE / "carc_rarc_2024.csv"
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with path.open(encoding="utf-8") as file:
        known = [row for row in csv.DictReader(file) if row["adj_type"] == kind]
    lines = "".join(
        f"{row['adj_code']},(wording),{row['adj_start_date']},{row['adj_last_modified']},{row['adj_end_date']}\n"
        for row in known
    )
    given = document(f"Code,Description,Start,Last Modified,Stop\n{lines}", f"{kind}.csv")
    [reading] = read(X12CodeList(), given)
    assert (reading.table, len(rows(reading))) == (table, count)
