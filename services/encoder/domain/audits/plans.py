"""What an audit is to look at, and the draw of its charts.

A draw can be repeated by whoever has the seed: within its stratum each chart is ranked by SHA-256 of the seed and its
id, and the first are taken. The rank knows nothing of coder, codes or value, so nobody can steer it, and a chart that
is drawn once is not drawn again unless the plan says so.

Charts that were finished without a coder are a stratum of their own. Which of them are audited was decided when each
was finished, by the share and the seed of the tenant's policy, so that nobody can choose afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.claims import ClaimId, Date, EncounterClass, Instant, Many, Model, Reference, Text

_TOUCHLESS = "touchless"

Stratum = Literal["coder", "work_type", "facility"]
Reason = Literal["random", "new_coder", "touchless"]


class AuditPlan(Model):
    """Which finished charts are to be audited."""

    name: Text
    first: Date
    last: Date
    """Days of finalization, in UTC, both included."""
    coders: Many[Reference] = ()
    """Only theirs; empty takes everybody's."""
    work_types: Many[EncounterClass] = ()
    strata: Annotated[Many[Stratum], Field(max_length=3)] = ("coder",)
    """What is drawn from apart, so that none goes unseen; empty draws from all charts together."""
    per_stratum: Annotated[int, Field(ge=1, le=1_000)] = 30
    """A routine audit is about thirty records a coder."""
    new_coders: Many[Reference] = ()
    """Whose charts are all audited."""
    new_for_days: Annotated[int | None, Field(ge=1, le=730)] = None
    """Audit all charts of a coder for so long after the first one that he or she finalized."""
    blind: bool = True
    """Whether the auditor codes without seeing the coder's codes and name."""
    touchless: bool = True
    """Whether to take the charts without a coder that the touchless path drew for audit: all of them."""
    again: bool = False
    """Whether charts that an earlier audit drew may be drawn again."""
    seed: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")] = None
    """To repeat a draw; None draws one, and it is kept."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last < self.first:
            raise ValueError("last is before first")
        return self


class FinishedChart(Model):
    """A chart that a coder finalized: what a draw is made from."""

    chart_id: Reference
    claim_id: ClaimId
    coder: Reference
    work_type: EncounterClass
    facility_id: Reference
    revision: int
    finalized_at: Instant
    touchless: bool = False
    """Whether no coder looked at it."""
    drawn: bool = False
    """Whether the touchless path drew it for audit when it was finished."""


class DrawnChart(Model):
    """A chart that an audit is to look at, and why."""

    chart: FinishedChart
    stratum: str
    """Such as `ana, inpatient`, or `touchless`; empty where all charts were drawn from together."""
    reason: Reason
    rank: int
    """Its place in its stratum by the seed, from 1."""


class Draw(Model):
    """What was drawn, and from how many."""

    seed: str
    charts: Many[DrawnChart]
    population: dict[str, int]
    """Charts that could have been drawn, by stratum."""


def draw(
    plan: AuditPlan, seed: str, finished: Iterable[FinishedChart], first_days: Mapping[str, date], seen: Collection[str]
) -> Draw:
    """The charts of an audit, by stratum and rank.

    `first_days` is when each coder first finalized a chart, `seen` the charts that audits drew before.
    """
    strata: defaultdict[str, list[FinishedChart]] = defaultdict(list)
    for chart in finished:
        if _is_meant(chart, plan) and (plan.again or chart.chart_id not in seen):
            strata[_TOUCHLESS if chart.touchless else _stratum(chart, plan.strata)].append(chart)
    drawn: list[DrawnChart] = []
    for name in sorted(strata):
        ranked = sorted(strata[name], key=lambda chart: rank_key(seed, chart.chart_id))
        drawn += _touchless(ranked) if name == _TOUCHLESS else _drawn(ranked, name, plan, first_days)
    return Draw(seed=seed, charts=tuple(drawn), population={name: len(strata[name]) for name in sorted(strata)})


def rank_key(seed: str, chart_id: str) -> str:
    """What ranks a chart in a draw: SHA-256 in hex of the seed, a line feed and the chart's id."""
    return sha256(f"{seed}\n{chart_id}".encode()).hexdigest()


def _is_meant(chart: FinishedChart, plan: AuditPlan) -> bool:
    return (
        plan.first <= chart.finalized_at.date() <= plan.last
        and (not plan.coders or chart.coder in plan.coders)
        and (not plan.work_types or chart.work_type in plan.work_types)
        and (plan.touchless or not chart.touchless)
    )


def _stratum(chart: FinishedChart, strata: Iterable[Stratum]) -> str:
    values = {"coder": chart.coder, "work_type": chart.work_type, "facility": chart.facility_id}
    return ", ".join(values[name] for name in strata)


def _drawn(
    ranked: Iterable[FinishedChart], stratum: str, plan: AuditPlan, first_days: Mapping[str, date]
) -> list[DrawnChart]:
    """The first of a stratum, and beyond them those of new coders."""
    drawn = []
    for rank, chart in enumerate(ranked, start=1):
        reason = _reason(chart, plan, first_days)
        if rank <= plan.per_stratum or reason == "new_coder":
            drawn.append(DrawnChart(chart=chart, stratum=stratum, reason=reason, rank=rank))
    return drawn


def _touchless(ranked: Iterable[FinishedChart]) -> list[DrawnChart]:
    return [
        DrawnChart(chart=chart, stratum=_TOUCHLESS, reason="touchless", rank=rank)
        for rank, chart in enumerate(ranked, start=1)
        if chart.drawn
    ]


def _reason(chart: FinishedChart, plan: AuditPlan, first_days: Mapping[str, date]) -> Reason:
    return "new_coder" if chart.coder in plan.new_coders or _is_new(chart, plan, first_days) else "random"


def _is_new(chart: FinishedChart, plan: AuditPlan, first_days: Mapping[str, date]) -> bool:
    """Whether the coder had only begun when the chart was finalized."""
    if plan.new_for_days is None or chart.coder not in first_days:
        return False
    return chart.finalized_at.date() < first_days[chart.coder] + timedelta(days=plan.new_for_days)
