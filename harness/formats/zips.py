"""Reading zip files with the standard library's `zipfile`, strictly: hostile ones end in a FormatError.

`zipfile` loads any directory whole, raises a dozen kinds of errors, and cuts data at its declared size; that is mended
here. Names are checked elsewhere, as `ZipInfo.orig_filename` has them: `ZipInfo.filename` differs by platform.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from harness.errors import FormatError, Problem
from harness.formats.entrynames import shown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["open_zip", "open_entry", "entry_problems"]

_CHUNK = 1 << 20
_MAX_DIRECTORY = 128 << 20
#: Traditional, strong and masked-directory encryption (APPNOTE 4.4.4).
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
#: What other compression methods mean, for messages (APPNOTE 4.4.5).
_METHODS = {9: "Deflate64", 12: "BZIP2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES encryption"}
#: What `zipfile` raises over bytes that it does not like; NotImplementedError and UnicodeDecodeError are among them.
_ERRORS = (BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError, OSError, Warning)


def open_zip(stream: BinaryIO, *, source: str, max_entries: int) -> ZipFile:
    """Read the directory of a zip file, whose seekable stream stays in use; no data is read.

    Raises:
        FormatError: if this is not a zip file, is cut off or damaged, or holds too many entries.
    """
    with _refusing(source):
        if not is_zipfile(stream):
            stream.seek(0)
            raise FormatError(source, _not_a_zip(stream.read(4)))
        archive = ZipFile(_Guarded(stream, source, max_entries))
    _check_count(len(archive.infolist()), source, max_entries)
    return archive


def entry_problems(info: ZipInfo) -> Iterator[str]:
    """Say why the data of an entry cannot be read: encrypted, or compressed in a way .NET's zip reader has not."""
    if info.flag_bits & _ENCRYPTED:
        yield "is encrypted with a zip password, which packages never are"
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        name = _METHODS.get(info.compress_type, "unknown")
        yield f"is compressed with method {info.compress_type} ({name}), expected 0 (stored) or 8 (Deflate)"
    if info.compress_type == ZIP_STORED and info.compress_size != info.file_size:
        yield f"is stored in {info.compress_size:,} bytes but declares {info.file_size:,}"


def open_entry(archive: ZipFile, info: ZipInfo, *, source: str, check: bool = True) -> BinaryIO:
    """Open the data of an entry: a seekable stream that raises FormatError where the data is not what is declared.

    Several entries may be open at once. Where a MAC vouches for the data, its CRC need not be compared (`check`).

    Raises:
        FormatError: if the data cannot be read.
    """
    if problems := [Problem(shown(info.orig_filename), text) for text in entry_problems(info)]:
        raise FormatError(source, problems)
    return io.BufferedReader(_EntryData(archive, info, source=source, check=check))


class _EntryData(io.RawIOBase):
    """The plain bytes of one entry, exactly as many as declared; going elsewhere reads nothing until it is needed."""

    def __init__(self, archive: ZipFile, info: ZipInfo, *, source: str, check: bool) -> None:
        self._source, self._name, self._size = source, info.orig_filename, info.file_size
        self._target = self._position = 0
        # `zipfile` cuts data at this size and says nothing; with room for more, more is seen.
        info = copy(info)
        info.file_size += _CHUNK
        if not check:
            info.CRC = None  # type: ignore[assignment] # what ZipExtFile does not compare
        with _refusing(source, self._name):
            self._data = archive.open(info)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._target, io.SEEK_END: self._size}[whence]
        self._target = min(max(base + offset, 0), self._size)
        return self._target

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._target < self._position:
            self._position = self._data.seek(0)
        # ZipExtFile, when it seeks forwards, forgets the CRC or, before Python 3.12, reads 16 MiB at once.
        while (missing := self._target - self._position) > 0:
            self._next(missing)
        view = memoryview(buffer).cast("B")
        data = self._next(len(view))
        view[: len(data)] = data
        self._target = self._position
        return len(data)

    def _next(self, most: int) -> bytes:
        count = min(most, _CHUNK, self._size - self._position)
        with _refusing(self._source, self._name):
            data = self._data.read(count)
            self._position += len(data)
            if len(data) < count:
                raise BadZipFile(f"holds {self._position:,} bytes, but declares {self._size:,}")
            # Asking for more at the end lets zipfile compare the CRC, too.
            if self._position == self._size and self._data.read(1):
                raise BadZipFile(f"holds more than the {self._size:,} bytes it declares")
        return data


class _Guarded:
    """The stream as `zipfile` sees it, which would make ten times the memory of any directory it finds."""

    def __init__(self, stream: BinaryIO, source: str, max_entries: int) -> None:
        self._read, self._source, self._max_entries = stream.read, source, max_entries
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        """Read; what is asked for in more than a chunk is a directory, and its entries are counted."""
        if size > _MAX_DIRECTORY:
            raise FormatError(self._source, f"its directory has {size:,} bytes, more than the {_MAX_DIRECTORY:,} taken")
        data = self._read(size)
        if size > _CHUNK:
            _check_count(data.count(b"PK\1\2"), self._source, self._max_entries)
        return data


def _check_count(count: int, source: str, max_entries: int) -> None:
    if count > max_entries:
        raise FormatError(source, f"holds {count:,} entries, more than the {max_entries:,} that are taken")


@contextmanager
def _refusing(source: str, name: str = "") -> Iterator[None]:
    try:
        yield
    except _ERRORS as error:
        text = "is cut off" if isinstance(error, EOFError) else f"cannot be read: {shown(str(error))}"
        problem = Problem(shown(name), f"{text} - it may be damaged; copy or download it again")
        raise FormatError(source, [problem]) from error


def _not_a_zip(beginning: bytes) -> str:
    if not beginning:
        return "is empty, expected a zip file"
    if beginning == b"PK\3\4":
        return "begins like a zip file but its end is missing - it is cut off; copy or download it again"
    return f"is not a zip file: begins with the bytes {beginning.hex(' ')}, expected 50 4b 03 04"
