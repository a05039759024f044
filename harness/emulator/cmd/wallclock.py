"""How the command processor writes dates, times and sizes: as US English Windows does.

Source: learn.microsoft.com, "date", "time", "dir"; the exact layouts are from memory.
"""

from __future__ import annotations

from datetime import datetime

__all__ = ["clock_time", "date_and_time", "day_and_date", "short_time", "thousands"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day_and_date(at: datetime) -> str:
    """Return a date as `%DATE%` shows it: `Mon 03/02/2026`."""
    return f"{_DAYS[at.weekday()]} {at:%m/%d/%Y}"


def clock_time(at: datetime) -> str:
    """Return a time as `%TIME%` shows it, the hour padded with a blank: ` 8:05:09.12`."""
    return f"{at.hour:2}:{at.minute:02}:{at.second:02}.{at.microsecond // 10_000:02}"


def short_time(at: datetime) -> str:
    """Return a time as `time /t` shows it: `08:05 AM`."""
    return f"{(at.hour + 11) % 12 + 1:02}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"  # noqa: PLR2004 - noon


def date_and_time(at: datetime) -> str:
    """Return a file's time as `%~t` shows it: `03/02/2026 08:05 AM`."""
    return f"{at:%m/%d/%Y} {short_time(at)}"


def thousands(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"
