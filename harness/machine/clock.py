"""Time on one machine, and the few things the engine waits for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

__all__ = ["Clock", "Signal", "Task"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Signal:
    """Something that happens once: a process exits, a user answers, a sync is asked for.

    Whoever wants to know waits with `clock.wait(signal)`.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._is_set

    @property
    def is_awaited(self) -> bool:
        """Whether anybody waits for it."""
        return bool(self._listeners)

    def set(self) -> None:
        """Let it have happened; a second time changes nothing."""
        if not self._is_set:
            self._is_set = True
            listeners, self._listeners = self._listeners, []
            for listener in listeners:
                listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when it happens, at once if it has; clocks use this, everybody else waits."""
        if self._is_set:
            listener()
        else:
            self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stop calling a listener; one that is not known is ignored."""
        if listener in self._listeners:
            self._listeners.remove(listener)


class Task(Protocol[T_co]):
    """Work that a clock runs."""

    @property
    def name(self) -> str:
        """What the work is called in errors and on the timeline."""
        ...

    @property
    def finished(self) -> Signal:
        """Set when the work has returned, failed or been cancelled."""
        ...

    def result(self) -> T_co:
        """Return what the work returned, or raise what it raised.

        Raises:
            HarnessError: if the work is not done or was cancelled.
        """
        ...

    def cancel(self) -> None:
        """Stop the work where it waits; its `finally` blocks run. Cancelling finished work changes nothing."""
        ...


class Clock(Protocol):
    """Time on one machine.

    Wall time is what users, schedules and logs see, and may jump. Monotonic time is for time limits, and never jumps;
    it stands still while the machine sleeps, and so do waits, which count it.
    """

    @property
    def time_zone(self) -> ZoneInfo:
        """The machine's time zone."""
        ...

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        ...

    def local_now(self) -> datetime:
        """Return the wall time, aware, in the machine's time zone."""
        ...

    def monotonic(self) -> timedelta:
        """Return how long the machine has been awake since the clock was made."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Let that much time pass; others run meanwhile."""
        ...

    async def wait(self, signal: Signal, timeout: timedelta | None = None) -> bool:
        """Wait for a signal; return whether it happened before the time-out."""
        ...

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> Task[T]:
        """Start work beside the caller's. An error nobody waits for is raised to whoever drives the clock."""
        ...
