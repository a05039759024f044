"""The commands that move through batch files: `call`, `goto`, `exit`, `shift`.

Source: learn.microsoft.com, pages of these commands; stackoverflow.com, question 4094699 (phase 6: what `call` does to
its line); error levels: Wine's tests (test_builtins.bat.exp).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.emulator.cmd.calling import run_batch
from harness.emulator.cmd.expansion import expand_percent
from harness.emulator.cmd.launching import run_external
from harness.emulator.cmd.parser import parse_statement
from harness.emulator.cmd.script import label_name
from harness.emulator.cmd.shell import Frame, Jump, LeaveBatch, LeaveShell
from harness.emulator.cmd.syntax import Node, Place, Redirected, Simple, SyntaxFault
from harness.emulator.cmd.tokens import batch_arguments

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["call", "goto", "leave", "shift"]

_CODE = re.compile(r"\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))")


async def call(interpreter: Interpreter, arguments: str) -> int:
    """Run a batch file, a subroutine or any command, its variables replaced once more, and come back."""
    shell = interpreter.shell
    line = expand_percent(arguments.replace("^", "^^"), shell).lstrip(" \t,;=")
    if line.startswith(":"):
        return await _subroutine(interpreter, line)
    try:
        node = parse_statement(line, lambda: None, shell.place)
    except SyntaxFault as fault:
        shell.error(fault.text)
        return shell.end_with(1)
    simple = _command(node)
    if simple is None:
        return 0
    if simple.text.split(None, 1)[0].lower() in ("if", "for") or not isinstance(node, (Simple, Redirected)):
        raise shell.not_emulated(f"call with {line!r}", "call a label or a batch file, and write the rest there")
    return await _called(interpreter, simple.text)


async def goto(interpreter: Interpreter, arguments: str) -> int:
    """Go to a label, or with `:eof` to the end of the batch file or subroutine."""
    shell = interpreter.shell
    frame = shell.frame
    if frame is None:
        return 0
    target = arguments.lstrip(" \t,;=:")
    name = label_name(target)
    if name == "eof" and shell.has_extensions:
        raise LeaveBatch
    if not name:
        shell.fail("No batch label specified to GOTO command.")
        raise LeaveBatch
    shell.step()
    found = frame.script.find(name, frame.position)
    if found is None:
        shell.fail(f"The system cannot find the batch label specified - {target.split()[0]}")
        raise LeaveBatch
    frame.position = found
    raise Jump(frame)


async def leave(interpreter: Interpreter, arguments: str) -> int:
    """End the batch file or subroutine (`/b`), or the command processor, with an exit code or the error level."""
    shell = interpreter.shell
    text = arguments.strip(" \t,;=")
    ends_batch = text[:2].lower() == "/b"
    found = _CODE.match(text[2:] if ends_batch else text)
    if found:
        digits = found[1].lower()
        shell.end_with(int(digits, 16) if "x" in digits else int(digits))
    if ends_batch and (shell.frame is not None or shell.depth):
        raise LeaveBatch
    raise LeaveShell


async def shift(interpreter: Interpreter, arguments: str) -> int:
    """Let `%1` be what was `%2`; with `/n` from the n-th argument on."""
    shell = interpreter.shell
    frame = shell.frame
    if frame is None:
        return 0
    text = arguments.strip()
    start = 0
    if text:
        if not re.fullmatch(r"/[0-8]", text):
            return shell.fail("Invalid parameter to SHIFT command")
        start = int(text[1])
    values = [frame.name, *frame.arguments]
    if start < len(values):
        del values[start]
    frame.is_shifted = frame.is_shifted or start == 0
    frame.name, frame.arguments = (values or [""])[0], values[1:]
    return 0


async def _subroutine(interpreter: Interpreter, line: str) -> int:
    shell = interpreter.shell
    frame = shell.frame
    if frame is None:
        return shell.fail("Invalid attempt to call batch label outside of batch script.")
    found = re.match(r":\s*[^\s,;=+&|<>()]*", line)
    assert found is not None  # it begins with a colon
    name, arguments = label_name(found[0]), line[found.end() :]
    if name == "eof":
        return shell.error_level
    position = frame.script.find(name, frame.position)
    if position is None:
        return shell.fail(f"The system cannot find the batch label specified - {found[0][1:]}")
    inner = Frame(
        script=frame.script,
        name=found[0],
        arguments=batch_arguments(arguments),
        all_arguments=arguments.strip(" \t"),
        position=position,
    )
    return await run_batch(interpreter, inner)


async def _called(interpreter: Interpreter, text: str) -> int:
    from harness.emulator.cmd.commands import BUILT_IN, run_simple, split_name

    name, rest = split_name(text)
    shell = interpreter.shell
    is_built_in = re.match(r"[A-Za-z]*", name)[0].lower() in BUILT_IN  # type: ignore[index]  # it matches nothing too
    if is_built_in:
        return await run_simple(interpreter, text)
    shell.step()
    return await run_external(interpreter, name, rest, is_called=True)


def _command(node: Node | None) -> Simple | None:
    match node:
        case Simple():
            return node if node.text.strip() else None
        case Redirected():
            return _command(node.node)
        case None:
            return None
        case _:
            return Simple(text="if", place=Place(""))
