"""Code lists of the authorities: was this code on the list on that day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Period:
    """From `effective` until `through`, both days included; None is without end."""

    effective: date
    through: date | None = None

    def covers(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)


@dataclass(frozen=True)
class CodeList:
    """Codes with the periods in which they were valid, and who published them."""

    name: str
    title: str
    source: str
    periods: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], Period], ...] = ()
    """For a list of which only the assigned ranges are public."""

    def has(self, code: str, day: date) -> bool:
        """True where `code` was on the list on `day`."""
        if code in self.periods and any(period.covers(day) for period in self.periods[code]):
            return True
        return any(period.covers(day) and pattern.fullmatch(code) for pattern, period in self.patterns)


CodeLists = Mapping[str, CodeList]
"""Every list by its name, such as `place_of_service`."""
