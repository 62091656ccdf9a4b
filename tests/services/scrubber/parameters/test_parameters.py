"""Code lists and payer rules as the authorities publish them, by date."""

from __future__ import annotations

from datetime import date

import pytest

from services.scrubber.domain.payer_rules import TimelyFiling
from services.scrubber.parameters import code_lists, payer_rules, read_profile
from shared.claims import Coverage
from shared.tables.dated import InvalidParameter
from tests.builders import commercial, medicare

DAY = date(2026, 11, 16)


def coverage(fields):
    return Coverage.model_validate(fields)


@pytest.mark.parametrize(
    ("name", "code", "day", "listed"),
    [
        ("poa_exempt", "Z794", DAY, True),
        ("poa_exempt", "S72001D", DAY, True),  # a subsequent encounter
        ("poa_exempt", "S72001A", DAY, False),
        ("revenue_codes_with_procedure", "0510", DAY, True),
        ("claim_filing_indicator", "15", DAY, True),
        ("claim_filing_indicator", "18", DAY, False),
        ("us_states", "PR", DAY, True),
    ],
)
def test_a_code_is_on_its_list_on_its_days(name, code, day, listed):
    assert code_lists()[name].on(day).has(code) is listed


def test_every_edition_says_who_published_it():
    assert all(edition.source for listed in code_lists().values() for edition in listed.editions)


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


def test_a_gap_in_a_payers_rules_stops_the_start():
    said = {"timely_filing": None, "frequencies": {"professional": "1"}, "taxonomy_required": None}
    editions = [
        {"effective": date(2010, 1, 1), "through": date(2020, 12, 31), "source": "contract", "value": said},
        {"effective": date(2022, 1, 1), "source": "contract", "value": said},
    ]
    with pytest.raises(InvalidParameter, match="no edition between 2020-12-31 and 2022-01-01"):
        read_profile({"id": "plan", "editions": editions})
