"""shutdown.exe: restarts, shutdowns, sign-outs and hibernation, now or later, and called off.

Source: learn.microsoft.com, "shutdown"; winerror.h for 1115, 1116 and 1190, which are its exit codes; the texts are
from memory. Every user may do this on a client, on a server administrators (learn.microsoft.com, "Shut down the
system").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.emulator.shutdowns import ShutdownKind, ShutdownRequest
from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["shutdown"]

_ACTIONS = ("r", "g", "s", "sg", "a", "l", "h", "p")
_UNMODELLED = {"i": "its window", "e": "documenting an unexpected shutdown", "o": "the advanced boot menu",
               "fw": "the firmware's menu", "m": "another computer"}  # fmt: skip
_USAGE = (
    "Usage: shutdown.exe [/i | /l | /s | /sg | /r | /g | /a | /p | /h | /e | /o] [/hybrid] [/soft] [/fw] [/f]",
    r"    [/m \\computer][/t xxx][/d [p|u:]xx:yy [/c " + '"comment"]]',
)
_MOST_SECONDS = 315_360_000
_LONGEST_COMMENT = 512
_REASON = re.compile(r"(?:[pPuU]:)?(\d{1,3}):(\d{1,5})")
_LARGEST_MAJOR, _LARGEST_MINOR = 255, 65_535
_DENIED = 5


@dataclass(slots=True)
class _Request:
    """What the command line asks for."""

    action: str = ""
    seconds: int | None = None
    comment: str = ""
    reason: str = ""
    is_forced: bool = False
    is_hybrid: bool = False


async def shutdown(run: ProgramRun) -> int:
    """Run one shutdown.exe command line and return its exit code.

    Raises:
        NotEmulated: for its window, other computers, the boot menu and the firmware.
    """
    check_no_help(run)
    request = _read(run, run.arguments)
    if "Server" in run.machine.facts.release and not run.token.has_all_rights:
        raise _refused(_DENIED)
    try:
        match request.action:
            case "a":
                run.machine.power.cancel_restart()
            case "l":
                _sign_out(run)
            case "h":
                run.machine.power.hibernate()
            case _:
                _initiate(run, request)
    except MachineError as error:
        raise _refused(error.winerror) from error
    return 0


def _initiate(run: ProgramRun, request: _Request) -> None:
    restarts = request.action in ("r", "g")
    default = 0 if request.action == "p" else 30
    seconds = default if request.seconds is None else request.seconds
    words = request.comment or ("a restart" if restarts else "a shutdown") + " by shutdown.exe"
    run.machine.power.initiate(
        ShutdownRequest(
            kind=ShutdownKind.RESTART if restarts else ShutdownKind.SHUT_DOWN,
            reason=f"{words} ({request.reason})" if request.reason else words,
            delay=timedelta(seconds=seconds),
            asked_by=f"{run.info.name}, {run.token.account}",
            is_forced=request.is_forced or seconds > 0,
            is_hybrid=request.is_hybrid,
        )
    )


def _sign_out(run: ProgramRun) -> None:
    if run.machine.sessions.get(run.info.session_id) is None:
        raise not_modelled(run, "/l in session 0, where nobody is signed in", "sign the user out with logoff.exe")
    account, machine = run.token.account, run.machine

    async def later() -> None:
        if machine.sessions.of(account):
            machine.sessions.sign_out(account)

    machine.clock.spawn_apart(later(), name=f"the sign-out of {account.name}")


def _read(run: ProgramRun, arguments: Sequence[str]) -> _Request:
    request = _Request()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name = argument[1:].lower() if argument[:1] in ("/", "-") else ""
        if name in _UNMODELLED:
            raise not_modelled(run, f"/{name}, {_UNMODELLED[name]}")
        if name in _ACTIONS and not request.action:
            request.action = name
        elif name in ("t", "c", "d"):
            _take(request, name, rest)
        elif name == "f":
            request.is_forced = True
        elif name == "hybrid":
            request.is_hybrid = True
        elif name != "soft":
            raise _usage()
    _check(request)
    return request


def _take(request: _Request, name: str, rest: list[str]) -> None:
    if not rest:
        raise _usage()
    value = rest.pop(0)
    match = _REASON.fullmatch(value)
    if name == "t" and value.isdigit() and int(value) <= _MOST_SECONDS:
        request.seconds = int(value)
    elif name == "c" and len(value) <= _LONGEST_COMMENT:
        request.comment = value
    elif name == "d" and match and int(match[1]) <= _LARGEST_MAJOR and int(match[2]) <= _LARGEST_MINOR:
        request.reason = value
    else:
        raise _usage()


def _check(request: _Request) -> None:
    is_bad = (
        not request.action
        or (request.action in ("l", "a") and (request.seconds is not None or request.comment))
        or (request.is_hybrid and request.action != "s")
        or (request.action == "p" and (request.seconds is not None or request.comment))
        or (request.action == "h" and request.seconds is not None)
    )
    if is_bad:
        raise _usage()


def _usage() -> ToolFailure:
    return ToolFailure(1, stdout=_USAGE)


def _refused(code: int) -> ToolFailure:
    return ToolFailure(code, f"{error_text(code)}({code})")
