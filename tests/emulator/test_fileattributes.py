"""Attributes, times and owners, as far as the exam does not ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from harness.emulator.files import EmulatedFiles
from harness.errors import UsageError
from harness.model.files import FileAttributes
from tests.emulator.volumes import Clock, code_of

TIME = datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


class TestAttributes:
    """What a file is marked as."""

    def test_what_cannot_be_set_does_not_count(self, files: EmulatedFiles) -> None:
        """DIRECTORY and REPARSE_POINT are what they are."""
        files.write(r"C:\x", b"")
        files.set_attributes(r"C:\x", FileAttributes.DIRECTORY | FileAttributes.REPARSE_POINT | FileAttributes.OFFLINE)
        files.set_attributes("C:\\", FileAttributes.HIDDEN | FileAttributes.SYSTEM)

        assert FileAttributes.OFFLINE == files.info(r"C:\x").attributes
        assert FileAttributes.HIDDEN | FileAttributes.SYSTEM | FileAttributes.DIRECTORY == files.info("C:\\").attributes

    def test_missing_file(self, files: EmulatedFiles) -> None:
        """What is not there cannot be marked."""
        assert 2 == code_of(lambda: files.set_attributes(r"C:\x", FileAttributes.HIDDEN))
        assert 3 == code_of(lambda: files.set_times(r"C:\x\y", created=TIME))


class TestTimes:
    """When a file was made and changed."""

    def test_times_of_any_zone(self, files: EmulatedFiles) -> None:
        """A time is the same moment in every zone, to the microsecond, before 1970 too."""
        files.write(r"C:\x", b"")
        early = datetime(1601, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
        files.set_times(r"C:\x", created=early, modified=TIME)
        assert (early, TIME) == (files.info(r"C:\x").created, files.info(r"C:\x").modified)

    def test_times_that_cannot_be(self, files: EmulatedFiles) -> None:
        """Windows' time begins in 1601 (87); a time has a zone. Then neither time has changed."""
        files.write(r"C:\x", b"")
        before = files.info(r"C:\x")
        assert 87 == code_of(
            lambda: files.set_times(r"C:\x", created=TIME, modified=datetime(1600, 12, 31, tzinfo=UTC))
        )
        with pytest.raises(UsageError, match="zone"):
            files.set_times(r"C:\x", created=datetime(2020, 1, 1))  # noqa: DTZ001 - what is refused
        assert before == files.info(r"C:\x")

    def test_tunnels_are_bounded(self, files: EmulatedFiles, clock: Clock) -> None:
        """A folder remembers the age of the last 256 names that went, no more, and no longer than 15 seconds."""
        for number in range(300):
            files.write(rf"C:\{number}", b"")
        made = clock.time
        for number in range(300):
            files.delete(rf"C:\{number}")
        clock.time += timedelta(seconds=15)
        files.write(r"C:\0", b"")
        files.write(r"C:\299", b"")
        clock.time += timedelta(microseconds=1)
        files.write(r"C:\298", b"")

        assert (clock.time - timedelta(microseconds=1), made, clock.time) == tuple(
            files.info(rf"C:\{number}").created for number in (0, 299, 298)
        )

    def test_replaced_files_leave_nothing(self, files: EmulatedFiles, clock: Clock) -> None:
        """A file that is moved onto another keeps its own age."""
        files.write(r"C:\old", b"")
        clock.time += timedelta(seconds=1)
        files.write(r"C:\new", b"")
        files.move(r"C:\new", r"C:\old")
        assert clock.time == files.info(r"C:\old").created


class TestOwner:
    """Who made a file."""

    def test_owner_is_kept(self, files: EmulatedFiles) -> None:
        """SYSTEM made everything, unless somebody else is noted; that is kept by snapshots and renaming."""
        files.write(r"C:\a\x", b"")
        assert "" == files.owner(r"C:\a\x")
        files.set_owner(r"C:\a\x", "S-1-5-21-1")
        files.set_owner(r"C:\a", "S-1-5-21-2")
        files.restore(files.snapshot())
        files.move(r"C:\a", r"C:\b")
        assert ("S-1-5-21-2", "S-1-5-21-1") == (files.owner(r"C:\b"), files.owner(r"C:\b\x"))
