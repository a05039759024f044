"""The service control manager: services of ours start with the machine and run as SYSTEM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.lookup import Image
from harness.emulator.processes import EmulatedProcess
from harness.errors import MachineError
from harness.formats.commandline import split_command_line
from harness.machine.ports import ServiceMain
from harness.model.commands import Command
from harness.model.names import folded
from harness.model.windows import Bits, Hive, RegistryPath, RegistryType, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedServices", "Service"]

_SERVICES = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Services")
#: Values of a service's key: its own process, started automatically, errors noted (winsvc.h).
_OWN_PROCESS, _AUTOMATIC, _ERROR_NORMAL = 0x10, 2, 1


@dataclass(slots=True, kw_only=True)
class Service:
    """A service that is installed.

    Attributes:
        name: its key name, for example `IntuneManagementExtension`.
        display_name: the name people see.
        image_path: the command line of its process.
        main: what it does.
        bits: how wide its process is.
        process: its process; None while it is stopped.
    """

    name: str
    display_name: str
    image_path: str
    main: ServiceMain
    bits: Bits
    process: EmulatedProcess | None = None

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.exit is None


class EmulatedServices:
    """The services of an emulated machine; fulfils the `Services` port.

    Windows' own services are not on this list; their processes are on the process table.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._services: dict[str, Service] = {}

    # The port

    def install(self, name: str, *, display_name: str, image_path: str, main: ServiceMain, bits: Bits = 64) -> None:
        """Register an automatic service that runs as SYSTEM; it starts at once, and at every boot.

        Raises:
            MachineError: 1073 when there is a service of that name, 87 for an empty image path.
        """
        if folded(name) in self._services:
            raise MachineError(1073, "the specified service already exists", name)
        if not image_path.strip():
            raise MachineError(87, "a service needs the command line of its process", name)
        service = Service(name=name, display_name=display_name, image_path=image_path, main=main, bits=bits)
        self._services[folded(name)] = service
        self._register(service)
        if not self._machine.power.is_down:
            self._run(service)

    def restart(self, name: str) -> None:
        """Stop a service if it runs, and start it.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        service = self.get(name)
        if service.is_running:
            self.stop(name)
        self.start(name)

    # More of what Windows can do

    def get(self, name: str) -> Service:
        """Return a service.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        service = self._services.get(folded(name))
        if service is None:
            raise MachineError(1060, "the specified service does not exist as an installed service", name)
        return service

    def all(self) -> Sequence[Service]:
        """Return every service, in the order of installing."""
        return tuple(self._services.values())

    def start(self, name: str) -> None:
        """Start a service.

        Raises:
            MachineError: 1060 when there is no such service, 1056 when it runs, 1115 while the machine restarts.
        """
        service = self.get(name)
        if service.is_running:
            raise MachineError(1056, "an instance of the service is already running", name)
        if self._machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", name)
        self._run(service)

    def stop(self, name: str) -> None:
        """Stop a service; its process ends where it waits.

        Raises:
            MachineError: 1060 when there is no such service, 1062 when it does not run.
        """
        service = self.get(name)
        if not service.is_running or service.process is None:
            raise MachineError(1062, "the service has not been started", name)
        self._machine.processes.end(service.process, 0, "exited")

    def start_automatic(self) -> None:
        """Start every service, as booting does, in the order of installing."""
        for service in self._services.values():
            self._run(service)

    def _register(self, service: Service) -> None:
        values = {
            "Type": RegistryValue.of(_OWN_PROCESS),
            "Start": RegistryValue.of(_AUTOMATIC),
            "ErrorControl": RegistryValue.of(_ERROR_NORMAL),
            "ImagePath": RegistryValue(RegistryType.REG_EXPAND_SZ, service.image_path),
            "DisplayName": RegistryValue.of(service.display_name),
            "ObjectName": RegistryValue.of("LocalSystem"),
        }
        for name, value in values.items():
            self._machine.registry.set(_SERVICES.child(service.name), name, value)

    def _run(self, service: Service) -> None:
        async def work() -> int:
            try:
                await service.main()
            finally:
                self._report(service, "service stopped", "stopped")
            return 0

        processes = self._machine.processes
        manager = processes.running("services.exe")
        command = Command(
            command_line=service.image_path,
            working_directory=r"C:\Windows\System32",
            parent_pid=manager[0].pid if manager else 0,
        )
        path = split_command_line(service.image_path)[0]
        service.process = processes.host(command, Image(path=path, bits=service.bits, is_program=True), work)
        self._report(service, "service started", "started")

    def _report(self, service: Service, kind: str, verb: str) -> None:
        if self._machine.is_closed:
            return
        self._machine.timeline.add(
            Lane.SERVICE,
            kind,
            f"the service {service.display_name} {verb}",
            name=service.name,
            pid=service.process.info.pid if service.process else None,
        )
