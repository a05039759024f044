r"""What a machine's registry and Start menu say about toasts: which apps may show any, and where.

Source: learn.microsoft.com, "NotificationSetting", "ToastNotifier.Setting", "Send a local toast notification from other
types of unpackaged apps", "How to enable desktop toast notifications through an AppUserModelID" and "ADMX_Taskbar
Policy CSP" (DisableNotificationCenter). The values that Settings writes are not documented; their names are widely
known (`NOC_GLOBAL_SETTING_...`, `Notifications\Settings\<app>`). What AllowUrgentNotifications does is from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

from harness.errors import MachineError
from harness.model.windows import Account, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["AGENT_APP_ID", "NotificationSetting", "ToastSettings"]

#: What the agent's toasts come from. The name is ours: the real agent's is not known.
AGENT_APP_ID = "Microsoft.Management.IntuneManagementExtension"

#: Apps of Windows itself that other programs' scripts show toasts with: PowerShell, of 64 and of 32 bits.
_KNOWN = (
    r"{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe",
    r"{D65231B0-B2F1-4857-A4CE-A8E7C6EA7D27}\WindowsPowerShell\v1.0\powershell.exe",
)

_PUSH = RegistryPath.parse(r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\PushNotifications")
_SETTINGS = RegistryPath.parse(r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Notifications\Settings")
_POLICY = RegistryPath.parse(r"HKCU\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\PushNotifications")
_EXPLORER = RegistryPath.parse(r"HKCU\SOFTWARE\Policies\Microsoft\Windows\Explorer")
_CLASSES = tuple(RegistryPath.parse(rf"{hive}\SOFTWARE\Classes\AppUserModelId") for hive in ("HKCU", "HKLM"))

#: Before the Fall Creators Update an app could show toasts under any name. Source: the issues of projects that did.
_NAMES_ARE_CHECKED_FROM = 16299

_LARGEST_SHORTCUT = 1 << 20
_DEEPEST_MENU = 8


class NotificationSetting(IntEnum):
    """Whether an app's toasts are shown to a user, with WinRT's numbers; of several reasons the largest counts."""

    ENABLED = 0
    DISABLED_FOR_APPLICATION = 1
    DISABLED_FOR_USER = 2
    DISABLED_BY_GROUP_POLICY = 3

    @property
    def words(self) -> str:
        """Why nothing is shown."""
        return {
            NotificationSetting.ENABLED: "",
            NotificationSetting.DISABLED_FOR_APPLICATION: "the user has turned off the app's notifications",
            NotificationSetting.DISABLED_FOR_USER: "notifications are turned off for the user",
            NotificationSetting.DISABLED_BY_GROUP_POLICY: "a policy has turned off notifications",
        }[self]


class ToastSettings:
    """The questions that are asked before a toast is shown. Nothing is remembered: the registry may change."""

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine

    def setting(self, account: Account, app_id: str) -> NotificationSetting:
        """Return whether an app's toasts are shown to a user."""
        if self._number(account, _POLICY, "NoToastApplicationNotification"):
            return NotificationSetting.DISABLED_BY_GROUP_POLICY
        is_off = self._number(account, _PUSH, "ToastEnabled") == 0
        if is_off or self._number(account, _SETTINGS, "NOC_GLOBAL_SETTING_TOASTS_ENABLED") == 0:
            return NotificationSetting.DISABLED_FOR_USER
        if self._of_app(account, app_id, "Enabled") == 0:
            return NotificationSetting.DISABLED_FOR_APPLICATION
        return NotificationSetting.ENABLED

    def shows_banner(self, account: Account, app_id: str) -> bool:
        """Return whether an app's toasts appear on the screen, and not in the notification centre only."""
        return self._of_app(account, app_id, "ShowBanner") != 0

    def is_kept(self, account: Account, app_id: str) -> bool:
        """Return whether an app's toasts go to the notification centre."""
        has_centre = not self._number(account, _EXPLORER, "DisableNotificationCenter")
        return has_centre and self._of_app(account, app_id, "ShowInActionCenter") != 0

    def shows_above_lock(self, account: Account) -> bool:
        """Return whether toasts appear on the lock screen."""
        return (
            not self._number(account, _POLICY, "NoToastApplicationNotificationOnLockScreen")
            and self._number(account, _PUSH, "LockScreenToastEnabled") != 0
            and self._number(account, _SETTINGS, "NOC_GLOBAL_SETTING_ALLOW_TOASTS_ABOVE_LOCK") != 0
        )

    def may_be_urgent(self, account: Account, app_id: str) -> bool:
        """Return whether an app's urgent toasts may disturb; the user is asked at the first, and may say no."""
        return self._of_app(account, app_id, "AllowUrgentNotifications") != 0

    def is_registered(self, account: Account, app_id: str) -> bool:
        """Return whether Windows knows an app: in the registry, or by a shortcut in a Start menu that names it."""
        if self._machine.facts.build < _NAMES_ARE_CHECKED_FROM or app_id in (AGENT_APP_ID, *_KNOWN):
            return True
        if self.display_name(account, app_id) is not None:
            return True
        named = app_id.encode("utf-16-le")
        return any(named in shortcut for shortcut in self._shortcuts(account))

    def display_name(self, account: Account, app_id: str) -> str | None:
        """Return what an app is called in the registry, its id where it says nothing; None if it is not there."""
        for classes in _CLASSES:
            key = classes.of_user(account.sid).child(app_id)
            if app_id and self._machine.registry.exists(key):
                value = self._machine.registry.get(key, "DisplayName")
                return value.data if value and isinstance(value.data, str) else app_id
        return None

    def _of_app(self, account: Account, app_id: str, name: str) -> int | None:
        return self._number(account, _SETTINGS.child(app_id), name) if app_id else None

    def _number(self, account: Account, key: RegistryPath, name: str) -> int | None:
        value = self._machine.registry.get(key.of_user(account.sid), name)
        return value.data if value and isinstance(value.data, int) else None

    def _shortcuts(self, account: Account) -> Iterator[bytes]:
        """Yield the contents of the shortcuts in the Start menus, the user's and the machine's."""
        for root in (rf"{account.profile}\AppData\Roaming", r"C:\ProgramData"):
            yield from self._shortcuts_below(rf"{root}\Microsoft\Windows\Start Menu", 0)

    def _shortcuts_below(self, folder: str, depth: int) -> Iterator[bytes]:
        files = self._machine.files
        if depth > _DEEPEST_MENU or not files.exists(folder) or not files.info(folder).is_directory:
            return
        for name in files.names(folder):
            path = rf"{folder}\{name}"
            info = files.info(path)
            if info.is_directory:
                yield from self._shortcuts_below(path, depth + 1)
            elif name.lower().endswith(".lnk") and info.size_bytes <= _LARGEST_SHORTCUT:
                yield from self._read(path)

    def _read(self, path: str) -> Iterator[bytes]:
        try:
            with self._machine.files.open(path) as shortcut:
                content = shortcut.read()
        except MachineError:
            return
        yield content
