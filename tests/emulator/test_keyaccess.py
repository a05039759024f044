"""Keys that stay open, faults, and which types of data there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.faults import Fault, Faults, Operation
from harness.emulator.keys import Key
from harness.emulator.registry import EmulatedRegistry
from harness.errors import UsageError
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.registries import ADA, APP, LINK, TEXT, Ticking, code_of, path

MACHINE = RegistryPath(Hive.HKLM)


@pytest.fixture
def faults() -> Faults:
    """Give faults of which there are none yet."""
    return Faults(timedelta)


@pytest.fixture
def registry(faults: Faults) -> EmulatedRegistry:
    """Give a registry with nothing in it but the hives."""
    return EmulatedRegistry(Ticking(), faults=faults)


def opened(registry: EmulatedRegistry, key: RegistryPath, view: View = View.VIEW_64) -> Key:
    """Return a key that is open."""
    found = registry.open_key(key, "", view)
    assert isinstance(found, Key)
    return found


class TestOpenKeys:
    """Keys that somebody holds open."""

    def test_everything_can_be_done_with_an_open_key(self, registry: EmulatedRegistry) -> None:
        """It takes the place of the path in every method."""
        key, is_new = registry.create_key(MACHINE, r"SOFTWARE\Contoso\App")
        assert is_new
        signal = registry.watch(key)
        registry.set(key, "x", TEXT)
        registry.create(key)

        assert signal.is_set
        assert registry.exists(key)
        assert TEXT == registry.get(key, "x")
        assert {"x": TEXT} == registry.values(key)
        assert [] == registry.subkeys(key)
        assert registry.modified(key) == registry.modified(APP)
        registry.delete_value(key, "x")
        registry.delete(key)
        assert not registry.exists(APP)

    def test_deleted_key_stays_deleted(self, registry: EmulatedRegistry) -> None:
        """One made anew under its name is another: all that is done with the old one is error 1018."""
        registry.create(APP)
        key = opened(registry, APP)
        registry.delete(APP)
        registry.create(APP)

        assert key.is_deleted
        assert key is not opened(registry, APP)
        for action in (registry.get, registry.values, registry.subkeys, registry.modified, registry.delete,
                       registry.create, registry.open_key, registry.create_key, registry.watch):  # fmt: skip
            assert 1018 == code_of(lambda action=action: action(key))
        assert 1018 == code_of(lambda: registry.open_key(key, "below"))
        assert 1018 == code_of(lambda: registry.create_key(key, "below"))
        assert 1018 == code_of(lambda: registry.set(key, "x", TEXT))

    def test_below_an_open_key(self, registry: EmulatedRegistry) -> None:
        """Names below count from it, however often they are asked for; the second time nothing is made."""
        key, _ = registry.create_key(MACHINE, r"SOFTWARE\Contoso")
        below, is_new = registry.create_key(key, r"App\Sub")

        assert is_new
        assert (below, False) == registry.create_key(key, r"APP\sub")
        assert below is registry.open_key(key, r"app\SUB")
        assert below is registry.open_key(key, r"app\SUB")
        assert path(r"HKLM\SOFTWARE\Contoso\App\Sub") == registry.location(below)
        assert 2 == code_of(lambda: registry.open_key(key, "none"))
        assert 161 == code_of(lambda: registry.open_key(key, r"\App"))
        assert key is registry.open_key(key)

    @pytest.mark.parametrize("view", View)
    def test_opened_in_a_view(self, registry: EmulatedRegistry, view: View) -> None:
        """Below a key of the 32-bit half everything is there, whichever view is asked for."""
        registry.set(APP, "x", TEXT, View.VIEW_32)
        contoso = opened(registry, APP.parent, View.VIEW_32)

        assert TEXT == registry.get(registry.open_key(contoso, "App", view), "x")

    def test_other_view_from_a_shared_key(self, registry: EmulatedRegistry) -> None:
        """Below a key both halves have, the view that is asked for counts. Source: Wine's dlls/ntdll/tests/reg.c."""
        registry.set(APP, "x", TEXT, View.VIEW_32)
        software = opened(registry, path(r"HKLM\SOFTWARE"))

        assert TEXT == registry.get(registry.open_key(software, r"Contoso\App", View.VIEW_32), "x")
        assert 2 == code_of(lambda: registry.open_key(software, r"Contoso\App"))
        assert ["Classes", "WOW6432Node"] == registry.subkeys(software)
        assert "Contoso" in registry.subkeys(opened(registry, path(r"HKLM\SOFTWARE"), View.VIEW_32), View.VIEW_32)

    def test_key_of_hkcr_is_its_path(self, registry: EmulatedRegistry) -> None:
        """It may be two keys, so that no single one can stand for it."""
        registry.load_user(ADA)
        adas = registry.of_user(ADA)
        classes = path("HKCR")
        registry.create(path(r"HKLM\SOFTWARE\Classes\.m"))

        assert path(r"HKCR\.m") == adas.open_key(classes, ".m")
        assert (path(r"HKCR\.n"), True) == adas.create_key(classes, ".n")
        assert 2 == code_of(lambda: adas.open_key(classes, ".none"))

    def test_leading_backslash(self, registry: EmulatedRegistry) -> None:
        """It is error 161 below a predefined key too."""
        assert 161 == code_of(lambda: registry.open_key(MACHINE, r"\SOFTWARE"))
        assert 161 == code_of(lambda: registry.open_key(path(r"HKLM\SOFTWARE"), r"\Classes"))

    def test_leading_backslash_is_not_forgotten(self, registry: EmulatedRegistry) -> None:
        """A path that was refused leaves nothing behind that lets a shorter one through."""
        registry.create(APP)
        for below in (r"\Contoso\App", r"\Contoso"):
            assert 161 == code_of(lambda below=below: registry.open_key(path(r"HKLM\SOFTWARE"), below))

    def test_link_among_open_keys(self, registry: EmulatedRegistry) -> None:
        """A link is followed or opened itself, and made below an open key."""
        registry.create(APP)
        contoso = opened(registry, APP.parent)
        link = registry.make_link(contoso, "Link", target=APP)

        assert opened(registry, APP) is registry.open_key(contoso, "Link")
        assert link is registry.open_key(contoso, "Link", follow=False)
        assert (link, False) == registry.create_key(LINK, follow=False)
        assert 183 == code_of(lambda: registry.make_link(contoso, "app"))


class TestFaults:
    """Things that go wrong on purpose."""

    def test_write_fails_and_changes_nothing(self, registry: EmulatedRegistry, faults: Faults) -> None:
        """Every kind of write asks first; reads go on."""
        registry.set(APP, "x", TEXT)
        before = registry.snapshot()
        faults.add(Fault.registry_write_fails(r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso*", code=1450))
        for write in (
            lambda: registry.set(APP, "x", RegistryValue.of("other")),
            lambda: registry.create(APP.child("new")),
            lambda: registry.create_link(LINK, APP),
            lambda: registry.delete_value(APP, "x"),
            lambda: registry.delete(APP),
            lambda: registry.create_key(opened(registry, APP.parent), "new"),
        ):
            assert 1450 == code_of(write)

        assert before.hives == registry.snapshot().hives
        assert TEXT == registry.get(APP, "x")
        registry.create(path(r"HKLM\SOFTWARE\Fabrikam"))

    def test_read_fails(self, registry: EmulatedRegistry, faults: Faults) -> None:
        """Reading can be made to fail too, for a while."""
        registry.set(APP, "x", TEXT)
        faults.add(Fault.access_denied("*App", Operation.READ_REGISTRY, times=2))

        assert 5 == code_of(lambda: registry.get(APP, "x"))
        assert 5 == code_of(lambda: registry.exists(opened(registry, APP.parent).keys["APP"]))
        assert TEXT == registry.get(APP, "x")

    @pytest.mark.parametrize(
        ("key", "view", "where"),
        [
            (r"HKLM\SYSTEM\CurrentControlSet\X", View.VIEW_64, r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\X"),
            (r"HKLM\SYSTEM\CurrentControlSet", View.VIEW_64, r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet"),
            (r"HKCU\X", View.VIEW_64, r"HKEY_USERS\.DEFAULT\X"),
            (r"HKCR\.x", View.VIEW_64, r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\.x"),
            (r"HKLM\SOFTWARE\X", View.VIEW_32, r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\X"),
        ],
    )
    def test_place_of_a_fault(
        self, registry: EmulatedRegistry, faults: Faults, key: str, view: View, where: str
    ) -> None:
        """A fault names the place where the key really is, the control set in use by its link."""
        faults.add(Fault.registry_write_fails(where))

        assert 5 == code_of(lambda: registry.set(path(key), "x", TEXT, view))


class TestTypes:
    """What values are made of."""

    @pytest.mark.parametrize(
        "value",
        [
            RegistryValue(RegistryType.REG_RESOURCE_LIST, b"\0\1"),
            RegistryValue(RegistryType.REG_FULL_RESOURCE_DESCRIPTOR, b""),
            RegistryValue(RegistryType.REG_RESOURCE_REQUIREMENTS_LIST, b"x"),
            RegistryValue(RegistryType(0xFFFF_FFFF), b"x"),
            RegistryValue(RegistryType.REG_DWORD, b"\1\2"),
            RegistryValue(RegistryType.REG_QWORD, b"\1\2\3\4"),
        ],
    )
    def test_unusual_types_read_back(self, registry: EmulatedRegistry, value: RegistryValue) -> None:
        """Windows keeps any type number, and numbers of the wrong length."""
        registry.set(APP, "x", value)
        registry.restore(registry.snapshot())

        assert value == registry.get(APP, "x")

    def test_number_of_the_right_length_is_a_number(self, registry: EmulatedRegistry) -> None:
        """Four bytes of a DWORD would be a second way to say a number, and types without a name take bytes."""
        with pytest.raises(UsageError, match="a whole number"):
            registry.set(APP, "x", RegistryValue(RegistryType.REG_DWORD, b"\0\0\0\0"))
        with pytest.raises(UsageError, match="is no REG_0x20 - give bytes"):
            registry.set(APP, "x", RegistryValue(RegistryType(0x20), "text"))

    def test_large_data(self, registry: EmulatedRegistry) -> None:
        """There is no limit but memory."""
        data = RegistryValue.of(bytes(3 * 2**20))
        registry.set(APP, "x", data)

        assert data == registry.get(APP, "x")
