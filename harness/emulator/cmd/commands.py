"""A command by its name: built in, a drive to change to, or a program.

Source: learn.microsoft.com, "Windows commands" (which are built in); what may follow a name without a blank (`cd..`,
`echo.`, `dir/b`) is from memory.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harness.emulator.cmd import (
    batch_commands,
    copying,
    deleting,
    environment_commands,
    folder_commands,
    listing_command,
    moving,
    screen_commands,
    starting,
)
from harness.emulator.cmd.launching import run_external
from harness.emulator.cmd.lookup import is_file_command
from harness.emulator.cmd.reading import DELIMITERS
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["BUILT_IN", "run_simple", "split_name"]

BuiltIn = Callable[["Interpreter", str], Awaitable[int]]

BUILT_IN: dict[str, BuiltIn] = {
    "assoc": environment_commands.assoc,
    "break": screen_commands.nothing,
    "call": batch_commands.call,
    "cd": folder_commands.change_folder,
    "chcp": screen_commands.code_page,
    "chdir": folder_commands.change_folder,
    "cls": screen_commands.clear,
    "color": screen_commands.color,
    "copy": copying.copy,
    "date": screen_commands.date,
    "del": deleting.delete,
    "dir": listing_command.list_folder,
    "echo": screen_commands.echo,
    "endlocal": environment_commands.endlocal,
    "erase": deleting.delete,
    "exit": batch_commands.leave,
    "ftype": environment_commands.ftype,
    "goto": batch_commands.goto,
    "md": folder_commands.make_folder,
    "mkdir": folder_commands.make_folder,
    "mklink": folder_commands.make_link,
    "move": moving.move,
    "path": environment_commands.path,
    "pause": screen_commands.pause,
    "popd": folder_commands.pop_folder,
    "prompt": environment_commands.set_prompt,
    "pushd": folder_commands.push_folder,
    "rd": deleting.remove_folder,
    "rem": screen_commands.nothing,
    "ren": moving.rename,
    "rename": moving.rename,
    "rmdir": deleting.remove_folder,
    "set": environment_commands.set_variable,
    "setlocal": environment_commands.setlocal,
    "shift": batch_commands.shift,
    "start": starting.start,
    "time": screen_commands.time,
    "title": screen_commands.title,
    "type": copying.type_files,
    "ver": screen_commands.version,
    "verify": screen_commands.verify,
    "vol": screen_commands.volume,
}

_NAME = re.compile(r'([A-Za-z]+)(?=[\s,;=./\\:+\[\]()"<>|&]|$)')
_DRIVE = re.compile(r"([A-Za-z]:)\\?\s*")
#: What ends the name of a program outside quotes.
_ENDS_NAME = f"{DELIMITERS}/"


async def run_simple(interpreter: Interpreter, text: str) -> int:
    """Run one command; return its result.

    Args:
        interpreter: who runs it.
        text: name and arguments, everything replaced.
    """
    text = text.lstrip(DELIMITERS)
    if not text:
        return 0
    found = _NAME.match(text)
    command = BUILT_IN.get(found[1].lower()) if found else None
    if found and command and not (text[found.end() :][:1] in (".", "\\") and is_file_command(interpreter.shell, text)):
        try:
            return await command(interpreter, text[found.end() :])
        except MachineError as error:
            return interpreter.shell.fail(error_text(error))
    if drive := _DRIVE.fullmatch(text):
        return folder_commands.change_drive(interpreter.shell, drive[1])
    name, arguments = split_name(text)
    return await run_external(interpreter, name, arguments)


def split_name(text: str) -> tuple[str, str]:
    """Return the name of a program, quotes included, and the rest of the line."""
    end = 0
    is_quoted = False
    while end < len(text) and (is_quoted or text[end] not in _ENDS_NAME):
        is_quoted ^= text[end] == '"'
        end += 1
    return text[:end], text[end:]
