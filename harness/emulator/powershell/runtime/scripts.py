"""Script files: their encoding, and parsing them.

Source: learn.microsoft.com, about_Character_Encoding: Windows PowerShell reads a file without a byte order mark in the
code page of Windows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from harness.emulator.powershell.cursor import ScriptSyntaxError
from harness.emulator.powershell.expressions import Span
from harness.emulator.powershell.parser import parse_script
from harness.emulator.powershell.runtime.errors import ErrorRecord, NetException, ScriptError
from harness.emulator.powershell.runtime.source import Source
from harness.emulator.powershell.statements import ScriptBlock

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["read_script", "parsed", "decoded", "encoded"]

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decoded(data: bytes, encoding: str = "") -> str:
    """Return the text of a file: by its byte order mark, else in an encoding, else in the code page of Windows."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if encoding:
        return data.decode(encoding, "replace")
    return "".join(_ANSI[byte] for byte in data) if not data.isascii() else data.decode("ascii")


def _ansi(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_ANSI = [_ansi(byte) for byte in range(256)]


def encoded(text: str, encoding: str) -> bytes:
    """Return a text's bytes; what an encoding cannot express becomes a question mark."""
    return text.encode(encoding, "replace")


def read_script(run: ProgramRun, path: str) -> str:
    """Return the text of a script file.

    Raises:
        MachineError: when it cannot be read.
    """
    return decoded(run.files.read(path))


@lru_cache(maxsize=64)
def _block(text: str, path: str) -> ScriptBlock:
    return parse_script(text, path or "the command")


def parsed(source: Source) -> ScriptBlock:
    """Return the tree of a script.

    Raises:
        ScriptError: when it does not parse; nothing of it runs.
    """
    try:
        return _block(source.text, source.path)
    except ScriptSyntaxError as error:
        exception = NetException(
            "System.Management.Automation.ParseException",
            error.message,
            bases=("System.Management.Automation.RuntimeException",),
        )
        record = ErrorRecord(exception, "ParserError", "ParserError", None)
        record.reason = "ParentContainsErrorRecordException"
        record.place = source.place(_span(error.offset))
        raise ScriptError(record, ends_script=True) from error


def _span(offset: int) -> Span:
    return Span(offset, offset + 1)
