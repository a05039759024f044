"""Showing objects: texts line by line, tables, lists.

The first object of a kind decides: what has a view is shown by it; else up to four properties make a table, more a
list.
Source: learn.microsoft.com, "Using Format commands to change output view", about_Format.ps1xml; FormatViewGenerator and
the writers of PowerShell for alignment and blank lines. Windows PowerShell 5.1 fills the last column with blanks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from harness.emulator.powershell.output.error_text import error_text
from harness.emulator.powershell.output.views import DEFAULT_PROPERTIES, Column, View, rows_of, view_of
from harness.emulator.powershell.runtime.errors import ErrorRecord
from harness.emulator.powershell.runtime.objects import MISSING, Property, PSObject
from harness.emulator.powershell.runtime.values import EnumValue, Hashtable, Nothing, Value, is_null
from harness.emulator.powershell.types.dates import format_date
from harness.emulator.powershell.types.members import properties_of, property_of
from harness.emulator.powershell.types.nettype import type_name_of
from harness.emulator.powershell.types.rendering import shown_text

__all__ = ["Formatter", "cell_text", "table_lines", "list_lines", "FORMAT_DATA"]

_WIDEST_TABLE = 4
_MOST_ITEMS = 4

#: The type of what Format-Table and its kin put out: lines to show.
FORMAT_DATA = "Microsoft.PowerShell.Commands.Internal.Format.FormatEntryData"


class Formatter:
    """Shows values.

    Args:
        line: takes each line, without its end.
        width: how many characters a line has.
    """

    def __init__(self, line: Callable[[str], None], *, width: int = 80) -> None:
        self._line = line
        self._width = width
        self._items: list[Value] = []
        self._kind = ""
        self._is_first = True

    def accept(self, value: Value) -> None:
        """Show a value, or keep it until its table can be shown."""
        if value is None or isinstance(value, Nothing):
            return
        if _is_plain(value):
            self._flush()
            for line in shown_text(value).replace("\r\n", "\n").split("\n"):
                self._line(line)
            return
        if isinstance(value, PSObject) and value.type_names[0] == FORMAT_DATA:
            self._flush()
            for line in value.data:
                self._line(line)
            return
        if isinstance(value, ErrorRecord):
            self._flush()
            for line in error_text(value).split("\r\n"):
                self._line(line)
            return
        if isinstance(value, datetime):
            self._flush()
            self._show(["", format_date(value, "F"), ""])
            return
        if isinstance(value, list):
            for item in value:
                self.accept(item)
            return
        kind = _kind_of(value)
        if self._items and kind != self._kind:
            self._flush()
        self._kind = kind
        self._items += rows_of(value)

    def finish(self) -> None:
        """Show what was kept."""
        self._flush()

    def _flush(self) -> None:
        items, self._items = self._items, []
        if items:
            self._show(self._block(items))
            self._is_first = False

    def _show(self, lines: list[str]) -> None:
        for line in [*lines, ""]:
            self._line(line)

    def _block(self, items: list[Value]) -> list[str]:
        view = view_of(items[0], type_name_of(items[0]))
        if view and view.columns:
            return _grouped(items, view, self._width)
        names = list(view.properties) if view else _shown_names(items[0])
        if view or len(names) > _WIDEST_TABLE or not (self._is_first or self._is_custom(items[0])):
            return list_lines(items, names)
        if not names:
            return ["", *[shown_text(item) for item in items], ""]
        return table_lines(items, [Column(label=name) for name in names], self._width, is_generated=True)

    def _is_custom(self, item: Value) -> bool:
        return isinstance(item, PSObject) and item.is_custom


def _is_plain(value: Value) -> bool:
    """Return whether a value is shown as one line of text."""
    if isinstance(value, str | int | float | Decimal | EnumValue):
        return True
    return isinstance(value, PSObject) and value.text is not None and value.is_custom is False and not value.members


def _kind_of(value: Value) -> str:
    if isinstance(value, Hashtable):
        return "System.Collections.DictionaryEntry"
    name = value.type_names[0] if isinstance(value, PSObject) else type_name_of(value)
    return "System.IO.FileInfo" if name == "System.IO.DirectoryInfo" else name


def _shown_names(item: Value) -> list[str]:
    kind = item.type_names[0] if isinstance(item, PSObject) else type_name_of(item)
    chosen = DEFAULT_PROPERTIES.get(kind.lower())
    if chosen:
        return list(chosen)
    return [member.name for member in properties_of(item)]


def _grouped(items: list[Value], view: View, width: int) -> list[str]:
    if view.group is None:
        return table_lines(items, list(view.columns), width)
    lines: list[str] = []
    position = 0
    while position < len(items):
        title = view.group(items[position])
        end = position
        while end < len(items) and view.group(items[end]) == title:
            end += 1
        lines += ["", "", title, "", *table_lines(items[position:end], list(view.columns), width)]
        position = end
    return lines


def cell_text(value: Value) -> str:
    """Return what stands in a cell for a value."""
    if isinstance(value, Property):
        return ""
    if is_null(value) or value is MISSING:
        return ""
    if isinstance(value, list):
        shown = [cell_text(item) for item in value[:_MOST_ITEMS]]
        return "{" + ", ".join(shown) + ("..." if len(value) > _MOST_ITEMS else "") + "}"
    if isinstance(value, Hashtable):
        return cell_text(list(value))
    return shown_text(value)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal)


def table_lines(
    items: list[Value], columns: list[Column], width: int, *, has_header: bool = True, is_generated: bool = False
) -> list[str]:
    """Return a table's lines, with the blank lines around it but one.

    Args:
        items: the rows.
        columns: the columns.
        width: how many characters a line has.
        has_header: whether headers are shown.
        is_generated: whether the columns are the object's properties, so that numbers go to the right.
    """
    values = [[column.value(item) for column in columns] for item in items]
    cells = [[cell_text(value).replace("\r", " ").replace("\n", " ") for value in row] for row in values]
    right = [column.is_right or (is_generated and _is_number(values[0][n])) for n, column in enumerate(columns)]
    widths = [
        column.width or max(len(column.label), *(len(row[number]) for row in cells))
        for number, column in enumerate(columns)
    ]
    shown = _fitting(widths, width)

    def line(texts: list[str]) -> str:
        parts = [_fitted(texts[number], size, is_right=right[number]) for number, size in enumerate(shown)]
        return " ".join(parts)

    lines = [""]
    if has_header:
        lines += [line([column.label for column in columns]), line(["-" * len(column.label) for column in columns])]
    return [*lines, *map(line, cells), ""]


def _fitting(widths: list[int], width: int) -> list[int]:
    """Return how wide the columns that fit are; the last one that does is cut."""
    found: list[int] = []
    used = 0
    for size in widths:
        left = width - used - (1 if found else 0)
        if found and left < 1:
            break
        found.append(min(size, left))
        used += found[-1] + (1 if len(found) > 1 else 0)
    return found


def _fitted(text: str, width: int, *, is_right: bool) -> str:
    if len(text) > width:
        if width <= 3:  # noqa: PLR2004 - no room for dots
            return text[:width]
        return "..." + text[-(width - 3) :] if is_right else text[: width - 3] + "..."
    return text.rjust(width) if is_right else text.ljust(width)


def list_lines(items: list[Value], names: list[str], labels: list[str] | None = None) -> list[str]:
    """Return the lines of a list, with the blank lines around it but one.

    Args:
        items: the objects.
        names: their properties.
        labels: how the properties are called; without it by their names.
    """
    shown = labels or names
    size = max((len(label) for label in shown), default=0)
    lines = [""]
    for item in items:
        lines.append("")
        for name, label in zip(names, shown, strict=True):
            text = cell_text(property_of(item, name)).replace("\r\n", "\n")
            first, *rest = text.split("\n")
            lines.append(f"{label.ljust(size)} : {first}")
            lines += [" " * (size + 3) + line for line in rest]
    return [*lines, ""]
