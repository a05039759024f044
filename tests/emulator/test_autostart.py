"""What starts when a user signs in."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import local_account
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
MACHINE = RegistryPath(Hive.HKLM, WINDOWS)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def boss():
    """Give an administrator."""
    return local_account("boss", "PC-042", is_administrator=True)


@pytest.fixture
def ran(machine):
    """Give what the program `tool.exe` was started with, as it runs for a minute each time."""
    ran = []

    async def tool(run):
        ran.append((*run.arguments, run.info.account.name, run.info.session_id))
        await run.sleep("1 min")
        return 0

    machine.files.write(r"C:\Tools\tool.exe", b"")
    machine.programs[r"C:\Tools\tool.exe"] = tool
    return ran


def add(machine, key, name, command=r"C:\Tools\tool.exe", view=View.VIEW_64):
    """Write an entry."""
    machine.registry.set(key, name, RegistryValue.of(command), view)


def user(account, key):
    """Return a key of a user's."""
    return RegistryPath(Hive.HKU, rf"{account.sid}\{WINDOWS}\{key}")


def not_run(machine):
    """Return what the timeline tells of what was not run."""
    return [event.text for event in machine.timeline.of(kind="not run at sign-in")]


class TestRun:
    """At every sign-in."""

    def test_entries_of_machine_and_user_start(self, machine, ada, ran):
        """In the session, a little after the desktop, both halves of the machine's."""
        machine.sign_in(ada)
        machine.sign_out(ada)
        machine.registry.load_user(ada.sid)
        add(machine, MACHINE.child("Run"), "A", r"C:\Tools\tool.exe a")
        add(machine, MACHINE.child("Run"), "B", r"C:\Tools\tool.exe b", View.VIEW_32)
        add(machine, user(ada, "Run"), "C", r'"C:\Tools\tool.exe" c')

        machine.sign_in(ada)
        machine.clock.advance(9 * SECOND)
        assert [] == ran
        machine.clock.advance(SECOND)

        assert [("a", "ada", 2), ("b", "ada", 2), ("c", "ada", 2)] == ran
        shell = machine.processes.running("explorer.exe")[0]
        assert {shell.pid} == {info.parent_pid for info in machine.processes.running("tool.exe")}

    def test_they_start_every_time(self, machine, ada, ran):
        """And only then: coming back is no sign-in."""
        add(machine, MACHINE.child("Run"), "A")
        for _ in range(2):
            machine.sign_in(ada)
            machine.clock.advance(MINUTE)
            machine.sign_in(ada)
            machine.sign_out(ada)

        assert 2 == len(ran)

    def test_variables_are_replaced(self, machine, ada, ran):
        """Those of the user."""
        command = RegistryValue(RegistryType.REG_EXPAND_SZ, r"C:\Tools\tool.exe %USERNAME%")
        machine.registry.set(MACHINE.child("Run"), "A", command)

        machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        assert [("ada", "ada", 1)] == ran

    @pytest.mark.parametrize("half", ["Run", "Run32"])
    def test_the_user_may_switch_them_off(self, machine, ada, ran, half):
        """The first byte below StartupApproved is odd then."""
        view = View.VIEW_32 if half == "Run32" else View.VIEW_64
        add(machine, MACHINE.child("Run"), "A", view=view)
        approved = MACHINE.child(rf"Explorer\StartupApproved\{half}")
        machine.registry.set(approved, "A", RegistryValue.of(b"\x03" + bytes(11)))

        machine.sign_in(ada)
        machine.clock.advance(MINUTE)
        assert [] == ran
        machine.registry.set(approved, "A", RegistryValue.of(b"\x02" + bytes(11)))
        machine.sign_out(ada)
        machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        assert 1 == len(ran)

    def test_what_nobody_knows_does_not_keep_anybody_from_working(self, machine, ada):
        """The timeline tells, with the place."""
        machine.files.write(r"C:\Tools\other.exe", b"MZ".ljust(0x3C, b"\0") + b"\x40\0\0\0PE\0\0\x64\x86")
        add(machine, MACHINE.child("Run"), "A", r"C:\Tools\other.exe")
        add(machine, MACHINE.child("Run"), "B", r"C:\Tools\missing.exe")
        add(machine, MACHINE.child("Run"), "C", "x" * 261)
        machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        first, second, third = not_run(machine)
        assert first.startswith(r"not run for ada: C:\Tools\other.exe - nobody says what it does")
        assert "it does not start: [WinError 2]" in second
        assert "a command has at most 260 characters" in third
        place = machine.timeline.of(kind="not run at sign-in")[0].data["place"]
        assert r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run: A" == place

    def test_values_of_other_types_are_passed_over(self, machine, ada):
        """As empty ones are, and the default value."""
        run = MACHINE.child("Run")
        machine.registry.set(run, "A", RegistryValue.of(7))
        add(machine, run, "B", " ")
        add(machine, run, "")

        machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        assert [] == not_run(machine)

    def test_whoever_leaves_at_once_starts_nothing(self, machine, ada, ran):
        """The session is over."""
        add(machine, MACHINE.child("Run"), "A")
        machine.sign_in(ada)
        machine.sign_out(ada)
        machine.clock.advance(MINUTE)

        assert [] == ran

    def test_startup_folders_are_looked_at(self, machine, ada):
        """What is in them is not opened, and told; desktop.ini is nothing to open."""
        startup = r"Microsoft\Windows\Start Menu\Programs"
        for path in (
            rf"C:\ProgramData\{startup}\StartUp\Tool.lnk",
            rf"C:\ProgramData\{startup}\StartUp\desktop.ini",
            rf"C:\Users\ada\AppData\Roaming\{startup}\Startup\mine.bat",
        ):
            machine.files.make_folder(path.rpartition("\\")[0])
            machine.files.write(path, b"")

        machine.sign_in(ada)
        machine.clock.advance(MINUTE)

        assert ["Tool.lnk", "mine.bat"] == [text.split()[4] for text in not_run(machine)]


class TestRunOnce:
    """At the next sign-in."""

    def test_an_entry_is_deleted_before_it_runs(self, machine, boss, ran):
        """And does not run again."""
        key = MACHINE.child("RunOnce")
        add(machine, key, "A", r"C:\Tools\tool.exe once")

        machine.sign_in(boss)
        assert machine.registry.get(key, "A") is None
        machine.clock.advance(SECOND)
        machine.sign_out(boss)
        machine.sign_in(boss)
        machine.clock.advance(MINUTE)

        assert [("once", "boss", 1)] == ran

    def test_one_that_cannot_start_is_gone_as_well(self, machine, boss):
        """That is what the exclamation mark is for."""
        key = MACHINE.child("RunOnce")
        add(machine, key, "A", r"C:\Tools\missing.exe")
        add(machine, key, "!B", r"C:\Tools\missing.exe")

        machine.sign_in(boss)
        machine.clock.advance(MINUTE)

        assert ["!B"] == list(machine.registry.values(key))
        assert 2 == len(not_run(machine))

    def test_with_an_exclamation_mark_it_is_deleted_afterwards(self, machine, boss, ran):
        """When the command has ended."""
        key = MACHINE.child("RunOnce")
        add(machine, key, "!A")
        machine.sign_in(boss)
        machine.clock.advance(59 * SECOND)
        assert "!A" in machine.registry.values(key)

        machine.clock.advance(SECOND)

        assert {} == dict(machine.registry.values(key))

    def test_the_command_may_delete_it_itself(self, machine, boss, ran):
        """Nothing is left to do then."""
        key = MACHINE.child("RunOnce")
        add(machine, key, "!A")
        machine.sign_in(boss)
        machine.registry.delete_value(key, "!A")

        machine.clock.advance(2 * MINUTE)

        assert 1 == len(ran)

    def test_the_machines_wait_for_an_administrator(self, machine, ada, ran):
        """The user's own do not."""
        machine.sign_in(ada)
        add(machine, user(ada, "RunOnce"), "A")
        add(machine, MACHINE.child("RunOnce"), "B")
        machine.sign_out(ada)

        machine.sign_in(ada)
        machine.clock.advance(SECOND)

        assert [("ada", 2)] == ran
        assert "B" in machine.registry.values(MACHINE.child("RunOnce"))
