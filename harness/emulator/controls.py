"""The switches of an emulated machine, as the exam uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.emulator.network import BANDWIDTH
from harness.errors import UsageError
from harness.model.windows import Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedControls"]

_USERS = RegistryPath(Hive.HKU, "")
#: Longer than any start takes.
_LIMIT = timedelta(hours=1)


class EmulatedControls:
    """Fulfils `harness.machine.contract.controls.Controls`."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine

    # Power

    def restart(self) -> None:
        """Restart the machine; returns when it is up again, and the user who was there is back."""
        with self._hives_kept():
            self._machine.power.restart("the exam")
            self._wait(lambda: self._machine.power.is_down, "the machine is to restart")
            self._come_up()

    def call_off(self) -> None:
        """Call off a restart that is asked for.

        Raises:
            MachineError: 1116 when none is.
        """
        self._machine.power.cancel_restart()

    def shut_down_and_start(self, *, hybrid: bool) -> None:
        """Shut the machine down, turn it on, and return when it is up."""
        power, was_fast = self._machine.power, self._machine.power.fast_startup
        if was_fast is not hybrid:
            power.fast_startup = hybrid
        with self._hives_kept():
            power.shut_down("the exam", hybrid=hybrid)
            self._wait(lambda: power.is_down, "the machine is to shut down")
            power.turn_on()
            self._come_up()
        if was_fast is not hybrid:
            power.fast_startup = was_fast

    @property
    def uptime(self) -> timedelta:
        """What GetTickCount64 says."""
        return self._machine.power.uptime

    def sleep(self, duration: timedelta) -> None:
        """Let the machine sleep; returns when it is awake again."""
        power = self._machine.power
        power.sleep(duration)
        self._wait(lambda: power.is_awake, "the machine is to wake up", duration + _LIMIT)

    def lose_power(self) -> None:
        """Cut the power and give it back; returns when the machine is up again."""
        with self._hives_kept():
            self._machine.power.lose_power()
            self._come_up()

    # Clock

    def move_wall_clock(self, by: timedelta) -> None:
        """Set the wall clock forwards or back."""
        self._machine.clock.jump(by)

    def set_time_zone(self, name: str) -> None:
        """Move the machine to another IANA time zone."""
        self._machine.set_time_zone(name)

    # Network

    def go_offline(self, *, after: timedelta = timedelta()) -> None:
        """Take the way out away, now or later."""
        self._machine.network.goes_offline(after=after)

    def go_online(self) -> None:
        """Give the way out back."""
        self._machine.network.goes_online()

    def drop_line(self, *, after: timedelta = timedelta()) -> None:
        """Break what is being transferred then."""
        self._machine.network.drop(after=after)

    def set_line(self, *, bandwidth: float | None, latency: timedelta = timedelta()) -> None:
        """Make the line so wide and so long; None for as it was at first."""
        network = self._machine.network
        network.bandwidth, network.latency = bandwidth or BANDWIDTH, latency

    # Waiting

    @contextmanager
    def _hives_kept(self) -> Iterator[None]:
        """Load the hives of users that were loaded before again: the exam counts on them."""
        registry = self._machine.registry
        before = registry.subkeys(_USERS)
        yield
        loaded = registry.subkeys(_USERS)
        for name in before:
            if name not in loaded and not name.casefold().endswith("_classes"):
                registry.load_user(name)

    def _come_up(self) -> None:
        """Wait until the machine is up and nothing is left to do about its start."""
        power = self._machine.power
        self._wait(lambda: power.is_awake and not power.is_settling, "the machine is to come up")

    def _wait(self, until: Callable[[], bool], what: str, limit: timedelta = _LIMIT) -> None:
        if not self._machine.clock.run_until(until, limit):
            raise UsageError(f"{what}, but not within {limit} - look at the timeline for what keeps it")
