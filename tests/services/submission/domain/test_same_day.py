"""The same-day clock. By the calendar 2026-11-24 is a Tuesday, New York at UTC-5, Los Angeles at UTC-8."""

from __future__ import annotations

from datetime import UTC, datetime
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
