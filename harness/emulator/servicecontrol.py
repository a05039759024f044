"""What the service control manager does: bringing services up with all they need, and noting how they end.

Source: learn.microsoft.com, StartService, "Service Startup", SERVICE_FAILURE_ACTIONS; winerror.h for the codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from harness.durations import parse_duration
from harness.emulator.processes import EmulatedProcess
from harness.emulator.serviceconfig import ServiceConfig
from harness.emulator.servicedatabase import ServiceDatabase
from harness.emulator.serviceprocesses import Service, ServiceProcesses
from harness.emulator.servicerecovery import ServiceRecovery
from harness.emulator.windowsservices import is_of_windows, is_shared_program
from harness.errors import MachineError
from harness.machine.clock import Signal
from harness.model.names import folded
from harness.model.services import ServiceState, StartType
from harness.model.windows import Account, Hive, RegistryPath
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["ServiceController", "CONTROL_KEY", "control_number"]

CONTROL_KEY = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control")
#: How long a program may take to say that it is a service, in milliseconds; the value of that name changes it.
_PIPE_TIMEOUT = 30_000
#: How a service ended that was not told to: its process ended, it never said that it is a service.
_TERMINATED, _TIMED_OUT = 1067, 1053
_ENDINGS = {
    _TERMINATED: "ended without having been told to",
    _TIMED_OUT: "did not say in time that it is a service, and was ended",
}
#: Errors of a needed service that are told as they are, not as 1068.
_GENERAL = (1059, 1115)


class ServiceController:
    """The services of one machine and what becomes of them.

    Attributes:
        database: what is installed.
        processes: how services get their processes.
        recovery: what follows from failures.
        delayed_have_started: whether the delayed services of Windows have started since the boot.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.database = ServiceDatabase(machine)
        self.processes = ServiceProcesses(machine)
        self.recovery = ServiceRecovery(machine, self.start_unattended)
        self.delayed_have_started = True
        self._machine = machine

    # Finding

    def get(self, name: str) -> Service:
        """Return a service or driver.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        service = self.database.find(name)
        if service:
            return service
        config = self.database.config(name)
        if config is None:
            raise MachineError(1060, "the specified service does not exist as an installed service", name)
        return self.make(config)

    def make(self, config: ServiceConfig, gone: EmulatedProcess | None = None) -> Service:
        """Return a service that nobody has asked for since the boot, in the state it has had since then.

        Args:
            config: what it is.
            gone: a process of Windows that it may have run in until this moment.
        """
        service = Service(config)
        if config.is_driver and config.start_type < StartType.AUTOMATIC:
            is_up = True
        elif config.is_driver or is_of_windows(config.image_path):
            has_begun = config.is_automatic or (config.is_delayed and self.delayed_have_started)
            is_first = config.start_type is StartType.AUTOMATIC and has_begun
            is_up = is_first or folded(config.name) in self.database.needed_at_boot()
        else:
            is_up = False
        if is_up and not config.is_driver:
            service.process = self.processes.host_of(config, gone)
            service.is_hosted = is_shared_program(config.image_path)
            # One that runs alone gets its process when the boot comes to it.
            is_up = service.is_hosted or service.process is not None
        if is_up:
            service.state, service.exit_code = ServiceState.RUNNING, 0
            service.settled.set()
        return self.database.keep(service)

    def dependents(self, service: Service) -> list[Service]:
        """Return the services that need one and are not stopped."""
        name = folded(service.name)
        found = [self.get(one.name) for one in [*self.database.configs()] if name in map(folded, one.depends_on)]
        return [one for one in found if one.state is not ServiceState.STOPPED]

    def uses(self, account: Account) -> bool:
        """Return whether a service runs as an account."""
        processes = [service.process for service in self.database.known()]
        return any(one and one.exit is None and one.info.account.sid == account.sid for one in processes)

    # Starting

    def start_unattended(self, service: Service) -> None:
        """Start a service when nobody is there to be told that it cannot: the timeline is."""
        try:
            if service.state is ServiceState.STOPPED:
                self.bring_up(service, assumes=True)
        except MachineError as error:
            if not service.is_quiet:
                text = f"the service {service.display_name} does not start: {error}"
                self._tell("service not started", text, service, error=error.winerror)

    def start_quietly(self, service: Service) -> None:
        """Start a service of Windows, of which nobody wants to read."""
        service.is_quiet = True
        self.start_unattended(service)
        service.is_quiet = False

    async def start_when_stopped(self, service: Service) -> None:
        """Start a service that is stopping, when it has stopped."""
        await self._machine.clock.wait(service.settled)
        self.start_unattended(service)

    def bring_up(self, service: Service, *, assumes: bool, above: tuple[str, ...] = ()) -> None:
        """Start what a service needs, and then the service: at once, or when all of that has started.

        Args:
            service: one that is stopped.
            assumes: whether it may run when nobody says what it does.
            above: the services that it is started for, by folded name.

        Raises:
            MachineError: as `EmulatedServices.start` does.
            NotEmulated: when nobody says what it does.
        """
        name = service.name
        self.check_is_not_marked(service)
        if self._machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", name)
        if service.config.start_type is StartType.DISABLED:
            raise MachineError(1058, "the service cannot be started, it is disabled", name)
        if folded(name) in above:
            raise MachineError(1059, "the service depends on itself, through others", name)
        above = (*above, folded(name))
        needed = [self._needed(service, one) for one in service.config.depends_on]
        for one in needed:
            if one.state is ServiceState.STOPPED:
                self._bring_up_for(service, one, assumes=assumes, above=above)
        needed += [
            self._member_of(service, group, assumes=assumes, above=above) for group in service.config.groups_needed
        ]
        waits_for = [one for one in needed if one.state is not ServiceState.RUNNING]
        if waits_for:
            self._enter(service, ServiceState.START_PENDING)
            work = self._launch_after(service, waits_for, assumes=assumes)
            self._machine.clock.spawn_apart(work, name=f"the start of {name}")
        else:
            self._launch(service, assumes=assumes)

    def _needed(self, service: Service, name: str) -> Service:
        one = self.database.config(name)
        if one is None or self.get(name).is_marked:
            raise MachineError(
                1075, f"the service needs {name!r}, which does not exist or is to be deleted", service.name
            )
        return self.get(name)

    def _bring_up_for(self, service: Service, needed: Service, *, assumes: bool, above: tuple[str, ...]) -> None:
        try:
            self.bring_up(needed, assumes=assumes, above=above)
        except MachineError as error:
            service.exit_code = 1068
            if error.winerror in (1059, 1115):
                raise
            text = f"the service needs {needed.name!r}, which does not start ({error.winerror}: {error.strerror})"
            raise MachineError(1068, text, service.name) from error

    def _member_of(self, service: Service, group: str, *, assumes: bool, above: tuple[str, ...]) -> Service:
        """Try to start every member of a group, and return one that runs or starts."""
        members = [self.get(one.name) for one in self.database.configs() if folded(one.group) == folded(group)]
        for one in members:
            if one.state is ServiceState.STOPPED:
                with suppress(MachineError):
                    self.bring_up(one, assumes=assumes, above=above)
        going = [one for one in members if one.state in (ServiceState.RUNNING, ServiceState.START_PENDING)]
        if not going:
            service.exit_code = 1068
            raise MachineError(
                1068, f"the service needs one of the group {group!r}, of which none starts", service.name
            )
        return going[0]

    async def _launch_after(self, service: Service, needed: Sequence[Service], *, assumes: bool) -> None:
        for one in needed:
            await self._machine.clock.wait(one.settled)
            if one.state is not ServiceState.RUNNING:
                self._settle(service, ServiceState.STOPPED, 1068)
                text = f"the service {service.display_name} does not start: {one.display_name} has not started"
                self._tell("service not started", text, service, error=1068)
                return
        try:
            self._launch(service, assumes=assumes)
        except MachineError as error:
            text = f"the service {service.display_name} does not start: {error}"
            self._tell("service not started", text, service, error=error.winerror)

    def _launch(self, service: Service, *, assumes: bool) -> None:
        self._enter(service, ServiceState.START_PENDING)
        try:
            self.processes.launch(service, assumes=assumes, on_running=partial(self._is_up, service))
        except BaseException as error:
            code = error.winerror if isinstance(error, MachineError) else service.exit_code
            self._settle(service, ServiceState.STOPPED, code)
            raise
        if service.own_process:
            service.own_process.ended.listen(partial(self.ended, service, service.own_process))
        if service.state is ServiceState.START_PENDING and self.processes.pace_of(service).starting is None:
            self._machine.clock.spawn_apart(self._give_up(service), name=f"the time limit of {service.name}")

    async def _give_up(self, service: Service) -> None:
        """End a program that does not say in time that it is a service."""
        process = service.process
        await self._machine.clock.sleep(
            timedelta(milliseconds=control_number(self._machine, "ServicesPipeTimeout", _PIPE_TIMEOUT))
        )
        if service.process is process and process and process.exit is None:
            service.verdict = _TIMED_OUT
            self._machine.processes.end(process, 1, "killed")

    def _is_up(self, service: Service) -> None:
        self._settle(service, ServiceState.RUNNING, 0)
        self._tell("service started", f"the service {service.display_name} started", service)

    # Stopping

    def stop(self, service: Service) -> None:
        """Stop a service that runs, at once or as its pace says."""
        takes = parse_duration(self.processes.pace_of(service).stopping)
        if takes:
            self._enter(service, ServiceState.STOP_PENDING)
            self._machine.clock.spawn_apart(self._stop_after(service, takes), name=f"the stop of {service.name}")
        else:
            self.stop_now(service)

    async def _stop_after(self, service: Service, takes: timedelta) -> None:
        await self._machine.clock.sleep(takes)
        if service.state is ServiceState.STOP_PENDING:
            self.stop_now(service)

    def stop_now(self, service: Service) -> None:
        """Stop a service; its process ends where it waits."""
        if service.state is not ServiceState.STOP_PENDING:
            self._enter(service, ServiceState.STOP_PENDING)
        process = service.own_process
        if process:
            self._machine.processes.end(process, 0, "exited")
        if service.state is ServiceState.STOP_PENDING:  # it has no process of its own, or one that nobody watches
            self._has_stopped(service, 0)

    def ended(self, service: Service, process: EmulatedProcess) -> None:
        """Note that the process of a service has ended, and whether it had been told to."""
        if self._machine.is_closed or service.process is not process or process.exit is None:
            return
        is_told = service.state is ServiceState.STOP_PENDING
        if self._machine.power.is_down and not is_told:
            service.state = ServiceState.STOPPED
        elif is_told or (process.exit.code == 0 and service.verdict is None):
            self._has_stopped(service, 0)
        else:
            code = service.verdict or _TERMINATED
            self._has_stopped(service, code)
            self.recovery.failed(service)

    def _has_stopped(self, service: Service, code: int) -> None:
        process = service.process
        self._settle(service, ServiceState.STOPPED, code)
        how = _ENDINGS.get(code, "stopped")
        self._tell("service stopped", f"the service {service.display_name} {how}", service, error=code)
        if process and not self.uses(process.info.account):
            self.processes.unload_profile(process.info.account)
        if service.is_marked:
            self.forget(service)

    # States

    def _enter(self, service: Service, state: ServiceState) -> None:
        service.state = state
        service.settled = Signal()

    def _settle(self, service: Service, state: ServiceState, code: int) -> None:
        service.state, service.exit_code = state, code
        service.settled.set()

    def check_is_not_marked(self, service: Service) -> None:
        """Make sure that a service is not to be deleted.

        Raises:
            MachineError: 1072 when it is.
        """
        if service.is_marked:
            raise MachineError(1072, "the specified service has been marked for deletion", service.name)

    def forget(self, service: Service) -> None:
        """Remove a service that is stopped, and what was declared for it."""
        self.database.forget(service.name)
        self.processes.declared.pop(folded(service.name), None)

    def _tell(self, kind: str, text: str, service: Service, **data: int) -> None:
        if not service.is_quiet:
            pid = service.process.info.pid if service.process else None
            self._machine.timeline.add(Lane.SERVICE, kind, text, name=service.name, pid=pid, **data)


def control_number(machine: EmulatedMachine, name: str, default: int) -> int:
    """Return a number of the Control key; the default when it is not there."""
    value = machine.registry.get(CONTROL_KEY, name)
    return value.data if value and isinstance(value.data, int) else default
