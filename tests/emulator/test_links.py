"""Symbolic links, junctions and hard links, as far as the exam does not ask."""

from __future__ import annotations

import pytest

from harness.emulator.files import EmulatedFiles
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import View
from tests.emulator.volumes import Clock, code_of

SYMBOLIC, JUNCTION, HARD = LinkKind.SYMBOLIC, LinkKind.JUNCTION, LinkKind.HARD
MIB = 2**20


class TestSymbolic:
    """Links that lead to a path."""

    def test_targets_of_every_form(self, files: EmulatedFiles) -> None:
        r"""Absolute, relative, relative to the root of the volume, with `..` and slashes: all lead on."""
        files.write(r"C:\a\b\file.txt", b"x")
        for number, target in enumerate(
            [r"C:\a\b\file.txt", "file.txt", r"..\b\file.txt", r"\a\b\file.txt", "./file.txt", "../../a/b/file.txt"]
        ):
            link = rf"C:\a\b\link{number}"
            files.make_link(link, target, SYMBOLIC)
            assert b"x" == files.read(link)
            assert r"C:\a\b\file.txt" == files.info(link).path == files.location(link)
            assert target == files.link_info(link).target

    def test_chain_across_volumes(self, clock: Clock) -> None:
        """A link may lead to a link on another volume, and the path goes on behind it."""
        files = EmulatedFiles(clock, {"C:": 10, "D:": 10})
        files.write(r"D:\real\deep\file", b"x")
        files.make_link(r"D:\way", r"D:\real", JUNCTION)
        files.make_link(r"C:\way", r"D:\way", SYMBOLIC)
        files.make_link(r"D:\rooted", r"\real", SYMBOLIC)

        assert b"x" == files.read(r"C:\way\deep\file") == files.read(r"D:\rooted\deep\file")
        assert r"D:\real\deep\new\er" == files.location(r"C:\way\deep\new\er")

    def test_what_cannot_be_followed(self, files: EmulatedFiles) -> None:
        """A missing volume is 3, another computer 53, a device says that it is not emulated."""
        files.make_link(r"C:\gone", r"Q:\x", SYMBOLIC)
        files.make_link(r"C:\far", r"\\server\share", SYMBOLIC)
        files.make_link(r"C:\pipe", r"\\.\pipe\x", SYMBOLIC)

        assert 3 == code_of(lambda: files.read(r"C:\gone"))
        assert 53 == code_of(lambda: files.read(r"C:\far\x"))
        with pytest.raises(NotEmulated, match="a link to"):
            files.read(r"C:\pipe")
        assert not files.exists(r"C:\gone")

    def test_link_to_a_folder_that_became_a_file(self, files: EmulatedFiles) -> None:
        """A link that was made for a folder does not lead to a file: 267."""
        files.make_folder(r"C:\x")
        files.make_link(r"C:\link", r"C:\x", SYMBOLIC)
        files.delete(r"C:\x")
        files.write(r"C:\x", b"")

        assert files.link_info(r"C:\link").is_directory
        assert 267 == code_of(lambda: files.read(r"C:\link"))

    def test_making_what_a_dangling_link_leads_to(self, files: EmulatedFiles) -> None:
        """A folder is not made over a dangling link (183) nor through one (3); a file is."""
        files.make_link(r"C:\link", r"C:\real", SYMBOLIC)
        assert 183 == code_of(lambda: files.make_folder(r"C:\link"))
        assert 3 == code_of(lambda: files.make_folder(r"C:\link\below"))
        assert 3 == code_of(lambda: files.open(r"C:\link\file", "wb"))
        assert 80 == code_of(lambda: files.open(r"C:\link", "xb"))
        files.write(r"C:\link", b"x")
        assert b"x" == files.read(r"C:\real")
        files.delete(r"C:\real")
        files.make_folder(r"C:\real")
        files.make_folder(r"C:\link\below")
        assert ["below"] == files.names(r"C:\real")

    def test_folders_through_links(self, files: EmulatedFiles) -> None:
        """A folder that a link leads to is there already, and can be made in."""
        files.make_folder(r"C:\real")
        files.make_link(r"C:\link", "real", SYMBOLIC)
        files.make_folder(r"C:\link")
        files.make_folder(r"C:\link\a\b")
        assert ["b"] == files.names(r"C:\real\a")

    def test_as_marked(self, files: EmulatedFiles) -> None:
        """Attributes are those of the link; a link marked read-only cannot be deleted."""
        files.write(r"C:\x", b"")
        files.make_link(r"C:\link", r"C:\x", SYMBOLIC)
        files.set_attributes(r"C:\link", FileAttributes.READONLY)

        assert FileAttributes.ARCHIVE == files.info(r"C:\link").attributes
        assert FileAttributes.READONLY | FileAttributes.REPARSE_POINT == files.link_info(r"C:\link").attributes
        assert 5 == code_of(lambda: files.delete(r"C:\link"))

    def test_targets_that_are_none(self, files: EmulatedFiles) -> None:
        """An empty target is 123."""
        assert 123 == code_of(lambda: files.make_link(r"C:\x", "", SYMBOLIC))
        assert not files.names("C:\\")

    def test_many_links_on_a_path(self, files: EmulatedFiles) -> None:
        """63 links on one path are followed, one more is error 1921."""
        files.write(r"C:\link0", b"x")
        for number in range(1, 65):
            files.make_link(rf"C:\link{number}", f"link{number - 1}", SYMBOLIC)
        assert b"x" == files.read(r"C:\link63")
        assert 1921 == code_of(lambda: files.read(r"C:\link64"))

    def test_links_are_replaced_and_replace(self, files: EmulatedFiles) -> None:
        """Moving onto a link to a file replaces the link; a link replaces a file; links to folders do neither."""
        files.write(r"C:\x", b"x")
        files.write(r"C:\y", b"y")
        files.make_link(r"C:\link", r"C:\x", SYMBOLIC)
        files.move(r"C:\y", r"C:\link")
        assert (b"x", b"y") == (files.read(r"C:\x"), files.read(r"C:\link"))

        files.make_link(r"C:\again", r"C:\x", SYMBOLIC)
        files.move(r"C:\again", r"C:\link")
        assert r"C:\x" == files.link_info(r"C:\link").target
        files.make_folder(r"C:\folder")
        files.make_link(r"C:\way", r"C:\folder", SYMBOLIC)
        assert 5 == code_of(lambda: files.move(r"C:\x", r"C:\way"))
        assert 5 == code_of(lambda: files.move(r"C:\way", r"C:\x"))


class TestJunctions:
    """Links to folders of the machine's volumes."""

    def test_stored_as_the_real_path(self, files: EmulatedFiles) -> None:
        """A junction keeps the full path, redirected; the folder may come later."""
        files.make_link(r"C:\link", "c:/Windows/System32/.", JUNCTION, View.VIEW_32)
        files.make_link(r"C:\root", "C:", JUNCTION)
        assert r"C:\Windows\SysWOW64" == files.link_info(r"C:\link").target
        assert "C:\\" == files.link_info(r"C:\root").target
        assert not files.exists(r"C:\link")
        files.write(r"C:\Windows\SysWOW64\x", b"x")
        assert b"x" == files.read(r"C:\link\x") == files.read(r"C:\root\link\x")

    def test_what_they_refuse(self, files: EmulatedFiles) -> None:
        """A file is 267, a relative path 161, a share 4392."""
        files.write(r"C:\x", b"")
        assert 267 == code_of(lambda: files.make_link(r"C:\link", r"C:\x", JUNCTION))
        assert 161 == code_of(lambda: files.make_link(r"C:\link", "x", JUNCTION))
        assert 4392 == code_of(lambda: files.make_link(r"C:\link", r"\\localhost\C$\y", JUNCTION))
        assert ["x"] == files.names("C:\\")


class TestHard:
    """Files with several names."""

    def test_space_is_taken_once(self, clock: Clock) -> None:
        """Two names of a file take its space once, and give it back with the last."""
        files = EmulatedFiles(clock, 10)
        files.write(r"C:\one\x", bytes(4 * MIB))
        files.make_link(r"C:\two", r"C:\one\x", HARD)
        files.make_link(r"C:\three", r"C:\two", HARD)
        assert 6 == files.free_space_mb()
        files.delete(r"C:\one")
        files.delete(r"C:\three")
        assert 6 == files.free_space_mb()
        assert 4 * MIB == files.info(r"C:\two").size_bytes
        files.delete(r"C:\two")
        assert 10 == files.free_space_mb()

    def test_they_stay_one_file_through_a_snapshot(self, clock: Clock) -> None:
        """After going back, what is written under one name is read under the other; snapshots see both change."""
        files = EmulatedFiles(clock, 10)
        files.write(r"C:\a\x", b"1")
        files.make_link(r"C:\b", r"C:\a\x", HARD)
        snapshot = files.snapshot()
        files.delete(r"C:\a")
        files.restore(snapshot)
        files.write(r"C:\b", b"22")

        assert b"22" == files.read(r"C:\a\x")
        after = files.snapshot().volumes["C:"]
        held = after.root.entries["A"].entries["X"]  # type: ignore[union-attr]
        assert b"22" == held.content.read(0, 9)  # type: ignore[union-attr]
        assert 2 == after.used_bytes
        assert ((r"C:\a\x", r"C:\b"),) == after.hard_links

    def test_moving_a_name_onto_another(self, files: EmulatedFiles) -> None:
        """Where both are names of one file, the source goes."""
        files.write(r"C:\x", b"1")
        files.make_link(r"C:\y", r"C:\x", HARD)
        files.move(r"C:\x", r"C:\y")
        assert ["y"] == files.names("C:\\")
        assert b"1" == files.read(r"C:\y")

    def test_how_many(self, files: EmulatedFiles) -> None:
        """A file has at most 1,024 names: 1142."""
        files.write(r"C:\x", b"")
        for number in range(1_023):
            files.make_link(rf"C:\y{number}", r"C:\x", HARD)
        assert 1142 == code_of(lambda: files.make_link(r"C:\z", r"C:\y5", HARD))

    def test_what_they_refuse(self, clock: Clock) -> None:
        """Another volume is 17, a missing folder for the link 3."""
        files = EmulatedFiles(clock, {"C:": 10, "D:": 10})
        files.write(r"C:\x", b"")
        assert 17 == code_of(lambda: files.make_link(r"D:\x", r"C:\x", HARD))
        assert 3 == code_of(lambda: files.make_link(r"C:\none\x", r"C:\x", HARD))
        with pytest.raises(MachineError):
            files.make_link(r"C:\y", r"C:\none\x", HARD)

    def test_a_new_name_is_as_old_as_the_file(self, files: EmulatedFiles, clock: Clock) -> None:
        """A name that was there just now does not lend its age to an old file."""
        files.write(r"C:\x", b"")
        before = files.info(r"C:\x").created
        clock.time = clock.time.replace(hour=9)
        files.write(r"C:\y", b"")
        files.delete(r"C:\y")
        files.make_link(r"C:\y", r"C:\x", HARD)
        assert before == files.info(r"C:\x").created
