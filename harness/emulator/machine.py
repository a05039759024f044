"""A Windows machine made of Python: the parts put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property, partial
from threading import RLock
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self

from harness.emulator.additions import Additions
from harness.emulator.baseline import lay_down
from harness.emulator.boot import write_time_zone
from harness.emulator.changes import MachineDiff, diff
from harness.emulator.clock import VirtualClock
from harness.emulator.cmd import programs as command_programs
from harness.emulator.environment import environment_of
from harness.emulator.faults import Faults
from harness.emulator.files import EmulatedFiles
from harness.emulator.filetree import FileTree
from harness.emulator.frozen import MachineSnapshot
from harness.emulator.installed_modules import installed_module
from harness.emulator.network import EmulatedNetwork
from harness.emulator.power import EmulatedPower
from harness.emulator.processes import EmulatedProcesses
from harness.emulator.programs import Program, ProgramRun, Programs
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.registrytree import RegistryTree
from harness.emulator.resident import SYSTEM_PROCESSES, start_residents
from harness.emulator.restartmoves import note_move
from harness.emulator.scheduledtasks import EmulatedTasks
from harness.emulator.services import EmulatedServices
from harness.emulator.sessions import EmulatedSessions
from harness.emulator.toasts import EmulatedToasts, UserPlan
from harness.emulator.tools import console_tools
from harness.errors import UsageError
from harness.machine.capabilities import Capability
from harness.machine.ports import Session
from harness.model.toasts import ToastKind
from harness.model.windows import SYSTEM, Account, Bits, MachineFacts, RegistryPath, Token
from harness.timeline import Timeline

if TYPE_CHECKING:
    from harness.emulator.psutil.module import Psutil

__all__ = ["EmulatedMachine"]


class EmulatedMachine:
    """One emulated Windows machine; fulfils the `Machine` port. Two of them share nothing.

    It is a context manager: leaving it ends everything that runs and removes what it keeps on this computer.

    Args:
        facts: what the machine is.
        clock: its time, and nobody else's: closing the machine cancels everything on it.
        users: who is signed in from the start, the last one at the screen.
        programs: what setup programs do, by file name; more can be put into `programs` at any time.
        seed: decides everything that is left to chance on it.
        additions: what is on it beyond a fresh Windows; a `MachineDefinition` has them.

    Attributes:
        facts: what an inventory would say.
        clock: the machine's time.
        timeline: what happened.
        faults: what goes wrong on purpose.
        registry: the registry.
        files: the volumes.
        programs: what the files do that are started; `programs["setup.exe"] = Installer(...)`.
        power: restarting, sleeping, and power that fails.
        network: the way out.
        processes: the process table.
        sessions: who is signed in.
        toasts: what was shown, and what the scripted user does about it.
        services: the service control manager.
        tasks: Task Scheduler.
        is_closed: whether `close` was called.
    """

    def __init__(
        self,
        facts: MachineFacts,
        clock: VirtualClock,
        *,
        users: Iterable[Account] = (),
        programs: Mapping[str, Program] | None = None,
        seed: int = 0,
        additions: Additions | None = None,
    ) -> None:
        self.facts = facts
        self.clock = clock
        self.timeline = Timeline(clock.now)
        self.faults = Faults(clock.monotonic, seed=seed)
        self.registry = EmulatedRegistry(clock.now, is_64_bit=facts.is_64_bit, faults=self.faults)
        self.files = EmulatedFiles(
            clock.now,
            facts.disk_size_mb,
            is_64_bit=facts.is_64_bit,
            faults=self.faults,
            host_name=facts.name,
            note_move=partial(note_move, self.registry),
        )
        self.is_closed = False
        self._registry_lock = RLock()
        self.programs = Programs()
        self.programs["msiexec.exe"] = _msiexec
        self.programs["powershell.exe"] = _powershell
        self.programs.update(console_tools())
        self.programs.update(command_programs())
        self.programs.update(programs or {})
        self.power = EmulatedPower(self)
        self.network = EmulatedNetwork(self)
        self.processes = EmulatedProcesses(self)
        self.sessions = EmulatedSessions(self)
        self.toasts = EmulatedToasts(self)
        self.services = EmulatedServices(self)
        self.tasks = EmulatedTasks(self)
        lay_down(self.registry, self.files, facts, seed=seed, additions=additions)
        start_residents(SYSTEM_PROCESSES, self.processes)
        self.services.start_automatic()
        for account in users:
            self.sessions.sign_in(account)

    def environment(self, account: Account, bits: Bits) -> Mapping[str, str]:
        """Return the variables a new process of that account and width gets."""
        return environment_of(self.facts, account, bits, self.registry)

    @property
    def capabilities(self) -> Collection[Capability]:
        """What can be done with this machine: everything, but a 32-bit Windows has no other half."""
        return frozenset(Capability) - (frozenset() if self.facts.is_64_bit else {Capability.WOW64})

    def set_time_zone(self, name: str) -> None:
        """Move the machine to another IANA time zone: its clock, and what the registry and an inventory say.

        Raises:
            UsageError: for an unknown time zone.
        """
        self.clock.set_time_zone(name)
        write_time_zone(self.registry, name, self.clock.now(), before=self.facts.time_zone)
        self.facts = replace(self.facts, time_zone=name)

    # Code written against winreg

    @cached_property
    def winreg(self) -> ModuleType:
        """What `import winreg` finds in a program of SYSTEM, as wide as this Windows."""
        return self.winreg_for(Token(account=SYSTEM), 64 if self.facts.is_64_bit else 32)

    def winreg_for(
        self,
        token: Token,
        bits: Bits = 64,
        environment: Mapping[str, str] | None = None,
        *,
        working_directory: str = r"C:\Windows\System32",
        enabled_privileges: Collection[str] = (),
    ) -> ModuleType:
        """Return what `import winreg` finds in another program.

        Args:
            token: whose rights it has, whose HKEY_CURRENT_USER it sees.
            bits: how wide it is.
            environment: its variables; without them those of a new process of the account.
            working_directory: where its relative paths begin.
            enabled_privileges: what it has enabled with AdjustTokenPrivileges: `SeBackupPrivilege` lets it call
                `SaveKey`, `SeRestorePrivilege` lets it call `LoadKey`.

        Raises:
            UsageError: for a 64-bit program on a 32-bit Windows.
        """
        from harness.emulator.winreg import winreg_module

        if bits == 64 and not self.facts.is_64_bit:  # noqa: PLR2004
            raise UsageError(f"{self.facts.name} has a 32-bit Windows, which runs no 64-bit program - ask for 32 bits")
        return winreg_module(
            self.registry,
            self.files,
            token=token,
            bits=bits,
            has_two_halves=self.facts.is_64_bit,
            environment=lambda: self.environment(token.account, bits) if environment is None else environment,
            working_directory=working_directory,
            enabled_privileges=enabled_privileges,
            faults=self.faults,
            lock=self._registry_lock,
        )

    def winreg_installed(self, module: ModuleType | None = None) -> AbstractContextManager[ModuleType]:
        """Make `import winreg` find this machine's registry inside a `with` block, on any operating system.

        Args:
            module: one that `winreg_for` made; without it `winreg`.
        """
        return installed_module(self.winreg if module is None else module)

    # Code written against psutil

    @cached_property
    def psutil(self) -> Psutil:
        """What `import psutil` finds in a program of SYSTEM, as far as it is modelled."""
        return self.psutil_for(Token(account=SYSTEM))

    def psutil_for(self, token: Token, pid: int | None = None) -> Psutil:
        """Return what `import psutil` finds in another program.

        Args:
            token: whose rights it has.
            pid: its own process; None when it is not on the process table.
        """
        from harness.emulator.psutil.module import Psutil

        return Psutil(self, token, pid)

    def psutil_installed(self, module: Psutil | None = None) -> AbstractContextManager[Psutil]:
        """Make `import psutil` find this machine's processes inside a `with` block, on any operating system.

        Args:
            module: one that `psutil_for` made; without it `psutil`.
        """
        return installed_module(self.psutil if module is None else module)

    # People

    @property
    def user_answers(self) -> dict[ToastKind, UserPlan]:
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

    def switch(self, account: Account) -> Session:
        """Bring a user's session to the screen; the one that was there goes on in the background.

        Raises:
            UsageError: if the user is not signed in.
        """
        return self.sessions.switch(account)

    def lock(self, account: Account | None = None) -> Session:
        """Lock the screen of a user, or of whoever is at it.

        Raises:
            UsageError: if the user is not at the screen, or nobody is.
        """
        return self.sessions.lock(account)

    def unlock(self, account: Account | None = None) -> Session:
        """Unlock the screen of a user, or of whoever is at it.

        Raises:
            UsageError: if the user is not at the screen, or nobody is.
        """
        return self.sessions.unlock(account)

    # What is on it

    def tree(self, place: str = "C:\\", depth: int = 3) -> FileTree | RegistryTree:
        r"""Return a picture of a folder, or of a registry key: `machine.tree(r"HKLM\SOFTWARE\Contoso")`.

        Raises:
            MachineError: 2 or 3 when it is not there.
            UsageError: for a negative depth.
        """
        try:
            key = RegistryPath.parse(place)
        except ValueError:
            return self.files.tree(place, depth)
        return self.registry.show(key, depth)

    # What changed

    def snapshot(self) -> MachineSnapshot:
        """Return registry, files and who is signed in as they are now; cheap, since what does not change is shared."""
        return MachineSnapshot(
            at=self.clock.now(),
            registry=self.registry.snapshot(),
            files=self.files.snapshot(),
            users=tuple(session.account for session in reversed(self.sessions.signed_in())),
        )

    def restore(self, snapshot: MachineSnapshot) -> None:
        """Go back to a snapshot of this machine, as a virtual machine goes back to a checkpoint without memory.

        Everything that runs ends, untold; Windows starts from the registry and the volumes of then, and who was signed
        in signs in again. The clock stays as it is, and no time passes.

        Raises:
            UsageError: when a part of the machine itself asks for it, or the machine is closed.
        """
        if self.is_closed:
            raise UsageError("the machine is closed - restore it before closing it, or its device")
        if self.clock.scheduler.machine_runs:
            raise UsageError("a machine cannot restore itself - restore it from outside, when time stands still")
        self.power.revert(snapshot)

    def changes_since(self, before: MachineSnapshot) -> MachineDiff:
        """Return what is different from a snapshot of this machine."""
        return diff(before, self.snapshot())

    # The end

    def close(self) -> None:
        """End everything that runs, without a word on the timeline, and remove what is kept on this computer."""
        if self.is_closed:
            return
        self.is_closed = True
        self.processes.end_everything()
        self.clock.close()
        self.files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


async def _powershell(run: ProgramRun) -> int:
    """Run Windows PowerShell, which is loaded when it is first needed."""
    from harness.emulator.powershell.program import powershell

    return await powershell(run)


async def _msiexec(run: ProgramRun) -> int:
    """Run Windows Installer, which is loaded when it is first needed."""
    from harness.emulator.msi import msiexec

    return await msiexec(run)
