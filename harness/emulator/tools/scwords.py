"""What `sc.exe` says: states, configurations, and how it refuses. All of it goes to the standard output.

Source: captures of `sc qc` and `sc qfailure` on Windows 10 and 11, the rest is from memory; winsvc.h for the words.
Which services take notice of a shutdown is not known, so that those which can be stopped are said to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.emulator.serviceconfig import ServiceConfig
from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure
from harness.emulator.windowsservices import check_can_be_stopped
from harness.errors import MachineError
from harness.formats.commandline import expand_environment
from harness.model.services import Recovery, RecoveryAction, ServiceInfo, ServiceState, StartType

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["failed", "bad_usage", "status_lines", "config_lines", "recovery_lines", "BAD_COMMAND_LINE", "START_WORDS"]

#: ERROR_INVALID_COMMAND_LINE.
BAD_COMMAND_LINE = 1639

#: How the values of `start=` are called.
START_WORDS = {
    "boot": StartType.BOOT,
    "system": StartType.SYSTEM,
    "auto": StartType.AUTOMATIC,
    "demand": StartType.MANUAL,
    "disabled": StartType.DISABLED,
    "delayed-auto": StartType.AUTOMATIC,
}
_STARTS = {
    StartType.BOOT: "BOOT_START",
    StartType.SYSTEM: "SYSTEM_START",
    StartType.AUTOMATIC: "AUTO_START",
    StartType.MANUAL: "DEMAND_START",
    StartType.DISABLED: "DISABLED",
}
_TYPES = {
    0x1: "KERNEL_DRIVER",
    0x2: "FILE_SYSTEM_DRIVER",
    0x10: "WIN32_OWN_PROCESS",
    0x20: "WIN32_SHARE_PROCESS",
    0x30: "WIN32",
}
_INTERACTIVE = 0x100
_CONTROL = {0: "IGNORE", 1: "NORMAL", 2: "SEVERE", 3: "CRITICAL"}
_ACTIONS = {
    RecoveryAction.NONE: "NONE",
    RecoveryAction.RESTART_SERVICE: "RESTART",
    RecoveryAction.RESTART_COMPUTER: "REBOOT",
    RecoveryAction.RUN_COMMAND: "RUN PROCESS",
}
_FOREVER = 0xFFFFFFFF

_USAGES = {
    "": ("SC is a command line program used for communicating with the", "sc <server> [command] [service name] ..."),
    "query": ("Obtains and displays information about a service.", "sc <server> query [service name] <options>"),
    "start": ("Starts a service running.", "sc <server> start [service name] <arg1> <arg2> ..."),
    "stop": ("Sends a STOP control request to a service.", "sc <server> stop [service name] <reason> <comment>"),
    "config": (
        "Modifies a service entry in the registry and Service Database.",
        "sc <server> config [service name] <option1> <option2>...",
    ),
    "create": (
        "Creates a service entry in the registry and Service Database.",
        "sc <server> create [service name] [binPath= ] <option1> <option2>...",
    ),
    "delete": ("Deletes a service entry from the registry.", "sc <server> delete [service name]"),
    "description": (
        "Sets the description string for a service.",
        "sc <server> description [service name] [description]",
    ),
    "failure": ("Changes the actions upon failure", "sc <server> failure [service name] <option1> <option2>..."),
}


def failed(doing: str, error: MachineError | int) -> ToolFailure:
    """Return how `sc` ends when Windows refuses: with the error's number as its exit code.

    Args:
        doing: the function that failed, `OpenService`.
        error: why.
    """
    code = error if isinstance(error, int) else error.winerror
    return ToolFailure(code, stdout=(f"[SC] {doing} FAILED {code}:", "", error_text(code), ""))


def bad_usage(verb: str = "", text: str = "") -> ToolFailure:
    """Return how `sc` ends over its arguments: with its help, of which the first lines are kept here."""
    what, usage = _USAGES.get(verb, _USAGES[""])
    message = (text, "") if text else ()
    return ToolFailure(
        BAD_COMMAND_LINE, stdout=(*message, "DESCRIPTION:", f"        {what}", "USAGE:", f"        {usage}", "")
    )


def status_lines(info: ServiceInfo, type_: int, *, heading: str, is_extended: bool = False) -> Iterator[str]:
    """Return what `sc query` shows of a service.

    Args:
        info: the service.
        type_: the kind of service, as its key has it.
        heading: what stands above: one line or two.
        is_extended: whether the process is shown too, as `sc queryex` does.
    """
    yield ""
    yield from heading.split("\n")
    yield f"        TYPE               : {_type_words(type_)}"
    yield f"        STATE              : {int(info.state)}  {info.state.name} "
    if info.state is not ServiceState.STOPPED:
        yield " " * 32 + _controls(info)
    yield f"        WIN32_EXIT_CODE    : {info.exit_code}  (0x{info.exit_code:x})"
    yield "        SERVICE_EXIT_CODE  : 0  (0x0)"
    yield "        CHECKPOINT         : 0x0"
    yield "        WAIT_HINT          : 0x0"
    if is_extended:
        yield f"        PID                : {info.pid}"
        yield "        FLAGS              : "


def config_lines(run: ProgramRun, config: ServiceConfig) -> Iterator[str]:
    """Return what `sc qc` shows of a service."""
    delayed = "  (DELAYED)" if config.is_delayed and config.start_type is StartType.AUTOMATIC else ""
    path = expand_environment(config.image_path, run.machine.environment(run.token.account, run.info.bits))
    needs = (*config.depends_on, *(f"+{group}" for group in config.groups_needed))
    yield "[SC] QueryServiceConfig SUCCESS"
    yield ""
    yield f"SERVICE_NAME: {config.name}"
    yield f"        TYPE               : {_type_words(config.type)}"
    yield f"        START_TYPE         : {int(config.start_type)}   {_STARTS[config.start_type]}{delayed}"
    yield f"        ERROR_CONTROL      : {config.error_control}   {_CONTROL.get(config.error_control, '')}"
    yield f"        BINARY_PATH_NAME   : {path}"
    yield f"        LOAD_ORDER_GROUP   : {config.group}"
    yield "        TAG                : 0"
    yield f"        DISPLAY_NAME       : {config.display_name}"
    yield f"        DEPENDENCIES       : {needs[0] if needs else ''}"
    for name in needs[1:]:
        yield f"                           : {name}"
    yield f"        SERVICE_START_NAME : {'' if config.is_driver else config.object_name}"


def recovery_lines(name: str, recovery: Recovery | None) -> Iterator[str]:
    """Return what `sc qfailure` shows of a service."""
    reset = recovery.reset_after if recovery else None
    seconds = 0 if recovery is None else _FOREVER if reset is None else int(reset.total_seconds())
    yield "[SC] QueryServiceConfig2 SUCCESS"
    yield ""
    yield f"SERVICE_NAME: {name}"
    yield f"        RESET_PERIOD (in seconds)    : {seconds}"
    yield "        REBOOT_MESSAGE               : "
    yield f"        COMMAND_LINE                 : {recovery.command if recovery else ''}"
    label = "        FAILURE_ACTIONS              : "
    for action, delay in recovery.actions if recovery else ():
        yield f"{label}{_ACTIONS[action]} -- Delay = {int(delay.total_seconds() * 1000)} milliseconds."
        label = " " * len(label)


def _type_words(number: int) -> str:
    words = _TYPES.get(number & ~_INTERACTIVE, "ERROR")
    return f"{number:x}  {words}  (interactive)" if number & _INTERACTIVE else f"{number:x}  {words}  "


def _controls(info: ServiceInfo) -> str:
    if info.state is not ServiceState.RUNNING:
        return "(NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)"
    try:
        check_can_be_stopped(info.name)
    except MachineError:
        return "(NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)"
    return "(STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"
