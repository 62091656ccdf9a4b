"""Anaesthesia by base and time units: CMS Pub 100-04 ch. 12 §50."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.professional.schedule import (
    BRAZORIA,
    a_line,
    a_schedule,
    amounts,
    listed,
    only,
    priced,
)
from tests.shared.tables.fee_schedule import ANES_2025, GPCI_2025

FACTS: dict[str, Any] = {"anesthesia_base_units": [{"procedure": "00100", "units": "5"}]}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        listed("00100", status="J", pc_tc="9", multiple="9", bilateral="9", assistant="9", co_surgeon="9"),
        listed("36592", "10.00", status="T"),
        **{"GPCI2025.csv": GPCI_2025, "ANES2025.csv": ANES_2025},
    )


def anesthesia(*modifiers: str, minutes: str = "62", **fields: Any) -> dict[str, Any]:
    return a_line("00100", *modifiers, unit="MJ", units=minutes, **fields)


@pytest.mark.parametrize(
    ("modifier", "paid"),
    [
        # 5 base units and 62 / 15 = 4.1 time units at 20.29 in Brazoria: 9.1 × 20.29 = 184.639
        ("AA", "184.64"),
        ("QZ", "184.64"),
        ("QK", "92.32"),  # medical direction of two to four: half
        ("QX", "92.32"),
        ("QY", "92.32"),
        ("AD", "60.87"),  # more than four: three base units, 3 × 20.29
    ],
)
def test_who_gave_it_decides(tables: Tables, modifier: str, paid: str) -> None:
    estimate = priced(tables, anesthesia(modifier, "QS", "P3"), locality=BRAZORIA, practitioner=FACTS)
    assert only(estimate).amount == Decimal(paid)


def test_a_physician_who_was_there_at_induction_has_one_time_unit_more(tables: Tables) -> None:
    # §50.D: (3 + 1) × 20.29
    facts = FACTS | {"present_at_induction": True}
    assert only(priced(tables, anesthesia("AD"), locality=BRAZORIA, practitioner=facts)).amount == Decimal("81.16")


def test_the_physician_and_the_nurse_each_have_half(tables: Tables) -> None:
    estimate = priced(tables, anesthesia("QK"), anesthesia("QX"), locality=BRAZORIA, practitioner=FACTS)
    assert amounts(estimate) == [Decimal("92.32"), Decimal("92.32")]


@pytest.mark.parametrize(
    "line",
    [
        anesthesia(),  # nobody says who gave it
        anesthesia("AA", "QK"),
        anesthesia("AA", minutes="62.5"),
        anesthesia("AA", minutes="10000"),
        a_line("00100", "AA", units="4"),
    ],
)
def test_what_is_not_said_is_not_guessed(tables: Tables, line: dict[str, Any]) -> None:
    assert only(priced(tables, line, locality=BRAZORIA, practitioner=FACTS)).outcome == "not-supported"


def test_without_base_units_or_locality_there_is_no_amount(tables: Tables) -> None:
    assert only(priced(tables, anesthesia("AA"), locality=BRAZORIA)).outcome == "not-supported"
    assert only(priced(tables, anesthesia("AA"), practitioner=FACTS)).outcome == "not-supported"


def test_two_anaesthesias_of_a_day_are_one(tables: Tables) -> None:
    estimate = priced(tables, anesthesia("AA"), anesthesia("AA"), locality=BRAZORIA, practitioner=FACTS)
    assert amounts(estimate) == [None, None]


def test_a_nurse_anaesthetist_is_paid_as_participating(tables: Tables) -> None:
    facts = FACTS | {"participating": False}
    # A physician 95 per cent: 184.64 × 0.95 = 175.408
    assert only(priced(tables, anesthesia("AA"), locality=BRAZORIA, practitioner=facts)).amount == Decimal("175.41")
    nurse = facts | {"kind": "nurse-anesthetist"}
    assert only(priced(tables, anesthesia("QZ"), locality=BRAZORIA, practitioner=nurse)).amount == Decimal("184.64")


def test_anaesthesia_is_a_payable_service_beside_which_status_t_is_bundled(tables: Tables) -> None:
    estimate = priced(tables, anesthesia("AA"), a_line("36592"), locality=BRAZORIA, practitioner=FACTS)
    assert estimate.lines[1].outcome == "packaged"
