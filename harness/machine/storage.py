"""What a machine keeps: the ports of the registry and of the volumes.

Registry and files are addressed as a 64-bit program running as SYSTEM addresses them; the `view` argument chooses
the 32-bit half. A user's keys are reached by `RegistryPath.of_user(sid)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

from harness.machine.clock import Signal
from harness.model.files import FileAttributes, FileInfo, FileVersion, LinkKind, VolumeInfo
from harness.model.windows import RegistryPath, RegistryValue, View

__all__ = ["Registry", "FileSystem", "OpenMode"]

#: How a file may be opened: as Python's `open` understands it.
OpenMode = Literal["rb", "wb", "ab", "xb", "r+b", "w+b"]


class Registry(Protocol):
    """The registry. Names compare without regard to case and keep the case they were made with."""

    def exists(self, path: RegistryPath, view: View = View.VIEW_64) -> bool:
        """Return whether the key exists."""
        ...

    def get(self, path: RegistryPath, name: str = "", view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing. The empty name is the default value."""
        ...

    def values(self, path: RegistryPath, view: View = View.VIEW_64) -> Mapping[str, RegistryValue]:
        """Return the values of a key in the order they were made.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def subkeys(self, path: RegistryPath, view: View = View.VIEW_64) -> Sequence[str]:
        """Return the names of the keys below a key, sorted as Windows lists them.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def modified(self, path: RegistryPath, view: View = View.VIEW_64) -> datetime:
        """Return when the key was last written: a value set or deleted, a direct subkey made or deleted.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def create(self, path: RegistryPath, view: View = View.VIEW_64, *, volatile: bool = False) -> None:
        """Make a key and those above it; an existing one stays as it is.

        Args:
            path: which key.
            view: the half of Windows that is meant.
            volatile: whether what is made is gone after a restart.

        Raises:
            MachineError: 1021 for a lasting key below a volatile one.
        """
        ...

    def create_link(self, path: RegistryPath, target: RegistryPath, view: View = View.VIEW_64) -> None:
        """Make a key that leads to another one, which need not exist (REG_OPTION_CREATE_LINK).

        Deleting the path afterwards deletes the link, not what it leads to.

        Raises:
            MachineError: 183 when there is a key of that name.
        """
        ...

    def watch(self, path: RegistryPath, view: View = View.VIEW_64, *, below: bool = False) -> Signal:
        """Return what is set at the next change of the key (RegNotifyChangeKeyValue): its values, its direct subkeys.

        Args:
            path: which key.
            view: the half of Windows that is meant.
            below: whether changes anywhere below count too.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def set(self, path: RegistryPath, name: str, value: RegistryValue, view: View = View.VIEW_64) -> None:
        """Set a value, making the key if need be."""
        ...

    def delete_value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist.
        """
        ...

    def delete(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Delete a key with everything below it.

        Raises:
            MachineError: 2 when it does not exist.
        """
        ...


class FileSystem(Protocol):
    r"""The volumes. Paths are absolute Windows paths as text, `C:\Windows\Temp`; case is kept but not regarded."""

    def exists(self, path: str, view: View = View.VIEW_64) -> bool:
        """Return whether a file or folder is there."""
        ...

    def info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return size, times and kind.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        ...

    def version(self, path: str, view: View = View.VIEW_64) -> FileVersion | None:
        """Return the fixed file version from the PE resource; None when the file has none."""
        ...

    def names(self, path: str, view: View = View.VIEW_64) -> Sequence[str]:
        """Return what a folder holds, sorted without regard to case.

        Raises:
            MachineError: 3 when the folder is not there, 267 when it is a file.
        """
        ...

    def open(self, path: str, mode: OpenMode = "rb", view: View = View.VIEW_64) -> BinaryIO:
        """Open a file. Writing needs its folder to exist. However large, a file never has to fit into memory.

        While it is open, others may read and write it too, but not delete or rename it, as with CPython's `open`.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 for a folder or a read-only file to write, 32 when somebody
                runs it, 80 when it is there and was to be new.
        """
        ...

    def make_folder(self, path: str, view: View = View.VIEW_64) -> None:
        """Make a folder and those above it; an existing one stays as it is."""
        ...

    def delete(self, path: str, view: View = View.VIEW_64) -> None:
        """Delete a file, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 32 when it is in use.
        """
        ...

    def move(self, source: str, target: str, view: View = View.VIEW_64) -> None:
        """Rename a file or folder; an existing target file is replaced. A file may go to another volume.

        Raises:
            MachineError: 17 for a folder to another volume.
        """
        ...

    def move_at_restart(self, source: str, target: str | None, view: View = View.VIEW_64) -> None:
        """Note in the registry that the next boot is to rename a file, replacing the target; None deletes it.

        Source: learn.microsoft.com, MoveFileExW with MOVEFILE_DELAY_UNTIL_REBOOT.
        """
        ...

    def copy(self, source: str, target: str, view: View = View.VIEW_64, *, replace: bool = True) -> None:
        """Copy a file with its attributes and modified time, as CopyFile does.

        Raises:
            MachineError: 2 or 3 when it is not there, 80 when the target is there and is not to be replaced.
        """
        ...

    def set_attributes(self, path: str, attributes: FileAttributes, view: View = View.VIEW_64) -> None:
        """Mark a file or folder; DIRECTORY and REPARSE_POINT are what they are and do not count.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        ...

    def set_times(
        self,
        path: str,
        *,
        created: datetime | None = None,
        modified: datetime | None = None,
        view: View = View.VIEW_64,
    ) -> None:
        """Change the times of a file or folder, aware; None leaves one as it is.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        ...

    def make_link(self, path: str, target: str, kind: LinkKind, view: View = View.VIEW_64) -> None:
        """Make another name for a file or folder.

        The target of a symbolic link may be relative to the link's folder and need not exist; then `path` leads to a
        file. A junction leads to a folder. A hard link is the same file under a second name on the same volume.

        Raises:
            MachineError: 183 when there is something of that name; for a hard link, 2 or 3 when the target is missing,
                5 when it is a folder, 17 when it is on another volume.
        """
        ...

    def link_info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return what `info` does, but of a link itself and not of what it leads to.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        ...

    def volumes(self) -> Sequence[VolumeInfo]:
        """Return the volumes with a letter, in its order."""
        ...

    def free_space_mb(self, drive: str = "C:") -> int:
        """Return the free space of a volume in megabytes."""
        ...
