r"""The current folders of a command processor: one of each drive, kept in variables such as `=C:`.

Source: Raymond Chen, "What are these strange =C: environment variables?"; learn.microsoft.com, GetFullPathNameW.
"""

from __future__ import annotations

import ntpath
import re

from harness.emulator.cmd.wildcards import has_wildcard, short_form
from harness.emulator.programs import ProgramRun
from harness.emulator.shortnames import is_short
from harness.errors import MachineError
from harness.model.names import folded

__all__ = ["Folders"]

_DRIVE = re.compile(r"[A-Za-z]:")
#: So many alike names have a short name of the plain kind.
_PLAIN_SHORT_NAMES = 4


class Folders:
    """The current folders, and those that `pushd` remembered.

    Args:
        run: the process, whose working folder and variables change with them.
    """

    def __init__(self, run: ProgramRun) -> None:
        self._run = run
        self.pushed: list[str] = []

    @property
    def current(self) -> str:
        """The current folder."""
        return self._run.working_directory

    @current.setter
    def current(self, folder: str) -> None:
        self._run.working_directory = folder
        if _DRIVE.match(folder):
            self._run.environment[f"={folder[:2].upper()}"] = folder

    def of_drive(self, drive: str) -> str:
        """Return the current folder of a drive."""
        if drive.upper() == self.current[:2].upper():
            return self.current
        return self._run.environment.get(f"={drive.upper()}") or f"{drive.upper()}\\"

    def full_path(self, path: str) -> str:
        r"""Return the absolute path: of `x`, `\x`, `D:x`, `..\x`."""
        path = path.replace("/", "\\")
        if path.startswith("\\\\"):
            return path
        if _DRIVE.match(path):
            base = path if path[2:3] == "\\" else ntpath.join(self.of_drive(path[:2]), path[2:])
        elif path.startswith("\\"):
            base = self.current[:2] + path
        else:
            base = ntpath.join(self.current, path)
        return _normal(base)

    def short_path(self, path: str) -> str:
        """Return a path with the short names that its parts have."""
        drive, rest = ntpath.splitdrive(path)
        shown = drive
        for name in filter(None, rest.split("\\")):
            shown = f"{shown}\\{self._short_name(shown, name)}"
        return f"{shown}\\" if rest.endswith("\\") or not rest.strip("\\") else shown

    def _short_name(self, folder: str, name: str) -> str:
        if is_short(name):
            return name
        long = self._where(f"{folder}\\{name}")
        for number in range(1, _PLAIN_SHORT_NAMES + 1):
            short = short_form(name, number)
            if long and self._where(f"{folder}\\{short}") == long:
                return short
        return name

    def _where(self, path: str) -> str:
        try:
            return folded(self._run.files.info(path).path)
        except MachineError:
            return ""


def _normal(path: str) -> str:
    names: list[str] = []
    drive, rest = path[:2], path[2:]
    for name in rest.split("\\"):
        if name == "..":
            del names[-1:]
        elif name not in ("", "."):
            names.append(name if _keeps_its_end(name) else name.rstrip(". "))
    end = "\\" if rest.endswith("\\") and names else ""
    return f"{drive}\\" + "\\".join(names) + end


def _keeps_its_end(name: str) -> bool:
    """Whether dots and blanks at the end of a name count: in a pattern, and when there is nothing else."""
    return has_wildcard(name) or not name.strip(". ")
