"""Who is signed in: profiles, sessions, who is at the screen, and what of Windows runs in a session.

One screen and keyboard: sessions of remote users are not modelled. A session in the background is what Windows calls
disconnected.

Source: learn.microsoft.com, "Remote Desktop Sessions", WTSGetActiveConsoleSessionId, WM_WTSSESSION_CHANGE ("Fast User
Switching"); that signing out leads to the sign-in screen, in a session with the next number, is from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

from harness.emulator.autostart import Autostart
from harness.emulator.baseline import lay_down_user
from harness.emulator.resident import SESSION_PROCESSES, start_residents
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.machine.ports import Session
from harness.model.names import folded
from harness.model.windows import Account, Hive, RegistryPath, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedSessions", "SessionChange", "NO_CONSOLE_SESSION"]

#: What WTSGetActiveConsoleSessionId returns while no session has the screen.
NO_CONSOLE_SESSION = 0xFFFFFFFF

#: The variables that are kept for as long as a user is signed in (from memory of Windows 10).
_VOLATILE = (
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "LOGONSERVER",
    "USERDOMAIN",
    "USERDOMAIN_ROAMINGPROFILE",
    "USERNAME",
    "USERPROFILE",
)


class SessionChange(IntEnum):
    """What has happened to a session, with the numbers of WM_WTSSESSION_CHANGE."""

    CONNECTED = 1
    DISCONNECTED = 2
    SIGNED_IN = 5
    SIGNED_OUT = 6
    LOCKED = 7
    UNLOCKED = 8


#: Is told of a change; the session is as it is after that.
SessionListener = Callable[[SessionChange, Session], None]


class EmulatedSessions:
    """The sessions of an emulated machine; fulfils the `Sessions` port.

    The first user of a boot gets session 1, the next one 2. Whoever signed in or switched last is at the screen; the
    others' sessions go on in the background. An administrator's session has the filtered token: only what is started
    with `Command.is_elevated` has all rights.

    Attributes:
        autostart: what starts with a session.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.autostart = Autostart(machine)
        self._machine = machine
        self._sessions: list[Session] = []
        self._next_id = 1
        self._listeners: list[SessionListener] = []
        self._changed = Signal()

    # Looking

    def signed_in(self) -> Sequence[Session]:
        """Return the users' sessions, the active one first."""
        return tuple(sorted(self._sessions, key=lambda session: not session.is_active))

    def get(self, session_id: int) -> Session | None:
        """Return a session as it is now; None when nobody is signed in to it."""
        return next((session for session in self._sessions if session.id == session_id), None)

    def of(self, account: Account) -> Session | None:
        """Return a user's session; None when the user is not signed in."""
        return next((one for one in self._sessions if folded(one.account.sid) == folded(account.sid)), None)

    @property
    def active(self) -> Session | None:
        """The session at the screen; None at the sign-in screen."""
        return next((session for session in self._sessions if session.is_active), None)

    @property
    def console_session_id(self) -> int:
        """The session that has the screen, be it the one of the sign-in screen (WTSGetActiveConsoleSessionId)."""
        if self._machine.power.is_down:
            return NO_CONSOLE_SESSION
        active = self.active
        return active.id if active else self._next_id

    @property
    def changed(self) -> Signal:
        """Set at the next change of any session; another signal is there afterwards."""
        return self._changed

    def listen(self, listener: SessionListener) -> None:
        """Tell a listener of every change from now on, at once and in the order of listening."""
        self._listeners.append(listener)

    # What people do

    def sign_in(self, account: Account) -> Session:
        """Sign a user in, or switch to the session they have, and unlock it; the first time makes the profile.

        What the registry starts with a session is started: what `RunOnce` names at once, `Run` a little later.

        Raises:
            MachineError: 1115 while the machine restarts.
            UsageError: for SYSTEM and other accounts of Windows, which never sign in.
        """
        machine = self._machine
        if account.domain in ("NT AUTHORITY", "NT SERVICE"):
            raise UsageError(f"{account} cannot sign in - give the account of a person")
        if machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", account.name)
        known = self.of(account)
        if known:
            return self._come_back(known)
        lay_down_user(machine.registry, machine.files, account)
        session = Session(id=self._next_id, account=account, is_active=False)
        self._next_id += 1
        self._sessions.append(session)
        self._activate(session)
        self._write_volatile_environment(account)
        start_residents(SESSION_PROCESSES, machine.processes, account, session.id)
        self._report("signed in", f"{account.name} signs in", session)
        session = self._now(session)
        self._tell(SessionChange.SIGNED_IN, session)
        self.autostart.begin(session)
        return session

    def switch(self, account: Account) -> Session:
        """Bring a user's session to the screen; the one that was there goes on in the background.

        Raises:
            UsageError: if the user is not signed in.
        """
        return self._come_back(self._known(account))

    def disconnect(self) -> None:
        """Go to the sign-in screen, as "Switch user" does; the session that was at the screen goes on.

        Raises:
            UsageError: if nobody is at the screen.
        """
        session = self._at_the_screen()
        self._report("switched user", f"{session.account.name} leaves the screen to others", session)
        self._leave_screen()

    def lock(self, account: Account | None = None) -> Session:
        """Lock the screen, as Windows+L does.

        Args:
            account: whose session; None for whoever is at the screen.

        Raises:
            UsageError: if the user is not at the screen, or nobody is.
        """
        session = self._at_the_screen(account)
        if not session.is_locked:
            self._change(session, is_locked=True)
            self._report("locked", f"{session.account.name} locks the screen", session)
            self._tell(SessionChange.LOCKED, self._now(session))
        return self._now(session)

    def unlock(self, account: Account | None = None) -> Session:
        """Unlock the screen.

        Args:
            account: whose session; None for whoever is at the screen.

        Raises:
            UsageError: if the user is not at the screen, or nobody is.
        """
        session = self._at_the_screen(account)
        if session.is_locked:
            self._unlock(session)
        return self._now(session)

    def sign_out(self, account: Account) -> None:
        """Sign a user out: everything in the session ends, and the hive goes. The sign-in screen follows.

        Raises:
            UsageError: if the user is not signed in.
        """
        session = self._known(account)
        self._sessions.remove(session)
        self._machine.toasts.end_session(session.id)
        self._machine.processes.end_session(session.id)
        if not self._machine.services.uses(account):
            self._machine.registry.unload_user(account.sid)
        self._report("signed out", f"{account.name} signs out", session)
        self._tell(SessionChange.SIGNED_OUT, replace(session, is_active=False))

    def end_all(self) -> None:
        """Sign everybody out, as a restart does; the next session is the first one again."""
        for session in [*self._sessions]:
            self.sign_out(session.account)
        self._next_id = 1

    # How

    def _come_back(self, session: Session) -> Session:
        if not session.is_active:
            self._report("switched user", f"{session.account.name} comes back to the screen", session)
            self._activate(session)
        if self._now(session).is_locked:
            self._unlock(session)
        return self._now(session)

    def _activate(self, chosen: Session) -> None:
        self._leave_screen()
        self._change(chosen, is_active=True)
        self._tell(SessionChange.CONNECTED, self._now(chosen))

    def _leave_screen(self) -> None:
        active = self.active
        if active:
            self._change(active, is_active=False)
            self._tell(SessionChange.DISCONNECTED, self._now(active))

    def _unlock(self, session: Session) -> None:
        self._change(session, is_locked=False)
        self._report("unlocked", f"{session.account.name} unlocks the screen", session)
        self._tell(SessionChange.UNLOCKED, self._now(session))

    def _change(self, session: Session, *, is_active: bool | None = None, is_locked: bool | None = None) -> None:
        for place, one in enumerate(self._sessions):
            if one.id == session.id:
                active = one.is_active if is_active is None else is_active
                self._sessions[place] = replace(
                    one, is_active=active, is_locked=one.is_locked if is_locked is None else is_locked
                )

    def _write_volatile_environment(self, account: Account) -> None:
        registry, key = self._machine.registry, RegistryPath(Hive.HKU, rf"{account.sid}\Volatile Environment")
        variables = self._machine.environment(account, self._machine.processes.native_bits)
        registry.create(key, volatile=True)
        for name in _VOLATILE:
            registry.set(key, name, RegistryValue.of(variables[name]))

    def _now(self, session: Session) -> Session:
        return self.get(session.id) or session

    def _known(self, account: Account) -> Session:
        session = self.of(account)
        if session is None:
            names = ", ".join(str(one.account) for one in self._sessions) or "nobody"
            raise UsageError(f"{account} is not signed in - signed in: {names}")
        return session

    def _at_the_screen(self, account: Account | None = None) -> Session:
        active = self.active
        if active is None:
            raise UsageError("nobody is at the screen - sign a user in, or switch to one")
        if account is not None and not self._known(account).is_active:
            raise UsageError(f"{account} is not at the screen, {active.account} is - switch to {account.name} first")
        return active

    def _tell(self, change: SessionChange, session: Session) -> None:
        signal, self._changed = self._changed, Signal()
        signal.set()
        for listener in [*self._listeners]:
            listener(change, session)

    def _report(self, kind: str, text: str, session: Session) -> None:
        self._machine.timeline.add(
            Lane.USER, kind, text, user=session.account.name, sid=session.account.sid, session_id=session.id
        )
