"""The multiple procedure discount and what modifiers do. Amounts: Addendum B of January 2025.

43239 937.56 · 64483 890.29 (conditionally bilateral) · 11042 399.53 · 20610 295.19 (conditionally bilateral)
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import NEXT_DAY, line, priced


def amounts(tables: Tables, *lines: dict[str, Any] | str) -> list[str]:
    return [str(one.amount) for one in priced(tables, *lines).lines]


def test_the_highest_procedure_is_paid_in_full_and_others_by_half(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §10.5: 399.53 / 2 = 199.765; 2 × 295.19 / 2."""
    found = amounts(tables_of_2025, "11042", line("20610", units=2), "43239")
    assert found == ["199.77", "295.19", "937.56"]


def test_further_units_of_the_highest_are_paid_by_half(tables_of_2025: Tables) -> None:
    """295.19 + 2 × 295.19 / 2 = 590.38."""
    assert amounts(tables_of_2025, line("20610", units=3)) == ["590.38"]


def test_each_day_has_a_highest_procedure_of_its_own(tables_of_2025: Tables) -> None:
    assert amounts(tables_of_2025, "43239", line("11042", day=NEXT_DAY)) == ["937.56", "399.53"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # Bilateral: 150 per cent as the highest (formula 4), 100 per cent below another (formula 9).
        ([line("64483", "50")], ["1335.44"]),
        ([line("43239"), line("64483", "50")], ["937.56", "890.29"]),
        # Stopped before anaesthesia, or reduced: half (formula 3); after anaesthesia: in full.
        ([line("43239", "73")], ["468.78"]),
        ([line("43239", "52")], ["468.78"]),
        ([line("43239", "74")], ["937.56"]),
        # The stopped one counts by its half: 468.78 is below 890.29.
        ([line("43239", "73"), line("64483")], ["468.78", "890.29"]),
        # Repeated procedures are not discounted.
        ([line("43239"), line("20610", "76")], ["937.56", "295.19"]),
        # A service with S is paid for each unit: 2 × 437.18.
        ([line("36430", units=2)], ["874.36"]),
    ],
)
def test_modifiers_by_the_formulas_of_the_editor(
    tables_of_2025: Tables, lines: list[dict[str, Any]], expected: list[str]
) -> None:
    """Integrated OCE Specifications, Appendix D."""
    assert amounts(tables_of_2025, *lines) == expected


def test_a_device_is_not_paid_for_where_its_procedure_did_not_begin(embedded_tables: Tables) -> None:
    """I/OCE of 2026Q1: (13,116.76 - 7,172.24 for the device) × 0.5 (Pub 100-04 ch. 4 §20.6.4)."""
    assert amounts(embedded_tables, line("28297", "73", day="2026-02-03")) == ["2972.26"]
    assert amounts(embedded_tables, line("28297", "74", day="2026-02-03")) == ["13116.76"]


CODES = ("43239", "64483", "11042", "20610")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CODES), st.integers(1, 4)), min_size=1, max_size=5))
def test_procedures_together_cost_between_half_and_all_of_what_they_do_apart(
    tables_of_2025: Tables, chosen: list[tuple[str, int]]
) -> None:
    lines = [line(code, units=units) for code, units in chosen]
    together = priced(tables_of_2025, *lines).total
    apart = sum((priced(tables_of_2025, line(code)).total or Decimal(0)) * units for code, units in chosen)
    assert together is not None
    assert apart / 2 <= together + Decimal("0.05")
    assert together <= apart
