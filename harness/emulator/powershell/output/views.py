"""How objects of known types are shown: columns of tables, properties of lists.

Source: learn.microsoft.com, about_Format.ps1xml; the columns are those of the format files of Windows PowerShell 5.1,
from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import Hashtable, Value
from harness.emulator.powershell.types.collection_methods import entries_of
from harness.emulator.powershell.types.dates import format_date
from harness.emulator.powershell.types.members import property_of

__all__ = ["Column", "View", "VIEWS", "DEFAULT_PROPERTIES", "rows_of", "view_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        label: its header.
        get: what is in it; None for the property of that name.
        width: how wide; 0 for as wide as need be.
        is_right: whether it is aligned to the right.
    """

    label: str
    get: Callable[[Value], Value] | None = None
    width: int = 0
    is_right: bool = False

    def value(self, item: Value) -> Value:
        """Return what is in the column for an object."""
        if self.get is not None:
            return self.get(item)
        return property_of(item, self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a type is shown.

    Attributes:
        columns: of a table; empty for a list.
        properties: of a list.
        group: what stands above the table, for objects that have it in common; None for nothing.
    """

    columns: tuple[Column, ...] = ()
    properties: tuple[str, ...] = ()
    group: Callable[[Value], str] | None = None


def _written(item: Value) -> str:
    value = property_of(item, "LastWriteTime")
    return f"{format_date(value, 'd'):>10}  {format_date(value, 't'):>8}"


def _length(item: Value) -> Value:
    return "" if property_of(item, "PSIsContainer") is True else property_of(item, "Length")


def _folder(item: Value) -> str:
    return f"    Directory: {str(property_of(item, 'PSParentPath')).rpartition('::')[2]}"


def _hive(item: Value) -> str:
    return f"    Hive: {str(property_of(item, 'PSParentPath')).rpartition('::')[2]}"


_FILES: Final = View(
    columns=(
        Column(label="Mode", width=7),
        Column(label="LastWriteTime", get=_written, width=25, is_right=True),
        Column(label="Length", get=_length, width=14, is_right=True),
        Column(label="Name"),
    ),
    group=_folder,
)
_ENTRIES: Final = View(columns=(Column(label="Name", width=30), Column(label="Value")))

#: Views by the full name of a type in lower case.
VIEWS: Final[Mapping[str, View]] = {
    "system.io.fileinfo": _FILES,
    "system.io.directoryinfo": _FILES,
    "microsoft.win32.registrykey": View(
        columns=(
            Column(label="Name", get=lambda item: property_of(item, "PSChildName"), width=30),
            Column(label="Property"),
        ),
        group=_hive,
    ),
    "system.collections.dictionaryentry": _ENTRIES,
    "system.management.automation.psvariable": _ENTRIES,
    "system.version": View(
        columns=(
            Column(label="Major", width=6),
            Column(label="Minor", width=6),
            Column(label="Build", width=6),
            Column(label="Revision", width=8),
        )
    ),
    "system.guid": View(columns=(Column(label="Guid", get=str),)),
    "system.serviceprocess.servicecontroller": View(
        columns=(
            Column(label="Status", width=8),
            Column(label="Name", width=18),
            Column(label="DisplayName", width=38),
        )
    ),
    "system.diagnostics.process": View(
        columns=(
            Column(label="Handles", get=lambda _: 0, width=7, is_right=True),
            Column(label="NPM(K)", get=lambda _: 0, width=7, is_right=True),
            Column(label="PM(K)", get=lambda _: 0, width=8, is_right=True),
            Column(label="WS(K)", get=lambda _: 0, width=10, is_right=True),
            Column(label="CPU(s)", get=lambda _: "", width=10, is_right=True),
            Column(label="Id", width=6, is_right=True),
            Column(label="SI", get=lambda item: property_of(item, "SessionId"), width=3, is_right=True),
            Column(label="ProcessName"),
        )
    ),
    "microsoft.powershell.commands.groupinfo": View(
        columns=(
            Column(label="Count", width=5, is_right=True),
            Column(label="Name", width=25),
            Column(label="Group"),
        )
    ),
    "system.management.automation.pathinfo": View(columns=(Column(label="Path"),)),
    "system.timespan": View(
        properties=(
            *("Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Ticks"),
            *("TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds"),
        )
    ),
}

#: Which properties of a type without view are shown, by its full name in lower case. Source: types.ps1xml.
DEFAULT_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "microsoft.powershell.commands.comparisonresult": ("InputObject", "SideIndicator"),
}


def rows_of(item: Value) -> list[Value]:
    """Return what is shown for an object: the entries of a hashtable, or itself."""
    if isinstance(item, Hashtable):
        found: list[Value] = list(entries_of(item))
        return found
    return [item]


def view_of(item: Value, name: str) -> View | None:
    """Return the view of an object; None when its type has none."""
    if isinstance(item, PSObject):
        for known in item.type_names:
            found = VIEWS.get(known.lower())
            if found:
                return found
        return None
    return VIEWS.get(name.lower())
