"""Arithmetic: `+ - * / %`, signs, bits, with types that widen.

Source: learn.microsoft.com, about_Arithmetic_Operators, the language specification, sections 6.15 and 7.6 to 7.9.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Final

from harness.emulator.powershell.runtime.errors import NetException, ScriptError, failure
from harness.emulator.powershell.runtime.values import (
    Char,
    EnumValue,
    Hashtable,
    Int64,
    UInt32,
    UInt64,
    Value,
    is_null,
)
from harness.emulator.powershell.types.conversion import Converter, is_number
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType, type_name_of

__all__ = ["Arithmetic"]

_LONGEST_TEXT = 50_000_000
_LONGEST_LIST = 5_000_000
_INT32 = (-(2**31), 2**31 - 1)


class Arithmetic:
    """Calculates.

    Args:
        converter: converts operands.
    """

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        self.binary: Final[dict[str, Callable[[Value, Value], Value]]] = {
            "+": self.add,
            "-": self.subtract,
            "*": self.multiply,
            "/": lambda left, right: self._calculate("/", left, right),
            "%": lambda left, right: self._calculate("%", left, right),
            "-band": lambda left, right: self._bits(left, right, lambda a, b: a & b),
            "-bor": lambda left, right: self._bits(left, right, lambda a, b: a | b),
            "-bxor": lambda left, right: self._bits(left, right, lambda a, b: a ^ b),
            "-shl": lambda left, right: self._shift(left, right, is_left=True),
            "-shr": lambda left, right: self._shift(left, right, is_left=False),
        }

    def add(self, left: Value, right: Value) -> Value:  # noqa: PLR0911
        """Return `left + right`; what stands on the left decides.

        Raises:
            ScriptError: when they cannot be added.
        """
        if type(left) is int and type(right) is int:
            return _int(left + right)
        if is_null(left):
            return None if is_null(right) else right
        if isinstance(left, str) and not isinstance(left, Char):
            return left + self._converter.text(right)
        if isinstance(left, Char):
            return (
                str(left) + self._converter.text(right) if isinstance(right, str) else self._calculate("+", left, right)
            )
        if isinstance(left, list):
            added = right if isinstance(right, list) else [] if right is not None and is_null(right) else [right]
            return [*left, *added]
        if isinstance(left, Hashtable):
            return self._merged(left, right)
        if isinstance(left, datetime) and isinstance(right, timedelta):
            return _shifted(left, right)
        if isinstance(left, timedelta):
            return left + self._span(right)
        return self._calculate("+", left, right)

    def subtract(self, left: Value, right: Value) -> Value:
        """Return `left - right`."""
        if type(left) is int and type(right) is int:
            return _int(left - right)
        if isinstance(left, datetime):
            if isinstance(right, timedelta):
                return _shifted(left, -right)
            if isinstance(right, str):
                right = self._converter.convert(right, _named("System.DateTime"))
            if isinstance(right, datetime):
                return left.replace(tzinfo=None) - right.replace(tzinfo=None)
        if isinstance(left, timedelta):
            return left - self._span(right)
        return self._calculate("-", left, right)

    def multiply(self, left: Value, right: Value) -> Value:
        """Return `left * right`; texts and lists are repeated."""
        if type(left) is int and type(right) is int:
            return _int(left * right)
        if isinstance(left, str) and not isinstance(left, Char):
            return left * self._count(right, len(left), _LONGEST_TEXT)
        if isinstance(left, list):
            return list(left) * self._count(right, len(left), _LONGEST_LIST)
        return None if is_null(left) else self._calculate("*", left, right)

    def negate(self, value: Value) -> Value:
        """Return `-value`."""
        if isinstance(value, timedelta):
            return -value
        return self._calculate("-", 0, value) if not isinstance(value, float) else -value

    def plus(self, value: Value) -> Value:
        """Return `+value`."""
        return self._calculate("+", 0, value)

    def complement(self, value: Value) -> Value:
        """Return `-bnot value`."""
        number = self._whole(value)
        return Int64(~number) if isinstance(number, Int64) else _fitting(~number)

    def _span(self, value: Value) -> timedelta:
        converted: timedelta = self._converter.convert(value, _named("System.TimeSpan"))
        return converted

    def _count(self, value: Value, size: int, most: int) -> int:
        count = int(self._converter.convert(value, _named("System.Int32")))
        if count < 0:
            raise failure(f"Cannot multiply by a negative number: {count}.", "RuntimeException")
        if count * size > most:
            raise failure(
                "Exception of type 'System.OutOfMemoryException' was thrown.", "System.OutOfMemoryException",
                type_name="System.OutOfMemoryException",
            )  # fmt: skip
        return count

    def _merged(self, left: Hashtable, right: Value) -> Hashtable:
        if not isinstance(right, Hashtable):
            raise failure("A hash table can only be added to another hash table.", "AddHashTableToNonHashTable")
        merged = left.copy()
        for key, value in right.items():
            if key in merged:
                raise failure(
                    f"Item has already been added. Key in dictionary: '{key}'  Key being added: '{key}'",
                    "System.ArgumentException", type_name="System.ArgumentException",
                )  # fmt: skip
            merged[key] = value
        return merged

    # Numbers

    def _number(self, value: Value, operator: str, left: Value) -> Value:
        if is_null(value):
            return 0
        if isinstance(value, bool):
            return int(value)
        if is_number(value):
            return value
        if isinstance(value, Char):
            return ord(value)
        if isinstance(value, EnumValue):
            return value.number
        if isinstance(value, str):
            return self._from_text(value)
        raise _no_operator(operator, left)

    def _from_text(self, text: str) -> Value:
        for name in ("System.Int32", "System.Int64", "System.Double"):
            try:
                converted = self._converter.convert(text, _named(name))
            except ScriptError as error:
                if name == "System.Double" or error.record.exception.inner is None:
                    raise
                if error.record.exception.inner.type_name != "System.OverflowException":
                    raise
                continue
            if name == "System.Int32" and any(char in text for char in ".eE") and "x" not in text.lower():
                return self._converter.convert(text, _named("System.Double"))
            return converted
        raise AssertionError(text)

    def _calculate(self, operator: str, left: Value, right: Value) -> Value:
        if isinstance(left, list) or isinstance(right, list) or isinstance(left, Hashtable | timedelta):
            raise _no_operator(operator, left)
        a, b = self._number(left, operator, left), self._number(right, operator, left)
        try:
            if isinstance(a, float) or isinstance(b, float):
                return _doubles(operator, float(a), float(b))
            if isinstance(a, Decimal) or isinstance(b, Decimal):
                return _decimals(operator, Decimal(a), Decimal(b))
            return _integers(operator, a, b)
        except ZeroDivisionError as error:
            raise _divided_by_zero() from error
        except (OverflowError, DecimalException) as error:
            raise failure(
                "Value was either too large or too small for a Decimal.", "System.OverflowException",
                type_name="System.OverflowException",
            ) from error  # fmt: skip

    def _whole(self, value: Value) -> int:
        number = self._number(value, "-band", value)
        if not isinstance(number, int):
            number = self._converter.convert(number, _named("System.Int64" if abs(number) > 2**31 else "System.Int32"))
        return int(number) if type(number) is not Int64 else Int64(number)

    def _bits(self, left: Value, right: Value, combine: Callable[[int, int], int]) -> Value:
        a, b = self._whole(left), self._whole(right)
        number = combine(int(a), int(b))
        if isinstance(left, EnumValue):
            kind = find_type(left.dotnet)
            return self._converter.convert(number, kind) if kind else number
        return Int64(number) if isinstance(a, Int64) or isinstance(b, Int64) else _fitting(number)

    def _shift(self, left: Value, right: Value, *, is_left: bool) -> Value:
        number, count = self._whole(left), int(self._whole(right))
        bits = 64 if isinstance(number, Int64) else 32
        shifted = int(number) << (count % bits) if is_left else int(number) >> (count % bits)
        half = 1 << (bits - 1)
        wrapped = (shifted + half) % (2 * half) - half
        return Int64(wrapped) if bits == 64 else wrapped  # noqa: PLR2004 - the width


def _named(name: str) -> NetType:
    found = find_type(name)
    assert found is not None
    return found


def _int(number: int) -> Value:
    return number if _INT32[0] <= number <= _INT32[1] else float(number)


def _fitting(number: int) -> Value:
    return number if _INT32[0] <= number <= _INT32[1] else Int64(number)


def _integers(operator: str, left: int, right: int) -> Value:
    a, b = int(left), int(right)
    if operator == "/":
        if b == 0:
            raise ZeroDivisionError
        if a % b:
            return a / b
        number = a // b
    elif operator == "%":
        number = (
            int(math.fmod(a, b)) if abs(a) < 2**53 and abs(b) < 2**53 and b else abs(a) % abs(b) * (1 if a > 0 else -1)
        )
    else:
        number = a + b if operator == "+" else a - b if operator == "-" else a * b
    is_unsigned = isinstance(left, UInt64) or isinstance(right, UInt64)
    if is_unsigned and 0 <= number <= UInt64.highest:
        return UInt64(number)
    if any(isinstance(side, Int64 | UInt32) for side in (left, right)):
        return Int64(number) if Int64.lowest <= number <= Int64.highest else float(number)
    return _int(number)


def _doubles(operator: str, a: float, b: float) -> float:  # noqa: PLR0911
    try:
        match operator:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b
            case _:
                return math.fmod(a, b)
    except (ZeroDivisionError, ValueError):
        if operator == "%" or a == 0 or a != a:  # noqa: PLR0124 - not a number
            return math.nan
        return math.copysign(math.inf, a)


def _decimals(operator: str, a: Decimal, b: Decimal) -> Decimal:
    if operator in "/%" and b == 0:
        raise ZeroDivisionError
    match operator:
        case "+":
            number = a + b
        case "-":
            number = a - b
        case "*":
            number = a * b
        case "/":
            number = a / b
        case _:
            number = a % b
    if abs(number) >= 2**96:
        raise OverflowError
    return number


def _shifted(value: datetime, span: timedelta) -> datetime:
    try:
        return value + span
    except OverflowError as error:
        raise failure(
            "The added or subtracted value results in an un-representable DateTime.", "ArgumentOutOfRangeException",
            type_name="System.ArgumentOutOfRangeException",
        ) from error  # fmt: skip


def _divided_by_zero() -> ScriptError:
    return failure(
        "Attempted to divide by zero.", "RuntimeException", "NotSpecified",
        inner=NetException("System.DivideByZeroException", "Attempted to divide by zero."),
        bases=("System.DivideByZeroException",),
    )  # fmt: skip


def _no_operator(operator: str, left: Value) -> ScriptError:
    names = {"+": "op_Addition", "-": "op_Subtraction", "*": "op_Multiply", "/": "op_Division", "%": "op_Modulus"}
    method = names.get(operator, "op_BitwiseAnd")
    return failure(
        f"Method invocation failed because [{type_name_of(left)}] does not contain a method named '{method}'.",
        "MethodNotFound",
        "InvalidOperation",
        target=method,
    )
