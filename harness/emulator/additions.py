"""What a user's own machine has beyond a fresh Windows: registry from files and by hand, files, people with a profile.

The registry with all that in it is made once and shared, as that of a fresh Windows is; hives in it stay unread until
somebody looks.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.emulator.frozen import FrozenKey, KeyImage, RegistrySnapshot
from harness.emulator.overlay import Overlay
from harness.errors import UsageError
from harness.formats.regfile import RegEdit
from harness.model.names import folded
from harness.model.windows import RegistryPath

if TYPE_CHECKING:
    from harness.emulator.files import EmulatedFiles
    from harness.emulator.registry import EmulatedRegistry

__all__ = ["AddedHive", "AddedEdits", "AddedRegistry", "AddedUser", "Additions", "add_registry", "add_files"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AddedHive:
    """A hive that is laid over a key: its keys and values win, what it does not have stays.

    Attributes:
        path: the key, below HKLM, or HKCU for a user's.
        image: the hive.
        place: where the description of the machine has it, for messages: `.registry_files[0]`.
    """

    path: RegistryPath
    image: KeyImage
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AddedEdits:
    """Changes of a `.reg` file, or of the definition itself.

    Attributes:
        edits: what is done.
        source: where it is written.
        place: where the description of the machine has it, for messages: `.registry_files[0]`.
    """

    edits: tuple[RegEdit, ...]
    source: str
    place: str = ""


AddedRegistry = AddedHive | AddedEdits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AddedUser:
    """Somebody who has signed in on the machine before.

    Attributes:
        name: the user's name.
        is_administrator: whether the user is one.
        registry: what the hive holds beyond a fresh one, with HKCU in front.
    """

    name: str
    is_administrator: bool = False
    registry: tuple[AddedRegistry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Additions:
    """Everything that is added; made before anything is done with it.

    Attributes:
        registry: in this order.
        files: by path: bytes, a file of this computer, or None for a folder.
        users: who has a profile.
    """

    registry: tuple[AddedRegistry, ...] = ()
    files: Mapping[str, bytes | Path | None] = field(default_factory=dict)
    users: tuple[AddedUser, ...] = ()


def add_registry(registry: EmulatedRegistry, parts: tuple[AddedRegistry, ...]) -> None:
    """Put all parts into a registry.

    Raises:
        MachineError: when the registry refuses something; with the place in its file.
        FormatError: if a hive does not read where it is looked at.
    """
    for part in parts:
        if isinstance(part, AddedEdits):
            registry.import_edits(part.edits, source=part.source)
            continue
        place = registry.location(part.path)
        lower = _image_at(registry.snapshot(), place)
        nothing = FrozenKey(name=place.name, keys={}, values={}, modified=part.image.modified)
        registry.mount(place, Overlay(lower or nothing, part.image))


def add_files(files: EmulatedFiles, added: Mapping[str, bytes | Path | None]) -> None:
    """Put files and folders onto the volumes; large ones never have to fit into memory.

    Raises:
        MachineError: when a volume refuses one.
        UsageError: when a file of this computer cannot be read any more.
    """
    for path, content in added.items():
        if content is None:
            files.make_folder(path)
        elif isinstance(content, bytes):
            files.write(path, content)
        else:
            files.write(path, b"")
            try:
                source = content.open("rb")
            except OSError as error:
                raise UsageError(f"cannot read {content}: {error.strerror} - the machine needs it at {path}") from None
            with source, files.open(path, "wb") as target:
                shutil.copyfileobj(source, target)


def _image_at(snapshot: RegistrySnapshot, place: RegistryPath) -> KeyImage | None:
    image: KeyImage | None = snapshot.hives[place.hive]
    for name in place.parts:
        image = image.keys.get(folded(name)) if image else None
    return image
