"""A small emulated machine for every test that asks for one."""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.accounts import entra_account
from harness.emulator.clock import VirtualClock
from harness.emulator.files import EmulatedFiles
from harness.emulator.machine import EmulatedMachine
from harness.emulator.processes import EmulatedProcess
from harness.emulator.programs import Program
from harness.model.commands import Command
from harness.model.windows import SYSTEM, Account, Architecture, MachineFacts
from tests.emulator.volumes import Clock

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PACKAGE = r"C:\Package"


@pytest.fixture
def clock() -> Clock:
    """Give a clock that shows eight o'clock."""
    return Clock()


@pytest.fixture
def files(clock: Clock) -> Iterator[EmulatedFiles]:
    """Give an empty volume of 1,000 MB."""
    volume = EmulatedFiles(clock, 1_000)
    yield volume
    volume.close()


@pytest.fixture
def facts() -> MachineFacts:
    """Describe a Windows 11 on x64."""
    return MachineFacts(name="PC-042", release="Windows 11 23H2", build=22631, revision=2428)


@pytest.fixture
def ada() -> Account:
    """Give a standard user."""
    return entra_account("ada")


@pytest.fixture
def make_machine(facts: MachineFacts) -> Iterator[Callable[..., EmulatedMachine]]:
    """Give a function that makes machines of an architecture; all are closed afterwards."""
    machines: list[EmulatedMachine] = []

    def make(architecture: Architecture = Architecture.X64, **settings: object) -> EmulatedMachine:
        of_that_kind = MachineFacts(
            name=facts.name,
            release=facts.release if architecture is not Architecture.X86 else "Windows 10 22H2",
            build=facts.build if architecture is not Architecture.X86 else 19045,
            revision=facts.revision,
            architecture=architecture,
        )
        machine = EmulatedMachine(of_that_kind, VirtualClock(START, freeze=False), **settings)
        machine.files.make_folder(PACKAGE)
        machines.append(machine)
        return machine

    yield make
    for machine in machines:
        machine.close()


@pytest.fixture
def machine(make_machine: Callable[..., EmulatedMachine]) -> EmulatedMachine:
    r"""Give a machine on which nobody is signed in; `C:\Package` exists."""
    return make_machine()


@pytest.fixture
def start(machine: EmulatedMachine) -> Callable[..., EmulatedProcess]:
    """Give a function that starts a command line, whose program is made to exist and do something."""

    def start(
        command_line: str,
        program: Program | None = None,
        *,
        account: Account = SYSTEM,
        session_id: int = 0,
        **settings: object,
    ) -> EmulatedProcess:
        name = command_line.split(" ", maxsplit=1)[0]
        if program:
            machine.files.write(rf"{PACKAGE}\{name}", b"")
            machine.programs[name] = program
        command = Command(
            **{"command_line": command_line, "working_directory": PACKAGE, "account": account}
            | {"session_id": session_id}
            | settings
        )
        return machine.processes.start(command)

    return start


@pytest.fixture
def finish(machine: EmulatedMachine, start: Callable[..., EmulatedProcess]) -> Callable[..., EmulatedProcess]:
    """Give a function that starts a command line as `start` does, and lets a day pass."""

    def finish(command_line: str, program: Program | None = None, **settings: object) -> EmulatedProcess:
        process = start(command_line, program, **settings)
        machine.clock.advance(timedelta(days=1))
        return process

    return finish


def pe_image(machine_type: int) -> bytes:
    """Return the beginning of a program image."""
    return (
        b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + b"\0" * 0x40 + b"PE\0\0" + struct.pack("<H", machine_type)
    )


@pytest.fixture
def image() -> Callable[[int], bytes]:
    """Give a function that makes the beginning of a program image for a machine type."""
    return pe_image
