r"""Services: InstallServices, StartServices, StopServices and DeleteServices.

A service that a package starts runs whatever it does, as on Windows: when nobody says what it does, it does nothing,
and the timeline tells that this is assumed.

Source: learn.microsoft.com, "ServiceInstall Table", "ServiceControl Table", and the pages of the four actions; the
texts of 1920 to 1923 are those of "Windows Installer Error Messages". That an existing service of the name is
reconfigured, that the path is always quoted, and how the log names the operations, are from memory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from harness.emulator.msi.features import State
from harness.emulator.msi.formatted import NUL
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.emulator.serviceconfig import SERVICES, ServiceConfig
from harness.emulator.services import EmulatedServices
from harness.errors import MachineError, NotEmulated
from harness.formats.msidatabase import Row
from harness.model.services import ServiceState, StartType
from harness.model.windows import RegistryValue

__all__ = ["install_services", "start_services", "stop_services", "delete_services", "services_of"]

#: Bits of the Event column when a component comes; those when it goes are the same, four bits further.
_START, _STOP, _DELETE = 1, 2, 8
_AT_REMOVAL: Final = 4
_VITAL: Final = 0x8000
_KINDS: Final = 0x130
_WAIT: Final = timedelta(seconds=30)
_PRIVILEGES: Final = "Verify that you have sufficient privileges to"
_NOT_THERE, _RUNS_ALREADY, _NOT_STARTED = 1060, 1056, 1062


@dataclass(frozen=True, slots=True, kw_only=True)
class _Control:
    """A row of the ServiceControl table that has something to do."""

    name: str
    waits: bool


def install_services(session: Session, step: Step) -> None:
    """Register the services of components that are to be installed; they do not start yet.

    Raises:
        NotEmulated: for a driver, which Windows Installer does not support.
    """
    for row in session.rows("ServiceInstall"):
        component = session.component(row.text("Component_"), "ServiceInstall")
        if component.action is not State.LOCAL:
            continue
        if not row.number("ServiceType") & _KINDS:
            hint = "say with an installer file what the package does"
            raise NotEmulated("a driver in the MSI table 'ServiceInstall'", where=session.package_name, hint=hint)
        config = _config(session, row, session.file_path(component.key_path))
        description = "" if row.is_null("Description") else session.format(row.text("Description")).strip(NUL)
        text = (
            f"ServiceInstall(Name={config.name},DisplayName={config.display_name},ImagePath={config.image_path},"
            f"ServiceType={config.type},StartType={int(config.start_type)},ErrorControl={config.error_control})"
        )
        is_vital = bool(row.number("ErrorControl") & _VITAL)
        step.add(text, partial(_install, session, config, description, is_vital))


def start_services(session: Session, step: Step) -> None:
    """Start services, and wait until they run."""
    for control in _controls(session, _START):
        text = f"ServiceControl(,Name={control.name},Action=1,Wait={int(control.waits)},)"
        step.add(text, partial(_start, session, control), settles=partial(_wait_for_start, session, control))


def stop_services(session: Session, step: Step) -> None:
    """Stop services, and before them those that depend on them."""
    for control in _controls(session, _STOP):
        text = f"ServiceControl(,Name={control.name},Action=2,Wait={int(control.waits)},)"
        step.add(text, partial(_stop, session, control), settles=partial(_wait_for_stop, session, control))


def delete_services(session: Session, step: Step) -> None:
    """Stop and delete services."""
    for control in _controls(session, _DELETE):
        text = f"ServiceControl(,Name={control.name},Action=8,Wait={int(control.waits)},)"
        step.add(text, partial(_delete, session, control))


def services_of(session: Session) -> EmulatedServices:
    """Return the service manager; msiexec runs on emulated machines only, and does more than the port has."""
    services = session.machine.services
    assert isinstance(services, EmulatedServices)
    return services


# Reading the tables


def _controls(session: Session, event: int) -> list[_Control]:
    found = []
    for row in session.rows("ServiceControl"):
        component = session.component(row.text("Component_"), "ServiceControl")
        wanted = {State.LOCAL: event, State.ABSENT: event << _AT_REMOVAL}.get(component.action, 0)
        if row.number("Event") & wanted:
            found.append(_Control(name=session.format(row.text("Name")), waits=row.number("Wait", 1) != 0))
    return found


def _config(session: Session, row: Row, path: str) -> ServiceConfig:
    name, shown = session.format(row.text("Name")), session.format(row.text("DisplayName"))
    arguments = session.format(row.text("Arguments"))
    needs = [one for one in session.format(row.text("Dependencies")).split(NUL) if one]
    start = row.number("StartType")
    automatic = (int(StartType.AUTOMATIC), int(StartType.MANUAL), int(StartType.DISABLED))
    if start not in automatic:
        text = f"Invalid database tables: the service {name} has the start type {start}."
        raise InstallFailure(text, number=2725)
    return ServiceConfig(
        name=name,
        display_name=shown or name,
        type=row.number("ServiceType"),
        start_type=StartType(start),
        error_control=row.number("ErrorControl") & ~_VITAL,
        image_path=f'"{path}" {arguments}'.rstrip(),
        object_name=session.format(row.text("StartName")) or "LocalSystem",
        depends_on=tuple(one for one in needs if not one.startswith("+")),
        groups_needed=tuple(one[1:] for one in needs if one.startswith("+")),
        group=session.format(row.text("LoadOrderGroup")),
    )


# Doing it


def _install(session: Session, config: ServiceConfig, description: str, is_vital: bool, to: Transaction) -> None:  # noqa: FBT001 - what was planned
    services = services_of(session)
    try:
        _check_rights(session, config.name)
        try:
            known = services.get(config.name).config
        except MachineError:
            services.register(config)
            to.on_rollback(partial(_forget, services, config.name))
        else:
            services.configure(replace(config, is_delayed=known.is_delayed))
            to.on_rollback(partial(services.configure, known))
    except MachineError as error:
        if not is_vital:
            session.log.service(f"Service {config.name} is not installed: {error}", "w")
            return
        text = f"Service '{config.display_name}' ({config.name}) could not be installed. {_PRIVILEGES} install"
        raise InstallFailure(f"{text} system services.", number=1923) from error
    if description:
        to.set_value(SERVICES.child(config.name), "Description", RegistryValue.of(description))


def _start(session: Session, control: _Control, to: Transaction) -> None:
    services = services_of(session)
    try:
        _check_rights(session, control.name)
        services.assume(control.name)
    except MachineError as error:
        if error.winerror == _RUNS_ALREADY:
            return
        _may_fail(session, control, 1920, f"failed to start. {_PRIVILEGES} start", error)
    else:
        to.on_rollback(partial(_stop_again, services, control.name))


def _stop(session: Session, control: _Control, to: Transaction) -> None:
    services = services_of(session)
    try:
        _check_rights(session, control.name)
        _stop_all(services, control.name, to)
    except MachineError as error:
        _may_fail(session, control, 1921, f"could not be stopped. {_PRIVILEGES} stop", error)


def _stop_all(services: EmulatedServices, name: str, to: Transaction) -> None:
    """Stop a service that runs, and those that depend on it before; one that is not there is stopped enough."""
    try:
        dependents = services.dependents(name)
    except MachineError:
        return
    for one in dependents:
        _stop_all(services, one, to)
    try:
        services.stop(name)
    except MachineError as error:
        if error.winerror != _NOT_STARTED:
            raise
    else:
        to.on_rollback(partial(services.assume, name))


def _delete(session: Session, control: _Control, to: Transaction) -> None:
    services = services_of(session)
    try:
        _check_rights(session, control.name)
        _stop_all(services, control.name, to)
        to.on_rollback(services.take_out(control.name))
    except MachineError as error:
        if error.winerror != _NOT_THERE:
            text = f"Service '{control.name}' ({control.name}) could not be deleted. {_PRIVILEGES} remove"
            raise InstallFailure(f"{text} system services.", number=1922) from error


async def _wait_for_start(session: Session, control: _Control) -> None:
    await _settle(session, control)
    if control.waits and _state(session, control) is not ServiceState.RUNNING:
        cause = MachineError(_NOT_STARTED, "the service has not been started", control.name)
        _may_fail(session, control, 1920, f"failed to start. {_PRIVILEGES} start", cause)


async def _wait_for_stop(session: Session, control: _Control) -> None:
    await _settle(session, control)
    if control.waits and _state(session, control) not in (None, ServiceState.STOPPED):
        cause = MachineError(1053, "the service did not respond in a timely fashion", control.name)
        _may_fail(session, control, 1921, f"could not be stopped. {_PRIVILEGES} stop", cause)


async def _settle(session: Session, control: _Control) -> None:
    """Wait while a service starts or stops, for half a minute at most."""
    if control.waits and _state(session, control) in (ServiceState.START_PENDING, ServiceState.STOP_PENDING):
        await session.machine.clock.wait(services_of(session).get(control.name).settled, _WAIT)


def _state(session: Session, control: _Control) -> ServiceState | None:
    try:
        return services_of(session).get(control.name).state
    except MachineError:
        return None


def _may_fail(session: Session, control: _Control, number: int, what: str, error: MachineError) -> None:
    """End the installation, unless the row does not wait for what becomes of it."""
    if not control.waits:
        session.log.service(f"Service {control.name}: {error}", "w")
        return
    shown = control.name
    with suppress(MachineError):
        shown = services_of(session).get(control.name).display_name
    raise InstallFailure(f"Service '{shown}' ({control.name}) {what} system services.", number=number) from error


def _check_rights(session: Session, name: str) -> None:
    if not session.acting_token.has_all_rights:
        raise MachineError(5, f"access to the service manager is denied to {session.acting_token.account}", name)


def _forget(services: EmulatedServices, name: str) -> None:
    _stop_again(services, name)
    services.delete(name)


def _stop_again(services: EmulatedServices, name: str) -> None:
    with suppress(MachineError):
        services.stop(name)
