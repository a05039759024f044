"""What every machine's clocks must do, and what happens when the one on the wall is set."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.machine.capabilities import Capability
from harness.machine.clock import Signal
from harness.machine.contract.check import FOLDER, KEY, Examinee, behaviour, expect
from harness.machine.ports import Machine
from harness.model.windows import Hive, RegistryPath, RegistryValue

_SLEEPING = 'learn.microsoft.com, "Sleep", "WaitForSingleObject"'
_SYSTEM_TIME = 'learn.microsoft.com, "System Time", "Local Time"'
_WAIT_FUNCTIONS = 'learn.microsoft.com, "Wait Functions", "QueryUnbiasedInterruptTime"'
_SLEEPS = "learn.microsoft.com, WaitForSingleObject: since Windows 8 a time-out does not include low-power states"
_ZONES = "learn.microsoft.com, TIME_ZONE_INFORMATION; values below TimeZoneInformation from memory"
_SUMMER = "IANA time zone data for Europe/Berlin, which Windows' zone has the rules of"

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)
_ZONE_KEY = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation")
_ZONES_KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones")
_BERLIN = "Europe/Berlin"


@behaviour("clock.wall.utc", source=_SYSTEM_TIME)
def check_wall_time_is_utc(machine: Machine) -> None:
    """The system time is UTC."""
    expect(timedelta(), machine.clock.now().utcoffset())


@behaviour("clock.wall.local", source=_SYSTEM_TIME)
def check_local_time_is_the_same_instant(machine: Machine) -> None:
    """Local time is the system time in the machine's zone, not another instant."""
    local = machine.clock.local_now()
    expect(True, abs(local - machine.clock.now()) < _SECOND)
    expect(local.utcoffset(), local.astimezone(machine.clock.time_zone).utcoffset())


@behaviour("clock.wall.passes", source=_SYSTEM_TIME)
def check_wall_time_passes(machine: Examinee) -> None:
    """The wall clock goes on as time passes."""
    before = machine.clock.now()
    machine.pass_time(_SECOND)
    expect(True, _SECOND <= machine.clock.now() - before)


@behaviour("clock.wall.file-times", source='learn.microsoft.com, "File Times"')
def check_files_bear_the_wall_time(machine: Examinee) -> None:
    """A file that is written later bears a later time of the wall clock."""
    machine.files.make_folder(FOLDER)
    times = []
    for name in ("one", "two"):
        with machine.files.open(rf"{FOLDER}\{name}", "wb") as file:
            file.write(b"x")
        times.append(machine.files.info(rf"{FOLDER}\{name}").modified)
        machine.pass_time(2 * _SECOND)
    expect(True, timedelta() < times[1] - times[0])
    expect(True, times[0] <= machine.clock.now())


@behaviour("clock.monotonic.passes", source=_WAIT_FUNCTIONS)
def check_monotonic_time_passes(machine: Examinee) -> None:
    """Elapsed time goes on as time passes."""
    before = machine.clock.monotonic()
    machine.pass_time(_SECOND)
    expect(True, machine.clock.monotonic() - before >= _SECOND)


@behaviour("clock.sleep.lasts", source=_SLEEPING)
def check_a_sleep_lasts(machine: Examinee) -> None:
    """A sleep lasts at least as long as was asked for."""
    expect(True, _duration_of(machine, machine.clock.sleep(_SECOND)) >= _SECOND)


@behaviour("clock.sleep.nothing", source=_SLEEPING)
def check_a_sleep_of_nothing_ends(machine: Examinee) -> None:
    """A sleep of no time gives way to others and ends at once."""
    expect(True, _duration_of(machine, machine.clock.sleep(timedelta())) < _SECOND)


@behaviour("clock.sleep.order", source=_SLEEPING)
def check_sleepers_wake_in_order(machine: Examinee) -> None:
    """Of two sleepers the one that asked for less wakes first, whoever began first."""
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await machine.clock.sleep(seconds * _SECOND)
        woken.append(seconds)

    async def both() -> None:
        tasks = [machine.clock.spawn(sleeper(seconds), name=f"{seconds} s") for seconds in (2, 1)]
        for task in tasks:
            await machine.clock.wait(task.finished)

    machine.run(both())
    expect([1, 2], woken)


@behaviour("clock.wait.time-out", source=_SLEEPING)
def check_a_wait_times_out(machine: Examinee) -> None:
    """A wait for what never happens ends at its time-out, and says so."""
    expect(False, machine.run(machine.clock.wait(Signal(), _SECOND)))


@behaviour("clock.wait.signalled", source=_SLEEPING)
def check_a_wait_ends_early(machine: Examinee) -> None:
    """A wait ends when what it waits for happens, before its time-out."""
    signal = Signal()

    async def set_soon() -> None:
        await machine.clock.sleep(_SECOND)
        signal.set()

    async def wait() -> bool:
        machine.clock.spawn(set_soon(), name="the signal")
        return await machine.clock.wait(signal, 60 * _SECOND)

    expect(True, machine.run(wait()))


@behaviour("clock.wait.set-before", source=_SLEEPING)
def check_a_wait_for_the_past_ends_at_once(machine: Examinee) -> None:
    """A wait for what has happened already takes no time."""
    signal = Signal()
    signal.set()
    expect(True, machine.run(machine.clock.wait(signal, timedelta())))


@behaviour("clock.wait.no-time-out", source=_SLEEPING, needs=[Capability.VIRTUAL_TIME])
def check_a_wait_without_time_out_lasts(machine: Examinee) -> None:
    """A wait without a time-out is still there a day later."""
    signal = Signal()

    async def wait() -> bool:
        task = machine.clock.spawn(machine.clock.wait(signal), name="waits")
        await machine.clock.sleep(timedelta(days=1))
        return task.finished.is_set

    expect(False, machine.run(wait()))


@behaviour("clock.zone.bias", source=_ZONES)
def check_the_registry_knows_the_bias(machine: Machine) -> None:
    """`ActiveTimeBias` is what is to be added to local time for UTC, in minutes."""
    value = machine.registry.get(_ZONE_KEY, "ActiveTimeBias")
    offset = machine.clock.local_now().utcoffset() or timedelta()
    expect(RegistryValue.of(int(-offset / timedelta(minutes=1)) % 2**32), value)


@behaviour("clock.zone.known", source=_ZONES)
def check_the_zone_is_one_of_windows(machine: Machine) -> None:
    """The machine's zone is described below Windows' time zones, by the name that `TimeZoneKeyName` has."""
    name = machine.registry.get(_ZONE_KEY, "TimeZoneKeyName")
    expect(True, name is not None and machine.registry.exists(_ZONES_KEY.child(str(name.data).rstrip("\0"))))


# The clock is set


@behaviour("clock.set.wall", source='learn.microsoft.com, "SetSystemTime"', needs=[Capability.WALL_CLOCK])
def check_a_clock_can_be_set(machine: Examinee) -> None:
    """Setting the clock moves the wall time."""
    with _moved(machine, 5 * _HOUR) as before:
        expect(5, round((machine.clock.now() - before) / _HOUR))


@behaviour("clock.set.elapsed", source=_WAIT_FUNCTIONS, needs=[Capability.WALL_CLOCK])
def check_elapsed_time_ignores_the_setting(machine: Examinee) -> None:
    """Elapsed time does not notice that the clock is set."""
    before = machine.clock.monotonic()
    with _moved(machine, 5 * _HOUR):
        expect(True, machine.clock.monotonic() - before < _HOUR)


@behaviour("clock.set.waits", source=_WAIT_FUNCTIONS, needs=[Capability.WALL_CLOCK])
def check_waits_ignore_the_setting(machine: Examinee) -> None:
    """A wait of some seconds does not end because the clock is put forward by hours."""

    async def wait() -> timedelta:
        begin = machine.clock.monotonic()
        machine.controls.move_wall_clock(5 * _HOUR)
        await machine.clock.sleep(2 * _SECOND)
        machine.controls.move_wall_clock(-5 * _HOUR)
        return machine.clock.monotonic() - begin

    expect(True, machine.run(wait()) >= 2 * _SECOND)


@behaviour("clock.set.boot-time", source="KeSetSystemTime in ReactOS, as in Windows", needs=[Capability.WALL_CLOCK])
def check_the_boot_time_moves_along(machine: Examinee) -> None:
    """The boot time moves with the clock, so that the time since then stays what it is."""
    before = machine.power.booted_at
    with _moved(machine, 5 * _HOUR):
        expect(5, round((machine.power.booted_at - before) / _HOUR))


@behaviour("clock.set.back", source='learn.microsoft.com, "File Times"', needs=[Capability.WALL_CLOCK])
def check_files_bear_the_time_that_was_set(machine: Examinee) -> None:
    """After the clock was put back, what is written bears an earlier time than what was there."""
    machine.files.make_folder(FOLDER)
    times = []
    for name, by in (("before", timedelta()), ("after", -5 * _HOUR)):
        with _moved(machine, by), machine.files.open(rf"{FOLDER}\{name}", "wb") as file:
            file.write(b"x")
            times.append(machine.files.info(rf"{FOLDER}\{name}").modified)
    expect(True, times[1] < times[0])


@behaviour("clock.set.key-times", source="learn.microsoft.com, RegQueryInfoKey", needs=[Capability.WALL_CLOCK])
def check_keys_bear_the_wall_time(machine: Examinee) -> None:
    """A key's last-write time is that of the wall clock, also when it goes back."""
    machine.registry.set(KEY, "x", RegistryValue.of(1))
    before = machine.registry.modified(KEY)
    with _moved(machine, -5 * _HOUR):
        machine.registry.set(KEY, "x", RegistryValue.of(2))
        expect(True, machine.registry.modified(KEY) < before)


@behaviour("clock.zone.moves", source=_SYSTEM_TIME, needs=[Capability.WALL_CLOCK])
def check_another_zone_is_no_other_time(machine: Examinee) -> None:
    """In another time zone local time is another, and the system time stays what it is."""
    home, before = str(machine.clock.time_zone), machine.clock.now()
    machine.controls.set_time_zone("Asia/Tokyo")
    try:
        expect(9 * _HOUR, machine.clock.local_now().utcoffset())
        expect(True, machine.clock.now() - before < _HOUR)
        check_the_registry_knows_the_bias.function(machine)
    finally:
        machine.controls.set_time_zone(home)


@behaviour("clock.summer.begins", source=_SUMMER, needs=[Capability.WALL_CLOCK])
def check_summer_time_begins(machine: Examinee) -> None:
    """When summer time begins, local clocks go from before two to three; the system time has no gap."""
    expect(["01:59", "03:00"], _local_times_around(machine, datetime(2027, 3, 28, 1, tzinfo=UTC)))


@behaviour("clock.summer.ends", source=_SUMMER, needs=[Capability.WALL_CLOCK])
def check_summer_time_ends(machine: Examinee) -> None:
    """When summer time ends, local clocks go from before three back to two."""
    expect(["02:59", "02:00"], _local_times_around(machine, datetime(2027, 10, 31, 1, tzinfo=UTC)))


# The machine sleeps


@behaviour("clock.asleep.wall", source='learn.microsoft.com, "System Time"', needs=[Capability.SLEEP])
def check_wall_time_passes_in_sleep(machine: Examinee) -> None:
    """The wall clock goes on while the machine sleeps."""
    before = machine.clock.now()
    machine.controls.sleep(_HOUR)
    expect(True, machine.clock.now() - before >= _HOUR)


@behaviour("clock.asleep.elapsed", source=_WAIT_FUNCTIONS, needs=[Capability.SLEEP])
def check_elapsed_time_stands_still_in_sleep(machine: Examinee) -> None:
    """Unbiased elapsed time does not count what the machine sleeps."""
    before = machine.clock.monotonic()
    machine.controls.sleep(_HOUR)
    expect(True, machine.clock.monotonic() - before < _HOUR)


@behaviour("clock.asleep.uptime", source="learn.microsoft.com, GetTickCount64", needs=[Capability.SLEEP])
def check_uptime_counts_sleep(machine: Examinee) -> None:
    """The tick count since the start includes what the machine slept."""
    before = machine.controls.uptime
    machine.controls.sleep(_HOUR)
    expect(True, machine.controls.uptime - before >= _HOUR)


# Writing checks


def _duration_of(machine: Examinee, work: Coroutine[Any, Any, None]) -> timedelta:
    async def measure() -> timedelta:
        begin = machine.clock.monotonic()
        await work
        return machine.clock.monotonic() - begin

    return machine.run(measure())


@contextmanager
def _moved(machine: Examinee, by: timedelta) -> Iterator[datetime]:
    """Set the wall clock for a block, and back after it; gives the time before."""
    before = machine.clock.now()
    machine.controls.move_wall_clock(by)
    try:
        yield before
    finally:
        machine.controls.move_wall_clock(-by)


def _local_times_around(machine: Examinee, change: datetime) -> list[str]:
    """Return the local time in Berlin a second before and after an instant."""
    home, seen = str(machine.clock.time_zone), []
    by = change - _SECOND - machine.clock.now()
    machine.controls.set_time_zone(_BERLIN)
    machine.controls.move_wall_clock(by)
    try:
        for _ in range(2):
            seen.append(f"{machine.clock.local_now():%H:%M}")
            machine.pass_time(2 * _SECOND)
    finally:
        machine.controls.move_wall_clock(-by)
        machine.controls.set_time_zone(home)
    return seen
