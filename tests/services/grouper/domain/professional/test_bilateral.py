"""Procedures on both sides, by the indicators of CMS Pub 100-04 ch. 12 §40.7 and the MPFSDB record layout (ch. 23)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.professional.schedule import a_line, a_schedule, amounts, listed, only, priced

SURGERY = {"global_days": "090", "multiple": "2"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        listed("20000", "100.00", bilateral="0", **SURGERY),
        listed("20001", "100.01", bilateral="1", **SURGERY),
        listed("20002", "100.00", bilateral="2", **SURGERY),
        listed("20003", "100.00", bilateral="3"),
        listed("20009", "100.00", bilateral="9"),
        listed("29999", "120.00", bilateral="0", **SURGERY),
        listed("28888", "1000.00", bilateral="0", **SURGERY),
    )


@pytest.mark.parametrize(
    ("code", "paid"),
    [
        ("20000", "100.00"),  # 0: the amount of one
        ("20001", "150.02"),  # 1: 100.01 × 1.5 = 150.015
        ("20002", "100.00"),  # 2: valued for both sides
        ("20003", "200.00"),  # 3: each side in full
    ],
)
def test_modifier_50(tables: Tables, code: str, paid: str) -> None:
    assert only(priced(tables, a_line(code, "50"))).amount == Decimal(paid)


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        ("20000", "100.00", "0.00"),
        ("20001", "100.01", "50.01"),
        ("20002", "100.00", "0.00"),
        ("20003", "100.00", "100.00"),
        ("20009", "100.00", "100.00"),
    ],
)
def test_the_two_sides_on_two_lines(tables: Tables, code: str, left: str, right: str) -> None:
    estimate = priced(tables, a_line(code, "LT"), a_line(code, "RT"))
    assert amounts(estimate) == [Decimal(left), Decimal(right)]


def test_a_side_that_is_paid_by_the_other_line_says_so(tables: Tables) -> None:
    second = priced(tables, a_line("20002", "RT"), a_line("20002", "LT")).lines[1]
    assert second.outcome == "packaged"
    assert second.reason == "both sides are paid as one, by the line for the other side"


@pytest.mark.parametrize(("code", "paid"), [("20001", "150.02"), ("20002", "100.00"), ("20003", "200.00")])
def test_two_units_are_both_sides(tables: Tables, code: str, paid: str) -> None:
    assert only(priced(tables, a_line(code, units="2"))).amount == Decimal(paid)


def test_one_side_is_paid_as_any_service(tables: Tables) -> None:
    assert only(priced(tables, a_line("20001", "LT"))).amount == Decimal("100.01")


def test_a_bilateral_procedure_is_ranked_by_the_amount_for_both_sides(tables: Tables) -> None:
    # §40.7: 150 per cent first, then the rules on multiple procedures. 150.02 stands above 120: 150.02 + 60.
    assert amounts(priced(tables, a_line("29999"), a_line("20001", "50"))) == [Decimal("60.00"), Decimal("150.02")]
    # Below 1,000 it is halved: 75.01.
    assert amounts(priced(tables, a_line("28888"), a_line("20001", "50"))) == [Decimal(1000), Decimal("75.01")]


def test_the_step_says_both_rules(tables: Tables) -> None:
    step = priced(tables, a_line("28888"), a_line("20001", "50")).lines[1].steps[-1]
    assert step.arithmetic == "100.01 × 1.5 × 0.5"
    assert "§40.7" in step.source
    assert "§40.6" in step.source


@pytest.mark.parametrize("line", [a_line("20009", "50"), a_line("20001", "50", units="2")])
def test_modifier_50_where_it_does_not_belong_is_not_supported(tables: Tables, line: dict[str, object]) -> None:
    assert only(priced(tables, line)).outcome == "not-supported"
