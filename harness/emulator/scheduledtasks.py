r"""Task Scheduler: runs tasks at their times, at boots and sign-ins, and when somebody asks.

Tasks are kept by the machine itself and live through restarts. As Windows does, each is also written to
`C:\Windows\System32\Tasks` as XML (see `taskfiles`); that file is not read, and the cache of Task Scheduler below
`Schedule\TaskCache` in the registry is not modelled. Nor are the tasks of Windows itself, other triggers (idle, events,
weeks and months), conditions (mains, network), and queues: a second run while the first goes on is refused.

Times are those of the wall clock. A run whose time passes while the machine is off, sleeps or has its clock set forward
is missed; a task that starts when available is started ten minutes after the machine is there again.

Source: learn.microsoft.com, "Task Scheduler Reference", TaskSettings.StartWhenAvailable (the ten minutes),
"Task Scheduler Error and Success Constants"; winerror.h.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.emulator.baseline import lay_down_user
from harness.emulator.clock import VirtualTask
from harness.emulator.processes import EmulatedProcess
from harness.emulator.sessions import SessionChange
from harness.emulator.taskfiles import delete_task_file, write_task_file
from harness.emulator.tasktriggers import next_of, next_run
from harness.errors import MachineError, UsageError
from harness.formats.commandline import expand_environment
from harness.machine.moments import aware, lasting
from harness.machine.ports import Session
from harness.model.commands import Command
from harness.model.names import folded
from harness.model.tasks import (
    AtSignIn,
    AtStartup,
    Daily,
    Every,
    Once,
    ScheduledTask,
    TaskInfo,
    TaskResult,
    TaskState,
    Trigger,
)
from harness.model.windows import Account
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedTasks"]

_FORBIDDEN = frozenset('/:*?"<>|')
#: A run that is so late is missed; and how long a missed one waits until it is made up for.
_LATE, _MADE_UP_AFTER = timedelta(minutes=1), timedelta(minutes=10)
#: What makes an HRESULT of a Win32 code.
_HRESULT = 0x80070000


class _Registered:
    """A task that is registered, and how its runs went."""

    def __init__(self, task: ScheduledTask, at: datetime) -> None:
        self.task = task
        self.registered = self.seen = at
        self.last_run: datetime | None = None
        self.last_result: int = TaskResult.HAS_NOT_RUN
        self.missed = 0
        self.process: EmulatedProcess | None = None
        self.verdict: int | None = None
        #: What waits for the time of a trigger, and what waits for a delay.
        self.watching: list[VirtualTask[None]] = []
        self.waiting: list[VirtualTask[None]] = []

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.exit is None


class EmulatedTasks:
    """The scheduled tasks of an emulated machine; fulfils `harness.machine.tasks.Tasks`."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._tasks: dict[str, _Registered] = {}
        machine.sessions.listen(self._session_changed)

    # The port

    def register(self, task: ScheduledTask, *, replace: bool = False) -> None:
        r"""Add a task; it runs when its triggers say so. A path without a leading backslash gets one.

        Raises:
            MachineError: 183 when there is one of that path and it is not to be replaced, 123 for an impossible path,
                87 for a task without a command or with an interval that is not positive.
            UsageError: for a time without a zone, a negative delay or duration, or what leaves the calendar.
        """
        task = _checked(task)
        self._check_times(task)
        known = self._tasks.get(folded(task.path))
        if known and not replace:
            raise MachineError(183, "there is a scheduled task of that name already", task.path)
        if known:
            self._disarm(known)
        one = self._tasks[folded(task.path)] = _Registered(task, self._machine.clock.now())
        write_task_file(self._machine.files, task, self._machine.clock.local_now())
        self._arm(one)

    def _check_times(self, task: ScheduledTask) -> None:
        """Make sure that the clock can get to what the triggers say, to the first time and the one after that."""
        clock = self._machine.clock
        for trigger in task.triggers:
            try:
                if first := next_run(trigger, clock.now(), clock.time_zone, clock.now()):
                    next_run(trigger, first, clock.time_zone, clock.now())
            except OverflowError as error:
                raise UsageError(f"{trigger} leaves the calendar - use times before the year 9999") from error

    def query(self, path: str) -> TaskInfo:
        """Return what is known of a task.

        Raises:
            MachineError: 2 when there is none.
        """
        one = self._get(path)
        state = TaskState.READY if one.task.is_enabled else TaskState.DISABLED
        clock = self._machine.clock
        due = next_of(one.task.triggers, clock.now(), clock.time_zone, one.registered) if one.task.is_enabled else None
        return TaskInfo(
            task=one.task,
            state=TaskState.RUNNING if one.is_running else state,
            last_run=one.last_run,
            last_result=TaskResult.RUNNING if one.is_running else one.last_result,
            next_run=due,
            missed_runs=one.missed,
        )

    def paths(self) -> Sequence[str]:
        """Return the paths of all tasks that were registered, sorted."""
        return [self._tasks[path].task.path for path in sorted(self._tasks)]

    def run(self, path: str) -> None:
        """Run a task now, whatever its triggers say.

        Raises:
            MachineError: 2 when there is none, 0x80041326 when it is disabled, 0x8004131F when it runs, 0x80041320 when
                its user is not signed in, 1115 while the machine restarts. A program that is not there is no error
                here: the result of the task tells of it.
            NotEmulated: when nobody says what the program does.
        """
        one = self._get(path)
        if self._machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", path)
        if not one.task.is_enabled:
            raise MachineError(TaskResult.TASK_DISABLED, "the task is disabled", path)
        if one.is_running:
            raise MachineError(TaskResult.ALREADY_RUNNING, "an instance of this task is already running", path)
        principal = self._principal(one.task, None)
        if principal is None:
            raise MachineError(TaskResult.USER_NOT_LOGGED_ON, "the user of the task is not signed in", path)
        self._begin(one, *principal)

    def end(self, path: str) -> None:
        """End a task that runs, with everything it has started.

        Raises:
            MachineError: 2 when there is none, 0x8004130B when it does not run.
        """
        one = self._get(path)
        if one.process is None or one.process.exit is not None:
            raise MachineError(TaskResult.NOT_RUNNING, "there is no running instance of the task", path)
        self._terminate(one, one.process)

    def enable(self, path: str, *, is_enabled: bool = True) -> None:
        """Let a task run, or not; a run that is under way goes on.

        Raises:
            MachineError: 2 when there is none.
        """
        one = self._get(path)
        self._disarm(one)
        one.task = replace(one.task, is_enabled=is_enabled)
        one.seen = self._machine.clock.now()
        self._arm(one)

    def delete(self, path: str) -> None:
        """Remove a task; what it runs at the moment goes on.

        Raises:
            MachineError: 2 when there is none.
        """
        one = self._get(path)
        self._disarm(one)
        del self._tasks[folded(one.task.path)]
        delete_task_file(self._machine.files, one.task)

    # With the machine

    def start_with_machine(self) -> None:
        """Begin with a boot: look after the times of tasks, make up for missed ones, run what runs at startup."""
        for one in [*self._tasks.values()]:
            one.watching.clear()
            one.waiting.clear()
            self._arm(one)
            for trigger in one.task.triggers:
                if isinstance(trigger, AtStartup) and one.task.is_enabled:
                    self._wait_for(one, self._fire_after(one, trigger.delay, None))

    def look_at_clock(self) -> None:
        """Take notice that the wall clock has been set, or that the machine has slept: runs may have been missed."""
        if not self._machine.power.is_awake:
            return
        for one in [*self._tasks.values()]:
            _cancel(one.watching)
            one.seen = min(one.seen, self._machine.clock.now())
            self._arm(one)

    def _session_changed(self, change: SessionChange, session: Session) -> None:
        if change is not SessionChange.SIGNED_IN:
            return
        for one in [*self._tasks.values()]:
            for trigger in one.task.triggers if one.task.is_enabled else ():
                if isinstance(trigger, AtSignIn) and (trigger.account is None or _is(trigger.account, session.account)):
                    self._wait_for(one, self._fire_after(one, trigger.delay, session))

    # Times

    def _arm(self, one: _Registered) -> None:
        for trigger in one.task.triggers if one.task.is_enabled else ():
            if not isinstance(trigger, AtStartup | AtSignIn):
                name = f"the times of the scheduled task {one.task.path}"
                one.watching.append(self._machine.clock.spawn_apart(self._watch(one, trigger), name=name))

    def _disarm(self, one: _Registered) -> None:
        _cancel(one.watching)
        _cancel(one.waiting)

    def _wait_for(self, one: _Registered, work: Coroutine[Any, Any, None]) -> None:
        one.waiting = [task for task in one.waiting if not task.finished.is_set]
        one.waiting.append(self._machine.clock.spawn_apart(work, name=f"the scheduled task {one.task.path}"))

    async def _watch(self, one: _Registered, trigger: Trigger) -> None:
        """Run a task whenever a trigger that goes by the clock says so."""
        clock, seen = self._machine.clock, one.seen
        while due := next_run(trigger, seen, clock.time_zone, one.registered):
            await clock.sleep(due - clock.now())
            now = clock.now()
            one.seen = seen = now
            if now - due <= _LATE:
                self._fire(one, None)
                continue
            one.missed += 1
            if one.task.starts_when_available:
                self._wait_for(one, self._fire_after(one, _MADE_UP_AFTER, None))

    async def _fire_after(self, one: _Registered, delay: timedelta, session: Session | None) -> None:
        await self._machine.clock.sleep(delay)
        self._fire(one, session)

    def _fire(self, one: _Registered, session: Session | None) -> None:
        """Start a run by a trigger, apart from what waits for the next one, whatever comes of it."""

        async def run() -> None:
            principal = self._principal(one.task, session)
            if one.is_running:
                self._tell("task not started", f"the task {one.task.path} does not start: it runs already", one)
            elif principal is None:
                one.last_result = TaskResult.USER_NOT_LOGGED_ON
                self._tell("task not started", f"the task {one.task.path} does not start: its user is away", one)
            else:
                self._begin(one, *principal)

        self._machine.clock.spawn_apart(run(), name=f"a run of the scheduled task {one.task.path}")

    # Running

    def _principal(self, task: ScheduledTask, session: Session | None) -> tuple[Account, int] | None:
        """Return as whom and in which session a task runs; None when its user is not signed in.

        Args:
            task: which one.
            session: the session whose beginning is the reason, if that is it.
        """
        sessions = self._machine.sessions
        if task.account is None:
            session = session or sessions.active
            return (session.account, session.id) if session else None
        if task.account.domain == "NT AUTHORITY" or not task.needs_user:
            return task.account, 0
        own = sessions.of(task.account)
        return (own.account, own.id) if own else None

    def _begin(self, one: _Registered, account: Account, session_id: int) -> None:
        machine, task = self._machine, one.task
        if not session_id and account.domain != "NT AUTHORITY":
            lay_down_user(machine.registry, machine.files, account)
        one.last_run = machine.clock.now()
        host = [info for info in machine.processes.running("svchost.exe") if info.account.is_system]
        command = Command(
            command_line=expand_environment(
                task.command_line, machine.environment(account, machine.processes.native_bits)
            ),
            working_directory=task.working_directory or r"C:\Windows\System32",
            account=account,
            session_id=session_id,
            parent_bits=machine.processes.native_bits,
            parent_pid=host[0].pid if host else 0,
            is_elevated=task.is_elevated and account.is_administrator,
        )
        try:
            process = machine.processes.start(command)
        except MachineError as error:
            one.last_result = _HRESULT | error.winerror
            self._tell("task not started", f"the task {task.path} does not start: {error}", one)
            return
        one.process, one.verdict = process, None
        self._tell("task started", f"the task {task.path} starts as {account.name}", one, pid=process.info.pid)
        process.ended.listen(partial(self._ended, one, process))
        if task.time_limit is not None:
            work = self._limit(one, process, task.time_limit)
            machine.clock.spawn_apart(work, name=f"the time limit of {task.path}")

    async def _limit(self, one: _Registered, process: EmulatedProcess, limit: timedelta) -> None:
        if await process.wait(limit) is None:
            self._terminate(one, process)

    def _terminate(self, one: _Registered, process: EmulatedProcess) -> None:
        one.verdict = TaskResult.TERMINATED
        process.kill(tree=True)

    def _ended(self, one: _Registered, process: EmulatedProcess) -> None:
        one.last_result = process.exit_code if one.verdict is None else one.verdict

    def _get(self, path: str) -> _Registered:
        found = self._tasks.get(folded(_with_backslash(path)))
        if found is None:
            raise MachineError(2, "the system cannot find the file specified, there is no such scheduled task", path)
        return found

    def _tell(self, kind: str, text: str, one: _Registered, **data: int) -> None:
        self._machine.timeline.add(Lane.SERVICE, kind, text, path=one.task.path, **data)


def _cancel(tasks: list[VirtualTask[None]]) -> None:
    for task in tasks:
        task.cancel()
    tasks.clear()


def _checked(task: ScheduledTask) -> ScheduledTask:
    path = _with_backslash(task.path)
    if any(not part.strip(". ") or _FORBIDDEN & set(part) for part in path[1:].split("\\")):
        raise MachineError(123, "the path of a scheduled task has names between backslashes", task.path)
    if not task.command_line.strip():
        raise MachineError(87, "a scheduled task needs a command", task.path)
    if task.time_limit is not None:
        lasting(task.time_limit, "a task cannot have a time limit of")
    for trigger in task.triggers:
        _check_trigger(trigger, task.path)
    return replace(task, path=path)


def _check_trigger(trigger: Trigger, path: str) -> None:
    is_empty = False
    match trigger:
        case AtStartup() | AtSignIn():
            lasting(trigger.delay, "a task cannot be delayed by")
        case Once():
            aware(trigger.at, "a task cannot run once at")
        case Daily():
            is_empty = trigger.every_days <= 0
        case Every():
            is_empty = trigger.interval <= timedelta()
            if trigger.starts is not None:
                aware(trigger.starts, "a task cannot run again and again from")
            if trigger.lasts is not None:
                lasting(trigger.lasts, "a task cannot be repeated for")
    if is_empty:
        raise MachineError(87, "the interval of a trigger is longer than nothing", path)


def _with_backslash(path: str) -> str:
    return path if path.startswith("\\") else f"\\{path}"


def _is(one: Account, other: Account) -> bool:
    return folded(one.sid) == folded(other.sid)
