"""Cabinets written by hand, sound ones and others (MS-CAB)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence


def build_cabinet(
    files: Mapping[str, bytes], *, method: int = 1, block: int = 32768, flags: int = 0, reserve: bytes = b""
) -> bytes:
    """Write a cabinet with one folder: stored (0) or MSZIP (1)."""
    data = b"".join(files.values())
    blocks = b""
    count = 0
    history = b""
    for at in range(0, len(data), block):
        plain = data[at : at + block]
        packed = _mszip(plain, history) if method == 1 else plain
        history = plain
        blocks += cabinet_block(packed, len(plain))
        count += 1
    return assemble_cabinet(
        folders=[(count, method, blocks)],
        files=[
            (name, len(content), offset, 0)
            for (name, content), offset in zip(files.items(), _offsets(files), strict=True)
        ],
        flags=flags | (4 if reserve else 0),
        reserve=reserve,
    )


def assemble_cabinet(
    *,
    folders: Sequence[tuple[int, int, bytes]],
    files: Sequence[tuple[str, int, int, int]],
    flags: int = 0,
    reserve: bytes = b"",
    previous: str = "",
    following: str = "",
) -> bytes:
    """Write a cabinet from folders (blocks, method, data) and files (name, size, offset, folder)."""
    flags |= (1 if previous else 0) | (2 if following else 0)
    head = struct.pack("<HBB", len(reserve), 0, 0) + reserve if flags & 4 else b""
    for name in (previous, following):
        head += name.encode() + b"\0disk\0" if name else b""
    rows = b"".join(
        struct.pack("<IIHHHH", size, offset, folder, 0x5A21, 0, 0x80) + name.encode() + b"\0"
        for name, size, offset, folder in files
    )
    files_at = 36 + len(head) + 8 * len(folders)
    at = files_at + len(rows)
    folder_rows = b""
    for count, method, data in folders:
        folder_rows += struct.pack("<IHH", at, count, method)
        at += len(data)
    header = struct.pack(
        "<4sIIIIIBBHHHHH", b"MSCF", 0, at, 0, files_at, 0, 3, 1, len(folders), len(files), flags, 4711, 0
    )
    return header + head + folder_rows + rows + b"".join(data for _, _, data in folders)


def cabinet_block(packed: bytes, size: int) -> bytes:
    """Write a data block with its checksum."""
    lengths = struct.pack("<HH", len(packed), size)
    return struct.pack("<I", _checksum(lengths, _checksum(packed, 0))) + lengths + packed


def _mszip(plain: bytes, history: bytes) -> bytes:
    deflate = (
        zlib.compressobj(9, zlib.DEFLATED, -15, zdict=history) if history else zlib.compressobj(9, zlib.DEFLATED, -15)
    )
    return b"CK" + deflate.compress(plain) + deflate.flush()


def _checksum(data: bytes, seed: int) -> int:
    value = seed
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        value ^= word
    return value ^ int.from_bytes(data[whole:], "big")


def _offsets(files: Mapping[str, bytes]) -> list[int]:
    offsets, at = [], 0
    for content in files.values():
        offsets.append(at)
        at += len(content)
    return offsets
