"""Writing zip files in constant memory, the same bytes for the same input on every system."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from harness.errors import UsageError
from harness.formats.entrynames import shown
from harness.formats.zipformat import (
    DIRECTORY_HEADER,
    EARLIEST,
    END_RECORD,
    LOCAL_HEADER,
    NEEDS_ZIP64,
    UTF8_FLAG,
    ZIP64_END_RECORD,
    ZIP64_LOCATOR,
    Method,
    ZipEntry,
    to_dos_time,
)

__all__ = ["ZipWriter"]

_CHUNK = 1 << 20
#: From here on an entry gets 64-bit sizes: room below 2**32 for data that grows by being compressed.
_LARGE = 4_000_000_000
_DOS_FOLDER = 0x10
_ENTRIES_16_BIT = 0xFFFF


class ZipWriter:
    """Writes entries one after the other; `finish` writes the directory.

    Args:
        out: empty and seekable; sizes are put into an entry's header once they are known.
        level: how hard Deflate tries, 1 (what .NET calls Fastest) to 9.
    """

    def __init__(self, out: BinaryIO, *, level: int = 1) -> None:
        self._out, self._level = out, level
        self._entries: list[ZipEntry] = []

    def add(
        self, name: str, data: BinaryIO, *, size_bytes: int, method: Method, modified: datetime | None = None
    ) -> None:
        """Write one file.

        Args:
            name: relative, with `/`.
            data: read to its end.
            size_bytes: how much data there is.
            method: stored or deflated.
            modified: wall time; 1 January 1980 when None.

        Raises:
            UsageError: if the data is not as long as announced.
        """
        entry = ZipEntry(
            name=name,
            flags=0 if name.isascii() else UTF8_FLAG,
            method=method,
            crc=0,
            compressed_bytes=size_bytes,
            size_bytes=size_bytes,
            offset=self._out.tell(),
            unix_mode=0,
            modified=modified,
        )
        # The header is written twice, first to keep its place: sizes and CRC are not known before the data.
        self._write_header(entry)
        start = self._out.tell()
        size, crc = self._write_data(data, method)
        if size != size_bytes:
            raise UsageError(
                f"{shown(name)!r} has {size:,} bytes where {size_bytes:,} were announced"
                " - it changed while it was packed; pack again when nobody writes to it"
            )
        end = self._out.tell()
        entry = replace(entry, compressed_bytes=end - start, crc=crc)
        self._out.seek(entry.offset)
        self._write_header(entry)
        self._out.seek(end)
        self._entries.append(entry)

    def add_folder(self, name: str, *, modified: datetime | None = None) -> None:
        """Write an entry for a folder, which only an empty one needs."""
        self.add(f"{name}/", io.BytesIO(), size_bytes=0, method=Method.STORED, modified=modified)

    def finish(self) -> None:
        """Write the directory; nothing may be added any more."""
        start = self._out.tell()
        for entry in self._entries:
            self._out.write(_directory_record(entry))
        end = self._out.tell()
        count, length = len(self._entries), end - start
        if count >= _ENTRIES_16_BIT or max(start, length) >= NEEDS_ZIP64:
            self._out.write(
                ZIP64_END_RECORD.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
                + ZIP64_LOCATOR.pack(b"PK\6\7", 0, end, 1)
            )
        few = min(count, _ENTRIES_16_BIT)
        self._out.write(
            END_RECORD.pack(b"PK\5\6", 0, 0, few, few, min(length, NEEDS_ZIP64), min(start, NEEDS_ZIP64), 0)
        )

    def _write_data(self, data: BinaryIO, method: Method) -> tuple[int, int]:
        size, crc = 0, 0
        deflater = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS) if method is Method.DEFLATED else None
        while chunk := data.read(_CHUNK):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            self._out.write(deflater.compress(chunk) if deflater else chunk)
        if deflater:
            self._out.write(deflater.flush())
        return size, crc

    def _write_header(self, entry: ZipEntry) -> None:
        name = entry.name.encode()
        date, time = to_dos_time(entry.modified or EARLIEST)
        sizes, extra = (entry.compressed_bytes, entry.size_bytes), b""
        if _is_large(entry):
            sizes, extra = (NEEDS_ZIP64, NEEDS_ZIP64), _zip64_extra(entry.size_bytes, entry.compressed_bytes)
        version = 45 if extra else 20
        header = LOCAL_HEADER.pack(
            b"PK\3\4", version, entry.flags, entry.method, time, date, entry.crc, *sizes, len(name), len(extra)
        )
        self._out.write(header + name + extra)


def _is_large(entry: ZipEntry) -> bool:
    return entry.size_bytes >= _LARGE


def _directory_record(entry: ZipEntry) -> bytes:
    name = entry.name.encode()
    date, time = to_dos_time(entry.modified or EARLIEST)
    sizes, extra_numbers = [entry.compressed_bytes, entry.size_bytes], []
    if _is_large(entry):
        sizes, extra_numbers = [NEEDS_ZIP64, NEEDS_ZIP64], [entry.size_bytes, entry.compressed_bytes]
    offset = entry.offset
    if offset >= NEEDS_ZIP64:
        extra_numbers.append(offset)
        offset = NEEDS_ZIP64
    extra = _zip64_extra(*extra_numbers) if extra_numbers else b""
    version = 45 if extra else 20
    attributes = _DOS_FOLDER if entry.name.endswith("/") else 0
    # fmt: off
    return DIRECTORY_HEADER.pack(
        b"PK\1\2", version, version, entry.flags, entry.method, time, date, entry.crc, *sizes,
        len(name), len(extra), 0, 0, 0, attributes, offset,
    ) + name + extra
    # fmt: on


def _zip64_extra(*numbers: int) -> bytes:
    data = b"".join(number.to_bytes(8, "little") for number in numbers)
    return b"\1\0" + len(data).to_bytes(2, "little") + data
