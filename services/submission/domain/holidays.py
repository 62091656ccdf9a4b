"""The days on which federal offices, and Medicare's contractors with them, are closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.submission.parameters import parameter

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MONDAY, _FRIDAY = 1, 5


def federal_holiday(day: date) -> str | None:
    """The holiday that is kept on a workday: of a Saturday on the Friday before, of a Sunday on the Monday after.

    5 U.S.C. 6103(b)(1); Executive Order 11582 §3(a). Raises NoEdition for a day before the parameter begins.
    """
    own = _legal_holiday(day)
    if own is None and day.isoweekday() == _FRIDAY:
        return _legal_holiday(day + _DAY)
    if own is None and day.isoweekday() == _MONDAY:
        return _legal_holiday(day - _DAY)
    return own


def _legal_holiday(day: date) -> str | None:
    rules: Mapping[str, Mapping[str, Any]] = parameter("federal_holidays").on(day)
    return next((name for name, rule in rules.items() if _falls_on(rule, day)), None)


def _falls_on(rule: Mapping[str, Any], day: date) -> bool:
    if rule["month"] != day.month:
        return False
    if "day" in rule:
        return bool(rule["day"] == day.day)
    if rule["weekday"] != day.isoweekday():
        return False
    is_last = (day + _WEEK).month != day.month
    return is_last if rule["nth"] == -1 else bool(rule["nth"] == (day.day - 1) // 7 + 1)
