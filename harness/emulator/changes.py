"""What became of a machine between two moments: keys, values, folders and files added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from harness.emulator.changedrawing import draw_changes
from harness.emulator.frozen import FrozenFile, FrozenFolder, FrozenLink, KeyImage, MachineSnapshot
from harness.model.files import FileAttributes
from harness.model.names import folded
from harness.model.visible import visible_line
from harness.model.windows import Hive, RegistryPath, RegistryValue

__all__ = ["Change", "RegistryChange", "FileChange", "MachineDiff", "diff"]

T = TypeVar("T")

_FrozenNode = FrozenFolder | FrozenFile | FrozenLink

#: What one entry of the JSON is made of.
_Json = dict[str, str | int | bool | None]


class Change(StrEnum):
    """What became of something."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"

    @property
    def sign(self) -> str:
        """The sign that a readable list begins a line with."""
        return {Change.ADDED: "+", Change.CHANGED: "~", Change.REMOVED: "-"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChange:
    r"""A key or a value that is not as it was.

    Attributes:
        change: what became of it.
        path: the key where it really is: 32-bit data shows below `WOW6432Node`.
        name: the value's name, empty for the default value; None when the key itself came or went.
        before: the value as it was; None for a key and for what was not there.
        after: the value as it is.
    """

    change: Change
    path: RegistryPath
    name: str | None = None
    before: RegistryValue | None = None
    after: RegistryValue | None = None

    def to_json(self) -> _Json:
        """Return the change as plain JSON values; data as text, bytes in hexadecimal."""
        value = self.after or self.before
        return {
            "change": self.change.value,
            "key": self.path.short,
            "name": self.name,
            "type": value.type.name if value else None,
            "before": None if self.before is None else str(self.before),
            "after": None if self.after is None else str(self.after),
        }

    def __str__(self) -> str:
        if self.name is None:
            return f"{self.change.sign} {visible_line(self.path.short)}"
        name = visible_line(self.name) or "(default)"
        data = " -> ".join(visible_line(str(value)) for value in (self.before, self.after) if value is not None)
        types = dict.fromkeys(value.type.name for value in (self.before, self.after) if value is not None)
        key = visible_line(self.path.short)
        return f"{self.change.sign} {key} : {name} = {data} ({' -> '.join(types)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A folder, a file or a link that is not as it was.

    Attributes:
        change: what became of it. A folder has changed when it is marked as something else, not when what it holds
            has; a link that leads elsewhere was removed and added.
        path: where it really is.
        is_directory: whether it is a folder, or a link to one.
        size_before: its size in bytes before; None for what is no file and for what was not there.
        size_after: its size in bytes now.
        attributes_before: what it was marked as, as Windows shows it; None for what was not there.
        attributes_after: what it is marked as.
        target: where a link leads, as it was written; empty for anything else.
        is_content_same: whether it is a file that has the bytes it had, so that only attributes changed.
    """

    change: Change
    path: str
    is_directory: bool
    size_before: int | None = None
    size_after: int | None = None
    attributes_before: FileAttributes | None = None
    attributes_after: FileAttributes | None = None
    target: str = ""
    is_content_same: bool = False

    def details(self, arrow: str = " -> ") -> str:
        """Return what is said of it beside its path: sizes and changed attributes; empty when there is nothing."""
        sizes = [f"{size:,}" for size in (self.size_before, self.size_after) if size is not None]
        marks = [_names(marks) for marks in (self.attributes_before, self.attributes_after) if marks is not None]
        said = [f"{arrow.join(sizes)} bytes"] if sizes and not self.is_content_same else []
        if len(set(marks)) > 1:
            said.append(f"attributes {arrow.join(marks)}")
        return ", ".join(said)

    def to_json(self) -> _Json:
        """Return the change as plain JSON values."""
        return {
            "change": self.change.value,
            "path": self.path,
            "is_directory": self.is_directory,
            "size_bytes_before": self.size_before,
            "size_bytes_after": self.size_after,
            "attributes_before": None if self.attributes_before is None else _names(self.attributes_before),
            "attributes_after": None if self.attributes_after is None else _names(self.attributes_after),
            "target": self.target or None,
        }

    def __str__(self) -> str:
        path = f"{self.path}\\" if self.is_directory else self.path
        target = f" -> {self.target}" if self.target else ""
        details = self.details()
        return visible_line(f"{self.change.sign} {path}{target}{f' ({details})' if details else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDiff:
    """All that is different, sorted by place; empty, and false, when nothing is."""

    registry: tuple[RegistryChange, ...] = ()
    files: tuple[FileChange, ...] = ()

    def without(self, prefixes: Iterable[str]) -> MachineDiff:
        r"""Return the difference without what is at these places and below.

        Args:
            prefixes: keys and folders, `HKLM\SOFTWARE\Contoso` or `C:\ProgramData\Contoso`.
        """
        places = tuple(_place(prefix) for prefix in prefixes)
        return MachineDiff(
            registry=tuple(change for change in self.registry if not _is_below(folded(change.path.short), places)),
            files=tuple(change for change in self.files if not _is_below(folded(change.path), places)),
        )

    def to_json(self) -> dict[str, list[_Json]]:
        """Return the difference as plain JSON values, under `registry` and `files`."""
        return {
            "registry": [change.to_json() for change in self.registry],
            "files": [change.to_json() for change in self.files],
        }

    def __bool__(self) -> bool:
        return bool(self.registry or self.files)

    def _repr_html_(self) -> str:
        return draw_changes(self)

    def __str__(self) -> str:
        changes: tuple[RegistryChange | FileChange, ...] = (*self.registry, *self.files)
        return "\n".join(str(change) for change in changes) if changes else "nothing changed"


def diff(before: MachineSnapshot, after: MachineSnapshot) -> MachineDiff:
    """Return what became of a machine between two snapshots of it.

    A file has changed when its bytes or attributes have; the time it was last written does not count. What the
    snapshots share is not looked at, so that the cost is that of the difference.
    """
    registry: list[RegistryChange] = []
    for hive, old, new in _pairs(before.registry.hives, after.registry.hives):
        registry += _registry_changes(RegistryPath(hive), old, new)
    files: list[FileChange] = []
    for drive, old_root, new_root in _pairs(before.files.drives, after.files.drives):
        files += _file_changes(drive, old_root, new_root)
    return MachineDiff(
        registry=tuple(sorted(registry, key=_registry_order)),
        files=tuple(sorted(files, key=lambda change: folded(change.path).split("\\"))),
    )


def _registry_changes(root: RegistryPath, before: KeyImage | None, after: KeyImage | None) -> Iterator[RegistryChange]:
    todo = [(root, before, after)]
    for path, old, new in todo:  # grows while it is walked
        if old is None or new is None:
            yield RegistryChange(change=Change.REMOVED if new is None else Change.ADDED, path=path)
        yield from _value_changes(path, old, new)
        for _, old_key, new_key in _pairs(old.keys if old else {}, new.keys if new else {}):
            found = new_key or old_key
            assert found is not None  # one of a pair is there
            todo.append((path.child(_shown(path, found.name)), old_key, new_key))


def _value_changes(path: RegistryPath, before: KeyImage | None, after: KeyImage | None) -> Iterator[RegistryChange]:
    for _, old, new in _pairs(before.values if before else {}, after.values if after else {}):
        old_value, new_value = old and old[1], new and new[1]
        change = _change(old_value, new_value)
        if change:
            name = (new or old or ("",))[0]
            yield RegistryChange(change=change, path=path, name=name, before=old_value, after=new_value)


def _file_changes(root: str, before: _FrozenNode | None, after: _FrozenNode | None) -> Iterator[FileChange]:
    todo = [(root, before, after)]
    for path, old, new in todo:  # grows while it is walked
        if old and new and (type(old) is not type(new) or _target(old) != _target(new)):
            todo += [(path, old, None), (path, None, new)]
            continue
        change = _node_change(path, old, new)
        if change:
            yield change
        for _, old_node, new_node in _pairs(_entries(old), _entries(new)):
            held = new_node or old_node
            assert held is not None  # one of a pair is there
            todo.append((f"{path}\\{held.name}", old_node, new_node))


def _node_change(path: str, before: _FrozenNode | None, after: _FrozenNode | None) -> FileChange | None:
    found = after or before
    assert found is not None  # one of a pair is there
    old = before.content if isinstance(before, FrozenFile) else None
    new = after.content if isinstance(after, FrozenFile) else None
    is_same = old is not None and new is not None and old.equals(new)
    marks = _attributes(before), _attributes(after)
    if marks[0] == marks[1] and (is_same or not isinstance(found, FrozenFile)):
        return None
    return FileChange(
        change=Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED,
        path=path,
        is_directory=found.is_directory if isinstance(found, FrozenLink) else isinstance(found, FrozenFolder),
        size_before=None if old is None else old.size,
        size_after=None if new is None else new.size,
        attributes_before=marks[0],
        attributes_after=marks[1],
        target=_target(found),
        is_content_same=is_same,
    )


def _attributes(node: _FrozenNode | None) -> FileAttributes | None:
    """Return what a node is marked as, as Windows shows it; None for none."""
    if node is None:
        return None
    marks = FileAttributes(node.attributes)
    if isinstance(node, FrozenFile):
        return marks or FileAttributes.NORMAL
    if isinstance(node, FrozenLink):
        marks |= FileAttributes.REPARSE_POINT
        return marks | FileAttributes.DIRECTORY if node.is_directory else marks
    return marks | FileAttributes.DIRECTORY


def _names(marks: FileAttributes) -> str:
    """Return attributes by name in the order of the alphabet, those without a name as a number."""
    names = sorted(name for name, mark in FileAttributes.__members__.items() if mark in marks)
    unnamed = int(marks) & ~sum(FileAttributes)
    return " | ".join([*names, f"{unnamed:#x}"] if unnamed else names) or "none"


def _change(before: RegistryValue | None, after: RegistryValue | None) -> Change | None:
    if before == after:
        return None
    return Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED


def _entries(node: _FrozenNode | None) -> Mapping[str, _FrozenNode]:
    return node.entries if isinstance(node, FrozenFolder) else {}


def _target(node: _FrozenNode) -> str:
    return node.target if isinstance(node, FrozenLink) else ""


K = TypeVar("K")


def _pairs(before: Mapping[K, T], after: Mapping[K, T]) -> Iterator[tuple[K, T | None, T | None]]:
    """Return everything that either holds, with what each has for it, but not what both share."""
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old is not new:
            yield key, old, new


def _shown(path: RegistryPath, name: str) -> str:
    """Return how a key is shown: everybody knows the control set in use by its link."""
    return (
        "CurrentControlSet"
        if path.hive is Hive.HKLM and path.parts == ("SYSTEM",) and name == "ControlSet001"
        else name
    )


def _registry_order(change: RegistryChange) -> tuple[str, Sequence[str], bool, str]:
    return change.path.hive, folded(change.path.key).split("\\"), change.name is not None, folded(change.name or "")


def _place(prefix: str) -> str:
    try:
        return folded(RegistryPath.parse(prefix).short)
    except ValueError:
        return folded(prefix.replace("/", "\\").rstrip("\\"))


def _is_below(place: str, prefixes: tuple[str, ...]) -> bool:
    return any(place == prefix or place.startswith(f"{prefix}\\") for prefix in prefixes)
