"""Open files of the emulated volume."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest

from harness.emulator.contents import ContentStore
from harness.emulator.files import EmulatedFiles
from harness.errors import UsageError
from tests.emulator.volumes import Clock


@pytest.fixture
def spooling(clock: Clock) -> Iterator[EmulatedFiles]:
    """Give a volume that keeps next to nothing in memory."""
    volume = EmulatedFiles(clock, 1_000, store=ContentStore(largest_in_memory=8_192, memory_budget=16_384))
    yield volume
    volume.close()


class TestHandles:
    """Open files."""

    @pytest.fixture(params=["in memory", "on this computer"])
    def volume(self, request: pytest.FixtureRequest, files: EmulatedFiles, spooling: EmulatedFiles) -> EmulatedFiles:
        """Give a volume of either kind."""
        return files if request.param == "in memory" else spooling

    def test_reading_and_moving(self, volume: EmulatedFiles) -> None:
        """A handle reads and seeks like any binary stream."""
        data = bytes(range(256)) * 100
        volume.write(r"C:\x", data)
        with volume.open(r"C:\x") as file:
            assert data[:10] == file.read(10)
            assert 10 == file.tell()
            assert 5 == file.seek(-5, 1)
            assert len(data) - 2 == file.seek(-2, 2)
            assert data[-2:] == file.read()
            assert b"" == file.read(1)
            assert 3 == file.seek(3)
            buffer = bytearray(4)
            assert 4 == file.readinto(buffer)  # type: ignore[attr-defined]
            assert data[3:7] == buffer
            assert (True, False, True) == (file.readable(), file.writable(), file.seekable())
            assert (r"C:\x", "rb") == (file.name, file.mode)

    def test_writing_and_reading_back(self, volume: EmulatedFiles) -> None:
        """w+b empties the file, and reads what it writes."""
        volume.write(r"C:\x", b"old")
        with volume.open(r"C:\x", "w+b") as file:
            assert b"" == file.read()
            file.write(b"a" * 10_000)
            file.seek(5_000)
            file.write(b"b")
            file.seek(4_999)
            assert b"aba" == file.read(3)
            assert 5_002 == file.truncate()
            assert 6_000 == file.truncate(6_000)
        assert b"a" * 5_000 + b"ba" + bytes(998) == volume.read(r"C:\x")

    def test_appending(self, volume: EmulatedFiles) -> None:
        """Ab writes at the end wherever one has gone, also behind what others have appended meanwhile."""
        with volume.open(r"C:\log", "ab") as one, volume.open(r"C:\log", "ab") as other:
            for number in range(2_000):
                (one if number % 2 else other).write(b"%04d\n" % number)
            one.seek(0)
            one.write(b"end")

        assert b"".join(b"%04d\n" % number for number in range(2_000)) + b"end" == volume.read(r"C:\log")

    def test_writes_are_seen_at_once(self, volume: EmulatedFiles) -> None:
        """Nothing is buffered: another handle reads what was written though nobody closed or flushed."""
        with volume.open(r"C:\x", "wb") as writer, volume.open(r"C:\x") as reader:
            writer.write(b"a" * 9_000)
            assert 9_000 == len(reader.read())
            writer.write(b"b")
            assert b"b" == reader.read()

    def test_gaps_are_zeros(self, volume: EmulatedFiles) -> None:
        """Writing beyond the end fills the gap."""
        with volume.open(r"C:\x", "wb") as file:
            file.seek(20_000)
            file.write(b"x")

        assert bytes(20_000) + b"x" == volume.read(r"C:\x")

    def test_lines(self, volume: EmulatedFiles) -> None:
        """A handle is read line by line, also through a text wrapper."""
        text = b"one\r\n" + b"x" * 20_000 + b"\nlast"
        volume.write(r"C:\x", text)
        with volume.open(r"C:\x") as file:
            assert [b"one\r\n", b"x" * 20_000 + b"\n", b"last"] == list(file)
            file.seek(0)
            assert b"on" == file.readline(2)
            assert b"" == file.readline(0)
            assert text[2:] == file.read(None)  # type: ignore[arg-type]
        with io.TextIOWrapper(volume.open(r"C:\x"), encoding="ascii") as lines:
            assert 3 == len(lines.readlines())

    def test_zip_files_work_on_handles(self, volume: EmulatedFiles) -> None:
        """The standard library's zipfile writes to a handle and reads from one."""
        with volume.open(r"C:\x.zip", "w+b") as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", os.urandom(20_000))
            archive.writestr("b.txt", "b")
        with volume.open(r"C:\x.zip") as file, zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            assert b"b" == archive.read("b.txt")

    def test_mode_is_kept_to(self, files: EmulatedFiles) -> None:
        """What a handle was not opened for, it refuses; so does a closed one; an unknown mode is the caller's error."""
        files.write(r"C:\x", b"1")
        with files.open(r"C:\x") as file:
            for refused in (lambda: file.write(b"1"), file.truncate):
                with pytest.raises(io.UnsupportedOperation):
                    refused()
        with files.open(r"C:\x", "wb") as file, pytest.raises(io.UnsupportedOperation):
            file.read()
        file.close()
        for refused in (file.tell, lambda: file.seek(0), lambda: file.write(b"")):
            with pytest.raises(ValueError, match="closed"):
                refused()
        with pytest.raises(UsageError, match="rt"):
            files.open(r"C:\x", "rt")  # type: ignore[arg-type]

    def test_impossible_places(self, files: EmulatedFiles) -> None:
        """Seeking from nowhere, or cutting to less than nothing is an error."""
        with files.open(r"C:\x", "w+b") as file:
            for wrong in (lambda: file.seek(0, 9), lambda: file.truncate(-1)):
                with pytest.raises(ValueError, match="give"):
                    wrong()

    @pytest.mark.parametrize("whence", [0, 2])
    def test_seeking_before_the_beginning(self, files: EmulatedFiles, whence: int) -> None:
        """It is an OSError as in a file on a disk, and the handle stays where it was."""
        with files.open(r"C:\x", "w+b") as file:
            file.write(b"ab")
            with pytest.raises(OSError, match="is before the beginning") as caught:
                file.seek(-3, whence)

            assert (131, 2) == (caught.value.winerror, file.tell())

    def test_an_empty_zip_file_can_be_read(self, files: EmulatedFiles) -> None:
        """The standard library looks before its beginning, and takes the OSError for the answer."""
        with files.open(r"C:\x.zip", "wb") as out, zipfile.ZipFile(out, "w"):
            pass

        with files.open(r"C:\x.zip") as file, zipfile.ZipFile(file) as archive:
            assert [] == archive.namelist()

    def test_writing_nothing_changes_nothing(self, files: EmulatedFiles, clock: Clock) -> None:
        """An empty write does not even change the time."""
        with files.open(r"C:\x", "wb") as file:
            made = files.info(r"C:\x").modified
            clock.time += timedelta(hours=1)
            assert 0 == file.write(b"")

        assert made == files.info(r"C:\x").modified

    def test_two_threads_may_read_one_file(self, spooling: EmulatedFiles) -> None:
        """Handles of one large file keep their places when threads take turns."""
        data = os.urandom(300_000)
        spooling.write(r"C:\x", data)
        found: list[bytes] = []

        def read() -> None:
            with spooling.open(r"C:\x") as file:
                found.append(b"".join(iter(lambda: file.read(1_000), b"")))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [data] * 3 == found
