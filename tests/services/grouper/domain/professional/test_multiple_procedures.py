"""Surgical procedures of one day, by the worked examples of CMS Pub 100-04 ch. 12 §40.6."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.professional.schedule import a_line, a_schedule, amounts, listed, only, priced

ENDOSCOPY = {"global_days": "000", "multiple": "3"}
SURGERY = {"global_days": "090", "preoperative": "0.10", "intraoperative": "0.70", "postoperative": "0.20"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        listed("45378", "255.40", global_days="000", multiple="2"),
        listed("45380", "285.98", base="45378", **ENDOSCOPY),
        listed("45385", "374.56", base="45378", **ENDOSCOPY),
        listed("43200", "100.00", global_days="000", multiple="2"),
        listed("43202", "120.00", base="43200", **ENDOSCOPY),
        listed("43217", "190.00", base="43200", **ENDOSCOPY),
        listed("49000", "1000.00", multiple="2", **SURGERY),
        *(listed(f"4400{digit}", f"{800 - digit * 100}.00", multiple="2", **SURGERY) for digit in range(7)),
        listed("11721", "50.00", multiple="0"),
        listed("31575", "80.00", base="31505", **ENDOSCOPY),
        listed("31576", "90.00", base="31505", **ENDOSCOPY),
    )


def test_the_endoscopies_of_a_family_are_paid_what_they_are_worth_beyond_their_base(tables: Tables) -> None:
    # The manual's example, §40.6.C: 45378 at 255.40, 45380 at 285.98, 45385 at 374.56. The highest is paid in full,
    # of the next the difference to the base: 374.56 + (285.98 - 255.40 = 30.58) = 405.14.
    estimate = priced(tables, a_line("45380"), a_line("45385"))
    assert amounts(estimate) == [Decimal("30.58"), Decimal("374.56")]
    assert estimate.total == Decimal("405.14")
    assert estimate.lines[0].steps[-1].arithmetic == "(285.98 - 255.40)"
    assert "§40.6" in estimate.lines[0].steps[-1].source


def test_a_base_endoscopy_beside_its_family_is_part_of_what_the_other_is_paid(tables: Tables) -> None:
    estimate = priced(tables, a_line("45378"), a_line("45385"))
    assert [line.outcome for line in estimate.lines] == ["packaged", "paid"]
    assert amounts(estimate) == [Decimal("0.00"), Decimal("374.56")]


def test_two_families_are_each_one_procedure(tables: Tables) -> None:
    # §40.6.C: the rules on endoscopies come first, then each family is ranked as one procedure.
    # Colon: 374.56 + 30.58 = 405.14. Oesophagus: 190 + (120 - 100) = 210, of which half: 95 + 10.
    estimate = priced(tables, a_line("45380"), a_line("45385"), a_line("43202"), a_line("43217"))
    assert amounts(estimate) == [Decimal("30.58"), Decimal("374.56"), Decimal("10.00"), Decimal("95.00")]


def test_a_family_is_ranked_with_other_surgery(tables: Tables) -> None:
    # 1,000 in full; half of the family's 405.14: 187.28 + 15.29.
    estimate = priced(tables, a_line("45385"), a_line("45380"), a_line("49000"))
    assert amounts(estimate) == [Decimal("187.28"), Decimal("15.29"), Decimal("1000.00")]


def test_one_endoscopy_is_ranked_as_any_procedure(tables: Tables) -> None:
    assert amounts(priced(tables, a_line("45385"), a_line("49000"))) == [Decimal("187.28"), Decimal("1000.00")]


def test_two_units_of_an_endoscopy_are_two_of_the_family(tables: Tables) -> None:
    # 374.56 + (374.56 - 255.40 = 119.16)
    assert only(priced(tables, a_line("45385", units="2"))).amount == Decimal("493.72")


def test_a_family_whose_base_has_no_amount_is_not_supported(tables: Tables) -> None:
    estimate = priced(tables, a_line("31575"), a_line("31576"))
    assert {line.outcome for line in estimate.lines} == {"not-supported"}
    assert estimate.total is None


def test_the_highest_procedure_is_paid_in_full_and_the_next_four_by_half(tables: Tables) -> None:
    # §40.6.C: 100, 50, 50, 50 and 50 per cent, whatever the order of the lines and whoever wrote modifier 51.
    lines = [a_line("44004", "51"), a_line("44000"), a_line("44003"), a_line("44001", "51"), a_line("44002")]
    estimate = priced(tables, *lines)
    assert amounts(estimate) == [Decimal(value) for value in ("200.00", "800.00", "250.00", "350.00", "300.00")]


def test_the_sixth_procedure_is_paid_by_report(tables: Tables) -> None:
    estimate = priced(tables, *(a_line(f"4400{digit}") for digit in range(6)))
    assert estimate.lines[5].outcome == "not-supported"
    assert estimate.lines[5].amount is None
    assert estimate.total == Decimal(800 + 350 + 300 + 250 + 200)
    assert [left.pointer for left in estimate.left_out if left.what == "line"] == ["/lines/5"]


def test_each_unit_is_ranked(tables: Tables) -> None:
    # 1,000 + 3 × 500; with a sixth the line as a whole is by report.
    line = only(priced(tables, a_line("49000", units="4")))
    assert line.amount == Decimal("2500.00")
    assert line.steps[-1].arithmetic == "1,000.00 + 3 × 1,000.00 × 0.5"
    assert only(priced(tables, a_line("49000", units="6"))).outcome == "not-supported"


def test_a_procedure_that_is_exempt_is_paid_in_full_beside_others(tables: Tables) -> None:
    assert amounts(priced(tables, a_line("49000"), a_line("11721", units="3"))) == [Decimal(1000), Decimal(150)]


def test_procedures_of_different_days_do_not_touch_each_other(tables: Tables) -> None:
    estimate = priced(tables, a_line("49000"), a_line("44000", service_date="2025-11-04"))
    assert amounts(estimate) == [Decimal(1000), Decimal(800)]
    assert str(estimate.as_of) == "2025-11-04"


def test_a_line_over_several_days_does_not_say_what_is_reduced(tables: Tables) -> None:
    line = a_line("49000", units="2", service_date="2025-11-03", through="2025-11-05")
    assert only(priced(tables, line)).outcome == "not-supported"
