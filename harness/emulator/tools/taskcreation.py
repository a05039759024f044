r"""`schtasks /create`: a scheduled task made from switches.

Of a command with blanks that is not in quotes only what is before the first blank is the program, as with the real one:
`/tr "C:\Program Files\x.exe"` runs `C:\Program`. Single quotes do for double ones.

Source: learn.microsoft.com, "schtasks create"; the texts of the errors are from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from harness.emulator.tools.failures import ToolFailure, not_modelled, unanswered
from harness.emulator.tools.localaccounts import local_users
from harness.emulator.tools.options import Options, Syntax
from harness.emulator.tools.taskaccess import FAILED, denied
from harness.emulator.tools.ustimes import read_time, read_us_date
from harness.errors import MachineError
from harness.machine.localtime import as_utc
from harness.model.names import folded
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once, ScheduledTask, Trigger
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, Account

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["create"]

_SYNTAX = Syntax(
    tool="SCHTASKS",
    valued=("tn", "tr", "sc", "mo", "d", "st", "sd", "ru", "rp", "rl", "delay"),
    flags=("f", "it", "np"),
    remote=("s", "u", "p"),
    unmodelled=("xml", "ec", "ed", "et", "du", "ri", "i", "m", "k", "z", "v1", "hresult"),
)
_LONGEST_COMMAND = 261
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MOST = {"MINUTE": 1439, "HOURLY": 23, "DAILY": 365, "WEEKLY": 52}
_WITHOUT_CLOCK = ("ONSTART", "ONLOGON")
_WELL_KNOWN = {
    **dict.fromkeys(("", "SYSTEM", "LOCALSYSTEM", r"NT AUTHORITY\SYSTEM", "S-1-5-18"), SYSTEM),
    **dict.fromkeys(
        ("LOCAL SERVICE", "LOCALSERVICE", r"NT AUTHORITY\LOCALSERVICE", r"NT AUTHORITY\LOCAL SERVICE"), LOCAL_SERVICE
    ),
    **dict.fromkeys(
        ("NETWORK SERVICE", "NETWORKSERVICE", r"NT AUTHORITY\NETWORKSERVICE", r"NT AUTHORITY\NETWORK SERVICE"),
        NETWORK_SERVICE,
    ),
}
#: Groups as which a task runs for whoever is signed in.
_EVERYBODY = ("USERS", r"BUILTIN\USERS", "INTERACTIVE", r"NT AUTHORITY\INTERACTIVE", "S-1-5-32-545", "S-1-5-4")
_EXISTS = 183

T = TypeVar("T")


def create(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Make a task.

    Raises:
        ToolFailure: when the arguments make no sense, or the process may not.
        NotEmulated: for schedules that the machine's tasks do not have.
    """
    options = _SYNTAX.read(run, arguments)
    for name in ("tn", "tr", "sc"):
        if name not in options:
            raise _SYNTAX.error(f"Invalid syntax. Mandatory option '{name}' is missing.")
    path, command, kind = options.get("tn") or "", options.get("tr") or "", (options.get("sc") or "").upper()
    if len(command) > _LONGEST_COMMAND:
        raise _SYNTAX.error(f"Value for '/tr' option cannot be more than {_LONGEST_COMMAND} character(s).")
    account = _account(run, options)
    is_elevated = _is_elevated(options)
    triggers = _triggers(run, options, kind)
    if not run.token.has_all_rights:
        is_own = account is not None and folded(account.sid) == folded(run.token.account.sid)
        if not is_own or is_elevated or kind in _WITHOUT_CLOCK:
            raise denied()
    task = ScheduledTask(
        path=path,
        command_line=_command_line(command),
        account=account,
        triggers=triggers,
        is_elevated=is_elevated,
        needs_user="it" in options or not ("rp" in options or "np" in options),
    )
    if _register(run, task, path, replace="f" in options):
        _warn(run, triggers)
        run.print(f'SUCCESS: The scheduled task "{path}" has successfully been created.')
    return 0


def _register(run: ProgramRun, task: ScheduledTask, path: str, *, replace: bool) -> bool:
    try:
        run.machine.tasks.register(task, replace=replace)
    except MachineError as error:
        if error.winerror != _EXISTS:
            raise
    else:
        return True
    question = f'WARNING: The task name "{path}" already exists. Do you want to replace it (Y/N)? '
    run.write(question)
    answer = run.read_line()
    if answer is None:
        raise unanswered(run, question, "/f")
    run.print("")
    if answer.strip().upper() not in ("Y", "YES"):
        return False
    run.machine.tasks.register(task, replace=True)
    return True


def _warn(run: ProgramRun, triggers: Sequence[Trigger]) -> None:
    if any(isinstance(one, Once) and one.at <= run.machine.clock.now() for one in triggers):
        run.print("WARNING: Task may not run because /ST is earlier than current time.")


def _command_line(text: str) -> str:
    text = text.replace("'", '"').strip()
    if text.startswith('"'):
        return text
    command, blank, rest = text.partition(" ")
    return f'"{command}"{blank}{rest}' if blank else command


def _is_elevated(options: Options) -> bool:
    level = (options.get("rl") or "LIMITED").upper()
    if level not in ("LIMITED", "HIGHEST"):
        raise _SYNTAX.error(f"Invalid syntax. '{options.get('rl')}' value is not allowed for '/rl' option.")
    return level == "HIGHEST"


def _account(run: ProgramRun, options: Options) -> Account | None:
    """Return who a task runs as; None for whoever is signed in."""
    name = options.get("ru")
    own = run.token.account
    if name is None:
        return own
    wanted = folded(name)
    if wanted in _WELL_KNOWN:
        return _WELL_KNOWN[wanted]
    if wanted in _EVERYBODY:
        return None
    accounts = [own, *(session.account for session in run.machine.sessions.signed_in())]
    for account in accounts:
        if wanted in (folded(account.name), folded(str(account)), folded(account.sid)):
            return account
    if any(wanted in (folded(user.name), folded(user.sid)) for user in local_users(run.machine)):
        raise not_modelled(run, f"/ru {name}, who is not signed in", "sign the user in first, or use SYSTEM or Users")
    raise ToolFailure(FAILED, "ERROR: No mapping between account names and security IDs was done.")


# Schedules


def _triggers(run: ProgramRun, options: Options, kind: str) -> tuple[Trigger, ...]:
    local = run.machine.clock.local_now().replace(tzinfo=None)
    at = _clock_time(options, local)
    day = _day(options, local)
    starts = as_utc(datetime.combine(day, at), run.machine.clock.time_zone)
    if "d" in options and kind != "WEEKLY":
        raise not_modelled(run, "/d with another schedule than WEEKLY")
    if "delay" in options and kind not in _WITHOUT_CLOCK:
        raise _SYNTAX.error("Invalid syntax. /DELAY option is valid only for ONSTART, ONLOGON and ONEVENT.")
    match kind:
        case "MINUTE" | "HOURLY":
            unit = timedelta(minutes=1) if kind == "MINUTE" else timedelta(hours=1)
            return (Every(interval=_every(options, kind) * unit, starts=starts),)
        case "DAILY":
            return (Daily(at=at, every_days=_every(options, kind), starts=day),)
        case "WEEKLY":
            return _weekly(options, at, day)
        case "ONCE":
            if "st" not in options:
                raise _SYNTAX.error("Invalid syntax. Mandatory option 'st' is missing.")
            return (Once(at=starts),)
        case "ONSTART" | "ONLOGON":
            delay = _delay(options)
            return (AtStartup(delay=delay) if kind == "ONSTART" else AtSignIn(delay=delay),)
        case "MONTHLY" | "ONIDLE" | "ONEVENT":
            known = "the machine knows once, minute, hourly, daily, weekly, onstart and onlogon"
            raise not_modelled(run, f"/sc {kind}", known)
        case _:
            raise _SYNTAX.error("Invalid Schedule Type specified.")


def _weekly(options: Options, at: time, day: date) -> tuple[Trigger, ...]:
    weeks = _every(options, "WEEKLY")
    text = options.get("d")
    names = (
        _DAYS if text == "*" else [word.strip().upper() for word in text.split(",")] if text else [_DAYS[day.weekday()]]
    )
    if not set(names) <= set(_DAYS):
        raise _SYNTAX.error("Invalid value for /D option.")
    first = [day + timedelta(days=(_DAYS.index(name) - day.weekday()) % 7) for name in names]
    return tuple(Daily(at=at, every_days=7 * weeks, starts=one) for one in first)


def _every(options: Options, kind: str) -> int:
    text = options.get("mo") or "1"
    if not text.isdigit() or not 1 <= int(text) <= _MOST[kind]:
        raise _SYNTAX.error("Invalid value for /MO option.")
    return int(text)


def _clock_time(options: Options, now: datetime) -> time:
    return _read(options, "st", read_time, "Invalid Starttime value.") or now.time().replace(second=0, microsecond=0)


def _day(options: Options, now: datetime) -> date:
    return _read(options, "sd", read_us_date, "Invalid Startdate value.") or now.date()


def _read(options: Options, name: str, reader: Callable[[str], T | None], complaint: str) -> T | None:
    text = options.get(name)
    if text is None:
        return None
    value = reader(text)
    if value is None:
        raise _SYNTAX.error(complaint)
    return value


def _delay(options: Options) -> timedelta:
    text = options.get("delay")
    if text is None:
        return timedelta()
    minutes, colon, seconds = text.partition(":")
    if not (colon and len(minutes) == 4 and len(seconds) == 2 and (minutes + seconds).isdigit()):  # noqa: PLR2004
        raise _SYNTAX.error("Invalid value for /DELAY option.")
    return timedelta(minutes=int(minutes), seconds=int(seconds))
