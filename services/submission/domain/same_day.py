"""The same-day clock: when a claim that came back today should be out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from services.submission.parameters import parameter

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SameDayClock:
    """Knows each tenant's local time. `zones` names those whose zone is not `default`."""

    default: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=lambda: MappingProxyType({}))

    def due(self, tenant: str, received_at: datetime) -> datetime:
        """Until when what was received at this moment should be out again, in the tenant's local time.

        The hour of the same day, or of the next workday where the day is none or the hour has passed. Raises NoEdition
        for a day before the parameter begins.
        """
        local = received_at.astimezone(self.zones.get(tenant, self.default))
        rule = parameter("same_day_clock").on(local.date())
        end = time.fromisoformat(rule["due"])
        day = local.date()
        if (local.hour, local.minute) >= (end.hour, end.minute):
            day += _DAY
        while day.isoweekday() not in rule["workdays"]:
            day += _DAY
        return datetime.combine(day, end, local.tzinfo)
