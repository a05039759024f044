r"""schtasks.exe: scheduled tasks listed, made, run, ended, deleted, enabled and disabled.

Who is no administrator sees the tasks that run as themselves or as everybody, and changes the former. What Windows
ships with in `\Microsoft\Windows` is not on the machine.

Source: learn.microsoft.com, "schtasks" and the pages of its verbs; the texts are from memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure, check_no_help, not_modelled, unanswered
from harness.emulator.tools.options import Syntax
from harness.emulator.tools.taskaccess import FAILED, check_may_change, shown_task
from harness.emulator.tools.taskcreation import create
from harness.emulator.tools.taskquery import query
from harness.errors import MachineError
from harness.model.tasks import TaskResult

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["schtasks"]

_RUN = Syntax(tool="SCHTASKS", valued=("tn",), flags=("i",), unmodelled=("hresult",))
_END = Syntax(tool="SCHTASKS", valued=("tn",), unmodelled=("hresult",))
_DELETE = Syntax(tool="SCHTASKS", valued=("tn",), flags=("f",), unmodelled=("hresult",))
_CHANGE = Syntax(
    tool="SCHTASKS",
    valued=("tn",),
    flags=("enable", "disable"),
    remote=("s", "u"),
    unmodelled=(
        "delay", "du", "ed", "et", "hresult", "it", "k", "p", "ri", "rl", "rp", "ru", "sd", "st", "tr", "z",
    ),
)  # fmt: skip
_TEXTS: Mapping[int, str] = {
    TaskResult.TASK_DISABLED: "The task is disabled.",
    TaskResult.ALREADY_RUNNING: "An instance of this task is already running.",
    TaskResult.USER_NOT_LOGGED_ON: "The user account is not logged on.",
}


async def schtasks(run: ProgramRun) -> int:
    """Run one schtasks.exe command line and return its exit code.

    Raises:
        NotEmulated: for triggers and settings that the machine's tasks do not have.
    """
    check_no_help(run)
    arguments = list(run.arguments)
    verb = arguments[0][1:].lower() if arguments and arguments[0][:1] in ("/", "-") else ""
    if verb == "showsid":
        raise not_modelled(run, "/showsid")
    action = _VERBS.get(verb)
    try:
        return action(run, arguments[1:]) if action else query(run, arguments)
    except MachineError as error:
        raise ToolFailure(FAILED, f"ERROR: {_TEXTS.get(error.winerror) or error_text(error.winerror)}") from error


def _run(run: ProgramRun, arguments: Sequence[str]) -> int:
    name = _named(_RUN, run, arguments)
    check_may_change(run, name)
    run.machine.tasks.run(name)
    run.print(f'SUCCESS: Attempted to run the scheduled task "{name}".')
    return 0


def _end(run: ProgramRun, arguments: Sequence[str]) -> int:
    name = _named(_END, run, arguments)
    check_may_change(run, name)
    try:
        run.machine.tasks.end(name)
    except MachineError as error:
        if error.winerror != TaskResult.NOT_RUNNING:  # to stop what does not run succeeds (from memory)
            raise
    run.print(f'SUCCESS: The scheduled task "{name}" has been terminated successfully.')
    return 0


def _delete(run: ProgramRun, arguments: Sequence[str]) -> int:
    options = _DELETE.read(run, arguments)
    name = options.get("tn")
    if name is None:
        raise _missing(_DELETE, "tn")
    names = [name]
    if name == "*":
        names = [path for path in run.machine.tasks.paths() if path.count("\\") == 1]
    for one in names:
        check_may_change(run, one)
        if "f" not in options:
            question = f'WARNING: Are you sure you want to remove the task "{shown_task(one)}" (Y/N)? '
            run.write(question)
            answer = run.read_line()
            if answer is None:
                raise unanswered(run, question, "/f")
            run.print("")
            if answer.strip().upper() not in ("Y", "YES"):
                continue
        run.machine.tasks.delete(one)
        run.print(f'SUCCESS: The scheduled task "{shown_task(one)}" was successfully deleted.')
    return 0


def _change(run: ProgramRun, arguments: Sequence[str]) -> int:
    options = _CHANGE.read(run, arguments)
    name = options.get("tn")
    if name is None:
        raise _missing(_CHANGE, "tn")
    if "enable" not in options and "disable" not in options:
        raise _CHANGE.error("Invalid syntax. At least one of the options must be specified.")
    if "enable" in options and "disable" in options:
        raise _CHANGE.error("Invalid syntax. /ENABLE and /DISABLE options are mutually exclusive.")
    check_may_change(run, name)
    run.machine.tasks.enable(name, is_enabled="enable" in options)
    run.print(f'SUCCESS: The parameters of scheduled task "{name}" have been changed.')
    return 0


def _named(syntax: Syntax, run: ProgramRun, arguments: Sequence[str]) -> str:
    name = syntax.read(run, arguments).get("tn")
    if name is None:
        raise _missing(syntax, "tn")
    return name


def _missing(syntax: Syntax, option: str) -> ToolFailure:
    return syntax.error(f"Invalid syntax. Mandatory option '{option}' is missing.")


_VERBS = {"create": create, "run": _run, "end": _end, "delete": _delete, "change": _change, "query": query}
