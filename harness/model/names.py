"""How Windows compares names: without regard to case, one character at a time."""

from __future__ import annotations

__all__ = ["folded"]


def folded(name: str) -> str:
    """Return the form of a name in which two spellings are equal exactly when Windows takes them for the same name.

    Windows compares one UTF-16 unit with one other after raising both to upper case by a fixed table. So `ß` is not
    `SS`, and no letter outside ASCII is one inside it (the Kelvin sign is not `K`). Letters beyond the first 65,536
    characters have no upper case. Source: winternl.h RtlUpcaseUnicodeChar; the table's extent is from memory.
    """
    if name.isascii():
        return name.upper()
    return "".join(map(_upper, name))


def _upper(character: str) -> str:
    upper = character.upper()
    if character.isascii():
        return upper
    return upper if len(upper) == 1 and not upper.isascii() and character < "\U00010000" else character
