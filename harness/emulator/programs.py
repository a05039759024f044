"""Programs that emulated processes run: coroutines that see the machine as a process of their account does."""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Coroutine, Iterator, Mapping, MutableMapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from harness.durations import parse_duration
from harness.emulator.mutexes import Mutexes
from harness.emulator.process_files import ProcessFiles
from harness.emulator.process_registry import ProcessRegistry
from harness.emulator.streams import Input, Output
from harness.emulator.variables import Variables
from harness.errors import NotEmulated, UsageError
from harness.formats.commandline import split_command_line
from harness.machine.clock import Signal
from harness.machine.ports import Process
from harness.model.commands import Command, ProcessInfo
from harness.model.names import folded
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine
    from harness.emulator.psutil.module import Psutil

__all__ = ["Program", "Programs", "ProgramRun"]

#: What a program does; it returns the exit code.
Program = Callable[["ProgramRun"], Coroutine[Any, Any, int]]


class Programs(MutableMapping[str, Program]):
    r"""Which program answers for which file: `programs["setup.exe"] = program`.

    A key is an image name, which means that file in every folder, or a full path, which comes first. Names compare
    without regard to case; `.exe` may be left out.
    """

    def __init__(self) -> None:
        self._programs: dict[str, tuple[str, Program]] = {}

    def find(self, image_path: str) -> Program | None:
        """Return what runs when that file is started; None when nobody has said so."""
        found = self._programs.get(_key(image_path)) or self._programs.get(_key(ntpath.basename(image_path)))
        return found[1] if found else None

    def __setitem__(self, name: str, program: Program) -> None:
        if not name.strip() or not callable(program):
            raise UsageError(
                f"{program!r} cannot be the program {name!r} - give a file name and an Installer, or an `async def` "
                "that takes a ProgramRun"
            )
        self._programs[_key(name)] = (name, program)

    def __getitem__(self, name: str) -> Program:
        return self._programs[_key(name)][1]

    def __delitem__(self, name: str) -> None:
        del self._programs[_key(name)]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._programs.values()])

    def __len__(self) -> int:
        return len(self._programs)


class ProgramRun:
    r"""One run of a program: the machine as a process of its account and width sees it.

    Attributes:
        machine: the whole machine, as a 64-bit program of SYSTEM sees it: for what a service does for a process.
        info: the process's row of the process table.
        token: whose rights it has.
        command_line: the line as written.
        arguments: what follows the program, split as CommandLineToArgvW does.
        working_directory: the current folder.
        environment: the environment variables; the case of their names does not matter. What the process changes in
            them is inherited by what it starts afterwards.
        stdin: what it can read from its standard input.
        registry: the registry in the process's view, HKCU being the account's.
        files: the volumes; relative paths count from the working folder.
    """

    def __init__(
        self,
        *,
        machine: EmulatedMachine,
        info: ProcessInfo,
        command: Command,
        environment: Variables,
        registry: ProcessRegistry,
        files: ProcessFiles,
        mutexes: Mutexes,
        output: Output,
        leave_image: Callable[[], None] = lambda: None,
    ) -> None:
        self.machine = machine
        self.info = info
        self.token = command.token
        self.command_line = command.command_line
        self.arguments = tuple(split_command_line(command.command_line.lstrip())[1:])
        self.working_directory = command.working_directory
        self.environment = environment
        self.stdin = Input(command.stdin)
        self.registry = registry
        self.files = files
        self._command = command
        self._mutexes = mutexes
        self._output = output
        self._leave_image = leave_image

    # Time and streams

    async def sleep(self, duration: timedelta | str) -> None:
        """Let time pass: `await run.sleep("4 min")`.

        Raises:
            UsageError: if the text is not a duration.
        """
        await self.machine.clock.sleep(parse_duration(duration))

    def print(self, text: str) -> None:
        """Write a line to the standard output; lines end as Windows programs end them."""
        self._output.write(f"{text}\r\n")

    def print_error(self, text: str) -> None:
        """Write a line to the standard error stream."""
        self._output.write_error(f"{text}\r\n")

    def write(self, text: str) -> None:
        """Write to the standard output as it is, without ending the line."""
        self._output.write(text)

    def write_error(self, text: str) -> None:
        """Write to the standard error stream as it is, without ending the line."""
        self._output.write_error(text)

    def read_line(self) -> str | None:
        """Read the next line of the standard input without its end; None when there is none."""
        return self.stdin.read_line()

    # Code written against other modules

    @cached_property
    def winreg(self) -> ModuleType:
        """What `import winreg` finds in this process."""
        return self.machine.winreg_for(
            self.token, self.info.bits, self.environment, working_directory=self.working_directory
        )

    @cached_property
    def psutil(self) -> Psutil:
        """What `import psutil` finds in this process."""
        return self.machine.psutil_for(self.token, self.info.pid)

    # Other processes

    def start(
        self,
        command_line: str,
        *,
        working_directory: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Process:
        """Start a child process with the same rights in the same session; it inherits folder and environment.

        Args:
            command_line: what to start.
            working_directory: its current folder; None for this process's.
            environment: variables on top of this process's.
            stdin: what it reads from its standard input. This process's own is not handed on.

        Raises:
            MachineError: 2 when no program is found, 267 when the folder is not there, 193 when the file is no program,
                740 when it asks for more rights than this process has.
            NotEmulated: when nothing says what the program does.
        """
        command = replace(  # the variables are those that the process table has of this process
            self._command,
            command_line=command_line,
            working_directory=working_directory or self.working_directory,
            parent_bits=self.info.bits,
            parent_pid=self.info.pid,
            environment=environment or {},
            stdin=stdin,
        )
        return self.machine.processes.start(command)

    def kill(self, pid: int, *, tree: bool = False) -> None:
        """End a process, exit code 1, as TerminateProcess does; with `tree` what it started too.

        Raises:
            MachineError: 87 when there is no such process, 5 when this process may not.
        """
        self.machine.processes.terminate(pid, self.token, tree=tree)

    def leave_image(self) -> None:
        """Go on from a copy elsewhere, so that the file itself can be deleted: what uninstallers do.

        The process stays the same one here; a real one would start the copy, and end or wait for it.
        """
        self._leave_image()

    def try_lock(self, mutex: str) -> bool:
        r"""Take a named mutex, for example `Global\_MSIExecute`; return whether this process owns it now.

        When the process ends it gives back what it owns.
        """
        return self._mutexes.try_lock(mutex, self.info)

    def unlock(self, mutex: str) -> None:
        """Give a named mutex back.

        Raises:
            MachineError: 288 when this process does not own it.
        """
        self._mutexes.unlock(mutex, self.info)

    # The user

    async def show_dialog(self, text: str) -> None:
        """Show a dialog and wait until somebody closes it.

        In session 0 nobody sees it, so that the process hangs: the classic way in which an installer without its
        silent switch fails under management.

        Raises:
            NotEmulated: in a user's session, where a person would click it away.
        """
        if self.info.session_id:
            raise NotEmulated(
                f"a dialog on {self.info.account}'s screen: {text!r}",
                where=self.command_line,
                hint="start the program with its silent switch, or declare a run of it that needs no user",
            )
        self.machine.timeline.add(
            Lane.PROCESS,
            "dialog shown",
            f"{self.info.name} shows a dialog that nobody can see, and waits for an answer: {text}",
            pid=self.info.pid,
            name=self.info.name,
            dialog=text,
        )
        await self.machine.clock.wait(Signal())


def _key(name: str) -> str:
    path = name.replace("/", "\\")
    return folded(path if "." in ntpath.basename(path) else f"{path}.exe")
