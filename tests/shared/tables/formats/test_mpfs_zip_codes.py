"""CMS's ZIP code to carrier locality files, in their fixed widths."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shared.tables import RefusedFile, Tables, mpfs
from shared.tables.catalogue import Catalogue
from shared.tables.formats.format import Asked
from shared.tables.formats.mpfs_zip_codes import ZipCodeLocalities
from shared.tables.loading import load
from tests.shared.tables.fee_schedule import AT, tables_of

DAY = date(2025, 11, 3)


def a_zip_line(
    state: str, zip_code: str, carrier: str, locality: str, *, more: str = "", needs: bool = False, when: str = "20254"
) -> str:
    """A line of ZIP5, or with `more` of ZIP9.

    State 1-2, ZIP code 3-7, carrier 8-12, locality 13-14, rural 15, laboratory 16-17, rural 18, plus four flag 21, in
    ZIP9 plus four 22-25, Part B 23 (ZIP5) or 32 (ZIP9), year and quarter 76-80.
    """
    head = f"{state}{zip_code}{carrier}{locality} Z9   {'1' if needs else '0'}"
    tail = f"{more}      B" if more else " B"
    return f"{head}{tail}".ljust(75) + f"{when}\n"


FIVE = (
    a_zip_line("CA", "94110", "01112", "05")
    + a_zip_line("NY", "00501", "13282", "02", needs=True)
    + a_zip_line("PR", "00601", "09202", "20")
)
NINE = a_zip_line("NY", "00501", "13282", "02", more="0001", needs=True) + a_zip_line(
    "NY", "00501", "13282", "03", more="0002", needs=True
)


def zip_codes(folder: Path, **files: str) -> Tables:
    given = folder / "given"
    given.mkdir()
    for name, content in files.items():
        (given / f"{name}.txt").write_text(content)
    catalogue = Catalogue(folder / "catalogue")
    load(given, catalogue, Asked(), AT, formats=(ZipCodeLocalities(),))
    return tables_of(catalogue)


def test_a_zip_code_names_contractor_and_locality(tmp_path: Path) -> None:
    tables = zip_codes(tmp_path, ZIP5_OCT2025=FIVE)
    assert mpfs.locality_of(tables, "94110", DAY) == "0111205"
    assert mpfs.locality_of(tables, "941101234", DAY) == "0111205"
    assert mpfs.locality_of(tables, "00601", DAY) == "0920220"
    assert mpfs.locality_of(tables, "99999", DAY) is None


def test_nine_digits_where_five_are_not_enough(tmp_path: Path) -> None:
    tables = zip_codes(tmp_path, ZIP5_OCT2025=FIVE, ZIP9_OCT2025=NINE)
    assert mpfs.locality_of(tables, "00501", DAY) is None
    assert mpfs.locality_of(tables, "005010002", DAY) == "1328203"
    assert mpfs.locality_of(tables, "005019999", DAY) is None


def test_the_quarter_of_the_lines_is_that_of_the_release(tmp_path: Path) -> None:
    release = zip_codes(tmp_path, ZIP5_OCT2025=FIVE).release(mpfs.ZIP_CODES, DAY)
    assert (release.name, release.effective) == ("2025Q4", date(2025, 10, 1))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (FIVE + a_zip_line("CA", "94110", "01112", "05"), 4),
        (FIVE + a_zip_line("CA", "94111", "01112", "05", when="20261"), 4),
        (FIVE + "CA94112\n", 4),
        (FIVE + a_zip_line("CA", "9411X", "01112", "05"), 4),
        (FIVE.rstrip("\n"), 3),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, content: str, line: int) -> None:
    with pytest.raises(RefusedFile) as refusal:
        zip_codes(tmp_path, ZIP5_OCT2025=content)
    assert refusal.value.line == line
