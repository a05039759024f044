"""Properties of values that are no objects with a list of properties.

Source: learn.microsoft.com, the pages of the .NET types; about_Properties for `Count` and `Length` of everything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException
from harness.emulator.powershell.runtime.objects import MISSING, Property, PSObject
from harness.emulator.powershell.runtime.values import (
    Closure,
    EnumValue,
    Hashtable,
    Int64,
    TypedArray,
    Value,
    Version,
    is_null,
)
from harness.emulator.powershell.types.nettype import NetType, type_name_of
from harness.emulator.powershell.types.rendering import TICKS_PER_MICROSECOND, to_text

__all__ = ["property_of", "property_names", "ticks_of", "properties_of", "day_of_week"]

_DAYS_OF_WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MICROSECOND = timedelta(microseconds=1)


def ticks_of(value: datetime) -> int:
    """Return a date as ticks of 100 nanoseconds since the year one."""
    return ((value.replace(tzinfo=None) - datetime(1, 1, 1)) // _MICROSECOND) * TICKS_PER_MICROSECOND  # noqa: DTZ001


def day_of_week(value: datetime) -> EnumValue:
    """Return the day of the week."""
    number = value.isoweekday() % 7
    return EnumValue("System.DayOfWeek", _DAYS_OF_WEEK[number], number)


def _kind(value: datetime) -> EnumValue:
    return EnumValue("System.DateTimeKind", "Utc", 1) if value.tzinfo else EnumValue("System.DateTimeKind", "Local", 2)


def _total(seconds: float) -> Callable[[timedelta], float]:
    return lambda value: value / timedelta(seconds=seconds)


def _whole(value: timedelta, unit: int, most: int) -> int:
    total = int(abs(value) // timedelta(seconds=unit)) % most if most else int(abs(value) // timedelta(seconds=unit))
    return -total if value < timedelta() else total


Getter = Callable[[Any], Value]

_PROPERTIES: Final[dict[type, dict[str, Getter]]] = {
    str: {"Length": len},
    bool: {"IsPresent": lambda value: value},
    datetime: {
        "Date": lambda value: value.replace(hour=0, minute=0, second=0, microsecond=0),
        "Day": lambda value: value.day,
        "DayOfWeek": day_of_week,
        "DayOfYear": lambda value: value.timetuple().tm_yday,
        "Hour": lambda value: value.hour,
        "Kind": _kind,
        "Millisecond": lambda value: value.microsecond // 1000,
        "Minute": lambda value: value.minute,
        "Month": lambda value: value.month,
        "Second": lambda value: value.second,
        "Ticks": lambda value: Int64(ticks_of(value)),
        "TimeOfDay": lambda value: timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        ),
        "Year": lambda value: value.year,
    },
    timedelta: {
        "Ticks": lambda value: Int64(value // _MICROSECOND * TICKS_PER_MICROSECOND),
        "Days": lambda value: _whole(value, 86400, 0),
        "Hours": lambda value: _whole(value, 3600, 24),
        "Milliseconds": lambda value: (abs(value).microseconds // 1000) * (-1 if value < timedelta() else 1),
        "Minutes": lambda value: _whole(value, 60, 60),
        "Seconds": lambda value: _whole(value, 1, 60),
        "TotalDays": _total(86400),
        "TotalHours": _total(3600),
        "TotalMilliseconds": _total(0.001),
        "TotalMinutes": _total(60),
        "TotalSeconds": _total(1),
    },
    Version: {
        "Major": lambda value: value.major,
        "Minor": lambda value: value.minor,
        "Build": lambda value: value.build,
        "Revision": lambda value: value.revision,
        "MajorRevision": lambda value: value.revision >> 16 if value.revision >= 0 else -1,
        "MinorRevision": lambda value: value.revision & 0xFFFF if value.revision >= 0 else -1,
    },
    UUID: {},
    EnumValue: {"value__": lambda value: value.number},
    Closure: {
        "File": lambda value: value.source.path or None,
    },
    NetException: {
        "Message": lambda value: value.message,
        "Data": lambda _: Hashtable(dotnet="System.Collections.ListDictionaryInternal"),
        "InnerException": lambda value: value.inner,
        "TargetSite": lambda _: None,
        "StackTrace": lambda _: None,
        "HelpLink": lambda _: None,
        "Source": lambda _: "System.Management.Automation",
        "HResult": lambda value: value.extra.get("HResult", -2146233087),
    },
    ErrorRecord: {
        "Exception": lambda value: value.exception,
        "TargetObject": lambda value: value.target,
        "CategoryInfo": lambda value: _category(value),  # noqa: PLW0108
        "FullyQualifiedErrorId": lambda value: value.full_id,
        "ErrorDetails": lambda value: (
            PSObject(["System.Management.Automation.ErrorDetails"], {"Message": value.details})
            if value.details
            else None
        ),
        "InvocationInfo": lambda value: _invocation(value),  # noqa: PLW0108
        "ScriptStackTrace": lambda value: _stack_trace(value),  # noqa: PLW0108
        "PipelineIterationInfo": lambda _: [],
    },
    NetType: {
        "Name": lambda value: value.short,
        "FullName": lambda value: value.name,
        "Namespace": lambda value: value.name.split("[")[0].rpartition(".")[0],
        "IsArray": lambda value: bool(value.element),
        "IsEnum": lambda value: value.members is not None,
        "IsPublic": lambda _: True,
        "IsSerializable": lambda _: True,
        "BaseType": lambda value: NetType(_base_of(value)),
    },
    list: {
        "Count": len,
        "Length": len,
        "LongLength": lambda value: Int64(len(value)),
        "Rank": lambda _: 1,
        "SyncRoot": lambda value: value,
        "IsReadOnly": lambda _: False,
        "IsFixedSize": lambda value: type(value) in (list, TypedArray),
        "IsSynchronized": lambda _: False,
    },
    Hashtable: {
        "Count": len,
        "Keys": lambda value: TypedArray("System.Object", list(value)),
        "Values": lambda value: TypedArray("System.Object", value.values()),
        "IsReadOnly": lambda _: False,
        "IsFixedSize": lambda _: False,
        "IsSynchronized": lambda _: False,
    },
}
_BY_NAME: Final = {kind: {name.lower(): get for name, get in table.items()} for kind, table in _PROPERTIES.items()}


def _base_of(kind: NetType) -> str:
    if kind.element:
        return "System.Array"
    if kind.members is not None:
        return "System.Enum"
    values = ("Int", "UInt", "Double", "Single", "Decimal", "Boolean", "Char", "DateTime", "TimeSpan", "Guid", "Byte")
    return "System.ValueType" if kind.short.startswith(values) else "System.Object"


def _table_of(value: Value) -> dict[str, Getter]:
    table = _BY_NAME.get(type(value))
    if table is not None:
        return table
    for kind in type(value).__mro__:
        if kind in _BY_NAME:
            return _BY_NAME[kind]
    return {}


def property_of(value: Value, name: str) -> Value:
    """Return a property of a value; MISSING when it has none of that name.

    A script property comes back as its `Property`, for the interpreter to run.
    """
    key = name.lower()
    if isinstance(value, PSObject):
        member = value.members.get(key)
        if member is not None:
            return member if member.script else member.read()
        return _common(value, key)
    if isinstance(value, Hashtable) and name in value:
        return value[name]
    getter = _table_of(value).get(key)
    if getter is not None:
        return getter(value)
    if isinstance(value, NetException):
        for extra, content in value.extra.items():
            if extra.lower() == key:
                return content
    return _common(value, key)


def _common(value: Value, key: str) -> Value:
    """Return what everything has."""
    if key in ("count", "length") and not isinstance(value, list | PSObject):
        return 0 if is_null(value) else 1
    if key in ("count", "length") and isinstance(value, PSObject) and not value.is_custom:
        return 1
    if key in ("psobject", "psbase", "psadapted", "psextended"):
        return _ps_object(value)
    if key == "pstypenames":
        names = value.type_names if isinstance(value, PSObject) else [type_name_of(value), "System.Object"]
        return list(names)
    return MISSING


def properties_of(value: Value) -> list[Property]:
    """Return the properties of a value."""
    if isinstance(value, PSObject):
        return list(value.members.values())
    if isinstance(value, Hashtable):
        table = _PROPERTIES[Hashtable]
        return [Property(name, kind="Property", get=lambda get=get: get(value)) for name, get in table.items()]  # type: ignore[misc]
    for kind in type(value).__mro__:
        if kind in _PROPERTIES:
            table = _PROPERTIES[kind]
            found = [Property(name, kind="Property", get=lambda get=get: get(value)) for name, get in table.items()]  # type: ignore[misc]
            if isinstance(value, NetException):
                found += [Property(name, content, "Property") for name, content in value.extra.items()]
            return found
    return []


def property_names(value: Value) -> list[str]:
    """Return the names of a value's properties."""
    return [member.name for member in properties_of(value)]


def _ps_object(value: Value) -> PSObject:
    """Return what `.psobject` gives: a value's properties as objects."""
    listed = ArrayOfProperties(
        "System.Management.Automation.PSPropertyInfo", [_described(member) for member in properties_of(value)]
    )
    described = PSObject(["System.Management.Automation.PSMemberSet"])
    described.data = value
    described.members["properties"] = Property("Properties", listed, "Property")
    described.members["members"] = Property("Members", listed, "Property")
    described.members["baseobject"] = Property("BaseObject", value, "Property")
    names = value.type_names if isinstance(value, PSObject) else [type_name_of(value), "System.Object"]
    described.members["typenames"] = Property("TypeNames", list(names), "Property")
    listed.owner = value
    return described


class ArrayOfProperties(TypedArray):
    """The properties of a value; a name finds one.

    Attributes:
        owner: whose they are.
    """

    __slots__ = ("owner",)
    owner: Value


def _described(member: Property) -> PSObject:
    kind = "PSNoteProperty" if member.kind == "NoteProperty" else "PSProperty"
    described = PSObject(
        [f"System.Management.Automation.{kind}"],
        {"MemberType": EnumValue("System.Management.Automation.PSMemberTypes", member.kind, 0), "Name": member.name},
    )
    described.data = member

    def change(value: Value) -> None:
        if member.set is not None:
            member.set(value)
        else:
            member.value = value

    described.members["value"] = Property("Value", kind="Property", get=member.read, set=change)
    described.lazily("TypeNameOfValue", lambda: type_name_of(member.read()))
    described.lazily("IsSettable", lambda: member.kind == "NoteProperty" or member.set is not None)
    described.lazily("IsInstance", lambda: True)
    return described


def _category(record: ErrorRecord) -> PSObject:
    reason = record.reason or record.exception.type_name.rsplit(".", 1)[-1]
    target = "" if is_null(record.target) else to_text(record.target)
    kind = "" if is_null(record.target) else type_name_of(record.target).rsplit(".", 1)[-1]
    return PSObject(
        ["System.Management.Automation.ErrorCategoryInfo"],
        {
            "Category": EnumValue("System.Management.Automation.ErrorCategory", record.category, 0),
            "Activity": record.activity,
            "Reason": reason,
            "TargetName": target,
            "TargetType": kind,
        },
        text=lambda: f"{record.category}: ({target}:{kind}) [{record.activity}], {reason}",
    )


def _invocation(record: ErrorRecord) -> PSObject:
    place = record.place
    return PSObject(
        ["System.Management.Automation.InvocationInfo"],
        {
            "MyCommand": record.activity or None,
            "ScriptLineNumber": place.line if place else 0,
            "OffsetInLine": place.column if place else 0,
            "Line": place.text if place else "",
            "ScriptName": place.path if place else "",
            "PSCommandPath": place.path if place else "",
            "InvocationName": record.activity,
            "PositionMessage": f"At {place.path}:{place.line} char:{place.column}" if place else "",
        },
    )


def _stack_trace(record: ErrorRecord) -> str:
    place = record.place
    return f"at <ScriptBlock>, {place.path or '<No file>'}: line {place.line}" if place else ""
