"""Types as values: `[int]`, `[System.IO.FileInfo]`, `[string[]]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException
from harness.emulator.powershell.runtime.objects import CUSTOM, PSObject
from harness.emulator.powershell.runtime.values import (
    ArrayList,
    Char,
    Closure,
    EnumValue,
    Hashtable,
    Integer,
    Nothing,
    Single,
    TypedArray,
    Value,
    Version,
)

__all__ = ["NetType", "type_name_of", "is_instance", "GENERIC_LIST"]

GENERIC_LIST = "System.Collections.Generic.List`1"


@dataclass(frozen=True, slots=True, eq=False)
class NetType:
    """A type.

    Attributes:
        name: its full name, arrays with `[]` behind their element's.
        members: the values of an enumeration by name; None for anything else.
        is_flags: whether an enumeration's values combine.
    """

    name: str
    members: Mapping[str, int] | None = field(default=None, compare=False)
    is_flags: bool = False

    @property
    def element(self) -> str:
        """What an array is made of; empty for anything else."""
        return self.name[:-2] if self.name.endswith("[]") else ""

    @property
    def short(self) -> str:
        """The name without its namespace."""
        return self.name.split("[")[0].rsplit(".", 1)[-1] + (
            "[" + self.name.split("[", 1)[1] if "[" in self.name else ""
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetType) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


_NAMES: dict[type, str] = {
    str: "System.String",
    int: "System.Int32",
    bool: "System.Boolean",
    float: "System.Double",
    Single: "System.Single",
    Decimal: "System.Decimal",
    Char: "System.Char",
    datetime: "System.DateTime",
    timedelta: "System.TimeSpan",
    UUID: "System.Guid",
    Version: "System.Version",
    list: "System.Object[]",
    Closure: "System.Management.Automation.ScriptBlock",
    ErrorRecord: "System.Management.Automation.ErrorRecord",
    NetType: "System.RuntimeType",
}

_NAMED: dict[type, Callable[[Value], str]] = {
    TypedArray: lambda value: f"{value.element}[]",
    ArrayList: lambda value: f"{value.dotnet}[[{value.element}]]" if value.element else value.dotnet,
    Hashtable: lambda value: value.dotnet,
    EnumValue: lambda value: value.dotnet,
    PSObject: lambda value: value.type_names[0].removeprefix("Selected."),
    NetException: lambda value: value.type_name,
}


def type_name_of(value: Value) -> str:
    """Return the full name of a value's type; `null` has none and gives an empty text."""
    kind = type(value)
    if kind in _NAMES:
        return _NAMES[kind]
    if kind in _NAMED:
        return _NAMED[kind](value)
    if isinstance(value, Integer):
        return value.dotnet
    return "" if value is None or isinstance(value, Nothing) else kind.__name__


_NUMERIC = ("System.IComparable", "System.IConvertible", "System.IFormattable", "System.ValueType")
_COLLECTION = ("System.Collections.IEnumerable", "System.Collections.ICollection")

#: What a type is besides itself and an object.
_BASES: dict[str, tuple[str, ...]] = {
    "System.String": ("System.IComparable", "System.IConvertible", "System.Collections.IEnumerable"),
    "System.Boolean": ("System.IComparable", "System.IConvertible", "System.ValueType"),
    "System.Version": ("System.IComparable",),
    "System.RuntimeType": ("System.Type",),
    **dict.fromkeys(
        (
            *("System.Int32", "System.Int64", "System.Double", "System.Single", "System.Decimal", "System.Byte"),
            *("System.SByte", "System.Int16", "System.UInt16", "System.UInt32", "System.UInt64", "System.Char"),
            *("System.DateTime", "System.TimeSpan", "System.Guid"),
        ),
        _NUMERIC,
    ),
    "System.Collections.Hashtable": (*_COLLECTION, "System.Collections.IDictionary"),
    "System.Collections.Specialized.OrderedDictionary": (*_COLLECTION, "System.Collections.IDictionary"),
    "System.Collections.ArrayList": (*_COLLECTION, "System.Collections.IList"),
}


def is_instance(value: Value, kind: NetType) -> bool:
    """Return whether a value is of a type, as `-is` says."""
    wanted = kind.name.lower()
    own = type_name_of(value)
    if not own:
        return False
    if wanted in (own.lower(), "system.object"):
        return True
    return wanted in (name.lower() for name in _others(value, own))


def _others(value: Value, own: str) -> tuple[str, ...]:  # noqa: PLR0911
    """Return what a value is besides its own type."""
    match value:
        case PSObject(type_names=names):
            named = (*names, "System.Management.Automation.PSObject") if value.is_custom else tuple(names)
            return (*named, CUSTOM) if value.is_custom else named
        case NetException():
            return (*value.bases, "System.Exception", "System.SystemException")
        case EnumValue():
            return ("System.Enum", "System.ValueType")
        case ArrayList():
            return (value.dotnet, *_COLLECTION, "System.Collections.IList")
        case list():
            object_array = (
                ("System.Object[]",) if isinstance(value, TypedArray) and value.element == "System.String" else ()
            )
            return (*object_array, "System.Array", *_COLLECTION, "System.Collections.IList")
        case Hashtable():
            return (*_COLLECTION, "System.Collections.IDictionary")
        case _:
            return _BASES.get(own, ())
