"""What the tables of command lines are made of."""

from dataclasses import dataclass

LEARN = "learn.microsoft.com, Windows commands"
CAPTURE = "captures of Windows 10 and 11"
MEMORY = "from memory"

REG_DONE = "The operation completed successfully."
REG_NOT_FOUND = "ERROR: The system was unable to find the specified registry key or value."


@dataclass(frozen=True)
class Case:
    """A command line, what it says line by line, how it ends, and who says that Windows does so.

    `before` are command lines that are run first, whatever they say.
    """

    line: str
    out: tuple[str, ...] = ()
    err: tuple[str, ...] = ()
    code: int = 0
    source: str = LEARN
    before: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.line


def ids(case):
    """Return how a case is called."""
    return case.line[:60]


def said(exit_):
    """Return what a tool said, line by line, on both streams, and its exit code."""
    return _lines(exit_.stdout), _lines(exit_.stderr), exit_.code


def _lines(text):
    assert not text or text.endswith("\n")
    return tuple(line.rstrip("\r") for line in text.split("\n")[:-1])
