r"""From handle, path and access mask to an open key.

A handle remembers where it points: what is below it is found from there, in the half of Windows it was opened in unless
another is asked for. The rights that a handle has count for its values; whether keys may be made or deleted below it is
decided by the access list of the key, whatever the handle was opened for.

Source: learn.microsoft.com, "RegOpenKeyExW", "RegCreateKeyExW", "RegDeleteKeyExW", "Accessing an Alternate Registry
View"; that no rights at all are refused: ReactOS, ntoskrnl/se/accesschk.c.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.emulator.keyaccess import Where, path_of
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.registryrights import KeyRights, key_rights, meant
from harness.emulator.winreg.arguments import as_int
from harness.emulator.winreg.constants import (
    LOCAL_SETTINGS,
    MAXIMUM_ALLOWED,
    PERFORMANCE,
    PREDEFINED,
    WOW64_32KEY,
    WOW64_64KEY,
    low_half,
)
from harness.emulator.winreg.failures import failure
from harness.emulator.winreg.handletype import HandleTable
from harness.emulator.winreg.openkeys import ALL_RIGHTS, CLOSED, OpenKey
from harness.errors import NotEmulated
from harness.machine.wow64 import names_elsewhere
from harness.model.windows import Hive, RegistryPath, Token, View

__all__ = ["Opener"]

_NOT_FOUND, _DENIED, _INVALID_HANDLE, _INVALID_PARAMETER, _BAD_PATH, _DELETED = 2, 5, 6, 87, 161, 1018

#: Predefined keys that lie in the registry.
_ROOTS = {
    **{PREDEFINED[hive.value]: RegistryPath(hive) for hive in Hive},
    LOCAL_SETTINGS: RegistryPath(Hive.HKCU, r"SOFTWARE\Classes\Local Settings"),
}

_VIEWS = WOW64_32KEY | WOW64_64KEY

_HKCR = Hive.HKCR

#: What SYSTEM may.
_EVERYTHING = int(KeyRights.KEY_ALL_ACCESS | KeyRights.ACCESS_SYSTEM_SECURITY)

#: So many open keys are remembered in one process; then the memory starts afresh.
_MOST_REMEMBERED = 4_096


class Opener:
    """Opens the keys of one process.

    Args:
        registry: the registry, with HKCU and HKCR of the process's account and all rights.
        token: whose rights the process has.
        view: the half of Windows it sees where no other is asked for.
        table: its handles.

    Attributes:
        roots: predefined keys that were asked for, by handle.
        remembered: what was opened before, by key, access mask and view.
    """

    def __init__(self, registry: EmulatedRegistry, token: Token, view: View, table: HandleTable) -> None:
        self._registry = registry
        self._token = token
        self._is_system = token.account.is_system
        self._view = view
        self._table = table
        self._masks: dict[int, int] = {}
        self.roots: dict[int, OpenKey] = {}
        self.remembered: dict[tuple[Where, int, View], OpenKey] = {}

    # Handles

    def by_number(self, handle: int) -> OpenKey:
        """Return what a number means: a predefined key, or one that is open.

        Raises:
            OSError: 6 when it means nothing.
            NotEmulated: for performance data.
        """
        number = low_half(handle)
        path = _ROOTS.get(number)
        if path is not None:
            root = self.roots[handle] = OpenKey(path, self._view, ALL_RIGHTS, handle)
            return root
        if number in PERFORMANCE:
            hint = "read the counters in another way, or give the code under test some of its own"
            raise NotEmulated("performance data in the registry", where="HKEY_PERFORMANCE_DATA", hint=hint)
        opened = self._table.find(handle)
        if opened is None:
            raise failure(_INVALID_HANDLE, f"there is no open handle {handle:#x}")
        return opened

    def check(self, opened: OpenKey, right: int) -> None:
        """Make sure that a key is still there and was opened for something.

        Args:
            opened: the key.
            right: a bit of an access mask, or 0.

        Raises:
            OSError: 5, or 1018 for a key that was deleted.
        """
        if opened is CLOSED:
            raise failure(_INVALID_HANDLE, "the handle was closed by its number")
        if opened.live is not None and opened.live.is_deleted:
            raise failure(_DELETED, opened.live.name)
        if opened.number:
            self._check_list(opened.where, right, opened.view)
            return
        if opened.live is None and not self._registry.exists(opened.where, opened.view):
            raise failure(_DELETED, str(opened.where))
        if right & ~opened.rights:
            raise failure(_DENIED, f"{opened.path}: the handle was opened without {KeyRights(right).name}")

    # Opening

    def open(self, parent: OpenKey, name: str, access: int, *, follow: bool = True) -> OpenKey:
        """Open a key.

        Args:
            parent: where the path begins.
            name: the path, without NUL; empty for the key itself.
            access: what is wanted.
            follow: whether a link at its end is followed.

        Raises:
            OSError: 5 when access is denied, 87 when both views are asked for.
            MachineError: 2 when it is not there, 161 when the path begins with a backslash, 1018 when the parent was
                deleted.
        """
        view = self.view(access, parent)
        return self.opened(self._registry.open_key(parent.where, name, view, follow=follow), view, access)

    def create(self, parent: OpenKey, name: str, access: int) -> OpenKey:
        """Open a key, making it and those above it if need be; raise what `open` does, and 87 for an impossible one."""
        view = self.view(access, parent) if access & _VIEWS else parent.view
        if not self._is_system and self._registry.find_key(parent.where, name, view) is None:
            self._check_list(parent.path.child(name), KeyRights.KEY_CREATE_SUB_KEY, view)
        above = parent.where
        where: Where
        where, is_new = self._registry.made(above, name, view)
        if isinstance(above, RegistryPath) and above.hive is _HKCR:
            where = above.child(name)  # two keys perhaps, whichever was made
        if is_new:
            return OpenKey(where, view, self._masks.get(access) or self._granted(where, view, access))
        return self.remembered.get((where, access, view)) or self.opened(where, view, access)

    def delete(self, parent: OpenKey, name: str, access: int) -> None:
        """Delete a key that has no others below it; raise what `open` does, and 5 for one that has."""
        view = self.view(access, parent)
        where = self._registry.open_key(parent.where, name, view, follow=False)
        self._check_list(where, KeyRights.DELETE, view)
        self._registry.delete(where, view, only_if_empty=True)

    def view(self, access: int, parent: OpenKey) -> View:
        """Return the half of Windows that an access mask asks for, or the one the parent was opened in.

        Raises:
            OSError: 87 when it asks for both.
        """
        wanted = access & _VIEWS
        if not wanted:
            return parent.view
        if wanted == _VIEWS:
            raise failure(_INVALID_PARAMETER, "KEY_WOW64_32KEY and KEY_WOW64_64KEY exclude one another")
        return View.VIEW_32 if wanted == WOW64_32KEY else View.VIEW_64

    def opened(self, where: Where, view: View, access: int) -> OpenKey:
        """Open a key that was found.

        Raises:
            OSError: 5 when the rights that are wanted may not be had.
        """
        known = self.remembered.get((where, access, view))
        if known is not None:
            return known
        opened = OpenKey(where, view, self._granted(where, view, access))
        if opened.live is not None:
            assert opened.live.values is not None  # laid out now, while nobody else changes the registry
            if len(self.remembered) >= _MOST_REMEMBERED:
                self.remembered.clear()
            self.remembered[where, access, view] = opened
        return opened

    def names(self, opened: OpenKey) -> Sequence[str]:
        """Return the names of the keys below a key."""
        live = opened.live
        if live is not None:
            if opened.lists_itself is None:
                opened.lists_itself = not names_elsewhere(live.path, opened.view)
            if opened.lists_itself:
                return live.names
        return self._registry.subkeys(opened.where, opened.view)

    # Rights

    def _granted(self, where: Where, view: View, access: int) -> int:
        granted = self._masks.get(access)
        if granted is not None:
            return granted
        rights = self._rights(where, view)
        wanted = int(meant(as_int(access) & 0xFFFF_FFFF))
        if access & MAXIMUM_ALLOWED:
            wanted |= rights
        if not wanted or wanted & ~rights:
            what = "is denied" if wanted else "was asked for with no rights"
            raise failure(_DENIED, f"access to {path_of(where)} {what}: {self._token.account}")
        if self._is_system and len(self._masks) < _MOST_REMEMBERED:
            self._masks[access] = wanted  # which is the same for every key
        return wanted

    def _rights(self, where: Where, view: View) -> int:
        if self._is_system:
            return _EVERYTHING
        return int(key_rights(self._registry.location(where, view), self._token))

    def _check_list(self, where: Where, wanted: int, view: View) -> None:
        if wanted & ~self._rights(where, view):
            raise failure(_DENIED, f"access to {path_of(where)} is denied to {self._token.account}")
