"""The process table: processes start as CreateProcess starts them, take virtual time, and end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import timedelta
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from harness.durations import format_duration
from harness.emulator.clock import VirtualTask
from harness.emulator.lookup import Image, find_image
from harness.emulator.mutexes import Mutexes
from harness.emulator.process_view import ProcessFiles, ProcessRegistry, view_of
from harness.emulator.programs import Output, Program, ProgramRun
from harness.emulator.unknown_programs import check_is_startable, not_emulated
from harness.emulator.variables import Variables
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.model.commands import Command, Exit, ProcessInfo
from harness.model.names import folded
from harness.model.windows import Bits
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedProcess", "EmulatedProcesses", "KILLED", "SESSION_ENDED"]

#: Exit code of what is killed, as by `taskkill /F`; and of what dies with its session (DBG_TERMINATE_PROCESS).
KILLED = 1
SESSION_ENDED = 0x40010004
#: Exit code of a program of ours that raised an error: .NET's for an unhandled exception.
_CRASHED = 0xE0434352

_PID_STEP = 4
_FIRST_PID = 1000

_WORDS = {"killed": "was killed", "crashed": "crashed", "session ended": "ended with its session"}


class EmulatedProcess:
    """A process of an emulated machine; fulfils the `Process` port.

    Attributes:
        info: its row of the process table.
        output: what it has written to its standard streams so far.
        exit: how it ended; None while it runs.
        ended: set when it has ended.
        started_at: when it was started, in the clock's monotonic time.
        is_reported: whether the timeline tells of it.
        task: the work it does; None for parts of Windows that do nothing.
    """

    def __init__(self, info: ProcessInfo, table: EmulatedProcesses) -> None:
        self.info = info
        self.output = Output()
        self.exit: Exit | None = None
        self.ended = Signal()
        self.started_at = table.clock.monotonic()
        self.is_reported = False
        self.task: VirtualTask[None] | None = None
        self._table = table

    async def wait(self, timeout: timedelta | None = None) -> Exit | None:
        """Wait for its end; None when it still runs at the time-out."""
        await self._table.clock.wait(self.ended, timeout)
        return self.exit

    def kill(self, *, tree: bool = False) -> None:
        """End it, exit code 1; with `tree` what it started too. Otherwise that lives on."""
        for process in [self, *(self._table.descendants(self.info.pid) if tree else ())]:
            self._table.end(process, KILLED, "killed")


class EmulatedProcesses:
    """The process table of an emulated machine; fulfils the `Processes` port.

    Process ids are multiples of four, as on Windows, and rise from 1000 in the order of starting, so that two runs of
    one scenario number their processes alike.

    Attributes:
        clock: the machine's time.
        native_bits: how wide Windows' own processes are.
    """

    def __init__(self, machine: EmulatedMachine) -> None:
        self.clock = machine.clock
        self.native_bits: Bits = 64 if machine.facts.is_64_bit else 32
        self._machine = machine
        self._mutexes = Mutexes()
        self._table: dict[int, EmulatedProcess] = {}
        self._next_pid = _FIRST_PID

    # The port

    def start(self, command: Command) -> EmulatedProcess:
        """Start a program; the lookup is CreateProcess's.

        Raises:
            MachineError: 2 or 3 when no program is found, 87 for an empty command line, 193 when the file is no
                program, 216 when it is made for another processor, 267 when the working folder is not there, 1008
                when nobody is signed in to the session, 1115 while the machine restarts.
            NotEmulated: when nothing says what the program does.
        """
        self._check_session(command)
        machine, parent = self._machine, self._table.get(command.parent_pid)
        image = find_image(
            command,
            files=machine.files,
            facts=machine.facts,
            environment=machine.environment(command.account, command.parent_bits),
            parent_image=parent.info.image_path if parent else None,
        )
        check_is_startable(image)
        program = machine.programs.find(image.path)
        if program is None:
            raise not_emulated(image, command)
        self._check_folder(command)
        process = self._enter(command, image.path, image.bits)
        run = self._run_of(process, command)
        self._report_start(process, command)
        self._begin(process, lambda: _exit_code(program, run))
        return process

    def running(self, name: str | None = None) -> Sequence[ProcessInfo]:
        """Return what runs now, oldest first; with a name (`setup.exe`) only processes of that image."""
        rows = [process.info for process in self._table.values()]
        return rows if name is None else [row for row in rows if folded(row.name) == folded(name)]

    # For the machine's other parts

    def get(self, pid: int) -> EmulatedProcess | None:
        """Return a running process; None when there is no such one."""
        return self._table.get(pid)

    def host(
        self,
        command: Command,
        image: Image,
        work: Callable[[], Coroutine[Any, Any, int]] | None = None,
    ) -> EmulatedProcess:
        """Put work of ours on the process table, a service's main function; or a part of Windows that does nothing."""
        process = self._enter(command, image.path, image.bits)
        if work:
            self._begin(process, work)
        return process

    def descendants(self, pid: int) -> list[EmulatedProcess]:
        """Return what a process started, and what that started, as far as all between still run."""
        found: list[EmulatedProcess] = []
        parents = {pid}
        for process in self._table.values():  # children come after their parents, so that one pass finds all
            if process.info.parent_pid in parents:
                parents.add(process.info.pid)
                found.append(process)
        return found

    def end_session(self, session_id: int) -> None:
        """End every process of a session, as signing out does."""
        self._end_all(process for process in self._table.values() if process.info.session_id == session_id)

    def end_everything(self) -> None:
        """End every process, as a restart does."""
        self._end_all(self._table.values())

    def end(self, process: EmulatedProcess, code: int, how: str) -> None:
        """Take a process off the table; what has ended already stays as it is.

        Args:
            process: which one.
            code: the exit code, of which 32 bits count.
            how: `exited`, `killed`, `crashed` or `session ended`, as the event says it.
        """
        if process.exit is not None:
            return
        del self._table[process.info.pid]
        self._mutexes.release_all(process.info.pid)
        process.exit = Exit(
            code=code & 0xFFFFFFFF,
            stdout="".join(process.output.stdout),
            stderr="".join(process.output.stderr),
            elapsed=self.clock.monotonic() - process.started_at,
        )
        if process.is_reported and not self._machine.is_closed:
            self._report_end(process, process.exit, how)
        process.ended.set()
        if process.task:
            process.task.cancel()

    # Starting

    def _check_session(self, command: Command) -> None:
        if self._machine.power.is_down:
            raise MachineError(1115, "a system shutdown is in progress", command.command_line)
        sessions = self._machine.sessions.signed_in()
        if command.session_id and all(session.id != command.session_id for session in sessions):
            raise MachineError(1008, f"nobody is signed in to session {command.session_id}", command.command_line)

    def _check_folder(self, command: Command) -> None:
        machine, folder = self._machine, command.working_directory
        try:
            is_folder = machine.files.info(folder, view_of(command.parent_bits, machine.facts)).is_directory
        except MachineError:
            is_folder = False
        if not is_folder:
            raise MachineError(267, "the folder to start the program in is not there", folder)

    def _enter(self, command: Command, image_path: str, bits: Bits) -> EmulatedProcess:
        info = ProcessInfo(
            pid=self._next_pid,
            parent_pid=command.parent_pid,
            image_path=image_path,
            command_line=command.command_line,
            account=command.account,
            session_id=command.session_id,
            bits=bits,
            started=self.clock.now(),
        )
        self._next_pid += _PID_STEP
        process = self._table[info.pid] = EmulatedProcess(info, self)
        return process

    def _run_of(self, process: EmulatedProcess, command: Command) -> ProgramRun:
        machine, info = self._machine, process.info
        environment = Variables(machine.environment(info.account, info.bits), command.environment)
        view = view_of(info.bits, machine.facts)
        folder = command.working_directory
        return ProgramRun(
            machine=machine,
            info=info,
            command=command,
            environment=environment,
            registry=ProcessRegistry(machine.registry.of_user(info.account.sid), info.account, view),
            files=ProcessFiles(machine.files, info.account, view, working_directory=folder, environment=environment),
            mutexes=self._mutexes,
            output=process.output,
        )

    def _begin(self, process: EmulatedProcess, work: Callable[[], Coroutine[Any, Any, int]]) -> None:
        async def live() -> None:
            code, how = _CRASHED, "crashed"
            try:
                code, how = await work(), "exited"
            finally:
                self.end(process, code, how)

        process.task = self.clock.spawn_apart(live(), name=f"{process.info.name} ({process.info.pid})")

    # Ending

    def _end_all(self, processes: Iterable[EmulatedProcess]) -> None:
        for process in [*processes]:
            self.end(process, SESSION_ENDED, "session ended")

    # Telling

    def _report_start(self, process: EmulatedProcess, command: Command) -> None:
        info = process.info
        process.is_reported = True
        place = f"{info.bits}-bit, session {info.session_id}"
        self._machine.timeline.add(
            Lane.PROCESS,
            "process started",
            f"{info.name} started as {info.account.name} ({place}): {info.command_line}",
            pid=info.pid,
            parent_pid=info.parent_pid,
            name=info.name,
            image_path=info.image_path,
            command_line=info.command_line,
            working_directory=command.working_directory,
            account=str(info.account),
            session_id=info.session_id,
            bits=info.bits,
        )

    def _report_end(self, process: EmulatedProcess, ended: Exit, how: str) -> None:
        info = process.info
        if how == "exited":
            text = f"{info.name} ended with exit code {ended.code} after {format_duration(ended.elapsed)}"
        else:
            text = f"{info.name} {_WORDS[how]} after {format_duration(ended.elapsed)}"
        self._machine.timeline.add(
            Lane.PROCESS,
            "process ended",
            text,
            pid=info.pid,
            name=info.name,
            exit_code=ended.code,
            how=how,
            elapsed_s=ended.elapsed.total_seconds(),
        )


async def _exit_code(program: Program, run: ProgramRun) -> int:
    work: object = program(run)
    if not isawaitable(work):
        raise UsageError(f"the program of {run.info.name} is no coroutine function - write it with `async def`")
    code = await work
    if not isinstance(code, int):
        raise UsageError(f"the program of {run.info.name} returned {code!r} - return its exit code")
    return code
