"""What `%~` makes of an argument or a loop variable: quotes off, and parts of the path it names.

Source: learn.microsoft.com, "call" and "for" (the modifiers); the layout of attributes and times is from memory.
"""

from __future__ import annotations

import ntpath
from datetime import tzinfo
from typing import Protocol

from harness.emulator.cmd.wallclock import date_and_time
from harness.errors import MachineError
from harness.model.files import FileAttributes, FileInfo

__all__ = ["Surroundings", "attribute_letters", "modified"]

_LETTERS = (
    (FileAttributes.READONLY, "r"),
    (FileAttributes.ARCHIVE, "a"),
    (FileAttributes.HIDDEN, "h"),
    (FileAttributes.SYSTEM, "s"),
)


class Surroundings(Protocol):
    """What is looked at."""

    @property
    def time_zone(self) -> tzinfo:
        """The machine's time zone."""
        ...

    def full_path(self, path: str) -> str:
        """Return the absolute path."""
        ...

    def short_path(self, path: str) -> str:
        """Return the path in its 8.3 form, as far as there is one."""
        ...

    def info(self, path: str) -> FileInfo:
        """Return what is known of a file.

        Raises:
            MachineError: when it is not there.
        """
        ...

    def variable(self, name: str) -> str | None:
        """Return a variable's value."""
        ...


def modified(text: str, modifiers: str, around: Surroundings) -> str:
    """Return an argument as modified: `dp` its drive and folder, `nx` its name, `zta` size, time, attributes.

    Args:
        text: the argument as written.
        modifiers: what stands between the tilde and the argument.
        around: the machine as the command processor sees it.
    """
    value = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text.removeprefix('"')
    search = ""
    if "$" in modifiers:
        before, _, rest = modifiers.partition("$")
        search, _, after = rest.partition(":")
        modifiers = before + after
        found = _searched(value, around.variable(search) or "", around)
        if found is None:
            return ""
        value, modifiers = found, modifiers or "f"
    letters = modifiers.lower()
    if not letters or (not value and not search):
        return value
    path = around.full_path(value)
    if "s" in letters:
        path = around.short_path(path)
    about = [part for letter in "atz" if letter in letters and (part := _about(letter, path, around))]
    return " ".join([*about, *filter(None, [_parts(path, letters)])])


def attribute_letters(info: FileInfo) -> str:
    """Return attributes as `%~a` shows them: `--a--------`."""
    marks = info.attributes
    first = "d" if info.is_directory else "-"
    letters = [letter if mark in marks else "-" for mark, letter in _LETTERS]
    link = "l" if FileAttributes.REPARSE_POINT in marks else "-"
    return f"{first}{''.join(letters)}---{link}--"[:11]


def _parts(path: str, letters: str) -> str:
    if "f" in letters:
        return path
    drive, rest = ntpath.splitdrive(path)
    folder, name = ntpath.split(rest)
    if folder and not folder.endswith("\\"):
        folder += "\\"
    # A name may begin with a full stop, and all of it is the extension then.
    dot = name.rfind(".")
    stem, extension = (name, "") if dot < 0 else (name[:dot], name[dot:])
    parts = {"d": drive, "p": folder, "n": stem, "x": extension}
    chosen = "".join(part for letter, part in parts.items() if letter in letters)
    only_short = "s" in letters and not set(letters) & set("dpnx")
    return path if only_short else chosen


def _about(letter: str, path: str, around: Surroundings) -> str:
    try:
        info = around.info(path)
    except MachineError:
        return ""
    if letter == "a":
        return attribute_letters(info)
    if letter == "t":
        return date_and_time(info.modified.astimezone(around.time_zone))
    return str(info.size_bytes)


def _searched(name: str, folders: str, around: Surroundings) -> str | None:
    for folder in folders.split(";"):
        path = ntpath.join(folder.strip().strip('"'), name)
        try:
            return around.info(around.full_path(path)).path
        except MachineError:
            continue
    return None
