"""A difference as a notebook shows it."""

import re
from functools import partial
from html.parser import HTMLParser

from harness.emulator.changes import Change, FileChange, MachineDiff, RegistryChange
from harness.model.files import FileAttributes
from harness.model.windows import Hive, RegistryPath, RegistryValue

KEY = RegistryPath(Hive.HKLM, r"SOFTWARE\Contoso")


class Words(HTMLParser):
    """What a reader of the page sees, and which elements there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        del attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data + " "


def drawn(diff: MachineDiff) -> Words:
    """Return what a notebook shows of a difference."""
    return Words(diff._repr_html_())


def value(change: Change, before: str | None, after: str | None, name: str = "Version") -> RegistryChange:
    """Return a change of a value."""
    return RegistryChange(
        change=change,
        path=KEY,
        name=name,
        before=None if before is None else RegistryValue.of(before),
        after=None if after is None else RegistryValue.of(after),
    )


def test_nothing_changed() -> None:
    """No difference says so."""
    assert "nothing changed" in drawn(MachineDiff()).text


def test_values_show_what_they_were_and_are() -> None:
    """A changed value shows key, name, type and both data; a new key only its path."""
    words = drawn(
        MachineDiff(
            registry=(
                RegistryChange(change=Change.ADDED, path=KEY),
                value(Change.CHANGED, "1.0", "2.0"),
                value(Change.REMOVED, "x", None, name=""),
            )
        )
    ).text

    assert "Registry (3)" in re.sub(r"\s+", " ", words)
    for text in (r"+ HKLM\SOFTWARE\Contoso", "~ Version = 1.0 → 2.0  (REG_SZ)", "- (default) = x  (REG_SZ)"):
        assert text in words
    assert 1 == words.count(r"HKLM\SOFTWARE\Contoso")


def test_files_show_sizes() -> None:
    """A file shows its sizes, a folder ends with a backslash; what holds nothing is left away."""
    words = drawn(
        MachineDiff(
            files=(
                FileChange(change=Change.ADDED, path=r"C:\New", is_directory=True),
                FileChange(
                    change=Change.CHANGED, path=r"C:\New\a", is_directory=False, size_before=1000, size_after=2000
                ),
            )
        )
    ).text

    assert "C:\\New\\ " in words
    assert "(1,000 → 2,000 bytes)" in words
    assert "Registry" not in words


def test_attributes_and_targets_show() -> None:
    """What a file is marked as now stands beside what it was; a link shows where it leads."""
    was, now = FileAttributes.ARCHIVE, FileAttributes.ARCHIVE | FileAttributes.HIDDEN
    changed = partial(FileChange, change=Change.CHANGED, attributes_before=was, attributes_after=now)
    words = drawn(
        MachineDiff(
            files=(
                changed(path=r"C:\a", is_directory=False, size_before=1, size_after=1, is_content_same=True),
                changed(path=r"C:\f", is_directory=True),
                FileChange(change=Change.ADDED, path=r"C:\l", is_directory=True, target=r"C:\f"),
            )
        )
    ).text

    assert r"~ C:\a  (attributes ARCHIVE → ARCHIVE | HIDDEN)" in words
    assert "~ C:\\f\\  (attributes ARCHIVE → ARCHIVE | HIDDEN)" in words
    assert "+ C:\\l\\ → C:\\f" in words


def test_turned_writing_is_spelled_out() -> None:
    """No name or text turns the direction of the page or hides in it."""
    evil = "a\u202eb"
    diff = MachineDiff(
        registry=(value(Change.ADDED, None, evil, name=evil),),
        files=(FileChange(change=Change.REMOVED, path=rf"C:\{evil}", is_directory=False, size_before=1),),
    )

    assert 3 == drawn(diff).text.count(r"a\u202eb")
    assert "\u202e" not in diff._repr_html_()


def test_hostile_text_is_text() -> None:
    """Markup in names, data and paths is shown and never becomes an element."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    diff = MachineDiff(
        registry=(value(Change.ADDED, None, evil, name=evil),),
        files=(FileChange(change=Change.REMOVED, path=rf"C:\{evil}", is_directory=False, size_before=1),),
    )

    words = drawn(diff)

    assert words.text.count("<script>alert(1)</script>") == 3
    assert words.tags <= {"details", "summary", "strong", "div"}


def test_long_lists_and_texts_are_cut() -> None:
    """A page stays small however much changed, and says how much it leaves away."""
    many = tuple(value(Change.ADDED, None, "x" * 10_000, name=f"v{number}") for number in range(600))

    html = MachineDiff(registry=many)._repr_html_()

    assert "and 101 more" in drawn(MachineDiff(registry=many)).text
    assert "(10,000 characters)" in html
    assert len(html) < 400_000
