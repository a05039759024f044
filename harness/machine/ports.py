"""What any Windows machine can do: small protocols that the agent is written against.

The emulated machine fulfils them in Python; a real Windows will through its own interfaces. Failures are
`MachineError` with the Win32 code. Looking at something never changes it.

Registry and files are addressed as a 64-bit program running as SYSTEM addresses them; the `view` argument chooses
the 32-bit half. A user's keys are reached by `RegistryPath.of_user(sid)`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Literal, Protocol

from harness.machine.clock import Clock, Signal
from harness.model.commands import Command, Exit, ProcessInfo
from harness.model.toasts import Toast, ToastResponse
from harness.model.windows import (
    Account,
    Bits,
    FileInfo,
    FileVersion,
    MachineFacts,
    RegistryPath,
    RegistryValue,
    View,
)
from harness.timeline import Timeline

__all__ = [
    "Registry",
    "FileSystem",
    "Process",
    "Processes",
    "Session",
    "Sessions",
    "ShownToast",
    "Toasts",
    "Services",
    "Power",
    "Machine",
]


class Registry(Protocol):
    """The registry. Names compare without regard to case and keep the case they were made with."""

    def exists(self, path: RegistryPath, view: View = View.VIEW_64) -> bool:
        """Return whether the key exists."""
        ...

    def get(self, path: RegistryPath, name: str = "", view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value; None when the key or the value is missing. The empty name is the default value."""
        ...

    def values(self, path: RegistryPath, view: View = View.VIEW_64) -> Mapping[str, RegistryValue]:
        """Return the values of a key in the order they were made.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def subkeys(self, path: RegistryPath, view: View = View.VIEW_64) -> Sequence[str]:
        """Return the names of the keys below a key, sorted as Windows lists them.

        Raises:
            MachineError: 2 when the key does not exist.
        """
        ...

    def create(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Make a key and those above it; an existing one stays as it is."""
        ...

    def set(self, path: RegistryPath, name: str, value: RegistryValue, view: View = View.VIEW_64) -> None:
        """Set a value, making the key if need be."""
        ...

    def delete_value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> None:
        """Delete a value.

        Raises:
            MachineError: 2 when it does not exist.
        """
        ...

    def delete(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Delete a key with everything below it.

        Raises:
            MachineError: 2 when it does not exist.
        """
        ...


class FileSystem(Protocol):
    r"""The volumes. Paths are absolute Windows paths as text, `C:\Windows\Temp`; case is kept but not regarded."""

    def exists(self, path: str, view: View = View.VIEW_64) -> bool:
        """Return whether a file or folder is there."""
        ...

    def info(self, path: str, view: View = View.VIEW_64) -> FileInfo:
        """Return size, times and kind.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        ...

    def version(self, path: str, view: View = View.VIEW_64) -> FileVersion | None:
        """Return the fixed file version from the PE resource; None when the file has none."""
        ...

    def names(self, path: str, view: View = View.VIEW_64) -> Sequence[str]:
        """Return what a folder holds, sorted without regard to case.

        Raises:
            MachineError: 3 when the folder is not there, 267 when it is a file.
        """
        ...

    def open(self, path: str, mode: Literal["rb", "wb", "ab", "w+b"] = "rb", view: View = View.VIEW_64) -> BinaryIO:
        """Open a file. Writing needs its folder to exist. However large, a file never has to fit into memory."""
        ...

    def make_folder(self, path: str, view: View = View.VIEW_64) -> None:
        """Make a folder and those above it; an existing one stays as it is."""
        ...

    def delete(self, path: str, view: View = View.VIEW_64) -> None:
        """Delete a file, or a folder with everything in it.

        Raises:
            MachineError: 2 or 3 when it is not there, 32 when it is in use.
        """
        ...

    def move(self, source: str, target: str, view: View = View.VIEW_64) -> None:
        """Rename a file or folder; an existing target file is replaced."""
        ...

    def free_space_mb(self, drive: str = "C:") -> int:
        """Return the free space of a volume in megabytes."""
        ...


class Process(Protocol):
    """A process that was started."""

    @property
    def info(self) -> ProcessInfo:
        """Its row of the process table."""
        ...

    async def wait(self, timeout: timedelta | None = None) -> Exit | None:
        """Wait for its end; None when it still runs at the time-out."""
        ...

    def kill(self, *, tree: bool = False) -> None:
        """End it, exit code 1; with `tree` its descendants too. Otherwise those live on."""
        ...


class Processes(Protocol):
    """The process table."""

    def start(self, command: Command) -> Process:
        """Start a program; the lookup is CreateProcess's.

        Raises:
            MachineError: 2 when no program is found, 267 when the working folder is not there, 193 when the file is
                no program.
            NotEmulated: on an emulated machine, when nothing says what the program does.
        """
        ...

    def running(self, name: str | None = None) -> Sequence[ProcessInfo]:
        """Return what runs now, oldest first; with a name (`setup.exe`) only processes of that image."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in user. Session 0 belongs to services and is never listed."""

    id: int
    account: Account
    is_active: bool = True


class Sessions(Protocol):
    """Who is signed in."""

    def signed_in(self) -> Sequence[Session]:
        """Return the users' sessions, the active one first."""
        ...


class ShownToast(Protocol):
    """A toast on somebody's screen."""

    @property
    def toast(self) -> Toast:
        """What it says."""
        ...

    @property
    def shown_at(self) -> datetime:
        """When it appeared."""
        ...

    @property
    def session(self) -> Session:
        """Who sees it."""
        ...

    @property
    def response(self) -> ToastResponse | None:
        """What the user did; None while it is unanswered."""
        ...

    @property
    def answered(self) -> Signal:
        """Set when the user has answered or the toast has gone."""
        ...


class Toasts(Protocol):
    """Where toasts are shown."""

    def show(self, toast: Toast, session: Session) -> ShownToast:
        """Show a toast in a user's session."""
        ...

    @property
    def shown(self) -> Sequence[ShownToast]:
        """Everything that was shown since the machine was made, oldest first."""
        ...


#: What a service does while it runs; it is called anew at every start.
ServiceMain = Callable[[], Coroutine[Any, Any, None]]


class Services(Protocol):
    """The service control manager."""

    def install(self, name: str, *, display_name: str, image_path: str, main: ServiceMain, bits: Bits = 64) -> None:
        """Register an automatic service that runs as SYSTEM; it starts at once, and at every boot."""
        ...

    def restart(self, name: str) -> None:
        """Stop and start a service.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        ...


class Power(Protocol):
    """Restarting the machine."""

    def restart(self, reason: str, delay: timedelta = timedelta()) -> None:
        """Restart after the delay. Every process and service of this boot ends; automatic services start again."""
        ...

    @property
    def booted_at(self) -> datetime:
        """When the machine was last started."""
        ...


class Machine(Protocol):
    """One Windows machine."""

    @property
    def facts(self) -> MachineFacts:
        """What an inventory would say."""
        ...

    @property
    def clock(self) -> Clock:
        """The machine's time."""
        ...

    @property
    def registry(self) -> Registry:
        """The registry."""
        ...

    @property
    def files(self) -> FileSystem:
        """The volumes."""
        ...

    @property
    def processes(self) -> Processes:
        """The process table."""
        ...

    @property
    def services(self) -> Services:
        """The service control manager."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        ...

    @property
    def toasts(self) -> Toasts:
        """Where toasts are shown."""
        ...

    @property
    def power(self) -> Power:
        """Restarting."""
        ...

    @property
    def timeline(self) -> Timeline:
        """What happened."""
        ...

    def environment(self, account: Account, bits: Bits) -> Mapping[str, str]:
        """Return the variables a new process of that account and width gets."""
        ...
