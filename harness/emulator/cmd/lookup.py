"""Which file a command means to the command processor.

Source: learn.microsoft.com, "start" (PATHEXT), NeedCurrentDirectoryForExePathW; what the search looks like:
`harness.emulator.shell_lookup`.
"""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from harness.emulator.cmd.reading import DELIMITERS
from harness.emulator.process_view import view_of
from harness.emulator.shell_lookup import Caller, find_by_command_processor

if TYPE_CHECKING:
    from harness.emulator.cmd.shell import Shell

__all__ = ["caller_of", "find_command", "is_file_command"]

_BATCH = (".bat", ".cmd")


def caller_of(shell: Shell) -> Caller:
    """Return who looks for a file, for the searches."""
    return Caller(
        files=shell.files,
        environment=shell.environment,
        working_directory=shell.folders.current,
        view=view_of(shell.run.info.bits, shell.run.machine.facts),
    )


def find_command(shell: Shell, name: str) -> str | None:
    """Return the file that a name without quotes starts, as this process spells its path; None when there is none."""
    has_folder = "\\" in name or ":" in name
    wanted = shell.full_path(name) if has_folder else name
    found = find_by_command_processor(wanted, caller_of(shell))
    if not found or not has_folder:
        return found
    # What is found is the real place; the process goes on using the path it wrote, which may be a redirected one.
    ending = ntpath.splitext(found)[1]
    return wanted if wanted.lower().endswith(ending.lower()) else f"{wanted}{ending}"


def is_file_command(shell: Shell, text: str) -> bool:
    """Return whether a line that begins as a built-in command does begins with the name of a program: `time.exe`."""
    end = next((index for index, each in enumerate(text) if each in f'{DELIMITERS}/"'), len(text))
    name = text[:end]
    extension = ntpath.splitext(name)[1].lower()
    known = tuple(each.lower() for each in caller_of(shell).extensions)
    return extension in known and find_command(shell, name) is not None
