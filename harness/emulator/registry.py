r"""The registry: one tree of keys, seen through 64-bit and 32-bit views, links and the merged HKCR.

Every path is first turned into the place where the key really is, and the key found there is remembered: reading the
same path again costs two look-ups. Hives that Windows always has are there from the start; a user's comes with
`load_user`.

Source, where nothing else is said: learn.microsoft.com, "Registry Keys Affected by WOW64", "Predefined Keys",
"Registry Element Size Limits"; winerror.h for the codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from harness.emulator.frozen import KeyImage, RegistrySnapshot
from harness.emulator.hives import Saved
from harness.emulator.keyaccess import KeyAccess, Where, path_of, raise_missing
from harness.emulator.keys import LINK_VALUE
from harness.emulator.registrydata import check_value
from harness.emulator.registryfiles import apply_edits, export_reg
from harness.emulator.registrylinks import is_link_value
from harness.emulator.registryplaces import names_below
from harness.emulator.registryrights import KeyRights
from harness.emulator.registrytree import RegistryTree, tree_of
from harness.errors import MachineError
from harness.formats.regfile import RegEdit, read_reg
from harness.machine.clock import Signal
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

__all__ = ["EmulatedRegistry"]

_QUERY = KeyRights.KEY_QUERY_VALUE

_SZ = RegistryType.REG_SZ

#: Names up to this length need no closer look.
_SHORT_NAME = 255


class EmulatedRegistry(KeyAccess):
    """The registry of an emulated machine; fulfils the `Registry` port.

    HKCU and HKCR are SYSTEM's, and so are the rights. `of_user` gives the same registry as a process of another user
    addresses it, `of_token` the same within what that user may do. Every method takes a key that was opened in the
    place of a path; when it has been deleted since, that is error 1018.

    Args:
        now: the machine's clock; keys remember when they were last written.
        is_64_bit: whether this Windows has a 32-bit half; without one, views make no difference.
        faults: what goes wrong on purpose; asked for every read and write, with the place where the key really is.

    Attributes:
        now: the machine's clock.
    """

    # Reading

    def get(self, path: Where, name: str = "", view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing. The empty name is the default value."""
        name_folded = folded(name)
        known = self._known(path, view)
        if known is not None:
            value = known.values.get(name_folded)
            return None if value is None else value[1]
        for key in self._found(path, view, _QUERY):
            value = key.values.get(name_folded)
            if value is not None:
                return value[1]
        return None

    def values(self, path: Where, view: View = View.VIEW_64) -> Mapping[str, RegistryValue]:
        """Return the values of a key in the order they were made.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        found = self._found(path, view, _QUERY) or raise_missing(path)
        if len(found) == 1:
            return dict(found[0].rows)
        merged: dict[str, tuple[str, RegistryValue]] = {}
        for key in found:
            merged = {**key.values, **merged}
        return dict(merged.values())

    def subkeys(self, path: Where, view: View = View.VIEW_64) -> Sequence[str]:
        """Return the names of the keys below a key, sorted as Windows lists them.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        found = self._found(path, view, KeyRights.KEY_ENUMERATE_SUB_KEYS) or raise_missing(path)
        view = view if self._is_64_bit else View.VIEW_64
        listed = [names_below(key, view, lambda place: self._key(place, "", view)) for key in found]
        if len(listed) == 1:
            return list(listed[0])
        names = {folded(name): name for one in reversed(listed) for name in one}
        return [names[name] for name in sorted(names)]

    def modified(self, path: Where, view: View = View.VIEW_64) -> datetime:
        """Return when the key was last written: a value set or deleted, a direct subkey made or deleted.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        return (self._found(path, view, _QUERY) or raise_missing(path))[0].modified

    def watch(self, path: Where, view: View = View.VIEW_64, *, below: bool = False) -> Signal:
        """Return what is set at the next change of the key: its values, its direct subkeys, or that it is deleted.

        Args:
            path: which key.
            view: the half of Windows that is meant.
            below: whether changes anywhere below count too.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        found = self._found(path, view, KeyRights.KEY_NOTIFY) or raise_missing(path)
        return self._hives.watches.add(found, below=below)

    def show(self, path: RegistryPath | str, depth: int = 3, view: View = View.VIEW_64) -> RegistryTree:
        """Return a picture of a key as it is now, which prints as a tree and shows as one in a notebook.

        Args:
            path: which key, or its path as text.
            depth: how many levels of keys below it are shown.
            view: the half of Windows that is meant.

        Raises:
            MachineError: 2 when the key does not exist.
            UsageError: for a text that is no path.
        """
        return tree_of(self, path, depth, view)

    # Writing

    def create(self, path: Where, view: View = View.VIEW_64, *, volatile: bool = False) -> None:
        """Make a key and those above it; an existing one stays as it is.

        Args:
            path: which key.
            view: the half of Windows that is meant.
            volatile: whether what is made is gone after a restart.

        Raises:
            MachineError: 87 for a key directly below HKLM or HKU, a name over 256 characters or with a NUL in it, more
                than 32 levels at once, or a tree deeper than 512 levels; 1021 for a lasting key below a volatile one.
                Source: the limits are documented; their code, the first and NUL's are from memory.
        """
        self.made(path, "", view, KeyRights(0), volatile=volatile)

    def create_link(self, path: RegistryPath, target: RegistryPath, view: View = View.VIEW_64) -> None:
        """Make a key that leads to another one, which need not exist.

        Raises:
            MachineError: 183 when there is a key of that name, and what `create` raises for the keys above.
        """
        self.make_link(path, "", view, target=target)

    def set(self, path: Where, name: str, value: RegistryValue, view: View = View.VIEW_64) -> None:
        """Set a value, making the key if need be.

        Raises:
            MachineError: 87 where `create` raises it, or for a value name over 16,383 characters; 5 for a link that was
                opened itself and takes no value but where it leads.
            UsageError: when the data does not fit the type.
        """
        if value.type is not _SZ or value.data.__class__ is not str or len(name) > _SHORT_NAME:
            check_value(path_of(path), name, value)
        key = self._known(path, view) or self.made(path, "", view, KeyRights.KEY_SET_VALUE)[0]
        if key.is_link:
            if not is_link_value(name, value):
                raise MachineError(5, f"a link takes no value but {LINK_VALUE}", key.path.short)
            self._remembered.clear()
        key.set(name, value, self.now())
        if self._hives.watches:
            self._hives.watches.changed(key)

    def delete_value(self, path: Where, name: str, view: View = View.VIEW_64) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist.
        """
        key = self._writable(path, view, KeyRights.KEY_SET_VALUE)
        if key is None or not key.remove_value(name, self.now()):
            raise MachineError(2, f"there is no registry value {name!r}", path_of(path).short)
        if key.is_link:
            self._remembered.clear()
        if self._hives.watches:
            self._hives.watches.changed(key)

    def delete(self, path: Where, view: View = View.VIEW_64, *, only_if_empty: bool = False) -> None:
        """Delete a key with everything below it, at the place where the view has it. Of a link only itself goes.

        Args:
            path: which key.
            view: the half of Windows that is meant.
            only_if_empty: whether a key with others below it stays, as with RegDeleteKey.

        Raises:
            MachineError: 2 when it does not exist; 5 for a hive, for a key that Windows keeps open or that is above
                one, and, with `only_if_empty`, when there are keys below it.
        """
        key = self._writable(path, view, KeyRights.DELETE, follow=False) or raise_missing(path)
        self._hives.delete(key, only_if_empty=only_if_empty)

    # Users

    def load_user(self, sid: str) -> None:
        """Make a user's hives appear below HKU, as at sign-in: those of the last time, or empty ones."""
        self._hives.load_user(sid)

    def unload_user(self, sid: str) -> None:
        """Take a user's hives away from HKU, as at sign-out; they keep what is in them but for what is volatile.

        Raises:
            MachineError: 2 when they are not loaded, 5 for the hives of Windows itself.
        """
        self._hives.unload_user(sid)

    # The whole

    def snapshot(self) -> RegistrySnapshot:
        """Return the registry as it is now; only what changed since the last time is copied."""
        return self._hives.snapshot()

    def restore(self, snapshot: RegistrySnapshot) -> None:
        r"""Let everything be as in a snapshot of this or another machine, at the cost of what is then looked at.

        Loaded are the hives that were, of users and others; those of users who were signed out are theirs again. What
        is volatile is not taken over, `HKLM\HARDWARE` being what a start finds; open keys are deleted ones, and nobody
        who watches is told.
        """
        self._hives.restore(snapshot)

    def mount(self, path: RegistryPath, image: KeyImage, saved: Saved | None = None) -> None:
        r"""Hang a key with all below it at a path, without looking at what is in it.

        A new name directly below HKLM or HKU is a hive that is loaded, as by RegLoadKey, until `unmount` or the end of
        this boot. Anywhere else the image takes the place of what is there and stays: a base layer. Of an image for
        HKLM or HKU itself every key takes its place. What Windows always has is there afterwards too.

        Args:
            path: where; its name counts, not the image's.
            image: a hive file, a part of a snapshot.
            saved: for a loaded hive; told the last image when it is unloaded.
        """
        self._hives.mount(self.location(path), image, saved)

    def unmount(self, path: RegistryPath) -> KeyImage:
        """Take a hive away that was loaded, as RegUnLoadKey does; return its last image, without what is volatile.

        Raises:
            MachineError: 2 when there is no such key, 87 when it is no loaded hive, 5 for one of Windows itself.
        """
        return self._hives.unmount(self.location(path))

    # Files

    def import_reg(self, data: bytes | str, *, source: str = "the .reg file", view: View = View.VIEW_64) -> None:
        """Do what a `.reg` file says, or nothing. HKCU is that of this registry's user.

        Args:
            data: the file.
            source: its name for messages.
            view: the half of Windows that is meant.

        Raises:
            FormatError: with every line that does not read.
            MachineError: when the registry refuses something, with the line; then it is as it was.
        """
        self.import_edits(read_reg(data, source=source).edits, source=source, view=view)

    def import_edits(self, edits: Iterable[RegEdit], *, source: str, view: View = View.VIEW_64) -> None:
        """Do all these edits, or none; see `import_reg`.

        Raises:
            MachineError: when the registry refuses one, with its line; then it is as it was.
        """
        apply_edits(self, self._hives, edits, source=source, view=view)

    def export_reg(self, path: RegistryPath, view: View = View.VIEW_64) -> bytes:
        """Return a key with all below it as Registry Editor exports it: version 5, in UTF-16.

        Raises:
            MachineError: 2 when the key does not exist.
            UsageError: for a name with a line break or NUL in it, which no `.reg` file can say.
        """
        return export_reg(self, path, view=view)

    def keep_hardware(self) -> None:
        r"""Let what is below HKLM\HARDWARE now be what every start of Windows finds there, and volatile."""
        self._hives.keep_hardware()

    def drop_volatile(self) -> None:
        r"""Let everything be as Windows finds it when it starts.

        Volatile keys are gone, users and other hives unloaded, `HKLM\HARDWARE` as found, the links of the system made
        anew, and nobody watches any more.
        """
        self._hives.drop_volatile()
