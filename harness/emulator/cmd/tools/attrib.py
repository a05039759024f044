"""`attrib.exe`: what files are marked as.

Source: learn.microsoft.com, "attrib"; the columns, and that hidden and system files are not changed by the way, from
memory.
"""

from __future__ import annotations

import ntpath
import re

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import Entry, below, listed
from harness.emulator.cmd.tools.texts import words_of
from harness.emulator.cmd.wording import error_text
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError
from harness.model.files import FileAttributes

__all__ = ["attrib"]

_MARKS = {
    "A": FileAttributes.ARCHIVE,
    "S": FileAttributes.SYSTEM,
    "H": FileAttributes.HIDDEN,
    "R": FileAttributes.READONLY,
    "O": FileAttributes.OFFLINE,
    "I": FileAttributes.NOT_CONTENT_INDEXED,
}
_COLUMNS = {"A": 0, "S": 3, "H": 4, "R": 5, "O": 7, "I": 8}
_WIDTH = 21


async def attrib(run: ProgramRun) -> int:
    """Show or change attributes; `/s` below, `/d` of folders too."""
    changes: dict[str, bool] = {}
    names: list[str] = []
    switches: list[str] = []
    for word in words_of(run):
        if found := re.fullmatch(r"([+-])([A-Za-z]+)", word):
            for letter in found[2].upper():
                if letter not in _MARKS:
                    run.print_error(f"Parameter format not correct -\r\n{word}")
                    return 1
                changes[letter] = found[1] == "+"
        elif word.startswith("/"):
            switches.append(word.lower())
        else:
            names.append(word)
    result = 0
    for name in names or ["*"]:
        result = _each(run, name, changes, switches) or result
    return result


def _each(run: ProgramRun, name: str, changes: dict[str, bool], switches: list[str]) -> int:
    path = Folders(run).full_path(name).rstrip("\\")
    folder, pattern = ntpath.split(path)
    is_single = "*" not in pattern and "?" not in pattern
    found = [
        entry
        for each in (below(run.files, folder) if "/s" in switches else [folder])
        for entry in listed(run.files, each, pattern)
        if not entry.info.is_directory or "/d" in switches or (is_single and "/s" not in switches)
    ]
    if not found:
        missing = "File" if run.files.exists(folder) else "Path"
        run.print(f"{missing} not found - {path}")
        return 1
    result = 0
    for entry in found:
        result = (_change(run, entry, changes) if changes else _show(run, entry)) or result
    return result


def _show(run: ProgramRun, entry: Entry) -> int:
    columns = [" "] * _WIDTH
    for letter, mark in _MARKS.items():
        if mark in entry.info.attributes:
            columns[_COLUMNS[letter]] = letter
    run.print("".join(columns) + entry.path)
    return 0


def _change(run: ProgramRun, entry: Entry, changes: dict[str, bool]) -> int:
    marks = entry.info.attributes
    for letter, word in (("H", "hidden"), ("S", "system")):
        if _MARKS[letter] in marks and letter not in changes:
            run.print(f"Not resetting {word} file - {entry.path}")
            return 1
    for letter, is_set in changes.items():
        marks = marks | _MARKS[letter] if is_set else marks & ~_MARKS[letter]
    kept = marks & ~(FileAttributes.NORMAL | FileAttributes.DIRECTORY | FileAttributes.REPARSE_POINT)
    try:
        run.files.set_attributes(entry.path, kept or FileAttributes.NORMAL)
    except MachineError as error:
        run.print_error(f"{error_text(error).removesuffix('.')} - {entry.path}")
        return 1
    return 0
