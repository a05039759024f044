r"""A machine with an MSI in `C:\Package`, and msiexec to run on it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import timedelta

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.emulator.processes import EmulatedProcess
from harness.model.commands import Command
from harness.model.windows import SYSTEM, Account, RegistryPath, View
from tests.emulator.msi.building import Msi

PACKAGE = r"C:\Package"


class Bench:
    """What the tests of msiexec do: put packages down, run command lines, look at the machine."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self.machine = machine

    def put(self, msi: Msi | bytes, name: str = "app.msi") -> str:
        """Write a package and return its path."""
        path = rf"{PACKAGE}\{name}"
        self.machine.files.write(path, msi if isinstance(msi, bytes) else msi.build())
        return path

    def start(self, line: str, *, account: Account = SYSTEM, session_id: int = 0) -> EmulatedProcess:
        """Start a command line in the package's folder."""
        command = Command(
            command_line=line,
            working_directory=PACKAGE,
            account=account,
            session_id=session_id,
            parent_bits=64 if self.machine.facts.is_64_bit else 32,
        )
        return self.machine.processes.start(command)

    def run(self, line: str, *, account: Account = SYSTEM, session_id: int = 0) -> int | None:
        """Run a command line to its end and return its exit code; None while it still runs after an hour."""
        process = self.start(line, account=account, session_id=session_id)
        exits: list[int | None] = []

        async def wait_for_it() -> None:
            exit_ = await process.wait(timedelta(hours=1))
            exits.append(exit_.code if exit_ else None)

        self.machine.clock.spawn(wait_for_it(), name="test")
        self.machine.clock.advance(timedelta(hours=1, minutes=1))
        return exits[0]

    def install(self, msi: Msi | bytes, arguments: str = "", **settings: object) -> int | None:
        """Install a package silently."""
        self.put(msi)
        return self.run(f"msiexec /i app.msi /qn {arguments}", **settings)

    def value(self, key: str, name: str = "", view: View = View.VIEW_64) -> object:
        """Return a value's data; None when it is not there."""
        value = self.machine.registry.get(RegistryPath.parse(key), name, view)
        return None if value is None else value.data

    def has_key(self, key: str, view: View = View.VIEW_64) -> bool:
        """Return whether a key is there."""
        return self.machine.registry.exists(RegistryPath.parse(key), view)

    def text(self, path: str) -> str | None:
        """Return a file's content; None when it is not there."""
        return self.machine.files.read(path).decode() if self.machine.files.exists(path) else None

    def log(self, name: str = "log.txt") -> str:
        """Return a log that msiexec wrote."""
        return self.machine.files.read(rf"{PACKAGE}\{name}").decode("utf-16")

    def failures(self) -> list[str]:
        """Return why msiexec failed, as the timeline says."""
        return [str(event.data["reason"]) for event in self.machine.timeline.of(kind="msi failed")]


@pytest.fixture
def bench(machine: EmulatedMachine) -> Bench:
    """Give a 64-bit Windows 11 on which nobody is signed in."""
    return Bench(machine)


@pytest.fixture
def make_bench(make_machine: Callable[..., EmulatedMachine]) -> Callable[..., Bench]:
    """Give a function that makes machines to try msiexec on."""

    def make(*arguments: object, **settings: object) -> Bench:
        return Bench(make_machine(*arguments, **settings))

    return make


@pytest.fixture
def app() -> Msi:
    """Give a package with one file and one registry value."""
    msi = Msi().component(key_path="notes.txt").file("notes.txt", b"hello")
    return msi.value(r"SOFTWARE\Contoso\Test", "Version", "[ProductVersion]")


@pytest.fixture
def versioned() -> Callable[..., bytes]:
    """Give a function that makes a program file with a version."""
    return versioned_program


def versioned_program(major: int, minor: int, build: int, private: int) -> bytes:
    """Return a 32-bit program with nothing but a version resource."""
    fixed = struct.pack(
        "<13I", 0xFEEF04BD, 0x10000, major << 16 | minor, build << 16 | private, 0, 0, 0x3F, 0, 0x40004, 1, 0, 0, 0
    )
    key = "VS_VERSION_INFO".encode("utf-16-le") + b"\0\0"
    body = struct.pack("<HHH", 0, len(fixed), 0) + key
    body += bytes(-len(body) % 4) + fixed
    info = struct.pack("<H", len(body)) + body[2:]

    def folder(number: int, offset: int, *, is_leaf: bool = False) -> bytes:
        return struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, offset | (0 if is_leaf else 0x80000000))

    rva = 0x1000
    section = folder(16, 24) + folder(1, 48) + folder(0, 72, is_leaf=True)
    section += struct.pack("<IIII", rva + 88, len(info), 0, 0) + info
    section = section.ljust(-(-len(section) // 512) * 512, b"\0")
    optional = struct.pack(
        "<HBBIIIIIIIIIHHHHHHIIIIHHIIIIII",
        *(0x10B, 0, 0, 0, len(section), 0, rva, rva, rva, 0x400000, 0x1000, 512),
        *(6, 0, 0, 0, 6, 0, 0, 0x2000, 512, 0, 2, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    optional += bytes(16) + struct.pack("<II", rva, len(section)) + bytes(13 * 8)
    coff = struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, len(optional), 0x102)
    row = struct.pack("<8sIIIIIIHHI", b".rsrc", len(section), rva, len(section), 512, 0, 0, 0, 0, 0x40000040)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0" + coff + optional + row
    return head.ljust(512, b"\0") + section
