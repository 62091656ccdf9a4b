"""The same-day clock. By the calendar 2026-11-24 is a Tuesday, New York at UTC-5, Los Angeles at UTC-8."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.submission.domain.same_day import SameDayClock

CLOCK = SameDayClock(ZoneInfo("America/New_York"), {"west": ZoneInfo("America/Los_Angeles")})


@pytest.mark.parametrize(
    ("received", "tenant", "due"),
    [
        ("2026-11-24T14:00", "mercy", "2026-11-24T22:00"),
        ("2026-11-24T14:00", "west", "2026-11-25T01:00"),
        ("2026-11-24T21:59", "mercy", "2026-11-24T22:00"),
        ("2026-11-24T22:00", "mercy", "2026-11-25T22:00"),  # at 17:00 the day is over
        ("2026-11-27T23:00", "mercy", "2026-11-30T22:00"),  # Friday evening
        ("2026-11-28T12:00", "mercy", "2026-11-30T22:00"),  # Saturday
        ("2026-11-01T02:00", "mercy", "2026-11-02T22:00"),  # Saturday evening there; the clocks go back in the night
        ("2026-07-01T12:00", "mercy", "2026-07-01T21:00"),  # summer time
    ],
)
def test_it_is_due_at_five_of_the_workday_on_which_it_came(received: str, tenant: str, due: str):
    moment = datetime.fromisoformat(received).replace(tzinfo=UTC)
    assert CLOCK.due(tenant, moment).astimezone(UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)


WITH_CALENDARS = SameDayClock(
    ZoneInfo("America/New_York"),
    closed={"mercy": frozenset({date(2026, 11, 27), date(2026, 11, 30)})},
    open_on_holidays=frozenset({"always"}),
)


@pytest.mark.parametrize(
    ("received", "tenant", "due"),
    [
        # Thanksgiving is 2026-11-26, a Thursday; mercy closes for the Friday and the Monday after it as well.
        ("2026-11-26T15:00", "plain", "2026-11-27T22:00"),
        ("2026-11-25T23:00", "plain", "2026-11-27T22:00"),
        ("2026-11-25T21:00", "plain", "2026-11-25T22:00"),
        ("2026-11-26T15:00", "always", "2026-11-26T22:00"),
        ("2026-11-26T15:00", "mercy", "2026-12-01T22:00"),
        # Independence Day 2026 is a Saturday, kept on Friday the third; the weekend comes behind it.
        ("2026-07-02T22:00", "plain", "2026-07-06T21:00"),
        ("2026-07-03T14:00", "plain", "2026-07-06T21:00"),
        # New Year's Day 2028 is a Saturday, kept on Friday, the last day of 2027.
        ("2027-12-30T23:00", "plain", "2028-01-03T22:00"),
    ],
)
def test_holidays_and_the_tenants_own_closed_days_are_no_workdays(received: str, tenant: str, due: str):
    moment = datetime.fromisoformat(received).replace(tzinfo=UTC)
    assert WITH_CALENDARS.due(tenant, moment).astimezone(UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)
