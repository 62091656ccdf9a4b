"""Teaching, low-income patients and uncompensated care: 42 CFR 412.105, 412.106, 412.320, 412.322.

What the formulas make of a hospital's ratios is compared with what CMS made of them: the columns TCHOP, TCHCP, DSHOPP
and DSHCPP of the impact file of FY 2027 (correction notice).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.grouper.domain.inpatient.add_ons import dsh_percentage
from services.grouper.parameters.ipps import load_ipps_rules
from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import amount, amounts, left_out, priced

OPERATING, CAPITAL = Decimal("13116.944925"), Decimal("1018.161375")


@pytest.mark.parametrize(
    ("residents_to_beds", "tchop", "residents_to_census", "tchcp"),
    [("0.1604", "0.08384", "0.1783", "0.0516"), ("0.0547", "0.02943", "0.0748", "0.02133")],
)
def test_teaching_pays_what_cms_says_of_two_hospitals(
    embedded_tables: Tables, residents_to_beds: str, tchop: str, residents_to_census: str, tchcp: str
) -> None:
    facts = {"resident_to_bed_ratio": residents_to_beds, "resident_to_census_ratio": residents_to_census}
    paid = amounts(priced(embedded_tables, facts))
    assert abs(paid["operating-ime"] / OPERATING - Decimal(tchop)) < Decimal("0.00001")
    assert abs(paid["capital-ime"] / CAPITAL - Decimal(tchcp)) < Decimal("0.00001")


def test_operating_teaching_by_hand(embedded_tables: Tables) -> None:
    # 1.35 × (1.25^0.405 - 1) = 1.35 × (e^(0.405 × 0.223143551) - 1) = 1.35 × 0.094588 = 0.127694; × 13,116.944925.
    paid = amounts(priced(embedded_tables, {"resident_to_bed_ratio": "0.25"}))["operating-ime"]
    assert abs(paid - Decimal("1674.95")) < Decimal("0.10")


def test_the_capital_teaching_ratio_counts_up_to_one_and_a_half(embedded_tables: Tables) -> None:
    # e^(0.2822 × 1.5) - 1 = e^0.4233 - 1 = 0.526990; × 1,018.161375 = 536.5609.
    paid = amounts(priced(embedded_tables, {"resident_to_census_ratio": "2.4"}))["capital-ime"]
    assert abs(paid - Decimal("536.56")) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("share", "beds", "dshopp", "dshcpp"),
    [("0.2585", 334, "0.02635", "0.05374"), ("0.4469", 401, "0.06521", "0.09472")],
)
def test_low_income_patients_pay_what_cms_says_of_two_hospitals(
    embedded_tables: Tables, share: str, beds: int, dshopp: str, dshcpp: str
) -> None:
    facts = {
        "operating_dsh": None,
        "capital_dsh": None,
        "disproportionate_patient_share": share,
        "beds": beds,
        "is_urban": True,
    }
    paid = amounts(priced(embedded_tables, facts))
    # CMS's Pricer keeps the percentages to four places, the impact file to five.
    assert abs(paid["operating-dsh"] / OPERATING - Decimal(dshopp)) < Decimal("0.00005")
    assert abs(paid["capital-dsh"] / CAPITAL - Decimal(dshcpp)) <= Decimal("0.00005")


RULE = load_ipps_rules().disproportionate_share.on(date(2025, 11, 20))


@pytest.mark.parametrize(
    ("share", "percentage"),
    [
        ("0.1499", "0"),
        ("0.15", "0.0250"),
        ("0.18", "0.0445"),  # 0.025 + 0.65 × (0.18 - 0.15)
        ("0.202", "0.0588"),  # 0.025 + 0.65 × 0.052 = 0.0588: both formulas meet here
        ("0.2585", "0.1054"),  # 0.0588 + 0.825 × 0.0565 = 0.10541
        ("0.30", "0.1397"),  # 0.0588 + 0.825 × 0.098 = 0.13965
    ],
)
def test_the_operating_percentage_by_hand(share: str, percentage: str) -> None:
    found = dsh_percentage(Decimal(share), RULE, beds=300, is_urban=True, is_exempt=False)
    assert found == Decimal(percentage)


@pytest.mark.parametrize(
    ("facts", "percentage"),
    [
        ({"beds": 99, "is_urban": True}, "0.12"),
        ({"beds": 100, "is_urban": True}, "0.1397"),
        ({"beds": 499, "is_urban": False}, "0.12"),
        ({"beds": 500, "is_urban": False}, "0.1397"),
        ({"beds": 40, "is_urban": False, "is_exempt": True}, "0.1397"),
        ({"beds": None, "is_urban": True}, None),
        ({"beds": 99, "is_urban": None}, None),
    ],
)
def test_small_hospitals_have_no_more_than_twelve_per_cent(facts: dict[str, Any], percentage: str | None) -> None:
    found = dsh_percentage(Decimal("0.30"), RULE, **({"is_exempt": False} | facts))
    assert found == (None if percentage is None else Decimal(percentage))


def test_an_adjustment_under_the_limit_needs_no_beds() -> None:
    found = dsh_percentage(Decimal("0.18"), RULE, beds=None, is_urban=None, is_exempt=False)
    assert found == Decimal("0.0445")


def test_the_adjustment_that_is_given_is_paid_as_it_is(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"operating_dsh": "0.02635", "capital_dsh": "0.05374"})
    # 13,116.944925 × 0.02635 = 345.631499; 1,018.161375 × 0.05374 = 54.715992.
    assert (amount(estimate, "operating-dsh"), amount(estimate, "capital-dsh")) == ("345.63", "54.72")


@pytest.mark.parametrize("facts", [{"is_urban": False, "beds": 300}, {"is_urban": True, "beds": 99}])
def test_capital_dsh_is_for_urban_hospitals_of_a_hundred_beds(embedded_tables: Tables, facts: dict[str, Any]) -> None:
    facts = {"capital_dsh": None, "disproportionate_patient_share": "0.30"} | facts
    assert amount(priced(embedded_tables, facts), "capital-dsh") == "0.00"


def test_uncompensated_care_is_paid_for_the_claim_whatever_its_drg(embedded_tables: Tables) -> None:
    facts = {"uncompensated_care_per_claim": "1333.86"}
    for drg in ("871", "470"):
        assert amount(priced(embedded_tables, facts, drg=drg), "uncompensated-care") == "1333.86"


def test_what_was_not_given_is_left_out_and_said(embedded_tables: Tables) -> None:
    nothing = dict.fromkeys(
        [
            "resident_to_bed_ratio",
            "resident_to_census_ratio",
            "operating_dsh",
            "capital_dsh",
            "uncompensated_care_per_claim",
            "value_based_factor",
            "readmission_factor",
            "has_hac_reduction",
            "low_volume_factor",
        ]
    )
    estimate = priced(embedded_tables, nothing)
    assert left_out(estimate).keys() == {
        "operating-ime",
        "capital-ime",
        "operating-dsh",
        "capital-dsh",
        "uncompensated-care",
        "new-technology",
        "outlier",
        "low-volume",
        "value-based-purchasing",
        "readmission-reduction",
        "hac-reduction",
        "outside-the-estimate",
    }
    assert str(estimate.total) == "14135.10"
