from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.routing import check_may_take, flags_of, may_take, meets, placement_of
from services.encoder.domain.queue.rules import CoderProfile, Condition, QueueRules, RoutingRule
from services.encoder.errors import CoderNotQualified
from tests.services.encoder.domain.test_charts import REASON, a_chart

TODAY = date(2026, 11, 25)

PAYER = {"payer": "MHP01", "filing_indicator": "CI"}


def rules(*rules: RoutingRule, **fields: Any) -> QueueRules:
    return QueueRules(effective=date(2026, 1, 1), rules=rules, **fields)


@pytest.mark.parametrize(
    ("when", "fitting", "other"),
    [
        ({"work_types": ("inpatient",)}, {}, {"work_type": "professional"}),
        ({"specialties": ("Cardiology",)}, {"specialty": "CARDIOLOGY"}, {"specialty": "cardiac surgery"}),
        ({"payers": ("MHP01",)}, PAYER, {"payer": None}),
        ({"facilities": ("CVMC",)}, {"facility_id": "CVMC"}, {"facility_id": "ELSEWHERE"}),
        ({"value_at_least": Decimal(5000)}, {"value": Decimal(5000)}, {"value": Decimal("4999.99")}),
        ({"value_below": Decimal(5000)}, {"value": Decimal("4999.99")}, {"value": Decimal(5000)}),
        ({"days_since_discharge": 5}, {"service_date": date(2026, 11, 20)}, {"service_date": date(2026, 11, 21)}),
        ({"days_since_discharge": 5}, {"service_date": date(2026, 11, 20)}, {"discharged": False}),
        ({"flags": ("returned",)}, {"return_reasons": (REASON,)}, {}),
        ({"flags": ("in_house", "no_charges")}, {"discharged": False, "value": Decimal(0)}, {"discharged": False}),
    ],
)
def test_a_condition_holds_where_all_that_it_says_is_so(when: Any, fitting: Any, other: Any):
    condition = Condition(**when)
    assert meets(a_chart(**fitting), condition, TODAY)
    assert not meets(a_chart(**other), condition, TODAY)


def test_the_first_rule_that_fits_decides_and_a_chart_waits_in_one_queue():
    dear = RoutingRule(id="dear", when=Condition(value_at_least=Decimal(5000)), queue="high dollar", credential="CCS")
    stays = RoutingRule(id="stays", when=Condition(work_types=("inpatient",)), queue="inpatient", points=7)
    place = placement_of(a_chart(), rules(dear, stays), TODAY)
    assert (place.queue, place.rule, place.credential, place.points) == ("high dollar", "dear", "CCS", Decimal("5.76"))
    cheap = placement_of(a_chart(value=Decimal(100)), rules(dear, stays), TODAY)
    assert (cheap.queue, cheap.points) == ("inpatient", Decimal("12.01"))  # 5 inpatient + 7 of the rule + 0.01


def test_what_no_rule_takes_waits_in_the_default_queue():
    assert placement_of(a_chart(), rules(default_queue="others"), TODAY).queue == "others"


def test_what_a_person_put_into_a_queue_stays_there_and_gets_its_points():
    everything = RoutingRule(id="all", queue="general", points=3)
    placed = placement_of(a_chart(), rules(), TODAY)
    by_hand = a_chart(placement=placed.model_copy(update={"queue": "second look", "handed": True}))
    again = placement_of(by_hand, rules(everything, version=4), TODAY)
    assert (again.queue, again.points, again.rules_version) == ("second look", Decimal("8.76"), 4)


def of(chart: Chart, **place: Any) -> Chart:
    return chart.placed(placement_of(chart, rules(), TODAY).model_copy(update=place))


def test_a_credential_that_is_asked_for_must_be_held():
    asks = of(a_chart(), credential="CRC")
    assert may_take(asks, CoderProfile(subject="ana", credentials=("CCS", "CRC")))
    assert not may_take(asks, CoderProfile(subject="ben", credentials=("CCS",)))
    with pytest.raises(CoderNotQualified, match="CRC"):
        check_may_take(asks, None)


def test_a_chart_that_is_not_for_trainees_is_for_everybody_else():
    asks = of(a_chart(), trainees=False)
    assert not may_take(asks, CoderProfile(subject="tim", trainee=True))
    assert may_take(asks, CoderProfile(subject="ana"))
    assert may_take(of(a_chart()), CoderProfile(subject="tim", trainee=True))


def test_a_chart_without_coverage_is_noticed():
    assert "no_coverage" not in flags_of(a_chart())
    assert "no_coverage" in flags_of(a_chart(payer=None, filing_indicator=None))


def test_two_rules_cannot_have_one_name():
    with pytest.raises(ValidationError, match="two rules have the same id"):
        rules(RoutingRule(id="a", queue="x"), RoutingRule(id="a", queue="y"))
