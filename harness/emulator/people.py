"""The people who visit an emulated machine during the exam."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.accounts import local_account
from harness.machine.ports import Session
from harness.model.windows import Account

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedPeople"]


class EmulatedPeople:
    """Fulfils `harness.machine.contract.people.People`.

    Attributes:
        visitor: a standard user.
        manager: an administrator.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        name = machine.facts.name
        self.visitor: Account = local_account("exam.visitor", name, number=1901)
        self.manager: Account = local_account("exam.manager", name, number=1902, is_administrator=True)
        self._sessions = machine.sessions

    def sign_in(self, account: Account) -> Session:
        """Sign a user in, or bring their session to the screen."""
        return self._sessions.sign_in(account)

    def sign_out(self, account: Account) -> None:
        """Sign a user out."""
        self._sessions.sign_out(account)

    def lock(self) -> None:
        """Lock the screen."""
        self._sessions.lock()

    def unlock(self) -> None:
        """Unlock the screen."""
        self._sessions.unlock()

    @property
    def console_session_id(self) -> int:
        """The session that has the screen."""
        return self._sessions.console_session_id
