"""Codes in the code set of another year: kept, converted, or left to the coder; nothing is chosen silently.

The expected conversions are lines of NCHS's ICD-10-CM conversion table and CMS's ICD-10-PCS conversion table.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grouper.domain.conversion import CodedOn, ConvertedCode, convert_code
from shared.runtime import embedded_tables as installed
from shared.tables import CodeSystem, Tables, icd10
from tests.services.grouper.stays import a_stay, decide, drg_of, reasons_of

FY2021, FY2022, FY2023 = date(2020, 11, 1), date(2021, 11, 1), date(2022, 11, 1)
FY2024, FY2025, FY2026, FY2027 = date(2023, 11, 1), date(2024, 11, 1), date(2025, 11, 1), date(2026, 11, 1)


def of(tables: Tables, code: str, coded: date, asked: date, system: CodeSystem = "icd10cm") -> ConvertedCode:
    return convert_code(tables, system, code, CodedOn(coded, asked), "/diagnoses/0/code")


def choices(one: ConvertedCode) -> list[tuple[str, date]]:
    return [(choice.code, choice.effective) for choice in one.choices]


def test_a_code_of_both_days_is_kept(embedded_tables: Tables) -> None:
    found = of(embedded_tables, "J189", FY2023, FY2027)
    assert (found.outcome, found.code, found.choices) == ("kept", "J189", ())


def test_a_kept_code_shows_what_has_come_in_for_a_part_of_it(embedded_tables: Tables) -> None:
    # FY 2025: E66.813, obesity class 3, was E66.01 or E66.8 before; E66.01 goes on.
    found = of(embedded_tables, "E6601", FY2024, FY2025)
    assert (found.outcome, found.code, choices(found)) == ("kept", "E6601", [("E66813", date(2024, 10, 1))])
    assert of(embedded_tables, "E6601", FY2025, FY2026).choices == ()


def test_a_code_with_one_successor_is_converted(embedded_tables: Tables) -> None:
    # FY 2025: C86.0 became C86.00; C86.01, in remission, was Z85.72 before and is no choice.
    found = of(embedded_tables, "C860", FY2024, FY2025)
    assert (found.outcome, found.code) == ("converted", "C8600")
    assert choices(found) == [("C8600", date(2024, 10, 1))]
    assert (found.choices[0].title is not None, found.choices[0].basis) == (True, "conversion-table")
    assert (
        found.release == found.choices[0].release == embedded_tables.release(icd10.CONVERSIONS["icd10cm"], FY2025).name
    )


def test_several_successors_are_all_listed_and_none_is_chosen(embedded_tables: Tables) -> None:
    # FY 2022: M54.5, low back pain, became M54.50, M54.51 and M54.59.
    found = of(embedded_tables, "M545", FY2021, FY2027)
    assert (found.outcome, found.code) == ("choices", None)
    assert choices(found) == [(code, date(2021, 10, 1)) for code in ("M5450", "M5451", "M5459")]


@pytest.mark.parametrize(
    ("code", "coded", "asked", "outcome", "before"),
    [
        ("M5450", FY2022, FY2021, "converted", ["M545"]),
        ("G9332", FY2023, FY2022, "choices", ["G933", "R5382"]),  # both stood for it
        ("B8801", FY2026, FY2025, "converted", ["B880"]),
    ],
)
def test_backward_a_code_is_what_stood_for_it_before(
    embedded_tables: Tables, code: str, coded: date, asked: date, outcome: str, before: list[str]
) -> None:
    found = of(embedded_tables, code, coded, asked)
    assert (found.outcome, [choice.code for choice in found.choices]) == (outcome, before)


def test_a_procedure_has_its_own_table(embedded_tables: Tables) -> None:
    # CMS, FY 2026: brexanolone (XW03306) was deleted without another code in its place.
    gone = of(embedded_tables, "XW03306", FY2025, FY2026, "icd10pcs")
    assert (gone.outcome, gone.code, gone.choices) == ("no-successor", None, ())
    several = of(embedded_tables, "XRGA0R7", FY2023, FY2027, "icd10pcs")
    assert (several.outcome, [one.code for one in several.choices]) == ("choices", ["0RGA0E0", "0RGA0EJ"])


def test_a_code_that_was_subdivided_shows_its_parts_where_the_table_is_silent(embedded_tables: Tables) -> None:
    # FY 2027: I42.0 became a heading with I42.00, I42.01 and I42.09 below it; the loaded table ends with FY 2026.
    found = of(embedded_tables, "I420", FY2026, FY2027)
    assert (found.outcome, found.code) == ("choices", None)
    assert {one.basis for one in found.choices} == {"subdivision"}
    assert choices(found) == [(code, date(2026, 10, 1)) for code in ("I4200", "I4201", "I4209")]
    # Backward there is one that it can have been; it is shown and not taken.
    part = of(embedded_tables, "I4200", FY2027, FY2026)
    assert (part.outcome, part.code, [one.code for one in part.choices]) == ("choices", None, ["I420"])


def test_a_successor_of_the_table_is_not_taken_where_the_code_has_other_parts(embedded_tables: Tables) -> None:
    # FY 2023: G90.A was I49.8 before. FY 2027: I49.8 became a heading, with I49.81, I49.82 and I49.89 below it.
    found = of(embedded_tables, "I498", FY2022, FY2027)
    assert (found.outcome, found.code) == ("choices", None)
    assert [(one.code, one.basis) for one in found.choices] == [
        ("G90A", "conversion-table"),
        ("I4981", "subdivision"),
        ("I4982", "subdivision"),
        ("I4989", "subdivision"),
    ]


def test_what_changed_after_the_table_ends_is_not_said_to_have_no_successor(embedded_tables: Tables) -> None:
    # T52.8X1A ended with FY 2026 and is no heading; the ICD-10-CM table that is loaded is that of FY 2026.
    assert of(embedded_tables, "T528X1A", FY2026, FY2027).outcome == "unknown"


@pytest.mark.parametrize("code", ["J18", "ZZZ", "J4481"])  # a heading; none; not before FY 2024
def test_a_code_is_one_of_the_day_that_it_was_coded_for(embedded_tables: Tables, code: str) -> None:
    assert of(embedded_tables, code, FY2023, FY2026).outcome == "invalid"


CODES = st.sampled_from(
    ["M545", "B880", "C860", "E6601", "E668", "D481", "M5451", "I420", "I4200", "J4481", "H36", "I10"]
)
DAYS = st.dates(date(2015, 10, 1), date(2027, 3, 31))


@given(CODES, DAYS, DAYS)
def test_whatever_is_said_of_a_code_holds_on_both_days(code: str, coded: date, asked: date) -> None:
    tables = installed().current()
    found = of(tables, code, coded, asked)
    assert (found.outcome == "invalid") == (not icd10.is_billable(tables, "icd10cm", code, coded))
    assert (found.outcome == "kept") == all(icd10.is_billable(tables, "icd10cm", code, day) for day in (coded, asked))
    assert (found.code is not None) == found.is_settled
    standing = [one.code for one in found.choices] + ([found.code] if found.code else [])
    assert all(icd10.is_billable(tables, "icd10cm", one, asked) for one in standing)
    assert (found.outcome == "converted") <= (len(found.choices) == 1)


# -- stays that say on which day's code set they were coded -----------------------------------------------------------


def test_a_stay_coded_in_another_year_is_grouped_by_the_codes_of_its_discharge() -> None:
    coded = a_stay("J189", "C860", discharge_date="2024-11-20", coded_on="2024-09-30")
    assert drg_of(coded) == drg_of(a_stay("J189", "C8600", discharge_date="2024-11-20"))
    [made] = decide(coded).conversions
    assert (made.pointer, made.reported, made.grouped, made.effective) == (
        "/diagnoses/1/code",
        "C860",
        "C8600",
        date(2024, 10, 1),
    )
    assert [diagnosis.code for diagnosis in drg_of(coded).diagnoses] == ["J189", "C8600"]


def test_a_stay_coded_on_its_day_has_no_conversions() -> None:
    same = a_stay("J189", discharge_date="2024-11-20", coded_on="2024-11-20")
    assert decide(same).conversions == ()
    assert decide(same) == decide(a_stay("J189", discharge_date="2024-11-20"))


def test_a_conversion_with_choices_is_returned_with_them() -> None:
    stay = a_stay("J189", "B880", discharge_date="2025-11-20", coded_on="2025-09-30")
    assert reasons_of(stay) == [("grouper-conversion-choices", "/diagnoses/1/code")]
    [reason] = decide(stay).reasons
    assert "B8801, B8809" in reason.message
    assert "conversion table" in reason.source


@pytest.mark.parametrize(
    ("stay", "reason"),
    [
        (a_stay("J189", "J44", coded_on="2025-11-20"), ("grouper-conversion-invalid", "/diagnoses/1/code")),
        (a_stay("J189", "T528X1A", coded_on="2026-09-30"), ("grouper-conversion-unknown", "/diagnoses/1/code")),
        (
            a_stay("J189", procedures=("XW03306",), coded_on="2025-09-30"),
            ("grouper-conversion-no-successor", "/procedures/0/code"),
        ),
        (a_stay("J189", coded_on="2015-09-30"), ("grouper-coded-on-unknown", "/coded_on")),
        (
            a_stay("J189", coded_on="2015-09-30", discharge_date="2030-01-01"),
            ("grouper-version-unknown", "/discharge_date"),
        ),
        (a_stay("J189", sex=None, coded_on="2025-11-20"), ("grouper-sex-missing", "/sex")),
    ],
)
def test_what_keeps_a_conversion_open_is_said_with_its_place(stay: object, reason: tuple[str, str]) -> None:
    assert reasons_of(stay) == [reason]


def test_every_retired_diagnosis_since_v40_is_converted_or_asked_about(embedded_tables: Tables) -> None:
    """Only codes that changed after the loaded table ends may stay unknown, and no diagnosis is lost without a word."""
    retired = [
        entry.code
        for entry in icd10.starting_with(embedded_tables, "icd10cm", "", FY2023, limit=100_000)
        if not icd10.is_billable(embedded_tables, "icd10cm", entry.code, FY2027)
    ]
    outcomes = {code: of(embedded_tables, code, FY2023, FY2027).outcome for code in retired}
    assert len(outcomes) > 100
    assert set(outcomes.values()) <= {"converted", "choices", "unknown"}
    last_covered = date(2026, 9, 30)
    for code, outcome in outcomes.items():
        if outcome == "unknown":
            assert icd10.is_billable(embedded_tables, "icd10cm", code, last_covered)
            assert not icd10.is_billable(embedded_tables, "icd10cm", code, last_covered + timedelta(days=1))
