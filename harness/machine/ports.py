"""What any Windows machine can do: small protocols that the agent is written against.

The emulated machine fulfils them in Python; a real Windows will through its own interfaces. Failures are
`MachineError` with the Win32 code. Looking at something never changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from harness.machine.capabilities import Capability
from harness.machine.clock import Clock, Signal
from harness.machine.storage import FileSystem, OpenMode, Registry
from harness.model.commands import Command, Exit, ProcessInfo
from harness.model.network import NetworkStatus
from harness.model.services import Recovery, ServiceInfo, StartType
from harness.model.toasts import Toast, ToastResponse
from harness.model.windows import SYSTEM, Account, Bits, MachineFacts
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
    "ServiceMain",
    "Services",
    "Power",
    "Network",
    "Machine",
    "OpenMode",
]


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
                no program, 740 when it asks for an administrator and the command is not elevated.
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
    is_locked: bool = False


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
    def is_on_screen(self) -> bool:
        """Whether the user sees it at the moment without opening the notification centre."""
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
    """The service control manager. Service names compare without regard to case."""

    def install(
        self,
        name: str,
        *,
        display_name: str,
        image_path: str,
        main: ServiceMain,
        bits: Bits = 64,
        start_type: StartType = StartType.AUTOMATIC,
        is_delayed: bool = False,
        depends_on: Sequence[str] = (),
        account: Account = SYSTEM,
        recovery: Recovery | None = None,
    ) -> None:
        """Register a service; an automatic one starts at once, and at every boot.

        Args:
            name: its key name.
            display_name: the name people see.
            image_path: the command line of its process.
            main: what it does.
            bits: how wide its process is.
            start_type: when it starts.
            is_delayed: whether an automatic one waits at a boot until others have started.
            depends_on: the services that are started before it.
            account: who it runs as.
            recovery: what happens when it ends without having been told to; None for nothing.

        Raises:
            MachineError: 1073 when there is a service of that name.
        """
        ...

    def query(self, name: str) -> ServiceInfo:
        """Return what is known of a service.

        Raises:
            MachineError: 1060 when there is no such service.
        """
        ...

    def names(self) -> Sequence[str]:
        """Return the key names of all services, sorted."""
        ...

    def start(self, name: str) -> None:
        """Start a service, and before it those it depends on.

        Raises:
            MachineError: 1060 when there is no such service, 1056 when it runs, 1058 when it is disabled, 1068 when one
                that it depends on cannot start.
        """
        ...

    def stop(self, name: str) -> None:
        """Stop a service.

        Raises:
            MachineError: 1060 when there is no such service, 1062 when it does not run, 1051 when others that run
                depend on it.
        """
        ...

    def restart(self, name: str) -> None:
        """Stop a service if it runs, and start it.

        Raises:
            MachineError: as `stop` and `start` do.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove a service; one that runs goes when it stops (until then it is marked, 1072).

        Raises:
            MachineError: 1060 when there is no such service, 1072 when it is marked already.
        """
        ...


class Power(Protocol):
    """The power switch."""

    def restart(self, reason: str, delay: timedelta = timedelta()) -> None:
        """Restart after the delay. Every process and service of this boot ends; automatic services start again."""
        ...

    @property
    def booted_at(self) -> datetime:
        """When the machine was last started."""
        ...


class Network(Protocol):
    """The way out."""

    @property
    def status(self) -> NetworkStatus:
        """How the machine is connected at the moment."""
        ...

    async def transfer(self, size_bytes: int) -> None:
        """Let so many bytes come or go; takes the time that the line needs.

        Raises:
            MachineError: with WinHTTP's code: 12007 when there is no way out at the beginning, 12030 when the line
                breaks on the way.
        """
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
    def network(self) -> Network:
        """The way out."""
        ...

    @property
    def timeline(self) -> Timeline:
        """What happened."""
        ...

    @property
    def capabilities(self) -> Collection[Capability]:
        """What can be done with this machine that cannot be done with every one."""
        ...

    def environment(self, account: Account, bits: Bits) -> Mapping[str, str]:
        """Return the variables a new process of that account and width gets."""
        ...
