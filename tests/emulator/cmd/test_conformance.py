"""The command processor does what Windows' does, case by case."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.commands import Command
from tests.emulator.cmd.conformance import Case, all_cases

HERE = r"C:\Package\case"
ARGUMENTS = 'one "two three" four'
CASES = all_cases()


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_batch_file_writes_and_ends_as_on_windows(case: Case, machine: EmulatedMachine) -> None:
    """A batch file writes what it writes on Windows, and ends with the same code."""
    machine.files.write(rf"{HERE}\case.{case.kind}", case.content.replace(b"{here}", HERE.encode()))
    line = f"cmd.exe /d /c case.{case.kind} {ARGUMENTS}"
    process = machine.processes.start(Command(command_line=line, working_directory=HERE))
    machine.clock.advance(timedelta(days=1))

    assert process.exit is not None
    streams = (process.exit.stdout, process.exit.stderr)
    written = tuple(stream.replace("\r\n", "\n") for stream in streams)
    assert (*case.written_in(HERE), case.level) == (*written, process.exit.code)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wine") is None, reason="Wine is not installed")
def test_wine_agrees(tmp_path: Path) -> None:
    """Wine's command processor writes the same to its standard output, but for what is known to differ."""
    cases = [case for case in CASES if not case.wine]
    lines = ["@echo off"]
    for number, case in enumerate(cases):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / f"case.{case.kind}").write_bytes(case.content)
        start = f"cmd /d /c case.{case.kind} {ARGUMENTS}"
        lines += [f"cd {number}", f"{start}>..\\{number}.out 2>..\\{number}.err <nul", "cd .."]
    (tmp_path / "all.cmd").write_text("\r\n".join([*lines, ""]), "ascii", newline="")
    subprocess.run(["wine", "cmd", "/d", "/c", "all.cmd"], cwd=tmp_path, capture_output=True, check=False, timeout=600)

    different = {}
    for number, case in enumerate(cases):
        folder = "Z:" + str(tmp_path / str(number)).replace("/", "\\")
        written = (tmp_path / f"{number}.out").read_bytes().decode("cp437").replace("\r\n", "\n")
        if written != case.written_in(folder)[0]:
            different[case.name] = written
    assert {} == different


def test_the_tables_are_large_and_names_are_used_once() -> None:
    """At least 700 cases, each under its own name, each with its source."""
    assert len({case.name for case in CASES}) == len(CASES) >= 700
    assert all(case.source for case in CASES)
