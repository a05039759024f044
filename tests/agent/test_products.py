"""Finding installed products by their product code."""

import pytest

from harness.agent.products import UNINSTALL, find_product, is_guid
from harness.formats.guids import pack_guid
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryValue, View

CODE = "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}"


def _entry(machine, path, view=View.VIEW_64, installer=1, version="1.2.3"):
    machine.registry.set(path, "WindowsInstaller", RegistryValue.of(installer), view)
    machine.registry.set(path, "DisplayVersion", RegistryValue.of(version), view)


def test_packed_guid():
    """A product code is packed as Windows Installer names its keys."""
    assert "11D9A2F63C85B0C4E974B3D8075A4210" == pack_guid(CODE)


@pytest.mark.parametrize("text", ["", "{not-a-guid}", CODE + "}"])
def test_not_a_guid(text):
    """Only GUIDs are packed."""
    assert not is_guid(text)
    with pytest.raises(ValueError, match="not a GUID"):
        pack_guid(text)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("code", [CODE, CODE.strip("{}"), CODE.lower()])
def test_uninstall_entry_in_either_view(machine, view, code):
    """An entry that Windows Installer made is found in both views, with and without braces."""
    _entry(machine, RegistryPath(Hive.HKLM, rf"{UNINSTALL}\{CODE}"), view)
    found = find_product(machine.registry, code, SYSTEM)
    assert found is not None
    assert ("1.2.3", view) == (found.version, found.view)


def test_registration_is_enough(machine):
    """The registration of Windows Installer itself is found, per machine and for the account."""
    path = rf"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\{pack_guid(CODE)}"
    machine.registry.set(RegistryPath(Hive.HKLM, rf"{path}\InstallProperties"), "DisplayVersion", RegistryValue.of("9"))
    found = find_product(machine.registry, CODE, SYSTEM)
    assert found is not None
    assert "9" == found.version


def test_entry_of_another_installer(machine):
    """An uninstall entry that another installer made is no product of Windows Installer."""
    _entry(machine, RegistryPath(Hive.HKLM, rf"{UNINSTALL}\{CODE}"), installer=0)
    assert find_product(machine.registry, CODE, SYSTEM) is None


def test_entry_of_another_user(machine, ada):
    """A user's product is found for that user and not for SYSTEM."""
    _entry(machine, RegistryPath(Hive.HKCU, rf"{UNINSTALL}\{CODE}").of_user(ada.sid))
    assert find_product(machine.registry, CODE, SYSTEM) is None
    assert find_product(machine.registry, CODE, ada) is not None


def test_no_product_code(machine):
    """Nothing is found for what is no product code."""
    assert find_product(machine.registry, "Contoso", SYSTEM) is None
