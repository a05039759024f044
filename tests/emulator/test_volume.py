"""The volumes under the port: pyfakefs, and what is laid down."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from pyfakefs.fake_filesystem import FakeOsModule
from pyfakefs.fake_open import FakeFileOpen

from harness.emulator.files import EmulatedFiles
from harness.errors import NotEmulated, UsageError
from harness.model.files import FileAttributes, LinkKind
from tests.emulator.volumes import Clock, code_of

MIB = 2**20


class TestPyfakefs:
    """The file system below."""

    def test_pyfakefs_sees_the_same_files(self, files: EmulatedFiles) -> None:
        """A fake os module over the volume lists and reads what was written through the port."""
        files.write(r"C:\Program Files\Contoso\app.txt", b"hello")
        system = files.system
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
        files.system.reset()
        assert files.system.is_windows_fs

    def test_pyfakefs_sees_attributes_and_links(self, clock: Clock) -> None:
        """Status, links, junctions, hard links and other volumes are there for pyfakefs."""
        files = EmulatedFiles(clock, {"C:": 10, "D:": 10})
        files.write(r"C:\real\x.txt", b"x")
        files.set_attributes(r"C:\real\x.txt", FileAttributes.READONLY | FileAttributes.HIDDEN)
        files.make_link(r"C:\way", r"C:\real", LinkKind.JUNCTION)
        files.make_link(r"C:\real\link.txt", "x.txt", LinkKind.SYMBOLIC)
        files.make_link(r"C:\real\hard.txt", r"C:\real\x.txt", LinkKind.HARD)
        files.write(r"D:\data\y", b"y")
        fake_os = FakeOsModule(files.system)

        assert ["hard.txt", "link.txt", "x.txt"] == sorted(fake_os.listdir(r"C:\way"))
        status = fake_os.stat(r"C:\way\link.txt")
        assert (1, 3, 0o100555) == (status.st_size, status.st_file_attributes, status.st_mode)
        assert fake_os.path.islink(r"C:\real\link.txt")
        assert "x.txt" == fake_os.readlink(r"C:\real\link.txt")
        assert fake_os.path.isdir(r"C:\real")
        assert b"y" == FakeFileOpen(files.system)(r"d:\DATA\y", "rb").read()
        assert {"C:\\": [], "C:\\real": ["hard.txt", "link.txt", "x.txt"]} == {
            folder: sorted(names) for folder, _, names in fake_os.walk("C:\\")
        }
        assert r"C:\real\x.txt" == files.system.resolve(r"c:\WAY\x.txt").path
        first, second = (fake_os.stat(r"C:\real\x.txt").st_ino for _ in range(2))
        assert first == second != fake_os.stat(r"C:\real").st_ino

    def test_pyfakefs_does_not_write(self, files: EmulatedFiles) -> None:
        """Whoever would change something through pyfakefs is told to use the machine's files."""
        files.write(r"C:\a\x", b"x")
        fake_os, fake_open = FakeOsModule(files.system), FakeFileOpen(files.system)

        for action in (
            lambda: fake_os.mkdir(r"C:\b"),
            lambda: fake_os.remove(r"C:\a\x"),
            lambda: fake_open(r"C:\a\new", "wb"),
            lambda: fake_open(r"C:\a\x", "wb"),
        ):
            with pytest.raises(NotEmulated, match="pyfakefs"):
                action()
        assert b"x" == files.read(r"C:\a\x")
        assert ["a"] == files.names("C:\\")


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

        fake_os = FakeOsModule(files.system)
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


@pytest.mark.parametrize(
    ("drive", "size_mb", "message"),
    [
        ("E:", -1, "a volume E: of -1 MB cannot be - write a whole number from 1 on"),
        ("E:", 0, "a volume E: of 0 MB cannot be"),
        ("E:", "10", "a volume E: of '10' MB cannot be"),
        ("EE", 10, "'EE' is no drive - write a letter and a colon"),
        (5, 10, "5 is no drive"),
    ],
)
def test_volumes_that_cannot_be(machine, drive, size_mb, message):
    """Refused, and the machine has none more."""
    before = machine.files.volumes()

    with pytest.raises(UsageError, match=message):
        machine.files.add_volume(drive, size_mb)

    assert before == machine.files.volumes()
