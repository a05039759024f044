"""The parts put together."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.clock import VirtualClock
from harness.emulator.installers import Installer
from harness.emulator.machine import EmulatedMachine
from harness.machine.ports import Machine
from harness.model.commands import Command
from harness.model.windows import SYSTEM, Architecture, RegistryPath, RegistryValue
from harness.timeline import Lane

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_is_a_machine(machine, facts):
    """It fits the port, with every part of it."""
    port: Machine = machine

    assert (facts, machine.clock) == (port.facts, port.clock)
    assert r"C:\Windows" == port.environment(SYSTEM, 64)["windir"]
    assert port.registry.exists(RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"))
    assert port.files.exists(r"C:\Windows\SysWOW64\msiexec.exe")
    assert port.timeline.of() == []


@pytest.mark.parametrize(("architecture", "bits"), [(Architecture.X86, 32), (Architecture.ARM64, 64)])
def test_windows_is_as_wide_as_its_processor(make_machine, architecture, bits):
    """Its own processes show it."""
    machine = make_machine(architecture)

    assert {bits} == {row.bits for row in machine.processes.running()}
    assert (bits == 64) is machine.files.exists(r"C:\Windows\SysWOW64")


def test_two_machines_never_meet(make_machine, ada):
    """Files, registry, programs, people, time and events are each one's own."""
    one, other = make_machine(), make_machine()
    one.files.write(r"C:\Package\setup.exe", b"")
    one.programs["setup.exe"] = Installer()
    one.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\X"), "a", RegistryValue.of("b"))
    one.sign_in(ada)
    one.processes.start(Command(command_line="setup.exe", working_directory=r"C:\Package"))
    one.clock.advance(timedelta(hours=1))

    assert not other.files.exists(r"C:\Package\setup.exe")
    assert not other.registry.exists(RegistryPath.parse(r"HKLM\SOFTWARE\X"))
    assert ("setup.exe" in other.programs, (), 0) == (False, other.sessions.signed_in(), len(other.timeline))
    assert timedelta(hours=1) == one.clock.now() - other.clock.now()


def test_programs_can_be_given_from_the_start(make_machine):
    """Windows Installer is there anyway, unless somebody else answers for it."""
    fails = Installer.fails(1601)

    machine = make_machine(programs={"setup.exe": Installer(), "msiexec.exe": fails})

    assert {"msiexec.exe", "setup.exe"} <= set(machine.programs)
    assert fails == machine.programs["msiexec.exe"]


def test_windows_installer_answers_for_msiexec(machine):
    """A package that is not there is 1619."""
    process = machine.processes.start(
        Command(command_line=r"msiexec /i C:\gone.msi /qn", working_directory="C:\\", parent_bits=32)
    )
    machine.clock.advance(timedelta(minutes=1))

    assert (r"C:\Windows\SysWOW64\msiexec.exe", 1619) == (process.info.image_path, process.exit.code)


def test_a_snapshot_tells_what_changed(machine):
    """In registry and files, since it was taken."""
    before = machine.snapshot()
    assert not machine.changes_since(before)

    machine.files.write(r"C:\App\a.txt", b"")
    machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso"), "a", RegistryValue.of("b"))

    said = str(machine.changes_since(before))
    assert r"HKLM\SOFTWARE\Contoso : a = b" in said
    assert r"C:\App\a.txt" in said


def test_users_answer_from_the_machine(machine):
    """The rules are the toasts'."""
    assert machine.toasts.user_answers is machine.user_answers


def test_a_closed_machine_is_quiet(facts, ada):
    """Everything ends, and the timeline stays as it was when its user looked."""
    clock = VirtualClock(START, freeze=False)
    seen = []

    async def main():
        try:
            await clock.sleep(timedelta(days=1))
        finally:
            seen.append("service")

    with EmulatedMachine(facts, clock, users=[ada], programs={"setup.exe": Installer.hangs()}) as machine:
        machine.files.write(r"C:\setup.exe", b"")
        machine.services.install("S", display_name="S", image_path="s.exe", main=main)
        running = machine.processes.start(Command(command_line="setup.exe", working_directory="C:\\"))
        clock.advance(timedelta(hours=1))
        machine.power.restart("an update", timedelta(hours=1))
        events = len(machine.timeline)

    assert (["service"], None, events) == (seen, clock.next_due(), len(machine.timeline))
    assert running.exit is not None
    assert [event.kind for event in machine.timeline.of(Lane.PROCESS)] == ["process started"]


def test_closing_twice_changes_nothing(machine):
    """Whoever comes second finds it done."""
    machine.close()
    machine.close()

    assert machine.is_closed


def test_a_machine_advances_under_its_own_wall_clock(facts):
    """With freezegun, what runs inside sees the machine's time."""
    seen = []

    async def looks(run):
        seen.append(datetime.now(UTC))
        return 0

    with EmulatedMachine(facts, VirtualClock(START), programs={"setup.exe": looks}) as machine:
        machine.files.write(r"C:\setup.exe", b"")
        machine.processes.start(Command(command_line="setup.exe", working_directory="C:\\"))
        machine.clock.advance(timedelta(hours=1))

    assert [START] == seen


def test_tree_of_a_folder_and_of_a_key(machine):
    """One call draws a folder or a registry key, by what its path begins with."""
    machine.files.write(r"C:\Contoso\app.exe", b"x")
    machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso"), "Version", RegistryValue.of("1.2"))

    assert "app.exe" in str(machine.tree(r"C:\Contoso"))
    assert "Version" in str(machine.tree(r"HKLM\SOFTWARE\Contoso"))
