"""Setup programs by what they do: how long they take, what they leave behind, how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from harness.durations import parse_duration
from harness.emulator.process_files import ProcessFiles
from harness.emulator.programs import ProgramRun
from harness.errors import MachineError, UsageError
from harness.machine.clock import Signal
from harness.model.names import folded
from harness.model.windows import Bits, RegistryPath, RegistryValue, View
from harness.timeline import Lane

__all__ = ["Installer"]

_SUCCESS, _FAILURE, _BUSY = 0, 1603, 1618
_NOT_FOUND = (2, 3)

#: What a registry value can be given as.
Data = RegistryValue | str | int | bytes | tuple[str, ...] | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    r"""What a setup program does; `machine.programs["setup.exe"] = Installer(takes="4 min", exit_code=3010)`.

    Everything is done at the end of `takes`, in this order: removing, writing, printing, starting, restarting. Paths
    may hold environment variables. An error of the machine, as when a standard user may not write, goes to the standard
    error stream and ends the run with its Win32 code; what was done before stays. (A guess: every real setup program
    has its own way.)

    Attributes:
        takes: how long it runs; None for ever.
        exit_code: how it ends.
        writes_registry: key -> name -> data; plain data gets the type one expects, the empty name is the default value.
        writes_files: path -> content, text as UTF-8; folders appear as needed.
        removes_registry: keys with all below them; missing ones do not matter.
        removes_files: files, and folders if they are empty by then; missing ones do not matter. A program that removes
            its own file goes on from a copy, as uninstallers do.
        view: the half of Windows that keys and paths mean; None for the one the process sees by itself.
        prints: what it writes to the standard output.
        needs_user: whether it shows a dialog first, which nobody sees in session 0, so that it never ends there.
        starts: command lines of programs it starts at the end and leaves running.
        restarts_machine: whether it restarts the machine itself.
    """

    takes: timedelta | str | None = timedelta()
    exit_code: int = _SUCCESS
    writes_registry: Mapping[str, Mapping[str, Data]] = field(default_factory=dict)
    writes_files: Mapping[str, str | bytes] = field(default_factory=dict)
    removes_registry: Sequence[str] = ()
    removes_files: Sequence[str] = ()
    view: View | None = None
    prints: str = ""
    needs_user: bool = False
    starts: Sequence[str] = ()
    restarts_machine: bool = False

    def __post_init__(self) -> None:
        """Check what can be checked before it runs.

        Raises:
            UsageError: for a duration, a key or data that cannot be; or one text where a list belongs.
        """
        if self.takes is not None:
            parse_duration(self.takes)
        for name in ("removes_registry", "removes_files", "starts"):
            if isinstance(getattr(self, name), str):
                raise UsageError(f"{name} is one text - write a list of them")
        try:
            for key in (*self.removes_registry, *self.writes_registry):
                RegistryPath.parse(key)
            for values in self.writes_registry.values():
                for data in values.values():
                    _typed(data)
        except ValueError as error:
            raise UsageError(str(error)) from error

    @classmethod
    def succeeds(cls, *, takes: timedelta | str = timedelta()) -> Installer:
        """Return one that exits with 0 and leaves nothing behind."""
        return cls(takes=takes)

    @classmethod
    def fails(cls, exit_code: int = _FAILURE, *, takes: timedelta | str = timedelta()) -> Installer:
        """Return one that fails, with Windows Installer's general error unless another is given."""
        return cls(takes=takes, exit_code=exit_code)

    @classmethod
    def hangs(cls) -> Installer:
        """Return one that never ends by itself."""
        return cls(takes=None)

    @classmethod
    def is_busy(cls) -> Installer:
        """Return one that finds another installation under way: it exits with 1618 at once."""
        return cls(exit_code=_BUSY)

    async def __call__(self, run: ProgramRun) -> int:
        """Do it all, as a program of the emulated machine."""
        if self.needs_user:
            await run.show_dialog("the setup program asks its first question")
        if self.takes is None:
            await run.machine.clock.wait(Signal())
        else:
            await run.sleep(self.takes)
        try:
            self._change(run)
        except MachineError as error:
            run.print_error(str(error))
            text = f"{run.info.name} cannot do what is declared of it: {error}"
            run.machine.timeline.add(Lane.PROCESS, "declared change failed", text, pid=run.info.pid)
            return error.winerror
        return self.exit_code

    def _change(self, run: ProgramRun) -> None:
        files = self._files(run)
        for path in self.removes_files:
            if _holds(files.resolve(files.expand(path)), run.info.image_path):
                run.leave_image()
            _remove_file(files, files.expand(path))
        for key in self.removes_registry:
            if run.registry.exists(key, view=self.view):
                run.registry.delete(key, view=self.view)
        for path, content in self.writes_files.items():
            files.write(files.expand(path), content.encode() if isinstance(content, str) else content)
        for key, values in self.writes_registry.items():
            run.registry.create(key, view=self.view)
            for name, data in values.items():
                run.registry.set(key, name, data, view=self.view)
        if self.prints:
            run.print(self.prints)
        for command_line in self.starts:
            run.start(files.expand(command_line))
        if self.restarts_machine:
            run.machine.power.restart(f"{run.info.name} restarts the machine")

    def _files(self, run: ProgramRun) -> ProcessFiles:
        """Return the volumes as the run sees them, or as a process of the asked for width would."""
        if self.view is None:
            return run.files
        bits: Bits = 32 if self.view is View.VIEW_32 else 64
        return run.files.in_view(self.view, run.machine.environment(run.info.account, bits))


def _holds(path: str, image_path: str) -> bool:
    return f"{folded(image_path)}\\".startswith(f"{folded(path)}\\")


def _remove_file(files: ProcessFiles, path: str) -> None:
    try:
        if not (files.info(path).is_directory and files.names(path)):
            files.delete(path)
    except MachineError as error:
        if error.winerror not in _NOT_FOUND:
            raise


def _typed(data: Data) -> RegistryValue:
    return data if isinstance(data, RegistryValue) else RegistryValue.of(data)
