"""An open file of the emulated machine, as the binary stream Python programs expect."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from harness.errors import MachineError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["Handle", "NullDevice", "OpenFile"]

#: ERROR_NEGATIVE_SEEK.
_NEGATIVE_SEEK = 131


class OpenFile(Protocol):
    """The file behind a handle; several handles may be open at once and see each other's writes."""

    @property
    def size_bytes(self) -> int:
        """The length of the file."""
        ...

    def read(self, start: int, count: int) -> bytes:
        """Return up to `count` bytes from `start`."""
        ...

    def write(self, start: int, data: memoryview) -> None:
        """Put bytes at a place.

        Raises:
            MachineError: 112 when the volume is full.
        """
        ...

    def truncate(self, size: int) -> None:
        """Cut off what is beyond a size, or fill up with zeros."""
        ...

    def closed(self) -> None:
        """Be told that a handle was closed."""
        ...


class Handle(io.BufferedIOBase):
    """A binary stream over a file of the machine, with a position of its own. Nothing is buffered."""

    def __init__(self, file: OpenFile, path: str, mode: str) -> None:
        self._file = file
        self.name = path
        self.mode = mode
        self._position = 0
        self._can_read = mode in ("rb", "r+b", "w+b")
        self._can_write = mode != "rb"
        self._appends = mode == "ab"
        if self._appends:
            self._position = file.size_bytes

    def readable(self) -> bool:
        """Return whether it was opened for reading."""
        return self._can_read

    def writable(self) -> bool:
        """Return whether it was opened for writing."""
        return self._can_write

    def seekable(self) -> bool:
        """Return True: every file can be read and written anywhere."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes from here, all when it is negative or None."""
        data = self.peek(size)
        self._position += len(data)
        return data

    def read1(self, size: int = -1, /) -> bytes:
        """Return what `read` returns."""
        return self.read(size)

    def peek(self, size: int | None = -1, /) -> bytes:
        """Return what `read` would, without moving."""
        self._check(can=self._can_read, what="read")
        count = self._file.size_bytes if size is None or size < 0 else size
        return self._file.read(self._position, count)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the rest of the line, with its end."""
        limit = self._file.size_bytes if size is None or size < 0 else size
        pieces: list[bytes] = []
        found = False
        while limit > 0 and not found:
            block = self.peek(min(limit, 8_192))
            end = block.find(b"\n") + 1
            found = end > 0 or not block
            pieces.append(block[:end] if end else block)
            self._position += len(pieces[-1])
            limit -= len(pieces[-1])
        return b"".join(pieces)

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of the bytes here, at the end when opened for appending; return how many."""
        self._check(can=self._can_write, what="written")
        view = memoryview(data).cast("B")
        if self._appends:
            self._position = self._file.size_bytes
        self._file.write(self._position, view)
        self._position += len(view)
        return len(view)

    def truncate(self, size: int | None = None, /) -> int:
        """Make the file that long, without moving; by default as long as the position says."""
        self._check(can=self._can_write, what="written")
        size = self._position if size is None else size
        if size < 0:
            raise ValueError(f"a file cannot be {size} bytes long - give 0 or more")
        self._file.truncate(size)
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move and return the new position."""
        self._check(can=True, what="moved in")
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file.size_bytes}
        if whence not in starts:
            raise ValueError(f"seek does not know the starting point {whence} - give 0, 1 or 2")
        position = starts[whence] + offset
        if position < 0:
            message = f"position {position} is before the beginning of the file - seek to 0 or more"
            raise MachineError(_NEGATIVE_SEEK, message, self.name)
        self._position = position
        return position

    def tell(self) -> int:
        """Return the position."""
        self._check(can=True, what="asked")
        return self._position

    def close(self) -> None:
        """Give the file back; a second time changes nothing."""
        if not self.closed:
            super().close()
            self._file.closed()

    def _check(self, *, can: bool, what: str) -> None:
        if self.closed:
            raise ValueError(f"{self.name} is closed - open it again")
        if not can:
            raise io.UnsupportedOperation(f"{self.name} was opened with {self.mode!r} and cannot be {what}")


class NullDevice:
    """What the name NUL means: it is empty, and takes everything."""

    size_bytes = 0

    def read(self, start: int, count: int) -> bytes:  # noqa: ARG002 - nothing to read anywhere
        """Return nothing."""
        return b""

    def write(self, start: int, data: memoryview) -> None:
        """Forget the bytes."""

    def truncate(self, size: int) -> None:
        """Change nothing."""

    def closed(self) -> None:
        """Change nothing."""
