"""Cabinet files, read piece by piece: stored, MSZIP and LZX folders, and folders that span several cabinets.

Source: MS-CAB ("Cabinet File Format") and MS-MCI ("Microsoft ZIP Compression"). LZX is left to the decoder that
comes with pymsi.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from harness.errors import FormatError, NotEmulated
from harness.formats.msidatabase import part_of_pymsi

__all__ = ["CabinetFile", "read_cabinet", "is_continuation"]

_HEADER: Final = struct.Struct("<4s4xI4xI4xBBHHHHH")
_FOLDER: Final = struct.Struct("<IHH")
_FILE: Final = struct.Struct("<IIHHHH")
_BLOCK: Final = struct.Struct("<IHH")
_HAS_PREVIOUS, _HAS_NEXT, _HAS_RESERVE = 1, 2, 4
_FROM_PREVIOUS, _TO_NEXT, _FROM_PREVIOUS_TO_NEXT = 0xFFFD, 0xFFFE, 0xFFFF
_NAME_IS_UTF8 = 0x80
#: A block holds at most this many bytes once it is unpacked, which keeps bombs small.
_BLOCK_SIZE = 32_768
_STORED, _MSZIP, _QUANTUM, _LZX = range(4)

#: Opens the next cabinet of a set by the name that the one before gives; None when it is not there.
OpenNext = Callable[[str], BinaryIO | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetFile:
    """One file: its name, its unpacked size, and where it begins in its unpacked folder, in bytes."""

    name: str
    size_bytes: int
    offset: int


@dataclass(slots=True)
class _Segment:
    """The blocks that one cabinet holds of a folder."""

    cabinet: _Cabinet
    offset: int
    blocks: int


@dataclass(slots=True)
class _Folder:
    method: int
    segments: list[_Segment] = field(default_factory=list)
    files: list[CabinetFile] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Cabinet:
    """One cabinet's directory."""

    stream: BinaryIO
    folders: list[tuple[int, int, int]]
    files: list[tuple[int, CabinetFile]]
    has_previous: bool
    next_name: str
    block_reserve: int


def read_cabinet(
    stream: BinaryIO, source: str, open_next: OpenNext = lambda _: None
) -> Iterator[tuple[CabinetFile, Iterator[bytes]]]:
    """Return the files of a cabinet, and of those that continue it, each with its content in pieces.

    The contents must be taken in order; what is left of one is skipped when the next file is asked for.

    Args:
        stream: the first cabinet of the set, seekable.
        source: its name for messages.
        open_next: opens the cabinets that follow.

    Raises:
        FormatError: if a cabinet is broken or one of the set is missing.
        NotEmulated: if it is packed with Quantum, which no tool has written for decades.
    """
    for folder in _folders(_cabinets(stream, source, open_next), source):
        data = _Unpacked(_unpack(folder, source), source)
        for file in sorted(folder.files, key=lambda one: one.offset):
            data.skip_to(file.offset, file.name)
            yield file, data.take(file.size_bytes, file.name)


def is_continuation(stream: BinaryIO, source: str) -> bool:
    """Return whether a cabinet continues another, so that it is read along with that one.

    Raises:
        FormatError: if the cabinet is broken.
    """
    return _read_directory(stream, source).has_previous


def _cabinets(stream: BinaryIO, source: str, open_next: OpenNext) -> list[_Cabinet]:
    found = [_read_directory(stream, source)]
    seen: set[str] = set()
    while name := found[-1].next_name:
        if name.lower() in seen:
            raise FormatError(source, f"cabinet '{name}' continues itself")
        seen.add(name.lower())
        following = open_next(name)
        if following is None:
            raise FormatError(source, f"the next cabinet of the set, '{name}', is missing")
        found.append(_read_directory(following, name))
    return found


def _folders(cabinets: list[_Cabinet], source: str) -> list[_Folder]:
    """Join what the cabinets hold of the same folder; a file is listed by the cabinet it begins in."""
    joined: list[_Folder] = []
    for cabinet in cabinets:
        continues = any(index in (_FROM_PREVIOUS, _FROM_PREVIOUS_TO_NEXT) for index, _ in cabinet.files)
        own: list[_Folder] = []
        for number, (offset, blocks, method) in enumerate(cabinet.folders):
            continued = joined[-1] if joined and continues and number == 0 else None
            folder = continued or _Folder(method)
            folder.segments.append(_Segment(cabinet, offset, blocks))
            own.append(folder)
            if continued is None:
                joined.append(folder)
        for index, file in cabinet.files:
            if index in (_FROM_PREVIOUS, _FROM_PREVIOUS_TO_NEXT):
                continue
            number = len(own) - 1 if index == _TO_NEXT else index
            if not 0 <= number < len(own):
                raise FormatError(source, f"file '{file.name}' is in folder {index}, but there are {len(own)}")
            own[number].files.append(file)
    return joined


def _read_directory(stream: BinaryIO, source: str) -> _Cabinet:
    try:
        stream.seek(0)
        signature, _, files_at, _, major, folders, files, flags, _, _ = _HEADER.unpack(_exactly(stream, _HEADER.size))
        if signature != b"MSCF" or major != 1:
            raise FormatError(source, "is not a cabinet of version 1")
        header_reserve, folder_reserve, block_reserve = (
            struct.unpack("<HBB", _exactly(stream, 4)) if flags & _HAS_RESERVE else (0, 0, 0)
        )
        _exactly(stream, header_reserve)
        if flags & _HAS_PREVIOUS:
            _text(stream), _text(stream)
        next_name = ""
        if flags & _HAS_NEXT:
            next_name, _ = _text(stream).decode("latin-1"), _text(stream)
        folder_rows = []
        for _ in range(folders):
            folder_rows.append(_FOLDER.unpack(_exactly(stream, _FOLDER.size)))
            _exactly(stream, folder_reserve)
        stream.seek(files_at)
        return _Cabinet(
            stream=stream,
            folders=folder_rows,
            files=[_read_file(stream) for _ in range(files)],
            has_previous=bool(flags & _HAS_PREVIOUS),
            next_name=next_name,
            block_reserve=block_reserve,
        )
    except EOFError:
        raise FormatError(source, "ends within the cabinet's directory") from None


def _read_file(stream: BinaryIO) -> tuple[int, CabinetFile]:
    size, offset, folder, _date, _time, attributes = _FILE.unpack(_exactly(stream, _FILE.size))
    name = _text(stream).decode("utf-8" if attributes & _NAME_IS_UTF8 else "latin-1", "replace")
    return folder, CabinetFile(name=name, size_bytes=size, offset=offset)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def _text(stream: BinaryIO, limit: int = 256) -> bytes:
    text = bytearray()
    while (byte := _exactly(stream, 1)) != b"\0":
        text += byte
        if len(text) > limit:
            raise EOFError
    return bytes(text)


def _blocks(folder: _Folder, source: str) -> Iterator[tuple[bytes, int]]:
    """Return the packed blocks with their unpacked sizes; one that spans two cabinets comes as a whole."""
    carried = b""
    for segment in folder.segments:
        at = segment.offset
        for _ in range(segment.blocks):
            stream = segment.cabinet.stream
            stream.seek(at)
            try:
                checksum, packed, unpacked = _BLOCK.unpack(_exactly(stream, _BLOCK.size))
                reserve = _exactly(stream, segment.cabinet.block_reserve)
                data = _exactly(stream, packed)
            except EOFError:
                raise FormatError(source, f"ends within the block at byte {at:,}") from None
            if checksum and checksum != _checksum(struct.pack("<HH", packed, unpacked) + reserve, _checksum(data)):
                raise FormatError(source, f"the checksum of the block at byte {at:,} is wrong")
            at += _BLOCK.size + len(reserve) + packed
            carried += data
            if unpacked:
                yield carried, unpacked
                carried = b""


def _checksum(data: bytes, seed: int = 0) -> int:
    """Return the exclusive or of the 32-bit words; folding a big number in halves is what Python does fastest."""
    words = len(data) // 4
    rest = int.from_bytes(data[words * 4 :], "big")
    value = int.from_bytes(data[: words * 4], "little")
    while words > 1:
        words = (words + 1) // 2
        value = (value >> (32 * words)) ^ (value & ((1 << (32 * words)) - 1))
    return value ^ rest ^ seed


def _unpack(folder: _Folder, source: str) -> Iterator[bytes]:
    method = folder.method & 0xF
    blocks = _blocks(folder, source)
    if method == _STORED:
        return (data for data, _ in blocks)
    if method == _MSZIP:
        return _unpack_mszip(blocks, source)
    if method == _LZX:
        return _unpack_lzx(blocks, folder.method >> 8, source)
    if method == _QUANTUM:
        raise NotEmulated("Quantum compression of cabinets", where=source, hint="pack the cabinet with MSZIP or LZX")
    raise FormatError(source, f"compression method {method} is unknown")


def _unpack_mszip(blocks: Iterator[tuple[bytes, int]], source: str) -> Iterator[bytes]:
    """Unpack MSZIP: every block is a deflate stream that may refer to the 32 KB before it (MS-MCI)."""
    history = b""
    for data, size in blocks:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS, history)
        try:
            plain = inflate.decompress(data[2:], _BLOCK_SIZE + 1)
        except zlib.error as error:
            raise FormatError(source, f"a block does not unpack: {error}") from None
        if data[:2] != b"CK" or len(plain) != size or len(plain) > _BLOCK_SIZE:
            raise FormatError(source, f"a block unpacks to {len(plain):,} bytes, expected {size:,}")
        history = (history + plain)[-_BLOCK_SIZE:]
        yield plain


def _unpack_lzx(blocks: Iterator[tuple[bytes, int]], window_bits: int, source: str) -> Iterator[bytes]:
    decoder_type = part_of_pymsi("thirdparty.refinery.lzx").LzxDecoder
    try:
        decoder = decoder_type(wim_mode=False)
        decoder.set_params_and_alloc(window_bits & 0x1F)
        for data, size in blocks:
            plain = bytes(decoder.decompress(memoryview(data), size))
            decoder.keep_history = True
            yield plain
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001 - a decoder of untrusted bytes raises whatever it trips over
        raise FormatError(source, f"a block does not unpack: {str(error) or type(error).__name__}") from None


class _Unpacked:
    """A folder's unpacked data as a stream that only goes forward."""

    def __init__(self, pieces: Iterator[bytes], source: str) -> None:
        self._pieces, self._source = pieces, source
        self._piece = b""
        self._at = 0

    def skip_to(self, offset: int, name: str) -> None:
        if offset < self._at:
            raise FormatError(self._source, f"file '{name}' overlaps the one before it")
        for _ in self.take(offset - self._at, name):
            pass

    def take(self, size: int, name: str) -> Iterator[bytes]:
        """Return that many bytes in pieces."""
        end = self._at + size
        while self._at < end:
            if not self._piece:
                self._piece = next(self._pieces, b"")
                if not self._piece:
                    raise FormatError(self._source, f"ends within file '{name}'")
            piece = self._piece[: end - self._at]
            self._piece = self._piece[len(piece) :]
            self._at += len(piece)
            yield piece
