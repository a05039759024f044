"""Static members of types: constants, properties, methods, and making objects.

Source: learn.microsoft.com, the pages of the .NET types.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from uuid import UUID

from harness.emulator.powershell.runtime.errors import NetException, Unmodelled
from harness.emulator.powershell.runtime.objects import custom_object
from harness.emulator.powershell.runtime.values import (
    ArrayList,
    Char,
    EnumValue,
    Hashtable,
    TypedArray,
    Value,
)
from harness.emulator.powershell.types.calls import NetMethod, World, call, no_method
from harness.emulator.powershell.types.conversion import INTEGERS, enum_of
from harness.emulator.powershell.types.nettype import GENERIC_LIST, NetType
from harness.emulator.powershell.types.number_statics import CONVERT, MATH, parse_as
from harness.emulator.powershell.types.object_statics import (
    DATES,
    ENCODINGS,
    encoding,
    get_encoding,
    new_guid,
    new_span,
    new_version,
    span_from,
    stopwatch,
    string_builder,
)
from harness.emulator.powershell.types.regex_objects import REGEX_STATICS
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.text_methods import CHAR_STATICS, TEXT_STATICS

__all__ = ["call_static", "static_property", "make"]

_INT = NetType("System.Int32")


_METHODS: Final[dict[str, dict[str, NetMethod]]] = {
    "System.String": {
        **TEXT_STATICS,
        "new": lambda _, char, count=1: (
            to_text(char) * int(count) if not isinstance(char, list) else "".join(map(to_text, char))
        ),
    },
    "System.Char": {**CHAR_STATICS, "ConvertFromUtf32": lambda _, number: chr(int(number))},
    "System.Math": MATH,
    "System.Convert": CONVERT,
    "System.Text.RegularExpressions.Regex": REGEX_STATICS,
    "System.DateTime": DATES,
    "System.TimeSpan": {
        "FromDays": span_from(86400),
        "FromHours": span_from(3600),
        "FromMinutes": span_from(60),
        "FromSeconds": span_from(1),
        "FromMilliseconds": span_from(0.001),
        "Parse": parse_as("System.TimeSpan"),
        "new": new_span,
    },
    "System.Version": {"Parse": parse_as("System.Version"), "new": new_version},
    "System.Guid": {
        "NewGuid": new_guid,
        "Parse": parse_as("System.Guid"),
        "new": lambda world, text="00000000-0000-0000-0000-000000000000": world.converter.convert(
            text, NetType("System.Guid")
        ),
    },
    "System.Text.Encoding": {"GetEncoding": get_encoding},
    "System.Text.UTF8Encoding": {"new": lambda _, *__: encoding(*ENCODINGS["utf8"])},
    "System.Text.StringBuilder": {"new": string_builder},
    "System.Enum": {
        "GetNames": lambda _, kind: TypedArray("System.String", list(kind.members or {})),
        "GetValues": lambda _, kind: [enum_of(kind, number) for number in (kind.members or {}).values()],
        "IsDefined": lambda _, kind, name: to_text(name) in (kind.members or {}),
        "Parse": lambda world, kind, name, *__: world.converter.convert(to_text(name), kind),
    },
    "System.Array": {
        "IndexOf": lambda _, items, wanted: next((n for n, item in enumerate(items) if item == wanted), -1),
        "Reverse": lambda _, items: items.reverse(),
        "Sort": lambda _, items: items.sort(key=lambda item: to_text(item).lower() if isinstance(item, str) else item),
        "Find": lambda *_: _unmodelled("[array]::Find"),
    },
    "System.Collections.ArrayList": {"new": lambda _, items=(): ArrayList(items if isinstance(items, list) else ())},
    "System.Collections.Hashtable": {"new": lambda *_: Hashtable()},
    "System.Collections.Specialized.OrderedDictionary": {
        "new": lambda *_: Hashtable(dotnet="System.Collections.Specialized.OrderedDictionary")
    },
    "System.Collections.Queue": {"new": lambda _, items=(): ArrayList(items, "System.Collections.Queue")},
    "System.Collections.Stack": {"new": lambda _, items=(): ArrayList(items, "System.Collections.Stack")},
    "System.Management.Automation.PSObject": {"new": lambda *_: custom_object({})},
    "System.Object": {"new": lambda _: custom_object({})},
    "System.GC": {"Collect": lambda *_: None, "WaitForPendingFinalizers": lambda *_: None},
    "System.Diagnostics.Stopwatch": {
        "StartNew": lambda world: stopwatch(world),  # noqa: PLW0108
        "new": lambda world: stopwatch(world),  # noqa: PLW0108
    },
}
for _name in INTEGERS:
    _METHODS[_name] = {"Parse": parse_as(_name)}
for _name in ("System.Double", "System.Single", "System.Decimal", "System.Boolean"):
    _METHODS[_name] = {"Parse": parse_as(_name), "IsNaN": lambda _, value: value != value}  # noqa: PLR0124


def _unmodelled(what: str) -> Value:
    raise Unmodelled(what, "do it in a loop or with Where-Object")


Getter = Callable[[World], Value]


def _utc_now(world: World) -> datetime:
    return world.run.machine.clock.now()


def _encoding_getter(name: str) -> Getter:
    return lambda _: encoding(*ENCODINGS[name.lower()])


def _comparer_getter(name: str) -> Getter:
    return lambda _: EnumValue("System.StringComparer", name, 0)


_PROPERTIES: Final[dict[str, dict[str, Getter]]] = {
    "System.Math": {"PI": lambda _: math.pi, "E": lambda _: math.e},
    "System.String": {"Empty": lambda _: ""},
    "System.Double": {
        "MaxValue": lambda _: 1.7976931348623157e308,
        "MinValue": lambda _: -1.7976931348623157e308,
        "NaN": lambda _: math.nan,
        "PositiveInfinity": lambda _: math.inf,
        "NegativeInfinity": lambda _: -math.inf,
        "Epsilon": lambda _: 5e-324,
    },
    "System.Decimal": {
        "MaxValue": lambda _: Decimal(2**96 - 1),
        "MinValue": lambda _: Decimal(1 - 2**96),
        "Zero": lambda _: Decimal(0),
        "One": lambda _: Decimal(1),
    },
    "System.Int32": {"MaxValue": lambda _: 2**31 - 1, "MinValue": lambda _: -(2**31)},
    "System.Char": {"MaxValue": lambda _: Char("\uffff")},
    "System.IntPtr": {"Size": lambda world: 8 if world.run.info.bits == 64 else 4, "Zero": lambda _: 0},  # noqa: PLR2004
    "System.Guid": {"Empty": lambda _: UUID(int=0)},
    "System.TimeSpan": {
        "Zero": lambda _: timedelta(),
        "MaxValue": lambda _: timedelta.max,
        "MinValue": lambda _: timedelta.min,
    },
    "System.DateTime": {
        "Now": lambda world: world.local_now(),
        "UtcNow": _utc_now,
        "Today": lambda world: world.local_now().replace(hour=0, minute=0, second=0, microsecond=0),
        "MinValue": lambda _: datetime(1, 1, 1),  # noqa: DTZ001
        "MaxValue": lambda _: datetime.max,  # noqa: DTZ901 - a local time, see values.py
    },
    "System.Text.Encoding": {
        name: _encoding_getter(name)
        for name in ("UTF8", "Unicode", "BigEndianUnicode", "ASCII", "Default", "UTF7", "UTF32")
    },
    "System.DBNull": {"Value": lambda _: None},
    "System.StringComparer": {
        name: _comparer_getter(name)
        for name in ("OrdinalIgnoreCase", "InvariantCultureIgnoreCase", "CurrentCultureIgnoreCase", "Ordinal")
    },
}
for _name, _integer in INTEGERS.items():
    if _name != "System.Int32":
        _PROPERTIES[_name] = {
            "MaxValue": lambda _, kind=_integer: kind(kind.highest),  # type: ignore[misc]
            "MinValue": lambda _, kind=_integer: kind(kind.lowest),  # type: ignore[misc]
        }


@cache
def _methods() -> Mapping[str, Mapping[str, NetMethod]]:
    from harness.emulator.powershell.types.machine_statics import MACHINE_METHODS

    return {
        kind: {name.lower(): method for name, method in table.items()}
        for kind, table in {**_METHODS, **MACHINE_METHODS}.items()
    }


@cache
def _properties() -> Mapping[str, Mapping[str, Getter]]:
    from harness.emulator.powershell.types.machine_statics import MACHINE_PROPERTIES

    tables = {**_PROPERTIES, **MACHINE_PROPERTIES}
    return {kind: {name.lower(): get for name, get in table.items()} for kind, table in tables.items()}


def static_property(world: World, kind: NetType, name: str) -> Value:
    """Return a static property, a constant, or a value of an enumeration.

    Raises:
        Unmodelled: when it is not modelled.
    """
    if kind.members is not None:
        for known, number in kind.members.items():
            if known.lower() == name.lower():
                return EnumValue(kind.name, known, number)
        return None
    getter = _properties().get(kind.name, {}).get(name.lower())
    if getter is not None:
        return getter(world)
    raise Unmodelled(f"[{kind.name}]::{name}", "do the same with what is modelled, or leave it out")


def call_static(world: World, kind: NetType, name: str, arguments: list[Value]) -> Value:
    """Call a static method, or make an object with `new`.

    Raises:
        ScriptError: when it throws.
        Unmodelled: when it is not modelled.
    """
    key = name.lower()
    method = _methods().get(kind.name, {}).get(key)
    if method is not None:
        return call(method, name, (world,), arguments)
    if key == "new":
        return make(world, kind, arguments)
    if key in ("equals", "referenceequals") and len(arguments) == 2:  # noqa: PLR2004 - what are compared
        return arguments[0] is arguments[1] or arguments[0] == arguments[1]
    if kind.name == "System.Math" or kind.members is not None:
        raise no_method(kind.name, name)
    raise Unmodelled(f"[{kind.name}]::{name}()", "do the same with what is modelled, or leave it out")


def make(world: World, kind: NetType, arguments: list[Value]) -> Value:  # noqa: PLR0911
    """Make an object of a type, as `new` and New-Object do.

    Raises:
        Unmodelled: when objects of the type are not modelled.
    """
    table = _methods().get(kind.name, {})
    if "new" in table:
        return call(table["new"], ".ctor", (world,), arguments)
    if kind.name.startswith(
        (
            GENERIC_LIST,
            "System.Collections.Generic.HashSet",
            "System.Collections.Generic.Queue",
            "System.Collections.Generic.Stack",
            "System.Collections.ObjectModel.Collection",
        )
    ):
        name, _, inner = kind.name.partition("[[")
        made = ArrayList((), name, "" if inner[:-2] == "System.Object" else inner[:-2])
        if arguments and isinstance(arguments[0], list):
            made.extend(arguments[0])
        return made
    if kind.name.startswith("System.Collections.Generic.Dictionary"):
        return Hashtable(dotnet="System.Collections.Generic.Dictionary`2", is_case_sensitive=not arguments)
    if kind.element and arguments:
        empty = (
            world.converter.convert(None, NetType(kind.element))
            if kind.element in (*INTEGERS, "System.Boolean")
            else None
        )
        return TypedArray(kind.element, [empty] * int(arguments[0]))
    if kind.name.endswith("Exception"):
        return NetException(
            kind.name, to_text(arguments[0]) if arguments else f"Exception of type '{kind.name}' was thrown."
        )
    if not arguments and kind.name == "System.Collections.Specialized.StringCollection":
        return ArrayList((), kind.name)
    if len(arguments) == 1 and kind.name not in ("System.IO.FileInfo", "System.IO.DirectoryInfo"):
        return world.converter.convert(arguments[0], kind)
    raise Unmodelled(f"making an object of [{kind.name}]", "do the same with cmdlets, or leave it out")
