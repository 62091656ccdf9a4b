"""Code lists and payer rules as the authorities publish them, by date."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.scrubber.domain.code_lists import Period
from services.scrubber.domain.payer_rules import NoPayerRule, TimelyFiling
from services.scrubber.parameters import InvalidParameters, code_lists, payer_rules, read_code_list
from shared.claims import Coverage
from tests.builders import commercial, medicare

DAY = date(2026, 11, 16)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/codes"


def coverage(fields):
    return Coverage.model_validate(fields)


@pytest.mark.parametrize(
    ("name", "code", "day", "listed"),
    [
        ("place_of_service", "10", date(2021, 12, 31), False),  # CMS: effective 2022-01-01
        ("place_of_service", "10", date(2022, 1, 1), True),
        ("place_of_service", "27", date(2023, 10, 1), True),
        ("place_of_service", "30", DAY, False),
        ("patient_status", "08", date(2005, 9, 30), True),  # home IV, ended 2005-10-01
        ("patient_status", "08", DAY, False),
        ("patient_status", "82", date(2013, 10, 1), True),  # planned readmission, MLN SE1411
        ("patient_status", "82", date(2013, 9, 30), False),
        ("admission_sources", "7", date(2010, 6, 30), True),  # emergency room, ended 2010-07-01
        ("admission_sources", "7", DAY, False),
        ("admission_sources", "G", date(2020, 7, 1), True),
        ("facility_types", "33", DAY, False),  # home health under a plan, ended 2013-10-01
        ("revenue_codes", "0161", date(2022, 6, 30), False),  # hospital at home, from 2022-07-01
        ("revenue_codes", "0161", DAY, True),
        ("poa_exempt", "Z794", DAY, True),
        ("poa_exempt", "S72001D", DAY, True),  # a subsequent encounter
        ("poa_exempt", "S72001A", DAY, False),
        ("us_states", "PR", DAY, True),
    ],
)
def test_a_code_is_on_its_list_on_its_days(name, code, day, listed):
    assert code_lists()[name].has(code, day) is listed


def test_every_list_says_who_published_it():
    assert all(listed.source and listed.title for listed in code_lists().values())


def test_two_entries_of_one_code_for_one_day_are_refused():
    editions = [{"effective": DAY, "values": "01"}, {"effective": DAY, "values": "01-03"}]
    with pytest.raises(InvalidParameters):
        read_code_list("twice", {"title": "t", "source": "s", "editions": editions})


def reference(name: str) -> list[str]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with path.open(encoding="utf-8") as file:
        return [row[0] for row in csv.reader(file)][1:]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "file", "retired"),
    [
        ("revenue_codes", "clm-rev-cntr-cd.csv", {"0680"}),  # reserved
        ("admission_types", "clm-admsn-type-cd.csv", {"0", "6", "7", "8"}),  # reserved by the NUBC
    ],
)
def test_no_code_of_the_reference_is_called_invalid(name, file, retired):
    assert {code for code in reference(file) if not code_lists()[name].has(code, DAY)} == retired


@pytest.mark.reference
def test_no_facility_type_is_listed_that_the_reference_does_not_have():
    known = {code[:2] for code in reference("clm-bill-freq-cd.csv")}
    listed = {f"{number:02d}" for number in range(100) if code_lists()["facility_types"].has(f"{number:02d}", DAY)}
    assert listed <= known


@pytest.mark.parametrize(
    ("served", "last"),
    [
        (date(2026, 11, 16), date(2027, 11, 16)),
        (date(2024, 2, 29), date(2025, 2, 28)),  # CMS Pub 100-04 ch. 1 §70.1: February 29 ends on February 28
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_year_for_filing_ends_on_the_same_day(served, last):
    assert TimelyFiling(12, "months", "").last_day(served) == last
    assert TimelyFiling(90, "days", "").last_day(date(2026, 1, 1)) == date(2026, 4, 1)


def test_a_payer_is_known_by_its_filing_indicator_else_it_is_the_default():
    rules = payer_rules()
    assert rules.of(coverage(medicare("B")), DAY).profile == "medicare-part-b"
    assert rules.of(coverage(commercial()), DAY).profile == "default"


def test_before_a_payers_rules_begin_the_default_holds():
    assert payer_rules().of(coverage(medicare("B")), date(1926, 11, 16)).profile == "default"


def test_a_gap_in_a_payers_rules_is_a_loud_error():
    medicare_b = next(profile for profile in payer_rules().profiles if profile.id == "medicare-part-b")
    ended = Period(date(2010, 1, 1), date(2020, 12, 31))
    gap = replace(medicare_b, editions=((ended, medicare_b.editions[0][1]),))
    with pytest.raises(NoPayerRule):
        gap.on(DAY)
