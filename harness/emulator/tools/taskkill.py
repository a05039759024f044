"""taskkill.exe: processes ended by name, id or filter.

Without `/f` a program is only asked to close its window. The machine has no windows: a program in the session of
whoever asks is assumed to have one and to close it, which the timeline tells; across sessions nobody can be asked, and
the tool says so, as it does on Windows.

Source: learn.microsoft.com, "taskkill"; captures of Windows 10 and 11 for the texts; the exit
codes 1 and 128, and which processes count as critical, are from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.emulator.killing import check_may_end, is_protected
from harness.emulator.tools.errortexts import text_of
from harness.emulator.tools.failures import check_no_help
from harness.emulator.tools.options import Options, Syntax
from harness.emulator.tools.processrows import ProcessRow, matches_name, passes, process_rows
from harness.errors import MachineError
from harness.model.names import folded
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["taskkill"]

_SYNTAX = Syntax(tool="TASKKILL", flags=("f", "t"), valued=("im", "pid", "fi"), repeated=("im", "pid", "fi"))
_FAILED, _NOT_FOUND = 1, 128
_NONE = "INFO: No tasks running with the specified criteria."
_WINDOWLESS = "This process can only be terminated forcefully (with /F option)."
_CRITICAL = "This is critical system process. Taskkill cannot end this process."


async def taskkill(run: ProgramRun) -> int:
    """Run one taskkill.exe command line and return its exit code."""
    check_no_help(run)
    options = _SYNTAX.read(run, run.arguments)
    names, pids, filters = options.all("im"), options.all("pid"), options.all("fi")
    if not (names or pids or filters):
        raise _SYNTAX.error("Invalid syntax. Neither /FI nor /PID nor /IM were specified.")
    if names and pids:
        raise _SYNTAX.error("Invalid syntax. /IM and /PID options cannot be used together.")
    if "*" in names and not filters:
        raise _SYNTAX.error("Invalid syntax. Wildcard (*) for /IM requires a filter.")
    needs_services = any("SERVICES" in text.upper() for text in filters)
    rows = [row for row in process_rows(run, with_services=needs_services) if row.pid != run.info.pid]
    rows = [row for row in rows if passes(run, row, filters)]
    if names or pids:
        return _end_named(run, options, rows)
    if not rows:
        run.print(_NONE)
        return 0
    return max(_end(run, row, options, by_name=True) for row in rows)


def _end_named(run: ProgramRun, options: Options, rows: Sequence[ProcessRow]) -> int:
    """End what is named; a name that nothing has is an error, unless filters or a wildcard left nothing of it."""
    code = 0
    for wanted in (*options.all("im"), *options.all("pid")):
        by_name = "im" in options
        found = [row for row in rows if (matches_name(wanted, row.name) if by_name else str(row.pid) == wanted)]
        if not found and ("fi" in options or wanted.endswith("*")):
            run.print(_NONE)
        elif not found:
            run.print_error(f'ERROR: The process "{wanted}" not found.')
            code = _NOT_FOUND
        for row in found:
            code = _end(run, row, options, by_name=by_name) or code
    return code


def _end(run: ProgramRun, row: ProcessRow, options: Options, *, by_name: bool) -> int:
    """End one process, and before it what it started if that is asked for."""
    if row.info is not None and run.machine.processes.get(row.pid) is None:
        return 0  # it went with another one's tree
    if "t" not in options:
        who = f'"{row.name}" with PID {row.pid}' if by_name else f"with PID {row.pid}"
        return _end_one(run, row, who, f"the process {who}", is_forced="f" in options)
    code = 0
    for one in [*_below(run, row), row]:
        parent = one.info.parent_pid if one.info else 0
        if one.pid != run.info.pid:
            who = f"with PID {one.pid} (child process of PID {parent})"
            asked = f"process with PID {one.pid}, child of PID {parent}"
            code = _end_one(run, one, who, asked, is_forced="f" in options) or code
    return code


def _below(run: ProgramRun, row: ProcessRow) -> list[ProcessRow]:
    """Return what a process started, the innermost first."""
    pids = [process.info.pid for process in run.machine.processes.descendants(row.pid)] if row.info else []
    rows = {one.pid: one for one in process_rows(run)}
    return [rows[pid] for pid in reversed(pids)]


def _end_one(run: ProgramRun, row: ProcessRow, who: str, asked: str, *, is_forced: bool) -> int:
    why = _why_not(run, row, is_forced=is_forced)
    if why:
        run.print_error(f"ERROR: The process {who} could not be terminated.")
        run.print_error(f"Reason: {why}")
        return _FAILED
    if is_forced:
        run.kill(row.pid)
        run.print(f"SUCCESS: The process {who} has been terminated.")
        return 0
    run.print(f"SUCCESS: Sent termination signal to {asked}.")
    _close(run, row)
    return 0


def _why_not(run: ProgramRun, row: ProcessRow, *, is_forced: bool) -> str:
    if row.info is None:
        return _CRITICAL if not row.pid else text_of(MachineError(5, ""))
    try:
        check_may_end(row.info, run.token)
    except MachineError as error:
        is_critical = error.winerror == 5 and is_protected(row.info) and folded(row.name) != "MSMPENG.EXE"  # noqa: PLR2004
        return _CRITICAL if is_critical and run.token.has_all_rights else text_of(error)
    shares_desktop = row.session_id == run.info.session_id and row.session_id != 0
    return "" if is_forced or shares_desktop else _WINDOWLESS


def _close(run: ProgramRun, row: ProcessRow) -> None:
    process = run.machine.processes.get(row.pid)
    assert process is not None  # it was there a moment ago, and nothing has happened since
    run.machine.timeline.add(
        Lane.PROCESS,
        "closing assumed",
        f"{row.name} is asked to close, and is assumed to have a window and to do so",
        pid=row.pid,
        name=row.name,
    )
    run.machine.processes.end(process, 0, "exited")
