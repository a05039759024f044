"""How much it costs to keep a large machine and to go back to it: target under 50 ms together with 10,000 files."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.emulator.files import EmulatedFiles
from harness.emulator.registry import EmulatedRegistry
from harness.model.windows import Hive, RegistryPath, RegistryValue

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROOT = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso")
KEYS = [ROOT.child(rf"{number // 100}\{number}") for number in range(10_000)]


def registry_of_50000_values():
    """Return a registry of 10,000 keys with 5 values each, of which no snapshot was taken yet."""
    registry = EmulatedRegistry(lambda: NOW)
    value = RegistryValue.of("1.0")
    for key in KEYS:
        for name in range(5):
            registry.set(key, str(name), value)
    return registry


def test_first_snapshot_and_restore_of_50000_values(benchmark):
    """A snapshot of a registry that was just filled, back to it, and a look at one value."""

    def keep_and_go_back(registry):
        registry.restore(registry.snapshot())
        return registry.get(KEYS[5_000], "4")

    benchmark.pedantic(keep_and_go_back, setup=lambda: ((registry_of_50000_values(),), {}), rounds=5)


def test_snapshot_change_and_restore_of_50000_values(benchmark):
    """What a test in a row of many costs: a hundred values changed, then back to the snapshot of the beginning."""
    registry = registry_of_50000_values()
    start = registry.snapshot()
    value = RegistryValue.of("2.0")

    def change_and_go_back():
        for key in KEYS[::100]:
            registry.set(key, "0", value)
        registry.restore(start)
        return registry.get(KEYS[0], "0")

    assert RegistryValue.of("1.0") == benchmark.pedantic(change_and_go_back, rounds=20, warmup_rounds=1)


def test_first_snapshot_of_50000_values(benchmark):
    """The snapshot alone."""
    benchmark.pedantic(
        lambda registry: registry.snapshot(), setup=lambda: ((registry_of_50000_values(),), {}), rounds=5
    )


def test_second_snapshot_of_50000_values(benchmark):
    """A snapshot after one more change."""
    registry = registry_of_50000_values()
    registry.snapshot()
    numbers = iter(range(10_000_000))

    def change_and_keep():
        registry.set(KEYS[5_000], "round", RegistryValue.of(next(numbers)))
        return registry.snapshot()

    benchmark(change_and_keep)


def test_open_and_read_by_path(benchmark):
    """Opening a key through the port and reading a value of it: target well under 2 us."""
    registry = EmulatedRegistry(lambda: NOW)
    registry.set(KEYS[0], "Version", RegistryValue.of("1.0"))
    benchmark(lambda: registry.get(KEYS[0], "Version"))


def test_open_key_and_read(benchmark):
    """The same in two steps, as a handle does it."""
    registry = EmulatedRegistry(lambda: NOW)
    registry.set(KEYS[0], "Version", RegistryValue.of("1.0"))
    machine, below = RegistryPath(Hive.HKLM), KEYS[0].key
    benchmark(lambda: registry.get(registry.open_key(machine, below), "Version"))


def test_delete_and_make(benchmark):
    """Deleting a key and making it anew with a value."""
    registry = registry_of_50000_values()
    value = RegistryValue.of("1.0")

    def again():
        registry.delete(KEYS[5_000])
        registry.set(KEYS[5_000], "0", value)

    benchmark(again)


def files_10000():
    """Return a volume of 10,000 files in 100 folders, of which no snapshot was taken yet."""
    files = EmulatedFiles(lambda: NOW, 1_000)
    for number in range(10_000):
        files.write(rf"C:\Data\{number % 100}\{number}.txt", b"x")
    return files


def test_first_snapshot_and_restore_of_both(benchmark):
    """10,000 files and 50,000 values that were just made: a snapshot of both, and back to it. Target under 50 ms."""

    def keep_and_go_back(registry, files):
        kept = registry.snapshot(), files.snapshot()
        registry.restore(kept[0])
        files.restore(kept[1])

    benchmark.pedantic(keep_and_go_back, setup=lambda: ((registry_of_50000_values(), files_10000()), {}), rounds=5)


def test_change_and_restore_of_both(benchmark):
    """What a test in a row of many costs: a file and a value changed, a snapshot, and back to that of the beginning."""
    registry, files = registry_of_50000_values(), files_10000()
    start = registry.snapshot(), files.snapshot()
    value = RegistryValue.of("2.0")

    def change_and_go_back():
        registry.set(KEYS[5_000], "0", value)
        files.write(r"C:\Data\1\1.txt", b"changed")
        registry.snapshot(), files.snapshot()
        registry.restore(start[0])
        files.restore(start[1])

    benchmark.pedantic(change_and_go_back, rounds=20, warmup_rounds=1)
