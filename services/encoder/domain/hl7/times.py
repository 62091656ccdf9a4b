"""DTM and its forerunners: `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]`, read in the facility's own time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_FORM = re.compile(
    r"(?P<day>\d{8})(?:(?P<hour>\d{2})(?:(?P<minute>\d{2})(?:(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?)?)?"
    r"(?P<offset>[+-]\d{4})?"
)


def moment(text: str, zone: tzinfo | None) -> datetime | None:
    """The moment, or None where the text is none or says less than a day.

    Without an offset the time is the facility's own, and UTC where no profile says which that is. With one it is told
    in the facility's time, for a claim's hours are local.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    try:
        of_day = time(
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            int((match["fraction"] or "").ljust(6, "0")),
        )
        calendar_day = date.fromisoformat(match["day"])
        if match["offset"] is None:
            return datetime.combine(calendar_day, of_day, tzinfo=zone or UTC)
        moved = datetime.combine(calendar_day, of_day, tzinfo=_offset(match["offset"]))
        return moved.astimezone(zone) if zone else moved
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """The calendar day, as written: a day of service or birth has no zone."""
    found = moment(text, None)
    return None if found is None else found.date()


def written(value: datetime) -> str:
    """To the second, with its offset."""
    return value.strftime("%Y%m%d%H%M%S%z")


def _offset(text: str) -> timezone:
    hours, minutes = int(text[1:3]), int(text[3:5])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if text[0] == "+" else -ahead)
