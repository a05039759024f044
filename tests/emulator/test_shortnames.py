"""The short names of long ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.files import EmulatedFiles
from harness.emulator.shortnames import ShortNames, is_short


class TestShortNames:
    """Which short name stands for which long one."""

    @pytest.mark.parametrize(
        ("short", "names", "long"),
        [
            ("PROGRA~1", ["Program Files", "Program Files (x86)"], "PROGRAM FILES"),
            ("PROGRA~2", ["Program Files", "Program Files (x86)", "ProgramData"], "PROGRAM FILES (X86)"),
            ("PROGRA~4", ["Program Files"], None),
            ("SETUPF~1.EXE", ["setup file.exe", "setup.exe"], "SETUP FILE.EXE"),
            ("SETUP~1.EXE", ["setup.exe"], None),
            ("A_B~1.TEX", ["a+b.text"], "A+B.TEXT"),
            ("AB~1.C", ["a.b.c"], "A.B.C"),
            ("PROFILE~1", [".profile"], None),
            ("X~9", ["x y"], None),
        ],
    )
    def test_numbers(self, short: str, names: list[str], long: str | None) -> None:
        """An 8.3 name stands for the n-th long name that begins alike."""
        assert long == ShortNames(names).long_name(short)

    @pytest.mark.parametrize(
        ("name", "short"),
        [
            ("SomeStuff.aspx", "SOBC84~1.ASP"),
            ("Rammstein & Tatu - Moscow.mp3", "RA8E17~1.MP3"),
            ("Rammstein - Asche zu Asche.mp3", "RA23A6~1.MP3"),
            ("Rammstein - Du Hast.mp3", "RA0CAE~1.MP3"),
            ("Rammstein - Haifisch.mp3", "RA6BAA~1.MP3"),
        ],
    )
    def test_checksums_from_the_fifth_on(self, name: str, short: str) -> None:
        """After four alike names a checksum takes the place of the beginning; these are known from real machines."""
        alike = [f"{name[:6]} {number}{name[-5 if name.endswith('x') else -4 :]}" for number in range(4)]
        assert name.upper() == ShortNames([*alike, name]).long_name(short)

    @given(st.lists(st.text(alphabet="ab .;-ä", min_size=13, max_size=20), max_size=30, unique_by=str.upper))
    @settings(deadline=None, max_examples=100)
    def test_every_long_name_has_one(self, names: list[str]) -> None:
        """However alike names are, each has a short name of its own, of at most eight characters and three."""
        short = ShortNames(names)
        assert {name.upper() for name in names} == set(short._long.values())
        assert all(re.fullmatch(r"[^. ]{1,8}(\.[^. ]{1,3})?", one) for one in short._long)

    def test_equal_checksums(self) -> None:
        """Where even the checksum is taken, the number goes on."""
        names = ShortNames()
        for _ in range(6):
            names.add("same long name.txt")
        assert ["~1", "~2"] == [short[-6:-4] for short in list(names._long)[4:]]

    def test_short_names_stay_and_are_given_again(self) -> None:
        """Who comes later keeps its number when an earlier one goes; the next newcomer gets the free one."""
        names = ShortNames(["long name one.txt", "long name two.txt"])
        copy = names.copy()
        names.remove("LONG NAME ONE.txt")
        names.remove("never there.txt")

        assert names.long_name("LONGNA~1.TXT") is None
        assert "LONG NAME TWO.TXT" == names.long_name("LONGNA~2.TXT")
        names.add("long name three.txt")
        assert "LONG NAME THREE.TXT" == names.long_name("LONGNA~1.TXT")
        assert "LONG NAME ONE.TXT" == copy.long_name("LONGNA~1.TXT")

    @pytest.mark.parametrize("name", ["a", "setup.exe", "ABCDEFGH.TXT", "a-b_c.d"])
    def test_short_ones_need_none(self, name: str) -> None:
        """Eight characters, a dot and three characters are short already."""
        assert is_short(name)
        assert {} == ShortNames([name])._long


class TestInFolders:
    """Short names of files that are there."""

    def test_numbers_stay_when_others_go(self, files: EmulatedFiles) -> None:
        """Deleting and renaming leave the short names of others alone, through snapshot and restore."""
        for name in ("long name one.txt", "long name two.txt", "long name three.txt"):
            files.write(rf"C:\x\{name}", name.encode())
        files.delete(r"C:\x\long name one.txt")
        snapshot = files.snapshot()
        files.move(r"C:\x\LONGNA~2.TXT", r"C:\x\b.txt")
        assert b"long name three.txt" == files.read(r"C:\x\longna~3.txt")
        assert not files.exists(r"C:\x\LONGNA~2.TXT")

        files.restore(snapshot)
        assert b"long name two.txt" == files.read(r"C:\X\longna~2.TXT")
        files.write(r"C:\x\long name four.txt", b"4")
        assert b"4" == files.read(r"C:\X\LONGNA~1.TXT")
