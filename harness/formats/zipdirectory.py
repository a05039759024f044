"""The directory of a zip file that nobody vouches for: read strictly, with one kind of error."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import BinaryIO

from harness.errors import FormatError, Problem
from harness.formats.entrynames import shown
from harness.formats.zipformat import (
    DIRECTORY_HEADER,
    END_RECORD,
    LOCAL_HEADER,
    NEEDS_ZIP64,
    UTF8_FLAG,
    ZIP64_END_RECORD,
    ZIP64_LOCATOR,
    ZipEntry,
    from_dos_time,
)

__all__ = ["read_directory"]

_MAX_DIRECTORY = 128 << 20
_MAX_COMMENT = 0xFFFF


def read_directory(stream: BinaryIO, *, source: str, max_entries: int) -> tuple[ZipEntry, ...]:
    """Return what the directory of a zip file lists, in its order; no data is read.

    Args:
        stream: seekable; read from its beginning to its end.
        source: the file's name for messages.
        max_entries: how many entries are read before the file is refused.

    Raises:
        FormatError: if this is not a zip file, is cut off, or its directory contradicts itself.
    """
    ends = _find_directory(stream, source)
    if ends.entries > max_entries:
        raise FormatError(source, f"holds {ends.entries:,} entries, more than the {max_entries:,} that are taken")
    if ends.size > _MAX_DIRECTORY:
        raise FormatError(source, f"its directory has {ends.size:,} bytes, more than the {_MAX_DIRECTORY:,} taken")
    stream.seek(ends.offset)
    directory = stream.read(ends.size)
    entries: list[ZipEntry] = []
    problems: list[Problem] = []
    at = 0
    while at < len(directory) and len(entries) + len(problems) < ends.entries:
        try:
            entry, at = _read_entry(directory, at)
        except _BadEntryError as error:
            problems.append(Problem(f"entry {len(entries) + len(problems) + 1}", str(error)))
            at = error.next_at
        else:
            entries.append(entry)
    if at != ends.size or len(entries) + len(problems) != ends.entries:
        problems.append(Problem("", f"the directory does not hold the {ends.entries:,} entries it announces"))
    if not problems:
        problems.extend(_overlaps(entries, ends.offset))
    if problems:
        raise FormatError(source, problems)
    return tuple(entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    """Where the directory lies."""

    offset: int
    size: int
    entries: int


def _find_directory(stream: BinaryIO, source: str) -> _Directory:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - END_RECORD.size - _MAX_COMMENT))
    tail = stream.read(END_RECORD.size + _MAX_COMMENT)
    at = _end_record(tail)
    if at < 0:
        stream.seek(0)
        raise FormatError(source, _not_a_zip(size, stream.read(4)))
    _, disk, start_disk, _, entries, length, offset, _ = END_RECORD.unpack_from(tail, at)
    if disk or start_disk:
        raise FormatError(source, "is one part of a zip file in several parts - join the parts first")
    end = size - len(tail) + at
    directory = _Directory(offset=offset, size=length, entries=entries)
    locator = end - ZIP64_LOCATOR.size
    if NEEDS_ZIP64 in (offset, length) or entries == NEEDS_ZIP64 & 0xFFFF:
        directory, end = _zip64_directory(stream, locator, source) or (directory, end)
    if directory.offset + directory.size > end:
        raise FormatError(
            source, "its directory points outside the file - it is cut off or damaged; copy or download it again"
        )
    return directory


def _end_record(tail: bytes) -> int:
    """Find the record whose comment reaches exactly to the end of the file; -1 when there is none."""
    at = len(tail)
    while (at := tail.rfind(b"PK\5\6", 0, at)) >= 0:
        comment_at = at + END_RECORD.size
        if comment_at + int.from_bytes(tail[comment_at - 2 : comment_at], "little") == len(tail):
            break
    return at


def _zip64_directory(stream: BinaryIO, locator: int, source: str) -> tuple[_Directory, int] | None:
    if locator < 0:
        return None
    stream.seek(locator)
    signature, _, record, _ = ZIP64_LOCATOR.unpack(stream.read(ZIP64_LOCATOR.size))
    if signature != b"PK\6\7":
        return None
    found = b""
    if record + ZIP64_END_RECORD.size <= locator:
        stream.seek(record)
        found = stream.read(ZIP64_END_RECORD.size)
    if not found.startswith(b"PK\6\6"):
        raise FormatError(source, "its zip64 end record is not where it should be - the file is damaged")
    *_, entries, length, offset = ZIP64_END_RECORD.unpack(found)
    return _Directory(offset=offset, size=length, entries=entries), record


def _not_a_zip(size: int, beginning: bytes) -> str:
    if size == 0:
        return "is empty, expected a zip file"
    if beginning == b"PK\3\4":
        return "begins like a zip file but its end is missing - it is cut off; copy or download it again"
    return f"is not a zip file: begins with the bytes {beginning.hex(' ')}, expected 50 4b 03 04"


class _BadEntryError(Exception):
    def __init__(self, message: str, next_at: int) -> None:
        self.next_at = next_at
        super().__init__(message)


def _read_entry(directory: bytes, at: int) -> tuple[ZipEntry, int]:
    if not directory.startswith(b"PK\1\2", at) or at + DIRECTORY_HEADER.size > len(directory):
        raise _BadEntryError("its directory record is damaged", len(directory))
    fields = DIRECTORY_HEADER.unpack_from(directory, at)
    flags, method, time, date, crc, compressed, size, name_length, extra_length, comment_length = fields[3:13]
    attributes, offset = fields[15:17]
    name_at = at + DIRECTORY_HEADER.size
    extra_at = name_at + name_length
    next_at = extra_at + extra_length + comment_length
    if next_at > len(directory):
        raise _BadEntryError("its directory record is cut off", len(directory))
    name = _decoded(directory[name_at:extra_at], flags, next_at)
    wanted = [size, compressed, offset]
    if NEEDS_ZIP64 in wanted:
        wanted = _zip64_sizes(directory[extra_at : extra_at + extra_length], wanted, next_at)
    entry = ZipEntry(
        name=name,
        flags=flags,
        method=method,
        crc=crc,
        size_bytes=wanted[0],
        compressed_bytes=wanted[1],
        offset=wanted[2],
        unix_mode=attributes >> 16,
        modified=from_dos_time(date, time),
    )
    return entry, next_at


def _decoded(name: bytes, flags: int, next_at: int) -> str:
    try:
        return name.decode("utf-8" if flags & UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        raise _BadEntryError(f"its name is marked as UTF-8 but is not: {shown(repr(name))}", next_at) from None


_EXTRA_HEADER = Struct("<HH")
_ZIP64_EXTRA = 1


def _zip64_sizes(extra: bytes, sizes: list[int], next_at: int) -> list[int]:
    """Replace the saturated ones of size, compressed size and offset, in this order, by their 64-bit selves."""
    at = 0
    while at + _EXTRA_HEADER.size <= len(extra):
        kind, length = _EXTRA_HEADER.unpack_from(extra, at)
        at += _EXTRA_HEADER.size
        if kind == _ZIP64_EXTRA:
            numbers = _eights(extra[at : at + length])
            if len(numbers) >= sizes.count(NEEDS_ZIP64):
                return [numbers.pop(0) if size == NEEDS_ZIP64 else size for size in sizes]
        at += length
    raise _BadEntryError("its sizes are said to be in a zip64 field, which is missing", next_at)


def _eights(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data) - 7, 8)]


def _overlaps(entries: list[ZipEntry], directory: int) -> Iterator[Problem]:
    """Find entries that share bytes, as bombs of overlapping files do, or that run into the directory."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    for entry, following in pairwise(ordered):
        if _least_end(entry) > following.offset:
            yield Problem(shown(following.name), f"overlaps the data of {shown(entry.name)!r}")
    if ordered and _least_end(ordered[-1]) > directory:
        yield Problem(shown(ordered[-1].name), "its data would lie outside the file - it is cut off or damaged")


def _least_end(entry: ZipEntry) -> int:
    return entry.offset + LOCAL_HEADER.size + entry.compressed_bytes
