"""Two people whom a test can let sign in to the machine that sits the exam, and out again."""

from __future__ import annotations

from typing import Protocol

from harness.machine.ports import Session
from harness.model.windows import Account

__all__ = ["People"]


class People(Protocol):
    """Who comes and goes at a test's word; nobody of them is signed in when a check begins."""

    @property
    def visitor(self) -> Account:
        """A standard user."""
        ...

    @property
    def manager(self) -> Account:
        """A user who is a member of Administrators."""
        ...

    def sign_in(self, account: Account) -> Session:
        """Sign a user in, or bring their session to the screen."""
        ...

    def sign_out(self, account: Account) -> None:
        """Sign a user out."""
        ...

    def lock(self) -> None:
        """Lock the screen."""
        ...

    def unlock(self) -> None:
        """Unlock the screen, as the user whose session it is."""
        ...

    @property
    def console_session_id(self) -> int:
        """The session that has the screen (WTSGetActiveConsoleSessionId)."""
        ...
