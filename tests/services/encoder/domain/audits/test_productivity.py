"""Charts per hour, worked by hand from a coder's day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import get_args

from services.encoder.domain.audits.productivity import (
    Act,
    ActKind,
    By,
    ProductivityFigure,
    Standard,
    productivity,
    standards_on,
)
from shared.claims import EncounterClass

STANDARDS = {
    "inpatient": Standard(per_hour=Decimal("1.25"), weight=Decimal("1.0")),
    "emergency": Standard(per_hour=Decimal(10), weight=Decimal("0.5")),
}


def act(coder: str, at: str, kind: ActKind, chart: str = "c1", work_type: str = "inpatient") -> Act:
    moment = datetime.fromisoformat(f"2026-11-{at}:00").replace(tzinfo=UTC)
    fields = {
        "coder": coder,
        "chart_id": chart,
        "work_type": work_type,
        "facility_id": "CVMC",
        "kind": kind,
        "at": moment,
    }
    return Act.model_validate(fields)


def figures(acts: list[Act], by: By = "coder", idle: int = 20) -> dict[str, ProductivityFigure]:
    found = productivity(acts, by, standards=STANDARDS, idle_after=timedelta(minutes=idle))  # type: ignore[arg-type]  # a plain dict
    return {figure.of: figure for figure in found}


MORNING = [
    act("ana", "02 08:30", ActKind.TAKEN),
    act("ana", "02 08:45", ActKind.CODED),
    act("ana", "02 08:57", ActKind.QUERIED),
    act("ana", "02 09:40", ActKind.TAKEN, "c2"),
    act("ana", "02 09:50", ActKind.CODED, "c2"),
    act("ana", "02 10:00", ActKind.FINALIZED, "c2"),
    act("ana", "02 10:08", ActKind.FINALIZED),
]


def test_time_belongs_to_the_chart_of_the_act_that_ends_it_with_idle_and_query_time_apart() -> None:
    ana = figures(MORNING)["ana"]
    # coding 15 + 10 + 10 + 8 = 43 min; query 12 min; idle 43 min (08:57 to 09:40)
    assert ana.coding_hours == Decimal("0.72")
    assert ana.query_hours == Decimal("0.20")
    assert ana.idle_hours == Decimal("0.72")
    assert (ana.charts, ana.finished) == (2, ("c2", "c1"))
    # two inpatient charts are expected to take 2 / 1.25 = 1.6 h; 96 min over 43 min
    assert ana.expected_hours == Decimal("1.60")
    assert ana.productivity == Decimal("2.2326")
    assert ana.charts_per_hour == Decimal("2.79")


def test_charts_count_by_their_weight() -> None:
    acts = [
        *MORNING,
        act("ana", "02 10:10", ActKind.FINALIZED, "c3", "emergency"),
    ]
    assert figures(acts)["ana"].weighted == Decimal("2.5")
    by_work = figures(acts, "work_type")
    assert by_work["emergency"].charts == 1
    assert by_work["emergency"].expected_hours == Decimal("0.10")


def test_a_chart_finalized_again_counts_once_with_all_its_time() -> None:
    acts = [
        act("ana", "02 09:00", ActKind.TAKEN),
        act("ana", "02 09:10", ActKind.FINALIZED),
        act("ana", "02 09:20", ActKind.FINALIZED),
    ]
    ana = figures(acts)["ana"]
    assert (ana.charts, ana.coding_hours) == (1, Decimal("0.33"))


def test_a_night_belongs_to_nobody() -> None:
    acts = [act("ana", "02 17:00", ActKind.CODED), act("ana", "03 08:00", ActKind.FINALIZED)]
    ana = figures(acts)["ana"]
    assert (ana.coding_hours, ana.idle_hours, ana.productivity) == (Decimal("0.00"), Decimal("0.00"), None)


def test_the_limit_of_idle_time_is_still_work() -> None:
    acts = [act("ana", "02 09:00", ActKind.TAKEN), act("ana", "02 09:20", ActKind.FINALIZED)]
    assert figures(acts, idle=20)["ana"].idle_hours == Decimal("0.00")
    assert figures(acts, idle=19)["ana"].idle_hours == Decimal("0.33")


def test_coders_and_days_are_told_apart() -> None:
    acts = [
        *MORNING,
        act("ben", "03 09:00", ActKind.TAKEN, "b1"),
        act("ben", "03 09:15", ActKind.FINALIZED, "b1"),
    ]
    assert {name: figure.charts for name, figure in figures(acts).items()} == {"ana": 2, "ben": 1}
    assert list(figures(acts, "day")) == ["2026-11-02", "2026-11-03"]
    assert list(figures(acts, "month")) == ["2026-11"]
    assert list(figures(acts, "week")) == ["2026-W45"]


def test_every_kind_of_work_has_a_standard() -> None:
    standards = standards_on(date(2026, 11, 2))
    assert set(standards) == set(get_args(EncounterClass))
    assert all(standard.per_hour > 0 for standard in standards.values())
