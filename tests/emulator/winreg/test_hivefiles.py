"""`SaveKey` and `LoadKey`: real hive files on the machine's volume."""

from datetime import timedelta
from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.errors import NotEmulated
from harness.formats.hives import header_checksum, read_hive
from harness.model.windows import SYSTEM, Account, RegistryPath, RegistryValue, Token

FILE = r"C:\Windows\Temp\contoso.hiv"
PRIVILEGES = ("SeBackupPrivilege", "SeRestorePrivilege")
LOADED = RegistryPath.parse(r"HKLM\Contoso")


@pytest.fixture
def winreg(machine: EmulatedMachine) -> ModuleType:
    """Give the module as a program of SYSTEM has it that has enabled both privileges."""
    return machine.winreg_for(Token(account=SYSTEM), enabled_privileges=PRIVILEGES)


@pytest.fixture
def saved(winreg: ModuleType, key: object) -> str:
    """Save a key with one below it, and give the path of the file."""
    winreg.SetValueEx(key, "Größe", 0, winreg.REG_MULTI_SZ, ["a", "b"])
    winreg.SetValue(key, "below", winreg.REG_SZ, "text")
    winreg.SaveKey(key, FILE)
    return FILE


class TestSaving:
    """SaveKey."""

    def test_file_is_a_hive(self, saved: str, machine: EmulatedMachine) -> None:
        """The file is a hive with the key as its root, and without what is volatile."""
        root = read_hive(machine.files.read(saved), source=saved)

        assert {"Größe": RegistryValue.of(("a", "b"))} == dict(root.values.values())
        assert ["below"] == [key.name for key in root.keys.values()]

    def test_existing_file(self, saved: str, winreg: ModuleType, key: object) -> None:
        """A file that is there stays, error 183."""
        with pytest.raises(FileExistsError, match="WinError 183"):
            winreg.SaveKey(key, saved)

    def test_missing_folder(self, winreg: ModuleType, key: object) -> None:
        """A folder that is not there is error 3; a relative path begins in the working folder."""
        with pytest.raises(FileNotFoundError, match="WinError 3"):
            winreg.SaveKey(key, r"C:\Missing\x.hiv")

    def test_relative_path(self, machine: EmulatedMachine) -> None:
        """A relative path begins in the working folder."""
        winreg = machine.winreg_for(
            Token(account=SYSTEM), working_directory=r"C:\Package", enabled_privileges=PRIVILEGES
        )
        winreg.SaveKey(winreg.HKEY_CURRENT_USER, "user.hiv")

        assert machine.files.exists(r"C:\Package\user.hiv")

    def test_roots(self, winreg: ModuleType) -> None:
        """What hives hang from is no hive, error 5."""
        with pytest.raises(PermissionError):
            winreg.SaveKey(winreg.HKEY_LOCAL_MACHINE, FILE)

    def test_classes(self, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """Of HKEY_CLASSES_ROOT the key is saved that a write would go to."""
        winreg.SetValue(winreg.HKEY_CLASSES_ROOT, ".contoso", winreg.REG_SZ, "Contoso")
        with winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, ".contoso") as key:
            winreg.SaveKey(key, FILE)

        root = read_hive(machine.files.read(FILE), source=FILE)
        assert {"": RegistryValue.of("Contoso")} == dict(root.values.values())


class TestLoading:
    """LoadKey."""

    def test_round_trip(self, saved: str, winreg: ModuleType) -> None:
        """What was saved is there again under another name."""
        winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, LOADED.key, saved)

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, LOADED.key) as key:
            assert (["a", "b"], winreg.REG_MULTI_SZ) == winreg.QueryValueEx(key, "größe")
            assert "text" == winreg.QueryValue(key, "below")

    def test_changes_go_into_the_file(self, saved: str, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """While it is loaded the file is in use; what was changed is in it when it is unloaded."""
        winreg.LoadKey(winreg.HKEY_USERS, "Contoso", saved)
        winreg.SetValue(winreg.HKEY_USERS, r"Contoso\new", winreg.REG_SZ, "text")
        with pytest.raises(OSError, match="32"):
            machine.files.delete(saved)
        machine.registry.unmount(RegistryPath.parse(r"HKU\Contoso"))

        root = read_hive(machine.files.read(saved), source=saved)
        assert {"BELOW", "NEW"} == set(root.keys)
        machine.files.delete(saved)

    def test_file_of_a_loaded_hive_is_nobody_elses(
        self, saved: str, winreg: ModuleType, machine: EmulatedMachine
    ) -> None:
        """Reading, writing, copying, moving, deleting and loading it again fail with 32, until it is unloaded."""
        winreg.LoadKey(winreg.HKEY_USERS, "Contoso", saved)

        for use in (
            lambda: machine.files.read(saved),
            lambda: machine.files.open(saved),
            lambda: machine.files.open(saved, "ab"),
            lambda: machine.files.write(saved, b""),
            lambda: machine.files.copy(saved, rf"{saved}.bak"),
            lambda: machine.files.copy(r"C:\Windows\win.ini", saved),
            lambda: machine.files.move(saved, rf"{saved}.bak"),
            lambda: machine.files.delete(saved),
            lambda: winreg.LoadKey(winreg.HKEY_USERS, "Again", saved),
        ):
            with pytest.raises(OSError, match="32"):
                use()

        machine.registry.unmount(RegistryPath.parse(r"HKU\Contoso"))
        with machine.files.open(saved, "ab"):
            assert machine.files.read(saved).startswith(b"regf")

    def test_file_that_somebody_reads(self, saved: str, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """A hive shares its file with nobody, so that one that is open elsewhere is not loaded: error 32."""
        with machine.files.open(saved), pytest.raises(OSError, match="WinError 32"):
            winreg.LoadKey(winreg.HKEY_USERS, "Contoso", saved)
        winreg.LoadKey(winreg.HKEY_USERS, "Contoso", saved)

        machine.power.restart(reason="test")
        machine.clock.advance(timedelta(minutes=10))
        assert machine.files.read(saved).startswith(b"regf")

    def test_refused_places(self, saved: str, winreg: ModuleType, key: object) -> None:
        """A hive is loaded directly below the two roots, error 87, and under a new name, error 183."""
        for root, name in ((key, "x"), (winreg.HKEY_LOCAL_MACHINE, r"a\b"), (winreg.HKEY_LOCAL_MACHINE, "")):
            with pytest.raises(OSError, match="WinError 87"):
                winreg.LoadKey(root, name, saved)
        with pytest.raises(FileExistsError):
            winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, "software", saved)

    @pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:4096] + data[4096:].replace(b"nk", b"kn")])
    def test_bad_files(self, damage, saved: str, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """What is no hive, or a broken one, is error 1009 and leaves everything as it was."""
        machine.files.write(saved, damage(machine.files.read(saved)))
        before = machine.snapshot()

        with pytest.raises(OSError, match="WinError 1009"):
            winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, LOADED.key, saved)
        assert not machine.changes_since(before).registry
        machine.files.delete(saved)

    def test_file_that_was_not_written_to_its_end(
        self, saved: str, winreg: ModuleType, machine: EmulatedMachine
    ) -> None:
        """A hive with transaction logs is not emulated, which is said, and the file is let go."""
        data = bytearray(machine.files.read(saved))
        data[4] += 1
        checksum = header_checksum(bytes(data))
        data[508:512] = checksum.to_bytes(4, "little")
        machine.files.write(saved, bytes(data))

        with pytest.raises(NotEmulated, match="transaction logs"):
            winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, LOADED.key, saved)
        machine.files.delete(saved)

    def test_missing_file(self, winreg: ModuleType) -> None:
        """A file that is not there is error 2."""
        with pytest.raises(FileNotFoundError, match="WinError 2"):
            winreg.LoadKey(winreg.HKEY_LOCAL_MACHINE, LOADED.key, FILE)


class TestPrivileges:
    """Who may."""

    def test_not_enabled(self, machine: EmulatedMachine) -> None:
        """Even SYSTEM has to enable the privilege; that is said before anything about the handle."""
        winreg = machine.winreg
        for handle in (winreg.HKEY_USERS, 12):
            with pytest.raises(OSError, match="WinError 1314") as caught:
                winreg.SaveKey(handle, FILE)
            assert "enabled_privileges" in caught.value.__notes__[0]
            with pytest.raises(OSError, match="WinError 1314"):
                winreg.LoadKey(handle, "x", FILE)
        with pytest.raises(TypeError):
            winreg.SaveKey("x", FILE)

    def test_not_held(self, machine: EmulatedMachine, ada: Account) -> None:
        """A standard user does not hold the privilege, so that nothing can be enabled."""
        winreg = machine.winreg_for(Token(account=ada), enabled_privileges=PRIVILEGES)

        with pytest.raises(OSError, match="WinError 1314"):
            winreg.SaveKey(winreg.HKEY_CURRENT_USER, FILE)

    def test_bad_handle(self, winreg: ModuleType) -> None:
        """Who has the privilege is told what is wrong with the handle."""
        with pytest.raises(OSError, match="WinError 6"):
            winreg.SaveKey(12, FILE)
