"""The emulated registry."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError, UsageError
from harness.machine.ports import Registry
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.registries import ADA, APP, TEXT, Ticking, code_of, path


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give a registry with nothing in it but the hives."""
    return EmulatedRegistry(Ticking())


def test_it_fulfils_the_port(registry: EmulatedRegistry) -> None:
    """The emulated registry is a Registry to the type checker and at run time."""
    port: Registry = registry

    assert not port.exists(APP)


class TestValues:
    """Setting, reading, deleting."""

    def test_value_is_read_under_any_spelling(self, registry: EmulatedRegistry) -> None:
        """Names compare without regard to case and keep the spelling they were made with."""
        registry.set(APP, "Version", RegistryValue.of("1.0"))
        registry.set(path(r"hklm\software\CONTOSO\app"), "VERSION", RegistryValue.of("2.0"))

        assert {"Version": RegistryValue.of("2.0")} == registry.values(APP)
        assert ["Contoso"] == [name for name in registry.subkeys(path(r"HKLM\SOFTWARE")) if name.lower() == "contoso"]

    def test_missing_things_read_as_none(self, registry: EmulatedRegistry) -> None:
        """Neither a missing key nor a missing value is an error to read."""
        assert registry.get(APP, "x") is None
        registry.create(APP)
        assert registry.get(APP, "x") is None
        assert registry.get(APP) is None

    def test_default_value_has_the_empty_name(self, registry: EmulatedRegistry) -> None:
        """The empty name is a value like others."""
        registry.set(APP, "", TEXT)

        assert TEXT == registry.get(APP)

    def test_values_keep_their_order(self, registry: EmulatedRegistry) -> None:
        """Values are listed in the order they were made; overwriting does not move them."""
        for name in ("b", "a", "c", "A"):
            registry.set(APP, name, TEXT)

        assert ["b", "a", "c"] == list(registry.values(APP))

    def test_value_name_may_hold_backslashes(self, registry: EmulatedRegistry) -> None:
        """Only key names end at a backslash."""
        registry.set(APP, r"C:\a\b", TEXT)

        assert TEXT == registry.get(APP, r"c:\A\B")

    def test_deleting(self, registry: EmulatedRegistry) -> None:
        """A deleted value is gone; deleting it again is error 2, as is deleting from a missing key."""
        registry.set(APP, "x", TEXT)
        registry.delete_value(APP, "X")

        assert registry.get(APP, "x") is None
        assert 2 == code_of(lambda: registry.delete_value(APP, "x"))
        assert 2 == code_of(lambda: registry.delete_value(APP.child("none"), "x"))

    @pytest.mark.parametrize(
        "value",
        [
            RegistryValue(RegistryType.REG_SZ, ""),
            RegistryValue(RegistryType.REG_EXPAND_SZ, "%x%"),
            RegistryValue(RegistryType.REG_DWORD, 2**32 - 1),
            RegistryValue(RegistryType.REG_DWORD_BIG_ENDIAN, 1),
            RegistryValue(RegistryType.REG_QWORD, 2**64 - 1),
            RegistryValue(RegistryType.REG_MULTI_SZ, ("a", "", "b")),
            RegistryValue(RegistryType.REG_BINARY, b"\0"),
            RegistryValue(RegistryType.REG_LINK, b"\\\0"),
            RegistryValue(RegistryType.REG_NONE, None),
            RegistryValue(RegistryType.REG_NONE, b""),
        ],
    )
    def test_every_type_reads_back(self, registry: EmulatedRegistry, value: RegistryValue) -> None:
        """What was set is read."""
        registry.set(APP, "x", value)

        assert value == registry.get(APP, "x")

    @pytest.mark.parametrize(
        ("type_", "data", "wanted"),
        [
            (RegistryType.REG_SZ, 1, "text"),
            (RegistryType.REG_EXPAND_SZ, None, "text"),
            (RegistryType.REG_DWORD, 2**32, "0 to 4294967295"),
            (RegistryType.REG_DWORD, -1, "0 to 4294967295"),
            (RegistryType.REG_QWORD, "1", "0 to 18446744073709551615"),
            (RegistryType.REG_MULTI_SZ, "a", "tuple"),
            (RegistryType.REG_MULTI_SZ, (1,), "tuple"),
            (RegistryType.REG_NONE, "a", "bytes or nothing"),
            (RegistryType.REG_BINARY, "a", "bytes"),
        ],
    )
    def test_data_that_does_not_fit_is_refused(
        self, registry: EmulatedRegistry, type_: RegistryType, data: object, wanted: str
    ) -> None:
        """The message says where, what was given, and what the type takes."""
        with pytest.raises(UsageError, match=wanted) as caught:
            registry.set(APP, "x", RegistryValue(type_, data))  # type: ignore[arg-type]

        assert str(caught.value).startswith(r"HKLM\SOFTWARE\Contoso\App : x: ")
        assert not registry.exists(APP)


class TestKeys:
    """Making, listing, deleting."""

    def test_missing_key_is_error_2(self, registry: EmulatedRegistry) -> None:
        """Listing or deleting what is not there is error 2, and says which key."""
        assert 2 == code_of(lambda: registry.values(APP))
        assert 2 == code_of(lambda: registry.subkeys(APP))
        assert 2 == code_of(lambda: registry.delete(APP))
        assert 2 == code_of(lambda: registry.modified(APP))
        with pytest.raises(MachineError, match="Contoso"):
            registry.subkeys(APP)

    def test_subkeys_are_sorted(self, registry: EmulatedRegistry) -> None:
        """Windows lists keys by their names in upper case."""
        for name in ("b", "A_", "a", "Z"):
            registry.create(APP.child(name))

        assert ["a", "A_", "b", "Z"] == registry.subkeys(APP)

    def test_deleting_takes_everything_below(self, registry: EmulatedRegistry) -> None:
        """A key goes with its subkeys, and can be made anew, empty."""
        registry.set(APP.child(r"a\b"), "x", TEXT)
        assert TEXT == registry.get(APP.child(r"a\b"), "x")
        registry.delete(APP)

        assert not registry.exists(APP)
        assert registry.get(APP.child(r"a\b"), "x") is None
        registry.create(APP.child(r"a\b"))
        assert {} == registry.values(APP.child(r"a\b"))

    def test_existing_key_stays_as_it_is(self, registry: EmulatedRegistry) -> None:
        """Making a key twice keeps what is in it."""
        registry.set(APP, "x", TEXT)
        registry.create(APP)

        assert TEXT == registry.get(APP, "x")

    @pytest.mark.parametrize("key", [r"HKLM\Contoso", r"HKLM\Contoso\App", r"HKU\S-1-5-21-9", r"HKCU\..", r"HKU\x\y"])
    def test_no_keys_directly_below_the_roots(self, registry: EmulatedRegistry, key: str) -> None:
        """Windows makes no hives on demand: error 87, and nothing is made."""
        if key.startswith("HKCU"):
            registry.create(path(key))  # below a hive all is well
            return
        assert 87 == code_of(lambda: registry.create(path(key)))
        assert 87 == code_of(lambda: registry.set(path(key), "x", TEXT))
        assert not registry.exists(path(key))

    @pytest.mark.parametrize(
        "key",
        [
            "HKLM", "HKU", "HKCU", "HKCC", r"HKLM\SOFTWARE", r"HKLM\SYSTEM", r"HKU\.DEFAULT", r"HKLM\SOFTWARE\Classes",
            r"HKLM\SYSTEM\CurrentControlSet", r"HKLM\SYSTEM\ControlSet001", r"HKLM\SOFTWARE\WOW6432Node", "HKCR",
        ],
    )  # fmt: skip
    def test_hives_and_links_cannot_be_deleted(self, registry: EmulatedRegistry, key: str) -> None:
        """What Windows keeps open is error 5."""
        assert 5 == code_of(lambda: registry.delete(path(key)))
        assert registry.exists(path(key))

    def test_no_key_has_a_nul_in_its_name(self, registry: EmulatedRegistry) -> None:
        """Error 87 wherever it stands, for links too, and nothing is half made; winreg could not open such a key."""
        for name in ("a\0b", "\0", "new\\a\0b", "a\0b\\new"):
            assert 87 == code_of(lambda name=name: registry.create(APP.child(name)))
            assert 87 == code_of(lambda name=name: registry.set(APP.child(name), "v", TEXT))
            assert 87 == code_of(lambda name=name: registry.create_link(APP.child(name), APP))

        assert not registry.exists(APP)

    def test_names_have_limits(self, registry: EmulatedRegistry) -> None:
        """256 characters in a key's name, 16,383 in a value's, 512 levels; then error 87, and nothing is half made."""
        registry.create(APP.child("k" * 256))
        registry.set(APP, "v" * 16_383, TEXT)
        deepest = ["d"] * (512 - len(APP.parts))
        for length in (*range(1, len(deepest), 32), len(deepest)):
            registry.create(APP.child("\\".join(deepest[:length])))

        assert 87 == code_of(lambda: registry.create(APP.child("new").child("k" * 257)))
        assert 87 == code_of(lambda: registry.create(APP.child("\\".join([*deepest, "d"]))))
        assert 87 == code_of(lambda: registry.create(APP.child("new").child("\\".join("d" * 32))))
        assert 87 == code_of(lambda: registry.set(APP.child("new"), "v" * 16_384, TEXT))
        assert not registry.exists(APP.child("new"))
        registry.snapshot()
        registry.delete(APP)

    def test_backslashes(self, registry: EmulatedRegistry) -> None:
        """A leading backslash is error 161; trailing and double ones do not matter."""
        registry.set(APP, "x", TEXT)

        assert 161 == code_of(lambda: registry.exists(RegistryPath(Hive.HKLM, r"\SOFTWARE")))
        assert TEXT == registry.get(RegistryPath(Hive.HKLM, "SOFTWARE\\\\Contoso\\App\\"), "x")

    def test_last_write_time(self, registry: EmulatedRegistry) -> None:
        """A key's time is that of its last value or direct subkey; what happens deeper does not count."""
        registry.create(APP.child("sub"))
        made = registry.modified(APP)
        registry.set(APP.child("sub"), "x", TEXT)
        registry.create(APP.child(r"sub\deeper"))
        assert made == registry.modified(APP)

        registry.set(APP, "x", TEXT)
        after_set = registry.modified(APP)
        registry.delete_value(APP, "x")
        after_delete = registry.modified(APP)
        registry.delete(APP.child("sub"))

        assert made < after_set < after_delete < registry.modified(APP)

    def test_places_are_remembered_up_to_a_limit(self, registry: EmulatedRegistry) -> None:
        """However many keys are read, memory for found places stays bounded and answers stay right."""
        for number in range(4_200):
            registry.set(APP.child(str(number)), "n", RegistryValue.of(number))
            assert RegistryValue.of(number) == registry.get(APP.child(str(number)), "n")

        assert len(registry._remembered) <= 4_096
        assert RegistryValue.of(7) == registry.get(APP.child("7"), "n")


class TestViews:
    """64-bit and 32-bit halves."""

    def test_halves_are_apart(self, registry: EmulatedRegistry) -> None:
        """What a 32-bit program writes to SOFTWARE, a 64-bit one finds below WOW6432Node only."""
        registry.set(APP, "x", TEXT, View.VIEW_32)

        assert registry.get(APP, "x") is None
        assert TEXT == registry.get(APP, "x", View.VIEW_32)
        assert TEXT == registry.get(path(r"HKLM\SOFTWARE\Wow6432Node\Contoso\App"), "x")
        assert TEXT == registry.get(path(r"HKLM\SOFTWARE\WOW6432NODE\Contoso\App"), "x", View.VIEW_32)

    def test_shared_keys_are_one(self, registry: EmulatedRegistry) -> None:
        r"""Policies, HKCU\Software and App Paths are the same in both views."""
        for key in (
            r"HKLM\SOFTWARE\Policies\X",
            r"HKCU\Software\X",
            r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\x.exe",
        ):
            registry.set(path(key), "x", TEXT, View.VIEW_32)

            assert TEXT == registry.get(path(key), "x", View.VIEW_64)

    def test_32_bit_program_lists_its_own_half(self, registry: EmulatedRegistry) -> None:
        """It sees its own keys and the shared ones, not the others and not WOW6432Node."""
        registry.create(path(r"HKLM\SOFTWARE\Only64"))
        registry.create(path(r"HKLM\SOFTWARE\Only32"), View.VIEW_32)
        registry.create(path(r"HKLM\SOFTWARE\Policies\X"))
        software = path(r"HKLM\SOFTWARE")

        assert ["Classes", "Only32", "Policies"] == registry.subkeys(software, View.VIEW_32)
        assert ["Classes", "Only64", "Policies", "WOW6432Node"] == registry.subkeys(software)
        assert ["Classes", "Only32", "Policies"] == registry.subkeys(software.child("Wow6432Node"))

    def test_classes_are_listed_as_a_32_bit_program_finds_them(self, registry: EmulatedRegistry) -> None:
        """Its CLSID is its own, file types are shared, the node is not listed."""
        classes = path(r"HKLM\SOFTWARE\Classes")
        registry.create(classes.child(".txt"))
        registry.create(classes.child(r"CLSID\{64}"))
        registry.create(classes.child(r"CLSID\{32}"), View.VIEW_32)
        registry.create(classes.child("Interface"))

        assert [".txt", "CLSID"] == registry.subkeys(classes, View.VIEW_32)
        assert [".txt", "CLSID", "Interface", "WOW6432Node"] == registry.subkeys(classes)
        assert ["{32}"] == registry.subkeys(classes.child("CLSID"), View.VIEW_32)
        assert ["{32}"] == registry.subkeys(path(r"HKLM\SOFTWARE\WOW6432Node\Classes\CLSID"))

    def test_deleting_goes_by_the_view(self, registry: EmulatedRegistry) -> None:
        """Deleting in one half leaves the other alone."""
        registry.create(APP)
        registry.create(APP, View.VIEW_32)
        registry.delete(APP, View.VIEW_32)

        assert registry.exists(APP)
        assert not registry.exists(APP, View.VIEW_32)

    def test_32_bit_windows_has_no_halves(self) -> None:
        """Without WOW64 a view makes no difference, and there is no WOW6432Node."""
        registry = EmulatedRegistry(Ticking(), is_64_bit=False)
        registry.set(APP, "x", TEXT, View.VIEW_32)

        assert TEXT == registry.get(APP, "x", View.VIEW_64)
        assert not registry.exists(path(r"HKLM\SOFTWARE\WOW6432Node"))
        assert ["Classes", "Contoso"] == registry.subkeys(path(r"HKLM\SOFTWARE"), View.VIEW_32)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["set", "delete"]),
                st.sampled_from(
                    [r"HKLM\SOFTWARE\A", r"HKLM\SOFTWARE\WOW6432Node\A", r"HKLM\SOFTWARE\Policies\A", r"HKCU\A",
                     r"HKLM\SOFTWARE\Classes\CLSID\A", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\A", r"HKCR\A"]
                ),
                st.sampled_from(list(View)),
                st.integers(0, 3),
            ),
            max_size=12,
        )
    )  # fmt: skip
    @settings(deadline=None, max_examples=60)
    def test_what_was_written_is_read(self, steps: list[tuple[str, str, View, int]]) -> None:
        """Whatever is done through either view, the last write to a path is what that path reads in that view."""
        registry = EmulatedRegistry(Ticking())
        for action, key, view, number in steps:
            if action == "set":
                registry.set(path(key), "n", RegistryValue.of(number), view)
                assert RegistryValue.of(number) == registry.get(path(key), "n", view)
            elif registry.exists(path(key), view):
                registry.delete(path(key), view)
                assert not registry.exists(path(key), view)


class TestLinks:
    """Names that lead elsewhere."""

    def test_current_control_set(self, registry: EmulatedRegistry) -> None:
        """CurrentControlSet is a link to ControlSet001; both are listed."""
        registry.set(path(r"HKLM\SYSTEM\CurrentControlSet\Services\X"), "x", TEXT)

        assert TEXT == registry.get(path(r"HKLM\SYSTEM\ControlSet001\Services\X"), "x")
        assert ["ControlSet001", "CurrentControlSet"] == registry.subkeys(path(r"HKLM\SYSTEM"))
        assert registry.exists(path(r"HKLM\SYSTEM"))

    def test_current_config(self, registry: EmulatedRegistry) -> None:
        """HKCC is the current hardware profile."""
        registry.set(path(r"HKCC\Software\X"), "x", TEXT)
        profiles = path(r"HKLM\SYSTEM\CurrentControlSet\Hardware Profiles")

        assert TEXT == registry.get(profiles.child(r"Current\Software\X"), "x")
        assert TEXT == registry.get(profiles.child(r"0001\Software\X"), "x")
        assert ["0001", "Current"] == registry.subkeys(profiles)

    def test_system_is_the_default_user(self, registry: EmulatedRegistry) -> None:
        r"""HKCU, HKU\S-1-5-18 and HKU\.DEFAULT are one hive."""
        registry.set(path(r"HKCU\Software\X"), "x", TEXT)

        assert TEXT == registry.get(path(r"HKU\S-1-5-18\Software\X"), "x")
        assert TEXT == registry.get(path(r"HKU\.DEFAULT\Software\X"), "x")
        assert [".DEFAULT", "S-1-5-18", "S-1-5-19", "S-1-5-20"] == registry.subkeys(path("HKU"))

    def test_empty_key_of_hkcu_is_the_hive(self, registry: EmulatedRegistry) -> None:
        """HKCU itself can be listed."""
        registry.create(path(r"HKCU\Environment"))

        assert ["Environment"] == registry.subkeys(path("HKCU"))


class TestUsers:
    """Hives that come and go."""

    def test_hive_is_there_while_the_user_is_signed_in(self, registry: EmulatedRegistry) -> None:
        """A user's keys appear with the hive, go with it, and are the same when it returns."""
        registry.load_user(ADA)
        registry.load_user(ADA)
        registry.set(path(rf"HKU\{ADA}\Software\X"), "x", TEXT)
        registry.set(path(rf"HKU\{ADA}\Software\Classes\.x"), "", TEXT)
        assert TEXT == registry.get(path(rf"HKU\{ADA}_Classes\.x"))
        assert [ADA, f"{ADA}_Classes"] == registry.subkeys(path("HKU"))[-2:]
        assert ["Classes", "X"] == registry.subkeys(path(rf"HKU\{ADA}\Software"))

        registry.unload_user(ADA)
        assert not registry.exists(path(rf"HKU\{ADA}\Software\X"))
        assert 87 == code_of(lambda: registry.create(path(rf"HKU\{ADA}\Software\X")))

        registry.load_user(ADA)
        assert TEXT == registry.get(path(rf"HKU\{ADA}\Software\X"), "x")

    def test_only_users_hives_are_unloaded(self, registry: EmulatedRegistry) -> None:
        """A hive that is not loaded is error 2, one of Windows' own error 5."""
        assert 2 == code_of(lambda: registry.unload_user(ADA))
        assert 5 == code_of(lambda: registry.unload_user("S-1-5-18"))
        assert 5 == code_of(lambda: registry.unload_user(".default"))

    def test_user_has_another_hkcu(self, registry: EmulatedRegistry) -> None:
        """The registry of a user is the same one with the user's HKCU."""
        registry.load_user(ADA)
        adas = registry.of_user(ADA)
        adas.set(path(r"HKCU\Software\X"), "x", TEXT)
        registry.set(APP, "x", TEXT)

        assert TEXT == registry.get(path(rf"HKU\{ADA}\Software\X"), "x")
        assert registry.get(path(r"HKCU\Software\X"), "x") is None
        assert TEXT == adas.get(APP, "x")

    def test_without_a_hive_hkcu_is_the_default_users(self, registry: EmulatedRegistry) -> None:
        r"""A process whose user has no hive loaded finds HKU\.DEFAULT, and its own from when it is."""
        registry.set(path(r"HKCU\X"), "x", TEXT)
        adas = registry.of_user(ADA)
        assert TEXT == adas.get(path(r"HKCU\X"), "x")

        registry.load_user(ADA)
        assert adas.get(path(r"HKCU\X"), "x") is None


class TestClassesRoot:
    """HKCR."""

    @pytest.fixture
    def adas(self, registry: EmulatedRegistry) -> EmulatedRegistry:
        """Give the registry as Ada's processes address it."""
        registry.load_user(ADA)
        return registry.of_user(ADA)

    def test_keys_of_both_halves_are_seen(self, registry: EmulatedRegistry, adas: EmulatedRegistry) -> None:
        """HKCR lists the user's classes and the machine's, each once."""
        registry.create(path(r"HKLM\SOFTWARE\Classes\.m"))
        registry.create(path(r"HKLM\SOFTWARE\Classes\.BOTH"))
        adas.create(path(r"HKCU\Software\Classes\.u"))
        adas.create(path(r"HKCU\Software\Classes\.both"))

        assert {".m", ".u", ".both"} <= set(adas.subkeys(path("HKCR")))
        assert 1 == len([name for name in adas.subkeys(path("HKCR")) if name.lower() == ".both"])
        assert not registry.exists(path(r"HKCR\.u"))

    def test_users_key_hides_the_machines(self, registry: EmulatedRegistry, adas: EmulatedRegistry) -> None:
        """A class both have is the user's alone, with all that is in it."""
        registry.set(path(r"HKLM\SOFTWARE\Classes\.x"), "machine", TEXT)
        registry.create(path(r"HKLM\SOFTWARE\Classes\.x\sub"))
        adas.set(path(r"HKCU\Software\Classes\.x"), "user", TEXT)

        assert ["user"] == list(adas.values(path(r"HKCR\.x")))
        assert not adas.exists(path(r"HKCR\.x\sub"))
        assert adas.get(path(r"HKCR\.x"), "machine") is None
        assert TEXT == registry.get(path(r"HKCR\.x"), "machine")

    def test_listed_keys_are_merged_one_level_deep(self, registry: EmulatedRegistry, adas: EmulatedRegistry) -> None:
        """CLSID shows the classes of both; of one that both have, the user's."""
        machine, user = path(r"HKLM\SOFTWARE\Classes\CLSID"), path(r"HKCU\Software\Classes\CLSID")
        registry.set(machine, "m", TEXT)
        registry.set(machine.child("{2}"), "m", TEXT)
        registry.set(machine.child("{4}"), "m", TEXT)
        adas.set(user, "u", TEXT)
        adas.set(user.child("{1}"), "u", TEXT)
        adas.set(user.child("{4}"), "u", TEXT)
        merged = path(r"HKCR\CLSID")

        assert ["{1}", "{2}", "{4}"] == adas.subkeys(merged)
        assert {"u", "m"} == set(adas.values(merged))
        assert TEXT == adas.get(merged, "m")
        assert ["u"] == list(adas.values(merged.child("{4}")))
        assert ["m"] == list(adas.values(merged.child("{2}")))

    def test_writes_go_to_the_machine(self, registry: EmulatedRegistry, adas: EmulatedRegistry) -> None:
        """A new class is the machine's; one that the user has is written there."""
        adas.set(path(r"HKCR\.new"), "", TEXT)
        assert TEXT == registry.get(path(r"HKLM\SOFTWARE\Classes\.new"))

        adas.create(path(r"HKCU\Software\Classes\.mine"))
        adas.set(path(r"HKCR\.mine"), "", TEXT)
        assert TEXT == adas.get(path(r"HKCU\Software\Classes\.mine"))
        assert not registry.exists(path(r"HKLM\SOFTWARE\Classes\.mine"))

        adas.delete_value(path(r"HKCR\.mine"), "")
        adas.delete(path(r"HKCR\.mine"))
        assert not adas.exists(path(r"HKCR\.mine"))

    def test_views(self, registry: EmulatedRegistry) -> None:
        """HKCR follows the redirection of what it is made of."""
        registry.create(path(r"HKCR\CLSID\{32}"), View.VIEW_32)

        assert registry.exists(path(r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{32}"))
        assert ["{32}"] == registry.subkeys(path(r"HKCR\CLSID"), View.VIEW_32)
        assert not registry.exists(path(r"HKCR\CLSID\{32}"))

    def test_missing_class_is_error_2(self, registry: EmulatedRegistry) -> None:
        """As for any key."""
        assert 2 == code_of(lambda: registry.subkeys(path(r"HKCR\.none")))
        assert 2 == code_of(lambda: registry.values(path(r"HKCR\.none")))
        assert 2 == code_of(lambda: registry.delete(path(r"HKCR\.none")))


def test_two_registries_never_meet() -> None:
    """What is done to one is not seen in the other, however the calls alternate."""
    one, two = EmulatedRegistry(Ticking()), EmulatedRegistry(Ticking())
    one.set(APP, "x", RegistryValue.of("one"))
    two.set(APP, "x", RegistryValue.of("two"))
    one.load_user(ADA)
    one.delete_value(APP, "x")

    assert RegistryValue.of("two") == two.get(APP, "x")
    assert not two.exists(path(rf"HKU\{ADA}"))
