r"""The file that Task Scheduler keeps of a task: XML below `C:\Windows\System32\Tasks`, in UTF-16.

Source: learn.microsoft.com, "Task Scheduler Schema"; that the file has the task's path without an extension, and its
encoding, are from memory. Files of tasks are written for those who look for them, and never read.
"""

from __future__ import annotations

import ntpath
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from harness.formats.commandline import split_command_line
from harness.machine.ports import FileSystem
from harness.model.tasks import AtSignIn, AtStartup, Daily, Once, ScheduledTask, Trigger

__all__ = ["write_task_file", "delete_task_file"]

_FOLDER = r"C:\Windows\System32\Tasks"
_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
#: The group Users, as which a task runs that is everybody's.
_USERS = "S-1-5-32-545"


def write_task_file(files: FileSystem, task: ScheduledTask, now: datetime) -> None:
    """Write the file of a task; `now` is the local time, from which intervals without a start count."""
    place = _FOLDER + task.path
    files.make_folder(ntpath.dirname(place))
    with files.open(place, "wb") as file:
        file.write(_document(task, now).encode("utf-16"))


def delete_task_file(files: FileSystem, task: ScheduledTask) -> None:
    """Delete the file of a task, if it is still there."""
    if files.exists(_FOLDER + task.path):
        files.delete(_FOLDER + task.path)


def _document(task: ScheduledTask, now: datetime) -> str:
    description = _element("Description", task.description) if task.description else ""
    triggers = "".join(_trigger(trigger, now) for trigger in task.triggers)
    limit = "PT0S" if task.time_limit is None else _duration(task.time_limit)
    settings = (
        _element("StartWhenAvailable", _boolean(task.starts_when_available))
        + _element("Enabled", _boolean(task.is_enabled))
        + _element("ExecutionTimeLimit", limit)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns="{_NAMESPACE}">'
        f"<RegistrationInfo>{description}{_element('URI', task.path)}</RegistrationInfo>"
        f"<Triggers>{triggers}</Triggers><Principals>{_principal(task)}</Principals>"
        f'<Settings>{settings}</Settings><Actions Context="Author">{_action(task)}</Actions></Task>\r\n'
    )


def _principal(task: ScheduledTask) -> str:
    if task.account is None:
        who = _element("GroupId", _USERS)
    elif task.account.domain == "NT AUTHORITY":
        who = _element("UserId", task.account.sid)
    else:
        kind = "InteractiveToken" if task.needs_user else "Password"
        who = _element("UserId", task.account.sid) + _element("LogonType", kind)
    level = _element("RunLevel", "HighestAvailable" if task.is_elevated else "LeastPrivilege")
    return f'<Principal id="Author">{who}{level}</Principal>'


def _action(task: ScheduledTask) -> str:
    command = split_command_line(task.command_line)[0]
    quotes = 2 if task.command_line.startswith('"') else 0
    arguments = task.command_line[len(command) + quotes :].strip()
    texts = {"Command": command, "Arguments": arguments, "WorkingDirectory": task.working_directory}
    return f"<Exec>{''.join(_element(name, text) for name, text in texts.items() if text)}</Exec>"


def _trigger(trigger: Trigger, now: datetime) -> str:
    match trigger:
        case AtStartup():
            return f"<BootTrigger>{_delay(trigger.delay)}</BootTrigger>"
        case AtSignIn():
            user = _element("UserId", str(trigger.account)) if trigger.account else ""
            return f"<LogonTrigger>{_delay(trigger.delay)}{user}</LogonTrigger>"
        case Once():
            return f"<TimeTrigger>{_element('StartBoundary', _moment(trigger.at))}</TimeTrigger>"
        case Daily():
            first = _moment(datetime.combine(trigger.starts or now.date(), trigger.at))
            days = f"<ScheduleByDay>{_element('DaysInterval', str(trigger.every_days))}</ScheduleByDay>"
            return f"<CalendarTrigger>{_element('StartBoundary', first)}{days}</CalendarTrigger>"
        case _:
            lasts = _element("Duration", _duration(trigger.lasts)) if trigger.lasts is not None else ""
            repetition = f"<Repetition>{_element('Interval', _duration(trigger.interval))}{lasts}</Repetition>"
            starts = _element("StartBoundary", _moment(trigger.starts or now.replace(tzinfo=None)))
            return f"<TimeTrigger>{repetition}{starts}</TimeTrigger>"


def _delay(delay: timedelta) -> str:
    return _element("Delay", _duration(delay)) if delay else ""


def _duration(duration: timedelta) -> str:
    seconds = duration.total_seconds()
    return f"PT{int(seconds // 60)}M" if seconds % 60 == 0 else f"PT{seconds:g}S"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if value else "false"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
