"""Zip files that lie or are damaged: each field has a sentence of its own, and nothing is cut to fit."""

import io
import struct
import zipfile
import zlib

import pytest

from harness.errors import FormatError
from harness.formats.zipdata import open_entry
from harness.formats.zipdirectory import read_directory
from harness.formats.zipformat import Method
from harness.formats.zipwriter import ZipWriter


def read_all(data: bytes, max_entries: int = 100) -> dict[str, bytes]:
    """Read every entry of a zip file."""
    stream = io.BytesIO(data)
    return {
        entry.name: open_entry(stream, entry, source="a.zip").read()
        for entry in read_directory(stream, source="a.zip", max_entries=max_entries)
    }


def failure(data: bytes | bytearray, **limits: int) -> str:
    """Return why a zip file cannot be read."""
    with pytest.raises(FormatError) as caught:
        read_all(bytes(data), **limits)
    return str(caught.value)


def deflated(data: bytes) -> bytes:
    """Compress without a header, as zip files do."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    return deflater.compress(data) + deflater.flush()


def one_entry(data: bytes, body: bytes | None = None, *, size: int | None = None, method: int = 8) -> bytearray:
    """Return a zip file of one entry, whose parts need not fit."""
    body = deflated(data) if body is None else body
    fields = (0, method, 0, 33, zlib.crc32(data), len(body), len(data) if size is None else size, 1, 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields) + b"a" + body
    record = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *fields, 0, 0, 0, 0, 0) + b"a"
    return bytearray(local + record + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(record), len(local), 0))


def test_the_hand_made_zip_is_good():
    """What the tests of damage start from is read, here and by `zipfile`."""
    assert read_all(bytes(one_entry(b"hello"))) == {"a": b"hello"}
    assert zipfile.ZipFile(io.BytesIO(one_entry(b"hello"))).read("a") == b"hello"


ZEROS = bytes(100_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (one_entry(b"hello", size=4), "a.zip: a: holds more than the 4 bytes it declares"),
        (one_entry(b"hello", size=6), "a.zip: a: holds 5 bytes, but declares 6"),
        (one_entry(ZEROS, size=4), "a.zip: a: holds more than the 4 bytes it declares"),
        (one_entry(b"hello", deflated(b"hellO")), "a.zip: a: its data is damaged: CRC "),
        (one_entry(b"hello", b"\xff" * 9), "a.zip: a: its compressed data is damaged (Error -3"),
        (one_entry(b"hello", deflated(b"hello") + b"x"), "a.zip: a: has stray bytes behind its compressed data"),
        (one_entry(ZEROS, deflated(ZEROS)[:-9]), "a.zip: a: its compressed data ends too early"),
        (one_entry(b"hello", b""), "a.zip: a: its compressed data ends too early"),
        (one_entry(b"", b""), "a.zip: a: its compressed data ends too early"),
        (one_entry(b"hello", b"hellO", method=0), "a.zip: a: its data is damaged: CRC "),
        (one_entry(b"hello", b"hello", size=4, method=0), "a.zip: a: is stored in 5 bytes but declares 4"),
        (one_entry(b"hello", method=9), "a.zip: a: is compressed with method 9 (Deflate64), expected 0 (stored) or 8"),
        (one_entry(b"hello", method=77), "a.zip: a: is compressed with method 77 (unknown), expected"),
    ],
)
def test_data_that_is_not_as_declared_is_refused(data, message):
    """Too long, too short, damaged, or in an unknown way compressed: the entry is named, nothing is cut to fit."""
    assert failure(data).startswith(message)


@pytest.mark.parametrize("cut", [4, 5, 100_000])
def test_reading_in_pieces_notices_the_same(cut):
    """A size that lies is found whatever the size of the pieces that are read."""
    archive = io.BytesIO(one_entry(ZEROS, size=99_999))
    [entry] = read_directory(archive, source="a.zip", max_entries=1)

    stream = open_entry(archive, entry, source="a.zip")
    with pytest.raises(FormatError, match="holds more than"):
        list(iter(lambda: stream.read(cut), b""))


def changed(at: int, value: bytes) -> bytes:
    """Return the good zip file with some bytes replaced."""
    data = bytes(one_entry(b"hello"))
    return data[:at] + value + data[at + len(value) :]


RECORD = bytes(one_entry(b"hello")).index(b"PK\1\2")
END = bytes(one_entry(b"hello")).index(b"PK\5\6")
DISAGREE = "a.zip: a: its local header and the zip file's directory do not agree"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(30, b"b"), DISAGREE),
        (changed(0, b"XX"), DISAGREE),
        (changed(8, b"\0"), DISAGREE),
        (changed(6, b"\1"), DISAGREE),
        (changed(RECORD + 8, b"\1"), "a.zip: a: is encrypted with a zip password, which packages never are"),
        (changed(RECORD, b"XX"), "a.zip: entry 1: its directory record is damaged"),
        (changed(RECORD + 28, b"\xff"), "a.zip: entry 1: its directory record is cut off"),
        (changed(RECORD + 20, b"\xff\xff"), "a.zip: a: its data would lie outside the file - it is cut off or damaged"),
        (changed(RECORD + 24, b"\xff" * 4), "a.zip: entry 1: its sizes are said to be in a zip64 field, which is"),
        (changed(END + 10, b"\2"), "a.zip: the directory does not hold the 2 entries it announces"),
        (changed(END + 10, b"\0"), "a.zip: the directory does not hold the 0 entries it announces"),
        (changed(END + 4, b"\1"), "a.zip: is one part of a zip file in several parts - join the parts first"),
        (changed(END + 16, b"\xff"), "a.zip: its directory points outside the file"),
        (changed(END + 16, b"\xff\xff\xff\xff"), "a.zip: its directory points outside the file"),
        (changed(END + 20, b"\1"), "a.zip: begins like a zip file but its end is missing"),
        (bytes(one_entry(b"hello")) + b"PK\5\6", "a.zip: begins like a zip file but its end is missing"),
        (b"PK\5\6" + b"\xff" * 16 + b"\0\0", "a.zip: is one part of a zip file in several parts"),
        (b"PK\5\6" + b"\0" * 8 + b"\xff" * 8 + b"\0\0", "a.zip: its directory points outside the file"),
    ],
)
def test_a_directory_that_contradicts_itself_is_refused(data, message):
    """Each field that can lie has a sentence of its own."""
    assert failure(data).startswith(message)


def test_a_name_that_is_not_utf8_is_refused_with_the_others_read():
    """A name marked UTF-8 must be; the entry is given by its number, and the others are checked as well."""
    out = io.BytesIO()
    writer = ZipWriter(out)
    for name in ("é1", "é2", "ok"):
        writer.add(name, io.BytesIO(), size_bytes=0, method=Method.STORED)
    writer.finish()

    assert failure(out.getvalue().replace("é".encode(), b"\xff\xff")).splitlines() == [
        rf"a.zip: entry {number}: its name is marked as UTF-8 but is not: b'\xff\xff{number}'" for number in (1, 2)
    ]


def test_entries_that_share_bytes_are_refused():
    """A bomb of overlapping entries, each inflating the same bytes, is refused before any is read."""
    good = bytes(one_entry(b"hello"))
    record = good[RECORD:END]
    twice = good[:RECORD] + record * 2
    bomb = twice + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(record) * 2, RECORD, 0)

    assert failure(bomb) == "a.zip: a: overlaps the data of 'a'"


def test_a_huge_directory_is_refused_unread():
    """A directory is held in memory, so it has a limit of its own."""

    class Sparse(io.BytesIO):
        """300 MB of zeros in front of a record."""

        def seek(self, offset, whence=0):
            return super().seek(max(offset - 300_000_000, 0) if whence == 0 else offset, whence) + 300_000_000

    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 200_000_000, 0, 0)

    with pytest.raises(FormatError, match="its directory has 200,000,000 bytes, more than the"):
        read_directory(Sparse(end), source="a.zip", max_entries=10)


ZIP64 = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 1, 1, END - RECORD, RECORD)


def zip64(record: bytes = ZIP64, *, record_at: int = END, signature: bytes = b"PK\6\7") -> bytes:
    """Return the good zip file with 64-bit records."""
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    good = bytes(one_entry(b"hello"))
    return good[:END] + record + struct.pack("<4sLQL", signature, 0, record_at, 1) + end


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zip64(record_at=END + 1), "a.zip: its zip64 end record is not where it should be - the file is damaged"),
        (zip64(record_at=1 << 60), "a.zip: its zip64 end record is not where it should be - the file is damaged"),
        (zip64(b""), "a.zip: its zip64 end record is not where it should be - the file is damaged"),
        (zip64(signature=b"XXXX"), "a.zip: holds 65,535 entries, more than the 100 that are taken"),
        (zip64(ZIP64[:-1] + b"\x7f"), "a.zip: its directory points outside the file"),
    ],
)
def test_zip64_records_that_lie_are_refused(data, message):
    """64-bit records that are missing, misplaced or point far away are refused."""
    assert read_all(zip64()) == {"a": b"hello"}
    with pytest.raises(FormatError) as caught:
        read_all(data)
    assert str(caught.value).startswith(message) or "points outside" in str(caught.value)


@pytest.mark.parametrize(
    ("extra", "is_good"),
    [
        (b"\1\0\x10\0" + struct.pack("<2Q", 5, 7), True),
        (b"\x99\x99\1\0x" + b"\1\0\x10\0" + struct.pack("<2Q", 5, 7), True),
        (b"\1\0\x08\0" + struct.pack("<Q", 5), False),
        (b"\1\0\xff\0", False),
        (b"\1", False),
    ],
)
def test_zip64_sizes_are_found_among_extra_fields(extra, is_good):
    """64-bit sizes are read wherever they stand; sizes that are missing there are an error."""
    data = bytes(one_entry(b"hello"))
    assert deflated(b"hello") == data[31:RECORD]
    record = bytearray(data[RECORD:END])
    record[20:28] = b"\xff" * 8
    record[30] = len(extra)
    record += extra
    whole = data[:RECORD] + record + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(record), RECORD, 0)

    if is_good:
        assert read_all(whole) == {"a": b"hello"}
    else:
        assert "its sizes are said to be in a zip64 field" in failure(whole)


def test_a_file_that_shrinks_while_it_is_read_is_noticed(make_zip):
    """Data that is gone meanwhile is an error, not an empty file."""
    archive = io.BytesIO(make_zip({"a": b"x" * 100}, zipfile.ZIP_STORED))
    [entry] = read_directory(archive, source="a.zip", max_entries=1)
    stream = open_entry(archive, entry, source="a.zip")
    archive.truncate(50)

    with pytest.raises(FormatError, match="a: is cut off"):
        stream.read()
