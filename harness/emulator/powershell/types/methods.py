"""Methods of values: which there are, and calling them.

Source: learn.microsoft.com, the pages of the .NET types.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import (
    ArrayList,
    EnumValue,
    Hashtable,
    Int64,
    Value,
    Version,
)
from harness.emulator.powershell.types.calls import NetMethod, World, argument_error, call, no_method
from harness.emulator.powershell.types.collection_methods import (
    GROWING_METHODS,
    HASHTABLE_METHODS,
    LIST_METHODS,
    equal_objects,
)
from harness.emulator.powershell.types.conversion import is_number
from harness.emulator.powershell.types.dates import format_date, format_timespan, universal
from harness.emulator.powershell.types.formats import format_value
from harness.emulator.powershell.types.members import ticks_of
from harness.emulator.powershell.types.nettype import NetType, is_instance, type_name_of
from harness.emulator.powershell.types.rendering import shown_text
from harness.emulator.powershell.types.text_methods import TEXT_METHODS

__all__ = ["find_method", "call_method", "method_names"]


def _moved(value: datetime, span: timedelta) -> datetime:
    try:
        return value + span
    except OverflowError as error:
        raise argument_error(
            "The added or subtracted value results in an un-representable DateTime.", "value"
        ) from error


def _number(world: World, value: Value) -> float:
    return float(world.converter.convert(value, NetType("System.Double")))


def _adding(seconds: float) -> NetMethod:
    return lambda world, value, count: _moved(
        value, timedelta(milliseconds=round(seconds * 1000 * _number(world, count)))
    )


def _add_months(world: World, value: datetime, count: Value, factor: int = 1) -> datetime:
    months = value.month - 1 + int(_number(world, count)) * factor
    year, month = value.year + months // 12, months % 12 + 1
    if not 1 <= year <= 9999:  # noqa: PLR2004
        raise argument_error("The added or subtracted value results in an un-representable DateTime.", "months")
    return value.replace(year=year, month=month, day=min(value.day, monthrange(year, month)[1]))


def _date_text(world: World, value: datetime, pattern: Value = None, culture: Value = None) -> str:
    del culture
    return (
        format_date(value, world.converter.text(pattern), world.converter.offset(value))
        if pattern
        else shown_text(value)
    )


def _subtract(_: World, value: datetime, other: Value) -> Value:
    if isinstance(other, timedelta):
        return _moved(value, -other)
    return value.replace(tzinfo=None) - other.replace(tzinfo=None)


_DATE: Final[dict[str, NetMethod]] = {
    "AddDays": _adding(86400),
    "AddHours": _adding(3600),
    "AddMinutes": _adding(60),
    "AddSeconds": _adding(1),
    "AddMilliseconds": _adding(0.001),
    "AddTicks": lambda _, value, count: _moved(value, timedelta(microseconds=count // 10)),
    "AddMonths": lambda world, value, count: _add_months(world, value, count),  # noqa: PLW0108
    "AddYears": lambda world, value, count: _add_months(world, value, count, 12),
    "Add": lambda world, value, span: _moved(value, world.converter.convert(span, NetType("System.TimeSpan"))),
    "Subtract": _subtract,
    "ToString": _date_text,
    "ToUniversalTime": lambda world, value: universal(value, world.converter.offset(value)),
    "ToLocalTime": lambda world, value: (
        value.replace(tzinfo=None) + world.converter.offset(value) if value.tzinfo else value
    ),
    "ToShortDateString": lambda _, value: format_date(value, "d"),
    "ToLongDateString": lambda _, value: format_date(value, "D"),
    "ToShortTimeString": lambda _, value: format_date(value, "t"),
    "ToLongTimeString": lambda _, value: format_date(value, "T"),
    "ToFileTime": lambda world, value: Int64(
        ticks_of(universal(value, world.converter.offset(value))) - 504911232000000000
    ),
    "ToOADate": lambda _, value: (value.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1),  # noqa: DTZ001
    "IsDaylightSavingTime": lambda _, __: False,
}

_SPAN: Final[dict[str, NetMethod]] = {
    "Add": lambda _, value, other: value + other,
    "Subtract": lambda _, value, other: value - other,
    "Negate": lambda _, value: -value,
    "Duration": lambda _, value: abs(value),
    "ToString": lambda world, value, pattern="": format_timespan(value, world.converter.text(pattern)),
}


def _compare_to(world: World, value: Value, other: Value) -> int:
    return world.operators.comparison.compare(value, other)


def _version_text(world: World, value: Version, count: Value = None) -> str:
    text = str(value)
    return text if count is None else ".".join(text.split(".")[: int(_number(world, count))])


def _has_flag(_: World, value: EnumValue, flag: Value) -> bool:
    number = flag.number if isinstance(flag, EnumValue) else int(flag)
    return value.number & number == number


def _hash(text: str) -> int:
    """Return a number for a text; .NET's own changes from release to release."""
    number = 5381
    for char in text:
        number = (number * 33 ^ ord(char)) & 0x7FFFFFFF
    return number


def _type_of(_: World, value: Value) -> NetType:
    return NetType(type_name_of(value))


_TABLES: Final[list[tuple[type, dict[str, NetMethod]]]] = [
    (str, TEXT_METHODS),
    (datetime, _DATE),
    (timedelta, _SPAN),
    (ArrayList, GROWING_METHODS),
    (list, LIST_METHODS),
    (Hashtable, HASHTABLE_METHODS),
    (Version, {"ToString": _version_text, "CompareTo": _compare_to, "Clone": lambda _, value: value}),
    (UUID, {"ToString": lambda world, value, form="D": format_value(value, world.converter.text(form) or "D")}),
    (EnumValue, {"HasFlag": _has_flag, "ToString": lambda world, value, form="": format_value(value, form)}),  # noqa: ARG005
    (
        NetType,
        {
            "IsAssignableFrom": lambda _, kind, other: kind == other or kind.name == "System.Object",
            "IsInstanceOfType": lambda _, kind, value: is_instance(value, kind),
            "IsSubclassOf": lambda _, kind, other: kind != other and other.name == "System.Object",
        },
    ),
]
_EVERYTHING: Final[dict[str, NetMethod]] = {
    "ToString": lambda world, value, pattern="", culture=None: (  # noqa: ARG005
        format_value(value, world.converter.text(pattern)) if pattern else shown_text(value)
    ),
    "GetType": _type_of,
    "Equals": lambda _, value, other: equal_objects(value, other),
    "CompareTo": _compare_to,
    "GetHashCode": lambda _, value: _hash(shown_text(value)),
}
_BY_NAME: Final = [(kind, {name.lower(): method for name, method in table.items()}) for kind, table in _TABLES]
_COMMON: Final = {name.lower(): method for name, method in _EVERYTHING.items()}


def find_method(value: Value, name: str) -> NetMethod | None:
    """Return a method of a value by name; None when it has none."""
    key = name.lower()
    if isinstance(value, PSObject) and key in value.methods:
        method = value.methods[key]

        def bound(_: World, __: Value, *arguments: Value) -> Value:
            return method(*arguments)

        return bound
    for kind, table in _BY_NAME:
        if isinstance(value, kind) and key in table:
            return table[key]
    return _COMMON.get(key)


def call_method(world: World, value: Value, name: str, arguments: list[Value]) -> Value:
    """Call a method of a value.

    Raises:
        ScriptError: when it throws, when it is not there, when the value is `$null`.
        Unmodelled: when .NET has it and the emulated one does not.
    """
    method = find_method(value, name)
    if method is None:
        kind = type_name_of(value)
        if not (isinstance(value, PSObject) and value.is_custom) and not _is_complete(value):
            raise Unmodelled(f"the method {name} of [{kind}]", "do the same with what is modelled, or leave it out")
        raise no_method(kind, name)
    return call(method, name, (world, value), arguments)


def _is_complete(value: Value) -> bool:
    """Return whether all methods of a type that scripts call are here, so that another name is a mistake."""
    return isinstance(
        value, str | bool | EnumValue | Version | UUID | datetime | timedelta | list | Hashtable
    ) or is_number(value)


def method_names(value: Value) -> list[str]:
    """Return the names of a value's methods, sorted."""
    names = set(_EVERYTHING)
    for kind, table in _TABLES:
        if isinstance(value, kind):
            names |= set(table)
    return sorted(names)
