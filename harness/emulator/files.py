r"""The volumes of the emulated machine, on a pyfakefs file system that nothing is patched with.

Folders and files are pyfakefs's objects, and pyfakefs can read them. Finding them is ours: an index by folded name in
every folder makes Windows' way of comparing names cheap. Contents are ours too: they may be larger than memory. Every
time comes from the machine's clock, every failure is a `MachineError`.

Who asks the volumes themselves acts as SYSTEM, with long paths; what a process may do is decided in `ProcessFiles`.
Source of error codes, where nothing else is said: learn.microsoft.com, "System Error Codes" and the pages of the Win32
functions that are named; which code comes when is partly from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from harness.emulator.contents import ContentStore
from harness.emulator.executables import VersionInfo, version_info
from harness.emulator.faults import Faults, Operation
from harness.emulator.fileattributes import info_of, marked, timed
from harness.emulator.finding import Finder
from harness.emulator.folders import Folder
from harness.emulator.frozen import FilesSnapshot
from harness.emulator.links import linked
from harness.emulator.moving import copied, deleted, moved
from harness.emulator.nodes import File
from harness.emulator.opening import check_not_locked, made_folder, opened, written
from harness.emulator.paths import DRIVE
from harness.emulator.volume import Tree, Volumes
from harness.errors import MachineError, NotEmulated, UsageError
from harness.machine.storage import OpenMode
from harness.model.files import FileAttributes, FileInfo, FileVersion, LinkKind, VolumeInfo
from harness.model.windows import View

if TYPE_CHECKING:
    from pyfakefs.fake_filesystem import FakeFilesystem

    from harness.emulator.filetree import FileTree

__all__ = ["EmulatedFiles"]

_MIB = 2**20


class EmulatedFiles:
    r"""The files of an emulated machine; fulfils the `FileSystem` port.

    Args:
        now: the machine's clock.
        size_mb: the size of drive C:, or of every volume by its drive; beyond it writing fails with 112.
        is_64_bit: whether this Windows has a 32-bit half; without one, views make no difference.
        store: where contents are kept; by default in memory while they are few, then in a temporary folder.
        faults: what goes wrong on purpose.
        host_name: what the machine is called, for `\\<name>\C$`.
        note_move: notes what the next boot is to move or, without a target, to delete.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        size_mb: int | Mapping[str, int],
        *,
        is_64_bit: bool = True,
        store: ContentStore | None = None,
        faults: Faults | None = None,
        host_name: str = "",
        note_move: Callable[[str, str | None], None] | None = None,
    ) -> None:
        self._store = store or ContentStore()
        self._volumes = Volumes(now, self._store, faults)
        self._find = Finder(self._volumes, is_64_bit=is_64_bit, host_name=host_name)
        self._note_move = note_move
        for drive, size in (size_mb if isinstance(size_mb, Mapping) else {DRIVE: size_mb}).items():
            self.add_volume(drive, size)

    @property
    def system(self) -> FakeFilesystem:
        """The pyfakefs file system below: for reading through pyfakefs's `FakeOsModule`, never for writing."""
        return self._volumes.system

    # Looking

    def exists(self, path: str, view: View = View.VIEW_64) -> bool:
        """Return whether a file or folder is there; False for a path that Windows refuses.

        Raises:
            NotEmulated: for a device path or an alternate data stream.
        """
        try:
            return not self._find.reached(path, view)[1]
        except MachineError:
            return False

    def info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return size, times and kind; `path` in it is where the file really is, in the spelling it was made with.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        return info_of(self._find.node(path, view))

    def link_info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return what `info` does, but of a link itself and not of what it leads to.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        return info_of(self._find.node(path, view, follows=False))

    def location(self, path: str, view: View = View.VIEW_64) -> str:
        """Return where something is or would be: links, short names and redirection worked out as far as it is there.

        Raises:
            MachineError: 3 when there is no such volume, and for a path that Windows refuses.
        """
        return self._find.location(path, view)

    def version(self, path: str, view: View = View.VIEW_64) -> FileVersion | None:
        """Return the fixed file version from the PE resource; None when there is none, as in a folder.

        Raises:
            MachineError: 2 or 3 when the file is not there.
        """
        found = self.version_info(path, view)
        return found.file_version if found else None

    def version_info(self, path: str, view: View = View.VIEW_64) -> VersionInfo | None:
        """Return all that the version resource of a program says; None when there is none.

        Raises:
            MachineError: 2 or 3 when the file is not there.
        """
        node = self._find.node(path, view)
        if not isinstance(node, File):
            return None
        self._volumes.strike(Operation.READ_FILE, node)
        return version_info(node.record.content)

    def names(self, path: str, view: View = View.VIEW_64) -> Sequence[str]:
        """Return what a folder holds, sorted without regard to case.

        Raises:
            MachineError: 3 when the folder is not there, 267 when it is a file.
        """
        try:
            node = self._find.node(path, view)
        except MachineError as error:
            # FindFirstFile looks for something below the folder, so that the folder is not the last name.
            code = 3 if error.winerror == 2 else error.winerror  # noqa: PLR2004 - not found becomes path not found
            raise MachineError(code, error.strerror or "", path) from None
        if not isinstance(node, Folder):
            raise MachineError(267, "a file, not a folder", path)
        index = node.index
        return [index[name].name for name in sorted(index)]

    def tree(self, path: str = "C:\\", depth: int = 3) -> FileTree:
        """Return a folder and what is in it, to be printed or shown in a notebook.

        Args:
            path: the folder.
            depth: how many levels of folders are opened.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        from harness.emulator.filetree import file_tree

        return file_tree(self._find.node(path), depth)

    # Volumes

    def add_volume(self, drive: str, size_mb: int, label: str = "") -> None:
        """Give the machine another volume, empty.

        Args:
            drive: its letter with a colon, `D:`.
            size_mb: how much it holds.
            label: its name.

        Raises:
            UsageError: for what is no drive letter, or one that is taken, or a size that is not positive.
        """
        letter = str(drive).rstrip("\\").upper()
        if len(letter) != 2 or letter[1] != ":" or not ("A" <= letter[0] <= "Z"):  # noqa: PLR2004 - letter and colon
            raise UsageError(f"{drive!r} is no drive - write a letter and a colon, D:")
        if letter in self._volumes.by_drive:
            raise UsageError(f"the machine has a volume {letter} already - choose another letter")
        given: object = size_mb  # whatever somebody gave
        if not isinstance(given, int) or given <= 0:
            raise UsageError(f"a volume {letter} of {size_mb!r} MB cannot be - write a whole number from 1 on")
        self._volumes.add(letter, size_mb * _MIB, label)

    def volumes(self) -> Sequence[VolumeInfo]:
        """Return the volumes with a letter, in its order."""
        return [
            VolumeInfo(
                drive=drive, label=volume.label, size_bytes=volume.size_bytes, free_bytes=max(0, volume.free_bytes)
            )
            for drive, volume in sorted(self._volumes.by_drive.items())
        ]

    def free_space_mb(self, drive: str = DRIVE) -> int:
        """Return the free space of a volume in megabytes; the Windows that is laid down takes next to none.

        Raises:
            MachineError: 3 for a drive that is not there.
        """
        return self._find.volume(drive.rstrip("\\/").upper(), drive).free_bytes // _MIB

    def lay_down(self, tree: Tree, drive: str = DRIVE) -> None:
        """Give an empty volume its first folders and files, at next to no cost: they are made when looked at.

        Args:
            tree: what is in the root: bytes for a file, a mapping for a folder, `LinkTo` for a link, by name.
            drive: which volume.

        Raises:
            UsageError: when there is something on the volume already.
            MachineError: 112 when it is too small.
        """
        root = self._find.volume(drive, drive).root
        if root.index:
            raise UsageError("there is something on the volume already - lay Windows down first")
        root.lay_down(tree)

    def snapshot(self) -> FilesSnapshot:
        """Return the volumes as they are now; only what changed since the last time is copied, contents never."""
        return FilesSnapshot(volumes={drive: volume.frozen() for drive, volume in self._volumes.by_drive.items()})

    def restore(self, snapshot: FilesSnapshot) -> None:
        """Make the volumes as they were; what is in them is made anew when somebody looks.

        What is open stays open on a volume that nobody sees any more, so that processes should have ended before.
        """
        for drive in set(self._volumes.by_drive) - set(snapshot.volumes):
            self._volumes.remove(drive)
        for drive, image in snapshot.volumes.items():
            self._volumes.restore(drive, image)

    # Files

    def open(self, path: str, mode: OpenMode = "rb", view: View = View.VIEW_64, *, shares: bool = True) -> BinaryIO:
        """Open a file. Others may open it meanwhile if it is shared; nobody can delete or move it until it is closed.

        Raises:
            MachineError: 2 when a file to read is not there, 3 when its folder is not, 5 for a folder, a read-only file
                to write and a hidden or system file to empty, 32 for a running program to write, and when somebody
                has it open and one of the two does not share it, 80 when a file that was to be new is there.
            UsageError: for an unknown mode.
        """
        return opened(self._find, path, mode, view, shares=shares)

    def read(self, path: str, view: View = View.VIEW_64) -> bytes:
        """Return all of a file.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 for a folder, 32 when somebody has it open without sharing.
        """
        file = self._find.file(path, view)
        check_not_locked(file)
        self._volumes.strike(Operation.READ_FILE, file)
        return file.byte_contents

    def write(self, path: str, data: bytes, view: View = View.VIEW_64) -> None:
        """Make a file hold these bytes, making its folder if need be.

        Raises:
            MachineError: what `open` and `make_folder` raise, 112 when the volume is full.
        """
        written(self._find, path, data, view)

    def hold_image(self, path: str, view: View = View.VIEW_64) -> Callable[[], None]:
        """Note that a process runs a file: until it ends, deleting the file fails with 5 and writing with 32.

        Renaming it works. Returns what is to be called, once, at the end of the process.

        Raises:
            MachineError: 2 or 3 when the file is not there, 5 for a folder.
        """
        record = self._find.file(path, view).record
        record.runs += 1
        ended = False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                record.runs -= 1

        return end

    def make_folder(self, path: str, view: View = View.VIEW_64) -> None:
        """Make a folder and those above it; an existing one stays as it is.

        Raises:
            MachineError: 183 when a file has that name, 3 when one above it is a file, 267 for the name of a device.
        """
        made_folder(self._find, self._find.place(path, view, on_device=267), path)

    def make_link(self, path: str, target: str, kind: LinkKind, view: View = View.VIEW_64) -> None:
        """Make another name for a file or folder.

        Raises:
            MachineError: 183 when there is something of that name, 3 when its folder is not there; for a hard link, 2
                or 3 when the target is missing, 5 when it is a folder, 17 when it is on another volume.
        """
        linked(self._find, path, target, kind, view)

    def delete(self, path: str, view: View = View.VIEW_64) -> None:
        """Delete a file, a link, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 for the root, a read-only file and a program that runs, 32 when
                it or a file in it is open. Then nothing is deleted.
        """
        deleted(self._find, path, view)

    def move(self, source: str, target: str, view: View = View.VIEW_64) -> None:
        """Rename a file, link or folder; an existing target file is replaced. A file may go to another volume.

        Raises:
            MachineError: 2 or 3 when the source is not there, 3 when the target's folder is not, 5 when the target
                cannot be replaced or a file in a folder to move is open, 17 for a folder to another volume, 32 when the
                file to move is open or a folder would get into itself.
        """
        moved(self._find, source, target, view)

    def move_at_restart(self, source: str, target: str | None, view: View = View.VIEW_64) -> None:
        """Note in the registry that the next boot is to rename a file, replacing the target; None deletes it.

        The file need not be there yet.

        Raises:
            MachineError: for a path that Windows refuses.
            NotEmulated: when these volumes belong to no machine with a registry.
        """
        if self._note_move is None:
            raise NotEmulated("moving at restart", where=source, hint="make the files with `note_move`")
        self._note_move(self._find.written_out(source, view), target and self._find.written_out(target, view))

    def copy(self, source: str, target: str, view: View = View.VIEW_64, *, replace: bool = True) -> None:
        """Copy a file with its attributes and modified time, as CopyFile does.

        Raises:
            MachineError: 2 or 3 when it is not there, 3 when the target's folder is not, 5 for a folder or when the
                target is one, read-only or hidden, 32 when the target is in use, 80 when it is there and is not to be
                replaced, 112 when the volume is full; then there is no target.
        """
        copied(self._find, source, target, view, replace=replace)

    def set_attributes(self, path: str, attributes: FileAttributes, view: View = View.VIEW_64) -> None:
        """Mark a file, a folder, or a link itself; DIRECTORY and REPARSE_POINT are what they are and do not count.

        Raises:
            MachineError: 2 or 3 when it is not there, 87 for a temporary folder.
        """
        marked(self._find, path, attributes, view)

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
            MachineError: 2 or 3 when it is not there, 87 for a time before 1601.
            UsageError: for a time without a zone.
        """
        timed(self._find, path, created, modified, view)

    def owner(self, path: str, view: View = View.VIEW_64) -> str:
        """Return the SID of who made a file or folder; empty for SYSTEM.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        return self._find.node(path, view).owner

    def set_owner(self, path: str, sid: str, view: View = View.VIEW_64) -> None:
        """Note who made a file or folder.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        node = self._find.node(path, view)
        node.owner = sid
        node.forget_image()

    def close(self) -> None:
        """Remove what the machine keeps on this computer; its large files cannot be read any more."""
        self._store.close()
