"""Times and durations that somebody gives: those that cannot be are refused at once, everywhere in the same words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness.durations import format_duration, parse_duration
from harness.errors import UsageError

__all__ = ["aware", "lasting"]


def aware(moment: object, what: str) -> datetime:
    """Return a time that somebody gives, in UTC.

    Args:
        moment: what was given.
        what: what it is for, so that the time can follow: `a clock cannot be set to`.

    Raises:
        UsageError: for what is no time, has no time zone, or is outside the calendar in UTC.
    """
    if not isinstance(moment, datetime):
        raise UsageError(f"{what} {moment!r}, which is no time - use an aware datetime")
    if moment.utcoffset() is None:
        raise UsageError(f"{what} {moment} without a time zone - use an aware datetime")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise UsageError(f"{what} {moment} - in UTC the calendar goes from the year 1 to the year 9999") from error


def lasting(duration: object, what: str) -> timedelta:
    """Return a duration that somebody gives, which may be zero.

    Args:
        duration: what was given.
        what: what it is for, so that the duration can follow: `a task cannot be delayed by`.

    Raises:
        UsageError: for what is no duration, or a negative one.
    """
    if not isinstance(duration, timedelta | str):
        raise UsageError(f"{what} {duration!r}, which is no duration - use a timedelta, or a text such as '4 min'")
    lasts = parse_duration(duration)
    if lasts < timedelta():
        raise UsageError(f"{what} {format_duration(lasts)} - use a duration that is not negative")
    return lasts
