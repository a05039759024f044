"""Services of the ServiceInstall and ServiceControl tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.accounts import local_account
from harness.emulator.serviceconfig import SERVICES, recovery_of
from harness.emulator.serviceprocesses import Pace
from harness.errors import MachineError, NotEmulated
from harness.model.services import RecoveryAction, ServiceState, StartType
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench
from tests.emulator.services import nothing, told

SVC = r"HKLM\SYSTEM\CurrentControlSet\Services\ContosoSvc"
PROGRAM = r"C:\Program Files\Contoso Test\svc.exe"
START, STOP, DELETE = 1, 2, 8
STOP_AT_REMOVAL, DELETE_AT_REMOVAL = 32, 128
EVERYTHING = START | STOP | STOP_AT_REMOVAL | DELETE_AT_REMOVAL
RUNNING, STOPPED = ServiceState.RUNNING, ServiceState.STOPPED


def service_row(name: str = "ContosoSvc", **cells: object) -> tuple[object, ...]:
    """Return a row of the ServiceInstall table."""
    row: dict[str, object] = {
        "key": "S",
        "name": name,
        "shown": "Contoso [ProductVersion]",
        "kind": 0x10,
        "start": 2,
        "error": 1,
        "group": None,
        "needs": None,
        "account": None,
        "password": None,
        "arguments": None,
        "component": "C1",
        "description": None,
    }
    return tuple((row | cells).values())


def with_service(*controls: tuple[object, ...], **cells: object) -> Msi:
    """Return a package with a service."""
    msi = Msi().component(key_path="svc.exe").file("svc.exe", b"MZ")
    msi.add("ServiceInstall", service_row(**cells))
    return msi.add("ServiceControl", *controls) if controls else msi


def control(event: int = EVERYTHING, name: str = "ContosoSvc", wait: int | None = 1) -> tuple[object, ...]:
    """Return a row of the ServiceControl table."""
    return (f"C{event}{name}", name, event, None, wait, "C1")


def state(bench: Bench, name: str = "ContosoSvc") -> ServiceState | None:
    """Return what a service does; None when there is none."""
    try:
        return bench.machine.services.query(name).state
    except MachineError:
        return None


class TestInstalling:
    """From the table to the service manager."""

    def test_a_service_is_as_the_table_says(self, bench: Bench) -> None:
        """It does not start by itself before the next boot."""
        msi = with_service(
            needs="RpcSs[~]+TDI[~][~]",
            account=r"NT AUTHORITY\LocalService",
            arguments="/run [ProductCode]",
            description="Does things",
            group="Contoso",
        )

        assert 0 == bench.install(msi)

        info = bench.machine.services.query("ContosoSvc")
        assert ("Contoso 1.2.3", StartType.AUTOMATIC, STOPPED) == (info.display_name, info.start_type, info.state)
        assert (f'"{PROGRAM}" /run {PRODUCT_CODE}', ("RpcSs", "+TDI")) == (info.image_path, info.depends_on)
        assert ("Does things", "Contoso", 0x10) == tuple(
            bench.value(SVC, name) for name in ("Description", "Group", "Type")
        )
        assert r"NT AUTHORITY\LocalService" == bench.value(SVC, "ObjectName")

    def test_the_log_tells(self, bench: Bench) -> None:
        """In the words of Windows Installer."""
        bench.put(with_service(control()))
        bench.run("msiexec /i app.msi /qn /l*v log.txt")

        log = bench.log()
        assert "Executing op: ServiceInstall(Name=ContosoSvc,DisplayName=Contoso 1.2.3,ImagePath=" in log
        assert "Executing op: ServiceControl(,Name=ContosoSvc,Action=1,Wait=1,)" in log

    def test_an_existing_service_is_reconfigured(self, bench: Bench) -> None:
        """What it has beyond the table stays."""
        bench.machine.services.install(
            "contososvc",
            display_name="Old",
            image_path="old.exe",
            main=lambda: nothing(bench.machine),
            start_type=StartType.MANUAL,
            is_delayed=True,
        )

        assert 0 == bench.install(with_service())

        info = bench.machine.services.query("ContosoSvc")
        assert (f'"{PROGRAM}"', StartType.AUTOMATIC, True) == (info.image_path, info.start_type, info.is_delayed)

    @pytest.mark.parametrize(("error", "code"), [(1, 0), (0x8001, 1603)])
    def test_what_cannot_be_installed_may_matter(self, bench: Bench, error: int, code: int) -> None:
        """Another service is shown under that name."""
        assert code == bench.install(with_service(shown="Print Spooler", error=error))
        assert [] == [name for name in bench.machine.services.names() if name == "ContosoSvc"]

    def test_a_driver_is_not_supported(self, bench: Bench) -> None:
        """By Windows Installer neither."""
        with pytest.raises(NotEmulated, match="a driver in the MSI table 'ServiceInstall'"):
            bench.install(with_service(kind=1))

    def test_a_start_type_that_cannot_be(self, bench: Bench) -> None:
        """2725."""
        assert 1603 == bench.install(with_service(start=1))
        assert "the service ContosoSvc has the start type 1" in bench.failures()[0]

    def test_a_service_without_its_component_is_left_alone(self, bench: Bench) -> None:
        """Its condition is false."""
        msi = Msi().component(key_path="a.txt").file("a.txt", b"x")
        msi.component("C2", key_path="svc.exe", condition="0").file("svc.exe", b"MZ", component="C2")
        msi.add("ServiceInstall", service_row(component="C2"))
        msi.add("ServiceControl", ("X", "ContosoSvc", EVERYTHING, None, 1, "C2"))

        assert 0 == bench.install(msi)
        assert state(bench) is None

    def test_whoever_may_not_is_refused(self, bench: Bench) -> None:
        """A user's package installs no services."""
        ada = local_account("ada", "PC-042")
        session = bench.machine.sign_in(ada)
        msi = with_service(error=0x8001)
        del msi.properties["ALLUSERS"]
        msi.word_count |= 8
        bench.put(msi)

        line = r"msiexec /i app.msi /qn INSTALLDIR=C:\Users\ada\App"
        assert 1603 == bench.run(line, account=ada, session_id=session.id)
        assert "Error 1923. Service 'Contoso 1.2.3' (ContosoSvc) could not be installed." in bench.failures()[0]


class TestStarting:
    """StartServices."""

    def test_a_service_that_nobody_knows_runs(self, bench: Bench) -> None:
        """As on Windows; the timeline tells that this is assumed."""
        assert 0 == bench.install(with_service(control()))

        assert RUNNING is state(bench)
        assert PROGRAM == bench.machine.processes.running("svc.exe")[0].image_path
        assert 1 == len(told(bench.machine, "service assumed"))

    def test_a_declared_one_does_what_is_declared(self, bench: Bench) -> None:
        """From then on."""
        began = []

        async def main() -> None:
            began.append(bench.machine.clock.monotonic())
            await nothing(bench.machine)

        bench.machine.services.mains["ContosoSvc"] = main

        assert 0 == bench.install(with_service(control()))
        assert 1 == len(began)
        assert [] == told(bench.machine, "service assumed")

    def test_one_that_runs_is_started_enough(self, bench: Bench) -> None:
        """As is another package's."""
        assert 0 == bench.install(with_service(control(START, "Spooler")))

    @pytest.mark.parametrize(("wait", "code"), [(1, 1603), (None, 1603), (0, 0)])
    def test_one_that_does_not_start_may_matter(self, bench: Bench, wait: int | None, code: int) -> None:
        """1920; then everything is taken back."""
        bench.put(with_service(control(START, wait=wait), needs="Nobody"))
        before = bench.machine.snapshot()

        assert code == bench.run("msiexec /i app.msi /qn")

        if code:
            assert "Error 1920. Service 'Contoso 1.2.3' (ContosoSvc) failed to start." in bench.failures()[0]
            assert "nothing changed" == str(bench.machine.changes_since(before))
            assert state(bench) is None

    @pytest.mark.parametrize(("starting", "code", "after"), [("20 s", 0, RUNNING), (None, 1603, None)])
    def test_the_installer_waits_for_half_a_minute(
        self, bench: Bench, starting: str | None, code: int, after: ServiceState | None
    ) -> None:
        """For a service that takes its time."""
        bench.machine.services.paces["ContosoSvc"] = Pace(starting=starting)

        assert code == bench.install(with_service(control()))
        assert after is state(bench)

    def test_one_that_takes_longer_outlives_the_rollback(self, bench: Bench) -> None:
        """While it starts it cannot be stopped; it is marked, and goes when it stops."""
        bench.machine.services.paces["ContosoSvc"] = Pace(starting="40 s")

        assert 1603 == bench.install(with_service(control()))
        assert RUNNING is state(bench)
        bench.machine.services.stop("ContosoSvc")

        assert state(bench) is None

    def test_or_does_not_wait(self, bench: Bench) -> None:
        """The service goes on starting."""
        bench.machine.services.paces["ContosoSvc"] = Pace(starting="2 h")

        assert 0 == bench.install(with_service(control(wait=0)))
        assert ServiceState.START_PENDING is state(bench)

    def test_a_missing_service_is_named_as_it_is(self, bench: Bench) -> None:
        """There is no other name."""
        assert 1603 == bench.install(with_service(control(START, "Nobody")))
        assert "Service 'Nobody' (Nobody) failed to start" in bench.failures()[0]


class TestRemoving:
    """StopServices and DeleteServices."""

    def test_everything_goes(self, bench: Bench) -> None:
        """The service, its process, its file and its key."""
        bench.install(with_service(control()))

        assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

        assert (None, False, []) == (state(bench), bench.has_key(SVC), list(bench.machine.processes.running("svc.exe")))
        assert not bench.machine.files.exists(PROGRAM)

    def test_without_a_row_the_service_stays(self, bench: Bench) -> None:
        """Only ServiceControl removes."""
        bench.install(with_service())

        assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
        assert STOPPED is state(bench)

    def test_deleting_stops(self, bench: Bench) -> None:
        """Also without being told to stop."""
        bench.install(with_service(control(START | DELETE_AT_REMOVAL)))

        assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
        assert state(bench) is None

    def test_what_depends_on_it_is_stopped_too(self, bench: Bench) -> None:
        """And stays."""
        bench.install(with_service(control()))
        bench.machine.services.install(
            "Other",
            display_name="Other",
            image_path="o.exe",
            main=lambda: nothing(bench.machine),
            depends_on=["ContosoSvc"],
        )

        assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
        assert (None, STOPPED) == (state(bench), state(bench, "Other"))

    def test_what_is_not_there_does_not_matter(self, bench: Bench) -> None:
        """Neither for stopping nor for deleting."""
        assert 0 == bench.install(with_service(control(STOP | DELETE, "Nobody")))

    def test_what_cannot_be_stopped_matters(self, bench: Bench) -> None:
        """1921, unless nobody waits."""
        assert 1603 == bench.install(with_service(control(STOP, "Schedule")))
        assert "Error 1921. Service 'Task Scheduler' (Schedule) could not be stopped." in bench.failures()[0]
        assert 0 == bench.install(with_service(control(STOP, "Schedule", wait=0)))

    def test_what_cannot_be_deleted_matters(self, bench: Bench) -> None:
        """1922: it is to be deleted already."""
        bench.machine.services.delete("Schedule")

        assert 1603 == bench.install(with_service(control(DELETE, "Schedule")))
        assert "Error 1922. Service 'Schedule' (Schedule) could not be deleted." in bench.failures()[0]

    @pytest.mark.parametrize(("stopping", "code"), [("20 s", 0), ("40 s", 1603)])
    def test_the_installer_waits_for_the_stop(self, bench: Bench, stopping: str, code: int) -> None:
        """For half a minute."""
        bench.machine.services.paces["Spooler"] = Pace(stopping=stopping)

        assert code == bench.install(with_service(control(STOP, "Spooler")))


class TestTakingBack:
    """When something fails later."""

    def fails(self, msi: Msi) -> Msi:
        """Let a package fail at the end."""
        msi.sequence["WriteRegistryValues"] = 6550
        return msi.value("Nonsense", "V", "1")

    def test_a_new_service_is_gone(self, bench: Bench) -> None:
        """Though it ran."""
        bench.put(self.fails(with_service(control())))
        before = bench.machine.snapshot()
        assert 1603 == bench.run("msiexec /i app.msi /qn")

        assert "nothing changed" == str(bench.machine.changes_since(before))
        assert (None, []) == (state(bench), list(bench.machine.processes.running("svc.exe")))

    def test_an_old_service_is_as_before(self, bench: Bench) -> None:
        """And runs again."""
        bench.machine.services.install(
            "ContosoSvc", display_name="Old", image_path="old.exe", main=lambda: nothing(bench.machine)
        )
        bench.put(self.fails(with_service(control())))
        before = bench.machine.snapshot()

        assert 1603 == bench.run("msiexec /i app.msi /qn")

        info = bench.machine.services.query("ContosoSvc")
        assert ("old.exe", RUNNING) == (info.image_path, info.state)
        assert bench.machine.processes.running("old.exe")
        assert "nothing changed" == str(bench.machine.changes_since(before))

    def test_a_deleted_service_is_there_again(self, bench: Bench) -> None:
        """With what it does, its key and its values."""
        bench.machine.services.install(
            "Old", display_name="Old", image_path="old.exe", main=lambda: nothing(bench.machine)
        )
        bench.put(self.fails(with_service(control(DELETE, "Old"))))
        before = bench.machine.snapshot()

        assert 1603 == bench.run("msiexec /i app.msi /qn")

        assert RUNNING is state(bench, "Old")
        assert "nothing changed" == str(bench.machine.changes_since(before))
        assert [] == told(bench.machine, "service assumed")

    def test_one_that_was_only_marked_is_not_any_more(self, bench: Bench) -> None:
        """It takes too long to stop."""
        bench.machine.services.install(
            "Old", display_name="Old", image_path="old.exe", main=lambda: nothing(bench.machine)
        )
        bench.machine.services.paces["Old"] = Pace(stopping="1 h")
        bench.put(self.fails(with_service(control(DELETE, "Old"))))

        assert 1603 == bench.run("msiexec /i app.msi /qn")

        assert StartType.AUTOMATIC is bench.machine.services.query("Old").start_type
        assert bench.value(SVC.replace("ContosoSvc", "Old"), "DeleteFlag") is None

    def test_a_service_of_windows_is_put_back(self, bench: Bench) -> None:
        """Nobody declared what it does."""
        bench.put(self.fails(with_service(control(DELETE, "Spooler"))))

        assert 1603 == bench.run("msiexec /i app.msi /qn")
        assert RUNNING is state(bench, "Spooler")


class TestConfiguring:
    """MsiConfigureServices."""

    def configured(self, *rows: tuple[int, object], event: int = 1) -> Msi:
        """Return a package with settings of its service."""
        msi = with_service(control())
        for number, (kind, argument) in enumerate(rows):
            msi.add("MsiServiceConfig", (f"M{number}", "ContosoSvc", event, kind, argument, "C1"))
        return msi

    def test_settings_are_written(self, bench: Bench) -> None:
        """The manager knows of the delay."""
        privileges = "SeDebugPrivilege[~]SeTcbPrivilege"

        assert 0 == bench.install(self.configured((3, "1"), (4, "1"), (5, "3"), (6, privileges), (7, None)))

        assert bench.machine.services.query("ContosoSvc").is_delayed
        names = ("DelayedAutostart", "FailureActionsOnNonCrashFailures", "ServiceSidType", "PreshutdownTimeout")
        assert [1, 1, 3, 180_000] == [bench.value(SVC, name) for name in names]
        assert ("SeDebugPrivilege", "SeTcbPrivilege") == bench.value(SVC, "RequiredPrivileges")

    @pytest.mark.parametrize(("kind", "argument"), [(3, "x"), (3, None), (9, "1"), (4, str(2**32))])
    def test_settings_that_cannot_be(self, bench: Bench, kind: int, argument: str | None) -> None:
        """2725."""
        assert 1603 == bench.install(self.configured((kind, argument)))
        assert f"MsiServiceConfig says {kind}" in bench.failures()[0]

    @pytest.mark.parametrize(("event", "expected"), [(1, True), (2, False), (4, False)])
    def test_when_they_are_written(self, bench: Bench, event: int, expected: bool) -> None:  # noqa: FBT001 - a case
        """At installation, removal, reinstallation."""
        bench.install(self.configured((3, "1"), event=event))

        assert expected is bench.machine.services.query("ContosoSvc").is_delayed

    def test_at_a_reinstallation(self, bench: Bench) -> None:
        """When the component is there already."""
        bench.install(self.configured((3, "1"), event=4))

        assert 0 == bench.run(f"msiexec /fa {PRODUCT_CODE} /qn")
        assert bench.machine.services.query("ContosoSvc").is_delayed

    def test_at_a_removal(self, bench: Bench) -> None:
        """Of a service that stays."""
        msi = with_service().add("MsiServiceConfig", ("M", "Spooler", 2, 3, "1", "C1"))
        bench.install(msi)

        assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
        assert bench.machine.services.query("Spooler").is_delayed

    def test_a_service_that_is_not_there(self, bench: Bench) -> None:
        """1939."""
        msi = with_service().add("MsiServiceConfig", ("M", "Nobody", 1, 3, "1", "C1"))

        assert 1603 == bench.install(msi)
        assert (
            "Error 1939. Service 'Nobody' (Nobody) could not be configured. System error 1060." == bench.failures()[0]
        )

    def test_settings_are_taken_back(self, bench: Bench) -> None:
        """Those of another service too."""
        msi = with_service().add(
            "MsiServiceConfig", ("M", "Spooler", 1, 3, "1", "C1"), ("N", "Spooler", 1, 5, "1", "C1")
        )
        msi.sequence["WriteRegistryValues"] = 6550
        bench.put(msi.value("Nonsense", "V", "1"))
        before = bench.machine.snapshot()

        assert 1603 == bench.run("msiexec /i app.msi /qn")

        assert "nothing changed" == str(bench.machine.changes_since(before))
        assert not bench.machine.services.query("Spooler").is_delayed

    def recovery(self, bench: Bench):
        """Return what is to be done about failures."""
        values = bench.machine.registry.values(SERVICES.child("ContosoSvc"))
        return recovery_of({name.upper(): (name, value) for name, value in values.items()})

    def test_failure_actions_are_written(self, bench: Bench) -> None:
        """In the layout of Windows, with command and message."""
        row = ("F", "ContosoSvc", 1, 86_400, "Bye", "notify.exe", "1[~]3[~]0", "60000[~]0[~]0", "C1")

        assert 0 == bench.install(with_service(control()).add("MsiServiceConfigFailureActions", row))

        recovery = self.recovery(bench)
        assert (timedelta(days=1), "notify.exe", "Bye") == (
            recovery.reset_after,
            recovery.command,
            bench.value(SVC, "RebootMessage"),
        )
        assert [
            (RecoveryAction.RESTART_SERVICE, timedelta(minutes=1)),
            (RecoveryAction.RUN_COMMAND, timedelta()),
            (RecoveryAction.NONE, timedelta()),
        ] == list(recovery.actions)

    def test_a_failure_is_acted_on(self, bench: Bench) -> None:
        """As the package says; the count is never forgotten."""
        row = ("F", "ContosoSvc", 1, None, None, None, "1", "60000", "C1")
        bench.install(with_service(control()).add("MsiServiceConfigFailureActions", row))

        bench.machine.services.get("ContosoSvc").process.kill()
        assert STOPPED is state(bench)
        bench.machine.clock.advance(timedelta(minutes=1))

        assert (RUNNING, None) == (state(bench), self.recovery(bench).reset_after)

    def test_only_a_command(self, bench: Bench) -> None:
        """The actions stay as they are; an empty text in brackets deletes it."""
        row = ("F", "ContosoSvc", 1, None, None, "[~]", None, None, "C1")

        assert 0 == bench.install(with_service().add("MsiServiceConfigFailureActions", row))
        assert ("", None) == (bench.value(SVC, "FailureCommand"), self.recovery(bench))

    def test_failure_actions_of_another_time(self, bench: Bench) -> None:
        """At removal only."""
        row = ("F", "ContosoSvc", 2, 0, None, None, "1", "0", "C1")

        assert 0 == bench.install(with_service().add("MsiServiceConfigFailureActions", row))
        assert self.recovery(bench) is None

    @pytest.mark.parametrize(("actions", "delays"), [("1[~]1", "0"), ("7", "0"), ("1", "x"), ("1", str(2**32))])
    def test_failure_actions_that_cannot_be(self, bench: Bench, actions: str, delays: str) -> None:
        """2725."""
        row = ("F", "ContosoSvc", 1, 0, None, None, actions, delays, "C1")

        assert 1603 == bench.install(with_service().add("MsiServiceConfigFailureActions", row))
        assert "the failure actions of the service ContosoSvc do not fit their delays" in bench.failures()[0]
