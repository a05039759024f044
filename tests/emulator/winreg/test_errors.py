"""What `winreg` raises."""

import copy
import pickle
from types import ModuleType

import pytest

from harness.emulator.faults import Fault, Operation
from harness.emulator.machine import EmulatedMachine
from harness.emulator.winreg.failures import failure, of_windows
from harness.errors import MachineError, NotEmulated

MISSING = r"SOFTWARE\Missing"


class TestErrors:
    """The errors of Windows."""

    def test_looks_as_on_windows(self, winreg: ModuleType) -> None:
        """Class, text, arguments and attributes are those of Windows; a note says which key."""
        with pytest.raises(FileNotFoundError) as caught:
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, MISSING)

        error = caught.value
        assert "[WinError 2] The system cannot find the file specified" == str(error)
        assert (2, "The system cannot find the file specified", None, 2, None) == error.args
        assert ("builtins.FileNotFoundError", 2, 2, None) == (
            f"{type(error).__module__}.{type(error).__qualname__}",
            error.winerror,
            error.errno,
            error.filename,
        )
        assert MISSING in error.__notes__[0]
        assert error.__suppress_context__

    def test_is_an_error_of_the_machine(self, winreg: ModuleType) -> None:
        """Who catches errors of the machine catches these."""
        with pytest.raises(MachineError):
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, MISSING)

    @pytest.mark.parametrize(
        ("winerror", "kind"),
        [(2, FileNotFoundError), (5, PermissionError), (183, FileExistsError), (267, NotADirectoryError), (6, OSError)],
    )
    def test_copies(self, winerror: int, kind: type[OSError]) -> None:
        """An error that is pickled or copied is still the same."""
        error = failure(winerror, "somewhere")

        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - written here
            assert (type(error), str(error), error.args) == (type(again), str(again), again.args)
            assert isinstance(again, kind)

    def test_unknown_codes(self) -> None:
        """A code without a known text has the machine's, or none."""
        assert "[WinError 1234] no service" == str(of_windows(MachineError(1234, "no service", "HKLM")))
        assert "[WinError 1234] Windows Error 0x4d2" == str(failure(1234))

    def test_performance_data(self, winreg: ModuleType) -> None:
        """Performance data are not emulated, which is said; their default value is error 6 as for CPython."""
        data = winreg.HKEY_PERFORMANCE_DATA
        for call in (
            lambda: winreg.QueryValueEx(data, "Global"),
            lambda: winreg.EnumValue(data, 0),
            lambda: winreg.OpenKey(data, "x"),
        ):
            with pytest.raises(NotEmulated, match="performance data"):
                call()
        for call in (lambda: winreg.QueryValue(data, None), lambda: winreg.SetValue(data, None, winreg.REG_SZ, "")):
            with pytest.raises(OSError, match="WinError 6"):
                call()
        winreg.CloseKey(data)

    def test_dynamic_data(self, winreg: ModuleType) -> None:
        """HKEY_DYN_DATA is nothing on this Windows."""
        with pytest.raises(OSError, match="WinError 6"):
            winreg.QueryInfoKey(winreg.HKEY_DYN_DATA)

    def test_other_computers(self, winreg: ModuleType) -> None:
        """No other computer answers."""
        with pytest.raises(FileNotFoundError, match="WinError 53"):
            winreg.ConnectRegistry(r"\\other", winreg.HKEY_LOCAL_MACHINE)

    def test_roots(self, winreg: ModuleType) -> None:
        """Windows makes no keys directly below HKEY_LOCAL_MACHINE; only a predefined key is opened by None."""
        with pytest.raises(OSError, match="WinError 87"):
            winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, "Contoso")
        assert winreg.HKEY_USERS == int(winreg.CreateKey(winreg.HKEY_USERS, None))
        with pytest.raises(OSError, match="WinError 1010"):
            winreg.CreateKeyEx(winreg.HKEY_USERS, None)
        with winreg.OpenKey(winreg.HKEY_USERS, ".DEFAULT") as key:
            with pytest.raises(OSError, match="WinError 1010"):
                winreg.CreateKey(key, None)
            winreg.CreateKey(key, "").Close()


class TestFaults:
    """What fails on purpose."""

    def test_reading(self, winreg: ModuleType, key: object, machine: EmulatedMachine) -> None:
        """A fault strikes what is read, and once means once."""
        winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "text")
        machine.faults.add(Fault(operation=Operation.READ_REGISTRY, code=1012, where="*Contoso", times=1))

        with pytest.raises(OSError, match="WinError 1012"):
            winreg.QueryValueEx(key, "x")
        assert ("text", winreg.REG_SZ) == winreg.QueryValueEx(key, "x")

    def test_writing(self, winreg: ModuleType, key: object, machine: EmulatedMachine) -> None:
        """A fault strikes what is written, and nothing is half done."""
        machine.faults.add(Fault(operation=Operation.WRITE_REGISTRY, code=5, where="*Contoso*"))

        for call in (
            lambda: winreg.SetValueEx(key, "x", 0, winreg.REG_SZ, "text"),
            lambda: winreg.SetValue(key, "below", winreg.REG_SZ, "text"),
            lambda: winreg.CreateKey(key, "below"),
        ):
            with pytest.raises(PermissionError):
                call()
        assert (0, 0) == winreg.QueryInfoKey(key)[:2]
