"""net.exe."""

from datetime import timedelta

import pytest

from harness.emulator.serviceprocesses import Pace
from harness.errors import NotEmulated
from tests.emulator.tools.cases import CAPTURE, MEMORY, Case, ids, said

RULE = "-" * 79
GUESTS = (
    "Guests have the same access as members of the Users group by default, except for the Guest account which is "
    "further restricted"
)


def message(text, number):
    """Return a failure of net.exe's own."""
    return (text, "", f"More help is available by typing NET HELPMSG {number}.", "")


def system(code, text):
    """Return a failure of Windows."""
    return (f"System error {code} has occurred.", "", text, "")


USAGE = (
    "The syntax of this command is:",
    "",
    "NET",
    "    [ ACCOUNTS | COMPUTER | CONFIG | CONTINUE | FILE | GROUP | HELP |",
    "      HELPMSG | LOCALGROUP | PAUSE | SESSION | SHARE | START |",
    "      STATISTICS | STOP | TIME | USE | USER | VIEW ]",
    "",
)
STOPPED = ("The Print Spooler service is stopping.", "The Print Spooler service was stopped successfully.", "")
STARTED = ("The Print Spooler service is starting.", "The Print Spooler service was started successfully.", "")
NO_SERVICE = message("The service name is invalid.", 2185)

CASES = [
    Case("net stop Spooler", STOPPED, source=MEMORY),
    Case("net1 stop Spooler", STOPPED, source=MEMORY),
    Case('net STOP "print spooler"', STOPPED, source=MEMORY),
    Case("net start Spooler", STARTED, before=("net stop Spooler",), source=CAPTURE),
    Case(
        "net start Spooler",
        err=message("The requested service has already been started.", 2182),
        code=2,
        source=CAPTURE,
    ),
    Case(
        "net stop Spooler",
        err=message("The Print Spooler service is not started.", 3521),
        code=2,
        source=MEMORY,
        before=("net stop Spooler",),
    ),
    Case("net start Nope", err=NO_SERVICE, code=2, source=CAPTURE),
    Case("net stop Nope", err=NO_SERVICE, code=2, source=MEMORY),
    Case(
        "net start Spooler",
        err=system(
            1058,
            "The service cannot be started, either because it is disabled or because it has no enabled devices "
            "associated with it.",
        ),
        code=2,
        before=("net stop Spooler", "sc config Spooler start= disabled"),
        source=MEMORY,
    ),
    Case("net stop PlugPlay", err=message("The Plug and Play service is not started.", 3521), code=2, source=MEMORY),
    Case("net stop Schedule", err=system(5, "Access is denied."), code=2, source=MEMORY),
    Case(
        "net stop LSM /y",
        err=message("The requested pause, continue, or stop is not valid for this service.", 2191),
        code=2,
        source=MEMORY,
    ),
    Case("net stop", err=("The syntax of this command is:", "", "NET STOP", "service", ""), code=1),
    Case("net", err=USAGE, code=1),
    Case("net frobnicate", err=USAGE, code=1),
    Case("net helpmsg 2185", ("", "The service name is invalid.", "")),
    Case("net helpmsg 5", ("", "Access is denied.", "")),
    Case("net helpmsg x", err=("The syntax of this command is:", "", "NET HELPMSG", "message#", ""), code=1),
    Case(
        "net user",
        (
            "",
            "User accounts for \\\\PC-042",
            "",
            RULE,
            "Administrator            DefaultAccount           Guest                    ",
            "WDAGUtilityAccount".ljust(25),
            "The command completed successfully.",
            "",
        ),
        source=MEMORY,
    ),
    Case("net user Nobody", err=message("The user name could not be found.", 2221), code=2, source=MEMORY),
    Case(
        "net localgroup Guests",
        (
            "Alias name     Guests",
            f"Comment        {GUESTS}",
            "",
            "Members",
            "",
            RULE,
            "Guest",
            "The command completed successfully.",
            "",
        ),
        source=MEMORY,
    ),
    Case("net localgroup Nope", err=message("The specified local group does not exist.", 1376), code=2, source=MEMORY),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(check, case):
    """Services are started and stopped, accounts shown, as net.exe does."""
    check(case)


class TestDependents:
    """Services that others need."""

    CREATE = r"sc create Contoso binPath= C:\Contoso\svc.exe depend= Spooler"
    ABOUT = (
        "The following services are dependent on the Print Spooler service.",
        "Stopping the Print Spooler service will also stop these services.",
        "",
        "   Contoso",
        "",
    )

    @pytest.fixture(autouse=True)
    def dependent(self, machine, run):
        """Let another service need the spooler."""
        machine.files.write(r"C:\Contoso\svc.exe", b"MZ")
        for line in (self.CREATE, "net start Contoso"):
            run(line)

    def test_they_are_stopped_first(self, run):
        """With `/y` nobody is asked."""
        first = ("The Contoso service is stopping.", "The Contoso service was stopped successfully.", "")
        assert ((*self.ABOUT, *first, *STOPPED), (), 0) == said(run("net stop Spooler /y"))

    @pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 2)])
    def test_somebody_decides(self, run, answer, code):
        """Without it, whoever feeds the standard input; nothing means no."""
        assert code == run("net stop Spooler", stdin=answer).code

    def test_no_is_a_switch_too(self, run):
        """`/n` answers no."""
        assert 2 == run("net stop Spooler /n").code

    def test_nobody_decides(self, run):
        """On Windows the tool would wait."""
        with pytest.raises(NotEmulated, match="/y"):
            run("net stop Spooler")


def test_a_slow_service_is_waited_for(machine, run):
    """net.exe ends when the service has started or stopped."""
    machine.services.paces["Spooler"] = Pace(starting="20 s", stopping="10 s")
    assert timedelta(seconds=10) == run("net stop Spooler", takes=timedelta(minutes=1)).elapsed
    assert timedelta(seconds=20) == run("net start Spooler", takes=timedelta(minutes=1)).elapsed


def test_a_service_that_does_not_start(machine, run):
    """It is told why."""
    machine.files.write(r"C:\Contoso\svc.exe", b"MZ")
    run(r"sc create Contoso binPath= C:\Contoso\svc.exe")
    machine.services.paces["Contoso"] = Pace(starting=None)
    out, err, code = said(run("net start Contoso", takes=timedelta(minutes=1)))
    assert (("The Contoso service is starting.",), 2) == (out, code)
    assert ("The Contoso service could not be started.", "System error 1053 has occurred.") == (err[0], err[4])


def test_what_runs_is_listed(run):
    """Without a name `net start` lists display names, sorted."""
    out, _, code = said(run("net start"))
    names = [line.strip() for line in out[2:-3]]
    assert ("These Windows services are started:", "", 0) == (*out[:2], code)
    assert sorted(names, key=str.upper) == names
    assert "Print Spooler" in names


def test_accounts_and_groups(machine, run, ada, bob):
    """Whoever has signed in is known, and who is an administrator."""
    for account in (bob, ada):
        machine.sign_in(account)
    shown = said(run("net user bob"))[0]
    assert "User name                    bob" in shown
    assert "Local Group Memberships      *Administrators      " in shown
    assert ["Administrator", "bob"] == list(said(run("net localgroup administrators"))[0][6:-2])
    assert "*Remote Desktop Users" in said(run("net localgroup"))[0]


@pytest.mark.parametrize("line", ["net start BITS", "net stop Spooler"])
def test_standard_users_are_refused(as_user, line):
    """Who is no administrator starts and stops nothing. Source: from memory of Windows 10."""
    assert ((), system(5, "Access is denied."), 2) == said(as_user(line))


@pytest.mark.parametrize(
    "line",
    ["net use", "net user bob Secret1 /add", "net localgroup Users bob /add", "net /?", "net helpmsg 9999"],
)
def test_what_is_not_modelled_is_said(run, line):
    """The network, and what changes accounts."""
    with pytest.raises(NotEmulated, match=r"net\.exe"):
        run(line)
