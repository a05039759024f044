"""wmic.exe and its conditions."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.tools.wql import BadQuery, condition
from harness.errors import NotEmulated
from harness.model.services import StartType
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.msi.building import Msi
from tests.emulator.tools.cases import LEARN, MEMORY, Case, ids

CR = "\r"
INVALID = ("Node - PC-042", "ERROR:", "Description = Invalid query", "")
NONE = ("No Instance(s) Available.\r", "\r")


def lines(*texts):
    """Return lines with the second CR that WMIC gives them."""
    return tuple(f"{text}\r" for text in texts)


CASES = [
    Case("wmic os get Version", lines("Version     ", "10.0.22631  ", ""), source=MEMORY),
    Case(
        "wmic os get caption,buildnumber /value",
        lines("", "", "BuildNumber=22631", "Caption=Microsoft Windows 11 Pro", "", "", ""),
        source=MEMORY,
    ),
    Case(
        "wmic os get caption, osarchitecture /format:list",
        lines("", "", "Caption=Microsoft Windows 11 Pro", "OSArchitecture=64-bit", "", "", ""),
        source=MEMORY,
    ),
    Case(
        "wmic OS get LastBootUpTime",
        lines("LastBootUpTime             ", "20260302080000.000000+000  ", ""),
        source=MEMORY,
    ),
    Case(
        "wmic computersystem get name,partofdomain",
        lines("Name    PartOfDomain  ", "PC-042  FALSE         ", ""),
        source=MEMORY,
    ),
    Case("wmic path Win32_ComputerSystem get UserName", lines("UserName  ", "          ", ""), source=MEMORY),
    Case(
        "wmic logicaldisk get deviceid,drivetype /format:csv",
        lines("", "Node,DeviceID,DriveType", "PC-042,C:,3"),
        source=MEMORY,
    ),
    Case("wmic logicaldisk where \"DeviceID='C:'\" get Size", lines("Size          ", "274877906944  ", "")),
    Case(
        'wmic service where name="Spooler" get State,StartMode',
        lines("StartMode  State    ", "Auto       Running  ", ""),
        source=MEMORY,
    ),
    Case(
        'wmic service where (name="Spooler" or name="BITS") get name', lines("Name     ", "BITS     ", "Spooler  ", "")
    ),
    Case(
        "wmic service where \"name like 'Spool%' and not started = false\" get AcceptStop",
        lines("AcceptStop  ", "TRUE        ", ""),
    ),
    Case('wmic service where name="LSM" get AcceptStop', lines("AcceptStop  ", "FALSE       ", "")),
    Case('wmic process where name="spoolsv.exe" get ProcessId', lines("ProcessId  ", "1032       ", ""), source=MEMORY),
    Case(
        'wmic process where "processid > 1028 and processid <= 1032" get caption',
        lines("Caption      ", "spoolsv.exe  ", ""),
    ),
    Case(
        "wmic process where name='spoolsv.exe' delete",
        lines(r'Deleting instance \\PC-042\ROOT\CIMV2:Win32_Process.Handle="1032"', "Instance deletion successful."),
        source=MEMORY,
    ),
    Case(
        'wmic process where name="MsMpEng.exe" delete',
        lines(r'Deleting instance \\PC-042\ROOT\CIMV2:Win32_Process.Handle="1040"'),
        ("ERROR:", "Description = Access denied"),
        source=MEMORY,
    ),
    Case(
        'wmic process where name="spoolsv.exe" call terminate /nointeractive',
        lines(
            r'Executing (\\PC-042\ROOT\CIMV2:Win32_Process.Handle="1032")->terminate()',
            "Method execution successful.",
            "Out Parameters:",
            "instance of __PARAMETERS",
            "{",
            "\tReturnValue = 0;",
            "};",
            "",
        ),
        source=MEMORY,
    ),
    Case(
        'wmic process where name="MsMpEng.exe" call terminate /nointeractive',
        lines(
            r'Executing (\\PC-042\ROOT\CIMV2:Win32_Process.Handle="1040")->terminate()',
            "Method execution successful.",
            "Out Parameters:",
            "instance of __PARAMETERS",
            "{",
            "\tReturnValue = 2;",
            "};",
            "",
        ),
        source=LEARN,
    ),
    Case(
        'wmic process call create "nope.exe"',
        lines(
            "Executing (Win32_Process)->Create()",
            "Method execution successful.",
            "Out Parameters:",
            "instance of __PARAMETERS",
            "{",
            "\tReturnValue = 9;",
            "};",
            "",
        ),
        source=LEARN,
    ),
    Case("wmic product get name", err=NONE, source=MEMORY),
    Case('wmic process where name="nope.exe" delete', err=NONE, source=MEMORY),
    Case("wmic useraccount where name='Guest' get Disabled,Name", lines("Disabled  Name   ", "TRUE      Guest  ", "")),
    Case("wmic /interactive:off bios get Status", lines("Status  ", "OK      ", "")),
    Case("wmic nonsense get x", err=("nonsense - Alias not found.",), code=44125, source=MEMORY),
    Case("wmic os frobnicate", err=("FROBNICATE - Invalid alias verb.",), code=0x80041017, source=MEMORY),
    Case('wmic os where "nonsense" get caption', err=INVALID, code=0x80041017, source=MEMORY),
    Case("wmic os where \"nonsense='x'\" get caption", err=INVALID, code=0x80041017, source=MEMORY),
    Case("wmic process where \"processid='x'\" get caption", err=INVALID, code=0x80041017, source=MEMORY),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(run, case):
    """Queries are answered in the forms of WMIC, with the line ends of WMIC."""
    from tests.emulator.tools.cases import said

    ended = run(case.line)
    out = tuple(line + CR for line in said(ended)[0])
    err = said(ended)[1] if case.err != NONE else tuple(line + CR for line in said(ended)[1])
    assert (case.out, case.err, case.code) == (out, err, ended.code)
    assert "\r\r\n" in ended.stdout or not ended.stdout


class TestServices:
    """Methods of services."""

    def call(self, run, name, **settings):
        """Call a method of the spooler and return what it returns."""
        done = run(f'wmic service where name="Spooler" call {name} /nointeractive', **settings)
        return int(done.stdout.partition("ReturnValue = ")[2].partition(";")[0])

    def test_start_and_stop(self, run):
        """Codes of WMI, not of Windows. Source: learn.microsoft.com, Win32_Service."""
        assert [0, 5, 0, 10] == [
            self.call(run, name) for name in ("stopservice", "stopservice", "startservice", "startservice")
        ]

    def test_the_start_mode(self, machine, run):
        """It is changed in the database."""
        assert 0 == self.call(run, "changestartmode Disabled")
        assert machine.services.query("Spooler").start_type is StartType.DISABLED

    @pytest.mark.parametrize("name", ["stopservice", "changestartmode Manual"])
    def test_standard_users_are_refused(self, as_user, name):
        """With 2, access denied."""
        assert 2 == self.call(as_user, name)

    @pytest.mark.parametrize(("answer", "is_stopped"), [("y\n", True), ("n\n", False)])
    def test_somebody_agrees(self, machine, run, answer, is_stopped):
        """Without `/nointeractive` WMIC asks."""
        done = run('wmic service where name="Spooler" call stopservice', stdin=answer)
        assert "->stopservice() (Y/N/?)? " in done.stdout
        assert is_stopped == (machine.services.query("Spooler").pid == 0)


class TestProducts:
    """Installed packages."""

    @pytest.fixture(autouse=True)
    def installed(self, machine, run):
        """Install a package."""
        msi = Msi().component(key_path="notes.txt").file("notes.txt", b"hello")
        machine.files.write(r"C:\app.msi", msi.build())
        assert 0 == run(r"msiexec /i C:\app.msi /qn", takes=timedelta(minutes=5)).code

    def test_they_are_listed(self, run):
        """With what Windows Installer knows of them."""
        out = run("wmic product get name,version,identifyingnumber /format:csv").stdout.split("\r\r\n")
        assert "Node,IdentifyingNumber,Name,Version" == out[1]
        assert out[2].startswith("PC-042,{")

    def test_one_is_uninstalled(self, machine, run):
        """Silently, by Windows Installer; and gone afterwards."""
        done = run("wmic product where \"name like '%'\" call uninstall /nointeractive", takes=timedelta(minutes=5))
        assert "->uninstall()\r\r\nMethod execution successful.\r\r\n" in done.stdout
        assert "\tReturnValue = 0;" in done.stdout
        assert "No Instance(s)" in run("wmic product get name").stderr

    def test_users_cannot(self, as_user):
        """The package is the machine's."""
        line = "wmic product where \"name like '%'\" call uninstall /nointeractive"
        assert "ReturnValue = 0;" not in as_user(line, takes=timedelta(minutes=5)).stdout


def test_a_process_is_created(machine, run):
    """It runs, and its id is told."""

    async def work(run):
        await run.sleep("1 h")
        return 0

    machine.files.write(r"C:\x.exe", b"")
    machine.programs["x.exe"] = work
    done = run(r'wmic process call create "C:\x.exe /q"')
    process = machine.processes.running("x.exe")[0]
    assert rf"ProcessId = {process.pid};" in done.stdout
    assert r"C:\x.exe /q" == process.command_line


def test_users_do_not_see_the_command_lines_of_others(as_user):
    """They are empty."""
    out = as_user('wmic process where name="spoolsv.exe" get CommandLine,Name /value').stdout
    assert "CommandLine=\r\r\nName=spoolsv.exe" in out


def test_the_make_of_a_computer(machine, run):
    """It is what a machine definition puts into the registry."""
    key = RegistryPath.parse(r"HKLM\HARDWARE\DESCRIPTION\System\BIOS")
    machine.registry.create(key, volatile=True)
    machine.registry.set(key, "SystemManufacturer", RegistryValue.of("Contoso Computers"))
    assert "Contoso Computers" in run("wmic computersystem get manufacturer").stdout
    assert "Contoso Computers" in run("wmic csproduct get vendor").stdout


def test_wmic_is_no_part_of_the_newest_windows(facts):
    """Windows 11 24H2 comes without it."""
    from dataclasses import replace

    from harness.emulator.clock import VirtualClock
    from harness.emulator.machine import EmulatedMachine
    from tests.emulator.conftest import START

    with EmulatedMachine(
        replace(facts, build=26100, release="Windows 11 24H2"), VirtualClock(START, freeze=False)
    ) as new:
        assert not new.files.exists(r"C:\Windows\System32\wbem\WMIC.exe")
        assert new.files.exists(r"C:\Windows\System32\reg.exe")


@pytest.mark.parametrize(
    "line",
    [
        "wmic",
        "wmic qfe get hotfixid",
        "wmic path Win32_Fan get name",
        "wmic class Win32_Process get x",
        "wmic bios get serialnumber",
        "wmic os get",
        "wmic os list brief",
        "wmic os",
        "wmic os get caption /format:htable",
        "wmic /node:PC-1 os get caption",
        "wmic os call reboot",
        "wmic os where name like '%' call reboot /nointeractive",
        "wmic useraccount where name='Guest' set Disabled=false",
        "wmic service where name='Spooler' delete",
        "wmic service where name='Spooler' call stopservice",
        "wmic service where name='Spooler' call changestartmode Sometimes /nointeractive",
        "wmic /?",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """Classes, properties, forms and methods beyond the common ones."""
    with pytest.raises(NotEmulated, match=r"(?i)wmic"):
        run(line)


class TestConditions:
    """WQL by itself. Source: learn.microsoft.com, "WHERE Clause", "LIKE Operator"."""

    ROW = {"NAME": "Contoso App", "SIZE": 5, "ON": True, "GONE": None, "PATH": r"C:\x"}  # noqa: RUF012 - not changed

    @pytest.mark.parametrize(
        "text",
        [
            "name = 'contoso app'",
            'Name="CONTOSO APP"',
            "name like 'Con%'",
            "name like '%[aA]p_'",
            "name like '[^x]ontoso%'",
            "not name like 'x%'",
            "name not like 'x%'",
            "size = 5",
            "size<>4 and size != 3",
            "size > 4 and size < 6 and size >= 5 and size <= 5",
            "name = 'x' or size = 5",
            "(name = 'x' or size = 5) and on = true",
            "gone is null",
            "size is not null",
            "name > 'A' and name < 'Z'",
            r"path = 'C:\\x'",
            "gone = ''",
        ],
    )
    def test_true_ones(self, text):
        """Names and texts without regard to case, numbers by value."""
        assert condition(text)(self.ROW)

    @pytest.mark.parametrize("text", ["size = 4", "name like 'con'", "on = false", "size is null", "not (size = 5)"])
    def test_false_ones(self, text):
        """And what is not so is not."""
        assert not condition(text)(self.ROW)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            "name =",
            "= 5",
            "name = 'x",
            "(name = 'x'",
            "name = 'x')",
            "name is 5",
            "name not = 'x'",
            "name = =",
            "name = 'x' and",
            "'x' = name",
            "(" * 60 + "size=5" + ")" * 60,
            "nothing = 5",
            "size = x",
            "name = (",
            "a b c",
        ],
    )
    def test_bad_ones(self, text):
        """What does not read, or is about nothing there is, is an invalid query."""
        with pytest.raises(BadQuery):
            condition(text)(self.ROW)

    @given(st.text(alphabet="ns()='\"\\%_[]^-<>!andorlike 5x", max_size=40))
    @settings(deadline=None, max_examples=300)
    def test_any_text(self, text):
        """Whatever is asked, there is an answer or an invalid query."""
        with suppress(BadQuery):
            assert condition(text)(self.ROW) in (True, False)

    @given(st.text(alphabet="ab%_[]-^\\", max_size=12), st.text(alphabet="ab-", max_size=6))
    @settings(deadline=None, max_examples=300)
    def test_patterns(self, pattern, text):
        """A pattern matches or not, and a plain text matches itself."""
        from harness.emulator.tools.wql import like_pattern

        assert like_pattern(text).fullmatch(text)
        try:
            like_pattern(pattern)
        except BadQuery:
            assert "[" in pattern
