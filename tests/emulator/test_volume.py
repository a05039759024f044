"""The volume under the port: pyfakefs, what is laid down, and random work on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from pyfakefs.fake_filesystem import FakeOsModule
from pyfakefs.fake_open import FakeFileOpen

from harness.emulator.files import EmulatedFiles
from harness.errors import MachineError, UsageError
from tests.emulator.volumes import Clock, code_of

MIB = 2**20


class TestPyfakefs:
    """The file system below."""

    def test_pyfakefs_sees_the_same_files(self, files: EmulatedFiles) -> None:
        """A fake os module over the volume lists and reads what was written through the port."""
        files.write(r"C:\Program Files\Contoso\app.txt", b"hello")
        system = files._volume.system
        fake_os = FakeOsModule(system)

        assert ["app.txt"] == fake_os.listdir(r"c:\program files\CONTOSO")
        assert 5 == fake_os.stat(r"C:\Program Files\Contoso\APP.txt").st_size
        with FakeFileOpen(system)(r"C:\Program Files\Contoso\app.txt", "rb") as file:
            assert b"hello" == file.read()
        assert files.info(r"C:\Program Files").created.timestamp() == pytest.approx(
            fake_os.stat(r"C:\Program Files").st_ctime
        )

    def test_nothing_is_patched(self, files: EmulatedFiles) -> None:
        """The standard library's functions are the real ones, and pyfakefs's pathlib is not initialised."""
        import builtins

        assert "pyfakefs" not in builtins.open.__module__
        assert "pyfakefs" not in os.stat.__module__
        files._volume.system.reset()
        assert files._volume.system.is_windows_fs


class TestLaidDown:
    """What is there from the start."""

    def test_folders_are_made_when_looked_at(self, clock: Clock) -> None:
        """What was laid down is found, counts, and is as old as the machine whenever it is first looked at."""
        files = EmulatedFiles(clock, 10)
        start = clock.time
        files.lay_down({"Windows": {"System32": {"a.dll": bytes(MIB)}, "empty": {}}, "b.txt": b"b"})
        clock.time += timedelta(days=1)

        assert 8 == files.free_space_mb()
        assert ["a.dll"] == files.names(r"C:\windows\SYSTEM32")
        assert start == files.info(r"C:\Windows\System32\a.dll").created
        assert start == files.info(r"C:\Windows\System32").modified
        assert 8 == files.free_space_mb()
        files.delete(r"C:\Windows")
        assert 9 == files.free_space_mb()

    def test_pyfakefs_finds_them_too(self, clock: Clock) -> None:
        """What was laid down is there for pyfakefs's own look-ups at once."""
        files = EmulatedFiles(clock, 10)
        files.lay_down({"Windows": {"a.txt": b"a"}, "b.txt": b"b"})

        fake_os = FakeOsModule(files._volume.system)
        assert ["Windows", "b.txt"] == sorted(fake_os.listdir("C:\\"))
        assert ["a.txt"] == fake_os.listdir(r"C:\windows")

    def test_only_on_an_empty_volume(self, files: EmulatedFiles) -> None:
        """Nothing is laid over what is there already."""
        files.make_folder(r"C:\x")

        with pytest.raises(UsageError, match="already"):
            files.lay_down({})

    def test_too_small_a_volume(self, clock: Clock) -> None:
        """A Windows that does not fit is error 112."""
        assert 112 == code_of(lambda: EmulatedFiles(clock, 1).lay_down({"x": bytes(2 * MIB)}))


NAMES = st.sampled_from(["a", "B", "b", "c.txt", "C.TXT"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "\\".join(["C:", *names]))


class FilesLikeADictionary(RuleBasedStateMachine):
    """Random work on a volume, beside a plain dictionary of folded paths."""

    def __init__(self) -> None:
        super().__init__()
        self.files = EmulatedFiles(Clock(), 10)
        self.model: dict[str, bytes | None] = {"C:": None}

    def outcome(self, action: Callable[[], object]) -> int:
        """Return the code an action fails with, 0 when it works."""
        try:
            action()
        except MachineError as error:
            return error.winerror
        return 0

    def above(self, path: str) -> str:
        """Return the folder of a path."""
        return path.rpartition("\\")[0]

    @rule(path=PATHS, data=st.binary(max_size=4))
    def write(self, path: str, data: bytes) -> None:
        """Write a file, unless its folder is missing or it is a folder."""
        key = path.upper()
        code = self.outcome(lambda: self.files.open(path, "wb").close())
        if self.model.get(self.above(key), b"") is not None:
            assert 3 == code
        elif key in self.model and self.model[key] is None:
            assert 5 == code
        else:
            assert 0 == code
            with self.files.open(path, "ab") as file:
                file.write(data)
            self.model[key] = data

    @rule(path=PATHS)
    def make_folder(self, path: str) -> None:
        """Make a folder, unless a file is in the way."""
        key = path.upper()
        parents = [key.rsplit("\\", count)[0] for count in range(key.count("\\"))]
        code = self.outcome(lambda: self.files.make_folder(path))
        if self.model.get(key) is not None:
            assert 183 == code
        elif any(self.model.get(parent) is not None for parent in parents):
            assert 3 == code
        else:
            assert 0 == code
            for parent in parents:
                self.model[parent] = None

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        """Delete what is there."""
        key = path.upper()
        code = self.outcome(lambda: self.files.delete(path))
        assert (code == 0) == (key in self.model)
        self.model = {known: data for known, data in self.model.items() if f"{known}\\".find(f"{key}\\") != 0}

    @rule(source=PATHS, aim=PATHS)
    def move(self, source: str, aim: str) -> None:
        """Move what can be moved."""
        old, new = source.upper(), aim.upper()
        code = self.outcome(lambda: self.files.move(source, aim))
        if code == 0:
            moved = {known: data for known, data in self.model.items() if f"{known}\\".startswith(f"{old}\\")}
            assert moved
            self.model = {known: data for known, data in self.model.items() if known not in moved and known != new}
            self.model |= {new + known[len(old) :]: data for known, data in moved.items()}

    @rule()
    def everything_is_as_expected(self) -> None:
        """Compare everything with the dictionary."""
        for key, data in self.model.items():
            assert self.files.info(key).is_directory == (data is None)
            if data is not None:
                assert data == self.files.read(key)
            else:
                below = {known.rpartition("\\")[2] for known in self.model if self.above(known) == key and known != key}
                assert below == {name.upper() for name in self.files.names(key)}
        used = sum(len(data) for data in self.model.values() if data)
        assert 10 * MIB - used == self.files._volume._mount["total_size"] - self.files._volume._mount["used_size"]


TestFilesLikeADictionary = FilesLikeADictionary.TestCase
TestFilesLikeADictionary.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
