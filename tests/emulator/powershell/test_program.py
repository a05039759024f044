"""powershell.exe: its command line, its exit codes, programs it starts, and what it refuses."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.emulator.powershell.program import PowerShell, read_options
from harness.emulator.powershell.runtime.state import Settings
from harness.emulator.programs import ProgramRun
from harness.errors import NotEmulated
from harness.model.commands import Command, Exit
from tests.emulator.powershell.test_conformance import run_script

POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"


def run_line(machine: EmulatedMachine, arguments: str, stdin: str = "") -> Exit:
    """Run powershell.exe with arguments and return how it ended."""
    command = Command(command_line=f"{POWERSHELL} {arguments}", working_directory=r"C:\Package", stdin=stdin)
    process = machine.processes.start(command)
    machine.clock.advance(timedelta(days=1))
    assert process.exit is not None
    return process.exit


# The command line


@pytest.mark.parametrize(
    ("arguments", "stdout", "code"),
    [
        ('-Command "1 + 1"', "2\r\n", 0),
        ("-NoProfile -c Write-Output a b", "a\r\nb\r\n", 0),
        ("-nop -NonI -ep Bypass -w Hidden -Command exit 7", "", 7),
        ("-Command throw 1", "", 1),
        ("-Command Get-Item C:\\nope -ea 0", "", 1),
        ("-Command Get-Item C:\\nope -ea 0; 'x'", "x\r\n", 0),
        ("Write-Output hello", "hello\r\n", 0),
        (f"-EncodedCommand {base64.b64encode('5 * 5'.encode('utf-16-le')).decode()}", "25\r\n", 0),
        (f"-enc {base64.b64encode('exit 3'.encode('utf-16-le')).decode()}", "", 3),
    ],
)
def test_command_line(machine: EmulatedMachine, arguments: str, stdout: str, code: int) -> None:
    """Parameters may be cut short; -Command takes the rest of the line."""
    ended = run_line(machine, arguments)
    assert (stdout, code) == (ended.stdout, ended.code)


def test_missing_file(machine: EmulatedMachine) -> None:
    """A script that is not there ends with the code of Windows PowerShell."""
    ended = run_line(machine, r"-File C:\nope.ps1")
    assert 0xFFFD0000 == ended.code
    assert "to the -File parameter does not exist" in ended.stderr


@pytest.mark.parametrize("arguments", ["-Nonsense", "-File", "-EncodedCommand !!"])
def test_line_that_is_wrong(machine: EmulatedMachine, arguments: str) -> None:
    """A command line that is wrong runs nothing and says why."""
    ended = run_line(machine, arguments)
    assert 0xFFFD0000 == ended.code
    assert ended.stderr


def test_arguments_of_a_script(machine: EmulatedMachine) -> None:
    """What follows the file are the script's parameters, texts as they are."""
    machine.files.write(r"C:\Package\a.ps1", b'param([string]$Name, [switch]$Force, $Rest) "$Name|$Force|$Rest"')
    assert "x y|True|7\r\n" == run_line(machine, r'-File C:\Package\a.ps1 -Name "x y" -Force 7').stdout


def test_commands_from_the_standard_input(machine: EmulatedMachine) -> None:
    """A dash reads the commands from the standard input."""
    assert "3\r\n" == run_line(machine, "-Command -", stdin="1 + 2").stdout


def test_options_are_read_by_their_beginning() -> None:
    """Execution policy and window style have values, and the file takes what follows."""
    options = read_options(("-exec", "Bypass", "-win", "Hidden", "-fil", "x.ps1", "-a", "b"))
    assert ("x.ps1", ["-a", "b"]) == (options.file, options.arguments)


# Encodings


@pytest.mark.parametrize(
    ("data", "length"),
    [
        ("'é'.Length".encode("cp1252"), "1"),
        ("'é'.Length".encode(), "2"),
        (b"\xef\xbb\xbf" + "'é'.Length".encode(), "1"),
    ],
)
def test_encoding_of_a_script(machine: EmulatedMachine, data: bytes, length: str) -> None:
    """A script without a byte order mark is read in the code page of Windows."""
    machine.files.write(r"C:\Package\e.ps1", data)
    assert f"{length}\r\n" == run_line(machine, r"-File C:\Package\e.ps1").stdout


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_line_ends(machine: EmulatedMachine, end: str) -> None:
    """Every line end counts, a lone CR too."""
    assert "a\r\nb\r\n" == run_script(machine, f"'a' # c{end}'b'{end}").stdout


# Programs


async def echo(run: ProgramRun) -> int:
    """Print the arguments, take a minute, and end with 3."""
    run.print("|".join(run.arguments))
    run.print_error("careful")
    await run.sleep("1 min")
    return 3


@pytest.fixture
def with_tool(machine: EmulatedMachine) -> EmulatedMachine:
    """Give a machine on which `tool.exe` is."""
    machine.files.write(r"C:\Package\tool.exe", b"")
    machine.programs["tool.exe"] = echo
    return machine


@pytest.mark.parametrize(
    ("script", "stdout"),
    [
        (r"& C:\Package\tool.exe a 'b c' -x; $?; $LASTEXITCODE", ["a|b c|-x", "False", "3"]),
        (r'.\tool.exe 007 | ForEach-Object { "<$_>" }', ["<007>"]),
        (r"$o = & .\tool.exe x 2>&1; $o.Count; $LASTEXITCODE", ["2", "3"]),
        (r"$p = Start-Process .\tool.exe -ArgumentList 'q','r' -Wait -PassThru; $p.ExitCode", ["3"]),
        (r"$p = Start-Process .\tool.exe -PassThru; $p.HasExited; $p.WaitForExit(); $p.ExitCode", ["False", "3"]),
        (r"Start-Process .\nope.exe", []),
        (r"$a = @('m','n'); & .\tool.exe @a", ["m|n"]),
        (r'& .\tool.exe --% "%windir%" x', ["C:\\Windows|x"]),
    ],
)
def test_programs(with_tool: EmulatedMachine, script: str, stdout: list[str]) -> None:
    """Programs run with their arguments, and the script sees output and exit code."""
    assert stdout == run_script(with_tool, script).stdout.split("\r\n")[:-1]


@pytest.mark.parametrize(
    "name", [r"$PSScriptRoot\b.ps1", r"'C:\Package\b.ps1'", r".\b.ps1", r"(Join-Path $PSScriptRoot b.ps1)"]
)
def test_names_of_scripts(machine: EmulatedMachine, name: str) -> None:
    """A script is called by any expression that gives its path."""
    machine.files.write(r"C:\Package\b.ps1", b"param($a) $a * 2")
    assert "8\r\n" == run_script(machine, f"& {name} 4").stdout


def test_other_scripts(machine: EmulatedMachine) -> None:
    """A script calls another one in a scope of its own, or dots it into its own."""
    machine.files.write(r"C:\Package\b.ps1", b'param($a) $v = "in $a"; $v; exit 4')
    machine.files.write(r"C:\Package\c.ps1", b"function Get-Answer { 42 }; $w = 1")
    script = r"$v = 'out'; & $PSScriptRoot\b.ps1 1; $LASTEXITCODE; $v; . .\c.ps1; Get-Answer; $w"
    assert ["in 1", "4", "out", "42", "1"] == run_script(machine, script).stdout.split("\r\n")[:-1]


# What is refused


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("'a'\nGet-CimInstance Win32_Battery", "Get-CimInstance"),
        ("New-Object -ComObject Shell.Application", "the COM object Shell.Application"),
        ("class A { }", "the class A"),
        ("[System.Net.Sockets.TcpClient]::new()", "the type [System.Net.Sockets.TcpClient]"),
        ("[ref]$x", "[ref]"),
        ("dir cert:", "the drive cert:"),
        ("workflow w { }", "a workflow"),
        ("Add-Type -TypeDefinition 'x'", "code in another language"),
    ],
)
def test_what_is_not_emulated(machine: EmulatedMachine, script: str, what: str) -> None:
    """What is not modelled is named with script, line and column, and nothing goes on."""
    with pytest.raises(NotEmulated) as caught:
        run_script(machine, script)
    assert what in caught.value.what
    assert f"C:\\Package\\t.ps1, line {script.count(chr(10)) + 1}, column " in caught.value.where
    assert caught.value.hint


def test_try_does_not_hide_what_is_not_emulated(machine: EmulatedMachine) -> None:
    """A script cannot catch that something is not modelled."""
    with pytest.raises(NotEmulated):
        run_script(machine, "try { class A { } } catch { 'hidden' }")


# Bounds


def test_endless_loop(machine: EmulatedMachine) -> None:
    """A script that never ends is stopped with a clear error."""
    machine.programs["powershell.exe"] = PowerShell(Settings(steps=1_000))
    with pytest.raises(NotEmulated, match="a script of more than 1,000 steps"):
        run_script(machine, "while ($true) { }")


def test_endless_recursion(machine: EmulatedMachine) -> None:
    """Functions that call one another for ever end as on Windows."""
    ended = run_script(machine, "function f { f }; f")
    assert "The script failed due to call depth overflow." in ended.stderr


@pytest.mark.parametrize(
    "script",
    ["'x' * 1GB", "1..100000000", "$s = 'x' * 1000; while ($true) { $s += $s }", "'x'.PadLeft(2147483647)"],
)
def test_too_much_memory(machine: EmulatedMachine, script: str) -> None:
    """Texts and lists beyond all measure are refused at once."""
    try:
        ended = run_script(machine, script)
    except NotEmulated:
        return
    assert ended.stderr


def test_kill_while_it_sleeps(make_machine: Callable[..., EmulatedMachine]) -> None:
    """A script that is killed runs no `finally` block any more."""
    machine = make_machine()
    machine.files.write(r"C:\Package\k.ps1", b"try { Start-Sleep 3600 } finally { 'late' }")
    line = rf"{POWERSHELL} -File C:\Package\k.ps1"
    process = machine.processes.start(Command(command_line=line, working_directory=r"C:\Package"))
    machine.clock.advance(timedelta(minutes=1))
    process.kill()
    assert process.exit is not None
    assert "" == process.exit.stdout
