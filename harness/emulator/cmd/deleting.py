"""The commands that delete: `del` and `rd`.

Source: learn.microsoft.com, "del" and "rmdir"; results from Wine's tests (test_builtins.bat.exp), messages, and that
`del` reports what it could not delete without setting the error level, from memory.
"""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from harness.emulator.cmd.listing import Entry, attributes_fit, below, check_letters, is_hidden, listed
from harness.emulator.cmd.tokens import Arguments, split_arguments
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError
from harness.model.files import FileAttributes
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["confirmed", "delete", "delete_tree", "remove_folder"]

_SYNTAX = "The syntax of the command is incorrect."
_EVERYTHING = ("*", "*.*")


async def delete(interpreter: Interpreter, arguments: str) -> int:
    """Delete files: `/f` read-only ones too, `/s` below, `/q` without asking, `/a` by attributes, `/p` asking."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if not given.names:
        return shell.fail(_SYNTAX)
    result = 0
    try:
        for name in given.names:
            result = await _delete_pattern(shell, name, given) or result
    except ValueError as error:
        return shell.fail(f'Parameter format not correct - "{error}".')
    return result or shell.succeed()


async def remove_folder(interpreter: Interpreter, arguments: str) -> int:
    """Remove empty folders; with `/s` all that is in them too, with `/q` without asking."""
    shell = interpreter.shell
    given = split_arguments(arguments)
    if not given.names:
        return shell.fail(_SYNTAX)
    result = 0
    for name in given.names:
        result = await _remove(shell, name, given) or result
    return result


async def confirmed(shell: Shell, question: str) -> bool:
    """Ask whether to go on; the answer comes from a file or a pipe, or from nobody."""
    shell.write(f"{question} ")
    answer = shell.stdin.read_line()
    if answer is None and not shell.stdin.is_redirected:
        await shell.run.show_dialog(question)
    shell.print(answer or "")
    return (answer or "").strip().lower().startswith("y")


def delete_tree(shell: Shell, path: str) -> int:
    """Delete a folder with all that can be deleted in it; return the code of the first failure."""
    first = 0
    for entry in listed(shell.files, path, "*"):
        if entry.info.is_directory and not entry.info.target:
            first = delete_tree(shell, entry.path) or first
            continue
        first = _try_delete(shell, entry, shows_path=True, forces=True) or first
    if not first:
        try:
            _unmark(shell, path)
            shell.files.delete(path)
        except MachineError as error:
            shell.error(error_text(error))
            first = error.winerror
    return first


async def _delete_pattern(shell: Shell, name: str, given: Arguments) -> int:
    path = shell.full_path(name)
    folder, pattern = (path, "*") if shell.is_folder(path) else ntpath.split(path)
    question = f"{ntpath.join(folder, pattern)}, Are you sure (Y/N)?"
    if pattern in _EVERYTHING and not given.has("/q", "/p") and not await confirmed(shell, question):
        return 0
    if not shell.is_folder(folder):
        return shell.fail(error_text(3))
    found = _to_delete(shell, folder, pattern, given)
    for entry in found:
        if given.has("/p") and not await confirmed(shell, f"{entry.path}, Delete (Y/N)?"):
            continue
        if not _try_delete(shell, entry, shows_path=False, forces=given.has("/f")) and given.has("/s"):
            shell.print(f"Deleted file - {entry.path}")
    if not found:
        shell.error(f"Could Not Find {ntpath.join(folder, pattern)}")
    return 0


def _to_delete(shell: Shell, folder: str, pattern: str, given: Arguments) -> list[Entry]:
    letters = given.value("/a")
    check_letters(letters or "")
    return [
        entry
        for each in (below(shell.files, folder) if given.has("/s") else [folder])
        for entry in listed(shell.files, each, pattern)
        if (not entry.info.is_directory or entry.info.target)
        and (not is_hidden(entry.info) if letters is None else attributes_fit(entry.info, letters))
    ]


def _try_delete(shell: Shell, entry: Entry, *, shows_path: bool, forces: bool) -> int:
    try:
        if forces:
            _unmark(shell, entry.path)
        shell.files.delete(entry.path)
    except MachineError as error:
        text = error_text(error)
        shell.error(f"{entry.path} - {text}" if shows_path else f"{entry.path}\r\n{text}")
        return error.winerror
    return 0


def _unmark(shell: Shell, path: str) -> None:
    marks = shell.files.link_info(path).attributes
    if FileAttributes.READONLY in marks:
        shell.files.set_attributes(path, marks & ~FileAttributes.READONLY)


async def _remove(shell: Shell, name: str, given: Arguments) -> int:
    path = shell.full_path(name)
    path = path.rstrip("\\") if len(path) > 3 else path  # noqa: PLR2004 - a root keeps its backslash
    try:
        info = shell.files.link_info(path)
        if not info.is_directory:
            return _failed(shell, 267)
        if given.has("/s") and not info.target:
            agrees = given.has("/q") or await confirmed(shell, f"{name}, Are you sure (Y/N)?")
            return _remove_tree(shell, path) if agrees else 0
        if not info.target:
            _check_can_go(shell, path)
        shell.files.delete(path)
    except MachineError as error:
        return _failed(shell, error.winerror)
    return 0


def _check_can_go(shell: Shell, path: str) -> None:
    if folded(f"{shell.folders.current}\\").startswith(folded(f"{path}\\")):
        raise MachineError(32, "the current folder cannot be removed", path)
    if shell.files.names(path):
        raise MachineError(145, "the folder is not empty", path)


def _remove_tree(shell: Shell, path: str) -> int:
    """Remove a folder with all in it; of the current folder only what is in it."""
    if not folded(f"{shell.folders.current}\\").startswith(folded(f"{path}\\")):
        return delete_tree(shell, path)
    for entry in listed(shell.files, path, "*"):
        if entry.info.is_directory and not entry.info.target:
            _remove_tree(shell, entry.path)
        else:
            _try_delete(shell, entry, shows_path=True, forces=True)
    return _failed(shell, 32)


def _failed(shell: Shell, code: int) -> int:
    """Say why a folder was not removed; the error level stays as it is, unless `||` follows."""
    shell.error(error_text(code))
    return code
