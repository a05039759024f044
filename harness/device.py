"""A managed device: a machine with the agent on it, enrolled in a tenant. The one place that puts a world together."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING

from harness.agent.explanation import Explanation, explain
from harness.agent.service import SERVICE_NAME, Agent
from harness.agent.settings import AgentSettings
from harness.agent.status import AppStatus
from harness.durations import parse_duration
from harness.emulator.accounts import entra_account
from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.emulator.machines import (
    DEFAULT_MACHINE,
    MachineDefinition,
    checked_computer_name,
    machine_definition,
)
from harness.errors import UsageError
from harness.formats.cmtrace import LogEntry, read_log
from harness.machine.ports import ShownToast
from harness.model.apps import Win32App
from harness.model.names import folded
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

    Args:
        machine: the machine.
        tenant: where it is enrolled.
        agent: what runs on it.
        administrators: who is an administrator of it, by folded name.

    Attributes:
        machine: the Windows machine.
        tenant: what its administrator assigned, and what it reported.
        agent: the Intune Management Extension on it.
    """

    def __init__(
        self, machine: EmulatedMachine, tenant: Tenant, agent: Agent, *, administrators: Collection[str] = ()
    ) -> None:
        self._administrators = administrators
        self.machine = machine
        self.tenant = tenant
        self.agent = agent
        # In a notebook devices are made and forgotten; a forgotten one ends as a closed one does. Whoever holds its
        # machine alone is told so as soon as time is to pass.
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
        is_administrator = folded(name) in self._administrators
        return entra_account(name, seed=str(self.agent.seed), is_administrator=is_administrator)

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

    def lose_power(self, *, returns_after: str | timedelta = "1 min") -> None:
        """Cut the power this instant; what is written stays, everything else is gone, and the computer starts again.

        Args:
            returns_after: how long the power is away.
        """
        self.machine.power.lose_power(returns_after=returns_after)

    def sleep(self, duration: str | timedelta) -> None:
        """Let the computer sleep, and wake up again; nothing on it goes on meanwhile."""
        self.machine.power.sleep(duration)
        self.advance(duration)

    def go_offline(self, *, for_: str | timedelta | None = None) -> None:
        """Take the network away, for good or for a time; what is being downloaded breaks off."""
        self.machine.network.goes_offline(for_=for_)
        self.advance(timedelta())

    def go_online(self) -> None:
        """Give the network back."""
        self.machine.network.goes_online()
        self.advance(timedelta())

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


def _administrators(definition: MachineDefinition) -> frozenset[str]:
    """Return the folded names of the users who are administrators of a machine."""
    known = definition.additions.users if definition.additions else ()
    return frozenset(folded(user.name) for user in known if user.is_administrator)


def emulated_device(
    name: str | None = None,
    *,
    release: str | PathLike[str] | MachineDefinition = DEFAULT_MACHINE,
    user: str | None = "ada",
    seed: int = 1,
    start: datetime = START,
    settings: AgentSettings | None = None,
) -> ManagedDevice:
    """Return a new emulated device, enrolled in a new tenant, with its agent started and a user signed in.

    Args:
        name: the computer's name; when not said, what the definition says, else `PC-042`.
        release: the machine: a name such as `windows-11-23h2` or `Windows 11 23H2`, a file that describes one, or what
            `machine_definition` returned.
        user: who is signed in; None for nobody.
        seed: decides everything that is random on a real device.
        start: when the computer is switched on, aware.
        settings: the agent's intervals, limits and guesses.

    Raises:
        UsageError: for a release that is not known, a file that cannot be read, or a name that no computer has.
        FormatError: with everything that is wrong in a file.
        NotEmulated: if a file asks for something that is not emulated.
    """
    definition = machine_definition(release)
    facts = replace(definition.facts, name=checked_computer_name(name)) if name else definition.facts
    administrators = _administrators(definition)
    people = [entra_account(user, seed=str(seed), is_administrator=folded(user) in administrators)] if user else []
    machine = EmulatedMachine(facts, VirtualClock(start), users=people, seed=seed, additions=definition.additions)
    tenant = Tenant()
    agent = Agent(machine, tenant, settings or AgentSettings(), seed=seed)
    agent.install()
    return ManagedDevice(machine, tenant, agent, administrators=administrators)
