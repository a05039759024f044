"""What Windows paths mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.files import EmulatedFiles
from harness.emulator.machine import EmulatedMachine
from harness.emulator.paths import check_length, is_device_name, read_path
from harness.emulator.process_view import seen_by
from harness.errors import MachineError, NotEmulated
from harness.model.windows import SYSTEM, Token
from tests.emulator.volumes import code_of


class TestPaths:
    """What a path means."""

    @pytest.mark.parametrize(
        ("path", "names"),
        [
            ("C:\\", ()),
            ("c:", ()),
            ("C:\\a\\b.txt", ("a", "b.txt")),
            ("C:/a//b/", ("a", "b")),
            ("\\a\\b", ("a", "b")),
            ("\\\\localhost\\C$\\a", ("a",)),
            ("//127.0.0.1/d$", ()),
            ("\\\\?\\UNC\\localhost\\c$\\a.", ("a.",)),
            (r"C:\a\.\b\..\c", ("a", "c")),
            (r"C:\..\..\a", ("a",)),
            ("C:\\a. . ", ("a",)),
            ("C:\\a.\\b", ("a", "b")),
            ("C:\\a..\\b", ("a..", "b")),
            ("C:\\a \\b", ("a ", "b")),
            ("C:\\a \\", ("a ",)),
            ("C:\\...", ()),
            ("\\\\?\\C:\\a. \\b.", ("a. ", "b.")),
            ("\\\\?\\C:\\a\\", ("a",)),
            (f"C:\\{'n' * 255}", ("n" * 255,)),
        ],
    )
    def test_names_below_the_drive(self, path: str, names: tuple[str, ...]) -> None:
        """Slashes, dots and blanks are taken as Windows takes them."""
        assert names == read_path(path).names

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("", 3),
            ("a\\b", 161),
            ("C:a", 161),
            (r"C:\a<b", 123),
            ("\\\\server\\share\\x", 53),
            ("\\\\localhost\\share\\x", 67),
            ("\\\\localhost", 123),
            (r"C:\a?", 123),
            ("C:\\a\x1f", 123),
            (r"C:\a:b\c", 123),
            (r"C:\:", 123),
            (r"C:\a:", 123),
            (r"C:\?:x", 123),
            (f"C:\\{'n' * 256}", 123),
            ("C:\\" + "\U0001f600" * 128, 123),
            ("\\\\?\\C:\\a/b", 123),
            ("\\\\?\\C:\\a\\..\\b", 123),
            ("C:" + "\\n" * 17_000, 206),
        ],
    )
    def test_refused_paths(self, path: str, code: int) -> None:
        """Each kind of impossible path has its code."""
        assert code == code_of(lambda: read_path(path))

    @pytest.mark.parametrize(
        "path", [r"\\.\COM1", r"\\.\C:\x", "\\??\\C:\\x", "\\\\?\\Volume{1}\\x", r"C:\a.txt:Zone.Identifier"]
    )
    def test_what_is_not_modelled_says_so(self, files: EmulatedFiles, path: str) -> None:
        """Network paths, devices and alternate data streams are never answered by "not there"."""
        with pytest.raises(NotEmulated):
            files.exists(path)

    @pytest.mark.parametrize("name", ["NUL", "con.txt", "aux .x", "LPT1", "com¹", "Prn.tar.gz"])
    def test_device_names(self, files: EmulatedFiles, name: str) -> None:
        """No file can have a device's name, with or without extension."""
        assert is_device_name(name)
        assert not files.exists(f"C:\\{name}")
        assert 2 == code_of(lambda: files.info(f"C:\\{name}"))
        assert 267 == code_of(lambda: files.make_folder(f"C:\\{name}"))
        assert 267 == code_of(lambda: files.make_folder(f"C:\\{name}\\below"))
        if name != "NUL":
            assert 2 == code_of(lambda: files.open(f"C:\\{name}", "wb"))
        assert [] == files.names("C:\\")

    def test_nul_takes_everything_and_gives_nothing(self, files: EmulatedFiles) -> None:
        """NUL can be opened in any folder, written and read."""
        with files.open(r"C:\nul", "w+b") as file:
            file.write(b"gone")
            file.truncate(10)
            file.seek(0)
            assert b"" == file.read()
        with files.open("C:/NUL.txt") as file:
            assert b"" == file.read()
        assert [] == files.names("C:\\")

    @pytest.mark.parametrize("name", ["NULL", "com0", "con_", "COM10", "xNUL"])
    def test_other_names_are_no_devices(self, name: str) -> None:
        """What only resembles a device's name is an ordinary one."""
        assert not is_device_name(name)

    def test_literal_paths_may_name_devices(self, files: EmulatedFiles) -> None:
        r"""With \\?\ in front names are taken as they are."""
        files.make_folder("\\\\?\\C:\\aux\\deeper")
        files.write("\\\\?\\C:\\aux\\con. ", b"x")

        assert ["con. ", "deeper"] == files.names("\\\\?\\C:\\aux")

    @given(st.text(alphabet=st.characters(codec="utf-8"), max_size=12))
    @settings(deadline=None, max_examples=200)
    def test_every_text_is_a_path_or_refused(self, text: str) -> None:
        """No text makes the parser fail in another way; what it accepts, it accepts again unchanged."""
        try:
            names = read_path(f"C:\\{text}").names
        except (MachineError, NotEmulated):
            return
        assert names == read_path("\\\\?\\C:\\" + "\\".join(names)).names

    def test_drive_and_how_it_was_named(self) -> None:
        r"""The drive comes in upper case; C: when there is none; `\\?\` and administrative shares are told."""
        assert ("D:", "C:") == (read_path("d:\\x").drive, read_path("\\x").drive)
        share = read_path(r"\\pc-042\e$\x", host_name="PC-042")
        assert ("E:", True, False) == (share.drive, share.is_share, share.is_literal)
        assert read_path("\\\\?\\C:\\x").is_literal


class TestLength:
    """How long a path may be for a program that knows nothing of long ones."""

    def test_limits(self) -> None:
        """259 characters for a file, 247 for a folder to be made; the code differs."""
        check_length("C:\\" + "n" * 240 + "\\" + "m" * 15)
        assert 3 == code_of(lambda: check_length("C:\\" + "n" * 240 + "\\" + "m" * 16))
        check_length("C:\\" + "n" * 200 + "\\" + "m" * 43, for_folder=True)
        assert 206 == code_of(lambda: check_length("C:\\" + "n" * 200 + "\\" + "m" * 44, for_folder=True))

    def test_what_does_not_count(self) -> None:
        r"""`..` is worked out before, and with `\\?\` in front there is no limit."""
        check_length("C:\\" + "n" * 240 + "\\..\\" + "m" * 100)
        check_length("\\\\?\\C:" + "\\nn" * 300, for_folder=True)

    def test_programs_are_held_to_them(self, machine: EmulatedMachine) -> None:
        """A process finds nothing at a long path and makes nothing there; the volumes themselves know no such limit."""
        files = seen_by(machine, Token(account=SYSTEM), 64).files
        long = rf"C:\Package\{'n' * 247}"
        machine.files.write(long, b"x")
        assert not files.exists(rf"C:\Package\..\Package\{'n' * 249}")
        assert files.exists(long)
        for action in (lambda: files.read(f"{long}nn"), lambda: files.write(f"{long}nn", b"")):
            assert 3 == code_of(action)
        assert 206 == code_of(lambda: files.make_folder(long))
        machine.files.write(f"{long}nn", b"x")
        assert b"x" == files.read(f"\\\\?\\{long}nn")
