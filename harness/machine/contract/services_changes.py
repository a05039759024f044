"""What every machine's service manager must do: services that need others, that go, that fail, and boots."""

from __future__ import annotations

from datetime import timedelta

from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.contract.servicework import NAME, OTHER, SERVICES, end_process, run, service, until
from harness.model.services import Recovery, RecoveryAction, ServiceState, StartType
from harness.model.windows import RegistryValue

_START = "learn.microsoft.com, StartService"
_CONTROL = "learn.microsoft.com, ControlService"
_DELETE = "learn.microsoft.com, DeleteService"
_FAILURE = "learn.microsoft.com, SERVICE_FAILURE_ACTIONS"
_DATABASE = 'learn.microsoft.com, "Database of Installed Services"'
_EDITING = 'technet.microsoft.com, "Start" below the Services key'
_AUTOMATIC = 'learn.microsoft.com, "Automatically Starting Services"'

_NEEDS = [Capability.SERVICES]
_SECOND = timedelta(seconds=1)


# Depending


@behaviour("services.depends.starts", source=_START, needs=_NEEDS)
def check_what_is_needed_is_started(machine: Examinee) -> None:
    """Starting a service starts those it depends on."""
    with service(machine, OTHER), service(machine, depends_on=[OTHER]):
        run(machine)
        expect(ServiceState.RUNNING, machine.services.query(OTHER).state)


@behaviour("services.depends.stop", source=_CONTROL, needs=_NEEDS)
def check_what_is_needed_is_not_stopped(machine: Examinee) -> None:
    """Stopping a service that another one that runs depends on is error 1051."""
    with service(machine, OTHER), service(machine, depends_on=[OTHER]):
        run(machine)
        with expect_error(1051):
            machine.services.stop(OTHER)


@behaviour("services.depends.missing", source=_START, needs=_NEEDS)
def check_a_missing_dependency(machine: Examinee) -> None:
    """Starting a service that depends on one that is not installed is error 1075."""
    with service(machine, depends_on=["ImeHarnessNobody"]), expect_error(1075):
        machine.services.start(NAME)


@behaviour("services.depends.disabled", source=_START, needs=_NEEDS)
def check_a_disabled_dependency(machine: Examinee) -> None:
    """Starting a service that depends on one that is disabled is error 1068, and 1058 for that one."""
    with service(machine, OTHER, start_type=StartType.DISABLED), service(machine, depends_on=[OTHER]):
        with expect_error(1068):
            machine.services.start(NAME)
        with expect_error(1058):
            machine.services.start(OTHER)


# Deleting


@behaviour("services.delete.stopped", source=_DELETE, needs=_NEEDS)
def check_a_stopped_service_goes_at_once(machine: Examinee) -> None:
    """Deleting a service that does not run removes it and its key."""
    with service(machine):
        machine.services.delete(NAME)
        with expect_error(1060):
            machine.services.query(NAME)
        expect(False, machine.registry.exists(SERVICES.child(NAME)))


@behaviour("services.delete.running", source=_DELETE, needs=_NEEDS)
def check_a_running_service_goes_when_it_stops(machine: Examinee) -> None:
    """A service that runs is marked when it is deleted, which a second time is error 1072, and goes when it stops."""
    with service(machine):
        run(machine)
        machine.services.delete(NAME)
        expect(ServiceState.RUNNING, machine.services.query(NAME).state)
        with expect_error(1072):
            machine.services.delete(NAME)
        machine.services.stop(NAME)
        machine.pass_time(_SECOND)
        with expect_error(1060):
            machine.services.query(NAME)


# Editing the registry


@behaviour("services.registry.start", source=_EDITING, needs=_NEEDS)
def check_the_start_type_is_not_read_again(machine: Examinee) -> None:
    """Writing another start type into the key changes nothing until the machine restarts."""
    with service(machine):
        machine.registry.set(SERVICES.child(NAME), "Start", RegistryValue.of(4))
        run(machine)
        expect(StartType.MANUAL, machine.services.query(NAME).start_type)


@behaviour("services.registry.new", source=_DATABASE, needs=_NEEDS)
def check_a_new_key_is_no_service_yet(machine: Examinee) -> None:
    """A key that somebody writes is no service before the machine restarts."""
    key = SERVICES.child(OTHER)
    for name, number in (("Type", 0x10), ("Start", 3), ("ErrorControl", 1)):
        machine.registry.set(key, name, RegistryValue.of(number))
    try:
        with expect_error(1060):
            machine.services.query(OTHER)
    finally:
        machine.registry.delete(key)


# Failing


@behaviour("services.failure.exit-code", source="winerror.h, ERROR_PROCESS_ABORTED; from memory", needs=_NEEDS)
def check_a_killed_service_has_failed(machine: Examinee) -> None:
    """A service whose process is ended from outside is stopped, with 1067 as exit code."""
    with service(machine):
        run(machine)
        end_process(machine)
        until(machine, ServiceState.STOPPED)
        expect(1067, machine.services.query(NAME).exit_code)


@behaviour("services.failure.restart", source=_FAILURE, needs=_NEEDS)
def check_a_failed_service_is_started_again(machine: Examinee) -> None:
    """A service that is to be restarted after its first failure runs again when the delay is over."""
    with service(machine, recovery=Recovery(actions=((RecoveryAction.RESTART_SERVICE, 3 * _SECOND),))):
        run(machine)
        before = machine.services.query(NAME).pid
        end_process(machine)
        until(machine, ServiceState.STOPPED)
        until(machine, ServiceState.RUNNING)
        expect(False, machine.services.query(NAME).pid == before)


@behaviour("services.failure.stop-is-none", source=_FAILURE, needs=_NEEDS)
def check_a_stop_is_no_failure(machine: Examinee) -> None:
    """A service that is told to stop is not started again."""
    with service(machine, recovery=Recovery(actions=((RecoveryAction.RESTART_SERVICE, _SECOND),))):
        run(machine)
        machine.services.stop(NAME)
        machine.pass_time(5 * _SECOND)
        expect(ServiceState.STOPPED, machine.services.query(NAME).state)


# Booting


@behaviour("services.boot.automatic", source=_AUTOMATIC, needs=[*_NEEDS, Capability.RESTART])
def check_automatic_services_start_with_the_machine(machine: Examinee) -> None:
    """After a restart an automatic service runs and one that is started by hand does not."""
    with service(machine, start_type=StartType.AUTOMATIC), service(machine, OTHER):
        machine.controls.restart()
        until(machine, ServiceState.RUNNING)
        expect(ServiceState.STOPPED, machine.services.query(OTHER).state)


@behaviour(
    "services.boot.delayed",
    source='Microsoft\'s performance team, "Startup Processes and Delayed Automatic Start"',
    needs=[*_NEEDS, Capability.RESTART],
)
def check_delayed_services_wait(machine: Examinee) -> None:
    """After a restart a delayed service starts later than the others."""
    with service(machine, start_type=StartType.AUTOMATIC, is_delayed=True):
        machine.controls.restart()
        expect(ServiceState.STOPPED, machine.services.query(NAME).state)
        machine.pass_time(timedelta(minutes=4))
        until(machine, ServiceState.RUNNING)


@behaviour("services.boot.registry", source=_EDITING, needs=[*_NEEDS, Capability.RESTART])
def check_the_registry_counts_at_a_boot(machine: Examinee) -> None:
    """A service whose key says that it is disabled does not start with the machine."""
    with service(machine, start_type=StartType.AUTOMATIC):
        machine.registry.set(SERVICES.child(NAME), "Start", RegistryValue.of(4))
        machine.controls.restart()
        info = machine.services.query(NAME)
        expect((StartType.DISABLED, ServiceState.STOPPED), (info.start_type, info.state))
