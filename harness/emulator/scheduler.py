"""What runs the machine's coroutines: a heap of what is due, tasks, and the ways in which a machine stops under them.

Two kinds of work share it. The machine's own stands still while the machine sleeps and is gone when its power fails;
work of the world outside (a test, a scripted user, the mains) goes on. Whatever is spawned is the machine's, unless it
is said to be outside or is a part of something that is.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Generic, TypeVar

from harness.emulator.timers import Timer, Timers
from harness.errors import HarnessError
from harness.machine.clock import Signal

__all__ = ["Halted", "Scheduler", "VirtualTask", "Wait"]

# A scheduler and its tasks are one thing in two classes, hence the private names.
# ruff: noqa: SLF001

T = TypeVar("T")

#: How many steps may run without time passing; more means that two parts wake each other for ever.
_STEPS_AT_ONE_INSTANT = 100_000


class Halted(BaseException):
    """Unwinds the work that runs at the moment, because the machine stops under it; no program sees what follows."""


class VirtualTask(Generic[T]):
    """Work that a virtual clock runs.

    Attributes:
        name: what it is called in errors.
        finished: set when it has returned, failed or been cancelled.
        is_outside: whether it belongs to the world outside of the machine.
    """

    def __init__(
        self,
        name: str,
        work: Coroutine[Any, Any, T],
        group: dict[VirtualTask[Any], None],
        scheduler: Scheduler,
        *,
        is_outside: bool = False,
    ) -> None:
        self.name = name
        self.finished = Signal()
        self.is_outside = is_outside
        self._work = work
        self._group = group
        self._scheduler = scheduler
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
        if self._is_running or getattr(self._work, "cr_running", False):  # thrown away by Python, it cancels itself
            return
        self._stop_waiting()
        with self._scheduler._inside(self):
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


class Wait:
    """What a coroutine hands to the scheduler when it cannot go on: wake me at `due` or when `signal` happens."""

    def __init__(self, signal: Signal | None, due: timedelta | None) -> None:
        self.signal = signal
        self.due = due

    def __await__(self) -> Generator[Wait, bool, bool]:
        return (yield self)


class Scheduler:
    """Runs tasks over elapsed time. It knows no wall time.

    Args:
        moved: is told by how much time has moved on, every time it does.
        shuffle_seed: shuffles what is due at the same instant; None keeps the order of arrival.

    Attributes:
        elapsed: the time since the beginning, whatever the machine did meanwhile.
        steps: how often a task of the machine has been resumed.
    """

    def __init__(self, moved: Callable[[timedelta], None], shuffle_seed: int | None = None) -> None:
        self.elapsed = timedelta()
        self.steps = 0
        self._moved = moved
        self._timers = Timers(shuffle_seed)
        self._tasks: dict[VirtualTask[Any], None] = {}
        self._group = self._tasks
        self._current: VirtualTask[Any] | None = None
        self._suspended_at = timedelta()
        self._slept = timedelta()
        self._after_steps: tuple[int, Callable[[], None]] | None = None
        self._fall: Callable[[], None] | None = None

    # Starting work

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> VirtualTask[T]:
        """Start work that is part of what runs at the moment."""
        is_outside = self._current is not None and self._current.is_outside
        return self._begin(VirtualTask(name, work, self._group, self, is_outside=is_outside))

    def spawn_apart(self, work: Coroutine[Any, Any, T], name: str, *, is_outside: bool = False) -> VirtualTask[T]:
        """Start work that lives on when the caller ends, and that ends what it spawns itself."""
        task = VirtualTask(name, work, self._tasks, self, is_outside=is_outside)
        task._members = {}
        return self._begin(task)

    def spawn_detached(self, work: Coroutine[Any, Any, T], name: str) -> VirtualTask[T]:
        """Start work of the machine whose parts outlive it: the boot, which starts what then runs by itself."""
        return self._begin(VirtualTask(name, work, self._tasks, self))

    # Time

    @property
    def running_time(self) -> timedelta:
        """How long the machine has been awake since the beginning."""
        awake_until = self._suspended_at if self._timers.are_suspended else self.elapsed
        return awake_until - self._slept

    def due_in(self, duration: timedelta) -> timedelta | None:
        """Return the moment that much later; None for one that no clock reaches."""
        try:
            return self.elapsed + max(duration, timedelta())
        except OverflowError:
            return None

    def next_due(self) -> timedelta | None:
        """Return how long until something happens by itself; None when nothing will."""
        due = self._timers.next_due()
        return None if due is None else due - self.elapsed

    def run(self, end: timedelta, until: Callable[[], bool] = lambda: False) -> bool:
        """Run what is due up to a moment; return whether the condition holds before that is done."""
        at_this_instant = 0
        while not until():
            due = self._timers.next_due()
            if due is None or due > end:
                return False
            at_this_instant = 0 if due > self.elapsed else at_this_instant + 1
            if at_this_instant > _STEPS_AT_ONE_INSTANT:
                raise HarnessError(
                    f"time stands still {self.elapsed} after the beginning: parts of the machine wake each other for "
                    "ever - let one of them wait"
                )
            self.move_to(due)
            self._timers.pop()()
            if self._after_steps and self.steps >= self._after_steps[0]:
                (_, after), self._after_steps = self._after_steps, None
                after()
        return True

    def move_to(self, moment: timedelta) -> None:
        """Let time pass until a moment at which nothing is due before."""
        if moment > self.elapsed:
            by, self.elapsed = moment - self.elapsed, moment
            self._moved(by)

    # The machine stops

    @property
    def machine_runs(self) -> bool:
        """Whether a part of the machine is running at the moment."""
        return self._current is not None and not self._current.is_outside

    def suspend(self) -> None:
        """Let the machine's own work stand still until `resume`: its timers stop, as those of a sleeping Windows."""
        if not self._timers.are_suspended:
            self._suspended_at = self.elapsed
            self._timers.suspend(self.elapsed)

    def resume(self) -> None:
        """Let the machine's work go on; what it waited for is as far away as it was."""
        if self._timers.are_suspended:
            self._slept += self.elapsed - self._suspended_at
            self._timers.resume(self.elapsed)

    def after_steps(self, count: int, callback: Callable[[], None]) -> None:
        """Call back, once, when the machine's tasks have been resumed that many times more; the last call counts."""
        self._after_steps = (self.steps + count, callback)

    def halt(self, fall: Callable[[], None]) -> None:
        """Let `fall` happen as soon as nothing of the machine runs: at once, or after unwinding what does.

        Raises:
            Halted: when a part of the machine is running; nobody but the scheduler catches it.
        """
        if not self.machine_runs:
            fall()
            return
        if self._fall is None:
            self._fall = fall
        raise Halted

    def stop_machine(self) -> None:
        """Cancel all of the machine's own work, and whatever it begins while it is cancelled; errors are nobody's."""
        tasks, group = self._tasks, self._group
        self._tasks = self._group = {}
        for task in [task for task in tasks if not task.is_outside]:
            with suppress(Exception):
                task.cancel()
        with suppress(Exception):
            _cancel_all(self._tasks)
        self._tasks, self._group = tasks, group

    def close(self) -> None:
        """Cancel everything that still waits."""
        _cancel_all(self._tasks)

    # The kernel

    @contextmanager
    def _inside(self, task: VirtualTask[Any]) -> Iterator[None]:
        """Let a task be the one that runs; when the machine stops under it, what follows from that follows here."""
        outer_task, self._current = self._current, task
        try:
            yield
        except Halted:
            self._current = outer_task
            if self.machine_runs:
                raise
        finally:
            self._current = outer_task
        if self._fall and not self.machine_runs:
            self._fall_now()

    def _fall_now(self) -> None:
        fall, self._fall = self._fall, None
        assert fall is not None
        fall()

    def _call_at(self, due: timedelta, callback: Callable[[], None], task: VirtualTask[Any]) -> Timer:
        return self._timers.add(self.elapsed, due, callback, is_outside=task.is_outside)

    def _begin(self, task: VirtualTask[T]) -> VirtualTask[T]:
        task._group[task] = None
        task._stop_waiting = self._call_at(self.elapsed, lambda: self._step(task, woken=False), task).call_off
        return task

    def _step(self, task: VirtualTask[T], *, woken: bool) -> None:
        outer, self._group = self._group, task._group if task._members is None else task._members
        self._current = task
        task._is_running = True
        if not task.is_outside:
            self.steps += 1
        try:
            self._resume(task, woken=woken)
        except Halted:
            pass
        finally:
            task._is_running = False
            self._group, self._current = outer, None
            if self._fall:
                self._fall_now()

    def _resume(self, task: VirtualTask[T], *, woken: bool) -> None:
        try:
            request = task._work.send(woken if task._is_started else None)
        except StopIteration as stop:
            task._outcome = (stop.value,)
            task._finish()
        except Halted:
            task._finish()
            raise
        except BaseException as error:
            # Ctrl+C is for whoever drives the clock, whatever the machine's parts wait for.
            is_ordinary = isinstance(error, Exception)
            is_awaited = task.finished.is_awaited and is_ordinary
            # What fails while the machine stops under it fails unseen.
            is_unseen = self._fall is not None and is_ordinary
            task._outcome = None if is_unseen else error
            task._finish()
            if not (is_awaited or is_unseen):
                raise
        else:
            task._is_started = True
            task._is_running = False
            self._park(task, request)

    def _park(self, task: VirtualTask[T], request: object) -> None:
        if task._is_cancelled:
            task.cancel()
            return
        if not isinstance(request, Wait):
            task.cancel()
            raise HarnessError(f"{task.name} awaits {request!r} - only `clock.sleep` and `clock.wait` can be awaited")
        timer: Timer | None = None

        def wake(*, woken: bool) -> None:
            task._stop_waiting()
            resumption = self._call_at(self.elapsed, lambda: self._step(task, woken=woken), task)
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
            timer = self._call_at(request.due, lambda: wake(woken=False), task)
        if request.signal:
            request.signal.listen(on_signal)


def _cancel_all(tasks: dict[VirtualTask[Any], None]) -> None:
    """Cancel every task; one that fails does not keep the others, and its error is raised at the end."""
    failure: Exception | None = None
    while tasks:
        task, _ = tasks.popitem()
        try:
            task.cancel()
        except Exception as error:  # noqa: BLE001 - whatever a program does in `finally`
            failure = failure or error
    if failure:
        raise failure
