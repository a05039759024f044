"""What starts with the machine, in which order, and what ends with it."""

from datetime import timedelta

import pytest

from harness.emulator.faults import Fault
from harness.emulator.serviceboot import in_boot_order
from harness.emulator.serviceconfig import SERVICES, config_of
from harness.model.services import Recovery, RecoveryAction, ServiceState, StartType
from harness.model.windows import Hive, RegistryPath, RegistryValue
from tests.emulator.services import MINUTE, nothing, restart, told, write_key

SECOND = timedelta(seconds=1)
CONTROL = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control")
STOPPED, RUNNING = ServiceState.STOPPED, ServiceState.RUNNING


@pytest.fixture
def install(machine):
    """Give a function that installs a service which starts with the machine and notes when."""

    def install(name, **settings):
        async def main():
            machine.timeline.add("service", "began", name, at_s=machine.clock.monotonic().total_seconds())
            await nothing(machine)

        machine.services.install(name, display_name=name, image_path=rf"C:\Contoso\{name}.exe", main=main, **settings)

    return install


@pytest.fixture
def boot(machine):
    """Give a function that restarts the machine and returns what began, and when after the boot."""

    def boot():
        machine.clock.advance(SECOND)
        before = len(machine.timeline.of(kind="began"))
        restart(machine, 10 * MINUTE)
        booted = machine.power.booted_at
        began = machine.timeline.of(kind="began")[before:]
        return [(event.text, (event.at - booted).total_seconds()) for event in began]

    return boot


class TestBooting:
    """From the first service to the last one."""

    def test_services_start_by_name(self, install, boot):
        """Whatever the order they were installed in."""
        for name in "CAB":
            install(name)

        assert [("A", 0), ("B", 0), ("C", 0)] == boot()

    def test_what_is_needed_starts_before(self, install, boot):
        """Once."""
        install("Z")
        install("A", depends_on=["Z"])

        assert [("Z", 0), ("A", 0)] == boot()

    def test_groups_come_in_the_order_of_the_registry(self, machine, install, boot):
        """Then those of other groups, and of none."""
        machine.registry.set(CONTROL.child("ServiceGroupOrder"), "List", RegistryValue.of(("First", "Second")))
        for name, group in (("A", ""), ("B", "other"), ("C", "second"), ("D", "FIRST")):
            install(name)
            machine.registry.set(SERVICES.child(name), "Group", RegistryValue.of(group))

        assert ["D", "C", "A", "B"] == [name for name, _ in boot()]

    def test_delayed_ones_follow_two_minutes_later(self, machine, install, boot):
        """One after the other."""
        from harness.emulator.serviceprocesses import Pace

        install("A", is_delayed=True)
        install("B", is_delayed=True)
        install("C")
        machine.clock.advance(SECOND)
        machine.services.paces["A"] = Pace(starting="30 s")

        assert [("C", 0), ("A", 150), ("B", 150)] == boot()

    def test_the_delay_is_in_the_registry(self, machine, install, boot):
        """In seconds."""
        machine.registry.set(CONTROL, "AutoStartDelay", RegistryValue.of(15))
        install("A", is_delayed=True)

        assert [("A", 15)] == boot()

    def test_a_delayed_one_may_be_needed_before(self, install, boot):
        """It starts then with whoever needs it."""
        install("A", is_delayed=True)
        install("B", depends_on=["A"])

        assert [("A", 0), ("B", 0)] == boot()

    def test_a_delayed_one_may_be_gone_before(self, machine, install):
        """Deleted in the two minutes."""
        install("A", is_delayed=True)
        machine.clock.advance(SECOND)
        restart(machine, 2 * MINUTE)
        machine.services.delete("A")

        machine.clock.advance(10 * MINUTE)

        assert 1 == len(machine.timeline.of(kind="began"))
        assert "A" not in machine.services.names()

    def test_what_cannot_start_is_told(self, machine, install):
        """The machine starts without it."""
        install("A", depends_on=["Nobody"])

        restart(machine)

        assert 2 == len(told(machine, "service not started"))
        assert "does not start: [WinError 1075]" in told(machine, "service not started")[-1]

    def test_what_nobody_declared_is_assumed(self, machine):
        """Windows would start it."""
        machine.files.write(r"C:\Contoso\svc.exe", b"")
        write_key(machine, "Contoso")

        restart(machine)

        assert RUNNING is machine.services.query("Contoso").state
        assert ["the service Contoso runs and does nothing: nobody says what it does"] == told(
            machine, "service assumed"
        )

    def test_windows_own_services_start_again(self, machine):
        """Also one that was stopped; delayed ones later; the timeline does not speak of them."""
        machine.services.stop("Spooler")
        before = len(machine.timeline.of(kind="service started"))
        restart(machine, MINUTE)
        early = machine.services.query("WSearch").state, machine.services.query("UsoSvc").state

        machine.clock.advance(5 * MINUTE)

        late = machine.services.query("WSearch").state, machine.services.query("UsoSvc").state
        assert RUNNING is machine.services.query("Spooler").state
        assert ((STOPPED, STOPPED), (RUNNING, RUNNING)) == (early, late)
        assert before == len(machine.timeline.of(kind="service started"))

    def test_one_without_a_process_of_windows_gets_its_own(self, machine):
        """As a service of Windows that the process table does not have."""
        write_key(machine, "SgrmBroker", image=r"%SystemRoot%\system32\SgrmBroker.exe")

        restart(machine)

        assert machine.processes.running("SgrmBroker.exe")[0].pid == machine.services.query("SgrmBroker").pid

    def test_one_that_cannot_start_is_passed_over_in_silence(self, machine):
        """Nobody wants to read of Windows' own services."""
        write_key(machine, "SgrmBroker", image=r"%SystemRoot%\system32\SgrmBroker.exe")
        machine.faults.add(Fault.start_fails("*SgrmBroker.exe"))

        restart(machine)

        assert (STOPPED, []) == (machine.services.query("SgrmBroker").state, told(machine, "service not started"))

    def test_keys_that_are_no_services_do_not_matter(self, machine):
        """Nor do drivers that start automatically: they run, and have no process."""
        write_key(machine, "ContosoFlt", image=r"system32\drivers\contoso.sys", Type=1)
        write_key(machine, "Counters", Type=0)

        restart(machine)

        assert "Counters" not in machine.services.names()
        assert (RUNNING, 0) == (machine.services.query("ContosoFlt").state, machine.services.query("ContosoFlt").pid)


class TestOrder:
    """The order alone."""

    def test_groups_and_names(self):
        """Without regard to case."""

        def service(name, group):
            values = {"Type": 16, "Start": 2, "Group": group, "ImagePath": "x"}
            return config_of(name, {key.upper(): (key, RegistryValue.of(data)) for key, data in values.items()})

        services = [service(*pair) for pair in (("b", ""), ("A", ""), ("c", "G2"), ("d", "g1"), ("e", "?"))]

        assert ["d", "c", "A", "b", "e"] == [one.name for one in in_boot_order(services, ["G1", "G2", "g1"])]


class TestShuttingDown:
    """Services end before everything else."""

    @pytest.mark.parametrize(("order", "expected"), [((), "ABC"), (("c", "X"), "CAB")])
    def test_services_stop_in_order(self, machine, install, order, expected):
        """By name, unless the registry says otherwise; what depends on what does not count."""
        for name in "BCA":
            install(name, depends_on=["B"] if name == "A" else [])
        if order:
            machine.registry.set(CONTROL, "PreshutdownOrder", RegistryValue.of(order))
        machine.clock.advance(SECOND)

        machine.power.restart("a test")
        machine.clock.advance(SECOND)

        assert [f"the service {name} stopped" for name in expected] == told(machine, "service stopped")

    def test_one_that_starts_is_ended(self, machine, install):
        """It is not told of as running."""
        from harness.emulator.serviceprocesses import Pace

        machine.services.paces["A"] = Pace(starting="10 min")
        install("A")
        restart(machine, timedelta(seconds=90))

        assert ServiceState.START_PENDING is machine.services.query("A").state
        assert [] == told(machine, "service started")


class TestRecovery:
    """Services that end without having been told to."""

    @pytest.fixture
    def fail(self, machine):
        """Give a function that kills the process of a service and lets time pass."""

        def fail(name="A", then=timedelta()):
            machine.services.get(name).process.kill()
            machine.clock.advance(then)

        return fail

    @staticmethod
    def recovery(*actions, **settings):
        """Return what to do after failures: names of actions, each after ten seconds."""
        return Recovery(actions=tuple((RecoveryAction(action), 10 * SECOND) for action in actions), **settings)

    def test_it_is_started_again(self, machine, install, fail):
        """After a while."""
        install("A", recovery=self.recovery("restart"))
        machine.clock.advance(SECOND)

        fail(then=9 * SECOND)
        assert STOPPED is machine.services.query("A").state
        machine.clock.advance(SECOND)

        assert RUNNING is machine.services.query("A").state
        assert ["the service A has failed 1 times: it is started again in 10 s"] == told(machine, "service recovery")

    def test_the_last_action_counts_for_later_failures(self, machine, install, fail):
        """Here: nothing more."""
        install("A", recovery=self.recovery("restart", "none"))
        for _ in range(3):
            fail(then=MINUTE)
            if machine.services.query("A").state is STOPPED:
                machine.services.start("A")

        assert (3, 1) == (machine.services.get("A").failures, len(told(machine, "service recovery")))

    def test_failures_are_forgotten(self, machine, install, fail):
        """After a time without one."""
        install("A", recovery=self.recovery("restart", "none", reset_after=timedelta(hours=1)))
        fail(then=timedelta(hours=2))

        fail(then=MINUTE)

        assert (1, RUNNING) == (machine.services.get("A").failures, machine.services.query("A").state)

    def test_the_computer_restarts(self, machine, install, fail):
        """When that is what is to be done."""
        machine.power.signs_in_again = None
        install("A", recovery=self.recovery("reboot"))

        fail(then=5 * MINUTE)

        assert ["the machine restarts: the service A has failed"] == told(machine, "restart")
        assert RUNNING is machine.services.query("A").state

    def test_a_command_is_run(self, machine, install, fail, start):
        """As the account of the service."""
        ran = []

        async def notify(run):
            ran.append((run.arguments, run.info.account.name))
            return 0

        machine.files.write(r"C:\Contoso\notify.exe", b"")
        machine.programs["notify.exe"] = notify
        command = r"C:\Contoso\notify.exe /failed"
        install("A", recovery=Recovery(actions=((RecoveryAction.RUN_COMMAND, timedelta()),), command=command))

        fail(then=MINUTE)

        assert [(("/failed",), "SYSTEM")] == ran
        assert ["the service A has failed 1 times: a command is run"] == told(machine, "service recovery")

    @pytest.mark.parametrize("command", ["", "nothing.exe"])
    def test_a_command_that_is_not_there_is_told(self, machine, install, fail, command):
        """Without one nothing happens."""
        install("A", recovery=Recovery(actions=((RecoveryAction.RUN_COMMAND, timedelta()),), command=command))

        fail(then=MINUTE)

        assert bool(command) == len(told(machine, "service recovery failed"))

    def test_a_stop_is_no_failure(self, machine, install):
        """Nor is an end by itself."""
        install("A", recovery=self.recovery("restart"))
        machine.services.stop("A")
        machine.clock.advance(MINUTE)

        assert STOPPED is machine.services.query("A").state

    def test_somebody_may_be_faster(self, machine, install, fail):
        """What runs already is not started."""
        install("A", recovery=self.recovery("restart"))
        fail()
        machine.services.start("A")
        pid = machine.services.query("A").pid

        machine.clock.advance(MINUTE)

        assert pid == machine.services.query("A").pid

    def test_a_restart_forgets_it(self, machine, install, fail):
        """The boot starts the service anyway."""
        install("A", recovery=Recovery(actions=((RecoveryAction.RESTART_COMPUTER, timedelta(hours=1)),)))
        fail()
        restart(machine)
        machine.clock.advance(timedelta(hours=2))

        assert 1 == len(told(machine, "restart"))
        assert 0 == machine.services.get("A").failures

    def test_a_deleted_service_is_not_recovered(self, machine, install, fail):
        """It is gone."""
        install("A", recovery=self.recovery("restart"))
        machine.services.delete("A")

        fail(then=MINUTE)

        assert "A" not in machine.services.names()

    def test_without_a_word_nothing_happens(self, machine, install, fail):
        """The state tells it."""
        install("A")

        fail(then=MINUTE)

        assert (STOPPED, []) == (machine.services.query("A").state, told(machine, "service recovery"))

    def test_it_may_not_start_again(self, machine, install, fail):
        """Which is told."""
        install("A", recovery=self.recovery("restart"))
        fail()
        machine.registry.delete(SERVICES.child("A"))

        machine.clock.advance(MINUTE)

        assert "the service A does not start" in told(machine, "service not started")[0]

    def test_a_disabled_service_stays_down(self, machine, install, fail):
        """1058."""
        from dataclasses import replace

        install("A", recovery=self.recovery("restart"))
        machine.services.configure(replace(machine.services.get("A").config, start_type=StartType.DISABLED))

        fail(then=MINUTE)

        assert STOPPED is machine.services.query("A").state
