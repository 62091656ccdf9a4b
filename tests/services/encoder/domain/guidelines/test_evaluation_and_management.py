"""Levels of visits, as CMS publishes them in the physician fee schedule rules of 2021 and 2023."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.encoder.domain.guidelines.rules import VisitElements
from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent


def _visit(said: Callable[..., Case], code: str, elements: VisitElements, *at: str, **facts: Any) -> Case:
    return said("visit.level", "J06.9", *at, setting="professional", charges=(code,), visit=elements, **facts)


CASES = [
    _visit(fires, "99214", VisitElements("low"), "99214"),
    _visit(fires, "99213", VisitElements("high"), "99213"),
    _visit(fires, "99205", VisitElements(minutes=59), "99205"),
    _visit(fires, "99202", VisitElements(minutes=9), "99202"),
    _visit(silent, "99214", VisitElements("moderate")),
    # Whichever of decision making and time supports more.
    _visit(silent, "99214", VisitElements("low", 30)),
    _visit(silent, "99205", VisitElements(minutes=60)),
    # Time does not choose the level in an emergency department.
    _visit(silent, "99285", VisitElements(minutes=120)),
    _visit(fires, "99285", VisitElements("moderate"), "99285"),
    _visit(silent, "99285", VisitElements("low"), day=date(2022, 12, 31)),
    _visit(silent, "99214", VisitElements("low"), day=date(2020, 12, 31)),
    _visit(silent, "20610", VisitElements("low")),
    fires("visit.twice", "J06.9", "99203", setting="professional", charges=("99213", "99203")),
    silent("visit.twice", "J06.9", setting="professional", charges=("99213", "99203 25")),
    silent("visit.twice", "J06.9", setting="professional", charges=("99213", "20610")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_evaluation_and_management(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
