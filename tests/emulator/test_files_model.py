"""Random work on two volumes, beside a plain dictionary of folded paths that says what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import FilesSnapshot
from harness.errors import MachineError
from harness.model.files import FileAttributes
from tests.emulator.volumes import Clock

MIB = 2**20
ARCHIVE, READONLY, HIDDEN = FileAttributes.ARCHIVE, FileAttributes.READONLY, FileAttributes.HIDDEN

NAMES = st.sampled_from(["a", "A", "b", "ä", "Ä"])
PATHS = st.tuples(st.sampled_from(["C:", "C:", "D:"]), st.lists(NAMES, min_size=1, max_size=3)).map(
    lambda place: "\\".join((place[0], *place[1]))
)
DATA = st.binary(max_size=6)
MARKS = st.sampled_from([FileAttributes(0), ARCHIVE, READONLY, HIDDEN, READONLY | HIDDEN | ARCHIVE])


@dataclass(frozen=True)
class Entry:
    """A file, or a folder when there is no data."""

    name: str
    data: bytes | None
    marks: FileAttributes


def above(key: str) -> str:
    """Return the folder of a path."""
    return key.rpartition("\\")[0]


class Model:
    """What is on the volumes, by folded path; every method changes it and returns 0, or returns an error code."""

    def __init__(self) -> None:
        self.entries = {drive: Entry(drive, None, FileAttributes(0)) for drive in ("C:", "D:")}

    def copy(self) -> Model:
        """Return how it is now."""
        model = Model()
        model.entries = dict(self.entries)
        return model

    def is_folder(self, key: str) -> bool:
        """Return whether a folder is there."""
        return key in self.entries and self.entries[key].data is None

    def missing(self, key: str) -> int:
        """Return the code for what is not there, 0 for what is."""
        if key in self.entries:
            return 0
        return 2 if self.is_folder(above(key)) else 3

    def below(self, key: str) -> dict[str, Entry]:
        """Return an entry and what is in it."""
        return {known: entry for known, entry in self.entries.items() if f"{known}\\".startswith(f"{key}\\")}

    def write(self, path: str, data: bytes) -> int:
        """Empty a file or make one, and write."""
        key = path.upper()
        if not self.is_folder(above(key)):
            return 3
        entry = self.entries.get(key)
        if entry and (entry.data is None or entry.marks & (READONLY | HIDDEN)):
            return 5
        self.entries[key] = Entry(entry.name if entry else path.rpartition("\\")[2], data, ARCHIVE)
        return 0

    def change(self, path: str, edit: Callable[[bytes], bytes]) -> int:
        """Write to a file that is there."""
        key = path.upper()
        if code := self.missing(key):
            return code
        entry = self.entries[key]
        if entry.data is None or entry.marks & READONLY:
            return 5
        data = edit(entry.data)
        marks = entry.marks | ARCHIVE if data != entry.data else entry.marks
        self.entries[key] = replace(entry, data=data, marks=marks)
        return 0

    def make_folder(self, path: str) -> int:
        """Make a folder and those above it."""
        names = path.split("\\")
        for length in range(1, len(names) + 1):
            key = "\\".join(names[:length]).upper()
            entry = self.entries.get(key)
            if entry and entry.data is not None:
                return 183 if length == len(names) else 3
        for length in range(2, len(names) + 1):
            key = "\\".join(names[:length]).upper()
            self.entries.setdefault(key, Entry(names[length - 1], None, FileAttributes(0)))
        return 0

    def delete(self, path: str) -> int:
        """Delete what is there."""
        key = path.upper()
        if code := self.missing(key):
            return code
        if any(entry.marks & READONLY for entry in self.below(key).values()):
            return 5
        for known in self.below(key):
            del self.entries[known]
        return 0

    def mark(self, path: str, marks: FileAttributes) -> int:
        """Set attributes."""
        key = path.upper()
        if code := self.missing(key):
            return code
        self.entries[key] = replace(self.entries[key], marks=marks)
        return 0

    def copy_file(self, source: str, target: str) -> int:  # noqa: PLR0911 - one for each code
        """Copy a file."""
        old, new = source.upper(), target.upper()
        if code := self.missing(old):
            return code
        if self.is_folder(old):
            return 5
        if not self.is_folder(above(new)):
            return 3
        entry = self.entries.get(new)
        if entry and entry.data is None:
            return 5
        if old == new:
            return 32
        if entry and entry.marks & (READONLY | HIDDEN):
            return 5
        name = entry.name if entry else target.rpartition("\\")[2]
        self.entries[new] = replace(self.entries[old], name=name, marks=self.entries[old].marks | ARCHIVE)
        return 0

    def move(self, source: str, target: str) -> int:  # noqa: PLR0911
        """Move a file or folder."""
        old, new = source.upper(), target.upper()
        if code := self.missing(old):
            return code
        if not self.is_folder(above(new)):
            return 3
        entry, moved = self.entries.get(new), self.entries[old]
        across = old[0] != new[0]
        if across and moved.data is None:
            return 17
        if moved.data is None and f"{new}\\".startswith(f"{old}\\") and old != new:
            return 32
        if entry and old != new and (entry.data is None or moved.data is None or entry.marks & READONLY):
            return 5
        if across:
            code = self.copy_file(source, target)
            if code == 0 and not moved.marks & READONLY:
                del self.entries[old]
            return code
        name = target.rpartition("\\")[2]
        gone = self.below(old)
        for known in gone:
            del self.entries[known]
        self.entries.pop(new, None)
        self.entries |= {new + known[len(old) :]: one for known, one in gone.items()}
        self.entries[new] = replace(self.entries[new], name=name)
        return 0


class FilesLikeADictionary(RuleBasedStateMachine):
    """Random work, each step of which must end as the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.files = EmulatedFiles(self.clock, {"C:": 10, "D:": 10})
        self.model = Model()
        self.kept: list[tuple[FilesSnapshot, Model]] = []

    def outcome(self, action: Callable[[], object]) -> int:
        """Return the code an action fails with, 0 when it works."""
        self.clock.time += timedelta(seconds=1)
        try:
            action()
        except MachineError as error:
            return error.winerror
        return 0

    @initialize(paths=st.lists(PATHS, max_size=8))
    def begin(self, paths: list[str]) -> None:
        """Begin with some files, which a snapshot holds."""
        for path in paths:
            self.make_folder(above(path))
            self.write(path, b"begin")
        self.remember()

    @rule(path=PATHS, data=DATA)
    def write(self, path: str, data: bytes) -> None:
        """Write a file anew."""

        def action() -> None:
            with self.files.open(path, "wb") as file:
                file.write(data)

        assert self.model.write(path, data) == self.outcome(action)

    @rule(path=PATHS, data=DATA)
    def append(self, path: str, data: bytes) -> None:
        """Append to a file, making it if need be."""

        def action() -> None:
            with self.files.open(path, "ab") as file:
                file.write(data)

        key = path.upper()
        expected = self.model.change(path, lambda old: old + data)
        assert (self.model.write(path, data) if expected == 2 and key else expected) == self.outcome(action)

    @rule(path=PATHS, size=st.integers(0, 9))
    def truncate(self, path: str, size: int) -> None:
        """Cut a file off, or fill it up."""

        def action() -> None:
            with self.files.open(path, "r+b") as file:
                if file.seek(0, 2) != size:
                    file.truncate(size)

        assert self.model.change(path, lambda old: old[:size].ljust(size, b"\0")) == self.outcome(action)

    @rule(path=PATHS)
    def make_folder(self, path: str) -> None:
        """Make a folder."""
        assert self.model.make_folder(path) == self.outcome(lambda: self.files.make_folder(path))

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        """Delete what is there."""
        assert self.model.delete(path) == self.outcome(lambda: self.files.delete(path))

    @rule(source=PATHS, aim=PATHS)
    def move(self, source: str, aim: str) -> None:
        """Move what can be moved."""
        assert self.model.move(source, aim) == self.outcome(lambda: self.files.move(source, aim))

    @rule(source=PATHS, aim=PATHS)
    def copy(self, source: str, aim: str) -> None:
        """Copy a file."""
        assert self.model.copy_file(source, aim) == self.outcome(lambda: self.files.copy(source, aim))

    @rule(path=PATHS, marks=MARKS)
    def mark(self, path: str, marks: FileAttributes) -> None:
        """Set attributes."""
        assert self.model.mark(path, marks) == self.outcome(lambda: self.files.set_attributes(path, marks))

    @rule()
    def remember(self) -> None:
        """Take a snapshot."""
        self.kept = [*self.kept[-3:], (self.files.snapshot(), self.model.copy())]

    @rule(number=st.integers(0, 3))
    def restore(self, number: int) -> None:
        """Go back to a snapshot."""
        snapshot, model = self.kept[number % len(self.kept)]
        self.files.restore(snapshot)
        self.model = model.copy()
        assert all(now.root is snapshot.volumes[drive].root for drive, now in self.files.snapshot().volumes.items())

    @rule()
    def everything_is_as_expected(self) -> None:
        """Compare everything with the model."""
        used = {"C:": 0, "D:": 0}
        for key, entry in self.model.entries.items():
            info = self.files.info(key)
            assert (entry.data is None, len(entry.data or b"")) == (info.is_directory, info.size_bytes)
            if entry.data is None:
                held = [one for known, one in self.model.entries.items() if above(known) == key and known != key]
                assert sorted(one.name for one in held) == sorted(self.files.names(key))
                assert entry.marks | FileAttributes.DIRECTORY == info.attributes
            else:
                used[key[:2]] += len(entry.data)
                assert entry.data == self.files.read(key)
                assert (entry.marks or FileAttributes.NORMAL) == info.attributes
        assert [10 * MIB - used[volume.drive] for volume in self.files.volumes()] == [
            volume.free_bytes for volume in self.files.volumes()
        ]

    def teardown(self) -> None:
        """Compare everything at the end, too."""
        self.everything_is_as_expected()


TestFilesLikeADictionary = FilesLikeADictionary.TestCase
TestFilesLikeADictionary.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.mark.slow
def test_ten_thousand_steps() -> None:
    """The same for long: no divergence in 10,000 steps."""
    long = settings(
        max_examples=100, stateful_step_count=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(FilesLikeADictionary, settings=long)
