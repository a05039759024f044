"""What the parts of the agent share: the machine, the service, the settings, and the agent's memory and voice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from harness.agent.folders import AgentFolders
from harness.agent.gateway import Gateway
from harness.agent.log import AgentLog
from harness.agent.settings import AgentSettings
from harness.agent.store import AgentStore
from harness.errors import MachineError
from harness.machine.clock import Task
from harness.machine.ports import Machine
from harness.timeline import Event, Lane

__all__ = ["Toolbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """Handed to every step of a check-in.

    Attributes:
        machine: the machine.
        gateway: the service.
        settings: intervals, limits and guesses.
        seed: what ids and jitter are drawn from.
        log: the log files.
        store: the registry keys that survive a restart.
        service_name: the agent's own service.
        phases: what is being done right now, by user id and app id; for those who watch, nothing depends on it.
        transfers: downloads that are under way or done, by the name of the content, with how they failed; one that
            takes longer than the agent waits goes on by itself.
    """

    machine: Machine
    gateway: Gateway
    settings: AgentSettings
    seed: int
    log: AgentLog
    store: AgentStore
    service_name: str
    phases: dict[tuple[str, str], str] = field(default_factory=dict)
    transfers: dict[str, Task[MachineError | None]] = field(default_factory=dict)

    @property
    def folders(self) -> AgentFolders:
        """Where the agent keeps things on this machine."""
        return AgentFolders.on(self.machine.facts)

    @property
    def own_pid(self) -> int:
        """The agent's own process; 0 when it does not run as a service."""
        try:
            return self.machine.services.query(self.service_name).pid
        except MachineError:
            return 0

    def now(self) -> datetime:
        """Return the machine's wall time, in UTC."""
        return self.machine.clock.now()

    def tell(self, kind: str, text: str, **data: str | float | bool | None) -> Event:
        """Put something the agent did onto the timeline."""
        return self.machine.timeline.add(Lane.AGENT, kind, text, **data)
