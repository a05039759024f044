"""Dates and times: reading them from texts and writing them by format.

Source: learn.microsoft.com, "Standard date and time format strings", "Custom date and time format strings",
"Standard TimeSpan format strings"; the en-US patterns are those of Windows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.types.rendering import timespan_text

__all__ = [
    "parse_date",
    "parse_date_exact",
    "format_date",
    "parse_timespan",
    "format_timespan",
    "universal",
    "MONTHS",
    "DAYS",
]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = 12

_TIME = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,7})\d*)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|GMT|[+-]\d{2}:?\d{2})?"
_PATTERNS = [
    re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}{_ZONE}"),
    re.compile(rf"(?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})[-/.](?P<year>\d{{2,4}}){_TIME}{_ZONE}"),
    re.compile(
        rf"(?:[A-Za-z]+,?\s+)?(?P<day>\d{{1,2}})[\s-]+(?P<name>[A-Za-z]{{3,9}}),?[\s-]+(?P<year>\d{{4}}){_TIME}{_ZONE}"
    ),
    re.compile(
        rf"(?:[A-Za-z]+day,?\s+|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+)?"
        rf"(?P<name>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){_TIME}{_ZONE}"
    ),
]
_ONLY_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[AaPp][Mm])?|\s*(?P<half2>[AaPp][Mm]))"
)


def parse_date(text: str, today: datetime, offset: timedelta) -> datetime | None:
    """Return the date and time a text says, month before day; None when it says none.

    Args:
        text: the text.
        today: the local date, for a text with a time alone.
        offset: of the local time zone; a text with a zone gives local time.
    """
    stripped = text.strip()
    for pattern in _PATTERNS:
        found = pattern.fullmatch(stripped)
        if found:
            return _date_of(found.groupdict(), offset)
    found = _ONLY_TIME.fullmatch(stripped)
    if found is None:
        return None
    parts = found.groupdict()
    parts["half"] = parts["half"] or parts.pop("half2")
    day = {"year": str(today.year), "month": str(today.month), "day": str(today.day)}
    return _date_of({**parts, **day}, offset)


def _date_of(parts: dict[str, str | None], offset: timedelta) -> datetime | None:
    month = parts.get("month") or _month_number(parts.get("name") or "")
    year = int(parts["year"] or 0)
    if year < 100:  # noqa: PLR2004 - two digits; learn.microsoft.com, Calendar.TwoDigitYearMax
        year += 2000 if year < 30 else 1900  # noqa: PLR2004
    hour = int(parts.get("hour") or 0)
    if parts.get("half"):
        hour = hour % _NOON + (_NOON if str(parts["half"]).lower().startswith("p") else 0)
    fraction = int((parts.get("fraction") or "0").ljust(7, "0")[:6])
    try:
        value = datetime(  # noqa: DTZ001 - a local time, see values.py
            year, int(month or 0), int(parts["day"] or 0), hour, int(parts.get("minute") or 0),
            int(parts.get("second") or 0), fraction,
        )  # fmt: skip
        return _in_zone(value, parts.get("zone"), offset)
    except (ValueError, OverflowError):
        return None


def _in_zone(value: datetime, zone: str | None, offset: timedelta) -> datetime:
    if not zone:
        return value
    if zone in ("Z", "GMT"):
        return value + offset
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    return value - shift + offset


def _month_number(name: str) -> str:
    for number, month in enumerate(MONTHS, 1):
        if name and month.lower().startswith(name.lower()[:3]) and len(name) in (3, len(month)):
            return str(number)
    return ""


# By format

_STANDARD: Final = {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "m": "MMMM d",
    "M": "MMMM d",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "y": "MMMM yyyy",
    "Y": "MMMM yyyy",
}
_TOKEN = re.compile(
    r"(d{1,4}|M{1,4}|y{1,5}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|t{1,2}|K|z{1,3}|g+)|'([^']*)'|\"([^\"]*)\"|\\(.)|%|(.)",
    re.DOTALL,
)


def format_date(value: datetime, pattern: str, offset: timedelta = timedelta()) -> str:
    """Write a date by a standard or custom format of .NET, as the United States write it.

    Args:
        value: the date and time.
        pattern: the format.
        offset: of the local time zone.

    Raises:
        Unmodelled: for a standard format that is not known.
    """
    if len(pattern) == 1:
        if pattern == "U":
            value, pattern = (value - offset if value.tzinfo is None else value), "F"
        if pattern not in _STANDARD:
            raise Unmodelled(f"the date format {pattern!r}", "write the format out, for example yyyy-MM-dd")
        pattern = _STANDARD[pattern]
    return "".join(_written(found, value, offset) for found in _TOKEN.finditer(pattern))


def _written(found: re.Match[str], value: datetime, offset: timedelta) -> str:
    token = found[1]
    if token is None:
        return next((part for part in found.groups()[1:] if part is not None), "")
    return _TOKENS[token[0]](value, len(token), offset)


def _fraction(value: datetime, count: int, _: timedelta) -> str:
    return f"{value.microsecond:06d}0"[:count]


def _zone(value: datetime, count: int, offset: timedelta) -> str:
    shift = timedelta() if value.tzinfo else offset
    minutes = round(shift.total_seconds() / 60)
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    if count < 3:  # noqa: PLR2004 - hours only
        return f"{sign}{minutes // 60:0{count}d}"
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


_TOKENS: Final[dict[str, Callable[[datetime, int, timedelta], str]]] = {
    "d": lambda value, count, _: (str(value.day), f"{value.day:02d}", DAYS[value.weekday()][:3], DAYS[value.weekday()])[
        count - 1
    ],
    "M": lambda value, count, _: (
        str(value.month),
        f"{value.month:02d}",
        MONTHS[value.month - 1][:3],
        MONTHS[value.month - 1],
    )[count - 1],
    "y": lambda value, count, _: (
        f"{value.year % 100:0{count}d}" if count < 3 else f"{value.year:0{count}d}"  # noqa: PLR2004
    ),
    "H": lambda value, count, _: f"{value.hour:0{count}d}",
    "h": lambda value, count, _: f"{value.hour % _NOON or _NOON:0{count}d}",
    "m": lambda value, count, _: f"{value.minute:0{count}d}",
    "s": lambda value, count, _: f"{value.second:0{count}d}",
    "f": _fraction,
    "F": lambda value, count, offset: _fraction(value, count, offset).rstrip("0"),
    "t": lambda value, count, _: ("AM" if value.hour < _NOON else "PM")[:count],
    "K": lambda value, _, __: "Z" if value.tzinfo else "",
    "z": _zone,
    "g": lambda _, __, ___: "A.D.",
}

_DIGITS: Final = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<year>\d{2})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "MMM": r"(?P<name>[A-Za-z]{3})",
    "MMMM": r"(?P<name>[A-Za-z]+)",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
    "ddd": r"[A-Za-z]{3}",
    "dddd": r"[A-Za-z]+",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{2})",
    "s": r"(?P<second>\d{1,2})",
    "tt": r"(?P<half>[AaPp][Mm])",
    "K": r"(?P<zone>Z?)",
    "zzz": r"(?P<zone>[+-]\d{2}:\d{2})",
}


def parse_date_exact(text: str, pattern: str, today: datetime, offset: timedelta) -> datetime | None:
    """Return the date a text says in exactly one format; None when it does not.

    Raises:
        Unmodelled: for a format with parts that are not known.
    """
    pattern = _STANDARD.get(pattern, pattern) if len(pattern) == 1 else pattern
    pieces: list[str] = []
    for found in _TOKEN.finditer(pattern):
        token = found[1]
        if token is None:
            pieces.append(re.escape(next((part for part in found.groups()[1:] if part is not None), "")))
        elif token[0] in "fF":
            pieces.append(rf"(?P<fraction>\d{{{len(token)}}})")
        elif token in _DIGITS:
            pieces.append(_DIGITS[token])
        else:
            raise Unmodelled(f"the date format {pattern!r} for reading", "use years, months, days and times in digits")
    match = re.fullmatch("".join(pieces), text)
    if match is None:
        return None
    parts: dict[str, str | None] = {"year": str(today.year), "day": "1", **match.groupdict()}
    if "name" not in parts and "month" not in parts:
        parts |= {"month": str(today.month), "day": str(today.day)}
    return _date_of(parts, offset)


# Spans of time

_SPAN = re.compile(
    r"(?P<sign>-?)(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2})(?:\.(?P<f>\d{1,7}))?)?"
)
_DAYS_ALONE = re.compile(r"-?\d+")


def parse_timespan(text: str) -> timedelta | None:
    """Return the span of time a text says, `1.02:03:04`, a number alone being days; None when it says none."""
    stripped = text.strip()
    try:
        if _DAYS_ALONE.fullmatch(stripped):
            return timedelta(days=int(stripped))
        found = _SPAN.fullmatch(stripped)
        if found is None or int(found["hours"]) > 23 or int(found["minutes"]) > 59:  # noqa: PLR2004 - of a clock
            return None
        span = timedelta(
            days=int(found["days"] or 0),
            hours=int(found["hours"]),
            minutes=int(found["minutes"]),
            seconds=int(found["seconds"] or 0),
            microseconds=int((found["f"] or "0").ljust(7, "0")[:6]),
        )
    except OverflowError:
        return None
    return -span if found["sign"] else span


_SPAN_TOKEN = re.compile(r"(d{1,8}|h{1,2}|m{1,2}|s{1,2}|f{1,7})|'([^']*)'|\\(.)|%|(.)", re.DOTALL)


def format_timespan(value: timedelta, pattern: str) -> str:
    """Write a span of time by a format of .NET."""
    if pattern in ("", "c", "t", "T"):
        return timespan_text(value)
    if pattern in ("g", "G"):
        raise Unmodelled(f"the time span format {pattern!r}", r"write the format out, for example hh\:mm\:ss")
    length = abs(value)
    hours, rest = divmod(length.seconds, 3600)
    numbers = {"d": length.days, "h": hours, "m": rest // 60, "s": rest % 60}
    pieces = []
    for found in _SPAN_TOKEN.finditer(pattern):
        token = found[1]
        if token is None:
            pieces.append(next((part for part in found.groups()[1:] if part is not None), ""))
        elif token[0] == "f":
            pieces.append(f"{length.microseconds:06d}0"[: len(token)])
        else:
            pieces.append(f"{numbers[token[0]]:0{len(token)}d}")
    return "".join(pieces)


def universal(value: datetime, offset: timedelta) -> datetime:
    """Return a time as universal time."""
    return value if value.tzinfo else (value - offset).replace(tzinfo=UTC)
