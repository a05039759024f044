"""Virtual time: a machine-month passes in milliseconds, the same way every time.

The engine is written as coroutines. This clock runs them itself, without an event loop: a notebook has one already,
and a loop cannot be stepped from cell to cell. What is due runs in order of time, then of arrival; a seed shuffles
ties, for simulations that look for code relying on their order.

Three times are told apart. Wall time is what users see; it may jump. Elapsed time is what passes in the world.
Monotonic time is what the machine was awake for: waits of a program do not count down while the machine sleeps
(learn.microsoft.com, WaitForSingleObject: since Windows 8 a time-out does not include time in low-power states).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from harness.emulator.scheduler import Scheduler, VirtualTask, Wait
from harness.errors import UsageError
from harness.machine.clock import Signal
from harness.machine.moments import aware, lasting

if TYPE_CHECKING:
    from harness.emulator.frozen_time import FrozenTime

__all__ = ["VirtualClock", "VirtualTask"]

T = TypeVar("T")

#: What the wall can show: from the beginning of Windows' time on, and a day away from its end and Python's, so that
#: every time zone has a time for it. Source: learn.microsoft.com, "FILETIME".
_FIRST, _LAST = datetime(1601, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class VirtualClock:
    """Time that passes only when told to.

    Args:
        start: the wall time at the beginning, aware.
        time_zone: the machine's IANA time zone.
        shuffle_seed: shuffles what is due at the same instant; None keeps the order of arrival.
        freeze: whether `datetime.now()` and `time.time()` of other code give the machine's time while time advances.

    Attributes:
        scheduler: what runs the coroutines; the machine's power stops and resumes it.
        jumped: is told by how much, whenever the wall time has jumped.

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
        self._wall = aware(start, "a clock cannot start at")
        self._zone = _zone(time_zone)
        self._freeze = freeze
        self._frozen: FrozenTime | None = None
        self._is_running = False
        self._is_closed = False
        self.scheduler = Scheduler(self._time_passed, shuffle_seed)
        self.jumped: Callable[[timedelta], None] = _say_nothing

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
        """Return how long the machine has been awake since the clock was made (QueryUnbiasedInterruptTime)."""
        return self.scheduler.running_time

    def elapsed(self) -> timedelta:
        """Return the time since the clock was made, asleep or not (what GetTickCount64 counts since the boot)."""
        return self.scheduler.elapsed

    # Waiting, for coroutines

    async def sleep(self, duration: timedelta) -> None:
        """Let that much time pass; others run meanwhile."""
        await Wait(None, self.scheduler.due_in(duration))

    async def wait(self, signal: Signal, timeout: timedelta | None = None) -> bool:
        """Wait for a signal; return whether it happened before the time-out."""
        if signal.is_set:
            return True
        return await Wait(signal, None if timeout is None else self.scheduler.due_in(timeout))

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> VirtualTask[T]:
        """Start work; it first runs when time is next advanced, or at once when that is under way.

        What work that stands apart spawns is part of it, as threads are of a process: it ends when that ends.
        """
        return self.scheduler.spawn(work, name)

    def spawn_apart(self, work: Coroutine[Any, Any, T], *, name: str) -> VirtualTask[T]:
        """Start work that lives on when the caller ends, and that ends what it spawns itself: a process."""
        return self.scheduler.spawn_apart(work, name)

    def spawn_outside(self, work: Coroutine[Any, Any, T], *, name: str) -> VirtualTask[T]:
        """Start work that is not the machine's: it goes on while the machine sleeps, restarts or has no power."""
        return self.scheduler.spawn_apart(work, name, is_outside=True)

    # Driving, for whoever holds the machine

    def advance(self, duration: timedelta) -> None:
        """Let time pass and run everything that is due meanwhile.

        Raises:
            UsageError: for a negative duration, one that leaves the calendar, or when called by something the clock
                itself runs.
        """
        end = self._end_after(duration)
        with self._running():
            self.scheduler.run(end)
            self.scheduler.move_to(end)

    def run_until(self, condition: Callable[[], bool], limit: timedelta) -> bool:
        """Run events until the condition holds; return False when the limit passed first (all of it has then).

        Raises:
            UsageError: as `advance` does.
        """
        end = self._end_after(limit)
        with self._running():
            if self.scheduler.run(end, condition):
                return True
            self.scheduler.move_to(end)
        return condition()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let Python's own clocks show the machine's time in the block, for code under test that asks them.

        Time may be advanced in it; they follow. Afterwards they are real again.
        """
        with self._showing_time():
            yield

    def next_due(self) -> datetime | None:
        """Return when something next happens by itself; None when nothing will before the calendar ends."""
        left = self.scheduler.next_due()
        try:
            return None if left is None else self._wall + left
        except OverflowError:
            return None

    def close(self) -> None:
        """Cancel everything that still waits; for whoever is done with the machine. Time stands still from then on."""
        self._is_closed = True
        self.scheduler.close()

    # Setting the clock

    def jump(self, by: timedelta, *, after: timedelta = timedelta()) -> None:
        """Move the wall time alone, as a user or a time server does; time limits do not notice.

        Args:
            by: how far, backwards when negative.
            after: how long from now; zero for at once.

        Raises:
            UsageError: if the new time is outside what Windows can show, or `after` is negative.
        """
        after = lasting(after, "the clock cannot jump after")
        self._check_jump(by, after)
        if after > timedelta():
            self.spawn_outside(self._jump_later(by, after), name="a jump of the wall clock")
            return
        self._wall += by
        self._show()
        if by:
            self.jumped(by)

    def set(self, wall: datetime) -> None:
        """Set the wall time, as a user does; time limits do not notice.

        Raises:
            UsageError: for a naive time, or one outside what Windows can show.
        """
        self.jump(aware(wall, "a clock cannot be set to") - self._wall)

    def set_time_zone(self, name: str) -> None:
        """Move the machine to another IANA time zone; UTC stays what it is.

        Raises:
            UsageError: for an unknown time zone.
        """
        self._zone = _zone(name)
        if self._frozen:
            self._frozen.change_zone(self._zone)

    async def _jump_later(self, by: timedelta, after: timedelta) -> None:
        await self.sleep(after)
        self.jump(by)

    # How it works

    def _check_jump(self, by: timedelta, after: timedelta) -> None:
        try:
            is_possible = not by or _FIRST <= self._wall + after + by <= _LAST
        except OverflowError:
            is_possible = False
        if not is_possible:
            raise UsageError(f"the wall time cannot jump by {by} - Windows' calendar goes from 1601 to the year 9999")

    def _end_after(self, duration: timedelta) -> timedelta:
        if duration < timedelta():
            raise UsageError(f"time cannot go backwards (by {-duration}) - advance by a positive duration")
        try:
            return (self._wall + duration) - self._wall + self.scheduler.elapsed
        except OverflowError as error:
            raise UsageError(f"time cannot advance by {duration} - the calendar ends with the year 9999") from error

    def _time_passed(self, by: timedelta) -> None:
        self._wall += by
        if self._frozen:
            self._show()

    def _show(self) -> None:
        if self._frozen:
            self._frozen.move_to(self._wall, self.scheduler.running_time)

    @contextmanager
    def _running(self) -> Iterator[None]:
        if self._is_running:
            raise UsageError("time is advancing already - inside the machine, use `await clock.sleep(...)`")
        if self._is_closed:
            raise UsageError(
                "the machine is closed, so that its time stands still - hold on to its device, or make another"
            )
        self._is_running = True
        try:
            with self._showing_time() if self._freeze else nullcontext():
                yield
        finally:
            self._is_running = False

    @contextmanager
    def _showing_time(self) -> Iterator[None]:
        if self._frozen:
            yield
            return
        from harness.emulator.frozen_time import FrozenTime

        try:
            with FrozenTime(self._wall, self._zone, self.scheduler.running_time) as self._frozen:
                yield
        finally:
            self._frozen = None


def _say_nothing(_: timedelta) -> None:
    """Be told of a jump when nobody wants to know."""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{name!r} is not a time zone - write an IANA name, for example 'Europe/Berlin'") from error
