"""The standard streams of a process.

They carry text. What a Windows program writes are bytes in the console's code page or in one of its own choice, and
whoever reads them guesses which; a program of ours writes what it means, and nobody has to guess. Lines end with CR LF,
as Windows programs end them.
"""

from __future__ import annotations

__all__ = ["Input", "Output"]


class Input:
    """What a process can read from its standard input."""

    def __init__(self, text: str) -> None:
        self._rest = text

    def read(self) -> str:
        """Return all that is left."""
        text, self._rest = self._rest, ""
        return text

    def read_line(self) -> str | None:
        """Return the next line without its end; None when there is none."""
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition("\n")
        return line.removesuffix("\r")


class Output:
    """What a process wrote to its standard output and error streams, in the order in which it wrote."""

    def __init__(self) -> None:
        self._pieces: list[tuple[bool, str]] = []

    def write(self, text: str) -> None:
        """Add to the standard output."""
        self._pieces.append((False, text))

    def write_error(self, text: str) -> None:
        """Add to the standard error stream."""
        self._pieces.append((True, text))

    @property
    def stdout(self) -> str:
        """All of the standard output."""
        return "".join(text for is_error, text in self._pieces if not is_error)

    @property
    def stderr(self) -> str:
        """All of the standard error stream."""
        return "".join(text for is_error, text in self._pieces if is_error)

    @property
    def combined(self) -> str:
        """Both, as a console shows them: `2>&1`."""
        return "".join(text for _, text in self._pieces)
