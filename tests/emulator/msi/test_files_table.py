"""Files and folders: where they come from, when they are copied, what removes them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.model.windows import MachineFacts, RegistryPath, RegistryValue, View
from tests.emulator.msi.building import PACKAGE_CODE, PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

FOLDER = r"C:\Program Files\Contoso Test"
NOTES = rf"{FOLDER}\notes.txt"
OTHER = "{00000000-0000-4000-8000-000000000001}"
SHARED = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\SharedDLLs"


def other_product(msi: Msi) -> Msi:
    """Make it another product, with the same components."""
    msi.properties["ProductCode"] = OTHER
    msi.package_code = OTHER
    return msi


def test_disk_that_fills_up(facts: MachineFacts) -> None:
    """A disk that turns out too small while files are copied ends the installation, and nothing is left."""
    small = replace(facts, disk_size_mb=1)
    with EmulatedMachine(small, VirtualClock(datetime(2026, 3, 2, tzinfo=UTC), freeze=False)) as machine:
        bench = Bench(machine)
        msi = Msi().component().file("zeros", bytes(3 << 20))
        msi.tables["File"] = [("zeros", "C1", "zeros", 0, None, None, 0, 1)]

        assert 1603 == bench.install(msi)

        assert "Error 1301" in bench.failures()[0]
        assert not machine.files.exists(FOLDER)


def test_folder_below_a_file(bench: Bench, app: Msi) -> None:
    """A folder that cannot be made ends the installation."""
    bench.machine.files.write(r"C:\file.txt", b"")

    assert 1603 == bench.install(app, r"INSTALLDIR=C:\file.txt\App")
    assert "Error 1304" in bench.failures()[0]


def test_unversioned_file_is_replaced_unless_somebody_changed_it(bench: Bench, app: Msi) -> None:
    """A file without a version is overwritten, but not when it was modified after it was made."""
    bench.machine.files.write(NOTES, b"old")
    bench.install(app)
    assert "hello" == bench.text(NOTES)

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    bench.machine.files.write(NOTES, b"old")
    bench.machine.clock.advance(timedelta(minutes=1))
    with bench.machine.files.open(NOTES, "ab") as file:
        file.write(b" and mine")
    bench.install(app)

    assert "old and mine" == bench.text(NOTES)


def test_file_with_the_same_hash_is_kept(bench: Bench, app: Msi) -> None:
    """A file that has the hash of the MsiFileHash table is not copied again."""
    digest = hashlib.md5(b"present", usedforsecurity=False).digest()
    parts = [int.from_bytes(digest[at : at + 4], "little", signed=True) for at in range(0, 16, 4)]
    app.add("MsiFileHash", ("other", 0, 1, 2, 3, 4), ("notes.txt", 0, *parts))
    bench.machine.files.write(NOTES, b"present")

    bench.install(app)

    assert "present" == bench.text(NOTES)


@pytest.mark.parametrize(
    ("present", "offered", "mode", "is_copied"),
    [
        ((1, 0, 0, 0), "2.0.0.0", "", True),
        ((2, 0, 0, 0), "2.0.0.0", "", False),
        ((3, 0, 0, 0), "2.0.0.0", "", False),
        ((1, 0, 0, 0), None, "", False),
        (None, "2.0.0.0", "", True),
        ((3, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=amus", True),
        ((2, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=emus", True),
        ((3, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=emus", False),
        ((3, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=dmus", True),
        ((2, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=dmus", False),
        ((1, 0, 0, 0), "2.0.0.0", "REINSTALLMODE=pmus", False),
        ((1, 0, 0, 0), "companion", "", True),
        ((9, 0, 0, 0), "companion", "", False),
    ],
)
def test_file_versions(
    bench: Bench,
    versioned,
    *,
    present: tuple[int, ...] | None,
    offered: str | None,
    mode: str,
    is_copied: bool,
) -> None:
    """The higher version wins, equal ones stay, a version beats none; REINSTALLMODE changes the rule."""
    bench.machine.files.write(rf"{FOLDER}\app.exe", versioned(*present) if present else b"plain")
    msi = Msi().component(key_path="key").file("key", b"k").file("app.exe", b"new", version=offered)
    msi.file("companion", b"c", version="4.0.0.0")

    assert 0 == bench.install(msi, mode)

    assert is_copied == (b"new" == bench.machine.files.read(rf"{FOLDER}\app.exe"))


def test_component_with_a_newer_key_file_is_left_alone(bench: Bench, versioned) -> None:
    """Nothing of a component is installed when its key file is there in a higher version."""
    bench.machine.files.write(rf"{FOLDER}\app.exe", versioned(3, 0, 0, 0))
    msi = Msi().component(key_path="app.exe").file("app.exe", b"new", version="2.0.0.0").file("other.txt", b"x")

    assert 0 == bench.install(msi, "/l*v log.txt")

    assert bench.text(rf"{FOLDER}\other.txt") is None
    assert "higher versioned keyfile exists" in bench.log()


def test_component_that_is_never_overwritten(bench: Bench, app: Msi) -> None:
    """The NeverOverwrite attribute protects a key file that is there."""
    app.tables["Component"] = []
    app.component(attributes=256 + 128, key_path="notes.txt")
    bench.machine.files.write(NOTES, b"mine")

    bench.install(app)

    assert "mine" == bench.text(NOTES)


def test_shared_component_stays_with_its_other_product(bench: Bench, app: Msi) -> None:
    """A component that two products have goes with the second one."""
    bench.install(app)
    bench.install(other_product(app))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn /l*v log.txt")
    assert "hello" == bench.text(NOTES)
    assert "another client exists" in bench.log()

    bench.run(f"msiexec /x {OTHER} /qn")
    assert bench.text(NOTES) is None


def test_permanent_component_stays(bench: Bench) -> None:
    """A permanent component outlives its product."""
    bench.install(Msi().component(attributes=256 + 16, key_path="notes.txt").file("notes.txt", b"hello"))

    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert "hello" == bench.text(NOTES)
    components = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Components"
    (component,) = bench.machine.registry.subkeys(RegistryPath.parse(components))
    assert NOTES == bench.value(rf"{components}\{component}", "0" * 32)


def test_component_without_an_id_stays(bench: Bench) -> None:
    """What has no GUID is installed but neither registered nor removed."""
    bench.install(Msi().component(guid=None, key_path="notes.txt").file("notes.txt", b"hello"))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert "hello" == bench.text(NOTES)


def test_component_whose_id_is_no_guid(bench: Bench) -> None:
    """A broken component id ends the installation."""
    assert 1603 == bench.install(Msi().component(guid="{nonsense}"))


def test_shared_files_are_counted(bench: Bench, app: Msi) -> None:
    """A component may ask for its key file to be counted; a file counted by others stays until the count is down."""
    app.tables["Component"] = []
    app.component(attributes=256 + 8, key_path="notes.txt")
    bench.install(app)
    assert 1 == bench.value(SHARED, NOTES)
    bench.machine.registry.set(RegistryPath.parse(SHARED), NOTES, RegistryValue.of(2))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert 1 == bench.value(SHARED, NOTES)
    assert "hello" == bench.text(NOTES)


def test_count_goes_with_the_file(bench: Bench) -> None:
    """The count of a 32-bit component is in the 32-bit view, and goes with the last product."""
    msi = Msi().component(attributes=8, key_path="notes.txt").file("notes.txt", b"hello")
    bench.install(msi)
    assert 1 == bench.value(SHARED, NOTES, View.VIEW_32)

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert bench.value(SHARED, NOTES, View.VIEW_32) is None
    assert bench.text(NOTES) is None


def test_folders_of_the_createfolder_table(bench: Bench) -> None:
    """Empty folders are made and removed, unless somebody put something into them."""
    msi = Msi().component().add("CreateFolder", ("EMPTY", "C1"), ("USED", "C1"))
    msi.add("Directory", ("EMPTY", "INSTALLDIR", "Empty"), ("USED", "INSTALLDIR", "Used"))
    bench.install(msi)
    assert bench.machine.files.exists(rf"{FOLDER}\Empty")
    bench.machine.files.write(rf"{FOLDER}\Used\mine.txt", b"")

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert ["Used"] == list(bench.machine.files.names(FOLDER))


def test_files_that_the_package_removes(bench: Bench, app: Msi) -> None:
    """RemoveFile deletes by name and by pattern, at installation, at removal or both."""
    for name in ("a.log", "b.log", "old.cfg", "mine.txt"):
        bench.machine.files.write(rf"{FOLDER}\{name}", b"")
    app.add("RemoveFile", ("1", "C1", "*.log", "INSTALLDIR", 2), ("2", "C1", "OLD~1.CFG|old.cfg", "INSTALLDIR", 1))
    app.add("RemoveFile", ("3", "C1", "*.*", "NOWHERE", 3), ("4", "C1", "*.log", "GONE", 3))
    app.add("Directory", ("GONE", "INSTALLDIR", "Gone"))
    bench.install(app)
    assert ["a.log", "b.log", "mine.txt", "notes.txt"] == list(bench.machine.files.names(FOLDER))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert ["mine.txt"] == list(bench.machine.files.names(FOLDER))


def test_folders_that_the_package_removes(bench: Bench, app: Msi) -> None:
    """A RemoveFile row without a name removes a folder if it is empty, whoever made it."""
    bench.machine.files.make_folder(rf"{FOLDER}\Cache")
    app.add("Directory", ("CACHE", "INSTALLDIR", "Cache")).add("RemoveFile", ("1", "C1", None, "CACHE", 2))
    bench.install(app)

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert [] == list(bench.machine.files.names(FOLDER))


def test_disk_that_is_too_small(bench: Bench, machine: EmulatedMachine, app: Msi) -> None:
    """Files that do not fit are refused before anything is written."""
    app.tables["File"][0] = ("notes.txt", "C1", "notes.txt", 2**31 - 1, None, None, 0, 1)
    rows = [(f"f{n}", "C1", f"f{n}", 2**31 - 1, None, None, 0, 1) for n in range(200)]
    app.add("File", *rows)

    assert 1603 == bench.install(app)

    assert bench.failures()[0].startswith("Disk full")
    assert not machine.files.exists(FOLDER)


def test_file_in_use_is_replaced_at_the_next_start(bench: Bench, machine: EmulatedMachine, app: Msi) -> None:
    """Where a file is open, its successor waits beside it, and a restart is asked for."""
    bench.machine.files.write(NOTES, b"old")
    with machine.files.open(NOTES):
        assert 3010 == bench.install(app, "REBOOT=ReallySuppress")

    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
    assert (rf"\??\{FOLDER}\TBM0001.tmp", rf"!\??\{NOTES}") == bench.value(key, "PendingFileRenameOperations")
    assert ("old", "hello") == (bench.text(NOTES), bench.text(rf"{FOLDER}\TBM0001.tmp"))


def test_file_in_use_goes_at_the_next_start(bench: Bench, machine: EmulatedMachine, app: Msi) -> None:
    """A file that is open when its product is removed goes at the next start."""
    bench.install(app)
    with machine.files.open(NOTES):
        assert 3010 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn /norestart")

    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
    assert (rf"\??\{NOTES}", "") == bench.value(key, "PendingFileRenameOperations")


@pytest.mark.parametrize(
    ("row", "number"),
    [
        (("SUB", "NOPARENT", "Sub"), 2705),
        (("SUB", "INSTALLDIR", "..|.."), 1324),
        (("SUB", "INSTALLDIR", r"a\b"), 1324),
    ],
)
def test_broken_directories(bench: Bench, app: Msi, row: tuple[str, ...], number: int) -> None:
    """A Directory table that is no tree, or has names that no folder can have, ends the installation."""
    app.add("Directory", row)

    assert 1603 == bench.install(app)
    assert bench.failures()[0].startswith(f"Error {number}.")


def test_directories_in_a_circle(bench: Bench, app: Msi) -> None:
    """Directories that contain each other are refused."""
    app.add("Directory", ("A", "B", "a"), ("B", "A", "b"))

    assert 1603 == bench.install(app)
    assert "2705" in bench.failures()[0]


@pytest.mark.parametrize(("given", "code"), [(r"D:\App", 1603), ("relative", 1603), (r"C:\Elsewhere", 0)])
def test_folder_from_the_command_line(bench: Bench, app: Msi, given: str, code: int) -> None:
    """A directory's property is its path, which must be absolute and on a drive that is there."""
    assert code == bench.install(app, f'INSTALLDIR="{given}"')
    assert (code == 0) == (bench.text(r"C:\Elsewhere\notes.txt") == "hello")


def test_package_code_is_another(app: Msi) -> None:
    """The second product of these tests is really another package."""
    assert PACKAGE_CODE != other_product(app).package_code
