"""The files that Task Scheduler keeps."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from defusedxml.ElementTree import fromstring

from harness.emulator.accounts import local_account
from harness.emulator.taskfiles import delete_task_file, write_task_file
from harness.model.tasks import AtSignIn, AtStartup, Daily, Every, Once, ScheduledTask

PLACE = r"C:\Windows\System32\Tasks\Contoso\Update"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
BOSS = local_account("boss", "PC-042")


@pytest.fixture
def written(files):
    """Give a function that writes a task and returns the document, without its namespace."""

    def written(**settings):
        settings = {"path": r"\Contoso\Update", "command_line": r'"C:\Contoso & Co\a.exe" /x "y z"'} | settings
        write_task_file(files, ScheduledTask(**settings), NOW)
        return fromstring(files.read(PLACE).decode("utf-16").replace(f' xmlns="{NAMESPACE[1:-1]}"', ""))

    return written


def test_the_document_says_what_is_run(written):
    """The command and its arguments apart; the name of the task."""
    task = written(working_directory=r"C:\Contoso", description="<updates>")

    texts = [task.findtext(f"Actions/Exec/{name}") for name in ("Command", "Arguments", "WorkingDirectory")]
    assert [r"C:\Contoso & Co\a.exe", '/x "y z"', r"C:\Contoso"] == texts
    assert [r"\Contoso\Update", "<updates>"] == [
        task.findtext(f"RegistrationInfo/{name}") for name in ("URI", "Description")
    ]


def test_a_command_without_arguments(written):
    """Has none in the document."""
    assert ["Command"] == [one.tag for one in written(command_line="a.exe").find("Actions/Exec")]


def test_it_is_utf_16_with_a_mark(files, written):
    """As Windows writes it."""
    written()

    assert files.read(PLACE).startswith(b"\xff\xfe<\0?\0x\0m\0l\0")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"UserId": "S-1-5-18", "RunLevel": "LeastPrivilege"}),
        ({"account": None, "is_elevated": True}, {"GroupId": "S-1-5-32-545", "RunLevel": "HighestAvailable"}),
        ({"account": BOSS}, {"UserId": BOSS.sid, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}),
        (
            {"account": BOSS, "needs_user": False},
            {"UserId": BOSS.sid, "LogonType": "Password", "RunLevel": "LeastPrivilege"},
        ),
    ],
)
def test_as_whom(written, settings, expected):
    """An account of Windows, a user who is there or not, everybody."""
    assert expected == {one.tag: one.text for one in written(**settings).find("Principals/Principal")}


def test_the_settings(written):
    """Enabled, made up for, for how long."""
    first = written().find("Settings")
    second = written(is_enabled=False, starts_when_available=True, time_limit=None).find("Settings")

    assert ["false", "true", "PT4320M"] == [one.text for one in first]
    assert ["true", "false", "PT0S"] == [one.text for one in second]


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (AtStartup(), "BootTrigger"),
        (AtStartup(delay=timedelta(seconds=90)), "BootTrigger Delay=PT90S"),
        (AtSignIn(account=BOSS, delay=timedelta(minutes=1)), r"LogonTrigger Delay=PT1M UserId=PC-042\boss"),
        (AtSignIn(), "LogonTrigger"),
        (Once(at=NOW), "TimeTrigger StartBoundary=2026-03-02T08:00:00Z"),
        (
            Daily(at=time(9, 30), every_days=2),
            "CalendarTrigger StartBoundary=2026-03-02T09:30:00 ScheduleByDay DaysInterval=2",
        ),
        (
            Daily(at=time(9), starts=date(2026, 4, 1)),
            "CalendarTrigger StartBoundary=2026-04-01T09:00:00 ScheduleByDay DaysInterval=1",
        ),
        (
            Every(interval=timedelta(minutes=5)),
            "TimeTrigger Repetition Interval=PT5M StartBoundary=2026-03-02T08:00:00",
        ),
        (
            Every(interval=timedelta(hours=1), starts=NOW, lasts=timedelta(days=1)),
            "TimeTrigger Repetition Interval=PT60M Duration=PT1440M StartBoundary=2026-03-02T08:00:00Z",
        ),
    ],
)
def test_when(written, trigger, expected):
    """Every kind of trigger."""
    element = written(triggers=(trigger,)).find("Triggers")[0]

    assert expected == " ".join(f"{one.tag}={one.text}" if one.text else one.tag for one in element.iter())


def test_the_file_goes_with_the_task(files, written):
    """If it is still there."""
    written()
    task = ScheduledTask(path=r"\Contoso\Update", command_line="x")

    delete_task_file(files, task)
    assert not files.exists(PLACE)
    delete_task_file(files, task)
