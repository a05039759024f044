"""Packing: the same bytes for the same input, a package that other readers take, and helpful refusals."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.formats.applicationinfo import MsiInfo
from harness.formats.contents import PackageFile, open_contents
from harness.formats.intunewin import IntuneWinPackage
from harness.formats.packing import pack

TREE = {"setup.exe": b"MZ", "Files\\data.bin": bytes(5_000), "Files\\sub\\ünï.txt": b"x", "Empty": None}


def packed(files, setup_file="setup.exe", **options) -> bytes:
    """Pack in memory, with keys that are always the same."""
    out = io.BytesIO()
    pack(files, setup_file, out, random_bytes=hashlib.shake_128(b"1").digest, spool=io.BytesIO, **options)
    return out.getvalue()


def unpacked(package: bytes) -> dict[str, bytes | None]:
    """Return all files and listed folders of a package."""
    plain = io.BytesIO()
    IntuneWinPackage.open(io.BytesIO(package), source="app.intunewin").decrypt(plain)
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
    plain = io.BytesIO()
    package = packed(files, modified=datetime.fromisoformat("2020-02-02"))
    IntuneWinPackage.open(io.BytesIO(package), source="app.intunewin").decrypt(plain)

    assert {file.path: file.modified for file in open_contents(plain, source="app.intunewin")} == {
        "a": datetime.fromisoformat("2026-05-04T03:02"),
        "setup.exe": datetime.fromisoformat("2020-02-02"),
    }


def test_what_is_unpacked_can_be_packed_again(tree):
    """The files of an opened package are files to pack."""
    first, plain = packed(tree(TREE)), io.BytesIO()
    IntuneWinPackage.open(io.BytesIO(first), source="app.intunewin").decrypt(plain)

    assert first == packed(open_contents(plain, source="app.intunewin"))


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


def test_a_file_that_changes_meanwhile_leaves_nothing():
    """When a file is not as long as it was said to be, nothing is written, and temporary files are closed."""
    spools, out = [], io.BytesIO()

    def spool():
        spools.append(io.BytesIO())
        return spools[-1]

    with pytest.raises(UsageError, match=r"'setup\.exe' has 0 bytes where 1 were announced"):
        pack(
            [PackageFile(path="setup.exe", size_bytes=1, open=io.BytesIO)],
            "setup.exe",
            out,
            random_bytes=hashlib.shake_128(b"1").digest,
            spool=spool,
        )
    assert out.getvalue() == b""
    assert all(file.closed for file in spools)
