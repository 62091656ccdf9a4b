"""Lookups of ICD-10 codes. Expected values are those of the order files of NCHS and CMS unless said otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime import embedded_tables as embedded
from shared.tables import Catalogue, CodeEntry, CodeSets, NoRelease, Tables, icd10
from shared.tables.folders import embedded_folder
from tests.shared.tables.order_files import CM_2021, CM_2022, PCS_2023, loaded, tables_of

DAY = date(2026, 11, 20)
FY2021, FY2022 = date(2021, 3, 1), date(2021, 11, 3)


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two years of ICD-10-CM and one of ICD-10-PCS, and nothing else."""
    files: dict[str, str | bytes] = {
        "icd10cm_order_2021.txt": CM_2021,
        "icd10cm_order_2022.txt": CM_2022,
        "icd10pcs_order_2023.txt": PCS_2023,
    }
    return tables_of(loaded(tmp_path_factory.mktemp("editions"), files)[0])


def of(entries: tuple[CodeEntry, ...]) -> list[str]:
    return [entry.code for entry in entries]


def test_a_code_comes_with_its_titles_days_and_release(editions: Tables) -> None:
    assert icd10.entry(editions, "icd10cm", "S0010XA", FY2022) == CodeEntry(
        system="icd10cm",
        code="S0010XA",
        billable=True,
        short_description="Contusion of unsp eyelid and periocular area, init encntr",
        description="Contusion of unspecified eyelid and periocular area, initial encounter",
        valid_from=date(2021, 10, 1),
        valid_through=None,
        release="FY2022",
    )


def test_the_edition_of_the_day_answers(editions: Tables) -> None:
    assert icd10.is_billable(editions, "icd10cm", "M545", FY2021)
    assert not icd10.is_billable(editions, "icd10cm", "M545", FY2022)
    assert not icd10.is_billable(editions, "icd10cm", "M5450", FY2021)
    assert icd10.is_billable(editions, "icd10cm", "M5450", FY2022)


@pytest.mark.parametrize("day", [date(2020, 9, 30), date(2022, 10, 1)])
def test_a_day_without_an_edition_is_a_loud_error(editions: Tables, day: date) -> None:
    for ask in (icd10.entry, icd10.is_billable, icd10.parent, icd10.above, icd10.children, icd10.validity):
        with pytest.raises(NoRelease, match=str(day)):
            ask(editions, "icd10cm", "M545", day)
    with pytest.raises(NoRelease):
        icd10.starting_with(editions, "icd10cm", "M", day, limit=1)
    with pytest.raises(NoRelease):
        CodeSets(editions).release("icd10cm", day)


def test_a_heading_is_known_and_not_billable(editions: Tables) -> None:
    heading = icd10.entry(editions, "icd10cm", "M54", FY2022)
    assert heading is not None
    assert (heading.billable, heading.description) == (False, "Dorsalgia")
    assert not icd10.is_billable(editions, "icd10cm", "M54", FY2022)


def test_many_codes_are_judged_as_each_alone(editions: Tables) -> None:
    codes = ["M5450", "M54", "M545", "", "M 54", "Q99", "M5451", "É99"]
    for day in (FY2021, FY2022):
        alone = [place for place, code in enumerate(codes) if not icd10.is_billable(editions, "icd10cm", code, day)]
        assert icd10.not_billable(editions, "icd10cm", codes, day) == alone


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("S0000XD", ["S0000", "S000", "S00"]),
        ("S0010XA", ["S001", "S00"]),
        ("M5451", ["M545", "M54"]),
        ("A000", ["A00"]),
        ("A00", []),
    ],
)
def test_above_a_code_stand_its_headings_without_placeholders(editions: Tables, code: str, above: list[str]) -> None:
    assert of(icd10.above(editions, "icd10cm", code, FY2022)) == above
    parent = icd10.parent(editions, "icd10cm", code, FY2022)
    assert (parent.code if parent else None) == (above[0] if above else None)


@pytest.mark.parametrize(
    ("code", "below"),
    [
        ("S00", ["S000", "S001"]),
        ("S000", ["S0000"]),
        ("S0000", ["S0000XA", "S0000XD"]),
        ("S001", ["S0010XA"]),
        ("M545", ["M5450", "M5451"]),
        ("M5450", []),
        ("Q99", []),
    ],
)
def test_below_a_heading_stand_what_it_is_divided_into(editions: Tables, code: str, below: list[str]) -> None:
    assert of(icd10.children(editions, "icd10cm", code, FY2022)) == below


def test_procedures_stand_below_their_table(editions: Tables) -> None:
    day = date(2023, 2, 1)
    assert of(icd10.children(editions, "icd10pcs", "001", day)) == ["0016070", "0016071"]
    assert of(icd10.above(editions, "icd10pcs", "0016071", day)) == ["001"]


@pytest.mark.parametrize(
    ("code", "parent", "children"),
    [
        # The tabular list of April 2026.
        ("S000", "S00", ["S0000", "S0001", "S0002", "S0003", "S0004", "S0005", "S0006", "S0007"]),
        ("T360X", "T360", ["T360X1", "T360X2", "T360X3", "T360X4", "T360X5", "T360X6"]),
        ("S060X1", "S060X", ["S060X1A", "S060X1D", "S060X1S"]),
        ("W19", None, ["W19XXXA", "W19XXXD", "W19XXXS"]),
    ],
)
def test_places_in_the_embedded_code_set(
    embedded_tables: Tables, code: str, parent: str | None, children: list[str]
) -> None:
    above = icd10.parent(embedded_tables, "icd10cm", code, DAY)
    assert (above.code if above else None) == parent
    assert of(icd10.children(embedded_tables, "icd10cm", code, DAY)) == children


def test_codes_are_found_by_their_beginning_in_order_up_to_the_limit(embedded_tables: Tables) -> None:
    found = icd10.starting_with(embedded_tables, "icd10cm", "I502", DAY, limit=10)
    assert of(found) == ["I5020", "I5021", "I5022", "I5023"]
    assert of(icd10.starting_with(embedded_tables, "icd10cm", "I502", DAY, limit=2)) == ["I5020", "I5021"]
    with_heading = icd10.starting_with(embedded_tables, "icd10cm", "I502", DAY, limit=2, headings=True)
    assert of(with_heading) == ["I502", "I5020"]


def test_validity_is_unbroken_across_editions(editions: Tables) -> None:
    assert icd10.validity(editions, "icd10cm", "A000", FY2022) == (date(2020, 10, 1), None)
    assert icd10.validity(editions, "icd10cm", "M545", FY2021) == (date(2020, 10, 1), date(2021, 9, 30))
    assert icd10.validity(editions, "icd10cm", "M545", FY2022) == (date(2021, 10, 1), None)
    assert icd10.validity(editions, "icd10cm", "M5450", FY2021) is None


def test_validity_reaches_back_from_a_loaded_edition_into_the_embedded_history(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"icd10cm_order_2027.txt": CM_2022})
    both = (Catalogue(embedded_folder()), catalogue)
    tables = Tables([(release, one.path(release)) for one in both for release in one.releases()])
    entry = icd10.entry(tables, "icd10cm", "M5450", DAY)
    assert entry is not None
    assert (entry.release, entry.valid_from) == ("FY2027", date(2026, 10, 1))
    assert icd10.validity(tables, "icd10cm", "M5450", DAY) == (date(2021, 10, 1), None)
    without = icd10.validity(tables, "icd10cm", "M5459", date(2026, 9, 1))
    assert without == (date(2021, 10, 1), date(2026, 9, 30))  # the loaded edition does not have it


@pytest.mark.parametrize(
    "code", ["", "I10\0", "I50.21", "i5021", "I5021 ", "İ10", "\ud800", "A" * 500, "J189\0\0\0\0junk"]
)
def test_what_is_no_code_is_not_found(embedded_tables: Tables, code: str) -> None:
    assert not icd10.is_billable(embedded_tables, "icd10cm", code, DAY)
    assert icd10.entry(embedded_tables, "icd10cm", code, DAY) is None
    assert icd10.conversions(embedded_tables, "icd10cm", code, DAY)[:2] == ((), ())


@given(st.text(max_size=10))
def test_no_text_breaks_a_lookup(text: str) -> None:
    tables = embedded().current()
    entry = icd10.entry(tables, "icd10cm", text, DAY)
    assert icd10.is_billable(tables, "icd10cm", text, DAY) == (entry is not None and entry.billable)
    icd10.starting_with(tables, "icd10cm", text, DAY, limit=3)
    icd10.children(tables, "icd10pcs", text, DAY)
    icd10.above(tables, "icd10pcs", text, DAY)


def test_every_code_is_below_its_parent(embedded_tables: Tables) -> None:
    for code in of(icd10.starting_with(embedded_tables, "icd10cm", "S06", DAY, limit=1_000, headings=True))[1:]:
        parent = icd10.parent(embedded_tables, "icd10cm", code, DAY)
        assert parent is not None
        assert code in of(icd10.children(embedded_tables, "icd10cm", parent.code, DAY))


def test_the_code_sets_are_a_view_of_the_tables(editions: Tables) -> None:
    code_sets = CodeSets(editions)
    assert code_sets.is_valid("icd10cm", "M5450", FY2022)
    assert code_sets.lookup("icd10cm", "M54", FY2022) == icd10.entry(editions, "icd10cm", "M54", FY2022)
    assert of(code_sets.prefix("icd10cm", "M54", FY2022, 10)) == ["M5450", "M5451"]
    assert code_sets.release("icd10cm", FY2022) == "ICD-10-CM FY2022"
