"""Virtual time: a machine-month passes in milliseconds, the same way every time.

The engine is written as coroutines. This clock runs them itself, without an event loop: a notebook has one already,
and a loop cannot be stepped from cell to cell. What is due runs in order of time, then of arrival; a seed shuffles
ties, for simulations that look for code relying on their order.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from harness.errors import HarnessError, UsageError
from harness.machine.clock import Signal

if TYPE_CHECKING:
    from harness.emulator.frozen_time import FrozenTime

__all__ = ["VirtualClock", "VirtualTask"]

T = TypeVar("T")

#: How many steps may run without time passing; more means that two parts wake each other for ever.
_STEPS_AT_ONE_INSTANT = 100_000


class VirtualTask(Generic[T]):
    """Work that a virtual clock runs."""

    def __init__(self, name: str, work: Coroutine[Any, Any, T], group: dict[VirtualTask[Any], None]) -> None:
        self.name = name
        self.finished = Signal()
        self._work = work
        self._group = group
        self._members: dict[VirtualTask[Any], None] | None = None
        self._is_started = False
        self._is_running = False
        self._is_cancelled = False
        self._outcome: tuple[T] | BaseException | None = None
        self._stop_waiting: Callable[[], None] = lambda: None

    def result(self) -> T:
        """Return what the work returned, or raise what it raised.

        Raises:
            HarnessError: if the work is not done or was cancelled.
        """
        if self._outcome is None:
            state = "was cancelled" if self.finished.is_set else "is not done"
            raise HarnessError(f"{self.name} {state} - wait for it before asking for its result")
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome[0]

    def cancel(self) -> None:
        """Stop the work where it waits, and what it spawned with it if it stands apart; `finally` blocks run.

        Work that is running right now, and so cancels itself, goes on to where it waits next.

        Raises:
            HarnessError: if a `finally` block waits; there is nothing left to wait in.
        """
        if self.finished.is_set:
            return
        self._is_cancelled = True
        if self._is_running:
            return
        self._stop_waiting()
        try:
            self._work.close()
        except RuntimeError as error:
            raise HarnessError(f"{self.name} waited while it was cancelled - do not await in `finally`") from error
        finally:
            self._finish()

    def _finish(self) -> None:
        """Let those who wait know; what a process spawned ends with it."""
        self._group.pop(self, None)
        self.finished.set()
        if self._members:
            _cancel_all(self._members)


class _Timer:
    """Something to do at a time, unless it is called off before."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def call_off(self) -> None:
        self.callback = None


class _Wait:
    """What a coroutine hands to the clock when it cannot go on: wake me at `due` or when `signal` happens."""

    def __init__(self, signal: Signal | None, due: timedelta | None) -> None:
        self.signal = signal
        self.due = due

    def __await__(self) -> Generator[_Wait, bool, bool]:
        return (yield self)


class VirtualClock:
    """Time that passes only when told to.

    Args:
        start: the wall time at the beginning, aware.
        time_zone: the machine's IANA time zone.
        shuffle_seed: shuffles what is due at the same instant; None keeps the order of arrival.
        freeze: whether `datetime.now()` and `time.time()` of other code give the machine's time while time advances.

    Raises:
        UsageError: for a naive start or an unknown time zone.
    """

    def __init__(
        self,
        start: datetime,
        *,
        time_zone: str = "UTC",
        shuffle_seed: int | None = None,
        freeze: bool = True,
    ) -> None:
        if start.tzinfo is None:
            raise UsageError(f"a clock cannot start at {start} without a time zone - use an aware datetime")
        self._wall = start.astimezone(UTC)
        self._elapsed = timedelta()
        self._zone = _zone(time_zone)
        self._random = None if shuffle_seed is None else random.Random(shuffle_seed)  # noqa: S311 - not for secrets
        self._freeze = freeze
        self._frozen: FrozenTime | None = None
        self._queue: list[tuple[timedelta, float, int, _Timer]] = []
        self._arrivals = 0
        self._is_running = False
        self._tasks: dict[VirtualTask[Any], None] = {}
        self._group = self._tasks

    # Reading time

    @property
    def time_zone(self) -> ZoneInfo:
        """The machine's time zone."""
        return self._zone

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return self._wall

    def local_now(self) -> datetime:
        """Return the wall time, aware, in the machine's time zone."""
        return self._wall.astimezone(self._zone)

    def monotonic(self) -> timedelta:
        """Return the time since the clock was made."""
        return self._elapsed

    # Waiting, for coroutines

    async def sleep(self, duration: timedelta) -> None:
        """Let that much time pass; others run meanwhile."""
        await _Wait(None, self._due_in(duration))

    async def wait(self, signal: Signal, timeout: timedelta | None = None) -> bool:
        """Wait for a signal; return whether it happened before the time-out."""
        if signal.is_set:
            return True
        return await _Wait(signal, None if timeout is None else self._due_in(timeout))

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> VirtualTask[T]:
        """Start work; it first runs when time is next advanced, or at once when that is under way.

        What work that stands apart spawns is part of it, as threads are of a process: it ends when that ends.
        """
        return self._begin(VirtualTask(name, work, self._group))

    def spawn_apart(self, work: Coroutine[Any, Any, T], *, name: str) -> VirtualTask[T]:
        """Start work that lives on when the caller ends, and that ends what it spawns itself: a process."""
        task = VirtualTask(name, work, self._tasks)
        task._members = {}
        return self._begin(task)

    # Driving, for whoever holds the machine

    def advance(self, duration: timedelta) -> None:
        """Let time pass and run everything that is due meanwhile.

        Raises:
            UsageError: for a negative duration, one that leaves the calendar, or when called by something the clock
                itself runs.
        """
        end = self._end_after(duration)
        with self._running():
            self._run_due(end)
            self._move_to(end)

    def run_until(self, condition: Callable[[], bool], limit: timedelta) -> bool:
        """Run events until the condition holds; return False when the limit passed first (all of it has then).

        Raises:
            UsageError: as `advance` does.
        """
        end = self._end_after(limit)
        with self._running():
            if self._run_due(end, condition):
                return True
            self._move_to(end)
        return condition()

    def jump(self, by: timedelta) -> None:
        """Move the wall time alone, as a user or a time server does; time limits do not notice.

        Raises:
            UsageError: if the new time is outside the calendar.
        """
        try:
            self._wall += by
        except OverflowError as error:
            raise UsageError(f"the wall time cannot jump by {by} - the calendar ends with the year 9999") from error
        if self._frozen:
            self._frozen.move_to(self._wall)

    def next_due(self) -> datetime | None:
        """Return when something next happens by itself; None when nothing will before the calendar ends."""
        while self._queue and self._queue[0][3].callback is None:
            heapq.heappop(self._queue)
        try:
            return self._wall + (self._queue[0][0] - self._elapsed) if self._queue else None
        except OverflowError:
            return None

    def close(self) -> None:
        """Cancel everything that still waits; for whoever is done with the machine."""
        _cancel_all(self._tasks)

    # The kernel. A clock and its tasks are one thing in two classes, hence the private names.
    # ruff: noqa: SLF001

    def _due_in(self, duration: timedelta) -> timedelta | None:
        """Return the moment that much later; None for one that no clock reaches."""
        try:
            return self._elapsed + max(duration, timedelta())
        except OverflowError:
            return None

    def _end_after(self, duration: timedelta) -> timedelta:
        if duration < timedelta():
            raise UsageError(f"time cannot go backwards (by {-duration}) - advance by a positive duration")
        try:
            return (self._wall + duration) - self._wall + self._elapsed
        except OverflowError as error:
            raise UsageError(f"time cannot advance by {duration} - the calendar ends with the year 9999") from error

    def _call_at(self, due: timedelta, callback: Callable[[], None]) -> _Timer:
        self._arrivals += 1
        tie = self._random.random() if self._random else 0.0
        timer = _Timer(callback)
        heapq.heappush(self._queue, (due, tie, self._arrivals, timer))
        return timer

    def _run_due(self, end: timedelta, until: Callable[[], bool] = lambda: False) -> bool:
        steps = 0
        while not until():
            if not self._queue or self._queue[0][0] > end:
                return False
            due, _, _, timer = heapq.heappop(self._queue)
            if timer.callback is None:
                continue
            steps = 0 if due > self._elapsed else steps + 1
            if steps > _STEPS_AT_ONE_INSTANT:
                raise HarnessError(f"time stands still at {self._wall}: parts of the machine wake each other for ever")
            self._move_to(due)
            timer.callback()
        return True

    def _move_to(self, moment: timedelta) -> None:
        if moment > self._elapsed:
            self._wall += moment - self._elapsed
            self._elapsed = moment
            if self._frozen:
                self._frozen.move_to(self._wall)

    def _begin(self, task: VirtualTask[T]) -> VirtualTask[T]:
        task._group[task] = None
        task._stop_waiting = self._call_at(self._elapsed, lambda: self._step(task, woken=False)).call_off
        return task

    def _step(self, task: VirtualTask[T], *, woken: bool) -> None:
        outer, self._group = self._group, task._group if task._members is None else task._members
        task._is_running = True
        try:
            request = task._work.send(woken if task._is_started else None)
        except StopIteration as stop:
            task._outcome = (stop.value,)
            task._finish()
        except BaseException as error:
            # Ctrl+C is for whoever drives the clock, whatever the machine's parts wait for.
            is_awaited = task.finished.is_awaited and isinstance(error, Exception)
            task._outcome = error
            task._finish()
            if not is_awaited:
                raise
        else:
            task._is_started = True
            task._is_running = False
            self._park(task, request)
        finally:
            task._is_running = False
            self._group = outer

    def _park(self, task: VirtualTask[T], request: object) -> None:
        if task._is_cancelled:
            task.cancel()
            return
        if not isinstance(request, _Wait):
            task.cancel()
            raise HarnessError(f"{task.name} awaits {request!r} - only `clock.sleep` and `clock.wait` can be awaited")
        timer: _Timer | None = None

        def wake(*, woken: bool) -> None:
            task._stop_waiting()
            resumption = self._call_at(self._elapsed, lambda: self._step(task, woken=woken))
            task._stop_waiting = resumption.call_off

        def on_signal() -> None:
            wake(woken=True)

        def stop() -> None:
            if timer:
                timer.call_off()
            if request.signal:
                request.signal.forget(on_signal)

        task._stop_waiting = stop
        if request.due is not None:
            timer = self._call_at(request.due, lambda: wake(woken=False))
        if request.signal:
            request.signal.listen(on_signal)

    @contextmanager
    def _running(self) -> Iterator[None]:
        if self._is_running:
            raise UsageError("time is advancing already - inside the machine, use `await clock.sleep(...)`")
        self._is_running = True
        try:
            if not self._freeze:
                yield
                return
            from harness.emulator.frozen_time import FrozenTime

            with FrozenTime(self._wall, self._zone) as self._frozen:
                yield
        finally:
            self._frozen = None
            self._is_running = False


def _cancel_all(tasks: dict[VirtualTask[Any], None]) -> None:
    while tasks:
        task, _ = tasks.popitem()
        task.cancel()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{name!r} is not a time zone - write an IANA name, for example 'Europe/Berlin'") from error
