"""tasklist.exe and taskkill.exe."""

from datetime import timedelta

import pytest

from harness.errors import NotEmulated
from tests.emulator.services import told
from tests.emulator.tools.cases import CAPTURE, LEARN, MEMORY, Case, ids, said

HEAD = (
    "",
    "Image Name                     PID Session Name        Session#    Mem Usage",
    "========================= ======== ================ =========== ============",
)
SPOOLER = "spoolsv.exe                   1032 Services                   0          N/A"
NONE = ("INFO: No tasks are running which match the specified criteria.",)
FILTER = ("ERROR: The search filter cannot be recognized.",)
FORCE = "Reason: This process can only be terminated forcefully (with /F option)."
CRITICAL = "Reason: This is critical system process. Taskkill cannot end this process."
DENIED = "Reason: Access is denied."


def wrong(tool, text):
    """Return what a tool says of arguments that make no sense."""
    return (f"ERROR: {text}", f'Type "{tool} /?" for usage.')


LISTS = [
    Case('tasklist /fi "imagename eq spoolsv.exe"', (*HEAD, SPOOLER), source=MEMORY),
    Case('tasklist /nh /fi "IMAGENAME eq SPOOL*"', ("", SPOOLER), source=LEARN),
    Case(
        'tasklist /fi "pid eq 4"',
        (*HEAD, "System                           4 Services                   0          N/A"),
    ),
    Case(
        'tasklist -fi "pid le 0" -nh',
        ("", "System Idle Process              0 Services                   0          N/A"),
    ),
    Case(
        'tasklist /fo csv /fi "pid eq 1032"',
        ('"Image Name","PID","Session Name","Session#","Mem Usage"', '"spoolsv.exe","1032","Services","0","N/A"'),
        source=CAPTURE,
    ),
    Case('tasklist /fo csv /nh /fi "pid eq 1032"', ('"spoolsv.exe","1032","Services","0","N/A"',), source=MEMORY),
    Case(
        'tasklist /fo list /fi "pid eq 1032"',
        (
            "",
            "Image Name:   spoolsv.exe",
            "PID:          1032",
            "Session Name: Services",
            "Session#:     0",
            "Mem Usage:    N/A",
        ),
        source=MEMORY,
    ),
    Case(
        'tasklist /v /fo list /fi "pid eq 1032"',
        (
            "",
            "Image Name:   spoolsv.exe",
            "PID:          1032",
            "Session Name: Services",
            "Session#:     0",
            "Mem Usage:    N/A",
            "Status:       Unknown",
            r"User Name:    NT AUTHORITY\SYSTEM",
            "CPU Time:     0:00:00",
            "Window Title: N/A",
        ),
        source=MEMORY,
    ),
    Case(
        'tasklist /svc /fi "services eq spooler"',
        (
            "",
            "Image Name                     PID Services                                    ",
            "========================= ======== ============================================",
            "spoolsv.exe                   1032 Spooler                                     ",
        ),
        source=MEMORY,
    ),
    Case('tasklist /svc /fo csv /nh /fi "pid eq 1000"', ('"smss.exe","1000","N/A"',), source=MEMORY),
    Case('tasklist /fi "imagename eq nope.exe"', NONE, source=CAPTURE),
    Case('tasklist /fi "imagename eq spoolsv.exe" /fi "session ne 0"', NONE, source=MEMORY),
    Case('tasklist /fi "status eq running"', NONE),
    Case('tasklist /nh /fi "username eq system" /fi "imagename eq spoolsv.exe"', ("", SPOOLER)),
    Case('tasklist /nh /fi "sessionname eq services" /fi "pid gt 1028" /fi "pid lt 1036"', ("", SPOOLER)),
    Case('tasklist /nh /fi "cputime gt 00:00:01"', NONE),
    Case('tasklist /nh /fi "imagename ne spoolsv.exe" /fi "pid ge 1032" /fi "pid le 1032"', NONE),
    Case("tasklist /fi nonsense", err=FILTER, code=1, source=MEMORY),
    Case('tasklist /fi "imagename gt x"', err=FILTER, code=1, source=LEARN),
    Case('tasklist /fi "pid eq x"', err=FILTER, code=1),
    Case('tasklist /fi "cputime eq x"', err=FILTER, code=1),
    Case('tasklist /fi "status eq happy"', err=FILTER, code=1),
    Case('tasklist /fi "colour eq red"', err=FILTER, code=1),
    Case("tasklist /foo", err=wrong("TASKLIST", "Invalid argument/option - '/foo'."), code=1, source=CAPTURE),
    Case("tasklist foo", err=wrong("TASKLIST", "Invalid argument/option - 'foo'."), code=1, source=MEMORY),
    Case("tasklist /fi", err=wrong("TASKLIST", "Invalid syntax. Value expected for '/fi'."), code=1, source=MEMORY),
    Case("tasklist /fo /nh", err=wrong("TASKLIST", "Invalid syntax. Value expected for '/fo'."), code=1),
    Case(
        "tasklist /v /v",
        err=wrong("TASKLIST", "Invalid syntax. '/v' option is not allowed more than '1' time(s)."),
        code=1,
    ),
    Case(
        "tasklist /fo xml",
        err=wrong("TASKLIST", "Invalid syntax. 'xml' value is not allowed for '/fo' option."),
        code=1,
    ),
    Case(
        "tasklist /v /svc",
        err=wrong("TASKLIST", "Invalid syntax. /V, /M and /SVC options cannot be used together."),
        code=1,
        source=MEMORY,
    ),
    Case(
        "tasklist /fo list /nh",
        err=wrong("TASKLIST", "Invalid syntax. /NH option is valid only for TABLE and CSV formats."),
        code=1,
        source=MEMORY,
    ),
]


@pytest.mark.parametrize("case", LISTS, ids=ids)
def test_lists(check, case):
    """Processes are listed and filtered as tasklist does."""
    check(case)


def test_many_services_take_several_lines(run):
    """What does not fit goes on in the next line."""
    lines = said(run('tasklist /svc /fi "services eq dnscache"'))[0]
    assert len(lines) > 4
    assert lines[3].startswith("svchost.exe ")
    assert lines[4].startswith(" " * 35)


def test_sessions_have_names(machine, run, ada, bob):
    """The one at the screen is the console; one in the background has none."""
    for account in (ada, bob):
        machine.sign_in(account)
    rows = said(run('tasklist /fo csv /nh /fi "imagename eq explorer.exe"'))[0]
    assert ['"","1"', '"Console","2"'] == [row.split(",", 2)[2].rsplit(",", 1)[0] for row in rows]
    assert "Running" in run('tasklist /v /fo csv /nh /fi "imagename eq explorer.exe"').stdout


def test_users_do_not_know_the_owners_of_others(as_user):
    """A standard user sees every process, and whose it is only of their own."""
    rows = said(as_user("tasklist /v /fo csv /nh"))[0]
    owners = {row.split('","')[0].strip('"'): row.split('","')[6] for row in rows}
    assert (r"AzureAD\ada", "N/A", "N/A") == (owners["explorer.exe"], owners["spoolsv.exe"], owners["System"])


KILLS = [
    Case(
        "taskkill /f /im spoolsv.exe",
        ('SUCCESS: The process "spoolsv.exe" with PID 1032 has been terminated.',),
        source=MEMORY,
    ),
    Case("taskkill /F /PID 1032", ("SUCCESS: The process with PID 1032 has been terminated.",), source=CAPTURE),
    Case(
        "taskkill /f /im SPOOL*",
        ('SUCCESS: The process "spoolsv.exe" with PID 1032 has been terminated.',),
        source=LEARN,
    ),
    Case(
        'taskkill /f /fi "pid eq 1032"',
        ('SUCCESS: The process "spoolsv.exe" with PID 1032 has been terminated.',),
        source=LEARN,
    ),
    Case(
        "taskkill /im spoolsv.exe",
        err=('ERROR: The process "spoolsv.exe" with PID 1032 could not be terminated.', FORCE),
        code=1,
        source=CAPTURE,
    ),
    Case(
        "taskkill /pid 1032",
        err=("ERROR: The process with PID 1032 could not be terminated.", FORCE),
        code=1,
        source=CAPTURE,
    ),
    Case("taskkill /f /im nope.exe", err=('ERROR: The process "nope.exe" not found.',), code=128, source=MEMORY),
    Case("taskkill /f /pid 99999", err=('ERROR: The process "99999" not found.',), code=128, source=MEMORY),
    Case(
        "taskkill /f /im nope.exe /im spoolsv.exe",
        ('SUCCESS: The process "spoolsv.exe" with PID 1032 has been terminated.',),
        ('ERROR: The process "nope.exe" not found.',),
        128,
        MEMORY,
    ),
    Case("taskkill /f /im nope*", ("INFO: No tasks running with the specified criteria.",), source=MEMORY),
    Case(
        'taskkill /f /fi "imagename eq nope.exe"',
        ("INFO: No tasks running with the specified criteria.",),
        source=CAPTURE,
    ),
    Case(
        'taskkill /f /im spoolsv.exe /fi "session ne 0"',
        ("INFO: No tasks running with the specified criteria.",),
        source=MEMORY,
    ),
    Case(
        "taskkill /f /pid 0",
        err=("ERROR: The process with PID 0 could not be terminated.", CRITICAL),
        code=1,
        source=MEMORY,
    ),
    Case(
        "taskkill /f /pid 4",
        err=("ERROR: The process with PID 4 could not be terminated.", DENIED),
        code=1,
        source=MEMORY,
    ),
    Case(
        "taskkill /f /im wininit.exe",
        err=('ERROR: The process "wininit.exe" with PID 1008 could not be terminated.', CRITICAL),
        code=1,
        source=MEMORY,
    ),
    Case(
        "taskkill /f /im MsMpEng.exe",
        err=('ERROR: The process "MsMpEng.exe" with PID 1040 could not be terminated.', DENIED),
        code=1,
        source=MEMORY,
    ),
    Case(
        "taskkill /f /im taskkill.exe", err=('ERROR: The process "taskkill.exe" not found.',), code=128, source=MEMORY
    ),
    Case(
        "taskkill",
        err=wrong("TASKKILL", "Invalid syntax. Neither /FI nor /PID nor /IM were specified."),
        code=1,
        source=CAPTURE,
    ),
    Case(
        "taskkill /f /im a.exe /pid 4",
        err=wrong("TASKKILL", "Invalid syntax. /IM and /PID options cannot be used together."),
        code=1,
        source="from memory of Wine's taskkill",
    ),
    Case(
        "taskkill /f /im *",
        err=wrong("TASKKILL", "Invalid syntax. Wildcard (*) for /IM requires a filter."),
        code=1,
        source=LEARN,
    ),
    Case("taskkill //F //IM x.exe", err=wrong("TASKKILL", "Invalid argument/option - '//F'."), code=1, source=CAPTURE),
    Case("taskkill /f /fi nonsense", err=FILTER, code=1, source=MEMORY),
]


@pytest.mark.parametrize("case", KILLS, ids=ids)
def test_kills(check, case):
    """Processes are ended as taskkill does."""
    check(case)


class TestTrees:
    """`/t`: a process and what it has started."""

    @pytest.fixture(autouse=True)
    def tree(self, machine, start):
        """Start a process that starts another one."""

        async def child(run):
            await run.sleep("1 h")
            return 0

        async def parent(run):
            run.start(r"C:\Package\child.exe")
            await run.sleep("1 h")
            return 0

        machine.files.write(r"C:\Package\child.exe", b"")
        machine.programs["child.exe"] = child
        start("parent.exe", parent)
        machine.clock.advance(timedelta(seconds=1))

    def test_the_innermost_goes_first(self, machine, run):
        """Every process of the tree is named with its parent. Source: captures of Windows 10."""
        pids = [machine.processes.running(f"{name}.exe")[0].pid for name in ("child", "parent")]
        expected = (
            f"SUCCESS: The process with PID {pids[0]} (child process of PID {pids[1]}) has been terminated.",
            f"SUCCESS: The process with PID {pids[1]} (child process of PID 0) has been terminated.",
        )
        assert (expected, (), 0) == said(run("taskkill /f /t /im parent.exe"))
        assert [] == machine.processes.running("child.exe")

    def test_without_it_the_child_lives(self, machine, run):
        """Ending the parent ends nobody else."""
        run("taskkill /f /im parent.exe")
        assert 1 == len(machine.processes.running("child.exe"))

    def test_what_goes_with_the_tree_is_not_missed(self, machine, run):
        """A process that was named too and has gone already is no error."""
        assert 0 == run("taskkill /f /t /im parent.exe /im child.exe").code

    def test_filters_choose_what_ends(self, machine, run):
        """A filter without a name ends all that passes."""
        assert 0 == run('taskkill /f /t /fi "imagename eq parent.exe"').code
        assert [] == machine.processes.running("child.exe")


def test_a_window_is_closed(machine, as_user):
    """In one's own session a program is asked, and assumed to close."""
    pid = machine.processes.running("ctfmon.exe")[0].pid
    out, err, code = said(as_user("taskkill /im ctfmon.exe"))
    assert ((f'SUCCESS: Sent termination signal to the process "ctfmon.exe" with PID {pid}.',), (), 0) == (
        out,
        err,
        code,
    )
    assert [] == machine.processes.running("ctfmon.exe")
    assert 1 == len(told(machine, "closing assumed"))


def test_a_tree_is_closed(machine, as_user):
    """With `/t` the words are others. Source: from memory of Windows 10."""
    pid = machine.processes.running("explorer.exe")[0].pid
    expected = (f"SUCCESS: Sent termination signal to process with PID {pid}, child of PID 0.",)
    assert expected == said(as_user("taskkill /t /im explorer.exe"))[0]


def test_standard_users_are_refused(as_user):
    """A standard user ends nobody else's process."""
    expected = ('ERROR: The process "spoolsv.exe" with PID 1032 could not be terminated.', DENIED)
    assert ((), expected, 1) == said(as_user("taskkill /f /im spoolsv.exe"))


@pytest.mark.parametrize(
    "line",
    [
        "tasklist /m",
        "tasklist /s PC-1",
        'tasklist /fi "memusage gt 1000"',
        'taskkill /fi "windowtitle eq x"',
        "tasklist /?",
        "taskkill /s PC-1 /im x",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """Modules, windows, memory, other computers."""
    with pytest.raises(NotEmulated, match="task"):
        run(line)
