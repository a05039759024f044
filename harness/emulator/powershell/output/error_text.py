"""Error records as text: the view NormalView of Windows PowerShell 5.1.

Source: learn.microsoft.com, about_Preference_Variables ($ErrorView), about_Error_Handling; the layout from memory.
"""

from __future__ import annotations

from harness.emulator.powershell.runtime.errors import ErrorRecord
from harness.emulator.powershell.runtime.values import is_null
from harness.emulator.powershell.types.nettype import type_name_of
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["error_text"]

_LONGEST = 40
_WIDEST_LINE = 69


def error_text(record: ErrorRecord) -> str:
    """Return what is shown of an error, lines with CR LF between them."""
    lines = [_headline(record)]
    place = record.place
    if place is not None and record.command_type != "NativeCommandError":
        where = f"{place.path}:{place.line}" if place.path else f"line:{place.line}"
        lines.append(f"At {where} char:{place.column}")
        lines += _source_lines(record)
    lines.append(f"    + CategoryInfo          : {_category(record)}")
    lines.append(f"    + FullyQualifiedErrorId : {record.full_id}")
    return "\r\n".join([*lines, " "])


def _headline(record: ErrorRecord) -> str:
    prefix = record.prefix if record.prefix is not None else record.activity
    if not prefix or record.category == "ParserError":
        return record.message
    return f"{prefix} : {record.message}"


def _source_lines(record: ErrorRecord) -> list[str]:
    place = record.place
    assert place is not None
    text = place.text
    code = place.code.replace("\r", "\n").split("\n", 1)[0]
    start = place.column - 1
    length = max(1, min(len(code), len(text) - start))
    leading = len(text) - len(text.lstrip())
    shown, offset = text[leading:].rstrip(), max(0, start - leading)
    if len(shown) <= _WIDEST_LINE:
        return [f"+ {shown}", "+ " + " " * offset + "~" * length]
    begin = max(0, offset - 16)
    end = min(len(shown), max(begin + _WIDEST_LINE, offset + 1))
    before, after = ("... " if begin else "", " ..." if end < len(shown) else "")
    marks = min(length, end - offset)
    return [f"+ {before}{shown[begin:end]}{after}", "+ " + " " * (len(before) + offset - begin) + "~" * max(1, marks)]


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    half = (_LONGEST - 3) // 2
    return f"{text[: half + 1]}...{text[-half:]}"


def _category(record: ErrorRecord) -> str:
    reason = record.reason or record.exception.type_name.rsplit(".", 1)[-1]
    if is_null(record.target):
        target = ":"
    else:
        kind = type_name_of(record.target).rsplit(".", 1)[-1]
        target = f"{_shortened(to_text(record.target))}:{kind}"
    return f"{record.category}: ({target}) [{record.activity}], {reason}"
