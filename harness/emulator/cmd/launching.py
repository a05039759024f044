"""Programs and batch files that are started by name.

Source: learn.microsoft.com, "cmd" and "start" (what waits for what), CreateProcessW; error levels: Wine's tests
(test_builtins.bat.exp); `%=ExitCode%` and the opening of documents are from memory.
"""

from __future__ import annotations

import ntpath
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from harness.emulator.cmd.calling import frame_of, run_batch
from harness.emulator.cmd.lookup import find_command
from harness.emulator.cmd.shell import Shell, Transfer
from harness.emulator.cmd.tokens import unquoted
from harness.emulator.cmd.wording import error_text, not_recognized
from harness.emulator.lookup import find_image
from harness.emulator.processes import EmulatedProcess
from harness.errors import MachineError, NotEmulated
from harness.machine.ports import Process
from harness.model.commands import Command
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["follow", "run_external", "start_process"]

_UNKNOWN = 9009
_NO_PATH = 3
_BATCH = (".bat", ".cmd")
_PROGRAMS = (".exe", ".com", ".scr")
_OPENED_BY = {
    ".ps1": "an editor, as Windows does when a PowerShell script is started by name",
    ".vbs": "wscript.exe, which runs VBScript",
    ".vbe": "wscript.exe, which runs VBScript",
    ".js": "wscript.exe, which runs JScript",
    ".jse": "wscript.exe, which runs JScript",
    ".wsf": "wscript.exe, which runs Windows Script Files",
    ".wsh": "wscript.exe",
    ".msc": "the Microsoft Management Console",
    ".reg": "Registry Editor, which asks the user",
}


async def run_external(interpreter: Interpreter, name: str, arguments: str, *, is_called: bool = False) -> int:
    """Run what is no built-in command; return its result.

    Args:
        interpreter: who runs it.
        name: the command as written, quotes included.
        arguments: the rest of the line.
        is_called: whether `call` stands before it, so that a batch file returns.
    """
    shell = interpreter.shell
    plain = unquoted(name)
    path = find_command(shell, plain) if plain.strip() else None
    if path is None:
        return _not_found(shell, plain, is_called=is_called)
    extension = ntpath.splitext(path)[1].lower()
    if extension in _BATCH and shell.run.machine.programs.find(path) is None:
        frame = frame_of(shell, path, name, arguments)
        if shell.frame is None or is_called:
            return await run_batch(interpreter, frame)
        _take_over(shell.frame, frame)
        raise Transfer(shell.frame)
    if extension == ".msi":
        return await _finished(shell, f'msiexec.exe /i "{path}"{arguments}')
    if extension not in (*_PROGRAMS, *_BATCH):
        raise _document(shell, path, extension)
    return await _finished(shell, _line(shell, path, name, arguments))


def start_process(shell: Shell, line: str, folder: str | None = None) -> Process:
    """Start a program that reads what this command processor reads.

    Raises:
        MachineError: when Windows cannot start it.
    """
    return shell.run.start(line, working_directory=folder or shell.folders.current, stdin=shell.stdin.left())


def follow(shell: Shell, process: Process) -> Coroutine[Any, Any, int]:
    """Wait for a program to end and pass on what it wrote to where the streams lead now; return its exit code."""
    forward = shell.forwarder()

    async def wait() -> int:
        try:
            ended = await process.wait()
        finally:
            if isinstance(process, EmulatedProcess):
                for is_error, text in process.output._pieces:  # noqa: SLF001 - the order is told nowhere else
                    forward(text, is_error)
        assert ended is not None  # it waits for as long as it takes
        return ended.code

    return wait()


async def _finished(shell: Shell, line: str) -> int:
    try:
        process = start_process(shell, line)
    except NotEmulated as error:
        raise NotEmulated(error.what, where=f"{shell.place}: {error.where}", hint=error.hint) from None
    except MachineError as error:
        return shell.fail(error_text(error, line), error.winerror if error.winerror in (193, 216, 740) else 1)
    code = shell.end_with(await follow(shell, process))
    shell.environment["=ExitCode"] = f"{code & 0xFFFFFFFF:08X}"
    return code


def _not_found(shell: Shell, name: str, *, is_called: bool) -> int:
    has_path = "\\" in name or ":" in name
    if has_path and not shell.is_folder(ntpath.dirname(shell.full_path(name))):
        shell.fail("The system cannot find the path specified.", 1 if is_called else _NO_PATH)
    else:
        shell.fail(not_recognized(name), 1 if is_called else _UNKNOWN)
    return 1


def _line(shell: Shell, path: str, name: str, arguments: str) -> str:
    """Return the line a program is started with: as written if that leads to the same file, with its path otherwise."""
    written = f"{name}{arguments}"
    command = Command(
        command_line=written,
        working_directory=shell.folders.current,
        account=shell.run.info.account,
        parent_bits=shell.run.info.bits,
    )
    machine = shell.run.machine
    try:
        image = find_image(
            command,
            files=machine.files,
            facts=machine.facts,
            environment=shell.environment,
            parent_image=shell.run.info.image_path,
        )
    except MachineError:
        return f'"{path}"{arguments}'
    is_same = folded(image.path) == folded(shell.files.info(path).path)
    return written if is_same else f'"{path}"{arguments}'


def _take_over(frame: object, following: object) -> None:
    """Let a batch file go on in the place of another."""
    for attribute in ("script", "name", "arguments", "all_arguments", "position", "is_shifted"):
        setattr(frame, attribute, getattr(following, attribute))


def _document(shell: Shell, path: str, extension: str) -> Exception:
    opened_by = _OPENED_BY.get(extension, "the program that is registered for such files")
    return shell.not_emulated(
        f"opening {path} with {opened_by}",
        "start the program itself, with the file as its argument",
    )
