"""The marks of a pending restart."""

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.errors import UsageError
from harness.machine.restartmarks import RestartReason, mark_restart_pending, pending_restart_reasons
from harness.model.windows import Hive, MachineFacts, RegistryPath, RegistryType, RegistryValue
from tests.emulator.conftest import START

WINDOWS = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion")
SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")


@pytest.fixture
def machine():
    """Give a machine."""
    facts = MachineFacts(name="PC-042", release="Windows 11 23H2", build=22631, revision=2428)
    with EmulatedMachine(facts, VirtualClock(START, freeze=False)) as machine:
        yield machine


def test_a_fresh_machine_waits_for_nothing(machine):
    """No mark is there."""
    assert () == pending_restart_reasons(machine.registry)


@pytest.mark.parametrize("reason", [reason for reason in RestartReason if reason is not RestartReason.FILE_RENAME])
def test_every_mark_is_found(machine, reason):
    """And no other."""
    mark_restart_pending(machine.registry, reason, name="CONTOSO")
    assert (reason,) == pending_restart_reasons(machine.registry)


def test_files_to_be_renamed(machine):
    """The volumes leave that mark; an empty list means nothing."""
    machine.files.write(r"C:\X\a.txt", b"")
    machine.files.move_at_restart(r"C:\X\a.txt", None)
    assert (RestartReason.FILE_RENAME,) == pending_restart_reasons(machine.registry)

    empty = RegistryValue(RegistryType.REG_MULTI_SZ, ())
    machine.registry.set(SESSION_MANAGER, "PendingFileRenameOperations", empty)
    assert () == pending_restart_reasons(machine.registry)

    with pytest.raises(UsageError, match="move_at_restart"):
        mark_restart_pending(machine.registry, RestartReason.FILE_RENAME)


@pytest.mark.parametrize("name", ["RebootInProgress", "PackagesPending"])
def test_servicing_has_more_marks(machine, name):
    """They are keys, not values."""
    machine.registry.create(WINDOWS.child("Component Based Servicing").child(name))
    assert (RestartReason.SERVICING,) == pending_restart_reasons(machine.registry)


@pytest.mark.parametrize("reason", [RestartReason.COMPUTER_NAME, RestartReason.DOMAIN_JOIN])
def test_some_marks_are_names(machine, reason):
    """Which are to be given."""
    with pytest.raises(UsageError, match="needs a name"):
        mark_restart_pending(machine.registry, reason)


def test_the_marks_are_in_the_64_bit_half(machine):
    """Where a 32-bit program does not look by itself."""
    mark_restart_pending(machine.registry, RestartReason.SERVICING)
    assert machine.registry.exists(WINDOWS.child(r"Component Based Servicing\RebootPending"))
