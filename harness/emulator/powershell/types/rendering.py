"""What values are as text: in a string with the invariant culture, on the screen with that of the United States.

Source: learn.microsoft.com, about_Type_Conversion, "Standard numeric format strings" (the general format takes 15
digits of a double, 7 of a single), "Standard date and time format strings".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import (
    Closure,
    EnumValue,
    Hashtable,
    Nothing,
    Single,
    Value,
    Version,
)

if TYPE_CHECKING:
    from harness.emulator.powershell.types.nettype import NetType

__all__ = ["to_text", "shown_text", "number_text", "timespan_text", "TICKS_PER_MICROSECOND"]

TICKS_PER_MICROSECOND = 10


def to_text(value: Value, separator: str = " ") -> str:
    """Return a value as a text, as `"$value"` has it.

    Args:
        value: the value.
        separator: what stands between the items of a list: `$OFS`.
    """
    if type(value) is str:
        return value
    if isinstance(value, list):
        return separator.join([_item_text(item) for item in value])
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %H:%M:%S").rjust(19, "0")
    return _plain(value)


def shown_text(value: Value) -> str:
    """Return a value as the screen shows it: dates in the order of the United States."""
    if isinstance(value, datetime):
        hour = value.hour % 12 or 12
        half = "AM" if value.hour < 12 else "PM"  # noqa: PLR2004 - noon
        return f"{value.month}/{value.day}/{value.year} {hour}:{value:%M:%S} {half}"
    return to_text(value)


def number_text(value: Value) -> str:
    """Return a number as a text."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
        text = format(value, ".7g" if isinstance(value, Single) else ".15g")
        return text.upper() if "e" in text else text.removeprefix("-") if text == "-0" else text
    if isinstance(value, Decimal):
        return format(value, "f")
    return int.__repr__(value)


def timespan_text(value: timedelta) -> str:
    """Return a span of time as .NET's constant format has it: `1.02:03:04.5000000`."""
    sign, length = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(length.seconds, 3600)
    days = f"{length.days}." if length.days else ""
    fraction = f".{length.microseconds * TICKS_PER_MICROSECOND:07d}" if length.microseconds else ""
    return f"{sign}{days}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"


def _item_text(item: Value) -> str:
    return "System.Object[]" if isinstance(item, list) and type(item) is list else to_text(item)


def _plain(value: Value) -> str:
    if value is None or isinstance(value, Nothing):
        return ""
    if value is True or value is False:
        return "True" if value else "False"
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, timedelta):
        return timespan_text(value)
    return _object_text(value)


def _object_text(value: Value) -> str:  # noqa: PLR0911 - one a kind
    match value:
        case PSObject():
            return _custom_text(value)
        case Hashtable(dotnet=name):
            return str(name)
        case EnumValue(name=name):
            return name
        case Version() | UUID():
            return str(value)
        case Closure():
            return value.text
        case ErrorRecord():
            return value.message
        case NetException():
            return f"{value.type_name}: {value.message}"
        case _:
            return _type_text(value)


def _type_text(value: NetType) -> str:
    """Return a type as PowerShell writes it: by its short name where it has one."""
    return _SHORT.get(value.name, value.name)


_SHORT = {
    "System.Int32": "int",
    "System.Int64": "long",
    "System.String": "string",
    "System.Boolean": "bool",
    "System.Double": "double",
    "System.Decimal": "decimal",
    "System.Char": "char",
    "System.Byte": "byte",
    "System.DateTime": "datetime",
    "System.TimeSpan": "timespan",
    "System.Guid": "guid",
    "System.Version": "version",
    "System.Collections.Hashtable": "hashtable",
    "System.Management.Automation.ScriptBlock": "scriptblock",
}


def _custom_text(value: PSObject) -> str:
    if value.text is not None:
        return value.text()
    if not value.is_custom:
        return value.type_names[0]
    if not value.members:
        return ""
    pairs = (f"{member.name}={_member_text(member.read())}" for member in value.members.values())
    return "@{" + "; ".join(pairs) + "}"


def _member_text(value: Value) -> str:
    """Return a property's value inside the text of its object; lists and hashtables show their type."""
    if isinstance(value, list):
        element = getattr(value, "element", "") or "System.Object"
        return getattr(value, "dotnet", f"{element}[]")
    return to_text(value)
