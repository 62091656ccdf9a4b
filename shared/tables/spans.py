"""The periods in which authorities publish, and the name that a release has from its period."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Span:
    """A release's name and the days it covers, both included."""

    name: str
    first: date
    last: date


def day_of(number: int) -> date:
    """A day written YYYYMMDD, as the data files of packages have it. Raises ValueError where it is none."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def quarter(effective: date) -> Span:
    """The calendar quarter that a quarterly release is for: `2026Q3`."""
    number = (effective.month - 1) // 3 + 1
    month = number * 3
    last = date(effective.year, month, calendar.monthrange(effective.year, month)[1])
    return Span(f"{effective.year}Q{number}", effective, last)


def fiscal_year(effective: date) -> Span:
    """The federal fiscal year, October to September, of a release: `FY2027`; an update in it `FY2027-2027-04-01`."""
    year = effective.year + (effective.month >= 10)
    begins = date(year - 1, 10, 1)
    return Span(f"FY{year}" if effective == begins else f"FY{year}-{effective}", effective, date(year, 9, 30))


def calendar_year(effective: date) -> Span:
    """The calendar year of a release: `CY2026`, an update within it `CY2026-2026-07-01`."""
    year = effective.year
    begins = date(year, 1, 1)
    return Span(f"CY{year}" if effective == begins else f"CY{year}-{effective}", effective, date(year, 12, 31))
