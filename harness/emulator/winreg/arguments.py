"""What C code makes of Python's arguments, and what it raises for wrong ones.

Source: CPython's PC/winreg.c and its Argument Clinic converters, tried out with CPython 3.13.
"""

from __future__ import annotations

import operator

__all__ = ["as_text", "as_name", "as_path", "as_int", "as_dword", "as_pointer"]


def as_text(value: object, function: str, argument: str) -> str:
    """Return a text.

    Args:
        value: what was given.
        function: the function, for the message.
        argument: the argument, for the message: `argument 2`.

    Raises:
        TypeError: for anything but a text.
        ValueError: for a text with a NUL in it.
    """
    if not isinstance(value, str):
        raise TypeError(f"{function}() {argument} must be str, not {_kind(value)}")
    if "\0" in value:
        raise ValueError("embedded null character")
    return value


def as_name(value: object, function: str, argument: str) -> str:
    """Return a text, an empty one for None; raise what `as_text` does."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{function}() {argument} must be str or None, not {_kind(value)}")
    return as_text(value, function, argument)


def as_path(value: object, function: str, argument: str) -> str | None:
    """Return a text, or None; raise what `as_text` does."""
    return None if value is None else as_name(value, function, argument)


def as_int(value: object) -> int:
    """Return a number for a C `int`.

    Raises:
        TypeError: for anything but a whole number.
        OverflowError: for one of more than 32 bits.
    """
    number = operator.index(value)  # type: ignore[arg-type]  # raises the right error
    if not -(2**31) <= number < 2**31:
        raise OverflowError("Python int too large to convert to C int")
    return number


def as_dword(value: object) -> int:
    """Return a number for a DWORD.

    Raises:
        TypeError: for anything but a whole number.
        ValueError: for a negative one.
        OverflowError: for one of more than 32 bits.
    """
    if not isinstance(value, int):
        raise TypeError("an integer is required")
    if value < 0:
        raise ValueError("value must be positive")
    if value >= 2**32:
        raise OverflowError("Python int too large to convert to C unsigned long")
    return value


def as_pointer(value: int) -> int:
    """Return a number for a handle, without a sign.

    Raises:
        OverflowError: for one of more than 64 bits.
    """
    if not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert")
    return value % 2**64


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__
