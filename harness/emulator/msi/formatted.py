r"""Formatted texts of MSI tables: `[ProductName]`, `[#file]`, `[$component]`, `[%PATH]`, `[\[]`, `{...}`.

Source: learn.microsoft.com, "Formatted" (data type) and "MsiFormatRecord".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

__all__ = ["format_text", "NUL"]

#: What `[~]` becomes; it separates the texts of a REG_MULTI_SZ.
NUL: Final = "\0"

_NAME: Final = re.compile(r"[%$#!]?[A-Za-z_][A-Za-z0-9_.]*|%[^\]\s]+")
_LITERAL: Final = re.compile(r"\[\\(.)[^\]]*\]", re.DOTALL)
_DEEPEST: Final = 50

#: Returns what a name in brackets stands for, its first character (`%`, `$`, `#`, `!`) included.
Lookup = Callable[[str], str]


def format_text(text: str, lookup: Lookup) -> str:
    """Replace the names in brackets; a group in braces vanishes when one of the names in it stands for nothing.

    Nested brackets are resolved from within. Brackets around something that is no name stay as they are, and so do
    braces around a text without names.
    """
    if "[" not in text and "{" not in text:
        return text
    formatter = _Formatter(text, lookup)
    return formatter.until("")


class _Formatter:
    def __init__(self, text: str, lookup: Lookup) -> None:
        self._text, self._lookup = text, lookup
        self._at = self._depth = 0
        self._names = self._empty_names = 0

    def until(self, end: str) -> str:
        """Format up to the character `end`, which is taken too; to the end of the text for an empty one."""
        pieces: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            if end and character == end:
                self._at += 1
                return "".join(pieces)
            if character in "[{" and self._depth < _DEEPEST:
                pieces.append(self._nested(character))
            else:
                pieces.append(character)
                self._at += 1
        return "".join(pieces)

    def _nested(self, character: str) -> str:
        if self._text.find("]" if character == "[" else "}", self._at) < 0:
            self._at += 1
            return character
        self._depth += 1
        try:
            return self._brackets() if character == "[" else self._braces()
        finally:
            self._depth -= 1

    def _brackets(self) -> str:
        if literal := _LITERAL.match(self._text, self._at):
            self._at = literal.end()
            return literal[1]
        self._at += 1
        name = self.until("]")
        if name == "~":
            return NUL
        if not _NAME.fullmatch(name):
            return f"[{name}]"
        value = self._lookup(name)
        self._names += 1
        self._empty_names += not value
        return value

    def _braces(self) -> str:
        names, empty = self._names, self._empty_names
        self._at += 1
        content = self.until("}")
        if self._empty_names > empty:
            return ""
        return content if self._names > names else f"{{{content}}}"
