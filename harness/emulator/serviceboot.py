r"""What happens to services when the machine starts and when it shuts down.

Source: learn.microsoft.com, "Service Startup", SERVICE_DELAYED_AUTO_START_INFO, "Service Control Handler Function" (the
order at the end); that `AutoStartDelay` is 120 seconds is Microsoft's performance team blog, "Startup Processes and
Delayed Automatic Start".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from harness.emulator.processes import EmulatedProcess
from harness.emulator.serviceconfig import ServiceConfig
from harness.emulator.servicecontrol import CONTROL_KEY, ServiceController, control_number
from harness.emulator.windowsservices import is_of_windows, is_shared_program
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ServiceBoot", "in_boot_order"]

#: How long delayed services wait at a boot, in seconds; the value of that name changes it.
_AUTO_START_DELAY = 120


class ServiceBoot:
    """Starts and stops the services of one machine with it."""

    def __init__(self, machine: EmulatedMachine, control: ServiceController) -> None:
        self._machine, self._control = machine, control
        self._is_new = True

    def start_automatic(self) -> None:
        """Read the database and start what starts with the machine, as booting does.

        Services start in the order of their load order groups, then of their names; those that a service needs start
        before it. Delayed ones follow two minutes later, one after the other. A machine that is new has been up for
        long, so that they run already.
        """
        self._control.recovery.cancel()
        self._control.database.read()
        self._is_new, was_new = False, self._is_new
        self._control.delayed_have_started = was_new
        self._watch_residents()
        delayed = []
        for config in in_boot_order(self._control.database.automatic(), self._group_order()):
            if config.is_delayed and not was_new:
                delayed.append(config)
            elif not is_of_windows(config.image_path):
                self._control.start_unattended(self._control.get(config.name))
            elif not is_shared_program(config.image_path) and self._control.processes.host_of(config) is None:
                self._control.start_quietly(self._control.get(config.name))
        if not was_new:
            self._machine.clock.spawn_apart(self._start_delayed(delayed), name="the delayed services")

    def shut_down(self) -> None:
        """Stop every service, as the end of a boot does: those of `PreshutdownOrder`, then all others by name.

        What depends on what does not count then. Source: learn.microsoft.com, "Service Control Handler Function".
        """
        self._control.recovery.cancel()
        value = self._machine.registry.get(CONTROL_KEY, "PreshutdownOrder")
        first = value.data if value and isinstance(value.data, tuple) else ()
        order = {folded(name): place for place, name in reversed([*enumerate(first)])}
        for service in sorted(self._control.database.known(), key=lambda one: order.get(folded(one.name), len(order))):
            if service.own_process and not is_of_windows(service.config.image_path):
                self._control.stop_now(service)

    async def _start_delayed(self, configs: Sequence[ServiceConfig]) -> None:
        await self._machine.clock.sleep(
            timedelta(seconds=control_number(self._machine, "AutoStartDelay", _AUTO_START_DELAY))
        )
        for config in configs:
            if self._control.database.config(config.name) is None:
                continue
            service = self._control.get(config.name)
            begin = self._control.start_quietly if is_of_windows(config.image_path) else self._control.start_unattended
            begin(service)
            await self._machine.clock.wait(service.settled)
        self._control.delayed_have_started = True

    def _watch_residents(self) -> None:
        """Let services of Windows end with the processes of Windows that they run in."""
        processes = self._machine.processes
        manager = [info.pid for info in processes.running("services.exe")]
        for info in processes.running():
            process = processes.get(info.pid) if info.parent_pid in manager else None
            if process:
                process.ended.listen(partial(self._resident_ended, process))

    def _resident_ended(self, process: EmulatedProcess) -> None:
        if self._machine.is_closed or self._machine.power.is_down:
            return
        for config in self._control.database.configs():
            if is_of_windows(config.image_path) and self._control.database.find(config.name) is None:
                self._control.make(config, process)
        for service in [*self._control.database.known()]:
            if service.process is process and service.is_running:
                self._control.ended(service, process)

    def _group_order(self) -> Sequence[str]:
        value = self._machine.registry.get(CONTROL_KEY.child("ServiceGroupOrder"), "List")
        return value.data if value and isinstance(value.data, tuple) else ()


def in_boot_order(configs: Iterable[ServiceConfig], groups: Sequence[str]) -> list[ServiceConfig]:
    """Return services in the order of their load order groups, those of other groups and of none last, then by name."""
    order = {folded(group): place for place, group in reversed([*enumerate(groups)])}
    return sorted(configs, key=lambda one: (order.get(folded(one.group), len(order)), folded(one.name)))
