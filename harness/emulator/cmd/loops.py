"""`for`, over words, files, folders, numbers and lines.

Source: learn.microsoft.com, "for"; what happens with numbers that are none and with steps of zero: Wine's tests
(test_builtins.cmd) and from memory.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from harness.emulator.cmd.listing import below, is_hidden, listed
from harness.emulator.cmd.loop_text import text_rows
from harness.emulator.cmd.syntax import For, ForKind
from harness.emulator.cmd.tokens import batch_arguments, unquoted
from harness.emulator.cmd.wildcards import has_wildcard

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["run_loop"]

_NUMBER = re.compile(r"\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)")
_THREE = 3


async def run_loop(interpreter: Interpreter, node: For) -> int:
    """Run a loop; return the result of the last time round, 0 for none."""
    result = 0
    async for row in _rows(interpreter, node):
        outer = interpreter.shell.loops
        interpreter.shell.loops = {**outer, **row}
        try:
            result = await interpreter.iterate(node.body)
        finally:
            interpreter.shell.loops = outer
        interpreter.shell.step()
    return result


async def _rows(interpreter: Interpreter, node: For) -> AsyncIterator[dict[str, str]]:
    items = interpreter.text(node.items)
    if node.kind is ForKind.TEXT:
        async for row in text_rows(interpreter, node, items):
            yield row
        return
    for value in _values(interpreter.shell, node, items, interpreter.text(node.options)):
        yield {node.variable: value}


def _values(shell: Shell, node: For, items: str, options: str) -> Iterator[str]:
    match node.kind:
        case ForKind.NUMBERS:
            yield from _numbers(items)
        case ForKind.RECURSIVE:
            root = shell.full_path(unquoted(options) or ".")
            if not shell.is_folder(root):
                return
            for folder in below(shell.files, root.rstrip("\\") if len(root) > _THREE else root):
                for item in batch_arguments(items):
                    yield from _in_folder(shell, folder, unquoted(item))
        case kind:
            for item in batch_arguments(items):
                yield from _expanded(shell, item, only_folders=kind is ForKind.FOLDERS)


def _expanded(shell: Shell, item: str, *, only_folders: bool) -> Iterator[str]:
    """Return what a word of a plain loop stands for: itself, or the files that fit."""
    plain = unquoted(item)
    if not has_wildcard(plain):
        yield item
        return
    written, pattern = ntpath.split(plain)
    prefix = plain[: len(plain) - len(pattern)] if written else ""
    for entry in listed(shell.files, shell.full_path(written or "."), pattern):
        if entry.info.is_directory is only_folders and not is_hidden(entry.info):
            yield f"{prefix}{entry.name}"


def _in_folder(shell: Shell, folder: str, item: str) -> Iterator[str]:
    if not has_wildcard(item):
        yield ntpath.join(folder, item)
        return
    for entry in listed(shell.files, folder, item):
        if not entry.info.is_directory and not is_hidden(entry.info):
            yield entry.path


def _numbers(items: str) -> Iterator[str]:
    words = [*batch_arguments(items), "0", "0", "0"][:_THREE]
    number, step, end = (_number(word) for word in words)
    while number <= end if step >= 0 else number >= end:
        yield str(number)
        number += step


def _number(word: str) -> int:
    found = _NUMBER.match(word)
    if not found:
        return 0
    digits = found[2]
    if digits[:2].lower() == "0x":
        number = int(digits, 16)
    else:
        number = int(digits, 8 if digits.startswith("0") and not set(digits) - set("01234567") else 10)
    return -number if found[1] == "-" else number
