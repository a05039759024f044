r"""The marks that Windows and installers leave in the registry while they wait for a restart.

Source: the places that public admin scripts look at (Test-PendingReboot in several galleries), and for the renames
learn.microsoft.com, MoveFileExW. `PackagesPending`, `AvoidSpnSet`, the names and `DVDRebootSignal` are from memory, and
so is that Windows makes the keys of servicing and of updates volatile, which is why a restart clears them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from harness.errors import UsageError
from harness.machine.storage import Registry
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

__all__ = ["RestartReason", "mark_restart_pending", "pending_restart_reasons"]


class RestartReason(StrEnum):
    """Why a restart is pending; the value reads on after "a restart is pending because"."""

    SERVICING = "components of Windows were serviced"
    UPDATE = "Windows Update has installed something"
    FILE_RENAME = "files that were in use are to be replaced"
    OLD_UPDATE = "an old update.exe has installed something"
    COMPUTER_NAME = "the computer was renamed"
    DOMAIN_JOIN = "the computer joins a domain"
    FEATURE = "a feature of Windows was installed"


_WINDOWS = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion")
_SERVICING = _WINDOWS.child("Component Based Servicing")
_REBOOT_REQUIRED = _WINDOWS.child(r"WindowsUpdate\Auto Update\RebootRequired")
_SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")
_RENAMES = ("PendingFileRenameOperations", "PendingFileRenameOperations2")
_UPDATES = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Updates")
_NAMES = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\ComputerName")
_NETLOGON = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Services\Netlogon")


def pending_restart_reasons(registry: Registry) -> Sequence[RestartReason]:
    """Return why a restart is pending, as far as the registry says; empty when none is."""
    is_there = {
        RestartReason.SERVICING: any(
            registry.exists(_SERVICING.child(name)) for name in ("RebootPending", "RebootInProgress", "PackagesPending")
        ),
        RestartReason.UPDATE: registry.exists(_REBOOT_REQUIRED),
        RestartReason.FILE_RENAME: any(_has_data(registry, _SESSION_MANAGER, name) for name in _RENAMES),
        RestartReason.OLD_UPDATE: _has_data(registry, _UPDATES, "UpdateExeVolatile"),
        RestartReason.COMPUTER_NAME: _name(registry, "ActiveComputerName") not in ("", _name(registry, "ComputerName")),
        RestartReason.DOMAIN_JOIN: any(
            registry.get(_NETLOGON, name) is not None for name in ("JoinDomain", "AvoidSpnSet")
        ),
        RestartReason.FEATURE: registry.get(_WINDOWS.child("RunOnce"), "DVDRebootSignal") is not None,
    }
    return tuple(reason for reason, holds in is_there.items() if holds)


def mark_restart_pending(registry: Registry, reason: RestartReason, *, name: str = "") -> None:
    """Leave the mark that Windows leaves for a reason.

    Args:
        registry: where.
        reason: which mark.
        name: what the computer is renamed to, or the domain that it joins.

    Raises:
        UsageError: for files to be renamed, which `FileSystem.move_at_restart` marks, and where a name is missing.
    """
    match reason:
        case RestartReason.SERVICING:
            registry.create(_SERVICING.child("RebootPending"), volatile=True)
        case RestartReason.UPDATE:
            registry.create(_REBOOT_REQUIRED, volatile=True)
        case RestartReason.OLD_UPDATE:
            registry.set(_UPDATES, "UpdateExeVolatile", RegistryValue(RegistryType.REG_DWORD, 1))
        case RestartReason.COMPUTER_NAME:
            registry.set(_NAMES.child("ComputerName"), "ComputerName", RegistryValue.of(_given(reason, name).upper()))
        case RestartReason.DOMAIN_JOIN:
            registry.set(_NETLOGON, "JoinDomain", RegistryValue.of(_given(reason, name)))
        case RestartReason.FEATURE:
            registry.set(_WINDOWS.child("RunOnce"), "DVDRebootSignal", RegistryValue.of(1))
        case RestartReason.FILE_RENAME:
            raise UsageError("a file to be renamed at the next start needs its names - use `files.move_at_restart`")


def _given(reason: RestartReason, name: str) -> str:
    if not name:
        raise UsageError(f"a restart that is pending because {reason} needs a name - give `name`")
    return name


def _has_data(registry: Registry, path: RegistryPath, name: str) -> bool:
    value = registry.get(path, name)
    return value is not None and bool(value.data)


def _name(registry: Registry, which: str) -> str:
    value = registry.get(_NAMES.child(which), "ComputerName")
    return folded(str(value.data)) if value else ""
