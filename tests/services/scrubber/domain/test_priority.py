"""How urgent a held claim is. Every figure by hand, from the weights below."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scrubber.domain.priority import explain
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import ClaimNotHeld
from services.scrubber.parameters import payer_rules
from shared.worklists import PriorityWeights
from tests.builders import a_professional_claim, a_professional_line, an_institutional_claim, commercial

WEIGHTS = PriorityWeights(per_day=5, dollars_per_point=100, value_most=100, deadline_days=30, deadline_most=100)
HELD = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
TODAY = HELD.date()


def held(*, charge="1234.56", deadline=None, since=HELD, status="held"):
    claim = a_professional_claim().with_lines(a_professional_line(charge=charge)).build()
    return ScrubbedClaim.model_construct(
        id=claim.id, status=status, claim=claim, held_since=since, filing_deadline=deadline
    )


def points(claim, day=TODAY):
    return {factor.name: str(factor.points) for factor in explain(claim, WEIGHTS, day).factors}


@pytest.mark.parametrize(("charge", "value"), [("1234.56", "12.35"), ("10000.00", "100.00"), ("99999.00", "100.00")])
def test_charges_count_up_to_a_bound(charge, value):
    assert points(held(charge=charge)) == {"value": value, "age": "0"}


def test_each_day_on_the_worklist_counts():
    assert points(held(), TODAY + timedelta(days=3))["age"] == "15"


@pytest.mark.parametrize(
    ("left", "deadline"),
    [(31, None), (30, None), (29, "3.33"), (15, "50.00"), (0, "100.00"), (-1, "0")],
)
def test_a_deadline_counts_the_more_the_nearer_it_is_and_not_once_it_has_passed(left, deadline):
    explained = explain(held(deadline=TODAY + timedelta(days=left)), WEIGHTS, TODAY)
    assert points(held(deadline=TODAY + timedelta(days=left))).get("deadline") == deadline
    assert explained.days_left == left


def test_the_total_is_the_sum_and_every_factor_has_its_reason():
    explained = explain(held(deadline=TODAY + timedelta(days=18)), WEIGHTS, TODAY + timedelta(days=3))
    assert explained.total == Decimal("12.35") + 15 + 50
    assert all(factor.because for factor in explained.factors)


def test_what_is_not_held_has_no_priority():
    with pytest.raises(ClaimNotHeld):
        explain(held(since=None, status="cleared"), WEIGHTS, TODAY)


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_claim_in_time_is_never_less_urgent_the_next_day(held_for, left):
    claim = held(deadline=TODAY + timedelta(days=held_for + left + 1))
    day = TODAY + timedelta(days=held_for)
    assert explain(claim, WEIGHTS, day + timedelta(days=1)).total > explain(claim, WEIGHTS, day).total


def line(day):
    return a_professional_line(service_from=day)


@pytest.mark.parametrize(
    ("claim", "deadline"),
    [
        # 42 CFR 424.44(a): one calendar year; the earliest line of a professional claim is too late first.
        (a_professional_claim().with_lines(line("2026-11-16"), line("2026-11-10")), date(2027, 11, 10)),
        (a_professional_claim().with_coverages(commercial()), None),
        (a_professional_claim().but(delay_reason="1"), None),
        (a_professional_claim().but(frequency="8"), None),
    ],
)
def test_the_deadline_is_the_payers(claim, deadline):
    assert payer_rules().filing_deadline(claim.build(), TODAY) == deadline


def test_a_facility_claim_counts_from_the_end_of_its_statement():
    """CMS Pub 100-04 ch. 1 §70.4: of an institutional claim that spans days the through date counts."""
    claim = an_institutional_claim().build()
    assert payer_rules().filing_deadline(claim, TODAY) == claim.statement_through.replace(
        year=claim.statement_through.year + 1
    )
