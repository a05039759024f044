"""Changes to registry and files, gathered under the key or folder they are in, Windows Installer's books last."""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from harness.emulator.changes import Change
from harness.report.facts import FileChange, RegistryChange

__all__ = ["Group", "by_folder", "by_key", "is_windows_installer_record"]

#: Where Windows Installer keeps its books, in lower case.
_RECORDS = (
    r"hklm\software\microsoft\windows\currentversion\installer",
    r"hklm\software\classes\installer",
    r"c:\windows\installer",
)

T = TypeVar("T", RegistryChange, FileChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[T]):
    """What changed in one place.

    Attributes:
        path: the key or folder.
        change: what became of the place itself; None when it was there and still is.
        members: what changed in it.
    """

    path: str
    change: Change | None
    members: tuple[T, ...]


def by_key(changes: Iterable[RegistryChange]) -> list[Group[RegistryChange]]:
    """Gather registry values under their keys; a new key that only holds other keys is left out."""
    return _grouped(changes, where=lambda change: change.key, is_place=lambda change: change.name is None)


def by_folder(changes: Iterable[FileChange]) -> list[Group[FileChange]]:
    """Gather files under their folders; a new folder that only holds other folders is left out."""
    return _grouped(
        changes,
        where=lambda change: change.path if change.is_directory else ntpath.dirname(change.path),
        is_place=lambda change: change.is_directory,
    )


def is_windows_installer_record(path: str) -> bool:
    """Return whether a key or folder is where Windows Installer keeps its books, and not the app's own."""
    return any(_is_within(path.lower(), record) for record in _RECORDS)


def _is_within(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}\\")


def _grouped(changes: Iterable[T], *, where: Callable[[T], str], is_place: Callable[[T], bool]) -> list[Group[T]]:
    places: dict[str, Change] = {}
    members: dict[str, list[T]] = {}
    for change in changes:
        path = where(change)
        members.setdefault(path, [])
        if is_place(change):
            places[path] = change.change
        else:
            members[path].append(change)
    parents = {_parent(path) for path in members}
    return [
        Group(path=path, change=places.get(path), members=tuple(inside))
        for path, inside in sorted(
            members.items(), key=lambda item: (is_windows_installer_record(item[0]), item[0].casefold())
        )
        if inside or path not in parents
    ]


def _parent(path: str) -> str:
    return path.rpartition("\\")[0]
