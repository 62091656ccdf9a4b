"""The shares of the fee schedule before and after the days on which they changed."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from services.grouper.domain.professional.services import PractitionerKind
from services.grouper.parameters.mpfs import load_mpfs_rules
from shared.tables.dated import Parameter

RULES = load_mpfs_rules()
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "day", "before", "after"),
    [
        ("therapy_practice_expense", date(2013, 4, 1), "0.80", "0.50"),  # American Taxpayer Relief Act §633
        ("imaging_technical", date(2010, 7, 1), "0.75", "0.50"),  # Affordable Care Act §3135(b)
        ("imaging_professional", date(2012, 1, 1), "1", "0.75"),
        ("imaging_professional", date(2017, 1, 1), "0.75", "0.95"),  # CR 9647
        ("cardiovascular_technical", date(2013, 1, 1), "1", "0.75"),
        ("ophthalmology_technical", date(2013, 1, 1), "1", "0.80"),
        ("therapy_assistant", date(2022, 1, 1), "1", "0.85"),
        ("colorectal_coinsurance", date(2023, 1, 1), "0.20", "0.15"),  # Consolidated Appropriations Act, 2021 §122
        ("colorectal_coinsurance", date(2027, 1, 1), "0.15", "0.10"),
        ("colorectal_coinsurance", date(2030, 1, 1), "0.10", "0"),
    ],
)
def test_a_share_changed_on_its_day(name: str, day: date, before: str, after: str) -> None:
    share: Parameter[Decimal] = getattr(RULES, name)
    assert (share.on(day - ONE_DAY), share.on(day)) == (Decimal(before), Decimal(after))


def test_procedures_of_a_day_were_paid_a_quarter_from_the_third_until_1994() -> None:
    assert RULES.ranked_procedures.on(date(1994, 12, 31))[2:] == (Decimal("0.25"),) * 3
    assert RULES.ranked_procedures.on(date(1995, 1, 1))[2:] == (Decimal("0.50"),) * 3


def test_nurse_midwives_are_paid_in_full_since_2011() -> None:
    share = RULES.practitioner_shares["nurse-midwife"]
    assert (share.on(date(2010, 12, 31)), share.on(date(2011, 1, 1))) == (Decimal("0.65"), Decimal(1))


def test_computed_radiography_is_paid_ninety_per_cent_since_2023() -> None:
    share = RULES.equipment["FY"]
    days = (date(2017, 12, 31), date(2018, 1, 1), date(2023, 1, 1))
    assert [share.on(day) for day in days] == [Decimal(1), Decimal("0.93"), Decimal("0.90")]


def test_every_kind_of_practitioner_has_a_share() -> None:
    assert set(RULES.practitioner_shares) == set(get_args(PractitionerKind))
    assert set(RULES.practitioner_taxonomies.on(date(2025, 1, 1)).values()) <= set(RULES.practitioner_shares)
    assert RULES.mandatory_assignment.on(date(2025, 1, 1)) <= set(RULES.practitioner_shares)


def test_every_rule_reaches_back_to_the_first_fee_schedule() -> None:
    """What is asked for on any day of the schedule has an answer; only professions began later."""
    parameters = [getattr(RULES, field.name) for field in fields(RULES)]
    assert {one.begins for one in parameters if isinstance(one, Parameter)} == {date(1992, 1, 1)}


def test_a_modifier_has_one_meaning() -> None:
    known = RULES.modifiers.on(date(2025, 1, 1))
    assert not known.without_effect & (known.not_paid.keys() | known.not_supported.keys())
    assert not known.not_paid.keys() & known.not_supported.keys()
