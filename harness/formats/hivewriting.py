"""Writing registry hives, as `reg save` does: any key with what is below it becomes a file that Windows would load.

The same keys give the same bytes. Volatile keys are left out, as they are in Windows' own files. Every key has one and
the same access list: Administrators and SYSTEM may do everything, Users may read.

Source: Maxim Suhanov's "Windows registry file format specification"; limits of lists from ReactOS, cmlib.h.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from harness.errors import UsageError
from harness.formats.hives import header_checksum
from harness.formats.registrybytes import bytes_of_value
from harness.model.keyimage import KeyImage

__all__ = ["write_hive"]

_PAGE = 4096
_BIN_HEADER_BYTES = 32
_SEGMENT_BYTES = 16_344
_MOST_IN_A_LIST = 507
_NOTHING = 0xFFFF_FFFF
_LARGEST = 0x7FFF_0000
_LATIN, _LINK, _ROOT = 0x20, 0x10, 0x0C
_SINCE_1601 = datetime(1601, 1, 1, tzinfo=UTC)

#: D:(A;CI;KA;;;BA)(A;CI;KA;;;SY)(A;CI;KR;;;BU), owned by Administrators.
_ADMINISTRATORS, _SYSTEM, _USERS = (
    bytes.fromhex(text)
    for text in (
        "01020000000000052000000020020000",
        "010100000000000512000000",
        "01020000000000052000000021020000",
    )
)


def write_hive(root: KeyImage, *, name: str = "") -> bytes:
    r"""Return a hive that holds a key and what is below it; `read_hive` gives the same back.

    Args:
        root: the key. Its name becomes that of the hive's root, which Windows does not look at.
        name: the path that the hive remembers it was loaded from, for example `\SystemRoot\System32\Config\SOFTWARE`;
            its last 31 characters are kept.

    Raises:
        UsageError: if the keys take more than 2 GB.
    """
    writer = _Writer()
    # The root is the first cell of the first bin: there are readers that look for it there.
    root_offset = writer.key(root, _NOTHING, is_root=True)
    security = writer.security()
    waiting = [(root, root_offset)]
    for key, offset in waiting:  # grows while it is walked: no recursion, keys are up to 512 levels deep
        writer.fill(offset, key, security)
        below = sorted((item for item in key.keys.items() if not item[1].is_volatile), key=_in_order)
        offsets = [writer.key(held, offset) for _, held in below]
        writer.link_keys(offset, [(folded, where) for (folded, _), where in zip(below, offsets, strict=True)])
        waiting += zip((held for _, held in below), offsets, strict=True)
    writer.count_security(security, len(waiting))
    return _header(root_offset, len(writer.bins), root.modified, name) + writer.whole(root.modified)


class _Writer:
    """Cells put into bins, one after the other.

    Attributes:
        bins: all bins so far.
    """

    def __init__(self) -> None:
        self.bins = bytearray()
        self._at = 0

    def whole(self, modified: datetime) -> bytes:
        """Return all bins; the first one says when they were written."""
        self._close_bin()
        struct.pack_into("<Q", self.bins, 20, _filetime(modified))
        return bytes(self.bins)

    def cell(self, content: bytes) -> int:
        """Put a cell where there is room, and return its offset."""
        size = (len(content) + 4 + 7) & ~7
        if self._at + size > len(self.bins):
            self._close_bin()
            self._open_bin(size)
        offset = self._at
        struct.pack_into("<i", self.bins, offset, -size)
        self.bins[offset + 4 : offset + 4 + len(content)] = content
        self._at += size
        return offset

    def security(self) -> int:
        """Put the access list of all keys."""
        descriptor = _descriptor()
        offset = self.cell(struct.pack("<2sHIIII", b"sk", 0, 0, 0, 0, len(descriptor)) + descriptor)
        struct.pack_into("<II", self.bins, offset + 8, offset, offset)  # a ring of one
        return offset

    def count_security(self, offset: int, keys: int) -> None:
        """Say how many keys have the access list."""
        struct.pack_into("<I", self.bins, offset + 16, keys)

    def key(self, key: KeyImage, above: int, *, is_root: bool = False) -> int:
        """Put a key, with nothing in it yet."""
        name, is_latin = _encoded(key.name)
        flags = (_ROOT if is_root else 0) | (_LATIN if is_latin else 0) | (_LINK if key.is_link else 0)
        head = struct.pack("<2sHQII", b"nk", flags, _filetime(key.modified), 0, above)
        lists = struct.pack("<IIIIII", 0, 0, _NOTHING, _NOTHING, 0, _NOTHING)
        limits = struct.pack("<IIIIIII", 0, _NOTHING, 0, 0, 0, 0, 0)
        return self.cell(head + lists + limits + struct.pack("<HH", len(name), 0) + name)

    def fill(self, offset: int, key: KeyImage, security: int) -> None:
        """Give a key its values and its access list."""
        values = [(name, value.type, bytes_of_value(value)) for name, value in key.values.values()]
        struct.pack_into("<I", self.bins, offset + 4 + 44, security)
        if values:
            offsets = [self._value(name, type_, data) for name, type_, data in values]
            listed = self.cell(struct.pack(f"<{len(values)}I", *offsets))
            struct.pack_into("<II", self.bins, offset + 4 + 36, len(values), listed)
            longest = max(2 * len(name) for name, _, _ in values), max(len(data) for _, _, data in values)
            struct.pack_into("<II", self.bins, offset + 4 + 60, *longest)

    def link_keys(self, offset: int, below: Sequence[tuple[str, int]]) -> None:
        """Say which keys are below one: their folded names, sorted, and where they are."""
        if not below:
            return
        leaves = [self._leaf(below[at : at + _MOST_IN_A_LIST]) for at in range(0, len(below), _MOST_IN_A_LIST)]
        top = (
            leaves[0]
            if len(leaves) == 1
            else self.cell(struct.pack(f"<2sH{len(leaves)}I", b"ri", len(leaves), *leaves))
        )
        struct.pack_into("<II", self.bins, offset + 4 + 20, len(below), 0)
        struct.pack_into("<I", self.bins, offset + 4 + 28, top)
        struct.pack_into("<I", self.bins, offset + 4 + 52, max(len(name) * 2 for name, _ in below))

    def _leaf(self, below: Sequence[tuple[str, int]]) -> int:
        entries = (number for name, offset in below for number in (offset, _hash(name)))
        return self.cell(struct.pack(f"<2sH{2 * len(below)}I", b"lh", len(below), *entries))

    def _value(self, name: str, type_: int, data: bytes) -> int:
        encoded, is_latin = _encoded(name)
        if len(data) <= 4:  # noqa: PLR2004 - so many find room where the offset would be
            length, where = len(data) | 0x8000_0000, int.from_bytes(data.ljust(4, b"\0"), "little")
        else:
            length, where = len(data), self._data(data)
        head = struct.pack("<2sHIIIHH", b"vk", len(encoded), length, where, type_, int(is_latin), 0)
        return self.cell(head + encoded)

    def _data(self, data: bytes) -> int:
        if len(data) <= _SEGMENT_BYTES:
            return self.cell(data)
        segments = [self.cell(data[at : at + _SEGMENT_BYTES]) for at in range(0, len(data), _SEGMENT_BYTES)]
        offsets = self.cell(struct.pack(f"<{len(segments)}I", *segments))
        return self.cell(struct.pack("<2sHI", b"db", len(segments), offsets))

    def _open_bin(self, size: int) -> None:
        at = len(self.bins)
        length = (size + _BIN_HEADER_BYTES + _PAGE - 1) // _PAGE * _PAGE
        if at + length > _LARGEST:
            raise UsageError("the keys take more than 2 GB, which no hive holds - save a smaller part")
        self.bins += struct.pack("<4sII", b"hbin", at, length).ljust(length, b"\0")
        self._at = at + _BIN_HEADER_BYTES

    def _close_bin(self) -> None:
        """Say that the rest of the last bin is free."""
        if self._at < len(self.bins):
            struct.pack_into("<i", self.bins, self._at, len(self.bins) - self._at)


def _header(root: int, size: int, modified: datetime, name: str) -> bytes:
    remembered = name[-31:].encode("utf-16-le", "surrogatepass")
    header = struct.pack("<4sIIQIIIIIII", b"regf", 1, 1, _filetime(modified), 1, 5, 0, 1, root, size, 1)
    header = (header + remembered).ljust(508, b"\0")
    return (header + struct.pack("<I", header_checksum(header))).ljust(_PAGE, b"\0")


def _descriptor() -> bytes:
    everything, reading, inherited = 0xF003F, 0x20019, 2
    entries = b"".join(
        struct.pack("<BBHI", 0, inherited, 8 + len(sid), rights) + sid
        for sid, rights in ((_ADMINISTRATORS, everything), (_SYSTEM, everything), (_USERS, reading))
    )
    access = struct.pack("<BBHHH", 2, 0, 8 + len(entries), 3, 0) + entries
    owner, group = 20 + len(access), 20 + len(access) + len(_ADMINISTRATORS)
    return struct.pack("<BBHIIII", 1, 0, 0x8004, owner, group, 0, 20) + access + _ADMINISTRATORS + _SYSTEM


def _encoded(name: str) -> tuple[bytes, bool]:
    """Return a name's bytes, and whether they are one a character."""
    try:
        return name.encode("latin-1"), True
    except UnicodeEncodeError:
        return name.encode("utf-16-le", "surrogatepass"), False


def _in_order(item: tuple[str, KeyImage]) -> bytes:
    """Return what keys are sorted by: the UTF-16 units of their folded names."""
    return item[0].encode("utf-16-be", "surrogatepass")


def _hash(folded_name: str) -> int:
    """Return what a list says of a name, so that few have to be compared."""
    hashed = 0
    for unit in struct.iter_unpack("<H", folded_name.encode("utf-16-le", "surrogatepass")):
        hashed = (hashed * 37 + unit[0]) & 0xFFFF_FFFF
    return hashed


def _filetime(moment: datetime) -> int:
    return (moment - _SINCE_1601) // timedelta(microseconds=1) * 10
