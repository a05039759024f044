r"""HKEY_CLASSES_ROOT: the machine's classes with the user's laid over them.

Source: learn.microsoft.com, "Merged View of HKEY_CLASSES_ROOT" and "HKEY_CLASSES_ROOT Key".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, View

__all__ = ["merged_keys"]

#: Keys that both halves contribute to. Of any other key the user's half hides the machine's altogether.
#: `Installer` is not in the documented list, but what lies below it could not be merged otherwise.
_MERGED = frozenset(
    folded(line.strip())
    for line in r"""
    *
    *\shellex
    *\shellex\ContextMenuHandlers
    *\shellex\PropertySheetHandlers
    AppID
    CLSID
    Component Categories
    Drive
    Drive\shellex
    Drive\shellex\ContextMenuHandlers
    Drive\shellex\PropertySheetHandlers
    FileType
    Folder
    Folder\shellex
    Folder\shellex\ColumnHandler
    Folder\shellex\ContextMenuHandlers
    Folder\shellex\ExtShellFolderViews
    Folder\shellex\PropertySheetHandlers
    Installer
    Installer\Components
    Installer\Features
    Installer\Products
    Interface
    Mime
    Mime\Database
    Mime\Database\Charset
    Mime\Database\Codepage
    Mime\Database\Content Type
    TypeLib
    """.splitlines()
)


class _Exists(Protocol):
    def exists(self, path: RegistryPath, view: View = View.VIEW_64) -> bool: ...


def merged_keys(registry: _Exists, sid: str, path: RegistryPath, view: View) -> Sequence[RegistryPath]:
    """Return the keys that together are a key of HKCR, the user's first; none when it does not exist."""
    halves = (RegistryPath(Hive.HKU, rf"{sid}\SOFTWARE\Classes"), RegistryPath(Hive.HKLM, r"SOFTWARE\Classes"))
    found = [half for half in halves if registry.exists(half, view)]
    below = ""
    for name in filter(None, path.parts):
        below = f"{below}\\{folded(name)}".lstrip("\\")
        found = [key for half in found if registry.exists(key := half.child(name), view)]
        if below not in _MERGED:
            found = found[:1]
    return found
