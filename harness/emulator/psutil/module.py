"""The module that code under test gets when it imports psutil.

Source: psutil 7's documentation, for names, types and what Windows has of it.
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Collection, Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.emulator.psutil import errors
from harness.emulator.psutil.kernel import kernel_processes
from harness.emulator.psutil.memory import svmem
from harness.emulator.psutil.process import Process
from harness.errors import NotEmulated
from harness.model.windows import SYSTEM, Token

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine
    from harness.emulator.processes import EmulatedProcess, EmulatedProcesses

__all__ = ["Psutil"]

#: What psutil has on Windows and is not modelled.
_NOT_MODELLED = frozenset(
    (
        "Popen", "swap_memory", "cpu_times", "cpu_percent", "cpu_times_percent", "cpu_stats", "cpu_freq", "getloadavg",
        "net_io_counters", "net_connections", "net_if_addrs", "net_if_stats", "disk_io_counters", "sensors_battery",
        "win_service_iter", "win_service_get",
    )
)  # fmt: skip
_MIB = 2**20


class suser(NamedTuple):  # noqa: N801 - psutil's name
    """A signed-in user."""

    name: str
    terminal: str | None
    host: str | None
    started: float
    pid: int | None


class sdiskusage(NamedTuple):  # noqa: N801 - psutil's name
    """The space of a volume, in bytes."""

    total: int
    used: int
    free: int
    percent: float


class sdiskpart(NamedTuple):  # noqa: N801 - psutil's name
    """A volume with a letter."""

    device: str
    mountpoint: str
    fstype: str
    opts: str


class Psutil(ModuleType):
    """psutil, looking at an emulated machine as one of its programs.

    Args:
        machine: which one.
        token: whose rights the program has.
        pid: the program's own process; None when it is not on the process table.

    Attributes:
        table: the process table.
        token: whose rights the program has.
        Process: the class of this machine's processes.
    """

    Error = errors.Error
    NoSuchProcess = errors.NoSuchProcess
    ZombieProcess = errors.ZombieProcess
    AccessDenied = errors.AccessDenied
    TimeoutExpired = errors.TimeoutExpired

    #: The version whose documentation is followed.
    __version__ = "7.0.0"
    version_info = (7, 0, 0)

    STATUS_RUNNING = "running"
    STATUS_STOPPED = "stopped"
    WINDOWS = True
    LINUX = MACOS = OSX = POSIX = BSD = FREEBSD = NETBSD = OPENBSD = SUNOS = AIX = False

    def __init__(self, machine: EmulatedMachine, token: Token | None = None, pid: int | None = None) -> None:
        super().__init__("psutil", "psutil, as far as the emulated machine answers it.")
        self.table: EmulatedProcesses = machine.processes
        self.token = token or Token(account=SYSTEM, is_elevated=True)
        self.Process: type[Process] = type("Process", (Process,), {"psutil": self, "__module__": "psutil"})
        self._machine = machine
        self._pid = pid
        self._kernel = kernel_processes(machine.processes, machine.power.booted_at)

    # Processes

    def pids(self) -> list[int]:
        """Return the ids of everything that runs, rising."""
        kernel = () if self._machine.power.is_down else self._kernel
        return [*kernel, *sorted(row.pid for row in self.table.running())]

    def pid_exists(self, pid: int) -> bool:
        """Return whether a process with that id runs."""
        return self.running(pid) is not None

    def running(self, pid: int) -> EmulatedProcess | None:
        """Return the process with that id, if there is one: of the process table, or Windows' kernel."""
        if pid in self._kernel and not self._machine.power.is_down:
            return self._kernel[pid]
        return self.table.get(pid)

    def process_iter(self, attrs: Collection[str] | None = None, ad_value: Any = None) -> Iterator[Process]:
        """Yield every process, by rising id; with `attrs` each has an `info` with what `as_dict` returns."""
        for pid in self.pids():
            try:
                process = self.Process(pid)
                if attrs is not None:
                    process.info = process.as_dict(attrs, ad_value)
            except errors.NoSuchProcess:
                continue  # ended since
            yield process

    def wait_procs(
        self,
        procs: Iterable[Process],
        timeout: float | None = None,
        callback: Callable[[Process], object] | None = None,
    ) -> tuple[list[Process], list[Process]]:
        """Return those that have ended and those that have not; no time passes on the machine meanwhile.

        Raises:
            NotEmulated: when some still run and there is no time-out, since the caller would wait for ever.
        """
        gone: list[Process] = []
        alive: list[Process] = []
        for process in procs:
            try:
                code = process.wait(timeout)
            except errors.TimeoutExpired:
                alive.append(process)
                continue
            process.returncode = code  # type: ignore[attr-defined]  # psutil puts it there
            gone.append(process)
            if callback:
                callback(process)
        return gone, alive

    def own_pid(self) -> int:
        """Return the id of the program that asks.

        Raises:
            NotEmulated: when it is no process of the machine.
        """
        if self._pid is None:
            hint = "give the id of a process, or ask from inside a program with `run.psutil`"
            raise NotEmulated("psutil.Process() for code that runs outside the machine", where="psutil", hint=hint)
        return self._pid

    # The machine

    def users(self) -> list[suser]:
        """Return who is signed in; a session counts from the first process in it."""
        started = {}
        for row in reversed(self.table.running()):
            started[row.session_id] = row.started.timestamp()
        return [
            suser(session.account.name, None, None, started.get(session.id, self.boot_time()), None)
            for session in self._machine.sessions.signed_in()
        ]

    def boot_time(self) -> float:
        """Return when the machine was started, in seconds since 1970."""
        return self._machine.power.booted_at.timestamp()

    def cpu_count(self, logical: bool = True) -> int:  # noqa: FBT001, FBT002 - psutil's signature
        """Return the number of logical processors.

        Raises:
            NotEmulated: for the number of cores.
        """
        if not logical:
            hint = "only logical processors are known"
            raise NotEmulated("psutil.cpu_count(logical=False)", where="psutil", hint=hint)
        return self._machine.facts.processors

    def virtual_memory(self) -> svmem:
        """Return the memory; only its `total` is known."""
        return svmem(self._machine.facts.memory_mb * _MIB)

    def disk_partitions(self, all: bool = False) -> list[sdiskpart]:  # noqa: A002, ARG002, FBT001, FBT002 - psutil's
        """Return the volumes with a letter."""
        drives = (volume.drive for volume in self._machine.files.volumes())
        return [sdiskpart(f"{drive}\\", f"{drive}\\", "NTFS", "rw,fixed") for drive in drives]

    def disk_usage(self, path: str) -> sdiskusage:
        """Return the space of the volume that a path is on.

        Raises:
            MachineError: an `OSError`, 2 or 3 when the path is not there.
        """
        place = self._machine.files.info(path).path
        drive = ntpath.splitdrive(place)[0].upper()
        volume = next(volume for volume in self._machine.files.volumes() if volume.drive.upper() == drive)
        total, free = volume.size_bytes, volume.free_bytes
        return sdiskusage(total, total - free, free, round((total - free) / total * 100, 1))

    def __getattr__(self, name: str) -> Any:
        if name in _NOT_MODELLED:
            hint = "the machine's psutil knows processes, users, start-up time, disks, memory and processors in number"
            raise NotEmulated(f"psutil.{name}", where="psutil", hint=hint)
        raise AttributeError(f"module 'psutil' has no attribute {name!r}")
