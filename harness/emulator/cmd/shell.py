"""One command processor while it runs: its variables, folders, streams, and the batch files under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo

from harness.emulator.cmd.codepages import code_page_of, codec_of
from harness.emulator.cmd.console import OwnError, OwnOutput, RedirectedText, Sink, Source
from harness.emulator.cmd.folders import Folders
from harness.emulator.cmd.modifiers import modified
from harness.emulator.cmd.script import Script
from harness.emulator.cmd.settings import CommandSettings
from harness.emulator.cmd.syntax import Place
from harness.emulator.cmd.wallclock import clock_time, day_and_date
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileInfo

__all__ = ["Frame", "Jump", "LeaveBatch", "LeaveShell", "Shell", "Transfer"]

_STDIN, STDOUT, STDERR = 0, 1, 2
_RANDOM_FACTOR, _RANDOM_STEP = 214_013, 2_531_011


class Jump(Exception):
    """Control has gone to another line of a batch file."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame


class LeaveBatch(Exception):
    """A batch file or subroutine is to end: `exit /b`, `goto :eof`."""


class LeaveShell(Exception):
    """The command processor is to end: `exit`."""


class Transfer(Exception):
    """Another batch file goes on in the place of this one: it was started without `call`."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame


@dataclass(slots=True, kw_only=True)
class Saved:
    """What `endlocal` restores."""

    variables: dict[str, str]
    folder: str
    is_delayed: bool
    has_extensions: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Frame:
    """A batch file or a subroutine under way.

    Attributes:
        script: the batch file.
        name: `%0`: as it was started, or `:label`.
        arguments: `%1` and on.
        all_arguments: `%*`, which `shift` does not change.
        position: the line that comes next, counted from 0.
        saved: what `setlocal` put aside.
        is_shifted: whether `%0` is no longer the batch file.
    """

    script: Script
    name: str
    arguments: list[str]
    all_arguments: str
    position: int = 0
    saved: list[Saved] = field(default_factory=list)
    is_shifted: bool = False

    @property
    def clears_level(self) -> bool:
        """Whether commands like `set` clear the error level when they succeed, as in `.cmd` files."""
        return self.script.path.lower().endswith(".cmd")


class Shell:
    """The state of one command processor.

    Attributes:
        run: its process.
        settings: how far it may go.
        folders: its current folders.
        error_level: the exit code of what set it last, a signed number of 32 bits.
        is_level_set: whether the command under way has set it.
        is_echoing: whether commands are shown before they run.
        is_delayed: whether `!NAME!` is replaced.
        has_extensions: whether command extensions are on.
        frame: the batch file under way; None for a command line.
        loops: the variables of the loops around the command under way.
        place: the command under way.
        code_page: how files of text are read and written.
        stdin: what commands read.
    """

    def __init__(self, run: ProgramRun, settings: CommandSettings) -> None:
        self.run = run
        self.settings = settings
        self.files = run.files
        self.environment = run.environment
        self.folders = Folders(run)
        self.error_level = 0
        self.is_level_set = False
        self.is_echoing = True
        self.is_delayed = False
        self.has_extensions = True
        self.is_verifying = False
        self.frame: Frame | None = None
        self.depth = 0
        self.loops: dict[str, str] = {}
        self.place = Place(run.command_line)
        self.code_page = code_page_of(run)
        given = run._command.stdin  # noqa: SLF001 - the run does not tell a pipe with nothing in it from a console
        self.stdin = Source(given, is_redirected=bool(given) or isinstance(given, RedirectedText))
        self._sinks: dict[int, Sink] = {STDOUT: OwnOutput(run), STDERR: OwnError(run)}
        self._written = 0
        self._steps = 0
        self._steps_at = run.machine.clock.monotonic()
        self._random = int(run.info.started.timestamp())

    # Streams

    def write(self, text: str) -> None:
        """Write to the standard output as it is."""
        self._to(STDOUT, text)

    def print(self, line: str = "") -> None:
        """Write a line to the standard output."""
        self._to(STDOUT, f"{line}\r\n")

    def error(self, line: str) -> None:
        """Write a line to the standard error stream."""
        self._to(STDERR, f"{line}\r\n")

    def forwarder(self) -> Callable[[str, bool], None]:
        """Return what passes on what a program writes, to where the streams lead now; the flag says which one it is."""
        output, errors = self._sinks[STDOUT], self._sinks[STDERR]

        def forward(text: str, is_error: bool) -> None:  # noqa: FBT001 - one of two streams
            self._count(text)
            (errors if is_error else output).write(text)

        return forward

    def sink(self, handle: int) -> Sink | None:
        """Return where a stream leads; None when it is not open."""
        return self._sinks.get(handle)

    @contextmanager
    def streams(self, changes: dict[int, Sink], stdin: Source | None = None) -> Iterator[None]:
        """Let streams lead elsewhere for a while."""
        before, input_before = self._sinks, self.stdin
        self._sinks = {**before, **changes}
        self.stdin = stdin or self.stdin
        try:
            yield
        finally:
            self._sinks, self.stdin = before, input_before

    def _to(self, handle: int, text: str) -> None:
        self._count(text)
        self._sinks[handle].write(text)

    def _count(self, text: str) -> None:
        self._written += len(text)
        if self._written > self.settings.most_output:
            raise NotEmulated(
                f"more than {self.settings.most_output:,} characters of output",
                where=str(self.place),
                hint="end the loop that writes them, or raise CommandSettings.most_output",
            )

    def encode(self, text: str) -> bytes:
        """Return text as the console's code page has it."""
        return text.encode(self._codec, "replace")

    def decode(self, data: bytes) -> str:
        """Return the text that bytes are in the console's code page."""
        return data.decode(self._codec, "replace")

    @property
    def _codec(self) -> str:
        return codec_of(self.code_page)

    # What commands ended with

    def succeed(self) -> int:
        """Clear the error level; return the result of a command that did what it should."""
        return self.end_with(0)

    def fail(self, message: str = "", code: int = 1) -> int:
        """Say why a command failed and set the error level; return it."""
        if message:
            self.error(message)
        return self.end_with(code)

    def end_with(self, code: int) -> int:
        """Set the error level to an exit code; return it as a signed number."""
        self.error_level = code - 2**32 if (code := code & 0xFFFFFFFF) >= 2**31 else code
        self.is_level_set = True
        return self.error_level

    # Time and effort

    def step(self) -> None:
        """Count a command.

        Raises:
            NotEmulated: when too many have run without time passing.
        """
        now: timedelta = self.run.machine.clock.monotonic()
        if now != self._steps_at:
            self._steps, self._steps_at = 0, now
        self._steps += 1
        if self._steps > self.settings.most_steps:
            raise NotEmulated(
                f"a loop that ran {self.settings.most_steps:,} commands without time passing",
                where=str(self.place),
                hint="let it wait (timeout, ping) or end, or raise CommandSettings.most_steps",
            )

    def not_emulated(self, what: str, hint: str) -> NotEmulated:
        """Return what to raise for something that is not modelled, with the line under way."""
        return NotEmulated(what, where=str(self.place), hint=hint)

    # Variables, for expansion

    @property
    def is_batch(self) -> bool:
        """Whether a batch file runs."""
        return self.frame is not None

    def variable(self, name: str) -> str | None:
        """Return a variable's value, also of those the command processor makes up; None when it is undefined."""
        if not name:
            return None
        value = self.environment.get(name)
        return value if value is not None or not self.has_extensions else self._made_up(name.upper())

    def _made_up(self, name: str) -> str | None:
        """Return the value of a variable that the command processor makes up; None for no such one."""
        clock = self.run.machine.clock
        values: dict[str, Callable[[], str]] = {
            "CD": lambda: self.folders.current,
            "DATE": lambda: day_and_date(clock.local_now()),
            "TIME": lambda: clock_time(clock.local_now()),
            "ERRORLEVEL": lambda: str(self.error_level),
            "RANDOM": self._next_random,
            "CMDEXTVERSION": lambda: "2",
            "CMDCMDLINE": lambda: self.run.command_line,
            "HIGHESTNUMANODENUMBER": lambda: "0",
        }
        return values[name]() if name in values else None

    def _next_random(self) -> str:
        # The C library's generator, which the command processor seeds with the time it was started at.
        self._random = (self._random * _RANDOM_FACTOR + _RANDOM_STEP) & 0xFFFFFFFF
        return str(self._random >> 16 & 0x7FFF)

    def argument(self, number: int) -> str:
        """Return an argument of the batch file as written, `%0` being its name."""
        if self.frame is None:
            return ""
        values = [self.frame.name, *self.frame.arguments]
        return values[number] if number < len(values) else ""

    def all_arguments(self) -> str:
        """Return what `%*` stands for."""
        return self.frame.all_arguments if self.frame else ""

    def modified(self, text: str, modifiers: str, *, is_script: bool = False) -> str:
        """Return a text as `%~modifiers` makes it."""
        if is_script and modifiers and self.frame and not self.frame.is_shifted:
            text = self.frame.script.path
        return modified(text, modifiers, self)

    # Files, for modifiers

    @property
    def time_zone(self) -> tzinfo:
        """The machine's time zone."""
        return self.run.machine.clock.time_zone

    def full_path(self, path: str) -> str:
        """Return the absolute path."""
        return self.folders.full_path(path)

    def short_path(self, path: str) -> str:
        """Return a path in its 8.3 form."""
        return self.folders.short_path(path)

    def info(self, path: str) -> FileInfo:
        """Return what is known of a file.

        Raises:
            MachineError: when it is not there.
        """
        return self.files.info(self.full_path(path))

    def find_info(self, path: str) -> FileInfo | None:
        """Return what is known of a file; None when it is not there or the path cannot be one."""
        try:
            return self.info(path)
        except MachineError:
            return None

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        info = self.find_info(path)
        return info is not None and info.is_directory

    def read_text(self, path: str) -> str:
        """Return a file's content as text.

        Raises:
            MachineError: when it cannot be read.
        """
        return self.decode(self.files.read(self.full_path(path)))

    # setlocal

    def save(self) -> Saved:
        """Return what `endlocal` will restore."""
        return Saved(
            variables=dict(self.environment.items()),
            folder=self.folders.current,
            is_delayed=self.is_delayed,
            has_extensions=self.has_extensions,
        )

    def restore(self, saved: Saved) -> None:
        """Bring variables, folder and switches back."""
        self.environment.clear()
        self.environment.update(saved.variables)
        self.folders.current = saved.folder
        self.is_delayed, self.has_extensions = saved.is_delayed, saved.has_extensions
