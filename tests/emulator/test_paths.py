"""What Windows paths mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.files import EmulatedFiles
from harness.emulator.paths import is_device_name, long_name_of, parse_path
from harness.errors import MachineError, NotEmulated
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
        assert names == parse_path(path)

    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("", 3),
            ("D:\\a", 3),
            ("a\\b", 161),
            ("C:a", 161),
            (r"C:\a<b", 123),
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
        assert code == code_of(lambda: parse_path(path))

    @pytest.mark.parametrize(
        "path", [r"\\server\share\x", "//server/share", r"\\.\COM1", "\\\\?\\UNC\\server\\x", r"C:\a.txt:stream"]
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
        assert 2 == code_of(lambda: files.open(f"C:\\{name}", "wb"))
        assert 267 == code_of(lambda: files.make_folder(f"C:\\{name}"))
        assert 267 == code_of(lambda: files.make_folder(f"C:\\{name}\\below"))
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

    @pytest.mark.parametrize(
        ("short", "names", "long"),
        [
            ("PROGRA~1", ["Program Files", "Program Files (x86)"], "Program Files"),
            ("PROGRA~2", ["Program Files", "Program Files (x86)", "ProgramData"], "Program Files (x86)"),
            ("PROGRA~4", ["Program Files"], None),
            ("SETUPF~1.EXE", ["setup file.exe", "setup.exe"], "setup file.exe"),
            ("SETUP~1.EXE", ["setup.exe"], None),
            ("A_B~1.TEX", ["a+b.text"], "a+b.text"),
            ("AB~1.C", ["a.b.c"], "a.b.c"),
            ("X~9", ["x y"], None),
        ],
    )
    def test_short_names(self, short: str, names: list[str], long: str | None) -> None:
        """An 8.3 name stands for the n-th long name that begins alike."""
        assert long == long_name_of(short, names)

    @given(st.text(alphabet=st.characters(codec="utf-8"), max_size=12))
    @settings(deadline=None, max_examples=200)
    def test_every_text_is_a_path_or_refused(self, text: str) -> None:
        """No text makes the parser fail in another way; what it accepts, it accepts again unchanged."""
        try:
            names = parse_path(f"C:\\{text}")
        except (MachineError, NotEmulated):
            return
        assert names == parse_path("\\\\?\\C:\\" + "\\".join(names))
