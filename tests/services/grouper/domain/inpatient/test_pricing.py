"""The whole of an estimate: of which release it is, what it does without one, and several years by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.grouper.domain.inpatient.pricing import totals
from services.grouper.parameters.ipps import load_ipps_rules
from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import (
    NOTHING_GIVEN,
    a_case,
    amount,
    amounts,
    left_out,
    priced,
)
from tests.shared.tables.ipps_files import IMPACT_2027, RATES_2027, loaded, table_5, tables_of

# A DRG with a round weight, so that the arithmetic can be followed; its stays are four days.
ROUND_DRG = "871\tYes\tNo\t18\tMED\tSEPTICEMIA\t1.2500\t1.2500\t4.0\t5.2"


@pytest.fixture(scope="module")
def of_2027(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    files = {"table 5.txt": table_5(ROUND_DRG), "impact.txt": IMPACT_2027}
    catalogue, _done = loaded(tmp_path_factory.mktemp("2027"), files)
    return tables_of(catalogue)


def test_a_hospital_of_the_impact_file_by_hand(of_2027: Tables) -> None:
    estimate = priced(of_2027, NOTHING_GIVEN, ccn="010001", discharge_date="2026-11-20")
    paid = {name: str(value) for name, value in amounts(estimate).items()}
    # Table 1B of FY 2027: 4,245.76 × 0.8702 + 2,602.24 = 6,296.900352; × 1.25 = 7,871.125440.
    assert paid["operating-federal-rate"] == "6296.90"
    assert paid["operating-federal-payment"] == "7871.13"
    # GAF 0.8702^0.6848 = 0.909182662 (as in the file), to four places 0.9092; 539.95 × 0.9092 × 1.25 = 613.653175.
    assert paid["capital-federal-payment"] == "613.65"
    # 7,871.125440 × 0.02635 = 207.404155; 613.653175 × 0.05374 = 32.977722.
    assert (paid["operating-dsh"], paid["capital-dsh"]) == ("207.40", "32.98")
    # 7,871.125440 × 0.00218 = 17.159053; × -0.0012 = -9.445351.
    assert (paid["value-based-purchasing"], paid["readmission-reduction"]) == ("17.16", "-9.45")
    assert paid["uncompensated-care"] == "1333.86"
    # Teaching: TCHOP 0.08384 and TCHCP 0.0516 of the file, so about 659.9 and 31.7.
    assert abs(Decimal(paid["operating-ime"]) - Decimal("659.92")) < Decimal("0.10")
    assert abs(Decimal(paid["capital-ime"]) - Decimal("31.66")) < Decimal("0.05")
    assert [(one.table, one.release) for one in estimate.releases] == [
        ("ipps.impact", "FY2027"),
        ("ipps.drgs", "FY2027"),
    ]
    assert "hac-reduction" in left_out(estimate)


def test_a_hospital_of_alaska_by_hand(of_2027: Tables) -> None:
    estimate = priced(of_2027, NOTHING_GIVEN, ccn="020001", discharge_date="2026-11-20")
    # Table 1A: 4,519.68 × 1.1315 + 2,328.32 × 1.28 = 5,114.017920 + 2,980.249600 = 8,094.267520; × 1.25.
    assert amount(estimate, "operating-federal-payment") == "10117.83"
    # GAF 1.1315^0.6848 = 1.0883; 539.95 × 1.0883 × 1.088 = 639.338...; × 1.25: the file has 1.184054 for both factors.
    whole = Decimal("539.95") * Decimal("1.184054075") * Decimal("1.25")
    assert abs(Decimal(amount(estimate, "capital-federal-payment")) - whole) < Decimal("0.05")


def test_the_fixed_loss_of_a_year_that_has_none_here_must_be_given(of_2027: Tables) -> None:
    fields = {"ccn": "010001", "discharge_date": "2026-11-20", "charges": "900000.00"}
    assert "fixed_loss" in left_out(priced(of_2027, NOTHING_GIVEN, **fields))["outlier"]
    given = priced(of_2027, NOTHING_GIVEN, **fields, fixed_loss="45000")
    assert "operating-outlier" in amounts(given)


def test_loaded_rates_go_before_the_products_own(tmp_path: Path) -> None:
    rates = RATES_2027.replace("$539.95", "$600.00")
    catalogue, _done = loaded(tmp_path, {"table 5.txt": table_5(ROUND_DRG), "rates.txt": rates})
    estimate = priced(tables_of(catalogue), discharge_date="2026-11-20")
    assert amount(estimate, "capital-federal-payment") == "750.00"
    assert ("ipps.rates", "FY2027") in [(one.table, one.release) for one in estimate.releases]
    # And they have the reduced amounts: 4,146.16 + 2,541.19 = 6,687.35; × 1.25 = 8,359.1875.
    reduced = priced(tables_of(catalogue), {"is_ehr_user": False}, discharge_date="2026-11-20")
    assert amount(reduced, "operating-federal-payment") == "8359.19"


@pytest.mark.parametrize(
    ("year", "day", "weight", "wage_index", "paid"),
    [
        # Hospital 050008, MS-DRG 039, at the turn of the fiscal year: Table 5 of CMS-1785-F and of CMS-1808-CN2, Table
        # 2 of the correction notice and of CMS-1808-IFC. (4,392.49 × 1.8744 + 2,105.28) × 1.1410 = 11,796.300675.
        (2024, "2024-09-30", "1.1410", "1.8744", "11796.30"),
        # (4,478.09 × 1.7807 + 2,146.30) × 1.1382 = 10,120.434863 × 1.1382 = 11,519.078961.
        (2025, "2024-10-01", "1.1382", "1.7807", "11519.08"),
    ],
)
def test_each_discharge_is_paid_by_the_rates_of_its_day(
    tmp_path: Path, year: int, day: str, weight: str, wage_index: str, paid: str
) -> None:
    line = f"039\tNo\tNo\t01\tSURG\tEXTRACRANIAL PROCEDURES\t{weight}\t{weight}\t1.3\t1.6"
    catalogue, _done = loaded(tmp_path, {"table 5.txt": table_5(line, year=year)})
    estimate = priced(tables_of(catalogue), {"wage_index": wage_index}, drg="039", discharge_date=day)
    assert amount(estimate, "operating-federal-payment") == paid


def test_a_drg_without_a_weight_has_no_amount_and_no_neighbours(embedded_tables: Tables) -> None:
    # MS-DRG 210 came with v44: Table 5 of FY 2026 does not have it.
    estimate = priced(embedded_tables, drg="210")
    assert (estimate.total, estimate.steps) == (None, ())
    assert left_out(estimate)["payment"] == "MS-DRG 210: no weight in the loaded release FY2026"


def test_a_year_whose_weights_are_not_loaded_has_no_amount(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, discharge_date="2026-11-20")
    assert estimate.total is None
    assert "no weights of 2026-11-20 are loaded" in left_out(estimate)["payment"]


@pytest.mark.parametrize("day", ["2015-01-01", "2019-10-01", "2022-09-30", "2027-10-01", "2035-01-01"])
def test_a_day_without_rates_has_no_amount(embedded_tables: Tables, day: str) -> None:
    estimate = priced(embedded_tables, discharge_date=day)
    assert (estimate.total, estimate.steps) == (None, ())
    assert "no national rates" in left_out(estimate)["payment"]


def test_without_a_wage_index_there_is_no_amount(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"wage_index": None})
    assert (estimate.total, estimate.left_out[-1].pointer) == (None, "/provider/wage_index")


def test_a_hospital_that_ipps_does_not_pay_has_no_amount(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, ccn="210009")
    assert (estimate.total, estimate.left_out[-1].what) == (None, "payment")


def test_the_program_of_medicare_dependent_hospitals_ends(of_2027: Tables) -> None:
    facts = {"dependent": "medicare-dependent", "hospital_specific_rate": "9000.00"}
    before, after = (priced(of_2027, facts, discharge_date=day) for day in ("2026-12-31", "2027-01-01"))
    assert "hospital-specific" in amounts(before)
    assert "no program pays" in left_out(after)["hospital-specific"]


def test_a_discharge_of_the_public_health_emergency_is_told_of_its_increase(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"table 5.txt": table_5(ROUND_DRG, year=2023)})
    tables = tables_of(catalogue)
    assert "covid-19" in left_out(priced(tables, discharge_date="2023-05-11"))
    assert "covid-19" not in left_out(priced(tables, discharge_date="2023-05-12"))


def test_the_total_is_the_sum_of_its_steps(of_2027: Tables) -> None:
    fields = {"ccn": "010001", "discharge_date": "2026-11-20", "charges": "900000.00", "fixed_loss": "45000"}
    estimate = priced(of_2027, NOTHING_GIVEN | {"has_hac_reduction": True}, **fields)
    assert estimate.total == sum(step.amount for step in estimate.steps if step.in_total)


def test_totals_are_those_of_the_estimates(embedded_tables: Tables) -> None:
    drgs = ["291", "292", "293", "210"]
    found = totals(a_case(), drgs, load_ipps_rules(), embedded_tables)
    assert found == {drg: priced(embedded_tables, drg=drg).total for drg in drgs}


def test_a_discharge_before_its_admission_is_refused() -> None:
    with pytest.raises(ValidationError, match="before the admission"):
        a_case(admission_date="2025-11-21")


FACTORS = st.decimals(0, Decimal("9.9999"), places=4).map(str)
FRACTIONS = st.decimals(0, 2, places=4).map(str)
FLAGS = st.none() | st.booleans()


@settings(max_examples=60)
@given(
    facts=st.fixed_dictionaries(
        {name: st.none() | FACTORS for name in ("wage_index", "operating_ccr", "capital_ccr", "cost_of_living")}
        | {name: st.none() | FACTORS for name in ("resident_to_bed_ratio", "resident_to_census_ratio")}
        | {name: st.none() | FACTORS for name in ("value_based_factor", "readmission_factor")}
        | {name: st.none() | FRACTIONS for name in ("operating_dsh", "capital_dsh", "low_volume_factor")}
        | {"disproportionate_patient_share": st.none() | FRACTIONS, "beds": st.none() | st.integers(0, 99_999)}
        | dict.fromkeys(("is_urban", "is_new", "has_hac_reduction", "is_rural_referral_center"), FLAGS)
        | {"dependent": st.sampled_from([None, "sole-community", "medicare-dependent"])}
        | {"hospital_specific_rate": st.none() | st.just("9999999.99")}
    ),
    drg=st.sampled_from(["003", "871", "480", "935", "789", "998", "000"]),
    status=st.sampled_from([None, "01", "02", "03", "06", "zz"]),
    days=st.none() | st.integers(0, 9_999),
    charges=st.none() | st.sampled_from(["0", "99999999.99"]),
)
def test_whatever_is_asked_has_an_amount_or_a_reason(
    embedded_tables: Tables,
    facts: dict[str, Any],
    drg: str,
    status: str | None,
    days: int | None,
    charges: str | None,
) -> None:
    fields = {"drg": drg, "discharge_status": status, "length_of_stay": days, "charges": charges}
    technology = [{"name": "A drug", "maximum": "99999999.99"}]
    estimate = priced(embedded_tables, facts, **fields, new_technologies=technology)
    if estimate.total is None:
        assert "payment" in left_out(estimate)
    else:
        assert estimate.total == sum(step.amount for step in estimate.steps if step.in_total)
