"""The same-day clock: when a claim that came back today should be out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from services.submission.domain.holidays import federal_holiday
from services.submission.parameters import parameter

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SameDayClock:
    """Knows each tenant's local time and calendar. `zones` names those whose zone is not `default`."""

    default: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=lambda: MappingProxyType({}))
    closed: Mapping[str, frozenset[date]] = field(default_factory=lambda: MappingProxyType({}))
    """Days on which a tenant is closed, beside weekends and federal holidays."""
    open_on_holidays: frozenset[str] = frozenset()
    """Tenants to whom federal holidays are days as any other."""

    def due(self, tenant: str, received_at: datetime) -> datetime:
        """Until when what was received at this moment should be out again, in the tenant's local time.

        The hour of the same day, or of the next workday where the day is none or the hour has passed: no weekend, no
        federal holiday, no day on which the tenant is closed. Raises NoEdition for a day before the parameters begin.
        """
        local = received_at.astimezone(self.zones.get(tenant, self.default))
        rule = parameter("same_day_clock").on(local.date())
        end = time.fromisoformat(rule["due"])
        day = local.date()
        if (local.hour, local.minute) >= (end.hour, end.minute):
            day += _DAY
        while day.isoweekday() not in rule["workdays"] or self._is_off(tenant, day):
            day += _DAY
        return datetime.combine(day, end, local.tzinfo)

    def _is_off(self, tenant: str, day: date) -> bool:
        if day in self.closed.get(tenant, ()):
            return True
        return tenant not in self.open_on_holidays and federal_holiday(day) is not None
