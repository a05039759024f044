"""The process table: processes start as CreateProcess starts them, take virtual time, and end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from harness.durations import format_duration, parse_duration
from harness.emulator.clock import VirtualTask
from harness.emulator.creation import Parent, block_for, plan
from harness.emulator.faults import Crash
from harness.emulator.killing import check_may_end, no_such_process
from harness.emulator.lookup import Image
from harness.emulator.mutexes import Mutexes
from harness.emulator.process_files import ProcessFiles
from harness.emulator.process_registry import ProcessRegistry
from harness.emulator.process_view import view_of
from harness.emulator.programs import Program, ProgramRun
from harness.emulator.streams import Output
from harness.emulator.variables import Variables
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.model.commands import Command, Exit, ProcessInfo
from harness.model.names import folded
from harness.model.windows import Bits, Token
from harness.timeline import Lane

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["EmulatedProcess", "EmulatedProcesses", "KILLED", "SESSION_ENDED", "STILL_ACTIVE"]

#: What GetExitCodeProcess says of a process that runs (winnt.h).
STILL_ACTIVE = 259

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
        environment: its variables, as it may have changed them.
        output: what it has written to its standard streams so far.
        exit: how it ended; None while it runs.
        ended: set when it has ended.
        started_at: when it was started, in the clock's monotonic time.
        is_reported: whether the timeline tells of it.
        task: the work it does; None for parts of Windows that do nothing.
        doom: what ends it by itself, when it is to crash.
        lets_go: called at its end, so that its file can be deleted again.
    """

    def __init__(self, info: ProcessInfo, environment: Variables, table: EmulatedProcesses) -> None:
        self.info = info
        self.environment = environment
        self.output = Output()
        self.exit: Exit | None = None
        self.ended = Signal()
        self.started_at = table.clock.monotonic()
        self.is_reported = False
        self.task: VirtualTask[None] | None = None
        self.doom: VirtualTask[None] | None = None
        self.lets_go: Callable[[], None] = lambda: None
        self._table = table

    @property
    def exit_code(self) -> int:
        """What GetExitCodeProcess says: 259 while it runs. A process may really end with 259 too; `exit` tells."""
        return STILL_ACTIVE if self.exit is None else self.exit.code

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
            MachineError: 2 or 3 when no program is found, 5 for a folder, 87 for an empty command line, 193 when the
                file is no program, 206 when the line is too long, 216 when it is made for another processor, 267 when
                the working folder is not there, 740 when it asks for an administrator and the command is not elevated,
                1008 when nobody is signed in to the session, 1115 while the machine restarts.
            NotEmulated: when nothing says what the program does.
        """
        decided = plan(self._machine, command, self._parent_of(command))
        command, program = decided.command, decided.program
        process = self._enter(command, decided.image, decided.environment)
        process.lets_go = self._machine.files.hold_image(decided.image.path)
        run = self._run_of(process, command)
        self._report_start(process, command)
        self._begin(process, lambda: _exit_code(program, run))
        faults = self._machine.faults
        if faults and (crash := faults.crash_of(process.info.image_path)):
            process.doom = self.clock.spawn_apart(self._crash(process, crash), name=f"the crash of {process.info.name}")
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
        *,
        environment: Mapping[str, str] | None = None,
    ) -> EmulatedProcess:
        """Put work of ours on the process table, a service's main function; or a part of Windows that does nothing.

        Args:
            command: as whom and where, and whose child it is.
            image: its file, which need not be there; if it is, it is in use until the process ends.
            work: what it does; None for nothing.
            environment: its variables; None for those that starting it would give it.
        """
        block = None if environment is None else Variables(environment)
        process = self._enter(command, image, block or self._block(command, image.bits))
        with suppress(MachineError):  # of what was declared, and of parts of Windows, the file need not be there
            process.lets_go = self._machine.files.hold_image(image.path)
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

    def terminate(self, pid: int, token: Token, *, code: int = KILLED, tree: bool = False) -> None:
        """End a process as somebody, as OpenProcess and TerminateProcess do.

        With `tree` what it started ends too, as far as all between still run; what may not be ended is left alone.

        Args:
            pid: which one.
            token: whose rights count.
            code: its exit code.
            tree: whether its descendants end with it.

        Raises:
            MachineError: 87 when there is no such process, 5 when the token may not.
        """
        process = self._table.get(pid)
        if process is None:
            raise no_such_process(pid)
        check_may_end(process.info, token)
        for child in reversed(self.descendants(pid)) if tree else ():
            with suppress(MachineError):
                check_may_end(child.info, token)
                self.end(child, code, "killed")
        self.end(process, code, "killed")

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
            stdout=process.output.stdout,
            stderr=process.output.stderr,
            elapsed=self.clock.monotonic() - process.started_at,
        )
        if process.is_reported and not self._machine.is_closed:
            self._report_end(process, process.exit, how)
        process.lets_go()
        process.ended.set()
        for task in (process.doom, process.task):
            if task:
                task.cancel()

    # Starting

    def _parent_of(self, command: Command) -> Parent | None:
        parent = self._table.get(command.parent_pid)
        return Parent(info=parent.info, environment=parent.environment) if parent else None

    def _block(self, command: Command, bits: Bits) -> Variables:
        return block_for(self._machine, command, bits, self._parent_of(command))

    def _enter(self, command: Command, image: Image, environment: Variables) -> EmulatedProcess:
        info = ProcessInfo(
            pid=self._next_pid,
            parent_pid=command.parent_pid,
            image_path=image.path,
            command_line=command.command_line,
            account=command.account,
            session_id=command.session_id,
            bits=image.bits,
            started=self.clock.now(),
            working_directory=command.working_directory,
            is_elevated=command.token.has_all_rights,
        )
        self._next_pid += _PID_STEP
        process = self._table[info.pid] = EmulatedProcess(info, environment, self)
        return process

    def _run_of(self, process: EmulatedProcess, command: Command) -> ProgramRun:
        machine, info = self._machine, process.info
        environment = process.environment
        view = view_of(info.bits, machine.facts)
        folder = command.working_directory
        return ProgramRun(
            machine=machine,
            info=info,
            command=command,
            environment=environment,
            registry=ProcessRegistry(machine.registry.of_user(info.account.sid), command.token, view),
            files=ProcessFiles(machine.files, command.token, view, working_directory=folder, environment=environment),
            mutexes=self._mutexes,
            output=process.output,
            leave_image=process.lets_go,
        )

    def _begin(self, process: EmulatedProcess, work: Callable[[], Coroutine[Any, Any, int]]) -> None:
        async def live() -> None:
            code, how = _CRASHED, "crashed"
            try:
                code, how = await work(), "exited"
            finally:
                self.end(process, code, how)

        process.task = self.clock.spawn_apart(live(), name=f"{process.info.name} ({process.info.pid})")

    async def _crash(self, process: EmulatedProcess, crash: Crash) -> None:
        await self.clock.sleep(parse_duration(crash.after))
        self.end(process, crash.exit_code, "crashed")

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
