"""Composite APCs. Amounts: Addendum A of January 2025, national and unadjusted."""

from __future__ import annotations

from decimal import Decimal

from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import NEXT_DAY, line, outcomes, priced


def test_two_scans_of_a_family_on_a_day_are_one_payment(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §10.2.1; one with contrast makes it APC 8006 and not 8005."""
    found = priced(tables_of_2025, "70450", "70460")
    assert outcomes(found) == [("paid", "8006"), ("packaged", None)]
    assert found.total == Decimal("435.12")
    assert found.lines[1].reason == "part of composite APC 8006 of line 1"
    assert priced(tables_of_2025, line("70450", units=2)).total == Decimal("224.55")


def test_a_scan_alone_or_of_another_family_or_day_is_paid_on_its_own(tables_of_2025: Tables) -> None:
    """70450 106.34 and 70551 241.72."""
    assert priced(tables_of_2025, "70450").total == Decimal("106.34")
    assert priced(tables_of_2025, "70450", "70551").total == Decimal("348.06")
    assert priced(tables_of_2025, "70450", line("70450", day=NEXT_DAY)).total == Decimal("212.68")


def test_a_reduced_scan_is_no_part_of_a_composite(tables_of_2025: Tables) -> None:
    """106.34 and half of 178.02."""
    found = priced(tables_of_2025, "70450", line("70460", "52"))
    assert outcomes(found) == [("paid", "5522"), ("paid", "5571")]
    assert found.total == Decimal("195.35")


def test_a_composite_is_not_priced_where_one_of_its_scans_is_not(tables_of_2025: Tables) -> None:
    """Modifier CT reduces the composite as it would the scan."""
    found = priced(tables_of_2025, "70450", line("70460", "CT"))
    assert outcomes(found) == [("not-supported", None), ("packaged", None)]
    assert (found.lines[0].reason or "").startswith("modifier CT: ")


def test_mental_health_services_of_a_day_are_capped(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §260.1.1: 3 × 160.67 = 482.01 is above 408.55, the rate of APC 5864; two are not."""
    capped = priced(tables_of_2025, line("90837", units=2), "90834")
    assert outcomes(capped) == [("paid", "8010"), ("packaged", None)]
    assert capped.total == Decimal("408.55")
    below = priced(tables_of_2025, "90837", "90834")
    assert outcomes(below) == [("paid", "5823"), ("paid", "5823")]
    assert below.total == Decimal("321.34")


def test_without_a_table_of_composites_their_members_are_not_supported(addenda_alone: Tables) -> None:
    found = priced(addenda_alone, "70450")
    assert outcomes(found) == [("not-supported", None)]
    assert "composite" in (found.lines[0].reason or "")
