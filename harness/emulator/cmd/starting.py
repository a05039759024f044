"""`start`: programs in windows of their own.

Source: learn.microsoft.com, "start" (title, `/d`, `/wait`, `/b`; batch files and commands run in a new command
processor with `/k`); ShellExecute's search also finds App Paths.
"""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from harness.emulator.cmd.launching import follow
from harness.emulator.cmd.lookup import caller_of, find_command
from harness.emulator.cmd.shell import Shell
from harness.emulator.cmd.tokens import unquoted
from harness.emulator.cmd.wording import error_text
from harness.emulator.shell_lookup import find_by_shell
from harness.errors import MachineError
from harness.machine.ports import Process

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["start"]

_SWITCH = re.compile(r"/(\w+)", re.IGNORECASE)
_PLAIN = (
    "w",
    "wait",
    "b",
    "min",
    "max",
    "separate",
    "shared",
    "low",
    "normal",
    "high",
    "realtime",
    "abovenormal",
    "belownormal",
    "i",
)
_WITH_VALUE = ("d", "node", "affinity")
_BATCH = (".bat", ".cmd")


async def start(interpreter: Interpreter, arguments: str) -> int:
    """Start a program without waiting for it; with `/wait` its exit code is the error level."""
    shell = interpreter.shell
    folder, flags, rest = shell.folders.current, set[str](), arguments.strip(" \t,;=")
    while rest.startswith(("/", '"')):
        if rest.startswith('"'):
            if "title" in flags:
                break
            flags.add("title")
            rest = rest[1:].partition('"')[2].lstrip(" \t")
            continue
        found = _SWITCH.match(rest)
        switch = found[1].lower() if found else ""
        rest = rest[found.end() :].lstrip(" \t") if found else rest
        if switch in _WITH_VALUE:
            value, rest = _word(rest)
            folder = shell.full_path(unquoted(value)) if switch == "d" else folder
        elif switch in _PLAIN:
            flags.add(switch)
        else:
            return shell.fail(f'Invalid switch - "/{switch}".')
    waits, is_shared = bool(flags & {"w", "wait"}), "b" in flags
    name, rest = _word(rest)
    try:
        process = _started(shell, name, rest, folder, is_shared=is_shared)
    except MachineError as error:
        shown = unquoted(name)
        return shell.fail(
            f"The system cannot find the file {shown}." if error.winerror == 2 else error_text(error, shown),  # noqa: PLR2004
            9059,
        )
    if waits:
        shell.end_with(await _ended(shell, process, is_shared=is_shared))
    elif is_shared:
        shell.run.machine.clock.spawn(follow(shell, process), name=f"the output of {process.info.name}")
    return 0


async def _ended(shell: Shell, process: Process, *, is_shared: bool) -> int:
    if is_shared:
        return await follow(shell, process)
    ended = await process.wait()
    assert ended is not None  # it waits for as long as it takes
    return ended.code


def _started(shell: Shell, name: str, arguments: str, folder: str, *, is_shared: bool) -> Process:
    from harness.emulator.cmd.commands import BUILT_IN

    plain = unquoted(name)
    line = f"{name} {arguments}".strip()
    keeps = "/c" if is_shared else "/K"
    if not plain:
        return shell.run.start("cmd.exe", working_directory=folder)
    if plain.lower() in BUILT_IN:
        return shell.run.start(f"cmd.exe {keeps} {line}", working_directory=folder)
    path = find_command(shell, plain)
    more = ""
    if path is None:
        target = find_by_shell(plain, caller_of(shell), shell.run.registry)
        if target is None:
            if shell.is_folder(plain):
                raise shell.not_emulated(f"opening the folder {plain} in Explorer", "leave it out")
            if re.match(r"[a-z][a-z0-9+.-]+:", plain, re.IGNORECASE):
                raise shell.not_emulated(f"opening {plain}", "leave it out")
            raise MachineError(2, "there is no such program", plain)
        path, more = target.path, target.more_path
    extension = ntpath.splitext(path)[1].lower()
    if extension in _BATCH and shell.run.machine.programs.find(path) is None:
        return shell.run.start(f'cmd.exe {keeps} ""{path}" {arguments}"', working_directory=folder)
    if extension == ".msi":
        return shell.run.start(f'msiexec.exe /i "{path}" {arguments}', working_directory=folder)
    if extension not in (".exe", ".com", ".scr", *_BATCH):
        hint = "start the program itself, with the file as its argument"
        raise shell.not_emulated(f"opening {path} with the program registered for it", hint)
    changes = {"PATH": f"{more};{shell.environment.get('PATH') or ''}"} if more else None
    return shell.run.start(f'"{path}" {arguments}'.strip(), working_directory=folder, environment=changes)


def _word(text: str) -> tuple[str, str]:
    """Return the first word of a text, with its quotes, and the rest."""
    found = re.match(r'(?:"[^"]*"?|[^\s"])*', text)
    assert found is not None  # it also matches nothing
    return found[0], text[found.end() :].lstrip(" \t")
