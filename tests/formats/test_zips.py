"""Zip files: read as strictly as hostile ones need, in constant memory, whatever lies or is damaged in them."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError
from harness.formats.zips import open_entry, open_zip


def read_all(data: bytes, max_entries: int = 100) -> dict[str, bytes]:
    """Read every entry of a zip file."""
    archive = open_zip(io.BytesIO(data), source="a.zip", max_entries=max_entries)
    return {entry.orig_filename: open_entry(archive, entry, source="a.zip").read() for entry in archive.infolist()}


def open_only(data: bytes | BinaryIO, *, check: bool = True) -> io.BufferedReader:
    """Open the only entry of a zip file."""
    archive = open_zip(io.BytesIO(data) if isinstance(data, bytes) else data, source="a.zip", max_entries=1)
    return open_entry(archive, archive.infolist()[0], source="a.zip", check=check)


def failure(data: bytes, **limits: int) -> str:
    """Return why a zip file cannot be read."""
    with pytest.raises(FormatError) as caught:
        read_all(data, **limits)
    return str(caught.value)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(lambda n: "/" not in n)
trees = st.dictionaries(names, st.binary(max_size=200) | st.integers(0, 9).map(lambda n: bytes(n * 1_000)), max_size=5)


@settings(deadline=None, max_examples=60)
@given(trees, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_what_zipfile_writes_is_read(tree, method):
    """Names and data come as they were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in tree.items():
            archive.writestr(name, data)

    assert tree == read_all(out.getvalue())


def test_data_written_to_a_pipe_is_read():
    """Packers that cannot go back put sizes behind the data; the directory has them too."""

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"hello")

    assert read_all(out.getvalue()) == {"a.txt": b"hello"}


def test_code_page_437_names_are_read(make_zip):
    """Names without the UTF-8 mark are in the code page of MS-DOS."""
    assert list(read_all(make_zip({"a1.txt": b""}).replace(b"a1.txt", b"\x811.txt"))) == ["ü1.txt"]


# --- streams


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("check", [True, False])
def test_entries_are_seekable_streams(make_zip, method, check):
    """One can go forwards and backwards in an entry's data, and read it in pieces, all at once, or not at all."""
    data = bytes(range(256)) * 8_192
    with open_only(make_zip({"a": data}, method), check=check) as stream:
        assert stream.seekable()
        assert stream.seek(0, io.SEEK_END) == len(data)
        assert stream.read() == b""
        assert stream.seek(1_500_000) == stream.tell() == 1_500_000
        assert stream.read(10) == data[1_500_000:1_500_010]
        assert stream.seek(-1_500_005, io.SEEK_CUR) == 5
        assert stream.read() == data[5:]
        assert stream.seek(0) == 0
        assert b"".join(iter(lambda: stream.read(99_999), b"")) == data


def test_two_entries_can_be_read_in_turns(make_zip):
    """Streams of one zip file do not disturb each other."""
    archive = open_zip(io.BytesIO(make_zip({"a": b"a" * 100_000, "b": b"b" * 100_000})), source="a.zip", max_entries=2)
    first, second = (open_entry(archive, entry, source="a.zip") for entry in archive.infolist())

    assert {first.read(10) + second.read(10) for _ in range(10_000)} == {b"a" * 10 + b"b" * 10}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damage_is_noticed_after_going_back(make_zip, method):
    """Reading a part first and the whole after it compares the CRC all the same, unless that is not wanted."""
    data = bytes(range(256)) * 100
    archive = make_zip({"a": data}, method).replace(struct.pack("<L", zlib.crc32(data)), b"CRC!")

    stream = open_only(archive)
    assert stream.read(20_000) == data[:20_000]
    assert stream.seek(10) == 10
    with pytest.raises(FormatError, match=r"a: cannot be read: Bad CRC-32"):
        stream.read()
    assert open_only(archive, check=False).read() == data


def test_a_file_that_shrinks_while_it_is_read_is_noticed(make_zip):
    """Data that is gone meanwhile is an error, not an empty file."""
    archive = io.BytesIO(make_zip({"a": b"x" * 100}, zipfile.ZIP_STORED))
    stream = open_only(archive)
    archive.truncate(50)

    with pytest.raises(FormatError, match=r"a: is cut off - "):
        stream.read()


# --- data that lies


def deflated(data: bytes) -> bytes:
    """Compress without a header, as zip files do."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    return deflater.compress(data) + deflater.flush()


def one_entry(
    data: bytes, body: bytes | None = None, *, size: int | None = None, method: int = 8, directory: bytes = b""
) -> bytes:
    """Return a zip file of one entry, whose parts need not fit."""
    body = deflated(data) if body is None else body
    fields = (0, method, 0, 33, zlib.crc32(data), len(body), len(data) if size is None else size, 1, 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields) + b"a" + body
    record = directory or struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *fields, 0, 0, 0, 0, 0) + b"a"
    return local + record + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(record), len(local), 0)


GOOD = one_entry(b"hello")
RECORD, END = GOOD.index(b"PK\1\2"), GOOD.index(b"PK\5\6")
ZEROS = bytes(100_000)


def test_the_hand_made_zip_is_good():
    """What the tests of damage start from is read, here and by `zipfile`."""
    assert read_all(GOOD) == {"a": b"hello"}
    assert zipfile.ZipFile(io.BytesIO(GOOD)).read("a") == b"hello"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (one_entry(b"hello", size=4), "cannot be read: holds more than the 4 bytes it declares - it may be damaged"),
        (one_entry(b"hello", size=6), "cannot be read: holds 5 bytes, but declares 6"),
        (one_entry(ZEROS, size=4), "cannot be read: holds more than the 4 bytes it declares"),
        (one_entry(b"hell", deflated(b"hello")), "cannot be read: Bad CRC-32"),
        (one_entry(b"hello", deflated(b"hellO")), "cannot be read: Bad CRC-32"),
        (one_entry(b"hello", b"\xff" * 9), "cannot be read: Error -3 while decompressing data"),
        (one_entry(ZEROS, deflated(ZEROS)[:-9]), "cannot be read: "),
        (one_entry(b"hello", b""), "cannot be read: "),
        (one_entry(b"hello", b"hellO", method=0), "cannot be read: Bad CRC-32"),
        (one_entry(b"hello", b"hello", size=4, method=0), "is stored in 5 bytes but declares 4"),
        (one_entry(b"hello", method=9), "is compressed with method 9 (Deflate64), expected 0 (stored) or 8"),
        (one_entry(b"hello", method=77), "is compressed with method 77 (unknown), expected"),
    ],
)
def test_data_that_is_not_as_declared_is_refused(data, message):
    """Too long, too short, damaged, or in an unknown way compressed: the entry is named, nothing is cut to fit."""
    assert failure(data).startswith(f"a.zip: a: {message}")


@pytest.mark.parametrize("cut", [4, 5, 100_000])
def test_reading_in_pieces_notices_the_same(cut):
    """A size that lies is found whatever the size of the pieces that are read."""
    stream = open_only(one_entry(ZEROS, size=99_999))
    with pytest.raises(FormatError, match="holds more than"):
        list(iter(lambda: stream.read(cut), b""))


@pytest.mark.parametrize("declared", [5, 64 << 20])
def test_a_bomb_inflates_no_further_than_wanted(declared):
    """Data of many times the declared size, and much data of which little is wanted, take little memory."""
    stream = open_only(one_entry(bytes(64 << 20), size=declared))
    tracemalloc.start()
    try:
        if declared == 5:
            with pytest.raises(FormatError, match="holds more than the 5 bytes"):
                stream.read()
        else:
            assert stream.seek(32 << 20) == 32 << 20
            assert stream.read(9) == bytes(9)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


# --- directories that lie


def changed(at: int, value: bytes) -> bytes:
    """Return the good zip file with some bytes replaced."""
    return GOOD[:at] + value + GOOD[at + len(value) :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(30, b"b"), "a: cannot be read: File name in directory 'a' and header b'b' differ"),
        (changed(0, b"XX"), "a: cannot be read: Bad magic number for file header"),
        (changed(RECORD + 8, b"\1"), "a: is encrypted with a zip password, which packages never are"),
        (changed(RECORD + 6, b"\xff"), "cannot be read: zip file version 25.5"),
        (changed(RECORD, b"XX"), "cannot be read: Bad magic number for central directory"),
        (changed(RECORD + 24, b"\xff" * 4), "a: cannot be read: holds 5 bytes, but declares 4,294,967,295"),
        (changed(RECORD + 42, b"\xff\xff"), "a: cannot be read: "),
        (changed(RECORD + 42, b"\xff" * 4), "a: cannot be read: "),
        (changed(END + 12, b"\xff"), "cannot be read: Bad offset for central directory"),
        (changed(END + 16, b"\xff"), "a: cannot be read: "),
        (changed(END + 16, b"\xff\xff\xff\xff"), "a: cannot be read: "),
        (GOOD + b"PK\5\6", "begins like a zip file but its end is missing - it is cut off; copy or download it"),
        (b"PK\5\6" + b"\xff" * 16 + b"\0\0", "cannot be read: Bad offset for central directory"),
        (b"PK\5\6" + b"\0" * 8 + b"\xff" * 8 + b"\0\0", "cannot be read: Bad offset for central directory"),
        (one_entry(b"", directory=b"PK\1\2"), "cannot be read: Truncated central directory"),
    ],
)
def test_a_directory_that_lies_is_refused(data, message):
    """Whatever field does not fit, the file or the entry is named."""
    assert failure(data).startswith(f"a.zip: {message}")


@pytest.mark.parametrize("offset", [1 << 40, 1 << 63, (1 << 64) - 1])
def test_an_entry_that_lies_far_away_is_refused(offset):
    """No file goes that far, and neither do the numbers of every operating system."""
    record = bytearray(GOOD[RECORD:END])
    record[30] = 12
    record[42:46] = b"\xff" * 4

    data = one_entry(b"hello", directory=bytes(record) + struct.pack("<2HQ", 1, 8, offset))
    assert failure(data).startswith("a.zip: a: cannot be read: ")


def test_files_on_disk_are_refused_as_those_in_memory(tmp_path):
    """An offset before the beginning is an error of another kind there, and the same for the user."""
    path = tmp_path / "a.zip"
    path.write_bytes(changed(END + 16, b"\xff"))

    with path.open("rb") as stream, pytest.raises(FormatError, match="a: cannot be read: "):
        open_only(stream)


def test_a_name_that_is_not_utf8_is_refused(make_zip):
    """A name marked UTF-8 must be."""
    assert failure(make_zip({"é1": b""}).replace("é".encode(), b"\xff\xff")).startswith(
        "a.zip: cannot be read: 'utf-8' codec can't decode byte 0xff"
    )


def test_too_many_entries_are_refused(make_zip):
    """A file may hold as many entries as are taken, and no more."""
    data = make_zip({"a": b"", "b": b""})

    assert len(read_all(data, max_entries=2)) == 2
    assert failure(data, max_entries=1) == "a.zip: holds 2 entries, more than the 1 that are taken"


def test_entries_are_counted_before_they_are_read():
    """A directory of very many entries costs no more memory than its own size."""
    bomb = one_entry(b"", directory=b"PK\1\2" * 300_000)

    assert failure(bomb) == "a.zip: holds 300,000 entries, more than the 100 that are taken"
    assert "cannot be read" in failure(bomb, max_entries=300_000)


def test_a_huge_directory_is_refused_unread():
    """A directory is held in memory, so it has a limit of its own."""

    class Sparse(io.BytesIO):
        """300 MB of zeros in front of a record."""

        hole = 300_000_000

        def tell(self):
            return super().tell() + self.hole

        def seek(self, offset, whence=0):
            return super().seek(max(offset - self.hole, 0) if whence == 0 else offset, whence) + self.hole

    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 200_000_000, 0, 0)

    with pytest.raises(FormatError, match="its directory has 200,000,000 bytes, more than the"):
        open_zip(Sparse(end), source="a.zip", max_entries=10)


# --- zip64


ZIP64 = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 1, 1, END - RECORD, RECORD)


def zip64(record: bytes = ZIP64, *, disks: int = 1, signature: bytes = b"PK\6\7") -> bytes:
    """Return the good zip file with 64-bit records."""
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    return GOOD[:END] + record + struct.pack("<4sLQL", signature, 0, END, disks) + end


@pytest.mark.parametrize(
    "data",
    [
        zip64(b""),
        zip64(signature=b"XXXX"),
        zip64(disks=2),
        zip64(ZIP64[:-1] + b"\x7f"),
        zip64(ZIP64[:-9] + b"\x7f" + ZIP64[-8:]),
    ],
    ids=["no record", "no locator", "in several parts", "offset", "size"],
)
def test_zip64_records_that_lie_are_refused(data):
    """64-bit records that are missing or point far away are refused."""
    assert read_all(zip64()) == {"a": b"hello"}
    assert failure(data).startswith("a.zip: ")


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
    record = bytearray(GOOD[RECORD:END])
    record[20:28] = b"\xff" * 8
    record[30] = len(extra)
    whole = one_entry(b"hello", directory=bytes(record + extra))

    if is_good:
        assert read_all(whole) == {"a": b"hello"}
    else:
        assert "cannot be read" in failure(whole)
