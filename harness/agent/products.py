r"""What Windows Installer has installed, found by product code as the agent finds it.

The registration is read where Windows Installer keeps it, and in the uninstall entries that Windows Installer made
(`WindowsInstaller` = 1): in both views, and in the account's own hive. Source: the experiments of IntuneScriptLab
(both views detect), windows installer's registry layout (Wine `dlls/msi/registry.c`, seen).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.formats.guids import pack_guid
from harness.machine.ports import Registry
from harness.model.windows import SYSTEM, Account, Hive, RegistryPath, View

__all__ = ["UNINSTALL", "InstalledProduct", "find_product", "is_guid", "uninstall_entries"]

#: Where "Apps & features" gets its list from, below HKLM or a user's hive.
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_USER_DATA = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData"
_GUID = re.compile(r"\{?([0-9A-Fa-f]{8})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{4})-([0-9A-Fa-f]{12})\}?")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProduct:
    """A product that Windows Installer knows: its version as text, and the key that says so."""

    version: str
    key: RegistryPath
    view: View = View.VIEW_64


def find_product(registry: Registry, product_code: str, account: Account) -> InstalledProduct | None:
    """Return the product as a process of that account finds it; None when it is not installed or not a GUID."""
    guid = _GUID.fullmatch(product_code.strip())
    if guid is None:
        return None
    braced = "{" + "-".join(guid.groups()) + "}"
    packed = pack_guid(braced)
    for sid in dict.fromkeys((SYSTEM.sid, account.sid)):
        key = RegistryPath(Hive.HKLM, rf"{_USER_DATA}\{sid}\Products\{packed}\InstallProperties")
        if registry.exists(key):
            return InstalledProduct(version=str(registry.get(key, "DisplayVersion") or ""), key=key)
    for key, view in uninstall_entries(braced, account):
        made_by = registry.get(key, "WindowsInstaller", view)
        if made_by is not None and made_by.data == 1:
            return InstalledProduct(version=str(registry.get(key, "DisplayVersion", view) or ""), key=key, view=view)
    return None


def uninstall_entries(name: str, account: Account) -> list[tuple[RegistryPath, View]]:
    """Return where an uninstall entry of that name may be: per machine in both views, and the account's own."""
    machine = RegistryPath(Hive.HKLM, rf"{UNINSTALL}\{name}")
    own = RegistryPath(Hive.HKCU, rf"{UNINSTALL}\{name}").of_user(account.sid)
    return [(machine, View.VIEW_64), (machine, View.VIEW_32), (own, View.VIEW_64)]


def is_guid(text: str) -> bool:
    """Return whether a text is a GUID, with or without braces."""
    return _GUID.fullmatch(text.strip()) is not None
