"""Objects that static members give: dates, spans, versions, Guids, encodings, text builders, stopwatches.

Source: learn.microsoft.com, the pages of the .NET types.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import (
    ArrayList,
    EnumValue,
    Int64,
    TypedArray,
    Value,
    Version,
)
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World
from harness.emulator.powershell.types.dates import parse_date, parse_date_exact
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.number_statics import double_of, parse_as
from harness.emulator.powershell.types.rendering import to_text
from harness.emulator.powershell.types.text_methods import TEXT_STATICS

__all__ = [
    "DATES",
    "ENCODINGS",
    "encoding",
    "get_encoding",
    "new_guid",
    "new_span",
    "new_version",
    "span_from",
    "stopwatch",
    "string_builder",
]


def _parse_exact(world: World, text: Value, pattern: Value, *_: Value) -> datetime:
    patterns = pattern if isinstance(pattern, list) else [pattern]
    now = world.local_now()
    for one in patterns:
        found = parse_date_exact(to_text(text), to_text(one), now, world.converter.offset(now))
        if found is not None:
            return found
    raise Thrown("System.FormatException", "String was not recognized as a valid DateTime.")


def _new_date(world: World, *parts: Value) -> datetime:
    numbers = [
        int(world.converter.convert(part, NetType("System.Int64"))) for part in parts if not isinstance(part, EnumValue)
    ]
    if len(numbers) == 1:
        found: datetime = world.converter.convert(numbers[0], NetType("System.DateTime"))
        return found
    try:
        if not numbers:
            return datetime(1, 1, 1)  # noqa: DTZ001 - a local time, see values.py
        microseconds = numbers[6] * 1000 if len(numbers) > 6 else 0  # noqa: PLR2004 - the seventh
        first = [*numbers[:6], *[0] * (6 - len(numbers))]
        return datetime(*first, microseconds)  # type: ignore[arg-type,call-arg]  # noqa: DTZ001
    except (ValueError, TypeError) as error:
        raise Thrown(
            "System.ArgumentOutOfRangeException",
            "Year, Month, and Day parameters describe an un-representable DateTime.",
        ) from error


def new_span(world: World, *parts: Value) -> timedelta:
    """Return a span of time of its parts."""
    numbers = [int(world.converter.convert(part, NetType("System.Int64"))) for part in parts]
    match numbers:
        case [ticks]:
            return timedelta(microseconds=ticks // 10)
        case [hours, minutes, seconds]:
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        case [days, hours, minutes, seconds, *rest]:
            return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=sum(rest))
        case _:
            return timedelta()


def new_version(world: World, *parts: Value) -> Version:
    """Return a version of its parts."""
    if len(parts) == 1:
        found: Version = world.converter.convert(to_text(parts[0]), NetType("System.Version"))
        return found
    return Version(*[int(world.converter.convert(part, NetType("System.Int32"))) for part in parts])


def _from_file_time(world: World, ticks: Value) -> datetime:
    value = datetime(1601, 1, 1) + timedelta(  # noqa: DTZ001
        microseconds=int(world.converter.convert(ticks, NetType("System.Int64"))) // 10
    )
    return value + world.converter.offset(value)


def _date_or_none(world: World, text: Value) -> datetime | None:
    now = world.local_now()
    return parse_date(to_text(text), now, world.converter.offset(now))


DATES: Final[dict[str, NetMethod]] = {
    "Parse": parse_as("System.DateTime"),
    "ParseExact": _parse_exact,
    "new": _new_date,
    "DaysInMonth": lambda _, year, month: calendar.monthrange(int(year), int(month))[1],
    "IsLeapYear": lambda _, year: calendar.isleap(int(year)),
    "FromFileTime": _from_file_time,
    "Compare": lambda world, left, right: world.operators.comparison.compare(left, right),
    "FromOADate": lambda _, days: datetime(1899, 12, 30) + timedelta(days=float(days)),  # noqa: DTZ001
    "SpecifyKind": lambda _, value, __: value,
}


def span_from(seconds: float) -> NetMethod:
    """Return the method that makes a span of so many units."""
    return lambda world, value: timedelta(milliseconds=round(double_of(world, value) * seconds * 1000))


def new_guid(world: World) -> UUID:
    """Return a new Guid: another one each time, and the same ones in every run of a scenario."""
    world.guids += 1
    info = world.run.info
    digest = sha256(f"{world.run.machine.facts.name}|{info.pid}|{info.started}|{world.guids}".encode()).digest()
    return UUID(bytes=digest[:16], version=4)


def encoding(name: str, codec: str) -> PSObject:
    """Return an encoding as an object."""

    def encode(text: Value) -> TypedArray:
        return TypedArray("System.Byte", to_text(text).encode(codec, "replace"))

    def decode(data: Value, start: int = 0, count: int | None = None) -> str:
        raw = bytes(int(item) for item in data)
        return (raw[start:] if count is None else raw[start : start + count]).decode(codec, "replace")

    return PSObject(
        [f"System.Text.{name}", "System.Text.Encoding", "System.Object"],
        {"EncodingName": name, "WebName": codec},
        methods={
            "GetBytes": encode,
            "GetString": decode,
            "GetByteCount": lambda text: len(encode(text)),
            "GetPreamble": lambda: TypedArray("System.Byte"),
        },
        data=codec,
    )


ENCODINGS: Final = {
    "utf8": ("UTF8Encoding", "utf-8"),
    "unicode": ("UnicodeEncoding", "utf-16-le"),
    "bigendianunicode": ("UnicodeEncoding", "utf-16-be"),
    "ascii": ("ASCIIEncoding", "ascii"),
    "default": ("SBCSCodePageEncoding", "cp1252"),
    "utf7": ("UTF7Encoding", "utf-7"),
    "utf32": ("UTF32Encoding", "utf-32-le"),
}


def get_encoding(_: World, name: Value) -> PSObject:
    """Return an encoding by name or code page."""
    key = to_text(name).lower()
    codecs = {
        "utf-8": "utf8",
        "65001": "utf8",
        "utf-16": "unicode",
        "1200": "unicode",
        "us-ascii": "ascii",
        "1252": "default",
        "windows-1252": "default",
        "iso-8859-1": "latin",
    }
    found = codecs.get(key)
    if found == "latin":
        return encoding("Latin1Encoding", "latin-1")
    if found is None:
        raise Unmodelled(f"the encoding {to_text(name)}", "use UTF-8, UTF-16, ASCII or Windows-1252")
    return encoding(*ENCODINGS[found])


def string_builder(world: World, *start: Value) -> PSObject:
    """Return a text that grows."""
    pieces = ArrayList([to_text(value) for value in start if isinstance(value, str)])
    builder = PSObject(["System.Text.StringBuilder", "System.Object"], text=lambda: "".join(pieces), data=pieces)

    def append(*values: Value) -> PSObject:
        pieces.append(to_text(values[0]) if values else "")
        return builder

    def append_format(template: Value, *values: Value) -> PSObject:
        pieces.append(TEXT_STATICS["Format"](world, template, *values))
        return builder

    def clear() -> PSObject:
        pieces.clear()
        return builder

    builder.methods.update(
        append=append,
        appendline=lambda *values: append(to_text(values[0] if values else "") + "\r\n"),
        appendformat=append_format,
        clear=clear,
        tostring=lambda: "".join(pieces),
    )
    builder.lazily("Length", lambda: sum(map(len, pieces)))
    return builder


def stopwatch(world: World) -> PSObject:
    """Return a stopwatch over the machine's time."""
    begin = world.run.machine.clock.monotonic()
    stopped: list[timedelta] = []

    def elapsed() -> timedelta:
        return stopped[0] if stopped else world.run.machine.clock.monotonic() - begin

    watch = PSObject(["System.Diagnostics.Stopwatch", "System.Object"])
    watch.methods.update(
        stop=lambda: stopped.append(elapsed()) if not stopped else None,
        start=stopped.clear,
        reset=lambda: None,
        restart=stopped.clear,
    )
    watch.lazily("Elapsed", elapsed)
    watch.lazily("ElapsedMilliseconds", lambda: Int64(elapsed() // timedelta(milliseconds=1)))
    watch.lazily("IsRunning", lambda: not stopped)
    return watch
