"""Folders drawn as trees."""

from __future__ import annotations

import pytest

from harness.emulator.files import EmulatedFiles
from harness.errors import UsageError
from harness.model.files import LinkKind
from tests.emulator.volumes import code_of


class TestFileTree:
    """The picture of a folder."""

    def test_text(self, files: EmulatedFiles) -> None:
        """Folders come first, files with their sizes, links with where they lead; deeper levels are counted."""
        files.write(r"C:\app\bin\app.exe", bytes(1_234))
        files.write(r"C:\app\bin\deep\a", b"")
        files.write(r"C:\app\bin\deep\b", b"")
        files.write(r"C:\app\a.ini", b"12")
        files.make_link(r"C:\app\link", r"C:\app\bin", LinkKind.JUNCTION)
        files.make_folder(r"C:\app\empty")

        assert (
            "C:\\app\\\n"
            "├─ bin\\\n"
            "│  ├─ deep\\\n"
            "│  │  └─ ... 2 more entries\n"
            "│  └─ app.exe  1,234 bytes\n"
            "├─ empty\\\n"
            "├─ a.ini  2 bytes\n"
            "└─ link  -> C:\\app\\bin  [junction]"
        ) == str(files.tree(r"c:\APP", depth=2))
        assert "C:\\\n└─ ... 1 more entry" == str(files.tree(depth=0))

    def test_html_is_escaped(self, files: EmulatedFiles) -> None:
        """Names and targets are text, whatever they hold; nothing moves a terminal's cursor."""
        files.write("C:\\x&amp;'\u202e\x7f", b"")
        files.make_link(r"C:\link", "<script>", LinkKind.SYMBOLIC)
        drawn = files.tree()._repr_html_()

        assert "x&amp;amp;&#x27;\\u202e\\x7f" in drawn
        assert "&lt;script&gt;" in drawn
        assert "<script>" not in drawn
        assert drawn.count("<details") == drawn.count("</details>") == 1
        assert "\\u202e\\x7f" in str(files.tree())

    def test_much_is_cut(self, files: EmulatedFiles) -> None:
        """At most 2,000 entries are drawn; of the others the number is said."""
        for number in range(2_100):
            files.write(rf"C:\a\{number:04}", b"")
        drawn = files.tree(r"C:\a")
        assert (2_000, 100) == (len(drawn.below), drawn.hidden)
        assert "100 more entries" in drawn._repr_html_()

    def test_one_file(self, files: EmulatedFiles) -> None:
        """A file is drawn too; what is not there is 2, a negative depth the caller's mistake."""
        files.write(r"C:\a", b"1")
        assert "C:\\a  1 bytes" == str(files.tree(r"C:\a"))
        assert 2 == code_of(lambda: files.tree(r"C:\b"))
        with pytest.raises(UsageError, match="depth"):
            files.tree(depth=-1)
