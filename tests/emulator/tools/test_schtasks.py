"""schtasks.exe."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from harness.emulator.tools.ustimes import read_time, read_us_date, us_minute, us_moment
from harness.errors import NotEmulated
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once, TaskState
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM
from tests.emulator.conftest import START
from tests.emulator.tools.cases import CAPTURE, LEARN, MEMORY, Case, ids, said

CREATE = r"schtasks /create /tn Contoso\Update /tr C:\x.exe"
T = r"schtasks /create /tn T /tr C:\x.exe /sc onstart"
HEAD = (
    "TaskName                                 Next Run Time          Status         ",
    "======================================== ====================== ===============",
)
NOT_FOUND = ("ERROR: The system cannot find the file specified.",)
DENIED = ((), ("ERROR: Access is denied.",), 1)


def wrong(text):
    """Return what schtasks says of arguments that make no sense."""
    return (f"ERROR: {text}", 'Type "SCHTASKS /?" for usage.')


def created(name):
    """Return what schtasks says of a new task."""
    return (f'SUCCESS: The scheduled task "{name}" has successfully been created.',)


CASES = [
    Case(
        "schtasks",
        ("", "Folder: \\", *HEAD, "INFO: There are no scheduled tasks presently available at your access level."),
        source=CAPTURE,
    ),
    Case(
        "schtasks /query /fo list",
        ("", "Folder: \\", "INFO: There are no scheduled tasks presently available at your access level."),
        source=CAPTURE,
    ),
    Case(f"{CREATE} /sc daily /st 09:00", created(r"Contoso\Update"), source=MEMORY),
    Case(
        "schtasks /query",
        (
            "",
            "Folder: \\",
            *HEAD,
            "INFO: There are no scheduled tasks presently available at your access level.",
            "",
            r"Folder: \Contoso",
            *HEAD,
            "Update".ljust(40) + " 3/2/2026 9:00:00 AM    Ready          ",
        ),
        source=MEMORY,
        before=(f"{CREATE} /sc daily /st 09:00",),
    ),
    Case(
        "schtasks /query /tn contoso\\update /nh",
        ("", r"Folder: \Contoso", "Update".ljust(40) + " N/A                    Ready          "),
        source=MEMORY,
        before=(f"{CREATE} /sc onlogon",),
    ),
    Case(
        "schtasks /query /tn \\Contoso\\ /fo csv",
        ('"TaskName","Next Run Time","Status"', r'"\Contoso\Update","N/A","Ready"'),
        source=MEMORY,
        before=(
            T,
            f"{CREATE} /sc onlogon",
        ),
    ),
    Case(
        "schtasks /query /tn T /fo list",
        (
            "",
            "Folder: \\",
            "HostName:      PC-042",
            r"TaskName:      \T",
            "Next Run Time: N/A",
            "Status:        Ready",
            "Logon Mode:    Interactive/Background",
        ),
        source=CAPTURE,
        before=(T,),
    ),
    Case(
        "schtasks /query /fo list",
        (
            "",
            "Folder: \\",
            "HostName:      PC-042",
            r"TaskName:      \A",
            "Next Run Time: N/A",
            "Status:        Ready",
            "Logon Mode:    Interactive/Background",
            "",
            "HostName:      PC-042",
            r"TaskName:      \T",
            "Next Run Time: N/A",
            "Status:        Disabled",
            "Logon Mode:    Interactive/Background",
        ),
        source=CAPTURE,
        before=(T, T.replace("T /tr", "A /tr"), "schtasks /change /tn T /disable"),
    ),
    Case("schtasks /query /tn Nope", err=NOT_FOUND, code=1, source=MEMORY),
    Case("schtasks /query /fo xyz", err=wrong("Invalid syntax. 'xyz' value is not allowed for '/fo' option."), code=1),
    Case(
        "schtasks /query /fo list /nh",
        err=wrong("Invalid syntax. /NH option is not allowed for LIST format."),
        code=1,
        source=MEMORY,
    ),
    Case("schtasks /frobnicate", err=wrong("Invalid argument/option - '/frobnicate'."), code=1, source=MEMORY),
    Case("schtasks /run /tn T", ('SUCCESS: Attempted to run the scheduled task "T".',), before=(T,), source=MEMORY),
    Case("schtasks /run /tn Nope", err=NOT_FOUND, code=1, source=MEMORY),
    Case("schtasks /run", err=wrong("Invalid syntax. Mandatory option 'tn' is missing."), code=1, source=MEMORY),
    Case("schtasks /run /tn", err=wrong("Invalid syntax. Value expected for '/tn'."), code=1, source=MEMORY),
    Case(
        "schtasks /run /tn a /tn b",
        err=wrong("Invalid syntax. '/tn' option is not allowed more than '1' time(s)."),
        code=1,
        source=MEMORY,
    ),
    Case(
        "schtasks /run /tn T",
        err=("ERROR: The task is disabled.",),
        code=1,
        source=MEMORY,
        before=(T, "schtasks /change /tn T /disable"),
    ),
    Case("schtasks /end /tn T", ('SUCCESS: The scheduled task "T" has been terminated successfully.',), before=(T,)),
    Case(
        "schtasks /change /tn T /disable",
        ('SUCCESS: The parameters of scheduled task "T" have been changed.',),
        before=(T,),
    ),
    Case(
        "schtasks /change /tn T",
        err=wrong("Invalid syntax. At least one of the options must be specified."),
        code=1,
        before=(T,),
        source=MEMORY,
    ),
    Case("schtasks /change /enable", err=wrong("Invalid syntax. Mandatory option 'tn' is missing."), code=1),
    Case(
        "schtasks /change /tn T /enable /disable",
        err=wrong("Invalid syntax. /ENABLE and /DISABLE options are mutually exclusive."),
        code=1,
        source=MEMORY,
        before=(T,),
    ),
    Case("schtasks /delete /tn T /f", ('SUCCESS: The scheduled task "T" was successfully deleted.',), before=(T,)),
    Case(
        "schtasks /delete /tn * /f",
        ('SUCCESS: The scheduled task "T" was successfully deleted.',),
        before=(T, f"{CREATE} /sc onstart"),
    ),
    Case("schtasks /delete /tn Nope /f", err=NOT_FOUND, code=1, source=MEMORY),
    Case("schtasks /delete /f", err=wrong("Invalid syntax. Mandatory option 'tn' is missing."), code=1),
    Case(f"{T} /f", created("T"), before=(T,), source=LEARN),
    Case("schtasks /create /tn T /sc onstart", err=wrong("Invalid syntax. Mandatory option 'tr' is missing."), code=1),
    Case("schtasks /create /tn T /tr x", err=wrong("Invalid syntax. Mandatory option 'sc' is missing."), code=1),
    Case(f"{CREATE} /sc sometimes", err=wrong("Invalid Schedule Type specified."), code=1, source=MEMORY),
    Case(f"{CREATE} /sc daily /st 9:00", err=wrong("Invalid Starttime value."), code=1, source=MEMORY),
    Case(f"{CREATE} /sc daily /sd 2026-03-02", err=wrong("Invalid Startdate value."), code=1, source=MEMORY),
    Case(f"{CREATE} /sc minute /mo 1440", err=wrong("Invalid value for /MO option."), code=1, source=LEARN),
    Case(f"{CREATE} /sc weekly /d FUNDAY", err=wrong("Invalid value for /D option."), code=1, source=MEMORY),
    Case(f"{CREATE} /sc once", err=wrong("Invalid syntax. Mandatory option 'st' is missing."), code=1, source=LEARN),
    Case(f"{CREATE} /sc onstart /delay 5", err=wrong("Invalid value for /DELAY option."), code=1, source=LEARN),
    Case(
        f"{CREATE} /sc daily /delay 0001:00",
        err=wrong("Invalid syntax. /DELAY option is valid only for ONSTART, ONLOGON and ONEVENT."),
        code=1,
        source=MEMORY,
    ),
    Case(
        f"{CREATE} /sc onstart /rl MOST",
        err=wrong("Invalid syntax. 'MOST' value is not allowed for '/rl' option."),
        code=1,
    ),
    Case(
        f"{CREATE} /sc onstart /ru Nobody",
        err=("ERROR: No mapping between account names and security IDs was done.",),
        code=1,
        source=MEMORY,
    ),
    Case(
        f"schtasks /create /tn T /sc onstart /tr {'x' * 262}",
        err=wrong("Value for '/tr' option cannot be more than 261 character(s)."),
        code=1,
        source=MEMORY,
    ),
    Case(
        "schtasks /create /tn a|b /tr x /sc onstart",
        err=("ERROR: The filename, directory name, or volume label syntax is incorrect.",),
        code=1,
        source=MEMORY,
    ),
    Case(
        f"{CREATE} /sc once /st 07:00",
        ("WARNING: Task may not run because /ST is earlier than current time.", *created(r"Contoso\Update")),
        source=MEMORY,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(check, case):
    """Tasks are made, shown and deleted as schtasks does."""
    check(case)


@pytest.mark.parametrize(
    ("words", "triggers"),
    [
        ("/sc onstart /delay 0002:30", (AtStartup(delay=timedelta(minutes=2, seconds=30)),)),
        ("/sc ONLOGON", (AtSignIn(),)),
        ("/sc minute /mo 20", (Every(interval=timedelta(minutes=20), starts=START),)),
        ("/sc hourly /mo 2 /st 10:00", (Every(interval=timedelta(hours=2), starts=START + timedelta(hours=2)),)),
        ("/sc daily /mo 3 /st 09:30", (Daily(at=time(9, 30), every_days=3, starts=date(2026, 3, 2)),)),
        ("/sc once /st 10:00 /sd 03/05/2026", (Once(at=START + timedelta(days=3, hours=2)),)),
        ("/sc weekly /st 10:00", (Daily(at=time(10), every_days=7, starts=date(2026, 3, 2)),)),
        (
            "/sc weekly /mo 2 /d mon,FRI /st 10:00",
            (
                Daily(at=time(10), every_days=14, starts=date(2026, 3, 2)),
                Daily(at=time(10), every_days=14, starts=date(2026, 3, 6)),
            ),
        ),
    ],
)
def test_schedules(machine, run, words, triggers):
    """Schedules become the triggers of the machine. Source: learn.microsoft.com, "schtasks create"."""
    assert 0 == run(f"{CREATE} {words}").code
    assert triggers == machine.tasks.query(r"Contoso\Update").task.triggers


def test_every_day_of_the_week(machine, run):
    """`/d *` is all seven."""
    run(f"{CREATE} /sc weekly /d *")
    assert 7 == len(machine.tasks.query(r"Contoso\Update").task.triggers)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"C:\x.exe", r"C:\x.exe"),
        (r"C:\Program Files\x.exe /q", r'"C:\Program" Files\x.exe /q'),
        (r"'C:\Program Files\x.exe' /q", r'"C:\Program Files\x.exe" /q'),
        (r"\"C:\Program Files\x.exe\" /q", r'"C:\Program Files\x.exe" /q'),
    ],
)
def test_the_program_of_a_command(machine, run, written, kept):
    """Without quotes a program ends at the first blank: the classic trap. Source: learn.microsoft.com."""
    run(rf'schtasks /create /tn T /tr "{written}" /sc onstart')
    assert kept == machine.tasks.query("T").task.command_line


@pytest.mark.parametrize(
    ("words", "account", "needs_user", "is_elevated"),
    [
        ("", SYSTEM, True, False),
        ("/ru SYSTEM /rl HIGHEST", SYSTEM, True, True),
        (r'/ru "nt authority\system"', SYSTEM, True, False),
        ('/ru ""', SYSTEM, True, False),
        ('/ru "LOCAL SERVICE"', LOCAL_SERVICE, True, False),
        ('/ru "NT AUTHORITY\\NETWORK SERVICE"', NETWORK_SERVICE, True, False),
        (r"/ru BUILTIN\Users", None, True, False),
        ("/ru ada", "ada", True, False),
        (r"/ru azuread\ada /rp secret", "ada", False, False),
        ("/ru ada /rp secret /it", "ada", True, False),
        ("/ru ada /np", "ada", False, False),
    ],
)
def test_who_a_task_runs_as(machine, run, ada, words, account, needs_user, is_elevated):  # noqa: PLR0917 - a table
    """`/ru` names an account of Windows, a user who is signed in, or everybody."""
    machine.sign_in(ada)
    assert 0 == run(f"{T} {words}").code
    task = machine.tasks.query("T").task
    wanted = ada if account == "ada" else account
    assert (wanted, needs_user, is_elevated) == (task.account, task.needs_user, task.is_elevated)


def test_all_that_is_known_is_shown(run):
    """`/v` as a list, in the order of the real one. Source: from memory of Windows 10."""
    run(f"{CREATE} /sc daily /mo 2 /st 09:00 /ru SYSTEM")
    out = said(run("schtasks /query /tn Contoso\\Update /v /fo list"))[0]
    assert ("", r"Folder: \Contoso", "HostName:                             PC-042") == out[:3]
    for line in (
        "Last Run Time:                        11/30/1999 12:00:00 AM",
        "Last Result:                          267011",
        r"Task To Run:                          C:\x.exe",
        "Scheduled Task State:                 Enabled",
        "Run As User:                          SYSTEM",
        "Stop Task If Runs X Hours and X Mins: 72:00:00",
        "Schedule Type:                        Daily",
        "Start Time:                           9:00:00 AM",
        "Start Date:                           3/2/2026",
        "Days:                                 Every 2 day(s)",
        "Repeat: Stop If Still Running:        N/A",
    ):
        assert line in out
    assert 30 == len(out)


@pytest.mark.parametrize(
    ("schedule", "kind"),
    [
        ("onstart", "At system start up"),
        ("onlogon", "At logon time"),
        ("once /st 10:00", "One Time Only"),
        ("weekly", "Weekly"),
        ("minute /mo 30", "One Time Only, Minute "),
        ("hourly", "One Time Only, Hourly "),
    ],
)
def test_kinds_of_schedules(run, schedule, kind):
    """Every trigger has its words, and a row of its own in comma-separated values."""
    run(f"{CREATE} /sc {schedule}")
    assert f'"{kind}"' in said(run("schtasks /query /tn Contoso\\Update /v /fo csv /nh"))[0][0]


def test_a_task_without_triggers(machine, run):
    """It runs on demand, as whoever is signed in, without a limit."""
    from harness.model.tasks import ScheduledTask

    machine.tasks.register(ScheduledTask(path="T", command_line="x", account=None, time_limit=None))
    out = said(run("schtasks /query /tn T /v /fo list"))[0]
    for line in (
        "Schedule Type:                        On demand only",
        "Run As User:                          Users",
        "Stop Task If Runs X Hours and X Mins: Disabled",
    ):
        assert line in out


class TestRunning:
    """Tasks in action."""

    @pytest.fixture(autouse=True)
    def program(self, machine):
        """Let the program of the task run for ten minutes."""

        async def work(run):
            await run.sleep("10 min")
            return 7

        machine.files.write(r"C:\x.exe", b"")
        machine.programs["x.exe"] = work

    def test_from_run_to_result(self, machine, run):
        """A task runs, and its result is the exit code."""
        for line in (T, "schtasks /run /tn T"):
            run(line)
        assert "Running" in run("schtasks /query /tn T").stdout
        assert ((), ("ERROR: An instance of this task is already running.",), 1) == said(run("schtasks /run /tn T"))
        machine.clock.advance(timedelta(minutes=11))
        assert "Last Result:                          7" in said(run("schtasks /query /tn T /v /fo list"))[0]

    def test_a_task_is_ended(self, machine, run):
        """What it runs is ended with it."""
        for line in (T, "schtasks /run /tn T", "schtasks /end /tn T"):
            run(line)
        assert (TaskState.READY, 0x41306) == (machine.tasks.query("T").state, machine.tasks.query("T").last_result)
        assert "267014" in run("schtasks /query /tn T /v /fo csv /nh").stdout

    def test_a_failure_is_a_negative_number(self, run):
        """HRESULTs are shown as signed numbers."""
        for line in (T.replace("x.exe", "nope.exe"), "schtasks /run /tn T"):
            run(line)
        assert '"-2147024894"' in run("schtasks /query /tn T /v /fo csv /nh").stdout


@pytest.mark.parametrize(("answer", "kept"), [("y\n", "C:\\y.exe"), ("n\n", "C:\\x.exe")])
def test_a_task_is_replaced_when_somebody_agrees(machine, run, answer, kept):
    """Without `/f` schtasks asks."""
    run(T)
    done = run(T.replace("x.exe", "y.exe"), stdin=answer)
    assert done.stdout.startswith('WARNING: The task name "T" already exists. Do you want to replace it (Y/N)? ')
    assert kept == machine.tasks.query("T").task.command_line


@pytest.mark.parametrize(("answer", "count"), [("y\n", 0), ("n\n", 1)])
def test_a_task_is_deleted_when_somebody_agrees(machine, run, answer, count):
    """Without `/f` schtasks asks."""
    run(T)
    run("schtasks /delete /tn T", stdin=answer)
    assert count == len(machine.tasks.paths())


class TestRights:
    """What a standard user may."""

    def test_their_own_tasks(self, machine, as_user, ada):
        """A user makes, sees and deletes tasks that run as themselves."""
        assert 0 == as_user(f"{CREATE} /sc daily").code
        assert ada == machine.tasks.query(r"Contoso\Update").task.account
        assert "Interactive only" in as_user(r"schtasks /query /tn Contoso\Update /fo list").stdout
        assert 0 == as_user(r"schtasks /delete /tn Contoso\Update /f").code

    @pytest.mark.parametrize("words", ["/sc onstart", "/sc onlogon", "/sc daily /ru SYSTEM", "/sc daily /rl highest"])
    def test_nothing_with_more_rights(self, as_user, words):
        """Tasks of the machine take an administrator."""
        assert said(as_user(f"{CREATE} {words}")) == DENIED

    def test_not_the_tasks_of_others(self, run, as_user):
        """What runs as SYSTEM is hidden from users."""
        run(T)
        assert said(as_user("schtasks /query /tn T")) == DENIED
        assert said(as_user("schtasks /delete /tn T /f")) == DENIED
        assert "INFO" in as_user("schtasks /query").stdout

    def test_tasks_for_everybody_can_be_seen(self, run, as_user):
        """What runs as Users can be seen, and not changed."""
        run(f"{T} /ru Users")
        assert 0 == as_user("schtasks /query /tn T").code
        assert said(as_user("schtasks /end /tn T")) == DENIED


@pytest.mark.parametrize(
    "line",
    [
        "schtasks /create /tn T /xml C:\\t.xml",
        f"{CREATE} /sc monthly",
        f"{CREATE} /sc onidle /i 5",
        f"{CREATE} /sc once /d MON /st 10:00",
        "schtasks /query /s PC-1",
        "schtasks /query /v",
        "schtasks /query /tn T /xml",
        "schtasks /showsid /tn T",
        "schtasks /change /tn T /ru SYSTEM",
        "schtasks /?",
        f"{CREATE} /sc onstart /ru Guest",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """XML, other computers, and schedules that the machine's tasks do not have."""
    with pytest.raises(NotEmulated, match=r"schtasks\.exe"):
        run(line)


@pytest.mark.parametrize("line", [T, "schtasks /delete /tn T"])
def test_a_question_that_nobody_answers_is_told(run, line):
    """On Windows the tool would hang."""
    run(T)
    with pytest.raises(NotEmulated, match="/f"):
        run(line)


def test_dates_and_times():
    """US English: twelve hours, month first."""
    noon, midnight = datetime(2026, 12, 1, 12, 5, 9, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert ("12/1/2026 12:05:09 PM", "1/2/2026 12:00:00 AM") == (us_moment(noon), us_moment(midnight))
    assert ("12/1/2026 12:05 PM", "1/2/2026 12:00 AM") == (us_minute(noon), us_minute(midnight))
    assert (None, None, None) == (read_time("24:00"), read_time("12:60"), read_us_date("02/30/2026"))
