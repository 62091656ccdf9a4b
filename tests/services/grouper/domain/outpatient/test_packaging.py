"""Packaging of single services. Amounts: Addenda A and B of January 2025, national and unadjusted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import (
    NEXT_DAY,
    addendum_a,
    addendum_b,
    line,
    only,
    outcomes,
    priced,
)
from tests.shared.tables.quarterly_files import loaded, tables_of


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


def test_until_2015_packaging_looked_at_the_day(tmp_path: Path) -> None:
    """The rates are invented: no addendum of 2015 is at hand."""
    lines_b = "11042,,,T,5052,1,$100.00,.,$20.00,,,,\r\n93005,,,Q1,5733,1,$50.00,.,$10.00,,,,\r\n"
    lines_a = "5052,Skin,T,1,$100.00,.,$20.00,,,,\r\n5733,Minor,S,1,$50.00,.,$10.00,,,,\r\n"
    files = {
        "October 2015 Addendum B.csv": addendum_b(lines_b, year=2015),
        "October 2015 Addendum A.csv": addendum_a(lines_a, year=2015),
    }
    catalogue, _done = loaded(tmp_path, files)
    tables = tables_of(catalogue)
    same_day = priced(tables, line("11042", day="2015-10-05"), line("93005", day="2015-10-05"))
    next_day = priced(tables, line("11042", day="2015-10-05"), line("93005", day="2015-10-06"))
    assert (same_day.total, next_day.total) == (Decimal("100.00"), Decimal("150.00"))


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
