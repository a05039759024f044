"""Compound files (MS-CFB, version 3), the container of MSIs."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def build_compound(streams: Mapping[str, bytes]) -> bytes:
    """Write streams as a compound file of version 3."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    fat: list[int] = []
    sectors: list[bytes] = []
    mini_fat: list[int] = []
    mini = b""
    entries = []
    for name in names:
        data = streams[name]
        if not data:
            entries.append((name, _END, 0))
        elif len(data) < _CUTOFF:
            start = len(mini) // _MINI
            count = -(-len(data) // _MINI)
            mini += data.ljust(count * _MINI, b"\0")
            mini_fat += [*range(start + 1, start + count), _END]
            entries.append((name, start, len(data)))
        else:
            entries.append((name, _store(data, sectors, fat), len(data)))
    mini_start = _store(mini, sectors, fat) if mini else _END
    mini_fat_bytes = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_start = _store(mini_fat_bytes, sectors, fat, b"\xff") if mini_fat else _END
    directory = _directory(entries, mini_start, len(mini))
    directory_start = _store(directory, sectors, fat)
    count = 1
    while count * _SECTOR // 4 < len(fat) + count:
        count += 1
    fat_places = list(range(len(sectors), len(sectors) + count))
    fat += [_FAT] * count
    fat += [_FREE] * (count * _SECTOR // 4 - len(fat))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        bytes(16),
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        count,
        directory_start,
        0,
        _CUTOFF,
        mini_fat_start,
        -(-len(mini_fat_bytes) // _SECTOR),
        _END,
        0,
        *fat_places[:1],
    )
    assert count <= 109, "a test needs no file this large"
    rest = [*fat_places[1:], *[_FREE] * (109 - count)]
    header += struct.pack(f"<{len(rest)}I", *rest)
    return header + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat)


def _store(data: bytes, sectors: list[bytes], fat: list[int], filler: bytes = b"\0") -> int:
    start = len(sectors)
    count = -(-len(data) // _SECTOR)
    padded = data.ljust(count * _SECTOR, filler)
    sectors += [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
    fat += [*range(start + 1, start + count), _END]
    return start


def _directory(entries: list[tuple[str, int, int]], mini_start: int, mini_size: int) -> bytes:
    """Write the directory; the entries, which are sorted, become a balanced tree."""
    links: dict[int, tuple[int, int]] = {}

    def tree(low: int, high: int) -> int:
        if low >= high:
            return _FREE
        middle = (low + high) // 2
        links[middle] = (tree(low, middle), tree(middle + 1, high))
        return middle + 1

    root = tree(0, len(entries))
    class_id = bytes.fromhex("84100c0000000000c000000000000046")
    out = _entry("Root Entry", 5, (_FREE, _FREE, root), class_id, start=mini_start, size=mini_size)
    for index, (name, start, size) in enumerate(entries):
        out += _entry(name, 2, (*links[index], _FREE), bytes(16), start=start, size=size)
    return out


def _entry(name: str, kind: int, links: tuple[int, int, int], class_id: bytes, *, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBB3I16sIQQIQ", text, len(text), kind, 1, *links, class_id, 0, 0, 0, start, size)
