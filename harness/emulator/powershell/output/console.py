"""The console of powershell.exe: where the streams of a script end.

With both standard streams redirected, as a management agent has them: output, warnings and other messages go to the
standard output, errors to the standard error stream. Source: learn.microsoft.com, about_Output_Streams; ConsoleHost of
PowerShell for errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harness.emulator.powershell.output.error_text import error_text
from harness.emulator.powershell.output.formatter import Formatter
from harness.emulator.powershell.runtime.errors import ErrorRecord
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.sinks import (
    DEBUG,
    ERROR,
    INFORMATION,
    OUTPUT,
    VERBOSE,
    WARNING,
    CallSink,
    Sink,
)
from harness.emulator.powershell.runtime.values import Value
from harness.emulator.powershell.types.rendering import to_text

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Console", "HOST_INFORMATION"]

_PREFIXES = {WARNING: "WARNING: ", VERBOSE: "VERBOSE: ", DEBUG: "DEBUG: ", INFORMATION: ""}

#: The type of what Write-Host puts into the information stream.
HOST_INFORMATION = "System.Management.Automation.HostInformationMessage"


class Console:
    """Shows what scripts put out.

    Args:
        run: the process whose standard streams are written.
    """

    def __init__(self, run: ProgramRun) -> None:
        self._run = run
        self._formatter = Formatter(run.print)

    def streams(self) -> dict[int, Sink]:
        """Return where each stream goes."""
        found: dict[int, Sink] = {OUTPUT: CallSink(self._output), ERROR: CallSink(self._error)}
        for number in (WARNING, VERBOSE, DEBUG, INFORMATION):
            found[number] = CallSink(self._message(number))
        return found

    async def _output(self, value: Value) -> None:
        self._formatter.accept(value)

    async def _error(self, value: Value) -> None:
        self.show_error(value)

    def show_error(self, record: ErrorRecord) -> None:
        """Write an error to the standard error stream."""
        self._run.write_error(error_text(record) + "\r\n")

    def _message(self, number: int) -> Callable[[Value], Awaitable[None]]:
        async def write(value: Value) -> None:
            if isinstance(value, PSObject) and value.type_names[0] == HOST_INFORMATION:
                self._run.write(to_text(value) + ("" if value.data else "\r\n"))
            else:
                self._run.print(_PREFIXES[number] + to_text(value))

        return write

    def finish(self) -> None:
        """Show what was kept."""
        self._formatter.finish()
