"""Wage index, rural adjustment, copayment and outliers, with the arithmetic. Rates: Addenda A and B of January 2025."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.estimates import Estimate
from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import NEXT_DAY, line, only, priced

AT_THE_AVERAGE = {"wage_index": "1.0000"}


def left_out(estimate: Estimate) -> dict[str, str]:
    return {one.what: one.reason for one in estimate.left_out}


def steps_of(estimate: Estimate) -> dict[str, tuple[str, str]]:
    return {step.name: (str(step.amount), step.arithmetic) for step in only(estimate).steps}


def test_sixty_per_cent_of_the_rate_is_adjusted_by_the_wage_index(tables_of_2025: Tables) -> None:
    """42 CFR 419.43(c): 3,244.61 × 0.60 × 1.0235 = 1,992.515; 3,244.61 × 0.40 = 1,297.844; together 3,290.359."""
    found = priced(tables_of_2025, "29881", hospital={"wage_index": "1.0235"})
    assert found.total == Decimal("3290.36")
    amount, arithmetic = steps_of(found)["payment"]
    assert (amount, arithmetic) == ("3290.36", "(3,244.61 × 0.60 × 1.0235 + 3,244.61 × 0.40)")
    assert "wage-index" not in left_out(found)


def test_without_a_wage_index_amounts_are_national_and_said_to_be(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "29881")
    assert found.total == Decimal("3244.61")
    assert left_out(found)["wage-index"].endswith("amounts are national and unadjusted")


def test_a_rural_sole_community_hospital_is_paid_more(tables_of_2025: Tables) -> None:
    """42 CFR 419.43(g): 3,244.61 × 1.071 = 3,474.98; × 0.60 × 0.9 = 1,876.489; × 0.40 = 1,389.992; 3,266.481."""
    hospital = {"wage_index": "0.9000", "rural_sole_community": True}
    found = priced(tables_of_2025, "29881", hospital=hospital)
    assert found.total == Decimal("3266.48")
    assert steps_of(found)["rural-adjustment"] == ("3474.98", "3,244.61 × 1.071")


def test_drugs_have_no_wage_or_rural_adjustment_and_blood_no_wage_adjustment(tables_of_2025: Tables) -> None:
    """200 × 58.216 = 11,643.20; 182.00 × 1.071 = 194.92, twice."""
    hospital = {"wage_index": "1.5000", "rural_sole_community": True}
    drug = priced(tables_of_2025, line("J9271", units=200), hospital=hospital)
    blood = priced(tables_of_2025, line("P9016", units=2), hospital=hospital)
    assert (drug.total, blood.total) == (Decimal("11643.20"), Decimal("389.84"))


def test_the_copayment_is_the_share_that_the_apc_has(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §30: 85.17 / 425.82 of the wage-adjusted 425.82 × (0.60 × 1.1 + 0.40) = 451.37 is 90.28."""
    found = priced(tables_of_2025, "99284", hospital={"wage_index": "1.1000"})
    assert (found.total, only(found).patient_share) == (Decimal("451.37"), Decimal("90.28"))
    assert steps_of(found)["copayment"][1] == "451.37 × 85.17 / 425.82"


def test_the_copayment_of_a_service_is_not_above_the_inpatient_deductible(tables_of_2025: Tables) -> None:
    """Section 1833(t)(8)(C)(i) of the Act: 2,573.37 for a knee replacement, 1,676.00 in 2025."""
    found = priced(tables_of_2025, "27447", hospital=AT_THE_AVERAGE)
    assert only(found).patient_share == Decimal("1676.00")
    assert steps_of(found)["copayment"][1].endswith("= 2,573.37, not above the inpatient deductible 1,676.00")


def test_copayments_of_drugs_that_pass_the_deductible_are_said_to_be_limited(tables_of_2025: Tables) -> None:
    """20 per cent of 11,643.20 is 2,328.64."""
    found = priced(tables_of_2025, line("J9271", units=200))
    assert only(found).patient_share == Decimal("2328.64")
    assert "copayment-limit" in left_out(found)
    assert "copayment-limit" not in left_out(priced(tables_of_2025, line("J9271", units=20)))


def test_the_editor_knows_no_copayment(embedded_tables: Tables) -> None:
    found = priced(embedded_tables, "99284")
    assert (only(found).amount, only(found).patient_share) == (Decimal("425.82"), None)
    assert "Addendum A or B" in left_out(found)["copayment"]


@pytest.mark.parametrize("modifier", ["33", "PT"])
def test_the_copayment_of_a_preventive_service_is_not_said(tables_of_2025: Tables, modifier: str) -> None:
    assert only(priced(tables_of_2025, line("43239", modifier))).patient_share is None


def test_an_outlier_is_half_of_the_cost_above_175_per_cent(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §10.7.1: cost (60,000 + 4,000 packaged) × 0.25 = 16,000.00, above 3,244.61 + 7,175 = 10,419.61

    and above 1.75 × 3,244.61 = 5,678.07; (16,000.00 - 5,678.07) × 0.50 = 5,160.965.
    """
    hospital = AT_THE_AVERAGE | {"cost_to_charge_ratio": "0.25"}
    lines = (line("29881", charge="60000.00"), line("J1100", charge="4000.00"))
    found = priced(tables_of_2025, *lines, hospital=hospital)
    assert [(step.name, str(step.amount)) for step in found.steps] == [("lines", "3244.61"), ("outlier", "5160.97")]
    assert found.total == Decimal("8405.58")


def test_packaged_charges_are_spread_by_payment(tables_of_2025: Tables) -> None:
    """425.82 of 863.00 is 0.49341831 of 8,000 = 3,947.35; (60,000 + 3,947.35) × 0.3 = 19,184.21 (half up);

    1.75 × 425.82 = 745.19; (19,184.21 - 745.19) × 0.50 = 9,219.51. The other line costs 4,152.65 × 0.3 = 1,245.80,
    which is not 7,175 above its payment.
    """
    hospital = AT_THE_AVERAGE | {"cost_to_charge_ratio": "0.3"}
    charges = (("99284", "60000.00"), ("36430", "100.00"), ("J1100", "8000.00"))
    found = priced(tables_of_2025, *(line(code, charge=charge) for code, charge in charges), hospital=hospital)
    assert [str(step.amount) for step in found.steps if step.name == "outlier"] == ["9219.51"]


def test_charges_of_a_composite_are_those_of_all_its_parts(tables_of_2025: Tables) -> None:
    """(10,000 + 30,000) × 0.3 = 12,000.00; 1.75 × 224.55 = 392.96; (12,000.00 - 392.96) × 0.50 = 5,803.52."""
    hospital = AT_THE_AVERAGE | {"cost_to_charge_ratio": "0.3"}
    scans = (line("70450", charge="10000.00"), line("70450", charge="30000.00"))
    found = priced(tables_of_2025, *scans, hospital=hospital)
    assert [str(step.amount) for step in found.steps if step.name == "outlier"] == ["5803.52"]


def test_an_outlier_that_cannot_be_known_is_left_out(tables_of_2025: Tables, embedded_tables: Tables) -> None:
    ratio = {"cost_to_charge_ratio": "0.25"}
    assert "not given" in left_out(priced(tables_of_2025, line("29881", charge="9.00")))["outlier"]
    assert left_out(priced(tables_of_2025, "29881", hospital=ratio))["outlier"] == "a line has no charge"
    later = priced(embedded_tables, line("29881", day="2026-02-03", charge="9.00"), hospital=ratio)
    assert left_out(later)["outlier"] == "the fixed-dollar threshold of 2026 is not known here"
    partly = (line("29881", charge="9.00"), line("90686", charge="9.00"))
    assert "not supported" in left_out(priced(tables_of_2025, *partly, hospital=ratio))["outlier"]


def test_a_line_is_priced_by_its_own_day(embedded_tables: Tables) -> None:
    """APC 5024: 425.82 in 2025 (Addendum A), 426.30 in 2026 (I/OCE of 2026Q1)."""
    found = priced(embedded_tables, line("99284", day="2025-12-31"), line("99284", day="2026-01-01"))
    assert [str(one.amount) for one in found.lines] == ["425.82", "426.30"]
    assert str(found.as_of) == "2026-01-01"


CODES = ("29881", "11042", "20610", "99284", "93005", "70450", "70460", "80053", "J9271", "P9016", "77067", "33510")
SERVICES = st.lists(
    st.builds(
        lambda code, units, day, modifiers: line(code, *modifiers, units=units, day=day, charge="5000.00"),
        st.sampled_from(CODES),
        st.integers(1, 3),
        st.sampled_from(["2025-02-03", NEXT_DAY]),
        st.sampled_from([(), ("50",), ("52",), ("59",), ("76",), ("PN",)]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(SERVICES, st.sampled_from([{}, AT_THE_AVERAGE | {"cost_to_charge_ratio": "0.4"}]))
def test_amounts_add_up_and_each_line_has_its_reason(
    tables_of_2025: Tables, lines: list[dict[str, Any]], hospital: dict[str, Any]
) -> None:
    found = priced(tables_of_2025, *lines, hospital=hospital)
    for one in found.lines:
        assert (one.amount is None) == (one.outcome == "not-supported")
        assert one.outcome != "paid" or one.amount == sum(step.amount for step in one.steps if step.in_total)
        assert one.outcome == "paid" or one.reason
        assert one.patient_share is None or one.amount is None or one.patient_share <= one.amount
    assert found.total == (sum(step.amount for step in found.steps if step.in_total) if found.steps else None)
    said = {one.pointer for one in found.left_out if one.what == "line"}
    assert said == {f"/lines/{index}" for index, one in enumerate(found.lines) if one.outcome == "not-supported"}
