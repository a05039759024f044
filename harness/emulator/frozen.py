"""How the registry and the volumes were at one moment: immutable, cheap to make, sharing what did not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from harness.emulator.contents import Content
from harness.emulator.shortnames import ShortNames
from harness.model.files import LinkKind
from harness.model.keyimage import KeyImage
from harness.model.windows import Account, Hive, RegistryPath, RegistryValue

__all__ = [
    "KeyImage",
    "FrozenKey",
    "RegistrySnapshot",
    "holds_volatile",
    "FrozenFile",
    "FrozenLink",
    "FrozenFolder",
    "FrozenVolume",
    "FilesSnapshot",
    "MachineSnapshot",
    "time_of",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenKey:
    """A registry key as it was. Two keys that did not change between snapshots are the same object.

    Attributes:
        name: the last part of its path.
        keys: the keys below it, by folded name.
        values: name and value, by folded name, in the order they were made.
        modified: the last-write time.
        is_volatile: whether it is gone after a restart.
        is_link: whether it leads to where its value `SymbolicLinkValue` says.
        holds_volatile: whether it or any key below it is volatile.
    """

    name: str
    keys: Mapping[str, KeyImage] = field(repr=False)
    values: Mapping[str, tuple[str, RegistryValue]] = field(repr=False)
    modified: datetime
    is_volatile: bool = False
    is_link: bool = False
    holds_volatile: bool = False


def holds_volatile(image: KeyImage) -> bool:
    """Return whether a key or any below it is volatile; of images other than `FrozenKey` none below is."""
    return image.holds_volatile if isinstance(image, FrozenKey) else image.is_volatile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegistrySnapshot:
    """The registry as it was: the machine's and the users' half, at their physical places.

    Attributes:
        hives: HKLM and HKU with all that was loaded.
        signed_out: the hives of users who were not signed in, by folded SID: NTUSER.DAT and UsrClass.dat.
        loaded: the hives that were loaded beside Windows' own and the users', as RegLoadKey does.
    """

    hives: Mapping[Hive, KeyImage] = field(repr=False)
    signed_out: Mapping[str, tuple[KeyImage, ...]] = field(default_factory=dict, repr=False)
    loaded: tuple[RegistryPath, ...] = ()


class FrozenFile(NamedTuple):
    """A file as it was. Its content is shared with the live file until one writes to that.

    A tuple, for there are many of them: it is made twice as fast as a dataclass is.

    Attributes:
        name: its name.
        content: its bytes.
        created_ns: when it was made, in nanoseconds since 1970.
        modified_ns: when it was last written.
        attributes: what it is marked as.
        owner: the SID of who made it, empty for SYSTEM.
    """

    name: str
    content: Content
    created_ns: int
    modified_ns: int
    attributes: int
    owner: str = ""

    @property
    def size_bytes(self) -> int:
        """The length of its content."""
        return self.content.size

    @property
    def created(self) -> datetime:
        """When it was made."""
        return time_of(self.created_ns)

    @property
    def modified(self) -> datetime:
        """When it was last written."""
        return time_of(self.modified_ns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenLink:
    """A symbolic link or a junction as it was.

    Attributes:
        name: its name.
        target: where it leads, as it was written.
        kind: which of the two.
        is_directory: whether it leads to a folder.
        created_ns: when it was made, in nanoseconds since 1970.
        modified_ns: when it was last changed.
        attributes: what it is marked as.
        owner: the SID of who made it, empty for SYSTEM.
    """

    name: str
    target: str
    kind: LinkKind
    is_directory: bool
    created_ns: int
    modified_ns: int
    attributes: int
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenFolder:
    """A folder as it was, with what it held by folded name, in the order in which it came.

    Attributes:
        name: its name.
        entries: what it held.
        created_ns: when it was made, in nanoseconds since 1970.
        modified_ns: when something last came or went.
        attributes: what it is marked as.
        owner: the SID of who made it, empty for SYSTEM.
        short_names: the short names in it, once somebody cared; None before.
    """

    name: str
    entries: Mapping[str, FrozenFolder | FrozenFile | FrozenLink]
    created_ns: int
    modified_ns: int
    attributes: int = 0
    owner: str = ""
    short_names: ShortNames | None = None

    @property
    def created(self) -> datetime:
        """When it was made."""
        return time_of(self.created_ns)

    @property
    def modified(self) -> datetime:
        """When something last came or went."""
        return time_of(self.modified_ns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenVolume:
    """A volume as it was.

    Attributes:
        root: what it held.
        label: its name.
        size_bytes: how much it holds.
        used_bytes: how much of that was taken.
        hard_links: the paths of each file that had several names.
    """

    root: FrozenFolder
    label: str
    size_bytes: int
    used_bytes: int
    hard_links: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilesSnapshot:
    """The volumes as they were, by drive (`C:`)."""

    volumes: Mapping[str, FrozenVolume]

    @property
    def drives(self) -> Mapping[str, FrozenFolder]:
        """What the volumes held."""
        return {drive: volume.root for drive, volume in self.volumes.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineSnapshot:
    """A machine as it was.

    Attributes:
        at: the wall time, aware.
        registry: the registry.
        files: the volumes.
        users: who was signed in; the last one was at the screen.
    """

    at: datetime
    registry: RegistrySnapshot = field(repr=False)
    files: FilesSnapshot = field(repr=False)
    users: tuple[Account, ...] = ()


def time_of(ns: int) -> datetime:
    """Return the moment that many nanoseconds after 1970, aware."""
    return _EPOCH + timedelta(microseconds=ns // 1_000)
