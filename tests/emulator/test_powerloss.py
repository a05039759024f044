"""Power that fails at any instant."""

from datetime import timedelta

import pytest

from harness.emulator.installers import Installer
from harness.emulator.power import Unflushed
from harness.emulator.powerstate import PowerState
from harness.model.toasts import Toast, ToastKind
from harness.model.windows import Hive, RegistryPath, RegistryValue
from harness.timeline import Lane

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
#: A key that both halves of Windows share.
KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Policies\Contoso")
ONE = RegistryValue.of(1)


def kinds(machine):
    """Return what the timeline says of power."""
    return [event.kind for event in machine.timeline.of(Lane.POWER)]


class TestWhatIsLeft:
    """Registry and files; nothing else."""

    def test_what_was_written_stays(self, machine, start):
        """What a program would have done later, or at its end, does not happen."""

        async def writes(run):
            run.registry.set(KEY, "before", 1)
            run.files.write(r"C:\X\before.txt", b"before")
            try:
                await run.sleep("1 h")
                run.registry.set(KEY, "after", 1)
            finally:
                run.registry.set(KEY, "finally", 1)
                run.registry.set(KEY, "before", 2)
                run.files.write(r"C:\X\finally.txt", b"")
                run.files.write(r"C:\X\before.txt", b"finally")

        start("a.exe", writes)
        machine.clock.advance(MINUTE)
        machine.power.lose_power()

        assert {"before": ONE} == dict(machine.registry.values(KEY))
        assert (["before.txt"], b"before") == (
            list(machine.files.names(r"C:\X")),
            machine.files.read(r"C:\X\before.txt"),
        )

    def test_nothing_of_the_end_is_told(self, machine, ada):
        """Neither services that stop nor users who sign out."""

        async def main():
            await machine.clock.sleep(timedelta(days=9))

        machine.services.install("A", display_name="A", image_path="a.exe", main=main)
        machine.sign_in(ada)
        machine.clock.advance(MINUTE)
        before = len(machine.timeline)

        machine.power.lose_power()

        assert ["power lost"] == [event.kind for event in machine.timeline][before:]
        assert ((), [], []) == (
            machine.sessions.signed_in(),
            machine.processes.running(),
            list(machine.toasts.on_screen),
        )

    def test_files_are_in_nobodys_hands(self, machine, start):
        """What was open can be deleted."""

        async def opens(run):
            with run.files.open(r"C:\X\a.txt", "ab") as file:
                file.write(b"half")
                await run.sleep("1 h")
            return 0

        machine.files.write(r"C:\X\a.txt", b"")
        start("a.exe", opens)
        machine.clock.advance(MINUTE)
        machine.power.lose_power()

        assert b"half" == machine.files.read(r"C:\X\a.txt")
        machine.files.delete(r"C:\X\a.txt")

    def test_the_call_does_not_come_back_to_a_program(self, machine, start):
        """Not even to one that catches everything."""
        seen = []

        async def cuts(run):
            try:
                run.machine.power.lose_power()
            finally:
                seen.append("finally")
                run.registry.set(KEY, "finally", 1)
            seen.append("went on")

        start("a.exe", cuts)
        machine.clock.advance(SECOND)

        assert ["finally"] == seen
        assert not machine.registry.exists(KEY)

    def test_toasts_are_gone(self, machine, ada):
        """Nobody has answered them."""
        toast = Toast(kind=ToastKind.RESTART_REQUIRED, app_name="x", title="x", stays=True)
        shown = machine.toasts.show(toast, machine.sign_in(ada))
        machine.power.lose_power()
        machine.clock.advance(HOUR)

        assert (False, None) == (shown.is_on_screen, shown.response)

    def test_a_restart_that_was_asked_for_is_forgotten(self, machine):
        """One start is enough."""
        machine.power.restart("an update", 10 * MINUTE)
        machine.clock.advance(MINUTE)
        machine.power.lose_power()
        machine.clock.advance(HOUR)

        assert ["restart scheduled", "power lost", "booted", "unexpected restart"] == kinds(machine)

    def test_volatile_keys_are_gone_and_hives_unloaded(self, machine, ada):
        """At once, as the disk has them."""
        machine.sign_in(ada)
        machine.registry.set(RegistryPath(Hive.HKU, ada.sid).child("Software"), "kept", ONE)
        machine.registry.create(KEY, volatile=True)
        machine.power.lose_power()
        assert [False, False] == [machine.registry.exists(key) for key in (KEY, RegistryPath(Hive.HKU, ada.sid))]

        machine.clock.advance(5 * MINUTE)
        assert ONE == machine.registry.get(RegistryPath(Hive.HKU, ada.sid).child("Software"), "kept")


class TestComingBack:
    """The power returns, and the machine boots."""

    def test_at_once(self, machine, ada):
        """Services start, the user signs in; the next restart is an ordinary one."""
        started = []

        async def main():
            started.append(machine.clock.elapsed())
            await machine.clock.sleep(timedelta(days=9))

        machine.services.install("A", display_name="A", image_path="a.exe", main=main)
        machine.sign_in(ada)
        machine.clock.advance(MINUTE)
        machine.power.lose_power()
        machine.clock.advance(3 * MINUTE)

        assert [timedelta(), 2 * MINUTE] == started
        assert [ada] == [session.account for session in machine.sessions.signed_in()]
        assert 2 * MINUTE == machine.power.uptime
        machine.power.restart("an update")
        machine.clock.advance(5 * MINUTE)
        assert 1 == kinds(machine).count("unexpected restart")

    def test_later(self, machine):
        """After as long as somebody says, or as the setting says."""
        machine.power.lose_power(returns_after="2 h")
        machine.clock.advance(2 * HOUR)
        assert PowerState.STARTING is machine.power.state
        machine.clock.advance(HOUR)

        machine.power.power_returns_after = 4 * HOUR
        machine.power.lose_power()
        machine.clock.advance(4 * HOUR - SECOND)
        assert PowerState.OFF is machine.power.state

    def test_not_by_itself(self, machine):
        """Somebody presses the button."""
        machine.power.power_returns_after = None
        machine.power.lose_power()
        machine.clock.advance(timedelta(days=9))
        assert PowerState.OFF is machine.power.state

        machine.power.turn_on()
        machine.clock.advance(MINUTE)
        assert machine.power.is_awake

    def test_pending_renames_are_made(self, machine):
        """As at every full start."""
        machine.files.write(r"C:\X\a.txt", b"")
        machine.files.move_at_restart(r"C:\X\a.txt", None)
        machine.power.lose_power()
        machine.clock.advance(MINUTE)

        assert not machine.files.exists(r"C:\X\a.txt")


class TestWhen:
    """At any instant."""

    def test_in_the_middle_of_an_advance(self, machine):
        """After a while, or at a time."""
        machine.power.lose_power_at(after="10 min")
        machine.power.lose_power_at(machine.clock.now() + HOUR)
        began = machine.clock.now()
        machine.clock.advance(2 * HOUR)

        assert [10 * MINUTE, HOUR] == [event.at - began for event in machine.timeline.of(kind="power lost")]

    def test_after_a_number_of_steps(self, machine, start):
        """Wherever the machine is then."""

        async def walks(run):
            for number in range(10):
                run.registry.set(KEY, str(number), 1)
                await run.sleep("1 s")
            return 0

        start("a.exe", walks)
        machine.clock.advance(timedelta())
        machine.power.power_returns_after = None
        before = machine.clock.scheduler.steps
        machine.power.lose_power_after_steps(3)
        machine.clock.advance(HOUR)

        assert (list("0123"), 3) == (list(machine.registry.values(KEY)), machine.clock.scheduler.steps - before)

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_just_before_a_write(self, machine, start, number):
        """Of registry or files; what a test writes does not count."""

        async def writes(run):
            run.files.write(r"C:\X\0.txt", b"")
            run.registry.set(KEY, "1", 1)
            run.files.write(r"C:\X\2.txt", b"")
            run.registry.set(KEY, "3", 1)
            return 0

        machine.files.make_folder(r"C:\X")
        start("a.exe", writes)
        machine.power.lose_power_at_write(number)
        machine.registry.set(KEY, "test", ONE)
        machine.files.write(r"C:\X\test.txt", b"")
        machine.clock.advance(HOUR)

        written = [*machine.files.names(r"C:\X"), *machine.registry.values(KEY)]
        assert number == len(written) - 1
        assert ["power lost", "booted", "unexpected restart"] == kinds(machine)

    def test_while_it_sleeps(self, machine, start):
        """Memory is lost."""
        process = start("a.exe", Installer(takes="2 h"))
        machine.power.sleep("8 h")
        machine.power.lose_power_at(after="1 h")
        machine.clock.advance(10 * HOUR)

        assert (True, 9 * HOUR - MINUTE) == (process.exit.code != 0, machine.power.uptime)
        assert "woke up" not in kinds(machine)

    @pytest.mark.parametrize("how", ["hibernate", "shut_down"])
    def test_while_it_has_no_need_of_power(self, machine, how):
        """Nobody notices."""
        getattr(machine.power, how)(*(["the evening"] if how == "shut_down" else []))
        machine.clock.advance(SECOND)
        before = machine.power.state
        machine.power.lose_power()
        machine.clock.advance(HOUR)

        assert (before, False) == (machine.power.state, "power lost" in kinds(machine))

    @pytest.mark.parametrize("seconds", [30, 60, 90])
    def test_while_it_starts(self, machine, ada, seconds):
        """It starts again, and the user who was there before comes back all the same."""
        machine.sign_in(ada)
        machine.power.restart("an update")
        machine.clock.advance(seconds * SECOND)
        machine.power.lose_power()
        machine.clock.advance(HOUR)

        assert machine.power.is_awake
        assert [ada] == [session.account for session in machine.sessions.signed_in()]
        assert HOUR - MINUTE == machine.power.uptime

    def test_in_the_middle_of_the_boot(self, machine):
        """The work that the session manager had is done at the next start; half of it was done."""
        for letter in "ab":
            machine.files.write(rf"C:\X\{letter}.txt", b"")
            machine.files.move_at_restart(rf"C:\X\{letter}.txt", None)
        machine.power.restart("an update")
        machine.clock.advance(MINUTE - SECOND)
        machine.power.lose_power_at_write(2)
        machine.clock.advance(HOUR)

        assert [] == list(machine.files.names(r"C:\X"))
        expected = ["booted", "power lost", "booted", "unexpected restart", "rename failed"]
        assert expected == kinds(machine)[2:]


class TestUnflushed:
    """The last seconds' writes, when the worst happens."""

    @pytest.fixture
    def machine(self, machine):
        """Give a machine that is unlucky."""
        machine.power.unflushed = Unflushed.LOST
        return machine

    def write(self, machine, name):
        """Write to registry and files."""
        machine.registry.set(KEY, name, ONE)
        machine.files.write(rf"C:\X\{name}.txt", name.encode())

    def test_they_are_lost(self, machine):
        """The registry forgets them; files keep their names, lengths and times, and lose what is in them."""
        self.write(machine, "old")
        machine.clock.advance(10 * SECOND)
        self.write(machine, "new")
        machine.clock.advance(3 * SECOND)
        self.write(machine, "newer")
        modified = machine.files.info(r"C:\X\new.txt").modified
        machine.clock.advance(SECOND)
        machine.power.lose_power()

        assert ["old"] == list(machine.registry.values(KEY))
        files = {name: machine.files.read(rf"C:\X\{name}") for name in machine.files.names(r"C:\X")}
        assert {"old.txt": b"old", "new.txt": bytes(3), "newer.txt": bytes(5)} == files
        assert modified == machine.files.info(r"C:\X\new.txt").modified

    def test_what_had_time_is_safe(self, machine):
        """Five seconds are enough; whatever was written meanwhile is flushed with it."""
        self.write(machine, "new")
        machine.clock.advance(5 * SECOND)
        machine.power.lose_power()

        assert ["new"] == list(machine.registry.values(KEY))
        assert b"new" == machine.files.read(r"C:\X\new.txt")

    def test_it_is_a_setting(self, machine):
        """By default everything is kept."""
        self.write(machine, "old")
        machine.power.unflushed = Unflushed.KEPT
        self.write(machine, "new")
        machine.power.lose_power()

        assert (Unflushed.KEPT, ["old", "new"]) == (machine.power.unflushed, list(machine.registry.values(KEY)))
