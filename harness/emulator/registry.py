r"""The registry: one tree of keys, seen through 64-bit and 32-bit views, links and the merged HKCR.

Every path is first turned into the place where the key really is, and the key found there is remembered: reading the
same path again costs two look-ups. Hives that Windows always has are there from the start; a user's comes with
`load_user`.

Source, where nothing else is said: learn.microsoft.com, "Registry Keys Affected by WOW64", "Predefined Keys",
"Registry Element Size Limits"; winerror.h for the codes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from harness.emulator.classesroot import merged_keys
from harness.emulator.frozen import RegistrySnapshot
from harness.emulator.keys import Key
from harness.emulator.registrydata import check_data
from harness.errors import MachineError
from harness.machine.wow64 import names_elsewhere, registry_location
from harness.model.names import folded
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryValue, View

__all__ = ["EmulatedRegistry"]

_LONGEST_KEY_NAME = 255
_LONGEST_VALUE_NAME = 16_383
_DEEPEST = 512

#: Keys already found are remembered up to this many; then the memory starts afresh.
_MOST_REMEMBERED = 4_096

#: The hives of a running Windows. `S-1-5-18` is a link to `.DEFAULT`: both are SYSTEM's.
_HIVES = {
    Hive.HKLM: ("HARDWARE", "SAM", "SECURITY", "SOFTWARE", "SYSTEM"),
    Hive.HKU: (".DEFAULT", "S-1-5-19", "S-1-5-20"),
}

_CONTROL_SET = "ControlSet001"
_HARDWARE_PROFILE = "0001"
_CURRENT_CONFIG = r"SYSTEM\CurrentControlSet\Hardware Profiles\Current"

#: Keys that nobody can delete, besides the hives: links lead to them, or Windows holds them open (from memory).
_LASTING = (
    rf"SYSTEM\{_CONTROL_SET}",
    rf"SYSTEM\{_CONTROL_SET}\Hardware Profiles\{_HARDWARE_PROFILE}",
    r"SOFTWARE\Classes",
)
_LASTING_64 = (r"SOFTWARE\WOW6432Node", r"SOFTWARE\Classes\WOW6432Node")


class EmulatedRegistry:
    """The registry of an emulated machine; fulfils the `Registry` port.

    HKCU and HKCR are SYSTEM's. `of_user` gives the same registry as a process of another user addresses it.

    Args:
        now: the machine's clock; keys remember when they were last written.
        is_64_bit: whether this Windows has a 32-bit half; without one, views make no difference.

    Attributes:
        now: the machine's clock.
    """

    def __init__(self, now: Callable[[], datetime], *, is_64_bit: bool = True) -> None:
        self.now = now
        self._is_64_bit = is_64_bit
        self._sid = SYSTEM.sid
        self._remembered: dict[tuple[str, str, View], Key] = {}
        self._signed_out: dict[str, tuple[Key, ...]] = {}
        at = now()
        self._hives = {hive: Key(hive.value, None, at) for hive in _HIVES}
        for hive, names in _HIVES.items():
            for name in names:
                self._hives[hive].child(name, at)
        for path in _LASTING + (_LASTING_64 if is_64_bit else ()):
            self.create(RegistryPath(Hive.HKLM, path))

    # Whose registry

    def of_user(self, sid: str) -> EmulatedRegistry:
        r"""Return this registry with that user's HKCU and HKCR; whatever is done through either, both see.

        While the user's hive is not loaded, HKCU is `HKU\.DEFAULT`, as for a real process.
        """
        registry = copy.copy(self)
        registry._sid = sid  # noqa: SLF001 - of its own kind
        return registry

    def load_user(self, sid: str) -> None:
        """Make a user's hives appear below HKU, as at sign-in: those of the last time, or empty ones."""
        users = self._hives[Hive.HKU]
        if folded(sid) not in users.keys:
            at = self.now()
            for hive in self._signed_out.pop(folded(sid), ()) or (
                Key(sid, users, at),
                Key(f"{sid}_Classes", users, at),
            ):
                users.keys[folded(hive.name)] = hive
            self._remembered.clear()
            users.touch(at)

    def unload_user(self, sid: str) -> None:
        """Take a user's hives away from HKU, as at sign-out; they keep what is in them.

        Raises:
            MachineError: 2 when they are not loaded, 5 for the hives of Windows itself.
        """
        users = self._hives[Hive.HKU]
        if folded(sid) in (folded(name) for name in (SYSTEM.sid, *_HIVES[Hive.HKU])):
            raise MachineError(5, "this hive belongs to Windows itself and is never unloaded", rf"HKU\{sid}")
        if folded(sid) not in users.keys:
            raise _missing(RegistryPath(Hive.HKU, sid))
        self._signed_out[folded(sid)] = tuple(users.keys.pop(folded(name)) for name in (sid, f"{sid}_Classes"))
        self._remembered.clear()
        users.touch(self.now())

    # Reading

    def exists(self, path: RegistryPath, view: View = View.VIEW_64) -> bool:
        """Return whether the key exists."""
        return bool(self._found(path, view))

    def get(self, path: RegistryPath, name: str = "", view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing. The empty name is the default value."""
        name_folded = folded(name)
        for key in self._found(path, view):
            value = key.values.get(name_folded)
            if value is not None:
                return value[1]
        return None

    def values(self, path: RegistryPath, view: View = View.VIEW_64) -> Mapping[str, RegistryValue]:
        """Return the values of a key in the order they were made.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        merged: dict[str, tuple[str, RegistryValue]] = {}
        for key in self._found(path, view) or _raise_missing(path):
            merged = key.values if not merged else {**key.values, **merged}
        return dict(merged.values())

    def subkeys(self, path: RegistryPath, view: View = View.VIEW_64) -> Sequence[str]:
        """Return the names of the keys below a key, sorted as Windows lists them.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        if path.hive is Hive.HKCR:
            sources = merged_keys(self, self._sid, path, view) or _raise_missing(path)
            names = {folded(name): name for source in reversed(sources) for name in self.subkeys(source, view)}
        else:
            key = self._key(path, view) or _raise_missing(path)
            names = self._names_below(path, view, key)
        return [names[name] for name in sorted(names)]

    def modified(self, path: RegistryPath, view: View = View.VIEW_64) -> datetime:
        """Return when the key was last written: a value set or deleted, a direct subkey made or deleted.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        return (self._found(path, view) or _raise_missing(path))[0].modified

    def snapshot(self) -> RegistrySnapshot:
        """Return the registry as it is now; only what changed since the last time is copied."""
        return RegistrySnapshot(hives={hive: root.frozen() for hive, root in self._hives.items()})

    # Writing

    def create(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Make a key and those above it; an existing one stays as it is.

        Raises:
            MachineError: 87 for a key directly below HKLM or HKU, a name over 255 characters, or a tree deeper than
                512 levels. Source of the first two: memory; the limits are documented.
        """
        self._made(path, view)

    def set(self, path: RegistryPath, name: str, value: RegistryValue, view: View = View.VIEW_64) -> None:
        """Set a value, making the key if need be.

        Raises:
            MachineError: 87 where `create` raises it, or for a value name over 16,383 characters.
            UsageError: when the data does not fit the type.
        """
        check_data(path, name, value)
        if len(name) > _LONGEST_VALUE_NAME:
            raise MachineError(87, f"a value name has at most {_LONGEST_VALUE_NAME} characters", path.short)
        self._made(path, view).set(name, value, self.now())

    def delete_value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist.
        """
        key = self._key(self._written(path, view), view)
        if key is None or key.values.pop(folded(name), None) is None:
            raise MachineError(2, f"there is no registry value {name!r}", path.short)
        key.touch(self.now())

    def delete(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Delete a key with everything below it, at the place where the view has it.

        Raises:
            MachineError: 2 when it does not exist, 5 for a hive or a key that Windows keeps open.
        """
        target = self._written(path, view)
        key = self._key(target, view) or _raise_missing(path)
        hive, names = self._place(target, view)
        lasting = (folded(name) for name in _LASTING + _LASTING_64)
        if len(names) < 2 or (hive is Hive.HKLM and folded("\\".join(names)) in lasting):  # noqa: PLR2004 - a hive
            raise MachineError(5, "Windows keeps this registry key open", path.short)
        key.remove(self.now())

    # Finding

    def _found(self, path: RegistryPath, view: View) -> Sequence[Key]:
        """Return the key, or the keys that make up a merged one, or nothing."""
        if path.hive is not Hive.HKCR:
            key = self._key(path, view)
            return (key,) if key else ()
        sources = merged_keys(self, self._sid, path, view)
        return [key for source in sources if (key := self._key(source, view))]

    def _key(self, path: RegistryPath, view: View) -> Key | None:
        known_as = (self._sid if path.hive is Hive.HKCU else path.hive, path.key, view)
        key = self._remembered.get(known_as)
        if key is not None and not key.is_deleted:
            return key
        hive, names = self._place(path, view)
        key = self._hives[hive]
        for name in names:
            key = key.keys.get(folded(name))
            if key is None:
                return None
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[known_as] = key
        return key

    def _made(self, path: RegistryPath, view: View) -> Key:
        target = self._written(path, view)
        key = self._key(target, view)
        if key is not None:
            return key
        hive, names = self._place(target, view)
        if len(names) > _DEEPEST or any(len(name) > _LONGEST_KEY_NAME for name in names):
            limits = f"{_LONGEST_KEY_NAME} characters in a key's name, {_DEEPEST} levels of keys"
            raise MachineError(87, f"the registry allows at most {limits}", path.short)
        key = self._hives[hive]
        if folded(names[0]) not in key.keys:
            raise MachineError(87, "Windows makes no keys directly below HKLM and HKU", path.short)
        at = self.now()
        for name in names:
            key = key.child(name, at)
        return key

    def _written(self, path: RegistryPath, view: View) -> RegistryPath:
        """Return the path that a write goes to: for HKCR the user's key where there is one, else the machine's."""
        if path.hive is not Hive.HKCR:
            return path
        users = RegistryPath(Hive.HKU, rf"{self._sid}\SOFTWARE\Classes").child(path.key)
        return (
            users
            if path.key and self._key(users, view)
            else RegistryPath(Hive.HKLM, r"SOFTWARE\Classes").child(path.key)
        )

    def _place(self, path: RegistryPath, view: View) -> tuple[Hive, tuple[str, ...]]:
        """Return where a key really is: HKLM or HKU, and the names below."""
        location = registry_location(self._absolute(path), view if self._is_64_bit else View.VIEW_64)
        names = location.parts
        if names:
            first = folded(names[0])
            if location.hive is Hive.HKU and first == SYSTEM.sid:
                names = (".DEFAULT", *names[1:])
            elif first == "SYSTEM" and len(names) > 1:
                names = _without_system_links(names)
        return location.hive, names

    def _absolute(self, path: RegistryPath) -> RegistryPath:
        if path.key.startswith("\\"):
            raise MachineError(161, "a registry path does not begin with a backslash", path.short)
        key = "\\".join(filter(None, path.parts))
        if path.hive is Hive.HKCU:
            sid = self._sid if folded(self._sid) in self._hives[Hive.HKU].keys else ".DEFAULT"
            return RegistryPath(Hive.HKU, f"{sid}\\{key}".rstrip("\\"))
        if path.hive is Hive.HKCC:
            return RegistryPath(Hive.HKLM, f"{_CURRENT_CONFIG}\\{key}".rstrip("\\"))
        return RegistryPath(path.hive, key)

    def _names_below(self, path: RegistryPath, view: View, key: Key) -> dict[str, str]:
        """Return what a key lists: what it holds, without what the view has elsewhere, with what it has from there."""
        place = self._absolute(path)
        elsewhere = names_elsewhere(place, view) if self._is_64_bit else ()
        names = {name: child.name for name, child in key.keys.items()}
        if elsewhere and view is View.VIEW_32:
            names.pop("WOW6432NODE", None)
        for name in elsewhere:
            names.pop(folded(name), None)
            found = self._key(place.child(name), view)
            if found is not None:
                names[folded(name)] = found.name if folded(found.name) == folded(name) else name
        hive, parts = self._place(place, view)
        link = _LISTED_LINKS.get((hive, folded("\\".join(parts))))
        return {**names, folded(link): link} if link else names


#: Links that a key lists beside the real keys below it.
_LISTED_LINKS = {
    (Hive.HKU, ""): SYSTEM.sid,
    (Hive.HKLM, "SYSTEM"): "CurrentControlSet",
    (Hive.HKLM, folded(rf"SYSTEM\{_CONTROL_SET}\Hardware Profiles")): "Current",
}


def _without_system_links(names: tuple[str, ...]) -> tuple[str, ...]:
    system, control_set, *rest = names
    if folded(control_set) == "CURRENTCONTROLSET":
        control_set = _CONTROL_SET
    if [folded(name) for name in rest[:2]] == ["HARDWARE PROFILES", "CURRENT"]:
        rest[1] = _HARDWARE_PROFILE
    return (system, control_set, *rest)


def _missing(path: RegistryPath) -> MachineError:
    return MachineError(2, "there is no such registry key", path.short)


def _raise_missing(path: RegistryPath) -> NoReturn:
    raise _missing(path)
