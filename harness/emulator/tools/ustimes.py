"""Dates and times as programs show and read them on a Windows set to US English."""

from __future__ import annotations

import re
from datetime import date, datetime, time

__all__ = ["us_date", "us_time", "us_moment", "us_minute", "read_us_date", "read_time"]

_NOON = 12


def us_date(day: date) -> str:
    """Return `3/2/2026`."""
    return f"{day.month}/{day.day}/{day.year}"


def us_time(moment: time | datetime) -> str:
    """Return `9:05:00 AM`."""
    hour = moment.hour % _NOON or _NOON
    return f"{hour}:{moment.minute:02}:{moment.second:02} {'PM' if moment.hour >= _NOON else 'AM'}"


def us_moment(moment: datetime) -> str:
    """Return `3/2/2026 9:05:00 AM`."""
    return f"{us_date(moment)} {us_time(moment)}"


def us_minute(moment: datetime) -> str:
    """Return `3/2/2026 9:05 AM`."""
    hour = moment.hour % _NOON or _NOON
    return f"{us_date(moment)} {hour}:{moment.minute:02} {'PM' if moment.hour >= _NOON else 'AM'}"


def read_us_date(text: str) -> date | None:
    """Read `03/02/2026`, in two, two and four digits; None when it is no date."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    if not match:
        return None
    month, day, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read `09:05`, in 24 hours; None when it is no time."""
    match = re.fullmatch(r"(\d\d):(\d\d)", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - hours and minutes
        return None
    return time(int(match[1]), int(match[2]))
