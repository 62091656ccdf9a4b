"""Comprehensive APCs. Amounts: Addendum A of January 2025; ranks and pairs of Addendum J are invented where shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.tables import Catalogue, Tables
from shared.tables.folders import embedded_folder
from tests.services.grouper.domain.outpatient.visits import (
    NEXT_DAY,
    addendum_a,
    addendum_b,
    line,
    outcomes,
    priced,
)
from tests.shared.tables.formats.test_opps_addendum_j import NAME, addendum
from tests.shared.tables.quarterly_files import loaded, tables_of


@pytest.fixture(scope="module")
def with_addendum_j(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """An Addendum J in which 29881 ranks before 27447, and both, or 29881 twice, are paid by 5114."""
    ranks = [["29881", "", "J1", "5113", "9", "1"], ["27447", "", "J1", "5115", "9", "2"]]
    pairs = [["29881", "", "J1", "5113", other, "", "J1", "X", "5114"] for other in ("27447", "29881")]
    files: dict[str, str | bytes] = {
        "January 2025 Addendum B.csv": addendum_b(),
        "January 2025 Addendum A.csv": addendum_a(),
        NAME: addendum(ranks, pairs),
    }
    catalogue, _done = loaded(tmp_path_factory.mktemp("addendum_j"), files)
    return tables_of(catalogue, Catalogue(embedded_folder()))


def test_one_payment_covers_the_claim(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §10.2.3: other procedures, visits, imaging, drugs and tests are packaged into the J1 service."""
    found = priced(tables_of_2025, "29881", "99284", "20610", "70450", "80053", "93005", "J9271", "J1100")
    assert outcomes(found) == [("paid", "5113")] + [("packaged", None)] * 7
    assert found.total == Decimal("3244.61")
    assert found.lines[2].reason == "packaged into the comprehensive service of line 1"


def test_what_the_rules_exclude_is_not_packaged(tables_of_2025: Tables) -> None:
    """Mammography by the I/OCE's list, an influenza vaccine by its indicator L."""
    found = priced(tables_of_2025, "29881", "77067", "90686")
    assert outcomes(found)[1:] == [("not-supported", None), ("not-supported", None)]
    assert found.lines[1].reason == "it is paid by the physician fee schedule (mammography), not by the OPPS"
    assert "vaccine" in (found.lines[2].reason or "")
    assert found.total == Decimal("3244.61")


def test_services_of_other_days_are_packaged_as_well(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "29881", line("20610", day=NEXT_DAY))
    assert outcomes(found) == [("paid", "5113"), ("packaged", None)]


def test_of_several_services_the_one_that_ranks_highest_pays(tables_of_2025: Tables) -> None:
    """I/OCE of 2025Q1: knee replacement ranks before arthroscopy, wherever it stands."""
    found = priced(tables_of_2025, "29881", "27447")
    assert outcomes(found) == [("packaged", None), ("paid", "5115")]
    assert found.total == Decimal("12866.82")


def test_the_rank_decides_not_the_rate(with_addendum_j: Tables) -> None:
    assert outcomes(priced(with_addendum_j, "27447", line("29881", "73")))[1][0] == "paid"


def test_a_complex_pair_is_paid_by_the_higher_apc(with_addendum_j: Tables) -> None:
    found = priced(with_addendum_j, "27447", "29881")
    assert outcomes(found) == [("packaged", None), ("paid", "5114")]
    assert found.total == Decimal("7143.73")
    reason = "the comprehensive APC pays for the whole claim (J1); 29881 with 27447 of line 1 is paid by APC 5114"
    assert found.lines[1].reason == reason
    assert {"opps.ranks", "opps.complexity_adjustments"} <= {one.table for one in found.releases}


@pytest.mark.parametrize("twice", [line("29881", units=2), line("29881", "50")])
def test_a_service_done_twice_may_be_complex_with_itself(with_addendum_j: Tables, twice: dict[str, object]) -> None:
    assert priced(with_addendum_j, twice).total == Decimal("7143.73")
    assert priced(with_addendum_j, "29881").total == Decimal("3244.61")


@pytest.mark.parametrize("modifier", ["52", "73", "74"])
def test_a_stopped_service_makes_nothing_complex(with_addendum_j: Tables, modifier: str) -> None:
    found = priced(with_addendum_j, "29881", line("27447", modifier))
    assert outcomes(found)[0] == ("paid", "5113")


def test_without_ranks_several_services_are_not_supported(addenda_alone: Tables) -> None:
    found = priced(addenda_alone, "29881", "27447")
    assert outcomes(found) == [("not-supported", None)] * 2
    assert (found.total, found.lines[0].reason) == (
        None,
        "several services with J1, and no loaded release ranks them (OPPS Addendum J)",
    )


def test_without_complexity_adjustments_a_claim_of_several_lines_is_not_supported(addenda_alone: Tables) -> None:
    assert priced(addenda_alone, "29881").total == Decimal("3244.61")
    found = priced(addenda_alone, "29881", "J1100")
    assert found.total is None
    assert "complexity adjustments" in (found.lines[0].reason or "")


def test_observation_of_eight_hours_with_a_visit_is_one_payment(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §290.5.3."""
    found = priced(tables_of_2025, "99284", line("G0378", units=8), "93005", "70450")
    assert outcomes(found) == [("paid", "8011")] + [("packaged", None)] * 3
    assert (found.lines[0].status, found.total) == ("J2", Decimal("2647.73"))


def test_the_visit_may_be_on_the_day_before(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "99284", line("G0378", units=20, day=NEXT_DAY))
    assert found.total == Decimal("2647.73")
    early = priced(tables_of_2025, line("99284", day="2025-02-01"), line("G0378", units=20))
    assert early.total == Decimal("425.82")


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([line("99284"), line("G0378", units=7)], "425.82"),
        ([line("99284"), line("G0378", units=8), line("20610")], "721.01"),  # 425.82 + 295.19
        ([line("G0378", units=30)], "0.00"),
    ],
)
def test_without_its_criteria_observation_is_packaged(
    tables_of_2025: Tables, lines: list[dict[str, object]], total: str
) -> None:
    assert priced(tables_of_2025, *lines).total == Decimal(total)


def test_a_comprehensive_procedure_goes_before_observation(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "99284", line("G0378", units=12), "29881")
    assert outcomes(found) == [("packaged", None), ("packaged", None), ("paid", "5113")]


def test_an_inpatient_only_procedure_takes_its_day_with_it(tables_of_2025: Tables) -> None:
    """42 CFR 419.22(n); I/OCE edits 18 and 49."""
    found = priced(tables_of_2025, "33510", "99284", line("20610", day=NEXT_DAY))
    assert outcomes(found) == [("not-paid", None), ("not-paid", None), ("paid", "5441")]
    assert found.lines[0].reason == "Medicare pays for the procedure only as an inpatient one (42 CFR 419.22(n))"
    assert found.lines[1].reason == "on the day of an inpatient-only procedure, line 1 (edit 49)"
    assert found.total == Decimal("295.19")


def test_a_patient_who_died_is_paid_for_by_one_apc(embedded_tables: Tables) -> None:
    """Pub 100-04 ch. 4 §180.7: modifier CA; APC 5881, 14,228.88 in the I/OCE of 2026Q1."""
    lines = (line("33510", "CA", day="2026-02-03"), line("99285", day="2026-02-03"))
    found = priced(embedded_tables, *lines, patient_status="20")
    assert outcomes(found) == [("paid", "5881"), ("packaged", None)]
    assert found.total == Decimal("14228.88")
    home = priced(embedded_tables, *lines, patient_status="01")
    assert outcomes(home) == [("not-paid", None), ("not-paid", None)]
