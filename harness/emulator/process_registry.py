r"""The registry as one process sees it: in its half of Windows, with its account's HKCU, within its rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from harness.emulator.registry import EmulatedRegistry
from harness.emulator.registryrights import KeyRights, check_key_access
from harness.errors import UsageError
from harness.machine.clock import Signal
from harness.machine.wow64 import written_by_32_bit
from harness.model.windows import Hive, RegistryPath, RegistryValue, Token, View

__all__ = ["ProcessRegistry", "Data"]

#: What a value can be given as.
Data = RegistryValue | str | int | bytes | tuple[str, ...] | list[str]


_READ = KeyRights.KEY_QUERY_VALUE
_MAKE = KeyRights.KEY_CREATE_SUB_KEY


class ProcessRegistry:
    r"""The registry as a process sees it; fulfils the `Registry` port.

    Paths are `RegistryPath` or text (`HKCU\Software\Contoso`). Every method takes the process's own view unless another
    is asked for, as with KEY_WOW64_64KEY and KEY_WOW64_32KEY.

    Args:
        registry: the registry whose HKCU and HKCR are the account's.
        token: whose rights the process has.
        view: the half of Windows the process sees by default.
    """

    def __init__(self, registry: EmulatedRegistry, token: Token, view: View) -> None:
        self._registry = registry
        self._token = token
        self._view = view

    # Reading

    def exists(self, path: RegistryPath | str, view: View | None = None) -> bool:
        """Return whether the key exists."""
        return self._registry.exists(_path(path), view or self._view)

    def get(self, path: RegistryPath | str, name: str = "", view: View | None = None) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing.

        Raises:
            MachineError: 5 when the account may not.
        """
        return self._registry.get(self._may(path, view, _READ), name, view or self._view)

    def values(self, path: RegistryPath | str, view: View | None = None) -> Mapping[str, RegistryValue]:
        """Return the values of a key.

        Raises:
            MachineError: 2 when the key does not exist, 5 when the account may not.
        """
        return self._registry.values(self._may(path, view, _READ), view or self._view)

    def subkeys(self, path: RegistryPath | str, view: View | None = None) -> Sequence[str]:
        """Return the names of the keys below a key.

        Raises:
            MachineError: 2 when the key does not exist, 5 when the account may not.
        """
        return self._registry.subkeys(self._may(path, view, KeyRights.KEY_ENUMERATE_SUB_KEYS), view or self._view)

    def modified(self, path: RegistryPath | str, view: View | None = None) -> datetime:
        """Return when the key was last written.

        Raises:
            MachineError: 2 when the key does not exist, 5 when the account may not.
        """
        return self._registry.modified(self._may(path, view, _READ), view or self._view)

    def watch(self, path: RegistryPath | str, view: View | None = None, *, below: bool = False) -> Signal:
        """Return what is set at the next change of the key; with `below` also of what is below it.

        Raises:
            MachineError: 2 when the key does not exist, 5 when the account may not.
        """
        return self._registry.watch(self._may(path, view, KeyRights.KEY_NOTIFY), view or self._view, below=below)

    # Writing

    def create(self, path: RegistryPath | str, view: View | None = None, *, volatile: bool = False) -> None:
        """Make a key and those above it; an existing one stays as it is.

        Raises:
            MachineError: 5 when the account may not, 1021 for a lasting key below a volatile one.
        """
        parsed = _path(path)
        is_there = self._registry.exists(parsed, view or self._view)
        self._may(parsed, view, _READ if is_there else _MAKE)
        self._registry.create(parsed, view or self._view, volatile=volatile)

    def create_link(self, path: RegistryPath | str, target: RegistryPath | str, view: View | None = None) -> None:
        """Make a key that leads to another one.

        Raises:
            MachineError: 5 when the account may not, 183 when there is a key of that name.
        """
        self._registry.create_link(
            self._may(path, view, _MAKE | KeyRights.KEY_CREATE_LINK), _path(target), view or self._view
        )

    def set(self, path: RegistryPath | str, name: str, value: Data, view: View | None = None) -> None:
        """Set a value, making the key if need be; plain data gets the type one expects for it.

        Raises:
            MachineError: 5 when the account may not.
        """
        typed = value if isinstance(value, RegistryValue) else RegistryValue.of(value)
        if view is None and self._view is View.VIEW_32:
            typed = written_by_32_bit(typed)
        self._registry.set(self._may(path, view, KeyRights.KEY_SET_VALUE), name, typed, view or self._view)

    def delete_value(self, path: RegistryPath | str, name: str, view: View | None = None) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist, 5 when the account may not.
        """
        self._registry.delete_value(self._may(path, view, KeyRights.KEY_SET_VALUE), name, view or self._view)

    def delete(self, path: RegistryPath | str, view: View | None = None) -> None:
        """Delete a key with everything below it.

        Raises:
            MachineError: 2 when it does not exist, 5 when the account may not.
        """
        self._registry.delete(self._may(path, view, KeyRights.DELETE), view or self._view)

    def _may(self, path: RegistryPath | str, view: View | None, wanted: KeyRights) -> RegistryPath:
        """Return the path if the process may do that with the key; what is not there is for the registry to say."""
        parsed = _path(path)
        if self._token.account.is_system:
            return parsed
        place = self._registry.location(parsed, view or self._view)
        hive = RegistryPath(place.hive, place.parts[0]) if place.parts else place
        if place.hive is Hive.HKU and not self._registry.exists(hive):
            wanted &= KeyRights.KEY_WRITE
        if wanted:
            check_key_access(place, wanted, self._token)
        return parsed


def _path(path: RegistryPath | str) -> RegistryPath:
    if isinstance(path, RegistryPath):
        return path
    try:
        return RegistryPath.parse(path)
    except ValueError as error:
        raise UsageError(str(error)) from error
