"""The service control manager: what is installed, what runs, and what a service needs to run.

Not modelled: pausing, custom control codes, triggers (a service that only a trigger starts stays stopped), services of
one user's session, the security of single services, and Windows' event log.

Source, where nothing else is said: learn.microsoft.com, StartService, ControlService, CreateService, DeleteService,
ChangeServiceConfig, "Service Startup"; winerror.h for the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.emulator.accounts import object_name_of
from harness.emulator.serviceboot import ServiceBoot
from harness.emulator.serviceconfig import DELETE_FLAG, SERVICES, ServiceConfig
from harness.emulator.servicecontrol import ServiceController
from harness.emulator.serviceprocesses import Declared, Pace, Service
from harness.emulator.windowsservices import check_can_be_stopped
from harness.errors import MachineError
from harness.machine.ports import ServiceMain
from harness.model.names import folded
from harness.model.services import Recovery, ServiceInfo, ServiceState, StartType
from harness.model.windows import SYSTEM, Account, Bits

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedServices", "Service"]

_LONGEST_NAME = 256


class EmulatedServices:
    """The services of an emulated machine; fulfils the `Services` port."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._control = ServiceController(machine)
        self._boot = ServiceBoot(machine, self._control)

    @property
    def mains(self) -> dict[str, ServiceMain]:
        """What services do that are installed by others: `mains["ContosoSvc"] = async def ...`, by their key names."""
        return self._control.processes.mains

    @property
    def paces(self) -> dict[str, Pace]:
        """How long services take to start and to stop, by their key names; no time at all when nothing is said."""
        return self._control.processes.paces

    # The port

    def install(
        self,
        name: str,
        *,
        display_name: str,
        image_path: str,
        main: ServiceMain,
        bits: Bits = 64,
        start_type: StartType = StartType.AUTOMATIC,
        is_delayed: bool = False,
        depends_on: Sequence[str] = (),
        account: Account = SYSTEM,
        recovery: Recovery | None = None,
    ) -> None:
        """Register a service; an automatic one starts at once, and at every boot.

        What keeps it from starting is told on the timeline.

        Raises:
            MachineError: as `register` does.
        """
        config = ServiceConfig(
            name=name,
            display_name=display_name,
            start_type=start_type,
            is_delayed=is_delayed,
            image_path=image_path,
            object_name=object_name_of(account, self._machine.facts.name),
            depends_on=tuple(one for one in depends_on if not one.startswith("+")),
            groups_needed=tuple(one[1:] for one in depends_on if one.startswith("+")),
        )
        service = self.register(config, recovery)
        self._control.processes.declared[folded(name)] = Declared(main=main, bits=bits, account=account)
        if start_type is StartType.AUTOMATIC and not self._machine.power.is_down:
            self._control.start_unattended(service)

    def query(self, name: str) -> ServiceInfo:
        """Return what is known of a service.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        service = self._control.get(name)
        config, process = service.config, service.process
        return ServiceInfo(
            name=config.name,
            display_name=config.display_name,
            state=service.state,
            start_type=config.start_type,
            is_delayed=config.is_delayed,
            image_path=config.image_path,
            account=self._control.processes.account_named(config),
            pid=process.info.pid if process and process.exit is None else 0,
            depends_on=(*config.depends_on, *(f"+{group}" for group in config.groups_needed)),
            exit_code=service.exit_code,
        )

    def names(self) -> Sequence[str]:
        """Return the key names of all services, without the drivers, sorted."""
        return self._control.database.win32_names()

    def start(self, name: str) -> None:
        """Start a service, and before it those it depends on.

        Raises:
            MachineError: 1060 when there is no such service, 1056 when it runs, 1058 when it is disabled, 1068 when one
                that it depends on cannot start, 1075 when there is none of that name, 1059 when it depends on itself,
                1072 when it is to be deleted, 1115 while the machine restarts; as starting a program does.
            NotEmulated: when nobody says what it does.
        """
        service = self._control.get(name)
        if service.state is not ServiceState.STOPPED:
            raise MachineError(1056, "an instance of the service is already running", name)
        self._control.bring_up(service, assumes=False)

    def stop(self, name: str) -> None:
        """Stop a service; its process ends where it waits.

        Raises:
            MachineError: 1060 when there is no such service, 1062 when it does not run, 1061 while it starts or stops,
                1051 when others that run depend on it, 1052 or 5 for one that Windows needs.
        """
        service = self._control.get(name)
        if service.state is ServiceState.STOPPED:
            raise MachineError(1062, "the service has not been started", name)
        if service.state is not ServiceState.RUNNING:
            raise MachineError(1061, "the service cannot accept control messages at this time", name)
        if service.config.is_driver and service.config.start_type < StartType.AUTOMATIC:
            raise MachineError(1052, "the requested control is not valid for this service", name)
        check_can_be_stopped(name)
        if needed_by := ", ".join(one.name for one in self._control.dependents(service)):
            raise MachineError(1051, f"a stop control has been sent to a service that {needed_by} depends on", name)
        self._control.stop(service)

    def restart(self, name: str) -> None:
        """Stop a service if it runs, and start it, when it has stopped.

        Raises:
            MachineError: as `stop` and `start` do.
        """
        service = self._control.get(name)
        if service.is_running:
            self.stop(name)
        if service.state is ServiceState.STOP_PENDING:
            self._machine.clock.spawn_apart(self._control.start_when_stopped(service), name=f"the restart of {name}")
        else:
            self.start(name)

    def delete(self, name: str) -> None:
        """Remove a service; one that runs goes when it stops (until then it is marked, 1072).

        Raises:
            MachineError: 1060 when there is no such service, 1072 when it is marked already.
        """
        service = self._control.get(name)
        self._control.check_is_not_marked(service)
        if service.state is ServiceState.STOPPED:
            self._control.forget(service)
        else:
            self._control.database.mark(service)
            service.config = replace(service.config, start_type=StartType.DISABLED)

    # More of what Windows can do

    def get(self, name: str) -> Service:
        """Return a service or driver.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        return self._control.get(name)

    def register(self, config: ServiceConfig, recovery: Recovery | None = None) -> Service:
        """Write a new service into the database, and do not start it.

        Raises:
            MachineError: 1073 when there is a service of that name, 1072 when it is to be deleted, 1078 when another
                one is shown under the same name, 123 for a name that cannot be, 87 for an empty image path.
        """
        name = config.name
        if not name.strip() or len(name) > _LONGEST_NAME or {"/", "\\"} & set(name):
            raise MachineError(123, "a service's name has 1 to 256 characters and no slashes", name)
        if not config.image_path.strip():
            raise MachineError(87, "a service needs the command line of its process", name)
        if self._control.database.config(name):
            self._control.check_is_not_marked(self._control.get(name))
            raise MachineError(1073, "the specified service already exists", name)
        if self._control.database.has_display_name(config.display_name):
            raise MachineError(
                1078, "the name is already in use as a service name or display name", config.display_name
            )
        self._control.database.write(config, recovery)
        return self._control.database.keep(Service(config))

    def configure(self, config: ServiceConfig, recovery: Recovery | None = None) -> None:
        """Change what the database says of a service, as `sc config` and `sc failure` do; one that runs goes on.

        Args:
            config: what is to be, made with `dataclasses.replace` from `get(name).config`.
            recovery: what is to be done about failures; None leaves that as it is.

        Raises:
            MachineError: 1060 when there is no such service, 1072 when it is to be deleted.
        """
        service = self._control.get(config.name)
        self._control.check_is_not_marked(service)
        service.config = config
        self._control.database.write(config, recovery)

    def take_out(self, name: str) -> Callable[[], None]:
        """Delete a service, and return what puts it back as it was, stopped unless it still runs.

        Raises:
            MachineError: as `delete` does.
        """
        service, control = self._control.get(name), self._control
        config, key = service.config, SERVICES.child(service.name)
        values = dict(self._machine.registry.values(key)) if self._machine.registry.exists(key) else {}
        declared = control.processes.declared.get(folded(name))
        self.delete(name)

        def put_back() -> None:
            for value_name, value in values.items():
                self._machine.registry.set(key, value_name, value)
            known = control.database.find(name)
            if known:
                self._machine.registry.delete_value(key, DELETE_FLAG)
                known.is_marked, known.config = False, config
                return
            control.database.keep(Service(config))
            if declared:
                control.processes.declared[folded(name)] = declared

        return put_back

    def dependents(self, name: str) -> Sequence[str]:
        """Return the names of the services that need this one and are not stopped (EnumDependentServices).

        Raises:
            MachineError: 1060 when there is no such service.
        """
        return [one.name for one in self._control.dependents(self._control.get(name))]

    def assume(self, name: str) -> None:
        """Start a service whatever it does: where nobody says that, it runs and does nothing, as the timeline tells.

        This is how installers start what they install.

        Raises:
            MachineError: as `start` does.
        """
        service = self._control.get(name)
        if service.state is not ServiceState.STOPPED:
            raise MachineError(1056, "an instance of the service is already running", name)
        self._control.bring_up(service, assumes=True)

    def uses(self, account: Account) -> bool:
        """Return whether a service runs as that account, so that its hive stays loaded."""
        return self._control.uses(account)

    # With the machine

    def start_automatic(self) -> None:
        """Read the database and start what starts with the machine, as booting does.

        Services start in the order of their load order groups, then of their names; those that a service needs start
        before it. Delayed ones follow two minutes later, one after the other. A machine that is new has been up for
        long, so that they run already.
        """
        self._boot.start_automatic()

    def shut_down(self) -> None:
        """Stop every service, as the end of a boot does, whatever they depend on."""
        self._boot.shut_down()
