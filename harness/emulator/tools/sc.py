"""sc.exe: services queried, started, stopped, made, changed and deleted.

A service that is started and of which nobody says what it does runs and does nothing, as when an installer starts it;
the timeline tells (`service assumed`).

Source: learn.microsoft.com, "sc.exe query", "sc.exe create", "sc.exe config" and the pages of its other verbs; ss64.com
for the rest. That an option may follow its `=` without a blank is so since Windows 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.emulator.serviceconfig import SERVICES, recovery_of
from harness.emulator.services import Service
from harness.emulator.tools.failures import check_no_help, not_modelled
from harness.emulator.tools.scchanges import change, change_recovery, create, describe, set_number
from harness.emulator.tools.scwords import bad_usage, config_lines, failed, recovery_lines, status_lines
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.services import ServiceState

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["sc"]

_DENIED, _NO_SERVICE = 5, 1060
_UNMODELLED = (
    "boot", "continue", "control", "interrogate", "lock", "managedaccount", "pause", "preferrednode", "privs",
    "qmanagedaccount", "qpreferrednode", "qprivs", "qprotection", "qrunlevel", "qsidtype", "qtriggerinfo", "querylock",
    "quserservice", "qfailureflag", "sdset", "sdshow", "showsid", "triggerinfo", "enumdepend",
)  # fmt: skip


async def sc(run: ProgramRun) -> int:
    """Run one sc.exe command line and return its exit code, which is the number of the error if there is one.

    Raises:
        NotEmulated: for what the services of the machine do not have: security, triggers, pausing.
    """
    check_no_help(run)
    arguments = list(run.arguments)
    if not arguments:
        raise bad_usage()
    if arguments[0].startswith("\\\\"):
        raise not_modelled(run, "the services of another computer", "leave the computer's name out")
    verb, rest = arguments[0].lower(), arguments[1:]
    if verb in _UNMODELLED:
        raise not_modelled(run, f"sc {verb}")
    action = _VERBS.get(verb)
    if action is None:
        raise bad_usage("", "ERROR:  Unrecognized command")
    action(run, rest)
    return 0


# Looking


def _query(run: ProgramRun, arguments: Sequence[str], *, is_extended: bool = False) -> None:
    if arguments and "=" not in arguments[0]:
        name = arguments[0]
        try:
            info = run.machine.services.query(name)
        except MachineError as error:
            raise failed("EnumQueryServicesStatus:OpenService", error) from error
        type_ = run.machine.services.get(name).config.type
        _print(run, status_lines(info, type_, heading=f"SERVICE_NAME: {name} ", is_extended=is_extended))
        return
    options = _enumeration(run, arguments)
    wanted = {"active": (False, True), "inactive": (True, False), "all": (True, True)}[options["state"]]
    for name in sorted(run.machine.services.names(), key=str.lower):
        info = run.machine.services.query(name)
        if wanted[info.state is not ServiceState.STOPPED]:
            heading = f"SERVICE_NAME: {name}\nDISPLAY_NAME: {info.display_name}"
            type_ = run.machine.services.get(name).config.type
            _print(run, status_lines(info, type_, heading=heading, is_extended=is_extended))


def _enumeration(run: ProgramRun, arguments: Sequence[str]) -> Mapping[str, str]:
    words = [part for word in arguments for part in word.replace("=", "= ").split()]
    if len(words) % 2 or not all(name.endswith("=") for name in words[::2]):
        raise bad_usage("query", "ERROR:  Invalid Option")
    options = {name[:-1].lower(): value.lower() for name, value in zip(words[::2], words[1::2], strict=True)}
    if not options.keys() <= {"type", "state", "bufsize", "ri", "group"}:
        raise bad_usage("query", "ERROR:  Invalid Option")
    if options.get("type", "service") != "service" or "group" in options:
        raise not_modelled(run, "the list of drivers, user services or groups (sc query type= and group=)")
    options.setdefault("state", "active")
    if options["state"] not in ("active", "inactive", "all"):
        raise bad_usage("query", "ERROR:  Invalid Option")
    return options


def _config(run: ProgramRun, arguments: Sequence[str]) -> None:
    _print(run, config_lines(run, _opened(run, _name(arguments, "query")).config))


def _failure_query(run: ProgramRun, arguments: Sequence[str]) -> None:
    service = _opened(run, _name(arguments, "query"))
    values = run.machine.registry.values(SERVICES.child(service.name))
    known = {folded(name): (name, value) for name, value in values.items()}
    _print(run, recovery_lines(service.name, recovery_of(known)))


def _description_query(run: ProgramRun, arguments: Sequence[str]) -> None:
    service = _opened(run, _name(arguments, "query"))
    value = run.machine.registry.get(SERVICES.child(service.name), "Description")
    text = value.data if value and isinstance(value.data, str) else ""
    _print(run, ["[SC] QueryServiceConfig2 SUCCESS", "", f"SERVICE_NAME: {service.name}", f"DESCRIPTION:  {text}"])


def _display_name(run: ProgramRun, arguments: Sequence[str]) -> None:
    try:
        info = run.machine.services.query(_name(arguments, "query"))
    except MachineError as error:
        raise failed("GetServiceDisplayName", error) from error
    _print(run, ["[SC] GetServiceDisplayName SUCCESS", f"Name = {info.display_name}"])


def _key_name(run: ProgramRun, arguments: Sequence[str]) -> None:
    wanted = folded(_name(arguments, "query"))
    for name in run.machine.services.names():
        if folded(run.machine.services.query(name).display_name) == wanted:
            _print(run, ["[SC] GetServiceKeyName SUCCESS", f"Name = {name}"])
            return
    raise failed("GetServiceKeyName", _NO_SERVICE)


# Doing


def _start(run: ProgramRun, arguments: Sequence[str]) -> None:
    name = _name(arguments, "start")
    _check_access(run, name, "StartService: OpenService")
    try:
        run.machine.services.assume(name)
    except MachineError as error:
        raise failed("StartService", error) from error
    info = run.machine.services.query(name)
    type_ = run.machine.services.get(name).config.type
    _print(run, status_lines(info, type_, heading=f"SERVICE_NAME: {name} ", is_extended=True))


def _stop(run: ProgramRun, arguments: Sequence[str]) -> None:
    name = _name(arguments, "stop")
    _check_access(run, name, "OpenService")
    info, service = run.machine.services.query(name), run.machine.services.get(name)
    try:
        run.machine.services.stop(name)
    except MachineError as error:
        raise failed("ControlService", error) from error
    stopped = replace(info, state=service.state, exit_code=service.exit_code)  # one that was to be deleted is gone now
    _print(run, status_lines(stopped, service.config.type, heading=f"SERVICE_NAME: {name} "))


def _delete(run: ProgramRun, arguments: Sequence[str]) -> None:
    name = _name(arguments, "delete")
    _check_access(run, name, "OpenService")
    try:
        run.machine.services.delete(name)
    except MachineError as error:
        raise failed("DeleteService", error) from error
    run.print("[SC] DeleteService SUCCESS")


def _changing(verb: str, doing: Callable[[ProgramRun, str, Sequence[str]], str]) -> Callable[..., None]:
    def action(run: ProgramRun, arguments: Sequence[str]) -> None:
        name = _name(arguments, verb)
        if verb == "create":
            if not run.token.has_all_rights:
                raise failed("OpenSCManager", _DENIED)
        else:
            _check_access(run, name, "OpenService")
        run.print(f"[SC] {doing(run, name, arguments[1:])} SUCCESS")

    return action


def _number(value_name: str, words: Mapping[str, int]) -> Callable[..., None]:
    def doing(run: ProgramRun, name: str, arguments: Sequence[str]) -> str:
        if len(arguments) != 1 or arguments[0].lower() not in words:
            raise bad_usage()
        return set_number(run, name, value_name, words[arguments[0].lower()])

    return _changing("config", doing)


def _name(arguments: Sequence[str], verb: str) -> str:
    if not arguments:
        raise bad_usage(verb)
    return arguments[0]


def _check_access(run: ProgramRun, name: str, doing: str) -> None:
    """Make sure that there is such a service, and that the process may do more than look at it.

    Raises:
        ToolFailure: 1060 or 5.
    """
    try:
        run.machine.services.query(name)
    except MachineError as error:
        raise failed(doing, error) from error
    if not run.token.has_all_rights:
        raise failed(doing, _DENIED)


def _opened(run: ProgramRun, name: str) -> Service:
    try:
        return run.machine.services.get(name)
    except MachineError as error:
        raise failed("OpenService", error) from error


def _print(run: ProgramRun, lines: Iterable[str]) -> None:
    for line in lines:
        run.print(line)


_VERBS: Mapping[str, Callable[..., None]] = {
    "query": _query,
    "queryex": lambda run, arguments: _query(run, arguments, is_extended=True),
    "qc": _config,
    "qfailure": _failure_query,
    "qdescription": _description_query,
    "getdisplayname": _display_name,
    "getkeyname": _key_name,
    "start": _start,
    "stop": _stop,
    "delete": _delete,
    "create": _changing("create", create),
    "config": _changing("config", change),
    "failure": _changing("failure", change_recovery),
    "description": _changing("description", describe),
    "failureflag": _number("FailureActionsOnNonCrashFailures", {"0": 0, "1": 1}),
    "sidtype": _number("ServiceSidType", {"none": 0, "unrestricted": 1, "restricted": 3}),
}
