"""The loader of NCCI procedure-to-procedure edits, on small parts in the layout of CMS's files."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shared.tables import ncci
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile, UnknownFormat
from shared.tables.formats import Asked
from shared.tables.loading import Loaded, load
from shared.tables.ncci import PtpSpan
from shared.tables.tables import ReferenceTables, Tables

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
TITLES = (
    "CPT only copyright 2025 American Medical Association.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
MANUAL = "CPT Manual or CMS manual coding instruction"
MISUSE = "Misuse of Column Two code with Column One code"
FIRST = f"0001A\t0591T\t\t20220101\t20231231\t1\t{MANUAL}\r\n0001U\t0030U\t\t20180701\t*\t1\t{MISUSE}\r\n"
SECOND = (
    f"13121\t13120\t\t19960101\t19960101\t9\t{MANUAL}\r\n"
    f"13121\t13120\t*\t19960101\t*\t0\t{MANUAL}\r\n"
    f"17000\t17281\t\t19990701\t20041231\t1\tMutually exclusive procedures\r\n"
)
THIRD = f"45378\t45330\t\t20100101\t*\t0\t{MISUSE}\r\n"
FOURTH = f"99291\t94002\t\t20000101\t20091231\t0\t{MISUSE}\r\n99291\t94002\t\t20150101\t*\t1\t{MISUSE}\r\n"


def write_parts(
    folder: Path, *rows: str, version: str = "ccipra-v322r0", titles: str = TITLES, ending: str = "TXT"
) -> Path:
    folder.mkdir(exist_ok=True)
    for number, part in enumerate(rows or (FIRST, SECOND, THIRD, FOURTH), start=1):
        (folder / f"{version}-f{number}.{ending}").write_bytes((titles + part).encode("cp1252"))
    return folder


def workbook(text: str) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    for at, line in enumerate(text.splitlines()):
        for column, cell in enumerate(line.split("\t")):
            sheet.write_string(at, column, cell)
    book.close()
    return content.getvalue()


def load_from(path: Path, catalogue: Catalogue, **asked: object) -> Loaded:
    return load(path, catalogue, Asked(**asked), AT)  # type: ignore[arg-type]  # as the tests say


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


def tables_of(catalogue: Catalogue) -> Tables:
    return ReferenceTables([catalogue.folder]).current()


def refusal(tmp_path: Path, catalogue: Catalogue, *rows: str, **options: str) -> RefusedFile:
    """How a changed set of parts is refused, while the release that was active before stays."""
    before = load_from(write_parts(tmp_path / "before"), catalogue).releases
    with pytest.raises(RefusedFile) as refused:
        load_from(write_parts(tmp_path / "given", *rows, **options), catalogue)
    assert catalogue.releases() == before
    assert sorted(path.name for path in catalogue.folder.glob("*.store")) == [before[0].store]
    return refused.value


def test_four_parts_become_one_release_of_the_quarter_in_the_name(tmp_path: Path, catalogue: Catalogue) -> None:
    (release,) = load_from(write_parts(tmp_path / "given"), catalogue).releases

    assert (release.table, release.name) == ("ncci.ptp.practitioner", "2026Q3")
    assert (release.effective, release.covers_through) == (date(2026, 7, 1), date(2026, 9, 30))
    assert release.covers_from == date(1996, 1, 1)  # the earliest effective date in the parts
    assert (release.keys, release.rows) == (6, 8)
    assert [source.name for source in release.sources] == [f"ccipra-v322r0-f{part}.TXT" for part in (1, 2, 3, 4)]


def test_rows_are_what_the_file_says(tmp_path: Path, catalogue: Catalogue) -> None:
    load_from(write_parts(tmp_path / "given"), catalogue)
    tables, day = tables_of(catalogue), date(2026, 8, 1)

    assert ncci.history(tables, "practitioner", "13121", "13120", day) == (
        PtpSpan(date(1996, 1, 1), date(1996, 1, 1), "9", MANUAL, False),
        PtpSpan(date(1996, 1, 1), None, "0", MANUAL, True),
    )
    assert ncci.history(tables, "practitioner", "13120", "13121", day) == ()


def test_a_file_for_hospitals_is_another_table(tmp_path: Path, catalogue: Catalogue) -> None:
    write_parts(tmp_path / "given")
    write_parts(tmp_path / "given", version="ccioph-v313r1")

    releases = load_from(tmp_path / "given", catalogue).releases

    assert {(release.table, release.name) for release in releases} == {
        ("ncci.ptp.practitioner", "2026Q3"),
        ("ncci.ptp.hospital", "2025Q4"),
    }


def test_the_workbook_is_read_as_the_text_is(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    for number, part in enumerate((FIRST, SECOND, THIRD, FOURTH), start=1):
        (folder / f"ccipra-v322r0-f{number}.xlsx").write_bytes(workbook(TITLES + part))
    (from_workbooks,) = load_from(folder, catalogue).releases

    (from_texts,) = load_from(write_parts(tmp_path / "texts"), Catalogue(tmp_path / "other")).releases

    assert from_workbooks.store_sha256 == from_texts.store_sha256


def test_a_part_that_comes_as_text_and_as_workbook_is_read_once(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write_parts(tmp_path / "given")
    (folder / "ccipra-v322r0-f1.xlsx").write_bytes(workbook(TITLES + FIRST))

    (release,) = load_from(folder, catalogue).releases

    assert release.rows == 8
    assert [source.name for source in release.sources] == [f"ccipra-v322r0-f{part}.TXT" for part in (1, 2, 3, 4)]


def test_titles_in_one_row_are_the_same_titles(tmp_path: Path, catalogue: Catalogue) -> None:
    titles = (
        "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\t"
        "Modifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\r\n"
    )

    (release,) = load_from(write_parts(tmp_path / "given", titles=titles), catalogue).releases

    assert release.rows == 8


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_a_missing_part_is_named(tmp_path: Path, catalogue: Catalogue, missing: int) -> None:
    folder = write_parts(tmp_path / "given")
    (folder / f"ccipra-v322r0-f{missing}.TXT").unlink()

    with pytest.raises(RefusedFile, match=f"of 2026Q3, f1 to f4, part f{missing} is missing"):
        load_from(folder, catalogue)

    assert catalogue.releases() == ()


def test_parts_of_two_quarters_are_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write_parts(tmp_path / "given")
    (folder / "ccipra-v322r0-f2.TXT").rename(folder / "ccipra-v321r0-f2.TXT")

    with pytest.raises(RefusedFile, match="of 2026Q2, f1 to f4, part f1 is missing"):
        load_from(folder, catalogue)

    assert catalogue.releases() == ()


def test_two_whole_quarters_are_two_releases(tmp_path: Path, catalogue: Catalogue) -> None:
    write_parts(tmp_path / "given")
    write_parts(tmp_path / "given", version="ccipra-v321r0")

    load_from(tmp_path / "given", catalogue)

    assert [release.name for release in catalogue.releases()] == ["2026Q2", "2026Q3"]


def test_a_part_given_twice_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write_parts(tmp_path / "given")
    (folder / "copy-of-ccipra-v322r0-f2.TXT").write_bytes((folder / "ccipra-v322r0-f2.TXT").read_bytes())

    with pytest.raises(RefusedFile, match="part 2 is given twice"):
        load_from(folder, catalogue)


def test_parts_that_overlap_are_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    refused = refusal(tmp_path, catalogue, FIRST, SECOND + THIRD, THIRD, FOURTH)

    assert refused.file == "ccipra-v322r0-f3.TXT"
    assert "45378" in refused.reason


def test_parts_under_each_others_names_are_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    assert "order" in refusal(tmp_path, catalogue, SECOND, FIRST, THIRD, FOURTH).reason


def test_a_later_quarter_under_an_older_name_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    later = FOURTH.replace("20150101", "20261001")

    assert "2026-10-01" in refusal(tmp_path, catalogue, FIRST, SECOND, THIRD, later).reason


@pytest.mark.parametrize(
    ("was", "becomes", "line", "column"),
    [
        ("0001U\t0030U", "0001\t0030U", 8, "Column 1"),
        ("0001U\t0030U", "0001U\t0030u", 8, "Column 2"),
        ("0030U\t\t2018", "0030U\tx\t2018", 8, "*=in existence prior to 1996"),
        ("20180701\t*", "20181301\t*", 8, "Effective Date"),
        ("20220101\t20231231", "20220101\t2023123", 7, "Deletion Date"),
        ("20180701\t*\t1", "20180701\t\t1", 8, "Deletion Date"),
        ("20180701\t*\t1", "20180701\t*\t2", 8, "Modifier"),
        (f"\t{MISUSE}", "\t", 8, "PTP Edit Rationale"),
        (f"\t1\t{MISUSE}\r\n", "\r\n", 8, None),
        (f"{MISUSE}\r\n", f"{MISUSE}\textra\r\n", 8, None),
        ("0001U\t0030U\t\t20180701\t*\t1\t" + MISUSE, "0001U", 8, None),
        (f"{MISUSE}\r\n", "Misuse of Colu", 8, None),
    ],
)
def test_a_bad_row_is_refused_with_its_line(
    tmp_path: Path, catalogue: Catalogue, was: str, becomes: str, line: int, column: str | None
) -> None:
    refused = refusal(tmp_path, catalogue, FIRST.replace(was, becomes), SECOND, THIRD, FOURTH)

    assert (refused.file, refused.line, refused.column) == ("ccipra-v322r0-f1.TXT", line, column)


def test_a_row_listed_twice_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    assert refusal(tmp_path, catalogue, FIRST, SECOND, THIRD + THIRD, FOURTH).line == 8


def test_a_part_without_rows_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    assert refusal(tmp_path, catalogue, FIRST, SECOND, THIRD, "").reason == "no line follows the header"


@pytest.mark.parametrize("column", ["Column 2", "*=in existence", "Effective", "Deletion", "Modifier"])
def test_another_column_is_refused_by_its_title(tmp_path: Path, catalogue: Catalogue, column: str) -> None:
    refused = refusal(tmp_path, catalogue, titles=TITLES.replace(f"\t{column}\t", "\tSomething\t"))

    assert (refused.line, refused.reason) == (3, "the column is called 'something'")
    assert refused.column is not None
    assert refused.column.startswith(column)


def test_a_name_that_says_nothing_asks_for_table_and_day(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = write_parts(tmp_path / "given", version="edits")

    with pytest.raises(RefusedFile, match="--table"):
        load_from(folder, catalogue)
    with pytest.raises(RefusedFile, match="--effective"):
        load_from(folder, catalogue, table="ncci.ptp.hospital")
    (release,) = load_from(folder, catalogue, table="ncci.ptp.hospital", effective=date(2026, 7, 1)).releases

    assert (release.table, release.name) == ("ncci.ptp.hospital", "2026Q3")


def test_a_file_in_another_encoding_is_not_taken(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "ccipra-v322r0-f1.TXT").write_bytes((TITLES + FIRST).encode("utf-16"))

    with pytest.raises(UnknownFormat):
        load_from(tmp_path / "ccipra-v322r0-f1.TXT", catalogue)
