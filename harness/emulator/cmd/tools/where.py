"""`where.exe`: which files a name means.

Source: learn.microsoft.com, "where"; messages from memory.
"""

from __future__ import annotations

import ntpath

from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.listing import below, listed
from harness.emulator.cmd.wallclock import date_and_time
from harness.emulator.cmd.wildcards import has_wildcard
from harness.emulator.lookup import path_folders
from harness.emulator.process_view import view_of
from harness.emulator.programs import ProgramRun
from harness.emulator.shell_lookup import Caller
from harness.emulator.shell_lookup import where as found_by_name

__all__ = ["where"]

_WRONG = 2


async def where(run: ProgramRun) -> int:
    """Show the files a pattern fits in the current folder and on the path, or with `/r` below a folder."""
    root, is_quiet, is_quoted, is_long, patterns = None, False, False, False, []
    words = iter(run.arguments)
    for word in words:
        match word.lower():
            case "/r":
                root = next(words, None)
            case "/q":
                is_quiet = True
            case "/f":
                is_quoted = True
            case "/t":
                is_long = True
            case switch if switch.startswith("/"):
                run.print_error(f"ERROR: Invalid argument or option - '{word}'.\r\nType \"WHERE /?\" for usage help.")
                return _WRONG
            case _:
                patterns.append(word)
    if not patterns:
        run.print_error('ERROR: The pattern is missing.\r\nType "WHERE /?" for usage help.')
        return _WRONG
    found = [path for pattern in patterns for path in _matching(run, pattern, root)]
    if not found:
        if not is_quiet:
            run.print_error("INFO: Could not find files for the given pattern(s).")
        return 1
    for path in [] if is_quiet else found:
        shown = f'"{path}"' if is_quoted else path
        if is_long:
            info = run.files.info(path)
            at = date_and_time(info.modified.astimezone(run.machine.clock.time_zone))
            shown = f"{info.size_bytes:>10}   {at.replace(' ', '   ', 1)}  {shown}"
        run.print(shown)
    return 0


def _matching(run: ProgramRun, pattern: str, root: str | None) -> list[str]:
    folders = Folders(run)
    if root is not None:
        start = folders.full_path(root)
        if not run.files.exists(start):
            return []
        return [path for each in below(run.files, start) for path in _files(run, each, pattern)]
    if pattern.startswith("$") and ":" in pattern:
        variable, _, pattern = pattern[1:].partition(":")
        places = (run.environment.get(variable) or "").split(";")
        return [path for place in places if place for path in _files(run, place, pattern)]
    if has_wildcard(pattern):
        places = [run.working_directory, *path_folders(run.environment)]
        paths = [path for place in places for path in _files(run, folders.full_path(place), pattern)]
        return list({path.lower(): path for path in paths}.values())
    caller = Caller(
        files=run.files,
        environment=run.environment,
        working_directory=run.working_directory,
        view=view_of(run.info.bits, run.machine.facts),
    )
    return list(found_by_name(pattern, caller))


def _files(run: ProgramRun, folder: str, pattern: str) -> list[str]:
    names = [pattern] if "." in ntpath.basename(pattern) or pattern.endswith("*") else [pattern, f"{pattern}.*"]
    found = [entry.info for name in names for entry in listed(run.files, folder, name)]
    return [info.path for info in found if not info.is_directory]
