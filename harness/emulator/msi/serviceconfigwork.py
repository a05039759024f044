r"""What a package says about services beyond ServiceInstall: MsiConfigureServices.

Source: learn.microsoft.com, "MsiServiceConfig Table", "MsiServiceConfigFailureActions Table",
ChangeServiceConfig2; the names of the values that services keep it in are from memory. Privileges, the kind of SID and
the time before a shutdown are written down and have no effect here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from harness.emulator.msi.features import State
from harness.emulator.msi.formatted import NUL
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.servicework import services_of
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.emulator.serviceconfig import SERVICES, recovery_values
from harness.errors import MachineError
from harness.formats.msidatabase import Row
from harness.model.services import Recovery, RecoveryAction
from harness.model.windows import RegistryType, RegistryValue

__all__ = ["configure_services"]

_INSTALL, _UNINSTALL, _REINSTALL = 1, 2, 4
_DELAYED, _FAILURE_FLAG, _SID, _PRIVILEGES, _PRESHUTDOWN = 3, 4, 5, 6, 7
_NUMBERS: Final = {
    _FAILURE_FLAG: "FailureActionsOnNonCrashFailures",
    _SID: "ServiceSidType",
    _PRESHUTDOWN: "PreshutdownTimeout",
}
_PRESHUTDOWN_DEFAULT: Final = "180000"
_ACTIONS: Final = {
    "0": RecoveryAction.NONE,
    "1": RecoveryAction.RESTART_SERVICE,
    "2": RecoveryAction.RESTART_COMPUTER,
    "3": RecoveryAction.RUN_COMMAND,
}

_Change = Callable[[Transaction], None]


def configure_services(session: Session, step: Step) -> None:
    """Plan what the two tables say about services, this package's or others."""
    for row in session.rows("MsiServiceConfig"):
        if _concerns(session, row, "MsiServiceConfig"):
            name, kind = session.format(row.text("Name")), row.number("ConfigType")
            argument = session.format(row.text("Argument"))
            change = _setting(session, name, kind, argument)
            step.add(f"ServiceConfigure(Name={name},ConfigType={kind})", partial(_change, name, change))
    for row in session.rows("MsiServiceConfigFailureActions"):
        if _concerns(session, row, "MsiServiceConfigFailureActions"):
            name = session.format(row.text("Name"))
            values = _failure_values(session, name, row)
            change = partial(_set_all, session, name, values)
            step.add(f"ServiceConfigure(Name={name})", partial(_change, name, change))


def _concerns(session: Session, row: Row, table: str) -> bool:
    component = session.component(row.text("Component_"), table)
    event = row.number("Event")
    if component.action is State.ABSENT:
        return bool(event & _UNINSTALL)
    wanted = _REINSTALL if component.installed is State.LOCAL else _INSTALL
    return component.action is State.LOCAL and bool(event & wanted)


def _setting(session: Session, name: str, kind: int, argument: str) -> _Change:
    if kind == _PRIVILEGES:
        privileges = tuple(one for one in argument.split(NUL) if one)
        value = RegistryValue(RegistryType.REG_MULTI_SZ, privileges)
        return partial(_set_all, session, name, {"RequiredPrivileges": value})
    argument = argument or (_PRESHUTDOWN_DEFAULT if kind == _PRESHUTDOWN else "")
    if not argument.isdecimal() or int(argument) >= 2**32 or kind not in (_DELAYED, *_NUMBERS):
        message = f"Invalid database tables: MsiServiceConfig says {kind} and '{argument}' of the service {name}."
        raise InstallFailure(message, number=2725)
    if kind == _DELAYED:
        return partial(_delay, session, name, argument != "0")
    return partial(_set_all, session, name, {_NUMBERS[kind]: RegistryValue.of(int(argument))})


def _failure_values(session: Session, name: str, row: Row) -> dict[str, RegistryValue]:
    actions = _texts(session.format(row.text("Actions")))
    delays = _texts(session.format(row.text("DelayActions")))
    is_sound = len(actions) == len(delays) and set(actions) <= set(_ACTIONS) and all(one.isdecimal() for one in delays)
    if not is_sound or any(int(one) >= 2**32 for one in delays):
        message = f"Invalid database tables: the failure actions of the service {name} do not fit their delays."
        raise InstallFailure(message, number=2725)
    command, message = (session.format(row.text(column)) for column in ("Command", "RebootMessage"))
    recovery = Recovery(
        actions=tuple(
            (_ACTIONS[action], timedelta(milliseconds=int(delay)))
            for action, delay in zip(actions, delays, strict=True)
        ),
        reset_after=None if row.is_null("ResetPeriod") else timedelta(seconds=max(row.number("ResetPeriod"), 0)),
    )
    values = recovery_values(recovery) if recovery.actions else {}
    texts = {"FailureCommand": command, "RebootMessage": message}
    return {**values, **{value: RegistryValue.of(text.strip(NUL)) for value, text in texts.items() if text}}


def _texts(text: str) -> list[str]:
    return [one for one in text.split(NUL) if one]


def _change(name: str, change: _Change, to: Transaction) -> None:
    try:
        change(to)
    except MachineError as error:
        text = f"Service '{name}' ({name}) could not be configured."
        raise InstallFailure(f"{text} System error {error.winerror}.", number=1939) from error


def _delay(session: Session, name: str, is_delayed: bool, to: Transaction) -> None:  # noqa: FBT001 - what was planned
    services = services_of(session)
    before = services.get(name).config
    services.configure(replace(before, is_delayed=is_delayed))
    to.on_rollback(partial(services.configure, before))


def _set_all(session: Session, name: str, values: dict[str, RegistryValue], to: Transaction) -> None:
    services_of(session).get(name)
    for value_name, value in values.items():
        to.set_value(SERVICES.child(name), value_name, value)
