"""Which events of a timeline are worth showing where there is little room; nothing is ever left out of the JSON."""

from __future__ import annotations

from collections.abc import Iterable

from harness.timeline import Event

__all__ = ["notable", "without_idle_check_ins"]

_CHECK_IN, _CHECKED_IN = "check-in started", "check-in finished"

#: Kinds that only say what others say too, or how something is done: states of the registry, services, clean-up.
_MINOR = frozenset(
    {
        "agent started",
        "content ready",
        "download finished",
        "msi started",
        "process started",
        "process ended",
        "report sent",
        "requirements",
        "service started",
        "service stopped",
        "signed out",
        "state",
        "toast gone",
        _CHECKED_IN,
    }
)


def without_idle_check_ins(events: Iterable[Event]) -> list[Event]:
    """Return the events without those check-ins in which nothing happened; an agent has one every hour."""
    kept: list[Event] = []
    for event in events:
        if event.kind == _CHECKED_IN and kept and kept[-1].kind == _CHECK_IN:
            kept.pop()
        else:
            kept.append(event)
    return kept


def notable(events: Iterable[Event]) -> list[Event]:
    """Return the events that tell the story: what the agent found and did, what the user saw, and restarts."""
    return [event for event in without_idle_check_ins(events) if event.kind not in _MINOR]
