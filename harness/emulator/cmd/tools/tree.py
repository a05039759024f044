"""`tree.com`: folders as a drawing.

Source: learn.microsoft.com, "tree"; the drawing is from memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import is_hidden, listed
from harness.emulator.cmd.tools.texts import words_of
from harness.emulator.programs import ProgramRun

__all__ = ["tree"]

_LINES = ("├───", "└───", "│   ")
_PLAIN = ("+---", "\\---", "|   ")


async def tree(run: ProgramRun) -> int:
    """Draw the folders below one; `/f` with their files, `/a` with plain characters."""
    names = [word for word in words_of(run) if not word.startswith("/")]
    switches = [word.lower() for word in words_of(run) if word.startswith("/")]
    if any(switch not in ("/f", "/a") for switch in switches):
        run.print_error(f"Invalid switch - {switches[0]}")
        return 1
    path = Folders(run).full_path(names[0] if names else ".")
    run.print("Folder PATH listing")
    run.print(f"Volume serial number is 5EED-{ord(path[0].upper()):04X}")
    run.print(f"{path[:2].upper()}." if not names else path.upper())
    if not run.files.exists(path) or not run.files.info(path).is_directory:
        run.print(f"Invalid path - {path[2:].upper()}")
        return 1
    lines = list(_drawn(run, path, "", _PLAIN if "/a" in switches else _LINES, has_files="/f" in switches))
    for line in lines:
        run.print(line)
    if not lines:
        run.print("No subfolders exist \r\n")
    return 0


def _drawn(run: ProgramRun, folder: str, margin: str, signs: tuple[str, str, str], *, has_files: bool) -> Iterator[str]:
    inner, last, line = signs
    held = [entry for entry in listed(run.files, folder, "*") if not is_hidden(entry.info)]
    folders = [entry for entry in held if entry.info.is_directory]
    if has_files:
        files = [entry.name for entry in held if not entry.info.is_directory]
        for name in files:
            yield f"{margin}{line if folders else '    '}{name}"
        if files:
            yield f"{margin}{line if folders else '    '}".rstrip()
    for number, entry in enumerate(folders, 1):
        is_last = number == len(folders)
        yield f"{margin}{last if is_last else inner}{entry.name}"
        if not entry.info.target:
            yield from _drawn(run, entry.path, margin + ("    " if is_last else line), signs, has_files=has_files)
