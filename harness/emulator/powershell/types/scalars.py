"""Scalars: truth, numbers in texts, versions, and the errors of casts.

Source: learn.microsoft.com, about_Type_Conversion, about_Booleans; ExtendedTypeSystem.resx for the texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from harness.emulator.powershell.runtime.errors import NetException, ScriptError, failure
from harness.emulator.powershell.runtime.values import (
    Byte,
    Char,
    EnumValue,
    Int16,
    Int64,
    SByte,
    UInt16,
    UInt32,
    UInt64,
    Value,
    Version,
    is_null,
)
from harness.emulator.powershell.types.nettype import NetType, type_name_of
from harness.emulator.powershell.types.rendering import to_text

__all__ = [
    "INTEGERS",
    "INT32",
    "FORMAT",
    "to_bool",
    "is_number",
    "to_number",
    "version_of",
    "invalid",
    "cannot",
    "no_enum",
    "enum_of",
]

#: Integer types by name, and how one is made.
INTEGERS: Final[Mapping[str, type[int]]] = {
    "System.Int32": int,
    **{kind.dotnet: kind for kind in (Int64, Byte, SByte, Int16, UInt16, UInt32, UInt64)},
}


INT32 = (-(2**31), 2**31 - 1)


_NUMBER = re.compile(
    r"\s*([+-]?)(?:0x([0-9a-f]+)|((?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)([ld]?)([kmgtp]b)?)\s*", re.IGNORECASE
)


_UNITS = {"kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}


FORMAT = "Input string was not in a correct format."


def to_bool(value: Value) -> bool:  # noqa: PLR0911
    """Return whether a value counts as true."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if kind is str or kind is int:
        return bool(value)
    if is_null(value):
        return False
    if isinstance(value, list):
        if len(value) == 1:
            only = value[0]
            return bool(only) if isinstance(only, list) else to_bool(only)
        return bool(value)
    if isinstance(value, Char):
        return value != "\0"
    if isinstance(value, EnumValue):
        return value.number != 0
    if isinstance(value, int | float | Decimal | str):
        return bool(value)
    return True


def is_number(value: Value) -> bool:
    """Return whether a value is a number; truth values and characters are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def to_number(text: str) -> Value:
    """Return the number that a text says: a 32-bit integer if it fits, else the next wider type; None for no number."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return 0 if not text.strip() else None
    sign = -1 if found[1] == "-" else 1
    if found[2]:
        return _fitting(sign * _signed(int(found[2], 16), len(found[2])))
    digits = found[3].replace(",", "")
    factor = 1024 ** _UNITS.get((found[5] or "").lower(), 0)
    if (found[4] or "").lower() == "d":
        return Decimal(digits) * sign * factor
    if re.fullmatch(r"\d+", digits):
        number = int(digits) * sign * factor
        return Int64(number) if (found[4] or "").lower() == "l" and abs(number) < 2**63 else _fitting(number)
    return float(digits) * sign * factor


def _signed(number: int, digits: int) -> int:
    if digits == 8 and number >= 2**31:  # noqa: PLR2004 - 32 bits
        return number - 2**32
    return number - 2**64 if digits == 16 and number >= 2**63 else number  # noqa: PLR2004 - 64 bits


def _fitting(number: int) -> Value:
    if INT32[0] <= number <= INT32[1]:
        return number
    if Int64.lowest <= number <= Int64.highest:
        return Int64(number)
    return Decimal(number) if abs(number) < 2**96 else float(number)


def version_of(text: str) -> Version:
    """Return the version a text says.

    Raises:
        ValueError: with .NET's words.
    """
    parts = text.strip().split(".")
    if not 2 <= len(parts) <= 4:  # noqa: PLR2004 - major and minor at least
        raise ValueError("Version string portion was too short or too long.")
    numbers = []
    for part in parts:
        if not re.fullmatch(r"\s*\+?\d+\s*", part):
            if re.fullmatch(r"\s*-\d+\s*", part):
                raise ValueError(
                    "Version's parameters must be greater than or equal to zero.\r\nParameter name: version"
                )
            raise ValueError(FORMAT)
        number = int(part)
        if number > INT32[1]:
            raise ValueError("Value was either too large or too small for an Int32.")
        numbers.append(number)
    return Version(*numbers)


def enum_of(kind: NetType, number: int) -> EnumValue:
    """Return an enumeration's value for a number."""
    members = kind.members or {}
    for name, known in members.items():
        if known == number:
            return EnumValue(kind.name, name, number)
    if kind.is_flags:
        names = [name for name, known in members.items() if known and known & number == known]
        combined = 0
        for name in names:
            combined |= members[name]
        if combined == number:
            return EnumValue(kind.name, ", ".join(names), number)
    return EnumValue(kind.name, str(number), number)


def _error(message: str, error_id: str, inner: NetException | None = None) -> ScriptError:
    return failure(
        message,
        error_id,
        "InvalidArgument",
        type_name="System.Management.Automation.PSInvalidCastException",
        inner=inner,
        bases=("System.InvalidCastException", "System.Management.Automation.RuntimeException"),
    )


def invalid(value: Value, name: str, why: str, inner: str = "System.FormatException") -> ScriptError:
    """Return the error of a value that a type does not take."""
    kind = "InvalidCastFromStringTo" + (
        "Integer" if name in INTEGERS else "DoubleOrSingle" if name in ("System.Double", "System.Single") else ""
    )
    error_id = kind if kind[-2:] != "To" else "InvalidCastParseTargetInvocation"
    return _error(
        f'Cannot convert value "{to_text(value)}" to type "{name}". Error: "{why}"', error_id, NetException(inner, why)
    )


def cannot(value: Value, name: str) -> ScriptError:
    """Return the error of a value that no conversion fits."""
    if is_null(value):
        return _error(f'Cannot convert null to type "{name}".', "nullToObjectCast")
    text, own = to_text(value), type_name_of(value)
    return _error(
        f'Cannot convert the "{text}" value of type "{own}" to type "{name}".', "ConvertToFinalInvalidCastException"
    )


def no_enum(value: Value, kind: NetType) -> ScriptError:
    """Return the error of a name that an enumeration does not have."""
    names = ",".join(kind.members or {})
    return _error(
        f'Cannot convert value "{to_text(value)}" to type "{kind.name}". Error: "Unable to match the identifier name '
        f"{to_text(value)} to a valid enumerator name. Specify one of the following enumerator names and try again:"
        f'\r\n{names}"',
        "InvalidCastFromStringToEnum",
    )
