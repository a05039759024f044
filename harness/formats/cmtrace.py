"""The agent's log files: CMTrace records, written as the agent writes them and read whatever state they are in.

Source: lines of real devices, `<![LOG[message]LOG]!><time="13:05:48.8261848" date="1-21-2025"
component="AppWorkload" context="" type="2" thread="15" file="">`: seven digits of a second, local time without an
offset, month and day without zeros, CRLF. A message may have several lines; only the last ends the record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

__all__ = ["LogType", "LogEntry", "RawText", "write_entry", "read_log", "safe_message"]

_BEGIN = "<![LOG["
_END = "]LOG]!>"
#: A record that has grown to this many characters without an end is given up, so that memory stays bounded.
_LONGEST_RECORD = 16 * 2**20
_ATTRIBUTES = re.compile(
    r'<time="(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,7})" date="(\d{1,2})-(\d{1,2})-(\d{4})" '
    r'component="([^"\r\n]*)" context="([^"\r\n]*)" type="([123])" thread="(\d{1,10})" file="([^"\r\n]*)">\s*\Z',
    re.ASCII,
)


class LogType(IntEnum):
    """How serious a record is; the agent also writes banners as warnings."""

    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    r"""One record of a log.

    Attributes:
        at: local time of the device, naive; written with seven digits, of which the last is always 0.
        message: the text, its lines separated by `\n`.
        component: the program or part that wrote it, for example `AppWorkload`.
        type: how serious it is.
        thread: the managed thread's number.
        context: empty in the agent's logs.
        file: empty in the agent's logs.
    """

    at: datetime
    message: str
    component: str
    type: LogType = LogType.INFO
    thread: int = 1
    context: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class RawText:
    """Text of a log that is no record: what came before the first, a record cut off or damaged. Nothing is lost."""

    text: str


def write_entry(entry: LogEntry) -> str:
    """Write one record, with its line break.

    A message cannot end its record or begin another one: see `safe_message`. In the other texts, quotes become
    apostrophes and line breaks blanks.
    """
    at = entry.at
    time = f"{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond:06}0"
    message = safe_message(entry.message).replace("\n", "\r\n")
    component, context, file = (_attribute(text) for text in (entry.component, entry.context, entry.file))
    return (
        f'{_BEGIN}{message}{_END}<time="{time}" date="{at.month}-{at.day}-{at.year:04}" component="{component}" '
        f'context="{context}" type="{int(entry.type)}" thread="{entry.thread}" file="{file}">\r\n'
    )


def safe_message(message: str) -> str:
    r"""Return a message as it comes back from a log.

    Every kind of line break becomes `\n`. A blank is put into the marks of a record, `<![LOG[` becomes `<! [LOG[` and
    `]LOG]!>` becomes `]LOG] !>`, so that a hostile message cannot forge records. The real agent is not known to do so;
    this is ours.
    """
    message = re.sub(r"\r\n?", "\n", message)
    return message.replace(_BEGIN, "<! [LOG[").replace(_END, "]LOG] !>")


def read_log(lines: Iterable[str] | bytes) -> Iterator[LogEntry | RawText]:
    """Read a log, record by record, in bounded memory.

    Args:
        lines: the physical lines with their line breaks, as an open text file gives them; or a whole file's bytes,
            of which those that are not UTF-8 are replaced.

    Yields:
        Records, and between them whatever is none, in the order of the file.
    """
    record: list[str] = []
    size = 0
    for line in io.StringIO(lines.decode("utf-8-sig", "replace"), newline="") if isinstance(lines, bytes) else lines:
        if record and (line.startswith(_BEGIN) or size > _LONGEST_RECORD):
            yield RawText("".join(record))
            record, size = [], 0
        if not record and not line.startswith(_BEGIN):
            yield RawText(line)
            continue
        record.append(line)
        size += len(line)
        if _END in line and (entry := _entry("".join(record), line)):
            yield entry
            record, size = [], 0
    if record:
        yield RawText("".join(record))


def _entry(record: str, last_line: str) -> LogEntry | None:
    """Read a whole record; None when its last line does not end it."""
    attributes = last_line.rpartition(_END)[2]
    found = _ATTRIBUTES.match(attributes)
    if not found:
        return None
    hour, minute, second, fraction, month, day, year, component, context, type_, thread, file = found.groups()
    try:
        microsecond = int(fraction.ljust(6, "0")[:6])
        at = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond)  # noqa: DTZ001  # local time of another machine
    except ValueError:
        return None
    return LogEntry(
        at=at,
        message=record[len(_BEGIN) : -len(_END + attributes)].replace("\r\n", "\n"),
        component=component,
        type=LogType(int(type_)),
        thread=int(thread),
        context=context,
        file=file,
    )


def _attribute(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text.replace('"', "'"))
