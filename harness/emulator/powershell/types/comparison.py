"""Comparison: equality and order, containment, wildcards.

The left operand decides: the right one is converted to its type. Source: learn.microsoft.com,
about_Comparison_Operators; LanguagePrimitives.cs of PowerShell 7 for null and for what cannot be converted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from harness.emulator.powershell.runtime.errors import ScriptError, failure
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import Char, EnumValue, Nothing, Value, Version, is_null
from harness.emulator.powershell.types.conversion import Converter, is_number, to_bool, to_number
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType, type_name_of
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Comparison", "collated"]


def collated(text: str) -> tuple[str, str]:
    """Return what texts are ordered by: letters first, then lower before upper case, as the culture has it.

    Punctuation comes before digits, digits before letters. Source: learn.microsoft.com, "Sort weight tables"; the
    hyphen and the apostrophe, which Windows gives hardly any weight, are ordered like other punctuation here.
    """
    return "".join(_WEIGHTS.get(char, char) for char in text.lower()), text.swapcase()


_WEIGHTS = {char: chr(1 + number) for number, char in enumerate("_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$")}


class Comparison:
    """Compares.

    Args:
        converter: converts operands.
    """

    def __init__(self, converter: Converter) -> None:
        self._converter = converter

    def equals(self, left: Value, right: Value, *, is_case_sensitive: bool = False) -> bool:
        """Return whether two values are equal, what stands on the left being no list."""
        if type(left) is str:
            other = right if type(right) is str else self._text(right)
            if other is None:
                return False
            return left == other if is_case_sensitive else left.lower() == other.lower()
        if is_null(left) or is_null(right):
            return is_null(left) and is_null(right)
        if isinstance(left, bool):
            return left == to_bool(right)
        if is_number(left) or isinstance(left, Char):
            return self._equal_number(left, right)
        return self._equal_object(left, right)

    def _text(self, value: Value) -> str | None:
        return None if value is None or isinstance(value, Nothing) else self._converter.text(value)

    def _equal_number(self, left: Value, right: Value) -> bool:
        if isinstance(left, Char):
            if isinstance(right, str):
                return left.lower() == right.lower()
            left = ord(left)
        number = self._as_number(right)
        if number is None:
            return False
        if isinstance(left, Decimal) != isinstance(number, Decimal) and (
            isinstance(left, float) or isinstance(number, float)
        ):
            return float(left) == float(number)
        return bool(left == number)

    def _as_number(self, value: Value) -> Value:
        """Return a value as a number, None when it is none."""
        if isinstance(value, bool):
            return int(value)
        if is_number(value):
            return value
        if isinstance(value, Char):
            return ord(value)
        if isinstance(value, EnumValue):
            return value.number
        return to_number(value) if isinstance(value, str) else None

    def _equal_object(self, left: Value, right: Value) -> bool:
        if type(left) is type(right) and isinstance(left, datetime):
            return bool(left.replace(tzinfo=None) == right.replace(tzinfo=None))
        if left is right or (
            type(left) is type(right) and isinstance(left, UUID | Version | timedelta | EnumValue | NetType)
        ):
            return left is right or bool(left == right)
        kind = self._type_of(left)
        if kind is None or isinstance(left, PSObject):
            return isinstance(left, PSObject) and left.text is not None and isinstance(right, str) and False
        converted = self._converter.convert_or_null(right, kind)
        return converted is not None and type(converted) is type(left) and bool(converted == left)

    def _type_of(self, value: Value) -> NetType | None:
        if isinstance(value, EnumValue):
            return find_type(value.dotnet)
        return find_type(type_name_of(value))

    def compare(self, left: Value, right: Value, *, is_case_sensitive: bool = False) -> int:
        """Return below zero, zero or above as the left comes before, with, or behind the right.

        Raises:
            ScriptError: when they cannot be compared.
        """
        if is_null(left) or is_null(right):
            return _compare_null(left, right)
        if isinstance(left, str) and not isinstance(left, Char):
            return _compare_text(left, self._converter.text(right), is_case_sensitive=is_case_sensitive)
        if isinstance(left, bool):
            return int(left) - int(to_bool(right))
        if is_number(left) or isinstance(left, Char):
            return self._compare_number(ord(left) if isinstance(left, Char) else left, right)
        kind = self._type_of(left)
        if isinstance(left, PSObject | list) or kind is None:
            raise _not_comparable(left, right)
        try:
            other = self._converter.convert(right, kind)
        except ScriptError as error:
            raise _conversion_failed(left, right, error) from error
        if isinstance(left, EnumValue):
            left, other = left.number, other.number
        if isinstance(left, datetime):
            left, other = left.replace(tzinfo=None), other.replace(tzinfo=None)
        if isinstance(left, UUID):
            left, other = str(left), str(other)
        try:
            return int(left > other) - int(left < other)
        except TypeError as error:
            raise _not_comparable(left, right) from error

    def _compare_number(self, left: Value, right: Value) -> int:
        number = self._as_number(right)
        if number is None:
            kind = find_type(type_name_of(left))
            try:
                number = self._converter.convert(right, kind) if kind else None
            except ScriptError as error:
                raise _conversion_failed(left, right, error) from error
        if isinstance(left, float) or isinstance(number, float):
            left, number = float(left), float(number)
        return int(left > number) - int(left < number)

    def contains(self, items: Value, wanted: Value, *, is_case_sensitive: bool = False) -> bool:
        """Return whether a list has a value, as `-contains` says."""
        if not isinstance(items, list):
            return not is_null(items) and self.equals(items, wanted, is_case_sensitive=is_case_sensitive)
        return any(self.equals(item, wanted, is_case_sensitive=is_case_sensitive) for item in items)

    def sort_key(self) -> Callable[[Value, Value], int]:
        """Return a function that orders values of all types, as Sort-Object does: texts when nothing else works."""

        def order(left: Value, right: Value) -> int:
            try:
                return self.compare(left, right)
            except ScriptError:
                return _compare_text(to_text(left), to_text(right), is_case_sensitive=False)

        return order


def _compare_null(left: Value, right: Value) -> int:
    if is_null(left) and is_null(right):
        return 0
    if is_null(left):
        return 1 if is_number(right) and right < 0 else -1
    return -1 if is_number(left) and left < 0 else 1


def _compare_text(left: str, right: str, *, is_case_sensitive: bool) -> int:
    a, b = collated(left), collated(right)
    if is_case_sensitive:
        return (a > b) - (a < b)
    return (a[0] > b[0]) - (a[0] < b[0])


def _conversion_failed(left: Value, right: Value, error: ScriptError) -> ScriptError:
    return failure(
        f'Could not compare "{to_text(left)}" to "{to_text(right)}". Error: "{error.record.message}"',
        "ComparisonFailure",
        "InvalidOperation",
    )


def _not_comparable(left: Value, right: Value) -> ScriptError:
    return failure(
        f'Cannot compare "{to_text(left)}" to "{to_text(right)}" because the objects are not the same type or the '
        f'object "{to_text(left)}" does not implement "IComparable".',
        "NotIcomparable",
        "InvalidOperation",
    )
