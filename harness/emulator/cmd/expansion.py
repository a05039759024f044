"""Variables in a line: `%NAME%` before it is understood, `!NAME!` after, and what may follow a colon.

Source: learn.microsoft.com, "set" (substrings and replacement), "call" and "for" (modifiers); the phases, what happens
to undefined variables and to lone signs: stackoverflow.com, question 4094699, "How does the Windows Command Interpreter
parse scripts".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

__all__ = ["LONGEST_LINE", "LineTooLong", "Values", "expand_delayed", "expand_loop_variables", "expand_percent"]

#: What a line may become, in characters. Source: learn.microsoft.com, "Command prompt line string limitation".
LONGEST_LINE = 8191

_NUMBER = re.compile(r"\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)")
_MODIFIED = re.compile(r"~([fdpnxsatzFDPNXSATZ]*(?:\$[^:%]*:)?[fdpnxsatzFDPNXSATZ]*)")


class LineTooLong(Exception):
    """A line has grown beyond what the command processor takes."""


class Values(Protocol):
    """Where the values come from."""

    @property
    def is_batch(self) -> bool:
        """Whether a batch file runs: `%%` is one sign there, and what is undefined is nothing."""
        ...

    def variable(self, name: str) -> str | None:
        """Return a variable's value, also of those the command processor makes up; None when it is undefined."""
        ...

    def argument(self, number: int) -> str:
        """Return an argument of the batch file as written, `%0` being its name."""
        ...

    def all_arguments(self) -> str:
        """Return what `%*` stands for."""
        ...

    def modified(self, text: str, modifiers: str, *, is_script: bool = False) -> str:
        """Return a text as `%~modifiers` makes it; `is_script` for `%~f0`, which is the batch file itself."""
        ...


def expand_percent(line: str, values: Values) -> str:
    """Replace what stands in percent signs, once.

    Args:
        line: one line as it stands in the file, or a command line.
        values: variables and arguments.

    Raises:
        LineTooLong: when it grows beyond 8,191 characters.
    """
    if "%" not in line:
        return _checked(line)
    pieces: list[str] = []
    position = 0
    while (start := line.find("%", position)) >= 0:
        pieces.append(line[position:start])
        text, position = _percent(line, start, values)
        pieces.append(text)
    pieces.append(line[position:])
    return _checked("".join(pieces))


def expand_delayed(text: str, variable: Callable[[str], str | None]) -> str:
    """Replace `!NAME!`, and take away the carets that then escape once more; without `!` nothing changes.

    Raises:
        LineTooLong: when it grows beyond 8,191 characters.
    """
    if "!" not in text:
        return text
    pieces: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "^":
            pieces.append(text[position + 1 : position + 2])
            position += 2
        elif character == "!":
            value, position = _exclamation(text, position, variable)
            pieces.append(value)
        else:
            pieces.append(character)
            position += 1
    return _checked("".join(pieces))


def expand_loop_variables(text: str, variables: dict[str, str], values: Values) -> str:
    """Replace `%v` and `%~modifiers v` for the variables of the loops around."""
    if not variables or "%" not in text:
        return text
    pieces: list[str] = []
    position = 0
    while (start := text.find("%", position)) >= 0:
        pieces.append(text[position:start])
        value, position = _loop_variable(text, start, variables, values)
        pieces.append(value)
    pieces.append(text[position:])
    return _checked("".join(pieces))


def _checked(line: str) -> str:
    if len(line) > LONGEST_LINE:
        raise LineTooLong
    return line


def _percent(line: str, start: int, values: Values) -> tuple[str, int]:
    """Return what the percent sign at `start` begins is replaced by, and where the line goes on."""
    if values.is_batch:
        following = line[start + 1 : start + 2]
        if following == "%":
            return "%", start + 2
        if following == "*":
            return values.all_arguments(), start + 2
        if following.isdigit() and following.isascii():
            return values.argument(int(following)), start + 2
        if following == "~" and (found := _argument(line, start, values)):
            return found
    end = line.find("%", start + 1)
    if end < 0:
        return ("" if values.is_batch else "%"), start + 1
    return _named(line, start, end, values)


def _named(line: str, start: int, end: int, values: Values) -> tuple[str, int]:
    body = line[start + 1 : end]
    name, colon, change = body.partition(":")
    if colon and change:
        value = values.variable(name)
        if value is not None:
            return changed(value, change), end + 1
        if values.is_batch:
            return "", start + 1 + len(name) + 1
        return "%", start + 1
    value = values.variable(body)
    if value is not None:
        return value, end + 1
    if values.is_batch:
        return "", end + 1
    return "%", start + 1


def _argument(line: str, start: int, values: Values) -> tuple[str, int] | None:
    found = _MODIFIED.match(line, start + 1)
    digit = line[found.end() : found.end() + 1] if found else ""
    if not found or not digit.isdigit() or not digit.isascii():
        return None
    is_script = digit == "0"
    return values.modified(values.argument(int(digit)), found[1], is_script=is_script), found.end() + 1


def _exclamation(text: str, start: int, variable: Callable[[str], str | None]) -> tuple[str, int]:
    end = text.find("!", start + 1)
    if end < 0:
        return "", start + 1
    body = text[start + 1 : end]
    name, colon, change = body.partition(":")
    if colon and change:
        value = variable(name)
        return ("" if value is None else changed(value, change)), end + 1
    return variable(body) or "", end + 1


def _loop_variable(text: str, start: int, variables: dict[str, str], values: Values) -> tuple[str, int]:
    letter = text[start + 1 : start + 2]
    if letter == "~":
        # The modifiers may end in a letter that is a variable; the longest reading that names one counts.
        found = _MODIFIED.match(text, start + 1)
        assert found is not None  # it also matches no modifiers
        for end in range(found.end(), start + 1, -1):
            name = text[end : end + 1]
            if name in variables and name:
                return values.modified(variables[name], text[start + 2 : end]), end + 1
        return "%", start + 1
    if letter in variables and letter:
        return variables[letter], start + 2
    return "%", start + 1


def changed(value: str, change: str) -> str:
    """Return a value after `:~start,length` or `:old=new`; what is neither leaves it as it is."""
    if change.startswith("~"):
        return _substring(value, change[1:])
    old, equals, new = change.partition("=")
    if change.startswith("="):  # the first character belongs to the text that is looked for
        more, equals, new = change[1:].partition("=")
        old = f"={more}"
    if not equals or not old:
        return value
    if old.startswith("*") and len(old) > 1:
        place = value.lower().find(old[1:].lower())
        return value if place < 0 else new + value[place + len(old) - 1 :]
    return re.sub(re.escape(old), lambda _: new, value, flags=re.IGNORECASE)


def _substring(value: str, change: str) -> str:
    first, comma, second = change.partition(",")
    start = _number(first)
    start = max(len(value) + start, 0) if start < 0 else start
    if not comma:
        return value[start:]
    length = _number(second)
    return value[start : start + length] if length >= 0 else value[start : max(len(value) + length, 0)]


def _number(text: str) -> int:
    found = _NUMBER.match(text)
    if not found:
        return 0
    digits = found[2]
    if digits[:2].lower() == "0x":
        size = int(digits, 16)
    else:
        size = int(digits, 8 if digits.startswith("0") and not set(digits) - set("01234567") else 10)
    return -size if found[1] == "-" else size
