"""What each factor counts is worked out here by hand from the default weights of `priority_weights.yaml`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.priority import explain, rank_of
from services.encoder.domain.queue.routing import placement_of
from services.encoder.domain.queue.rules import PriorityWeights, QueueRules, RoutingRule
from tests.services.encoder.domain.test_charts import REASON, a_chart

TODAY = date(2026, 11, 25)
NO_RULES = QueueRules(effective=date(2026, 1, 1))


def points(chart: Chart, rules: QueueRules = NO_RULES, rule: RoutingRule | None = None) -> dict[str, Decimal]:
    return {factor.name: factor.points for factor in explain(chart, rules, rule, TODAY)}


def test_a_discharged_stay_counts_its_days_and_its_charges():
    """Five days at ten points; 7,622.50 dollars at one point for each ten thousand."""
    assert points(a_chart()) == {"age": Decimal(50), "value": Decimal("0.76"), "inpatient": Decimal(5)}


def test_age_says_by_how_much_the_target_is_missed():
    """Coding has four days for an inpatient stay: the fifth is one over."""
    [age, *_] = explain(a_chart(), NO_RULES, None, TODAY)
    assert age.because == "5 days since discharge or service at 10 points a day; 1 over the target of 4"


def test_charges_count_to_a_limit():
    assert points(a_chart(value=Decimal("900000.00")))["value"] == Decimal(15)


def test_a_patient_in_the_house_comes_after_all_who_can_be_billed():
    in_house = points(a_chart(discharged=False))
    assert in_house["in_house"] == Decimal(-1000)
    assert "inpatient" not in in_house


def test_what_came_back_and_what_was_answered_is_urgent():
    urgent = points(a_chart(return_reasons=(REASON,), query_answered=True))
    assert (urgent["returned"], urgent["query_answered"]) == (Decimal(60), Decimal(40))


def test_a_payer_with_little_time_for_filing_adds_points_and_medicare_with_its_year_none():
    """90 of 365 days: (365 - 90) / 365 of forty points are 30.14. Medicare has one year (42 CFR 424.44)."""
    rules = NO_RULES.model_copy(update={"filing_days": {"MHP01": 90}})
    assert points(a_chart(payer="MHP01", filing_indicator="CI"), rules)["deadline"] == Decimal("30.14")
    assert "deadline" not in points(a_chart(payer="MCAREA", filing_indicator="MA"), rules)
    assert "deadline" not in points(a_chart(payer="OTHER", filing_indicator="CI"), rules)


def test_a_tenants_weights_go_before_the_products():
    weights = PriorityWeights(
        per_day=1,
        dollars_per_point=1000,
        value_most=100,
        deadline_most=0,
        inpatient=0,
        in_house=0,
        returned=0,
        query_answered=0,
    )
    tenants = NO_RULES.model_copy(update={"weights": weights})
    assert points(a_chart(), tenants)["age"] == Decimal(5)
    assert points(a_chart(), tenants)["value"] == Decimal("7.62")


def test_twenty_points_at_ten_a_day_are_two_days():
    assert rank_of(date(2026, 11, 20), Decimal(20), 10) == rank_of(date(2026, 11, 18), Decimal(0), 10)


charts = st.builds(
    lambda day, dollars, answered, discharged: a_chart(
        service_date=day, value=Decimal(dollars), query_answered=answered, discharged=discharged
    ),
    st.dates(date(2026, 1, 1), date(2026, 11, 25)),
    st.integers(0, 200_000),
    st.booleans(),
    st.booleans(),
)


@given(charts, charts, st.dates(date(2026, 11, 25), date(2027, 12, 31)))
def test_the_order_of_the_queue_is_that_of_the_priorities_on_every_later_day(one: Chart, other: Chart, day: date):
    def total(chart: Chart) -> Decimal:
        return sum((factor.points for factor in explain(chart, NO_RULES, None, day)), start=Decimal(0))

    ranks: list[Any] = [placement_of(chart, NO_RULES, TODAY).rank for chart in (one, other)]
    if total(one) > total(other):
        assert ranks[0] < ranks[1]
    elif total(one) == total(other):
        assert ranks[0] == ranks[1]
