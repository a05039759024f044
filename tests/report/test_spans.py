"""Which events are the two ends of one thing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from harness.report.spans import Span, spans_of
from harness.timeline import Event, Lane


def event(second: int, kind: str, lane: Lane = Lane.PROCESS, **data: Any) -> Event:
    """Return an event."""
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=second)
    return Event(at=at, lane=lane, kind=kind, text=kind, data=data)


def test_nested_processes_are_told_apart_by_their_numbers() -> None:
    """The end belongs to the start of the same process."""
    outer, inner = event(0, "process started", pid=1), event(1, "process started", pid=2)
    outer_end, inner_end = event(2, "process ended", pid=1), event(3, "process ended", pid=2)

    spans = spans_of([outer, inner, outer_end, inner_end])

    assert [Span(begin=outer, end=outer_end), Span(begin=inner, end=inner_end)] == spans


def test_what_has_no_number_belongs_to_the_latest_start() -> None:
    """Without facts to compare, the last one that is open is meant."""
    first, second, end = event(0, "check-in started"), event(1, "check-in started"), event(2, "check-in finished")

    assert [Span(begin=first, end=None), Span(begin=second, end=end)] == spans_of([first, second, end])


def test_a_time_out_is_an_end() -> None:
    """The last words may be two."""
    start, end = event(0, "install started", app_id="a"), event(9, "install timed out", app_id="a")

    assert [Span(begin=start, end=end)] == spans_of([start, end])


def test_other_lanes_other_things_and_other_apps_do_not_end_it() -> None:
    """All of that must agree."""
    start = event(0, "install started", app_id="a")
    others = [
        event(1, "install finished", Lane.AGENT, app_id="a"),
        event(1, "download finished", app_id="a"),
        event(1, "install finished", app_id="b"),
        event(1, "dialog shown", app_id="a"),
    ]

    assert [Span(begin=start, end=None)] == spans_of([start, *others])


def test_a_restart_lasts_until_the_machine_is_up() -> None:
    """The two kinds are not alike, and belong together."""
    down, up = event(0, "restart", Lane.POWER), event(60, "booted", Lane.POWER)

    assert [Span(begin=down, end=up)] == spans_of([down, up])
