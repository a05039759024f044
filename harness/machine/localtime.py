"""Local times around the ends of daylight saving time: those that come twice, and those that never come.

Windows programs mostly read a local time as .NET does: one that comes twice is taken for standard time, and so is one
that the clock skips. Source: learn.microsoft.com, DateTime.ToUniversalTime, TimeZoneInfo.ConvertTimeToUtc (the latter
refuses a skipped one).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

__all__ = ["as_utc", "is_ambiguous", "is_skipped"]


def as_utc(local: datetime, zone: tzinfo) -> datetime:
    """Return the instant of a local time, in UTC; what is ambiguous or skipped counts as standard time.

    Args:
        local: the time on the wall, naive.
        zone: where the wall is.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    standard = first if _offset(first) <= _offset(second) else second
    return standard.astimezone(UTC)


def is_ambiguous(local: datetime, zone: tzinfo) -> bool:
    """Return whether the clocks of a zone show that time twice."""
    return _differs(local, zone) and not is_skipped(local, zone)


def is_skipped(local: datetime, zone: tzinfo) -> bool:
    """Return whether the clocks of a zone never show that time, because they are put forward over it."""
    back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None, fold=0) != local.replace(fold=0)


def _differs(local: datetime, zone: tzinfo) -> bool:
    return _offset(local.replace(tzinfo=zone, fold=0)) != _offset(local.replace(tzinfo=zone, fold=1))


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
