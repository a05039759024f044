"""What is in folders, as commands with wildcards see it.

Source: learn.microsoft.com, "for", "dir", "del" (what is hidden is left out without `/a`); that loops leave out what is
hidden: from memory.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from dataclasses import dataclass

from harness.emulator.cmd.wildcards import has_wildcard, matches
from harness.emulator.process_files import ProcessFiles
from harness.errors import MachineError
from harness.model.files import FileAttributes, FileInfo

__all__ = ["Entry", "attributes_fit", "below", "check_letters", "entries", "is_hidden", "listed"]

_MARKS = {
    "r": FileAttributes.READONLY,
    "h": FileAttributes.HIDDEN,
    "s": FileAttributes.SYSTEM,
    "a": FileAttributes.ARCHIVE,
    "d": FileAttributes.DIRECTORY,
    "l": FileAttributes.REPARSE_POINT,
    "o": FileAttributes.OFFLINE,
    "i": FileAttributes.NOT_CONTENT_INDEXED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something in a folder.

    Attributes:
        name: its name.
        path: where it is, in full.
        info: what is known of it, of a link itself.
    """

    name: str
    path: str
    info: FileInfo


def entries(files: ProcessFiles, path: str, *, has_dots: bool = False) -> Iterator[Entry]:
    """Return what fits a path whose last part may have wildcards, sorted by name; nothing when there is no such thing.

    Args:
        files: the volumes.
        path: the path, absolute.
        has_dots: whether the folder itself and the one above it count, as `.` and `..`.
    """
    folder, name = ntpath.split(path)
    yield from listed(files, folder, name, has_dots=has_dots)


def listed(files: ProcessFiles, folder: str, pattern: str, *, has_dots: bool = False) -> Iterator[Entry]:
    """Return what a folder holds and fits a pattern, sorted by name; nothing when there is no such folder."""
    if not has_wildcard(pattern):
        if entry := _entry(files, folder, pattern):
            yield entry
        return
    try:
        names = files.names(folder)
    except MachineError:
        return
    if has_dots and len(folder) > 3 and matches(".", pattern):  # noqa: PLR2004 - not the root
        info = files.info(folder)
        yield Entry(name=".", path=folder, info=info)
        yield Entry(name="..", path=ntpath.dirname(folder), info=info)
    for name in names:
        if matches(name, pattern) and (entry := _entry(files, folder, name)):
            yield entry


def below(files: ProcessFiles, folder: str) -> Iterator[str]:
    """Return a folder and all folders below it, those above first; links are not followed."""
    yield folder
    for entry in listed(files, folder, "*"):
        if entry.info.is_directory and not entry.info.target:
            yield from below(files, entry.path)


def is_hidden(info: FileInfo) -> bool:
    """Return whether something is hidden or a part of the system."""
    return bool(info.attributes & (FileAttributes.HIDDEN | FileAttributes.SYSTEM))


def attributes_fit(info: FileInfo, letters: str) -> bool:
    """Return whether something has the attributes that `/a` asks for: `d` a folder, `-h` not hidden.

    Raises:
        ValueError: for a letter that is no attribute.
    """
    check_letters(letters)
    marks = info.attributes | (FileAttributes.DIRECTORY if info.is_directory else FileAttributes(0))
    is_wanted = True
    for letter in letters.lower():
        if letter == "-":
            is_wanted = False
            continue
        if bool(marks & _MARKS[letter]) is not is_wanted:
            return False
        is_wanted = True
    return True


def check_letters(letters: str) -> None:
    """Make sure that `/a` asks for attributes that there are.

    Raises:
        ValueError: for a letter that is none.
    """
    for letter in letters.lower():
        if letter != "-" and letter not in _MARKS:
            raise ValueError(letter)


def _entry(files: ProcessFiles, folder: str, name: str) -> Entry | None:
    path = ntpath.join(folder, name)
    try:
        info = files.link_info(path)
    except MachineError:
        return None
    return Entry(name=ntpath.basename(info.path) or name, path=path, info=info)
