"""Going back to a snapshot of a machine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.machine import EmulatedMachine
from harness.errors import MachineError, UsageError
from harness.model.services import ServiceState
from harness.model.windows import Account, Hive, RegistryPath, RegistryValue

KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Policies\Contoso")
MINUTE = timedelta(minutes=1)


def test_registry_and_files_are_as_they_were(machine: EmulatedMachine) -> None:
    """What came since the snapshot is gone, what went is back, and the difference says that nothing changed."""
    machine.registry.set(KEY, "kept", RegistryValue.of(1))
    machine.files.write(r"C:\Data\kept.txt", b"kept")
    before = machine.snapshot()
    machine.registry.set(KEY, "new", RegistryValue.of(2))
    machine.registry.delete_value(KEY, "kept")
    machine.files.write(r"C:\Data\new.txt", b"new")
    machine.files.write(r"C:\Data\kept.txt", b"changed")

    machine.restore(before)

    assert {"kept": RegistryValue.of(1)} == dict(machine.registry.values(KEY))
    assert ["kept.txt"] == list(machine.files.names(r"C:\Data"))
    assert b"kept" == machine.files.read(r"C:\Data\kept.txt")
    assert "nothing changed" == str(machine.changes_since(before))


def test_what_runs_ends_untold(machine: EmulatedMachine, start, ada: Account) -> None:
    """Programs are gone without their endings; Windows runs, and takes no time to start."""

    async def program(run):
        try:
            await run.sleep("1 h")
        finally:
            run.registry.set(KEY, "finally", 1)

    machine.sign_in(ada)
    before = machine.snapshot()
    start("setup.exe", program)
    machine.clock.advance(MINUTE)
    now, told = machine.clock.now(), len(machine.timeline)

    machine.restore(before)

    assert [] == list(machine.processes.running("setup.exe"))
    assert machine.registry.get(KEY, "finally") is None
    assert machine.processes.running("explorer.exe")
    assert now == machine.clock.now() == machine.power.booted_at
    assert ["reverted", "signed in"] == [event.kind for event in machine.timeline][told:][:2]


def test_people_of_then_are_signed_in(machine: EmulatedMachine, ada: Account) -> None:
    """Who was signed in at the snapshot is again, whoever was at the screen is at it, others are not there."""
    ben, eve = entra_account("ben"), entra_account("eve")
    machine.sign_in(ada)
    machine.sign_in(ben)
    before = machine.snapshot()
    machine.sign_out(ben)
    machine.sign_in(eve)

    machine.restore(before)

    assert [ben, ada] == [session.account for session in machine.sessions.signed_in()]


def test_services_are_those_of_then(machine: EmulatedMachine) -> None:
    """A service that was there runs again; one that came later is gone."""

    async def main():
        await machine.clock.sleep(timedelta(days=9))

    machine.services.install("Old", display_name="Old", image_path="old.exe", main=main)
    before = machine.snapshot()
    machine.services.install("New", display_name="New", image_path="new.exe", main=main)

    machine.restore(before)
    machine.clock.advance(MINUTE)

    assert ServiceState.RUNNING is machine.services.query("Old").state
    with pytest.raises(MachineError) as caught:
        machine.services.query("New")
    assert 1060 == caught.value.winerror


def test_snapshot_can_be_used_again_and_again(machine: EmulatedMachine) -> None:
    """Each return gives the same machine, whatever was done in between."""
    before = machine.snapshot()
    for number in range(3):
        machine.files.write(rf"C:\{number}.txt", b"x")
        machine.power.restart("an update")
        machine.clock.advance(timedelta(seconds=30 * number))
        machine.restore(before)
        assert "nothing changed" == str(machine.changes_since(before))


def test_machine_that_is_off_can_be_restored(machine: EmulatedMachine) -> None:
    """A machine without power is on again after going back, and does not boot a second time."""
    before = machine.snapshot()
    machine.power.lose_power(returns_after="5 min")

    machine.restore(before)
    booted = machine.power.booted_at
    machine.clock.advance(timedelta(hours=1))

    assert booted == machine.power.booted_at
    assert not machine.power.is_down


def test_machine_cannot_restore_itself(machine: EmulatedMachine, start) -> None:
    """A program of the machine that asks for it is told why not."""
    before = machine.snapshot()

    async def program(run):
        with pytest.raises(UsageError, match="from outside"):
            machine.restore(before)
        return 7

    process = start("setup.exe", program)
    machine.clock.advance(MINUTE)

    assert process.exit is not None
    assert 7 == process.exit.code


def test_snapshot_says_little_of_itself(machine: EmulatedMachine, ada: Account) -> None:
    """In a notebook a snapshot is one line: when it is from, and who was signed in."""
    machine.sign_in(ada)

    assert len(repr(machine.snapshot())) < 400
    assert "ada" in repr(machine.snapshot())
