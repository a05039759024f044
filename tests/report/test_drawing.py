"""The timeline as a drawing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.drawing import Drawing, draw_timeline, tone_of
from harness.report.result import RunResult
from harness.timeline import Event, Lane

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event(second: float, lane: Lane, kind: str, text: str = "", **data: Any) -> Event:
    """Return an event."""
    return Event(at=START + timedelta(seconds=second), lane=lane, kind=kind, text=text or kind, data=data)


def drawn(events: list[Event], width: float = 1000) -> Drawing:
    """Draw events that are there."""
    drawing = draw_timeline(events, width=width, local=lambda moment: moment)
    assert drawing
    return drawing


def test_nothing_is_not_drawn() -> None:
    """Without events there is no drawing."""
    assert draw_timeline([], width=500, local=lambda moment: moment) is None


def test_every_part_that_did_something_has_a_row() -> None:
    """Rows come in the order of the parts, not of the events."""
    drawing = drawn([event(0, Lane.TOAST, "toast shown"), event(1, Lane.AGENT, "detection")])

    assert ["Agent", "Toasts"] == [row.name for row in drawing.rows]
    assert drawing.rows[0].top + drawing.rows[0].height == drawing.rows[1].top


def test_what_took_time_is_a_bar_with_its_name_and_length() -> None:
    """A process is named by its image."""
    drawing = drawn(
        [
            event(0, Lane.PROCESS, "process started", "setup.exe started as SYSTEM", pid=1, name="setup.exe"),
            event(240, Lane.PROCESS, "process ended", "setup.exe ended with exit code 0", pid=1),
        ]
    )

    (bar,) = drawing.rows[0].bars
    assert ("setup.exe (4 min)", "process") == (bar.label, bar.tone)
    assert "setup.exe started as SYSTEM (4 min)\nsetup.exe ended with exit code 0" == bar.title
    assert bar.x < bar.label_x < bar.x + bar.width
    assert () == drawing.rows[0].dots


def test_a_label_stands_beside_a_bar_that_is_too_short() -> None:
    """As long as nothing else is there."""
    drawing = drawn(
        [
            event(0, Lane.PROCESS, "process started", pid=1, name="short.exe"),
            event(0.2, Lane.PROCESS, "process ended", pid=1),
            event(300, Lane.AGENT, "detection"),
        ]
    )

    (bar,) = drawing.rows[-1].bars
    assert "short.exe (200 ms)" == bar.label
    assert bar.label_x > bar.x + bar.width


def test_what_overlaps_is_on_tracks_of_its_own() -> None:
    """A child is drawn below its parent, and what comes later uses the first track again."""
    drawing = drawn(
        [
            event(0, Lane.PROCESS, "process started", pid=1),
            event(10, Lane.PROCESS, "process started", pid=2),
            event(20, Lane.PROCESS, "process ended", pid=2),
            event(30, Lane.PROCESS, "process ended", pid=1),
            event(40, Lane.PROCESS, "process started", pid=3),
            event(50, Lane.PROCESS, "dialog shown"),
        ]
    )

    (row,) = drawing.rows
    parent, later, child = row.bars
    assert parent.y == later.y < child.y < row.dots[0].y < row.top + row.height
    assert later.x + later.width == pytest.approx(990)


def test_what_happened_at_about_the_same_time_is_one_dot() -> None:
    """It says how many, and names them all."""
    drawing = drawn(
        [
            event(0, Lane.AGENT, "detection", "not there"),
            event(0, Lane.AGENT, "install failed", "it failed"),
            event(60, Lane.AGENT, "detection", "still not there"),
        ]
    )

    first, second = drawing.rows[0].dots
    assert (2, "not there\nit failed", "bad") == (first.count, first.title, first.tone)
    assert (1, "still not there", "agent") == (second.count, second.title, second.tone)


def test_long_words_are_cut_to_the_room_there_is() -> None:
    """A label never runs into the next dot."""
    drawing = drawn([event(second, Lane.AGENT, "detection", "x" * 300) for second in (0, 5, 300)])

    labels = [dot.label for dot in drawing.rows[0].dots]
    assert all(label == "" or label.endswith("…") for label in labels)
    assert len(labels[0]) < len(labels[1]) < 300


def test_a_restart_is_marked_through_all_rows() -> None:
    """At the place where the machine goes down."""
    drawing = drawn(
        [
            event(0, Lane.AGENT, "check-in started"),
            event(60, Lane.POWER, "restart"),
            event(120, Lane.POWER, "booted"),
        ]
    )

    assert (drawing.rows[-1].bars[0].x,) == drawing.restarts


def test_ticks_do_not_overlap_and_are_not_repeated() -> None:
    """Every label is said once, and has room."""
    drawing = drawn([event(second / 10, Lane.AGENT, "detection") for second in range(40)], width=340)

    labels = [tick.label for tick in drawing.ticks]
    assert len(labels) == len(set(labels)) >= 2
    assert ("start", "end") == (drawing.ticks[0].anchor, drawing.ticks[-1].anchor)
    assert not drawing.has_names_beside


def test_labels_do_not_repeat_the_app() -> None:
    """Its name is above the drawing; the titles have it."""
    events = [
        event(0, Lane.AGENT, "detection", "Contoso VPN: detected"),
        event(60, Lane.AGENT, "install started", "Contoso VPN: setup.exe"),
        event(120, Lane.AGENT, "install finished", "Contoso VPN: exit code 0"),
    ]

    drawing = draw_timeline(events, width=1000, local=lambda moment: moment, subject="Contoso VPN")

    assert drawing
    assert ("setup.exe (1 min)", "detected") == (drawing.rows[0].bars[0].label, drawing.rows[0].dots[0].label)
    assert "Contoso VPN: detected" == drawing.rows[0].dots[0].title


def test_content_has_a_row_of_its_own() -> None:
    """Though it is the agent that sees to it."""
    drawing = drawn([event(0, Lane.AGENT, "download started"), event(1, Lane.AGENT, "download finished")])

    assert [("Content", "content")] == [(row.name, row.bars[0].tone) for row in drawing.rows]


def test_an_error_code_makes_an_event_bad() -> None:
    """Whatever its kind."""
    assert "bad" == tone_of(event(0, Lane.AGENT, "state", error_code=0x87D1041C))
    assert "agent" == tone_of(event(0, Lane.AGENT, "state", error_code=None))


@pytest.mark.parametrize(
    ("kind", "tone"),
    [("install failed", "bad"), ("install timed out", "bad"), ("detection", "agent"), ("install finished", "agent")],
)
def test_failures_have_a_colour_of_their_own(kind: str, tone: str) -> None:
    """Everything else has its lane's."""
    assert tone == tone_of(event(0, Lane.AGENT, kind))


def test_a_whole_run_fits_any_width(installed: RunResult) -> None:
    """Nothing is drawn outside of the box."""
    for width in (330.0, 700.0, 1070.0):
        drawing = drawn(list(installed.timeline), width=width)
        for row in drawing.rows:
            assert all(0 <= bar.x and bar.x + bar.width <= width for bar in row.bars)
            assert all(0 <= dot.x <= width and row.top < dot.y < row.top + row.height for dot in row.dots)


_EVENTS = st.lists(
    st.builds(
        event,
        st.floats(0, 2e6, allow_nan=False),
        st.sampled_from(Lane),
        st.sampled_from(["process started", "process ended", "restart", "booted", "detection"]),
        st.text(max_size=30),
        pid=st.integers(0, 3),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=60)
@given(_EVENTS, st.sampled_from([330.0, 1070.0]))
def test_any_timeline_can_be_drawn(events: list[Event], width: float) -> None:
    """Whatever happened in whatever order of kinds."""
    drawing = drawn(sorted(events, key=lambda each: each.at), width=width)

    assert {each.lane for each in events} == {Lane(row.tone) for row in drawing.rows}
    counted = sum(dot.count for row in drawing.rows for dot in row.dots)
    bars = sum(len(row.bars) for row in drawing.rows)
    assert counted + bars <= len(events) <= counted + 2 * bars
