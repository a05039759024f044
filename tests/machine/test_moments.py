"""Times and durations that somebody gives."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from harness.errors import UsageError
from harness.machine.moments import aware, lasting


def test_a_time_is_given_back_in_utc():
    """Wherever it was meant."""
    assert datetime(2026, 3, 2, 8, tzinfo=UTC) == aware(
        datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=2))), "x"
    )


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (datetime(2026, 3, 2), "it ends at 2026-03-02 00:00:00 without a time zone - use an aware datetime"),  # noqa: DTZ001 - the mistake under test
        ("tomorrow", "it ends at 'tomorrow', which is no time - use an aware datetime"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), "from the year 1 to the year 9999"),
    ],
)
def test_times_that_cannot_be(moment, message):
    """Without a zone, no times, outside the calendar."""
    with pytest.raises(UsageError, match=message):
        aware(moment, "it ends at")


@pytest.mark.parametrize("duration", [timedelta(minutes=4), "4 min"])
def test_durations(duration):
    """In either spelling."""
    assert timedelta(minutes=4) == lasting(duration, "x")


@pytest.mark.parametrize(
    ("duration", "message"),
    [
        (timedelta(seconds=-1), "it lasts -1 s - use a duration that is not negative"),
        (5, "it lasts 5, which is no duration - use a timedelta, or a text such as '4 min'"),
        ("soon", "'soon' is not a duration"),
    ],
)
def test_durations_that_cannot_be(duration, message):
    """Negative ones, and what is none."""
    with pytest.raises(UsageError, match=message):
        lasting(duration, "it lasts")
