"""The loader of the list of diagnoses exempt from present on admission reporting."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Catalogue, RefusedFile, Tables, UnknownFormat
from shared.tables.formats import Asked
from shared.tables.formats.poa_exempt import PoaExemptList
from shared.tables.loading import load
from shared.tables.poa import is_exempt
from tests.shared.tables.fee_schedule import workbook

AT = datetime(2026, 11, 24, tzinfo=UTC)

# Layout of POAexemptCodesFY25.txt as its read-me file says it; three lines of its 38,154.
HEADER = "Order25\tPOAexemptCode\tDescription\r\n"
FY2025 = (
    HEADER
    + "01002\tB900\tSequelae of central nervous system tuberculosis\r\n"
    + "13501\tI252\tOld myocardial infarction\r\n"
    + "73010\tZ794\tLong term (current) use of insulin\r\n"
)


def loaded(folder: Path, files: dict[str, str | bytes], asked: Asked | None = None) -> Tables:
    given = folder / "given"
    given.mkdir(parents=True)
    for name, content in files.items():
        (given / name).write_bytes(content.encode() if isinstance(content, str) else content)
    catalogue = Catalogue(folder / "catalogue")
    load(given, catalogue, asked or Asked(), AT, formats=(PoaExemptList(),))
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def test_a_code_on_the_list_is_exempt_over_its_fiscal_year(tmp_path: Path) -> None:
    tables = loaded(tmp_path, {"POAexemptCodesFY25.txt": FY2025})
    first, last = date(2024, 10, 1), date(2025, 9, 30)
    assert [is_exempt(tables, "Z794", day) for day in (first, last)] == [True, True]
    assert is_exempt(tables, "J189", first) is False
    assert is_exempt(tables, "Z794", date(2025, 10, 1)) is None  # no list of that year is loaded


def test_the_list_of_april_takes_effect_in_april(tmp_path: Path) -> None:
    april = FY2025.replace("Order25", "OrdApr25")
    tables = loaded(tmp_path, {"POAexemptCodesApr25.txt": april})
    assert [is_exempt(tables, "I252", day) for day in (date(2025, 3, 31), date(2025, 4, 1))] == [None, True]


def test_a_workbook_is_read_as_the_text_is(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in FY2025.splitlines()]
    tables = loaded(tmp_path, {"POAexemptCodesFY25.xlsx": workbook(rows)})
    assert is_exempt(tables, "B900", date(2024, 10, 1)) is True


def test_what_was_added_is_not_the_list(tmp_path: Path) -> None:
    added = HEADER + "73010\tZ794\tLong term (current) use of insulin\r\n"
    with pytest.raises(UnknownFormat):
        loaded(tmp_path, {"POAexemptAddCodesFY25.txt": added})
    beside = {"POAexemptCodesFY25.txt": FY2025, "POAexemptAddCodesFY25.txt": added}
    assert is_exempt(loaded(tmp_path / "both", beside), "B900", date(2024, 10, 1)) is True


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (FY2025.removesuffix("\r\n"), 4),  # cut off
        (FY2025.replace("13501", "01002"), 3),
        (FY2025.replace("I252", "I25-2"), 3),
        (FY2025.replace("Old myocardial infarction", " "), 3),
        (FY2025.replace("13501\tI252\tOld", "13501 I252 Old"), 3),
    ],
)
def test_a_list_that_is_not_as_published_is_refused_with_its_line(tmp_path: Path, content: str, line: int) -> None:
    with pytest.raises(RefusedFile) as refused:
        loaded(tmp_path, {"POAexemptCodesFY25.txt": content})
    assert refused.value.line == line


def test_two_lists_of_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile):
        loaded(tmp_path, {"POAexemptCodesFY25.txt": FY2025, "POAexemptCodesFY25 corrected.txt": FY2025})


def test_a_list_that_does_not_name_its_year_needs_a_day(tmp_path: Path) -> None:
    unnamed = FY2025.replace("Order25", "Order")
    with pytest.raises(RefusedFile):
        loaded(tmp_path, {"POAexemptCodes.txt": unnamed})
    asked = Asked(effective=date(2024, 10, 1))
    assert is_exempt(loaded(tmp_path / "asked", {"POAexemptCodes.txt": unnamed}, asked), "I252", date(2025, 1, 1))
