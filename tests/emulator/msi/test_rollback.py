"""Everything is taken back when an installation fails or is ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.msi.transaction import Transaction
from harness.errors import MachineError
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

FOLDER = r"C:\Program Files\Contoso Test"
KEY = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Test")


@pytest.fixture
def rich() -> Msi:
    """Give a package that touches everything there is, over what is there."""
    msi = Msi().component(key_path="notes.txt").file("notes.txt", b"new").file("more.txt", b"x")
    msi.value(r"SOFTWARE\Contoso\Test", "Version", "new").value(r"SOFTWARE\Contoso\Fresh\Deep", "V", "1")
    msi.add("RemoveRegistry", ("1", 2, r"SOFTWARE\Contoso\Gone", "-", "C1"))
    msi.add("RemoveFile", ("1", "C1", "*.old", "INSTALLDIR", 1), ("2", "C1", None, "EMPTY", 1))
    msi.add("Directory", ("EMPTY", "INSTALLDIR", "Empty"), ("MADE", "INSTALLDIR", "Made"))
    msi.add("CreateFolder", ("MADE", "C1"))
    msi.add("Environment", ("E", "=-*Path", "[~];[INSTALLDIR]", "C1"))
    msi.add("Icon", ("a.ico", b"x"))
    return msi


def prepare(bench: Bench) -> None:
    """Put things down that the package replaces and deletes."""
    bench.machine.registry.create(
        RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UpgradeCodes")
    )
    bench.machine.files.write(rf"{FOLDER}\notes.txt", b"old")
    bench.machine.files.write(rf"{FOLDER}\a.old", b"old")
    bench.machine.files.make_folder(rf"{FOLDER}\Empty")
    bench.machine.registry.set(KEY, "Version", RegistryValue.of("old"))
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Gone\Below"), "x", RegistryValue.of(1))


def test_failure_takes_everything_back(bench: Bench, rich: Msi) -> None:
    """After a failure at the very end the machine is as before."""
    prepare(bench)
    bench.put(rich.value("Nonsense", "V", "1"))
    before = bench.machine.snapshot()

    assert 1603 == bench.run("msiexec /i app.msi /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))
    assert 1 == len(bench.machine.timeline.of(kind="msi rolled back"))


def test_failing_removal_takes_everything_back(bench: Bench, rich: Msi) -> None:
    """A removal that fails leaves the product installed."""
    prepare(bench)
    rich.action("Stop", 6550, 19, "", "No.", "REMOVE")
    rich.action("InstallExecute", 6500, condition="REMOVE")
    assert 0 == bench.install(rich)
    before = bench.machine.snapshot()

    assert 1603 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_success_leaves_no_rest(bench: Bench, rich: Msi) -> None:
    """What was kept for a rollback goes at the end."""
    prepare(bench)

    assert 0 == bench.install(rich)

    assert not bench.machine.files.exists(r"C:\Config.Msi")
    assert "new" == bench.text(rf"{FOLDER}\notes.txt")


@pytest.mark.parametrize("is_property", [True, False])
def test_rollback_can_be_disabled(bench: Bench, rich: Msi, is_property: bool) -> None:  # noqa: FBT001
    """Without rollback, what was done before the failure stays."""
    prepare(bench)
    rich.value("Nonsense", "V", "1")
    if not is_property:
        rich.action("DisableRollback", 1450)

    assert 1603 == bench.install(rich, "DISABLEROLLBACK=1" if is_property else "")

    assert "new" == bench.text(rf"{FOLDER}\notes.txt")
    assert not bench.machine.files.exists(r"C:\Config.Msi")


def test_killed_installation_takes_everything_back(bench: Bench, rich: Msi) -> None:
    """Ending msiexec in the midst of copying takes everything back and lets the next one in."""
    prepare(bench)
    bench.put(rich.file("big", bytes(20 << 20)).file("last", bytes(2 << 20)))
    before = bench.machine.snapshot()
    process = bench.start("msiexec /i app.msi /qn")
    bench.machine.clock.advance(timedelta(seconds=2.5))
    assert "nothing changed" != str(bench.machine.changes_since(before))

    process.kill()
    bench.machine.clock.advance(timedelta(seconds=1))

    assert "nothing changed" == str(bench.machine.changes_since(before))
    assert 0 == bench.run("msiexec /i app.msi /qn")


def test_failure_after_the_end_changes_nothing_back(bench: Bench, rich: Msi) -> None:
    """What InstallFinalize has committed stays, even if a later action fails."""
    rich.action("Late", 6700, 19, "", "Too late.", "NOT REMOVE")

    assert 1603 == bench.install(rich)

    assert "new" == bench.text(rf"{FOLDER}\notes.txt")
    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")


def test_what_cannot_be_taken_back_is_told(bench: Bench) -> None:
    """A rollback goes on past what it cannot restore, and says what that was."""
    transaction = Transaction(bench.machine, [])
    transaction.set_value(KEY, "A", RegistryValue.of(1))
    transaction.set_value(KEY, "B", RegistryValue.of(2))
    bench.machine.registry.delete_value(KEY, "B")

    troubles = transaction.rollback()

    assert 1 == len(troubles)
    assert not bench.machine.registry.exists(KEY)


def test_troubles_of_a_rollback_are_in_the_log(bench: Bench, rich: Msi) -> None:
    """The log names what could not be taken back."""
    prepare(bench)
    bench.put(rich.file("big", bytes(20 << 20)).file("last", bytes(2 << 20)))
    process = bench.start("msiexec /i app.msi /qn /l*v log.txt")
    bench.machine.clock.advance(timedelta(seconds=2.5))
    bench.machine.registry.delete(
        RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData")
    )

    process.kill()

    assert "Rollback error:" in bench.log()


def test_other_errors_of_the_machine_come_through(bench: Bench) -> None:
    """A transaction hides no error but a file in use."""
    transaction = Transaction(bench.machine, [])

    with pytest.raises(MachineError):
        transaction.write_file(r"C:\Windows", [b"x"])
    with pytest.raises(MachineError):
        transaction.delete_file(r"C:\Windows")
