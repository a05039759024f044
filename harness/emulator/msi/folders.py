"""Where things go: the standard folders, and the Directory table resolved to paths.

Source: learn.microsoft.com, "Directory Table", "Using the Directory Table", "ALLUSERS".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from harness.emulator.msi.outcomes import InstallFailure
from harness.formats.msidatabase import Row

__all__ = ["standard_folders", "DirectoryTree", "long_name", "file_name", "with_backslash"]

_DEEPEST: Final = 256
_ABSOLUTE: Final = re.compile(r"[A-Za-z]:\\|\\\\[^\\]")
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def standard_folders(
    machine: Mapping[str, str], user: Mapping[str, str], *, is_per_machine: bool, is_64_bit_windows: bool
) -> dict[str, str]:
    """Return the folder properties, each ending in a backslash.

    Args:
        machine: the environment of a 64-bit SYSTEM process.
        user: the environment of the process that started the installation.
        is_per_machine: whether shortcut folders are everybody's.
        is_64_bit_windows: whether there are two folders for programs.
    """
    windows, drive = machine["SystemRoot"], machine["SystemDrive"]
    program_data, profile = machine["ProgramData"], user["USERPROFILE"]
    programs = machine["ProgramFiles"]
    programs_32 = machine["ProgramFiles(x86)"] if is_64_bit_windows else programs
    roaming, local = user["APPDATA"], user["LOCALAPPDATA"]
    start_menu = rf"{program_data if is_per_machine else roaming}\Microsoft\Windows\Start Menu"
    folders = {
        "WindowsFolder": windows,
        "WindowsVolume": drive,
        "SystemFolder": rf"{windows}\SysWOW64" if is_64_bit_windows else rf"{windows}\System32",
        "FontsFolder": rf"{windows}\Fonts",
        "ProgramFilesFolder": programs_32,
        "CommonFilesFolder": rf"{programs_32}\Common Files",
        "CommonAppDataFolder": program_data,
        "AppDataFolder": roaming,
        "LocalAppDataFolder": local,
        "TempFolder": user["TEMP"],
        "StartMenuFolder": start_menu,
        "ProgramMenuFolder": rf"{start_menu}\Programs",
        "StartupFolder": rf"{start_menu}\Programs\{'StartUp' if is_per_machine else 'Startup'}",
        "AdminToolsFolder": rf"{start_menu}\Programs\Administrative Tools",
        "DesktopFolder": rf"{machine['PUBLIC'] if is_per_machine else profile}\Desktop",
        "TemplateFolder": rf"{program_data if is_per_machine else roaming}\Microsoft\Windows\Templates",
        "PersonalFolder": rf"{profile}\Documents",
        "MyPicturesFolder": rf"{profile}\Pictures",
        "FavoritesFolder": rf"{profile}\Favorites",
        "SendToFolder": rf"{roaming}\Microsoft\Windows\SendTo",
        "RecentFolder": rf"{roaming}\Microsoft\Windows\Recent",
        "NetHoodFolder": rf"{roaming}\Microsoft\Windows\Network Shortcuts",
        "PrintHoodFolder": rf"{roaming}\Microsoft\Windows\Printer Shortcuts",
    }
    if is_64_bit_windows:
        folders["System64Folder"] = rf"{windows}\System32"
        folders["ProgramFiles64Folder"] = programs
        folders["CommonFiles64Folder"] = rf"{programs}\Common Files"
    return {name: with_backslash(path) for name, path in folders.items()}


class DirectoryTree:
    """The Directory table."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._parents: dict[str, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        for row in rows:
            name, parent = row.text("Directory"), row.text("Directory_Parent")
            target, _, source = row.text("DefaultDir").partition(":")
            self._parents[name] = "" if parent == name else parent
            self._names[name] = (target, source or target)

    def targets(self, properties: Mapping[str, str]) -> dict[str, str]:
        """Return every directory's path with a trailing backslash.

        A property of a directory's name is its path; the root without one is ROOTDRIVE.

        Raises:
            InstallFailure: 2705 when the table is no tree, 1314 for a path that is not absolute, 1324 for one with
                characters that no folder can have.
        """
        found: dict[str, str] = {}
        for name in self._parents:
            self._target(name, properties, found, 0)
        return found

    def source(self, name: str, *, has_short_names: bool) -> str:
        """Return the folder of a directory's files below the package's, for files that are in no cabinet.

        The table must be a tree, as `targets` makes sure.
        """
        parts: list[str] = []
        while name and self._parents.get(name):
            text = self._names[name][1]
            part = text.partition("|")[0] if has_short_names else long_name(text)
            if part not in (".", ""):
                parts.insert(0, part)
            name = self._parents[name]
        return "".join(rf"{part}\{''}" for part in parts)

    def _target(self, name: str, properties: Mapping[str, str], found: dict[str, str], depth: int) -> str:
        if name in found:
            return found[name]
        if depth > _DEEPEST or name not in self._parents:
            raise _no_tree()
        parent = self._parents[name]
        if given := properties.get(name):
            if not _ABSOLUTE.match(given):
                raise InstallFailure(f"The specified path '{given}' is unavailable.", number=1314)
            path = with_backslash(given)
        elif not parent:
            path = with_backslash(properties.get("ROOTDRIVE", "C:\\"))
        else:
            folder = long_name(self._names[name][0])
            path = self._target(parent, properties, found, depth + 1)
            if folder not in (".", ""):
                path = with_backslash(path + folder)
            if _FORBIDDEN.search(folder) or folder == "..":
                raise InstallFailure(f"The path {path} contains an invalid character.", number=1324)
        found[name] = path
        return path


def long_name(text: str) -> str:
    """Return the long half of `SHORT~1|Long name`."""
    return text.rpartition("|")[2]


def file_name(text: str) -> str:
    """Return the long name of a file.

    Raises:
        InstallFailure: 1324 for one that no file can have.
    """
    name = long_name(text)
    if _FORBIDDEN.search(name) or name in ("", ".", ".."):
        raise InstallFailure(f"The path {name} contains an invalid character.", number=1324)
    return name


def with_backslash(path: str) -> str:
    """Return a folder's path as folder properties have it."""
    return path.rstrip("\\") + "\\"


def _no_tree() -> InstallFailure:
    return InstallFailure("Invalid table: Directory; Could not be linked as tree.", number=2705)
