"""The emulated machine's screen for the exam's questions about toasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from harness.emulator.accounts import entra_account
from harness.emulator.disturbance import DoNotDisturb
from harness.emulator.showntoast import EmulatedToast
from harness.machine.contract.toastdesk import APP
from harness.machine.ports import Session

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedToastDesk"]


class EmulatedToastDesk:
    """The screen of an emulated machine; fulfils `harness.machine.contract.toastdesk.ToastDesk`.

    When nobody is at the screen, somebody signs in.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine

    @property
    def session(self) -> Session:
        """The session at the screen."""
        return self._machine.sessions.active or self._machine.sign_in(entra_account("exam"))

    def show(
        self,
        document: str,
        app_id: str = APP,
        *,
        tag: str = "",
        group: str = "",
        expires: datetime | None = None,
        suppress_popup: bool = False,
    ) -> EmulatedToast:
        """Show a toast in the session as a program does.

        Raises:
            FormatError: when the XML is not well-formed.
            MachineError: as `EmulatedToasts.show_xml` does.
        """
        return self._machine.toasts.show_xml(
            document, self.session, app_id, tag=tag, group=group, expires=expires, suppress_popup=suppress_popup
        )

    def history(self, app_id: str = APP) -> Sequence[EmulatedToast]:
        """Return an app's toasts, oldest first."""
        return self._machine.toasts.history(self.session.account, app_id)

    def remove(self, app_id: str = APP, *, tag: str | None = None, group: str | None = None) -> None:
        """Take an app's toasts back."""
        self._machine.toasts.remove(self.session.account, app_id, tag=tag, group=group)

    def state(self) -> int:
        """Return what SHQueryUserNotificationState says."""
        return self._machine.toasts.attention.state(self.session)

    def set_do_not_disturb(self, *, is_on: bool) -> None:
        """Turn "do not disturb" on or off."""
        focus = DoNotDisturb() if is_on else None
        self._machine.toasts.attention.set_do_not_disturb(self.session.account, focus)

    def set_locked(self, *, is_locked: bool) -> None:
        """Lock or unlock the screen."""
        if is_locked:
            self._machine.sessions.lock()
        else:
            self._machine.sessions.unlock()
