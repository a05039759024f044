"""Comparing what was found with what a rule says: as text, number, version, date or truth value.

Source: controlled experiments on Windows 11 24H2 (IntuneScriptLab findings) and Graph's operator names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from harness.model.rules import Operator, ScriptOperation

__all__ = ["Incomparable", "compare", "compare_text", "compare_versions", "read_as", "read_date", "read_integer"]


class Incomparable(Exception):
    """A text is not what the rule reads it as; says what was expected."""


_COMPARISONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: lambda found, wanted: bool(found == wanted),
    Operator.NOT_EQUAL: lambda found, wanted: bool(found != wanted),
    Operator.GREATER_THAN: lambda found, wanted: bool(found > wanted),
    Operator.GREATER_THAN_OR_EQUAL: lambda found, wanted: bool(found >= wanted),
    Operator.LESS_THAN: lambda found, wanted: bool(found < wanted),
    Operator.LESS_THAN_OR_EQUAL: lambda found, wanted: bool(found <= wanted),
}


def compare(found: Any, operator: Operator, wanted: Any) -> bool:
    """Return whether `found operator wanted` holds for two values of the same kind.

    Raises:
        Incomparable: if the rule has no operator.
    """
    if operator is Operator.NOT_CONFIGURED:
        raise Incomparable("the rule has no operator")
    return _COMPARISONS[operator](found, wanted)


def compare_text(found: str, operator: Operator, wanted: str) -> bool:
    """Compare without regard to case (observed); the order of other operators is that of the folded text (inferred)."""
    return compare(found.casefold(), operator, wanted.casefold())


def compare_versions(found: str, operator: Operator, wanted: str) -> bool:
    """Compare as versions, missing parts being 0; as text when one of them is not a version (observed)."""
    left, right = _version_parts(found), _version_parts(wanted)
    if left is None or right is None:
        return compare_text(found, operator, wanted)
    pairs = list(zip_longest(left, right, fillvalue=0))
    return compare([pair[0] for pair in pairs], operator, [pair[1] for pair in pairs])


def read_integer(text: str) -> int:
    """Read a whole number, with or without a sign and spaces around it.

    Raises:
        Incomparable: if it is none.
    """
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,20}\s*", text):
        raise Incomparable(f"{text!r} is not a whole number")
    return int(text)


def read_date(text: str) -> datetime:
    """Read a date and time, for example `2024-01-01T00:00:00Z`; without a zone it is UTC.

    Raises:
        Incomparable: if it is none.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Incomparable(f"{text!r} is not a date such as 2024-01-01T00:00:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_as(kind: ScriptOperation, text: str) -> Any:
    """Read the output of a requirement script, or the value it is compared with, as the rule says.

    Versions come back as tuples of numbers with trailing zeros cut, so that `1.2` equals `1.2.0`.

    Raises:
        Incomparable: if the text is not of that kind.
    """
    match kind:
        case ScriptOperation.STRING:
            return text.casefold()
        case ScriptOperation.INTEGER:
            return read_integer(text)
        case ScriptOperation.FLOAT:
            return _read_float(text)
        case ScriptOperation.VERSION:
            return _read_version(text)
        case ScriptOperation.BOOLEAN:
            return _read_boolean(text)
        case ScriptOperation.DATE_TIME:
            return read_date(text)
        case _:
            raise Incomparable("the rule does not say what the output is read as")


def _version_parts(text: str) -> list[int] | None:
    text = text.strip()
    return [int(part) for part in text.split(".")] if re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,10}){0,9}", text) else None


def _read_version(text: str) -> tuple[int, ...]:
    parts = _version_parts(text)
    if parts is None:
        raise Incomparable(f"{text!r} is not a version such as 1.2.3.4")
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _read_float(text: str) -> float:
    if not re.fullmatch(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", text):
        raise Incomparable(f"{text!r} is not a number")
    return float(text)


def _read_boolean(text: str) -> bool:
    words = {"true": True, "false": False}
    if text.strip().casefold() not in words:
        raise Incomparable(f"{text!r} is neither True nor False")
    return words[text.strip().casefold()]
