"""Federal holidays as OPM publishes them for each year, and as the calendar of the year has them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.submission.domain.holidays import federal_holiday

# OPM, Federal Holidays, 2026 and 2027 as kept by those who work from Monday to Friday.
OPM = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


def kept_in(year: int) -> list[str]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return [f"{day:%m-%d}" for day in days if day.isoweekday() <= 5 and federal_holiday(day)]


@pytest.mark.parametrize("year", list(OPM))
def test_a_year_has_the_holidays_that_the_office_of_personnel_management_lists(year: int):
    assert kept_in(year) == OPM[year].split()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-11-26", "Thanksgiving Day"),
        ("2026-07-03", "Independence Day"),
        ("2021-06-18", "Juneteenth National Independence Day"),  # the first, a Saturday, the day after it became law
        ("2020-06-19", None),
        ("2027-12-31", "New Year's Day"),  # of 2028, a Saturday
        ("2022-12-26", "Christmas Day"),  # a Sunday
        ("2026-11-27", None),
        ("2026-07-06", None),
    ],
)
def test_a_holiday_of_a_weekend_is_kept_on_the_workday_beside_it(day: str, name: str | None):
    assert federal_holiday(date.fromisoformat(day)) == name
