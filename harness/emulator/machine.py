"""A Windows machine made of Python: the parts put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

from harness.emulator.baseline import lay_down
from harness.emulator.changes import MachineDiff, diff
from harness.emulator.clock import VirtualClock
from harness.emulator.environment import environment_of
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import MachineSnapshot
from harness.emulator.power import EmulatedPower
from harness.emulator.processes import EmulatedProcesses
from harness.emulator.programs import Program, ProgramRun, Programs
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.resident import SYSTEM_PROCESSES, start_residents
from harness.emulator.services import EmulatedServices
from harness.emulator.sessions import EmulatedSessions
from harness.emulator.toasts import EmulatedToasts, UserAnswer, UserRule
from harness.machine.ports import Session
from harness.model.toasts import ToastKind
from harness.model.windows import Account, Bits, MachineFacts
from harness.timeline import Timeline

__all__ = ["EmulatedMachine"]


class EmulatedMachine:
    """One emulated Windows machine; fulfils the `Machine` port. Two of them share nothing.

    It is a context manager: leaving it ends everything that runs and removes what it keeps on this computer.

    Args:
        facts: what the machine is.
        clock: its time, and nobody else's: closing the machine cancels everything on it.
        users: who is signed in from the start, the last one at the screen.
        programs: what setup programs do, by file name; more can be put into `programs` at any time.

    Attributes:
        facts: what an inventory would say.
        clock: the machine's time.
        timeline: what happened.
        registry: the registry.
        files: the volumes.
        programs: what the files do that are started; `programs["setup.exe"] = Installer(...)`.
        power: restarting.
        processes: the process table.
        sessions: who is signed in.
        toasts: what was shown, and what the scripted user does about it.
        services: the service control manager.
        is_closed: whether `close` was called.
    """

    def __init__(
        self,
        facts: MachineFacts,
        clock: VirtualClock,
        *,
        users: Iterable[Account] = (),
        programs: Mapping[str, Program] | None = None,
    ) -> None:
        self.facts = facts
        self.clock = clock
        self.timeline = Timeline(clock.now)
        self.registry = EmulatedRegistry(clock.now, is_64_bit=facts.is_64_bit)
        self.files = EmulatedFiles(clock.now, facts.disk_size_mb, is_64_bit=facts.is_64_bit)
        self.is_closed = False
        self.programs = Programs()
        self.programs["msiexec.exe"] = _msiexec
        self.programs.update(programs or {})
        self.power = EmulatedPower(self)
        self.processes = EmulatedProcesses(self)
        self.sessions = EmulatedSessions(self)
        self.toasts = EmulatedToasts(self)
        self.services = EmulatedServices(self)
        lay_down(self.registry, self.files, facts)
        start_residents(SYSTEM_PROCESSES, self.processes)
        for account in users:
            self.sessions.sign_in(account)

    def environment(self, account: Account, bits: Bits) -> Mapping[str, str]:
        """Return the variables a new process of that account and width gets."""
        return environment_of(self.facts, account, bits, self.registry)

    # People

    @property
    def user_answers(self) -> dict[ToastKind, UserAnswer | UserRule]:
        """What the scripted user does about toasts, by their kind."""
        return self.toasts.user_answers

    def sign_in(self, account: Account) -> Session:
        """Sign a user in, or switch to the session they have.

        Raises:
            MachineError: 1115 while the machine restarts.
        """
        return self.sessions.sign_in(account)

    def sign_out(self, account: Account) -> None:
        """Sign a user out; everything in the session ends.

        Raises:
            UsageError: if the user is not signed in.
        """
        self.sessions.sign_out(account)

    # What changed

    def snapshot(self) -> MachineSnapshot:
        """Return registry and files as they are now; cheap, since what does not change is shared."""
        return MachineSnapshot(at=self.clock.now(), registry=self.registry.snapshot(), files=self.files.snapshot())

    def changes_since(self, before: MachineSnapshot) -> MachineDiff:
        """Return what is different from a snapshot of this machine."""
        return diff(before, self.snapshot())

    # The end

    def close(self) -> None:
        """End everything that runs, without a word on the timeline, and remove what is kept on this computer."""
        self.is_closed = True
        self.processes.end_everything()
        self.clock.close()
        self.files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


async def _msiexec(run: ProgramRun) -> int:
    """Run Windows Installer, which is loaded when it is first needed."""
    from harness.emulator.msi import msiexec

    return await msiexec(run)
