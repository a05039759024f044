"""`winreg` for programs of other accounts: their keys, their rights, their variables."""

from types import ModuleType

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.machine import EmulatedMachine
from harness.model.windows import SYSTEM, Account, RegistryPath, RegistryValue, Token


@pytest.fixture
def users(machine: EmulatedMachine, ada: Account) -> ModuleType:
    """Give the module as a program of a standard user has it who is signed in."""
    machine.sign_in(ada)
    return machine.winreg_for(Token(account=ada))


class TestRights:
    """What a standard user may."""

    def test_user_has_a_hive(self, users: ModuleType, machine: EmulatedMachine, ada: Account) -> None:
        """HKEY_CURRENT_USER is the user's, to write too."""
        with users.CreateKey(users.HKEY_CURRENT_USER, r"Software\Contoso") as key:
            users.SetValueEx(key, "x", 0, users.REG_SZ, "mine")
            users.SetValue(key, "below", users.REG_SZ, "mine")
            users.DeleteKey(key, "below")

        path = RegistryPath.parse(rf"HKU\{ada.sid}\Software\Contoso")
        assert RegistryValue.of("mine") == machine.registry.get(path, "x")

    def test_user_reads_the_machine(self, users: ModuleType) -> None:
        """The machine's keys are open for reading; asking for more is error 5 at once."""
        path = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        with users.OpenKey(users.HKEY_LOCAL_MACHINE, path) as key:
            assert "22631" == users.QueryValueEx(key, "CurrentBuild")[0]
        for access in (users.KEY_WRITE, users.KEY_ALL_ACCESS):
            with pytest.raises(PermissionError):
                users.OpenKey(users.HKEY_LOCAL_MACHINE, path, 0, access)

    def test_user_makes_nothing_there(self, users: ModuleType) -> None:
        """Making, deleting and setting is error 5, though a key that is there may be opened by `CreateKey`."""
        path = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        with users.CreateKey(users.HKEY_LOCAL_MACHINE, path) as key:
            with pytest.raises(PermissionError):
                users.SetValueEx(key, "x", 0, users.REG_SZ, "x")
            with pytest.raises(PermissionError):
                users.CreateKey(key, "new")
            with pytest.raises(PermissionError):
                users.DeleteKey(users.HKEY_LOCAL_MACHINE, path)
            with pytest.raises(PermissionError):
                users.SetValue(key, "", users.REG_SZ, "x")
        with pytest.raises(PermissionError):
            users.SetValueEx(users.HKEY_LOCAL_MACHINE, "x", 0, users.REG_SZ, "x")

    def test_closed_keys(self, users: ModuleType) -> None:
        """Some keys a user may not even read; `CreateKey` does not open them either."""
        for call in (users.OpenKey, users.CreateKey):
            with pytest.raises(PermissionError, match="Access is denied"):
                call(users.HKEY_LOCAL_MACHINE, "SECURITY")

    def test_administrator(self, machine: EmulatedMachine) -> None:
        """An administrator may write where a user may not, but only elevated."""
        admin = entra_account("bob", is_administrator=True)
        machine.sign_in(admin)
        elevated = machine.winreg_for(Token(account=admin, is_elevated=True))
        filtered = machine.winreg_for(Token(account=admin))

        elevated.CreateKey(elevated.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso").Close()
        with pytest.raises(PermissionError):
            filtered.CreateKey(filtered.HKEY_LOCAL_MACHINE, r"SOFTWARE\Fabrikam")

    def test_generic_rights(self, users: ModuleType) -> None:
        """GENERIC_READ means reading, GENERIC_ALL everything."""
        with users.OpenKey(users.HKEY_LOCAL_MACHINE, "SOFTWARE", 0, -0x8000_0000) as key:
            assert users.QueryInfoKey(key)[0]
        with pytest.raises(PermissionError):
            users.OpenKey(users.HKEY_LOCAL_MACHINE, "SOFTWARE", 0, 0x1000_0000)


class TestHives:
    """HKEY_CURRENT_USER follows who is signed in."""

    def test_before_and_after_signing_in(self, machine: EmulatedMachine, ada: Account) -> None:
        """Before the hive is loaded HKEY_CURRENT_USER is that of nobody, afterwards the user's."""
        users = machine.winreg_for(Token(account=ada))
        with pytest.raises(PermissionError):
            users.CreateKey(users.HKEY_CURRENT_USER, r"Software\Contoso")
        machine.sign_in(ada)

        users.CreateKey(users.HKEY_CURRENT_USER, r"Software\Contoso").Close()
        assert machine.registry.exists(RegistryPath.parse(rf"HKU\{ada.sid}\Software\Contoso"))

    def test_hive_that_goes(self, machine: EmulatedMachine, ada: Account, users: ModuleType) -> None:
        """When the user signs out, keys of the hive that are open are deleted ones."""
        key = users.CreateKey(users.HKEY_CURRENT_USER, r"Software\Contoso")
        machine.sign_out(ada)

        with pytest.raises(OSError, match="1018"):
            users.QueryInfoKey(key)
        key.Close()

    def test_users_classes(self, machine: EmulatedMachine, users: ModuleType) -> None:
        """HKEY_CLASSES_ROOT is the machine's with the user's laid over; what is gone is error 1018."""
        whole = machine.winreg
        whole.SetValue(whole.HKEY_LOCAL_MACHINE, r"SOFTWARE\Classes\.contoso", whole.REG_SZ, "machine")
        users.SetValue(users.HKEY_CURRENT_USER, r"Software\Classes\.contoso", users.REG_SZ, "user")
        key = users.OpenKey(users.HKEY_CLASSES_ROOT, ".contoso", 0, users.KEY_ALL_ACCESS)
        assert ("user", users.REG_SZ) == users.QueryValueEx(key, "")
        assert ("", "user", users.REG_SZ) == users.EnumValue(key, 0)
        assert "machine" == whole.QueryValue(whole.HKEY_CLASSES_ROOT, ".contoso")

        users.SetValueEx(key, "x", 0, users.REG_SZ, "also the user's")
        users.DeleteKey(users.HKEY_CLASSES_ROOT, ".contoso")
        assert ("machine", users.REG_SZ) == users.QueryValueEx(key, "")
        whole.DeleteKey(whole.HKEY_CLASSES_ROOT, ".contoso")
        with pytest.raises(OSError, match="1018"):
            users.QueryValueEx(key, "")


class TestVariables:
    """`ExpandEnvironmentStrings`."""

    def test_variables_of_the_account(self, users: ModuleType, winreg: ModuleType, ada: Account) -> None:
        """They are those that a new process of the account has."""
        assert ada.profile == users.ExpandEnvironmentStrings("%UserProfile%")
        assert SYSTEM.profile.casefold() == winreg.ExpandEnvironmentStrings("%USERPROFILE%").casefold()

    def test_variables_of_the_program(self, machine: EmulatedMachine) -> None:
        """A program that was given variables has those and no others; values are not expanded again."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 64, {"Contoso": "%windir%"})

        assert r"%windir%\%windir%" == winreg.ExpandEnvironmentStrings(r"%CONTOSO%\%windir%")

    def test_32_bit_program_has_its_own_folders(self, machine: EmulatedMachine) -> None:
        """A 32-bit program's `ProgramFiles` is that of 32-bit programs."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 32)

        assert r"C:\Program Files (x86)" == winreg.ExpandEnvironmentStrings("%ProgramFiles%")
