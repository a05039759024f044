"""Where the command processor's streams lead: its own, files, pipes, nothing.

Text is kept as text until it reaches a file, which gets it in the console's code page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Protocol

from harness.emulator.programs import ProgramRun
from harness.emulator.streams import Input

__all__ = ["Captured", "FileOutput", "Nothing", "OwnError", "OwnOutput", "RedirectedText", "Sink", "Source"]


class RedirectedText(str):
    """The standard input of a program when it is a file, a pipe or NUL, even if nothing is in it.

    A console nobody types at has no text either; some programs, as `timeout`, tell the two apart.
    """

    __slots__ = ()


class Sink(Protocol):
    """Where output goes."""

    def write(self, text: str) -> None:
        """Write text as it is."""
        ...


class OwnOutput:
    """The standard output of the process."""

    def __init__(self, run: ProgramRun) -> None:
        self.write: Callable[[str], None] = run.write


class OwnError:
    """The standard error stream of the process."""

    def __init__(self, run: ProgramRun) -> None:
        self.write: Callable[[str], None] = run.write_error


class Nothing:
    """NUL: what is written is gone."""

    def write(self, text: str) -> None:
        """Write text to nowhere."""


class Captured:
    """The beginning of a pipe, or a command whose output a loop goes through."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def write(self, text: str) -> None:
        """Keep text."""
        self._pieces.append(text)

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._pieces)


class FileOutput:
    """A file that is written in the code page that the console has at the moment."""

    def __init__(self, file: BinaryIO, encode: Callable[[str], bytes]) -> None:
        self._file = file
        self._encode = encode

    def write(self, text: str) -> None:
        """Write text so that who reads the file next finds it."""
        self._file.write(self._encode(text))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Source:
    """What the command processor reads from, and what it starts inherits.

    Args:
        text: what there is to read.
        is_redirected: whether it is a file, a pipe or NUL, and not a console nobody types at.
    """

    def __init__(self, text: str, *, is_redirected: bool) -> None:
        self._input = Input(text)
        self.is_redirected = is_redirected

    def read_line(self) -> str | None:
        """Read the next line without its end; None at the end."""
        return self._input.read_line()

    def read_key(self) -> str | None:
        """Read one character; None at the end."""
        text = self._input.read()
        self._input = Input(text[1:])
        return text[:1] or None

    def left(self) -> str:
        """Return what is left without reading it, as the standard input of a program."""
        text = self._input.read()
        self._input = Input(text)
        return RedirectedText(text) if self.is_redirected else text
