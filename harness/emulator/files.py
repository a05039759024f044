r"""The volume of the emulated machine: drive C:, on a pyfakefs file system that nothing is patched with.

Folders and files are pyfakefs's objects, with its inodes, times and disk usage. Finding them is ours: an index by
folded name in every folder makes Windows' way of comparing names cheap. Contents are ours too: they may be larger than
memory. Every time comes from the machine's clock, every failure is a `MachineError`.

Source of error codes, where nothing else is said: learn.microsoft.com, "System Error Codes" and the pages of the Win32
functions that are named; which code comes when is partly from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO, Literal, cast

from harness.emulator.contents import ContentStore
from harness.emulator.executables import file_version
from harness.emulator.frozen import FilesSnapshot
from harness.emulator.handles import Handle
from harness.emulator.paths import DRIVE, LITERAL, is_device_name, long_name_of, parse_path
from harness.emulator.volume import File, Folder, Tree, Volume
from harness.errors import MachineError, UsageError
from harness.machine.wow64 import folder_location
from harness.model.names import folded
from harness.model.windows import FileInfo, FileVersion, View

__all__ = ["EmulatedFiles", "Mode"]

#: How a file may be opened.
Mode = Literal["rb", "wb", "ab", "w+b"]
_MODES = ("rb", "wb", "ab", "w+b")

_NO_FILE = 2
_NO_PATH = 3

#: Paths already worked out are remembered up to this many; then the memory starts afresh.
_MOST_REMEMBERED = 4_096

#: The names below the drive as written, and folded.
_Place = tuple[tuple[str, ...], tuple[str, ...]]


class EmulatedFiles:
    """The files of an emulated machine; fulfils the `FileSystem` port.

    Args:
        now: the machine's clock.
        size_mb: the size of the volume; beyond it writing fails with 112.
        is_64_bit: whether this Windows has a 32-bit half; without one, views make no difference.
        store: where contents are kept; by default in memory while they are few, then in a temporary folder.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        size_mb: int,
        *,
        is_64_bit: bool = True,
        store: ContentStore | None = None,
    ) -> None:
        self._is_64_bit = is_64_bit
        self._store = store or ContentStore()
        self._volume = Volume(now, size_mb, self._store)
        self._remembered: dict[tuple[str, View], _Place] = {}

    # Looking

    def exists(self, path: str, view: View = View.VIEW_64) -> bool:
        """Return whether a file or folder is there; False for a path that Windows refuses."""
        try:
            self._node(path, view)
        except MachineError:
            return False
        return True

    def info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return size, times and kind; `path` in it is where the file really is, in the spelling it was made with.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        node = self._node(path, view)
        size = node.content.size if isinstance(node, File) else 0
        return FileInfo(
            path=node.windows_path,
            is_directory=isinstance(node, Folder),
            size_bytes=size,
            created=node.created,
            modified=node.modified,
        )

    def version(self, path: str, view: View = View.VIEW_64) -> FileVersion | None:
        """Return the fixed file version from the PE resource; None when there is none, as in a folder.

        Raises:
            MachineError: 2 or 3 when the file is not there.
        """
        node = self._node(path, view)
        return file_version(node.content) if isinstance(node, File) else None

    def names(self, path: str, view: View = View.VIEW_64) -> Sequence[str]:
        """Return what a folder holds, sorted without regard to case.

        Raises:
            MachineError: 3 when the folder is not there, 267 when it is a file.
        """
        try:
            node = self._node(path, view)
        except MachineError as error:
            # FindFirstFile looks for something below the folder, so that the folder is not the last name.
            code = _NO_PATH if error.winerror == _NO_FILE else error.winerror
            raise MachineError(code, error.strerror or "", path) from None
        if not isinstance(node, Folder):
            raise MachineError(267, "a file, not a folder", path)
        return [node.index[name].name for name in sorted(node.index)]

    def free_space_mb(self, drive: str = DRIVE) -> int:
        """Return the free space of a volume in megabytes; the Windows that is laid down takes next to none.

        Raises:
            MachineError: 3 for another drive than C:.
        """
        if drive.rstrip("\\/").upper() != DRIVE:
            raise MachineError(3, "the machine has no such drive", drive)
        return self._volume.free_mb()

    def snapshot(self) -> FilesSnapshot:
        """Return the volumes as they are now; only what changed since the last time is copied, contents never."""
        return FilesSnapshot(drives={DRIVE: self._volume.root.frozen()})

    # Files

    def open(self, path: str, mode: Mode = "rb", view: View = View.VIEW_64) -> BinaryIO:
        """Open a file. Others may open it meanwhile; nobody can delete or move it until it is closed.

        Raises:
            MachineError: 2 when a file to read is not there, 3 when its folder is not, 5 for a folder.
            UsageError: for an unknown mode.
        """
        if mode not in _MODES:
            raise UsageError(f"a file cannot be opened with {mode!r} - use one of {', '.join(_MODES)}")
        if mode == "rb":
            file = self._file(path, view)
        else:
            file = self._file_to_write(path, view)
            if mode != "ab":
                file.replace(self._store.new())
        file.handles += 1
        return cast("BinaryIO", Handle(file, path, mode))

    def read(self, path: str, view: View = View.VIEW_64) -> bytes:
        """Return all of a file.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 for a folder.
        """
        return self._file(path, view).byte_contents

    def write(self, path: str, data: bytes, view: View = View.VIEW_64) -> None:
        """Make a file hold these bytes, making its folder if need be.

        Raises:
            MachineError: 5 for a folder, 112 when the volume is full, and what `make_folder` raises.
        """
        names, keys = self._place(path, view)
        if not names:
            raise MachineError(5, "the root of a volume is a folder", path)
        folder = self._made_folder(names[:-1], keys[:-1], path)
        node = _below(folder, keys[-1])
        if isinstance(node, Folder):
            raise MachineError(5, "a folder cannot be opened as a file", path)
        content = self._store.new(data)
        if node is not None:
            node.replace(content)
        else:
            self._volume.claim(content.size, folder, names[-1])
            folder.add(names[-1], content, self._volume.now_ns())

    # Folders

    def make_folder(self, path: str, view: View = View.VIEW_64) -> None:
        """Make a folder and those above it; an existing one stays as it is.

        Raises:
            MachineError: 183 when a file has that name, 3 when one above it is a file, 267 for the name of a device.
        """
        self._made_folder(*self._place(path, view, on_device=267), path)

    def lay_down(self, tree: Tree) -> None:
        """Give an empty volume its first folders and files, at next to no cost: they are made when looked at.

        Args:
            tree: what is in the root: bytes for a file, a mapping for a folder, by name.

        Raises:
            UsageError: when there is something on the volume already.
            MachineError: 112 when it is too small.
        """
        if self._volume.root.index:
            raise UsageError("there is something on the volume already - lay Windows down first")
        self._volume.root.lay_down(tree)

    def delete(self, path: str, view: View = View.VIEW_64) -> None:
        """Delete a file, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 32 when it or a file in it is open (then nothing is deleted),
                5 for the root.
        """
        node = self._node(path, view)
        folder = node.above
        if folder is None:
            raise MachineError(5, "the root of a volume cannot be deleted", path)
        files = [node] if isinstance(node, File) else list(node.files_within())
        for file in files:
            if file.handles:
                raise MachineError(32, "the file is open in a process", file.windows_path)
        if isinstance(node, Folder):
            self._volume.claim(-sum(file.size_bytes for file in files), node)
        folder.take(node, self._volume.now_ns())

    def move(self, source: str, target: str, view: View = View.VIEW_64) -> None:
        """Rename a file or folder; an existing target file is replaced. Source: MoveFileEx, codes from memory.

        Raises:
            MachineError: 2 or 3 when the source is not there, 3 when the target's folder is not, 5 when the target is
                a folder or an open file or when a file in a folder to move is open, 32 when the file to move is open
                or a folder would get into itself.
        """
        node = self._node(source, view)
        folder, name = self._target(target, view)
        self._check_move(node, folder, source)
        old = folder.index.get(folded(name))
        if old is not None and old is not node:
            if isinstance(old, Folder) or isinstance(node, Folder) or old.handles:
                raise MachineError(5, "the target is a folder or an open file", target)
            folder.take(old, self._volume.now_ns())
        at_ns = self._volume.now_ns()
        assert node.above is not None  # the root was refused
        node.above.take(node, at_ns)
        node.name = name
        folder.put(node, at_ns)
        node.forget_image()

    def close(self) -> None:
        """Remove what the machine keeps on this computer; its large files cannot be read any more."""
        self._store.close()

    # Finding

    def _place(self, path: str, view: View, on_device: int = _NO_FILE) -> _Place:
        """Return where a path leads, as names below the drive."""
        place = self._remembered.get((path, view))
        if place is None:
            names = parse_path(path)
            if self._is_64_bit:
                names = folder_location(names, view)
            if names and is_device_name(names[-1]) and not path.startswith(LITERAL):
                raise MachineError(on_device, f"{names[-1]!r} is the name of a device", path)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            place = self._remembered[path, view] = (names, tuple(folded(name) for name in names))
        return place

    def _node(self, path: str, view: View) -> Folder | File:
        names, keys = self._place(path, view)
        node: Folder | File = self._volume.root
        for position, key in enumerate(keys):
            below = _below(node, key) if isinstance(node, Folder) else None
            if below is None:
                is_last = position == len(names) - 1 and isinstance(node, Folder)
                what = "file or folder" if is_last else f"folder for {names[-1]!r}"
                raise MachineError(_NO_FILE if is_last else _NO_PATH, f"there is no such {what}", path)
            node = below
        return node

    def _file(self, path: str, view: View) -> File:
        node = self._node(path, view)
        if isinstance(node, Folder):
            raise MachineError(5, "a folder cannot be opened as a file", path)
        return node

    def _file_to_write(self, path: str, view: View) -> File:
        folder, name = self._target(path, view)
        node = _below(folder, folded(name))
        if isinstance(node, Folder):
            raise MachineError(5, "a folder cannot be opened as a file", path)
        if node is None:
            node = folder.add(name, self._store.new(), self._volume.now_ns())
        return node

    def _target(self, path: str, view: View) -> tuple[Folder, str]:
        """Return the folder that something is to be in, and its name there."""
        names, keys = self._place(path, view)
        if not names:
            raise MachineError(5, "the root of a volume is a folder", path)
        node: Folder | File | None = self._volume.root
        for key in keys[:-1]:
            node = _below(node, key) if isinstance(node, Folder) else None
        if not isinstance(node, Folder):
            raise MachineError(_NO_PATH, f"there is no folder for {names[-1]!r}", path)
        return node, names[-1]

    def _made_folder(self, names: Sequence[str], keys: Sequence[str], path: str) -> Folder:
        folder = self._volume.root
        for position, (name, key) in enumerate(zip(names, keys, strict=True)):
            below = _below(folder, key)
            if below is None:
                if is_device_name(name) and not path.startswith(LITERAL):
                    raise MachineError(267, f"{name!r} is the name of a device", path)
                at_ns = self._volume.now_ns()
                below = Folder(self._volume, name, at_ns)
                folder.put(below, at_ns)
            elif isinstance(below, File):
                is_last = position == len(names) - 1
                raise MachineError(183 if is_last else _NO_PATH, f"{name!r} is a file, not a folder", path)
            folder = below
        return folder

    def _check_move(self, node: Folder | File, folder: Folder, path: str) -> None:
        if node.above is None:
            raise MachineError(5, "the root of a volume cannot be moved", path)
        if isinstance(node, File):
            if node.handles:
                raise MachineError(32, "the file is open in a process", path)
            return
        inner: Folder | None = folder
        while inner is not None:
            if inner is node:
                raise MachineError(32, "a folder cannot be moved into itself", path)
            inner = inner.above
        for file in node.files_within():
            if file.handles:
                raise MachineError(5, "a file in the folder is open in a process", file.windows_path)


def _below(folder: Folder, key: str) -> Folder | File | None:
    """Return what a folder holds by that folded name, or by that 8.3 name."""
    node = folder.index.get(key)
    if node is None and "~" in key:
        name = long_name_of(key, (held.name for held in folder.index.values()))
        node = folder.index[folded(name)] if name else None
    return node
