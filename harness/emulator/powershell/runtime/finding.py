"""Finding programs and scripts by name.

Source: learn.microsoft.com, about_Command_Precedence, about_Path_Syntax: the current folder does not count.
"""

from __future__ import annotations

import ntpath

from harness.emulator.powershell.runtime.commands import Commands
from harness.emulator.powershell.runtime.locations import Locations
from harness.emulator.shell_lookup import Caller, find_by_command_processor

__all__ = ["Finding"]


class Finding(Commands):
    """Finds what a command's name means among files.

    Attributes:
        locations: current locations and drives.
    """

    locations: Locations

    def file_location(self) -> str:
        """Return the current folder of the file system."""
        return self.locations.folder

    def full_path(self, path: str) -> str:
        """Return a path of the file system from the current location."""
        return ntpath.normpath(ntpath.join(self.locations.folder, path))

    def find_program(self, name: str) -> str | None:
        """Return the file of a program or script that a name means; None when there is none."""
        if name.startswith((".\\", "./", "..")) or "\\" in name or "/" in name:
            written = self.full_path(name.replace("/", "\\"))
            for extension in ("", ".ps1", *self._caller().extensions):
                found = self._file(written + extension)
                if found:
                    return found
            return None
        return self._on_path(name)

    def _on_path(self, name: str) -> str | None:
        """Look in the folders of PATH; the current folder does not count."""
        caller = self._caller()
        hidden = Caller(
            files=caller.files,
            environment=caller.environment,
            working_directory=r"C:\Windows\System32",
            view=caller.view,
        )
        found = find_by_command_processor(name, hidden)
        if found:
            return found
        for folder in (self.run.environment.get("PATH") or "").split(";"):
            if folder and (script := self._file(ntpath.join(folder, f"{name}.ps1"))):
                return script
        return None

    def _caller(self) -> Caller:
        from harness.emulator.process_view import view_of

        return Caller(
            files=self.run.files,
            environment=self.run.environment,
            working_directory=self.file_location(),
            view=view_of(self.run.info.bits, self.run.machine.facts),
        )

    def _file(self, path: str) -> str | None:
        if not self.run.files.exists(path) or self.run.files.info(path).is_directory:
            return None
        return path
