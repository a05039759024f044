"""Whose check-in it is, and as whom something of an app runs."""

from __future__ import annotations

from dataclasses import dataclass

from harness.agent.gateway import DEVICE_USER_ID
from harness.machine.ports import Session
from harness.model.apps import RunAsAccount, Win32App
from harness.model.windows import SYSTEM, Account

__all__ = ["DEVICE_SESSION", "CheckInSession", "InstallContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallContext:
    """The account and session that an installer or script runs in.

    Attributes:
        account: SYSTEM or the session's user.
        session_id: 0 for SYSTEM, which logs call the machine session.
    """

    account: Account = SYSTEM
    session_id: int = 0

    @property
    def word(self) -> str:
        """How logs end a verdict: `as system`, `as user`."""
        return "system" if self.account.is_system else "user"

    @property
    def session_word(self) -> str:
        """How logs call the session: `machine session`, `user session`."""
        return "machine session" if self.account.is_system else "user session"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInSession:
    """One of the sessions a check-in goes through: the device's, then those of signed-in users.

    Attributes:
        session: the user's session; None for the device's.
    """

    session: Session | None = None

    @property
    def user_id(self) -> str:
        """The Entra object id of the user; zeros for the device."""
        return self.session.account.user_id if self.session else DEVICE_USER_ID

    @property
    def id(self) -> int:
        """The number of the session; 0 for the device's."""
        return self.session.id if self.session else 0

    @property
    def sid(self) -> str:
        """The user's security identifier; empty for the device, as in logs."""
        return self.session.account.sid if self.session else ""

    def context_of(self, app: Win32App) -> InstallContext | None:
        """Return as whom an app's installer and scripts run; None for a user's app without a user."""
        if app.install_experience.run_as_account is RunAsAccount.SYSTEM:
            return InstallContext()
        return self.user_context

    @property
    def user_context(self) -> InstallContext | None:
        """The session's user; None in the device's session."""
        if self.session is None:
            return None
        return InstallContext(account=self.session.account, session_id=self.session.id)


#: The check-in of the device itself.
DEVICE_SESSION = CheckInSession()
