"""What is due when: the heap of a virtual clock, the machine's half of which can stand still."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

__all__ = ["Timer", "Timers"]


class Timer:
    """Something to do at a time, unless it is called off before."""

    __slots__ = ("callback", "is_outside")

    def __init__(self, callback: Callable[[], None], *, is_outside: bool) -> None:
        self.callback: Callable[[], None] | None = callback
        self.is_outside = is_outside

    def call_off(self) -> None:
        """Let it not happen."""
        self.callback = None


#: When, how ties are broken, the order of arrival, and what.
_Entry = tuple[timedelta, float, int, Timer]


class Timers:
    """Everything that is due, in the order of time, then of arrival.

    Args:
        shuffle_seed: shuffles what is due at the same instant; None keeps the order of arrival.
    """

    def __init__(self, shuffle_seed: int | None = None) -> None:
        self._random = None if shuffle_seed is None else random.Random(shuffle_seed)  # noqa: S311 - not for secrets
        self._queue: list[_Entry] = []
        self._arrivals = 0
        self._set_aside: list[_Entry] | None = None

    @property
    def are_suspended(self) -> bool:
        """Whether the machine's timers stand still."""
        return self._set_aside is not None

    def add(self, now: timedelta, due: timedelta, callback: Callable[[], None], *, is_outside: bool) -> Timer:
        """Call back at a moment; `now` is the present one."""
        self._arrivals += 1
        tie = self._random.random() if self._random else 0.0
        timer = Timer(callback, is_outside=is_outside)
        entry = (due, tie, self._arrivals, timer)
        if self._set_aside is None or is_outside:
            heapq.heappush(self._queue, entry)
        else:
            self._set_aside.append(_later(entry, -now))
        return timer

    def next_due(self) -> timedelta | None:
        """Return when something is due next; None when nothing is."""
        while self._queue and self._queue[0][3].callback is None:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def pop(self) -> Callable[[], None]:
        """Take out what is due next, as `next_due` has found it, and return what is to be done."""
        callback = heapq.heappop(self._queue)[3].callback
        assert callback is not None
        return callback

    def suspend(self, now: timedelta) -> None:
        """Let the machine's timers stand still."""
        self._set_aside = [_later(entry, -now) for entry in self._queue if not entry[3].is_outside]
        self._queue = [entry for entry in self._queue if entry[3].is_outside]
        heapq.heapify(self._queue)

    def resume(self, now: timedelta) -> None:
        """Let them go on; what they wait for is as far away as it was."""
        waiting, self._set_aside = self._set_aside or (), None
        for entry in waiting:
            with suppress(OverflowError):  # what no clock reaches never happens
                heapq.heappush(self._queue, _later(entry, now))


def _later(entry: _Entry, by: timedelta) -> _Entry:
    due, tie, arrival, timer = entry
    return (due + by, tie, arrival, timer)
