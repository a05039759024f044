"""`.reg` files into a registry and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.faults import Fault, Faults, Operation
from harness.emulator.frozen import KeyImage
from harness.emulator.registry import EmulatedRegistry
from harness.errors import FormatError, MachineError, NotEmulated
from harness.formats.regfile import VERSION_5, RegEdit
from harness.model.windows import Hive, RegistryPath, RegistryValue, Token, View
from tests.emulator.volumes import Clock, code_of

APP = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\App")
ADA = entra_account("ada")


@pytest.fixture
def registry(clock: Clock) -> EmulatedRegistry:
    """Give a registry with an application in it, an hour later."""
    registry = EmulatedRegistry(clock)
    registry.load_user(ADA.sid)
    for name in ("B", "A"):
        registry.set(APP, name, RegistryValue.of("1"))
    registry.set(APP.child("Sub"), "C", RegistryValue.of("1"))
    registry.create(APP.child("Volatile"), volatile=True)
    registry.set(RegistryPath.parse(r"HKCR\.txt"), "", RegistryValue.of("txtfile"))
    clock.time += timedelta(hours=1)
    return registry


def reg(lines: str) -> str:
    """Return a file."""
    return f"{VERSION_5}\n\n{lines}"


def whole(registry: EmulatedRegistry) -> list[object]:
    """Return everything about every key."""

    def rows(key: KeyImage, path: str) -> Iterator[object]:
        yield path, key.name, key.modified, tuple(key.values.values()), key.is_volatile, key.is_link
        for name in sorted(key.keys):
            yield from rows(key.keys[name], f"{path}\\{name}")

    return [row for hive, image in registry.snapshot().hives.items() for row in rows(image, hive)]


#: Changes of every kind, and then something that Windows refuses.
CHANGES = r"""
[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App]
"B"=-
"A"="2"
"N"=dword:1
"Missing"=-
[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\New\Deep\Deeper]
"x"="y"
[-HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App]
[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App\Sub\Sub]
"x"="y"
[-HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App\Sub\Sub]
[-HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\NotThere]
[HKEY_CLASSES_ROOT\.txt]
@="other"
[-HKEY_CLASSES_ROOT\.txt]
[HKEY_CURRENT_USER\Software\Contoso]
"x"="y"
"""


class TestImport:
    """What a file does."""

    def test_everything_in_its_order(self, registry: EmulatedRegistry) -> None:
        """Values are set and deleted, keys made and deleted."""
        registry.import_reg(reg(CHANGES))

        assert ["Sub"] == registry.subkeys(APP)
        assert {} == registry.values(APP)
        assert "y" == registry.get(APP.parent.child(r"New\Deep\Deeper"), "x").data
        assert not registry.exists(RegistryPath.parse(r"HKCR\.txt"))
        assert registry.exists(RegistryPath.parse(r"HKU\S-1-5-18\Software\Contoso"))

    def test_hkcu_is_the_users(self, registry: EmulatedRegistry) -> None:
        """Through a user's registry it is the user's."""
        registry.of_user(ADA.sid).import_reg(reg('[HKEY_CURRENT_USER\\Software\\Contoso]\n"x"="y"'))

        assert "y" == registry.get(RegistryPath(Hive.HKU, rf"{ADA.sid}\Software\Contoso"), "x").data
        assert not registry.exists(RegistryPath.parse(r"HKU\S-1-5-18\Software\Contoso"))

    def test_the_other_half(self, registry: EmulatedRegistry) -> None:
        """A 32-bit Registry Editor writes into the 32-bit half."""
        registry.import_reg(reg('[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\n"x"="y"'), view=View.VIEW_32)

        assert registry.exists(RegistryPath.parse(r"HKLM\SOFTWARE\WOW6432Node\X"))

    def test_a_file_that_does_not_read_changes_nothing(self, registry: EmulatedRegistry) -> None:
        """Every bad line is named before anything is done."""
        before = whole(registry)

        with pytest.raises(FormatError, match=r"x\.reg: line 4: is neither"):
            registry.import_reg(reg("[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\nfoo"), source="x.reg")
        assert before == whole(registry)

    def test_what_is_refused_midway_changes_nothing(self, registry: EmulatedRegistry) -> None:
        """Keys, values, their order and all times are as they were; the error says the line."""
        before = whole(registry)

        with pytest.raises(MachineError, match=r"x\.reg, line 21: Windows makes no keys directly below") as raised:
            registry.import_reg(reg(rf"{CHANGES}[HKEY_LOCAL_MACHINE\NoSuch\X]"), source="x.reg")

        assert (87, r"HKLM\NoSuch\X") == (raised.value.winerror, raised.value.filename)
        assert before == whole(registry)
        assert "1" == registry.get(APP, "A").data

    def test_a_fault_midway_changes_nothing(self, clock: Clock) -> None:
        """Whatever goes wrong on purpose leaves no half of a file."""
        faults = Faults(timedelta)
        registry = EmulatedRegistry(clock, faults=faults)
        registry.set(APP, "A", RegistryValue.of("1"))
        before = whole(registry)
        faults.add(Fault(operation=Operation.WRITE_REGISTRY, code=1019, where=r"*\Sub"))

        lines = reg(f'[{APP}]\n"A"="2"\n[{APP}\\Sub]\n"x"="y"')
        assert 1019 == code_of(lambda: registry.import_reg(lines))
        assert before == whole(registry)

    def test_rights_count(self, registry: EmulatedRegistry) -> None:
        """A user writes to the user's own keys only."""
        before = whole(registry)
        users = registry.of_token(Token(account=ADA))

        assert 5 == code_of(lambda: users.import_reg(reg(f'[HKEY_CURRENT_USER\\Software\\X]\n[{APP}]\n"x"="y"')))
        assert 5 == code_of(lambda: users.import_reg(reg(f"[-{APP}]")))
        assert before == whole(registry)

    def test_edits_of_another_source(self, registry: EmulatedRegistry) -> None:
        """Edits without a line are refused without one, and other errors come through as they are."""
        with pytest.raises(MachineError, match=r"^\[WinError 87\] Windows makes no keys"):
            registry.import_edits([RegEdit(path=RegistryPath.parse(r"HKLM\X\Y"))], source="x")

        def broken() -> Iterator[RegEdit]:
            yield RegEdit(path=APP, name="A", is_deletion=True)
            raise NotEmulated("x", where="y", hint="z")

        before = whole(registry)
        with pytest.raises(NotEmulated):
            registry.import_edits(broken(), source="x")
        assert before == whole(registry)

    def test_a_hive_is_not_deleted(self, registry: EmulatedRegistry) -> None:
        """Windows keeps it open."""
        assert 5 == code_of(lambda: registry.import_reg(reg("[-HKEY_LOCAL_MACHINE\\SOFTWARE]")))

    def test_only_the_link_is_deleted(self, registry: EmulatedRegistry) -> None:
        """What it leads to stays, also when the link comes back."""
        link = RegistryPath.parse(r"HKLM\SOFTWARE\Link")
        registry.create_link(link, APP)
        before = whole(registry)

        assert 87 == code_of(lambda: registry.import_reg(reg(f"[-{link}]\n[HKEY_USERS\\x\\y]")))
        assert before == whole(registry)
        registry.import_reg(reg(f"[-{link}]"))
        assert (False, True) == (registry.exists(link), registry.exists(APP))


class TestExport:
    """What Registry Editor would write."""

    def test_keys_sorted_values_in_their_order(self, registry: EmulatedRegistry) -> None:
        """A key, then those below it; names as they were made, whatever was asked for."""
        text = registry.export_reg(RegistryPath.parse(r"hklm\software\CONTOSO")).decode("utf-16")

        assert [
            VERSION_5, "", r"[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso]", "", r"[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App]",
            '"B"="1"', '"A"="1"', "", r"[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App\Sub]", '"C"="1"', "",
            r"[HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\App\Volatile]", "", "",
        ] == text.split("\r\n")  # fmt: skip

    def test_it_reads_back(self, registry: EmulatedRegistry, clock: Clock) -> None:
        """What was exported, another machine imports."""
        other = EmulatedRegistry(clock)
        other.import_reg(registry.export_reg(APP))

        assert registry.export_reg(APP) == other.export_reg(APP)

    def test_a_key_that_is_not_there(self, registry: EmulatedRegistry) -> None:
        """Error 2."""
        assert 2 == code_of(lambda: registry.export_reg(APP.child("x")))
        assert 2 == code_of(lambda: registry.export_reg(APP.child(r"x\y")))

    def test_links_that_lead_round_and_round(self, registry: EmulatedRegistry) -> None:
        """They are followed once."""
        registry.create_link(APP.child("Again"), APP.parent)
        text = registry.export_reg(APP.parent).decode("utf-16")

        assert 1 == text.count(r"App\Again]")
        assert r"Contoso\App\Again\App" not in text

    def test_the_other_half(self, registry: EmulatedRegistry) -> None:
        """A 32-bit Registry Editor shows its own half, without saying so."""
        registry.set(APP, "x", RegistryValue.of("32"), View.VIEW_32)

        assert '"x"="32"' in registry.export_reg(APP, View.VIEW_32).decode("utf-16")
        assert '"x"' not in registry.export_reg(APP).decode("utf-16")
