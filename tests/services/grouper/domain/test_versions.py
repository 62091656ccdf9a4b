"""The version follows the day of discharge: CMS, MS-DRG Classifications and Software."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.grouper.parameters import load_rules
from tests.builders import an_institutional_claim
from tests.services.grouper.stays import a_stay, drg_of, reasons_of

FIRST_DAYS = {
    "40.0": date(2022, 10, 1),
    "40.1": date(2023, 4, 1),
    "41.0": date(2023, 10, 1),
    "41.1": date(2024, 4, 1),
    "42.0": date(2024, 10, 1),
    "42.1": date(2025, 4, 1),
    "43.0": date(2025, 10, 1),
    "43.1": date(2026, 4, 1),
    "44.0": date(2026, 10, 1),
}
LAST_DAY = date(2027, 3, 31)


@pytest.mark.parametrize(("version", "first"), FIRST_DAYS.items())
def test_each_version_groups_from_its_first_day(version: str, first: date) -> None:
    assert load_rules().version_on(first) == version
    assert load_rules().version_on(first - timedelta(days=1)) != version
    assert drg_of(a_stay("J189", discharge_date=first.isoformat())).version == version


@pytest.mark.parametrize(("day", "version"), [("2026-09-30", "43.1"), ("2026-10-01", "44.0"), ("2027-03-31", "44.0")])
def test_the_last_day_of_a_version_is_the_day_before_the_next(day: str, version: str) -> None:
    assert drg_of(a_stay("J189", discharge_date=day)).version == version


@pytest.mark.parametrize("day", ["2022-09-30", "2027-04-01", "1990-01-01", "9999-12-31"])
def test_a_discharge_that_no_version_covers_is_returned_with_the_day(day: str) -> None:
    assert reasons_of(a_stay("J189", discharge_date=day)) == [("grouper-version-unknown", "/discharge_date")]
    claim = an_institutional_claim().but(statement_through=day).build()
    assert reasons_of(claim) == [("grouper-version-unknown", "/statement_through")]


def test_the_versions_are_listed_with_first_and_last_day() -> None:
    listed = load_rules().carried_versions
    assert {one.version: one.effective for one in listed} == FIRST_DAYS
    assert [one.through for one in listed] == [
        *(first - timedelta(days=1) for first in list(FIRST_DAYS.values())[1:]),
        LAST_DAY,
    ]
