"""Packaging of single services. Amounts: Addenda A and B of January 2025, national and unadjusted."""

from __future__ import annotations

from decimal import Decimal

from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import (
    NEXT_DAY,
    line,
    only,
    outcomes,
    priced,
)


def test_an_ancillary_service_is_packaged_with_a_procedure(tables_of_2025: Tables) -> None:
    """Pub 100-04 ch. 4 §10.4: Q1 with S, T or V."""
    found = priced(tables_of_2025, "11042", "93005")
    assert outcomes(found) == [("paid", "5052"), ("packaged", None)]
    assert (found.lines[1].status, found.lines[1].amount) == ("N", Decimal("0.00"))
    assert found.lines[1].reason == "packaged with a service with S, T or V (Q1)"
    assert found.total == Decimal("399.53")


def test_ancillary_services_alone_are_paid_by_the_highest_for_one_unit(tables_of_2025: Tables) -> None:
    """12001 has Q1 and an APC with T (198.70), 93005 Q1 and one with S (59.40)."""
    found = priced(tables_of_2025, line("93005", units=2), line("12001", units=2))
    assert outcomes(found) == [("packaged", None), ("paid", "5051")]
    assert (found.lines[1].status, found.lines[1].amount) == ("T", Decimal("198.70"))
    assert found.lines[0].reason == "packaged with a service that pays more (Q1)"


def test_since_2016_packaging_looks_at_the_whole_claim(tables_of_2025: Tables) -> None:
    """80 FR 70298, section II.A.3."""
    found = priced(tables_of_2025, "11042", line("93005", day=NEXT_DAY))
    assert outcomes(found)[1] == ("packaged", None)


def test_a_line_that_is_not_priced_packages_others_all_the_same(tables_of_2025: Tables) -> None:
    """A scan below the standard (CT) is paid less; the electrocardiogram is packaged with it as with any S."""
    found = priced(tables_of_2025, line("70450", "CT"), "93005")
    assert outcomes(found) == [("not-supported", None), ("packaged", None)]
    assert found.total is None


def test_a_denied_line_packages_nothing(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, line("11042", "GZ"), "93005")
    assert outcomes(found) == [("not-supported", None), ("paid", "5733")]
    assert found.total == Decimal("59.40")


def test_a_laboratory_test_is_packaged_with_a_hospital_service(tables_of_2025: Tables) -> None:
    """OPPS Addendum D1, Q4; Pub 100-04 ch. 16 §30.3."""
    found = priced(tables_of_2025, "99284", "80053")
    assert outcomes(found) == [("paid", "5024"), ("packaged", None)]
    assert found.total == Decimal("425.82")


def test_laboratory_tests_alone_are_paid_by_their_own_schedule(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "80053")
    assert (only(found).status, only(found).outcome) == ("A", "not-supported")
    assert only(found).reason == "it is paid by the clinical laboratory fee schedule, not by the OPPS"
    assert found.total is None


def test_tests_on_specimens_are_never_packaged(tables_of_2025: Tables) -> None:
    """Type of bill 014x: Pub 100-04 ch. 16 §40.3."""
    found = priced(tables_of_2025, "36430", "80053", facility_type="14")
    assert outcomes(found) == [("paid", "5241"), ("not-supported", None)]
    assert found.total == Decimal("437.18")


def test_a_service_with_n_is_packaged_even_alone(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "J1100")
    assert (only(found).outcome, found.total) == ("packaged", Decimal("0.00"))
    assert only(found).reason == "the service is always packaged into others"


def test_a_line_without_a_code_has_the_indicator_of_its_revenue_code(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "99284", line(None, revenue_code="0250"))
    assert outcomes(found)[1] == ("packaged", None)
    assert priced(tables_of_2025, line(None)).lines[0].outcome == "not-supported"


def test_chest_films_are_packaged_with_critical_care_unless_they_are_apart(embedded_tables: Tables) -> None:
    """Pub 100-04 ch. 4 §160.1."""
    together = priced(embedded_tables, "99291", "71046")
    apart = priced(embedded_tables, "99291", line("71046", "59"))
    assert outcomes(together)[1] == ("packaged", None)
    assert outcomes(apart)[1] == ("paid", "5521")
