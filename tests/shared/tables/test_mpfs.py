"""Fees by the formula, against amounts that CMS published and by hand."""

from __future__ import annotations

import gzip
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import NoRelease, Tables, mpfs
from tests.shared.tables.fee_schedule import (
    GPCI_2025,
    LINES_2025,
    a_relative_value_file,
    fees_of_2025,
    loaded,
    of_2026,
    tables_of,
)

BRAZORIA = "0441209"
DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return fees_of_2025(tmp_path_factory.mktemp("fees"))


@pytest.mark.parametrize(
    ("code", "modifier", "published", "cap"),
    [
        # CMS, carrier specific payment amount file of CY2025 for Texas (PFTX25A), contractor 04412, locality 09:
        # non-facility fee, and the OPPS amounts of the lines that have one.
        ("71046", None, "32.79", "98.31"),
        ("71046", "26", "10.08", None),
        ("71046", "TC", "22.71", "88.24"),
    ],
)
def test_a_fee_is_what_cms_publishes_for_the_locality(
    tables: Tables, code: str, modifier: str | None, published: str, cap: str | None
) -> None:
    fee = mpfs.fee(tables, code, modifier, BRAZORIA, DAY, facility=False)
    assert fee is not None
    assert (fee.amount, fee.opps_cap) == (Decimal(published), None if cap is None else Decimal(cap))


def test_each_factor_is_shown(tables: Tables) -> None:
    fee = mpfs.fee(tables, "45378", None, BRAZORIA, DAY, facility=True)
    assert fee is not None
    # (3.26 × 1.014 + 1.79 × 1.006 + 0.43 × 0.795) × 32.3465 = 5.44823 × 32.3465 = 176.2312
    assert fee.amount == Decimal("176.23")
    assert (fee.work, fee.practice_expense, fee.malpractice) == (Decimal("3.26"), Decimal("1.79"), Decimal("0.43"))
    assert (fee.work_gpci, fee.practice_expense_gpci, fee.malpractice_gpci) == (
        Decimal("1.014"),
        Decimal("1.006"),
        Decimal("0.795"),
    )
    assert (fee.conversion_factor, fee.rvu_release, fee.gpci_release) == (Decimal("32.3465"), "2025Q4", "CY2025")


def test_the_setting_chooses_the_practice_expense(tables: Tables) -> None:
    # Non-facility: (3.26 × 1.014 + 6.44 × 1.006 + 0.43 × 0.795) × 32.3465 = 10.12613 × 32.3465 = 327.5449
    fee = mpfs.fee(tables, "45378", None, BRAZORIA, DAY, facility=False)
    assert fee is not None
    assert fee.amount == Decimal("327.54")


def test_the_national_amount_takes_no_index(tables: Tables) -> None:
    # 10.13 RVUs × 32.3465 = 327.6700
    fee = mpfs.fee(tables, "45378", None, mpfs.NATIONAL, DAY, facility=False)
    assert fee is not None
    assert (fee.amount, fee.gpci_release) == (Decimal("327.67"), None)


def test_imaging_is_paid_at_the_opps_amount_where_that_is_lower(tmp_path: Path) -> None:
    # The line of PPRRVU2025_Oct; PFTX25A has the fee of 279.11 and the OPPS amount of 262.51.
    line = (
        "71275,,(descriptor),A,,1.82,6.64,,6.64,NA,0.13,8.59,8.59,1,XXX,0.00,0.00,0.00,4,0,0,0,0,,32.3465,09,0,88,"
        "6.13,6.13,0.13\n"
    )
    files: dict[str, str | bytes] = {"PPRRVU2025_Oct.csv": a_relative_value_file(line), "GPCI2025.csv": GPCI_2025}
    fee = mpfs.fee(tables_of(loaded(tmp_path, files)[0]), "71275", None, BRAZORIA, DAY, facility=False)
    assert fee is not None
    assert (fee.schedule_amount, fee.opps_cap, fee.amount) == (
        Decimal("279.11"),
        Decimal("262.51"),
        Decimal("262.51"),
    )


def test_a_modifier_that_does_not_price_takes_the_line_of_the_code(tables: Tables) -> None:
    fee = mpfs.fee(tables, "45378", "59", BRAZORIA, DAY, facility=True)
    assert fee is not None
    assert (fee.modifier, fee.amount) == (None, Decimal("176.23"))


def test_a_code_without_a_professional_component_has_no_fee_for_it(tables: Tables) -> None:
    assert mpfs.fee(tables, "45378", "26", BRAZORIA, DAY, facility=True) is None
    assert mpfs.fee(tables, "99999", None, BRAZORIA, DAY, facility=True) is None


def test_a_status_that_the_schedule_does_not_price_has_no_amount(tables: Tables) -> None:
    fee = mpfs.fee(tables, "00100", None, BRAZORIA, DAY, facility=True)
    assert fee is not None
    assert (fee.status, fee.amount) == ("J", None)


def test_a_locality_that_there_is_not_is_the_callers_mistake(tables: Tables) -> None:
    with pytest.raises(mpfs.UnknownLocality):
        mpfs.fee(tables, "45378", None, "0441298", DAY, facility=True)
    with pytest.raises(mpfs.UnknownLocality):
        mpfs.anesthesia_fee(tables, Decimal(5), 60, "0441298", DAY)


def test_a_day_that_no_release_covers_is_said(tables: Tables) -> None:
    with pytest.raises(NoRelease):
        mpfs.fee(tables, "45378", None, BRAZORIA, date(2025, 9, 30), facility=True)


def test_a_qualifying_participant_is_paid_by_the_other_factor(tmp_path: Path) -> None:
    january = a_relative_value_file(LINES_2025, year=2026, month="January")
    files: dict[str, str | bytes] = {
        "PPRRVU2026_Jan_nonQPP.csv": of_2026(january, qpp=False, factor="33.4009"),
        "PPRRVU2026_Jan_QPP.csv": of_2026(january, qpp=True, factor="33.5675"),
    }
    tables, day = tables_of(loaded(tmp_path, files)[0]), date(2026, 2, 2)
    amounts = [
        fee.amount
        for qualifying in (False, True)
        if (fee := mpfs.fee(tables, "45378", None, mpfs.NATIONAL, day, facility=False, qualifying_apm=qualifying))
    ]
    # 10.13 × 33.4009 = 338.3511 and 10.13 × 33.5675 = 340.0388
    assert amounts == [Decimal("338.35"), Decimal("340.04")]
    factors = mpfs.conversion_factors(tables, day)
    assert (factors.conversion_factor, factors.qualifying_apm) == (Decimal("33.4009"), Decimal("33.5675"))


def test_the_factor_of_2025_is_one(tables: Tables) -> None:
    factors = mpfs.conversion_factors(tables, DAY)
    assert (factors.conversion_factor, factors.qualifying_apm, factors.release) == (Decimal("32.3465"), None, "2025Q4")


@pytest.mark.parametrize(
    ("minutes", "time_units", "amount"),
    [
        # Brazoria 20.29 a unit, 5 base units. 62 minutes: 4.1333, to one decimal 4.1; (5 + 4.1) × 20.29 = 184.639
        (62, "4.1", "184.64"),
        (60, "4.0", "182.61"),
        (0, "0.0", "101.45"),
    ],
)
def test_anaesthesia_is_paid_by_base_and_time_units(tables: Tables, minutes: int, time_units: str, amount: str) -> None:
    fee = mpfs.anesthesia_fee(tables, Decimal(5), minutes, BRAZORIA, DAY)
    assert (fee.time_units, fee.amount, fee.release) == (Decimal(time_units), Decimal(amount), "CY2025")


def test_localities_by_state(tables: Tables) -> None:
    assert [key for key, _row in mpfs.localities(tables, DAY, state="Texas")] == ["0441209", "0441211"]
    assert len(mpfs.localities(tables, DAY)) == 3
    assert mpfs.gpci(tables, "0210201", DAY) is not None
    assert mpfs.gpci(tables, "0210299", DAY) is None


@given(
    code=st.sampled_from(["45378", "71046"]), facility=st.booleans(), locality=st.sampled_from([BRAZORIA, "0210201"])
)
def test_a_fee_never_passes_its_cap_nor_the_schedule(tables: Tables, code: str, facility: bool, locality: str) -> None:
    fee = mpfs.fee(tables, code, None, locality, DAY, facility=facility)
    assert fee is not None
    assert fee.amount is not None
    assert fee.amount == min(amount for amount in (fee.schedule_amount, fee.opps_cap) if amount is not None)


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[4] / "shared")) / "data" / "fees"

# CMS, carrier specific payment amount files of CY2025: PFTX25A (Brazoria) and PFCA252 (Oxnard-Thousand Oaks-Ventura).
CARRIER_AMOUNTS = (
    # locality, code, modifier, non-facility, facility
    ("0441209", "46924", None, "536.99", "178.07"),
    ("0441209", "47000", None, "285.37", "83.62"),
    ("0441209", "47135", None, "5160.06", "5160.06"),
    ("0441209", "47382", None, "3383.24", "700.27"),
    ("0441209", "47383", None, "5497.18", "431.26"),
    ("0441209", "48400", None, "100.57", "100.57"),
    ("0441209", "62270", None, "140.93", "61.21"),
    ("0441209", "70553", "TC", "210.33", "210.33"),
    ("0441209", "71275", None, "279.11", "279.11"),
    ("0441209", "71552", "26", "103.83", "103.83"),
    ("0118217", "57180", None, "211.91", "126.57"),
    ("0118217", "57461", None, "368.27", "183.06"),
    ("0118217", "58150", None, "1036.95", "1036.95"),
    ("0118217", "58353", None, "982.00", "237.34"),
    ("0118217", "58558", None, "1394.69", "232.17"),
)


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
def test_the_whole_schedule_gives_the_amounts_of_the_carrier_files(tmp_path: Path) -> None:
    lines = gzip.decompress((REFERENCE / "pprrvu_2025q4.csv.gz").read_bytes()).decode().split("\n", 1)[1]
    files: dict[str, str | bytes] = {
        "PPRRVU2025_Oct.csv": a_relative_value_file(lines),
        "GPCI2025.csv": (REFERENCE / "gpci2025.csv").read_bytes(),
    }
    schedule = tables_of(loaded(tmp_path, files)[0])
    for locality, code, modifier, *published in CARRIER_AMOUNTS:
        fees = [mpfs.fee(schedule, code, modifier, locality, DAY, facility=facility) for facility in (False, True)]
        assert [str(fee.schedule_amount) if fee else None for fee in fees] == published, (locality, code, modifier)
