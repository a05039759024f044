r"""The list of files that the next boot renames or deletes, in the registry.

Sources: learn.microsoft.com, MoveFileExW with MOVEFILE_DELAY_UNTIL_REBOOT; ReactOS, kernel32's move.c, for how the
texts are written, and that the second list is used once it is there.
"""

from __future__ import annotations

from harness.machine.storage import Registry
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

__all__ = ["note_move"]

_SESSION_MANAGER = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager")
_LIST, _SECOND_LIST = "PendingFileRenameOperations", "PendingFileRenameOperations2"
_NT_PREFIX = "\\??\\"


def note_move(registry: Registry, source: str, target: str | None) -> None:
    r"""Add one file to the list.

    Args:
        registry: where the list is.
        source: the file's absolute path, `C:\Temp\old.dll`.
        target: its new path, where an existing file is replaced; None when it is to be deleted.
    """
    second = registry.get(_SESSION_MANAGER, _SECOND_LIST)
    name = _LIST if second is None else _SECOND_LIST
    value = second or registry.get(_SESSION_MANAGER, _LIST)
    noted = value.data if value and isinstance(value.data, tuple) else ()
    pair = (f"{_NT_PREFIX}{source}", f"!{_NT_PREFIX}{target}" if target else "")
    registry.set(_SESSION_MANAGER, name, RegistryValue(RegistryType.REG_MULTI_SZ, (*noted, *pair)))
