"""The data of zip entries: exactly what the directory declares, in constant memory, or a FormatError."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from harness.errors import FormatError, Problem
from harness.formats.entrynames import shown
from harness.formats.zipformat import ENCRYPTED_FLAGS, LOCAL_HEADER, METHOD_NAMES, UTF8_FLAG, Method, ZipEntry

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["open_entry", "entry_problems"]

_CHUNK = 1 << 20


def entry_problems(entry: ZipEntry) -> Iterator[str]:
    """Say why the data of an entry cannot be read: encrypted, or compressed in a way .NET's zip reader has not."""
    if entry.flags & ENCRYPTED_FLAGS:
        yield "is encrypted with a zip password, which packages never are"
    if entry.method not in tuple(Method):
        name = METHOD_NAMES.get(entry.method, "unknown")
        yield f"is compressed with method {entry.method} ({name}), expected 0 (stored) or 8 (Deflate)"
    if entry.method == Method.STORED and entry.compressed_bytes != entry.size_bytes:
        yield f"is stored in {entry.compressed_bytes:,} bytes but declares {entry.size_bytes:,}"


def open_entry(stream: BinaryIO, entry: ZipEntry, *, source: str, check: bool = True) -> BinaryIO:
    """Open the data of an entry: a seekable stream that raises FormatError where the data is not what is declared.

    The zip file's stream stays in use; several entries may be open at once, in one thread.

    Args:
        stream: the zip file.
        entry: from `read_directory`.
        source: the zip file's name for messages.
        check: whether the CRC is compared; not needed where a MAC vouches for the data.

    Raises:
        FormatError: if the data cannot be read, or its local header and the directory disagree.
    """
    if problems := [Problem(shown(entry.name), text) for text in entry_problems(entry)]:
        raise FormatError(source, problems)
    start = _data_start(stream, entry, source)
    return io.BufferedReader(_EntryData(stream, entry, start, source=source, check=check))


def _data_start(stream: BinaryIO, entry: ZipEntry, source: str) -> int:
    stream.seek(entry.offset)
    header = stream.read(LOCAL_HEADER.size)
    if len(header) == LOCAL_HEADER.size and header.startswith(b"PK\3\4"):
        fields: tuple[int, ...] = LOCAL_HEADER.unpack(header)[1:]
        flags, method, name_length, extra_length = fields[1], fields[2], fields[8], fields[9]
        name = stream.read(name_length).decode("utf-8" if flags & UTF8_FLAG else "cp437", "replace")
        if name == entry.name and method == entry.method and not flags & ENCRYPTED_FLAGS:
            return entry.offset + LOCAL_HEADER.size + name_length + extra_length
    raise FormatError(
        source, [Problem(shown(entry.name), "its local header and the zip file's directory do not agree")]
    )


class _EntryData(io.RawIOBase):
    """The plain bytes of one entry; what does not match the directory raises FormatError."""

    def __init__(self, stream: BinaryIO, entry: ZipEntry, start: int, *, source: str, check: bool) -> None:
        self._stream, self._entry, self._start = stream, entry, start
        self._source, self._check = source, check
        self._rewind()

    def _rewind(self) -> None:
        self._target = self._position = 0
        self._crc = 0
        self._consumed = 0
        self._pending = b""
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._is_finished = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._target

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Say where to read next; nothing is read before that."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._target, io.SEEK_END: self._entry.size_bytes}[whence]
        self._target = min(max(base + offset, 0), self._entry.size_bytes)
        return self._target

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self._next(_CHUNK), b""))

    def _next(self, limit: int) -> bytes:
        """Return at most `limit` bytes from the position on, none at the end; check all there is to at the end."""
        if self._position != self._target:
            self._go_to_target()
        limit = min(limit, self._entry.size_bytes - self._position)
        data = b""
        if limit > 0:
            data = self._stored(limit) if self._entry.method == Method.STORED else self._inflated(limit)
            self._target = self._position = self._position + len(data)
            if self._check:
                self._crc = zlib.crc32(data, self._crc)
        if self._position == self._entry.size_bytes and not self._is_finished:
            self._finish()
        return data

    def _go_to_target(self) -> None:
        """Jump there, or read up to it where the data is compressed or its CRC is wanted."""
        target = self._target
        if self._entry.method == Method.STORED and not self._check:
            self._position = self._consumed = target
            return
        if target < self._position:
            self._rewind()
        while (missing := target - self._position) > 0:
            self._target = self._position
            self._next(min(missing, _CHUNK))
        self._target = target

    def _stored(self, limit: int) -> bytes:
        self._stream.seek(self._start + self._consumed)
        data = self._stream.read(limit)
        if not data:
            raise self._error("is cut off")
        self._consumed += len(data)
        return data

    def _inflated(self, limit: int) -> bytes:
        while not self._inflater.eof:
            if data := self._inflate(limit):
                return data
        raise self._error(f"holds {self._position:,} bytes, but declares {self._entry.size_bytes:,}")

    def _inflate(self, limit: int) -> bytes:
        """Feed the inflater once; its answer may be empty while it wants more."""
        left = self._entry.compressed_bytes - self._consumed
        if not self._pending and left:
            self._pending = self._stored(min(_CHUNK, left))
            left -= len(self._pending)
        is_last = not left and not self._pending
        try:
            data = self._inflater.decompress(self._pending, limit)
        except zlib.error as error:
            raise self._error(f"its compressed data is damaged ({error})") from None
        # Without input it may still hold output back; only when that has come too, the data is too short.
        if is_last and not data and not self._inflater.eof:
            raise self._error("its compressed data ends too early")
        self._pending = self._inflater.unconsumed_tail
        return data

    def _finish(self) -> None:
        if self._entry.method == Method.DEFLATED:
            while not self._inflater.eof:
                if self._inflate(1):
                    raise self._error(f"holds more than the {self._entry.size_bytes:,} bytes it declares")
            if self._inflater.unused_data or self._consumed < self._entry.compressed_bytes:
                raise self._error("has stray bytes behind its compressed data")
        if self._check and self._crc != self._entry.crc:
            raise self._error(f"its data is damaged: CRC {self._crc:08x}, expected {self._entry.crc:08x}")
        self._is_finished = True

    def _error(self, message: str) -> FormatError:
        return FormatError(self._source, [Problem(shown(self._entry.name), message)])
