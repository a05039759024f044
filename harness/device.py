"""A managed device: a machine with the agent on it, enrolled in a tenant. The one place that puts a world together."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from harness.agent.explanation import Explanation, explain
from harness.agent.service import SERVICE_NAME, Agent
from harness.agent.settings import AgentSettings
from harness.agent.status import AppStatus
from harness.durations import parse_duration
from harness.emulator.accounts import entra_account
from harness.emulator.baseline import MACHINES
from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.errors import UsageError
from harness.formats.cmtrace import LogEntry, read_log
from harness.machine.ports import ShownToast
from harness.model.apps import Win32App
from harness.model.windows import Account
from harness.tenant import Tenant
from harness.timeline import Timeline

if TYPE_CHECKING:
    from typing import Self

__all__ = ["ManagedDevice", "emulated_device"]

#: When emulated devices are switched on, unless told otherwise: a Monday morning.
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class ManagedDevice:
    """A device that users hold.

    Attributes:
        machine: the Windows machine.
        tenant: what its administrator assigned, and what it reported.
        agent: the Intune Management Extension on it.
    """

    def __init__(self, machine: EmulatedMachine, tenant: Tenant, agent: Agent) -> None:
        self.machine = machine
        self.tenant = tenant
        self.agent = agent
        # In a notebook devices are made and forgotten; a forgotten one ends as a closed one does.
        self._close = weakref.finalize(self, _close, machine, tenant)

    @property
    def clock(self) -> VirtualClock:
        """The machine's time."""
        return self.machine.clock

    @property
    def timeline(self) -> Timeline:
        """Everything that happened."""
        return self.machine.timeline

    @property
    def toasts(self) -> Sequence[ShownToast]:
        """Every toast that was shown, oldest first."""
        return self.machine.toasts.shown

    def sync(self) -> None:
        """Let the user press Sync in the Company Portal: the agent checks in now, and works on as time advances."""
        self.agent.sync()
        self.advance(timedelta())

    def advance(self, duration: str | timedelta) -> None:
        """Let time pass.

        Args:
            duration: for example `"4 min"` or a `timedelta`.
        """
        self.clock.advance(parse_duration(duration))

    def run_until(self, condition: Callable[[], bool], limit: str | timedelta) -> bool:
        """Let time pass until the condition holds; False when the limit passed first."""
        return self.clock.run_until(condition, parse_duration(limit))

    def restart(self) -> None:
        """Restart the computer as somebody at it would; returns when it is up again.

        Raises:
            UsageError: if it does not come up within an hour of machine time.
        """
        booted = self.machine.power.booted_at
        self.machine.power.restart("the user restarts the computer")
        if not self.run_until(lambda: self.machine.power.booted_at > booted, "1 h"):
            raise UsageError("the computer does not come up again within an hour of its time")
        self.advance(timedelta())  # what starts with it has begun

    def restart_agent(self) -> None:
        """Restart the agent's service as an administrator does; it knows then what it wrote to the registry.

        Raises:
            MachineError: 1115 while the computer restarts.
        """
        self.machine.services.restart(SERVICE_NAME)

    def status(self, app: Win32App | str) -> AppStatus:
        """Return how far an app is, and what the agent knows of it."""
        return self.agent.status_of(self.tenant.app(app))

    def explain(self, app: Win32App | str) -> Explanation:
        """Say why an app is in its state: what every rule looked for, what was there, and what would help."""
        return explain(self.tenant.app(app), self.status(app), self.machine)

    def account(self, name: str) -> Account:
        """Return the account of a user of this device's tenant by name; the same name is the same person."""
        return entra_account(name, seed=str(self.agent.seed))

    def sign_in(self, name: str) -> None:
        """Sign a user in, or switch to the session they have; the agent checks in when a session begins."""
        account = self.account(name)
        is_new = all(session.account.sid != account.sid for session in self.machine.sessions.signed_in())
        self.machine.sign_in(account)
        if is_new:
            self.agent.session_changed()

    def sign_out(self, name: str) -> None:
        """Sign a user out; everything in the session ends.

        Raises:
            UsageError: if the user is not signed in.
        """
        self.machine.sign_out(self.account(name))

    def install(self, app: Win32App | str) -> None:
        """Let the user press Install in the Company Portal."""
        self.agent.request_app(self.tenant.app(app).id)
        self.advance(timedelta())

    def uninstall(self, app: Win32App | str) -> None:
        """Let the user press Uninstall in the Company Portal."""
        self.agent.request_app(self.tenant.app(app).id, uninstall=True)
        self.advance(timedelta())

    def log(self, name: str = "AppWorkload") -> list[LogEntry]:
        """Return what one of the agent's log files holds, by its name without `.log`; empty when there is none yet."""
        path = f"{self.agent.log_folder}\\{name}.log"
        if not self.machine.files.exists(path):
            return []
        text = self.machine.files.read(path).decode("utf-8")
        return [record for record in read_log(text.splitlines(keepends=True)) if isinstance(record, LogEntry)]

    def close(self) -> None:
        """Give back the memory and temporary files of the machine; the device is of no use afterwards."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close(machine: EmulatedMachine, tenant: Tenant) -> None:
    machine.close()
    tenant.close()


def emulated_device(
    name: str = "PC-042",
    *,
    release: str = "Windows 11 23H2",
    user: str | None = "ada",
    seed: int = 1,
    start: datetime = START,
    settings: AgentSettings | None = None,
) -> ManagedDevice:
    """Return a new emulated device, enrolled in a new tenant, with its agent started and a user signed in.

    Args:
        name: the computer's name.
        release: one of `harness.emulator.baseline.MACHINES`.
        user: who is signed in; None for nobody.
        seed: decides everything that is random on a real device.
        start: when the computer is switched on, aware.
        settings: the agent's intervals, limits and guesses.

    Raises:
        UsageError: for a release that is not known.
    """
    if release not in MACHINES:
        raise UsageError(f"there is no emulated '{release}' - use one of {', '.join(MACHINES)}")
    people = [entra_account(user, seed=str(seed))] if user else []
    machine = EmulatedMachine(replace(MACHINES[release], name=name), VirtualClock(start), users=people)
    tenant = Tenant()
    agent = Agent(machine, tenant, settings or AgentSettings(), seed=seed)
    agent.install()
    return ManagedDevice(machine, tenant, agent)
