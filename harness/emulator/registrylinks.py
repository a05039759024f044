r"""Registry keys that lead to others: what a link's value says, and what Windows keeps as links.

Source: learn.microsoft.com, "RegCreateKeyExW", REG_OPTION_CREATE_LINK; what the kernel accepts as a target is that of
Wine's dlls/ntdll/tests/reg.c, which passes on Windows. Which links a running Windows has is from memory.
"""

from __future__ import annotations

from harness.emulator.keys import LINK_VALUE, Key
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

__all__ = ["MOST_LINKS", "link_value", "link_target", "is_link_value"]

#: So many links are followed for one path. Source: the object manager; the number is from memory.
MOST_LINKS = 32

#: The kernel's names of HKLM and HKU.
_ROOTS = {Hive.HKLM: r"\Registry\Machine", Hive.HKU: r"\Registry\User"}
_HIVES = {folded(root): hive for hive, root in _ROOTS.items()}


def link_value(target: RegistryPath) -> RegistryValue:
    """Return what a link to a key below HKLM or HKU holds: the kernel's path in UTF-16, without a NUL at its end."""
    text = f"{_ROOTS[target.hive]}\\{target.key}".rstrip("\\")
    return RegistryValue(RegistryType.REG_LINK, text.encode("utf-16-le", "surrogatepass"))


def link_target(key: Key) -> RegistryPath | None:
    """Return where a link leads; None when it says nothing that Windows understands."""
    _, value = key.values.get(folded(LINK_VALUE), ("", None))
    if value is None or value.type is not RegistryType.REG_LINK or not isinstance(value.data, bytes):
        return None
    # A NUL at the end is part of the last name, so that nothing is found: no name has one.
    text = value.data.decode("utf-16-le", "replace")
    empty, *parts = text.split("\\")
    hive = _HIVES.get(folded("\\" + "\\".join(parts[:2])))
    return None if empty or hive is None or "\0" in text else RegistryPath(hive, "\\".join(parts[2:]))


def is_link_value(name: str, value: RegistryValue) -> bool:
    """Return whether a link takes the value; it takes no other than where it leads."""
    return folded(name) == folded(LINK_VALUE) and value.type is RegistryType.REG_LINK
