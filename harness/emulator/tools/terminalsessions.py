"""query.exe, quser.exe, logoff.exe and msg.exe: who is signed in, signed out, and spoken to.

Source: learn.microsoft.com, "query user", "query session", "logoff", "msg"; captures of `query user` on
Windows 10 and 11, the rest is from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled
from harness.emulator.tools.ustimes import us_minute
from harness.machine.ports import Session
from harness.model.names import folded
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["query", "quser", "logoff", "msg"]

_FAILED = 1


async def query(run: ProgramRun) -> int:
    """Run one query.exe command line and return its exit code.

    Raises:
        NotEmulated: for processes and terminal servers.
    """
    check_no_help(run)
    verb = run.arguments[0].lower() if run.arguments else ""
    match verb:
        case "user":
            return _users(run, run.arguments[1:])
        case "session":
            return _sessions(run, run.arguments[1:])
        case "process" | "termserver":
            raise not_modelled(run, f"query {verb}", "use tasklist")
        case _:
            raise ToolFailure(_FAILED, "Invalid parameter(s)", "QUERY { PROCESS | SESSION | TERMSERVER | USER }")


async def quser(run: ProgramRun) -> int:
    """Run one quser.exe command line and return its exit code."""
    check_no_help(run)
    return _users(run, run.arguments)


async def logoff(run: ProgramRun) -> int:
    """Run one logoff.exe command line and return its exit code.

    Raises:
        NotEmulated: in session 0 without a session to sign out.
    """
    check_no_help(run)
    words = [word for word in run.arguments if word.lower() not in ("/v", "/vm")]
    _check_no_switches(run, words)
    wanted = words[0] if words else str(run.info.session_id)
    sessions = [one for one in run.machine.sessions.signed_in() if wanted in (str(one.id), _session_name(one))]
    if not words and not run.info.session_id:
        raise not_modelled(run, "no session, in session 0", "name the session that is to end")
    if not sessions:
        raise ToolFailure(_FAILED, f"Session {wanted} not found")
    session, machine = sessions[0], run.machine
    if not run.token.has_all_rights and folded(session.account.sid) != folded(run.token.account.sid):
        raise ToolFailure(
            _FAILED, f"Could not logoff session ID {session.id}, Error code 5", "Error [5]:Access is denied."
        )

    async def later() -> None:
        if machine.sessions.of(session.account):
            machine.sessions.sign_out(session.account)

    machine.clock.spawn_apart(later(), name=f"the sign-out of {session.account.name}")
    return 0


async def msg(run: ProgramRun) -> int:
    """Run one msg.exe command line and return its exit code; what it shows is told on the timeline.

    Raises:
        NotEmulated: for waiting until somebody has read it.
    """
    check_no_help(run)
    words = list(run.arguments)
    while len(words) > 1 and words[1].startswith("/"):
        switch = words.pop(1).lower()
        if switch.startswith(("/w", "/server")):
            raise not_modelled(run, f"the switch {switch}")
    if not words:
        raise ToolFailure(_FAILED, "Invalid parameter(s)")
    wanted = words[0]
    text = " ".join(words[1:]) or run.stdin.read().strip()
    found = [one for one in run.machine.sessions.signed_in() if wanted == "*" or _is_meant(one, wanted)]
    if not found:
        raise ToolFailure(_FAILED, f"No session exists for {wanted}")
    for session in found:
        run.machine.timeline.add(
            Lane.USER,
            "message shown",
            f"{session.account.name} sees a message: {text}",
            user=session.account.name,
            session_id=session.id,
            message=text,
        )
    return 0


def _users(run: ProgramRun, words: Sequence[str]) -> int:
    _check_no_switches(run, words)
    wanted = words[0] if words else "*"
    found = [one for one in run.machine.sessions.signed_in() if wanted == "*" or _is_meant(one, wanted)]
    if not found:
        raise ToolFailure(_FAILED, f"No User exists for {wanted}")
    run.print(" USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME")
    for session in found:
        mark = ">" if session.id == run.info.session_id else " "
        state = "Active" if session.is_active else "Disc"
        run.print(
            f"{mark}{session.account.name:<20}  {_session_name(session):<17}{session.id:>4}  {state:<8}"
            f"{'none':>8}   {_signed_in_at(run, session)}"
        )
    return 0


def _sessions(run: ProgramRun, words: Sequence[str]) -> int:
    _check_no_switches(run, words)
    run.print(" SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE ")
    rows = [("services", "", 0, "Disc")]
    active = run.machine.sessions.active
    if active is None:
        rows.append(("console", "", run.machine.sessions.console_session_id, "Conn"))
    rows += [
        (_session_name(one), one.account.name, one.id, "Active" if one.is_active else "Disc")
        for one in run.machine.sessions.signed_in()
    ]
    for name, user, number, state in rows:
        if words and words[0].lower() not in (name, user.lower(), str(number)):
            continue
        mark = ">" if number == run.info.session_id else " "
        run.print(f"{mark}{name:<17} {user:<20} {number:>6}  {state:<8}{'':<12}{'':<7}")
    return 0


def _session_name(session: Session) -> str:
    return "console" if session.is_active else ""


def _is_meant(session: Session, wanted: str) -> bool:
    names = (session.account.name, _session_name(session), str(session.id))
    return folded(wanted) in [folded(name) for name in names if name]


def _signed_in_at(run: ProgramRun, session: Session) -> str:
    """Return when a session began, as its first process tells."""
    begun = [one.started for one in run.machine.processes.running() if one.session_id == session.id]
    moment = min(begun, default=run.machine.clock.now())
    return us_minute(moment.astimezone(run.machine.clock.time_zone))


def _check_no_switches(run: ProgramRun, words: Sequence[str]) -> None:
    switch = next((word for word in words if word.startswith("/")), None)
    if switch is not None and switch.lower().startswith(
        ("/server", "/v", "/vm", "/mode", "/flow", "/connect", "/counter")
    ):
        raise not_modelled(run, f"the switch {switch}")
    if switch is not None or len(words) > 1:
        raise ToolFailure(_FAILED, "Invalid parameter(s)")
