"""The record of what happened."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.timeline import Lane, Timeline

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def timeline() -> Timeline:
    """Give a timeline with three events, a minute apart."""
    times = iter([START + timedelta(minutes=minute) for minute in range(10)])
    timeline = Timeline(lambda: next(times))
    timeline.add(Lane.PROCESS, "process started", "setup.exe started", pid=1000)
    timeline.add(Lane.TOAST, "toast shown", "a toast")
    timeline.add(Lane.PROCESS, "process ended", "setup.exe ended", pid=1000, exit_code=0)
    return timeline


def test_an_event_has_the_time_of_the_clock(timeline):
    """Time comes from whoever made the timeline."""
    event = timeline.add(Lane.POWER, "restart", "restarts", reason="test", at_once=True, seconds=1.5, user=None)

    assert START + timedelta(minutes=3) == event.at
    assert {"reason": "test", "at_once": True, "seconds": 1.5, "user": None} == event.data
    assert (Lane.POWER, "restart", "restarts") == (event.lane, event.kind, event.text)
    assert event is timeline[-1]


def test_events_keep_their_order(timeline):
    """What happened first comes first."""
    assert ["process started", "toast shown", "process ended"] == [event.kind for event in timeline]
    assert 3 == len(timeline)


@pytest.mark.parametrize(
    ("lane", "kind", "expected"),
    [
        (None, None, ["process started", "toast shown", "process ended"]),
        (Lane.PROCESS, None, ["process started", "process ended"]),
        (None, "toast shown", ["toast shown"]),
        (Lane.PROCESS, "process ended", ["process ended"]),
        (Lane.TOAST, "process ended", []),
        (Lane.POWER, None, []),
    ],
)
def test_events_are_chosen_by_lane_and_kind(timeline, lane, kind, expected):
    """Both, either or neither may be given."""
    assert expected == [event.kind for event in timeline.of(lane, kind)]


def test_going_through_the_events_while_more_are_added(timeline):
    """Whoever reads sees what was there when it began."""
    seen = 0
    for _ in timeline:
        timeline.add(Lane.AGENT, "more", "more")
        seen += 1

    assert (3, 6) == (seen, len(timeline))
