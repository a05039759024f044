"""The bytes of emulated files: in memory while they are few, in private files of this computer when they are many.

A machine's files may be larger than this computer's memory. What is beyond a few megabytes, and everything but the
smallest once many files together hold too much, goes to a temporary folder that disappears with the machine.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from typing import TYPE_CHECKING

from harness.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from harness.emulator.executables import VersionInfo

__all__ = ["Content", "ContentStore"]

_MIB = 2**20
#: Bytes that are compared at a time.
_BLOCK = _MIB
#: Host files kept open at a time; systems allow a process as few as 256.
_MOST_OPEN = 16
#: What stays in memory in any event, bytes.
_SMALL = 4_096


class ContentStore:
    """Where the contents of one machine's files are kept.

    Args:
        largest_in_memory: a content above this many bytes goes to a host file.
        memory_budget: when all contents in memory together exceed this many bytes, only tiny ones still join them.
    """

    def __init__(self, largest_in_memory: int = 4 * _MIB, memory_budget: int = 32 * _MIB) -> None:
        self._largest = largest_in_memory
        self._budget = memory_budget
        self._host: _HostFolder | None = None
        self.is_closed = False
        #: Bytes that contents hold in memory.
        self.in_memory = 0

    def new(self, data: bytes = b"") -> Content:
        """Return a content that holds `data`; in memory, the bytes are not copied."""
        if self.keeps_in_memory(len(data), len(data)):
            return Content(self, data)
        content = Content(self)
        content.write(0, data)
        return content

    def keeps_in_memory(self, size: int, growth: int) -> bool:
        """Return whether a content of that size, by so much larger than before, may be in memory."""
        return size <= _SMALL or (size <= self._largest and self.in_memory + growth <= self._budget)

    @property
    def host(self) -> _HostFolder:
        """The folder on this computer, made when it is first needed.

        Raises:
            UsageError: after `close`.
        """
        if self.is_closed:
            raise UsageError("the files of this machine are closed - read them before closing the machine")
        if self._host is None:
            self._host = _HostFolder()
        return self._host

    def close(self) -> None:
        """Remove the folder and all in it."""
        self.is_closed = True
        if self._host:
            self._host.remove()
            self._host = None


class Content:
    """The bytes of one file.

    Attributes:
        is_shared: whether a snapshot holds it too; then it must not be written to, but copied first.
        version: the version resource once somebody asked for it, in a tuple; writing forgets it.
    """

    __slots__ = ("__weakref__", "_data", "_file", "_size", "_store", "is_shared", "version")

    def __init__(self, store: ContentStore, data: bytes = b"") -> None:
        self._store = store
        self._data: bytes | bytearray = data
        store.in_memory += len(data)
        self._file: str | None = None
        self._size = 0
        self.is_shared = False
        self.version: tuple[VersionInfo | None] | None = None

    @property
    def size(self) -> int:
        """The length in bytes."""
        return self._size if self._file else len(self._data)

    @property
    def is_in_memory(self) -> bool:
        """Whether the bytes are in memory rather than in a host file."""
        return self._file is None

    def read(self, start: int, count: int) -> bytes:
        """Return up to `count` bytes from `start`."""
        if self._file is None:
            if start == 0 and count >= len(self._data):
                return bytes(self._data)
            return bytes(memoryview(self._data)[start : start + count])
        with self._store.host.opened(self._file) as file:
            file.seek(start)
            return file.read(min(count, max(self._size - start, 0)))

    def blocks(self, size: int = _BLOCK) -> Iterator[bytes]:
        """Return all bytes in blocks of that size."""
        for start in range(0, self.size, size):
            yield self.read(start, size)

    def write(self, start: int, data: bytes | bytearray | memoryview) -> None:
        """Put bytes at a place; a gap before it is filled with zeros. Writing nothing changes nothing."""
        if not data:
            return
        self.version = None
        end = start + len(data)
        size = max(end, self.size)
        if self._file is None and self._store.keeps_in_memory(size, size - len(self._data)):
            self._write_to_memory(start, data)
            return
        if self._file is None:
            self._move_to_host()
        assert self._file is not None
        with self._store.host.opened(self._file) as file:
            file.seek(start)
            _write_all(file, data)
        self._size = size

    def truncate(self, size: int) -> None:
        """Cut off what is beyond a size, or fill up with zeros."""
        if size > self.size:
            self.write(size - 1, b"\0")
        elif self._file is None:
            self._store.in_memory -= len(self._data) - size
            self._data = bytearray(self._data[:size])
        else:
            with self._store.host.opened(self._file) as file:
                file.truncate(size)
            self._size = size
        self.version = None

    def copy(self) -> Content:
        """Return another content of the same bytes."""
        content = self._store.new(bytes(self._data))
        if self._file:
            content._adopt(self._store.host.copy_of(self._file), self._size)  # noqa: SLF001 - of its own kind
        content.version = self.version
        return content

    def equals(self, other: Content) -> bool:
        """Return whether the bytes are the same."""
        if self is other or self.size != other.size:
            return self is other
        return all(mine == theirs for mine, theirs in zip(self.blocks(), other.blocks(), strict=True))

    def host_file(self) -> str | None:
        """Return the path of the host file, for libraries that map files into memory; None when in memory."""
        return self._store.host.path_of(self._file) if self._file else None

    def _write_to_memory(self, start: int, data: bytes | bytearray | memoryview) -> None:
        if isinstance(self._data, bytes):
            self._data = bytearray(self._data)
        before = len(self._data)
        if start > before:
            self._data.extend(bytes(start - before))
        self._data[start : start + len(data)] = data
        self._store.in_memory += len(self._data) - before

    def _move_to_host(self) -> None:
        self._adopt(self._store.host.new_file(self._data), len(self._data))
        self._store.in_memory -= len(self._data)
        self._data = b""

    def _adopt(self, name: str, size: int) -> None:
        self._file, self._size = name, size
        weakref.finalize(self, self._store.host.discard, name).atexit = False

    def __del__(self) -> None:
        self._store.in_memory -= len(self._data)


class _HostFolder:
    """A private folder of this computer, with a few of its files open at a time."""

    def __init__(self) -> None:
        try:
            self._path = tempfile.mkdtemp(prefix="ime-harness-")
        except OSError as error:
            raise _no_room(error) from error
        self._open: OrderedDict[str, FileIO] = OrderedDict()
        self._made = 0
        self._lock = threading.RLock()
        # Runs when the machine is forgotten, and at the latest when Python ends.
        self._finalizer = weakref.finalize(self, _clear_away, self._path, self._open)

    def new_file(self, data: bytes | bytearray) -> str:
        """Make a file and return its name."""
        name = self._next_name()
        with self.opened(name, "x+b") as file:
            _write_all(file, data)
        return name

    def copy_of(self, name: str) -> str:
        """Make a copy of a file and return its name."""
        new = self._next_name()
        with _in_words():
            shutil.copyfile(self.path_of(name), self.path_of(new))
        return new

    def path_of(self, name: str) -> str:
        """Return a file's path on this computer."""
        return os.path.join(self._path, name)  # noqa: PTH118 - as text, for open()

    @contextmanager
    def opened(self, name: str, mode: str = "r+b") -> Iterator[FileIO]:
        """Lend a file, open for reading and writing; nobody else gets one meanwhile."""
        with self._lock, _in_words():
            file = self._open.pop(name, None)
            if file is None:
                if len(self._open) >= _MOST_OPEN:
                    self._open.popitem(last=False)[1].close()
                file = FileIO(self.path_of(name), mode.replace("b", ""))
            self._open[name] = file
            yield file

    def discard(self, name: str) -> None:
        """Remove a file that nobody needs any more."""
        with self._lock:
            file = self._open.pop(name, None)
            if file:
                file.close()
            with suppress(OSError):
                os.unlink(self.path_of(name))  # noqa: PTH108 - as text

    def remove(self) -> None:
        """Remove the folder and all in it."""
        self._finalizer()

    def _next_name(self) -> str:
        with self._lock:
            self._made += 1
            return str(self._made)


def _clear_away(path: str, files: OrderedDict[str, FileIO]) -> None:
    while files:
        files.popitem()[1].close()
    shutil.rmtree(path, ignore_errors=True)


def _write_all(file: FileIO, data: bytes | bytearray | memoryview) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> Unavailable:
    what = "is full" if error.errno == errno.ENOSPC else f"cannot be used: {error.strerror}"
    return Unavailable(f"the temporary folder of this computer {what} - large files of the machine are kept there")
