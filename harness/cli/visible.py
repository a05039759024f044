"""Text from packages, policies and logs, made fit for a terminal."""

from __future__ import annotations

__all__ = ["visible"]


def visible(text: str) -> str:
    r"""Escape what a terminal would obey or nobody would see, but for line ends: ESC becomes `\x1b`.

    Besides control characters that is everything Unicode does not call printable, such as marks that turn the
    direction of writing.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )
