"""Folders and files of one emulated volume, as pyfakefs's objects in a pyfakefs file system of its own.

Nothing is patched, and none of pyfakefs's stand-ins for `pathlib` is touched: those are shared by the whole process.
What pyfakefs looks up slowly, or reads from this computer's clock, or holds in memory, is done here instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pyfakefs.fake_file import FakeDirectory, FakeFile
from pyfakefs.fake_filesystem import FakeFilesystem
from pyfakefs.helpers import FSType

from harness.emulator.contents import Content, ContentStore
from harness.emulator.frozen import FrozenFile, FrozenFolder
from harness.emulator.paths import DRIVE
from harness.errors import MachineError
from harness.model.names import folded

__all__ = ["Volume", "Folder", "File", "Tree"]

#: What a folder is to hold: bytes of files and further folders, by name.
Tree = Mapping[str, "Tree | bytes"]

_MIB = 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAT_NAMES = frozenset(FakeFile.stat_types)


class Volume:
    """Drive C:, its clock and its space.

    Attributes:
        root: the folder that holds everything.
        store: where contents are kept.
    """

    def __init__(self, now: Callable[[], datetime], size_mb: int, store: ContentStore) -> None:
        self.store = store
        self._now = now
        self._system = _WindowsSystem(total_size=size_mb * _MIB)
        self._system.shuffle_listdir_results = False
        self._mount = self._system.mount_points[DRIVE]
        self._system.root.remove_entry(DRIVE)
        self.root = Folder(self, DRIVE, self.now_ns())
        self._system.root.add_entry(self.root)
        self.root.stat_result.st_dev = self._mount["idev"]

    @property
    def system(self) -> FakeFilesystem:
        """The pyfakefs file system below: for reading through pyfakefs's `FakeOsModule`, never for writing."""
        return self._system

    def now_ns(self) -> int:
        """Return the machine's time in nanoseconds since 1970."""
        elapsed = self._now() - _EPOCH
        return ((elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) * 1_000

    def claim(self, growth: int, node: Folder | File, name: str = "") -> None:
        """Take so many bytes of the volume's space, or give them back when negative.

        Args:
            growth: how many.
            node: what they are for.
            name: what they are for in that folder, when it is not there yet.

        Raises:
            MachineError: 112 when there is not so much.
        """
        try:
            self._system.change_disk_usage(growth, node.name, self._mount["idev"])
        except OSError as error:
            place = f"{node.windows_path}\\{name}" if name else node.windows_path
            raise MachineError(112, "there is not enough space on the disk", place) from error

    def free_mb(self) -> int:
        """Return the free space in megabytes."""
        return int(self._mount["total_size"] - self._mount["used_size"]) // _MIB


def _size_of(tree: Tree) -> int:
    return sum(len(held) if isinstance(held, bytes) else _size_of(held) for held in tree.values())


class _WindowsSystem(FakeFilesystem):
    """A pyfakefs file system that is Windows' from its first moment.

    Setting its `os` would do that too, but would change pyfakefs's own classes, for every file system there is.
    """

    def reset(self, total_size: int | None = None, init_pathlib: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Forget everything; `init_pathlib` stays undone whatever it says."""
        self.fs_type = FSType.WINDOWS
        self.is_case_sensitive = False
        self._is_macos = False  # it is Windows', whatever this computer runs
        super().reset(total_size, init_pathlib=False)


class _Node(FakeFile):
    """What folders and files have in common.

    Attributes:
        volume: where it is.
        image: how it was when it was last frozen; None when it, or something in it, has changed since.
    """

    name: str  # type: ignore[assignment]  # pyfakefs lets a name be bytes
    volume: Volume
    image: FrozenFolder | FrozenFile | None

    @property
    def above(self) -> Folder | None:
        """The folder it is in; None for the root and for what has been deleted."""
        folder = self.parent_dir() if self.parent_dir else None
        return folder if isinstance(folder, Folder) else None

    @property
    def windows_path(self) -> str:
        """The full path, in the spelling its parts were made with."""
        names = [self.name]
        folder = self.above
        while folder:
            names.append(folder.name)
            folder = folder.above
        return "\\".join(reversed(names)) if len(names) > 1 else f"{self.name}\\"

    @property
    def created(self) -> datetime:
        """When it was made."""
        return _EPOCH + timedelta(microseconds=self.stat_result.st_ctime_ns // 1_000)

    @property
    def modified(self) -> datetime:
        """When it last changed."""
        return _EPOCH + timedelta(microseconds=self.stat_result.st_mtime_ns // 1_000)

    def touch(self, at_ns: int) -> None:
        """Note that it changed."""
        self.stat_result.st_mtime_ns = at_ns
        self.forget_image()

    def forget_image(self) -> None:
        """Note that its last image is no longer true, nor are those of the folders it is in."""
        # What has no image has none above it either, so that this stops early.
        node: _Node | None = self
        while node and node.image:
            node.image = None
            node = node.above

    def __setattr__(self, name: str, value: object) -> None:
        # Does what pyfakefs's own does, at a third of the price; a node sets some twenty attributes when it is made.
        if name in _STAT_NAMES:
            setattr(self.stat_result, name, value)
        else:
            object.__setattr__(self, name, value)

    def _be_made(self, volume: Volume, at_ns: int) -> None:
        self.volume = volume
        self.image = None
        times = self.stat_result
        times.st_ctime_ns = times.st_mtime_ns = times.st_atime_ns = at_ns


class File(_Node):
    """A file; what a handle reads and writes.

    Attributes:
        content: its bytes.
        handles: how often it is open.
    """

    def __init__(self, volume: Volume, name: str, at_ns: int, content: Content) -> None:
        super().__init__(name, filesystem=volume.system)
        self._be_made(volume, at_ns)
        self.content = content
        self.handles = 0

    @property
    def byte_contents(self) -> bytes:
        """The bytes, for pyfakefs; all of them, in memory."""
        return self.content.read(0, self.content.size)

    def is_large_file(self) -> bool:
        """Return False: for pyfakefs a large file is one that cannot be read."""
        return False

    @property
    def size_bytes(self) -> int:
        """The length."""
        return self.content.size

    def read(self, start: int, count: int) -> bytes:
        """Return up to `count` bytes from `start`."""
        return self.content.read(start, count)

    def write(self, start: int, data: memoryview) -> None:
        """Put bytes at a place; the modified time is that of the write.

        Raises:
            MachineError: 112 when the volume is full; then nothing was written.
        """
        if data:
            self.volume.claim(max(0, start + len(data) - self.content.size), self)
            self._own_content().write(start, data)
            self._changed()

    def truncate(self, size: int) -> None:
        """Cut off what is beyond a size, or fill up with zeros.

        Raises:
            MachineError: 112 when the volume is full.
        """
        self.volume.claim(size - self.content.size, self)
        self._own_content().truncate(size)
        self._changed()

    def replace(self, content: Content) -> None:
        """Hold another content.

        Raises:
            MachineError: 112 when the volume is full.
        """
        self.volume.claim(content.size - self.content.size, self)
        self.content = content
        self._changed()

    def closed(self) -> None:
        """Be told that a handle was closed."""
        self.handles -= 1

    def frozen(self) -> FrozenFile:
        """Return an immutable image."""
        if not isinstance(self.image, FrozenFile):
            self.content.is_shared = True
            self.image = FrozenFile(name=self.name, content=self.content, created=self.created, modified=self.modified)
        return self.image

    def _own_content(self) -> Content:
        if self.content.is_shared:
            self.content = self.content.copy()
        return self.content

    def _changed(self) -> None:
        self.stat_result.st_size = self.content.size
        self.touch(self.volume.now_ns())


class Folder(_Node, FakeDirectory):
    """A folder. What is laid down in it is made when somebody first looks, as pyfakefs does with real folders."""

    def __init__(self, volume: Volume, name: str, at_ns: int) -> None:
        FakeDirectory.__init__(self, name, filesystem=volume.system)
        self._be_made(volume, at_ns)
        self._index: dict[str, Folder | File] = {}
        self._laid_down: Tree | None = None

    @property
    def index(self) -> dict[str, Folder | File]:
        """What it holds, by folded name."""
        if self._laid_down is not None:
            self._unfold()
        return self._index

    @property
    def entries(self) -> dict[str, FakeFile]:
        """What it holds, by name, for pyfakefs."""
        if self._laid_down is not None:
            self._unfold()
        return self._entries

    def lay_down(self, tree: Tree) -> None:
        """Let an empty folder hold folders and files that count as made at the same moment as the folder.

        Raises:
            MachineError: 112 when the volume is too small.
        """
        self.volume.claim(_size_of(tree), self)
        self._laid_down = tree

    def _unfold(self) -> None:
        tree, self._laid_down = self._laid_down or {}, None
        at_ns = self.stat_result.st_ctime_ns
        for name, held in tree.items():
            if isinstance(held, bytes):
                self.add(name, self.volume.store.new(held), at_ns)
            else:
                folder = Folder(self.volume, name, at_ns)
                folder._laid_down = held
                self.put(folder, at_ns)

    def add(self, name: str, content: Content, at_ns: int) -> File:
        """Make a file, whose space has been claimed before."""
        file = File(self.volume, name, at_ns, content)
        self.put(file, at_ns)
        file.stat_result.st_size = content.size
        return file

    def put(self, node: Folder | File, at_ns: int) -> None:
        """Take something in."""
        self.add_entry(node)
        self.index[folded(node.name)] = node
        self.touch(at_ns)

    def take(self, node: Folder | File, at_ns: int) -> None:
        """Give something away; the space of a file is free then, that of a folder's files is not."""
        self.remove_entry(node.name, recursive=False)
        node.parent_dir = None
        del self.index[folded(node.name)]
        self.touch(at_ns)

    def files_within(self) -> Iterator[File]:
        """Return every file in it and in its folders."""
        folders = [self]
        for folder in folders:  # grows while it is walked
            for node in folder.index.values():
                if isinstance(node, Folder):
                    folders.append(node)
                else:
                    yield node

    def frozen(self) -> FrozenFolder:
        """Return an immutable image; what has not changed since the last one is not looked at again."""
        stale = [self]
        for folder in stale:  # grows while it is walked: parents stand before children
            stale.extend(node for node in folder.index.values() if isinstance(node, Folder) and not node.image)
        for folder in reversed(stale):
            folder._freeze()  # noqa: SLF001 - of its own kind
        return self._freeze()

    def _freeze(self) -> FrozenFolder:
        if not isinstance(self.image, FrozenFolder):
            # Folders inside were frozen before; they return what they have.
            entries = {
                name: node._freeze() if isinstance(node, Folder) else node.frozen()  # noqa: SLF001
                for name, node in self.index.items()
            }
            self.image = FrozenFolder(name=self.name, entries=entries, created=self.created, modified=self.modified)
        return self.image

    def _normalized_entryname(self, pathname_name: str) -> str:
        # pyfakefs compares with every name it has; the index knows.
        node = self.index.get(folded(pathname_name))
        return node.name if node else pathname_name
