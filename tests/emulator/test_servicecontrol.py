"""What services need, how long they take, how they end, and what of them is in the registry."""

from datetime import timedelta

import pytest

from harness.emulator.accounts import local_account, virtual_account
from harness.emulator.faults import Fault
from harness.emulator.serviceconfig import SERVICES
from harness.emulator.serviceprocesses import Pace
from harness.errors import MachineError, NotEmulated
from harness.machine.ports import Services
from harness.model.services import Recovery, RecoveryAction, ServiceState, StartType
from harness.model.windows import LOCAL_SERVICE, Hive, RegistryPath, RegistryValue
from tests.emulator.services import MINUTE, nothing, restart, told, write_key

SECOND = timedelta(seconds=1)
STOPPED, RUNNING = ServiceState.STOPPED, ServiceState.RUNNING
START_PENDING, STOP_PENDING = ServiceState.START_PENDING, ServiceState.STOP_PENDING


@pytest.fixture
def install(machine):
    """Give a function that installs a service that is started by hand and runs for ever."""

    def install(name, **settings):
        async def main():
            await nothing(machine)

        image = rf"C:\Contoso\{name}.exe"
        settings = {"start_type": StartType.MANUAL, "display_name": name, "image_path": image, "main": main} | settings
        machine.services.install(name, **settings)

    return install


@pytest.fixture
def state(machine):
    """Give a function that returns the state of a service."""
    return lambda name: machine.services.query(name).state


def error_of(action, *arguments):
    """Return the code that something fails with."""
    with pytest.raises(MachineError) as caught:
        action(*arguments)
    return caught.value.winerror


class TestQuery:
    """What is known of a service."""

    def test_a_query_says_everything(self, machine, install):
        """As it was installed; the process while there is one."""
        port: Services = machine.services
        install("Agent", is_delayed=True, depends_on=["RpcSs", "+TDI"], account=LOCAL_SERVICE)
        before = port.query("agent")

        assert ("Agent", "Agent", STOPPED, StartType.MANUAL, True) == (
            before.name,
            before.display_name,
            before.state,
            before.start_type,
            before.is_delayed,
        )
        assert (LOCAL_SERVICE, 0, ("RpcSs", "+TDI"), 1077) == (
            before.account,
            before.pid,
            before.depends_on,
            before.exit_code,
        )

    def test_a_running_service_has_a_process(self, machine, install):
        """And no exit code."""
        install("Agent")
        machine.services.start("Agent")

        info = machine.services.query("Agent")

        assert (RUNNING, 0) == (info.state, info.exit_code)
        assert machine.processes.running("Agent.exe")[0].pid == info.pid

    def test_names_are_all_services_sorted(self, machine, install):
        """Those of Windows too; drivers are none."""
        install("Agent")

        names = machine.services.names()

        assert sorted(names, key=str.upper) == names
        assert {"Agent", "Spooler", "msiserver"} <= set(names)
        assert "Tcpip" not in names


class TestNeeds:
    """Services that need others."""

    def test_what_is_needed_starts_before(self, machine, install):
        """Down to the last one."""
        install("C", depends_on=["b"])
        install("B", depends_on=["A"])
        install("A")

        machine.services.start("C")

        assert [f"the service {name} started" for name in "ABC"] == told(machine, "service started")

    def test_it_stops_after_them(self, machine, install, state):
        """1051 before; the message names them."""
        install("A")
        install("B", depends_on=["A"])
        machine.services.start("B")

        with pytest.raises(MachineError, match="that B depends on") as caught:
            machine.services.stop("A")
        assert (1051, ["B"]) == (caught.value.winerror, machine.services.dependents("A"))
        machine.services.stop("B")
        machine.services.stop("A")

        assert (STOPPED, []) == (state("A"), machine.services.dependents("A"))

    @pytest.mark.parametrize(
        ("settings", "code"),
        [({"start_type": StartType.DISABLED}, 1068), ({"account": local_account("svc", "PC-042")}, None)],
    )
    def test_what_cannot_start_keeps_others_down(self, machine, install, settings, code):
        """1068."""
        install("A", **settings)
        install("B", depends_on=["A"])

        if code:
            assert code == error_of(machine.services.start, "B")
            assert code == machine.services.query("B").exit_code
        else:
            machine.services.start("B")

    def test_what_is_not_there_keeps_others_down(self, machine, install):
        """1075."""
        install("B", depends_on=["Nobody"])

        assert 1075 == error_of(machine.services.start, "B")

    def test_a_circle_never_starts(self, machine, install):
        """1059."""
        install("A", depends_on=["B"])
        install("B", depends_on=["A"])

        assert 1059 == error_of(machine.services.start, "A")

    def test_drivers_are_there(self, machine, install, state):
        """One that starts on demand is started."""
        write_key(machine, "ContosoFlt", image=r"system32\drivers\contoso.sys", start=3, Type=2)
        restart(machine)
        install("B", depends_on=["Tcpip", "ContosoFlt"])
        assert (RUNNING, STOPPED) == (state("Tcpip"), state("ContosoFlt"))

        machine.services.start("B")

        assert (RUNNING, RUNNING, 0) == (state("B"), state("ContosoFlt"), machine.services.query("ContosoFlt").pid)

    def test_nothing_starts_while_the_machine_restarts(self, machine, install):
        """1115, for what is needed too."""
        install("A")
        install("B", depends_on=["A"])
        machine.power.restart("a test")
        machine.clock.advance(SECOND)

        assert [1115, 1115] == [error_of(machine.services.start, name) for name in "AB"]

    def test_a_disabled_service_does_not_start(self, machine, install):
        """1058."""
        install("A", start_type=StartType.DISABLED)

        assert 1058 == error_of(machine.services.start, "A")


class TestGroups:
    """Services that need one of a load order group."""

    @pytest.fixture
    def member(self, machine):
        """Give a function that writes a service of a group, which the next boot knows."""

        def member(name, **settings):
            write_key(machine, name, Group="Contoso Group", Type=0x10, **settings)
            machine.files.write(r"C:\Contoso\svc.exe", b"")
            machine.services.mains[name] = lambda: nothing(machine)

        return member

    def test_one_member_is_enough(self, machine, install, member, state):
        """After an attempt to start them all."""
        member("M1", start=4)
        member("M2", start=3)
        restart(machine)
        install("A", depends_on=["+contoso GROUP"])

        machine.services.start("A")

        assert [RUNNING, STOPPED, RUNNING] == [state(name) for name in ("A", "M1", "M2")]

    def test_members_that_run_are_left_alone(self, machine, install, member, state):
        """The second time nothing is started."""
        member("M1", start=3)
        restart(machine)
        for name in "AB":
            install(name, depends_on=["+Contoso Group"])
            machine.services.start(name)

        assert 1 == told(machine, "service started").count("the service M1 started")

    def test_without_a_member_it_stays_down(self, machine, install, member):
        """1068."""
        member("M1", start=4)
        restart(machine)
        install("A", depends_on=["+Contoso Group"])

        assert 1068 == error_of(machine.services.start, "A")


class TestPace:
    """Services that take their time."""

    def test_a_start_takes_time(self, machine, install, state):
        """While it does, the service can neither be started nor stopped."""
        install("A")
        machine.services.paces["a"] = Pace(starting="45 s")

        machine.services.start("A")

        assert (START_PENDING, 1056, 1061) == (
            state("A"),
            error_of(machine.services.start, "A"),
            error_of(machine.services.stop, "A"),
        )
        machine.clock.advance(44 * SECOND)
        assert START_PENDING is state("A")
        machine.clock.advance(SECOND)
        assert (RUNNING, ["the service A started"]) == (state("A"), told(machine, "service started"))

    def test_the_function_begins_when_the_service_runs(self, machine, install):
        """Not before."""
        began = []

        async def main():
            began.append(machine.clock.monotonic())

        machine.services.paces["A"] = Pace(starting="45 s")
        install("A", main=main, start_type=StartType.AUTOMATIC)
        machine.clock.advance(MINUTE)

        assert [45 * SECOND] == began

    def test_others_wait_for_it(self, machine, install, state):
        """They are pending too."""
        install("A")
        install("B", depends_on=["A"])
        machine.services.paces["A"] = Pace(starting="45 s")

        machine.services.start("B")
        assert (START_PENDING, START_PENDING) == (state("A"), state("B"))
        machine.clock.advance(45 * SECOND)

        assert (RUNNING, RUNNING) == (state("A"), state("B"))

    def test_others_fail_with_it(self, machine, install, state):
        """1068, which only the timeline can tell."""
        install("A")
        install("B", depends_on=["A"])
        machine.services.paces["A"] = Pace(starting=None)

        machine.services.start("B")
        machine.clock.advance(MINUTE)

        assert [(STOPPED, 1053), (STOPPED, 1068)] == [
            (info.state, info.exit_code) for info in map(machine.services.query, "AB")
        ]
        assert ["the service B does not start: A has not started"] == told(machine, "service not started")

    def test_what_waits_may_fail_itself(self, machine, install, state):
        """Also told on the timeline."""
        install("A")
        install("B", depends_on=["A"])
        machine.services.paces["A"] = Pace(starting="45 s")
        machine.services.start("B")

        machine.faults.add(Fault.start_fails(r"*\B.exe"))
        machine.clock.advance(MINUTE)

        assert (STOPPED, 5) == (state("B"), machine.services.query("B").exit_code)
        assert told(machine, "service not started")[0].startswith("the service B does not start: [WinError 5]")

    def test_a_program_that_is_no_service_is_ended(self, machine, install, state):
        """1053 after thirty seconds, as the registry may change."""
        control = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control")
        machine.registry.set(control, "ServicesPipeTimeout", RegistryValue.of(60_000))
        install("A")
        machine.services.paces["A"] = Pace(starting=None)

        machine.services.start("A")
        machine.clock.advance(59 * SECOND)
        assert START_PENDING is state("A")
        machine.clock.advance(SECOND)

        assert (STOPPED, 1053, ()) == (
            state("A"),
            machine.services.query("A").exit_code,
            tuple(machine.processes.running("A.exe")),
        )
        assert ["the service A did not say in time that it is a service, and was ended"] == told(
            machine, "service stopped"
        )

    def test_it_may_end_while_it_starts(self, machine, install, state):
        """Killed, it never runs."""
        install("A")
        machine.services.paces["A"] = Pace(starting="45 s")
        machine.services.start("A")

        machine.services.get("A").process.kill()
        machine.clock.advance(MINUTE)

        assert (STOPPED, 1067) == (state("A"), machine.services.query("A").exit_code)

    def test_a_killed_program_needs_no_time_limit(self, machine, install, state):
        """It is over already."""
        install("A")
        machine.services.paces["A"] = Pace(starting=None)
        machine.services.start("A")

        machine.services.get("A").process.kill()
        machine.clock.advance(MINUTE)

        assert 1067 == machine.services.query("A").exit_code

    def test_a_stop_takes_time(self, machine, install, state):
        """The process lives until then."""
        install("A")
        machine.services.paces["A"] = Pace(stopping="10 s")
        machine.services.start("A")

        machine.services.stop("A")
        assert (STOP_PENDING, 1, 1061, 1056) == (
            state("A"),
            len(machine.processes.running("A.exe")),
            error_of(machine.services.stop, "A"),
            error_of(machine.services.start, "A"),
        )
        machine.clock.advance(10 * SECOND)

        assert (STOPPED, 0) == (state("A"), len(machine.processes.running("A.exe")))

    def test_a_restart_waits_for_the_stop(self, machine, install, state):
        """And starts then."""
        install("A")
        machine.services.paces["A"] = Pace(stopping="10 s")
        machine.services.start("A")
        first = machine.services.query("A").pid

        machine.services.restart("A")
        machine.clock.advance(9 * SECOND)
        assert STOP_PENDING is state("A")
        machine.clock.advance(2 * SECOND)

        assert (RUNNING, True) == (state("A"), machine.services.query("A").pid > first)

    def test_it_may_be_killed_while_it_stops(self, machine, install, state):
        """Which is a stop as well."""
        install("A")
        machine.services.paces["A"] = Pace(stopping="10 s")
        machine.services.start("A")
        machine.services.stop("A")

        machine.services.get("A").process.kill()
        assert (STOPPED, 0) == (state("A"), machine.services.query("A").exit_code)
        machine.clock.advance(MINUTE)

        assert 1 == len(told(machine, "service stopped"))


class TestDeleting:
    """Services that go."""

    def test_a_stopped_service_goes_at_once(self, machine, install):
        """With its key, and may be made anew."""
        install("A")

        machine.services.delete("a")

        assert 1060 == error_of(machine.services.query, "A")
        assert not machine.registry.exists(SERVICES.child("A"))
        install("A")
        assert STOPPED is machine.services.query("A").state

    def test_a_running_service_goes_when_it_stops(self, machine, install):
        """Until then it is marked, and nothing can be done with it."""
        install("A")
        machine.services.start("A")

        machine.services.delete("A")

        key = SERVICES.child("A")
        assert (1, 4) == (machine.registry.get(key, "DeleteFlag").data, machine.registry.get(key, "Start").data)
        assert (RUNNING, StartType.DISABLED) == (
            machine.services.query("A").state,
            machine.services.query("A").start_type,
        )
        config = machine.services.get("A").config
        assert [1072, 1072, 1072] == [
            error_of(machine.services.delete, "A"),
            error_of(install, "A"),
            error_of(machine.services.configure, config),
        ]
        machine.services.stop("A")
        assert 1060 == error_of(machine.services.start, "A")
        assert not machine.registry.exists(key)

    def test_a_marked_service_that_is_needed_is_not(self, machine, install):
        """1075 for whoever needs it."""
        install("A")
        install("B", depends_on=["A"])
        machine.services.start("A")
        machine.services.delete("A")

        assert 1075 == error_of(machine.services.start, "B")

    def test_what_does_not_stop_goes_with_the_boot(self, machine):
        """Windows' own scheduler cannot be stopped, but deleted."""
        machine.services.delete("Schedule")

        restart(machine)

        assert 1060 == error_of(machine.services.query, "Schedule")
        assert not machine.registry.exists(SERVICES.child("Schedule"))

    def test_a_key_that_has_gone_already(self, machine, install):
        """Somebody deleted it by hand."""
        install("A")
        machine.registry.delete(SERVICES.child("A"))

        assert 2 == error_of(machine.services.start, "A")
        machine.services.delete("A")

        assert 1060 == error_of(machine.services.query, "A")


class TestConfiguring:
    """`sc config` and the registry."""

    def test_the_manager_changes_both(self, machine, install):
        """Its own view at once, and the registry."""
        from dataclasses import replace

        install("A", is_delayed=True)
        config = machine.services.get("A").config
        recovery = Recovery(actions=((RecoveryAction.RESTART_SERVICE, MINUTE),))

        machine.services.configure(replace(config, start_type=StartType.DISABLED, is_delayed=False), recovery)

        values = machine.registry.values(SERVICES.child("A"))
        assert (1058, 4) == (error_of(machine.services.start, "A"), values["Start"].data)
        assert ("DelayedAutostart" in values, "FailureActions" in values) == (False, True)

    def test_the_registry_alone_counts_from_the_next_boot(self, machine, install, state):
        """As on Windows, where the service manager has its own database."""
        install("A", start_type=StartType.AUTOMATIC)
        machine.registry.set(SERVICES.child("A"), "Start", RegistryValue.of(4))
        machine.services.restart("A")
        assert StartType.AUTOMATIC is machine.services.query("A").start_type

        restart(machine)

        assert (StartType.DISABLED, STOPPED) == (machine.services.query("A").start_type, state("A"))

    def test_a_new_key_is_a_service_from_the_next_boot_on(self, machine):
        """Until then it does not exist."""
        write_key(machine, "Contoso", start=3)
        assert 1060 == error_of(machine.services.query, "Contoso")

        restart(machine)

        assert "Contoso" in machine.services.names()
        assert (STOPPED, StartType.MANUAL) == (
            machine.services.query("Contoso").state,
            machine.services.query("Contoso").start_type,
        )

    def test_the_program_is_read_at_every_start(self, machine, install):
        """And who it runs as."""
        install("A")
        machine.registry.set(SERVICES.child("A"), "ImagePath", RegistryValue.of(r"C:\Contoso\new.exe"))
        machine.registry.set(SERVICES.child("A"), "ObjectName", RegistryValue.of(r"NT AUTHORITY\LocalService"))

        machine.services.start("A")

        assert LOCAL_SERVICE == machine.processes.running("new.exe")[0].account

    def test_nobody_has_such_a_name(self, machine, install):
        """1069."""
        install("A")
        machine.registry.set(SERVICES.child("A"), "ObjectName", RegistryValue.of(r".\a:b"))

        assert 1069 == error_of(machine.services.start, "A")
        assert 1069 == machine.services.query("A").exit_code


class TestAccounts:
    """Services of others than SYSTEM."""

    def test_a_service_runs_as_its_account(self, machine, install):
        """With a profile and a hive, while it runs; an administrator's has all rights."""
        account = local_account("svc", "PC-042", is_administrator=True)
        hive = RegistryPath(Hive.HKU, account.sid)
        install("A", account=account)
        assert r".\svc" == machine.registry.get(SERVICES.child("A"), "ObjectName").data

        machine.services.start("A")
        assert (account, True) == (machine.processes.running("A.exe")[0].account, machine.registry.exists(hive))
        assert machine.services.uses(account)
        machine.services.stop("A")

        assert (False, False) == (machine.services.uses(account), machine.registry.exists(hive))
        assert machine.files.exists(r"C:\Users\svc")

    def test_the_hive_stays_while_it_is_needed(self, machine, install):
        """By another service, by the user's session."""
        account = local_account("svc", "PC-042")
        hive = RegistryPath(Hive.HKU, account.sid)
        for name in "AB":
            install(name, account=account)
            machine.services.start(name)
        machine.services.stop("A")
        assert machine.registry.exists(hive)

        machine.sign_in(account)
        machine.services.stop("B")
        assert machine.registry.exists(hive)
        machine.services.start("A")
        machine.sign_out(account)

        assert machine.registry.exists(hive)

    def test_a_service_may_have_an_account_of_its_own(self, machine, install):
        r"""`NT SERVICE\A`."""
        install("A", account=virtual_account("A"))
        machine.services.start("A")

        assert r"NT SERVICE\A" == str(machine.services.query("A").account)


class TestWhatServicesDo:
    """Who says it."""

    @pytest.fixture
    def contoso(self, machine):
        """Write the key of a service whose program is there, and restart."""
        machine.files.write(r"C:\Contoso\svc.exe", b"")
        write_key(machine, "Contoso", start=3)
        restart(machine)

    def test_nobody_knows(self, machine, contoso):
        """The message says how to tell."""
        with pytest.raises(NotEmulated, match="what the service 'Contoso' does") as caught:
            machine.services.start("Contoso")
        assert "machine.services.mains['Contoso'] = main" in caught.value.hint
        assert STOPPED is machine.services.query("Contoso").state

    def test_a_function_is_declared(self, machine, contoso):
        """By the name of the service."""
        began = []

        async def main():
            began.append(machine.processes.running("svc.exe")[0].bits)

        machine.services.mains["CONTOSO"] = main
        machine.services.start("Contoso")
        machine.clock.advance(SECOND)

        assert [64] == began

    def test_a_program_is_declared(self, machine, contoso, state):
        """For the file; it is started as any other, and its end is the service's."""

        async def program(run):
            await run.sleep("1 min")
            return codes.pop()

        codes = [7, 0]
        machine.programs["svc.exe"] = program
        machine.services.start("Contoso")
        assert RUNNING is state("Contoso")
        machine.clock.advance(2 * MINUTE)
        assert (STOPPED, 0) == (state("Contoso"), machine.services.query("Contoso").exit_code)
        machine.services.start("Contoso")
        machine.clock.advance(2 * MINUTE)

        assert (STOPPED, 1067) == (state("Contoso"), machine.services.query("Contoso").exit_code)

    @pytest.mark.parametrize("starting", ["10 s", None])
    def test_a_program_has_a_pace_too(self, machine, contoso, state, starting):
        """Or never says that it is a service."""

        async def program(run):
            await run.sleep("1 h")
            return 0

        machine.programs["svc.exe"] = program
        machine.services.paces["Contoso"] = Pace(starting=starting)
        machine.services.start("Contoso")
        assert START_PENDING is state("Contoso")
        machine.clock.advance(MINUTE)

        assert (RUNNING if starting else STOPPED) is state("Contoso")

    def test_an_installer_assumes(self, machine, contoso, state):
        """It runs and does nothing, which the timeline tells once."""
        machine.services.assume("Contoso")
        assert RUNNING is state("Contoso")
        machine.services.restart("Contoso")

        assert ["the service Contoso runs and does nothing: nobody says what it does"] == told(
            machine, "service assumed"
        )

    def test_a_program_that_is_not_there_is_an_error(self, machine, contoso):
        """Assumed or not."""
        machine.files.delete(r"C:\Contoso\svc.exe")

        assert [2, 2] == [
            error_of(machine.services.start, "Contoso"),
            error_of(machine.services.assume, "Contoso"),
        ]

    def test_a_fault_keeps_a_service_down(self, machine, install):
        """As any process."""
        install("A")
        machine.faults.add(Fault.start_fails(r"*\A.exe", code=1260))

        assert 1260 == error_of(machine.services.start, "A")

    def test_a_key_without_a_program_is_none(self, machine, install):
        """Somebody deleted the value."""
        install("A")
        machine.registry.delete_value(SERVICES.child("A"), "ImagePath")

        assert 2 == error_of(machine.services.start, "A")

    def test_a_32_bit_service_is_known_by_its_folder(self, machine):
        """When nobody says how wide it is."""
        write_key(machine, "Contoso", image=r'"C:\Program Files (x86)\Contoso\svc.exe"', start=3)
        machine.services.mains["Contoso"] = lambda: nothing(machine)
        restart(machine)

        machine.services.start("Contoso")

        assert 32 == machine.processes.running("svc.exe")[0].bits


class TestServicesOfWindows:
    """They are there, and do nothing."""

    def test_automatic_ones_run(self, machine):
        """In Windows' own processes."""
        spooler, scheduler, installer = map(machine.services.query, ("Spooler", "Schedule", "msiserver"))

        assert (RUNNING, machine.processes.running("spoolsv.exe")[0].pid) == (spooler.state, spooler.pid)
        assert RUNNING is scheduler.state
        assert scheduler.pid in [info.pid for info in machine.processes.running("svchost.exe")]
        assert (STOPPED, 0, "Windows Installer") == (installer.state, installer.pid, installer.display_name)

    def test_one_with_a_process_of_its_own(self, machine, state):
        """Ends and starts with it."""
        machine.services.stop("Spooler")
        assert (STOPPED, []) == (state("Spooler"), list(machine.processes.running("spoolsv.exe")))
        machine.services.start("Spooler")

        assert (RUNNING, 1) == (state("Spooler"), len(machine.processes.running("spoolsv.exe")))

    def test_one_in_a_shared_process(self, machine, state):
        """Leaves that alone."""
        before = machine.processes.running("svchost.exe")

        machine.services.stop("Themes")
        assert STOPPED is state("Themes")
        machine.services.start("Themes")

        assert (RUNNING, before) == (state("Themes"), machine.processes.running("svchost.exe"))

    def test_one_that_starts_on_demand(self, machine, state):
        """Windows Installer's, in msiexec.exe."""
        machine.services.start("msiserver")

        assert (RUNNING, "msiexec.exe") == (state("msiserver"), machine.processes.running("msiexec.exe")[0].name)

    def test_some_cannot_be_stopped(self, machine):
        """Nor can drivers that started with the kernel."""
        assert [1052, 5, 1052] == [error_of(machine.services.stop, name) for name in ("RpcSs", "Schedule", "Mup")]

    def test_a_driver_on_demand_is_stopped(self, machine, state):
        """When nothing that runs needs it."""
        assert (RUNNING, 1051) == (state("HTTP"), error_of(machine.services.stop, "HTTP"))
        machine.services.stop("Spooler")
        machine.services.stop("HTTP")
        assert STOPPED is state("HTTP")
        machine.services.start("Spooler")

        assert RUNNING is state("HTTP")

    def test_a_killed_process_takes_its_services_with_it(self, machine, state):
        """Those that nobody asked for before too; the others stay."""
        spooler = machine.processes.get(machine.processes.running("spoolsv.exe")[0].pid)

        spooler.kill()

        assert (STOPPED, 1067) == (state("Spooler"), machine.services.query("Spooler").exit_code)
        assert RUNNING is state("Themes")

    def test_a_shared_process_takes_all_of_them(self, machine, state):
        """A service that was stopped before is not concerned."""
        machine.services.stop("Themes")
        system = next(info for info in machine.processes.running("svchost.exe") if info.account.is_system)

        machine.processes.get(system.pid).kill()

        assert (1067, 0) == (machine.services.query("Schedule").exit_code, machine.services.query("Themes").exit_code)
        assert RUNNING is state("Spooler")
