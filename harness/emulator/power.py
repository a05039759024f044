"""Restarting: everything of this boot ends, time passes, services start again, and the user signs in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harness.durations import format_duration
from harness.emulator.clock import VirtualTask
from harness.emulator.resident import SYSTEM_PROCESSES, start_residents
from harness.errors import MachineError
from harness.model.windows import Account, Hive, RegistryPath, RegistryType, RegistryValue
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedPower"]

_SESSION_MANAGER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")
_RENAMES = ("PendingFileRenameOperations", "PendingFileRenameOperations2")
_NT_PREFIX = "\\??\\"


class EmulatedPower:
    """The power switch of an emulated machine; fulfils the `Power` port.

    Attributes:
        booted_at: when the machine was last started.
        boot_duration: from the end of the last process to the start of the first service. A guess.
        signs_in_again: how long after that the user who was active signs in again; None for nobody. This is what the
            scripted user does; a real person takes their time.
        is_down: whether the machine restarts at the moment.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self._machine = machine
        self.booted_at: datetime = machine.clock.now()
        self.boot_duration = timedelta(seconds=60)
        self.signs_in_again: timedelta | None = timedelta(seconds=60)
        self.is_down = False
        self._pending: VirtualTask[None] | None = None
        self._due: timedelta | None = None

    @property
    def restart_due_in(self) -> timedelta | None:
        """How long until the restart that is asked for; None when none is."""
        return None if self._due is None else self._due - self._machine.clock.monotonic()

    def restart(self, reason: str, delay: timedelta = timedelta()) -> None:
        """Restart after the delay. Every process and service of this boot ends; automatic services start again.

        Of two requests the earlier one counts, the other is dropped.

        Raises:
            MachineError: 1115 while the machine restarts.
        """
        machine = self._machine
        if self.is_down:
            raise MachineError(1115, "a system shutdown is in progress", reason)
        due = machine.clock.monotonic() + max(delay, timedelta())
        if self._due is not None and self._due <= due:
            self._report("restart dropped", f"a restart is under way already; not asked again for: {reason}", reason)
            return
        if self._pending:
            self._pending.cancel()
        self._due = due
        when = f"in {format_duration(delay)}" if delay > timedelta() else "now"
        self._report(
            "restart scheduled", f"the machine restarts {when}: {reason}", reason, delay_s=delay.total_seconds()
        )
        self._pending = machine.clock.spawn_apart(self._restart(reason, delay), name="the restart")

    def cancel_restart(self) -> None:
        """Call off the restart that is asked for, as `shutdown /a` does.

        Raises:
            MachineError: 1116 when none is.
        """
        if self._pending is None or self.is_down:
            raise MachineError(1116, "unable to abort the system shutdown because no shutdown was in progress")
        self._pending.cancel()
        self._pending = self._due = None
        self._report("restart called off", "the restart is called off", "")

    async def _restart(self, reason: str, delay: timedelta) -> None:
        machine = self._machine
        await machine.clock.sleep(delay)
        active = next((session.account for session in machine.sessions.signed_in() if session.is_active), None)
        self._shut_down(reason)
        await machine.clock.sleep(self.boot_duration)
        self._boot(reason)
        if active and self.signs_in_again is not None:
            await self._sign_in_again(active, self.signs_in_again)

    def _shut_down(self, reason: str) -> None:
        """End everything in the order Windows does: users first, then services, then the rest."""
        machine = self._machine
        self._report("restart", f"the machine restarts: {reason}", reason)
        self._pending = self._due = None
        self.is_down = True
        machine.sessions.end_all()
        machine.processes.end_everything()

    def _boot(self, reason: str) -> None:
        machine = self._machine
        self.is_down = False
        self.booted_at = machine.clock.now()
        self._report("booted", "the machine has started", reason)
        self._rename_files()
        start_residents(SYSTEM_PROCESSES, machine.processes)
        machine.services.start_automatic()

    async def _sign_in_again(self, account: Account, after: timedelta) -> None:
        boot = self.booted_at
        await self._machine.clock.sleep(after)
        signed_in = self._machine.sessions.signed_in()
        if boot == self.booted_at and not self.is_down and all(session.account != account for session in signed_in):
            self._machine.sessions.sign_in(account)

    def _rename_files(self) -> None:
        """Delete and move the files that were in use before the restart, and forget the list.

        Source: learn.microsoft.com, MoveFileExW with MOVEFILE_DELAY_UNTIL_REBOOT. What fails is passed over, as the
        session manager does; without `!` an existing target stays.
        """
        registry, files = self._machine.registry, self._machine.files
        for name in _RENAMES:
            value = registry.get(_SESSION_MANAGER, name)
            if value is None:
                continue
            for source, target, replaces in _pairs(value):
                try:
                    if not target:
                        files.delete(source)
                    elif replaces or not files.exists(target):
                        files.move(source, target)
                except MachineError as error:
                    self._report("rename failed", f"{source} stays as it is: {error}", "")
            registry.delete_value(_SESSION_MANAGER, name)

    def _report(self, kind: str, text: str, reason: str, **data: float) -> None:
        self._machine.timeline.add(Lane.POWER, kind, text, reason=reason, **data)


def _pairs(value: RegistryValue) -> Iterator[tuple[str, str, bool]]:
    """Return source, target and whether an existing target is replaced; an empty target means to delete."""
    texts = value.data if value.type is RegistryType.REG_MULTI_SZ and isinstance(value.data, tuple) else ()
    for source, target in zip(texts[::2], texts[1::2], strict=False):
        bare = target.removeprefix("!").removeprefix(_NT_PREFIX)
        yield source.removeprefix(_NT_PREFIX), bare, target.startswith("!")
