"""net.exe: services started and stopped by name, and the accounts of the computer shown.

Every failure ends with 2. Source: learn.microsoft.com, "net start", "net stop", "net user", "net localgroup"; captures
of Windows 10 and 11 for the texts, which go to the standard error stream when they are about a failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.emulator.services import Service
from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled, unanswered
from harness.emulator.tools.netaccounts import localgroup, user
from harness.emulator.tools.netfailures import net_failure, system_error
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.services import ServiceState

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["net"]

_UNMODELLED = (
    "accounts", "computer", "config", "continue", "file", "group", "pause", "print", "session", "share", "statistics",
    "time", "use", "view",
)  # fmt: skip
_USAGE = (
    "The syntax of this command is:",
    "",
    "NET",
    "    [ ACCOUNTS | COMPUTER | CONFIG | CONTINUE | FILE | GROUP | HELP |",
    "      HELPMSG | LOCALGROUP | PAUSE | SESSION | SHARE | START |",
    "      STATISTICS | STOP | TIME | USE | USER | VIEW ]",
    "",
)
_DENIED = 5
_NO_SERVICE, _ALREADY_STARTED, _NOT_STARTED = 2185, 2182, 3521
_NET_TEXTS: Mapping[int, str] = {
    2182: "The requested service has already been started.",
    2185: "The service name is invalid.",
    2186: "The service is not responding to the control function.",
    2221: "The user name could not be found.",
    2220: "The group name could not be found.",
    3521: "The *** service is not started.",
    3523: "The *** service could not be started.",
    3534: "The service did not report an error.",
}


async def net(run: ProgramRun) -> int:
    """Run one net.exe command line and return its exit code.

    Raises:
        NotEmulated: for the network, and for what would change accounts.
    """
    check_no_help(run)
    if not run.arguments:
        raise ToolFailure(1, *_USAGE)
    verb, rest = run.arguments[0].lower(), list(run.arguments[1:])
    match verb:
        case "start":
            return await _start(run, rest)
        case "stop":
            return await _stop(run, rest)
        case "user" | "users":
            return user(run, rest)
        case "localgroup":
            return localgroup(run, rest)
        case "helpmsg":
            return _help_message(run, rest)
        case _ if verb in _UNMODELLED:
            raise not_modelled(run, f"net {verb}")
        case _:
            raise ToolFailure(1, *_USAGE)


async def _start(run: ProgramRun, arguments: Sequence[str]) -> int:
    if not arguments:
        return _list_started(run)
    service = _find(run, arguments[0])
    shown = f"The {service.display_name} service"
    if not run.token.has_all_rights:
        raise system_error(_DENIED)
    if service.state is not ServiceState.STOPPED:
        raise net_failure("The requested service has already been started.", _ALREADY_STARTED)
    try:
        run.machine.services.assume(service.name)
    except MachineError as error:
        raise system_error(error.winerror) from error
    run.print(f"{shown} is starting.")
    await run.machine.clock.wait(service.settled)
    if not service.is_running:
        raise ToolFailure(2, f"{shown} could not be started.", "", *_why(service.exit_code), "")
    run.print(f"{shown} was started successfully.")
    run.print("")
    return 0


def _why(code: int) -> tuple[str, ...]:
    if not code:
        return ("The service did not report an error.", "", "More help is available by typing NET HELPMSG 3534.")
    return ("A system error has occurred.", "", f"System error {code} has occurred.", "", error_text(code))


async def _stop(run: ProgramRun, arguments: Sequence[str]) -> int:
    names = [one for one in arguments if one.lower() not in ("/y", "/n", "/yes", "/no")]
    if len(names) != 1:
        raise ToolFailure(1, "The syntax of this command is:", "", "NET STOP", "service", "")
    service = _find(run, names[0])
    shown = f"The {service.display_name} service"
    if not run.token.has_all_rights:
        raise system_error(_DENIED)
    if service.state is ServiceState.STOPPED:
        raise net_failure(f"{shown} is not started.", _NOT_STARTED)
    dependents = [run.machine.services.get(name) for name in _all_dependents(run, service.name)]
    if dependents and not _may_stop_all(run, arguments, service, dependents):
        return 2
    for one in [*dependents, service]:
        await _stop_one(run, one)
    return 0


def _all_dependents(run: ProgramRun, name: str) -> list[str]:
    """Return what needs a service and runs, those that are needed by others last."""
    found: list[str] = []
    for one in run.machine.services.dependents(name):
        found += [other for other in [*_all_dependents(run, one), one] if other not in found]
    return found


def _may_stop_all(run: ProgramRun, arguments: Sequence[str], service: Service, dependents: Sequence[Service]) -> bool:
    run.print(f"The following services are dependent on the {service.display_name} service.")
    run.print(f"Stopping the {service.display_name} service will also stop these services.")
    run.print("")
    for one in dependents:
        run.print(f"   {one.display_name}")
    run.print("")
    switches = {one.lower() for one in arguments}
    if switches & {"/y", "/yes"}:
        return True
    question = "Do you want to continue this operation? (Y/N) [N]: "
    run.write(question)
    answer = None if switches & {"/n", "/no"} else run.read_line()
    if answer is None and not switches & {"/n", "/no"}:
        raise unanswered(run, question, "/y")
    run.print("")
    return (answer or "").strip().upper() in ("Y", "YES")


async def _stop_one(run: ProgramRun, service: Service) -> None:
    shown = f"The {service.display_name} service"
    try:
        run.machine.services.stop(service.name)
    except MachineError as error:
        if error.winerror == 1052:  # noqa: PLR2004 - ERROR_INVALID_SERVICE_CONTROL
            text = "The requested pause, continue, or stop is not valid for this service."
            raise net_failure(text, 2191) from error
        raise system_error(error.winerror) from error
    run.print(f"{shown} is stopping.")
    if service.state is ServiceState.STOP_PENDING:
        await run.machine.clock.wait(service.settled)
    run.print(f"{shown} was stopped successfully.")
    run.print("")


def _find(run: ProgramRun, wanted: str) -> Service:
    """Return the service of a key name or display name.

    Raises:
        ToolFailure: when there is none.
    """
    services = run.machine.services
    try:
        return services.get(wanted)
    except MachineError:
        for name in services.names():
            if folded(services.query(name).display_name) == folded(wanted):
                return services.get(name)
    raise net_failure("The service name is invalid.", _NO_SERVICE)


def _list_started(run: ProgramRun) -> int:
    services = [run.machine.services.query(name) for name in run.machine.services.names()]
    run.print("These Windows services are started:")
    run.print("")
    for shown in sorted((one.display_name for one in services if one.state is ServiceState.RUNNING), key=folded):
        run.print(f"   {shown}")
    run.print("")
    run.print("The command completed successfully.")
    run.print("")
    return 0


def _help_message(run: ProgramRun, arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or not arguments[0].isdigit():
        raise ToolFailure(1, "The syntax of this command is:", "", "NET HELPMSG", "message#", "")
    code = int(arguments[0])
    text = _NET_TEXTS.get(code) or error_text(code)
    if text.startswith("Error "):
        raise not_modelled(run, f"the text of message {code}")
    run.print("")
    run.print(text)
    run.print("")
    return 0
