"""Streams that lead to files, to each other, or nowhere.

Source: learn.microsoft.com, "Using command redirection operators"; devices: "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import ntpath
from contextlib import ExitStack
from typing import TYPE_CHECKING

from harness.emulator.cmd.console import FileOutput, Nothing, OwnOutput, Sink, Source
from harness.emulator.cmd.syntax import Redirected, Redirection
from harness.emulator.cmd.tokens import unquoted
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["redirected"]


async def redirected(interpreter: Interpreter, node: Redirected) -> int:
    """Run a command whose streams lead elsewhere; when a file cannot be opened it does not run."""
    shell = interpreter.shell
    with ExitStack() as stack:
        for redirection in node.redirections:
            if wrong := _lead(interpreter, redirection, stack):
                shell.error(wrong)
                return 1
        return await interpreter.execute(node.node)


def _lead(interpreter: Interpreter, redirection: Redirection, stack: ExitStack) -> str:
    """Let a stream lead elsewhere; return what is wrong, nothing if that worked."""
    try:
        return _redirect(interpreter, redirection, stack)
    except MachineError as error:
        return error_text(error)


def _redirect(interpreter: Interpreter, redirection: Redirection, stack: ExitStack) -> str:
    shell = interpreter.shell
    handle = redirection.handle
    target = unquoted(interpreter.text(redirection.target))
    match redirection.operator:
        case "<":
            stack.enter_context(shell.streams({}, Source(_text(shell, target), is_redirected=True)))
        case "<&" | ">&":
            sink = shell.sink(int(target))
            if sink is None:
                return f"The handle could not be duplicated\r\nduring redirection of handle {handle}."
            stack.enter_context(shell.streams({handle: sink}))
        case operator:
            file = _opened(shell, target, appends=operator == ">>")
            if isinstance(file, FileOutput):
                stack.callback(file.close)
            stack.enter_context(shell.streams({handle: file}))
    return ""


def _opened(shell: Shell, target: str, *, appends: bool) -> Sink:
    match _device(target):
        case "NUL":
            return Nothing()
        case "CON":
            return OwnOutput(shell.run)
        case "":
            pass
        case device:
            raise shell.not_emulated(f"output to the device {device}", "write to a file")
    path = shell.full_path(target)
    return FileOutput(shell.files.open(path, "ab" if appends else "wb"), shell.encode)


def _text(shell: Shell, target: str) -> str:
    match _device(target):
        case "NUL":
            return ""
        case "":
            return shell.read_text(target)
        case device:
            raise shell.not_emulated(f"input from the device {device}", "read from a file or a pipe")


def _device(target: str) -> str:
    r"""Return the device that a name means: `nul`, `C:\x\NUL`; empty for a file."""
    name = ntpath.basename(target.rstrip(":")).split(".")[0].rstrip().upper()
    is_device = name in ("NUL", "CON", "PRN", "AUX") or (name[:3] in ("COM", "LPT") and name[3:].isdigit())
    return name if is_device and len(name) <= 4 else ""  # noqa: PLR2004 - COM1
