"""Zip files: read as strictly as hostile ones need, and written so that `zipfile` agrees."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, UsageError
from harness.formats import zipwriter
from harness.formats.zipdata import open_entry
from harness.formats.zipdirectory import read_directory
from harness.formats.zipformat import EARLIEST, Method, from_dos_time, to_dos_time
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


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(lambda n: "/" not in n)
trees = st.dictionaries(names, st.binary(max_size=200) | st.integers(0, 9).map(lambda n: bytes(n * 1_000)), max_size=5)


@settings(deadline=None, max_examples=60)
@given(trees, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_what_zipfile_writes_is_read(tree, method):
    """The reader gives what the standard library wrote."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in tree.items():
            archive.writestr(name, data)

    assert tree == read_all(out.getvalue())


@settings(deadline=None, max_examples=60)
@given(trees, st.sampled_from(list(Method)))
def test_what_is_written_zipfile_reads(tree, method):
    """The standard library gives what the writer wrote, and finds no fault."""
    out = io.BytesIO()
    writer = ZipWriter(out)
    for name, data in tree.items():
        writer.add(name, io.BytesIO(data), size_bytes=len(data), method=method)
    writer.finish()

    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert tree == {name: archive.read(name) for name in archive.namelist()}
    assert tree == read_all(out.getvalue())


def test_data_written_to_a_pipe_is_read(make_zip):
    """Packers that cannot go back put sizes behind the data; the directory has them too."""

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"hello")

    assert read_all(out.getvalue()) == {"a.txt": b"hello"}


def test_code_page_437_names_are_read():
    """Names without the UTF-8 mark are in the code page of MS-DOS."""
    out = io.BytesIO()
    writer = ZipWriter(out)
    writer.add("a1.txt", io.BytesIO(), size_bytes=0, method=Method.STORED)
    writer.finish()

    assert list(read_all(out.getvalue().replace(b"a1.txt", b"\x811.txt"))) == ["ü1.txt"]


@pytest.fixture
def everything_is_large(monkeypatch):
    """Make the writer use 64-bit records for small data, which `zipfile` and the reader must then understand."""
    monkeypatch.setattr(zipwriter, "_LARGE", 0)
    monkeypatch.setattr(zipwriter, "_ENTRIES_16_BIT", 1)


@pytest.mark.usefixtures("everything_is_large")
def test_zip64_is_written_and_read():
    """64-bit sizes and counts are written as `zipfile` and the reader expect them."""
    out = io.BytesIO()
    writer = ZipWriter(out)
    for name in ("a", "b"):
        writer.add(name, io.BytesIO(b"hello"), size_bytes=5, method=Method.DEFLATED)
    writer.finish()

    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
    assert read_all(out.getvalue().replace(b"\1\0\1\0", b"\xff\xff\xff\xff")) == {"a": b"hello", "b": b"hello"}


def test_offsets_beyond_4_gb_are_written(monkeypatch):
    """An entry behind 4 GiB gets a 64-bit offset in the directory, which is itself found through one."""

    class Sparse(io.BytesIO):
        """A file whose first 5 GiB are left out."""

        hole = 5 << 30

        def tell(self):
            return super().tell() + self.hole

        def seek(self, offset, whence=0):
            return super().seek(max(offset - self.hole, 0) if whence == 0 else offset, whence) + self.hole

    out = Sparse()
    writer = ZipWriter(out)
    writer.add("a", io.BytesIO(b"hello"), size_bytes=5, method=Method.STORED)
    writer.finish()

    entries = read_directory(out, source="a.zip", max_entries=1)
    assert [entry.offset for entry in entries] == [5 << 30]
    assert open_entry(out, entries[0], source="a.zip").read() == b"hello"


@pytest.mark.slow
def test_more_than_65535_entries_are_written_and_read():
    """The count of entries moves to the 64-bit record when 16 bits do not hold it."""
    out = io.BytesIO()
    writer = ZipWriter(out)
    for number in range(65_536):
        writer.add_folder(str(number))
    writer.finish()

    assert len(read_directory(out, source="a.zip", max_entries=70_000)) == 65_536
    assert len(zipfile.ZipFile(out).namelist()) == 65_536
    assert failure(out.getvalue(), max_entries=65_535) == (
        "a.zip: holds 65,536 entries, more than the 65,535 that are taken"
    )


def test_data_that_is_not_as_long_as_announced_is_refused():
    """A file that grows while it is packed is an error of the caller's, by name."""
    with pytest.raises(UsageError, match="'a' has 5 bytes where 4 were announced - it changed while"):
        ZipWriter(io.BytesIO()).add("a", io.BytesIO(b"hello"), size_bytes=4, method=Method.STORED)


# --- times


@settings(deadline=None, max_examples=60)
@given(st.datetimes(EARLIEST, datetime.fromisoformat("2107-12-31T23:59:59")))
def test_times_survive_in_steps_of_two_seconds(moment):
    """A wall time comes back, without its odd second."""
    assert moment.replace(second=moment.second // 2 * 2, microsecond=0) == from_dos_time(*to_dos_time(moment))


def test_times_out_of_range_are_brought_into_it():
    """Years that the field cannot hold become the nearest it can; no date is no time."""
    assert from_dos_time(*to_dos_time(datetime(1601, 1, 1, tzinfo=UTC))) == EARLIEST
    assert from_dos_time(*to_dos_time(datetime.fromisoformat("9999-12-31"))) == datetime.fromisoformat(
        "2107-12-31T23:59:58"
    )
    assert from_dos_time(0, 0) is None


# --- streams


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("check", [True, False])
def test_entries_are_seekable_streams(make_zip, method, check):
    """One can go forwards and backwards in an entry's data, and read it in pieces, all at once, or not at all."""
    data = bytes(range(256)) * 8_192
    archive = io.BytesIO(make_zip({"a": data}, method))
    [entry] = read_directory(archive, source="a.zip", max_entries=1)
    with open_entry(archive, entry, source="a.zip", check=check) as stream:
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
    archive = io.BytesIO(make_zip({"a": b"a" * 100_000, "b": b"b" * 100_000}))
    first, second = (
        open_entry(archive, entry, source="a.zip") for entry in read_directory(archive, source="a.zip", max_entries=2)
    )

    assert {first.read(10) + second.read(10) for _ in range(10_000)} == {b"a" * 10 + b"b" * 10}


def test_streams_that_give_less_than_asked_are_read(make_zip):
    """A stream may give a few bytes at a time, from which the inflater makes nothing yet."""

    class Dribble(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 30))

    # Bytes of uneven frequency, so that the table that comes first is longer than 30 bytes.
    data = bytes(byte & 0xFF >> byte % 7 for byte in hashlib.shake_128(b"uneven").digest(4_096))
    archive = make_zip({"a": data})
    [entry] = read_directory(io.BytesIO(archive), source="a.zip", max_entries=1)

    assert data == open_entry(Dribble(archive), entry, source="a.zip").read()
