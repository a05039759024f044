"""Who is signed in: profiles, sessions, and what of Windows runs in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.emulator.baseline import lay_down_user
from harness.emulator.resident import SESSION_PROCESSES, start_residents
from harness.errors import MachineError, UsageError
from harness.machine.ports import Session
from harness.model.names import folded
from harness.model.windows import Account
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedSessions"]


class EmulatedSessions:
    """The sessions of an emulated machine; fulfils the `Sessions` port.

    The first user of a boot gets session 1, the next one 2. Whoever signed in or switched last is at the screen; the
    others' sessions go on in the background.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self._sessions: list[Session] = []
        self._next_id = 1

    def signed_in(self) -> Sequence[Session]:
        """Return the users' sessions, the active one first."""
        return tuple(sorted(self._sessions, key=lambda session: not session.is_active))

    def sign_in(self, account: Account) -> Session:
        """Sign a user in, or switch to the session they have; the first time makes the profile.

        Raises:
            MachineError: 1115 while the machine restarts.
            UsageError: for SYSTEM, which never signs in.
        """
        machine = self._machine
        if account.is_system:
            raise UsageError(f"{account} cannot sign in - give the account of a person")
        if machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", account.name)
        known = self._of(account)
        if known:
            self._report("switched user", f"{account.name} comes back to the screen", known)
            return self._activate(known)
        lay_down_user(machine.registry, machine.files, account)
        session = Session(id=self._next_id, account=account)
        self._next_id += 1
        self._sessions.append(session)
        self._activate(session)
        start_residents(SESSION_PROCESSES, machine.processes, account, session.id)
        self._report("signed in", f"{account.name} signs in", session)
        return session

    def sign_out(self, account: Account) -> None:
        """Sign a user out: everything in the session ends, and the hive goes. Another session comes to the screen.

        Raises:
            UsageError: if the user is not signed in.
        """
        session = self._of(account)
        if session is None:
            raise UsageError(f"{account} is not signed in - signed in: {self._names()}")
        self._sessions.remove(session)
        self._machine.toasts.end_session(session.id)
        self._machine.processes.end_session(session.id)
        self._machine.registry.unload_user(account.sid)
        self._report("signed out", f"{account.name} signs out", session)
        if session.is_active and self._sessions:
            self._activate(self._sessions[-1])

    def end_all(self) -> None:
        """Sign everybody out, as a restart does; the next session is the first one again."""
        for session in [*self._sessions]:
            self.sign_out(session.account)
        self._next_id = 1

    def _of(self, account: Account) -> Session | None:
        return next((one for one in self._sessions if folded(one.account.sid) == folded(account.sid)), None)

    def _activate(self, chosen: Session) -> Session:
        self._sessions = [replace(session, is_active=session.id == chosen.id) for session in self._sessions]
        return replace(chosen, is_active=True)

    def _names(self) -> str:
        return ", ".join(str(session.account) for session in self._sessions) or "nobody"

    def _report(self, kind: str, text: str, session: Session) -> None:
        self._machine.timeline.add(
            Lane.USER, kind, text, user=session.account.name, sid=session.account.sid, session_id=session.id
        )
