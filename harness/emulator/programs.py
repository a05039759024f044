"""Programs that emulated processes run: coroutines that see the machine as a process of their account does."""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Coroutine, Iterator, Mapping, MutableMapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from harness.durations import parse_duration
from harness.emulator.mutexes import Mutexes
from harness.emulator.process_view import ProcessFiles, ProcessRegistry
from harness.errors import NotEmulated, UsageError
from harness.formats.commandline import split_command_line
from harness.machine.clock import Signal
from harness.machine.ports import Machine, Process
from harness.model.commands import Command, ProcessInfo
from harness.model.names import folded
from harness.timeline import Lane

__all__ = ["Program", "Programs", "ProgramRun", "Output"]

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


class Output:
    """What a process wrote to its standard streams."""

    def __init__(self) -> None:
        self.stdout: list[str] = []
        self.stderr: list[str] = []


class ProgramRun:
    r"""One run of a program: the machine as a process of its account and width sees it.

    Attributes:
        machine: the whole machine, as a 64-bit program of SYSTEM sees it: for what a service does for a process.
        info: the process's row of the process table.
        command_line: the line as written.
        arguments: what follows the program, split as CommandLineToArgvW does.
        working_directory: the current folder.
        environment: the environment variables; the case of their names does not matter.
        registry: the registry in the process's view, HKCU being the account's.
        files: the volumes; relative paths count from the working folder.
    """

    def __init__(
        self,
        *,
        machine: Machine,
        info: ProcessInfo,
        command: Command,
        environment: Mapping[str, str],
        registry: ProcessRegistry,
        files: ProcessFiles,
        mutexes: Mutexes,
        output: Output,
    ) -> None:
        self.machine = machine
        self.info = info
        self.command_line = command.command_line
        self.arguments = tuple(split_command_line(command.command_line.lstrip())[1:])
        self.working_directory = command.working_directory
        self.environment = environment
        self.registry = registry
        self.files = files
        self._command = command
        self._mutexes = mutexes
        self._output = output

    # Time and streams

    async def sleep(self, duration: timedelta | str) -> None:
        """Let time pass: `await run.sleep("4 min")`.

        Raises:
            UsageError: if the text is not a duration.
        """
        await self.machine.clock.sleep(parse_duration(duration))

    def print(self, text: str) -> None:
        """Write a line to the standard output; lines end as Windows programs end them."""
        self._output.stdout.append(f"{text}\r\n")

    def print_error(self, text: str) -> None:
        """Write a line to the standard error stream."""
        self._output.stderr.append(f"{text}\r\n")

    # Other processes

    def start(
        self,
        command_line: str,
        *,
        working_directory: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a child process of the same account in the same session; it inherits folder and environment.

        Raises:
            MachineError: 2 when no program is found, 267 when the folder is not there, 193 when the file is no program.
            NotEmulated: when nothing says what the program does.
        """
        command = replace(
            self._command,
            command_line=command_line,
            working_directory=working_directory or self.working_directory,
            parent_bits=self.info.bits,
            parent_pid=self.info.pid,
            environment={**self._command.environment, **(environment or {})},
        )
        return self.machine.processes.start(command)

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
