r"""Where a registry path leads for a given user and view: what HKCU and HKCC are, what a 32-bit program gets instead.

Source: learn.microsoft.com, "Predefined Keys", "Registry Keys Affected by WOW64".
"""

from __future__ import annotations

from collections.abc import Callable

from harness.emulator.keys import Key
from harness.errors import MachineError
from harness.machine.wow64 import names_elsewhere, registry_location
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, View

__all__ = ["place_of", "names_below"]

_CURRENT_CONFIG = r"SYSTEM\CurrentControlSet\Hardware Profiles\Current"


def place_of(path: RegistryPath, view: View, user_hive: Callable[[], str]) -> RegistryPath:
    r"""Return the place below HKLM or HKU that a path means; links in it are not followed.

    Args:
        path: any path but one of HKCR.
        view: which half of a 64-bit Windows; the 64-bit view for a Windows without halves.
        user_hive: tells which key of HKU is HKCU.

    Raises:
        MachineError: 161 for a path that begins with a backslash. Double ones and one at the end do not matter.
    """
    if path.key.startswith("\\"):
        raise MachineError(161, "a registry path does not begin with a backslash", path.short)
    key = "\\".join(filter(None, path.parts))
    if path.hive is Hive.HKCU:
        return registry_location(RegistryPath(Hive.HKU, user_hive()).child(key), view)
    if path.hive is Hive.HKCC:
        return registry_location(RegistryPath(Hive.HKLM, _CURRENT_CONFIG).child(key), view)
    return registry_location(RegistryPath(path.hive, key), view)


def names_below(key: Key, view: View, find: Callable[[RegistryPath], Key | None]) -> tuple[str, ...]:
    """Return the names a key lists, sorted as Windows does.

    These are those of the keys in it, without what the view has elsewhere, but with what it has from there.

    Args:
        key: the key that is listed.
        view: which half of a 64-bit Windows; the 64-bit view for a Windows without halves.
        find: finds the key a path means in that view.
    """
    place = key.path
    elsewhere = names_elsewhere(place, view)
    if not elsewhere:
        return key.names
    names = {folded(name): name for name in key.names}
    if view is View.VIEW_32:
        names.pop("WOW6432NODE", None)
    for name in elsewhere:
        names.pop(folded(name), None)
        found = find(place.child(name))
        if found is not None:
            names[folded(name)] = found.name if folded(found.name) == folded(name) else name
    return tuple(names[name] for name in sorted(names))
