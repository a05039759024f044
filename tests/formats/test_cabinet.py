"""Cabinet files."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, NotEmulated
from harness.formats.cabinet import is_continuation, read_cabinet
from tests.emulator.msi.cabinets import assemble_cabinet, build_cabinet, cabinet_block

#: What makecab's LZX (window 15) makes of one byte: an uncompressed LZX block.
LZX_UNCOMPRESSED = struct.pack("<HHIII", 0x3000, 0x0020, 1, 1, 1)


def contents(cabinet: bytes, others: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Read every file of a cabinet and of those that follow it."""

    def open_next(name: str) -> io.BytesIO | None:
        return io.BytesIO(others[name]) if others and name in others else None

    return {file.name: b"".join(pieces) for file, pieces in read_cabinet(io.BytesIO(cabinet), "test.cab", open_next)}


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=20),
        st.binary(max_size=500),
        max_size=5,
    ),
    st.sampled_from([0, 1]),
    st.integers(1, 300),
)
def test_what_was_packed_comes_out(files: dict[str, bytes], method: int, block: int) -> None:
    """Every file has its name and content, stored or compressed, across blocks."""
    assert files == contents(build_cabinet(files, method=method, block=block))


def test_large_file() -> None:
    """A file of many blocks comes in pieces of a block at most."""
    data = bytes(range(256)) * 1000
    ((_, pieces),) = [
        (file, list(pieces)) for file, pieces in read_cabinet(io.BytesIO(build_cabinet({"a": data})), "test.cab")
    ]

    assert data == b"".join(pieces)
    assert 32768 == max(map(len, pieces))


def test_file_may_be_passed_over() -> None:
    """What is left of a content is skipped when the next file is asked for."""
    cabinet = build_cabinet({"a": b"1" * 100_000, "b": b"second"})
    reader = read_cabinet(io.BytesIO(cabinet), "test.cab")
    next(next(reader)[1])
    _, pieces = next(reader)

    assert b"second" == b"".join(pieces)


def test_reserved_fields_are_skipped() -> None:
    """Signed cabinets have reserved bytes in their header."""
    assert {"a": b"x"} == contents(build_cabinet({"a": b"x"}, reserve=b"signature"))


def test_lzx() -> None:
    """LZX is unpacked, across blocks."""
    blocks = cabinet_block(lzx_block(b"hello ", is_first=True), 6) + cabinet_block(lzx_block(b"world!"), 6)
    cabinet = assemble_cabinet(folders=[(2, 3 | 15 << 8, blocks)], files=[("a", 12, 0, 0)])

    assert {"a": b"hello world!"} == contents(cabinet)


def lzx_block(data: bytes, *, is_first: bool = False) -> bytes:
    """Write an uncompressed LZX block of even length; the first one says that calls are not translated."""
    bits = ("0" if is_first else "") + "011" + f"{len(data):024b}"
    bits = bits.ljust(-(-len(bits) // 16) * 16, "0")
    words = b"".join(struct.pack("<H", int(bits[at : at + 16], 2)) for at in range(0, len(bits), 16))
    return words + struct.pack("<III", 1, 1, 1) + data


@pytest.mark.parametrize("packed", [b"", b"\0" * 10, b"\xff" * 40])
def test_broken_lzx(packed: bytes) -> None:
    """What the decoder trips over is a broken cabinet."""
    cabinet = assemble_cabinet(folders=[(1, 3 | 15 << 8, cabinet_block(packed, 20))], files=[("a", 20, 0, 0)])

    with pytest.raises(FormatError, match="does not unpack"):
        contents(cabinet)


def test_broken_block_of_an_lzx_folder() -> None:
    """A cabinet that ends in an LZX block says where."""
    cabinet = assemble_cabinet(
        folders=[(2, 3 | 15 << 8, cabinet_block(lzx_block(b"ab", is_first=True), 2))], files=[("a", 9, 0, 0)]
    )

    with pytest.raises(FormatError, match="ends within the block"):
        contents(cabinet)


def test_lzx_that_is_too_short() -> None:
    """An LZX folder that ends before its file does is broken."""
    block = cabinet_block(lzx_block(b"ab", is_first=True), 2)

    with pytest.raises(FormatError, match="ends within file"):
        contents(assemble_cabinet(folders=[(1, 3 | 15 << 8, block)], files=[("a", 9, 0, 0)]))


def test_quantum_is_named() -> None:
    """The one method that is not modelled says so."""
    with pytest.raises(NotEmulated, match="Quantum"):
        contents(assemble_cabinet(folders=[(0, 2, b"")], files=[("a", 0, 0, 0)]))


def set_of_two(*, first: int = 0xFFFE, second: int = 0xFFFD) -> tuple[bytes, bytes]:
    """Write a set of two cabinets: one file lies across both, one in each, and one block is cut in two."""
    one, across, two = b"1" * 10, b"A" * 30, b"2" * 10
    whole = one + across + two
    head = cabinet_block(whole[:20], 20) + cabinet_block(whole[20:30], 0)
    tail = cabinet_block(whole[30:40], 20) + cabinet_block(whole[40:], 10)
    return (
        assemble_cabinet(
            folders=[(2, 0, head)], files=[("one", 10, 0, 0), ("across", 30, 10, first)], following="two.cab"
        ),
        assemble_cabinet(
            folders=[(2, 0, tail), (1, 0, cabinet_block(b"own", 3))],
            files=[("across", 30, 10, second), ("two", 10, 40, 0), ("own", 3, 0, 1)],
            previous="one.cab",
        ),
    )


def test_set_of_cabinets() -> None:
    """A folder that spans two cabinets is read as one, and what is in the second follows."""
    first, second = set_of_two()

    expected = {"one": b"1" * 10, "across": b"A" * 30, "two": b"2" * 10, "own": b"own"}
    assert expected == contents(first, {"two.cab": second})


def test_continuation_is_told() -> None:
    """A cabinet knows whether it continues another."""
    first, second = set_of_two()

    assert (False, True) == tuple(is_continuation(io.BytesIO(one), "x.cab") for one in (first, second))


def test_second_cabinet_alone() -> None:
    """A continuation on its own gives the files of its own folders only."""
    _, second = set_of_two()

    with pytest.raises(FormatError):
        contents(second)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({}, "'two.cab', is missing"),
        ({"two.cab": set_of_two()[0]}, "continues itself"),
        ({"two.cab": b""}, "ends within"),
    ],
)
def test_broken_sets(others: dict[str, bytes], message: str) -> None:
    """A set must be complete, without circles, and sound."""
    with pytest.raises(FormatError, match=message):
        contents(set_of_two()[0], others)


@pytest.mark.parametrize(
    ("cabinet", "message"),
    [
        (b"", "ends within"),
        (b"MSCF", "ends within"),
        (b"XXXX" + build_cabinet({"a": b"x"})[4:], "not a cabinet"),
        (build_cabinet({"a": b"x"})[:-1], "ends within the block"),
        (build_cabinet({"a": b"x"})[:-1] + b"?", "checksum"),
        (assemble_cabinet(folders=[], files=[("a", 1, 0, 0)]), "is in folder 0, but there are 0"),
        (assemble_cabinet(folders=[(1, 0, cabinet_block(b"x", 1))], files=[("a", 5, 0, 0)]), "ends within file 'a'"),
        (
            assemble_cabinet(folders=[(1, 0, cabinet_block(b"xy", 2))], files=[("a", 2, 0, 0), ("b", 1, 1, 0)]),
            "overlaps",
        ),
        (
            assemble_cabinet(folders=[(1, 1, cabinet_block(b"CK\xff\xff", 2))], files=[("a", 2, 0, 0)]),
            "does not unpack",
        ),
        (
            assemble_cabinet(folders=[(1, 1, cabinet_block(b"XX\x03\x00", 0))], files=[("a", 2, 0, 0)]),
            "ends within file",
        ),
        (assemble_cabinet(folders=[(1, 1, cabinet_block(b"XX\x03\x00", 1))], files=[("a", 2, 0, 0)]), "expected 1"),
        (assemble_cabinet(folders=[(1, 9, cabinet_block(b"x", 1))], files=[("a", 1, 0, 0)]), "method 9 is unknown"),
        (assemble_cabinet(folders=[], files=[("a" * 300, 1, 0, 0)]), "ends within the cabinet's directory"),
    ],
)
def test_broken_cabinets(cabinet: bytes, message: str) -> None:
    """What is wrong with a cabinet is said, with its name."""
    with pytest.raises(FormatError, match=f"test.cab: .*{message}"):
        contents(cabinet)


def test_block_that_unpacks_to_too_much() -> None:
    """A block that would unpack to more than it may is refused; no bomb goes off."""
    import zlib

    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"CK" + deflate.compress(bytes(10_000_000)) + deflate.flush()
    cabinet = assemble_cabinet(folders=[(1, 1, cabinet_block(bomb, 0x8000))], files=[("a", 10, 0, 0)])

    with pytest.raises(FormatError, match="expected 32,768"):
        contents(cabinet)


def test_block_without_a_checksum() -> None:
    """A checksum of zero is none."""
    block = b"\0\0\0\0" + cabinet_block(b"x", 1)[4:]

    assert {"a": b"x"} == contents(assemble_cabinet(folders=[(1, 0, block)], files=[("a", 1, 0, 0)]))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_damage_is_found_or_harmless(data: st.DataObject) -> None:
    """Whatever bytes are changed, reading ends, with contents or with a clear error."""
    cabinet = bytearray(build_cabinet({"a": b"hello" * 10, "b": b"world"}, method=data.draw(st.sampled_from([0, 1]))))
    for _ in range(data.draw(st.integers(1, 4))):
        cabinet[data.draw(st.integers(0, len(cabinet) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FormatError, NotEmulated):
        contents(bytes(cabinet))
