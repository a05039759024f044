"""The drop-in for `winreg`: what is in it, and what calls look like.

What it does with keys, values and handles is in the exam, `harness/machine/contract/winreg*.py`, which real CPython
sits too.
"""

import inspect
from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.emulator.winreg.constants import PREDEFINED
from harness.errors import UsageError
from harness.model.windows import SYSTEM, Architecture, Token

#: What `dir(winreg)` gives with CPython 3.13 on Windows.
FUNCTIONS = [
    "CloseKey",
    "ConnectRegistry",
    "CreateKey",
    "CreateKeyEx",
    "DeleteKey",
    "DeleteKeyEx",
    "DeleteValue",
    "DisableReflectionKey",
    "EnableReflectionKey",
    "EnumKey",
    "EnumValue",
    "ExpandEnvironmentStrings",
    "FlushKey",
    "LoadKey",
    "OpenKey",
    "OpenKeyEx",
    "QueryInfoKey",
    "QueryReflectionKey",
    "QueryValue",
    "QueryValueEx",
    "SaveKey",
    "SetValue",
    "SetValueEx",
]
NUMBERS = {
    "HKEY_CLASSES_ROOT": 18446744071562067968,
    "HKEY_CURRENT_CONFIG": 18446744071562067973,
    "HKEY_CURRENT_USER": 18446744071562067969,
    "HKEY_DYN_DATA": 18446744071562067974,
    "HKEY_LOCAL_MACHINE": 18446744071562067970,
    "HKEY_PERFORMANCE_DATA": 18446744071562067972,
    "HKEY_USERS": 18446744071562067971,
    "KEY_ALL_ACCESS": 983103,
    "KEY_CREATE_LINK": 32,
    "KEY_CREATE_SUB_KEY": 4,
    "KEY_ENUMERATE_SUB_KEYS": 8,
    "KEY_EXECUTE": 131097,
    "KEY_NOTIFY": 16,
    "KEY_QUERY_VALUE": 1,
    "KEY_READ": 131097,
    "KEY_SET_VALUE": 2,
    "KEY_WOW64_32KEY": 512,
    "KEY_WOW64_64KEY": 256,
    "KEY_WRITE": 131078,
    "REG_BINARY": 3,
    "REG_CREATED_NEW_KEY": 1,
    "REG_DWORD": 4,
    "REG_DWORD_BIG_ENDIAN": 5,
    "REG_DWORD_LITTLE_ENDIAN": 4,
    "REG_EXPAND_SZ": 2,
    "REG_FULL_RESOURCE_DESCRIPTOR": 9,
    "REG_LEGAL_CHANGE_FILTER": 268435471,
    "REG_LEGAL_OPTION": 31,
    "REG_LINK": 6,
    "REG_MULTI_SZ": 7,
    "REG_NONE": 0,
    "REG_NOTIFY_CHANGE_ATTRIBUTES": 2,
    "REG_NOTIFY_CHANGE_LAST_SET": 4,
    "REG_NOTIFY_CHANGE_NAME": 1,
    "REG_NOTIFY_CHANGE_SECURITY": 8,
    "REG_NO_LAZY_FLUSH": 4,
    "REG_OPENED_EXISTING_KEY": 2,
    "REG_OPTION_BACKUP_RESTORE": 4,
    "REG_OPTION_CREATE_LINK": 2,
    "REG_OPTION_NON_VOLATILE": 0,
    "REG_OPTION_OPEN_LINK": 8,
    "REG_OPTION_RESERVED": 0,
    "REG_OPTION_VOLATILE": 1,
    "REG_QWORD": 11,
    "REG_QWORD_LITTLE_ENDIAN": 11,
    "REG_REFRESH_HIVE": 2,
    "REG_RESOURCE_LIST": 8,
    "REG_RESOURCE_REQUIREMENTS_LIST": 10,
    "REG_SZ": 1,
    "REG_WHOLE_HIVE_VOLATILE": 1,
}
#: What `inspect.signature` gives there.
SIGNATURES = {
    "CloseKey": "(hkey, /)",
    "ConnectRegistry": "(computer_name, key, /)",
    "CreateKey": "(key, sub_key, /)",
    "CreateKeyEx": "(key, sub_key, reserved=0, access=131078)",
    "DeleteKey": "(key, sub_key, /)",
    "DeleteKeyEx": "(key, sub_key, access=256, reserved=0)",
    "DeleteValue": "(key, value, /)",
    "DisableReflectionKey": "(key, /)",
    "EnableReflectionKey": "(key, /)",
    "EnumKey": "(key, index, /)",
    "EnumValue": "(key, index, /)",
    "ExpandEnvironmentStrings": "(string, /)",
    "FlushKey": "(key, /)",
    "LoadKey": "(key, sub_key, file_name, /)",
    "OpenKey": "(key, sub_key, reserved=0, access=131097)",
    "OpenKeyEx": "(key, sub_key, reserved=0, access=131097)",
    "QueryInfoKey": "(key, /)",
    "QueryReflectionKey": "(key, /)",
    "QueryValue": "(key, sub_key, /)",
    "QueryValueEx": "(key, name, /)",
    "SaveKey": "(key, file_name, /)",
    "SetValue": "(key, sub_key, type, value, /)",
    "SetValueEx": "(key, value_name, reserved, type, value, /)",
}


class TestContents:
    """What is in the module."""

    def test_names(self, winreg: ModuleType) -> None:
        """It has the names of CPython's, and no other."""
        public = {name for name in vars(winreg) if not name.startswith("_")}

        assert {*FUNCTIONS, *NUMBERS, "HKEYType", "error"} == public

    def test_numbers(self, winreg: ModuleType) -> None:
        """Every constant is the number it is on Windows, and a plain one."""
        found = {name: getattr(winreg, name) for name in NUMBERS}

        assert found == NUMBERS
        assert {int} == {type(number) for number in found.values()}

    def test_signatures(self, winreg: ModuleType) -> None:
        """Every function takes what it takes on Windows, by the same names."""
        plain = {
            name: str(
                inspect.Signature(
                    [
                        parameter.replace(annotation=inspect.Parameter.empty)
                        for parameter in inspect.signature(getattr(winreg, name)).parameters.values()
                    ]
                )
            )
            for name in FUNCTIONS
        }

        assert plain == SIGNATURES

    def test_names_of_functions(self, winreg: ModuleType) -> None:
        """Functions know what they are called, and say so when they are called wrongly."""
        assert [*FUNCTIONS] == [getattr(winreg, name).__name__ for name in FUNCTIONS]
        for name in FUNCTIONS:
            with pytest.raises(TypeError, match=rf"^{name}\(\)"):
                getattr(winreg, name)()

    def test_module(self, winreg: ModuleType, machine: EmulatedMachine) -> None:
        """It is a module, the same each time, and another for another machine."""
        assert isinstance(winreg, ModuleType)
        assert "winreg" == winreg.__name__
        assert winreg is machine.winreg


class TestWidth:
    """Programs of 32 bits, and a Windows of 32 bits."""

    def test_handles_are_as_wide_as_the_program(self, machine: EmulatedMachine) -> None:
        """A 32-bit program has predefined keys of 32 bits, and shorter handles."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 32)

        assert PREDEFINED["HKEY_USERS"] == winreg.HKEY_USERS
        assert "<PyHKEY:0x80000003>" == str(winreg.OpenKey(winreg.HKEY_USERS, None))

    def test_32_bit_program_sees_its_half(self, machine: EmulatedMachine) -> None:
        """Without a flag it is in the 32-bit half; with one in the other, for children too."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 32)
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso") as key:
            winreg.SetValueEx(key, "bits", 0, winreg.REG_DWORD, 32)

        whole = machine.winreg
        with whole.OpenKey(whole.HKEY_LOCAL_MACHINE, r"SOFTWARE\WOW6432Node\Contoso") as key:
            assert (32, whole.REG_DWORD) == whole.QueryValueEx(key, "bits")
        with pytest.raises(FileNotFoundError):
            whole.OpenKey(whole.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso")
        access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Fabrikam", 0, access) as key:
            winreg.CreateKey(key, "below").Close()
        whole.OpenKey(whole.HKEY_LOCAL_MACHINE, r"SOFTWARE\Fabrikam\below").Close()

    def test_32_bit_half_lists_shared_keys(self, machine: EmulatedMachine) -> None:
        """Listed is what the half shows: shared keys too, and its node not."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 32)
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, "SOFTWARE") as key:
            names = [winreg.EnumKey(key, index) for index in range(winreg.QueryInfoKey(key)[0])]

        assert "Classes" in names
        assert "WOW6432Node" not in names

    def test_32_bit_program_writes_its_own_folders(self, machine: EmulatedMachine) -> None:
        """`%ProgramFiles%` becomes the folder of 32-bit programs, unless the program asked for the other half."""
        winreg = machine.winreg_for(Token(account=SYSTEM), 32)
        written = []
        for flag in (0, winreg.KEY_WOW64_64KEY):
            access = winreg.KEY_ALL_ACCESS | flag
            with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso", 0, access) as key:
                winreg.SetValueEx(key, "Folder", 0, winreg.REG_EXPAND_SZ, r"%ProgramFiles%\Contoso")
                written.append(winreg.QueryValueEx(key, "Folder")[0])

        assert [r"%ProgramFiles(x86)%\Contoso", r"%ProgramFiles%\Contoso"] == written

    def test_32_bit_windows(self, make_machine) -> None:
        """A 32-bit Windows has one half, whatever is asked, and runs no 64-bit program."""
        machine = make_machine(Architecture.X86)
        winreg = machine.winreg
        access = winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_32KEY
        winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso", 0, access).Close()

        assert PREDEFINED["HKEY_LOCAL_MACHINE"] == winreg.HKEY_LOCAL_MACHINE
        assert winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso")
        with pytest.raises(UsageError, match="ask for 32 bits"):
            machine.winreg_for(Token(account=SYSTEM), 64)
