"""The one ordered record of what happened on a machine; reports, notebooks and failures are drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Lane", "Event", "Timeline"]


class Lane(StrEnum):
    """Which part something happened in."""

    SERVICE = "service"
    AGENT = "agent"
    CONTENT = "content"
    PROCESS = "process"
    REGISTRY = "registry"
    FILES = "files"
    TOAST = "toast"
    USER = "user"
    POWER = "power"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        at: the machine's wall time, aware.
        lane: the part it happened in.
        kind: a short stable name, for example `process started`; tests and views select by it.
        text: one sentence for people.
        data: facts for programs; plain JSON values.
    """

    at: datetime
    lane: Lane
    kind: str
    text: str
    data: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


class Timeline:
    """An append-only list of events; the time comes from the clock it was made with."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._events: list[Event] = []

    def add(self, lane: Lane, kind: str, text: str, **data: str | float | bool | None) -> Event:
        """Append what has just happened and return it."""
        event = Event(at=self._now(), lane=lane, kind=kind, text=text, data=data)
        self._events.append(event)
        return event

    def of(self, lane: Lane | None = None, kind: str | None = None) -> list[Event]:
        """Return the events of that lane and kind, oldest first."""
        return [e for e in self._events if lane in (None, e.lane) and kind in (None, e.kind)]

    def __iter__(self) -> Iterator[Event]:
        return iter(tuple(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: int) -> Event:
        return self._events[index]
