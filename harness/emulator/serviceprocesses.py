r"""Which process a service runs in, and what it does there.

What a service does is looked for in this order: the function it was installed with or that `services.mains` has for it;
nothing, for a service of Windows itself and for a driver; the program that `machine.programs` has for its file. Nobody
knows what any other does. Starting one by hand says so; at a boot, and from an installer, where Windows would start it
whatever it does, it runs and does nothing, and the timeline tells that this is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from harness.durations import parse_duration
from harness.emulator.accounts import account_of_service
from harness.emulator.baseline import lay_down_user
from harness.emulator.faults import Operation
from harness.emulator.lookup import Image, find_image
from harness.emulator.processes import EmulatedProcess
from harness.emulator.serviceconfig import SERVICES, ServiceConfig, config_of
from harness.emulator.windowsservices import is_of_windows, is_shared_program, physical_image
from harness.errors import MachineError, NotEmulated
from harness.formats.commandline import expand_environment
from harness.machine.clock import Signal
from harness.machine.ports import ServiceMain
from harness.model.commands import Command
from harness.model.names import folded
from harness.model.services import ServiceState
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, Account, Bits, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["Pace", "Declared", "Service", "ServiceProcesses", "NEVER_STARTED", "values_of"]

T = TypeVar("T")

_SYSTEM32 = r"C:\Windows\System32"
#: The exit code of a service that was not started since the boot (ERROR_SERVICE_NEVER_STARTED).
NEVER_STARTED = 1077
#: Accounts whose hives are always loaded.
_LASTING_HIVES = (SYSTEM.sid, LOCAL_SERVICE.sid, NETWORK_SERVICE.sid)
_X86_FOLDERS = ("C:\\PROGRAM FILES (X86)\\", "C:\\WINDOWS\\SYSWOW64\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a service takes to start and to stop; `"45 s"` or a `timedelta`.

    Attributes:
        starting: how long it is START_PENDING. None for a program that never tells the service manager that it is
            there, as one that was not written as a service: it is ended after 30 s (error 1053).
        stopping: how long it is STOP_PENDING.
    """

    starting: timedelta | str | None = timedelta()
    stopping: timedelta | str = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a service does, as whoever installed it said: the function, the width of its process and its account."""

    main: ServiceMain
    bits: Bits
    account: Account


class Service:
    """A service in the database of the service control manager.

    Attributes:
        config: what its key said when the database was read, and what was changed through the manager since.
        state: what it is doing.
        exit_code: how it last ended; 1077 when it was not started since the boot.
        process: the process it runs in, or ran in last; None for one that did not run, and for a driver.
        is_assumed: whether it runs without anybody having said what it does.
        is_marked: whether it is to be deleted when it stops.
        settled: set when it neither starts nor stops.
        failures: how often it ended without having been told to, since the boot or since that was forgotten.
        failed_at: when it last did, in the clock's monotonic time.
        is_hosted: whether it runs in a process of Windows' own, with others.
        verdict: why the service manager ended its process; None when it did not.
        is_quiet: whether the timeline is to say nothing of it.
    """

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config
        self.state = ServiceState.STOPPED
        self.exit_code = NEVER_STARTED
        self.process: EmulatedProcess | None = None
        self.is_assumed = False
        self.is_marked = False
        self.settled = Signal()
        self.failures = 0
        self.failed_at: timedelta | None = None
        self.is_hosted = False
        self.verdict: int | None = None
        self.is_quiet = False

    @property
    def name(self) -> str:
        """Its key name, for example `IntuneManagementExtension`."""
        return self.config.name

    @property
    def display_name(self) -> str:
        """The name people see."""
        return self.config.display_name

    @property
    def is_running(self) -> bool:
        """Whether it has started and not been told to stop."""
        return self.state is ServiceState.RUNNING

    @property
    def own_process(self) -> EmulatedProcess | None:
        """The process that lives for this service alone; None when there is none, or not any more."""
        is_there = self.process is not None and self.process.exit is None
        return self.process if is_there and not self.is_hosted else None


class ServiceProcesses:
    """How services of one machine get their processes.

    Attributes:
        mains: what services do, by their names: `mains["ContosoSvc"] = async def ...`.
        paces: how long services take to start and stop, by their names.
        declared: what the services do that were installed with a function, by folded name.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.mains: dict[str, ServiceMain] = {}
        self.paces: dict[str, Pace] = {}
        self.declared: dict[str, Declared] = {}
        self._machine = machine

    def pace_of(self, service: Service) -> Pace:
        """Return how long a service takes to start and stop."""
        return _of(self.paces, service.name) or Pace()

    def account_of(self, config: ServiceConfig) -> Account:
        """Return who a service runs as.

        Raises:
            MachineError: 1069 when the key names nobody.
        """
        declared = self.declared.get(folded(config.name))
        account = account_of_service(config.object_name, self._machine.facts.name)
        if declared and folded(declared.account.name) == folded(account.name):
            return declared.account
        return account

    def account_named(self, config: ServiceConfig) -> Account:
        """Return who a service is to run as, also when it can be nobody: that one has the identifier of nobody."""
        try:
            return self.account_of(config)
        except MachineError:
            return Account(name=config.object_name, domain="", sid="S-1-0-0", profile="")

    def host_of(self, config: ServiceConfig, gone: EmulatedProcess | None = None) -> EmulatedProcess | None:
        """Return the process of Windows' own that a service of Windows runs in, if it is there; or has just gone."""
        image = folded(physical_image(config.image_path))
        sid = account_of_service(config.object_name, self._machine.facts.name).sid
        table = self._machine.processes
        candidates = [table.get(info.pid) for info in table.running(image.rpartition("\\")[2])]
        for process in [gone, *candidates]:
            if process is None or folded(process.info.image_path) != image:
                continue
            is_account = not image.endswith("\\SVCHOST.EXE") or process.info.account.sid == sid
            if is_account and not process.info.session_id:
                return process
        return None

    def launch(self, service: Service, *, assumes: bool, on_running: Callable[[], None]) -> None:
        """Give a service its process; a driver has none.

        Args:
            service: which one.
            assumes: whether it may run when nobody says what it does.
            on_running: is called when it has started, which may be at once.

        Raises:
            MachineError: as starting a program does; 1069 when the account is nobody's, 2 when the key is gone.
            NotEmulated: when nobody says what it does.
        """
        service.is_hosted, service.verdict, service.process = False, None, None
        # Which program, and as whom, is read when the service starts (learn.microsoft.com, "Service Startup").
        written = config_of(service.name, values_of(self._machine, service.name))
        if written is None or not (written.image_path or written.is_driver):
            raise MachineError(
                2, "the system cannot find the file specified, the service's key names none", service.name
            )
        service.config = replace(service.config, image_path=written.image_path, object_name=written.object_name)
        if written.is_driver:
            on_running()
            return
        account = self.account_of(service.config)
        declared = self.declared.get(folded(service.name))
        main = _of(self.mains, service.name) or (declared.main if declared else None)
        command = self._command(written.image_path, account)
        if main is not None:
            self._load_profile(account)
            self._host(service, command, self._image(command, declared.bits if declared else None), main, on_running)
        elif is_of_windows(written.image_path):
            self._of_windows(service, command, on_running)
        else:
            self._load_profile(account)
            self._known_or_assumed(service, command, assumes=assumes, on_running=on_running)

    # The kinds of services

    def _of_windows(self, service: Service, command: Command, on_running: Callable[[], None]) -> None:
        host = self.host_of(service.config) if is_shared_program(service.config.image_path) else None
        if host is None:
            self._host(service, command, self._image(command, None), self._idle, on_running)
            return
        service.process, service.is_hosted = host, True
        on_running()

    def _known_or_assumed(
        self, service: Service, command: Command, *, assumes: bool, on_running: Callable[[], None]
    ) -> None:
        machine = self._machine
        environment = machine.environment(command.account, self._native_bits)
        image = find_image(command, files=machine.files, facts=machine.facts, environment=environment)
        if machine.programs.find(image.path):
            service.process = machine.processes.start(command)
            self._when_started(service, on_running)
            return
        if not assumes and not service.is_assumed:
            raise NotEmulated(
                f"what the service {service.name!r} does ({image.path})",
                where=command.command_line,
                hint=f"say it with `machine.services.mains[{service.name!r}] = main`, an `async def main()`, or give "
                f"its file a program: `machine.programs[{image.path!r}] = ...`",
            )
        if not service.is_assumed:
            service.is_assumed = True
            text = f"the service {service.display_name} runs and does nothing: nobody says what it does"
            machine.timeline.add(Lane.SERVICE, "service assumed", text, name=service.name, image_path=image.path)
        self._host(service, command, image, self._idle, on_running)

    def _host(
        self, service: Service, command: Command, image: Image, main: ServiceMain, on_running: Callable[[], None]
    ) -> None:
        """Run a function of ours as the service's process, once it has started."""
        has_started = Signal()

        async def work() -> int:
            await self._machine.clock.wait(has_started)
            await main()
            return 0

        def begin() -> None:
            has_started.set()
            on_running()

        if self._machine.faults:
            self._machine.faults.strike(Operation.START_PROCESS, image.path)
        service.process = self._machine.processes.host(command, image, work)
        self._when_started(service, begin)

    def _when_started(self, service: Service, on_running: Callable[[], None]) -> None:
        """Call a function when a service has started, as its pace says; never for one that does not say so."""
        pace, process = self.pace_of(service).starting, service.process
        starting = None if pace is None else parse_duration(pace)

        async def wait() -> None:
            await self._machine.clock.sleep(starting or timedelta())
            if service.process is process and process is not None and process.exit is None:
                on_running()

        if starting == timedelta():
            on_running()
        elif starting is not None:
            self._machine.clock.spawn_apart(wait(), name=f"the start of {service.name}")

    async def _idle(self) -> None:
        await self._machine.clock.wait(Signal())

    # Parts

    @property
    def _native_bits(self) -> Bits:
        return self._machine.processes.native_bits

    def _command(self, image_path: str, account: Account) -> Command:
        manager = self._machine.processes.running("services.exe")
        environment = self._machine.environment(account, self._native_bits) if "%" in image_path else {}
        return Command(
            command_line=expand_environment(image_path, environment),
            working_directory=_SYSTEM32,
            account=account,
            parent_bits=self._native_bits,
            parent_pid=manager[0].pid if manager else 0,
            is_elevated=account.is_administrator,
        )

    def _image(self, command: Command, bits: Bits | None) -> Image:
        path = physical_image(command.command_line)
        is_x86 = folded(path).startswith(_X86_FOLDERS)
        natural: Bits = 32 if is_x86 else self._native_bits
        return Image(path=path, bits=min(bits or natural, self._native_bits), is_program=True)

    def unload_profile(self, account: Account) -> None:
        """Unload the hive of an account that no service runs as any more, unless the user is signed in."""
        sessions = self._machine.sessions.signed_in()
        if account.sid not in _LASTING_HIVES and all(session.account.sid != account.sid for session in sessions):
            self._machine.registry.unload_user(account.sid)

    def _load_profile(self, account: Account) -> None:
        """Load the hive of a service's account, as logging it on does; those of Windows are there always."""
        if account.sid not in _LASTING_HIVES:
            lay_down_user(self._machine.registry, self._machine.files, account)


def values_of(machine: EmulatedMachine, name: str) -> dict[str, tuple[str, RegistryValue]]:
    """Return what the key of a service holds now, by folded name; nothing when it is not there."""
    path = SERVICES.child(name)
    if not machine.registry.exists(path):
        return {}
    return {folded(value_name): (value_name, value) for value_name, value in machine.registry.values(path).items()}


def _of(table: Mapping[str, T], name: str) -> T | None:
    """Return what a table says about a name, without regard to case."""
    return next((value for known, value in table.items() if folded(known) == folded(name)), None)
