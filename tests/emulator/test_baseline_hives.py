"""The hive that new users start from."""

from types import ModuleType

import pytest

from harness.emulator.baseline_hives import DEFAULT_HIVE
from harness.emulator.machine import EmulatedMachine
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileAttributes
from harness.model.windows import SYSTEM, Account, RegistryPath, RegistryValue, Token

LOADED = RegistryPath.parse(r"HKU\x")
OWN = r"Software\Contoso"


@pytest.fixture
def winreg(machine: EmulatedMachine) -> ModuleType:
    """Give the module as a program of SYSTEM has it that may load hives."""
    return machine.winreg_for(Token(account=SYSTEM), enabled_privileges=["SeRestorePrivilege"])


def keys_of(machine: EmulatedMachine, place: RegistryPath) -> dict[str, object]:
    """Return values and subkeys of `Environment` and `Control Panel` below a user's hive."""
    registry = machine.registry
    environment = dict(registry.values(place.child("Environment")))
    return {"environment": environment, "panel": registry.subkeys(place.child("Control Panel"))}


def test_it_is_a_hidden_hive_that_can_be_loaded(machine: EmulatedMachine, winreg: ModuleType, ada: Account) -> None:
    """It holds what new users have."""
    assert FileAttributes.HIDDEN in machine.files.info(DEFAULT_HIVE).attributes

    machine.sign_in(ada)
    winreg.LoadKey(winreg.HKEY_USERS, "x", DEFAULT_HIVE)

    assert keys_of(machine, RegistryPath.parse(rf"HKU\{ada.sid}")) == keys_of(machine, LOADED)


def test_new_users_start_from_what_was_changed(machine: EmulatedMachine, winreg: ModuleType, ada: Account) -> None:
    """As packages do that set something for everybody who is still to come; what was there stays."""
    winreg.LoadKey(winreg.HKEY_USERS, "x", DEFAULT_HIVE)
    machine.registry.set(LOADED.child(OWN), "Setting", RegistryValue.of("all"))
    machine.registry.unmount(LOADED)

    machine.sign_in(ada)

    hive = RegistryPath.parse(rf"HKU\{ada.sid}")
    assert RegistryValue.of("all") == machine.registry.get(hive.child(OWN), "Setting")
    assert "TEMP" in machine.registry.values(hive.child("Environment"))
    assert machine.registry.exists(hive.child(r"Software\Classes"))


def test_users_who_were_there_keep_what_they_have(machine: EmulatedMachine, winreg: ModuleType, ada: Account) -> None:
    """Even while the hive is loaded they sign in."""
    machine.sign_in(ada)
    machine.sign_out(ada)
    winreg.LoadKey(winreg.HKEY_USERS, "x", DEFAULT_HIVE)
    machine.registry.set(LOADED.child(OWN), "Setting", RegistryValue.of("all"))

    machine.sign_in(ada)

    assert not machine.registry.exists(RegistryPath.parse(rf"HKU\{ada.sid}\{OWN}"))


def test_a_hive_that_cannot_be_read_is_said(machine: EmulatedMachine, winreg: ModuleType, ada: Account) -> None:
    """Loaded, broken or gone: Windows would make a temporary profile, which is not modelled; nothing is half made."""
    winreg.LoadKey(winreg.HKEY_USERS, "x", DEFAULT_HIVE)
    with pytest.raises(NotEmulated, match="a temporary profile"):
        machine.sign_in(ada)
    assert not machine.files.exists(ada.profile)
    machine.registry.unmount(LOADED)

    with machine.files.open(DEFAULT_HIVE, "r+b") as file:
        file.truncate(100)
    with pytest.raises(NotEmulated, match="a temporary profile"):
        machine.sign_in(ada)

    machine.files.delete(DEFAULT_HIVE)
    with pytest.raises(NotEmulated, match="a temporary profile"):
        machine.sign_in(ada)
    with pytest.raises(MachineError):
        machine.files.read(DEFAULT_HIVE)
