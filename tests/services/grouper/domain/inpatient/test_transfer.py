"""The transfer policy: 42 CFR 412.4; Pub 100-04 ch. 3 §§20.2.3 and 40.2.4."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import amount, left_out, priced

FULL = "13116.94"


@pytest.mark.parametrize("status", ["02", "66", "82", "94"])
def test_an_acute_transfer_is_paid_by_the_day_the_first_twice(embedded_tables: Tables, status: str) -> None:
    estimate = priced(embedded_tables, discharge_status=status, length_of_stay=2)
    # A day is worth 13,116.944925 / 4.8; two days and the first again: × 3 / 4.8 = 0.625, so 8,198.090578.
    assert amount(estimate, "operating-federal-payment") == "8198.09"
    # 1,018.161375 × 0.625 = 636.350859.
    assert amount(estimate, "capital-federal-payment") == "636.35"


@pytest.mark.parametrize(
    ("days", "paid"),
    [
        (0, "5465.83"),  # a day is counted: 2 / 4.8 = 0.4167, × 13,116.944925 = 5,465.830950
        (1, "5465.83"),
        (3, "10930.35"),  # 4 / 4.8 = 0.8333: 10,930.350206
        (4, FULL),  # 5 days are more than 4.8: never more than the full payment
        (40, FULL),
    ],
)
def test_the_days_decide_up_to_the_full_payment(embedded_tables: Tables, days: int, paid: str) -> None:
    estimate = priced(embedded_tables, discharge_status="02", length_of_stay=days)
    assert amount(estimate, "operating-federal-payment") == paid


@pytest.mark.parametrize("status", ["03", "05", "06", "50", "51", "62", "63", "65", "83", "86", "90", "91", "93"])
def test_a_post_acute_drg_goes_by_the_day_to_post_acute_care(embedded_tables: Tables, status: str) -> None:
    estimate = priced(embedded_tables, discharge_status=status, length_of_stay=2)
    assert amount(estimate, "operating-federal-payment") == "8198.09"


@pytest.mark.parametrize("status", ["01", "04", "07", "20", "64", "70", "81"])
def test_other_statuses_are_discharges(embedded_tables: Tables, status: str) -> None:
    assert (
        amount(priced(embedded_tables, discharge_status=status, length_of_stay=1), "operating-federal-payment") == FULL
    )


def test_a_drg_that_is_not_post_acute_is_paid_in_full_there(embedded_tables: Tables) -> None:
    # DRG 313, chest pain, weighs 0.7200 and is not post-acute: 6,752.61 × 0.72 = 4,861.8792.
    estimate = priced(embedded_tables, drg="313", discharge_status="03", length_of_stay=1)
    assert amount(estimate, "operating-federal-payment") == "4861.88"


def test_a_special_pay_drg_has_half_at_once_and_half_by_the_day(embedded_tables: Tables) -> None:
    # DRG 480 weighs 2.9123, stays 6.1 days, special pay: 0.5 + 0.5 × 3 / 6.1 = 0.7459.
    # 6,752.61 × 2.9123 = 19,665.626103; × 0.7459 = 14,668.590510.
    estimate = priced(embedded_tables, drg="480", discharge_status="03", length_of_stay=2)
    assert amount(estimate, "operating-federal-payment") == "14668.59"


def test_a_special_pay_drg_between_acute_hospitals_goes_by_the_day(embedded_tables: Tables) -> None:
    # 3 / 6.1 = 0.4918; 19,665.626103 × 0.4918 = 9,671.554917.
    estimate = priced(embedded_tables, drg="480", discharge_status="02", length_of_stay=2)
    assert amount(estimate, "operating-federal-payment") == "9671.55"


def test_the_drg_of_newborns_who_are_transferred_has_its_full_payment(embedded_tables: Tables) -> None:
    # DRG 789 weighs 1.8022: 6,752.61 × 1.8022 = 12,169.553742.
    estimate = priced(embedded_tables, drg="789", discharge_status="02", length_of_stay=0)
    assert amount(estimate, "operating-federal-payment") == "12169.55"


@pytest.mark.parametrize("code", ["42", "43"])
def test_home_health_that_is_unrelated_or_late_is_no_transfer(embedded_tables: Tables, code: str) -> None:
    stay: dict[str, Any] = {"discharge_status": "06", "length_of_stay": 2}
    assert amount(priced(embedded_tables, **stay, condition_codes=[code]), "operating-federal-payment") == FULL
    assert amount(priced(embedded_tables, **stay, condition_codes=["44"]), "operating-federal-payment") == "8198.09"
    stay["discharge_status"] = "03"
    assert amount(priced(embedded_tables, **stay, condition_codes=[code]), "operating-federal-payment") == "8198.09"


def test_the_days_are_those_between_the_dates(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, discharge_status="02", length_of_stay=None, admission_date="2025-11-18")
    assert amount(estimate, "operating-federal-payment") == "8198.09"


def test_a_transfer_without_its_days_has_no_amount(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, discharge_status="02", length_of_stay=None)
    assert (estimate.total, estimate.left_out[-1].pointer) == (None, "/length_of_stay")


def test_a_short_stay_without_its_status_has_no_amount_a_long_one_has(embedded_tables: Tables) -> None:
    short = priced(embedded_tables, discharge_status=None, length_of_stay=2)
    assert (short.total, short.left_out[-1].pointer) == (None, "/discharge_status")
    assert "length_of_stay" not in left_out(short)["payment"]
    assert amount(priced(embedded_tables, discharge_status=None, length_of_stay=4), "operating-federal-payment") == FULL


@given(days=st.integers(0, 30), status=st.sampled_from(["02", "03"]), drg=st.sampled_from(["871", "480", "291"]))
def test_a_day_more_never_pays_less_and_a_transfer_never_more_than_the_whole(
    embedded_tables: Tables, days: int, status: str, drg: str
) -> None:
    paid, longer, whole = (
        priced(embedded_tables, drg=drg, discharge_status=one, length_of_stay=stay).total
        for one, stay in ((status, days), (status, days + 1), ("01", days))
    )
    assert paid is not None
    assert longer is not None
    assert whole is not None
    assert paid <= longer <= whole
