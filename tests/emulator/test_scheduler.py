"""A machine that stands still, or stops under its own work."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from harness.emulator.clock import VirtualClock
from harness.errors import HarnessError
from harness.machine.clock import Signal
from tests.emulator.conftest import START

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    """Give a clock that leaves Python's own clocks alone."""
    clock = VirtualClock(START, freeze=False)
    yield clock
    clock.close()


class TestSuspending:
    """The machine sleeps; the world outside does not."""

    def test_the_machines_own_time_stands_still(self, clock):
        """What it waits for is as far away as it was; wall and elapsed time go on."""
        task = clock.spawn(clock.sleep(10 * MINUTE), name="sleeps")
        clock.advance(4 * MINUTE)
        clock.scheduler.suspend()
        clock.scheduler.suspend()
        clock.advance(timedelta(hours=1))
        assert (4 * MINUTE, 64 * MINUTE, START + 64 * MINUTE) == (clock.monotonic(), clock.elapsed(), clock.now())

        clock.scheduler.resume()
        clock.scheduler.resume()
        clock.advance(6 * MINUTE - SECOND)
        assert not task.finished.is_set
        clock.advance(SECOND)

        assert task.finished.is_set
        assert (10 * MINUTE, 70 * MINUTE) == (clock.monotonic(), clock.elapsed())

    def test_work_outside_goes_on(self, clock):
        """And what it begins is outside as well; a process that it starts is the machine's."""
        seen = []

        async def inside() -> None:
            seen.append("inside")

        async def part() -> None:
            await clock.sleep(SECOND)
            seen.append("part")

        async def outside() -> None:
            await clock.sleep(MINUTE)
            clock.spawn(part(), name="part")
            clock.spawn_apart(inside(), name="inside")
            await clock.sleep(MINUTE)
            seen.append("outside")

        clock.spawn_outside(outside(), name="outside")
        clock.scheduler.suspend()
        clock.advance(5 * MINUTE)
        assert ["part", "outside"] == seen
        clock.scheduler.resume()
        clock.advance(timedelta())

        assert ["part", "outside", "inside"] == seen

    def test_a_signal_is_seen_after_waking_up(self, clock):
        """Whoever sets it meanwhile."""
        signal = Signal()
        task = clock.spawn(clock.wait(signal), name="waits")
        clock.advance(timedelta())
        clock.scheduler.suspend()
        signal.set()
        clock.advance(MINUTE)
        assert not task.finished.is_set

        clock.scheduler.resume()
        clock.advance(timedelta())

        assert task.result()

    def test_what_never_happens_still_never_happens(self, clock):
        """A wait that no clock reaches the end of survives a sleep."""
        clock.spawn(clock.sleep(timedelta.max), name="sleeps")
        clock.advance(timedelta())
        clock.scheduler.suspend()
        clock.advance(MINUTE)
        clock.scheduler.resume()

        assert clock.next_due() is None


class TestStopping:
    """The machine stops under its own work."""

    def stop(self, clock: VirtualClock, seen: list[str]) -> Callable[[], None]:
        """Return what a power switch does."""

        def fall() -> None:
            clock.scheduler.stop_machine()
            seen.append("stopped")

        return lambda: clock.scheduler.halt(fall)

    def test_from_outside_it_stops_at_once(self, clock):
        """Finally blocks run; what they begin does not; work outside goes on."""
        seen: list[str] = []

        async def inside() -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                clock.spawn(clock.sleep(SECOND), name="afterthought")
                seen.append("finally")

        async def outside() -> None:
            await clock.sleep(2 * MINUTE)
            seen.append("outside")

        clock.spawn_apart(inside(), name="inside")
        clock.spawn_outside(outside(), name="outside")
        clock.advance(SECOND)
        self.stop(clock, seen)()
        assert ["finally", "stopped"] == seen
        assert START + 2 * MINUTE == clock.next_due()

        clock.advance(5 * MINUTE)
        assert ["finally", "stopped", "outside"] == seen

    def test_from_inside_nothing_comes_after_the_call(self, clock):
        """The work is unwound to its end before the rest of the machine stops."""
        seen: list[str] = []
        stop = self.stop(clock, seen)

        async def inside() -> None:
            try:
                stop()
                seen.append("went on")
            finally:
                seen.append("finally")
                stop()

        task = clock.spawn_apart(inside(), name="inside")
        clock.advance(MINUTE)

        assert ["finally", "stopped"] == seen
        assert task.finished.is_set
        with pytest.raises(HarnessError, match="was cancelled"):
            task.result()

    @pytest.mark.parametrize("waits", [True, False])
    def test_nobody_can_hold_on(self, clock, waits):
        """Work that catches everything is stopped where it waits next, or at its end."""
        seen: list[str] = []
        stop = self.stop(clock, seen)

        async def stubborn() -> None:
            with suppress(BaseException):
                stop()
            if waits:
                await clock.sleep(SECOND)
                seen.append("went on")

        clock.spawn_apart(stubborn(), name="stubborn")
        clock.advance(MINUTE)

        assert ["stopped"] == seen

    def test_errors_on_the_way_out_are_nobodys(self, clock):
        """Neither of what is unwound nor of what is cancelled."""
        seen: list[str] = []
        stop = self.stop(clock, seen)

        async def breaks() -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                raise ZeroDivisionError

        async def stops() -> None:
            clock.spawn_apart(breaks(), name="breaks")
            await clock.sleep(SECOND)
            try:
                stop()
            finally:
                raise ZeroDivisionError

        clock.spawn_apart(stops(), name="stops")
        clock.advance(MINUTE)

        assert ["stopped"] == seen

    def test_in_the_middle_of_cancelling_something(self, clock):
        """What cancels is unwound as well, when it is the machine's; whoever stands outside goes on."""
        seen: list[str] = []
        stop = self.stop(clock, seen)

        async def inner() -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                stop()

        async def cancels(name: str) -> None:
            task = clock.spawn_apart(inner(), name="inner")
            await clock.sleep(SECOND)
            task.cancel()
            seen.append(f"{name} went on")

        clock.spawn_apart(cancels("inside"), name="inside")
        clock.advance(MINUTE)
        assert ["stopped"] == seen

        clock.spawn_outside(cancels("outside"), name="outside")
        clock.advance(MINUTE)
        assert ["stopped", "stopped", "outside went on"] == seen

    def test_after_a_number_of_steps(self, clock):
        """Steps of the machine count, those outside do not."""
        seen: list[int] = []

        async def walk(steps: int) -> None:
            for _ in range(steps):
                await clock.sleep(SECOND)

        clock.spawn_outside(walk(50), name="outside")
        clock.spawn(walk(50), name="inside")
        clock.scheduler.after_steps(10, lambda: seen.append(clock.monotonic() // SECOND))
        clock.advance(MINUTE)

        assert ([9], 51) == (seen, clock.scheduler.steps)

    def test_one_that_fails_does_not_keep_the_others(self, clock):
        """Everything is cancelled; the first error is told at the end."""
        seen: list[str] = []

        async def ends(name: str) -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                seen.append(name)
                raise ValueError(name)

        for name in "abc":
            clock.spawn_apart(ends(name), name=name)
        clock.advance(SECOND)

        with pytest.raises(ValueError, match="c"):
            clock.close()
        assert ["c", "b", "a"] == seen
