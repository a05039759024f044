r"""The physical registry: the trees of HKLM and HKU, the hives in them that come and go, and the links.

Here a key is addressed by where it really is. Which place a path means, to whom and in which view, is known in
`registryplaces`; who may do what, in `registryrights`.

Source, where nothing else is said: learn.microsoft.com, "Registry Hives", "Registry Element Size Limits"; the rest is
from memory of Windows 10 and 11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from harness.emulator.frozen import FrozenKey, KeyImage, RegistrySnapshot
from harness.emulator.keys import LINK_VALUE, Key
from harness.emulator.registrylinks import MOST_LINKS, link_target, link_value
from harness.emulator.watches import Watches
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import SYSTEM, Hive, RegistryPath, RegistryType, View

__all__ = ["Hives", "KnownAs", "Saved"]

#: Under what a key is remembered: where one started (a key, a hive, or whose HKCU), the names below that, and the view.
KnownAs = tuple[Key | str, str, View]

#: What is told the last image of a hive that is unloaded, without what is volatile.
Saved = Callable[[KeyImage], None]

#: Source: wdm.h, REG_MAX_KEY_NAME_LENGTH, and CPython's test of such a key; "Registry Element Size Limits" says 255.
_LONGEST_KEY_NAME = 256
_DEEPEST = 512
_MOST_AT_ONCE = 32

#: The hives of a running Windows.
_HIVES: Mapping[Hive, Sequence[str]] = {
    Hive.HKLM: ("HARDWARE", "SAM", "SECURITY", "SOFTWARE", "SYSTEM"),
    Hive.HKU: (".DEFAULT", "S-1-5-19", "S-1-5-20"),
}
_WINDOWS_HIVES = {hive: frozenset(folded(name) for name in (*names, SYSTEM.sid)) for hive, names in _HIVES.items()}

#: How deep the deepest key stands that nobody can delete.
_DEEPEST_KEPT = 4

_HARDWARE = "HARDWARE"
_PROFILE = "0001"


class Hives:
    """The trees of one machine.

    Args:
        now: the machine's clock.
        is_64_bit: whether this Windows has a 32-bit half, whose keys are there from the start.

    Attributes:
        now: the machine's clock.
        roots: HKLM and HKU.
        remembered: keys that paths were found to mean. Whatever makes a path mean another key without the old one
            being deleted clears it.
        watches: who wants to know of changes.
    """

    def __init__(self, now: Callable[[], datetime], *, is_64_bit: bool) -> None:
        self.now = now
        self.remembered: dict[KnownAs, Key] = {}
        self.watches = Watches()
        self._is_64_bit = is_64_bit
        self._hardware: KeyImage | None = None
        self._signed_out: dict[str, tuple[KeyImage, ...]] = {}
        self._loaded: dict[RegistryPath, Saved | None] = {}
        at = now()
        self.roots = {hive: Key(hive.value, None, at) for hive in _HIVES}
        for hive, names in _HIVES.items():
            for name in names:
                self.roots[hive].child(name, at)
        self._make_lasting_keys()

    # Finding

    def find(self, place: RegistryPath, *, follow: bool = True) -> Key | None:
        """Return the key at a place; None when there is none.

        Args:
            place: a path below HKLM or HKU.
            follow: whether a link as the last name means what it leads to. Others are always followed.

        Raises:
            MachineError: 5 for a link that leads from a user's hive to the machine's.
        """
        key, missing = self.reach(place, follow=follow)
        return None if missing else key

    def reach(self, place: RegistryPath, *, follow: bool = True) -> tuple[Key, Sequence[str]]:
        """Return the deepest key there is on the way to a place, and the names that are missing below it."""
        return self._walk(self.roots[place.hive], place.parts, follow=follow)

    def reach_below(self, key: Key, names: Sequence[str], *, follow: bool = True) -> tuple[Key, Sequence[str]]:
        """Do what `reach` does, beginning at a key."""
        return self._walk(key, names, follow=follow)

    def resolved(self, place: RegistryPath) -> RegistryPath:
        """Return where a key is or would be once links are followed."""
        key, missing = self._walk(self.roots[place.hive], place.parts, follow=True)
        above = key.path
        return RegistryPath(above.hive, "\\".join((*above.parts, *missing))) if missing else above

    def _walk(self, start: Key, names: Sequence[str], *, follow: bool) -> tuple[Key, Sequence[str]]:
        key, links, index = start, 0, 0
        while index < len(names):
            child = key.find(folded(names[index]))
            if child is None:
                return key, names[index:]
            index += 1
            if child.is_link and (follow or index < len(names)):
                target = link_target(child)
                links += 1
                if target is None or links > MOST_LINKS:
                    # It leads nowhere, or round and round. Source of the code: Wine's dlls/ntdll/tests/reg.c.
                    return child, names[index - 1 :]
                self._check_trust(child, target)
                key, names, index = self.roots[target.hive], (*target.parts, *names[index:]), 0
            else:
                key = child
        return key, ()

    def _check_trust(self, link: Key, target: RegistryPath) -> None:
        """Let no link lead from a user's hive to the machine's. Source: CVE-2010-0237; the code is from memory."""
        if target.hive is Hive.HKLM and self.is_users(link):
            raise MachineError(5, "no link leads from a user's hive to the machine's", str(link.path))

    # Making and deleting

    def make(self, parent: Key, missing: Sequence[str], *, volatile: bool = False) -> Key:
        """Make keys, one in the other; what is missing must not be empty.

        Raises:
            MachineError: 87 for a key directly below HKLM or HKU, a NUL in a name or over 256 characters, more than 32
                levels at once or 512 in all; 1021 for a lasting key below a volatile one; 2 below a link that leads
                nowhere, 5 below one that was opened itself.
        """
        # What is asked for nearly always needs no closer look.
        if (
            len(missing) > 1
            or len(missing[0]) > _LONGEST_KEY_NAME
            or "\0" in missing[0]
            or not 0 < parent.depth < _DEEPEST
            or parent.is_link
            or parent.is_volatile
        ):
            _check_can_make(parent, missing, volatile=volatile)
        key, at = parent, self.now()
        for name in missing:
            key = key.add(name, at, is_volatile=volatile)
        if self.watches:
            self.watches.changed(parent)
        return key

    def _made(self, place: RegistryPath) -> Key:
        key, missing = self.reach(place)
        return self.make(key, missing) if missing else key

    def make_link(self, parent: Key, name: str, target: RegistryPath | None, *, volatile: bool = False) -> Key:
        """Make a link in a key that has nothing of that name; without a target it leads nowhere yet."""
        link = Key(name, parent, self.now(), is_volatile=volatile or parent.is_volatile, is_link=True)
        if target is not None:
            link.set(LINK_VALUE, link_value(target), link.modified)
        parent.put(link)
        parent.touch(link.modified)
        if self.watches:
            self.watches.changed(parent)
        return link

    def delete(self, key: Key, *, only_if_empty: bool = False) -> None:
        """Delete a key with everything below it.

        Raises:
            MachineError: 5 for a hive, for what Windows keeps open, and, with `only_if_empty`, for one with keys below.
        """
        parent = key.parent
        if parent is None or parent.parent is None or self._is_kept(key):
            raise MachineError(5, "Windows keeps this registry key open", key.path.short)
        if only_if_empty and key.names:
            raise MachineError(5, "there are keys below this registry key", key.path.short)
        if key.remove(self.now()):
            self.remembered.clear()
        if self.watches:
            self.watches.deleted(parent)

    def _is_kept(self, key: Key) -> bool:
        path = key.path
        if path.hive is not Hive.HKLM or len(path.parts) > _DEEPEST_KEPT:
            return False
        name = folded(path.key)
        profile = rf"SYSTEM\{self._control_set()}\Hardware Profiles\Current"
        kept = (folded(one) for one in (*self._lasting(), r"SYSTEM\CurrentControlSet", profile))
        return any(one == name or one.startswith(f"{name}\\") for one in kept)

    # Users

    def is_users(self, key: Key) -> bool:
        """Return whether a key is in the hive of a person, and not of Windows itself or the machine."""
        place = key.path
        return place.hive is Hive.HKU and bool(place.parts) and not self._is_windows_own(place)

    def load_user(self, sid: str) -> None:
        """Make a user's hives appear below HKU, as at sign-in: those of the last time, or empty ones."""
        users = self.roots[Hive.HKU]
        if folded(sid) in users.keys:
            return
        at = self.now()
        images = self._signed_out.pop(folded(sid), ())
        for hive in [Key.of_image(image, users) for image in images] or [
            Key(sid, users, at),
            Key(f"{sid}_Classes", users, at),
        ]:
            users.put(hive)
        users.touch(at)
        self.remembered.clear()
        if self.watches:
            self.watches.changed(users)

    def unload_user(self, sid: str) -> None:
        """Take a user's hives away from HKU, as at sign-out; they keep what is in them but for what is volatile.

        Raises:
            MachineError: 2 when they are not loaded, 5 for the hives of Windows itself.
        """
        place = RegistryPath(Hive.HKU, sid)
        self._check_can_unload(place)
        names = [name for name in (folded(sid), folded(f"{sid}_Classes")) if name in self.roots[Hive.HKU].keys]
        self._signed_out[folded(sid)] = tuple(self._taken(RegistryPath(Hive.HKU, name)) for name in names)

    # Other hives

    def mount(self, place: RegistryPath, image: KeyImage, saved: Saved | None = None) -> None:
        """Hang a key with all below it at a place; see `EmulatedRegistry.mount`."""
        if not place.parts:
            for child in image.keys.values():
                self.mount(place.child(child.name), child)
            return
        root = self.roots[place.hive]
        parent = self._made(place.parent)
        if parent is root and folded(place.name) not in root.keys:
            self._loaded[place] = saved
        key = Key.of_image(image, parent)
        key.rename(place.name)
        parent.put(key)
        parent.touch(self.now())
        self.remembered.clear()
        if place == RegistryPath(Hive.HKLM, _HARDWARE):
            self.keep_hardware()
        self._make_lasting_keys()
        if self.watches:
            self.watches.deleted(parent)

    def unmount(self, place: RegistryPath) -> KeyImage:
        """Take a loaded hive away; see `EmulatedRegistry.unmount`."""
        self._check_can_unload(place)
        if place not in self._loaded:
            raise MachineError(87, "this key is no hive that was loaded", place.short)
        saved = self._loaded.pop(place)
        image = self._taken(place)
        if saved is not None:
            saved(image)
        return image

    def _check_can_unload(self, place: RegistryPath) -> None:
        if len(place.parts) == 1 and self._is_windows_own(place):
            raise MachineError(5, "this hive belongs to Windows itself and is never unloaded", place.short)
        if self.find(place) is None:
            raise MachineError(2, "there is no such registry key", place.short)

    def _taken(self, place: RegistryPath) -> KeyImage:
        root = self.roots[place.hive]
        key = root.take_out(folded(place.name))
        key.mark_deleted()
        key.drop_volatile()
        root.touch(self.now())
        self.remembered.clear()
        if self.watches:
            self.watches.deleted(root)
        return key.frozen()

    def _is_windows_own(self, place: RegistryPath) -> bool:
        return folded(place.parts[0] if place.parts else "") in _WINDOWS_HIVES[place.hive]

    # The whole

    def snapshot(self) -> RegistrySnapshot:
        """Return everything as it is now; only what changed since the last time is copied."""
        return RegistrySnapshot(
            hives={hive: root.frozen() for hive, root in self.roots.items()},
            signed_out=dict(self._signed_out),
            loaded=tuple(self._loaded),
        )

    def restore(self, snapshot: RegistrySnapshot) -> None:
        """Let everything be as in a snapshot; see `EmulatedRegistry.restore`."""
        for root in self.roots.values():
            root.mark_deleted()
        for hive, image in snapshot.hives.items():
            self.roots[hive] = Key.of_image(image, None)
        self._signed_out = dict(snapshot.signed_out)
        self._loaded = {place: self._loaded.get(place) for place in snapshot.loaded}
        hardware = snapshot.hives[Hive.HKLM].keys.get(_HARDWARE)
        if self._hardware is None and hardware is not None and hardware.is_volatile:
            self._hardware = hardware
        self._drop_volatile()

    def keep_hardware(self) -> None:
        r"""Let what is below HKLM\HARDWARE now be what every boot finds there; from now on it is volatile."""
        machine = self.roots[Hive.HKLM]
        image = machine.keys[_HARDWARE].frozen()
        self._hardware = FrozenKey(
            name=image.name,
            keys=image.keys,
            values=image.values,
            modified=image.modified,
            is_volatile=True,
            holds_volatile=True,
        )
        machine.put(Key.of_image(self._hardware, machine))
        self.remembered.clear()

    def drop_volatile(self) -> None:
        """Let everything be as after the start of Windows; see `EmulatedRegistry.drop_volatile`."""
        for place in tuple(self._loaded):
            self.unmount(place)
        users = self.roots[Hive.HKU]
        for name in [name for name in users.keys if name not in _WINDOWS_HIVES[Hive.HKU]]:
            if name in users.keys and not name.endswith("_CLASSES"):
                self.unload_user(users.keys[name].name)
        self._drop_volatile()

    def _drop_volatile(self) -> None:
        for root in self.roots.values():
            root.drop_volatile()
        if self._hardware is not None:
            machine = self.roots[Hive.HKLM]
            machine.put(Key.of_image(self._hardware, machine))
        self._make_lasting_keys()
        self.remembered.clear()
        self.watches.clear()

    def _make_lasting_keys(self) -> None:
        """Make what Windows always has and nobody can delete. The links are made at every start: they are volatile."""
        for key in self._lasting():
            self._made(RegistryPath(Hive.HKLM, key))
        system = rf"SYSTEM\{self._control_set()}"
        self._link(Hive.HKU, SYSTEM.sid, RegistryPath(Hive.HKU, ".DEFAULT"))
        self._link(Hive.HKLM, r"SYSTEM\CurrentControlSet", RegistryPath(Hive.HKLM, system))
        profiles = r"SYSTEM\CurrentControlSet\Hardware Profiles"
        self._link(Hive.HKLM, rf"{profiles}\Current", RegistryPath(Hive.HKLM, rf"{profiles}\{_PROFILE}"))

    def _lasting(self) -> Sequence[str]:
        system = rf"SYSTEM\{self._control_set()}"
        nodes = (r"SOFTWARE\WOW6432Node", r"SOFTWARE\Classes\WOW6432Node") if self._is_64_bit else ()
        return (system, rf"{system}\Hardware Profiles\{_PROFILE}", r"SOFTWARE\Classes", *nodes)

    def _control_set(self) -> str:
        r"""Return the control set in use. Source: the values of `HKLM\SYSTEM\Select`, from memory."""
        select = self.find(RegistryPath(Hive.HKLM, r"SYSTEM\Select"))
        _, value = select.values.get("CURRENT", ("", None)) if select else ("", None)
        is_number = value is not None and value.type is RegistryType.REG_DWORD
        number = value.data if value is not None and is_number and isinstance(value.data, int) else 1
        return f"ControlSet{number:03}"

    def _link(self, hive: Hive, key: str, target: RegistryPath) -> None:
        place = RegistryPath(hive, key)
        parent = self.find(place.parent)
        if parent is not None and parent.find(folded(place.name)) is None:
            modified = parent.modified
            self.make_link(parent, place.name, target, volatile=True)
            parent.modified = modified


def _check_can_make(parent: Key, missing: Sequence[str], *, volatile: bool) -> None:
    if parent.parent is None:
        raise _cannot_make(87, "Windows makes no keys directly below HKLM and HKU", parent, missing)
    if parent.is_link:
        # The link itself is missing when it led nowhere; else something below it, when it was opened itself.
        code = 2 if folded(missing[0]) == folded(parent.name) else 5
        raise _cannot_make(code, "a link has no keys below it", parent, missing)
    if any("\0" in name for name in missing):  # the native calls take it, and Win32 then cannot open the key
        raise _cannot_make(87, "a key's name has no NUL in it", parent, missing)
    if (
        len(missing) > _MOST_AT_ONCE
        or max(map(len, missing)) > _LONGEST_KEY_NAME
        or parent.depth + len(missing) > _DEEPEST
    ):
        limits = f"{_LONGEST_KEY_NAME} characters in a name, {_DEEPEST} levels, {_MOST_AT_ONCE} of them at once"
        raise _cannot_make(87, f"the registry allows at most {limits}", parent, missing)
    if parent.is_volatile and not volatile:
        raise _cannot_make(1021, "what is below a volatile key has to be volatile", parent, missing)


def _cannot_make(code: int, why: str, parent: Key, missing: Sequence[str]) -> MachineError:
    return MachineError(code, why, "\\".join((parent.path.short, *missing)))
