"""The registry and the volumes as one process sees them: in its half of Windows, as its account, from its folder."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from typing import BinaryIO, Literal

from harness.emulator.paths import DRIVE, parse_path
from harness.emulator.rights import check_may_write_file, check_may_write_key
from harness.errors import UsageError
from harness.formats.commandline import expand_environment
from harness.machine.ports import FileSystem, Registry
from harness.machine.wow64 import written_by_32_bit
from harness.model.windows import Account, Bits, FileInfo, FileVersion, MachineFacts, RegistryPath, RegistryValue, View

__all__ = ["ProcessRegistry", "ProcessFiles", "view_of"]


def view_of(bits: Bits, facts: MachineFacts) -> View:
    """Return the half of Windows a process of that width sees; a 32-bit Windows has but one."""
    return View.of(bits) if facts.is_64_bit else View.VIEW_64


class ProcessRegistry:
    r"""The registry as a process sees it.

    Paths are `RegistryPath` or text (`HKCU\Software\Contoso`). Every method takes the process's own view unless another
    is asked for, as with KEY_WOW64_64KEY and KEY_WOW64_32KEY.

    Args:
        registry: the registry whose HKCU and HKCR are the account's.
        account: who the process runs as.
        view: the half of Windows the process sees by default.
    """

    def __init__(self, registry: Registry, account: Account, view: View) -> None:
        self._registry = registry
        self._account = account
        self._view = view

    def exists(self, path: RegistryPath | str, *, view: View | None = None) -> bool:
        """Return whether the key exists."""
        return self._registry.exists(_path(path), view or self._view)

    def get(self, path: RegistryPath | str, name: str = "", *, view: View | None = None) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing."""
        return self._registry.get(_path(path), name, view or self._view)

    def values(self, path: RegistryPath | str, *, view: View | None = None) -> Mapping[str, RegistryValue]:
        """Return the values of a key.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        return self._registry.values(_path(path), view or self._view)

    def subkeys(self, path: RegistryPath | str, *, view: View | None = None) -> Sequence[str]:
        """Return the names of the keys below a key.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        return self._registry.subkeys(_path(path), view or self._view)

    def create(self, path: RegistryPath | str, *, view: View | None = None) -> None:
        """Make a key and those above it.

        Raises:
            MachineError: 5 when the account may not.
        """
        self._registry.create(self._writable(path), view or self._view)

    def set(
        self,
        path: RegistryPath | str,
        name: str,
        value: RegistryValue | str | int | bytes | tuple[str, ...] | list[str],
        *,
        view: View | None = None,
    ) -> None:
        """Set a value, making the key if need be; plain data gets the type one expects for it.

        Raises:
            MachineError: 5 when the account may not.
        """
        typed = value if isinstance(value, RegistryValue) else RegistryValue.of(value)
        if view is None and self._view is View.VIEW_32:
            typed = written_by_32_bit(typed)
        self._registry.set(self._writable(path), name, typed, view or self._view)

    def delete_value(self, path: RegistryPath | str, name: str, *, view: View | None = None) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist, 5 when the account may not.
        """
        self._registry.delete_value(self._writable(path), name, view or self._view)

    def delete(self, path: RegistryPath | str, *, view: View | None = None) -> None:
        """Delete a key with everything below it.

        Raises:
            MachineError: 2 when it does not exist, 5 when the account may not.
        """
        self._registry.delete(self._writable(path), view or self._view)

    def _writable(self, path: RegistryPath | str) -> RegistryPath:
        parsed = _path(path)
        check_may_write_key(parsed.of_user(self._account.sid), self._account)
        return parsed


class ProcessFiles:
    r"""The volumes as a process sees them.

    Relative paths count from its working folder, `System32` means `SysWOW64` for a 32-bit process, and `Sysnative` the
    real one.

    Args:
        files: the volumes.
        account: who the process runs as.
        view: the half of Windows the process sees.
        working_directory: the folder relative paths count from.
        environment: the variables `expand` knows.
    """

    def __init__(
        self,
        files: FileSystem,
        account: Account,
        view: View,
        *,
        working_directory: str,
        environment: Mapping[str, str],
    ) -> None:
        self._files = files
        self._account = account
        self._view = view
        self._folder = working_directory
        self._environment = environment

    def in_view(self, view: View, environment: Mapping[str, str]) -> ProcessFiles:
        """Return the same volumes as a process of another width sees them, with its environment variables."""
        return ProcessFiles(self._files, self._account, view, working_directory=self._folder, environment=environment)

    def expand(self, text: str) -> str:
        """Replace `%NAME%` by the process's environment variables."""
        return expand_environment(text, self._environment)

    def resolve(self, path: str) -> str:
        r"""Return the absolute path: `app.ini` -> `C:\Folder\app.ini`; environment variables stay as they are."""
        return ntpath.join(self._folder, path)

    def exists(self, path: str) -> bool:
        """Return whether a file or folder is there."""
        return self._files.exists(self.resolve(path), self._view)

    def info(self, path: str) -> FileInfo:
        """Return size, times and kind.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        return self._files.info(self.resolve(path), self._view)

    def version(self, path: str) -> FileVersion | None:
        """Return the file version from the PE resource; None when the file has none."""
        return self._files.version(self.resolve(path), self._view)

    def names(self, path: str) -> Sequence[str]:
        """Return what a folder holds.

        Raises:
            MachineError: 3 when the folder is not there, 267 when it is a file.
        """
        return self._files.names(self.resolve(path), self._view)

    def open(self, path: str, mode: Literal["rb", "wb", "ab", "w+b"] = "rb") -> BinaryIO:
        """Open a file; writing needs its folder to exist.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the account may not write it.
        """
        absolute = self.resolve(path) if mode == "rb" else self._writable(path)
        return self._files.open(absolute, mode, self._view)

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        with self.open(path) as file:
            return file.read()

    def write(self, path: str, data: bytes) -> None:
        """Write a file, making its folder if need be.

        Raises:
            MachineError: 5 when the account may not.
        """
        absolute = self._writable(path)
        self._files.make_folder(ntpath.dirname(absolute), self._view)
        with self._files.open(absolute, "wb", self._view) as file:
            file.write(data)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it.

        Raises:
            MachineError: 5 when the account may not.
        """
        self._files.make_folder(self._writable(path), self._view)

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the account may not, 32 when it is in use.
        """
        self._files.delete(self._writable(path), self._view)

    def move(self, source: str, target: str) -> None:
        """Rename a file or folder.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the account may not.
        """
        self._files.move(self._writable(source), self._writable(target), self._view)

    def _writable(self, path: str) -> str:
        absolute = self.resolve(path)
        if not self._account.is_administrator:
            check_may_write_file(self._place(absolute), self._account)
        return absolute

    def _place(self, absolute: str) -> str:
        """Return where a file is or would be, however its path is written: short names, `..`, `Sysnative`."""
        names = parse_path(absolute)
        for length in range(len(names), 0, -1):
            existing = "\\".join((DRIVE, *names[:length]))
            if self._files.exists(existing, self._view):
                return "\\".join((self._files.info(existing, self._view).path, *names[length:]))
        return "\\".join((DRIVE, *names))


def _path(path: RegistryPath | str) -> RegistryPath:
    if isinstance(path, RegistryPath):
        return path
    try:
        return RegistryPath.parse(path)
    except ValueError as error:
        raise UsageError(str(error)) from error
