"""Finding and making registry keys for one user: by path or from a key that was opened, in a view, within rights."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn, Self

from harness.emulator.classesroot import merged_keys
from harness.emulator.faults import Faults, Operation
from harness.emulator.hives import Hives, KnownAs
from harness.emulator.keys import Key
from harness.emulator.registryplaces import place_of
from harness.emulator.registryrights import KeyRights, check_key_access
from harness.errors import MachineError
from harness.machine.wow64 import names_elsewhere, registry_location
from harness.model.names import folded
from harness.model.windows import SYSTEM, Hive, RegistryPath, Token, View

__all__ = ["KeyAccess", "Where", "path_of", "raise_missing"]

#: How a key is said: by its path, or as one that was opened. An open key of HKCR, which may be two keys, is its path.
Where = RegistryPath | Key

#: Keys already found are remembered up to this many; then the memory starts afresh.
_MOST_REMEMBERED = 4_096

#: No rights but to know that it is there.
_NOTHING = KeyRights(0)

#: Members of an enumeration cost ten times as much to look up as a name of the module.
_HKCU, _HKCR = Hive.HKCU, Hive.HKCR


class KeyAccess:
    """The keys of a machine as one user addresses them.

    Args:
        now: the machine's clock.
        is_64_bit: whether this Windows has a 32-bit half; without one, views make no difference.
        faults: what goes wrong on purpose.

    Attributes:
        now: the machine's clock.
    """

    def __init__(self, now: Callable[[], datetime], *, is_64_bit: bool = True, faults: Faults | None = None) -> None:
        self.now = now
        self._is_64_bit = is_64_bit
        self._faults = faults
        self._sid = SYSTEM.sid
        self._token: Token | None = None
        self._hives = Hives(now, is_64_bit=is_64_bit)
        self._remembered = self._hives.remembered
        self._holders: dict[tuple[Key, View], bool] = {}

    def of_user(self, sid: str) -> Self:
        r"""Return this registry with that user's HKCU and HKCR; whatever is done through either, both see.

        While the user's hive is not loaded, HKCU is `HKU\.DEFAULT`, as for a real process.
        """
        registry = copy.copy(self)
        registry._sid = sid  # noqa: SLF001 - of its own kind
        return registry

    def of_token(self, token: Token) -> Self:
        """Return this registry as `of_user` does, but what the token may not do is error 5."""
        registry = self.of_user(token.account.sid)
        registry._token = token  # noqa: SLF001 - of its own kind
        return registry

    def location(self, path: Where, view: View = View.VIEW_64) -> RegistryPath:
        """Return where a key really is or would be made, below HKLM or HKU and with links followed.

        Raises:
            MachineError: 161 for a leading backslash.
        """
        if isinstance(path, Key):
            return path.path
        return self._hives.resolved(self._place(self._written(path, view), view))

    # Keys that stay open

    def open_key(self, where: Where, below: str = "", view: View = View.VIEW_64, *, follow: bool = True) -> Where:
        """Return a key to go on with: it stays the same key, whatever becomes of its path. That of HKCR is its path.

        Args:
            where: a path, or a key that was opened.
            below: the names below that, empty for the key itself.
            view: the half of Windows that is meant; below an opened key it counts from where that really is.
            follow: whether a link as the last name means what it leads to (without REG_OPTION_OPEN_LINK).

        Raises:
            MachineError: 2 when it does not exist, 1018 when `where` has been deleted, 161 for a leading backslash, 5
                when the token may not read it.
        """
        key = self.find_key(where, below, view, follow=follow)
        return raise_missing(_joined(where, below)) if key is None else key

    def find_key(
        self, where: Where, below: str = "", view: View = View.VIEW_64, *, follow: bool = True
    ) -> Where | None:
        """Return what `open_key` does, but None for a key that does not exist."""
        if isinstance(where, RegistryPath) and where.hive is _HKCR:
            path = where.child(below)
            return path if self._found(path, view, _NOTHING) else None
        return self._checked(where, below, view, _NOTHING, follow=follow)

    def create_key(
        self,
        where: Where,
        below: str = "",
        view: View = View.VIEW_64,
        *,
        volatile: bool = False,
        follow: bool = True,
    ) -> tuple[Where, bool]:
        """Make a key as RegCreateKeyEx does; return it as `open_key` does, and whether it was made or there before.

        Args:
            where: a path, or a key that was opened.
            below: the names below that.
            view: the half of Windows that is meant.
            volatile: whether what is made is gone after a restart.
            follow: whether a link as the last name means what it leads to.

        Raises:
            MachineError: what `EmulatedRegistry.create` raises, and 1018 when `where` has been deleted.
        """
        made = self.made(where, below, view, _NOTHING, volatile=volatile, follow=follow)
        if isinstance(where, RegistryPath) and where.hive is _HKCR:
            return where.child(below), made[1]
        return made

    def make_link(
        self,
        where: Where,
        below: str = "",
        view: View = View.VIEW_64,
        *,
        target: RegistryPath | None = None,
        volatile: bool = False,
    ) -> Key:
        """Make a link as RegCreateKeyEx does with REG_OPTION_CREATE_LINK; the keys above it are ordinary ones.

        Args:
            where: a path, or a key that was opened.
            below: the names below that.
            view: the half of Windows that is meant.
            target: where it leads; without one it leads nowhere until `SymbolicLinkValue` is set in it.
            volatile: whether it is gone after a restart.

        Raises:
            MachineError: 183 when there is a key of that name, and what `create_key` raises.
        """
        path = path_of(where).child(below)
        if self._key(where, below, view, follow=False) is not None:
            raise MachineError(183, "there is a registry key of that name", path.short)
        leads_to = None if target is None else self._place(self._written(target, view), view)
        # Making the key first checks all that is to be checked; then the link takes its place.
        key, _ = self.made(where, below, view, KeyRights.KEY_CREATE_LINK, volatile=volatile)
        assert key.parent is not None
        return self._hives.make_link(key.parent, key.name, leads_to, volatile=volatile)

    # Finding

    def _known(self, where: Where, view: View) -> Key | None:
        """Return a key at once when a path was found before and nothing can go wrong; None says nothing."""
        if self._token is not None or self._faults:
            return None
        if isinstance(where, Key):
            return None if where.is_deleted else where
        start = self._sid if where.hive is _HKCU else where.hive
        key = self._remembered.get((start, where.key, view))
        return None if key is None or key.is_deleted else key

    def _found(self, where: Where, view: View, wanted: KeyRights) -> Sequence[Key]:
        """Return the key, or the keys that make up a merged one, or nothing."""
        if isinstance(where, RegistryPath) and where.hive is _HKCR:
            sources = merged_keys(self, self._sid, where, view)
            return [key for source in sources if (key := self._checked(source, "", view, wanted))]
        key = self._checked(where, "", view, wanted)
        return () if key is None else (key,)

    def exists(self, path: Where, view: View = View.VIEW_64) -> bool:
        """Return whether the key exists."""
        return bool(self._found(path, view, _NOTHING))

    def _checked(self, where: Where, below: str, view: View, wanted: KeyRights, *, follow: bool = True) -> Key | None:
        """Find a key, unless a fault strikes or the token may not use it so."""
        if self._faults:
            self._strike(Operation.READ_REGISTRY, where, below, view)
        key = self._key(where, below, view, follow=follow)
        if key is not None and self._token is not None:
            check_key_access(key.path, wanted or KeyRights.KEY_READ, self._token)
        return key

    def _key(self, where: Where, below: str, view: View, *, follow: bool = True) -> Key | None:
        """Find a key that is not one of HKCR."""
        if isinstance(where, Key):
            if where.is_deleted:
                raise MachineError(1018, "this registry key has been deleted", where.path.short)
            if not below:
                return where
        known_as = self._known_as(where, below, view)
        key = self._remembered.get(known_as) if follow else None
        if key is None or key.is_deleted:
            found, missing = self._reached(where, below, view, follow=follow)
            key = None if missing else found
            if key is not None and follow:
                self._remember(known_as, key)
        return key

    def _known_as(self, where: Where, below: str, view: View) -> KnownAs:
        """Return under what a key is remembered."""
        if isinstance(where, Key):
            return where, below, view
        hive, path = where.hive, where.key
        if below:
            path = f"{path}\\{below}" if path else below
        return self._sid if hive is _HKCU else hive, path, view

    def _reached(self, where: Where, below: str, view: View, *, follow: bool) -> tuple[Key, Sequence[str]]:
        """Return the deepest key there is on the way, and the names that are missing below it."""
        near = self._near(self._known_as(where, below, view))
        return self._from_afar(where, below, view, follow=follow) if near is None else near

    def _from_afar(self, where: Where, below: str, view: View, *, follow: bool) -> tuple[Key, Sequence[str]]:
        if isinstance(where, Key) and where.is_link:
            return self._hives.reach_below(where, tuple(filter(None, below.split("\\"))), follow=follow)
        return self._hives.reach(self._place(_joined(where, below), view), follow=follow)

    def _near(self, known_as: KnownAs) -> tuple[Key, Sequence[str]] | None:
        """Do what `_reached` does where the key above is at hand and all that is listed in it is in it; else None.

        Args:
            known_as: where to start (a key, a hive, or whose HKCU), the names below that, and the view.
        """
        start, path, view = known_as
        above, _, name = path.rpartition("\\")
        if not name or path[0] == "\\" or "\\\\" in path:
            return None
        key = self._remembered.get((start, above, view)) if above else start
        if not isinstance(key, Key) or key.is_deleted:
            key = self._above(start, above, view)
        if key is None or not (self._holders.get((key, view)) or self._holds_its_own(key, view)):
            return None
        child = key.find(folded(name))
        if child is None:
            return key, (name,)
        return None if child.is_link else (child, ())

    def _above(self, start: Key | str, above: str, view: View) -> Key | None:
        """Find a key that others are below, and remember it; None for none, and for a root."""
        if not above:
            return None
        where = start if isinstance(start, Key) else RegistryPath(start if isinstance(start, Hive) else Hive.HKCU)
        key, missing = self._from_afar(where, above, view, follow=True)
        if missing:
            return None
        self._remember((start, above, view), key)
        return key

    def _holds_its_own(self, key: Key, view: View) -> bool:
        """Return whether a name below a key means the key of that name in it, and nothing else anywhere."""
        holds = self._holders.get((key, view))
        if holds is None:
            seen = view if self._is_64_bit else View.VIEW_64
            place = key.path
            holds = (
                key.parent is not None
                and not key.is_link
                and registry_location(place, seen) == place
                and not names_elsewhere(place, seen)
                and folded(place.name) != "WOW6432NODE"
            )
            if len(self._holders) >= _MOST_REMEMBERED:
                self._holders.clear()
            self._holders[key, view] = holds
        return holds

    def _remember(self, known_as: KnownAs, key: Key) -> None:
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[known_as] = key

    # Making

    def made(
        self,
        where: Where,
        below: str,
        view: View,
        wanted: KeyRights = _NOTHING,
        *,
        volatile: bool = False,
        follow: bool = True,
    ) -> tuple[Key, bool]:
        """Find or make a key, unless a fault strikes or the token may not; return it, and whether it is new.

        Of HKCR that is the one key of its two that a write goes to; raise what `create_key` does.

        Args:
            where: a path, or a key that was opened.
            below: the names below that.
            view: the half of Windows that is meant.
            wanted: what is to be done with the key once it is there.
            volatile: whether what is made is volatile.
            follow: whether a link as the last name means what it leads to.
        """
        if isinstance(where, RegistryPath) and where.hive is _HKCR:
            where, below = self._written(where.child(below), view), ""
        if self._faults:
            self._strike(Operation.WRITE_REGISTRY, where, below, view)
        if isinstance(where, Key) and where.is_deleted:
            raise MachineError(1018, "this registry key has been deleted", where.path.short)
        known_as = self._known_as(where, below, view)
        known = self._remembered.get(known_as) if follow else None
        missing: Sequence[str] = ()
        if known is not None and not known.is_deleted:
            key = known
        else:
            near = self._near(known_as) if below or not isinstance(where, Key) else (where, ())
            key, missing = self._from_afar(where, below, view, follow=follow) if near is None else near
            if follow and not missing and key is not where:
                self._remember(known_as, key)
        if self._token is not None:
            place = key.path.child("\\".join(missing))
            rights = wanted | KeyRights.KEY_CREATE_SUB_KEY if missing else wanted or KeyRights.KEY_READ
            check_key_access(place, rights, self._token)
        return (self._hives.make(key, missing, volatile=volatile), True) if missing else (key, False)

    def _writable(self, where: Where, view: View, wanted: KeyRights, *, follow: bool = True) -> Key | None:
        """Find the key that a write goes to, unless a fault strikes or the token may not."""
        if isinstance(where, RegistryPath):
            where = self._written(where, view)
        if self._faults:
            self._strike(Operation.WRITE_REGISTRY, where, "", view)
        key = self._key(where, "", view, follow=follow)
        if key is not None and self._token is not None:
            check_key_access(key.path, wanted, self._token)
        return key

    def _written(self, path: RegistryPath, view: View) -> RegistryPath:
        """Return the path that a write goes to: for HKCR the user's key where there is one, else the machine's."""
        if path.hive is not _HKCR:
            return path
        users = RegistryPath(Hive.HKU, rf"{self._sid}\SOFTWARE\Classes").child(path.key)
        if path.key and self._key(users, "", view):
            return users
        return RegistryPath(Hive.HKLM, r"SOFTWARE\Classes").child(path.key)

    def _place(self, path: RegistryPath, view: View) -> RegistryPath:
        return place_of(path, view if self._is_64_bit else View.VIEW_64, self._user_hive)

    def _user_hive(self) -> str:
        return self._sid if folded(self._sid) in self._hives.roots[Hive.HKU].keys else ".DEFAULT"

    def _strike(self, operation: Operation, where: Where, below: str, view: View) -> None:
        assert self._faults is not None
        place = self.location(_joined(where, below) if below else where, view)
        control_set = folded(self.location(_CONTROL_SET).key)
        name = folded(place.key)
        if place.hive is Hive.HKLM and (name == control_set or name.startswith(f"{control_set}\\")):
            # Everybody knows the control set in use by its link, and so does whoever writes the fault.
            place = _CONTROL_SET.child(place.key[len(control_set) :].lstrip("\\"))
        self._faults.strike(operation, str(place))


_CONTROL_SET = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet")


def path_of(where: Where) -> RegistryPath:
    """Return the path of a key, for messages and for going on from it."""
    return where.path if isinstance(where, Key) else where


def raise_missing(where: Where) -> NoReturn:
    """Say that there is no such key.

    Raises:
        MachineError: 2.
    """
    raise MachineError(2, "there is no such registry key", path_of(where).short)


def _joined(where: Where, below: str) -> RegistryPath:
    if not below:
        return path_of(where)
    if below.startswith("\\") and (isinstance(where, Key) or where.key):
        raise MachineError(161, "a registry path does not begin with a backslash", below)
    path = path_of(where)
    return RegistryPath(path.hive, f"{path.key}\\{below}" if path.key else below)
