"""What the registry says about time zones."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest

from harness.emulator.timezones import time_zone_keys, windows_zone_name

WINTER, SUMMER = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 7, 10, tzinfo=UTC)
INFORMATION = r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation"
ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones"


def signed(value: object) -> int:
    """Return a DWORD as the signed number it stands for."""
    assert isinstance(value, int)
    return value - 2**32 if value >= 2**31 else value


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Berlin", "W. Europe Standard Time"),
        ("Asia/Kathmandu", "Nepal Standard Time"),
        ("America/New_York", "Eastern Standard Time"),
        ("UTC", "UTC"),
        ("Antarctica/Troll", None),
    ],
)
def test_names(zone: str, name: str | None) -> None:
    """Every zone that Windows has is called as Windows calls it."""
    assert name == windows_zone_name(zone)


@pytest.mark.parametrize(
    ("zone", "bias", "active", "daylight"),
    [
        ("Europe/Berlin", -60, -120, -60),
        ("America/Los_Angeles", 480, 420, -60),
        ("Australia/Sydney", -600, -600, -60),
        ("Asia/Kolkata", -330, -330, -60),
        ("UTC", 0, 0, 0),
    ],
)
def test_bias_in_july(zone: str, bias: int, active: int, daylight: int) -> None:
    """Minutes that are added to local time; summer time is in the active one only."""
    values = time_zone_keys(zone, SUMMER)[INFORMATION]

    assert [bias, active, daylight] == [signed(values[name]) for name in ("Bias", "ActiveTimeBias", "DaylightBias")]


def test_rules_of_berlin() -> None:
    """The last Sundays of October and March, as Windows writes them, in both layouts."""
    keys = time_zone_keys("Europe/Berlin", WINTER)
    october, march = (
        bytes.fromhex("00000a00000005000300000000000000"),
        bytes.fromhex("00000300000005000200000000000000"),
    )

    zone = keys[rf"{ZONES}\W. Europe Standard Time"]
    assert struct.pack("<3i", -60, 0, -60) + october + march == zone["TZI"]
    assert ("W. Europe Standard Time", "W. Europe Daylight Time") == (zone["Std"], zone["Dlt"])
    assert bytes.fromhex("00000a00050003000000000000000000") == keys[INFORMATION]["StandardStart"]


@pytest.mark.parametrize(
    ("zone", "standard", "daylight"),
    [
        ("America/New_York", (11, 0, 1, 2, 0), (3, 0, 2, 2, 0)),
        ("Australia/Sydney", (4, 0, 1, 3, 0), (10, 0, 1, 2, 0)),
        ("Asia/Kolkata", (0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
    ],
)
def test_rules(zone: str, standard: tuple[int, ...], daylight: tuple[int, ...]) -> None:
    """Month, weekday, week, hour and minute of the local time before the change."""
    name = windows_zone_name(zone)
    tzi = time_zone_keys(zone, WINTER)[rf"{ZONES}\{name}"]["TZI"]
    assert isinstance(tzi, bytes)

    assert standard == struct.unpack_from("<5H", tzi, 14)
    assert daylight == struct.unpack_from("<5H", tzi, 30)


def test_a_zone_that_windows_does_not_have() -> None:
    """There are its rules, and no name."""
    keys = time_zone_keys("Antarctica/Troll", WINTER)

    assert [INFORMATION] == list(keys)
    assert "TimeZoneKeyName" not in keys[INFORMATION]


def test_utc_has_a_long_name() -> None:
    """Coordinated Universal Time, all year."""
    zone = time_zone_keys("UTC", WINTER)[rf"{ZONES}\UTC"]

    assert ("Coordinated Universal Time",) * 2 == (zone["Std"], zone["Dlt"])
    assert bytes(44) == zone["TZI"]
