r"""Which file a name means to the command processor, and which to the shell.

Sources: learn.microsoft.com, "path" and "start" (Windows commands), "Application Registration" (where ShellExecuteEx
looks, App Paths for the machine and for a user), NeedCurrentDirectoryForExePathW; from memory: that the command
processor tries a name with an extension as it is before it appends one.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from harness.emulator.lookup import file_at, path_folders
from harness.emulator.variables import Variables
from harness.formats.commandline import expand_environment
from harness.machine.ports import FileSystem
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["Caller", "ShellTarget", "find_by_command_processor", "find_by_shell", "where"]

_EXTENSIONS = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"
_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"


class Keys(Protocol):
    """What is read of the registry: values in the view of whoever asks."""

    def get(self, path: RegistryPath, name: str = "", view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who looks for a file.

    Attributes:
        files: the volumes.
        environment: the variables of the process that looks.
        working_directory: its current folder.
        view: the half of Windows it sees.
    """

    files: FileSystem
    environment: Variables
    working_directory: str
    view: View

    @property
    def extensions(self) -> tuple[str, ...]:
        """What may be appended to a name, from `PATHEXT`."""
        written = self.environment.get("PATHEXT") or _EXTENSIONS
        return tuple(extension.strip() for extension in written.split(";") if extension.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellTarget:
    r"""A file that ShellExecute found.

    Attributes:
        path: where it really is.
        more_path: what is put before `PATH` for the program, as its App Paths key says; empty for nothing.
    """

    path: str
    more_path: str = ""


def find_by_command_processor(name: str, caller: Caller) -> str | None:
    """Return the file that a command without a built-in meaning starts; None when there is none.

    The current folder comes before `PATH`, unless the variable `NoDefaultCurrentDirectoryInExePath` exists. In each
    folder a name with an extension is tried as it is, then with every extension of `PATHEXT` in their order.

    Args:
        name: the command, without quotes; with a folder it is looked for there only.
        caller: the command processor.
    """
    is_current_left_out = "NoDefaultCurrentDirectoryInExePath" in caller.environment
    return next(_found(name, caller, _folders(caller, has_current=not is_current_left_out)), None)


def where(name: str, caller: Caller) -> tuple[str, ...]:
    """Return every file a name could mean to the command processor, in its order, as `where` lists them."""
    return tuple(dict.fromkeys(_found(name, caller, _folders(caller, has_current=True))))


def find_by_shell(name: str, caller: Caller, registry: Keys) -> ShellTarget | None:
    """Return the file that ShellExecute opens for a name; None when there is none.

    It looks in the current folder, in the Windows folders and on `PATH`, and then among the App Paths, the user's
    before the machine's. A name without extension is one of a program (`.exe`) there.

    Args:
        name: the name, without quotes.
        caller: the process that calls ShellExecute.
        registry: the registry whose HKCU is the user's.
    """
    current, *on_path = _folders(caller, has_current=True)
    found = next(_found(name, caller, [current, r"C:\Windows", r"C:\Windows\System32", *on_path]), None)
    if found:
        return ShellTarget(path=found)
    return None if ntpath.dirname(name) else _registered(name, caller, registry)


def _folders(caller: Caller, *, has_current: bool) -> list[str]:
    base = caller.working_directory
    return [
        *([base] if has_current else []),
        *(ntpath.join(base, folder) for folder in path_folders(caller.environment)),
    ]


def _found(name: str, caller: Caller, folders: list[str]) -> Iterator[str]:
    has_folder = ntpath.dirname(name) or ntpath.splitdrive(name)[0]
    has_extension = "." in ntpath.basename(name)
    endings = (*([""] if has_extension else []), *caller.extensions)
    for folder in [caller.working_directory] if has_folder else folders:
        for ending in endings:
            if found := file_at(ntpath.join(folder, f"{name}{ending}"), caller.files, caller.view):
                yield found


def _registered(name: str, caller: Caller, registry: Keys) -> ShellTarget | None:
    key = name if "." in name else f"{name}.exe"
    for hive in (Hive.HKCU, Hive.HKLM):
        place = RegistryPath(hive, rf"{_APP_PATHS}\{key}")
        path = _text(registry.get(place, "", caller.view), caller).strip().strip('"')
        if path and (found := file_at(path, caller.files, caller.view)):
            return ShellTarget(path=found, more_path=_text(registry.get(place, "Path", caller.view), caller))
    return None


def _text(value: RegistryValue | None, caller: Caller) -> str:
    if value is None or not isinstance(value.data, str):
        return ""
    return (
        expand_environment(value.data, caller.environment) if value.type is RegistryType.REG_EXPAND_SZ else value.data
    )
