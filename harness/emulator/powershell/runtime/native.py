"""Programs: starting them, their input and output, their exit codes.

Source: learn.microsoft.com, about_Pipelines ("Using native commands in the pipeline"), about_Automatic_Variables
(`$LASTEXITCODE`), about_Quoting_Rules; NativeCommandProcessor.cs of PowerShell for quoting and for not waiting for
programs with windows. Standard error that is redirected becomes error records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.runtime.binding import Argument
from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException, failure
from harness.emulator.powershell.runtime.sinks import ERROR, Sink
from harness.emulator.powershell.runtime.stages import Stage
from harness.emulator.powershell.runtime.state import Frame
from harness.emulator.powershell.runtime.values import NOTHING, Value, is_null
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError
from harness.formats.commandline import expand_environment

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["NativeStage", "command_line_of", "has_windows"]

_SUBSYSTEM_WINDOWS = 2
#: Programs of Windows with windows; where an image says nothing, as those of the emulated Windows, the name does.
_WITH_WINDOWS = (
    "msiexec.exe",
    "explorer.exe",
    "notepad.exe",
    "wscript.exe",
    "mshta.exe",
    "rundll32.exe",
    "regsvr32.exe",
)


def command_line_of(program: str, arguments: list[Argument], environment: dict[str, str]) -> str:
    """Return the command line of a program, as Windows PowerShell 5.1 writes it.

    An argument with blanks gets quotes around it, unless it begins with one; quotes inside are left as they are, the
    known weakness of that version.
    """
    parts = [f'"{program}"']
    is_verbatim = False
    for argument in arguments:
        if argument.name:
            text = f"-{argument.name}"
            if argument.value is not NOTHING:
                text += f":{to_text(argument.value)}"
            parts.append(text)
            continue
        if is_verbatim:
            parts.append(expand_environment(to_text(argument.value), environment))
            continue
        for value in argument.value if isinstance(argument.value, list) else [argument.value]:
            text = argument.text or to_text(value)
            if text.startswith("--%"):
                parts.append(expand_environment(text[3:].strip(), environment))
                is_verbatim = True
            elif not is_null(value):
                parts.append(_quoted(text))
    return " ".join(part for part in parts if part)


def _quoted(text: str) -> str:
    if not text:
        return ""
    needs = any(char in text for char in " \t") and not text.startswith('"')
    if not needs:
        return text
    return f'"{text}\\"' if text.endswith("\\") else f'"{text}"'


def has_windows(header: bytes, name: str) -> bool:
    """Return whether a program has windows of its own, so that nobody waits for it."""
    if name.lower() in _WITH_WINDOWS:
        return True
    start = int.from_bytes(header[0x3C:0x40], "little")
    if header[:2] != b"MZ" or header[start : start + 4] != b"PE\0\0" or name.lower() == "cmd.exe":
        return False
    place = start + 24 + 68
    return int.from_bytes(header[place : place + 2], "little") == _SUBSYSTEM_WINDOWS


class NativeStage(Stage):
    """A program in a pipeline."""

    def __init__(
        self,
        shell: Interpreter,
        frame: Frame,
        streams: dict[int, Sink],
        program: str,
        arguments: list[Argument],
        *,
        keeps_errors: bool,
    ) -> None:
        super().__init__(shell, frame, streams)
        self._program = program
        self._arguments = arguments
        self._keeps_errors = keeps_errors
        self._input: list[str] = []

    async def begin(self) -> None:
        """Do nothing: the program starts when its input is there."""

    async def process(self, item: Value) -> None:
        """Keep an item for the program's input."""
        if item is not NOTHING:
            self._input.append(to_text(item))

    async def end(self) -> None:
        """Run the program."""
        shell = self.shell
        shell.at = self.at
        line = command_line_of(self._program, self._arguments, dict(shell.run.environment))
        if self._program.lower().endswith((".cmd", ".bat")):
            line = f'cmd.exe /c "{line}"'
        stdin = "".join(f"{text}\r\n" for text in self._input)
        try:
            process = shell.run.start(line, working_directory=shell.file_location(), stdin=stdin)
        except MachineError as error:
            raise failure(
                f"Program '{self._program.rpartition(chr(92))[2]}' failed to run: {error.strerror}",
                "NativeCommandFailed",
                "ResourceUnavailable",
                type_name="System.Management.Automation.ApplicationFailedException",
            ) from error
        if self._is_left_alone():
            return
        ended = await process.wait()
        assert ended is not None
        await self._hand_on(ended.stdout, ended.stderr)
        code = ended.code - 2**32 if ended.code >= 2**31 else ended.code
        shell.set_exit_code(code)
        shell.success = code == 0 and not (self._keeps_errors and bool(ended.stderr))

    def _is_left_alone(self) -> bool:
        """Return whether nobody waits: a program with windows, whose output nobody takes."""
        if self.sink is not self.shell.console_sink or self.expects_input:
            return False
        name = self._program.rpartition("\\")[2]
        try:
            with self.shell.run.files.open(self._program) as file:
                header = file.read(1024)
        except MachineError:
            header = b""
        return has_windows(header, name)

    async def _hand_on(self, stdout: str, stderr: str) -> None:
        if stderr and not self._keeps_errors:
            self.shell.run.write_error(stderr)
        elif stderr:
            for number, line in enumerate(_lines(stderr)):
                exception = NetException("System.Management.Automation.RemoteException", line)
                identity = "NativeCommandErrorMessage" if number else "NativeCommandError"
                record = ErrorRecord(exception, identity, "NotSpecified", line)
                record.activity = self._program.rpartition("\\")[2]
                self.shell.placed(record)
                await self.streams[ERROR].write(record)
        for line in _lines(stdout):
            await self.sink.write(line)


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines
