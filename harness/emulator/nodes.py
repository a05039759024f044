"""What a volume holds: folders, files and links, as pyfakefs's objects, in a pyfakefs file system of their own.

pyfakefs reads them as its own; it never writes them. What it looks up slowly, reads from this computer's clock or holds
in memory is done here instead, and what it wants to know of a node is worked out when it asks.
"""

from __future__ import annotations

import weakref
from datetime import datetime
from stat import S_IFLNK, S_IFREG
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from pyfakefs.fake_file import FakeFile
from pyfakefs.fake_filesystem import FakeFilesystem
from pyfakefs.helpers import FakeStatResult

from harness.emulator.contents import Content
from harness.emulator.frozen import FrozenFile, FrozenFolder, FrozenLink, time_of
from harness.errors import NotEmulated
from harness.model.files import FileAttributes, LinkKind

if TYPE_CHECKING:
    from harness.emulator.folders import Folder
    from harness.emulator.volume import Volume

__all__ = ["File", "Link", "Node", "Record", "no_writing"]

_READONLY = int(FileAttributes.READONLY)
_ARCHIVE = int(FileAttributes.ARCHIVE)
_DIRECTORY = int(FileAttributes.DIRECTORY)
_REPARSE_POINT = int(FileAttributes.REPARSE_POINT)
_NORMAL = int(FileAttributes.NORMAL)
_WRITABLE = 0o222


class _Stat(FakeStatResult):
    """What pyfakefs answers when it is asked for the status of a node."""

    attributes = 0

    @property
    def st_file_attributes(self) -> int:
        """The attributes, as they are."""
        return self.attributes


class Node(FakeFile):
    """What folders, files and links have in common.

    Attributes:
        volume: where it is.
        image: how it was when it was last frozen; None when it, or something in it, has changed since.
        marks: its attributes, but for those that say what it is.
        owner: the SID of who made it, empty for SYSTEM.
    """

    # What pyfakefs's constructor would give to each; that is not called, for it costs more than all the rest.
    _side_effect = None
    _byte_contents: Any = b""
    encoding = "utf-8"
    errors = "strict"
    epoch = 0
    xattr: dict[str, bytes] = {}  # noqa: RUF012 - Windows has none, so that nobody writes to it
    opened_as = ""
    open_modes = None
    _kind: ClassVar[int] = 0

    name: str  # type: ignore[assignment]  # pyfakefs lets a name be bytes
    volume: Volume
    image: FrozenFolder | FrozenFile | FrozenLink | None = None
    parent_dir: weakref.ReferenceType[Folder] | None = None
    created_ns: int
    modified_ns: int
    marks: int
    owner: str = ""
    _file_id: int = 0

    # pyfakefs's own passes some names on to another object, which there is none of here.
    __setattr__ = object.__setattr__  # type: ignore[assignment]  # with other names for its arguments

    @property
    def above(self) -> Folder | None:
        """The folder it is in; None for the root and for what has been deleted."""
        return self.parent_dir() if self.parent_dir else None

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
    def attributes(self) -> int:
        """The attributes as Windows shows them."""
        return self.marks or _NORMAL

    @property
    def target(self) -> str:
        """Where it leads; empty for what is no link."""
        return ""

    @property
    def size_bytes(self) -> int:
        """The length of a file."""
        return 0

    @property
    def created(self) -> datetime:
        """When it was made."""
        return time_of(self.created_ns)

    @property
    def modified(self) -> datetime:
        """When it last changed."""
        return time_of(self.modified_ns)

    def forget_image(self) -> None:
        """Note that its last image is no longer true, nor are those of the folders it is in."""
        # What has no image has none above it either, so that this stops early.
        node: Node | None = self
        while node and node.image:
            node.image = None
            node = node.above

    def change(
        self, *, created_ns: int | None = None, modified_ns: int | None = None, marks: int | None = None
    ) -> None:
        """Change times and attributes; None leaves one as it is."""
        self.created_ns = self.created_ns if created_ns is None else created_ns
        self.modified_ns = self.modified_ns if modified_ns is None else modified_ns
        self.marks = self.marks if marks is None else marks
        self.forget_image()

    # For pyfakefs

    @property
    def filesystem(self) -> FakeFilesystem:
        """The file system it belongs to."""
        return self.volume.system

    @property
    def stat_result(self) -> FakeStatResult:  # type: ignore[override]  # an attribute there
        """The status, made anew each time."""
        stat = _Stat(is_windows=True, user_id=0, group_id=0)
        if not self._file_id:
            self._file_id = self.volume.next_file_id()
        stat.st_ino, stat.st_dev, stat.st_nlink = self._file_id, self.volume.device, 1
        stat.st_mode = self._kind | (0o777 & ~_WRITABLE if self.marks & _READONLY else 0o777)
        stat.st_size = self.size_bytes
        stat.st_ctime_ns, stat.st_mtime_ns, stat.st_atime_ns = self.created_ns, self.modified_ns, self.modified_ns
        stat.attributes = self.attributes
        return stat

    def is_large_file(self) -> bool:
        """Return False: for pyfakefs a large file is one that cannot be read."""
        return False

    def set_initial_contents(self, contents: Any) -> NoReturn:  # noqa: ARG002 - pyfakefs's
        """Refuse.

        Raises:
            NotEmulated: always.
        """
        raise no_writing(self.windows_path)


class Record:
    """What belongs to a file and not to one of its names.

    Attributes:
        content: its bytes.
        handles: how often it is open.
        runs: how many processes run it.
        is_locked: whether the one that has it open shares it with nobody.
        names: all its names, when it has several.
    """

    __slots__ = ("content", "created_ns", "handles", "is_locked", "marks", "modified_ns", "names", "runs")

    def __init__(self, content: Content, created_ns: int, modified_ns: int, marks: int) -> None:
        self.content = content
        self.created_ns = created_ns
        self.modified_ns = modified_ns
        self.marks = marks
        self.handles = 0
        self.runs = 0
        self.is_locked = False
        self.names: list[File] | None = None


class File(Node):
    """A file under one of its names; what a handle reads and writes.

    Attributes:
        record: the file itself.
    """

    _kind = S_IFREG

    def __init__(self, volume: Volume, name: str, record: Record) -> None:
        self.volume = volume
        self.name = name
        self.record = record

    @property
    def size_bytes(self) -> int:
        """The length."""
        return self.record.content.size

    @property
    def created_ns(self) -> int:  # type: ignore[override]
        """When it was made, in nanoseconds since 1970."""
        return self.record.created_ns

    @property
    def modified_ns(self) -> int:  # type: ignore[override]
        """When it was last written."""
        return self.record.modified_ns

    @property
    def marks(self) -> int:  # type: ignore[override]
        """Its attributes."""
        return self.record.marks

    @property
    def byte_contents(self) -> bytes:
        """The bytes, all of them, in memory."""
        return self.record.content.read(0, self.record.content.size)

    def read(self, start: int, count: int) -> bytes:
        """Return up to `count` bytes from `start`."""
        return self.record.content.read(start, count)

    def write(self, start: int, data: memoryview) -> None:
        """Put bytes at a place; the modified time is that of the write.

        Raises:
            MachineError: 112 when the volume is full; then nothing was written.
        """
        if data:
            self.volume.check_faults(self)
            self.volume.claim(max(0, start + len(data) - self.record.content.size), self)
            self._own_content().write(start, data)
            self._written()

    def truncate(self, size: int) -> None:
        """Cut off what is beyond a size, or fill up with zeros.

        Raises:
            MachineError: 112 when the volume is full.
        """
        self.volume.check_faults(self)
        self.volume.claim(size - self.record.content.size, self)
        self._own_content().truncate(size)
        self._written()

    def replace(self, content: Content) -> None:
        """Hold another content.

        Raises:
            MachineError: 112 when the volume is full.
        """
        self.volume.claim(content.size - self.record.content.size, self)
        self.record.content = content
        self._written()

    def closed(self) -> None:
        """Be told that a handle was closed."""
        self.record.handles -= 1
        self.record.is_locked = False  # whoever shared it with nobody was the only one

    def change(
        self, *, created_ns: int | None = None, modified_ns: int | None = None, marks: int | None = None
    ) -> None:
        """Change times and attributes; None leaves one as it is."""
        record = self.record
        record.created_ns = record.created_ns if created_ns is None else created_ns
        record.modified_ns = record.modified_ns if modified_ns is None else modified_ns
        record.marks = record.marks if marks is None else marks
        for name in record.names or (self,):
            name.forget_image()

    def freeze(self) -> FrozenFile:
        """Return an immutable image."""
        image = self.image
        if image is None:
            record = self.record
            record.content.is_shared = True
            image = self.image = FrozenFile(
                self.name, record.content, record.created_ns, record.modified_ns, record.marks, self.owner
            )
        assert isinstance(image, FrozenFile)
        return image

    def _own_content(self) -> Content:
        record = self.record
        if record.content.is_shared:
            record.content = record.content.copy()
        return record.content

    def _written(self) -> None:
        record = self.record
        record.modified_ns = self.volume.now_ns()
        record.marks |= _ARCHIVE
        for name in record.names or (self,):
            name.forget_image()


class Link(Node):
    """A symbolic link or a junction.

    Attributes:
        kind: which of the two.
        leads_to_folder: whether what it leads to is, or was to be, a folder.
    """

    _kind = S_IFLNK

    def __init__(self, volume: Volume, image: FrozenLink, *, is_new: bool = False) -> None:
        self.volume = volume
        self.name = image.name
        self._target = image.target
        self.kind: LinkKind = image.kind
        self.leads_to_folder = image.is_directory
        self.created_ns = image.created_ns
        self.modified_ns = image.modified_ns
        self.marks = image.attributes
        self.owner = image.owner
        self.image = None if is_new else image

    @property
    def attributes(self) -> int:
        """The attributes as Windows shows them."""
        return self.marks | _REPARSE_POINT | (_DIRECTORY if self.leads_to_folder else 0)

    @property
    def target(self) -> str:
        """Where it leads, as it was written."""
        return self._target

    @property
    def byte_contents(self) -> bytes:
        """The target, as pyfakefs reads it."""
        return self._target.encode(self.encoding, "surrogatepass")

    def freeze(self) -> FrozenLink:
        """Return an immutable image."""
        if self.image is None:
            self.image = FrozenLink(
                name=self.name,
                target=self._target,
                kind=self.kind,
                is_directory=self.leads_to_folder,
                created_ns=self.created_ns,
                modified_ns=self.modified_ns,
                attributes=self.marks,
                owner=self.owner,
            )
        assert isinstance(self.image, FrozenLink)
        return self.image


def no_writing(place: str) -> NotEmulated:
    """Return the refusal for whoever would write through pyfakefs."""
    hint = "write through the machine's own files - pyfakefs only reads them"
    return NotEmulated("writing through pyfakefs", where=place, hint=hint)
