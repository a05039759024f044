"""Python's own clocks while the machine's time is shown."""

import asyncio
import sys
import time
import types
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harness.emulator.clock import VirtualClock
from tests.emulator.conftest import START

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class TestPythonsOwnClocks:
    """What `datetime.now()` and `time.time()` say while the machine's time advances."""

    def read(self, clock: VirtualClock, advance: timedelta, at: timedelta, jump: timedelta = timedelta()) -> list:
        """Let something inside the machine look at Python's clocks."""
        seen = []

        async def look() -> None:
            clock.jump(jump)
            await clock.sleep(at)
            now = datetime.now(UTC)
            seen.extend([now, datetime.now(), read_epoch(), datetime.now(ZoneInfo("Asia/Tokyo"))])  # noqa: DTZ005

        clock.spawn(look(), name="look")
        clock.advance(advance)
        return seen

    def test_they_follow_the_machine(self):
        """Aware, naive and epoch time are the machine's, in its time zone."""
        clock = VirtualClock(START, time_zone="Europe/Berlin")

        aware, naive, epoch, tokyo = self.read(clock, MINUTE, 10 * SECOND)

        assert START + 10 * SECOND == aware == tokyo
        assert "2026-03-02T17:00:10+09:00" == tokyo.isoformat()
        assert "2026-03-02T09:00:10" == naive.isoformat()
        assert (START + 10 * SECOND).timestamp() == epoch

    def test_daylight_saving_time_begins_in_the_middle_of_an_advance(self):
        """Naive time follows the time zone's own calendar."""
        clock = VirtualClock(START, time_zone="Europe/Berlin")

        aware, naive, _, _ = self.read(clock, timedelta(days=60), timedelta(days=50))

        assert START + timedelta(days=50) == aware
        assert "2026-04-21T10:00:00" == naive.isoformat()

    def test_they_jump_with_the_wall_time(self):
        """A jump while time advances is seen at once."""
        aware, _, _, _ = self.read(VirtualClock(START), MINUTE, timedelta(), jump=timedelta(hours=3))

        assert START + timedelta(hours=3) == aware

    def test_they_are_real_again_afterwards(self):
        """Nothing is left behind, not even after an error."""
        real_now, real_time = datetime.now, time.time  # noqa: TID251 - freezegun puts it back
        clock = VirtualClock(START)
        clock.spawn(fails(), name="fails")

        with pytest.raises(ZeroDivisionError):
            clock.advance(MINUTE)
        clock.advance(MINUTE)

        assert (real_now, real_time) == (datetime.now, time.time)  # noqa: TID251
        assert START < datetime.now(UTC)

    def test_local_time_is_that_of_the_machine(self):
        """`localtime`, `strftime`, `ctime` and `mktime` know its zone, and that it is summer there."""
        clock = VirtualClock(datetime(2026, 7, 1, 8, 0, tzinfo=UTC), time_zone="Europe/Berlin")
        with clock.frozen():
            local = time.localtime()
            seen = [
                (local.tm_hour, local.tm_isdst, local.tm_zone, local.tm_gmtoff),
                time.strftime("%H:%M"),
                time.strftime("%H:%M", time.gmtime()),
                time.localtime(0).tm_hour,
                time.ctime(),
                time.mktime(local) == read_epoch() == datetime(2026, 7, 1, 8, 0, tzinfo=UTC).timestamp(),
                datetime.fromtimestamp(0).hour,  # noqa: DTZ006 - naive on purpose
            ]

        expected = [(10, 1, "CEST", 7200), "10:00", "08:00", 1, "Wed Jul  1 10:00:00 2026", True, 2]
        assert expected == seen

    def test_the_name_of_the_zone_is_that_of_the_machine(self):
        """And so are the constants beside it; a zone that is changed is seen at once."""
        real = (time.tzname, time.timezone, time.altzone, time.daylight)
        clock = VirtualClock(START, time_zone="Europe/Berlin")
        with clock.frozen():
            berlin = (time.tzname, time.timezone, time.altzone, time.daylight)
            clock.set_time_zone("Asia/Tokyo")
            tokyo = (time.tzname, time.timezone, time.daylight, time.localtime().tm_hour)

        assert (("CET", "CEST"), -3600, -7200, 1) == berlin
        assert (("JST", "JST"), -32400, 0, 17) == tokyo
        assert real == (time.tzname, time.timezone, time.altzone, time.daylight)

    def test_of_an_hour_that_comes_twice_the_flag_says_which(self):
        """`mktime` looks at `tm_isdst`."""
        clock = VirtualClock(START, time_zone="Europe/Berlin")
        with clock.frozen():
            moments = [time.mktime((2026, 10, 25, 2, 30, 0, 6, 298, is_summer)) for is_summer in (1, 0)]

        assert 3600 == moments[1] - moments[0]

    def test_elapsed_time_never_jumps(self):
        """`monotonic` and `perf_counter` count what the machine was awake, whatever the wall clock does."""
        clock = VirtualClock(START)
        seen = []

        async def look() -> None:
            clock.jump(timedelta(days=9))
            await clock.sleep(90 * SECOND)
            seen.extend([time.monotonic(), time.perf_counter(), time.monotonic_ns(), time.perf_counter_ns()])

        clock.spawn(look(), name="look")
        clock.advance(MINUTE)
        clock.scheduler.suspend()
        clock.advance(timedelta(hours=8))
        clock.scheduler.resume()
        clock.advance(MINUTE)

        assert [90.0, 90.0, 90 * 10**9, 90 * 10**9] == seen

    def test_code_under_test_may_ask_while_time_stands(self):
        """In a block of its own; time may be advanced in it, and everything is real afterwards."""
        real = (datetime.now, time.time, time.localtime, time.monotonic)  # noqa: TID251 - freezegun puts it back
        clock = VirtualClock(START, time_zone="Europe/Berlin", freeze=False)
        with clock.frozen():
            before = datetime.now(UTC)
            clock.advance(MINUTE)
            with clock.frozen():
                after = datetime.now(UTC)
            naive = datetime.now()  # noqa: DTZ005 - naive on purpose

        assert [START, START + MINUTE] == [before, after]
        assert "2026-03-02T09:01:00" == naive.isoformat()
        assert real == (datetime.now, time.time, time.localtime, time.monotonic)  # noqa: TID251

    def test_nothing_is_left_in_modules_that_were_loaded_meanwhile(self):
        """What they imported from `time` is real again."""
        sys.modules.pop("tests.emulator.late", None)
        module = types.ModuleType("tests.emulator.late")
        clock = VirtualClock(START)
        with clock.frozen():
            sys.modules["tests.emulator.late"] = module
            module.localtime, module.monotonic = time.localtime, time.monotonic
        del sys.modules["tests.emulator.late"]

        assert (time.localtime, time.monotonic) == (module.localtime, module.monotonic)

    def test_real_time_stays_with_those_that_need_it(self):
        """The progress display of a long run, for example."""
        clock = VirtualClock(START)
        asked = {}
        with clock.frozen():
            exec(  # noqa: S102 - code of a module that keeps real time
                "import time\nfound = [time.localtime().tm_year, time.monotonic(), time.monotonic_ns(), "
                "time.perf_counter(), time.perf_counter_ns(), time.strftime('%Y')]",
                asked := {"__name__": "rich.progress"},
            )
            machine = time.monotonic()

        assert 0 == machine
        assert all(number > 0 for number in asked["found"][1:5])
        assert str(datetime.now().year) == asked["found"][5]  # noqa: DTZ005 - naive on purpose

    def test_a_clock_inside_a_clock_keeps_its_own_time(self):
        """One machine's code may advance another machine."""
        outer, inner = VirtualClock(START), VirtualClock(START + timedelta(days=9), time_zone="Asia/Tokyo")
        seen = []

        async def drive() -> None:
            inner.advance(MINUTE)
            seen.append(datetime.now(UTC))

        outer.spawn(drive(), name="drive")
        outer.advance(MINUTE)

        assert [START] == seen
        assert START + timedelta(days=9, minutes=1) == inner.now()

    def test_a_running_event_loop_does_not_mind(self):
        """A notebook is an event loop; advancing inside one works and leaves it alive."""

        async def cell() -> datetime:
            clock = VirtualClock(START)
            clock.advance(MINUTE)
            await asyncio.sleep(0.001)
            return clock.now()

        assert START + MINUTE == asyncio.run(cell())


def read_epoch() -> float:
    """Read the epoch time as any library does."""
    return time.time()  # noqa: TID251 - freezegun's business


async def fails() -> None:
    """Fail as a bug does."""
    raise ZeroDivisionError
