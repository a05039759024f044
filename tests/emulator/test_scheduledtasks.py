"""Task Scheduler."""

from datetime import datetime, time, timedelta

import pytest

from harness.emulator.accounts import local_account
from harness.errors import MachineError, NotEmulated, UsageError
from harness.machine.tasks import Tasks
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once, ScheduledTask, TaskResult, TaskState
from harness.model.windows import LOCAL_SERVICE, SYSTEM
from tests.emulator.services import restart, told

PATH = r"\Contoso\Update"
NAIVE = datetime(2026, 3, 2)  # noqa: DTZ001 - the mistake under test
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ran(machine):
    """Give when and how the program `update.exe` was run; each run takes a minute and ends with 3."""
    ran = []

    async def update(run):
        ran.append((machine.clock.now(), run.info))
        await run.sleep("1 min")
        return 3

    machine.files.write(r"C:\Contoso\update.exe", b"")
    machine.programs["update.exe"] = update
    return ran


@pytest.fixture
def register(machine):
    """Give a function that registers a task."""

    def register(*triggers, path=PATH, command=r"C:\Contoso\update.exe /q", **settings):
        machine.tasks.register(ScheduledTask(path=path, command_line=command, triggers=triggers, **settings))

    return register


def after_start(machine, ran):
    """Return how long after the machine was made the runs were."""
    return [at - begins(machine) for at, _ in ran]


def begins(machine):
    """Return when the machine was made."""
    return machine.clock.now() - machine.clock.elapsed()


def error_of(action, *arguments, **settings):
    """Return the code that something fails with."""
    with pytest.raises(MachineError) as caught:
        action(*arguments, **settings)
    return caught.value.winerror


class TestRunning:
    """When somebody asks."""

    def test_a_run_from_beginning_to_end(self, machine, register, ran):
        """What a query says of it all the while."""
        port: Tasks = machine.tasks
        register()
        before = port.query(r"contoso\UPDATE")
        assert (TaskState.READY, None, 0x41303, None) == (
            before.state,
            before.last_run,
            before.last_result,
            before.next_run,
        )

        port.run(PATH)
        machine.clock.advance(SECOND)
        during = port.query(PATH)
        assert (TaskState.RUNNING, TaskResult.RUNNING, begins(machine)) == (
            during.state,
            during.last_result,
            during.last_run,
        )
        machine.clock.advance(MINUTE)

        after = port.query(PATH)
        assert (TaskState.READY, 3) == (after.state, after.last_result)

    def test_it_runs_as_its_account(self, machine, register, ran):
        """SYSTEM and the like in session 0, below the scheduler's process."""
        register(path="A")
        register(path="B", account=LOCAL_SERVICE, working_directory=r"C:\Contoso")
        for path in "AB":
            machine.tasks.run(path)
        machine.clock.advance(SECOND)

        system, local = (info for _, info in ran)
        assert (SYSTEM, 0, LOCAL_SERVICE, 0) == (system.account, system.session_id, local.account, local.session_id)
        assert system.parent_pid in [info.pid for info in machine.processes.running("svchost.exe")]
        assert r"C:\Contoso" == local.working_directory

    def test_a_user_has_to_be_there(self, machine, register, ran, ada):
        """In whose session it runs."""
        register(account=ada)
        assert TaskResult.USER_NOT_LOGGED_ON == error_of(machine.tasks.run, PATH)
        machine.sign_in(ada)

        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        assert (ada, 1) == (ran[0][1].account, ran[0][1].session_id)

    def test_or_need_not_be_there(self, machine, register, ran, ada):
        """Then it runs in session 0, with the profile."""
        register(account=ada, needs_user=False)

        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        assert (ada, 0) == (ran[0][1].account, ran[0][1].session_id)
        assert machine.files.exists(r"C:\Users\ada")

    def test_everybodys_task_is_whose_screen_it_is(self, machine, register, ran, ada):
        """Nobody's, at the sign-in screen."""
        register(account=None)
        assert TaskResult.USER_NOT_LOGGED_ON == error_of(machine.tasks.run, PATH)
        machine.sign_in(ada)
        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        assert ada == ran[0][1].account

    @pytest.mark.parametrize("elevated", [True, False])
    def test_with_the_highest_privileges(self, machine, register, ran, elevated):
        """An administrator's; of others there is nothing higher."""
        boss = local_account("boss", "PC-042", is_administrator=True)
        machine.sign_in(boss)
        register(account=boss, is_elevated=elevated)

        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        assert elevated is ran[0][1].is_elevated

    def test_variables_are_replaced(self, machine, register, ran):
        """In the command."""
        register(command=r"%SystemDrive%\Contoso\update.exe")

        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        assert r"C:\Contoso\update.exe" == ran[0][1].command_line

    def test_a_program_that_is_not_there_is_the_result(self, machine, register):
        """An HRESULT; whoever asked is not told."""
        register(command="nothing.exe")

        machine.tasks.run(PATH)

        assert (TaskState.READY, 0x80070002) == (
            machine.tasks.query(PATH).state,
            machine.tasks.query(PATH).last_result,
        )
        assert "does not start: [WinError 2]" in told(machine, "task not started")[0]

    def test_nobody_knows_what_it_does(self, machine, register):
        """Which reaches the user, and the schedule goes on."""
        register(Every(interval=HOUR), command=r"C:\Windows\System32\cscript.exe x.vbs")

        with pytest.raises(NotEmulated):
            machine.tasks.run(PATH)
        for _ in range(2):
            with pytest.raises(NotEmulated):
                machine.clock.advance(HOUR)

    def test_it_is_ended(self, machine, register, ran):
        """With what it has started."""
        register()
        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        machine.tasks.end(PATH)

        assert (TaskState.READY, 0x41306) == (machine.tasks.query(PATH).state, machine.tasks.query(PATH).last_result)
        assert [] == list(machine.processes.running("update.exe"))

    @pytest.mark.parametrize(("limit", "result"), [(10 * SECOND, 0x41306), (None, 3), (HOUR, 3)])
    def test_it_may_run_for_so_long(self, machine, register, ran, limit, result):
        """Then it is ended."""
        register(time_limit=limit)
        machine.tasks.run(PATH)
        machine.clock.advance(2 * HOUR)

        assert result == machine.tasks.query(PATH).last_result

    @pytest.mark.parametrize(
        ("attempt", "code"),
        [
            (lambda tasks: tasks.run("X"), 2),
            (lambda tasks: tasks.end("X"), 2),
            (lambda tasks: tasks.query("X"), 2),
            (lambda tasks: tasks.enable("X"), 2),
            (lambda tasks: tasks.delete("X"), 2),
            (lambda tasks: tasks.end(PATH), TaskResult.NOT_RUNNING),
            (lambda tasks: (tasks.run(PATH), tasks.run(PATH)), TaskResult.ALREADY_RUNNING),
            (lambda tasks: (tasks.enable(PATH, is_enabled=False), tasks.run(PATH)), TaskResult.TASK_DISABLED),
            (lambda tasks: tasks.register(ScheduledTask(path=PATH.upper(), command_line="x")), 183),
            (lambda tasks: tasks.register(ScheduledTask(path="a:b", command_line="x")), 123),
            (lambda tasks: tasks.register(ScheduledTask(path=r"\a\\b", command_line="x")), 123),
            (lambda tasks: tasks.register(ScheduledTask(path=r"\..\b", command_line="x")), 123),
            (lambda tasks: tasks.register(ScheduledTask(path="", command_line="x")), 123),
            (lambda tasks: tasks.register(ScheduledTask(path="a", command_line=" ")), 87),
            (
                lambda tasks: tasks.register(
                    ScheduledTask(path="a", command_line="x", triggers=(Every(interval=timedelta()),))
                ),
                87,
            ),
            (
                lambda tasks: tasks.register(
                    ScheduledTask(path="a", command_line="x", triggers=(Daily(at=time(), every_days=0),))
                ),
                87,
            ),
        ],
    )
    def test_errors_are_those_of_task_scheduler(self, machine, register, ran, attempt, code):
        """Not there, there already, impossible, not running, running, disabled."""
        register()

        assert code == error_of(attempt, machine.tasks)

    def test_nothing_runs_while_the_machine_restarts(self, machine, register):
        """1115."""
        register()
        machine.power.restart("a test")
        machine.clock.advance(SECOND)

        assert 1115 == error_of(machine.tasks.run, PATH)


class TestRegistering:
    """Tasks come and go."""

    def test_tasks_are_listed(self, machine, register):
        """With a backslash before the name."""
        for path in ("b", r"\A", r"\C\d"):
            register(path=path)

        assert ["\\A", "\\b", r"\C\d"] == machine.tasks.paths()

    def test_a_task_is_replaced(self, machine, register, ran):
        """Its old triggers are gone."""
        register(Every(interval=HOUR))
        task = ScheduledTask(path=PATH, command_line="x", triggers=(Once(at=machine.clock.now() + DAY),))

        machine.tasks.register(task, replace=True)
        machine.clock.advance(2 * HOUR)

        assert ([], begins(machine) + DAY) == (ran, machine.tasks.query(PATH).next_run)

    def test_a_task_is_deleted(self, machine, register, ran):
        """With its triggers; what runs goes on."""
        register(Every(interval=HOUR))
        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        machine.tasks.delete(PATH)
        assert machine.processes.running("update.exe")
        machine.clock.advance(DAY)

        assert (1, []) == (len(ran), machine.tasks.paths())

    def test_a_disabled_task_does_not_run(self, machine, register, ran):
        """Until it is enabled; what it has missed is not made up for."""
        register(Every(interval=HOUR), starts_when_available=True)
        machine.tasks.enable(PATH, is_enabled=False)
        info = machine.tasks.query(PATH)
        assert (TaskState.DISABLED, None) == (info.state, info.next_run)
        machine.clock.advance(90 * MINUTE)

        machine.tasks.enable(PATH)
        machine.clock.advance(HOUR)

        assert [2 * HOUR] == after_start(machine, ran)


class TestTimes:
    """By the wall clock."""

    def test_once(self, machine, register, ran):
        """Later there is no next run."""
        register(Once(at=machine.clock.now() + HOUR))
        assert begins(machine) + HOUR == machine.tasks.query(PATH).next_run

        machine.clock.advance(DAY)

        assert ([HOUR], None) == (after_start(machine, ran), machine.tasks.query(PATH).next_run)

    def test_several_triggers(self, machine, register, ran):
        """Each for itself."""
        register(Daily(at=time(9)), Every(interval=12 * HOUR))

        machine.clock.advance(DAY)

        assert [HOUR, 12 * HOUR, 24 * HOUR] == after_start(machine, ran)

    def test_a_second_run_is_refused(self, machine, register, ran):
        """While the first goes on; the timeline tells."""
        register(Every(interval=30 * SECOND))

        machine.clock.advance(100 * SECOND)

        assert [30 * SECOND, 90 * SECOND] == after_start(machine, ran)
        assert [r"the task \Contoso\Update does not start: it runs already"] == told(machine, "task not started")

    def test_without_its_user_it_does_not_run(self, machine, register, ran, ada):
        """The result says why."""
        register(Every(interval=HOUR), account=ada)

        machine.clock.advance(HOUR)

        assert ([], 0x80041320) == (ran, machine.tasks.query(PATH).last_result)
        assert ["the task \\Contoso\\Update does not start: its user is away"] == told(machine, "task not started")

    def test_the_clock_is_set_back(self, machine, register, ran):
        """The run waits for its time."""
        register(Once(at=machine.clock.now() + HOUR))
        machine.clock.advance(SECOND)
        machine.clock.jump(-HOUR)

        machine.clock.advance(90 * MINUTE)
        assert [] == ran
        machine.clock.advance(HOUR)

        assert 1 == len(ran)

    @pytest.mark.parametrize("available", [True, False])
    def test_the_clock_is_set_forward(self, machine, register, ran, available):
        """The run is missed, and made up for ten minutes later if it may be."""
        register(Once(at=machine.clock.now() + HOUR), starts_when_available=available)
        machine.clock.advance(MINUTE)
        machine.clock.jump(DAY)
        set_to = machine.clock.now()

        machine.clock.advance(2 * HOUR)

        assert [set_to + 10 * MINUTE] * available == [at for at, _ in ran]
        assert 1 == machine.tasks.query(PATH).missed_runs

    def test_nothing_runs_while_the_machine_is_off(self, machine, register, ran):
        """Whatever the clock says meanwhile."""
        register(Every(interval=HOUR))
        machine.power.signs_in_again = None
        machine.power.shut_down("a test", hybrid=False)
        machine.clock.advance(MINUTE)
        machine.clock.jump(DAY)

        machine.clock.advance(DAY)

        assert [] == ran

    @pytest.mark.parametrize("available", [True, False])
    def test_the_machine_sleeps(self, machine, register, ran, available):
        """A run of that time is missed too."""
        register(Every(interval=HOUR), starts_when_available=available)
        machine.clock.advance(MINUTE)
        machine.power.sleep(90 * MINUTE)

        machine.clock.advance(105 * MINUTE)

        assert [101 * MINUTE] * available == after_start(machine, ran)
        machine.clock.advance(HOUR)
        assert [2 * HOUR] == after_start(machine, ran)[-1:]

    def test_a_delay_goes_on_when_the_clock_is_set(self, machine, register, ran, ada):
        """It is no time of day."""
        register(AtSignIn(delay=HOUR))
        machine.sign_in(ada)
        machine.clock.advance(MINUTE)
        machine.clock.jump(DAY)

        machine.clock.advance(59 * MINUTE)

        assert 1 == len(ran)


class TestWithTheMachine:
    """Boots and sign-ins."""

    def test_at_startup(self, machine, register, ran):
        """So long after it; registering is no startup."""
        register(AtStartup(delay=MINUTE), path="A")
        register(AtStartup(), path="B")
        register(AtStartup(), path="C", is_enabled=False)
        machine.clock.advance(HOUR)
        assert [] == ran

        restart(machine)

        assert [timedelta(), MINUTE] == [at - machine.power.booted_at for at, _ in ran]

    def test_at_sign_in(self, machine, register, ran, ada):
        """Of anybody, or of one user; as whoever it is to run as."""
        boss = local_account("boss", "PC-042")
        register(AtSignIn(), path="any", account=None)
        register(AtSignIn(account=ada, delay=MINUTE), path="adas")
        register(AtSignIn(account=boss), path="boss", is_enabled=False)

        machine.sign_in(boss)
        machine.sign_in(ada)
        machine.sign_in(boss)
        machine.clock.advance(HOUR)

        assert [("boss", 1), ("SYSTEM", 0)] == [(info.account.name, info.session_id) for _, info in ran]
        assert ["the task \\any does not start: it runs already"] == told(machine, "task not started")

    def test_the_schedule_goes_on_after_a_restart(self, machine, register, ran):
        """From where the clock is."""
        register(Every(interval=HOUR))
        machine.clock.advance(30 * MINUTE)

        restart(machine)
        machine.clock.advance(HOUR)

        assert [HOUR] == after_start(machine, ran)

    @pytest.mark.parametrize("available", [True, False])
    def test_what_was_missed_meanwhile(self, machine, register, ran, available):
        """Is made up for ten minutes after the machine is there again."""
        register(Once(at=machine.clock.now() + 10 * MINUTE), starts_when_available=available)
        machine.power.boot_duration = HOUR

        restart(machine, 2 * HOUR)

        assert [HOUR + 10 * MINUTE] * available == after_start(machine, ran)
        assert 1 == machine.tasks.query(PATH).missed_runs

    def test_a_run_ends_with_the_machine(self, machine, register, ran):
        """As everything."""
        register()
        machine.tasks.run(PATH)
        machine.clock.advance(SECOND)

        restart(machine)

        assert (TaskState.READY, 0x40010004) == (
            machine.tasks.query(PATH).state,
            machine.tasks.query(PATH).last_result,
        )


class TestImpossibleTriggers:
    """Refused when they are registered; no task is left behind."""

    @pytest.mark.parametrize(
        ("trigger", "message"),
        [
            (Once(at=NAIVE), "a task cannot run once at 2026-03-02 00:00:00 without a time zone"),
            (Once(at="noon"), "'noon', which is no time"),
            (Every(interval=HOUR, starts=NAIVE), "from 2026-03-02 00:00:00 without a time zone"),
            (Every(interval=HOUR, lasts=-HOUR), "a task cannot be repeated for -1 h"),
            (AtStartup(delay=timedelta(-1)), "a task cannot be delayed by -1 d - use a duration that is not negative"),
            (AtSignIn(delay=-SECOND), "a task cannot be delayed by -1 s"),
            (Every(interval=timedelta.max), "leaves the calendar"),
            (Daily(at=time(8), every_days=10**10), "leaves the calendar"),
        ],
    )
    def test_they_are_refused(self, machine, register, trigger, message):
        """One sentence each."""
        before = machine.tasks.paths()

        with pytest.raises(UsageError, match=message):
            register(trigger)

        assert before == machine.tasks.paths()

    def test_a_time_limit(self, register):
        """That has passed before the start."""
        with pytest.raises(UsageError, match="a task cannot have a time limit of -1 s"):
            register(time_limit=-SECOND)
