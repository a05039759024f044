"""Hives that come and go: mounted, restored, volatile, and what Windows keeps."""

from __future__ import annotations

import pytest

from harness.emulator.frozen import KeyImage
from harness.emulator.registry import EmulatedRegistry
from harness.model.windows import Hive, RegistryPath, RegistryValue, View
from tests.emulator.registries import ADA, APP, BOB, TEXT, CountingImage, Ticking, code_of, image, path

SET_2 = RegistryValue.of(2)


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give a registry with nothing in it but the hives."""
    return EmulatedRegistry(Ticking())


class TestMounting:
    """Images hung into the tree."""

    def test_loaded_hive_is_there_until_it_is_unloaded(self, registry: EmulatedRegistry) -> None:
        """A hive is loaded under a name of its own, lazily, can be written to, and comes back as an image."""
        inner = CountingImage("Inner", x=TEXT)
        hive = CountingImage("ROOT", {"Inner": inner})
        saved: list[KeyImage] = []
        registry.mount(path(r"HKLM\Offline"), hive, saved.append)
        assert 0 == inner.looks
        assert "Offline" in registry.subkeys(path("HKLM"))
        assert TEXT == registry.get(path(r"HKLM\Offline\Inner"), "x")

        registry.set(path(r"HKLM\Offline\Inner"), "y", TEXT)
        registry.create(path(r"HKLM\Offline\Gone"), volatile=True)
        last = registry.unmount(path(r"HKLM\offline"))
        assert [last] == saved
        assert {"X", "Y"} == set(last.keys["INNER"].values)
        assert {"INNER"} == set(last.keys)
        assert not registry.exists(path(r"HKLM\Offline"))

    def test_hive_without_changes_is_the_image(self, registry: EmulatedRegistry) -> None:
        """Nothing is copied of a hive that only was read."""
        hive = CountingImage("Offline", {"Inner": CountingImage("Inner", x=TEXT)})
        registry.mount(path(r"HKU\Offline"), hive)
        registry.get(path(r"HKU\Offline\Inner"), "x")

        assert hive is registry.unmount(path(r"HKU\Offline"))

    def test_base_layer_takes_the_place_of_what_is_there(self, registry: EmulatedRegistry) -> None:
        """A hive of Windows is replaced for good; what Windows always has is in the new one too."""
        registry.create(APP)
        before = registry.watch(APP)
        registry.mount(path(r"HKLM\SOFTWARE"), image("ROOT", image("Fabrikam", x=TEXT)))

        assert before.is_set
        assert ["Classes", "Fabrikam", "WOW6432Node"] == registry.subkeys(path(r"HKLM\SOFTWARE"))
        assert 5 == code_of(lambda: registry.unmount(path(r"HKLM\SOFTWARE")))
        registry.drop_volatile()
        assert TEXT == registry.get(path(r"HKLM\SOFTWARE\Fabrikam"), "x")

    def test_whole_tree_at_once(self, registry: EmulatedRegistry) -> None:
        """Of an image for HKLM every hive takes its place; the others stay."""
        registry.create(APP)
        registry.mount(path("HKLM"), image("ROOT", image("SYSTEM", image("Select", Current=SET_2)), image("Other")))

        assert registry.exists(APP)
        assert ["ControlSet002", "CurrentControlSet", "Select"] == registry.subkeys(path(r"HKLM\SYSTEM"))
        assert registry.exists(path(r"HKLM\Other"))

    def test_key_below_another(self, registry: EmulatedRegistry) -> None:
        """An image can hang anywhere, links on the way are followed, and the keys above are made."""
        registry.mount(path(r"HKLM\SYSTEM\CurrentControlSet\Services\X"), image("anything", Start=TEXT))

        assert TEXT == registry.get(path(r"HKLM\SYSTEM\ControlSet001\Services\X"), "Start")
        assert 87 == code_of(lambda: registry.unmount(path(r"HKLM\SYSTEM\ControlSet001\Services")))

    def test_only_what_was_loaded_is_unloaded(self, registry: EmulatedRegistry) -> None:
        """Missing hives are error 2, Windows' own error 5, users' and other keys error 87."""
        registry.load_user(ADA)

        assert 2 == code_of(lambda: registry.unmount(path(r"HKLM\None")))
        assert 5 == code_of(lambda: registry.unmount(path(r"HKLM\SYSTEM")))
        assert 87 == code_of(lambda: registry.unmount(path("HKLM")))
        assert 87 == code_of(lambda: registry.unmount(path(rf"HKU\{ADA}")))


class TestSnapshots:
    """Restoring."""

    def test_everything_is_as_it_was(self, registry: EmulatedRegistry) -> None:
        """Keys, values, times, users' hives loaded and not, other hives; and the first snapshot stays as it was."""
        registry.load_user(ADA)
        registry.load_user(BOB)
        registry.set(path(rf"HKU\{BOB}\Software\X"), "x", TEXT)
        registry.unload_user(BOB)
        registry.set(APP, "x", TEXT)
        registry.mount(path(r"HKLM\Offline"), image("ROOT", x=TEXT))
        modified = registry.modified(APP)
        before = registry.snapshot()
        registry.set(APP, "x", SET_2)
        registry.create(path(r"HKLM\SOFTWARE\New"))
        registry.unload_user(ADA)
        registry.load_user(BOB)
        registry.delete(path(rf"HKU\{BOB}\Software\X"))
        registry.unmount(path(r"HKLM\Offline"))
        for _ in range(2):
            registry.restore(before)

            assert TEXT == registry.get(APP, "x")
            assert modified == registry.modified(APP)
            assert not registry.exists(path(r"HKLM\SOFTWARE\New"))
            assert registry.exists(path(rf"HKU\{ADA}"))
            assert not registry.exists(path(rf"HKU\{BOB}"))
            registry.load_user(BOB)
            assert TEXT == registry.get(path(rf"HKU\{BOB}\Software\X"), "x")
            assert {"X": ("x", TEXT)} == registry.unmount(path(r"HKLM\Offline")).values

    def test_what_did_not_change_is_the_same_object(self, registry: EmulatedRegistry) -> None:
        """A snapshot after a restore shares what nobody changed, down to the images of single keys."""
        registry.set(APP, "x", TEXT)
        before = registry.snapshot()
        registry.restore(before)
        registry.get(APP, "x")
        after = registry.snapshot()

        software = [one.hives[Hive.HKLM].keys["SOFTWARE"] for one in (before, after)]
        assert software[0] is software[1]

    def test_volatile_keys_are_not_restored(self, registry: EmulatedRegistry) -> None:
        """They are gone, though what is in HARDWARE is as every start finds it."""
        registry.set(path(r"HKLM\HARDWARE\CPU"), "x", TEXT)
        registry.keep_hardware()
        registry.create(path(r"HKLM\HARDWARE\New"), volatile=True)
        registry.create(APP, volatile=True)
        snapshot = registry.snapshot()
        other = EmulatedRegistry(Ticking())
        for one in (registry, other):
            one.restore(snapshot)
            assert not one.exists(APP)
            assert TEXT == one.get(path(r"HKLM\HARDWARE\CPU"), "x")
        assert not registry.exists(path(r"HKLM\HARDWARE\New"))

    def test_open_keys_are_deleted_ones(self, registry: EmulatedRegistry) -> None:
        """Whoever held a key open has nothing in hand after a restore."""
        registry.create(APP)
        snapshot = registry.snapshot()
        key = registry.open_key(APP)
        registry.restore(snapshot)

        assert 1018 == code_of(lambda: registry.get(key, "x"))


class TestVolatile:
    """Keys that last until the end of a boot."""

    def test_restart(self, registry: EmulatedRegistry) -> None:
        """Volatile keys and loaded hives go, users' hives are unloaded, the rest stays with its times."""
        registry.set(APP, "x", TEXT)
        registry.create(APP.child(r"a\b"), volatile=True)
        registry.load_user(ADA)
        registry.create(path(rf"HKU\{ADA}\Software"))
        saved: list[KeyImage] = []
        registry.mount(path(r"HKLM\Offline"), image("Offline"), saved.append)
        modified = registry.modified(APP)
        registry.drop_volatile()

        assert [] == registry.subkeys(APP)
        assert (TEXT, modified) == (registry.get(APP, "x"), registry.modified(APP))
        assert not registry.exists(path(rf"HKU\{ADA}"))
        assert ["Offline"] == [one.name for one in saved]
        assert not registry.exists(path(r"HKLM\Offline"))
        registry.load_user(ADA)
        assert registry.exists(path(rf"HKU\{ADA}\Software"))
        assert registry.exists(path(rf"HKU\{ADA}_Classes"))

    def test_signing_out(self, registry: EmulatedRegistry) -> None:
        """A user's volatile keys go with the hive."""
        registry.load_user(ADA)
        registry.create(path(rf"HKU\{ADA}\Volatile Environment"), volatile=True)
        registry.unload_user(ADA)
        registry.load_user(ADA)

        assert not registry.exists(path(rf"HKU\{ADA}\Volatile Environment"))

    def test_lasting_below_volatile(self, registry: EmulatedRegistry) -> None:
        """What is below a volatile key has to be volatile: error 1021, and nothing is made."""
        registry.create(APP, volatile=True)

        assert 1021 == code_of(lambda: registry.create(APP.child(r"a\b")))
        assert 1021 == code_of(lambda: registry.set(APP.child("a"), "x", TEXT))
        assert [] == registry.subkeys(APP)
        registry.set(APP, "x", TEXT)
        registry.create(APP.child("a"), volatile=True)

    def test_existing_key_stays_what_it_is(self, registry: EmulatedRegistry) -> None:
        """Making a key again as a volatile one leaves it lasting."""
        registry.create(APP)
        registry.create(APP, volatile=True)
        registry.drop_volatile()

        assert registry.exists(APP)

    def test_hardware(self, registry: EmulatedRegistry) -> None:
        """HARDWARE is volatile; each start finds in it what was found when Windows was installed."""
        processor = path(r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0")
        registry.mount(path(r"HKLM\HARDWARE"), image("HARDWARE", image("DESCRIPTION", image("System"))))
        registry.create(processor, volatile=True)

        assert 1021 == code_of(lambda: registry.create(processor.parent.child("1")))
        registry.drop_volatile()
        assert [] == registry.subkeys(processor.parent.parent)


class TestWhatWindowsKeeps:
    """What nobody deletes."""

    @pytest.mark.parametrize(
        "key",
        [
            r"HKLM\SYSTEM\ControlSet001\Hardware Profiles",
            r"HKLM\SYSTEM\CurrentControlSet\Hardware Profiles\Current",
            r"HKLM\SYSTEM\CurrentControlSet\Hardware Profiles\0001",
            r"HKLM\SOFTWARE\Classes\WOW6432Node",
            r"HKU\S-1-5-18",
            r"HKU\S-1-5-19",
        ],
    )
    def test_what_is_above_is_kept_too(self, registry: EmulatedRegistry, key: str) -> None:
        """Neither a key Windows needs nor one above it can be deleted: error 5."""
        assert 5 == code_of(lambda: registry.delete(path(key)))
        assert registry.exists(path(key))

    def test_other_control_sets_can_go(self, registry: EmulatedRegistry) -> None:
        """Only the one in use is kept; which that is, the next start reads from Select."""
        registry.create(path(r"HKLM\SYSTEM\ControlSet002\Services"))
        registry.set(path(r"HKLM\SYSTEM\Select"), "Current", SET_2)
        registry.drop_volatile()

        assert ["Hardware Profiles", "Services"] == registry.subkeys(path(r"HKLM\SYSTEM\CurrentControlSet"))
        registry.delete(path(r"HKLM\SYSTEM\ControlSet001"))
        assert not registry.exists(path(r"HKLM\SYSTEM\ControlSet001"))

    def test_select_without_a_number(self, registry: EmulatedRegistry) -> None:
        """Anything but a number in Select means the first control set."""
        registry.set(path(r"HKLM\SYSTEM\Select"), "Current", TEXT)
        registry.drop_volatile()

        assert ["ControlSet001", "CurrentControlSet", "Select"] == registry.subkeys(path(r"HKLM\SYSTEM"))

    def test_only_if_empty(self, registry: EmulatedRegistry) -> None:
        """RegDeleteKey deletes no key with others below it: error 5."""
        registry.create(APP.child("sub"))

        assert 5 == code_of(lambda: registry.delete(APP, only_if_empty=True))
        registry.delete(APP.child("sub"), only_if_empty=True)
        registry.delete(APP, only_if_empty=True)
        assert not registry.exists(APP)


class TestLocation:
    """Where keys are."""

    @pytest.mark.parametrize(
        ("key", "view", "place"),
        [
            (r"HKLM\SOFTWARE\Contoso\App", View.VIEW_32, r"HKLM\SOFTWARE\WOW6432Node\Contoso\App"),
            (r"HKLM\SYSTEM\CurrentControlSet\X", View.VIEW_64, r"HKLM\SYSTEM\ControlSet001\X"),
            (r"HKCU\X", View.VIEW_64, r"HKU\.DEFAULT\X"),
            (r"HKCR\.x", View.VIEW_64, r"HKLM\SOFTWARE\Classes\.x"),
            (r"HKCC\X", View.VIEW_64, r"HKLM\SYSTEM\ControlSet001\Hardware Profiles\0001\X"),
            ("HKLM", View.VIEW_64, "HKLM"),
        ],
    )
    def test_place_of_a_path(self, registry: EmulatedRegistry, key: str, view: View, place: str) -> None:
        """Views, users and links are resolved, whether the key is there or not."""
        assert path(place) == registry.location(path(key), view)

    def test_place_of_an_open_key(self, registry: EmulatedRegistry) -> None:
        """It is where the key was found."""
        registry.create(APP, View.VIEW_32)
        place = RegistryPath(Hive.HKLM, r"SOFTWARE\WOW6432Node\Contoso\App")

        assert place == registry.location(registry.open_key(APP, "", View.VIEW_32))
