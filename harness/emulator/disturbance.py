"""Whether a user may be disturbed: do not disturb, full screen, presentations, and what programs can ask about it.

Source: learn.microsoft.com, "QUERY_USER_NOTIFICATION_STATE", "ToastNotificationMode", "toast (Toast XML Schema)" for
urgent toasts. What comes through without having been chosen (calls, reminders, alarms) and which rules turn it on by
themselves are the defaults of Settings, from memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from harness.emulator.showntoast import EmulatedToast, ToastPlace
from harness.errors import MachineError
from harness.machine.ports import Session
from harness.model.names import folded
from harness.model.toasts import Toast, ToastScenario
from harness.model.windows import Account

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine
    from harness.emulator.toastsettings import ToastSettings

__all__ = ["FocusMode", "DoNotDisturb", "ScreenUse", "UserNotificationState", "Attention"]


class FocusMode(IntEnum):
    """Which toasts appear on the screen, with WinRT's numbers."""

    UNRESTRICTED = 0
    PRIORITY_ONLY = 1
    ALARMS_ONLY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DoNotDisturb:
    """What a user has set: "do not disturb" of Windows 11, "focus assist" of Windows 10.

    Attributes:
        mode: which toasts appear.
        lets_calls_through: whether incoming calls appear with priority ones.
        lets_reminders_through: whether reminders of every app do.
        priority_apps: the apps, by AppUserModelID, whose toasts all do.
    """

    mode: FocusMode = FocusMode.PRIORITY_ONLY
    lets_calls_through: bool = True
    lets_reminders_through: bool = True
    priority_apps: frozenset[str] = frozenset()

    def lets_through(self, toast: Toast, app_id: str, *, may_be_urgent: bool) -> bool:
        """Return whether a toast appears on the screen all the same.

        Args:
            toast: what is to be shown.
            app_id: the app it comes from.
            may_be_urgent: whether the user has not forbidden the app to be urgent.
        """
        is_alarm = toast.scenario is ToastScenario.ALARM and toast.stays_on_screen
        if self.mode is FocusMode.UNRESTRICTED or is_alarm:
            return True
        if self.mode is FocusMode.ALARMS_ONLY:
            return False
        lets_through = {
            ToastScenario.INCOMING_CALL: self.lets_calls_through,
            ToastScenario.REMINDER: self.lets_reminders_through and toast.stays_on_screen,
            ToastScenario.URGENT: may_be_urgent,
        }
        return app_id in self.priority_apps or lets_through.get(toast.scenario, False)


class ScreenUse(StrEnum):
    """What the screen is used for at the moment; everything but ordinary work turns "do not disturb" on."""

    ORDINARY = "ordinary"
    FULL_SCREEN = "full screen"
    GAME = "game"
    PRESENTATION = "presentation"


class UserNotificationState(IntEnum):
    """What SHQueryUserNotificationState says, with shellapi.h's numbers; it does not know of "do not disturb".

    6 (the first hour of a new user) and 7 (a Store app of Windows 8) are not there: nothing here leads to them.
    """

    NOT_PRESENT = 1
    BUSY = 2
    RUNNING_D3D_FULL_SCREEN = 3
    PRESENTATION_MODE = 4
    ACCEPTS_NOTIFICATIONS = 5

    @classmethod
    def of(cls, use: ScreenUse, *, is_present: bool) -> UserNotificationState:
        """Return the state of a session whose user is there or not."""
        if not is_present:
            return cls.NOT_PRESENT
        return {
            ScreenUse.ORDINARY: cls.ACCEPTS_NOTIFICATIONS,
            ScreenUse.FULL_SCREEN: cls.BUSY,
            ScreenUse.GAME: cls.RUNNING_D3D_FULL_SCREEN,
            ScreenUse.PRESENTATION: cls.PRESENTATION_MODE,
        }[use]


class Attention:
    """Whether users are at their screens and may be disturbed.

    Args:
        machine: whose users.
        settings: what the registry says about toasts.
    """

    def __init__(self, machine: EmulatedMachine, settings: ToastSettings) -> None:
        self._machine = machine
        self._settings = settings
        self._focus: dict[str, DoNotDisturb] = {}
        self._uses: dict[str, ScreenUse] = {}

    def set_do_not_disturb(self, account: Account, focus: DoNotDisturb | None) -> None:
        """Turn "do not disturb" on for a user, or off with None; what is on the screen already stays there."""
        self._focus[folded(account.sid)] = focus or _UNRESTRICTED

    def set_screen_use(self, account: Account, use: ScreenUse) -> None:
        """Say what a user's screen is used for; all but ordinary work turns "do not disturb" on meanwhile."""
        self._uses[folded(account.sid)] = use

    def state(self, session: Session) -> UserNotificationState:
        """Return what SHQueryUserNotificationState says in a session.

        Raises:
            MachineError: 1008 when nobody is signed in to it.
        """
        if not self.is_signed_in(session):
            raise MachineError(1008, f"nobody is signed in to session {session.id}")
        return UserNotificationState.of(self._use(session.account), is_present=self.is_present(session.account))

    def is_signed_in(self, session: Session) -> bool:
        """Return whether a session is one of those there are."""
        now = self._machine.sessions.of(session.account)
        return now is not None and now.id == session.id

    def is_present(self, account: Account) -> bool:
        """Return whether a user is at the screen, and has not locked it."""
        now = self._machine.sessions.of(account)
        return now is not None and now.is_active and not now.is_locked

    def is_quiet(self, shown: EmulatedToast) -> bool:
        """Return whether a toast goes to the notification centre without having been on the screen."""
        account, toast = shown.session.account, shown.toast
        if toast.suppress_popup or not self._settings.shows_banner(account, shown.app_id):
            return True
        focus = self._focus.get(folded(account.sid), _UNRESTRICTED)
        if focus.mode is FocusMode.UNRESTRICTED and self._use(account) is not ScreenUse.ORDINARY:
            focus = replace(focus, mode=FocusMode.PRIORITY_ONLY)
        may_be_urgent = self._settings.may_be_urgent(account, shown.app_id)
        return not focus.lets_through(toast, shown.app_id, may_be_urgent=may_be_urgent)

    def place_of(self, shown: EmulatedToast) -> ToastPlace:
        """Return where a toast belongs that appears now."""
        if self.is_quiet(shown):
            return ToastPlace.CENTRE
        if self.is_present(shown.session.account):
            return ToastPlace.SCREEN
        return ToastPlace.AWAY if shown.toast.stays_on_screen else ToastPlace.CENTRE

    def _use(self, account: Account) -> ScreenUse:
        return self._uses.get(folded(account.sid), ScreenUse.ORDINARY)


_UNRESTRICTED = DoNotDisturb(mode=FocusMode.UNRESTRICTED)
