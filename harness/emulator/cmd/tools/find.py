"""`find.exe`: lines that hold a text.

Source: learn.microsoft.com, "find"; layout and exit codes from memory.
"""

from __future__ import annotations

import re

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import entries
from harness.emulator.cmd.tools.texts import lines_of, read_text
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError

__all__ = ["find"]

_WORDS = re.compile(r'"(?:[^"]|"")*"|/\S+|[^\s"/]+')
_WRONG = 2


async def find(run: ProgramRun) -> int:
    """Show the lines that hold a text: `/v` those that do not, `/c` how many, `/n` with numbers, `/i` in any case."""
    words = _WORDS.findall(_after_name(run.command_line))
    switches = [word.lower() for word in words if word.startswith("/")]
    names = [word for word in words if not word.startswith("/")]
    if any(switch[:4] not in ("/v", "/c", "/n", "/i", "/off") for switch in switches):
        run.print_error("FIND: Invalid switch")
        return _WRONG
    if not names or not names[0].startswith('"'):
        run.print_error("FIND: Parameter format not correct")
        return _WRONG
    text = names[0][1:-1].replace('""', '"')
    search = _Search(text, switches)
    if len(names) == 1:
        return int(not search.show(run, lines_of(run.stdin.read()), None))
    found = False
    for name in names[1:]:
        found = _in_files(run, name.strip('"'), search) or found
    return int(not found)


class _Search:
    def __init__(self, text: str, switches: list[str]) -> None:
        self._is_caseless = "/i" in switches
        self._text = text.lower() if self._is_caseless else text
        self._is_negated = "/v" in switches
        self._counts = "/c" in switches
        self._numbers = "/n" in switches

    def show(self, run: ProgramRun, lines: list[str], name: str | None) -> bool:
        """Show what fits; return whether anything does."""
        chosen = [(number, line) for number, line in enumerate(lines, 1) if self._fits(line)]
        if self._counts:
            run.print(str(len(chosen)) if name is None else f"\r\n---------- {name}: {len(chosen)}")
            return bool(chosen)
        if name is not None:
            run.print(f"\r\n---------- {name}")
        for number, line in chosen:
            run.print(f"[{number}]{line}" if self._numbers else line)
        return bool(chosen)

    def _fits(self, line: str) -> bool:
        # An empty text is in no line, as in Windows.
        is_in = bool(self._text) and self._text in (line.lower() if self._is_caseless else line)
        return is_in is not self._is_negated


def _in_files(run: ProgramRun, name: str, search: _Search) -> bool:
    found = False
    files = [entry for entry in entries(run.files, Folders(run).full_path(name)) if not entry.info.is_directory]
    if not files:
        run.print_error(f"File not found - {name.upper()}")
    for entry in files:
        shown = name[: len(name) - len(name.rpartition("\\")[2])] + entry.name
        try:
            found = search.show(run, lines_of(read_text(run, entry.path)), shown.upper()) or found
        except MachineError:
            run.print_error(f"Access denied - {shown.upper()}")
    return found


def _after_name(line: str) -> str:
    found = re.match(r'\s*(?:"[^"]*"|[^\s"/]+)', line)
    return line[found.end() :] if found else ""
