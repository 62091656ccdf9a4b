"""Which queue a chart waits in: the first rule that fits, and what follows for its priority."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.priority import points_of, rank_of
from services.encoder.domain.queue.rules import CoderProfile, Condition, Flag, Placement, QueueRules, RoutingRule
from services.encoder.errors import CoderNotQualified


def flags_of(chart: Chart) -> frozenset[Flag]:
    """What is noticeable about the chart."""
    noticed: dict[Flag, bool] = {
        "in_house": not chart.discharged,
        "returned": bool(chart.return_reasons),
        "query_answered": chart.query_answered,
        "no_charges": not chart.value,
        "no_coverage": chart.filing_indicator is None and chart.payer is None,
    }
    return frozenset(flag for flag, present in noticed.items() if present)


def meets(chart: Chart, when: Condition, day: date) -> bool:
    """Whether the chart is on `day` what the condition asks."""
    return (
        _among(chart.work_type, when.work_types)
        and _among((chart.specialty or "").casefold(), [name.casefold() for name in when.specialties])
        and _among(chart.payer, when.payers)
        and _among(chart.facility_id, when.facilities)
        and (when.value_at_least is None or chart.value >= when.value_at_least)
        and (when.value_below is None or chart.value < when.value_below)
        and _old_enough(chart, when.days_since_discharge, day)
        and flags_of(chart).issuperset(when.flags)
    )


def rule_of(chart: Chart, rules: QueueRules, day: date) -> RoutingRule | None:
    """The first rule that the chart meets."""
    return next((rule for rule in rules.rules if meets(chart, rule.when, day)), None)


def placement_of(chart: Chart, rules: QueueRules, day: date) -> Placement:
    """Where the rules put the chart on `day`. One that a person put elsewhere keeps its queue and gets its points."""
    rule = rule_of(chart, rules, day)
    weights = rules.weights_on(day)
    points = points_of(chart, rules, rule, day)
    scored = {
        "points": points,
        "rank": rank_of(chart.service_date, points, weights.per_day),
        "rules_version": rules.version,
        "placed_on": day,
    }
    if chart.placement is not None and chart.placement.handed:
        return chart.placement.model_copy(update=scored)
    return Placement.model_validate(scored | _queue(rules, rule))


def may_take(chart: Chart, coder: CoderProfile | None) -> bool:
    """Whether the chart asks for nothing that the coder does not have. Who has no profile holds no credential."""
    place = chart.placement
    if place is None:
        return True
    credentials: Collection[str] = coder.credentials if coder else ()
    qualified = place.credential is None or place.credential in credentials
    return qualified and (place.trainees or coder is None or not coder.trainee)


def check_may_take(chart: Chart, coder: CoderProfile | None) -> None:
    """Raises CoderNotQualified."""
    if not may_take(chart, coder):
        credential = chart.placement.credential if chart.placement else None
        wanted = f"asks for the credential {credential}" if credential else "is not for trainees"
        raise CoderNotQualified(f"the chart {wanted}")


def _queue(rules: QueueRules, rule: RoutingRule | None) -> dict[str, object]:
    if rule is None:
        return {"queue": rules.default_queue}
    return {"queue": rule.queue, "rule": rule.id, "credential": rule.credential, "trainees": rule.trainees}


def _among(value: str | None, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _old_enough(chart: Chart, days: int | None, day: date) -> bool:
    return days is None or (chart.discharged and (day - chart.service_date).days >= days)
