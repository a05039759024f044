"""What every machine's service manager must do: Windows' own services, installing, starting and stopping."""

from __future__ import annotations

from datetime import timedelta

from harness.errors import MachineError
from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.contract.servicework import IMAGE, NAME, OTHER, SERVICES, run, service, until
from harness.machine.ports import Machine
from harness.model.names import folded
from harness.model.services import Recovery, RecoveryAction, ServiceState, StartType
from harness.model.windows import LOCAL_SERVICE, SYSTEM, RegistryValue

_START = "learn.microsoft.com, StartService"
_CONTROL = "learn.microsoft.com, ControlService"
_CREATE = "learn.microsoft.com, CreateService"
_FAILURE = "learn.microsoft.com, SERVICE_FAILURE_ACTIONS"
_DATABASE = 'learn.microsoft.com, "Database of Installed Services"'
_MEMORY = "from memory of Windows 10 and 11"

_NEEDS = [Capability.SERVICES]


# Services of Windows


@behaviour("services.windows.names", source=_MEMORY)
def check_windows_has_services(machine: Machine) -> None:
    """The services of Windows are listed under their key names, without the drivers."""
    names = {folded(name) for name in machine.services.names()}
    expect(True, {"RPCSS", "EVENTLOG", "MSISERVER", "SCHEDULE"} <= names)
    expect(False, "TCPIP" in names)


@behaviour("services.windows.running", source=_MEMORY)
def check_windows_servicesrun(machine: Machine) -> None:
    """The remote procedure call service runs, in a process of the service host."""
    info = machine.services.query("RpcSs")
    expect(ServiceState.RUNNING, info.state)
    names = [folded(row.name) for row in machine.processes.running() if row.pid == info.pid]
    expect(["SVCHOST.EXE"], names)


@behaviour("services.windows.installer", source=_MEMORY)
def check_windows_installer_is_aservice(machine: Machine) -> None:
    """Windows Installer is a service that is started on demand."""
    info = machine.services.query("MSISERVER")
    expect(("Windows Installer", StartType.MANUAL), (info.display_name, info.start_type))


@behaviour("services.windows.registry", source=_DATABASE)
def check_the_registry_tells_the_same(machine: Machine) -> None:
    """The key of a service says when it starts."""
    value = machine.registry.get(SERVICES.child("Schedule"), "Start")
    expect(RegistryValue.of(int(machine.services.query("Schedule").start_type)), value)


@behaviour("services.windows.cannot-stop", source=_MEMORY)
def check_windows_needs_some_services(machine: Machine) -> None:
    """The remote procedure call service refuses to stop, since others depend on it or it does not take the request."""
    try:
        machine.services.stop("RpcSs")
    except MachineError as error:
        expect(True, error.winerror in (1051, 1052))
    else:
        raise AssertionError("expected error 1051 or 1052, but it stopped")


@behaviour("services.missing", source="learn.microsoft.com, OpenService")
def check_a_service_that_is_not_there(machine: Machine) -> None:
    """Whatever is done with a service that is not installed is error 1060."""
    for action in (machine.services.query, machine.services.start, machine.services.stop, machine.services.delete):
        with expect_error(1060):
            action("ImeHarnessNobody")


# Installing


@behaviour("services.install.config", source=_CREATE, needs=_NEEDS)
def check_a_service_is_as_installed(machine: Examinee) -> None:
    """A new service is known by its configuration under any spelling of its name, and has never run (1077)."""
    with service(machine, is_delayed=False, depends_on=["RpcSs"], account=LOCAL_SERVICE):
        info = machine.services.query(NAME.upper())
        expect((NAME, f"{NAME} (exam)", IMAGE), (info.name, info.display_name, info.image_path))
        expect((StartType.MANUAL, ("RpcSs",)), (info.start_type, info.depends_on))
        expect(LOCAL_SERVICE.sid, info.account.sid)
        expect((ServiceState.STOPPED, 0, 1077), (info.state, info.pid, info.exit_code))


@behaviour("services.install.registry", source=_DATABASE, needs=_NEEDS)
def check_an_installed_service_has_a_key(machine: Examinee) -> None:
    """The configuration of a service is in its key; LocalService is written in one word."""
    with service(machine, depends_on=["RpcSs", "Tcpip"], account=LOCAL_SERVICE):
        values = machine.registry.values(SERVICES.child(NAME))
        expect((0x10, 3, 1), tuple(values[name].data for name in ("Type", "Start", "ErrorControl")))
        expect(IMAGE, values["ImagePath"].data)
        expect(r"NT AUTHORITY\LocalService", values["ObjectName"].data)
        expect(RegistryValue.of(("RpcSs", "Tcpip")), values["DependOnService"])


@behaviour("services.install.recovery", source=_FAILURE, needs=_NEEDS)
def check_recovery_is_in_the_key(machine: Examinee) -> None:
    """FailureActions holds the reset period in seconds, the number of actions, and pairs of action and milliseconds."""
    actions = ((RecoveryAction.RESTART_SERVICE, timedelta(minutes=1)),)
    with service(machine, recovery=Recovery(actions=actions, reset_after=timedelta(days=1))):
        value = machine.registry.get(SERVICES.child(NAME), "FailureActions")
        data = value.data if value and isinstance(value.data, bytes) else b""
        words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]
        expect((86_400, 1, 20, 1, 60_000), (words[0], words[3], words[4], words[5], words[6]))


@behaviour("services.install.twice", source=_CREATE, needs=_NEEDS)
def check_names_are_taken_once(machine: Examinee) -> None:
    """A second service of the same name in another spelling is error 1073."""
    with service(machine), expect_error(1073):
        machine.services.install(NAME.lower(), display_name="x", image_path=IMAGE, main=_nothing)


@behaviour("services.install.display-name", source=_CREATE, needs=_NEEDS)
def check_display_names_are_taken_once(machine: Examinee) -> None:
    """A service that is shown under the name of another one is error 1078."""
    with service(machine), expect_error(1078):
        machine.services.install(
            OTHER, display_name=f"{NAME} (EXAM)", image_path=IMAGE, main=_nothing, start_type=StartType.MANUAL
        )


@behaviour("services.install.name", source=_CREATE, needs=_NEEDS)
def check_names_hold_no_slashes(machine: Examinee) -> None:
    """A service whose name holds a slash is error 123."""
    for name in ("Ime/Harness", "Ime\\Harness"):
        with expect_error(123):
            machine.services.install(name, display_name=name, image_path=IMAGE, main=_nothing)


# Starting and stopping


@behaviour("services.start", source=_START, needs=_NEEDS)
def check_a_service_runs_in_a_process(machine: Examinee) -> None:
    """A service that runs has a process in session 0, and none when it has stopped."""
    with service(machine):
        run(machine)
        info = machine.services.query(NAME)
        rows = [row for row in machine.processes.running() if row.pid == info.pid]
        expect([(0, SYSTEM.sid)], [(row.session_id, row.account.sid) for row in rows])
        machine.services.stop(NAME)
        until(machine, ServiceState.STOPPED)
        expect((0, 0), (machine.services.query(NAME).pid, machine.services.query(NAME).exit_code))


@behaviour("services.start.parent", source=_MEMORY, needs=_NEEDS)
def check_the_service_manager_is_the_parent(machine: Examinee) -> None:
    """The process of a service is a child of services.exe."""
    with service(machine):
        run(machine)
        pid = machine.services.query(NAME).pid
        parents = [row.parent_pid for row in machine.processes.running() if row.pid == pid]
        expect(parents, [row.pid for row in machine.processes.running("services.exe")])


@behaviour("services.start.account", source=_CREATE, needs=_NEEDS)
def check_a_service_has_its_account(machine: Examinee) -> None:
    """A service runs as the account it was installed with."""
    with service(machine, account=LOCAL_SERVICE):
        run(machine)
        pid = machine.services.query(NAME).pid
        expect([LOCAL_SERVICE.sid], [row.account.sid for row in machine.processes.running() if row.pid == pid])


@behaviour("services.start.running", source=_START, needs=_NEEDS)
def check_a_running_service_is_not_started(machine: Examinee) -> None:
    """Starting a service that runs is error 1056."""
    with service(machine):
        run(machine)
        with expect_error(1056):
            machine.services.start(NAME)


@behaviour("services.start.disabled", source=_START, needs=_NEEDS)
def check_a_disabled_service_is_not_started(machine: Examinee) -> None:
    """Starting a service that is disabled is error 1058."""
    with service(machine, start_type=StartType.DISABLED), expect_error(1058):
        machine.services.start(NAME)


@behaviour("services.stop.stopped", source=_CONTROL, needs=_NEEDS)
def check_a_stopped_service_is_not_stopped(machine: Examinee) -> None:
    """Stopping a service that does not run is error 1062."""
    with service(machine), expect_error(1062):
        machine.services.stop(NAME)


@behaviour("services.restart", source=_CONTROL, needs=_NEEDS)
def check_a_restart_is_a_new_process(machine: Examinee) -> None:
    """A service that is restarted runs in another process."""
    with service(machine):
        run(machine)
        before = machine.services.query(NAME).pid
        machine.services.restart(NAME)
        until(machine, ServiceState.RUNNING)
        expect(False, machine.services.query(NAME).pid == before)


async def _nothing() -> None:
    """Be a service that ends at once."""
