"""A batch file as the command processor reads it: line by line, as it is at that moment, and where its labels are.

Source: learn.microsoft.com, "goto" (labels, `:eof`); that the file is read anew after every command, and that a label
is looked for from the current line to the end and then from the beginning: stackoverflow.com, question 4094699, and
from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.emulator.cmd.syntax import Place

__all__ = ["Script", "label_name"]

_LABEL_END = re.compile(r"[\s:+,;=<>|&()^\[\]]")


class Script:
    """A batch file that runs.

    Args:
        path: the file.
        read: returns what is in it now; the same object as before when it has not changed, None when it is gone.
    """

    def __init__(self, path: str, read: Callable[[], str | None]) -> None:
        self.path = path
        self._read = read
        self._text: str | None = ""
        self._lines: list[str] = []
        self._labels: list[tuple[int, str]] = []

    def refresh(self) -> bool:
        """Look at the file again; return whether it is still there."""
        text = self._read()
        if text is not self._text:
            self._text = text
            self._lines = _lines(text or "")
            self._labels = [(number, name) for number, line in enumerate(self._lines) if (name := _label(line))]
        return text is not None

    def line(self, number: int) -> str | None:
        """Return a line, counted from 0; None after the last one."""
        return self._lines[number] if number < len(self._lines) else None

    def find(self, label: str, start: int) -> int | None:
        """Return the line after a label, looking from a line to the end and then from the beginning; None for none."""
        wanted = label.lower()
        lines = [number for number, name in self._labels if name == wanted]
        after = [number for number in lines if number >= start]
        return (after or lines)[0] + 1 if lines else None

    def place(self, number: int) -> Place:
        """Return where a line is, which is counted from 0."""
        return Place(self.path, number + 1)


def _lines(text: str) -> list[str]:
    # A NUL ends nothing, a Ctrl-Z counts as a line feed.
    lines = text.replace("\x1a", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r").replace("\r", "") for line in lines]


def _label(line: str) -> str | None:
    text = line.lstrip(" \t,;=\x0b\x0c\xff")
    if not text.startswith(":"):
        return None
    return label_name(text)


def label_name(text: str) -> str:
    """Return the name in `:name rest` or `name rest`, in lower case."""
    name = text.removeprefix(":").lstrip(" \t")
    end = _LABEL_END.search(name)
    return (name[: end.start()] if end else name).lower()
