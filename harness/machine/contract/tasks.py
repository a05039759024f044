"""What every machine's Task Scheduler must do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from harness.errors import MachineError
from harness.machine.capabilities import Capability
from harness.machine.contract.check import Examinee, behaviour, expect, expect_error
from harness.machine.contract.visits import signed_in
from harness.model.commands import ProcessInfo
from harness.model.names import folded
from harness.model.tasks import AtSignIn, AtStartup, Every, Once, ScheduledTask, TaskResult, TaskState, Trigger
from harness.model.windows import SYSTEM, Account

_TASKS = 'learn.microsoft.com, "Task Scheduler Reference"'
_CODES = 'learn.microsoft.com, "Task Scheduler Error and Success Constants"'
_TRIGGERS = 'learn.microsoft.com, "Trigger Types"'
_REGISTER = "learn.microsoft.com, ITaskFolder::RegisterTaskDefinition"
_MEMORY = "from memory of Windows 10 and 11"

_PATH = r"\ImeHarnessContractTask"
_FILE = r"C:\Windows\System32\Tasks\ImeHarnessContractTask"
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_NEEDS = [Capability.TASKS]


@contextmanager
def _task(
    machine: Examinee, words: str, *triggers: Trigger, account: Account | None = SYSTEM, is_enabled: bool = True
) -> Iterator[None]:
    """Register a task that runs the probe, and remove it afterwards."""
    task = ScheduledTask(
        path=_PATH,
        command_line=f"{machine.probe} {words}",
        triggers=triggers,
        account=account,
        is_enabled=is_enabled,
    )
    machine.tasks.register(task, replace=True)
    try:
        yield
    finally:
        with suppress(MachineError):
            machine.tasks.end(_PATH)
        with suppress(MachineError):
            machine.tasks.delete(_PATH)


def _probes(machine: Examinee, words: str) -> list[ProcessInfo]:
    return [row for row in machine.processes.running() if row.command_line.endswith(words)]


@behaviour("tasks.query.new", source=_CODES, needs=_NEEDS)
def check_a_new_task_has_not_run(machine: Examinee) -> None:
    """A new task is ready, has never run, and has 0x41303 as its last result."""
    with _task(machine, "exit:0"):
        info = machine.tasks.query(_PATH.upper())
        expect((TaskState.READY, None, 0x41303), (info.state, info.last_run, info.last_result))


@behaviour("tasks.run", source=_TASKS, needs=_NEEDS)
def check_a_task_runs(machine: Examinee) -> None:
    """A task that is started runs as its account in session 0, and is in the state running meanwhile."""
    words = "sleep:60 exit:7"
    with _task(machine, words):
        machine.tasks.run(_PATH)
        machine.pass_time(5 * _SECOND)
        expect(TaskState.RUNNING, machine.tasks.query(_PATH).state)
        expect([(SYSTEM.sid, 0)], [(row.account.sid, row.session_id) for row in _probes(machine, words)])


@behaviour("tasks.run.result", source=_TASKS, needs=_NEEDS)
def check_the_result_is_the_exit_code(machine: Examinee) -> None:
    """The last result of a task is the exit code of its program, and the last run when that was started."""
    with _task(machine, "exit:7"):
        before = machine.clock.now() - _SECOND
        machine.tasks.run(_PATH)
        machine.pass_time(10 * _SECOND)
        info = machine.tasks.query(_PATH)
        expect((TaskState.READY, 7), (info.state, info.last_result))
        expect(True, info.last_run is not None and before <= info.last_run <= machine.clock.now())


@behaviour("tasks.run.parent", source=_MEMORY, needs=_NEEDS)
def check_the_scheduler_is_the_parent(machine: Examinee) -> None:
    """The program of a task is a child of a service host."""
    words = "sleep:60 exit:8"
    with _task(machine, words):
        machine.tasks.run(_PATH)
        machine.pass_time(5 * _SECOND)
        parents = {row.parent_pid for row in _probes(machine, words)}
        expect(["SVCHOST.EXE"], [folded(row.name) for row in machine.processes.running() if row.pid in parents])


@behaviour("tasks.run.missing-program", source=_MEMORY, needs=_NEEDS)
def check_a_missing_program_is_the_result(machine: Examinee) -> None:
    """The last result of a task whose program is not there is 0x80070002."""
    machine.tasks.register(ScheduledTask(path=_PATH, command_line=r"C:\Windows\ImeHarnessNobody.exe"), replace=True)
    try:
        machine.tasks.run(_PATH)
        machine.pass_time(10 * _SECOND)
        expect(0x80070002, machine.tasks.query(_PATH).last_result)
    finally:
        machine.tasks.delete(_PATH)


@behaviour("tasks.end", source=_CODES, needs=_NEEDS)
def check_a_task_is_ended(machine: Examinee) -> None:
    """A task that is ended has 0x41306 as its last result, and ending it again is error 0x8004130B."""
    with _task(machine, "sleep:600"):
        machine.tasks.run(_PATH)
        machine.pass_time(5 * _SECOND)
        machine.tasks.end(_PATH)
        machine.pass_time(5 * _SECOND)
        expect(0x41306, machine.tasks.query(_PATH).last_result)
        with expect_error(TaskResult.NOT_RUNNING):
            machine.tasks.end(_PATH)


@behaviour("tasks.disabled", source=_CODES, needs=_NEEDS)
def check_a_disabled_task_does_not_run(machine: Examinee) -> None:
    """Running a task that is disabled is error 0x80041326, and it has no next run."""
    with _task(machine, "exit:0", Every(interval=timedelta(hours=1)), is_enabled=False):
        with expect_error(TaskResult.TASK_DISABLED):
            machine.tasks.run(_PATH)
        info = machine.tasks.query(_PATH)
        expect((TaskState.DISABLED, None), (info.state, info.next_run))


@behaviour("tasks.missing", source="winerror.h, ERROR_FILE_NOT_FOUND as HRESULT", needs=_NEEDS)
def check_a_task_that_is_not_there(machine: Examinee) -> None:
    """Asking for a task that is not registered is error 2."""
    for action in (machine.tasks.query, machine.tasks.run, machine.tasks.delete):
        with expect_error(2):
            action(r"\ImeHarnessNobody")


@behaviour("tasks.register.twice", source=_REGISTER, needs=_NEEDS)
def check_a_path_is_taken_once(machine: Examinee) -> None:
    """Registering a second task under the same path in another spelling is error 183."""
    with _task(machine, "exit:0"), expect_error(183):
        machine.tasks.register(ScheduledTask(path=_PATH.upper(), command_line=machine.probe))


@behaviour("tasks.register.file", source=_MEMORY, needs=_NEEDS)
def check_a_task_has_a_file(machine: Examinee) -> None:
    """While a task is registered there is a file of its name below System32, Tasks."""
    with _task(machine, "exit:0"), machine.files.open(_FILE) as file:
        expect(b"\xff\xfe<\0?\0x\0m\0l\0", file.read(12))
    expect(False, machine.files.exists(_FILE))


@behaviour("tasks.trigger.once", source=_TRIGGERS, needs=_NEEDS)
def check_a_task_runs_at_its_time(machine: Examinee) -> None:
    """A task runs at the time of its trigger, which is its next run before and not afterwards."""
    at = (machine.clock.now() + 2 * _MINUTE).replace(microsecond=0)
    with _task(machine, "exit:9", Once(at=at)):
        expect(at, machine.tasks.query(_PATH).next_run)
        machine.pass_time(3 * _MINUTE)
        info = machine.tasks.query(_PATH)
        expect((9, None), (info.last_result, info.next_run))


@behaviour("tasks.trigger.startup", source=_TRIGGERS, needs=[*_NEEDS, Capability.RESTART])
def check_a_task_runs_at_startup(machine: Examinee) -> None:
    """A task with a boot trigger runs when the machine starts, and not when it is registered."""
    with _task(machine, "exit:9", AtStartup()):
        machine.pass_time(5 * _SECOND)
        expect(None, machine.tasks.query(_PATH).last_run)
        machine.controls.restart()
        machine.pass_time(_MINUTE)
        expect(9, machine.tasks.query(_PATH).last_result)


@behaviour("tasks.trigger.sign-in", source=_TRIGGERS, needs=[*_NEEDS, Capability.USERS])
def check_a_task_runs_at_sign_in(machine: Examinee) -> None:
    """A task for everybody with a logon trigger runs as whoever signs in, in that session."""
    words, visitor = "sleep:600 exit:9", machine.people.visitor
    with _task(machine, words, AtSignIn(), account=None), signed_in(machine, visitor) as session:
        machine.pass_time(_MINUTE)
        expect([(visitor.sid, session.id)], [(row.account.sid, row.session_id) for row in _probes(machine, words)])


@behaviour("tasks.user-away", source=_MEMORY, needs=[*_NEEDS, Capability.USERS])
def check_a_task_waits_for_its_user(machine: Examinee) -> None:
    """A task that runs only while its user is signed in does not run while the user is away."""
    at = (machine.clock.now() + 2 * _MINUTE).replace(microsecond=0)
    with _task(machine, "exit:9", Once(at=at), account=machine.people.visitor):
        machine.pass_time(3 * _MINUTE)
        expect(False, machine.tasks.query(_PATH).last_result == 9)  # noqa: PLR2004 - the exit code
