"""Text from packages, policies, logs and machines, made fit for a terminal."""

from __future__ import annotations

__all__ = ["visible", "visible_line"]


def visible(text: str) -> str:
    r"""Escape what a terminal would obey or nobody would see, but for line ends: ESC becomes `\x1b`.

    Besides control characters that is everything Unicode does not call printable, such as marks that turn the
    direction of writing.
    """
    return "\n".join(map(visible_line, text.split("\n")))


def visible_line(text: str) -> str:
    r"""Escape the same and line ends too, for text that belongs on one line: they become `\r` and `\n`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
