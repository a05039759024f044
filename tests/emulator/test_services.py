"""Services start with the machine, and end with it."""

from datetime import timedelta

import pytest

from harness.emulator.installers import Installer
from harness.errors import MachineError
from harness.machine.ports import Services
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryType
from harness.timeline import Lane

MINUTE = timedelta(minutes=1)
IMAGE = r'"C:\Program Files (x86)\Contoso Agent\agent.exe" /service'


@pytest.fixture
def beats():
    """Collect when the service did something."""
    return []


@pytest.fixture
def install(machine, beats):
    """Give a function that installs a service which does something every minute."""

    async def main():
        while True:
            beats.append(machine.clock.monotonic())
            await machine.clock.sleep(MINUTE)

    def install(name="Agent", main=main, **settings):
        settings = {"display_name": f"Contoso {name}", "image_path": IMAGE} | settings
        machine.services.install(name, main=main, **settings)
        return machine.services.get(name)

    return install


def test_a_service_starts_at_once(machine, install, beats):
    """And goes on."""
    port: Services = machine.services
    install()

    machine.clock.advance(2 * MINUTE)

    assert ([timedelta(), MINUTE, 2 * MINUTE], True) == (beats, port.get("AGENT").is_running)
    assert [event.text for event in machine.timeline] == ["the service Contoso Agent started"]


def test_its_process_is_on_the_table(machine, install):
    """A child of the service manager, as SYSTEM in session 0, as wide as it says."""
    service = install(bits=32)

    info = machine.processes.running("agent.exe")[0]

    assert (r"C:\Program Files (x86)\Contoso Agent\agent.exe", 32, SYSTEM, 0) == (
        info.image_path,
        info.bits,
        info.account,
        info.session_id,
    )
    assert (service.process.info, IMAGE) == (info, info.command_line)
    assert machine.processes.running("services.exe")[0].pid == info.parent_pid


def test_its_key_says_what_it_is(machine, install):
    """As `sc query` and inventories read it."""
    install()

    values = machine.registry.values(RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Services\Agent"))
    assert {
        "Type": 16,
        "Start": 2,
        "ErrorControl": 1,
        "ImagePath": IMAGE,
        "DisplayName": "Contoso Agent",
        "ObjectName": "LocalSystem",
    } == {name: value.data for name, value in values.items()}
    assert RegistryType.REG_EXPAND_SZ is values["ImagePath"].type


def test_a_service_is_stopped_and_started(machine, install, beats):
    """Between, it does nothing."""
    service = install()
    machine.clock.advance(MINUTE / 2)

    machine.services.stop("agent")
    machine.clock.advance(5 * MINUTE)
    assert (1, False, 0) == (len(beats), service.is_running, service.process.exit.code)
    machine.services.start("agent")
    machine.clock.advance(timedelta())

    assert (2, True) == (len(beats), service.is_running)
    assert ["service started", "service stopped", "service started"] == [
        event.kind for event in machine.timeline.of(Lane.SERVICE)
    ]


@pytest.mark.parametrize("stopped_before", [False, True])
def test_a_service_is_restarted(machine, install, beats, stopped_before):
    """Whether it runs or not; it begins anew, in a new process."""
    first = install().process
    machine.clock.advance(MINUTE / 2)
    if stopped_before:
        machine.services.stop("Agent")

    machine.services.restart("Agent")
    machine.clock.advance(timedelta())

    assert [timedelta(), MINUTE / 2] == beats
    assert first.info.pid < machine.services.get("Agent").process.info.pid


def test_a_service_can_restart_itself(machine, install):
    """Its old self goes no further than its next wait."""
    seen = []

    async def main():
        seen.append(machine.clock.monotonic())
        if len(seen) == 1:
            await machine.clock.sleep(MINUTE)
            machine.services.restart("Agent")
        await machine.clock.sleep(10 * MINUTE)
        seen.append("over")

    install(main=main)
    machine.clock.advance(5 * MINUTE)

    assert [timedelta(), MINUTE] == seen
    assert 1 == len(machine.processes.running("agent.exe"))


def test_a_killed_service_is_stopped(machine, install):
    """Nothing starts it again before the next boot."""
    service = install()
    machine.clock.advance(MINUTE)

    service.process.kill()
    machine.clock.advance(10 * MINUTE)

    assert (False, 1067) == (service.is_running, machine.services.query("Agent").exit_code)
    assert "the service Contoso Agent ended without having been told to" == machine.timeline[-1].text


def test_a_service_may_end_by_itself(machine, install):
    """When its main function returns."""

    async def main():
        await machine.clock.sleep(MINUTE)

    service = install(main=main)
    machine.clock.advance(2 * MINUTE)

    assert (False, 0) == (service.is_running, service.process.exit.code)


def test_what_a_service_spawned_ends_with_it(machine, install):
    """Its threads are its own."""
    seen = []

    async def thread():
        await machine.clock.sleep(5 * MINUTE)
        seen.append("thread")

    async def main():
        machine.clock.spawn(thread(), name="thread")
        await machine.clock.sleep(10 * MINUTE)

    install(main=main)
    machine.clock.advance(MINUTE)
    machine.services.stop("Agent")
    machine.clock.advance(10 * MINUTE)

    assert [] == seen


def test_what_a_service_started_lives_on(machine, install, start):
    """Its child processes are not its own."""
    children = []

    async def main():
        children.append(start("setup.exe", Installer(takes="5 min")))
        await machine.clock.sleep(10 * MINUTE)

    install(main=main)
    machine.clock.advance(MINUTE)
    machine.services.stop("Agent")
    machine.clock.advance(10 * MINUTE)

    assert 0 == children[0].exit.code


def test_an_error_in_a_service_reaches_whoever_drives_the_clock(machine, install):
    """It is stopped then."""

    async def main():
        raise ZeroDivisionError

    service = install(main=main)

    with pytest.raises(ZeroDivisionError):
        machine.clock.advance(MINUTE)
    assert not service.is_running


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (lambda services: services.restart("Nobody"), 1060),
        (lambda services: services.get("Nobody"), 1060),
        (lambda services: services.stop("Nobody"), 1060),
        (lambda services: services.start("Nobody"), 1060),
        (lambda services: services.start("Agent"), 1056),
        (lambda services: (services.stop("Agent"), services.stop("Agent")), 1062),
        (lambda services: services.install("Other", display_name="x", image_path=" ", main=None), 87),
        (lambda services: services.install("AGENT", display_name="x", image_path="x", main=None), 1073),
        (lambda services: services.install("X", display_name="contoso AGENT", image_path="x", main=None), 1078),
        (lambda services: services.install("X", display_name="Agent", image_path="x", main=None), 1078),
        (lambda services: services.install("X", display_name="print spooler", image_path="x", main=None), 1078),
        (lambda services: services.install("a/b", display_name="x", image_path="x", main=None), 123),
        (lambda services: services.install("x" * 257, display_name="x", image_path="x", main=None), 123),
        (lambda services: services.query("Nobody"), 1060),
        (lambda services: services.delete("Nobody"), 1060),
        (lambda services: services.dependents("Nobody"), 1060),
        (lambda services: services.assume("Agent"), 1056),
    ],
)
def test_errors_are_those_of_the_service_manager(machine, install, attempt, code):
    """No such service, already running, not started, already there."""
    install()

    with pytest.raises(MachineError) as caught:
        attempt(machine.services)
    assert code == caught.value.winerror
