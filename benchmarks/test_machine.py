"""How fast the emulated registry and volume are, beside pyfakefs as it comes."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import UTC, datetime

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem, OSType

from harness.emulator.accounts import entra_account
from harness.emulator.baseline import MACHINES, lay_down
from harness.emulator.changes import diff
from harness.emulator.clock import VirtualClock
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import MachineSnapshot
from harness.emulator.machine import EmulatedMachine
from harness.emulator.registry import EmulatedRegistry
from harness.model.windows import Hive, RegistryPath, RegistryValue

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FACTS = MACHINES["Windows 11 23H2"]
APP = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso\App")
LOG = r"C:\ProgramData\Microsoft\IntuneManagementExtension\Logs\AppWorkload.log"
FILES = [rf"C:\Program Files\Contoso\App\file{number}.txt" for number in range(1_000)]


def fresh():
    """Return the registry and the files of a fresh Windows."""
    registry = EmulatedRegistry(lambda: NOW)
    files = EmulatedFiles(lambda: NOW, FACTS.disk_size_mb)
    lay_down(registry, files, FACTS)
    return registry, files


def snapshot_of(registry, files):
    """Return how a registry and a volume are."""
    return MachineSnapshot(at=NOW, registry=registry.snapshot(), files=files.snapshot())


def test_new_registry_and_files(benchmark):
    """A fresh Windows: target under 5 ms."""
    benchmark(fresh)


def test_new_registry_and_files_seen_whole(benchmark):
    """A fresh Windows of which every folder is looked at, as the first snapshot does."""
    benchmark(lambda: snapshot_of(*fresh()))


def test_registry_get(benchmark):
    """Reading a value; operations per second are the reciprocal."""
    registry, _ = fresh()
    registry.set(APP, "Version", RegistryValue.of("1.0"))
    benchmark(registry.get, APP, "Version")


def test_registry_set(benchmark):
    """Setting a value of a key that exists."""
    registry, _ = fresh()
    value = RegistryValue.of("1.0")
    registry.create(APP)
    benchmark(registry.set, APP, "Version", value)


def test_registry_create_and_set(benchmark):
    """Making a new key and setting a value in it."""
    registry, _ = fresh()
    value = RegistryValue.of("1.0")
    numbers = iter(range(10_000_000))
    benchmark(lambda: registry.set(APP.child(str(next(numbers))), "Version", value))


def test_files_exist(benchmark):
    """Asking for a file in another spelling."""
    _, files = fresh()
    benchmark(files.exists, r"c:\windows\SYSTEM32\Cmd.exe")


def test_append_a_log_line(benchmark):
    """Opening a log, appending a line, closing it: target about 10 us."""
    _, files = fresh()
    files.write(LOG, b"")
    line = b"x" * 300

    def append():
        with files.open(LOG, "ab") as file:
            file.write(line)

    benchmark(append)


@pytest.mark.benchmark(group="1,000 small files")
def test_write_1000_files(benchmark):
    """Through the port: target under 40 ms."""

    def write(files):
        for path in FILES:
            files.write(path, b"x" * 100)

    benchmark.pedantic(write, setup=lambda: ((fresh()[1],), {}), rounds=5)


@pytest.mark.benchmark(group="1,000 small files")
def test_write_1000_files_with_pyfakefs(benchmark):
    """The same with pyfakefs's own create_file."""

    def setup():
        system = FakeFilesystem()
        system.os = OSType.WINDOWS
        return (system,), {}

    def write(system):
        for path in FILES:
            system.create_file(path, contents=b"x" * 100)

    benchmark.pedantic(write, setup=setup, rounds=2)


def test_snapshot_and_difference_of_a_large_machine(benchmark):
    """A machine of 10,000 files and 50,000 values in which one of each changed since the last snapshot."""
    registry, files = fresh()
    value = RegistryValue.of("1.0")
    for number in range(10_000):
        files.write(rf"C:\Data\{number % 100}\{number}.txt", b"x")
        for name in range(5):
            registry.set(APP.child(str(number)), str(name), value)
    before = snapshot_of(registry, files)
    rounds = iter(range(10_000_000))

    def look():
        number = next(rounds)
        registry.set(APP, "round", RegistryValue.of(number))
        files.write(r"C:\Data\1\1.txt", b"y" * (number % 50 + 2))
        return diff(before, snapshot_of(registry, files))

    found = benchmark.pedantic(look, rounds=5)
    assert 2 == len(found.registry) + len(found.files)


def test_new_whole_machine(benchmark):
    """A machine with everything on it is there in under 5 ms, once the first of its kind was made."""

    def make():
        with EmulatedMachine(FACTS, VirtualClock(NOW, freeze=False)) as machine:
            return machine

    make()
    benchmark.pedantic(make, rounds=60)

    print(f"\na new machine: {benchmark.stats.stats.min * 1e3:.1f} ms at best")
    assert benchmark.stats.stats.min < 0.005


def test_memory_of_a_machine():
    """A machine with a user takes far less than 10 MB; the first of its kind makes what all of them share."""
    user = entra_account("ada")

    def make():
        return EmulatedMachine(FACTS, VirtualClock(NOW, freeze=False), users=[user])

    make().close()
    gc.collect()
    tracemalloc.start()
    try:
        machines = [make() for _ in range(10)]
        gc.collect()
        each = tracemalloc.get_traced_memory()[0] / len(machines)
    finally:
        tracemalloc.stop()
    for machine in machines:
        machine.close()

    print(f"\nmemory of a machine: {each / 1024:.0f} KiB")
    assert each < 10_000_000
