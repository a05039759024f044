"""Snapshots of the volumes, and going back to them."""

from __future__ import annotations

from datetime import timedelta

from harness.emulator.filelayout import LinkTo, Marked
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import FrozenFile, FrozenFolder, FrozenLink
from harness.model.files import FileAttributes, LinkKind
from tests.emulator.volumes import Clock

HIDDEN, SYSTEM = FileAttributes.HIDDEN, FileAttributes.SYSTEM

TREE = {
    "Users": {"Public": {"x.txt": b"12345"}},
    "Documents and Settings": LinkTo(r"C:\Users", LinkKind.JUNCTION, HIDDEN | SYSTEM),
    "hidden.sys": Marked(b"123", HIDDEN | SYSTEM),
    "ProgramData": Marked({"deep": {"y": b"1"}}, HIDDEN),
    "link.txt": LinkTo(r"Users\Public\x.txt", is_directory=False),
}


class TestLayingDown:
    """What is there from the start, links and marks included."""

    def test_links_and_marks(self, clock: Clock) -> None:
        """Links lead on, marks are there, everything is as old as the volume, and only bytes take space."""
        files = EmulatedFiles(clock, 10)
        start = clock.time
        files.lay_down(TREE)
        clock.time += timedelta(days=1)

        assert b"12345" == files.read(r"C:\Documents and Settings\public\x.txt") == files.read(r"C:\link.txt")
        assert HIDDEN | SYSTEM == files.info(r"C:\hidden.sys").attributes
        assert HIDDEN | FileAttributes.DIRECTORY == files.info(r"C:\ProgramData").attributes
        link = files.link_info(r"C:\Documents and Settings")
        assert (start, start, True, HIDDEN | SYSTEM) == (
            link.created,
            link.modified,
            link.is_directory,
            link.attributes & (HIDDEN | SYSTEM),
        )
        assert 10 * 2**20 - 9 == files.volumes()[0].free_bytes

    def test_freezing_what_nobody_looked_at(self, clock: Clock) -> None:
        """A snapshot holds what was laid down, whether or not somebody looked, and the volume goes on from there."""
        files = EmulatedFiles(clock, 10)
        files.lay_down(TREE)
        files.read(r"C:\ProgramData\deep\y")
        root = files.snapshot().drives["C:"]
        users, link = root.entries["USERS"], root.entries["LINK.TXT"]
        assert isinstance(users, FrozenFolder)
        assert isinstance(link, FrozenLink)
        public = users.entries["PUBLIC"]
        assert isinstance(public, FrozenFolder)
        text = public.entries["X.TXT"]
        assert isinstance(text, FrozenFile)
        assert (5, b"12345", clock.time, clock.time) == (
            text.size_bytes,
            text.content.read(0, 9),
            text.created,
            public.created,
        )
        files.write(r"C:\Users\Public\x.txt", b"changed")
        assert b"12345" == text.content.read(0, 9)
        assert (users.modified, text.modified) == (users.created, text.created)


class TestRestoring:
    """Going back."""

    def test_everything_is_as_it_was(self, clock: Clock) -> None:
        """Contents, names, times, attributes, links, space and labels are as they were, more than once."""
        files = EmulatedFiles(clock, {"C:": 10})
        files.add_volume("D:", 5, "Data")
        files.lay_down(TREE)
        files.write(r"D:\Long name one.txt", b"d")
        files.set_attributes(r"D:\Long name one.txt", HIDDEN)
        before = files.snapshot()
        info = files.info(r"D:\Long name one.txt")
        for _ in range(2):
            clock.time += timedelta(hours=1)
            files.delete(r"C:\Users")
            files.delete(r"C:\link.txt")
            files.move(r"D:\Long name one.txt", r"D:\z")
            files.write(r"D:\z2", bytes(1_000))
            files.restore(before)

            assert info == files.info(r"D:\LONGNA~1.TXT")
            assert b"12345" == files.read(r"C:\link.txt")
            assert [("C:", "", 10 * 2**20 - 9), ("D:", "Data", 5 * 2**20 - 1)] == [
                (one.drive, one.label, one.free_bytes) for one in files.volumes()
            ]
            assert all(now.root is before.drives[drive] for drive, now in files.snapshot().volumes.items())

    def test_volumes_come_and_go(self, clock: Clock) -> None:
        """A volume that was not there goes, one that was comes back, for pyfakefs too."""
        files = EmulatedFiles(clock, 10)
        without = files.snapshot()
        files.add_volume("D:", 5)
        files.write(r"D:\x", b"x")
        with_it = files.snapshot()
        files.restore(without)
        assert ["C:"] == [one.drive for one in files.volumes()]
        assert "D:" not in files.system.root.entries
        files.restore(with_it)
        assert b"x" == files.read(r"D:\x")
        assert "D:" in files.system.root.entries

    def test_what_was_open_harms_nothing(self, files: EmulatedFiles) -> None:
        """A handle from before writes to where nobody looks, and takes no space there."""
        files.write(r"C:\x", b"1")
        before = files.snapshot()
        with files.open(r"C:\x", "ab") as file:
            files.restore(before)
            file.write(bytes(1_000))
            files.delete(r"C:\x")
        assert [] == files.names("C:\\")
        assert 1_000 * 2**20 == files.volumes()[0].free_bytes

    def test_between_machines(self, clock: Clock) -> None:
        """A snapshot can be laid out on other volumes, which then go their own way."""
        one, two = EmulatedFiles(clock, 10), EmulatedFiles(clock, 99)
        one.write(r"C:\a\x", b"1")
        two.restore(one.snapshot())
        two.write(r"C:\a\x", b"2")
        two.write(r"C:\a\y", b"2")
        assert (b"1", ["x"], 9) == (one.read(r"C:\a\x"), one.names(r"C:\a"), one.free_space_mb())
        assert (b"2", 9) == (two.read(r"C:\a\x"), two.free_space_mb())
