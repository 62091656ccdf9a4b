"""Several diagnostic tests or units of therapy on one day: indicators 4 to 7 of the fee schedule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.professional.schedule import a_line, a_schedule, amounts, listed, only, priced


def a_test(code: str, professional: str, technical: str, multiple: str, cap: str = "0.00", **columns: str) -> list[str]:
    """A test with its components as CMS lists it: alone, with 26 and with TC."""
    common = {"pc_tc": "1", "multiple": multiple, **columns}
    return [
        listed(code, professional, nonfacility_pe=technical, opps_nonfacility=cap, opps_facility=cap, **common),
        listed(code, professional, modifier="26", **common),
        listed(code, modifier="TC", nonfacility_pe=technical, opps_nonfacility=cap, opps_facility=cap, **common),
    ]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        *a_test("70001", "100.00", "500.00", "4"),
        *a_test("70002", "80.00", "400.00", "4"),
        *a_test("70003", "90.00", "300.00", "4"),
        *a_test("70004", "10.00", "600.00", "4", cap="260.00"),
        *a_test("71000", "10.00", "20.00", "0"),
        *a_test("93001", "30.00", "200.00", "6"),
        *a_test("93002", "50.00", "100.00", "6"),
        listed("93000", "17.00", nonfacility_pe="26.00", pc_tc="4", multiple="6"),
        listed("93005", nonfacility_pe="19.00", pc_tc="3", multiple="6"),
        listed("93010", "24.00", pc_tc="2"),
        listed("93888", "17.00", nonfacility_pe="26.00", pc_tc="4", multiple="6"),
        *a_test("92001", "20.00", "60.00", "7", bilateral="2"),
        *a_test("92002", "15.00", "40.00", "7", bilateral="2"),
        listed("97001", "7.00", nonfacility_pe="10.00", malpractice="1.00", pc_tc="7", multiple="5"),
        listed("97002", "11.00", nonfacility_pe="8.00", malpractice="1.00", pc_tc="7", multiple="5"),
    )


def test_imaging_is_reduced_by_component(tables: Tables) -> None:
    # The form of the example of CR 9647 (MM9647): PC 100 and 80, TC 500 and 400.
    # PC 100 + 0.95 × 80 = 176; TC 500 + 0.50 × 400 = 700; together 876.
    estimate = priced(tables, a_line("70002"), a_line("70001"))
    assert amounts(estimate) == [Decimal("276.00"), Decimal("600.00")]
    assert estimate.total == Decimal("876.00")
    assert estimate.lines[0].steps[-1].arithmetic == "(400.00 × 0.5 + 80.00 × 0.95)"


def test_each_component_is_ranked_by_itself(tables: Tables) -> None:
    # TC: 400 in full, 300 halved. PC: 90 in full, 80 by 95 per cent: 400 + 76 and 150 + 90.
    assert amounts(priced(tables, a_line("70002"), a_line("70003"))) == [Decimal("476.00"), Decimal("240.00")]


@pytest.mark.parametrize(("modifier", "paid"), [("26", ("100.00", "76.00")), ("TC", ("500.00", "200.00"))])
def test_a_component_alone_is_reduced_with_its_like(tables: Tables, modifier: str, paid: tuple[str, str]) -> None:
    estimate = priced(tables, a_line("70001", modifier), a_line("70002", modifier))
    assert amounts(estimate) == [Decimal(value) for value in paid]


def test_units_of_a_test_are_several_tests(tables: Tables) -> None:
    # 600 + 2 × (250 + 95)
    assert only(priced(tables, a_line("70001", units="3"))).amount == Decimal("1290.00")


def test_the_reduction_comes_before_the_cap_of_the_outpatient_amount(tables: Tables) -> None:
    # TC 600, capped at 260: alone 270 with its PC of 10. Beside TC 500: half of 600 is 300, so the cap still rules.
    assert only(priced(tables, a_line("70004"))).amount == Decimal("270.00")
    assert amounts(priced(tables, a_line("70001"), a_line("70004"))) == [Decimal("600.00"), Decimal("269.50")]


def test_of_cardiovascular_tests_the_technical_component_alone_is_reduced(tables: Tables) -> None:
    # 200 + 30 in full; 0.75 × 100 + 50 = 125 (MPFSDB indicator 6)
    assert amounts(priced(tables, a_line("93002"), a_line("93001"))) == [Decimal("125.00"), Decimal("230.00")]


def test_of_ophthalmology_tests_a_fifth_of_the_technical_component_is_taken(tables: Tables) -> None:
    # 60 + 20 in full; 0.80 × 40 + 15 = 47 (MPFSDB indicator 7)
    assert amounts(priced(tables, a_line("92001"), a_line("92002"))) == [Decimal("80.00"), Decimal("47.00")]


def test_a_test_with_interpretation_is_reduced_by_the_code_of_its_technical_part(tables: Tables) -> None:
    # 93000 is 43.00, 93005 alone 19.00: 0.75 × 19 + 24 = 38.25
    assert amounts(priced(tables, a_line("93001"), a_line("93000"))) == [Decimal("230.00"), Decimal("38.25")]


def test_a_test_whose_components_are_not_known_is_not_guessed(tables: Tables) -> None:
    estimate = priced(tables, a_line("93001"), a_line("93888"))
    assert [line.outcome for line in estimate.lines] == ["not-supported", "not-supported"]
    assert only(priced(tables, a_line("93888"))).amount == Decimal("43.00")


@pytest.mark.parametrize(
    ("modifiers", "paid"),
    [
        (("FX",), "26.00"),  # 30 - 0.20 × 20: film (Social Security Act §1848(b)(9))
        (("FY",), "28.00"),  # 30 - 0.10 × 20: computed radiography, since 2023
        (("CT",), "27.00"),  # 30 - 0.15 × 20: a scanner below the standard (§1834(p))
        (("FX", "TC"), "16.00"),
        (("FX", "26"), "10.00"),
    ],
)
def test_old_equipment_takes_from_the_technical_component(
    tables: Tables, modifiers: tuple[str, ...], paid: str
) -> None:
    assert only(priced(tables, a_line("71000", *modifiers))).amount == Decimal(paid)


def test_old_equipment_with_another_reduction_of_the_same_component_is_not_guessed(tables: Tables) -> None:
    # How the two go together is not published.
    estimate = priced(tables, a_line("70001"), a_line("70002", "CT"))
    assert amounts(estimate) == [Decimal("600.00"), None]
    assert amounts(priced(tables, a_line("71000", "FX", "FY"))) == [None]


def test_imaging_of_a_separate_session_is_not_reduced(tables: Tables) -> None:
    assert amounts(priced(tables, a_line("70001"), a_line("70002", "XE"))) == [Decimal("600.00"), Decimal("480.00")]


def test_families_of_tests_do_not_touch_each_other(tables: Tables) -> None:
    lines = [a_line("70001"), a_line("93001"), a_line("92001")]
    assert amounts(priced(tables, *lines)) == [Decimal("600.00"), Decimal("230.00"), Decimal("80.00")]


def test_therapy_is_paid_half_of_its_practice_expense_after_the_first_unit(tables: Tables) -> None:
    # The form of the example of the CY2011 final rule (75 FR 73232): two units of 7 + 10 + 1 and one of 11 + 8 + 1.
    # Work 25 and malpractice 3 in full; practice expense 10 + 0.50 × (10 + 8) = 19; together 47 of 56.
    estimate = priced(tables, a_line("97002"), a_line("97001", units="2"))
    assert amounts(estimate) == [Decimal("16.00"), Decimal("31.00")]
    assert estimate.total == Decimal("47.00")


def test_the_share_of_an_assistant_comes_after_the_reduction(tables: Tables) -> None:
    # 18 + 13 = 31; 85 per cent: 26.35 (42 CFR 410.60)
    assert only(priced(tables, a_line("97001", "CQ", "GP", units="2"))).amount == Decimal("26.35")
