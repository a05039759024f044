r"""What the registry of Windows says about a time zone: its name there, and its rules as structures.

The rules are those of the year the machine was installed in, taken from the IANA data. Source: Unicode CLDR,
windowsZones (through tzlocal), for the names; learn.microsoft.com, TIME_ZONE_INFORMATION and
DYNAMIC_TIME_ZONE_INFORMATION for the structures. That `StandardStart` has the day of the week at its end, unlike `TZI`,
and that zones without summer time have a DaylightBias of -60, are from memory.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from harness.emulator.baseline_data import Data, Keys

__all__ = ["time_zone_keys", "windows_zone_name"]

_INFORMATION = r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation"
_ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones"
_UTC = "UTC"
_LAST_WEEK = 5


@dataclass(frozen=True, slots=True)
class _Start:
    """When one half of the year begins, in the local time before; all zeros where it never does."""

    month: int = 0
    weekday: int = 0
    week: int = 0
    hour: int = 0
    minute: int = 0

    @property
    def system_time(self) -> bytes:
        """As SYSTEMTIME."""
        return struct.pack("<8H", 0, self.month, self.weekday, self.week, self.hour, self.minute, 0, 0)

    @property
    def time_fields(self) -> bytes:
        """As TIME_FIELDS."""
        return struct.pack("<8H", 0, self.month, self.week, self.hour, self.minute, 0, 0, self.weekday)


def windows_zone_name(zone: str) -> str | None:
    """Return what Windows calls an IANA zone; None for one that it does not have."""
    from tzlocal.windows_tz import tz_win

    return tz_win.get(zone)


def time_zone_keys(zone: str, installed: datetime) -> Keys:
    """Return the keys below HKLM that say which time zone the machine is in, and what that is.

    Args:
        zone: the IANA name.
        installed: the machine's time, aware.
    """
    name = windows_zone_name(zone)
    info = ZoneInfo(zone)
    now = installed.astimezone(info)
    offset, summer = now.utcoffset() or timedelta(), now.dst() or timedelta()
    bias = _minutes(summer - offset)
    daylight, standard = _starts(info, now.year)
    has_summer = daylight != standard
    daylight_bias = 0 if name == _UTC else -60
    information: dict[str, Data] = {
        "Bias": bias % 2**32,
        "ActiveTimeBias": _minutes(-offset) % 2**32,
        "StandardBias": 0,
        "StandardStart": standard.time_fields,
        "DaylightBias": daylight_bias % 2**32,
        "DaylightStart": daylight.time_fields,
        "DynamicDaylightTimeDisabled": 0,
    }
    if name is None:
        return {_INFORMATION: information}
    tzi = struct.pack("<3i", bias, 0, daylight_bias) + standard.system_time + daylight.system_time
    long_name = "Coordinated Universal Time" if name == _UTC else name
    summer_name = name.replace("Standard Time", "Daylight Time") if has_summer else long_name
    information["TimeZoneKeyName"] = name
    return {_INFORMATION: information, rf"{_ZONES}\{name}": {"Std": long_name, "Dlt": summer_name, "TZI": tzi}}


def _starts(info: ZoneInfo, year: int) -> tuple[_Start, _Start]:
    """Return when summer time and standard time begin in a year; two empty ones where both do not."""
    found: dict[bool, _Start] = {}
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = moment + timedelta(days=1)
        if _is_summer(info, moment) != _is_summer(info, later):
            first, last = moment, later
            while last - first > timedelta(minutes=1):
                middle = first + (last - first) / 2
                first, last = (middle, last) if _is_summer(info, middle) == _is_summer(info, first) else (first, middle)
            found.setdefault(_is_summer(info, last), _start_of(info, last.replace(second=0, microsecond=0)))
        moment = later
    return (found[True], found[False]) if len(found) == 2 else (_Start(), _Start())  # noqa: PLR2004 - there and back


def _is_summer(info: ZoneInfo, moment: datetime) -> bool:
    return bool(moment.astimezone(info).dst())


def _start_of(info: ZoneInfo, change: datetime) -> _Start:
    before = (change - timedelta(minutes=1)).astimezone(info).replace(tzinfo=None) + timedelta(minutes=1)
    in_last_week = (before + timedelta(days=7)).month != before.month
    week = _LAST_WEEK if in_last_week else (before.day - 1) // 7 + 1
    return _Start(before.month, before.isoweekday() % 7, week, before.hour, before.minute)


def _minutes(bias: timedelta) -> int:
    return int(bias / timedelta(minutes=1))
