r"""What starts when a user signs in: `Run` and `RunOnce` of machine and user, and the Startup folders.

`RunOnce` comes first and its values are deleted before their commands run, those that begin with `!` afterwards. The
machine's is left alone by users who are no administrators. `Run` follows when the desktop is there; what the user has
switched off in Settings is passed over. An entry that cannot start, or of which nobody says what it does, does not keep
anybody from working, here as on Windows: the timeline tells of it.

Not modelled: `RunOnceEx`, Active Setup, policies' own Run lists; safe mode. Shortcuts and files in Startup folders are
not opened, which the timeline tells.

Source: learn.microsoft.com, "Run and RunOnce Registry Keys", "RunOnce Registry Key"; that the 32-bit half of the
machine has its own Run and RunOnce, the values of `StartupApproved`, that RunOnce is not among those, and the delay of
`Run` are from memory of Windows 10 and 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from harness.emulator.processes import EmulatedProcess
from harness.errors import MachineError, NotEmulated
from harness.formats.commandline import expand_environment
from harness.machine.ports import Session
from harness.model.commands import Command
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["Autostart"]

_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_APPROVED = rf"{_WINDOWS}\Explorer\StartupApproved"
_COMMON_STARTUP = r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp"
_STARTUP = r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup"
_LONGEST_COMMAND = 260
_PASSED_OVER = ("DESKTOP.INI",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One value of a Run or RunOnce key."""

    key: RegistryPath
    view: View
    name: str
    command_line: str

    @property
    def place(self) -> str:
        half = " (32-bit)" if self.view is View.VIEW_32 else ""
        return f"{self.key.short}{half}: {self.name}"


class Autostart:
    """Starts on one machine what is to start with a session.

    Attributes:
        delay: from the sign-in to the entries of `Run` and the Startup folders. A guess.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.delay = timedelta(seconds=10)
        self._machine = machine

    def begin(self, session: Session) -> None:
        """Start what runs once, now, and everything else a little later."""
        if session.account.is_administrator:
            self._run_once(RegistryPath(Hive.HKLM, rf"{_WINDOWS}\RunOnce"), session)
        self._run_once(RegistryPath(Hive.HKU, rf"{session.account.sid}\{_WINDOWS}\RunOnce"), session)
        name = f"what starts with {session.account.name}'s session"
        self._machine.clock.spawn_apart(self._start_rest(session), name=name)

    async def _start_rest(self, session: Session) -> None:
        await self._machine.clock.sleep(self.delay)
        now = self._machine.sessions.get(session.id)
        if now is None or now.account != session.account:
            return
        user = RegistryPath(Hive.HKU, session.account.sid)
        for root in (RegistryPath(Hive.HKLM), user):
            for entry in self._entries(root.child(rf"{_WINDOWS}\Run")):
                if not self._is_switched_off(entry, root):
                    self._start(entry, session)
        for folder in (_COMMON_STARTUP, rf"{session.account.profile}\{_STARTUP}"):
            self._tell_of_folder(folder, session)

    # Registry

    def _entries(self, key: RegistryPath) -> Iterator[_Entry]:
        registry = self._machine.registry
        views = (
            (View.VIEW_64, View.VIEW_32) if key.hive is Hive.HKLM and self._machine.facts.is_64_bit else (View.VIEW_64,)
        )
        for view in views:
            for name, value in registry.values(key, view).items() if registry.exists(key, view) else ():
                text = str(value.data) if value.type in (RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ) else ""
                if name and text.strip():
                    yield _Entry(key=key, view=view, name=name, command_line=text)

    def _run_once(self, key: RegistryPath, session: Session) -> None:
        for entry in [*self._entries(key)]:
            if not entry.name.startswith("!"):
                self._machine.registry.delete_value(entry.key, entry.name, entry.view)
                self._start(entry, session)
                continue
            process = self._start(entry, session)
            if process:
                work = self._forget_when_done(entry, process)
                self._machine.clock.spawn_apart(work, name=f"the run-once entry {entry.name}")

    async def _forget_when_done(self, entry: _Entry, process: EmulatedProcess) -> None:
        await process.wait()
        if self._machine.registry.get(entry.key, entry.name, entry.view) is not None:
            self._machine.registry.delete_value(entry.key, entry.name, entry.view)

    def _is_switched_off(self, entry: _Entry, root: RegistryPath) -> bool:
        """Return whether the user has switched an entry off: an odd first byte below StartupApproved."""
        name = "Run32" if entry.view is View.VIEW_32 else "Run"
        value = self._machine.registry.get(root.child(rf"{_APPROVED}\{name}"), entry.name)
        return _first_byte(value) % 2 == 1

    # Starting

    def _start(self, entry: _Entry, session: Session) -> EmulatedProcess | None:
        machine, account = self._machine, session.account
        environment = machine.environment(account, machine.processes.native_bits)
        shell = [info for info in machine.processes.running("explorer.exe") if info.session_id == session.id]
        command = Command(
            command_line=expand_environment(entry.command_line, environment),
            working_directory=r"C:\Windows\System32",
            account=account,
            session_id=session.id,
            parent_bits=machine.processes.native_bits,
            parent_pid=shell[0].pid if shell else 0,
        )
        if len(command.command_line) > _LONGEST_COMMAND:
            why = f"a command has at most {_LONGEST_COMMAND} characters"
        else:
            try:
                return machine.processes.start(command)
            except NotEmulated as error:
                why = f"nobody says what it does ({error.what})"
            except MachineError as error:
                why = f"it does not start: {error}"
        self._tell(f"not run for {account.name}: {command.command_line} - {why}", entry.place, session)
        return None

    def _tell_of_folder(self, folder: str, session: Session) -> None:
        files = self._machine.files
        for name in files.names(folder) if files.exists(folder) else ():
            if folded(name) not in _PASSED_OVER:
                text = f"not opened for {session.account.name}: {name} in a Startup folder - shortcuts are not followed"
                self._tell(text, f"{folder}\\{name}", session)

    def _tell(self, text: str, place: str, session: Session) -> None:
        self._machine.timeline.add(Lane.USER, "not run at sign-in", text, user=session.account.name, place=place)


def _first_byte(value: RegistryValue | None) -> int:
    return value.data[0] if value and isinstance(value.data, bytes) and value.data else 0
