r"""Who may do what with registry keys."""

from __future__ import annotations

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.registryrights import KeyRights, check_key_access, key_rights, meant
from harness.errors import MachineError
from harness.model.windows import LOCAL_SERVICE, SYSTEM, RegistryPath, Token, View
from tests.emulator.registries import APP, LINK, TEXT, Ticking, code_of, path

ADA = entra_account("ada")
BOB = entra_account("bob", is_administrator=True)
USER = Token(account=ADA)
FILTERED = Token(account=BOB)
ELEVATED = Token(account=BOB, is_elevated=True)
SERVICE = Token(account=LOCAL_SERVICE)
NT = Token(account=SYSTEM)

NONE = KeyRights(0)
READ, FULL = KeyRights.KEY_READ, KeyRights.KEY_ALL_ACCESS
POLICIES = r"Software\Microsoft\Windows\CurrentVersion\Policies"


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give a registry in which Ada and Bob are signed in."""
    registry = EmulatedRegistry(Ticking())
    registry.load_user(ADA.sid)
    registry.load_user(BOB.sid)
    return registry


@pytest.mark.parametrize(
    ("key", "token", "rights"),
    [
        (r"HKLM\SOFTWARE\Contoso", USER, READ),
        (r"HKLM\SOFTWARE\Contoso", FILTERED, READ),
        (r"HKLM\SOFTWARE\Contoso", SERVICE, READ),
        (r"HKLM\SOFTWARE\Contoso", ELEVATED, FULL),
        (r"HKLM\SOFTWARE\Policies\Contoso", USER, READ),
        (r"HKLM\SYSTEM\ControlSet001\Services\X", ELEVATED, FULL),
        (r"HKLM\SYSTEM\ControlSet001\Enum\PCI", ELEVATED, READ),
        (r"HKLM\SYSTEM\ControlSet001\Enumerated", ELEVATED, FULL),
        (r"HKLM\SYSTEM", ELEVATED, FULL),
        ("HKLM", USER, READ),
        (r"HKLM\SAM", USER, READ),
        (r"HKLM\sam\SAM\Domains", USER, NONE),
        (r"HKLM\SECURITY", USER, NONE),
        (r"HKLM\SECURITY\Policy", ELEVATED, KeyRights.READ_CONTROL | KeyRights.WRITE_DAC),
        (r"HKLM\SECURITYX", USER, READ),
        ("HKU", USER, READ),
        (r"HKU\.DEFAULT\Environment", USER, READ),
        (r"HKU\S-1-5-18", USER, READ),
        (r"HKU\S-1-5-19", USER, NONE),
        (r"HKU\S-1-5-19\Software", SERVICE, FULL),
        (rf"HKU\{ADA.sid}\Software\X", USER, FULL),
        (rf"HKU\{ADA.sid}_Classes\.x", USER, FULL),
        (rf"HKU\{ADA.sid}", USER, FULL),
        (rf"HKU\{ADA.sid}\SOFTWARE\Policies", USER, READ),
        (rf"HKU\{ADA.sid}\{POLICIES}\System", USER, READ),
        (rf"HKU\{ADA.sid}\{POLICIES}", ELEVATED, FULL),
        (rf"HKU\{ADA.sid}\Software\PoliciesX", USER, FULL),
        (rf"HKU\{BOB.sid}\Software", USER, NONE),
        (rf"HKU\{ADA.sid}\Software", FILTERED, NONE),
        (rf"HKU\{ADA.sid}\Software", ELEVATED, FULL),
        (rf"HKU\{BOB.sid}\Software", FILTERED, FULL),
        (r"HKLM\SECURITY", NT, FULL | KeyRights.ACCESS_SYSTEM_SECURITY),
        (rf"HKU\{ADA.sid}\Software", NT, FULL | KeyRights.ACCESS_SYSTEM_SECURITY),
    ],
)  # fmt: skip
def test_default_lists(key: str, token: Token, rights: KeyRights) -> None:
    """Users read the machine's keys and own their hive; administrators own all but SYSTEM's secrets."""
    assert rights == key_rights(path(key), token)


@pytest.mark.parametrize(
    ("mask", "rights"),
    [
        (0x8000_0000, KeyRights.KEY_READ),
        (0x4000_0000, KeyRights.KEY_WRITE),
        (0x2000_0000, KeyRights.KEY_EXECUTE),
        (0x1000_0000, KeyRights.KEY_ALL_ACCESS),
        (0x2_0019 | 0x100, KeyRights.KEY_READ),
        (0x200 | 0x200_0000, NONE),
        (0x3, KeyRights.KEY_QUERY_VALUE | KeyRights.KEY_SET_VALUE),
    ],
)
def test_masks(mask: int, rights: KeyRights) -> None:
    """Generic rights stand for others; bits for views and for all there are ask for nothing."""
    assert rights == meant(mask)


def test_check_names_account_and_key() -> None:
    """Error 5 says who was denied what."""
    with pytest.raises(MachineError, match=r"access is denied to AzureAD\\ada: HKEY_LOCAL_MACHINE\\SOFTWARE") as caught:
        check_key_access(path(r"HKLM\SOFTWARE"), KeyRights.KEY_SET_VALUE, USER)

    assert 5 == caught.value.winerror
    check_key_access(path(r"HKLM\SOFTWARE"), KeyRights.KEY_READ, USER)


class TestRegistryOfAToken:
    """The registry within rights."""

    def test_user_reads_the_machines_keys_and_writes_none(self, registry: EmulatedRegistry) -> None:
        """Every way of writing below HKLM is error 5, and changes nothing."""
        registry.set(APP, "x", TEXT)
        registry.create_link(LINK, APP)
        adas = registry.of_token(USER)

        assert TEXT == adas.get(LINK, "x")
        assert ["App", "Link"] == adas.subkeys(APP.parent)
        before = registry.snapshot()
        for write in (
            lambda: adas.set(APP, "x", TEXT),
            lambda: adas.set(LINK, "x", TEXT),
            lambda: adas.set(APP.child("new"), "x", TEXT),
            lambda: adas.create(APP.child("new")),
            lambda: adas.create_link(APP.child("new"), APP),
            lambda: adas.delete_value(APP, "x"),
            lambda: adas.delete(APP),
            lambda: adas.delete(LINK),
            lambda: adas.create(APP, View.VIEW_32),
            lambda: adas.set(path(r"HKCR\.new"), "", TEXT),
        ):
            assert 5 == code_of(write)
        assert before.hives == registry.snapshot().hives

    def test_user_writes_the_own_hive(self, registry: EmulatedRegistry) -> None:
        """HKCU is the user's, but not what is in it of policies."""
        registry.create(RegistryPath.parse(rf"HKU\{ADA.sid}\Software\Policies"))
        adas = registry.of_token(USER)
        adas.set(path(r"HKCU\Software\X"), "x", TEXT)
        adas.create_link(path(r"HKCU\Software\Link"), path(r"HKCU\Software\X"))
        adas.delete(path(r"HKCU\Software\Link"))

        assert TEXT == registry.get(path(rf"HKU\{ADA.sid}\Software\X"), "x")
        assert adas.exists(path(r"HKCU\Software\Policies"))
        assert 5 == code_of(lambda: adas.set(path(r"HKCU\Software\Policies\X"), "x", TEXT))

    def test_other_peoples_keys_are_closed(self, registry: EmulatedRegistry) -> None:
        """Reading and listing are error 5, what is not there is not there all the same."""
        registry.create(path(rf"HKU\{BOB.sid}\Software"))
        adas = registry.of_token(USER)
        software = path(rf"HKU\{BOB.sid}\Software")

        for read in (adas.exists, adas.get, adas.values, adas.subkeys, adas.modified, adas.watch, adas.open_key):
            assert 5 == code_of(lambda read=read: read(software))
        assert not adas.exists(software.child("none"))
        assert BOB.sid in adas.subkeys(path("HKU"))

    def test_elevation(self, registry: EmulatedRegistry) -> None:
        """The same administrator may write the machine's keys with the full token only."""
        assert 5 == code_of(lambda: registry.of_token(FILTERED).create(APP))
        registry.of_token(ELEVATED).create(APP)

        assert registry.exists(APP)
