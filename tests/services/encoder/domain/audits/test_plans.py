"""Drawing the charts of an audit: repeatable, unsteered, no chart twice, new coders whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.encoder.domain.audits.plans import AuditPlan, Draw, FinishedChart, draw
from shared.claims import ClaimId

CLAIM = ClaimId("0193628d-58f5-7a70-8d2e-7a3d8ef0a001")
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def a_plan(**changes: Any) -> AuditPlan:
    fields = {"name": "November", "first": "2026-11-01", "last": "2026-11-30", "per_stratum": 2}
    return AuditPlan.model_validate(fields | changes)


def a_finished(chart_id: str, coder: str = "ana", **changes: Any) -> FinishedChart:
    fields = {
        "chart_id": chart_id,
        "claim_id": CLAIM,
        "coder": coder,
        "work_type": "inpatient",
        "facility_id": "CVMC",
        "revision": 1,
        "finalized_at": MONDAY,
    }
    return FinishedChart.model_validate(fields | changes)


def charts_of(coder: str, count: int) -> list[FinishedChart]:
    return [a_finished(f"{coder}-{number}", coder) for number in range(count)]


def drawn(plan: AuditPlan, charts: list[FinishedChart], *, seed: str = "s", seen: tuple[str, ...] = ()) -> Draw:
    return draw(plan, seed, charts, {}, seen)


def ids(drawn: Draw) -> list[str]:
    return [one.chart.chart_id for one in drawn.charts]


def test_the_rank_of_a_chart_can_be_computed_by_anybody_who_has_the_seed() -> None:
    charts = charts_of("ana", 9)
    by_hand = sorted(charts, key=lambda chart: sha256(b"autumn\n" + chart.chart_id.encode()).hexdigest())
    answer = drawn(a_plan(per_stratum=3), charts, seed="autumn")
    assert ids(answer) == [chart.chart_id for chart in by_hand[:3]]
    assert [one.rank for one in answer.charts] == [1, 2, 3]


@given(st.permutations(charts_of("ana", 6) + charts_of("ben", 5)), st.text("abc123", min_size=1, max_size=8))
def test_the_order_in_which_charts_are_found_changes_nothing(charts: list[FinishedChart], seed: str) -> None:
    assert drawn(a_plan(), charts, seed=seed) == drawn(a_plan(), sorted(charts, key=lambda c: c.chart_id), seed=seed)


@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4))
def test_each_stratum_gives_its_number_or_all_that_it_has_and_none_twice(ana: int, ben: int, wanted: int) -> None:
    answer = drawn(a_plan(per_stratum=wanted), charts_of("ana", ana) + charts_of("ben", ben))
    assert len(set(ids(answer))) == len(answer.charts) == min(ana, wanted) + min(ben, wanted)
    assert answer.population == {name: count for name, count in (("ana", ana), ("ben", ben)) if count}


def test_over_many_seeds_every_chart_has_its_turn() -> None:
    charts = charts_of("ana", 10)
    counts = {chart.chart_id: 0 for chart in charts}
    for seed in range(1000):
        for chart_id in ids(drawn(a_plan(), charts, seed=str(seed))):
            counts[chart_id] += 1
    # 1,000 draws of 2 out of 10: 200 expected each, standard deviation 12.6; five of them.
    assert all(abs(count - 200) < 64 for count in counts.values())


def test_a_chart_that_an_audit_had_is_not_drawn_again_unless_the_plan_says_so() -> None:
    charts = charts_of("ana", 3)
    assert ids(drawn(a_plan(per_stratum=9), charts, seen=("ana-0", "ana-2"))) == ["ana-1"]
    assert len(ids(drawn(a_plan(per_stratum=9, again=True), charts, seen=("ana-0", "ana-2")))) == 3


def test_only_charts_of_the_period_the_coders_and_the_work_are_meant() -> None:
    charts = [
        a_finished("in"),
        a_finished("early", finalized_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC)),
        a_finished("late", finalized_at=datetime(2026, 12, 1, tzinfo=UTC)),
        a_finished("last day", finalized_at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC)),
        a_finished("other coder", "ben"),
        a_finished("other work", work_type="professional"),
    ]
    plan = a_plan(coders=["ana"], work_types=["inpatient"], per_stratum=9)
    assert sorted(ids(drawn(plan, charts))) == ["in", "last day"]


def test_all_charts_of_a_new_coder_are_audited() -> None:
    charts = charts_of("ana", 6) + charts_of("ben", 6)
    named = drawn(a_plan(new_coders=["ben"]), charts)
    assert sum(one.chart.coder == "ben" for one in named.charts) == 6
    assert {one.reason for one in named.charts if one.chart.coder == "ben"} == {"new_coder"}
    assert sum(one.chart.coder == "ana" for one in named.charts) == 2


def test_a_coder_is_new_until_so_many_days_after_the_first_chart() -> None:
    charts = [a_finished(f"c{day}", finalized_at=MONDAY + timedelta(days=day)) for day in (0, 13, 14)]
    answer = draw(a_plan(per_stratum=1, new_for_days=14), "s", charts, {"ana": date(2026, 11, 2)}, ())
    reasons = {one.chart.chart_id: one.reason for one in answer.charts}
    assert reasons["c0"] == reasons["c13"] == "new_coder"
    assert reasons.get("c14", "random") == "random"


def test_strata_are_as_asked() -> None:
    charts = [a_finished("a"), a_finished("b", work_type="emergency"), a_finished("c", "ben")]
    plan = a_plan(strata=["work_type", "coder"])
    assert drawn(plan, charts).population == {"emergency, ana": 1, "inpatient, ana": 1, "inpatient, ben": 1}
    assert drawn(a_plan(strata=[]), charts).population == {"": 3}


def test_a_plan_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError, match="last is before first"):
        a_plan(last="2026-10-31")


def test_charts_without_a_coder_are_audited_as_the_touchless_path_drew_them() -> None:
    """Beside the coders' strata and whatever these give; which of them was decided when each was finished."""
    path = [a_finished(f"t{number}", "touchless", touchless=True, drawn=number < 4) for number in range(9)]
    answer = drawn(a_plan(per_stratum=1), [*path, *charts_of("ana", 5)])
    assert answer.population == {"ana": 5, "touchless": 9}
    assert sorted(ids(answer)[1:]) == ["t0", "t1", "t2", "t3"]
    assert {(one.stratum, one.reason) for one in answer.charts} == {("ana", "random"), ("touchless", "touchless")}
    assert drawn(a_plan(touchless=False), path).population == {}


def test_the_rank_of_a_drawn_touchless_chart_is_its_place_among_all_of_them() -> None:
    path = [a_finished(f"t{number}", "touchless", touchless=True, drawn=number < 4) for number in range(9)]
    by_hand = sorted(path, key=lambda chart: sha256(b"autumn\n" + chart.chart_id.encode()).hexdigest())
    ranks = {chart.chart_id: rank for rank, chart in enumerate(by_hand, 1)}
    assert all(one.rank == ranks[one.chart.chart_id] for one in drawn(a_plan(), path, seed="autumn").charts)
