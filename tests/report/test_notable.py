"""Which events are worth showing where there is little room."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.report.notable import notable, without_idle_check_ins
from harness.timeline import Event, Lane


def events(*kinds: str) -> list[Event]:
    """Return events of these kinds."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return [Event(at=at, lane=Lane.AGENT, kind=kind, text=kind) for kind in kinds]


def kinds(found: list[Event]) -> list[str]:
    """Return the kinds of events."""
    return [event.kind for event in found]


def test_check_ins_in_which_nothing_happened_are_left_out() -> None:
    """Those with something in them stay, and one that has not ended does."""
    given = ["check-in started", "check-in finished", "check-in started", "detection", "check-in finished"]

    assert given[2:] == kinds(without_idle_check_ins(events(*given)))
    assert ["check-in finished", "check-in started"] == kinds(
        without_idle_check_ins(events("check-in finished", "check-in started"))
    )


def test_the_story_is_what_was_found_done_seen_and_restarted() -> None:
    """Without what only says how."""
    given = ["check-in started", "detection", "state", "process started", "install started", "toast shown", "booted"]

    assert ["check-in started", "detection", "install started", "toast shown", "booted"] == kinds(
        notable(events(*given))
    )
