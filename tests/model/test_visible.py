"""Text made fit for a terminal."""

import pytest

from harness.model.visible import visible, visible_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Größe 字", "Größe 字"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),
        ("\ud800", r"\ud800"),
        ("a\r\tb", r"a\r\tb"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    """Control characters, turned writing and halves of characters are spelled out, letters stay."""
    assert (shown, shown) == (visible(text), visible_line(text))


def test_line_ends() -> None:
    """They stay in a text of several lines and are escaped where the text is one line."""
    assert ("a\\r\nb\n", r"a\r\nb\n") == (visible("a\r\nb\n"), visible_line("a\r\nb\n"))
