"""How urgent a chart is: a sum of named factors, each with its points and how they came about.

Only age changes by itself, and it gives every chart the same points a day. The order of the queue is therefore that of
one key that does not change while charts wait: the service day, moved back by all other points at the rate of a day's
(`Placement.rank`). A chart with 20 points more, at 10 points a day, is served as if it had come two days sooner.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.rules import PriorityWeights, QueueRules, RoutingRule
from services.encoder.parameters import parameter
from shared.claims import Date, Many, Model, Reference

_CENT = Decimal("0.01")
_DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1)
_A_YEAR = 365


class Factor(Model):
    """A part of the priority."""

    name: str
    """age, value, deadline, inpatient, in_house, returned, query_answered or rule."""
    points: Decimal
    because: str
    """The arithmetic in words; holds nothing of the patient."""


class Priority(Model):
    """A chart's priority on a day with its arithmetic: `total` is the sum of the factors' points."""

    chart_id: Reference
    day: Date
    total: Decimal
    factors: Many[Factor]
    queue: Reference
    rule: Reference | None
    rules_version: int
    rank: int
    """What the queue is sorted by, the lowest first: total = points a day x days since the moment it names."""


def explain(chart: Chart, rules: QueueRules, rule: RoutingRule | None, day: date) -> tuple[Factor, ...]:
    """Every factor that has points on `day`, age first."""
    weights = rules.weights_on(day)
    return (_age(chart, weights, day), *_unchanging(chart, rules, rule, weights, day))


def points_of(chart: Chart, rules: QueueRules, rule: RoutingRule | None, day: date) -> Decimal:
    """The points of all factors but age."""
    weights = rules.weights_on(day)
    return sum((factor.points for factor in _unchanging(chart, rules, rule, weights, day)), start=Decimal(0))


def rank_of(service_date: date, points: Decimal, per_day: int) -> int:
    """Seconds since 1970 of midnight of the service day, less the time in which waiting would earn the points."""
    earned = (points * _DAY_SECONDS / per_day).to_integral_value(ROUND_HALF_UP)
    return (service_date - _EPOCH).days * _DAY_SECONDS - int(earned)


def _age(chart: Chart, weights: PriorityWeights, day: date) -> Factor:
    days = (day - chart.service_date).days
    since = "discharge or service" if chart.discharged else "admission"
    target = parameter("queue/dnfb_targets").on(day)[chart.work_type]
    over = f"; {days - target} over the target of {target}" if chart.discharged and days > target else ""
    because = f"{days} days since {since} at {weights.per_day} points a day{over}"
    return Factor(name="age", points=Decimal(days * weights.per_day), because=because)


def _unchanging(
    chart: Chart, rules: QueueRules, rule: RoutingRule | None, weights: PriorityWeights, day: date
) -> Iterator[Factor]:
    yield from _value(chart, weights)
    yield from _deadline(chart, rules, weights, day)
    if not chart.discharged:
        yield _flat("in_house", weights.in_house, "the patient is in the house: nothing can be billed yet")
    elif chart.work_type == "inpatient":
        yield _flat("inpatient", weights.inpatient, "a discharged stay waits to be billed")
    if chart.return_reasons:
        yield _flat("returned", weights.returned, "the claim came back")
    if chart.query_answered:
        yield _flat("query_answered", weights.query_answered, "a query was answered since the chart was last coded")
    if rule is not None and rule.points:
        yield _flat("rule", rule.points, f"the rule {rule.id}")


def _flat(name: str, points: int, because: str) -> Factor:
    return Factor(name=name, points=Decimal(points), because=because)


def _value(chart: Chart, weights: PriorityWeights) -> Iterator[Factor]:
    if not chart.value:
        return
    points = min(chart.value / weights.dollars_per_point, Decimal(weights.value_most)).quantize(_CENT, ROUND_HALF_UP)
    because = f"charges at a point for each {weights.dollars_per_point} dollars, at most {weights.value_most}"
    yield Factor(name="value", points=points, because=because)


def _deadline(chart: Chart, rules: QueueRules, weights: PriorityWeights, day: date) -> Iterator[Factor]:
    """The less time a payer gives for filing, the more points: like all but age they do not change by waiting."""
    by_law = parameter("queue/filing_limits").on_or(chart.service_date, {})
    days = rules.filing_days.get(chart.payer or "") or by_law.get(chart.filing_indicator)
    if days is None or days >= _A_YEAR:
        return
    share = Decimal(_A_YEAR - days) / _A_YEAR
    points = (share * weights.deadline_most).quantize(_CENT, ROUND_HALF_UP)
    because = f"the payer takes claims for {days} days of a year's {_A_YEAR}, of at most {weights.deadline_most} points"
    yield Factor(name="deadline", points=points, because=because)
