"""Restart settings and times of an assignment in the agent's policy: `RebootEx` and `StartDeadlineEx`.

Source: policies seen on devices. `RebootEx` holds minutes, -1 for what is not set; all 0 and null occur as well.
`StartDeadlineEx` has the text "" or "UTC" and times as Json.NET writes them, the year 1 for what is not set. What local
time looks like was never seen; it is written here as "Local", the wall time as if it were UTC: a guess.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from harness.formats.misfits import Misfit, describe
from harness.formats.structuring import ObjectReader, integer, text
from harness.model.assignments import InstallTimeSettings, RestartSettings

__all__ = [
    "write_restart",
    "read_restart",
    "carried_restart",
    "write_install_time",
    "read_install_time",
    "carried_install_time",
    "whole_minutes",
]

_MINUTE = timedelta(minutes=1)
_MILLISECOND = timedelta(milliseconds=1)
_UNSET = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: 0001-01-01T00:00:00Z, .NET's first moment: not set.
_FIRST_MOMENT = -62_135_596_800_000
_LAST_MOMENT = 253_402_300_799_999
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/", re.ASCII)
_LOCAL = "Local"


def whole_minutes(duration: timedelta) -> int:
    """Return a duration in minutes, rounded up so that a short limit does not become none."""
    return -(-duration // _MINUTE)


# Restarts


def write_restart(settings: RestartSettings | None) -> dict[str, int]:
    """Return `RebootEx`; -1 three times when a restart has no grace period."""
    carried = carried_restart(settings)
    if carried is None:
        return {"GracePeriod": _UNSET, "Countdown": _UNSET, "Snooze": _UNSET}
    snooze = carried.restart_notification_snooze_duration
    return {
        "GracePeriod": whole_minutes(carried.grace_period),
        "Countdown": whole_minutes(carried.countdown_display_before_restart),
        "Snooze": _UNSET if snooze is None else whole_minutes(snooze),
    }


def read_restart(value: object) -> RestartSettings | None:
    """Read `RebootEx`; without a grace period above 0 nothing is set."""
    fields = ObjectReader(value)
    minutes = integer(_UNSET, 2**31 - 1, "minutes")
    grace, countdown, snooze = (fields.require(name, minutes) for name in ("GracePeriod", "Countdown", "Snooze"))
    fields.close()
    if grace <= 0:
        return None
    return RestartSettings(
        grace_period=grace * _MINUTE,
        countdown_display_before_restart=max(countdown, 0) * _MINUTE,
        restart_notification_snooze_duration=snooze * _MINUTE if snooze > 0 else None,
    )


def carried_restart(settings: RestartSettings | None) -> RestartSettings | None:
    """Return what is left of restart settings after they have travelled."""
    if settings is None or settings.grace_period <= timedelta():
        return None
    snooze = settings.restart_notification_snooze_duration
    return RestartSettings(
        grace_period=whole_minutes(settings.grace_period) * _MINUTE,
        countdown_display_before_restart=whole_minutes(settings.countdown_display_before_restart) * _MINUTE,
        restart_notification_snooze_duration=whole_minutes(snooze) * _MINUTE if snooze else None,
    )


# Times


def write_install_time(settings: InstallTimeSettings | None) -> dict[str, str]:
    """Return `StartDeadlineEx`."""
    if settings is None:
        return {"TimeFormat": "", "StartTime": _date(_FIRST_MOMENT), "Deadline": _date(_FIRST_MOMENT)}
    is_local = settings.use_local_time
    return {
        "TimeFormat": _LOCAL if is_local else "UTC",
        "StartTime": _date(_milliseconds(settings.start_date_time, is_local=is_local)),
        "Deadline": _date(_milliseconds(settings.deadline_date_time, is_local=is_local)),
    }


def read_install_time(value: object) -> InstallTimeSettings | None:
    """Read `StartDeadlineEx`; None when nothing is set."""
    fields = ObjectReader(value)
    time_format = fields.get("TimeFormat", _read_time_format, "")
    start = fields.get("StartTime", _read_date, _FIRST_MOMENT)
    deadline = fields.get("Deadline", _read_date, _FIRST_MOMENT)
    fields.close()
    if not time_format and start == deadline == _FIRST_MOMENT:
        return None
    is_local = time_format == _LOCAL
    return InstallTimeSettings(
        use_local_time=is_local,
        start_date_time=_moment(start, is_local=is_local),
        deadline_date_time=_moment(deadline, is_local=is_local),
    )


def carried_install_time(settings: InstallTimeSettings | None) -> InstallTimeSettings | None:
    """Return what is left of the times after they have travelled: milliseconds, UTC or the wall time."""
    if settings is None:
        return None
    is_local = settings.use_local_time
    start, deadline = (
        _moment(_milliseconds(at, is_local=is_local), is_local=is_local)
        for at in (settings.start_date_time, settings.deadline_date_time)
    )
    return InstallTimeSettings(use_local_time=is_local, start_date_time=start, deadline_date_time=deadline)


def _date(milliseconds: int) -> str:
    return f"/Date({milliseconds})/"


def _milliseconds(at: datetime | None, *, is_local: bool) -> int:
    """Return the milliseconds since 1970 in UTC; local time counts as it stands on the wall."""
    if at is None:
        return _FIRST_MOMENT
    in_utc = at.replace(tzinfo=UTC) if is_local or not at.tzinfo else at
    return (in_utc - _EPOCH) // _MILLISECOND


def _moment(milliseconds: int, *, is_local: bool) -> datetime | None:
    if milliseconds == _FIRST_MOMENT:
        return None
    at = _EPOCH + milliseconds * _MILLISECOND
    return at.replace(tzinfo=None) if is_local else at


def _read_date(value: object) -> int:
    found = _DATE.fullmatch(text(value))
    if not found or not _FIRST_MOMENT <= int(found[1]) <= _LAST_MOMENT:
        raise Misfit(f"expected a time such as /Date(1767225600000)/, found {describe(value)}")
    return int(found[1])


def _read_time_format(value: object) -> str:
    found = text(value)
    if found not in ("", "UTC", _LOCAL):
        raise Misfit(f"expected '', 'UTC' or '{_LOCAL}', found {describe(value)}")
    return found
