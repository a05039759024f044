"""`machine.winreg_installed()`: code that imports `winreg` gets a machine's."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.windows import SYSTEM, Token


@contextmanager
def imported_anew(*names: str) -> Iterator[list[ModuleType]]:
    """Import modules as if nobody had before, and forget them afterwards."""
    kept = {name: sys.modules.pop(name) for name in tuple(sys.modules) if name.split(".")[0] in names}
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        for name in tuple(sys.modules):
            if name.split(".")[0] in names:
                del sys.modules[name]
        sys.modules.update(kept)


class TestInstalling:
    """What `import winreg` finds."""

    def test_import(self, machine: EmulatedMachine) -> None:
        """Inside the block every form of import finds the machine's module; afterwards all is as before."""
        before = dict(sys.modules)
        with machine.winreg_installed() as installed:
            import winreg

            names: dict[str, object] = {}
            exec("from winreg import *", names)  # noqa: S102 - a star is not allowed in a function
            assert installed is winreg is machine.winreg is importlib.import_module("winreg")
            assert winreg.HKEY_USERS == names["HKEY_USERS"]
            assert winreg.__spec__ is importlib.util.find_spec("winreg")
        after = dict(sys.modules)

        assert {**before, "importlib.util": after.get("importlib.util")} == {
            **after,
            "importlib.util": after.get("importlib.util"),
        }

    def test_two_machines(self, make_machine: Callable[[], EmulatedMachine]) -> None:
        """Blocks of two machines nest, and alternate."""
        one, two = make_machine(), make_machine()
        found = []
        with one.winreg_installed():
            found.append(sys.modules["winreg"] is one.winreg)
            with two.winreg_installed():
                found.append(sys.modules["winreg"] is two.winreg)
            found.append(sys.modules["winreg"] is one.winreg)
        with two.winreg_installed():
            found.append(sys.modules["winreg"] is two.winreg)

        assert [True] * 4 == found

    def test_error(self, machine: EmulatedMachine, monkeypatch: pytest.MonkeyPatch) -> None:
        """An error leaves the block as any other way out does; what was there before comes back."""
        real = ModuleType("winreg")
        monkeypatch.setitem(sys.modules, "winreg", real)
        with pytest.raises(KeyError), machine.winreg_installed():
            raise KeyError
        assert real is sys.modules["winreg"]

        monkeypatch.delitem(sys.modules, "winreg")
        with machine.winreg_installed():
            del sys.modules["winreg"]
        assert "winreg" not in sys.modules

    def test_other_program(self, machine: EmulatedMachine) -> None:
        """The module of any program can be installed."""
        of_32_bits = machine.winreg_for(Token(account=SYSTEM), 32)
        with machine.winreg_installed(of_32_bits):
            import winreg

            assert 0x8000_0003 == winreg.HKEY_USERS


class TestCodeOfOthers:
    """Code that was written for the real module."""

    def test_platform(self, machine: EmulatedMachine) -> None:
        """The standard library asks which edition of Windows this is."""
        with machine.winreg_installed(), imported_anew("platform") as (platform,):
            assert "Professional" == platform.win32_edition()
            assert not platform.win32_is_iot()

    def test_mimetypes(self, machine: EmulatedMachine) -> None:
        """The standard library reads types of files from HKEY_CLASSES_ROOT."""
        winreg = machine.winreg
        with winreg.CreateKey(winreg.HKEY_CLASSES_ROOT, ".contoso") as key:
            winreg.SetValueEx(key, "Content Type", 0, winreg.REG_SZ, "application/x-contoso")
        with machine.winreg_installed(), imported_anew("mimetypes") as (mimetypes,):
            types = mimetypes.MimeTypes(filenames=())
            types.types_map = ({}, {})
            types._read_windows_registry(types._add_type if hasattr(types, "_add_type") else types.add_type)

        assert "application/x-contoso" == types.guess_type("setup.contoso")[0]

    def test_platformdirs(self, machine: EmulatedMachine) -> None:
        """Platformdirs looks for a user's folders in the registry."""
        windows = pytest.importorskip("platformdirs.windows")
        winreg = machine.winreg
        shell_folders = r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, shell_folders) as key:
            winreg.SetValueEx(key, "Local AppData", 0, winreg.REG_SZ, r"C:\Users\ada\AppData\Local")
        platform, sys.platform = sys.platform, "win32"
        try:
            with machine.winreg_installed():
                folder = windows.get_win_folder_from_registry("CSIDL_LOCAL_APPDATA")
        finally:
            sys.platform = platform

        assert r"C:\Users\ada\AppData\Local" == folder

    def test_finding_pythons(self, machine: EmulatedMachine, monkeypatch: pytest.MonkeyPatch) -> None:
        """Virtualenv finds the Pythons that are registered after PEP 514, in both halves and of the user."""
        pytest.importorskip("python_discovery")
        winreg = machine.winreg
        places = [
            (winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Python", 64, r"C:\Program Files\Python313"),
            (winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\WOW6432Node\Python", 32, r"C:\Program Files (x86)\Python313-32"),
            (winreg.HKEY_CURRENT_USER, r"Software\Python", 64, r"C:\Users\ada\Python313"),
        ]
        for root, path, _, folder in places:
            with winreg.CreateKey(root, rf"{path}\PythonCore\3.13") as key:
                winreg.SetValueEx(key, "SysVersion", 0, winreg.REG_SZ, "3.13")
                with winreg.CreateKey(key, "InstallPath") as install:
                    winreg.SetValueEx(install, "ExecutablePath", 0, winreg.REG_SZ, rf"{folder}\python.exe")
            machine.files.write(rf"{folder}\python.exe", b"")
        with machine.winreg_installed(), imported_anew("python_discovery"):
            try:
                pep514 = importlib.import_module("python_discovery._windows._pep514")
            except ImportError as error:
                pytest.skip(f"this version of python-discovery keeps its reader elsewhere: {error}")
            monkeypatch.setattr(pep514.os.path, "exists", machine.files.exists)
            found = {tuple(entry) for entry in pep514.discover_pythons()}
            monkeypatch.undo()

        assert found == {
            ("PythonCore", 3, 13, bits, False, rf"{folder}\python.exe", None) for _, _, bits, folder in places
        }

    def test_time_zones(self, machine: EmulatedMachine) -> None:
        """Dateutil lists time zones from the registry."""
        pytest.importorskip("dateutil")
        with machine.winreg_installed(), imported_anew("six", "dateutil"):
            try:
                win = importlib.import_module("dateutil.tz.win")
            except (ImportError, ValueError) as error:
                pytest.skip(f"dateutil does not read them on this system: {error}")
            names = win.tzwinbase.list()

        winreg = machine.winreg
        path = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Time Zones"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            assert winreg.QueryInfoKey(key)[0] == len(names)
