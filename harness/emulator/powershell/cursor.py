"""A place in a script's text that moves on: blanks, comments, line ends, and how a mistake is told."""

from __future__ import annotations

import re

from harness.emulator.powershell.expressions import Span
from harness.errors import FormatError, Problem

__all__ = ["Cursor", "ScriptSyntaxError", "DASHES", "SINGLE_QUOTES", "DOUBLE_QUOTES", "NAME"]

#: Characters that count as a dash or a quote. Source: tokenizer.cs of PowerShell 7, SpecialChars.
DASHES = "-\u2013\u2014\u2015"
SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE_QUOTES = '"\u201c\u201d\u201e'

#: A simple name: of a member, a key, a parameter's variable.
NAME = re.compile(r"[^\W\d]\w*")

_BLANKS = re.compile(r"[ \t\f\v\u00a0\u0085]+")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LINE_COMMENT = re.compile(r"#[^\r\n]*")

#: Nesting beyond this is refused: no script people write comes near, and the parser's own stack ends somewhere.
_DEEPEST = 64


class ScriptSyntaxError(FormatError):
    """A script does not parse.

    Attributes:
        offset: where, counted in characters from the beginning.
        message: what is wrong, without the place.
    """

    def __init__(self, source: str, text: str, offset: int, message: str) -> None:
        line, column = _place(text, offset)
        super().__init__(source, [Problem(f"line {line}, column {column}", message)])
        self.offset = offset
        self.message = message


class Cursor:
    """Reads a script from its beginning to its end.

    Args:
        text: the script.
        source: its name, for messages.
    """

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.position = 0
        self._depth = 0

    # Looking

    @property
    def char(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.position : self.position + 1]

    def ahead(self, count: int = 1) -> str:
        """The character so many further on; empty beyond the end."""
        return self.text[self.position + count : self.position + count + 1]

    def at(self, text: str) -> bool:
        """Return whether that text is here, without regard to case."""
        return self.text[self.position : self.position + len(text)].lower() == text

    def take(self, text: str) -> bool:
        """Move behind that text if it is here; return whether it was."""
        if not self.at(text):
            return False
        self.position += len(text)
        return True

    def matched(self, pattern: re.Pattern[str]) -> str | None:
        """Move behind what a pattern matches here and return it; None when it does not match."""
        found = pattern.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found[0]

    # Moving on

    def skip_blanks(self) -> None:
        """Move over blanks, comments and continued lines, not over line ends."""
        while True:
            start = self.position
            self.matched(_BLANKS)
            if self.char == "#":
                self.matched(_LINE_COMMENT)
            elif self.at("<#"):
                self._skip_block_comment()
            elif self.char == "`" and self.ahead() in ("\r", "\n", ""):
                self.position += 1
                self.matched(_NEWLINE)
            if self.position == start:
                return

    def skip_lines(self) -> None:
        """Move over everything that means nothing, line ends too."""
        self.skip_blanks()
        while self.matched(_NEWLINE):
            self.skip_blanks()

    def skip_separators(self) -> None:
        """Move over line ends and semicolons between statements."""
        self.skip_lines()
        while self.char == ";":
            self.position += 1
            self.skip_lines()

    def newline(self) -> bool:
        """Move behind a line end if one is here; return whether it was."""
        return self.matched(_NEWLINE) is not None

    def expect(self, text: str, what: str) -> None:
        """Move behind a text that must be here.

        Raises:
            ScriptSyntaxError: saying what it belongs to.
        """
        if not self.take(text):
            raise self.error(f"{self.here()} where {text!r} was expected, {what}")

    # Telling

    def span(self, start: int) -> Span:
        """Return the place from there to here."""
        return Span(start, self.position)

    def here(self) -> str:
        """Return what stands here, for a message."""
        if not self.char:
            return "the end of the script stands"
        line = re.split(r"[\r\n]", self.text[self.position : self.position + 20], maxsplit=1)[0]
        return f"{line!r} stands" if line else "the end of the line stands"

    def error(self, message: str, offset: int | None = None) -> ScriptSyntaxError:
        """Return an error about a place, by default this one."""
        return ScriptSyntaxError(self.source, self.text, self.position if offset is None else offset, message)

    def deeper(self) -> None:
        """Note that something opens inside something else.

        Raises:
            ScriptSyntaxError: beyond what any script needs.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error(f"more than {_DEEPEST} brackets are open at once - write it in several statements")

    def shallower(self) -> None:
        """Note that it closes."""
        self._depth -= 1

    def _skip_block_comment(self) -> None:
        end = self.text.find("#>", self.position + 2)
        if end < 0:
            raise self.error("the comment that begins with '<#' never ends - write '#>' behind it")
        self.position = end + 2


def _place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, from one."""
    before = _NEWLINE.split(text[:offset])
    return len(before), len(before[-1]) + 1
