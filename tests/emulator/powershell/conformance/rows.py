"""One row of the conformance tables: a script, and what Windows PowerShell 5.1 shows."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row", "row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A script with its expected output.

    Attributes:
        script: the text of a .ps1 file.
        lines: the standard output line by line, without blanks at their ends.
        error: what the standard error stream contains; empty for an empty one.
        code: the exit code.
        source: the page that says so, or `memory`.
        bits: how wide powershell.exe is.
    """

    script: str
    lines: tuple[str, ...]
    error: str = ""
    code: int = 0
    source: str
    bits: int = 64


def row(script: str, *lines: str, source: str, error: str = "", code: int = 0, bits: int = 64) -> Row:
    """Return a row."""
    return Row(script=script, lines=lines, error=error, code=code, source=source, bits=bits)
