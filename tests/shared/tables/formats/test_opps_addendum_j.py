"""OPPS Addendum J: ranks and complexity adjustments, in CMS's layout; figures are invented where no source is named."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import Catalogue, NoRelease, Tables, opps
from shared.tables.documents import Document
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.formats.opps_addenda import OppsAddenda
from shared.tables.formats.opps_addendum_j import OppsAddendumJ
from tests.shared.tables.quarterly_files import loaded, refusal, tables_of

DAY = date(2025, 2, 3)
NAME = "2025 NFRM Addendum J.xlsx"
RANK_TITLES = ["HCPCS Code", "Short Descriptor", "SI", "APC", "Claims", "Rank for Primary Assignment"]
PAIR_TITLES = [
    "Primary HCPCS Code",
    "Primary Short Descriptor",
    "Primary SI",
    "Primary APC Assignment",
    "Secondary J1 or Add-on HCPCS Code",
    "Secondary Short Descriptor",
    "Secondary SI",
    "Complexity Adjusted HCPCS Assignment",
    "Complexity Adjusted APC Assignment",
]
RANKS = [["29881", "", "J1", "5113", "100", "412"], ["27447", "", "J1", "5115", "90", "77"]]
PAIRS = [["27447", "", "J1", "5115", "29881", "", "J1", "2744A", "5116"]]


def book(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def addendum(ranks: Sequence[Sequence[str]] = RANKS, pairs: Sequence[Sequence[str]] = PAIRS) -> bytes:
    return book(
        {
            "Overview": [["Addendum J.-Comprehensive APCs for CY 2025"]],
            "Rank for Primary Assignment": [["Rank for Primary Assignment, CY 2025"], RANK_TITLES, *ranks],
            "Complexity Adjustments": [["Complexity Adjustments, CY 2025"], PAIR_TITLES, *pairs],
        }
    )


def tables(folder: Path, content: bytes) -> Tables:
    catalogue, _done = loaded(folder, {NAME: content})
    return tables_of(catalogue)


def test_both_sheets_are_read_for_their_calendar_year(tmp_path: Path) -> None:
    view = tables(tmp_path, addendum())
    assert (opps.rank(view, "27447", DAY).rank, opps.rank(view, "29881", DAY).rank) == (77, 412)
    found = opps.complexity_adjustment(view, "27447", "29881", DAY)
    assert (found.apc, found.release.table, found.release.name) == ("5116", "opps.complexity_adjustments", "CY2025")
    assert found.release.covers_through == date(2025, 12, 31)


def test_a_pair_has_an_order_and_an_unknown_one_changes_nothing(tmp_path: Path) -> None:
    view = tables(tmp_path, addendum())
    assert opps.complexity_adjustment(view, "29881", "27447", DAY).apc is None
    assert opps.rank(view, "99213", DAY).rank is None


def test_it_is_not_taken_for_addendum_a_or_b() -> None:
    document = Document(NAME, addendum())
    assert OppsAddendumJ().recognises(document)
    assert not OppsAddenda().recognises(document)


def test_pairs_without_an_adjusted_apc_and_codes_without_a_rank_are_not_kept(tmp_path: Path) -> None:
    ranks = [*RANKS, ["29880", "", "J1", "5113", "0", "N/A"]]
    pairs = [*PAIRS, ["29881", "", "J1", "5113", "27447", "", "J1", "", ""]]
    catalogue, done = loaded(tmp_path, {NAME: addendum(ranks, pairs)})
    assert {release.table: release.keys for release in done.releases} == {
        "opps.ranks": 2,
        "opps.complexity_adjustments": 1,
    }
    assert opps.rank(tables_of(catalogue), "29880", DAY).rank is None


def test_text_files_of_one_sheet_each_are_read_as_well(tmp_path: Path) -> None:
    files = {
        "2025 NFRM Addendum J ranks.csv": "\n".join(",".join(row) for row in [RANK_TITLES, *RANKS]) + "\n",
        "2025 NFRM Addendum J pairs.txt": "\n".join("\t".join(row) for row in [PAIR_TITLES, *PAIRS]) + "\n",
    }
    catalogue, _done = loaded(tmp_path, files)
    assert opps.rank(tables_of(catalogue), "27447", DAY).rank == 77
    assert opps.complexity_adjustment(tables_of(catalogue), "27447", "29881", DAY).apc == "5116"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (addendum([*RANKS, ["29881", "", "J1", "5113", "1", "9"]]), "29881 is there twice"),
        (addendum([["29881", "", "J1", "5113", "1", "high"]]), "'high' is not a whole number"),
        (addendum([["2988", "", "J1", "5113", "1", "5"]]), "'2988' is not a HCPCS code"),
        (addendum(pairs=[[*PAIRS[0][:8], "J1"]]), "'J1' is not an APC"),
        (addendum(pairs=[*PAIRS, [*PAIRS[0][:8], "5117"]]), "27447 29881 has another APC in a line before"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert refusal(tmp_path, {NAME: content}).reason == reason


def test_a_file_that_does_not_say_its_year_is_asked_for_it(tmp_path: Path) -> None:
    content = book({"Ranks": [RANK_TITLES, *RANKS]})
    assert "--effective" in refusal(tmp_path, {"J.xlsx": content}).reason
    catalogue, _done = loaded(tmp_path, {"J.xlsx": content}, Asked(effective=date(2024, 1, 1)))
    assert opps.rank(tables_of(catalogue), "27447", date(2024, 6, 1)).rank == 77


def test_the_editor_answers_where_no_addendum_is_loaded(embedded_tables: Tables, tmp_path: Path) -> None:
    """I/OCE of 2026Q1: cochlear implantation has the second rank. Addendum J goes before it where it is loaded."""
    found = opps.rank(embedded_tables, "69930", date(2026, 2, 3))
    assert (found.rank, found.release.table) == (2, "ioce.comprehensive")
    catalogue, _done = loaded(tmp_path, {NAME: addendum()})
    both = tables_of(catalogue, Catalogue(embedded_folder()))
    assert opps.rank(both, "27447", DAY).release.table == "opps.ranks"
    assert opps.rank(both, "27447", date(2026, 2, 3)).release.table == "ioce.comprehensive"
    with pytest.raises(NoRelease):
        opps.rank(tables_of(catalogue), "27447", date(2026, 2, 3))
