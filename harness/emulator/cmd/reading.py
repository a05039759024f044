"""The characters of a line as the command processor reads them: quotes, carets, delimiters, continuation.

Source: stackoverflow.com, question 4094699 (phase 2: special characters, escapes, tokens).
"""

from __future__ import annotations

from collections.abc import Callable

from harness.emulator.cmd.syntax import Place, SyntaxFault

__all__ = ["DELIMITERS", "Reader"]

#: What separates tokens outside quotes.
DELIMITERS = " \t,;=\x0b\x0c\xff"
_SPECIAL = "&|<>"
_BLANK = " \t"


class Reader:
    """A line, and those after it as far as a command goes on there.

    Args:
        line: the first line, its variables replaced.
        more: gives the next line, its variables replaced; None at the end of the file.
        place: where the first line stands.

    Attributes:
        depth: how many parentheses are open.
    """

    def __init__(self, line: str, more: Callable[[], str | None], place: Place) -> None:
        self.depth = 0
        self._line = line
        self._position = 0
        self._more = more
        self._place = place

    @property
    def place(self) -> Place:
        """Where the next character stands."""
        return self._place

    @property
    def rest(self) -> str:
        """What is left of this line."""
        return self._line[self._position :]

    @property
    def is_at_end(self) -> bool:
        """Whether this line is read."""
        return self._position >= len(self._line)

    def peek(self, count: int = 1) -> str:
        """Return the next characters without reading them; nothing at the end of the line."""
        return self._line[self._position : self._position + count]

    def skip(self, count: int = 1) -> str:
        """Read so many characters of this line."""
        text = self.peek(count)
        self._position += count
        return text

    def next_line(self) -> bool:
        """Go to the next line; return whether there is one."""
        line = self._more()
        if line is None:
            return False
        self._line, self._position = line, 0
        self._place = Place(self._place.file, self._place.line + 1 if self._place.line else 0)
        return True

    def skip_delimiters(self, delimiters: str = DELIMITERS) -> str:
        """Read what separates tokens, through a caret at the end of the line; return it."""
        skipped: list[str] = []
        while True:
            if self.peek() == "^" and not self._line[self._position + 1 :] and self.next_line():
                continue
            if not self.peek() or self.peek() not in delimiters:
                return "".join(skipped)
            skipped.append(self.skip())

    def escaped(self) -> str:
        """Read a caret and what it escapes; at the end of a line that is the first character of the next one."""
        self.skip()
        if self.is_at_end and not self.next_line():
            return ""
        return self.skip()

    def quoted(self) -> str:
        """Read from a quote to the next one, or to the end of the line."""
        end = self._line.find('"', self._position + 1)
        end = len(self._line) if end < 0 else end + 1
        return self.skip(end - self._position)

    def ends_command(self) -> bool:
        """Whether a command ends here: at an operator, at the end of the line, at the parenthesis around it."""
        character = self.peek()
        return not character or character in "&|" or (character == ")" and self.depth > 0)

    def token(self, more_delimiters: str = "") -> str:
        """Read one token, and what separates it from what is before it; empty when a special character comes first."""
        self.skip_delimiters()
        pieces: list[str] = []
        while not self.is_at_end:
            character = self.peek()
            if character == '"':
                pieces.append(self.quoted())
            elif character == "^":
                pieces.append(self.escaped())
            elif (
                character in _SPECIAL
                or character in DELIMITERS
                or character in more_delimiters
                or (character == ")" and self.depth)
            ):
                break
            else:
                pieces.append(self.skip())
        return "".join(pieces)

    def word(self) -> str:
        """Return the next token without reading it, in lower case, as a key word is recognised: up to `(` or `/`."""
        text = self.rest
        end = 0
        while end < len(text) and text[end] not in f'{DELIMITERS}{_SPECIAL}()/"':
            end += 1
        return text[:end].lower()

    def unexpected(self) -> SyntaxFault:
        """Return what is said about what stands here and should not."""
        self.skip_delimiters()
        for operator in ("&&", "||", ">>", "<<"):
            if self.peek(2) == operator:
                return self.fault(operator)
        if self.peek() and self.peek() in "&|<>()":
            return self.fault(self.peek())
        return self.fault(self.token())

    def fault(self, token: str) -> SyntaxFault:
        """Return what is said about a token that should not be there, or about something that is missing."""
        if token:
            return SyntaxFault(f"{token} was unexpected at this time.", self._place)
        return SyntaxFault("The syntax of the command is incorrect.", self._place)
