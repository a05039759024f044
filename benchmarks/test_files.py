"""What the volumes cost, beside pyfakefs as it comes: the same operations in turn, in one run.

Times are the processor's, so that whatever else runs on this computer counts little.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem, FakeOsModule, OSType
from pyfakefs.fake_open import FakeFileOpen

from harness.emulator.files import EmulatedFiles

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FOLDERS, FILES = 10, 10
FOLDER = r"C:\Program Files\Contoso"
PATHS = [rf"{FOLDER}\part{folder}\file{file}.txt" for folder in range(FOLDERS) for file in range(FILES)]
DATA = b"x" * 100
ROUNDS = 3


class Ours:
    """The volumes of the emulator."""

    def __init__(self) -> None:
        self.files = EmulatedFiles(lambda: NOW, 1_000)
        for path in PATHS:
            self.files.write(path, DATA)
        self.exists = self.files.exists
        self.listdir = self.files.names
        self.remove = self.files.delete
        self.rename = self.files.move
        self.open = self.files.open


class Bare:
    """Pyfakefs alone, as its users have it."""

    def __init__(self) -> None:
        system = FakeFilesystem()
        system.os = OSType.WINDOWS
        for folder in range(FOLDERS):
            system.create_dir(rf"{FOLDER}\part{folder}")
        fake_os = FakeOsModule(system)
        self.open = FakeFileOpen(system)
        for path in PATHS:
            with self.open(path, "wb") as file:
                file.write(DATA)
        self.exists = fake_os.path.exists
        self.listdir = fake_os.listdir
        self.remove = fake_os.remove
        self.rename = fake_os.rename


def exists(system: Ours | Bare) -> None:
    """Ask for every file."""
    for path in PATHS:
        assert system.exists(path)


def read(system: Ours | Bare) -> None:
    """Open, read and close every file."""
    for path in PATHS:
        with system.open(path, "rb") as file:
            file.read()


def write(system: Ours | Bare) -> None:
    """Open, write and close a new file beside every file."""
    for path in PATHS:
        with system.open(f"{path}.new", "wb") as file:
            file.write(DATA)


def overwrite(system: Ours | Bare) -> None:
    """Open, write and close every file."""
    for path in PATHS:
        with system.open(path, "wb") as file:
            file.write(DATA)


def listdir(system: Ours | Bare) -> None:
    """List every folder, as often as there are files in it."""
    for folder in range(FOLDERS):
        for _ in range(FILES):
            system.listdir(rf"{FOLDER}\part{folder}")


def delete(system: Ours | Bare) -> None:
    """Delete every file."""
    for path in PATHS:
        system.remove(path)


def move(system: Ours | Bare) -> None:
    """Rename every file."""
    for path in PATHS:
        system.rename(path, f"{path}.old")


def seconds(work: Callable[[Ours | Bare], None], make: type[Ours | Bare]) -> float:
    """Return how long a piece of work takes on a system that nobody has used."""
    system = make()
    start = time.process_time()
    work(system)
    return time.process_time() - start


@pytest.mark.parametrize(
    "work", [exists, read, write, overwrite, listdir, delete, move], ids=lambda work: work.__name__
)
def test_beside_bare_pyfakefs(work: Callable[[Ours | Bare], None]) -> None:
    """No operation is slower than pyfakefs's own."""
    pairs = [(seconds(work, Ours), seconds(work, Bare)) for _ in range(ROUNDS)]
    ours, bare = (statistics.median(column) / len(PATHS) * 1e6 for column in zip(*pairs, strict=True))
    print(f"\n{work.__name__}: {ours:.1f} us, pyfakefs {bare:.1f} us, {bare / ours:.1f} times faster")
    assert ours < bare


def test_ten_thousand_files(benchmark) -> None:
    """Snapshots of 10,000 files: the first after laying them down, the next, going back, and reading after that."""
    rounds: dict[str, list[float]] = {}

    def clock(name: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        result = work()
        rounds.setdefault(name, []).append((time.process_time() - start) * 1_000)
        return result

    def fill() -> EmulatedFiles:
        files = EmulatedFiles(lambda: NOW, 1_000)
        for number in range(10_000):
            files.write(rf"C:\Data\{number % 100}\{number}.txt", b"x")
        return files

    def read_some(files: EmulatedFiles) -> None:
        for number in range(100):
            files.read(rf"C:\Data\{number}\{number}.txt")

    def measure(files: EmulatedFiles) -> None:
        snapshot = clock("first snapshot", files.snapshot)
        files.write(r"C:\Data\1\1.txt", b"y")
        clock("next snapshot, after one change", files.snapshot)
        clock("restore", lambda: files.restore(snapshot))
        clock("snapshot after restore", files.snapshot)
        clock("reading one file in each of 100 folders after restore", lambda: read_some(files))
        clock("the same again", lambda: read_some(files))

    benchmark.pedantic(measure, setup=lambda: ((fill(),), {}), rounds=5)
    for name, taken in rounds.items():
        print(f"\n{name}: {min(taken):.2f} ms at best, {statistics.median(taken):.2f} ms as a rule", end="")
    assert min(rounds["first snapshot"]) + min(rounds["restore"]) < 50
