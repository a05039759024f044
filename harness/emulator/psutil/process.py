"""`psutil.Process` over a process of the emulated machine.

Source: psutil 7's documentation, "Process class", and what it says of Windows there: names of variables in upper case,
15 as the exit code of what `kill` ends, nothing of `cwd` and `environ` for whoever may not open the process.
"""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from harness.emulator.killing import may_open
from harness.emulator.psutil.errors import AccessDenied, NoSuchProcess, TimeoutExpired
from harness.emulator.psutil.kernel import IDLE, KERNEL
from harness.errors import MachineError, NotEmulated
from harness.formats.commandline import split_command_line
from harness.model.commands import ProcessInfo

if TYPE_CHECKING:
    from harness.emulator.psutil.module import Psutil

__all__ = ["Process"]

#: What `as_dict` and `process_iter` may be asked for, and what of that is not modelled.
_KNOWN = frozenset(
    ("pid", "name", "exe", "cmdline", "cwd", "environ", "username", "ppid", "create_time", "status")
)  # fmt: skip
_NOT_MODELLED = frozenset(
    (
        "cpu_affinity", "cpu_percent", "cpu_times", "io_counters", "ionice", "memory_full_info", "memory_info",
        "memory_maps", "memory_percent", "net_connections", "nice", "num_ctx_switches", "num_handles", "num_threads",
        "open_files", "threads",
    )
)  # fmt: skip
#: What psutil's have elsewhere than on Windows, and what they have only after `process_iter` or `wait_procs`.
_NOT_THERE = frozenset(("uids", "gids", "terminal", "num_fds", "rlimit", "cpu_num", "info", "returncode"))


class Process:
    """A process of the emulated machine, as psutil gives it.

    Args:
        pid: its id; None for the program that asks.

    Raises:
        NoSuchProcess: when there is none with that id.
        NotEmulated: for None, when the program that asks is no process of the machine.
    """

    __module__ = "psutil"

    #: The module this class belongs to; every machine has a class of its own.
    psutil: ClassVar[Psutil]

    def __init__(self, pid: int | None = None) -> None:
        if pid is None:
            pid = self.psutil.own_pid()
        if not isinstance(pid, int):
            raise TypeError(f"pid must be an integer (got {pid!r})")
        if pid < 0:
            raise ValueError(f"pid must be a positive integer (got {pid})")
        process = self.psutil.running(pid)
        if process is None:
            raise NoSuchProcess(pid, msg="process PID not found")
        self.info: dict[str, Any]
        self._process = process

    # What it is

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.info.pid

    def ppid(self) -> int:
        """Return the id of the process that started it, which may have ended long ago."""
        return self._alive().parent_pid

    def name(self) -> str:
        """Return its image name."""
        return self._alive().name

    def exe(self) -> str:
        """Return the file it runs; the kernel has none."""
        if self.pid == IDLE:
            raise AccessDenied(IDLE, self._process.info.name)
        if self._is_kernel:
            return ""
        return self._alive().image_path

    def cmdline(self) -> list[str]:
        """Return its command line, split as a C program splits it."""
        return [] if self._is_kernel else split_command_line(self._opened().command_line)

    def cwd(self) -> str:
        """Return its current folder."""
        if self._is_kernel:
            raise AccessDenied(self.pid, self._process.info.name)
        return self._opened().working_directory

    def environ(self) -> dict[str, str]:
        """Return its variables; names are in upper case."""
        if not self._is_kernel:
            self._opened()
        return {name.upper(): value for name, value in self._process.environment.items()}

    def username(self) -> str:
        r"""Return who it runs as, `DOMAIN\name`."""
        return str((self._alive() if self._is_kernel else self._opened()).account)

    def create_time(self) -> float:
        """Return when it was started, in seconds since 1970."""
        return self.psutil.boot_time() if self._is_kernel else self._process.info.started.timestamp()

    def status(self) -> str:
        """Return `running`: on Windows every process is that is not suspended."""
        self._alive()
        return "running"

    def is_running(self) -> bool:
        """Return whether it has not ended."""
        return self._process.exit is None

    # Its family

    def parent(self) -> Process | None:
        """Return the process that started it; None when that has ended."""
        above = self.ppid()
        if above == IDLE and self.pid != KERNEL:
            return None  # the process table says 0 for what is not on it
        try:
            return type(self)(above)
        except NoSuchProcess:
            self._alive()
            return None

    def parents(self) -> list[Process]:
        """Return its parent, that one's parent, and so on."""
        found: list[Process] = []
        above = self.parent()
        while above is not None:
            found.append(above)
            above = above.parent()
        return found

    def children(self, recursive: bool = False) -> list[Process]:  # noqa: FBT001, FBT002 - psutil's signature
        """Return what it started and still runs; with `recursive` what that started too."""
        self._alive()
        if self.pid == IDLE:
            return [type(self)(KERNEL)]
        below = self.psutil.table.descendants(self.pid)
        return [type(self)(one.info.pid) for one in below if recursive or one.info.parent_pid == self.pid]

    # Many things at once

    @contextmanager
    def oneshot(self) -> Iterator[None]:
        """Do nothing in particular: asking is cheap here."""
        yield

    def as_dict(self, attrs: Collection[str] | None = None, ad_value: Any = None) -> dict[str, Any]:
        """Return what the named methods return; `ad_value` for those that may not be asked.

        Raises:
            TypeError: when `attrs` is no list, tuple or set.
            ValueError: for a name that psutil does not have.
            NotEmulated: for a name that is not modelled, or when none are given, which means all.
        """
        if attrs is not None and not isinstance(attrs, list | tuple | set | frozenset):
            raise TypeError(f"invalid attrs type {type(attrs)}")
        unknown = sorted(set(attrs or ()) - _KNOWN - _NOT_MODELLED)
        if unknown:
            names = ", ".join(map(repr, unknown))
            raise ValueError(f"invalid attr name{'s' if len(unknown) > 1 else ''} {names}")
        return {name: self._value(name, ad_value) for name in attrs or sorted(_KNOWN | _NOT_MODELLED)}

    # Ending it

    def kill(self) -> None:
        """End it; its exit code is 15."""
        self._alive()
        try:
            self.psutil.table.terminate(self.pid, self.psutil.token, code=signal.SIGTERM)
        except MachineError as error:
            raise AccessDenied(self.pid, self._process.info.name) from error

    terminate = kill

    def send_signal(self, sig: int) -> None:
        """End it with SIGTERM.

        Raises:
            ValueError: for another signal than Windows has.
            NotEmulated: for Ctrl+C and Ctrl+Break.
        """
        if sig == signal.SIGTERM:
            self.kill()
        elif sig in (0, 1):  # CTRL_C_EVENT, CTRL_BREAK_EVENT
            raise _not_modelled("Process.send_signal(CTRL_C_EVENT)")
        else:
            raise ValueError("only SIGTERM, CTRL_C_EVENT and CTRL_BREAK_EVENT signals are supported on Windows")

    def wait(self, timeout: float | None = None) -> int | None:
        """Return its exit code when it has ended; no time passes on the machine meanwhile.

        Raises:
            TimeoutExpired: when it still runs.
            NotEmulated: when it still runs and there is no time-out, since the caller would wait for ever.
        """
        if timeout is not None and not isinstance(timeout, int | float):
            raise TypeError(f"timeout must be an int or float (got {type(timeout)})")
        if timeout is not None and timeout < 0:
            raise ValueError(f"timeout must be positive or zero (got {timeout})")
        if self._process.exit is not None:
            return self._process.exit.code
        if timeout is None:
            raise NotEmulated(
                "waiting for a process without a time-out",
                where="psutil",
                hint="give a time-out, or advance the machine's time until the process ends and ask then",
            )
        raise TimeoutExpired(timeout, self.pid, self._process.info.name)

    # Comparing

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Process):
            return NotImplemented
        is_same_kernel = self._is_kernel and self.pid == other.pid and self.psutil.table is other.psutil.table
        return is_same_kernel or self._process is other._process

    def __hash__(self) -> int:
        return hash(self.pid)

    def __repr__(self) -> str:
        info = self._process.info
        status = "running" if self.is_running() else "terminated"
        return f"psutil.Process(pid={info.pid}, name={info.name!r}, status={status!r})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in _NOT_THERE:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        raise _not_modelled(f"Process.{name}")

    def _value(self, name: str, ad_value: Any) -> Any:
        if name == "pid":
            return self.pid
        try:
            return getattr(self, name)()
        except AccessDenied:
            return ad_value

    @property
    def _is_kernel(self) -> bool:
        return self._process.info.pid in (IDLE, KERNEL)

    def _alive(self) -> ProcessInfo:
        if self._process.exit is not None:
            raise NoSuchProcess(self.pid, self._process.info.name)
        return self._process.info

    def _opened(self) -> ProcessInfo:
        info = self._alive()
        if not may_open(info, self.psutil.token):
            raise AccessDenied(info.pid, info.name)
        return info


def _not_modelled(what: str) -> NotEmulated:
    hint = "the machine's psutil knows processes, users, start-up time, disks, memory and processors in number"
    return NotEmulated(f"psutil.{what}", where="psutil", hint=hint)
