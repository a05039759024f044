"""Values by format: the `-f` operator and `ToString(format)`.

Source: learn.microsoft.com, "Standard numeric format strings", "Custom numeric format strings", "Composite
formatting"; the current culture is that of the United States.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from uuid import UUID

from harness.emulator.powershell.runtime.errors import Unmodelled, failure
from harness.emulator.powershell.runtime.values import EnumValue, Value, is_null
from harness.emulator.powershell.types.dates import format_date, format_timespan
from harness.emulator.powershell.types.rendering import shown_text

__all__ = ["composite", "format_value"]

_STANDARD = re.compile(r"([A-Za-z])(\d{0,2})")
_HOLE = re.compile(r"\{\{|\}\}|\{\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::((?:[^{}]|\{\{|\}\})*))?\}|[{}]")
_MOST_WIDE = 100_000


def composite(template: str, values: list[Value]) -> str:
    """Return a template with `{0}`, `{1,10}`, `{2:N2}` filled in.

    Raises:
        ScriptError: when the template asks for more values than there are, or is malformed.
    """

    def filled(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] is None:
            raise _format_error("Input string was not in a correct format.")
        index = int(found[1])
        if index >= len(values):
            raise _format_error(
                "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."
            )
        text = format_value(values[index], (found[3] or "").replace("{{", "{").replace("}}", "}"))
        width = int(found[2] or 0)
        if abs(width) > _MOST_WIDE:
            raise _format_error("Input string was not in a correct format.")
        return text.ljust(-width) if width < 0 else text.rjust(width)

    return _HOLE.sub(filled, template)


def _format_error(message: str) -> Exception:
    return failure(
        f"Error formatting a string: {message}", "FormatError", "InvalidOperation",
        type_name="System.Management.Automation.PSInvalidOperationException",
    )  # fmt: skip


def format_value(value: Value, pattern: str) -> str:  # noqa: PLR0911
    """Return a value by a format; without one as the screen shows it.

    Raises:
        Unmodelled: for a format that is not modelled.
        ScriptError: for one that does not fit the value.
    """
    if is_null(value):
        return ""
    if not pattern:
        return shown_text(value)
    if isinstance(value, datetime):
        return format_date(value, pattern)
    if isinstance(value, timedelta):
        return format_timespan(value, pattern)
    if isinstance(value, UUID):
        return _guid(value, pattern)
    if isinstance(value, EnumValue):
        return _enum(value, pattern)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(value, pattern)
    return shown_text(value)


def _guid(value: UUID, pattern: str) -> str:
    forms = {"N": value.hex, "D": str(value), "B": f"{{{value}}}", "P": f"({value})"}
    if pattern.upper() not in forms:
        raise _format_error('Format String can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
    return forms[pattern.upper()]


def _enum(value: EnumValue, pattern: str) -> str:
    match pattern.lower():
        case "d":
            return str(value.number)
        case "x":
            return f"{value.number & 0xFFFFFFFF:08X}"
        case _:
            return value.name


def _number(value: Value, pattern: str) -> str:  # noqa: PLR0911
    standard = _STANDARD.fullmatch(pattern)
    if standard is None:
        return _custom(value, pattern)
    kind, digits = standard[1].upper(), int(standard[2]) if standard[2] else None
    if isinstance(value, float) and value - value != 0:
        return shown_text(value)
    match kind:
        case "D" | "X":
            return _integer(value, kind, digits or 0, is_lower=standard[1] == "x")
        case "N" | "F" | "C" | "P":
            return _fixed(value, kind, 2 if digits is None else digits)
        case "E":
            mantissa, _, exponent = f"{value:.{6 if digits is None else digits}{standard[1]}}".partition(standard[1])
            return f"{mantissa}{standard[1]}{exponent[0]}{int(exponent[1:]):03d}"
        case "G" | "R":
            if digits and not isinstance(value, int):
                return format(value, f".{digits}g").upper()
            return shown_text(value)
        case _:
            raise _format_error("Format specifier was invalid.")


def _integer(value: Value, kind: str, digits: int, *, is_lower: bool) -> str:
    if not isinstance(value, int):
        raise _format_error("Format specifier was invalid.")
    if kind == "D":
        return f"{'-' if value < 0 else ''}{abs(value):0{digits}d}"
    if value < 0:
        value = value + (2**32 if type(value) is int else 2**64)
    return format(value, f"0{digits}{'x' if is_lower else 'X'}")


def _rounded(value: Value, digits: int) -> Decimal:
    exact = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    try:
        return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return exact


def _fixed(value: Value, kind: str, digits: int) -> str:
    number = _rounded(value * 100 if kind == "P" else value, digits)
    grouped = format(abs(number), f"{'' if kind == 'F' else ','}.{digits}f")
    is_negative = number < 0
    match kind:
        case "C":
            return f"(${grouped})" if is_negative else f"${grouped}"
        case "P":
            return f"{'-' if is_negative else ''}{grouped} %"
        case _:
            return f"{'-' if is_negative else ''}{grouped}"


def _custom(value: Value, pattern: str) -> str:
    sections = pattern.split(";")
    if value < 0 and len(sections) > 1 and sections[1]:
        return _custom(abs(value), sections[1])
    if value == 0 and len(sections) > 2:  # noqa: PLR2004 - the third is for zero
        return _custom_section(value, sections[2])
    return ("-" if value < 0 else "") + _custom_section(abs(value), sections[0])


def _custom_section(value: Value, pattern: str) -> str:
    found = re.search(r"[0#][0#,.]*", pattern)
    if found is None:
        return re.sub(r"['\"\\]", "", pattern)
    before, digits, after = pattern[: found.start()], found[0], pattern[found.end() :]
    if re.search(r"[0#eE]", re.sub(r"'[^']*'|\"[^\"]*\"", "", after)):
        raise Unmodelled(f"the number format {pattern!r}", "use one group of digits, for example 0.00")
    if "%" in before + after:
        value = value * 100
    whole, _, decimals = digits.partition(".")
    number = _rounded(value, len(decimals))
    text = format(number, f".{len(decimals)}f")
    left, _, right = text.partition(".")
    width = whole.replace(",", "").count("0")
    left = left.lstrip("0").rjust(width, "0")
    if "," in whole:
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    least = len(decimals.rstrip("#"))
    while len(right) > least and right.endswith("0"):
        right = right[:-1]
    middle = left + ("." + right if right else "")
    return re.sub(r"['\"\\]", "", before) + middle + re.sub(r"['\"\\]", "", after)
