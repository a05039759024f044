"""The grammar of `for`: its kind, its options, its variable and what it goes through.

Source: learn.microsoft.com, "for"; that blanks, commas, semicolons and equal signs between the items of any kind become
one blank: from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.emulator.cmd.reading import DELIMITERS, Reader
from harness.emulator.cmd.syntax import For, ForKind, Node, Place

__all__ = ["parse_for"]

_TAKES_OPTIONS = (ForKind.RECURSIVE, ForKind.TEXT)


def parse_for(reader: Reader, body: Callable[[], Node], place: Place) -> For:
    """Read a loop after the word `for`.

    Args:
        reader: where.
        body: reads what is run.
        place: where the loop stands.

    Raises:
        SyntaxFault: when it does not parse.
    """
    kind, options = _kind(reader)
    variable = reader.token()
    if len(variable) != 2 or variable[0] != "%":  # noqa: PLR2004 - a sign and a character
        raise reader.fault(variable)
    if (word := reader.token(more_delimiters="(")).lower() != "in":
        raise reader.fault(word) if word else reader.unexpected()
    reader.skip_delimiters()
    if reader.peek() != "(":
        raise reader.unexpected()
    items = _items(reader)
    reader.skip_delimiters()
    if reader.word() != "do":
        raise reader.unexpected()
    reader.skip(2)
    reader.skip_delimiters()
    if reader.is_at_end:
        raise reader.fault("")
    return For(kind=kind, options=options, variable=variable[1], items=items, body=body(), place=place)


def _kind(reader: Reader) -> tuple[ForKind, str]:
    kind, options = ForKind.PLAIN, ""
    while True:
        reader.skip_delimiters()
        if reader.peek() != "/":
            break
        word = reader.token()
        if word.upper() not in tuple(ForKind):
            raise reader.fault(word)
        kind = ForKind(word.upper())
    if kind in _TAKES_OPTIONS and reader.peek() not in ("%", ""):
        options = reader.token()
    return kind, options


def _items(reader: Reader) -> str:
    """Read what stands in the parentheses, as one line."""
    reader.skip()
    words: list[str] = []
    while True:
        reader.skip_delimiters()
        if reader.is_at_end:
            if not reader.next_line():
                raise reader.fault("")
        elif reader.peek() == ")":
            reader.skip()
            return " ".join(words)
        else:
            words.append(_item(reader))


def _item(reader: Reader) -> str:
    pieces: list[str] = []
    while not reader.is_at_end and reader.peek() not in f"{DELIMITERS})":
        character = reader.peek()
        if character == '"':
            pieces.append(reader.quoted())
        elif character == "^":
            pieces.append(reader.escaped())
        elif character in "&|<>":
            raise reader.unexpected()
        else:
            pieces.append(reader.skip())
    return "".join(pieces)
