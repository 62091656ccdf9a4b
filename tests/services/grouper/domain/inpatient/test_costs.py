"""Outliers (42 CFR 412.80-412.84) and new technologies (42 CFR 412.88), worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grouper.domain.inpatient.pricing import price
from services.grouper.parameters.ipps import load_ipps_rules
from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import a_case, amount, amounts, left_out, priced

RATIOS = {"operating_ccr": "0.25", "capital_ccr": "0.05"}


def test_an_outlier_has_four_fifths_of_what_costs_exceed_the_threshold(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, RATIOS, charges="300000.00")
    # Costs: 300,000 × 0.25 = 75,000 operating and × 0.05 = 15,000 capital, together 90,000.
    assert amount(estimate, "outlier-cost") == "90000.00"
    # The fixed loss of FY 2026, 40,397, is shared as the ratios: 0.25 / 0.30 and 0.05 / 0.30.
    # Operating: 40,397 × (0.62 × 1 + 0.38 × 1) × 0.833333 = 33,664.166667 + 13,116.944925 = 46,781.111592.
    # Capital: 40,397 × 1 × 0.166667 = 6,732.833333 + 1,018.161375 = 7,750.994708. Together 54,532.106300.
    assert amount(estimate, "outlier-threshold") == "54532.11"
    # 0.8 × (75,000 - 46,781.111592) = 22,575.110726; 0.8 × (15,000 - 7,750.994708) = 5,799.204234.
    assert (amount(estimate, "operating-outlier"), amount(estimate, "capital-outlier")) == ("22575.11", "5799.20")
    # 13,116.94 + 1,018.16 + 22,575.11 + 5,799.20.
    assert str(estimate.total) == "42509.41"


def test_costs_together_must_exceed_the_thresholds_together(embedded_tables: Tables) -> None:
    # 180,000: capital costs of 9,000 exceed 7,750.99, but 54,000 together do not exceed 54,532.11.
    estimate = priced(embedded_tables, RATIOS, charges="180000.00")
    assert {"operating-outlier", "capital-outlier"}.isdisjoint(amounts(estimate))
    assert "outlier" not in left_out(estimate)


def test_burns_have_nine_tenths(embedded_tables: Tables) -> None:
    # DRG 935 weighs 2.0600: 13,910.376600 + 33,664.166667 = 47,574.543267; 0.9 × (75,000 - that) = 24,682.911060.
    estimate = priced(embedded_tables, RATIOS, drg="935", charges="300000.00")
    assert amount(estimate, "operating-outlier") == "24682.91"


def test_what_is_paid_on_top_raises_the_threshold(embedded_tables: Tables) -> None:
    facts = RATIOS | {"operating_dsh": "0.02635", "uncompensated_care_per_claim": "1333.86"}
    estimate = priced(embedded_tables, facts, charges="300000.00")
    # 46,781.111592 + 345.631499 + 1,333.86 = 48,460.603091; 0.8 × (75,000 - that) = 21,231.517527.
    assert amount(estimate, "operating-outlier") == "21231.52"


def test_the_wage_index_adjusts_the_labor_share_of_the_fixed_loss(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, RATIOS | {"wage_index": "1.2"}, charges="300000.00")
    # 40,397 × (0.66 × 1.2 + 0.34) × 0.833333 = 40,397 × 1.132 × 0.833333 = 38,107.836667
    # + 7,643.954 × 1.9425 = 14,848.380645, together 52,956.217312; 0.8 × (75,000 - that) = 17,635.026151.
    assert amount(estimate, "operating-outlier") == "17635.03"


def test_a_transfer_has_its_part_of_the_fixed_loss(embedded_tables: Tables) -> None:
    stay: dict[str, Any] = {"discharge_status": "02", "length_of_stay": 2, "charges": "300000.00"}
    estimate = priced(embedded_tables, RATIOS, **stay)
    # 0.625 × 46,781.111592 = 29,238.194745; 0.8 × (75,000 - that) = 36,609.444204.
    assert amount(estimate, "operating-outlier") == "36609.44"


@pytest.mark.parametrize(
    ("facts", "fields"),
    [({}, {"charges": "300000.00"}), (RATIOS, {}), ({"operating_ccr": "0.25"}, {"charges": "300000.00"})],
)
def test_without_charges_or_a_ratio_it_is_left_out(
    embedded_tables: Tables, facts: dict[str, str], fields: dict[str, str]
) -> None:
    assert "outlier" in left_out(priced(embedded_tables, facts, **fields))


def test_charges_of_a_claim_that_no_stay_has_are_not_counted(embedded_tables: Tables) -> None:
    case = a_case(RATIOS).model_copy(update={"charges": Decimal("9999999999.99")})
    estimate = price(case, load_ipps_rules(), embedded_tables)
    assert "outlier" in left_out(estimate)
    assert str(estimate.total) == "14135.10"


def test_an_outlier_that_depends_on_what_is_not_known_is_left_out(embedded_tables: Tables) -> None:
    unknown = RATIOS | {"operating_dsh": None}
    estimate = priced(embedded_tables, unknown, charges="300000.00")
    assert "operating-dsh" in left_out(estimate)["outlier"]
    assert "operating-outlier" not in amounts(estimate)
    # Where costs are below the threshold without it, they are below it with it.
    assert "outlier" not in left_out(priced(embedded_tables, unknown, charges="100000.00"))


def test_a_new_hospital_has_no_capital_payment_by_the_rate(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, RATIOS | {"is_new": True}, charges="300000.00")
    # The operating side as of any hospital, the fixed loss shared by both ratios; nothing for capital.
    assert amount(estimate, "operating-outlier") == "22575.11"
    assert str(estimate.total) == "35692.05"  # 13,116.94 + 22,575.11
    assert "capital" in left_out(estimate)


def test_another_fixed_loss_can_be_given(embedded_tables: Tables) -> None:
    # 30,000 × 0.833333 = 25,000 + 13,116.944925 = 38,116.944925; 0.8 × (75,000 - that) = 29,506.444060.
    estimate = priced(embedded_tables, RATIOS, charges="300000.00", fixed_loss="30000")
    assert amount(estimate, "operating-outlier") == "29506.44"


@pytest.mark.parametrize(
    ("technology", "paid"),
    [
        # Cost 200,000 × 0.25 = 50,000, payment 13,116.944925, excess 36,883.055075; × 0.65 = 23,973.985799.
        ({"maximum": "30000"}, "23973.99"),
        ({"maximum": "10000"}, "10000.00"),
        ({"maximum": "30000", "pays_more": True}, "27662.29"),  # × 0.75 = 27,662.291306
    ],
)
def test_a_new_technology_has_the_lesser_of_two(embedded_tables: Tables, technology: dict[str, Any], paid: str) -> None:
    estimate = priced(embedded_tables, RATIOS, charges="200000.00", new_technologies=[{"name": "A stent"} | technology])
    assert amount(estimate, "new-technology") == paid


def test_several_technologies_pay_no_more_than_the_costs(embedded_tables: Tables) -> None:
    both = [{"name": "A stent", "maximum": "30000"}, {"name": "A drug", "maximum": "30000"}]
    estimate = priced(embedded_tables, RATIOS, charges="200000.00", new_technologies=both)
    # 23,973.99, and of the excess of 36,883.06 what is left: 12,909.07.
    paid = [str(step.amount) for step in estimate.steps if step.name == "new-technology"]
    assert paid == ["23973.99", "12909.07"]


def test_a_case_that_cost_less_than_its_payment_has_no_add_on(embedded_tables: Tables) -> None:
    given_one = [{"name": "A stent", "maximum": "30000"}]
    estimate = priced(embedded_tables, RATIOS, charges="20000.00", new_technologies=given_one)
    assert amount(estimate, "new-technology") == "0.00"


def test_a_new_technology_without_the_costs_is_left_out(embedded_tables: Tables) -> None:
    given_one = [{"name": "A stent", "maximum": "30000"}]
    estimate = priced(embedded_tables, RATIOS, new_technologies=given_one)
    assert "charges" in left_out(estimate)["new-technology"]


@given(charges=st.integers(0, 900_000), more=st.integers(0, 100_000))
def test_higher_charges_never_pay_less(embedded_tables: Tables, charges: int, more: int) -> None:
    low, high = (priced(embedded_tables, RATIOS, charges=f"{one}.00").total for one in (charges, charges + more))
    assert low is not None
    assert high is not None
    assert low <= high
