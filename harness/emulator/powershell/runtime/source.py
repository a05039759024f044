"""The text of a script, and the line and column of a place in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from harness.emulator.powershell.expressions import Span

__all__ = ["Source", "Place"]

_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a script.

    Attributes:
        path: the script's file; empty for a text.
        line: from one.
        column: from one.
        text: the whole line.
        code: what stands there.
    """

    path: str
    line: int
    column: int
    text: str
    code: str

    def __str__(self) -> str:
        return f"{self.path or 'the command'}, line {self.line}, column {self.column}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A script's text.

    Attributes:
        text: all of it.
        path: its file; empty for a text that never was one.
    """

    text: str
    path: str = ""
    _: None = field(default=None, repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _NEWLINE.finditer(self.text))]

    def place(self, at: Span) -> Place:
        """Return the place of a node."""
        line = bisect_right(self._starts, at.start)
        start = self._starts[line - 1]
        end = _NEWLINE.search(self.text, start)
        text = self.text[start : end.start() if end else len(self.text)]
        return Place(self.path, line, at.start - start + 1, text, self.text[at.start : at.end])
