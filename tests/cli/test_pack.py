"""`ime-harness pack`."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli.files import new_file
from harness.errors import UsageError
from harness.formats.intunewin import IntuneWinPackage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder to pack."""
    top = tmp_path / "app"
    (top / "Files" / "Empty").mkdir(parents=True)
    (top / "setup.exe").write_bytes(b"MZ" + bytes(5000))
    (top / "Files" / "read me.txt").write_text("hello")
    (top / "Files" / "Grüße.txt").write_text("hallo")
    (top / ".hidden").write_text("seen")
    return top


def tree(top: Path) -> dict[str, bytes | None]:
    """Return what a folder holds; None for a folder."""
    return {path.relative_to(top).as_posix(): None if path.is_dir() else path.read_bytes() for path in top.rglob("*")}


def test_pack_and_unpack_give_the_same_tree_back(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """Hidden files, empty folders, names beyond ASCII and times to two seconds come back."""
    os.utime(folder / "setup.exe", (1_700_000_000, 1_700_000_000))

    packed = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "app.intunewin")
    unpacked = ime_harness("unpack", tmp_path / "app.intunewin", "-o", tmp_path / "back")

    assert (0, "") == (packed.status, packed.err)
    assert "packed 4 files, 4.9 KB; the setup file is setup.exe" in packed.out
    assert (0, "") == (unpacked.status, unpacked.err)
    assert tree(folder) == tree(tmp_path / "back")
    assert 1_700_000_000 == (tmp_path / "back" / "setup.exe").stat().st_mtime


def test_two_packages_of_a_folder_have_different_keys(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """Keys are new for every package."""
    secrets = set()
    for name in ("a", "b"):
        ime_harness("pack", folder, "setup.exe", "-o", tmp_path / name)
        with (tmp_path / name).open("rb") as stream:
            secrets.add(IntuneWinPackage.open(stream, source=name).info.encryption.encryption_key)

    assert 2 == len(secrets)


def test_an_msi_brings_its_facts_along(ime_harness: Callable, packages: Path, tmp_path: Path) -> None:
    """Detection.xml gets name, product code and version of an MSI, whatever the case of its extension."""
    (tmp_path / "app").mkdir()
    shutil.copy(packages / "contoso-notes" / "content" / "contoso-notes.msi", tmp_path / "app" / "NOTES.MSI")

    ended = ime_harness("pack", tmp_path / "app", "notes.msi", "-o", tmp_path / "o.intunewin")
    shown = ime_harness("inspect", tmp_path / "o.intunewin", "--json").json

    assert 0 == ended.status
    assert ("Contoso Notes", "NOTES.MSI") == (shown["name"], shown["setup_file"])
    assert "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}" == shown["msi"]["product_code"]


def test_the_setup_file_may_be_a_path_into_the_folder(
    ime_harness: Callable, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pack app app/Files/x` is understood as well as `pack app Files/x`."""
    monkeypatch.chdir(tmp_path)

    inside = Path("app") / "Files" / "read me.txt"

    for number, setup in enumerate((inside, inside.resolve(), Path("Files") / "read me.txt")):
        ended = ime_harness("pack", "app", setup, "-o", f"{number}.intunewin")
        assert (0, "") == (ended.status, ended.err)
        assert "the setup file is Files\\read me.txt" in ended.out


def test_a_setup_file_that_is_not_there_leaves_nothing(
    ime_harness: Callable, folder: Path, tmp_path: Path, everything_in: Callable
) -> None:
    """The message names what was meant, and no half package stays."""
    before = everything_in()

    ended = ime_harness("pack", folder, "setpu.exe", "-o", tmp_path / "o.intunewin")

    assert (2, "") == (ended.status, ended.out)
    assert "setup file 'setpu.exe' is not among the 4 files to pack - did you mean 'setup.exe'?\n" == ended.err
    assert before == everything_in()


def test_a_damaged_msi_leaves_nothing(ime_harness: Callable, tmp_path: Path, everything_in: Callable) -> None:
    """A setup file that is called .msi and is none is not packed."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "setup.msi").write_bytes(b"no MSI")
    before = everything_in()

    ended = ime_harness("pack", tmp_path / "app", "setup.msi", "-o", tmp_path / "o.intunewin")

    assert 2 == ended.status
    assert ended.err.startswith("setup.msi: ")
    assert before == everything_in()


def test_an_existing_package_is_replaced_only_on_request(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """Without --force the old file stays as it is."""
    out = tmp_path / "o.intunewin"
    out.write_text("precious")

    refused = ime_harness("pack", folder, "setup.exe", "-o", out)
    kept = out.read_text()
    forced = ime_harness("pack", folder, "setup.exe", "-o", out, "--force")

    assert (2, "precious") == (refused.status, kept)
    assert f"{out} exists already - name another file, or add --force to replace it\n" == refused.err
    assert 0 == forced.status
    assert 0 == ime_harness("inspect", out).status


def test_a_link_in_the_folder_is_refused(
    ime_harness: Callable, folder: Path, tmp_path: Path, everything_in: Callable
) -> None:
    """A symbolic link is neither followed nor left out in silence."""
    try:
        (folder / "Files" / "link.txt").symlink_to(folder / "setup.exe")
    except OSError as error:  # Windows without the right to make links
        pytest.skip(f"links cannot be made here: {error}")
    before = everything_in()

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert 2 == ended.status
    assert "link.txt is a link, which a package cannot hold - put what it stands for in its place\n" in ended.err
    assert before == everything_in()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_folder_is_refused(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """What is neither a file nor a folder is named."""
    os.mkfifo(folder / "pipe")

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert 2 == ended.status
    assert "pipe is neither a file nor a folder" in ended.err


def test_names_windows_does_not_have_are_refused(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """Every impossible name is said at once."""
    for name in ("aux.txt", "a:b"):
        try:
            (folder / name).write_text("")
        except OSError:
            pytest.skip("such names cannot be made here")

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert 2 == ended.status
    lines = sorted(ended.err.splitlines())
    assert ["cannot pack a:b:", "cannot pack aux.txt:"] == [f"{line.split(': ')[0]}:" for line in lines]


@pytest.mark.parametrize("place", ["o.intunewin", "Files/o.intunewin", "../app/o.intunewin"])
def test_the_package_may_not_lie_in_the_folder(
    ime_harness: Callable, folder: Path, everything_in: Callable, place: str
) -> None:
    """Otherwise a second run would pack the first one's package."""
    before = everything_in()

    ended = ime_harness("pack", folder, "setup.exe", "-o", folder / place)

    assert 2 == ended.status
    assert "lies inside" in ended.err
    assert before == everything_in()


def test_a_folder_that_is_not_there_is_named(ime_harness: Callable, tmp_path: Path) -> None:
    """A missing folder is the user's mistake."""
    ended = ime_harness("pack", tmp_path / "nowhere", "setup.exe", "-o", tmp_path / "o.intunewin")

    assert (2, f"{tmp_path / 'nowhere'} is not a folder - name the folder that holds the setup file\n") == (
        ended.status,
        ended.err,
    )


def test_a_place_that_cannot_be_written_is_named(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """A missing folder for the package, and a folder in its place."""
    missing = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "nowhere" / "o.intunewin")
    taken = ime_harness("pack", folder, "setup.exe", "-o", tmp_path, "--force")

    assert (2, True) == (missing.status, missing.err.startswith(f"cannot write {tmp_path / 'nowhere'}"))
    assert 2 == taken.status


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user")
def test_a_file_that_may_not_be_read_is_named(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """A file without the right to read it stops the packing."""
    (folder / ".hidden").chmod(0)

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert (2, f"cannot read {folder / '.hidden'}: permission denied\n") == (ended.status, ended.err)


def test_nothing_stays_of_a_file_whose_writing_fails(tmp_path: Path, everything_in: Callable) -> None:
    """Whatever goes wrong, neither the file nor its beginning is left."""

    def fail_half_way() -> None:
        with new_file(tmp_path / "x", may_replace=True) as stream:
            stream.write(b"half")
            raise UsageError("because")

    with pytest.raises(UsageError, match="because"):
        fail_half_way()

    assert set() == everything_in()


def test_a_folder_that_may_not_be_read_is_named(
    ime_harness: Callable, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is the operating system's."""

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("harness.cli.pack.os.scandir", refuse)

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert (2, f"cannot read {folder}: permission denied\n") == (ended.status, ended.err)


def test_a_full_disk_is_not_the_users_mistake(
    ime_harness: Callable, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, everything_in: Callable
) -> None:
    """It ends with 3, and leaves nothing."""
    before = everything_in()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("harness.formats.packing.pack", fail)

    ended = ime_harness("pack", folder, "setup.exe", "-o", tmp_path / "o.intunewin")

    assert (3, f"cannot write {tmp_path / 'o.intunewin'}: no space left on device\n") == (ended.status, ended.err)
    assert before == everything_in()


def test_a_setup_file_elsewhere_is_not_in_the_folder(ime_harness: Callable, folder: Path, tmp_path: Path) -> None:
    """A path to a file outside of the folder is no setup file."""
    (tmp_path / "other.exe").write_bytes(b"MZ")

    ended = ime_harness("pack", folder, tmp_path / "other.exe", "-o", tmp_path / "o.intunewin")

    assert (2, True) == (ended.status, "is not among the 4 files to pack" in ended.err)
