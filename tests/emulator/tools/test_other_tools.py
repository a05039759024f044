"""regsvr32, rundll32, gpupdate, netsh, systeminfo; and the tools all together."""

import subprocess
import sys

import pytest

from harness.emulator.tools import console_tools
from harness.errors import NotEmulated
from harness.model.windows import Architecture
from tests.emulator.services import told
from tests.emulator.tools.cases import LEARN, MEMORY, Case, ids, said

RULE = 'netsh advfirewall firewall add rule name="Contoso App" dir=in action=allow'
POLICY = (
    "Updating policy...",
    "",
    "Computer Policy update has completed successfully.",
    "User Policy update has completed successfully.",
    "",
)
INVALID = ("A specified value is not valid.", "")

CASES = [
    Case(r"regsvr32 /s C:\x.dll", source=LEARN),
    Case(r"regsvr32.exe -s -u C:\x.dll", source=LEARN),
    Case("regsvr32 /s kernel32.dll", source=MEMORY),
    Case(r"regsvr32 /s C:\nope.dll", code=3, source=LEARN),
    Case(r"regsvr32 /s C:\text.dll", code=3, source=MEMORY),
    Case("regsvr32 /s", code=1, source=LEARN),
    Case(r"regsvr32 /s /zz C:\x.dll", code=1, source=LEARN),
    Case("rundll32", source=MEMORY),
    Case("rundll32 user32.dll,UpdatePerUserSystemParameters ,1 ,True", source=LEARN),
    Case('rundll32 "C:\\Windows\\System32\\advapi32",ProcessIdleTasks', source=LEARN),
    Case("rundll32 user32.dll LockWorkStation", source=LEARN),
    Case("gpupdate", POLICY, source=MEMORY),
    Case("gpupdate /force /wait:0", POLICY, source=MEMORY),
    Case("gpupdate /target:user", (*POLICY[:2], *POLICY[3:]), source=MEMORY),
    Case("gpupdate /frobnicate", err=("Unrecognized parameter /frobnicate",), code=1, source=MEMORY),
    Case("gpupdate /target:everybody", err=("Unrecognized parameter /target:everybody",), code=1, source=MEMORY),
    Case(RULE, ("Ok.", ""), source=MEMORY),
    Case(
        f"{RULE} protocol=tcp localport=80,443 profile=domain,private program=C:\\x.exe enable=no edge=yes",
        ("Ok.", ""),
        source=LEARN,
    ),
    Case(
        'netsh advfirewall firewall delete rule name="contoso app"',
        ("", "Deleted 1 rule(s).", "Ok.", ""),
        before=(RULE,),
        source=MEMORY,
    ),
    Case(
        "netsh advfirewall firewall delete rule name=all dir=out",
        ("", "No rules match the specified criteria.", ""),
        code=1,
        before=(RULE,),
        source=MEMORY,
    ),
    Case(
        "netsh advfirewall firewall show rule name=Nope",
        ("", "No rules match the specified criteria.", ""),
        code=1,
        source=MEMORY,
    ),
    Case(
        'netsh advfirewall firewall show rule name="Contoso App"',
        (
            "",
            "Rule Name:                            Contoso App",
            "-" * 70,
            "Enabled:                              Yes",
            "Direction:                            In",
            "Profiles:                             Domain,Private,Public",
            "Protocol:                             UDP",
            "Action:                               Allow",
            "Ok.",
            "",
        ),
        before=(f"{RULE} protocol=udp",),
        source=MEMORY,
    ),
    Case(
        "netsh advfirewall firewall add rule name=x dir=in",
        ("One or more essential parameters were not entered.", ""),
        code=1,
        source=MEMORY,
    ),
    Case("netsh advfirewall firewall add rule dir=in action=allow", INVALID, code=1, source=MEMORY),
    Case("netsh advfirewall firewall add rule name=x dir=up action=allow", INVALID, code=1, source=MEMORY),
    Case(f"{RULE} profile=home", INVALID, code=1, source=MEMORY),
    Case(f"{RULE} protocol=smoke", ("A specified protocol value is not valid.", ""), code=1, source=MEMORY),
    Case(f"{RULE} nonsense", ("'nonsense' is not a valid argument for this command.", ""), code=1, source=MEMORY),
    Case(
        "systeminfo /fo xml",
        err=("ERROR: Invalid syntax. 'xml' value is not allowed for '/fo' option.", 'Type "SYSTEMINFO /?" for usage.'),
        code=1,
        source=MEMORY,
    ),
    Case(
        "systeminfo /nh",
        err=(
            'ERROR: Invalid syntax. /NH option is allowed only for "TABLE" and "CSV" formats.',
            'Type "SYSTEMINFO /?" for usage.',
        ),
        code=1,
        source=MEMORY,
    ),
]


@pytest.fixture(autouse=True)
def dlls(machine):
    """Put a DLL there, and what is none."""
    machine.files.write(r"C:\x.dll", b"MZ")
    machine.files.write(r"C:\text.dll", b"text")


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_command_lines(check, case):
    """What the small tools say."""
    check(case)


@pytest.mark.parametrize(("words", "function"), [("/s", "DllRegisterServer"), ("/s /u", "DllUnregisterServer")])
def test_a_registration_is_assumed(machine, run, words, function):
    """Nobody knows what a DLL writes; the timeline tells that nothing was."""
    run(rf"regsvr32 {words} C:\x.dll")
    assert [function] == [event.data["function"] for event in machine.timeline.of(kind="registration assumed")]


@pytest.mark.parametrize("line", [r"regsvr32 C:\x.dll", r"regsvr32 C:\nope.dll", r"rundll32 C:\nope.dll,Install"])
def test_dialogs_hang_in_session_0(machine, run, line):
    """Where nobody can click them away."""
    assert run(line) is None
    assert 1 == len(told(machine, "dialog shown"))


def test_the_screen_is_locked(machine, as_user):
    """By whoever is at it."""
    as_user("rundll32.exe user32.dll,LockWorkStation")
    assert machine.sessions.active.is_locked


def test_rules_are_where_windows_keeps_them(machine, run):
    """In the registry, in the grammar of firewall rules, the same on every run. Source: [MS-FASP]."""
    run(f'{RULE} protocol=TCP localport=80 program="C:\\x y.exe" remoteip=10.0.0.1 description="a b"')
    from harness.model.windows import RegistryPath

    key = RegistryPath.parse(
        r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
    )
    ((name, value),) = machine.registry.values(key).items()
    fields = [r"App=C:\x y.exe", "Name=Contoso App", "Desc=a b", ""]
    expected = "|".join(["v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|RA4=10.0.0.1", *fields])
    assert (expected, 38) == (value.data, len(name))


def test_users_make_no_rules(as_user):
    """Which takes an administrator. Source: from memory of Windows 10."""
    expected = ("The requested operation requires elevation (Run as administrator).", "")
    assert (expected, (), 1) == said(as_user(RULE))


def test_the_system_is_described(run):
    """In lines, as a table and as comma-separated values. Source: from memory of Windows 10."""
    lines = said(run("systeminfo"))[0]
    assert ("", "Host Name:                 PC-042", "OS Name:                   Microsoft Windows 11 Pro") == lines[:3]
    assert "OS Version:                10.0.22631 N/A Build 22631" in lines
    assert said(run("systeminfo /fo csv"))[0][1].startswith('"Host Name","OS Name"')
    assert said(run("systeminfo /fo csv /nh"))[0][1].startswith('"PC-042","Microsoft Windows 11 Pro"')
    assert 4 == len(said(run("systeminfo /fo table"))[0])


@pytest.mark.parametrize(
    "line",
    [
        r"regsvr32 /s /i C:\x.dll",
        r"rundll32 C:\x.dll,Install",
        "rundll32 x",
        "rundll32 printui.dll,PrintUIEntry /in",
        "gpupdate /boot",
        "netsh wlan show profiles",
        "netsh advfirewall firewall set rule name=x new enable=yes",
        "netsh advfirewall firewall show rule name=x profile=domain",
        f"{RULE} security=notrequired",
        "regsvr32 /?",
        "cscript.exe //B C:\\x.vbs",
        "wscript.exe C:\\x.vbs",
    ],
)
def test_what_is_not_modelled_is_said(run, line):
    """Code of others, and what the machine does not have."""
    with pytest.raises(NotEmulated):
        run(line)


class TestAllOfThem:
    """What holds for every tool."""

    @pytest.mark.parametrize("architecture", [Architecture.X64, Architecture.X86])
    def test_every_tool_has_its_file(self, make_machine, architecture):
        """In System32, but for WMIC, which is in a folder of its own."""
        machine = make_machine(architecture)
        folders = {"wmic.exe": "wbem\\"}
        for name in console_tools():
            assert machine.files.exists(rf"C:\Windows\System32\{folders.get(name, '')}{name}"), name

    def test_a_32_bit_windows_runs_them(self, make_machine):
        """Their only half is the one that there is."""
        from datetime import timedelta

        from harness.model.commands import Command

        machine = make_machine(Architecture.X86)
        command = Command(command_line=r"reg add HKLM\SOFTWARE\X /f", working_directory="C:\\", parent_bits=32)
        process = machine.processes.start(command)
        machine.clock.advance(timedelta(seconds=1))
        assert 0 == process.exit.code

    def test_a_users_own_program_comes_first(self, make_machine):
        """Whoever says what `sc.exe` does is believed."""
        from datetime import timedelta

        from harness.model.commands import Command

        async def own(run):
            return 42

        machine = make_machine(programs={"sc.exe": own})
        process = machine.processes.start(Command(command_line="sc query", working_directory="C:\\"))
        machine.clock.advance(timedelta(seconds=1))
        assert 42 == process.exit.code

    def test_a_file_of_a_package_is_no_tool(self, machine, run):
        """Only because it is called like one."""
        machine.files.write(r"C:\Package\query.exe", b"")
        with pytest.raises(NotEmulated, match="not the tool of Windows"):
            run(r"C:\Package\query.exe user")

    def test_none_is_loaded_before_it_is_started(self):
        """Making a machine does not load them."""
        code = (
            "import sys, harness.emulator.machine\n"
            "print([name for name in sys.modules if name.startswith('harness.emulator.tools.')])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "[]" == done.stdout.strip()
