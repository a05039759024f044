"""`winreg` on keys: what the exam does not ask."""

import gc
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

CONTOSO = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso")


class TestHandles:
    """Handle objects."""

    def test_numbers(self, winreg: ModuleType, key: object) -> None:
        """Numbers are multiples of four, as on Windows, and are never used again."""
        first = int(key)
        key.Close()
        second = int(winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, "SOFTWARE"))

        assert first % 4 == second % 4 == 0
        assert first != second

    def test_no_copies(self, key: object) -> None:
        """A handle cannot be pickled, and its type not be inherited from."""
        with pytest.raises(TypeError, match="cannot pickle"):
            key.__reduce_ex__(2)
        with pytest.raises(TypeError, match="acceptable base type"):
            type("Mine", (type(key),), {})

    def test_handle_of_another_machine(self, winreg: ModuleType, make_machine: Callable[[], EmulatedMachine]) -> None:
        """The handle of another machine is none at all, so that no test reads the wrong registry."""
        other = make_machine().winreg
        foreign = other.OpenKey(other.HKEY_LOCAL_MACHINE, "SOFTWARE")

        for call in (winreg.QueryInfoKey, winreg.CloseKey, lambda key: winreg.OpenKey(key, "Microsoft")):
            with pytest.raises(TypeError, match="not a PyHKEY object"):
                call(foreign)

    def test_closing_numbers(self, winreg: ModuleType) -> None:
        """Closing 0 or None does nothing; another number is error 6, one of more than 64 bits an OverflowError."""
        winreg.CloseKey(0)
        winreg.CloseKey(None)
        with pytest.raises(OSError, match="WinError 6"):
            winreg.CloseKey(12)
        with pytest.raises(OverflowError):
            winreg.CloseKey(2**64)

    def test_detached_predefined_key(self, winreg: ModuleType) -> None:
        """A predefined key that is detached stays what it is."""
        handle = winreg.OpenKey(winreg.HKEY_USERS, None)

        assert winreg.HKEY_USERS == handle.Detach()
        assert not handle
        assert winreg.QueryInfoKey(winreg.HKEY_USERS)[0]

    def test_what_nobody_holds_is_given_up(self, winreg: ModuleType, key: object) -> None:
        """Handles leave nothing behind."""
        numbers = [int(winreg.OpenKey(key, None)) for _ in range(10)]
        gc.collect()

        for number in numbers:
            with pytest.raises(OSError, match="WinError 6"):
                winreg.QueryInfoKey(number)

    def test_handle_closed_by_number_opens_nothing(self, winreg: ModuleType, key: object) -> None:
        """Neither opening nor making works below it."""
        winreg.CloseKey(int(key))

        for call in (winreg.OpenKey, winreg.CreateKey):
            with pytest.raises(OSError, match="WinError 6"):
                call(key, "Microsoft")


class TestKeys:
    """Opening, making, deleting."""

    def test_links(self, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """A link is followed, but for REG_OPTION_OPEN_LINK and when it is deleted."""
        target, link = CONTOSO.child("Target"), CONTOSO.child("Link")
        machine.registry.create(target)
        machine.registry.create_link(link, target)
        root = winreg.HKEY_LOCAL_MACHINE
        winreg.SetValue(root, link.key, winreg.REG_SZ, "through the link")
        with winreg.OpenKey(root, link.key, winreg.REG_OPTION_OPEN_LINK) as itself:
            name, data, kind = winreg.EnumValue(itself, 0)

        assert RegistryValue.of("through the link") == machine.registry.get(target)
        assert ("SymbolicLinkValue", winreg.REG_LINK) == (name, kind)
        assert r"\Registry\Machine\SOFTWARE\Contoso\Target" == data.decode("utf-16-le")
        winreg.DeleteKey(root, link.key)
        assert machine.registry.exists(target)

    def test_link_that_leads_elsewhere_now(self, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """A path is looked up anew each time."""
        for name in ("one", "two"):
            machine.registry.set(CONTOSO.child(name), "", RegistryValue.of(name))
        found = []
        for name in ("one", "two"):
            machine.registry.create_link(CONTOSO.child("Link"), CONTOSO.child(name))
            found.append(winreg.QueryValue(winreg.HKEY_LOCAL_MACHINE, CONTOSO.child("Link").key))
            machine.registry.delete(CONTOSO.child("Link"))

        assert ["one", "two"] == found

    def test_control_set(self, winreg: ModuleType) -> None:
        """Through a link in a path everything is found; a handle is where the link leads."""
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control") as key:
            assert winreg.QueryInfoKey(key)[0]
        winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\ControlSet001\Control").Close()
        assert winreg.QueryInfoKey(winreg.HKEY_CURRENT_CONFIG)

    def test_restored_machine(self, winreg: ModuleType, key: object, machine: EmulatedMachine) -> None:
        """After a restore open keys are deleted ones, and paths mean the new ones."""
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "before")
        before = machine.registry.snapshot()
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "after")
        machine.registry.restore(before)

        with pytest.raises(OSError, match="WinError 1018"):
            winreg.QueryValueEx(key, "x")
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, CONTOSO.key) as again:
            assert ("before", winreg.REG_SZ) == winreg.QueryValueEx(again, "x")

    def test_many_keys(self, winreg: ModuleType, key: object) -> None:
        """Thousands of keys are opened, without their being remembered for ever."""
        for number in range(4_200):
            winreg.CreateKey(key, str(number)).Close()
            winreg.OpenKey(key, str(number)).Close()

        assert 4_200 == winreg.QueryInfoKey(key)[0]
        assert len(winreg.OpenKey.__self__._opener.remembered) < 4_200

    def test_time(self, winreg: ModuleType, key: object, machine: EmulatedMachine) -> None:
        """The last-write time goes with the machine's clock: tenths of microseconds since 1601."""
        before = winreg.QueryInfoKey(key)[2]
        machine.clock.advance(timedelta(seconds=2))
        winreg.CreateKey(key, "below").Close()

        assert 20_000_000 == winreg.QueryInfoKey(key)[2] - before

    def test_connecting(self, winreg: ModuleType, key: object) -> None:
        """Connecting to an ordinary key of this computer opens it again."""
        with winreg.ConnectRegistry("", key) as again:
            assert winreg.QueryInfoKey(key) == winreg.QueryInfoKey(again)
            assert int(key) != int(again)

    def test_reflection(self, winreg: ModuleType, key: object) -> None:
        """There is no reflection any more: all three do nothing."""
        assert winreg.DisableReflectionKey(key) is None
        assert winreg.EnableReflectionKey(key) is None
        assert winreg.QueryReflectionKey(key) is True


class TestStoredData:
    """Data that only others write."""

    @pytest.mark.parametrize(
        ("stored", "read"),
        [
            (RegistryValue(RegistryType.REG_DWORD, b"\x01\x02"), 0x0201),
            (RegistryValue(RegistryType.REG_DWORD, b""), 0),
            (RegistryValue(RegistryType.REG_QWORD, b"\x01" * 9), 0x0101_0101_0101_0101),
            (RegistryValue(RegistryType.REG_DWORD_BIG_ENDIAN, 1), b"\0\0\0\x01"),
            (RegistryValue(RegistryType.REG_NONE, None), None),
            (RegistryValue(RegistryType.REG_SZ, "a\0b"), "a"),
            (RegistryValue(RegistryType.REG_MULTI_SZ, ("a\0b", "")), ["a", "b", ""]),
        ],
    )
    def test_reading(
        self, winreg: ModuleType, key: object, machine: EmulatedMachine, stored: RegistryValue, read: object
    ) -> None:
        """Whatever is stored is read as CPython reads it."""
        machine.registry.set(CONTOSO, "x", stored)

        assert (read, int(stored.type)) == winreg.QueryValueEx(key, "x")
        assert ("x", read, int(stored.type)) == winreg.EnumValue(key, 0)

    def test_not_contiguous_bytes(self, winreg: ModuleType, key: object) -> None:
        """Bytes that do not lie one after the other are a BufferError."""
        with pytest.raises(BufferError):
            winreg.SetValueEx(key, "x", 0, winreg.REG_BINARY, memoryview(b"abcd")[::2])

    def test_negative_type(self, winreg: ModuleType, key: object) -> None:
        """A type without a sign is wanted."""
        with pytest.raises(ValueError, match="must be positive"):
            winreg.SetValueEx(key, "x", 0, -1, b"")

    def test_predefined_keys_have_values(self, winreg: ModuleType) -> None:
        """A value may lie in a predefined key itself."""
        winreg.SetValueEx(winreg.HKEY_CURRENT_USER, "x", 0, winreg.REG_SZ, "text")

        assert ("text", winreg.REG_SZ) == winreg.QueryValueEx(winreg.HKEY_CURRENT_USER, "x")
        winreg.DeleteValue(winreg.HKEY_CURRENT_USER, "x")
