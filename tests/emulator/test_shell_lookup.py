"""Which file a name means to the command processor and to the shell."""

import pytest

from harness.emulator.shell_lookup import Caller, ShellTarget, find_by_command_processor, find_by_shell, where
from harness.emulator.variables import Variables
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"


@pytest.fixture
def caller(machine):
    r"""Give a function that makes a process in C:\Package with C:\Tools and C:\More on its path."""

    def caller(view=View.VIEW_64, **variables):
        environment = Variables({"Path": r'C:\Tools;"C:\More";;rel', **variables})
        return Caller(files=machine.files, environment=environment, working_directory=r"C:\Package", view=view)

    return caller


@pytest.fixture
def put(machine):
    """Give a function that makes empty files."""

    def put(*paths):
        for path in paths:
            machine.files.write(path, b"")

    return put


class TestCommandProcessor:
    """Current folder, path, extensions."""

    def test_the_current_folder_comes_first(self, caller, put):
        """Then the path in its order."""
        put(r"C:\Package\tool.exe", r"C:\Tools\tool.exe")

        assert r"C:\Package\tool.exe" == find_by_command_processor("tool", caller())

    def test_a_variable_takes_the_current_folder_away(self, caller, put):
        """Whatever its value."""
        put(r"C:\Package\tool.exe", r"C:\More\tool.exe")
        careful = caller(NODEFAULTCURRENTDIRECTORYINEXEPATH="")

        assert r"C:\More\tool.exe" == find_by_command_processor("tool", careful)
        assert r"C:\Package\tool.exe" == find_by_command_processor(r".\tool", careful)

    def test_extensions_are_tried_in_their_order_in_each_folder(self, caller, put):
        """An earlier folder wins over an earlier extension."""
        put(r"C:\Tools\tool.bat", r"C:\Tools\tool.cmd", r"C:\More\tool.com")

        assert r"C:\Tools\tool.bat" == find_by_command_processor("tool", caller())
        assert r"C:\Tools\tool.cmd" == find_by_command_processor("tool", caller(PATHEXT=".CMD; ;.BAT"))

    def test_a_name_with_an_extension_is_tried_as_it_is_first(self, caller, put):
        """And then with more after it."""
        put(r"C:\Tools\tool.v2.exe")
        assert r"C:\Tools\tool.v2.exe" == find_by_command_processor("tool.v2", caller())

        put(r"C:\Tools\tool.v2")
        assert r"C:\Tools\tool.v2" == find_by_command_processor("TOOL.V2", caller())

    def test_a_file_without_extension_is_not_found(self, caller, put):
        """Nor is a folder."""
        put(r"C:\Package\tool", r"C:\Package\folder.exe\x")

        assert find_by_command_processor("tool", caller()) is None
        assert find_by_command_processor("folder", caller()) is None

    def test_folders_of_the_path_may_be_relative(self, caller, put):
        """They count from the current folder."""
        put(r"C:\Package\rel\tool.exe")

        assert r"C:\Package\rel\tool.exe" == find_by_command_processor("tool", caller())

    @pytest.mark.parametrize("name", [r"sub\tool", r"C:\Package\sub\tool.exe", r"C:sub\tool"])
    def test_a_path_is_looked_for_in_its_place_only(self, caller, put, name):
        """Never on the path."""
        put(r"C:\Tools\sub\tool.exe")
        assert find_by_command_processor(name, caller()) is None

        put(r"C:\Package\sub\tool.exe")
        if not name.startswith("C:sub"):
            assert r"C:\Package\sub\tool.exe" == find_by_command_processor(name, caller())

    def test_where_lists_all(self, caller, put):
        """In the order in which they would be taken, each once."""
        put(r"C:\Package\tool.exe", r"C:\Tools\tool.exe", r"C:\Tools\tool.bat", r"C:\More\tool.cmd")
        same_twice = caller(PATH=r"C:\Tools;C:\tools;C:\More")

        assert (
            r"C:\Package\tool.exe",
            r"C:\Tools\tool.exe",
            r"C:\Tools\tool.bat",
            r"C:\More\tool.cmd",
        ) == where("tool", same_twice)
        assert () == where("nosuch", caller())

    def test_a_32_bit_one_sees_its_half(self, caller):
        """Its System32 is another."""
        path = {"PATH": r"C:\Windows\System32"}

        assert r"C:\Windows\SysWOW64\cmd.exe" == find_by_command_processor("cmd", caller(View.VIEW_32, **path))


class TestShell:
    """ShellExecute: Windows' folders, the path, App Paths."""

    def register(self, machine, hive, name, path, **more):
        """Put a program among the App Paths."""
        key = RegistryPath(hive, rf"{APP_PATHS}\{name}")
        machine.registry.set(key, "", RegistryValue.of(path))
        for value, data in more.items():
            machine.registry.set(key, value, data)

    def test_app_paths_are_the_last_resort(self, machine, caller, put):
        """A file on the path comes first."""
        put(r"C:\App\tool.exe")
        self.register(machine, Hive.HKLM, "tool.exe", r'"C:\App\tool.exe"')
        found = find_by_shell("tool", caller(), machine.registry)
        assert ShellTarget(path=r"C:\App\tool.exe") == found

        put(r"C:\More\tool.exe")
        assert r"C:\More\tool.exe" == find_by_shell("tool.exe", caller(), machine.registry).path

    def test_the_users_come_before_the_machines(self, machine, caller, put):
        """With what they add to the path."""
        put(r"C:\App\tool.exe", r"C:\Own\tool.exe")
        self.register(machine, Hive.HKLM, "tool.exe", r"C:\App\tool.exe", Path=RegistryValue.of(r"C:\App"))
        expand = RegistryValue(RegistryType.REG_EXPAND_SZ, r"%where%\lib")
        self.register(machine, Hive.HKCU, "tool.exe", r"C:\Own\tool.exe", Path=expand)

        found = find_by_shell("tool", caller(Where=r"C:\Own"), machine.registry)

        assert ShellTarget(path=r"C:\Own\tool.exe", more_path=r"C:\Own\lib") == found

    def test_an_entry_without_a_file_is_passed_over(self, machine, caller, put):
        """And one that holds no text."""
        put(r"C:\App\tool.exe")
        self.register(machine, Hive.HKCU, "tool.exe", r"C:\Gone\tool.exe")
        self.register(machine, Hive.HKLM, "tool.exe", r"C:\App\tool.exe")
        machine.registry.set(RegistryPath(Hive.HKCU, rf"{APP_PATHS}\odd.exe"), "", RegistryValue.of(7))

        assert r"C:\App\tool.exe" == find_by_shell("tool.exe", caller(), machine.registry).path
        assert find_by_shell("odd", caller(), machine.registry) is None

    def test_windows_folders_need_no_path(self, machine, caller):
        """Windows itself before System32."""
        found = [find_by_shell(name, caller(PATH=""), machine.registry).path for name in ("explorer", "cmd")]

        assert [r"C:\Windows\explorer.exe", r"C:\Windows\System32\cmd.exe"] == found

    def test_a_path_is_nothing_else(self, machine, caller):
        """No App Paths for a name with a folder."""
        assert find_by_shell(r"C:\nowhere\tool.exe", caller(), machine.registry) is None
