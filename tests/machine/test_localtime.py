"""Local times around the ends of daylight saving time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.machine.localtime import as_utc, is_ambiguous, is_skipped

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, *map(ZoneInfo, ("Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "UTC"))]


def local(text):
    """Read a naive time."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "ambiguous", "skipped", "utc"),
    [
        ("2026-03-29T01:59", False, False, "2026-03-29T00:59"),
        ("2026-03-29T02:00", False, True, "2026-03-29T01:00"),
        ("2026-03-29T02:59", False, True, "2026-03-29T01:59"),
        ("2026-03-29T03:00", False, False, "2026-03-29T01:00"),
        ("2026-10-25T01:59", False, False, "2026-10-24T23:59"),
        ("2026-10-25T02:00", True, False, "2026-10-25T01:00"),
        ("2026-10-25T02:59", True, False, "2026-10-25T01:59"),
        ("2026-10-25T03:00", False, False, "2026-10-25T02:00"),
    ],
)
def test_around_the_changes_in_berlin(text, ambiguous, skipped, utc):
    """What comes twice or never is taken for standard time, as .NET does."""
    moment = local(text)
    assert (ambiguous, skipped) == (is_ambiguous(moment, BERLIN), is_skipped(moment, BERLIN))
    assert local(utc).replace(tzinfo=UTC) == as_utc(moment, BERLIN)


def test_a_summer_time_that_is_standard_in_the_data():
    """Ireland's data call summer the standard time; Windows does not."""
    dublin = ZoneInfo("Europe/Dublin")
    assert local("2026-10-25T01:30").replace(tzinfo=UTC) == as_utc(local("2026-10-25T01:30"), dublin)


@given(st.datetimes(local("2000-01-01"), local("2037-01-01")), st.sampled_from(ZONES))
def test_every_time_that_exists_comes_back(moment, zone):
    """What a zone's clocks show is the local time of the instant; a skipped time is shown later."""
    back = as_utc(moment, zone).astimezone(zone).replace(tzinfo=None)
    assert (back == moment) == (not is_skipped(moment, zone))
    assert timedelta() <= back - moment <= timedelta(hours=1)
