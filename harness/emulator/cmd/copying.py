"""`copy` and `type`.

Source: learn.microsoft.com, "copy" and "type" (joining files, `/a`, `/b`, `/y`, asking before overwriting except in
batch files); messages and what they are written to: from memory.
"""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.cmd.listing import is_hidden, listed
from harness.emulator.cmd.tokens import batch_arguments, unquoted
from harness.emulator.cmd.wildcards import has_wildcard, renamed
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["copy", "may_overwrite", "type_files"]

_SYNTAX = "The syntax of the command is incorrect."
_SWITCH = re.compile(r"/-?[a-z]+", re.IGNORECASE)
_KNOWN = ("/a", "/b", "/y", "/-y", "/v", "/n", "/d", "/l", "/z")
_END = b"\x1a"


@dataclass(slots=True, kw_only=True)
class _Request:
    """What is to be copied: groups of files that are joined, where to, and how."""

    sources: list[str]
    target: str
    is_joined: bool
    is_binary: bool
    asks: bool


async def copy(interpreter: Interpreter, arguments: str) -> int:
    """Copy files, or join them with `+`."""
    shell = interpreter.shell
    request = _read(shell, arguments)
    if request is None:
        return shell.fail(_SYNTAX)
    if request.is_joined:
        return await _join(shell, request)
    return await _copy_each(shell, request)


async def type_files(interpreter: Interpreter, arguments: str) -> int:
    """Show what is in files; of more than one, their names too."""
    shell = interpreter.shell
    names = [unquoted(each) for each in batch_arguments(arguments) if not each.startswith("/")]
    if not names:
        return shell.fail(_SYNTAX)
    many = len(names) > 1 or has_wildcard(names[0])
    result = 0
    for name in names:
        if name.lower() == "nul":
            continue
        paths = [entry.path for entry in _files(shell, name)] if has_wildcard(name) else [shell.full_path(name)]
        if not paths:
            result = shell.fail(error_text(2))
        for path in paths:
            result = _type(shell, path, name if not has_wildcard(name) else ntpath.basename(path), many=many) or result
    return result or shell.succeed()


async def may_overwrite(shell: Shell, path: str, *, asks: bool) -> bool:
    """Return whether a file may be replaced; asks when it is there and nobody said yes before."""
    if not asks or shell.find_info(path) is None:
        return True
    question = f"Overwrite {path}? (Yes/No/All):"
    shell.write(f"{question} ")
    answer = shell.stdin.read_line()
    if answer is None and not shell.stdin.is_redirected:
        await shell.run.show_dialog(question)
    shell.print(answer or "")
    return (answer or "").strip().lower()[:1] in ("y", "a")


def asks_first(shell: Shell, switches: list[str]) -> bool:
    """Return whether an existing file is asked about: on a command line, not in a batch file, unless told otherwise."""
    preset = (shell.environment.get("COPYCMD") or "").lower().split()
    decided = [each for each in [*preset, *switches] if each in ("/y", "/-y")]
    return decided[-1] == "/-y" if decided else shell.frame is None


def _read(shell: Shell, arguments: str) -> _Request | None:
    """Read the arguments of `copy`; None when they make no sense."""
    words: list[str] = re.findall(r'\+|,,|(?:"[^"]*"?|[^\s,;="+/])+|/[^\s/,;=+]*', arguments)
    switches = [each.lower() for each in words if _SWITCH.fullmatch(each)]
    if any(each not in _KNOWN for each in switches):
        return None
    groups: list[list[str]] = []
    continues = False
    for word in words:
        if word == "+":
            continues = True
        elif word != ",," and not word.startswith("/"):
            if continues and groups:
                groups[-1].append(unquoted(word))
            else:
                groups.append([unquoted(word)])
            continues = False
    if not groups or len(groups) > 2 or (len(groups) == 2 and len(groups[1]) > 1):  # noqa: PLR2004 - from and to
        return None
    sources = groups[0]
    is_joined = len(sources) > 1
    target = groups[1][0] if len(groups) > 1 else (sources[0] if is_joined else ".")
    if not is_joined and has_wildcard(sources[0]) and not has_wildcard(target):
        full = shell.full_path(target)
        is_joined = len(groups) > 1 and not shell.is_folder(full) and not target.endswith("\\")
    return _Request(
        sources=sources,
        target=target,
        is_joined=is_joined,
        is_binary="/b" in switches,
        asks=asks_first(shell, switches),
    )


async def _copy_each(shell: Shell, request: _Request) -> int:
    source = request.sources[0]
    path = shell.full_path(source)
    if source.lower() == "nul":
        return _write(shell, shell.full_path(request.target), b"")
    if source.lower() == "con":
        raise shell.not_emulated("copying from the keyboard", "write the file with echo")
    if request.target.lower() == "con":
        shell.write(shell.read_text(path))
        return _copied(shell, 1)
    if shell.is_folder(path):
        path = ntpath.join(path, "*")
        source = ntpath.join(source, "*")
    if not has_wildcard(path):
        return await _copy_single(shell, path, request)
    found = [each.path for each in _files(shell, path)]
    if not found:
        shell.error(f"{source}\r\n{error_text(2)}")
    count = 0
    for each in found:
        shell.print(ntpath.join(ntpath.dirname(source), ntpath.basename(each)))
        try:
            count += await _copy_file(shell, each, request)
        except MachineError as error:
            shell.error(error_text(error))
    return _copied(shell, count)


async def _copy_single(shell: Shell, path: str, request: _Request) -> int:
    try:
        return _copied(shell, await _copy_file(shell, path, request))
    except MachineError as error:
        shell.error(error_text(error))
        # When there is nothing to copy, nothing is counted either.
        return shell.end_with(1) if error.winerror == 2 else _copied(shell, 0)  # noqa: PLR2004 - no such file


async def _copy_file(shell: Shell, path: str, request: _Request) -> int:
    """Copy a file; return how many files that were."""
    target = _target(shell, path, request.target)
    if folded(target) == folded(path):
        shell.error("The file cannot be copied onto itself.")
        return 0
    if not await may_overwrite(shell, target, asks=request.asks):
        return 0
    if request.target.lower() != "nul":
        shell.files.copy(path, target)
    return 1


async def _join(shell: Shell, request: _Request) -> int:
    pieces: list[bytes] = []
    for source in request.sources:
        path = shell.full_path(source)
        for each in [entry.path for entry in _files(shell, path)] if has_wildcard(path) else [path]:
            shell.print(ntpath.join(ntpath.dirname(source), ntpath.basename(each)))
            try:
                data = shell.files.read(each)
            except MachineError as error:
                if len(request.sources) == 1:
                    shell.error(error_text(error))
                continue
            pieces.append(data if request.is_binary else data.split(_END, 1)[0])
    if not pieces:
        shell.error(error_text(2))
        return _copied(shell, 0)
    target = _target(shell, shell.full_path(request.sources[0]), request.target)
    is_first = folded(target) == folded(shell.full_path(request.sources[0]))
    if not is_first and not await may_overwrite(shell, target, asks=request.asks):
        return _copied(shell, 0)
    return _write(shell, target, b"".join(pieces) + (b"" if request.is_binary else _END))


def _write(shell: Shell, target: str, data: bytes) -> int:
    try:
        with shell.files.open(target, "wb") as file:
            file.write(data)
    except MachineError as error:
        shell.error(error_text(error))
        return _copied(shell, 0)
    return _copied(shell, 1)


def _target(shell: Shell, source: str, target: str) -> str:
    """Return what a file is to be called."""
    path = shell.full_path(target)
    if shell.is_folder(path):
        return ntpath.join(path, ntpath.basename(source))
    if target.endswith(("\\", "/")):
        raise MachineError(3, "the folder is not there", path)
    folder, name = ntpath.split(path)
    return ntpath.join(folder, renamed(ntpath.basename(source), name) if has_wildcard(name) else name)


def _files(shell: Shell, pattern: str) -> list[_File]:
    folder, name = ntpath.split(shell.full_path(pattern))
    return [
        _File(entry.path)
        for entry in listed(shell.files, folder, name)
        if not entry.info.is_directory and not is_hidden(entry.info)
    ]


@dataclass(frozen=True, slots=True)
class _File:
    path: str


def _copied(shell: Shell, count: int) -> int:
    shell.print(f"{count:9} file(s) copied.")
    return shell.succeed() if count else shell.end_with(1)


def _type(shell: Shell, path: str, name: str, *, many: bool) -> int:
    try:
        text = shell.read_text(path)
    except MachineError as error:
        shell.error(error_text(error))
        if many:
            shell.error(f"Error occurred while processing: {name}.")
        return shell.end_with(1)
    if many:
        shell.error(f"\r\n{name}\r\n\r\n")
    shell.write(text)
    return 0
