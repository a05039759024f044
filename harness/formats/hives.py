r"""Registry hives: the files in which Windows keeps keys and values (`SOFTWARE`, `NTUSER.DAT`, what `reg save` writes).

Opening a hive checks its header, its bins and its root, and reads nothing else: keys and values are read when somebody
looks at them, and then kept. What is wrong further down is raised by the look at it, as `FormatError` with offset and
key, and looking again raises it again; `check` looks at everything.

A hive is read by the ~150 lines here and not by regipy, which the tests hold them against: regipy turns letters of
names into `U+FFFD`, cuts data off, passes over values it cannot read, and follows a loop for ever; it also takes some
thirty times as long. A hive is untrusted: every cell is inside the file and in use, a key is below one other key,
names are there once, and all data together fit into the file.

Source: Maxim Suhanov's "Windows registry file format specification"; the kernel's checks are from ReactOS, cmcheck.c.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from harness.errors import FormatError, NotEmulated, Problem
from harness.formats.registrybytes import value_of_bytes
from harness.model.names import folded
from harness.model.windows import RegistryValue

__all__ = ["HiveKey", "read_hive", "header_checksum"]

_HEADER_BYTES = 4096
_BIN_HEADER_BYTES = 32
#: Data longer than this are kept in segments of this length, since version 1.4.
_SEGMENT_BYTES = 16_344
_INLINE = 0x8000_0000
_DEEPEST = 512
_LONGEST_NAME = 256

_LINK, _PREDEFINED, _LATIN = 0x10, 0x40, 0x20
_VALUE_LATIN = 0x1
_SINCE_1601 = datetime(1601, 1, 1, tzinfo=UTC)

#: flags, last written, parent, keys, their list, values, their list, length of the name
_KEY = struct.Struct("<2sHQ4xII4xI4xII28xH2x")
#: size of the cell, length of the name, length of the data, their offset, type, flags
_VALUE = struct.Struct("<i2sHIIIH2x")
_BIG_DATA = struct.Struct("<2sHI")
_LIST_HEAD = struct.Struct("<2sH")
_BIN = struct.Struct("<4sII")
_HEADER = struct.Struct("<4sIIQIIIIII")
_CELL_SIZE = struct.Struct("<i")


def read_hive(data: bytes, *, source: str) -> HiveKey:
    """Open a hive and return its root.

    Args:
        data: the whole file; it is kept as long as the root is.
        source: the file's name for messages.

    Raises:
        FormatError: if header, bins or root are not what they should be.
        NotEmulated: if the file was not written to its end, so that the rest is in the logs beside it.
    """
    return HiveKey(_Hive(data, source))


def header_checksum(header: bytes) -> int:
    """Return the checksum of the first 508 bytes of a hive."""
    checksum = 0
    for (number,) in struct.iter_unpack("<I", header[:508]):
        checksum ^= number
    return {0: 1, 0xFFFF_FFFF: 0xFFFF_FFFE}.get(checksum, checksum)


class HiveKey:
    """A key of a hive, with what is below it. It never changes; it is read when it is looked at.

    Attributes:
        name: the last part of its path, as it is spelled in the hive.
        depth: how many keys are above it.
        is_volatile: False; what is gone after a restart is in no file.
    """

    __slots__ = ("_above", "_fields", "_hive", "_keys", "_offset", "_values", "depth", "name")

    is_volatile = False

    def __init__(self, hive: _Hive, offset: int | None = None, above: HiveKey | None = None) -> None:
        self._hive = hive
        self._above = above
        self._offset = hive.root_offset if offset is None else offset
        self.depth: int = above.depth + 1 if above else 0
        self._keys: dict[str, HiveKey] | None = None
        self._values: dict[str, tuple[str, RegistryValue]] | None = None
        self.name = ""
        start, end = hive.cell(self._offset, self, _KEY.size)
        signature, flags, *self._fields, name_length = _KEY.unpack_from(hive.data, start)
        if signature != b"nk":
            hive.fail(self._offset, self, f"is no key: it begins with {signature!r}, expected b'nk'")
        self._fields.append(flags)
        self.name = hive.name_at(start + _KEY.size, end, name_length, self, is_latin=bool(flags & _LATIN))
        if not 0 < len(self.name) <= _LONGEST_NAME or "\\" in self.name:
            hive.fail(self._offset, self, f"has a name of {len(self.name)} characters or with a backslash in it")
        if above:
            self._check_place(above)

    @property
    def keys(self) -> Mapping[str, HiveKey]:
        """The keys below it, by folded name.

        Raises:
            FormatError: if one of them does not read.
        """
        if self._keys is None:
            self._keys = self._read_keys()
        return self._keys

    @property
    def values(self) -> Mapping[str, tuple[str, RegistryValue]]:
        """Name and value, by folded name, in the order they were made.

        Raises:
            FormatError: if one of them does not read.
        """
        if self._values is None:
            self._values = self._read_values()
        return self._values

    @property
    def modified(self) -> datetime:
        """The last-write time.

        Raises:
            FormatError: if it is beyond the year 9999.
        """
        try:
            return _SINCE_1601 + timedelta(microseconds=self._fields[0] // 10)
        except OverflowError:
            self._hive.fail(self._offset, self, "was last written after the year 9999")

    @property
    def is_link(self) -> bool:
        """Whether it leads to where its value `SymbolicLinkValue` says."""
        return bool(self._fields[-1] & _LINK)

    @property
    def path(self) -> str:
        """The names below the root, for messages."""
        return f"{self._above.path}\\{self.name}".lstrip("\\") if self._above else ""

    def check(self) -> None:
        """Look at every key and value.

        Raises:
            FormatError: for the first that does not read.
        """
        found = [self]
        for key in found:  # grows while it is walked
            _ = key.modified, key.values
            found.extend(key.keys.values())

    def _check_place(self, above: HiveKey) -> None:
        if self._fields[1] != above._offset or self._offset == self._hive.root_offset:
            self._hive.fail(
                self._offset, self, f"says it is below the key at {self._fields[1]:#x}, and is below another"
            )
        if self.depth > _DEEPEST:
            self._hive.fail(self._offset, self, f"is more than {_DEEPEST} levels deep")

    def _read_keys(self) -> dict[str, HiveKey]:
        count, list_offset = self._fields[2:4]
        keys: dict[str, HiveKey] = {}
        if not count:
            return keys
        offsets = list(self._hive.key_offsets(list_offset, self))
        if len(offsets) != count:
            self._hive.fail(list_offset, self, f"lists {len(offsets)} keys, and the key says {count}")
        for offset in offsets:
            key = HiveKey(self._hive, offset, self)
            if keys.setdefault(folded(key.name), key) is not key:
                self._hive.fail(offset, self, f"is a second key called {key.name!r}")
        return keys

    def _read_values(self) -> dict[str, tuple[str, RegistryValue]]:
        hive = self._hive
        count, list_offset = self._fields[4:6]
        values: dict[str, tuple[str, RegistryValue]] = {}
        if not count or self._fields[-1] & _PREDEFINED:  # such a key has a handle where others have the count
            return values
        start, _ = hive.cell(list_offset, self, count * 4)
        left = hive.data_left
        try:
            for offset in struct.unpack_from(f"<{count}I", hive.data, start):
                name, value = hive.value(offset, self)
                if values.setdefault(folded(name), (name, value))[1] is not value:
                    hive.fail(offset, self, f"is a second value called {name!r}")
        except FormatError:
            hive.data_left = left  # they will be read again, and were not kept
            raise
        return values


class _Hive:
    """The bytes of a hive and what is known of them without reading keys.

    Attributes:
        data: the whole file.
        data_left: how many bytes of data there can still be in what was not read yet; every byte is of one value.
        root_offset: where the root key is.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.data = data
        self.source = source
        self.data_left = len(data)
        self._check_header()
        self._check_bins()

    def fail(self, offset: int, key: HiveKey | None, message: str) -> NoReturn:
        place = f", in {key.path or 'the root key'}" if key else ""
        raise FormatError(self.source, [Problem(f"offset {offset + _HEADER_BYTES:#x}{place}", message)])

    def _check_header(self) -> None:
        if self.data[:4] != b"regf" or len(self.data) < _HEADER_BYTES:
            raise FormatError(self.source, "is no registry hive - expected at least 4,096 bytes beginning with 'regf'")
        _, first, second, _, major, minor, kind, form, root, size = _HEADER.unpack_from(self.data)
        if header_checksum(self.data[:508]) != int.from_bytes(self.data[508:512], "little"):
            raise FormatError(self.source, [Problem("offset 0x1fc", "the checksum of the header is wrong")])
        if (major, kind, form) != (1, 0, 1) or not 3 <= minor <= 6:  # noqa: PLR2004 - NT 4 to Windows 11
            version = f"version {major}.{minor}, type {kind}, format {form}"
            raise FormatError(self.source, [Problem("offset 0x14", f"is of {version}; expected 1.3 to 1.6, 0 and 1")])
        if size % 4096 or not size or _HEADER_BYTES + size > len(self.data):
            found = f"says the bins have {size:,} bytes, and the file has {len(self.data) - _HEADER_BYTES:,} for them"
            raise FormatError(self.source, [Problem("offset 0x28", found)])
        if first != second:
            hint = "save the hive with `reg save`, which leaves nothing in logs"
            raise NotEmulated(
                "the transaction logs of a hive that was not written to its end", where=self.source, hint=hint
            )
        self._end = _HEADER_BYTES + size
        self._has_big_data = minor > 3  # noqa: PLR2004
        self.root_offset = root

    def _check_bins(self) -> None:
        at = _HEADER_BYTES
        while at < self._end:
            signature, offset, size = _BIN.unpack_from(self.data, at)
            if signature != b"hbin" or offset != at - _HEADER_BYTES or size % 4096 or not 0 < size <= self._end - at:
                self.fail(at - _HEADER_BYTES, None, "is no bin of the hive, or one of a wrong size or place")
            at += size

    def cell(self, offset: int, key: HiveKey, least: int) -> tuple[int, int]:
        """Return where the content of a cell begins and ends in the file."""
        at = offset + _HEADER_BYTES
        if offset < _BIN_HEADER_BYTES or at + 4 > self._end:
            self.fail(offset, key, f"is outside of the hive, which ends at {self._end:#x}")
        size: int = -_CELL_SIZE.unpack_from(self.data, at)[0]
        if size - 4 < least or at + size > self._end:
            what = f"has {size - 4:,} bytes" if size > 0 else "is not in use"
            self.fail(offset, key, f"{what}; expected a cell of at least {least:,} inside the hive")
        return at + 4, at + size

    def name_at(self, start: int, end: int, length: int, key: HiveKey, *, is_latin: bool) -> str:
        """Return a name: with one byte a character, or with two."""
        if start + length > end or (length % 2 and not is_latin):
            self.fail(start - _HEADER_BYTES, key, f"is a name of {length} bytes, which is odd or more than there are")
        name = self.data[start : start + length]
        return name.decode("latin-1") if is_latin else name.decode("utf-16-le", "surrogatepass")

    def key_offsets(self, list_offset: int, key: HiveKey) -> Iterator[int]:
        """Return where the keys of a list are; a list of lists is one level deep."""
        start, _ = self.cell(list_offset, key, _LIST_HEAD.size)
        signature, count = _LIST_HEAD.unpack_from(self.data, start)
        if signature != b"ri":
            yield from self._leaf(list_offset, key)
            return
        self.cell(list_offset, key, 4 + count * 4)
        for leaf in struct.unpack_from(f"<{count}I", self.data, start + 4):
            yield from self._leaf(leaf, key)

    def _leaf(self, list_offset: int, key: HiveKey) -> tuple[int, ...]:
        start, end = self.cell(list_offset, key, _LIST_HEAD.size)
        signature, count = _LIST_HEAD.unpack_from(self.data, start)
        step = {b"lf": 2, b"lh": 2, b"li": 1}.get(signature)
        if step is None:
            self.fail(list_offset, key, f"is no list of keys: it begins with {signature!r}")
        if start + 4 + count * step * 4 > end:
            self.fail(list_offset, key, f"lists {count:,} keys, which is more than it has room for")
        return struct.unpack_from(f"<{count * step}I", self.data, start + 4)[::step]

    def value(self, offset: int, key: HiveKey) -> tuple[str, RegistryValue]:
        """Return name and value. What a hive has most of: nothing is called that need not be."""
        data, at = self.data, offset + _HEADER_BYTES
        if offset < _BIN_HEADER_BYTES or at + _VALUE.size > self._end:
            self.cell(offset, key, _VALUE.size - 4)
        cell, signature, name_length, length, data_offset, type_, flags = _VALUE.unpack_from(data, at)
        start = at + _VALUE.size
        if signature != b"vk" or not start <= at - cell <= self._end:
            self.cell(offset, key, _VALUE.size - 4)
            self.fail(offset, key, f"is no value: it begins with {signature!r}, expected b'vk'")
        if flags & _VALUE_LATIN and start + name_length <= at - cell:
            name = data[start : start + name_length].decode("latin-1")
        else:
            name = self.name_at(start, at - cell, name_length, key, is_latin=bool(flags & _VALUE_LATIN))
        if not length & _INLINE:
            return name, value_of_bytes(type_, self._data(data_offset, length, key) if length else b"")
        length -= _INLINE
        if length > 4:  # noqa: PLR2004 - what an offset takes
            self.fail(offset, key, f"is the value {name!r} with {length:,} bytes where 4 find room")
        return name, value_of_bytes(type_, data[at + 12 : at + 12 + length])

    def _data(self, offset: int, length: int, key: HiveKey) -> bytes:
        self.data_left -= length
        if self.data_left < 0:
            self.fail(offset, key, "makes all data together longer than the file: some are used for several values")
        if length > _SEGMENT_BYTES and self._has_big_data:
            return self._segments(offset, length, key)
        start, _ = self.cell(offset, key, length)
        return self.data[start : start + length]

    def _segments(self, offset: int, length: int, key: HiveKey) -> bytes:
        start, _ = self.cell(offset, key, _BIG_DATA.size)
        signature, count, list_offset = _BIG_DATA.unpack_from(self.data, start)
        if signature != b"db" or count != -(-length // _SEGMENT_BYTES):
            self.fail(offset, key, f"begins with {signature!r} and has {count} segments for {length:,} bytes of data")
        at, _ = self.cell(list_offset, key, count * 4)
        parts = []
        for segment in struct.unpack_from(f"<{count}I", self.data, at):
            wanted = min(_SEGMENT_BYTES, length)
            begin, _ = self.cell(segment, key, wanted)
            parts.append(self.data[begin : begin + wanted])
            length -= wanted
        return b"".join(parts)
