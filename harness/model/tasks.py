r"""Scheduled tasks: what runs when, as whom, and how it went.

Source: learn.microsoft.com, "Task Scheduler Reference" (TASK_STATE, the triggers, IPrincipal, ITaskSettings),
"Task Scheduler Error and Success Constants".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from harness.model.windows import SYSTEM, Account

__all__ = [
    "TaskState",
    "TaskResult",
    "AtStartup",
    "AtSignIn",
    "Once",
    "Daily",
    "Every",
    "Trigger",
    "ScheduledTask",
    "TaskInfo",
]


class TaskState(IntEnum):
    """What a task is doing."""

    UNKNOWN = 0
    DISABLED = 1
    QUEUED = 2
    READY = 3
    RUNNING = 4


class TaskResult(IntEnum):
    """Results and errors of Task Scheduler; a task that has ended has the exit code of its program as result."""

    READY = 0x00041300
    RUNNING = 0x00041301
    DISABLED = 0x00041302
    HAS_NOT_RUN = 0x00041303
    TERMINATED = 0x00041306
    NOT_RUNNING = 0x8004130B
    ALREADY_RUNNING = 0x8004131F
    USER_NOT_LOGGED_ON = 0x80041320
    TASK_DISABLED = 0x80041326


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStartup:
    """When the machine has started, and so long after that."""

    delay: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSignIn:
    """When a user signs in, or any user when none is named, and so long after that."""

    account: Account | None = None
    delay: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """At one time, aware."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """At a time of day where the machine is, every so many days, from a day on; None for the first possible one."""

    at: time
    every_days: int = 1
    starts: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Again and again from a time on, aware (None for when the task is registered), for so long (None for ever)."""

    interval: timedelta
    starts: datetime | None = None
    lasts: timedelta | None = None


Trigger = AtStartup | AtSignIn | Once | Daily | Every


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledTask:
    r"""What Task Scheduler is to run.

    Attributes:
        path: folder and name, `\Contoso\Update`.
        command_line: what is run.
        working_directory: the folder it is run in; empty for `C:\Windows\System32`.
        account: who it runs as; None for whoever is signed in (the group Users).
        triggers: when it runs by itself.
        is_enabled: whether it runs at all.
        is_elevated: whether it runs with the highest privileges that the account has.
        needs_user: whether it runs in the session of its account, and only while there is one. Accounts of Windows
            itself have none, and run in session 0 always.
        starts_when_available: whether a run that was missed is made up for.
        time_limit: how long it may run; None for ever.
        description: what it is for.
    """

    path: str
    command_line: str
    working_directory: str = ""
    account: Account | None = SYSTEM
    triggers: tuple[Trigger, ...] = ()
    is_enabled: bool = True
    is_elevated: bool = False
    needs_user: bool = True
    starts_when_available: bool = False
    time_limit: timedelta | None = timedelta(hours=72)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskInfo:
    """What a query of a task says.

    Attributes:
        task: what it is.
        state: what it is doing.
        last_run: when it was last started, aware; None for never.
        last_result: the exit code of its last run, or a `TaskResult`, or the HRESULT of why it did not start.
        next_run: when it will run by itself, as far as that follows from the clock.
        missed_runs: how many runs did not happen at their time.
    """

    task: ScheduledTask
    state: TaskState
    last_run: datetime | None = None
    last_result: int = TaskResult.HAS_NOT_RUN
    next_run: datetime | None = None
    missed_runs: int = 0
