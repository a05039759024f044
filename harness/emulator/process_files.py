r"""The volumes as one process sees them: from its folder, in its half of Windows, within its rights."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from harness.emulator.filegate import FileGate
from harness.emulator.filerights import FileRights
from harness.emulator.files import EmulatedFiles
from harness.emulator.paths import check_length
from harness.errors import MachineError
from harness.formats.commandline import expand_environment
from harness.machine.ports import OpenMode
from harness.model.files import FileAttributes, FileInfo, FileVersion, LinkKind, VolumeInfo
from harness.model.windows import Token, View

__all__ = ["ProcessFiles"]


class ProcessFiles:
    r"""The volumes as a process sees them; fulfils the `FileSystem` port.

    Relative paths count from its working folder, `System32` means `SysWOW64` for a 32-bit process, and `Sysnative` the
    real one.

    Args:
        files: the volumes.
        token: whose rights the process has.
        view: the half of Windows the process sees by default.
        working_directory: the folder relative paths count from.
        environment: the variables `expand` knows.
    """

    def __init__(
        self,
        files: EmulatedFiles,
        token: Token,
        view: View,
        *,
        working_directory: str,
        environment: Mapping[str, str],
    ) -> None:
        self._files = files
        self._token = token
        self._view = view
        self._folder = working_directory
        self._environment = environment
        self._gate = FileGate(files, token)

    def in_view(self, view: View, environment: Mapping[str, str]) -> ProcessFiles:
        """Return the same volumes as a process of another width sees them, with its environment variables."""
        return ProcessFiles(self._files, self._token, view, working_directory=self._folder, environment=environment)

    def expand(self, text: str) -> str:
        """Replace `%NAME%` by the process's environment variables."""
        return expand_environment(text, self._environment)

    def resolve(self, path: str) -> str:
        r"""Return the absolute path: `app.ini` -> `C:\Folder\app.ini`; environment variables stay as they are.

        Raises:
            MachineError: 3 when it is too long for a program that knows nothing of long paths, as all here are.
        """
        absolute = ntpath.join(self._folder, path)
        check_length(absolute)
        return absolute

    # Looking

    def exists(self, path: str, view: View | None = None) -> bool:
        """Return whether a file or folder is there; False when the process may not even know."""
        try:
            self.info(path, view)
        except MachineError:
            return False
        return True

    def info(self, path: str, view: View | None = None) -> FileInfo:
        """Return size, times and kind.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not know.
        """
        self._gate.check_look(self.resolve(path), view or self._view)
        return self._files.info(self.resolve(path), view or self._view)

    def link_info(self, path: str, view: View | None = None) -> FileInfo:
        """Return what `info` does, but of a link itself.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not know.
        """
        self._gate.check_look(self.resolve(path), view or self._view)
        return self._files.link_info(self.resolve(path), view or self._view)

    def version(self, path: str, view: View | None = None) -> FileVersion | None:
        """Return the file version from the PE resource; None when the file has none.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not read it.
        """
        self._gate.check_read(self.resolve(path), view or self._view)
        return self._files.version(self.resolve(path), view or self._view)

    def names(self, path: str, view: View | None = None) -> Sequence[str]:
        """Return what a folder holds.

        Raises:
            MachineError: 3 when the folder is not there, 5 when the process may not, 267 when it is a file.
        """
        self._gate.check_read(self.resolve(path), view or self._view)
        return self._files.names(self.resolve(path), view or self._view)

    def volumes(self) -> Sequence[VolumeInfo]:
        """Return the volumes with a letter."""
        return self._files.volumes()

    def free_space_mb(self, drive: str = "C:") -> int:
        """Return the free space of a volume in megabytes."""
        return self._files.free_space_mb(drive)

    # Reading and writing

    def open(self, path: str, mode: OpenMode = "rb", view: View | None = None, *, shares: bool = True) -> BinaryIO:
        """Open a file, shared with others or not; writing needs its folder to exist.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not, 32 when somebody runs it, or has it
                open and one of the two does not share it.
        """
        absolute, seen = self.resolve(path), view or self._view
        if mode == "rb":
            self._gate.check_read(absolute, seen)
            return self._files.open(absolute, mode, seen, shares=shares)
        self._gate.check_write(absolute, seen)
        new = self._gate.missing(absolute, seen)[-1:]
        file = self._files.open(absolute, mode, seen, shares=shares)
        self._gate.claim(new)
        return file

    def read(self, path: str, view: View | None = None) -> bytes:
        """Return a file's content.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not.
        """
        with self.open(path, "rb", view) as file:
            return file.read()

    def write(self, path: str, data: bytes, view: View | None = None) -> None:
        """Write a file, making its folder if need be.

        Raises:
            MachineError: 5 when the process may not, 32 when somebody runs it.
        """
        absolute = self.resolve(path)
        self.make_folder(ntpath.dirname(absolute), view)
        with self.open(absolute, "wb", view) as file:
            file.write(data)

    # Changing

    def make_folder(self, path: str, view: View | None = None) -> None:
        """Make a folder and those above it.

        Raises:
            MachineError: 5 when the process may not, 206 for a path of 248 characters or more.
        """
        absolute, seen = self.resolve(path), view or self._view
        check_length(absolute, for_folder=True)
        self._gate.check_make_folder(absolute, seen)
        new = self._gate.missing(absolute, seen)
        self._files.make_folder(absolute, seen)
        self._gate.claim(new)

    def delete(self, path: str, view: View | None = None) -> None:
        """Delete a file, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not or it runs, 32 when it is in use.
        """
        absolute, seen = self.resolve(path), view or self._view
        self._gate.check_delete(absolute, seen)
        self._files.delete(absolute, seen)

    def move(self, source: str, target: str, view: View | None = None) -> None:
        """Rename a file or folder.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not.
        """
        seen = view or self._view
        self._gate.check_move(self.resolve(source), self.resolve(target), seen)
        self._files.move(self.resolve(source), self.resolve(target), seen)

    def move_at_restart(self, source: str, target: str | None, view: View | None = None) -> None:
        """Note that the next boot is to rename a file, or to delete it; for administrators only.

        Raises:
            MachineError: 5 when the process may not.
        """
        self._gate.check_move_at_restart(self.resolve(source))
        self._files.move_at_restart(self.resolve(source), target and self.resolve(target), view or self._view)

    def copy(self, source: str, target: str, view: View | None = None, *, replace: bool = True) -> None:
        """Copy a file with its attributes and modified time.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not, 80 when the target is there and is
                not to be replaced.
        """
        absolute, seen = self.resolve(target), view or self._view
        self._gate.check_read(self.resolve(source), seen)
        self._gate.check_write(absolute, seen)
        new = self._gate.missing(absolute, seen)[-1:]
        self._files.copy(self.resolve(source), absolute, seen, replace=replace)
        self._gate.claim(new)

    def set_attributes(self, path: str, attributes: FileAttributes, view: View | None = None) -> None:
        """Mark a file or folder.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not.
        """
        absolute, seen = self.resolve(path), view or self._view
        self._gate.check_write(absolute, seen, FileRights.FILE_WRITE_ATTRIBUTES)
        self._files.set_attributes(absolute, attributes, seen)

    def set_times(
        self,
        path: str,
        *,
        created: datetime | None = None,
        modified: datetime | None = None,
        view: View | None = None,
    ) -> None:
        """Change the times of a file or folder.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when the process may not.
        """
        absolute, seen = self.resolve(path), view or self._view
        self._gate.check_write(absolute, seen, FileRights.FILE_WRITE_ATTRIBUTES)
        self._files.set_times(absolute, created=created, modified=modified, view=seen)

    def make_link(self, path: str, target: str, kind: LinkKind, view: View | None = None) -> None:
        """Make another name for a file or folder.

        Raises:
            MachineError: 5 when the process may not, 183 when there is something of that name, 1314 for a symbolic link
                without the rights of an administrator.
        """
        absolute, seen = self.resolve(path), view or self._view
        existing = self.resolve(target) if kind is LinkKind.HARD else target
        self._gate.check_link(absolute, existing, kind, seen)
        self._files.make_link(absolute, existing, kind, seen)
