r"""`schtasks /query`: what is scheduled.

What the machine's tasks do not have, power and idle conditions, is shown as for tasks without them.

Source: learn.microsoft.com, "schtasks query"; captures of Windows 10 and 11.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import not_modelled
from harness.emulator.tools.options import Options, Syntax
from harness.emulator.tools.resulttables import Column, csv_lines, lists, table
from harness.emulator.tools.taskaccess import denied, may_see
from harness.emulator.tools.ustimes import us_date, us_moment, us_time
from harness.formats.commandline import split_command_line
from harness.model.names import folded
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once, ScheduledTask, TaskInfo, TaskState, Trigger

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["query"]

_SYNTAX = Syntax(tool="SCHTASKS", flags=("nh", "v"), valued=("fo", "tn"), unmodelled=("xml", "hresult"))
_TABLE = (Column("TaskName", 40), Column("Next Run Time", 22), Column("Status", 15))
_LIST = tuple(Column(name, 0) for name in ("HostName", "TaskName", "Next Run Time", "Status", "Logon Mode"))
_VERBOSE = tuple(
    Column(name, 0)
    for name in (
        "HostName", "TaskName", "Next Run Time", "Status", "Logon Mode", "Last Run Time", "Last Result", "Author",
        "Task To Run", "Start In", "Comment", "Scheduled Task State", "Idle Time", "Power Management", "Run As User",
        "Delete Task If Not Rescheduled", "Stop Task If Runs X Hours and X Mins", "Schedule", "Schedule Type",
        "Start Time", "Start Date", "End Date", "Days", "Months", "Repeat: Every", "Repeat: Until: Time",
        "Repeat: Until: Duration", "Repeat: Stop If Still Running",
    )
)  # fmt: skip
_NONE = "INFO: There are no scheduled tasks presently available at your access level."
#: What Windows shows of a task that has never run.
_NEVER = "11/30/1999 12:00:00 AM"
_NO_SCHEDULE = "Scheduling data is not available in this format."
_WEEK = 7
_STATES = {
    TaskState.READY: "Ready",
    TaskState.RUNNING: "Running",
    TaskState.DISABLED: "Disabled",
    TaskState.QUEUED: "Queued",
    TaskState.UNKNOWN: "Unknown",
}


def query(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Show all tasks that the process may see, or the one that is asked for.

    Raises:
        ToolFailure: when the arguments make no sense, or the process may not see the task.
        MachineError: 2 when there is no such task.
        NotEmulated: for XML.
    """
    options = _SYNTAX.read(run, arguments)
    form = (options.get("fo") or "TABLE").upper()
    if form not in ("TABLE", "LIST", "CSV"):
        raise _SYNTAX.error(f"Invalid syntax. '{options.get('fo')}' value is not allowed for '/fo' option.")
    if form == "LIST" and "nh" in options:
        raise _SYNTAX.error("Invalid syntax. /NH option is not allowed for LIST format.")
    if form == "TABLE" and "v" in options:
        raise not_modelled(run, "/v as a table", "ask for /fo list or /fo csv")
    found = _chosen(run, options)
    folders: dict[str, list[TaskInfo]] = {} if "tn" in options else {"\\": []}
    for info in found:
        folders.setdefault(ntpath.dirname(info.task.path), []).append(info)
    for folder, tasks in folders.items():
        for line in _lines(run, options, form, folder, tasks):
            run.print(line)
    return 0


def _chosen(run: ProgramRun, options: Options) -> Sequence[TaskInfo]:
    wanted = options.get("tn")
    everything = [run.machine.tasks.query(path) for path in run.machine.tasks.paths()]
    if wanted is not None and not wanted.endswith("\\"):
        info = run.machine.tasks.query(wanted)
        if not may_see(run, info.task):
            raise denied()
        return [info]
    below = folded(wanted or "\\")
    below = below if below.startswith("\\") else f"\\{below}"
    return [info for info in everything if folded(info.task.path).startswith(below) and may_see(run, info.task)]


def _lines(run: ProgramRun, options: Options, form: str, folder: str, tasks: Sequence[TaskInfo]) -> Iterator[str]:
    has_heading = "nh" not in options
    if form == "CSV":
        columns = _VERBOSE if "v" in options else _TABLE
        yield from csv_lines(columns, _rows(run, columns, tasks), has_heading=has_heading)
        return
    yield ""
    yield f"Folder: {folder}"
    if form == "TABLE":
        rows = [[ntpath.basename(row[0]), *row[1:]] for row in _rows(run, _TABLE, tasks)]
        yield from table(_TABLE, rows, has_heading=has_heading)
    else:
        columns = _VERBOSE if "v" in options else _LIST
        for index, lines in enumerate(lists(columns, _rows(run, columns, tasks))):
            yield from [""] if index else []
            yield from lines
    if not tasks:
        yield _NONE


def _rows(run: ProgramRun, columns: Sequence[Column], tasks: Sequence[TaskInfo]) -> list[list[str]]:
    rows = []
    for info in tasks:
        for trigger in (info.task.triggers or (None,)) if columns is _VERBOSE else (None,):
            facts = {**_facts(run, info), **(_schedule(run, trigger) if columns is _VERBOSE else {})}
            rows.append([facts[column.name] for column in columns])
    return rows


def _facts(run: ProgramRun, info: TaskInfo) -> Mapping[str, str]:
    task = info.task
    return {
        "HostName": run.machine.facts.name,
        "TaskName": task.path,
        "Next Run Time": us_moment(_local(run, info.next_run)) if info.next_run else "N/A",
        "Status": _STATES[info.state],
        "Logon Mode": "Interactive only" if _is_interactive(task) else "Interactive/Background",
        "Last Run Time": us_moment(_local(run, info.last_run)) if info.last_run else _NEVER,
        "Last Result": str(_signed(info.last_result)),
        "Author": "N/A",
        "Task To Run": _shown_command(task.command_line),
        "Start In": task.working_directory or "N/A",
        "Comment": task.description or "N/A",
        "Scheduled Task State": "Enabled" if task.is_enabled else "Disabled",
        "Idle Time": "Disabled",
        "Power Management": "",
        "Run As User": task.account.name if task.account else "Users",
        "Delete Task If Not Rescheduled": "Disabled",
        "Stop Task If Runs X Hours and X Mins": _limit(task),
        "Schedule": _NO_SCHEDULE,
    }


def _schedule(run: ProgramRun, trigger: Trigger | None) -> Mapping[str, str]:
    names = [column.name for column in _VERBOSE[18:]]
    facts = dict.fromkeys(names, "N/A")
    match trigger:
        case None:
            return facts | {"Schedule Type": "On demand only"}
        case AtStartup():
            return facts | {"Schedule Type": "At system start up"}
        case AtSignIn():
            return facts | {"Schedule Type": "At logon time"}
        case Once():
            return facts | {"Schedule Type": "One Time Only"} | _start(_local(run, trigger.at))
        case Daily():
            weeks, rest = divmod(trigger.every_days, _WEEK)
            kind, days = (
                ("Weekly", f"Every {weeks} week(s)") if not rest else ("Daily", f"Every {trigger.every_days} day(s)")
            )
            start = {"Start Time": us_time(trigger.at)}
            first = {"Start Date": us_date(trigger.starts)} if trigger.starts else {}
            return facts | {"Schedule Type": kind, "Days": days} | start | first
        case Every():
            minutes = int(trigger.interval.total_seconds() // 60)
            repeat = {"Repeat: Every": f"{minutes // 60} Hour(s), {minutes % 60} Minute(s)"}
            kind = "One Time Only, Hourly " if minutes % 60 == 0 else "One Time Only, Minute "
            start = _start(_local(run, trigger.starts)) if trigger.starts else {}
            return facts | {"Schedule Type": kind} | repeat | start


def _start(moment: datetime) -> dict[str, str]:
    return {"Start Time": us_time(moment), "Start Date": us_date(moment)}


def _local(run: ProgramRun, moment: datetime) -> datetime:
    return moment.astimezone(run.machine.clock.time_zone)


def _is_interactive(task: ScheduledTask) -> bool:
    return task.account is None or (task.needs_user and task.account.domain != "NT AUTHORITY")


def _shown_command(line: str) -> str:
    command = split_command_line(line)[0]
    rest = line[len(command) + 2 :] if line.startswith('"') else line[len(command) :]
    return f"{command}{rest}"


def _limit(task: ScheduledTask) -> str:
    if task.time_limit is None:
        return "Disabled"
    minutes = int(task.time_limit.total_seconds() // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:00"


def _signed(code: int) -> int:
    return code - 2**32 if code >= 2**31 else code
