"""When triggers of scheduled tasks fire."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.tasktriggers import next_of, next_run
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def runs(trigger, count, after=MONDAY, zone=UTC):
    """Return when a trigger fires, that many times."""
    found = []
    while len(found) < count and (after := next_run(trigger, after, zone, MONDAY)):
        found.append(after)
    return found


def test_once():
    """Later, and never again."""
    assert [MONDAY + HOUR] == runs(Once(at=MONDAY + HOUR), 3)
    assert [] == runs(Once(at=MONDAY), 3)


def test_daily_begins_with_the_next_possible_day():
    """Today, if the time is still to come."""
    assert [MONDAY + HOUR, MONDAY + HOUR + DAY] == runs(Daily(at=time(9)), 2)
    assert [MONDAY - HOUR + DAY] == runs(Daily(at=time(7)), 1)
    assert [MONDAY + DAY] == runs(Daily(at=time(8)), 1)


def test_every_few_days_counts_from_the_first():
    """Which may be long ago, or to come."""
    assert [MONDAY + HOUR + 2 * DAY] == runs(Daily(at=time(9), every_days=3, starts=date(2026, 3, 1)), 1)
    assert [MONDAY + HOUR, MONDAY + HOUR + 3 * DAY] == runs(Daily(at=time(9), every_days=3), 2)
    assert [MONDAY + HOUR + 8 * DAY] == runs(Daily(at=time(9), starts=date(2026, 3, 10)), 1)


def test_daily_goes_by_the_local_time():
    """Also when summer time begins: the 29th of March has 23 hours in Berlin."""
    saturday = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)
    first, second = runs(Daily(at=time(9)), 2, after=saturday, zone=BERLIN)

    assert (8, 7) == (first.hour, second.hour)


def test_again_and_again():
    """From a time on, for a time."""
    assert [MONDAY + HOUR, MONDAY + 2 * HOUR] == runs(Every(interval=HOUR), 2)
    assert [MONDAY + DAY, MONDAY + DAY + HOUR] == runs(Every(interval=HOUR, starts=MONDAY + DAY), 2)
    assert [MONDAY + HOUR, MONDAY + 2 * HOUR] == runs(Every(interval=HOUR, lasts=3 * HOUR), 9)


@pytest.mark.parametrize("trigger", [AtStartup(), AtSignIn()])
def test_others_do_not_go_by_the_clock(trigger):
    """Nobody knows when the machine starts."""
    assert [] == runs(trigger, 1)


def test_the_first_of_several():
    """None of none."""
    triggers = [AtStartup(), Once(at=MONDAY + 2 * HOUR), Daily(at=time(9))]

    assert MONDAY + HOUR == next_of(triggers, MONDAY, UTC, MONDAY)
    assert next_of([AtStartup()], MONDAY, UTC, MONDAY) is None


@settings(deadline=None, max_examples=100)
@given(
    st.one_of(
        st.builds(Daily, at=st.times(), every_days=st.integers(1, 40)),
        st.builds(Every, interval=st.timedeltas(timedelta(seconds=1), timedelta(days=30))),
    ),
    st.timedeltas(timedelta(), timedelta(days=400)),
)
def test_a_run_is_always_later(trigger, passed):
    """And soon enough."""
    after = MONDAY + passed
    due = next_run(trigger, after, BERLIN, MONDAY)

    longest = getattr(trigger, "interval", timedelta(days=getattr(trigger, "every_days", 0) + 1))
    assert after < due <= after + longest
