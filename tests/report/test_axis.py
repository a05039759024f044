"""The time axis: everything in order, nothing lost, long waits cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.axis import TimeAxis

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(**later: float) -> datetime:
    """Return a moment after the start."""
    return START + timedelta(**later)


def test_one_moment_is_at_the_left() -> None:
    """An axis needs no length."""
    axis = TimeAxis([START, START], left=10, right=110)

    assert (10, 10, 10) == (axis.x(START), axis.x(at(hours=-1)), axis.x(at(hours=1)))
    assert () == axis.cuts


def test_the_ends_are_at_the_ends() -> None:
    """The whole width is used, and nothing is drawn outside of it."""
    axis = TimeAxis([START, at(seconds=1), at(minutes=2)], left=0, right=100)

    assert (0, 100, 0, 100) == (
        axis.x(START),
        round(axis.x(at(minutes=2)), 6),
        axis.x(at(hours=-1)),
        round(axis.x(at(hours=9)), 6),
    )


def test_between_two_moments_time_runs_evenly() -> None:
    """Half way in time is half way on paper."""
    axis = TimeAxis([START, at(seconds=10)], left=0, right=100)

    assert 50 == axis.x(at(seconds=5))


def test_a_second_can_be_seen_beside_a_day() -> None:
    """A day's wait is cut out, so that the steps around it keep their width."""
    moments = [START, at(seconds=1), at(seconds=3), at(days=1), at(days=1, seconds=2)]

    axis = TimeAxis(moments, left=0, right=1000, cut_width=70)

    assert ["24 h"] == [cut.label for cut in axis.cuts]
    cut = axis.cuts[0]
    assert (70, axis.x(at(seconds=3)), axis.x(at(days=1))) == (round(cut.right - cut.left, 6), cut.left, cut.right)
    assert cut.left < cut.middle < cut.right
    assert axis.x(at(seconds=1)) > 100


def test_cuts_are_labelled_in_one_unit() -> None:
    """Minutes, hours, or days, rounded."""
    for wait, label in (
        (timedelta(minutes=26), "26 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=91), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=14), "14 d"),
    ):
        assert [label] == [cut.label for cut in TimeAxis([START, START + wait], left=0, right=9).cuts]


def test_many_cuts_leave_room_for_the_rest() -> None:
    """However many waits there are, they take less than half of the width."""
    moments = [at(hours=hour, seconds=second) for hour in range(30) for second in (0, 5)]

    axis = TimeAxis(moments, left=0, right=300)

    assert 29 == len(axis.cuts)
    assert 0.45 * 300 + 0.001 >= sum(cut.right - cut.left for cut in axis.cuts)


def test_waits_alone_share_the_width() -> None:
    """When there is nothing but waits they take all of it."""
    axis = TimeAxis([START, at(hours=1), at(hours=3)], left=0, right=100)

    assert [50, 50] == [cut.right - cut.left for cut in axis.cuts]


def test_the_landmarks_begin_with_the_ends_of_waits() -> None:
    """What is labelled first is the start, then what comes after and before a wait."""
    moments = [START, at(seconds=4), at(hours=1), at(hours=1, seconds=4)]

    axis = TimeAxis(moments, left=0, right=100)

    assert [START, at(hours=1), at(seconds=4), at(hours=1, seconds=4)] == axis.landmarks()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_later_is_never_left_of_earlier(milliseconds: list[int]) -> None:
    """Order is kept, and everything is inside."""
    moments = sorted(at(milliseconds=each) for each in milliseconds)

    axis = TimeAxis(moments, left=5, right=500)
    positions = [axis.x(moment) for moment in moments]

    assert sorted(positions) == positions
    assert 5 <= positions[0] <= positions[-1] <= 500.001
