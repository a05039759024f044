"""Static members of `[math]` and `[convert]`.

Source: learn.microsoft.com, Math and Convert classes.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Final

from harness.emulator.powershell.runtime.values import (
    EnumValue,
    Int64,
    TypedArray,
    Value,
)
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World
from harness.emulator.powershell.types.conversion import INTEGERS
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["MATH", "CONVERT", "parse_as", "double_of"]


def double_of(world: World, value: Value) -> float:
    """Return a value as a double."""
    return float(world.converter.convert(value, NetType("System.Double")))


def _round(world: World, value: Value, digits: Value = 0, mode: Value = None) -> Value:
    if isinstance(digits, EnumValue) or (isinstance(digits, str) and not digits.isdigit()):
        digits, mode = 0, digits
    away = mode is not None and "away" in to_text(mode).lower()
    rounding = ROUND_HALF_UP if away else ROUND_HALF_EVEN
    places = int(world.converter.convert(digits, NetType("System.Int32")))
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-places), rounding=rounding)
    number = double_of(world, value)
    if math.isnan(number) or math.isinf(number):
        return number
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=rounding))


def _same_kind(function: Callable[[Any], Any]) -> NetMethod:
    def apply(world: World, value: Value) -> Value:
        if isinstance(value, Decimal):
            return Decimal(function(value))
        number = double_of(world, value)
        return float(function(number))

    return apply


def _absolute(world: World, value: Value) -> Value:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        kind: Callable[[Any], Any] = type(value)
        return kind(abs(value))
    return abs(double_of(world, value))


def _extreme(sign: int) -> NetMethod:
    def apply(world: World, left: Value, right: Value) -> Value:
        numbers = [world.operators.arithmetic.plus(value) for value in (left, right)]
        if isinstance(numbers[0], float) or isinstance(numbers[1], float):
            numbers = [float(number) for number in numbers]
        chosen = max(numbers) if sign > 0 else min(numbers)
        return Int64(chosen) if any(isinstance(n, Int64) for n in numbers) else chosen

    return apply


def _real(function: Callable[..., float]) -> NetMethod:
    return lambda world, *values: function(*[double_of(world, value) for value in values])


MATH: Final[dict[str, NetMethod]] = {
    "Round": _round,
    "Floor": _same_kind(math.floor),
    "Ceiling": _same_kind(math.ceil),
    "Truncate": _same_kind(math.trunc),
    "Abs": _absolute,
    "Max": _extreme(1),
    "Min": _extreme(-1),
    "Pow": _real(math.pow),
    "Sqrt": _real(math.sqrt),
    "Log": _real(math.log),
    "Log10": _real(math.log10),
    "Sign": lambda world, value: (double_of(world, value) > 0) - (double_of(world, value) < 0),
}


def _from_base64(_: World, text: Value) -> TypedArray:
    try:
        data = base64.b64decode("".join(to_text(text).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Thrown(
            "System.FormatException",
            "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding "
            "characters, or an illegal character among the padding characters. ",
        ) from error
    return TypedArray("System.Byte", data)


def _to_integer(name: str) -> NetMethod:
    def apply(world: World, value: Value, base: Value = None) -> Value:
        if base is None:
            return world.converter.convert(value, NetType(name))
        try:
            number = int(to_text(value), int(base))
        except ValueError as error:
            raise Thrown("System.FormatException", "Could not find any recognizable digits.") from error
        return INTEGERS[name](number)

    return apply


def _to_text(world: World, value: Value, base: Value = None) -> str:
    if isinstance(base, int) and not isinstance(base, bool):
        number = int(world.converter.convert(value, NetType("System.Int64"))) & (
            2**32 - 1 if type(value) is int else 2**64 - 1
        )
        return {2: f"{number:b}", 8: f"{number:o}", 16: f"{number:x}"}.get(base, str(number))
    return to_text(value)


CONVERT: Final[dict[str, NetMethod]] = {
    "FromBase64String": _from_base64,
    "ToBase64String": lambda _, data: base64.b64encode(bytes(int(item) for item in data)).decode("ascii"),
    "ToInt32": _to_integer("System.Int32"),
    "ToInt64": _to_integer("System.Int64"),
    "ToUInt32": _to_integer("System.UInt32"),
    "ToByte": _to_integer("System.Byte"),
    "ToString": _to_text,
    "ToDouble": double_of,
    "ToBoolean": lambda world, value: world.converter.convert(value, NetType("System.Boolean")),
    "ToDateTime": lambda world, value: world.converter.convert(value, NetType("System.DateTime")),
    "ToChar": lambda world, value: world.converter.convert(value, NetType("System.Char")),
    "ChangeType": lambda world, value, kind: world.converter.convert(value, kind),
}


def parse_as(name: str) -> NetMethod:
    """Return the method `Parse` of a type."""

    def apply(world: World, text: Value, *_: Value) -> Value:
        from harness.emulator.powershell.runtime.errors import ScriptError

        try:
            return world.converter.convert(to_text(text), NetType(name))
        except ScriptError as error:
            inner = error.record.exception.inner
            raise Thrown(
                inner.type_name if inner else "System.FormatException", inner.message if inner else error.record.message
            ) from error

    return apply
