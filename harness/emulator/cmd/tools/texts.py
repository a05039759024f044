"""Text that tools read: from files in the console's code page, or from their standard input."""

from __future__ import annotations

import re

from harness.emulator.cmd.codepages import code_page_of, codec_of
from harness.emulator.cmd.console import RedirectedText
from harness.emulator.programs import ProgramRun

__all__ = ["has_input", "lines_of", "read_text", "words_of", "write_text"]


def read_text(run: ProgramRun, path: str) -> str:
    """Return a file's content.

    Raises:
        MachineError: when it cannot be read.
    """
    return run.files.read(path).decode(codec_of(code_page_of(run)), "replace")


def write_text(run: ProgramRun, path: str, text: str) -> None:
    """Write a file.

    Raises:
        MachineError: when it cannot be written.
    """
    with run.files.open(path, "wb") as file:
        file.write(text.encode(codec_of(code_page_of(run)), "replace"))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their ends."""
    lines = text.replace("\x1a", "").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def words_of(run: ProgramRun) -> list[str]:
    """Return the arguments as old programs split them: a backslash before a quote is only a backslash."""
    words: list[str] = re.findall(r'(?:"[^"]*"?|[^\s"])+', run.command_line.lstrip())
    return [word.replace('"', "") for word in words[1:]]


def has_input(run: ProgramRun) -> bool:
    """Return whether the standard input is a file, a pipe or NUL, and not a console."""
    given = run._command.stdin  # noqa: SLF001 - the run does not tell a pipe with nothing in it from a console
    return bool(given) or isinstance(given, RedirectedText)
