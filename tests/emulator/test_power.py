"""Restarting the machine."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.installers import Installer
from harness.emulator.powerstate import BootType, PowerState
from harness.emulator.shutdowns import ShutdownKind, ShutdownRequest
from harness.errors import MachineError, UsageError
from harness.machine.ports import Power
from harness.model.toasts import Toast, ToastKind
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue
from harness.timeline import Lane

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NAIVE = datetime(2026, 3, 2)  # noqa: DTZ001 - the mistake under test
VOLATILE = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso\Volatile")
SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")


def kinds(machine):
    """Return what the timeline says of power."""
    return [event.kind for event in machine.timeline.of(Lane.POWER)]


class TestARestart:
    """From end to beginning."""

    def test_it_takes_time(self, machine):
        """A minute without anything, then the machine has booted."""
        port: Power = machine.power
        made = port.booted_at
        machine.clock.advance(MINUTE)

        port.restart("an update")
        machine.clock.advance(59 * SECOND)
        assert (True, made) == (machine.power.is_down, port.booted_at)
        machine.clock.advance(SECOND)

        assert (False, machine.clock.now()) == (machine.power.is_down, port.booted_at)
        assert ["restart scheduled", "restart", "booted"] == kinds(machine)

    def test_every_process_ends(self, machine, start, ada):
        """Users', services', orphans."""
        session = machine.sign_in(ada)
        processes = [
            start("a.exe", Installer.hangs()),
            start("b.exe", Installer.hangs(), account=ada, session_id=session.id),
        ]
        machine.clock.advance(MINUTE)

        machine.power.restart("an update")
        machine.clock.advance(SECOND)

        assert [0x40010004] * 2 == [process.exit.code for process in processes]
        assert [] == machine.processes.running()

    def test_services_start_again(self, machine):
        """In a new process each; those installed meanwhile too."""
        seen = []

        def main_of(name):
            async def main():
                seen.append((name, machine.clock.monotonic()))
                await machine.clock.sleep(timedelta(days=1))

            return main

        machine.services.install("A", display_name="A", image_path="a.exe", main=main_of("A"))
        machine.clock.advance(MINUTE)
        machine.power.restart("an update")
        machine.clock.advance(SECOND)
        machine.services.install("B", display_name="B", image_path="b.exe", main=main_of("B"))
        with pytest.raises(MachineError, match="a system shutdown is in progress"):
            machine.services.start("A")
        machine.clock.advance(5 * MINUTE)

        assert [("A", timedelta()), ("A", 2 * MINUTE), ("B", 2 * MINUTE)] == seen
        assert machine.processes.running("lsass.exe")

    def test_toasts_are_gone(self, machine, ada):
        """Nobody has answered them."""
        toast = Toast(kind=ToastKind.RESTART_REQUIRED, app_name="x", title="x", stays=True)
        shown = machine.toasts.show(toast, machine.sign_in(ada))

        machine.power.restart("an update")
        machine.clock.advance(SECOND)

        assert (False, None) == (shown.is_on_screen, shown.response)

    def test_mutexes_are_free(self, machine, start):
        """A killed installation does not block the next one."""

        async def owns(run):
            got.append(run.try_lock(r"Global\_MSIExecute"))
            await run.sleep("1 h")
            return 0

        got = []
        start("a.exe", owns)
        machine.clock.advance(SECOND)
        machine.power.restart("an update")
        machine.clock.advance(2 * MINUTE)
        start("a.exe", owns)
        machine.clock.advance(SECOND)

        assert [True, True] == got

    def test_a_program_can_restart_the_machine(self, machine, finish):
        """It does not live to see the next instant."""
        seen = []

        async def restarts(run):
            run.machine.power.restart("because I can")
            seen.append("asked")
            await run.sleep("1 s")
            seen.append("went on")
            return 0

        process = finish("setup.exe", restarts)

        assert (["asked"], 0x40010004) == (seen, process.exit.code)

    def test_whoever_asked_may_go_before_it_happens(self, machine, finish):
        """The restart is the machine's business."""

        async def restarts(run):
            run.machine.power.restart("because I can", timedelta(minutes=2))
            return 1641

        process = finish("setup.exe", restarts)

        assert 1641 == process.exit.code
        assert ["restart scheduled", "restart", "booted"] == kinds(machine)


class TestTheUser:
    """Who signs in afterwards."""

    def test_whoever_was_at_the_screen_signs_in_again(self, machine, ada):
        """A minute after the boot, in session 1."""
        machine.sign_in(ada)
        machine.sign_in(entra_account("bob"))
        machine.sign_in(ada)
        machine.power.restart("an update")

        machine.clock.advance(2 * MINUTE - SECOND)
        assert () == machine.sessions.signed_in()
        machine.clock.advance(SECOND)

        assert [(1, ada)] == [(session.id, session.account) for session in machine.sessions.signed_in()]

    def test_nobody_signs_in_when_nobody_was_there(self, machine):
        """As on a machine in a rack."""
        machine.power.restart("an update")
        machine.clock.advance(timedelta(days=1))

        assert () == machine.sessions.signed_in()

    def test_the_user_may_stay_away(self, machine, ada):
        """It is a setting."""
        machine.sign_in(ada)
        machine.power.signs_in_again = None

        machine.power.restart("an update")
        machine.clock.advance(timedelta(days=1))

        assert () == machine.sessions.signed_in()

    def test_the_user_may_be_quicker(self, machine, ada):
        """One session is enough."""
        machine.sign_in(ada)
        machine.power.restart("an update")
        machine.clock.advance(90 * SECOND)

        machine.sign_in(ada)
        machine.clock.advance(5 * MINUTE)

        assert 1 == len(machine.sessions.signed_in())

    def test_a_second_restart_comes_before_the_user(self, machine, ada):
        """The plan of the first boot is void; after the second one nobody was there."""
        machine.sign_in(ada)
        machine.power.restart("an update")
        machine.clock.advance(90 * SECOND)
        machine.power.restart("another one")
        machine.clock.advance(10 * MINUTE)

        assert () == machine.sessions.signed_in()
        assert 2 == kinds(machine).count("booted")


class TestAsking:
    """One restart at a time."""

    def test_a_restart_may_be_asked_for_in_advance(self, machine):
        """Until then the machine goes on."""
        machine.power.restart("an update", 10 * MINUTE)
        machine.clock.advance(4 * MINUTE)

        assert (6 * MINUTE, False) == (machine.power.restart_due_in, machine.power.is_down)
        assert "the machine restarts in 10 min: an update" == machine.timeline[-1].text
        machine.clock.advance(6 * MINUTE)
        assert (None, True) == (machine.power.restart_due_in, machine.power.is_down)

    @pytest.mark.parametrize(("first", "second", "expected"), [(10, 5, [5]), (5, 10, [5]), (5, 5, [5]), (5, -3, [0])])
    def test_of_two_requests_the_earlier_counts(self, machine, first, second, expected):
        """The machine restarts once."""
        machine.power.restart("one", first * MINUTE)
        machine.power.restart("two", second * MINUTE)
        machine.clock.advance(timedelta(days=1))

        began = machine.timeline[0].at
        assert expected == [(event.at - began) / MINUTE for event in machine.timeline.of(kind="restart")]

    def test_a_dropped_request_is_told(self, machine):
        """With its reason."""
        machine.power.restart("one")
        machine.power.restart("two", MINUTE)

        assert ("restart dropped", "two") == (machine.timeline[-1].kind, machine.timeline[-1].data["reason"])

    def test_a_restart_can_be_called_off(self, machine):
        """As long as it has not begun; then another may be asked for."""
        machine.power.restart("an update", 10 * MINUTE)
        machine.clock.advance(MINUTE)

        machine.power.cancel_restart()
        machine.clock.advance(timedelta(days=1))

        assert ["restart scheduled", "restart called off"] == kinds(machine)
        machine.power.restart("another one")
        machine.clock.advance(MINUTE)
        assert "booted" in kinds(machine)

    def test_without_a_restart_there_is_nothing_to_call_off(self, machine):
        """1116, as shutdown /a says it; a restart that has begun is none to call off either."""
        with pytest.raises(MachineError, match="no shutdown was in progress") as caught:
            machine.power.cancel_restart()
        assert 1116 == caught.value.winerror

        machine.power.restart("an update")
        machine.clock.advance(SECOND)

        with pytest.raises(MachineError):
            machine.power.cancel_restart()

    def test_nobody_restarts_a_machine_that_restarts(self, machine):
        """1115."""
        machine.power.restart("an update")
        machine.clock.advance(SECOND)

        with pytest.raises(MachineError) as caught:
            machine.power.restart("again")
        assert 1115 == caught.value.winerror


class TestAskingAsShutdownDoes:
    """`shutdown.exe` tells the second one who asks."""

    def ask(self, machine, kind=ShutdownKind.RESTART, delay=10 * MINUTE, **more):
        """Ask for the end of the boot."""
        request = ShutdownRequest(kind=kind, reason="an update", delay=delay, **more)
        machine.power.initiate(request)
        return request

    def test_what_is_asked_for_is_known(self, machine):
        """With who asked, and whether programs are ended by force."""
        request = self.ask(machine, asked_by="shutdown.exe", is_forced=True)

        assert request == machine.power.pending
        event = machine.timeline[-1]
        assert "the machine restarts in 10 min: an update (shutdown.exe)" == event.text
        assert ("shutdown.exe", True) == (event.data["asked_by"], event.data["is_forced"])

    def test_the_second_one_is_told(self, machine):
        """1190, however early it wants to restart; the first one counts."""
        first = self.ask(machine)
        with pytest.raises(MachineError, match="a system shutdown has already been scheduled") as caught:
            self.ask(machine, delay=timedelta())

        assert (1190, first) == (caught.value.winerror, machine.power.pending)

    def test_nobody_asks_a_machine_that_goes_down(self, machine):
        """1115."""
        self.ask(machine, delay=timedelta())
        machine.clock.advance(SECOND)
        with pytest.raises(MachineError) as caught:
            self.ask(machine)
        assert 1115 == caught.value.winerror

    def test_a_shutdown_can_be_called_off_too(self, machine):
        """By the same words."""
        self.ask(machine, ShutdownKind.SHUT_DOWN)
        machine.power.cancel_restart()
        machine.clock.advance(timedelta(days=1))

        assert ["shutdown scheduled", "shutdown called off"] == kinds(machine)
        assert machine.power.pending is None

    def test_an_earlier_restart_takes_the_place_of_a_shutdown(self, machine):
        """For those who ask without wanting to be told."""
        machine.power.shut_down("the night", 10 * MINUTE)
        machine.power.restart("an update", 5 * MINUTE)
        machine.power.shut_down("the night", 10 * MINUTE)
        machine.clock.advance(timedelta(days=1))

        assert ["shutdown scheduled", "restart scheduled", "shutdown dropped", "restart", "booted"] == kinds(machine)


class TestShutdown:
    """Off, until somebody turns it on."""

    def test_it_stays_off(self, machine, ada):
        """Nothing runs, nobody can sign in; turned on, it boots, and the user comes back."""
        machine.sign_in(ada)
        machine.power.shut_down("the evening", hybrid=False)
        machine.clock.advance(timedelta(hours=12))
        assert (PowerState.OFF, True, []) == (machine.power.state, machine.power.is_down, machine.processes.running())
        with pytest.raises(MachineError, match="shutdown is in progress"):
            machine.sign_in(ada)

        machine.power.turn_on()
        assert machine.power.is_settling
        machine.clock.advance(2 * MINUTE)

        assert (PowerState.ON, BootType.FULL, MINUTE) == (
            machine.power.state,
            machine.power.boot_type,
            machine.power.uptime,
        )
        assert [ada] == [session.account for session in machine.sessions.signed_in()]
        assert not machine.power.is_settling

    def test_only_what_is_off_is_turned_on(self, machine):
        """Neither a machine that is on nor one that starts."""
        with pytest.raises(UsageError, match="the machine is on already - turn it on when it is off"):
            machine.power.turn_on()
        machine.power.restart("an update")
        machine.clock.advance(SECOND)
        with pytest.raises(UsageError, match="is starting already"):
            machine.power.turn_on()

    def test_fast_startup_keeps_the_kernel(self, machine, ada, start):
        """Users go; services and what waits for them stand still; renames wait; uptime counts on."""
        session = machine.sign_in(ada)
        machine.registry.create(VOLATILE, volatile=True)
        machine.files.write(r"C:\X\a.txt", b"")
        machine.files.move_at_restart(r"C:\X\a.txt", None)
        worker = start("a.exe", Installer(takes="10 min"))
        editor = start("b.exe", Installer.hangs(), account=ada, session_id=session.id)
        machine.clock.advance(4 * MINUTE)

        machine.power.shut_down("the evening")
        machine.clock.advance(timedelta(hours=12))
        assert (True, True) == (machine.power.is_down, machine.power.fast_startup)
        assert (None, 0x40010004) == (worker.exit, editor.exit.code)

        machine.power.turn_on()
        machine.clock.advance(timedelta(seconds=15) + 6 * MINUTE)

        assert BootType.FAST_STARTUP is machine.power.boot_type
        assert 10 * MINUTE == worker.exit.elapsed
        assert timedelta(hours=12, minutes=10, seconds=15) == machine.power.uptime
        assert (True, True) == (machine.registry.exists(VOLATILE), machine.files.exists(r"C:\X\a.txt"))
        assert [ada] == [session.account for session in machine.sessions.signed_in()]

    def test_it_can_be_turned_off(self, machine):
        """By the value that scripts set; then a shutdown is a full one, as it is without hibernation."""
        machine.power.fast_startup = False
        assert 0 == machine.registry.get(SESSION_MANAGER.child("Power"), "HiberbootEnabled").data
        machine.power.shut_down("the evening")
        machine.clock.advance(SECOND)
        assert [] == machine.processes.running()
        machine.power.turn_on()
        machine.clock.advance(2 * MINUTE)

        machine.power.fast_startup = True
        machine.registry.set(
            RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Power"),
            "HibernateEnabled",
            RegistryValue.of(0),
        )
        assert not machine.power.fast_startup

    def test_without_a_word_in_the_registry_it_depends_on_the_edition(self, machine):
        """On for clients, off for servers."""
        machine.registry.delete_value(SESSION_MANAGER.child("Power"), "HiberbootEnabled")
        assert machine.power.fast_startup
        machine.facts = replace(machine.facts, release="Windows Server 2022")
        assert not machine.power.fast_startup


class TestSleep:
    """Wall time passes, the machine's own work stands still."""

    @pytest.mark.parametrize(("how", "type_"), [("sleep", BootType.FULL), ("hibernate", BootType.RESUMED)])
    def test_everything_goes_on_where_it_was(self, machine, ada, start, how, type_):
        """Programs, sessions, a restart that is counted down; deadlines of wall time have passed."""
        machine.sign_in(ada)
        process = start("a.exe", Installer(takes="10 min"))
        machine.power.restart("an update", 20 * MINUTE)
        machine.clock.advance(4 * MINUTE)
        booted = machine.power.booted_at

        getattr(machine.power, how)("8 h")
        machine.clock.advance(timedelta(hours=8) - SECOND)
        assert (False, False) == (machine.power.is_awake, machine.power.is_down)
        assert 16 * MINUTE == machine.power.restart_due_in
        machine.clock.advance(SECOND)

        assert (PowerState.ON, type_, booted) == (
            machine.power.state,
            machine.power.boot_type,
            machine.power.booted_at,
        )
        assert timedelta(hours=8, minutes=4) == machine.power.uptime
        machine.clock.advance(6 * MINUTE)
        assert 10 * MINUTE == process.exit.elapsed
        assert ["restart scheduled", "went to sleep", "woke up"] == kinds(machine)
        assert "for 8 h" in machine.timeline.of(kind="went to sleep")[0].text

    def test_until_a_time(self, machine):
        """Of the wall clock."""
        machine.power.sleep(until=machine.clock.now() + 90 * MINUTE)
        machine.clock.advance(90 * MINUTE)
        assert machine.power.is_awake

    def test_until_somebody_wakes_it(self, machine):
        """The power button does as well; the wake timer is void then."""
        machine.power.sleep()
        machine.clock.advance(timedelta(days=3))
        assert PowerState.ASLEEP is machine.power.state
        machine.power.turn_on()
        assert machine.power.is_awake

        machine.power.sleep("1 h")
        machine.power.wake()
        machine.clock.advance(timedelta(hours=2))
        assert 2 == kinds(machine).count("woke up")

    def test_only_what_is_on_goes_to_sleep(self, machine):
        """And only what sleeps is woken."""
        with pytest.raises(UsageError, match="the machine is on and cannot be woken"):
            machine.power.wake()
        machine.power.sleep()
        with pytest.raises(UsageError, match="the machine is asleep and cannot go to sleep"):
            machine.power.hibernate()

    def test_a_program_can_send_it_to_sleep(self, machine, finish):
        """It goes on after waking up."""

        async def naps(run):
            run.machine.power.sleep("1 h")
            await run.sleep("1 min")
            return 7

        process = finish("a.exe", naps)

        assert (7, MINUTE) == (process.exit.code, process.exit.elapsed)

    def test_no_user_is_signed_in_while_it_sleeps(self, machine, ada):
        """The scripted user who wanted to come back after a restart gives up."""
        machine.sign_in(ada)
        machine.power.restart("an update")
        machine.clock.advance(90 * SECOND)
        machine.power.sleep("1 h")
        machine.clock.advance(timedelta(hours=3))

        assert () == machine.sessions.signed_in()


class TestTheClockOnTheWall:
    """It may be set."""

    def test_the_boot_time_moves_with_it(self, machine):
        """Uptime does not; the timeline tells."""
        before = machine.power.booted_at
        machine.clock.advance(MINUTE)
        machine.clock.jump(-5 * MINUTE)

        assert (before - 5 * MINUTE, MINUTE) == (machine.power.booted_at, machine.power.uptime)
        event = machine.timeline.of(kind="clock set")[0]
        assert ("the clock is set back by 5 min", -300.0) == (event.text, event.data["by_s"])


class TestPendingRenames:
    """Files that were in use are replaced while nothing runs."""

    def restart_with(self, machine, name, *texts, type_=RegistryType.REG_MULTI_SZ):
        """Leave work for the session manager, and restart."""
        data = tuple(texts) if type_ is RegistryType.REG_MULTI_SZ else texts[0]
        machine.registry.set(SESSION_MANAGER, name, RegistryValue(type_, data))
        machine.power.restart("an update")
        machine.clock.advance(5 * MINUTE)

    @pytest.mark.parametrize("name", ["PendingFileRenameOperations", "PendingFileRenameOperations2"])
    def test_files_are_moved_and_deleted_in_order(self, machine, name):
        """And the list is gone."""
        for letter in "abc":
            machine.files.write(rf"C:\X\{letter}.txt", letter.encode())

        pairs = [r"\??\C:\X\a.txt", "", r"\??\C:\X\b.txt", r"!\??\C:\X\c.txt", r"\??\C:\X\c.txt", r"\??\C:\X\d.txt"]
        self.restart_with(machine, name, *pairs)

        assert ["d.txt"] == list(machine.files.names(r"C:\X"))
        assert b"b" == machine.files.read(r"C:\X\d.txt")
        assert machine.registry.get(SESSION_MANAGER, name) is None

    def test_an_existing_target_stays_unless_it_may_be_replaced(self, machine):
        """The exclamation mark says that it may."""
        for letter in "ab":
            machine.files.write(rf"C:\X\{letter}.txt", letter.encode())

        self.restart_with(machine, "PendingFileRenameOperations", r"\??\C:\X\a.txt", r"\??\C:\X\b.txt")

        assert b"b" == machine.files.read(r"C:\X\b.txt")

    def test_what_fails_is_passed_over_and_told(self, machine):
        """The rest is done."""
        machine.files.write(r"C:\X\b.txt", b"b")

        self.restart_with(machine, "PendingFileRenameOperations", r"\??\C:\X\gone.txt", "", r"\??\C:\X\b.txt", "")

        assert [] == list(machine.files.names(r"C:\X"))
        (event,) = machine.timeline.of(kind="rename failed")
        assert event.text.startswith(r"C:\X\gone.txt stays as it is: [WinError 2]")

    def test_a_value_of_another_type_means_nothing(self, machine):
        """It is removed like every other."""
        self.restart_with(machine, "PendingFileRenameOperations", "x", type_=RegistryType.REG_SZ)

        assert machine.registry.get(SESSION_MANAGER, "PendingFileRenameOperations") is None


class TestImpossibleTimes:
    """Refused when they are given, with nothing half-done."""

    @pytest.mark.parametrize(
        ("ask", "message"),
        [
            (lambda power: power.sleep(until=NAIVE), "cannot sleep until 2026-03-02 00:00:00 without a time zone"),
            (lambda power: power.hibernate(until=NAIVE), "without a time zone - use an aware datetime"),
            (lambda power: power.sleep(-SECOND), "cannot sleep for -1 s - use a duration that is not negative"),
            (lambda power: power.lose_power_at(NAIVE), "the power cannot fail at .* without a time zone"),
            (lambda power: power.lose_power_at(after=-SECOND), "the power cannot fail after -1 s"),
            (lambda power: power.lose_power(returns_after=-SECOND), "the power cannot be away for -1 s"),
        ],
    )
    def test_they_change_nothing(self, machine, ask, message):
        """The machine stays on, and nothing is to come."""
        with pytest.raises(UsageError, match=message):
            ask(machine.power)

        machine.clock.advance(MINUTE)
        assert (PowerState.ON, []) == (machine.power.state, kinds(machine))

    def test_a_time_that_has_passed_wakes_at_once(self, machine):
        """As a timer does that is set to the past."""
        machine.power.sleep(until=machine.clock.now() - MINUTE)
        machine.clock.advance(SECOND)

        assert PowerState.ON == machine.power.state
