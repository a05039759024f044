"""Conversions: casts, typed variables and parameters, `-as`.

Source: learn.microsoft.com, about_Type_Conversion, about_Booleans, the language specification, chapter 6; the texts of
errors from ExtendedTypeSystem.resx and .NET Framework.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from harness.emulator.powershell.runtime.errors import NetException, ScriptError
from harness.emulator.powershell.runtime.objects import custom_object
from harness.emulator.powershell.runtime.values import (
    ArrayList,
    Char,
    EnumValue,
    Hashtable,
    Integer,
    Single,
    TypedArray,
    Value,
    Version,
    is_null,
)
from harness.emulator.powershell.types.dates import parse_date, parse_timespan
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import GENERIC_LIST, NetType, is_instance
from harness.emulator.powershell.types.rendering import TICKS_PER_MICROSECOND, to_text
from harness.emulator.powershell.types.scalars import (
    FORMAT,
    INT32,
    INTEGERS,
    cannot,
    enum_of,
    invalid,
    is_number,
    no_enum,
    to_bool,
    to_number,
    version_of,
)

__all__ = ["Converter", "to_bool", "to_number", "INTEGERS", "is_number", "version_of", "enum_of"]

_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


class Converter:
    """Converts values to types.

    Args:
        now: gives the local time.
        offset: gives how far local time is ahead of universal time.
        separator: gives `$OFS`.
        special: conversions that need the machine, by full name of the type.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        offset: Callable[[datetime], timedelta],
        separator: Callable[[], str],
        special: Mapping[str, Callable[[Value], Value]],
    ) -> None:
        self.now = now
        self.offset = offset
        self.separator = separator
        self._special = special
        self._makers: Mapping[str, Callable[[Value], Value]] = {
            "System.String": self.text,
            "System.Boolean": to_bool,
            "System.Management.Automation.SwitchParameter": to_bool,
            "System.Char": _to_char,
            "System.Double": self._to_double,
            "System.Single": lambda value: Single(self._to_double(value)),
            "System.Decimal": self._to_decimal,
            "System.DateTime": self._to_date,
            "System.TimeSpan": self._to_span,
            "System.Version": self._to_version,
            "System.Guid": self._to_guid,
            "System.Object": lambda value: value,
            "System.Array": lambda value: value if isinstance(value, list) else [value],
            "System.Type": self._to_type,
            "System.Management.Automation.PSObject": _to_custom,
            "System.Management.Automation.PSCustomObject": _to_custom,
            "System.Collections.Hashtable": _to_hashtable,
            "System.Collections.Specialized.OrderedDictionary": _to_ordered,
            "System.Collections.ArrayList": _to_array_list,
            "System.Void": lambda _: None,
        }

    def text(self, value: Value) -> str:
        """Return a value as a text."""
        return to_text(value, self.separator() if isinstance(value, list) else " ")

    def convert(self, value: Value, kind: NetType) -> Value:  # noqa: PLR0911
        """Return a value as another type.

        Raises:
            ScriptError: when it cannot be converted.
            Unmodelled: when conversions to that type are not modelled.
        """
        name = kind.name
        if name == "System.String":
            return value if type(value) is str else self.text(value)
        integer = INTEGERS.get(name)
        if integer:
            return value if type(value) is integer else self._to_integer(value, integer, name)
        if is_null(value):
            return self._null_as(kind)
        if kind.element:
            return self._to_array(value, kind)
        maker = self._makers.get(name)
        if maker:
            return maker(value)
        if kind.members is not None:
            return self._to_enum(value, kind)
        if name in self._special:
            return self._special[name](value)
        if is_instance(value, kind):
            return value
        if name.startswith(GENERIC_LIST):
            element = find_type(name[len(GENERIC_LIST) + 2 : -2])
            items = value if isinstance(value, list) else [value]
            converted = [self.convert(item, element) for item in items] if element else items
            return ArrayList(converted, GENERIC_LIST, element.name if element else "")
        if name.endswith("Exception") and isinstance(value, str):
            return NetException(name, value)
        raise cannot(value, name)

    def convert_or_null(self, value: Value, kind: NetType) -> Value:
        """Return a value as another type, `$null` when it cannot be converted: `-as`."""
        try:
            return self.convert(value, kind)
        except ScriptError:
            return None

    def _null_as(self, kind: NetType) -> Value:
        match kind.name:
            case "System.Boolean" | "System.Management.Automation.SwitchParameter":
                return False
            case "System.Double" | "System.Single":
                return 0.0
            case "System.Decimal":
                return Decimal(0)
            case "System.Char":
                return Char("\0")
            case "System.DateTime" | "System.TimeSpan" | "System.Guid":
                raise cannot(None, kind.name)
            case _:
                if kind.members is not None:
                    raise cannot(None, kind.name)
                return None

    # Numbers

    def _to_integer(self, value: Value, integer: type[int], name: str) -> int:
        number = _as_number(value, name)
        whole = (
            round(number)
            if not isinstance(number, int) and number == number and abs(number) != float("inf")  # noqa: PLR0124
            else number
        )
        low, high = (integer.lowest, integer.highest) if issubclass(integer, Integer) else INT32
        if not isinstance(whole, int) or not low <= whole <= high:
            short = name.removeprefix("System.")
            article = "an" if short[0] in "IU" and not short.startswith("UI") else "a"
            what = {"Byte": "an unsigned byte", "SByte": "a signed byte"}.get(short, f"{article} {short}")
            raise invalid(
                value, name, f"Value was either too large or too small for {what}.", "System.OverflowException"
            )
        return integer(whole)

    def _to_double(self, value: Value) -> float:
        return float(_as_number(value, "System.Double"))

    def _to_decimal(self, value: Value) -> Decimal:
        number = _as_number(value, "System.Decimal")
        try:
            return Decimal(format(number, ".15g")) if isinstance(number, float) else Decimal(number)
        except InvalidOperation as error:
            raise invalid(
                value,
                "System.Decimal",
                "Value was either too large or too small for a Decimal.",
                "System.OverflowException",
            ) from error

    # Other scalars

    def _to_date(self, value: Value) -> datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, str):
            found = parse_date(value, self.now(), self.offset(self.now()))
            if found is None:
                raise invalid(value, "System.DateTime", "String was not recognized as a valid DateTime.")
            return found
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                return datetime(1, 1, 1) + timedelta(microseconds=value // TICKS_PER_MICROSECOND)  # noqa: DTZ001
            except OverflowError as error:
                raise cannot(value, "System.DateTime") from error
        raise cannot(value, "System.DateTime")

    def _to_span(self, value: Value) -> timedelta:
        if isinstance(value, timedelta):
            return value
        if isinstance(value, str):
            found = parse_timespan(value)
            if found is None:
                raise invalid(value, "System.TimeSpan", "String was not recognized as a valid TimeSpan.")
            return found
        if is_number(value):
            return timedelta(microseconds=int(value) // TICKS_PER_MICROSECOND)
        raise cannot(value, "System.TimeSpan")

    def _to_version(self, value: Value) -> Version:
        if isinstance(value, Version):
            return value
        if isinstance(value, str | float | Decimal) and not isinstance(value, Char):
            text = to_text(value)
            try:
                return version_of(text)
            except ValueError as error:
                raise invalid(value, "System.Version", str(error), "System.ArgumentException") from error
        raise cannot(value, "System.Version")

    def _to_guid(self, value: Value) -> UUID:
        if isinstance(value, UUID):
            return value
        if isinstance(value, str):
            text = value.strip()
            inner = text[1:-1] if text[:1] + text[-1:] in ("{}", "()") else text
            if _GUID.fullmatch(inner) and len(inner) in (32, 36):
                return UUID(inner)
            raise invalid(
                value, "System.Guid",
                "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
            )  # fmt: skip
        raise cannot(value, "System.Guid")

    def _to_type(self, value: Value) -> NetType:
        if isinstance(value, NetType):
            return value
        found = find_type(to_text(value))
        if found is None:
            raise cannot(value, "System.Type")
        return found

    def _to_enum(self, value: Value, kind: NetType) -> EnumValue:
        members = kind.members or {}
        if isinstance(value, EnumValue):
            if value.dotnet == kind.name:
                return value
            value = value.number
        if is_number(value):
            return enum_of(kind, int(value))
        number = 0
        for part in to_text(value).split(","):
            name = part.strip().lower()
            matching = [known for known in members if known.lower() == name]
            matching = matching or [known for known in members if name and known.lower().startswith(name)]
            if len(matching) != 1:
                if re.fullmatch(r"-?\d+", name):
                    number |= int(name)
                    continue
                raise no_enum(value, kind)
            number |= members[matching[0]]
        return enum_of(kind, number)

    def _to_array(self, value: Value, kind: NetType) -> Value:
        if isinstance(value, TypedArray) and value.element == kind.element:
            return value
        element = find_type(kind.element) or NetType(kind.element)
        if kind.element == "System.Char" and isinstance(value, str):
            return TypedArray("System.Char", map(Char, value))
        items = value if isinstance(value, list) else [value]
        if kind.element == "System.Object":
            return list(items)
        return TypedArray(kind.element, [self.convert(item, element) for item in items])


def _as_number(value: Value, name: str) -> Value:  # noqa: PLR0911
    if is_null(value):
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, EnumValue):
        return value.number
    if isinstance(value, str):
        number = to_number(value)
        if number is None:
            raise invalid(value, name, FORMAT)
        return number
    if isinstance(value, list) and len(value) == 1:
        return _as_number(value[0], name)
    raise cannot(value, name)


def _to_char(value: Value) -> Char:
    if isinstance(value, str):
        if len(value) == 1:
            return Char(value)
        raise invalid(value, "System.Char", "String must be exactly one character long.")
    if isinstance(value, int) and 0 <= value < 2**16:
        return Char(chr(value))
    raise cannot(value, "System.Char")


def _to_custom(value: Value) -> Value:
    if isinstance(value, Hashtable):
        return custom_object([(to_text(key), item) for key, item in value.items()])
    return value


def _to_hashtable(value: Value) -> Hashtable:
    if isinstance(value, Hashtable):
        return value
    raise cannot(value, "System.Collections.Hashtable")


def _to_ordered(value: Value) -> Hashtable:
    if isinstance(value, Hashtable):
        return Hashtable(value.items(), "System.Collections.Specialized.OrderedDictionary")
    raise cannot(value, "System.Collections.Specialized.OrderedDictionary")


def _to_array_list(value: Value) -> ArrayList:
    return value if isinstance(value, ArrayList) else ArrayList(value if isinstance(value, list) else [value])
