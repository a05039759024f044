"""Get-Date, New-TimeSpan, Start-Sleep, Get-TimeZone.

Source: learn.microsoft.com, the pages of the cmdlets.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from harness.emulator.powershell.cmdlets.api import Call, cmdlet
from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.parameters import Parameter, number, text
from harness.emulator.powershell.types.dates import DAYS, MONTHS, format_date

__all__ = ["CMDLETS"]

_PARTS = ("Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond")


@cmdlet(
    "Get-Date",
    Parameter(
        name="Date", type="datetime", position=0, aliases=("LastWriteTime",), from_pipeline=True, from_property=True
    ),
    *[number(part) for part in _PARTS],
    Parameter(name="DisplayHint", type="string", choices=("Date", "Time", "DateTime")),
    text("Format"),
    text("UFormat"),
)
async def _get_date(call: Call) -> None:
    value: datetime = call["Date"] or call.shell.local_now()
    changes = {part.lower(): call[part] for part in _PARTS if call[part] is not None}
    if "millisecond" in changes:
        changes["microsecond"] = changes.pop("millisecond") * 1000
    try:
        value = value.replace(**changes)
    except ValueError as error:
        raise call.failure(
            "Year, Month, and Day parameters describe an un-representable DateTime.",
            "ArgumentOutOfRange",
            "InvalidArgument",
        ) from error
    offset = call.shell.zone_offset(value)
    if call["Format"]:
        await call.write(_by_format(call["Format"], value, offset))
    elif call["UFormat"]:
        await call.write(_by_unix_format(call["UFormat"], value))
    elif call["DisplayHint"] and call["DisplayHint"].lower() != "datetime":
        raise Unmodelled("Get-Date -DisplayHint", "use -Format")
    else:
        await call.write(value)


def _by_format(pattern: str, value: datetime, offset: timedelta) -> str:
    named = {
        "filedate": "yyyyMMdd",
        "filedatetime": "yyyyMMddTHHmmssffff",
        "filedateuniversal": "yyyyMMddZ",
        "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ",
    }
    key = pattern.lower()
    if key in named:
        return format_date(value - offset if "universal" in key else value, named[key].replace("Z", "'Z'"), offset)
    return format_date(value, pattern, offset)


def _by_unix_format(pattern: str, value: datetime) -> str:
    pieces: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "%" and position < len(pattern):
            pieces.append(_unix(pattern[position], value))
            position += 1
        else:
            pieces.append(char)
    return "".join(pieces)


def _unix(char: str, value: datetime) -> str:
    table = {
        "a": DAYS[value.weekday()][:3], "A": DAYS[value.weekday()], "b": MONTHS[value.month - 1][:3],
        "B": MONTHS[value.month - 1], "c": f"{value:%a %d %b %Y %H:%M:%S}", "d": f"{value:%d}",
        "D": f"{value:%m/%d/%y}",
        "e": f"{value.day:>2}", "F": f"{value:%Y-%m-%d}", "h": MONTHS[value.month - 1][:3], "H": f"{value:%H}",
        "I": f"{value:%I}", "j": str(value.timetuple().tm_yday), "k": f"{value:%H}", "l": f"{value:%I}",
        "m": f"{value:%m}", "M": f"{value:%M}", "n": "\n", "p": "AM" if value.hour < 12 else "PM",  # noqa: PLR2004
        "r": f"{value:%I:%M:%S} {'AM' if value.hour < 12 else 'PM'}", "R": f"{value:%H:%M}", "S": f"{value:%S}",  # noqa: PLR2004
        "s": str((value - datetime(1970, 1, 1)).total_seconds()),  # noqa: DTZ001
        "t": "\t", "T": f"{value:%H:%M:%S}", "u": str(value.isoweekday()), "w": str(value.isoweekday() % 7),
        "V": f"{(value.timetuple().tm_yday - 1) // 7 + 1:02d}", "x": f"{value:%m/%d/%y}", "X": f"{value:%H:%M:%S}",
        "y": f"{value:%y}", "Y": f"{value:%Y}", "Z": "+00", "%": "%",
    }  # fmt: skip
    return table.get(char, char)


@cmdlet(
    "New-TimeSpan",
    Parameter(
        name="Start",
        type="datetime",
        position=0,
        sets=("Date",),
        aliases=("LastWriteTime",),
        from_pipeline=True,
        from_property=True,
    ),
    Parameter(name="End", type="datetime", position=1, sets=("Date",), from_property=True),
    number("Days", sets=("Time",), default=0),
    number("Hours", sets=("Time",), default=0),
    number("Minutes", sets=("Time",), default=0),
    number("Seconds", sets=("Time",), default=0),
    default_set="Date",
)
async def _new_time_span(call: Call) -> None:
    if call.has("Start") or call.has("End"):
        now = call.shell.local_now()
        start, end = call["Start"] or now, call["End"] or now
        await call.write(end.replace(tzinfo=None) - start.replace(tzinfo=None))
        return
    await call.write(
        timedelta(days=call["Days"], hours=call["Hours"], minutes=call["Minutes"], seconds=call["Seconds"])
    )


@cmdlet(
    "Start-Sleep",
    number("Seconds", position=0, sets=("Seconds",), from_pipeline=True, from_property=True),
    number("Milliseconds", sets=("Milliseconds",), aliases=("m", "ms"), from_property=True),
    default_set="Seconds",
    aliases=("sleep",),
)
async def _start_sleep(call: Call) -> None:
    length = timedelta(seconds=call["Seconds"] or 0, milliseconds=call["Milliseconds"] or 0)
    if length < timedelta():
        raise call.failure(
            "Cannot validate argument on parameter 'Seconds'. The argument is less than the minimum allowed range "
            "of 0.",
            "ParameterArgumentValidationError", "InvalidData",
        )  # fmt: skip
    await call.run.machine.clock.sleep(length)


CMDLETS = (_get_date, _new_time_span, _start_sleep)
