"""Scripts with the output that Windows PowerShell 5.1 is documented to give.

More rows go into the tables of `conformance/`; a new table is added to `_TABLES`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.commands import Command, Exit
from tests.emulator.powershell.conformance import operators, pipelines, statements, values
from tests.emulator.powershell.conformance.rows import Row

_TABLES = (values, operators, statements, pipelines)
_ROWS = list(
    chain.from_iterable(
        (pytest.param(row, id=f"{table.__name__.rpartition('.')[2]}-{n}") for n, row in enumerate(table.ROWS))
        for table in _TABLES
    )
)


def run_script(machine: EmulatedMachine, script: str, bits: int = 64) -> Exit:
    """Run a script as SYSTEM and return how it ended."""
    machine.files.write(r"C:\Package\t.ps1", script.encode("cp1252"))
    folder = "System32" if bits == 64 else "SysWOW64"
    line = rf"C:\Windows\{folder}\WindowsPowerShell\v1.0\powershell.exe -ExecutionPolicy Bypass -File C:\Package\t.ps1"
    process = machine.processes.start(Command(command_line=line, working_directory=r"C:\Package"))
    machine.clock.advance(timedelta(days=1))
    assert process.exit is not None
    return process.exit


@pytest.mark.parametrize("row", _ROWS)
def test_script(make_machine: Callable[..., EmulatedMachine], row: Row) -> None:
    """A script shows what Windows PowerShell 5.1 shows."""
    ended = run_script(make_machine(), row.script, row.bits)
    shown = ended.stdout.split("\r\n")
    lines = tuple(
        line.rstrip(" ") if not line.endswith("\t") else line for line in (shown[:-1] if not shown[-1] else shown)
    )
    assert (row.code, tuple(line.rstrip(" ") for line in row.lines)) == (ended.code, lines), ended.stderr
    if row.error:
        assert row.error in " ".join(ended.stderr.split("\r\n"))
    else:
        assert ended.stderr == ""
