"""One registry key, with its values and the keys below it. Knows nothing of views, links or limits."""

from __future__ import annotations

from datetime import datetime

from harness.emulator.frozen import FrozenKey
from harness.model.names import folded
from harness.model.windows import RegistryValue

__all__ = ["Key"]


class Key:
    """A key of the physical tree.

    Attributes:
        name: the last part of its path, as it was first written.
        parent: the key above; None for a hive's root.
        keys: the keys below it, by folded name.
        values: name and value, by folded name, in the order they were made.
        modified: the last-write time. It tells of values and of direct subkeys, not of anything deeper.
        is_deleted: whether it has been taken out of the tree.
    """

    __slots__ = ("_frozen", "is_deleted", "keys", "modified", "name", "parent", "values")

    def __init__(self, name: str, parent: Key | None, modified: datetime) -> None:
        self.name = name
        self.parent = parent
        self.keys: dict[str, Key] = {}
        self.values: dict[str, tuple[str, RegistryValue]] = {}
        self.modified = modified
        self.is_deleted = False
        self._frozen: FrozenKey | None = None

    def child(self, name: str, now: datetime) -> Key:
        """Return the key of that name directly below, made if need be."""
        name_folded = folded(name)
        key = self.keys.get(name_folded)
        if key is None:
            key = self.keys[name_folded] = Key(name, self, now)
            self.touch(now)
        return key

    def set(self, name: str, value: RegistryValue, now: datetime) -> None:
        """Set a value; one that is there keeps the spelling of its name and its place in the order."""
        name_folded = folded(name)
        old = self.values.get(name_folded)
        self.values[name_folded] = (old[0] if old else name, value)
        self.touch(now)

    def remove(self, now: datetime) -> None:
        """Take the key and all below it out of the tree; a hive's root stays."""
        assert self.parent is not None
        del self.parent.keys[folded(self.name)]
        self.parent.touch(now)
        doomed = [self]
        while doomed:
            key = doomed.pop()
            key.is_deleted = True
            doomed.extend(key.keys.values())

    def touch(self, now: datetime) -> None:
        """Note that something in the key changed."""
        self.modified = now
        # A key whose image is stale has only stale ones above it, so that this stops early.
        key: Key | None = self
        while key is not None and key._frozen is not None:  # noqa: SLF001 - of its own kind
            key._frozen = None  # noqa: SLF001
            key = key.parent

    def frozen(self) -> FrozenKey:
        """Return an immutable image; what has not changed since the last one is not looked at again."""
        stale = [self]
        for key in stale:  # grows while it is walked: parents stand before children
            stale.extend(child for child in key.keys.values() if child._frozen is None)  # noqa: SLF001
        for key in reversed(stale):
            key._freeze()  # noqa: SLF001
        return self._freeze()

    def _freeze(self) -> FrozenKey:
        if self._frozen is None:
            # No image of a child is missing here: children were done before.
            keys = {name: image for name, key in self.keys.items() if (image := key._frozen)}  # noqa: SLF001
            self._frozen = FrozenKey(name=self.name, keys=keys, values=dict(self.values), modified=self.modified)
        return self._frozen
