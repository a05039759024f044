"""`ime-harness unpack`, of good packages and of bad ones."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

#: What is wrong, the names in the inner zip, and what the message says.
HOSTILE_NAMES = [
    ("..\\evil.exe", "leads out of its folder with '..'"),
    ("../../evil.exe", "leads out of its folder with '..'"),
    ("/evil.exe", "is an absolute path"),
    ("C:\\evil.exe", "begins with a drive letter"),
    ("\\\\server\\share\\evil.exe", "is a network path"),
    ("aux.txt", "is a device on Windows"),
    ("Files\\COM1", "is a device on Windows"),
    ("a|b.exe", "does not allow in names"),
]


def test_a_package_goes_into_a_new_folder(ime_harness: Callable, make_package: Callable, tmp_path: Path) -> None:
    """Names with backslashes become folders."""
    package = make_package({"setup.exe": b"MZ", "Files\\a.txt": b"a"})

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (0, f"unpacked 2 files, 3 bytes, to {tmp_path / 'out'}\n", "") == (ended.status, ended.out, ended.err)
    assert b"a" == (tmp_path / "out" / "Files" / "a.txt").read_bytes()
    assert {"out", "made.intunewin"} == {path.name for path in tmp_path.iterdir()}


def test_a_package_goes_into_an_empty_folder(ime_harness: Callable, make_package: Callable, tmp_path: Path) -> None:
    """An empty folder that is there already is filled."""
    (tmp_path / "out").mkdir()

    ended = ime_harness("unpack", make_package({"setup.exe": b"MZ", "b/c": b""}), "-o", tmp_path / "out")

    assert 0 == ended.status
    assert ["b", "setup.exe"] == sorted(path.name for path in (tmp_path / "out").iterdir())


def test_a_folder_with_something_in_it_is_left_alone(
    ime_harness: Callable, make_package: Callable, tmp_path: Path, everything_in: Callable
) -> None:
    """Nothing is written beside other files."""
    package = make_package({"setup.exe": b"MZ"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")
    onto_a_file = ime_harness("unpack", package, "-o", package)

    assert (2, f"{tmp_path / 'out'} is not empty - name a folder that is new or empty\n") == (ended.status, ended.err)
    assert (2, f"{package} is a file - name a folder that is new or empty\n") == (onto_a_file.status, onto_a_file.err)
    assert before == everything_in()


def test_a_package_of_another_tool_version_opens(ime_harness: Callable, packages: Path, tmp_path: Path) -> None:
    """Every shipped package unpacks to what it was built from."""
    for package in sorted(packages.glob("*/*.intunewin")):
        ended = ime_harness("unpack", package, "-o", tmp_path / package.stem)

        assert 0 == ended.status
        names = {path.name for path in (package.parent / "content").rglob("*")}
        assert names == {path.name for path in (tmp_path / package.stem).rglob("*")}


@pytest.mark.parametrize(("name", "message"), HOSTILE_NAMES, ids=[name for name, _ in HOSTILE_NAMES])
@pytest.mark.parametrize("is_there", [False, True], ids=["new folder", "empty folder"])
def test_names_that_escape_leave_nothing(
    ime_harness: Callable,
    make_package: Callable,
    tmp_path: Path,
    everything_in: Callable,
    *,
    name: str,
    message: str,
    is_there: bool,
) -> None:
    """One bad name and nothing at all is written, inside or outside of the folder."""
    package = make_package({"setup.exe": b"MZ", name: b"evil"})
    if is_there:
        (tmp_path / "out").mkdir()
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (2, "") == (ended.status, ended.out)
    assert message in ended.err
    assert ended.err.startswith(f"{package}: ")
    assert "Traceback" not in ended.err
    assert before == everything_in()


def test_every_problem_is_told_at_once(ime_harness: Callable, make_package: Callable, tmp_path: Path) -> None:
    """A line for every bad name."""
    package = make_package({"..\\a": b"", "setup.exe": b"MZ", "SETUP.EXE": b"MZ", "nul": b""})

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert 2 == ended.status
    assert 3 == len(ended.err.splitlines())


def test_a_symbolic_link_in_the_package_leaves_nothing(
    ime_harness: Callable, make_package: Callable, tmp_path: Path, everything_in: Callable
) -> None:
    """Unix modes of zip entries are looked at."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    package = make_package(plain.getvalue())
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (2, True) == (ended.status, "is a symbolic link" in ended.err)
    assert before == everything_in()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"change": lambda data: data[:-16]}, "it is cut off"),
        ({"change": lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:]}, "MAC"),
        ({"mac_key": bytes(32)}, "MAC"),
        ({"encryption_key": bytes(32)}, "EncryptionKey"),
        ({"file_digest": bytes(32)}, "FileDigest"),
    ],
    ids=["truncated", "tampered", "wrong MAC key", "wrong key", "wrong digest"],
)
def test_content_that_is_not_what_it_says_leaves_nothing(
    ime_harness: Callable, make_package: Callable, tmp_path: Path, everything_in: Callable, *, wrong: dict, message: str
) -> None:
    """MAC and digest are checked before anything is written."""
    package = make_package({"setup.exe": bytes(range(256)) * 40}, **wrong)
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (2, "") == (ended.status, ended.out)
    assert "IntuneWinPackage/Contents/IntunePackage.intunewin" in ended.err
    assert message in ended.err
    assert before == everything_in()


BOMB_XML = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><ApplicationInfo>&c;</ApplicationInfo>'
OUTSIDE_XML = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ApplicationInfo>&b;</ApplicationInfo>'


@pytest.mark.parametrize(
    ("detection", "message"),
    [
        (b"", "IntuneWinPackage/Metadata/Detection.xml: is missing"),
        (BOMB_XML, "Detection.xml"),
        (OUTSIDE_XML, "Detection.xml"),
        (b"<ApplicationInfo/>", "ApplicationInfo/EncryptionInfo"),
        (b"not xml", "Detection.xml"),
    ],
    ids=["missing", "entities", "external entity", "empty", "no XML"],
)
def test_a_bad_detection_xml_leaves_nothing(
    ime_harness: Callable,
    make_package: Callable,
    tmp_path: Path,
    everything_in: Callable,
    *,
    detection: bytes,
    message: str,
) -> None:
    """The message says where in the package."""
    package = make_package({"setup.exe": b"MZ"}, detection=detection)
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (2, "") == (ended.status, ended.out)
    assert message in ended.err
    assert "root:" not in ended.err
    assert before == everything_in()


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04 cut off"], ids=["empty", "text", "cut off"])
def test_what_is_no_package_is_said_to_be_none(
    ime_harness: Callable, tmp_path: Path, everything_in: Callable, data: bytes
) -> None:
    """Any file may be named by mistake."""
    (tmp_path / "x.intunewin").write_bytes(data)

    ended = ime_harness("unpack", tmp_path / "x.intunewin", "-o", tmp_path / "out")

    assert (2, "") == (ended.status, ended.out)
    assert ended.err.startswith(f"{tmp_path / 'x.intunewin'}: ")
    assert {"x.intunewin"} == everything_in()


def test_a_bomb_leaves_nothing(
    ime_harness: Callable, make_package: Callable, tmp_path: Path, everything_in: Callable
) -> None:
    """A zip that promises far more than it has is refused before it is unpacked."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("setup.exe", b"MZ")
    data = bytearray(plain.getvalue())
    declared_size = data.rindex(b"PK\x01\x02") + 24
    data[declared_size : declared_size + 4] = (3 * 1024**3).to_bytes(4, "little")
    package = make_package(bytes(data))
    before = everything_in()

    ended = ime_harness("unpack", package, "-o", tmp_path / "out")

    assert (2, True) == (ended.status, "zip bomb" in ended.err)
    assert before == everything_in()


def test_a_file_without_a_time_gets_the_present_one(
    ime_harness: Callable, make_package: Callable, tmp_path: Path
) -> None:
    """Some tools write no time at all."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr(zipfile.ZipInfo("setup.exe", (1980, 0, 0, 0, 0, 0)), b"MZ")

    ended = ime_harness("unpack", make_package(plain.getvalue()), "-o", tmp_path / "out")

    assert (0, "") == (ended.status, ended.err)
    assert (tmp_path / "made.intunewin").stat().st_mtime <= (tmp_path / "out" / "setup.exe").stat().st_mtime


def test_a_package_that_is_not_there_is_named(ime_harness: Callable, tmp_path: Path) -> None:
    """A missing file, and a folder in its place."""
    missing = ime_harness("unpack", tmp_path / "no.intunewin", "-o", tmp_path / "out")
    folder = ime_harness("unpack", tmp_path, "-o", tmp_path / "out")

    assert (2, f"cannot read {tmp_path / 'no.intunewin'}: no such file or directory\n") == (missing.status, missing.err)
    assert (2, True) == (folder.status, folder.err.startswith(f"cannot read {tmp_path}: "))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_package(ime_harness: Callable, tmp_path: Path) -> None:
    """A package is read from its end, which a pipe cannot."""
    os.mkfifo(tmp_path / "pipe")
    end = os.open(tmp_path / "pipe", os.O_RDWR)

    ended = ime_harness("unpack", tmp_path / "pipe", "-o", tmp_path / "out")
    os.close(end)

    assert (2, f"cannot read {tmp_path / 'pipe'}: it is a pipe or device - write it to a file first\n") == (
        ended.status,
        ended.err,
    )
