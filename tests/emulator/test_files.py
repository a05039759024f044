"""The emulated volume."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.emulator.files import EmulatedFiles
from harness.errors import MachineError
from harness.machine.ports import FileSystem
from harness.model.files import LinkKind
from harness.model.windows import View
from tests.emulator.volumes import Clock, code_of

MIB = 2**20


class TestFolders:
    """Making, listing, deleting, moving."""

    def test_it_fulfils_the_port(self, files: EmulatedFiles) -> None:
        """The emulated volume is a FileSystem to the type checker and at run time."""
        port: FileSystem = files

        assert port.exists("C:\\")

    def test_names_are_found_under_any_spelling(self, files: EmulatedFiles) -> None:
        """Case is kept but not regarded."""
        files.write(r"C:\Program Files\Müller\App.exe", b"x")

        assert files.exists(r"c:\PROGRAM FILES\MÜLLER\app.EXE")
        assert ["App.exe"] == files.names("C:/program files/müller/")
        assert r"C:\Program Files\Müller\App.exe" == files.info(r"c:\program files\müller\APP.exe").path

    def test_names_are_sorted_without_regard_to_case(self, files: EmulatedFiles) -> None:
        """As Windows lists a folder."""
        for name in ("b", "A", "a1", "C"):
            files.write(rf"C:\x\{name}", b"")

        assert ["A", "a1", "b", "C"] == files.names(r"C:\x")

    def test_missing_file_or_missing_folder(self, files: EmulatedFiles) -> None:
        """The last name missing is 2, one above it 3; a file in place of a folder is 3."""
        files.write(r"C:\x\file", b"")

        for path, code in ((r"C:\x\none", 2), (r"C:\none\none", 3), (r"C:\x\file\none", 3), (r"E:\x", 3)):
            assert not files.exists(path)
            for action in (files.info, files.version, files.read, files.delete, files.open):
                assert code == code_of(lambda act=action, at=path: act(at))  # type: ignore[misc]
        assert 3 == code_of(lambda: files.open(r"C:\none\new", "wb"))
        assert 3 == code_of(lambda: files.open(r"C:\x\file\new", "ab"))
        assert not files.exists("relative")

    def test_listing(self, files: EmulatedFiles) -> None:
        """A missing folder is 3, a file 267, an impossible name 123."""
        files.write(r"C:\x\file", b"")

        assert 3 == code_of(lambda: files.names(r"C:\none"))
        assert 267 == code_of(lambda: files.names(r"C:\x\file"))
        assert 123 == code_of(lambda: files.names("C:\\x|"))

    def test_folder_is_no_file(self, files: EmulatedFiles) -> None:
        """Opening or overwriting a folder is 5, and it has no version."""
        files.make_folder(r"C:\x")

        assert 5 == code_of(lambda: files.open(r"C:\x"))
        assert 5 == code_of(lambda: files.open(r"C:\x", "ab"))
        assert 5 == code_of(lambda: files.write(r"C:\x", b""))
        assert 5 == code_of(lambda: files.write("C:\\", b""))
        assert 5 == code_of(lambda: files.open("C:\\", "wb"))
        assert files.version(r"C:\x") is None
        assert files.info(r"C:\x").is_directory
        assert 0 == files.info("C:\\").size_bytes

    def test_making_folders(self, files: EmulatedFiles) -> None:
        """Those above are made too; an existing one stays; a file in the way is 183, further up 3."""
        files.make_folder(r"C:\a\b\c")
        files.write(r"C:\a\b\file", b"x")
        files.make_folder(r"C:\A\B")

        assert ["c", "file"] == files.names(r"C:\a\b")
        assert ["a"] == files.names("C:\\")
        assert 183 == code_of(lambda: files.make_folder(r"C:\a\b\file"))
        assert 3 == code_of(lambda: files.make_folder(r"C:\a\b\file\d"))
        assert 3 == code_of(lambda: files.write(r"C:\a\b\file\d\file", b""))

    def test_deleting(self, files: EmulatedFiles) -> None:
        """A file goes, a folder goes with everything in it, the root stays."""
        files.write(r"C:\a\b\one", b"x")
        files.write(r"C:\a\two", b"x")
        files.delete(r"C:\a\two")
        assert ["b"] == files.names(r"C:\a")
        files.delete(r"c:\A")

        assert not files.exists(r"C:\a\b\one")
        assert 5 == code_of(lambda: files.delete("C:\\"))

    def test_open_file_is_not_deleted(self, files: EmulatedFiles) -> None:
        """While a file is open, deleting it or a folder around it is 32, and nothing is deleted."""
        files.write(r"C:\a\b\busy", b"x")
        files.write(r"C:\a\b\idle", b"x")
        with files.open(r"C:\a\b\busy"):
            assert 32 == code_of(lambda: files.delete(r"C:\a\b\busy"))
            with pytest.raises(MachineError, match="busy"):
                files.delete(r"C:\a")
            assert ["busy", "idle"] == files.names(r"C:\a\b")

        files.delete(r"C:\a")
        assert [] == files.names("C:\\")

    def test_file_is_given_back_when_its_handle_is_forgotten(self, files: EmulatedFiles) -> None:
        """A handle that nobody closed stops counting once it is gone."""
        files.write(r"C:\x", b"")
        handle: Any = files.open(r"C:\x")
        del handle
        gc.collect()

        files.delete(r"C:\x")
        assert not files.exists(r"C:\x")

    def test_moving(self, files: EmulatedFiles) -> None:
        """A file or folder gets another name or place; a target file is replaced; case alone can change."""
        files.write(r"C:\a\one", b"1")
        files.write(r"C:\b\two", b"2")
        files.move(r"C:\a\one", r"C:\b\TWO")
        assert ["TWO"] == files.names(r"C:\b")
        assert b"1" == files.read(r"C:\b\two")

        files.move(r"C:\b", r"C:\B")
        files.move(r"C:\B", r"C:\a\c")
        assert ["a"] == files.names("C:\\")
        assert b"1" == files.read(r"C:\a\c\TWO")

    def test_moving_what_cannot_be_moved(self, files: EmulatedFiles) -> None:
        """Open files, folders in the way, folders into themselves and missing places each have their code."""
        files.write(r"C:\a\one", b"1")
        files.write(r"C:\b\two", b"2")
        with files.open(r"C:\a\one"):
            assert 32 == code_of(lambda: files.move(r"C:\a\one", r"C:\x"))
            assert 5 == code_of(lambda: files.move(r"C:\a", r"C:\x"))
            assert 5 == code_of(lambda: files.move(r"C:\b\two", r"C:\a\one"))

        assert 5 == code_of(lambda: files.move(r"C:\a\one", r"C:\b"))
        assert 5 == code_of(lambda: files.move(r"C:\a", r"C:\b\two"))
        assert 5 == code_of(lambda: files.move("C:\\", r"C:\b\x"))
        assert 32 == code_of(lambda: files.move(r"C:\a", r"C:\a\inside"))
        assert 2 == code_of(lambda: files.move(r"C:\a\none", r"C:\x"))
        assert 3 == code_of(lambda: files.move(r"C:\a\one", r"C:\none\x"))
        assert b"1" == files.read(r"C:\a\one")

    def test_short_names_are_found(self, files: EmulatedFiles) -> None:
        r"""C:\PROGRA~1 is C:\Program Files."""
        files.write(r"C:\Program Files\Contoso Tools\x.txt", b"x")

        assert b"x" == files.read(r"C:\PROGRA~1\contos~1\x.txt")
        assert not files.exists(r"C:\PROGRA~2")

    def test_deep_folders(self, files: EmulatedFiles) -> None:
        """A tree of thousands of levels is listed, frozen and deleted without running out of stack."""
        deep = "C:" + "\\d" * 3_000
        files.make_folder(deep)
        files.snapshot()
        files.delete(r"C:\d")

        assert [] == files.names("C:\\")

    def test_paths_are_remembered_up_to_a_limit(self, files: EmulatedFiles) -> None:
        """However many paths are asked for, memory for them stays bounded."""
        for number in range(4_200):
            assert not files.exists(rf"C:\{number}")

        assert len(files._find._remembered) <= 4_096

    def test_redirection(self, files: EmulatedFiles) -> None:
        """A 32-bit program's System32 is SysWOW64; Sysnative is there for it alone."""
        files.write(r"C:\Windows\System32\x.dll", b"64")
        files.write(r"C:\Windows\System32\x.dll", b"32", View.VIEW_32)

        assert b"32" == files.read(r"C:\Windows\SysWOW64\x.dll")
        assert b"64" == files.read(r"C:\Windows\Sysnative\x.dll", View.VIEW_32)
        assert r"C:\Windows\SysWOW64\x.dll" == files.info(r"C:\Windows\System32\X.dll", View.VIEW_32).path
        assert not files.exists(r"C:\Windows\Sysnative")
        assert 3 == code_of(lambda: files.read(r"C:\Windows\Sysnative\x.dll"))

    def test_32_bit_windows_redirects_nothing(self, clock: Clock) -> None:
        """Without WOW64 a view makes no difference."""
        files = EmulatedFiles(clock, 10, is_64_bit=False)
        files.write(r"C:\Windows\System32\x.dll", b"x", View.VIEW_32)

        assert b"x" == files.read(r"C:\Windows\System32\x.dll")


class TestTimes:
    """Every time is the machine's."""

    def test_created_and_modified(self, files: EmulatedFiles, clock: Clock) -> None:
        """Both come from the machine's clock, to the microsecond; writing and truncating change the second."""
        start = clock.time
        files.write(r"C:\x\a.txt", b"1")
        clock.time += timedelta(hours=1)
        with files.open(r"C:\x\a.txt", "ab") as file:
            file.write(b"2")
        info = files.info(r"C:\x\a.txt")
        assert (start, start + timedelta(hours=1)) == (info.created, info.modified)

        clock.time += timedelta(hours=1)
        with files.open(r"C:\x\a.txt", "ab") as file:
            file.truncate(0)
        assert clock.time == files.info(r"C:\x\a.txt").modified

    def test_folders_change_with_what_they_hold(self, files: EmulatedFiles, clock: Clock) -> None:
        """Making, moving and deleting something changes the folder's time; writing to a file does not."""
        files.write(r"C:\x\a", b"")
        made = files.info(r"C:\x").modified
        clock.time += timedelta(hours=1)
        files.write(r"C:\x\a", b"more")
        assert made == files.info(r"C:\x").modified
        files.move(r"C:\x\a", r"C:\b")
        assert clock.time == files.info(r"C:\x").modified

    def test_times_before_1970(self, clock: Clock) -> None:
        """A clock that is far off is a clock too."""
        clock.time = datetime(1965, 1, 1, 0, 0, 0, 7, tzinfo=UTC)
        files = EmulatedFiles(clock, 10)
        files.write(r"C:\x", b"")

        assert clock.time == files.info(r"C:\x").created

    def test_looking_changes_nothing(self, files: EmulatedFiles, clock: Clock) -> None:
        """Reading leaves the times alone."""
        files.write(r"C:\x\a", b"1")
        before = files.info(r"C:\x\a")
        clock.time += timedelta(hours=1)
        files.read(r"C:\x\a")
        with files.open(r"C:\x\a", "ab"):
            pass

        assert before == files.info(r"C:\x\a")


class TestSpace:
    """The volume is as large as it is."""

    def test_full_volume(self, clock: Clock) -> None:
        """What does not fit is 112, and what was there stays; deleting makes room."""
        files = EmulatedFiles(clock, 1)
        assert 1 == files.free_space_mb()
        files.write(r"C:\a\x", bytes(MIB - 10))
        assert 0 == files.free_space_mb("c:\\")
        with files.open(r"C:\a\y", "wb") as file:
            assert 10 == file.write(bytes(10))
            assert 112 == code_of(lambda: file.write(b"1"))
            assert 112 == code_of(lambda: file.truncate(11))
        assert 112 == code_of(lambda: files.write(r"C:\a\y", bytes(11)))
        assert 10 == files.info(r"C:\a\y").size_bytes

        with pytest.raises(MachineError, match=r"C:\\a\\new"):
            files.write(r"C:\a\new", bytes(11))
        assert not files.exists(r"C:\a\new")

        files.delete(r"C:\a")
        assert 1 == files.free_space_mb()

    def test_other_drives(self, files: EmulatedFiles) -> None:
        """There is but one drive."""
        assert 3 == code_of(lambda: files.free_space_mb("D:"))

    def test_space_is_counted_right_whatever_happens(self, clock: Clock) -> None:
        """Overwriting, shrinking, replacing and moving leave the right amount free."""
        files = EmulatedFiles(clock, 10)
        files.write(r"C:\a\x", bytes(5 * MIB))
        files.write(r"C:\a\x", bytes(3 * MIB))
        files.write(r"C:\a\y", bytes(4 * MIB))
        assert 3 == files.free_space_mb()
        files.move(r"C:\a\y", r"C:\a\x")
        assert 6 == files.free_space_mb()
        files.move(r"C:\a", r"C:\b")
        assert 6 == files.free_space_mb()
        with files.open(r"C:\b\x", "ab") as file:
            file.truncate(MIB)
        assert 9 == files.free_space_mb()
        files.open(r"C:\b\x", "wb").close()
        assert 10 == files.free_space_mb()


def test_two_volumes_never_meet(clock: Clock) -> None:
    """What is done to one is not seen in the other, however the calls alternate."""
    one, two = EmulatedFiles(clock, 10), EmulatedFiles(clock, 20)
    one.write(r"C:\x", b"one")
    two.write(r"C:\x", b"two")
    with one.open(r"C:\x", "ab") as first, two.open(r"C:\x", "ab") as second:
        first.write(b"!")
        second.write(b"?")
        two.make_folder(r"C:\only")

    assert (b"one!", b"two?") == (one.read(r"C:\x"), two.read(r"C:\x"))
    assert not one.exists(r"C:\only")
    assert (9, 19) == (one.free_space_mb(), two.free_space_mb())
    one.close()
    assert b"two?" == two.read(r"C:\x")


class TestSharing:
    """A file that is opened without sharing."""

    def test_it_is_nobody_elses_until_it_is_closed(self, files):
        """Opening it in any way fails with 32 meanwhile, be it another's name for it."""
        files.write(r"C:\a.txt", b"one")
        files.make_link(r"C:\b.txt", r"C:\a.txt", LinkKind.HARD)

        with files.open(r"C:\a.txt", shares=False) as file:
            for name in (r"C:\a.txt", r"C:\b.txt"):
                for mode in ("rb", "r+b", "wb", "ab"):
                    with pytest.raises(MachineError, match="32"):
                        files.open(name, mode)
            assert b"one" == file.read()

        files.write(r"C:\b.txt", b"two")
        assert b"two" == files.read(r"C:\a.txt")

    def test_it_must_be_nobody_elses_before(self, files):
        """Of a file that is open already nothing is changed; a new one can be made so."""
        files.write(r"C:\a.txt", b"one")

        with files.open(r"C:\a.txt"):
            with pytest.raises(MachineError, match="32"):
                files.open(r"C:\a.txt", "wb", shares=False)
            assert b"one" == files.read(r"C:\a.txt")
        with files.open(r"C:\new.txt", "xb", shares=False), pytest.raises(MachineError, match="32"):
            files.read(r"C:\new.txt")
