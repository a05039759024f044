"""Deleting, moving, copying, running and faults, as far as the exam does not ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.emulator.contents import ContentStore
from harness.emulator.faults import Fault, Faults, Operation
from harness.emulator.files import EmulatedFiles
from harness.errors import UsageError
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import View
from tests.emulator.volumes import Clock, code_of

MIB = 2**20
READONLY, HIDDEN, SYSTEM = FileAttributes.READONLY, FileAttributes.HIDDEN, FileAttributes.SYSTEM


@pytest.fixture
def two(clock: Clock) -> EmulatedFiles:
    """Give two volumes, of 10 and of 2 megabytes."""
    return EmulatedFiles(clock, {"C:": 10, "D:": 2})


class TestVolumes:
    """Several volumes on one machine."""

    def test_each_has_its_own_space(self, two: EmulatedFiles) -> None:
        """What is on one takes no space of another."""
        two.write(r"D:\x", bytes(MIB))
        two.add_volume("e:\\", 5, "Data")

        assert (10, 1, 5) == tuple(two.free_space_mb(drive) for drive in ("C:", "d:", "E:\\"))
        volumes = two.volumes()
        assert [("C:", ""), ("D:", ""), ("E:", "Data")] == [(one.drive, one.label) for one in volumes]
        assert (2 * MIB, MIB) == (volumes[1].size_bytes, volumes[1].free_bytes)
        assert 112 == code_of(lambda: two.write(r"D:\y", bytes(MIB + 1)))

    @pytest.mark.parametrize("drive", ["C:", "1:", "CC", "", "Ä:"])
    def test_letters_that_cannot_be(self, two: EmulatedFiles, drive: str) -> None:
        """A volume has a free letter."""
        with pytest.raises(UsageError, match="letter"):
            two.add_volume(drive, 1)

    def test_files_move_across(self, two: EmulatedFiles, clock: Clock) -> None:
        """A file moves to another volume as a copy: created now, modified as before, its space where it is."""
        two.write(r"C:\x", bytes(MIB))
        made = clock.time
        clock.time += timedelta(hours=1)
        two.write(r"D:\y", b"old")
        two.move(r"C:\x", r"D:\y")

        assert (10, 1) == (two.free_space_mb("C:"), two.free_space_mb("D:"))
        assert not two.exists(r"C:\x")
        info = two.info(r"D:\y")
        assert (clock.time, made) == (info.created, info.modified)

    def test_what_does_not_move_across(self, two: EmulatedFiles) -> None:
        """Folders and junctions do not (17); what is too large does not, and stays (112)."""
        two.make_folder(r"C:\folder")
        two.make_link(r"C:\junction", r"C:\folder", LinkKind.JUNCTION)
        two.write(r"C:\large", bytes(3 * MIB))
        two.write(r"D:\old", b"old")

        assert 17 == code_of(lambda: two.move(r"C:\folder", r"D:\folder"))
        assert 17 == code_of(lambda: two.move(r"C:\junction", r"D:\junction"))
        for target in (r"D:\large", r"D:\old"):
            assert 112 == code_of(lambda to=target: two.move(r"C:\large", to))  # type: ignore[misc]
        assert (["old"], b"old", True) == (two.names("D:\\"), two.read(r"D:\old"), two.exists(r"C:\large"))

    def test_what_cannot_be_deleted_is_copied(self, two: EmulatedFiles) -> None:
        """Moving across a file that is open, runs or is read-only leaves it, and is no error."""
        for name in ("open", "runs", "read-only"):
            two.write(rf"C:\{name}", b"x")
        two.hold_image(r"C:\runs")
        two.set_attributes(r"C:\read-only", READONLY)
        with two.open(r"C:\open"):
            for name in ("open", "runs", "read-only"):
                two.move(rf"C:\{name}", rf"D:\{name}")
        assert two.names("C:\\") == two.names("D:\\") == ["open", "read-only", "runs"]

    def test_links_move_across(self, two: EmulatedFiles) -> None:
        """A symbolic link moves as a link, over what is there."""
        two.write(r"C:\x", b"x")
        two.write(r"D:\link", b"old")
        two.make_link(r"C:\link", r"C:\x", LinkKind.SYMBOLIC)
        two.move(r"C:\link", r"D:\link")
        two.make_link(r"C:\link", r"C:\x", LinkKind.SYMBOLIC)
        two.move(r"C:\link", r"D:\link2")

        assert (["x"], ["link", "link2"]) == (two.names("C:\\"), two.names("D:\\"))
        assert b"x" == two.read(r"D:\link") == two.read(r"D:\link2")


class TestRunning:
    """Files that processes run."""

    def test_a_running_program(self, files: EmulatedFiles) -> None:
        """It cannot be deleted or replaced (5) or written (32), but read, copied and renamed, until it ends."""
        files.write(r"C:\app\app.exe", b"MZ")
        files.write(r"C:\new.exe", b"MZ2")
        end = files.hold_image(r"C:\app\APP.exe")
        again = files.hold_image(r"C:\app\app.exe")
        end()
        end()

        assert 5 == code_of(lambda: files.delete(r"C:\app\app.exe"))
        assert 5 == code_of(lambda: files.delete(r"C:\app"))
        assert 5 == code_of(lambda: files.move(r"C:\new.exe", r"C:\app\app.exe"))
        for mode in ("wb", "ab", "r+b", "w+b"):
            assert 32 == code_of(lambda how=mode: files.open(r"C:\app\app.exe", how))  # type: ignore[misc]
        assert 32 == code_of(lambda: files.write(r"C:\app\app.exe", b""))
        assert 32 == code_of(lambda: files.copy(r"C:\new.exe", r"C:\app\app.exe"))
        assert b"MZ" == files.read(r"C:\app\app.exe")
        files.copy(r"C:\app\app.exe", r"C:\copy.exe")
        files.move(r"C:\app\app.exe", r"C:\app\old.exe")
        files.move(r"C:\app", r"C:\moved")
        assert 5 == code_of(lambda: files.delete(r"C:\moved\old.exe"))
        again()
        files.delete(r"C:\moved\old.exe")

    def test_what_can_run(self, files: EmulatedFiles) -> None:
        """A missing file is 2, a folder 5."""
        assert 2 == code_of(lambda: files.hold_image(r"C:\none.exe"))
        assert 5 == code_of(lambda: files.hold_image("C:\\"))


class TestCopying:
    """Copies share bytes until one is written."""

    def test_content_is_not_copied(self, clock: Clock) -> None:
        """A copy of a large file takes no second host file until somebody writes to either."""
        files = EmulatedFiles(clock, 100, store=ContentStore(largest_in_memory=1_000))
        files.write(r"C:\x", bytes(20_000))
        files.copy(r"C:\x", r"C:\y")
        source, target = (files._find.file(path, View.VIEW_64).record for path in (r"C:\x", r"C:\y"))
        assert source.content is target.content
        with files.open(r"C:\x", "r+b") as file:
            file.write(b"1")
        assert (b"1", b"\0") == (files.read(r"C:\x")[:1], files.read(r"C:\y")[:1])
        files.copy(r"C:\x", r"C:\y")
        assert files.read(r"C:\x") == files.read(r"C:\y")

    def test_system_files_are_replaced_by_their_like(self, files: EmulatedFiles) -> None:
        """Copying an ordinary file onto a system file is 5, a system file onto one works."""
        files.write(r"C:\x", b"x")
        files.write(r"C:\y", b"y")
        files.set_attributes(r"C:\y", SYSTEM)
        assert 5 == code_of(lambda: files.copy(r"C:\x", r"C:\y"))
        files.set_attributes(r"C:\x", SYSTEM)
        files.copy(r"C:\x", r"C:\y")
        assert b"x" == files.read(r"C:\y")

    def test_no_half_done_copy(self, clock: Clock) -> None:
        """What does not fit leaves no target (112)."""
        files = EmulatedFiles(clock, 1)
        files.write(r"C:\x", bytes(MIB - 10))
        assert 112 == code_of(lambda: files.copy(r"C:\x", r"C:\y"))
        assert ["x"] == files.names("C:\\")


class TestFaults:
    """What goes wrong on purpose, and changes nothing then."""

    def faulty(self, clock: Clock, operation: Operation, where: str = "") -> EmulatedFiles:
        """Return volumes with some files on which one operation fails."""
        faults = Faults(timedelta)
        files = EmulatedFiles(clock, 10, faults=faults)
        files.write(r"C:\a\x", b"x")
        files.write(r"C:\a\y", b"y")
        faults.add(Fault(operation=operation, code=1117, where=where))
        return files

    def test_reading(self, clock: Clock) -> None:
        """Reading fails in every way there is; looking does not."""
        files = self.faulty(clock, Operation.READ_FILE, r"c:\A\x")
        for action in (
            lambda: files.open(r"C:\a\x"),
            lambda: files.read(r"C:\a\x"),
            lambda: files.version(r"C:\a\x"),
            lambda: files.copy(r"C:\a\x", r"C:\z"),
        ):
            assert 1117 == code_of(action)
        assert b"y" == files.read(r"C:\a\y")
        assert 1 == files.info(r"C:\a\x").size_bytes
        assert ["a"] == files.names("C:\\")

    def test_writing(self, clock: Clock) -> None:
        """Whatever changes or makes something fails, and nothing has changed."""
        files = self.faulty(clock, Operation.WRITE_FILE)
        before = files.snapshot().volumes["C:"].root
        for action in (
            lambda: files.open(r"C:\a\x", "wb"),
            lambda: files.open(r"C:\new", "xb"),
            lambda: files.write(r"C:\a\x", b"1"),
            lambda: files.write(r"C:\b\new", b"1"),
            lambda: files.make_folder(r"C:\b"),
            lambda: files.copy(r"C:\a\x", r"C:\z"),
            lambda: files.set_attributes(r"C:\a\x", READONLY),
            lambda: files.set_times(r"C:\a\x", created=clock.time),
            lambda: files.make_link(r"C:\link", r"C:\a\x", LinkKind.HARD),
        ):
            assert 1117 == code_of(action)
        assert before is files.snapshot().volumes["C:"].root

    def test_writing_to_what_is_open(self, clock: Clock) -> None:
        """A fault strikes in the middle of a file, too."""
        faults = Faults(timedelta)
        files = EmulatedFiles(clock, 10, faults=faults)
        with files.open(r"C:\x", "wb") as file:
            file.write(b"1")
            faults.add(Fault(operation=Operation.WRITE_FILE, code=112, where=r"C:\x"))
            assert 112 == code_of(lambda: file.write(b"2"))
            assert 112 == code_of(lambda: file.truncate(0))
        assert b"1" == files.read(r"C:\x")

    def test_deleting_and_moving(self, clock: Clock) -> None:
        """A fault on one file keeps its whole folder."""
        files = self.faulty(clock, Operation.DELETE_FILE, r"C:\a\x")
        assert 1117 == code_of(lambda: files.delete(r"C:\a"))
        assert 1117 == code_of(lambda: files.move(r"C:\a\x", r"C:\z"))
        assert ["x", "y"] == files.names(r"C:\a")
        files.delete(r"C:\a\y")


def test_deleting_what_is_marked(files: EmulatedFiles) -> None:
    """A read-only file or folder anywhere in a folder keeps all of it (5)."""
    files.write(r"C:\a\b\x", b"")
    files.write(r"C:\a\y", b"")
    for path in (r"C:\a\b\x", r"C:\a\b", r"C:\a"):
        files.set_attributes(path, READONLY)
        assert 5 == code_of(lambda: files.delete(r"C:\a"))
        files.set_attributes(path, HIDDEN)
    assert ["b", "y"] == files.names(r"C:\a")
    files.delete(r"C:\a")
