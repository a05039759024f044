"""Packing: the same bytes for the same input, a package that other readers take, and helpful refusals."""

import hashlib
import io
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, UsageError
from harness.formats.applicationinfo import MsiInfo
from harness.formats.contents import Limits, PackageFile, open_contents
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.packing import EARLIEST, pack

TREE = {"setup.exe": b"MZ", "Files\\data.bin": bytes(5_000), "Files\\sub\\ünï.txt": b"x", "Empty": None}


def packed(files, setup_file="setup.exe", **options) -> bytes:
    """Pack in memory, with keys that are always the same."""
    out = io.BytesIO()
    pack(files, setup_file, out, random_bytes=hashlib.shake_128(b"1").digest, spool=io.BytesIO, **options)
    return out.getvalue()


def decrypted(package: bytes) -> io.BytesIO:
    """Return the inner zip of a package."""
    plain = io.BytesIO()
    IntuneWinPackage.open(io.BytesIO(package), source="app.intunewin").decrypt(plain)
    return plain


def unpacked(package: bytes) -> dict[str, bytes | None]:
    """Return all files and listed folders of a package."""
    plain = decrypted(package)
    return {
        file.path: file.open().read() if file.open else None for file in open_contents(plain, source="app.intunewin")
    }


def test_pack_then_unpack_gives_the_same_tree(tree):
    """Files, empty folders and names in any script come back."""
    assert TREE == unpacked(packed(tree(TREE)))


part = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5).filter(
    lambda text: len(text.upper()) == len(text)
)
paths = st.lists(part.map(lambda text: f"_{text}"), min_size=1, max_size=3).map("\\".join)


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(paths, st.binary(max_size=50), max_size=5))
def test_any_tree_comes_back(tree, drawn):
    """Whatever the files, what was packed is what is unpacked."""
    folders = {path.upper() for path in drawn}
    wanted = {"setup.exe": b"MZ"}
    for path, data in drawn.items():
        above = {path.upper()[:at] for at, char in enumerate(path) if char == "\\"}
        if not above & folders and path.upper() not in {key.upper() for key in wanted}:
            wanted[path] = data

    assert wanted == unpacked(packed(tree(wanted)))


def test_the_outer_layout_is_that_of_the_packaging_tool(tree):
    """Two stored entries, read by `zipfile`, and the description of what was packed."""
    with zipfile.ZipFile(io.BytesIO(packed(tree(TREE), msi_info=MsiInfo(product_code="{X}"), name="My app"))) as outer:
        entries = outer.infolist()
        detection = outer.read(entries[1]).decode()

    assert [(entry.filename, entry.compress_type) for entry in entries] == [
        ("IntuneWinPackage/Contents/IntunePackage.intunewin", zipfile.ZIP_STORED),
        ("IntuneWinPackage/Metadata/Detection.xml", zipfile.ZIP_STORED),
    ]
    assert "<Name>My app</Name>" in detection
    assert "<MsiProductCode>{X}</MsiProductCode>" in detection


def test_the_order_of_files_makes_no_difference(tree):
    """The same files, keys and times give the same bytes, however a folder was listed."""
    files = tree(TREE)

    assert packed(files) == packed(files[::-1])


def test_the_keys_make_a_difference(tree):
    """Other random bytes give another package of the same files."""
    out = io.BytesIO()
    pack(tree(TREE), "setup.exe", out, random_bytes=hashlib.shake_128(b"2").digest, spool=io.BytesIO)

    assert out.getvalue() != packed(tree(TREE))
    assert unpacked(out.getvalue()) == TREE


def test_times_are_those_of_the_files_or_the_given_one(tree):
    """A file's own time is kept in steps of 2 s, a file without one gets the common time."""
    files = tree({"setup.exe": b"", "a": b""})
    files[1] = replace(files[1], modified=datetime.fromisoformat("2026-05-04T03:02:01"))
    plain = decrypted(packed(files, modified=datetime.fromisoformat("2020-02-02")))

    assert {file.path: file.modified for file in open_contents(plain, source="app.intunewin")} == {
        "a": datetime.fromisoformat("2026-05-04T03:02"),
        "setup.exe": datetime.fromisoformat("2020-02-02"),
    }


def packed_time(files, moment: datetime) -> datetime | None:
    """Pack a file of that time; return which time it has afterwards."""
    plain = decrypted(packed([replace(files[0], modified=moment)]))
    return open_contents(plain, source="app.intunewin").files[0].modified


@settings(deadline=None, max_examples=60)
@given(st.datetimes(EARLIEST, datetime.fromisoformat("2107-12-31T23:59:59")))
def test_times_survive_in_steps_of_two_seconds(tree, moment):
    """A wall time comes back, without its odd second."""
    expected = moment.replace(second=moment.second // 2 * 2, microsecond=0)

    assert expected == packed_time(tree({"setup.exe": b""}), moment)


def test_times_out_of_range_are_brought_into_it(tree):
    """Years that a zip file cannot hold become the nearest it can."""
    files = tree({"setup.exe": b""})

    assert packed_time(files, datetime(1601, 1, 1, tzinfo=UTC)) == EARLIEST
    assert packed_time(files, datetime.fromisoformat("9999-12-31")) == datetime.fromisoformat("2107-12-31T23:59:58")


def test_platform_and_compression_leave_no_trace(tree):
    """Files are marked as from MS-DOS on every platform, folders and Detection.xml are stored, data is deflated."""
    package = packed(tree(TREE))
    entries = [
        entry for stream in (io.BytesIO(package), decrypted(package)) for entry in zipfile.ZipFile(stream).infolist()
    ]

    assert {entry.create_system for entry in entries} == {0}
    assert [(entry.filename, entry.external_attr, entry.compress_type) for entry in entries[2:]] == [
        ("Empty/", 0x10, zipfile.ZIP_STORED),
        ("Files/data.bin", 0, zipfile.ZIP_DEFLATED),
        ("Files/sub/ünï.txt", 0, zipfile.ZIP_DEFLATED),
        ("setup.exe", 0, zipfile.ZIP_DEFLATED),
    ]


def test_files_are_compressed_fast(tree):
    """Deflate works at level 1, as what .NET calls Fastest, not at the level that `zipfile` has for default."""
    data = b"".join(number.to_bytes(4, "big") for number in range(20_000))
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    expected = deflater.compress(data) + deflater.flush()

    assert expected in decrypted(packed(tree({"setup.exe": data}))).getvalue()
    assert expected != zlib.compress(data, 6, wbits=-15)


def test_zip64_is_written_and_read(tree, monkeypatch):
    """64-bit sizes, offsets and counts are written where they are needed, here everywhere, and are read again."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 0)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)
    package = packed(tree(TREE))

    assert zipfile.ZipFile(io.BytesIO(package)).infolist()[0].extract_version == 45
    assert b"PK\6\6" in package
    assert TREE == unpacked(package)


def test_a_file_that_grows_beyond_32_bits_is_named(monkeypatch):
    """A file for which 64-bit sizes did not seem to be needed is refused like any other that changed."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 4)

    with pytest.raises(UsageError, match=r"'setup\.exe' has 50 bytes where 2 were announced"):
        packed([PackageFile(path="setup.exe", size_bytes=2, open=lambda: io.BytesIO(bytes(50)))])


def test_offsets_beyond_4_gb_are_written(tree):
    """A package behind 4 GiB of something else gets 64-bit offsets."""

    class Sparse(io.BytesIO):
        """A file whose first 5 GiB are left out."""

        hole = 5 << 30

        def tell(self):
            return super().tell() + self.hole

        def seek(self, offset, whence=0):
            return super().seek(max(offset - self.hole, 0) if whence == 0 else offset, whence) + self.hole

    out, plain = Sparse(), io.BytesIO()
    pack(tree(TREE), "setup.exe", out, random_bytes=hashlib.shake_128(b"1").digest, spool=io.BytesIO)
    IntuneWinPackage.open(out, source="app.intunewin").decrypt(plain)

    assert zipfile.ZipFile(out).infolist()[0].header_offset == 5 << 30
    assert decrypted(packed(tree(TREE))).getvalue() == plain.getvalue()


@pytest.mark.slow
def test_more_than_65535_entries_are_written_and_read(tree):
    """The count of entries moves to the 64-bit record when 16 bits do not hold it."""
    plain = decrypted(packed(tree({"setup.exe": b""} | {str(number): None for number in range(65_535)})))

    assert len(open_contents(plain, source="app.intunewin")) == 65_536
    with pytest.raises(FormatError, match="holds 65,536 entries, more than the 65,535 that are taken"):
        open_contents(plain, source="app.intunewin", limits=Limits(entries=65_535))


def test_what_is_unpacked_can_be_packed_again(tree):
    """The files of an opened package are files to pack."""
    first = packed(tree(TREE))

    assert first == packed(open_contents(decrypted(first), source="app.intunewin"))


def test_the_setup_file_is_found_as_windows_finds_it(tree):
    """The setup file may be written with slashes and in another case; its own spelling goes into the package."""
    out = io.BytesIO()
    info = pack(
        tree({"Bin\\Setup.exe": b""}),
        "bin/SETUP.EXE",
        out,
        random_bytes=hashlib.shake_128(b"1").digest,
        spool=io.BytesIO,
    )

    assert ("Bin\\Setup.exe", "Setup.exe") == (info.setup_file, info.name)


def test_folders_count_only_when_empty(tree):
    """A folder in which something lies needs no entry."""
    assert set(unpacked(packed(tree({"a": None, "a\\b": None, "setup.exe": b""})))) == {"a\\b", "setup.exe"}


@pytest.mark.parametrize(
    ("setup_file", "hint"),
    [
        ("setupp.exe", "did you mean 'setup.exe'?"),
        ("data.bin", "did you mean 'Files\\\\data.bin'?"),
        ("Empty", "name a file in the folder"),
        ("quite different", "name a file in the folder"),
    ],
)
def test_a_setup_file_that_is_not_there_gets_a_hint(tree, setup_file, hint):
    """The message names files that are near."""
    with pytest.raises(UsageError) as caught:
        packed(tree(TREE), setup_file)

    assert str(caught.value) == f"setup file {setup_file!r} is not among the 3 files to pack - {hint}"


def test_files_that_windows_could_not_hold_are_refused_all_at_once(tree):
    """Names that Linux allows and Windows does not are named before anything is written."""
    with pytest.raises(UsageError) as caught:
        packed(tree({"setup.exe": b"", "a:b": b"", "Aux": b"", "SETUP.EXE": b""}))

    assert str(caught.value).splitlines() == [
        "cannot pack a:b: begins with a drive letter, expected a relative path",
        "cannot pack Aux: has a part that is a device on Windows ('Aux'), not a file",
        "cannot pack SETUP.EXE: is there twice: as 'setup.exe' too, and Windows does not tell upper from lower case",
    ]


def test_more_than_the_service_takes_is_refused():
    """More than 30 GB is refused before a byte is read."""
    huge = PackageFile(path="setup.exe", size_bytes=32_212_254_721, open=io.BytesIO)

    with pytest.raises(UsageError, match=r"cannot pack 32,212,254,721 bytes of files, Intune takes 32,212,254,720"):
        packed([huge])


@pytest.mark.parametrize(("data", "announced"), [(b"", 1), (b"hello", 4)])
def test_a_file_that_changes_meanwhile_leaves_nothing(data, announced):
    """When a file is not as long as it was said to be, nothing is written, and temporary files are closed."""
    spools, out = [], io.BytesIO()

    def spool():
        spools.append(io.BytesIO())
        return spools[-1]

    with pytest.raises(UsageError, match=rf"'setup\.exe' has {len(data)} bytes where {announced} were announced"):
        pack(
            [PackageFile(path="setup.exe", size_bytes=announced, open=lambda: io.BytesIO(data))],
            "setup.exe",
            out,
            random_bytes=hashlib.shake_128(b"1").digest,
            spool=spool,
        )
    assert out.getvalue() == b""
    assert all(file.closed for file in spools)
