from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.registry import TABLES
from shared.tables.touched import Period, Touch, kind_of

OCTOBER = Period(date(2026, 10, 1), date(2026, 12, 31))
CODES = st.sets(st.sampled_from(["80053", "82947", "84450", "99213", "36415"]))


def test_a_changed_code_touches_whoever_holds_it():
    touch = Touch.of("icd10cm.codes", ["I10", "J189"])
    assert touch.found({"diagnosis": {"J189", "N179"}}) == ("J189",)
    assert touch.found({"diagnosis": {"N179"}}) == ()


def test_a_changed_pair_touches_only_who_holds_both():
    touch = Touch.of("ncci.ptp.practitioner", ["80053 82947", "80053 84450"])
    assert touch.found({"service": {"80053", "82947"}}) == ("80053 82947",)
    assert touch.found({"service": {"80053"}}) == ()


def test_the_same_letters_in_another_code_system_are_not_touched():
    """J0120 is acute ethmoidal sinusitis in ICD-10-CM (J01.20) and tetracycline in HCPCS."""
    held = {"diagnosis": {"J0120"}, "service": set[str]()}
    assert Touch.of("hcpcs.codes", ["J0120"]).found(held) == ()
    assert Touch.of("icd10cm.codes", ["J0120"]).found(held) == ("J0120",)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("hcpcs.modifiers", "modifier"),
        ("ioce.revenue", "revenue"),
        ("icd10pcs.codes", "procedure"),
        ("ncci.mue.dme", "service"),
        ("ioce.apcs", None),
    ],
)
def test_a_table_of_a_family_speaks_of_its_kind(table: str, kind: str | None):
    assert kind_of(table) == kind


def test_every_table_of_codes_says_of_which_kind_but_those_of_apcs_which_stand_on_no_claim():
    silent = {table.name for table in TABLES.values() if table.coded and kind_of(table.name) is None}
    assert silent <= {"ioce.apcs", "opps.apcs"}


def test_a_table_whose_keys_stand_on_no_claim_touches_nobody():
    assert Touch.of("opps.apcs", ["0360"]).found({"revenue": {"0360"}}) == ()


def test_a_note_at_a_category_touches_the_codes_below_it():
    touch = Touch.of("icd10cm.tabular", ["J18", "A00"])
    assert touch.found({"diagnosis": {"J189", "N179"}}) == ("J18",)
    assert Touch.of("icd10cm.codes", ["J18"]).found({"diagnosis": {"J189"}}) == ()


@pytest.mark.parametrize(
    ("first", "last", "meets"),
    [
        (date(2026, 9, 28), date(2026, 9, 30), False),
        (date(2026, 9, 28), date(2026, 10, 1), True),
        (date(2026, 12, 31), date(2027, 1, 3), True),
        (date(2027, 1, 1), date(2027, 1, 3), False),
    ],
)
def test_a_stay_meets_a_period_that_shares_a_day_with_it(first: date, last: date, meets: bool):
    assert OCTOBER.meets(first, last) is meets


def test_a_period_without_end_goes_on():
    assert Period(date(2026, 10, 1)).meets(date(2099, 1, 1), date(2099, 1, 1))


@given(held=CODES, changed=st.sets(st.tuples(*[st.sampled_from(["80053", "82947", "84450", "99213", "36415"])] * 2)))
def test_pairs_are_found_exactly_where_both_codes_are_held(held: set[str], changed: set[tuple[str, str]]):
    found = Touch.of("ncci.ptp.practitioner", [" ".join(pair) for pair in changed]).found({"service": held})
    assert set(found) == {f"{first} {second}" for first, second in changed if first in held and second in held}
