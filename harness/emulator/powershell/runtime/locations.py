"""Where a script is: the current location, drives, and what paths mean from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.powershell.providers.places import FILES, Place, parse_place
from harness.emulator.powershell.runtime.objects import PSObject

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Locations", "path_info"]


class Locations:
    """The current location of a script.

    Args:
        run: the process; it begins in its folder.

    Attributes:
        current: where it is.
        folder: the folder of the file system it is in, or was last.
        drives: those the script made, by name in lower case.
        stack: where Push-Location left from.
    """

    def __init__(self, run: ProgramRun) -> None:
        self._run = run
        folder = run.working_directory or "C:\\"
        self.folder = folder
        self.current = Place(FILES, folder, folder[:1].upper(), f"{folder[:2]}\\")
        self.drives: dict[str, Place] = {}
        self.stack: list[Place] = []

    def letters(self) -> frozenset[str]:
        """Return the letters of the volumes."""
        return frozenset(volume.drive[:1].upper() for volume in self._run.files.volumes())

    def place(self, text: str) -> Place:
        """Return what a path means.

        Raises:
            ScriptError: for a drive that is not there.
            Unmodelled: for one that is not emulated.
        """
        return parse_place(text, self.current, self.drives, self.letters())

    def move(self, place: Place) -> None:
        """Make a place the current one."""
        self.current = place
        if place.provider == FILES:
            self.folder = place.path

    def current_object(self) -> PSObject:
        """Return the current location as an object."""
        return path_info(self.current)


def path_info(place: Place) -> PSObject:
    """Return a place as PathInfo."""
    shown = place.shown if place.drive else place.ps_path
    return PSObject(
        ["System.Management.Automation.PathInfo", "System.Object"],
        {"Drive": place.drive or None, "Provider": place.provider, "ProviderPath": place.path, "Path": shown},
        text=lambda: shown,
    )
