"""Random scripts: whatever they are, they end in a documented way and reach nothing outside of the machine."""

from __future__ import annotations

import builtins
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.emulator.powershell.program import PowerShell
from harness.emulator.powershell.runtime.state import Settings
from harness.errors import NotEmulated
from harness.model.commands import Command
from harness.model.windows import MachineFacts
from tests.emulator.conftest import START

_ATOMS = st.sampled_from(
    [
        *(
            "$null",
            "$true",
            "@()",
            "@{}",
            "1",
            "2.5",
            "-3",
            "'x'",
            '"a$x"',
            "$x",
            "$_",
            "$y",
            "1..3",
            "5MB",
            "[int]",
            "1d",
        ),
        *("(Get-Date)", "'1.2'", "[version]'1.2'", "{ $_ }", "@{a=1;b=2}", "[pscustomobject]@{n=1}", "$env:TEMP", "''"),
        *("(gi C:\\Windows)", "HKLM:\\SOFTWARE", "C:\\nope", "$Error", "[guid]::Empty", "[math]::PI", "'a','b'", "5l"),
    ]
)
_OPERATORS = st.sampled_from(
    (
        *("+", "-", "*", "/", "%", "-eq", "-ne", "-gt", "-lt", "-like", "-match", "-replace", "-split", "-join"),
        *("-contains", "-in", "-is", "-as", "-f", "..", "-band", "-shl", "-and", "-or"),
    )
)
_MEMBERS = st.sampled_from(
    (
        *("Length", "Count", "Name", "ToString()", "Trim()", "Substring(1)", "Split(',')", "GetType()", "a", "Year"),
        *("Keys", "psobject", "Where({$_})", "Foo()"),
    )
)
_COMMANDS = st.sampled_from(
    [
        *(
            "Where-Object { $_ }",
            "ForEach-Object { $_ }",
            "Select-Object -First 1",
            "Sort-Object",
            "Measure-Object",
            "gm",
        ),
        *("Out-String", "Select-Object n", "Group-Object", "Format-List", "Test-Path", "Get-Item", "Get-ItemProperty"),
        *("Set-Variable x", "Out-File C:\\f.txt", "Write-Host", "Write-Error", "Remove-Item -WhatIf", "gc", "Nope-Cmd"),
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, _OPERATORS, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, _MEMBERS).map(lambda parts: f"({parts[0]}).{parts[1]}"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        st.tuples(inner, _COMMANDS).map(lambda parts: f"$({parts[0]} | {parts[1]})"),
        st.tuples(
            st.sampled_from(["int", "string", "version", "datetime", "bool", "array", "guid", "char"]), inner
        ).map(lambda parts: f"([{parts[0]}]({parts[1]}))"),
        inner.map(lambda part: f"(-not {part})"),
        inner.map(lambda part: f"@({part})"),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _grown, max_leaves=6)
_STATEMENTS = st.one_of(
    _EXPRESSIONS,
    _EXPRESSIONS.map(lambda part: f"$x = {part}"),
    _EXPRESSIONS.map(lambda part: f"$x += {part}"),
    st.tuples(_EXPRESSIONS, _EXPRESSIONS).map(lambda parts: f"if ({parts[0]}) {{ {parts[1]} }}"),
    st.tuples(_EXPRESSIONS, _EXPRESSIONS).map(lambda parts: f"foreach ($y in {parts[0]}) {{ {parts[1]} }}"),
    st.tuples(_EXPRESSIONS, _EXPRESSIONS).map(lambda parts: f"try {{ {parts[0]} }} catch {{ {parts[1]} }}"),
    st.tuples(_EXPRESSIONS, _EXPRESSIONS).map(
        lambda parts: f"switch ({parts[0]}) {{ ({parts[1]}) {{ 1 }} default {{ 2 }} }}"
    ),
    _EXPRESSIONS.map(lambda part: f"throw {part}"),
    _EXPRESSIONS.map(lambda part: f"function f($a) {{ $a; {part} }}; f 1 2"),
)
_SCRIPTS = st.lists(_STATEMENTS, min_size=1, max_size=4).map("\n".join)


@pytest.fixture(scope="module")
def machine() -> Iterator[EmulatedMachine]:
    """Give a machine for many scripts, with narrow bounds."""
    facts = MachineFacts(name="PC-042", release="Windows 11 23H2", build=22631, revision=2428)
    with EmulatedMachine(facts, VirtualClock(START, freeze=False)) as machine:
        machine.files.make_folder(r"C:\Package")
        machine.programs["powershell.exe"] = PowerShell(Settings(steps=20_000))
        yield machine


def _run(machine: EmulatedMachine, script: str) -> None:
    machine.files.write(r"C:\Package\t.ps1", script.encode("utf-8-sig", "replace"))
    line = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -File C:\Package\t.ps1"
    process = machine.processes.start(Command(command_line=line, working_directory=r"C:\Package"))
    try:
        machine.clock.advance(timedelta(hours=1))
    except NotEmulated:
        return
    assert process.exit is not None


@given(script=_SCRIPTS)
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_random_scripts(machine: EmulatedMachine, script: str) -> None:
    """A script ends by itself, with an exit code, or with NotEmulated; never otherwise."""
    _run(machine, script)


@given(script=st.text(alphabet="$({[@'\"`|;,.-=+<>&#%?!}])xa1 \n\\:_*", max_size=40))
@settings(deadline=None, max_examples=120)
def test_random_characters(machine: EmulatedMachine, script: str) -> None:
    """Characters in any order end in the same ways."""
    _run(machine, script)


def test_no_way_out(machine: EmulatedMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, programs and variables of the computer this runs on are out of reach."""
    _run(machine, "1")  # everything is loaded

    def refuse(*_: object, **__: object) -> object:
        raise AssertionError("a script reached the host")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    _run(
        machine,
        "Get-Content /etc/passwd; Get-ChildItem / -Recurse -Depth 1 | Out-Null; & /bin/ls; $env:PATH; 'x' > C:\\o.txt",
    )
