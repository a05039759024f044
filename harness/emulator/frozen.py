"""How the registry and the volumes were at one moment: immutable, cheap to make, sharing what did not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.emulator.contents import Content
from harness.model.windows import Hive, RegistryValue

__all__ = ["FrozenKey", "RegistrySnapshot", "FrozenFile", "FrozenFolder", "FilesSnapshot", "MachineSnapshot"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenKey:
    """A registry key as it was. Two keys that did not change between snapshots are the same object.

    Attributes:
        name: the last part of its path.
        keys: the keys below it, by folded name.
        values: name and value, by folded name, in the order they were made.
        modified: the last-write time.
    """

    name: str
    keys: Mapping[str, FrozenKey]
    values: Mapping[str, tuple[str, RegistryValue]]
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegistrySnapshot:
    """The registry as it was: the machine's and the users' half, at their physical places."""

    hives: Mapping[Hive, FrozenKey]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenFile:
    """A file as it was. Its content is shared with the live file until one writes to that."""

    name: str
    content: Content
    created: datetime
    modified: datetime

    @property
    def size_bytes(self) -> int:
        """The length of its content."""
        return self.content.size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenFolder:
    """A folder as it was, with what it held by folded name."""

    name: str
    entries: Mapping[str, FrozenFolder | FrozenFile]
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilesSnapshot:
    """The volumes as they were, by drive (`C:`)."""

    drives: Mapping[str, FrozenFolder]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineSnapshot:
    """Registry and files as they were, and when."""

    at: datetime
    registry: RegistrySnapshot
    files: FilesSnapshot
