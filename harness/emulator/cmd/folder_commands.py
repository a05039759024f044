"""The commands that go to folders, make them, and link to them.

Source: learn.microsoft.com, "cd", "pushd", "popd", "mkdir", "mklink"; messages from memory, results from Wine's tests
(test_builtins.bat.exp).
"""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from harness.emulator.cmd.tokens import batch_arguments, split_arguments, unquoted
from harness.emulator.cmd.wildcards import has_wildcard
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError
from harness.model.files import LinkKind
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["change_drive", "change_folder", "make_folder", "make_link", "pop_folder", "push_folder"]

_TWO = 2


async def change_folder(interpreter: Interpreter, arguments: str) -> int:
    """Show the current folder, or change it; `/d` changes the drive too."""
    shell = interpreter.shell
    text = arguments.strip(" \t,;=")
    changes_drive = False
    if switch := re.match(r"/d(?=[\s\"]|$)", text, re.IGNORECASE):
        changes_drive = True
        text = text[switch.end() :].strip(" \t")
    target = unquoted(text).rstrip()
    if not target or re.fullmatch(r"[A-Za-z]:", target):
        return _show_or_switch(shell, target, changes_drive=changes_drive)
    return _go(shell, target, changes_drive=changes_drive)


def change_drive(shell: Shell, drive: str) -> int:
    """Go to the current folder of another drive."""
    folder = shell.folders.of_drive(drive)
    if not shell.is_folder(folder):
        return shell.fail(error_text(15))
    shell.folders.current = folder
    return shell.succeed()


async def push_folder(interpreter: Interpreter, arguments: str) -> int:
    """Go to a folder and remember the one before; without a folder, show those remembered."""
    shell = interpreter.shell
    target = unquoted(arguments).strip(" \t,;=")
    if not target:
        for folder in reversed(shell.folders.pushed):
            shell.print(folder)
        return shell.succeed()
    if target.startswith("\\\\"):
        raise shell.not_emulated("pushd to a network share, which takes a drive letter", "use a folder of the machine")
    before = shell.folders.current
    result = _go(shell, target, changes_drive=True)
    if result == 0:
        shell.folders.pushed.append(before)
    return result


async def pop_folder(interpreter: Interpreter, arguments: str) -> int:  # noqa: ARG001 - as all commands
    """Go back to the folder that was remembered last."""
    shell = interpreter.shell
    if not shell.folders.pushed:
        return 1
    folder = shell.folders.pushed.pop()
    if not shell.is_folder(folder):
        shell.error(error_text(3))
        return 1
    shell.folders.current = folder
    return 0


async def make_folder(interpreter: Interpreter, arguments: str) -> int:
    """Make folders, and those above them."""
    shell = interpreter.shell
    names = split_arguments(arguments).names if "/" in arguments else tuple(map(unquoted, batch_arguments(arguments)))
    if not names:
        return shell.fail("The syntax of the command is incorrect.")
    result = 0
    for name in names:
        result = _make(shell, name) or result
    return result or shell.succeed()


async def make_link(interpreter: Interpreter, arguments: str) -> int:
    """Make a symbolic link, with `/d` to a folder, `/j` a junction, `/h` a second name of a file."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if len(given.names) != _TWO:
        return shell.fail("The syntax of the command is incorrect.")
    path, target = given.names
    kind, words = LinkKind.SYMBOLIC, "symbolic link created for"
    if given.has("/j"):
        kind, words = LinkKind.JUNCTION, "Junction created for"
        target = shell.full_path(target)
    elif given.has("/h"):
        kind, words = LinkKind.HARD, "Hardlink created for"
    try:
        shell.files.make_link(shell.full_path(path), shell.full_path(target) if given.has("/h") else target, kind)
    except MachineError as error:
        if error.winerror == 1314:  # noqa: PLR2004 - winerror.h
            return shell.fail("You do not have sufficient privilege to perform this operation.")
        return shell.fail(error_text(error))
    arrow = "<<===>>"
    shell.print(f"{words} {path} {arrow} {given.names[1]}")
    return shell.succeed()


def _show_or_switch(shell: Shell, drive: str, *, changes_drive: bool) -> int:
    if changes_drive and drive:
        return change_drive(shell, drive)
    shell.print(shell.folders.of_drive(drive) if drive else shell.folders.current)
    return shell.succeed()


def _go(shell: Shell, target: str, *, changes_drive: bool) -> int:
    if target.startswith("\\\\"):
        shell.error(f"'{target}'\r\nCMD does not support UNC paths as current directories.")
        return shell.end_with(1)
    path = shell.full_path(target)
    if has_wildcard(path):
        return shell.fail(error_text(123))
    try:
        info = shell.files.info(path)
    except MachineError as error:
        return shell.fail(error_text(error if error.winerror not in (2, 3) else 3))
    if not info.is_directory:
        return shell.fail(error_text(267))
    path = path if len(path) <= 3 else path.rstrip("\\")  # noqa: PLR2004 - a root keeps its backslash
    folder = info.path if folded(info.path) == folded(path) else path
    if changes_drive or folder[:2].upper() == shell.folders.current[:2].upper():
        shell.folders.current = folder[:1].upper() + folder[1:]
    else:
        shell.environment[f"={folder[:2].upper()}"] = folder
    return shell.succeed()


def _make(shell: Shell, name: str) -> int:
    path = shell.full_path(name)
    if shell.find_info(path):
        return shell.fail(f"A subdirectory or file {name} already exists.")
    drive = ntpath.splitdrive(path)[0]
    parts = path[len(drive) :].strip("\\").split("\\")
    for count in range(1, len(parts) + 1):
        folder = f"{drive}\\" + "\\".join(parts[:count])
        info = shell.find_info(folder)
        if info and not info.is_directory:
            return shell.fail(error_text(3))
        if info is None:
            try:
                shell.files.make_folder(folder)
            except MachineError as error:
                return shell.fail(error_text(error))
    return 0
