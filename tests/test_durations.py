"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.durations import format_duration, parse_duration
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90 s", timedelta(seconds=90)),
        ("4 min", timedelta(minutes=4)),
        ("4min", timedelta(minutes=4)),
        ("1 h 30 min", timedelta(hours=1, minutes=30)),
        ("1h30min", timedelta(hours=1, minutes=30)),
        ("1 hour and 5 minutes", timedelta(hours=1, minutes=5)),
        ("1 day, 2 hours, and 3 secs", timedelta(days=1, hours=2, seconds=3)),
        ("1 day,2 h", timedelta(days=1, hours=2)),
        ("2 Days", timedelta(days=2)),
        ("1.5 h", timedelta(minutes=90)),
        ("250 ms", timedelta(milliseconds=250)),
        ("2 weeks", timedelta(weeks=2)),
        ("1 week", timedelta(weeks=1)),
        ("  0 s  ", timedelta()),
        ("5 m", timedelta(minutes=5)),
    ],
)
def test_reads_what_people_write(text, expected):
    """Numbers with units, joined by blanks, commas or `and`."""
    assert expected == parse_duration(text)


def test_a_timedelta_is_taken_as_it_is():
    """Python's own durations need no reading."""
    assert timedelta(minutes=-3) == parse_duration(timedelta(minutes=-3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "4",
        "min",
        "four min",
        "-4 min",
        "4 parsecs",
        "4 min and",
        "4 min,",
        "4 min and a bit",
        "4 min 5",
        "4 ss",
        "4 min, , 5 s",
        "and 4 min",
        "1,5 h",
        "4 min x" * 1000,
    ],
)
def test_refuses_what_is_no_duration(text):
    """The message shows the text and how to write it."""
    with pytest.raises(UsageError, match="is not a duration - write a number and a unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["99999999999 weeks", f"{'9' * 400} s", "999999999 d 999999999 d"])
def test_refuses_what_no_calendar_holds(text):
    """A number that is too large is a mistake, not a crash."""
    with pytest.raises(UsageError, match="is too long"):
        parse_duration(text)


def test_long_nonsense_is_shortened_in_the_message():
    """A message stays one line."""
    with pytest.raises(UsageError) as caught:
        parse_duration("x" * 10_000)

    assert 200 > len(str(caught.value))


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (timedelta(), "0 s"),
        (timedelta(milliseconds=250), "250 ms"),
        (timedelta(microseconds=999_900), "1 s"),
        (timedelta(microseconds=1), "0 ms"),
        (timedelta(seconds=2), "2 s"),
        (timedelta(seconds=59.9996), "1 min"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(hours=1, minutes=30, seconds=59), "1 h 30 min"),
        (timedelta(days=1, minutes=3), "1 d 3 min"),
        (timedelta(days=400), "400 d"),
        (-timedelta(minutes=4), "-4 min"),
    ],
)
def test_writes_the_two_largest_units(duration, expected):
    """As many words as say something."""
    assert expected == format_duration(duration)


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from([("h", "min"), ("min", "s")]))
def test_what_is_written_reads_back(large, small, units):
    """Two units are written and read without loss."""
    duration = parse_duration(f"{large} {units[0]} {small} {units[1]}")

    assert duration == parse_duration(format_duration(duration))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_a_usage_error(text):
    """No text makes it crash."""
    try:
        duration = parse_duration(text)
    except UsageError:
        return
    assert timedelta() <= duration
