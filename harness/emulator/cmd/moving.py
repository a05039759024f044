"""`move` and `ren`.

Source: learn.microsoft.com, "move" and "ren"; messages from memory.
"""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from harness.emulator.cmd.copying import asks_first, may_overwrite
from harness.emulator.cmd.listing import is_hidden, listed
from harness.emulator.cmd.tokens import split_arguments
from harness.emulator.cmd.wildcards import has_wildcard, renamed
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["move", "rename"]

_SYNTAX = "The syntax of the command is incorrect."
_DUPLICATE = "A duplicate file name exists, or the file\r\ncannot be found."
_TWO = 2


async def move(interpreter: Interpreter, arguments: str) -> int:
    """Move files or rename folders."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if not given.names or len(given.names) > _TWO:
        return shell.fail(_SYNTAX)
    source, target = shell.full_path(given.names[0]), shell.full_path((*given.names, ".")[1])
    folder, pattern = ntpath.split(source.rstrip("\\"))
    if shell.is_folder(source):
        return _move_folder(shell, source.rstrip("\\"), target)
    found = [
        entry
        for entry in listed(shell.files, folder, pattern)
        if not entry.info.is_directory and not (has_wildcard(pattern) and is_hidden(entry.info))
    ]
    if not found:
        return shell.fail(error_text(2 if shell.is_folder(folder) else 3))
    if len(found) > 1 and not shell.is_folder(target):
        return shell.fail("Cannot move multiple files to a single file.")
    asks = asks_first(shell, list(given.switches))
    count = 0
    for entry in found:
        if has_wildcard(pattern):
            shell.print(entry.path)
        place = ntpath.join(target, entry.name) if shell.is_folder(target) else target
        if not await may_overwrite(shell, place, asks=asks and folded(place) != folded(entry.path)):
            continue
        try:
            shell.files.move(entry.path, place)
        except MachineError as error:
            shell.error(error_text(error))
            continue
        count += 1
    shell.print(f"{count:9} file(s) moved.")
    return shell.succeed() if count == len(found) else shell.end_with(1)


async def rename(interpreter: Interpreter, arguments: str) -> int:
    """Give files or a folder another name in the same folder."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if len(given.names) != _TWO or "\\" in given.names[1] or ":" in given.names[1]:
        return shell.fail(_SYNTAX)
    source = shell.full_path(given.names[0]).rstrip("\\")
    folder, pattern = ntpath.split(source)
    found = [
        entry
        for entry in listed(shell.files, folder, pattern)
        if not (has_wildcard(pattern) and entry.info.is_directory)
    ]
    if not found:
        return shell.fail(error_text(2 if shell.is_folder(folder) else 3))
    result = 0
    for entry in found:
        place = ntpath.join(folder, renamed(entry.name, given.names[1]))
        if shell.find_info(place) and folded(place) != folded(entry.path):
            result = shell.fail(_DUPLICATE)
            continue
        try:
            shell.files.move(entry.path, place)
        except MachineError as error:
            result = shell.fail(error_text(error))
    return result or shell.succeed()


def _move_folder(shell: Shell, source: str, target: str) -> int:
    place = ntpath.join(target, ntpath.basename(source)) if shell.is_folder(target) else target.rstrip("\\")
    if folded(place) == folded(source) and shell.is_folder(target):
        place = target.rstrip("\\")
    if folded(f"{shell.folders.current}\\").startswith(folded(f"{source}\\")):
        return shell.fail(error_text(32))
    try:
        shell.files.move(source, place)
    except MachineError as error:
        return shell.fail(error_text(error))
    shell.print("        1 dir(s) moved.")
    return shell.succeed()
