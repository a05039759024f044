"""Volumes: their space, their clock, and the pyfakefs file system that they are all in.

Nothing is patched, and none of pyfakefs's stand-ins for `pathlib` is touched: those are shared by the whole process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pyfakefs.fake_filesystem import FakeFilesystem
from pyfakefs.helpers import FSType

from harness.emulator.contents import ContentStore
from harness.emulator.faults import Faults, Operation
from harness.emulator.filelayout import Tree
from harness.emulator.folders import Folder
from harness.emulator.frozen import FrozenVolume
from harness.emulator.nodes import File, Node, Record
from harness.errors import MachineError
from harness.model.names import folded

__all__ = ["Tree", "Volume", "Volumes"]

_MIB = 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Volumes:
    """What the volumes of a machine share.

    Attributes:
        system: the pyfakefs file system: for reading through pyfakefs's `FakeOsModule`, never for writing.
        store: where contents are kept.
        faults: what goes wrong on purpose, if anything can.
        by_drive: the volumes, by drive (`C:`).
    """

    def __init__(self, now: Callable[[], datetime], store: ContentStore, faults: Faults | None) -> None:
        self._now = now
        self.store = store
        self.faults = faults
        self.system = _WindowsSystem()
        self.system.shuffle_listdir_results = False
        self.by_drive: dict[str, Volume] = {}

    def add(self, drive: str, size_bytes: int, label: str = "") -> Volume:
        """Make an empty volume, in place of the one with that letter."""
        volume = Volume(self, drive, size_bytes, label)
        volume.root = Folder(volume, drive, self.now_ns())
        self._mount(volume)
        return volume

    def restore(self, drive: str, image: FrozenVolume) -> Volume:
        """Make a volume as an image says, in place of the one with that letter."""
        volume = Volume(self, drive, image.size_bytes, image.label)
        volume.mount["used_size"] = image.used_bytes
        volume.root = Folder.of_image(volume, image.root)
        for paths in image.hard_links:
            volume.join(paths)
        self._mount(volume)
        return volume

    def remove(self, drive: str) -> None:
        """Take a volume away."""
        del self.by_drive[drive]
        del self.system.mount_points[drive]
        self.system.root.remove_entry(drive, recursive=False)

    def strike(self, operation: Operation, node: Node, name: str = "") -> None:
        """Fail when that operation is to go wrong on purpose there.

        Args:
            operation: what is about to be done.
            node: with what, or in which folder.
            name: with what in that folder.

        Raises:
            MachineError: with the fault's code.
        """
        if self.faults:
            self.faults.strike(operation, _place(node, name))

    def now_ns(self) -> int:
        """Return the machine's time in nanoseconds since 1970."""
        elapsed = self._now() - _EPOCH
        return ((elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) * 1_000

    def _mount(self, volume: Volume) -> None:
        root = self.system.root
        if volume.drive in root.entries:
            root.entries.pop(volume.drive)
        # What pyfakefs's add_entry does, without what that would ask the folder to change in itself.
        root.entries[volume.drive] = volume.root
        self.system.mount_points[volume.drive] = volume.mount
        self.by_drive[volume.drive] = volume


class Volume:
    """One volume.

    Attributes:
        drive: its letter with the colon.
        label: its name.
        root: the folder that holds everything.
        store: where contents are kept.
        mount: pyfakefs's notes about it: its device number, its size, how much of that is taken.
        linked: the files that have several names.
    """

    root: Folder

    def __init__(self, volumes: Volumes, drive: str, size_bytes: int, label: str) -> None:
        self.drive = drive
        self.label = label
        self.store = volumes.store
        self.now_ns = volumes.now_ns
        self.faults = volumes.faults
        self.system: FakeFilesystem = volumes.system
        self.device = ord(drive[0])
        self.mount: dict[str, Any] = {"idev": self.device, "total_size": size_bytes, "used_size": 0}
        self.linked: dict[int, Record] = {}

    def claim(self, growth: int, node: Node, name: str = "") -> None:
        """Take so many bytes of the volume's space, or give them back when negative.

        Args:
            growth: how many.
            node: what they are for.
            name: what they are for in that folder, when it is not there yet.

        Raises:
            MachineError: 112 when there is not so much.
        """
        used = self.mount["used_size"] + growth
        if growth > 0 and used > self.mount["total_size"]:
            raise MachineError(112, "there is not enough space on the disk", _place(node, name))
        self.mount["used_size"] = used

    @property
    def size_bytes(self) -> int:
        """How much it holds."""
        return int(self.mount["total_size"])

    @property
    def free_bytes(self) -> int:
        """How much is free; what files hold counts, not what a file system needs besides."""
        return int(self.mount["total_size"] - self.mount["used_size"])

    def check_faults(self, file: File) -> None:
        """Fail when writing to that file is to go wrong on purpose.

        Raises:
            MachineError: with the fault's code.
        """
        if self.faults:
            self.faults.strike(Operation.WRITE_FILE, file.windows_path)

    def next_file_id(self) -> int:
        """Return a number that no other file has."""
        self.system.last_ino += 1
        return int(self.system.last_ino)

    def frozen(self) -> FrozenVolume:
        """Return how it is; only what changed since the last time is copied, contents never."""
        return FrozenVolume(
            root=self.root.frozen(),
            label=self.label,
            size_bytes=self.size_bytes,
            used_bytes=int(self.mount["used_size"]),
            hard_links=tuple(
                tuple(name.windows_path for name in record.names or ()) for record in self.linked.values()
            ),
        )

    # Files with several names

    def join(self, paths: tuple[str, ...]) -> None:
        """Make several names, which an image holds as files of their own, names of one file again."""
        first: File | None = None
        for path in paths:
            node: Node = self.root
            for name in path.split("\\")[1:]:
                assert isinstance(node, Folder)  # the image was made of such a path
                node = node.index[folded(name)]
            assert isinstance(node, File)
            first = first or node
            self.add_name(first.record, first, node)

    def add_name(self, record: Record, first: File, name: File) -> None:
        """Make a file one with another one."""
        if record.names is None:
            record.names = [first]
            self.linked[id(record)] = record
        if name not in record.names:
            name.record = record
            record.names.append(name)

    def remove_name(self, file: File) -> None:
        """Note that a file has lost a name; with the last one its space is free."""
        record = file.record
        if record.names is None:
            self.claim(-record.content.size, file)
            return
        record.names.remove(file)
        if len(record.names) == 1:
            record.names = None
            del self.linked[id(record)]


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


def _place(node: Node, name: str) -> str:
    path = node.windows_path
    return path if not name else f"{path}{name}" if path.endswith("\\") else f"{path}\\{name}"
