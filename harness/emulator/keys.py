"""One registry key, with its values and the keys below it. Knows nothing of views, rights or limits.

A key may be laid out from a `KeyImage`: what is in it is then made when somebody first looks, so that a restored
snapshot or a hive of 70,000 values costs nothing but what is used of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.frozen import FrozenKey, KeyImage, holds_volatile
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryValue

__all__ = ["Key", "LINK_VALUE"]

#: Where the value of a link says that it leads. Source: learn.microsoft.com, "RegCreateKeyExW", REG_OPTION_CREATE_LINK.
LINK_VALUE = "SymbolicLinkValue"


class Key:
    """A key of the physical tree.

    Attributes:
        name: the last part of its path, as it was first written.
        parent: the key above; None for a root.
        depth: how many keys are above it.
        values: name and value, by folded name, in the order they were made. To be changed by this class only.
        modified: the last-write time. It tells of values and of direct subkeys, not of anything deeper.
        is_volatile: whether it is gone after a restart.
        is_link: whether it leads to where its value `SymbolicLinkValue` says.
        is_deleted: whether it has been taken out of the tree. A key made anew under its name is another one.
    """

    __slots__ = (
        "_below",
        "_folded_keys",
        "_folded_values",
        "_frozen",
        "_holds_volatile",
        "_images",
        "_names",
        "_rows",
        "_shares_values",
        "depth",
        "is_deleted",
        "is_link",
        "is_volatile",
        "modified",
        "name",
        "parent",
        "values",
    )

    depth: int
    values: dict[str, tuple[str, RegistryValue]]
    #: The keys below that were looked at, by folded name; None when none was, as of most keys, which have none.
    _below: dict[str, Key] | None
    #: The images of the keys below, of which some were looked at and some were not; None when all were.
    _images: Mapping[str, KeyImage] | None
    #: The images whose keys or values nobody has looked at; None when somebody has.
    _folded_keys: KeyImage | None
    _folded_values: KeyImage | None
    #: The image of the key as it is now; None when it would have to be made.
    _frozen: KeyImage | None
    #: Whether a volatile key is below it, or was once.
    _holds_volatile: bool
    #: What `names` and `rows` give; None when it would have to be made.
    _names: tuple[str, ...] | None
    _rows: tuple[tuple[str, RegistryValue], ...] | None

    def __init__(
        self,
        name: str,
        parent: Key | None,
        modified: datetime,
        *,
        is_volatile: bool = False,
        is_link: bool = False,
    ) -> None:
        self.name = name
        self.parent = parent
        self.depth = 0 if parent is None else parent.depth + 1
        self.values = {}
        self.modified = modified
        self.is_volatile = is_volatile
        self.is_link = is_link
        self.is_deleted = False
        self._below = self._images = self._folded_keys = self._folded_values = self._frozen = None
        self._names = self._rows = None
        self._holds_volatile = False
        self._shares_values = False

    @classmethod
    def of_image(cls, image: KeyImage, parent: Key | None) -> Key:
        """Return a key laid out from an image, without looking at what is in that. It is not put into its parent."""
        key = cls.__new__(cls)
        key._lay_out(image, parent)  # noqa: SLF001 - of its own kind
        return key

    def _lay_out(self, image: KeyImage, parent: Key | None) -> None:
        self.name = image.name
        self.parent = parent
        self.depth = 0 if parent is None else parent.depth + 1
        self.modified = image.modified
        # What is below a volatile key is volatile, whatever the image says.
        self.is_volatile = image.is_volatile or (parent is not None and parent.is_volatile)
        self._holds_volatile = holds_volatile(image)
        self.is_link = image.is_link
        self.is_deleted = False
        self._names = self._rows = None
        self._shares_values = False
        self._below = self._images = None
        self._folded_keys = self._folded_values = self._frozen = image
        # `values` stay unset: looking at them unfolds the image.

    if not TYPE_CHECKING:  # to the type checker `values` are always set

        def __getattr__(self, name: str) -> object:
            """Unfold the values when they are looked at for the first time; called for an attribute that is not set."""
            if name != "values" or self._folded_values is None:
                raise AttributeError(name)
            values = self._folded_values.values
            # A dict is shared until somebody writes: images never change.
            self._shares_values = type(values) is dict
            self.values = values if self._shares_values else dict(values)
            self._folded_values = None
            return self.values

    # Looking

    def find(self, name_folded: str) -> Key | None:
        """Return the key of that name directly below; of an image nothing else is laid out."""
        below = self._below
        if below is None:
            if self._folded_keys is None:
                return None
            below = self._looked_at()
        key = below.get(name_folded)
        if key is None and self._images is not None:
            image = self._images.get(name_folded)
            if image is not None:
                key = below[name_folded] = Key.of_image(image, self)
        return key

    @property
    def keys(self) -> Mapping[str, Key]:
        """The keys below it, by folded name, all of them laid out."""
        below = self._looked_at()
        if self._images is not None:
            for name_folded, image in self._images.items():
                if name_folded not in below:
                    below[name_folded] = Key.of_image(image, self)
            self._images = None
        return below

    def _looked_at(self) -> dict[str, Key]:
        if self._below is None:
            if self._folded_keys is not None:
                # A damaged hive raises here, every time: nothing may have changed by then.
                self._images, self._folded_keys = self._folded_keys.keys, None
            self._below = {}
        return self._below

    @property
    def path(self) -> RegistryPath:
        r"""Where it really is, from its root: 32-bit data is below `WOW6432Node`, a user's below `HKU\<sid>`."""
        names: list[str] = []
        key = self
        while key.parent is not None:
            names.append(key.name)
            key = key.parent
        return RegistryPath(Hive(key.name), "\\".join(reversed(names)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys below it, sorted as Windows lists them."""
        if self._names is None:
            names = {name: key.name for name, key in self._looked_at().items()}
            if self._images is not None:
                names = {name: image.name for name, image in self._images.items()} | names
            self._names = tuple(names[name] for name in sorted(names))
        return self._names

    @property
    def rows(self) -> tuple[tuple[str, RegistryValue], ...]:
        """Names and values, in the order they were made."""
        if self._rows is None:
            self._rows = tuple(self.values.values())
        return self._rows

    # Changing

    def child(self, name: str, now: datetime, *, is_volatile: bool = False) -> Key:
        """Return the key of that name directly below, made if need be."""
        return self.find(folded(name)) or self.add(name, now, is_volatile=is_volatile)

    def add(self, name: str, now: datetime, *, is_volatile: bool = False) -> Key:
        """Return a new key directly below; there must be none of that name."""
        key = Key(name, self, now)
        below = self._below
        if below is None:
            below = self._looked_at()
        below[folded(name)] = key
        self._names = None
        if is_volatile:
            key.is_volatile = True
            self._note_volatile()
        self.modified = now
        if self._frozen is not None:
            self._make_stale()
        return key

    def put(self, key: Key) -> None:
        """Put a key directly below this one, in the place of what was there under its name; no time changes."""
        name_folded = folded(key.name)
        below = self._looked_at()
        old = below.get(name_folded)
        if old is not None:
            old.mark_deleted()
        key.parent = self
        for one in key._unfolded():
            assert one.parent is not None
            one.depth = one.parent.depth + 1
        below[name_folded] = key
        self._names = None
        if key.is_volatile or key._holds_volatile:
            self._note_volatile()
        self._make_stale()

    def _note_volatile(self) -> None:
        key: Key | None = self
        while key is not None and not key._holds_volatile:  # noqa: SLF001 - of its own kind
            key._holds_volatile = True  # noqa: SLF001
            key = key.parent

    def rename(self, name: str) -> None:
        """Give the key another name; to be put into its parent afterwards."""
        if name != self.name:
            self.name = name
            self._make_stale()

    def set(self, name: str, value: RegistryValue, now: datetime) -> None:
        """Set a value; one that is there keeps the spelling of its name and its place in the order."""
        name_folded = folded(name)
        values = self.values
        if self._shares_values:
            values = self._own_values()
        old = values.get(name_folded)
        values[name_folded] = (old[0] if old else name, value)
        self._rows = None
        self.modified = now
        if self._frozen is not None:
            self._make_stale()

    def remove_value(self, name: str, now: datetime) -> bool:
        """Take a value away; return whether it was there."""
        name_folded = folded(name)
        if name_folded not in self.values:
            return False
        if self._shares_values:
            self._own_values()
        del self.values[name_folded]
        self._rows = None
        self.touch(now)
        return True

    def remove(self, now: datetime) -> bool:
        """Take the key and all below it out of the tree; a root stays. Return whether a link went with it."""
        assert self.parent is not None
        self.parent.take_out(folded(self.name))
        self.parent.touch(now)
        return self.mark_deleted()

    def take_out(self, name_folded: str) -> Key:
        """Return the key of that name directly below after taking it out of the tree; no time changes."""
        assert self.keys  # all of them are laid out now, so that none comes back from the image
        key = self._looked_at().pop(name_folded)
        self._names = None
        self._make_stale()
        return key

    def mark_deleted(self) -> bool:
        """Note that the key and all below it are gone; return whether a link is among them that was looked at."""
        held_link = False
        for key in self._unfolded():
            key.is_deleted = True
            held_link = held_link or key.is_link
        return held_link

    def touch(self, now: datetime) -> None:
        """Note that something in the key changed."""
        self.modified = now
        self._make_stale()

    def _make_stale(self) -> None:
        # A key whose image is stale has only stale ones above it, so that this stops early.
        key: Key | None = self
        while key is not None and key._frozen is not None:  # noqa: SLF001 - of its own kind
            key._frozen = None  # noqa: SLF001
            key = key.parent

    # Images

    def frozen(self) -> KeyImage:
        """Return an immutable image; what has not changed since the last one is not looked at again."""
        if self._frozen is None:
            stale = [self]
            for key in stale:  # grows while it is walked: parents stand before children
                if key._below:  # noqa: SLF001 - of its own kind
                    stale.extend(child for child in key._below.values() if child._frozen is None)  # noqa: SLF001
            for key in reversed(stale):
                key._freeze()  # noqa: SLF001
        assert self._frozen is not None
        return self._frozen

    def drop_volatile(self) -> None:
        """Take every volatile key below this one out of the tree, as the end of a boot does; no time changes."""
        for name, child in [*self.keys.items()]:
            if child.is_volatile:
                self.take_out(name).mark_deleted()
            elif child._holds_volatile:  # noqa: SLF001 - of its own kind
                child.drop_volatile()

    def _freeze(self) -> None:
        # Every key below has its image already. What was never unfolded is taken from the old image as it is.
        keys: Mapping[str, KeyImage]
        values: Mapping[str, tuple[str, RegistryValue]]
        if self._below is None:
            keys = {} if self._folded_keys is None else self._folded_keys.keys
        else:
            keys = {name: image for name, key in self._below.items() if (image := key._frozen)}  # noqa: SLF001
            if self._images is not None:
                keys = {**self._images, **keys}
        if self._folded_values is None:
            values = self.values
            self._shares_values = True
        else:
            values = self._folded_values.values
        self._frozen = FrozenKey(
            name=self.name,
            keys=keys,
            values=values,
            modified=self.modified,
            is_volatile=self.is_volatile,
            is_link=self.is_link,
            holds_volatile=self._holds_volatile or self.is_volatile,
        )

    def _own_values(self) -> dict[str, tuple[str, RegistryValue]]:
        """Return the values to be changed: no longer those of an image."""
        self.values = dict(self.values)
        self._shares_values = False
        return self.values

    def _unfolded(self) -> Iterator[Key]:
        """Return the key and those below it that anybody has looked at."""
        todo = [self]
        for key in todo:  # grows while it is walked
            yield key
            if key._below:  # noqa: SLF001 - of its own kind
                todo.extend(key._below.values())  # noqa: SLF001
