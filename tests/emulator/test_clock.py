"""Virtual time: order, time limits, cancellation, jumps, and Python's own clocks meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.clock import VirtualClock
from harness.errors import HarnessError, UsageError
from harness.machine.clock import Clock, Signal, Task

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    """Give a clock that leaves Python's own clocks alone."""
    clock = VirtualClock(START, freeze=False)
    yield clock
    clock.close()


class TestReading:
    """Reading the time."""

    def test_is_a_clock(self, clock):
        """The virtual clock fits the port."""
        port: Clock = clock

        assert START == port.now()

    def test_starts_at_the_given_instant_whatever_its_zone(self):
        """The wall time is given in UTC, however the start was written."""
        clock = VirtualClock(datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Europe/Berlin")), freeze=False)

        assert (START, UTC) == (clock.now(), clock.now().tzinfo)

    def test_local_time_is_in_the_machines_zone(self):
        """Local time is the same instant in the machine's time zone."""
        clock = VirtualClock(START, time_zone="Asia/Tokyo", freeze=False)

        assert "2026-03-02T17:00:00+09:00" == clock.local_now().isoformat()
        assert ZoneInfo("Asia/Tokyo") == clock.time_zone

    def test_naive_start_is_refused(self):
        """A start without a time zone is a mistake of the caller."""
        with pytest.raises(UsageError, match="without a time zone"):
            VirtualClock(datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test

    @pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd"])
    def test_unknown_time_zone_is_refused(self, name):
        """A time zone that does not exist is named, with an example of one that does."""
        with pytest.raises(UsageError, match="not a time zone - write an IANA name"):
            VirtualClock(START, time_zone=name)

    def test_next_due_is_the_earliest_thing_that_will_happen(self, clock):
        """What was called off does not count."""
        signal = Signal()
        clock.spawn(clock.wait(signal, 5 * SECOND), name="waits")
        clock.spawn(clock.sleep(9 * SECOND), name="sleeps")
        clock.advance(timedelta())
        assert START + 5 * SECOND == clock.next_due()

        signal.set()
        clock.advance(SECOND)

        assert START + 9 * SECOND == clock.next_due()

    def test_next_due_of_a_quiet_clock_is_none(self, clock):
        """When nothing will happen by itself, there is no next time."""
        assert clock.next_due() is None

    def test_next_due_after_the_calendar_is_none(self, clock):
        """Something due after the year 9999 never happens."""
        clock.spawn(clock.sleep(timedelta(days=999_999_999) - SECOND), name="sleeps")
        clock.advance(timedelta())

        assert clock.next_due() is None


class TestAdvancing:
    """Letting time pass."""

    def test_time_passes_by_what_was_asked(self, clock):
        """Wall time and elapsed time both move."""
        clock.advance(MINUTE)

        assert (START + MINUTE, MINUTE) == (clock.now(), clock.monotonic())

    def test_sleepers_wake_in_order_of_time_and_see_their_time(self, clock):
        """The earlier sleeper runs first, at its own time."""
        seen: list[tuple[str, timedelta]] = []

        async def sleeper(name: str, duration: timedelta) -> None:
            await clock.sleep(duration)
            seen.append((name, clock.monotonic()))

        clock.spawn(sleeper("late", 2 * SECOND), name="late")
        clock.spawn(sleeper("early", SECOND), name="early")
        clock.advance(MINUTE)

        assert [("early", SECOND), ("late", 2 * SECOND)] == seen

    def test_ties_run_in_order_of_arrival(self, clock):
        """What is due at the same instant runs in the order it was asked for."""
        assert list("abcdef") == run_ties(clock)

    def test_a_seed_shuffles_ties_the_same_way_every_time(self):
        """A seeded clock has another order, and the same one again."""
        orders = [run_ties(VirtualClock(START, shuffle_seed=seed, freeze=False)) for seed in (1, 1, 2, 3)]

        assert orders[0] == orders[1]
        assert 1 < len({tuple(order) for order in orders})

    def test_what_is_due_at_the_end_runs(self, clock):
        """The last instant belongs to the advance."""
        task = clock.spawn(clock.sleep(MINUTE), name="sleeps")

        clock.advance(MINUTE)

        assert task.finished.is_set

    def test_negative_sleep_is_none(self, clock):
        """Sleeping until a time that has passed does not take time."""
        task = clock.spawn(clock.sleep(-MINUTE), name="sleeps")

        clock.advance(timedelta())

        assert task.finished.is_set

    def test_a_sleep_longer_than_time_itself_never_ends(self, clock):
        """A duration that no calendar holds means for ever."""
        clock.advance(SECOND)
        task = clock.spawn(clock.sleep(timedelta.max), name="sleeps")

        clock.advance(timedelta(days=365_000))

        assert not task.finished.is_set

    def test_negative_advance_is_refused(self, clock):
        """Time cannot run backwards."""
        with pytest.raises(UsageError, match="time cannot go backwards"):
            clock.advance(-SECOND)
        with pytest.raises(UsageError, match="time cannot go backwards"):
            clock.run_until(lambda: True, -SECOND)

    def test_advancing_past_the_calendar_is_refused(self, clock):
        """The end of the calendar is an error of the caller, and no time passes."""
        with pytest.raises(UsageError, match="year 9999"):
            clock.advance(timedelta.max)

        assert START == clock.now()

    def test_advancing_inside_the_machine_is_refused(self, clock):
        """What runs on the clock sleeps; it does not drive."""

        async def impatient() -> None:
            clock.advance(SECOND)

        clock.spawn(impatient(), name="impatient")

        with pytest.raises(UsageError, match="time is advancing already"):
            clock.advance(SECOND)

    def test_two_parts_that_wake_each_other_for_ever_are_stopped(self, clock, monkeypatch):
        """A loop that takes no time ends in an error, not in a hang."""
        monkeypatch.setattr("harness.emulator.scheduler._STEPS_AT_ONE_INSTANT", 1_000)

        async def restless() -> None:
            while True:
                await clock.sleep(timedelta())

        clock.spawn(restless(), name="restless")

        with pytest.raises(HarnessError, match="time stands still"):
            clock.advance(SECOND)

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.integers(0, 50), max_size=20), st.lists(st.integers(0, 20), min_size=1, max_size=8))
    def test_how_time_is_cut_into_pieces_does_not_matter(self, sleeps, pieces):
        """Many small advances do what one large one does."""

        def run(cuts: list[int]) -> list[tuple[int, timedelta]]:
            clock = VirtualClock(START, freeze=False)
            seen: list[tuple[int, timedelta]] = []

            async def sleeper(number: int, seconds: int) -> None:
                await clock.sleep(seconds * SECOND)
                seen.append((number, clock.monotonic()))

            for number, seconds in enumerate(sleeps):
                clock.spawn(sleeper(number, seconds), name=str(number))
            for cut in cuts:
                clock.advance(cut * SECOND)
            clock.close()
            return seen

        assert run([sum(pieces)]) == run(pieces)


class TestRunUntil:
    """Running until something holds."""

    def test_stops_at_the_instant_the_condition_holds(self, clock):
        """No more time passes than needed."""
        task = clock.spawn(clock.sleep(MINUTE), name="sleeps")

        assert clock.run_until(lambda: task.finished.is_set, 60 * MINUTE)
        assert MINUTE == clock.monotonic()

    def test_a_condition_that_holds_already_takes_no_time(self, clock):
        """Nothing is run when nothing is needed."""
        task = clock.spawn(clock.sleep(timedelta()), name="sleeps")

        assert clock.run_until(lambda: True, MINUTE)
        assert (timedelta(), False) == (clock.monotonic(), task.finished.is_set)

    def test_the_limit_passes_when_the_condition_does_not_hold(self, clock):
        """At the limit the answer is no, and the time has passed."""
        assert not clock.run_until(lambda: False, MINUTE)
        assert MINUTE == clock.monotonic()

    def test_a_condition_on_time_alone_is_seen_at_the_limit(self, clock):
        """The condition is asked once more when all time has passed."""
        assert clock.run_until(lambda: clock.monotonic() == MINUTE, MINUTE)


class TestSignals:
    """Waiting for something that happens once."""

    def test_waiting_ends_when_the_signal_is_set(self, clock):
        """The waiter learns that it happened, at the time it did."""
        signal = Signal()
        waits = clock.spawn(clock.wait(signal, MINUTE), name="waits")
        set_after(clock, signal, 5 * SECOND)

        clock.run_until(lambda: waits.finished.is_set, 10 * MINUTE)

        assert (True, 5 * SECOND) == (waits.result(), clock.monotonic())

    def test_waiting_ends_at_the_time_out(self, clock):
        """The waiter learns that it did not happen."""
        waits = clock.spawn(clock.wait(Signal(), 5 * SECOND), name="waits")

        clock.advance(MINUTE)

        assert waits.result() is False

    def test_waiting_without_limit_lasts(self, clock):
        """Without a time-out nothing but the signal ends the wait."""
        waits = clock.spawn(clock.wait(Signal()), name="waits")

        clock.advance(timedelta(days=1000))

        assert not waits.finished.is_set

    def test_a_signal_that_is_set_is_not_waited_for(self, clock):
        """Waiting for the past takes no time, even without a time-out."""
        signal = Signal()
        signal.set()
        waits = clock.spawn(clock.wait(signal, timedelta()), name="waits")

        clock.advance(timedelta())

        assert waits.result() is True

    def test_a_signal_set_from_outside_wakes_the_waiter_at_the_next_advance(self, clock):
        """Whoever holds the machine may set signals between two advances."""
        signal = Signal()
        waits = clock.spawn(clock.wait(signal), name="waits")
        clock.advance(MINUTE)
        signal.set()

        clock.advance(timedelta())

        assert waits.result() is True

    def test_setting_twice_changes_nothing(self):
        """A signal happens once."""
        signal, calls = Signal(), []
        signal.listen(lambda: calls.append(1))

        signal.set()
        signal.set()

        assert ([1], True) == (calls, signal.is_set)

    def test_listening_to_the_past_calls_at_once(self):
        """Whoever comes late is told immediately."""
        signal, calls = Signal(), []
        signal.set()

        signal.listen(lambda: calls.append(1))

        assert ([1], False) == (calls, signal.is_awaited)

    def test_forgotten_listeners_are_not_called(self):
        """Forgetting is possible, also for what was never known."""
        signal, calls = Signal(), []

        def listener() -> None:
            calls.append(1)

        signal.listen(listener)
        assert signal.is_awaited
        signal.forget(listener)
        signal.forget(listener)
        signal.set()

        assert [] == calls


class TestTasks:
    """Results, errors and cancellation."""

    def test_is_a_task(self, clock):
        """The virtual task fits the port."""
        task: Task[None] = clock.spawn(clock.sleep(SECOND), name="sleeps")

        assert "sleeps" == task.name
        clock.advance(SECOND)
        assert task.result() is None

    def test_asking_too_early_is_an_error(self, clock):
        """There is no result before the end."""
        task = clock.spawn(clock.sleep(SECOND), name="the nap")

        with pytest.raises(HarnessError, match="the nap is not done"):
            task.result()
        clock.advance(SECOND)

    def test_an_error_nobody_waits_for_reaches_the_driver(self, clock):
        """A failure is loud; the clock can go on afterwards."""
        task = clock.spawn(fails(), name="fails")

        with pytest.raises(ZeroDivisionError):
            clock.advance(SECOND)
        clock.advance(SECOND)

        assert (SECOND, True) == (clock.monotonic(), task.finished.is_set)

    def test_an_error_somebody_waits_for_is_theirs(self, clock):
        """The waiter gets the error with the result."""
        caught: list[str] = []

        async def guard() -> None:
            task = clock.spawn(fails(), name="fails")
            await clock.wait(task.finished)
            try:
                task.result()
            except ZeroDivisionError:
                caught.append("caught")

        clock.spawn(guard(), name="guard")
        clock.advance(SECOND)

        assert ["caught"] == caught

    def test_an_interrupt_reaches_the_driver_even_when_awaited(self, clock):
        """Ctrl+C stops whoever drives, not a part of the machine."""

        async def interrupted() -> None:
            raise KeyboardInterrupt

        task = clock.spawn(interrupted(), name="interrupted")
        clock.spawn(clock.wait(task.finished), name="guard")

        with pytest.raises(KeyboardInterrupt):
            clock.advance(SECOND)

    def test_cancelled_work_stops_where_it_waits(self, clock):
        """Its `finally` runs, what follows does not, and it has no result."""
        seen: list[str] = []

        async def work() -> None:
            try:
                await clock.sleep(MINUTE)
                seen.append("went on")
            finally:
                seen.append("cleaned up")

        task = clock.spawn(work(), name="the work")
        clock.advance(SECOND)
        task.cancel()
        task.cancel()
        clock.advance(10 * MINUTE)

        assert ["cleaned up"] == seen
        with pytest.raises(HarnessError, match="the work was cancelled"):
            task.result()

    def test_cancelled_before_it_began_it_never_runs(self, clock):
        """Nothing is left to do."""
        task = clock.spawn(fails(), name="fails")

        task.cancel()

        assert (None, True) == (clock.next_due(), task.finished.is_set)

    def test_cancelled_while_it_waits_for_a_signal_it_is_forgotten_there(self, clock):
        """A signal does not keep dead work alive."""
        signal = Signal()
        task = clock.spawn(clock.wait(signal, MINUTE), name="waits")
        clock.advance(SECOND)

        task.cancel()

        assert (False, None) == (signal.is_awaited, clock.next_due())

    def test_cancelled_between_waking_and_running_it_does_not_run(self, clock):
        """A cancel at the same instant as the signal wins when it comes first."""
        signal, seen = Signal(), []

        async def work() -> None:
            await clock.wait(signal)
            seen.append("ran")

        task = clock.spawn(work(), name="work")
        clock.advance(SECOND)
        signal.set()
        task.cancel()
        clock.advance(SECOND)

        assert [] == seen

    def test_work_that_cancels_itself_goes_on_to_its_next_wait(self, clock):
        """One cannot stop in the middle of a step."""
        seen: list[str] = []

        async def work() -> None:
            task.cancel()
            seen.append("still here")
            await clock.sleep(timedelta())
            seen.append("never")

        task = clock.spawn(work(), name="work")
        clock.advance(SECOND)

        assert (["still here"], True) == (seen, task.finished.is_set)

    def test_waiting_in_finally_of_cancelled_work_is_an_error(self, clock):
        """The error says what to change, and the work is over."""

        async def work() -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                await clock.sleep(MINUTE)

        task = clock.spawn(work(), name="the work")
        clock.advance(SECOND)

        with pytest.raises(HarnessError, match="the work waited while it was cancelled - do not await in `finally`"):
            task.cancel()
        assert task.finished.is_set

    def test_awaiting_another_librarys_future_is_an_error(self, clock):
        """The event loop of asyncio does not run here, and the message says what does."""

        async def work() -> None:
            await asyncio.sleep(0)

        clock.spawn(work(), name="the work")

        with pytest.raises(HarnessError, match=r"the work awaits None - only `clock.sleep` and `clock.wait`"):
            clock.advance(SECOND)

    def test_what_a_process_spawns_ends_with_it(self, clock):
        """Threads die with their process, whether it is cancelled, returns or fails."""
        seen: list[str] = []

        async def thread(name: str) -> None:
            try:
                await clock.sleep(MINUTE)
            finally:
                seen.append(name)

        async def process(name: str, then: Callable[[], Awaitable[None]]) -> None:
            clock.spawn(thread(f"{name}'s thread"), name="thread")
            await clock.sleep(SECOND)
            await then()

        async def nothing() -> None:
            pass

        hangs = clock.spawn_apart(process("hanging", lambda: clock.sleep(60 * MINUTE)), name="hanging")
        clock.spawn_apart(process("returning", nothing), name="returning")
        clock.advance(2 * SECOND)
        assert ["returning's thread"] == seen
        clock.spawn_apart(process("failing", fails), name="failing")
        with pytest.raises(ZeroDivisionError):
            clock.advance(2 * SECOND)
        hangs.cancel()

        assert ["returning's thread", "failing's thread", "hanging's thread"] == seen

    def test_a_process_outlives_whoever_started_it(self, clock):
        """Work that stands apart belongs to nobody."""
        children = []

        async def parent() -> None:
            children.append(clock.spawn_apart(clock.sleep(MINUTE), name="child"))
            await clock.sleep(SECOND)

        started = clock.spawn_apart(parent(), name="parent")
        clock.advance(2 * SECOND)

        assert (True, False) == (started.finished.is_set, children[0].finished.is_set)
        clock.advance(MINUTE)
        assert children[0].finished.is_set

    def test_a_finished_thread_is_forgotten_by_its_process(self, clock):
        """A process that runs for months does not pile up what it spawned."""

        async def service() -> None:
            for _ in range(50):
                clock.spawn(clock.sleep(timedelta()), name="thread")
                await clock.sleep(SECOND)

        task = clock.spawn_apart(service(), name="service")
        clock.advance(49 * SECOND)

        assert {} == task._members

    def test_a_closed_clock_has_nothing_left_to_do(self, clock):
        """Everything is cancelled, what never began without a warning."""
        tasks = [clock.spawn(clock.sleep(SECOND), name="began"), clock.spawn_apart(clock.sleep(SECOND), name="apart")]
        clock.advance(timedelta())
        tasks.append(clock.spawn(fails(), name="never began"))

        clock.close()

        assert [True] * 3 == [task.finished.is_set for task in tasks]
        assert clock.next_due() is None


class TestJumps:
    """The wall time moves alone."""

    def test_a_jump_moves_the_wall_time_only(self, clock):
        """Time limits do not notice."""
        task = clock.spawn(clock.sleep(MINUTE), name="sleeps")
        clock.advance(timedelta())

        clock.jump(timedelta(hours=5))

        assert (START + timedelta(hours=5), timedelta()) == (clock.now(), clock.monotonic())
        clock.advance(59 * SECOND)
        assert not task.finished.is_set

    def test_a_jump_out_of_the_calendar_is_refused(self, clock):
        """The wall time stays where it was."""
        with pytest.raises(UsageError, match="year 9999"):
            clock.jump(timedelta.max)

        assert START == clock.now()

    def test_a_clock_can_be_set_to_a_time(self, clock):
        """Forwards and back."""
        clock.set(START - timedelta(days=1))
        assert (START - timedelta(days=1), timedelta()) == (clock.now(), clock.monotonic())

        with pytest.raises(UsageError, match="without a time zone - use an aware datetime"):
            clock.set(datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test

    def test_a_jump_may_come_later(self, clock):
        """In the middle of an advance."""
        seen = []

        async def look() -> None:
            for _ in range(3):
                await clock.sleep(MINUTE)
                seen.append(clock.now() - START)

        clock.spawn(look(), name="look")
        clock.jump(timedelta(hours=-1), after=90 * SECOND)
        clock.advance(5 * MINUTE)

        assert [MINUTE, -58 * MINUTE, -57 * MINUTE] == seen
        assert 5 * MINUTE == clock.monotonic()

    def test_whoever_wants_to_know_is_told_of_jumps(self, clock):
        """By how much; a jump of nothing is none."""
        told = []
        clock.jumped = told.append

        clock.jump(MINUTE)
        clock.jump(timedelta())
        clock.set(START)

        assert [MINUTE, -MINUTE] == told


class TestTheTimeZone:
    """Where the machine is."""

    def test_it_can_be_changed(self, clock):
        """Local time is another, the instant is the same."""
        clock.set_time_zone("Asia/Tokyo")

        assert ("2026-03-02T17:00:00+09:00", START) == (clock.local_now().isoformat(), clock.now())

    def test_an_unknown_one_is_refused(self, clock):
        """The machine stays where it is."""
        with pytest.raises(UsageError, match="not a time zone"):
            clock.set_time_zone("Mars/Olympus")
        assert ZoneInfo("UTC") == clock.time_zone

    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), ["01:30", "03:00", "03:30"]),
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ["02:30", "02:00", "02:30"]),
        ],
    )
    def test_local_time_around_the_change_of_summer_time(self, start, expected):
        """An hour is missing in spring and comes twice in autumn; time passes evenly."""
        clock = VirtualClock(start, time_zone="Europe/Berlin", freeze=False)
        seen = []
        for _ in range(3):
            seen.append(f"{clock.local_now():%H:%M}")
            clock.advance(30 * MINUTE)

        assert expected == seen


async def fails() -> None:
    """Fail as a bug does."""
    raise ZeroDivisionError


def set_after(clock: VirtualClock, signal: Signal, delay: timedelta) -> None:
    """Set a signal later."""

    async def later() -> None:
        await clock.sleep(delay)
        signal.set()

    clock.spawn(later(), name="later")


def run_ties(clock: VirtualClock) -> list[str]:
    """Return the order in which six pieces of work run that are due at the same instant."""
    order: list[str] = []

    async def note(name: str) -> None:
        await clock.sleep(SECOND)
        order.append(name)

    for name in "abcdef":
        clock.spawn(note(name), name=name)
    clock.advance(MINUTE)
    return order


class TestImpossibleJumps:
    """Refused when they are asked for."""

    @pytest.mark.parametrize("after", [timedelta(), MINUTE])
    @pytest.mark.parametrize("by", [timedelta.max, timedelta.min, timedelta(days=-200_000), timedelta(days=2_912_500)])
    def test_out_of_the_calendar(self, clock, by, after):
        """Now or later, before 1601 as well as after 9999."""
        with pytest.raises(UsageError, match="Windows' calendar goes from 1601 to the year 9999"):
            clock.jump(by, after=after)

        clock.advance(2 * MINUTE)
        assert START + 2 * MINUTE == clock.now()

    def test_to_before(self, clock):
        """Time does not run backwards."""
        with pytest.raises(UsageError, match="the clock cannot jump after -1 min"):
            clock.jump(MINUTE, after=-MINUTE)

    @pytest.mark.parametrize("wall", [datetime(1601, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)])
    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
    def test_the_ends_are_times_everywhere(self, clock, wall, zone):
        """In every zone."""
        clock.set_time_zone(zone)
        clock.set(wall)

        assert wall == clock.local_now()
