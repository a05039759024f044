"""shutdown.exe, powercfg.exe, and the tools of sessions."""

from datetime import timedelta

import pytest

from harness.emulator.powerstate import PowerState
from harness.errors import NotEmulated
from tests.emulator.services import told
from tests.emulator.tools.cases import LEARN, MEMORY, Case, ids, said

USAGE = (
    "Usage: shutdown.exe [/i | /l | /s | /sg | /r | /g | /a | /p | /h | /e | /o] [/hybrid] [/soft] [/fw] [/f]",
    r'    [/m \\computer][/t xxx][/d [p|u:]xx:yy [/c "comment"]]',
)
SCHEDULED = ("A system shutdown has already been scheduled.(1190)",)
QUSER = " USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME"

CASES = [
    Case("shutdown /r /t 60"),
    Case('shutdown -s -f -t 60 -c "a comment" -d p:4:1'),
    Case("shutdown /g /t 60 /soft"),
    Case("shutdown /s /hybrid /t 60"),
    Case("shutdown /r", err=SCHEDULED, code=1190, source=MEMORY, before=("shutdown /r /t 60",)),
    Case("shutdown /a", before=("shutdown /r /t 60",)),
    Case(
        "shutdown /a",
        err=("Unable to abort the system shutdown because no shutdown was in progress.(1116)",),
        code=1116,
        source=MEMORY,
    ),
    *(
        Case(f"shutdown {words}", USAGE, code=1, source=LEARN)
        for words in (
            "",
            "/frobnicate",
            "/r /t",
            "/r /t x",
            "/r /t 315360001",
            "/r /d 1",
            "/r /d 256:1",
            "/r /d 1:65536",
            f"/r /c {'x' * 513}",
            "/r /s",
            "/a /t 5",
            "/l /t 5",
            "/r /hybrid",
            "/p /t 0",
            "/h /t 5",
            "now",
        )
    ),
    Case("powercfg /h off"),
    Case("powercfg -hibernate on"),
    Case("powercfg /h", err=('Invalid Parameters -- try "/?" for help',), code=1, source=MEMORY),
    Case("powercfg /h maybe", err=('Invalid Parameters -- try "/?" for help',), code=1, source=MEMORY),
    Case("quser", err=("No User exists for *",), code=1, source=MEMORY),
    Case("query user ada", err=("No User exists for ada",), code=1, source=MEMORY),
    Case("query", err=("Invalid parameter(s)", "QUERY { PROCESS | SESSION | TERMSERVER | USER }"), code=1),
    Case("quser /frobnicate", err=("Invalid parameter(s)",), code=1, source=MEMORY),
    Case(
        "query session",
        (
            " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE ",
            ">services                                    0  Disc                       ",
            " console                                     1  Conn                       ",
        ),
        source=MEMORY,
    ),
    Case("logoff 7", err=("Session 7 not found",), code=1, source=MEMORY),
    Case("msg * hello", err=("No session exists for *",), code=1, source=MEMORY),
    Case("msg", err=("Invalid parameter(s)",), code=1, source=MEMORY),
    Case(
        "bcdedit",
        ("The boot configuration data store could not be opened.", "Access is denied."),
        code=1,
        source=MEMORY,
    ),
]


@pytest.mark.parametrize("case", CASES[:-1], ids=ids)
def test_command_lines(check, case):
    """Restarts are asked for and called off, sessions shown."""
    check(case)


class TestShutdown:
    """What becomes of a request."""

    @pytest.mark.parametrize(
        ("words", "seconds", "is_forced", "is_hybrid"),
        [
            ("/r", 30, True, False),
            ("/r /t 0", 0, False, False),
            ("/r /t 0 /f", 0, True, False),
            ("/s /t 90", 90, True, False),
            ("/s /hybrid", 30, True, True),
            ("/p", 0, False, False),
            ("/p /f", 0, True, False),
            ("/sg", 30, True, False),
        ],
    )
    def test_the_request(self, machine, start, words, seconds, is_forced, is_hybrid):  # noqa: PLR0917 - a table
        """Without `/t` it is half a minute; waiting implies force."""
        start(f"shutdown {words}", working_directory="C:\\")
        machine.clock.advance(timedelta())
        event = machine.timeline.of(kind="restart scheduled") or machine.timeline.of(kind="shutdown scheduled")
        assert (seconds, is_forced) == (event[0].data["delay_s"], event[0].data["is_forced"])
        assert machine.power.pending is None or is_hybrid == machine.power.pending.is_hybrid

    def test_the_machine_restarts(self, machine, run):
        """After the delay."""
        run('shutdown /r /t 60 /c "new software" /d p:4:2')
        assert "new software (p:4:2)" == machine.power.pending.reason
        machine.clock.advance(timedelta(minutes=5))
        assert (PowerState.ON, True) == (machine.power.state, machine.power.uptime < timedelta(minutes=4))

    def test_the_machine_goes_off(self, machine, run):
        """And stays off."""
        run("shutdown /p", takes=timedelta(minutes=5))
        assert machine.power.state is PowerState.OFF

    def test_nobody_asks_twice(self, machine, run):
        """Not even while it goes down."""
        run("shutdown /r /t 60")
        assert (SCHEDULED, 1190) == said(run("shutdown /s /t 0"))[1:]

    def test_the_machine_hibernates(self, machine, run):
        """`/h` keeps everything."""
        run("shutdown /h")
        assert machine.power.state is PowerState.HIBERNATED

    def test_users_restart_clients(self, as_user):
        """Everybody may, on a client."""
        assert 0 == as_user("shutdown /r /t 60").code

    def test_a_user_signs_out(self, machine, as_user):
        """`/l` ends the session it is started in."""
        assert 0 == as_user("shutdown /l").code
        assert () == machine.sessions.signed_in()


def test_users_do_not_restart_servers(facts, ada):
    """On a server it takes an administrator."""
    from dataclasses import replace

    from harness.emulator.clock import VirtualClock
    from harness.emulator.machine import EmulatedMachine
    from harness.model.commands import Command
    from tests.emulator.conftest import START

    server = replace(facts, release="Windows Server 2022", build=20348, edition="ServerStandard")
    with EmulatedMachine(server, VirtualClock(START, freeze=False), users=[ada]) as machine:
        command = Command(command_line="shutdown /r", working_directory="C:\\", account=ada, session_id=1)
        process = machine.processes.start(command)
        machine.clock.advance(timedelta(seconds=1))
        assert ((), ("Access is denied.(5)",), 5) == said(process.exit)


def test_hibernation_decides_about_fast_startup(machine, run, as_user):
    """`powercfg /h off` takes fast startup away; a standard user may not."""
    run("powercfg /h off")
    assert not machine.power.fast_startup
    text = "Unable to perform operation. You do not have permission to enable or disable the Hibernate feature."
    assert ((), (text,), 1) == said(as_user("powercfg /h on"))


class TestSessions:
    """Who is signed in."""

    @pytest.fixture(autouse=True)
    def people(self, machine, ada, bob):
        """Let bob be at the screen, and ada in the background."""
        for account in (ada, bob):
            machine.sign_in(account)

    def test_users(self, run):
        """The one at the screen is on the console. Source: from memory of Windows 10."""
        expected = (
            QUSER,
            " bob                   console             2  Active      none   3/2/2026 8:00 AM",
            " ada                                       1  Disc        none   3/2/2026 8:00 AM",
        )
        assert (expected, (), 0) == said(run("quser"))
        assert (expected, (), 0) == said(run("query user"))
        assert (expected[::2], (), 0) == said(run("quser ADA"))

    def test_a_users_own_session_is_marked(self, machine, run, ada):
        """With `>`."""
        assert ">ada " in run("quser 1", account=ada, session_id=1).stdout

    def test_sessions(self, run):
        """`query session` names them too."""
        assert (
            " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE ",
            " console           bob                       2  Active                     ",
        ) == said(run("query session console"))[0]

    @pytest.mark.parametrize("word", ["2", "console"])
    def test_a_session_is_ended(self, machine, run, word):
        """By number or name."""
        assert 0 == run(f"logoff {word}").code
        assert ["ada"] == [one.account.name for one in machine.sessions.signed_in()]

    def test_ones_own_session_is_ended(self, machine, run, ada):
        """Without a number it is one's own."""
        run("logoff", account=ada, session_id=1)
        assert ["bob"] == [one.account.name for one in machine.sessions.signed_in()]

    def test_not_that_of_others(self, run, ada):
        """Which takes an administrator."""
        expected = ("Could not logoff session ID 2, Error code 5", "Error [5]:Access is denied.")
        assert ((), expected, 1) == said(run("logoff 2", account=ada, session_id=1))

    @pytest.mark.parametrize(("words", "count"), [("* hello", 2), ("bob hello", 1), ("/time:5 hello", 0), ("1", 1)])
    def test_messages(self, machine, run, words, count):
        """What people see is on the timeline; without text it comes from the standard input."""
        run(f"msg {words}", stdin="hello")
        assert count == len(told(machine, "message shown"))

    def test_a_message_for_a_time(self, machine, run):
        """How long it is shown does not matter."""
        run("msg * /time:5 /v hello you")
        assert "bob sees a message: hello you" in told(machine, "message shown")


@pytest.mark.parametrize(
    "line",
    [
        "shutdown /i",
        r"shutdown /r /m \\PC-1",
        "shutdown /r /o",
        "shutdown /r /fw",
        "shutdown /l",
        "shutdown /?",
        "powercfg /list",
        "powercfg",
        "powercfg /h /size 50",
        "quser /server:PC-1",
        "query process",
        "logoff",
        "msg * /w hello",
        "bcdedit /enum",
        "dism /online /get-features",
    ],
)
def test_what_is_not_modelled_is_said(machine, run, ada, line):
    """Other computers, windows, plans, the boot configuration, features."""
    machine.sign_in(ada)
    with pytest.raises(NotEmulated, match=r"\.exe"):
        run(line)


def test_standard_users_are_refused(as_user):
    """What takes an administrator says so. Source: from memory of Windows 10."""
    assert (CASES[-1].out, (), 1) == said(as_user("bcdedit"))
    expected = (
        "",
        "Error: 740",
        "",
        "Elevated permissions are required to run DISM.",
        "Use an elevated command prompt to complete these tasks.",
    )
    assert (expected, (), 740) == said(as_user("dism /online /get-features"))
