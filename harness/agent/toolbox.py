"""What the parts of the agent share: the machine, the service, the settings, and the agent's memory and voice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from harness.agent.folders import AgentFolders
from harness.agent.gateway import Gateway
from harness.agent.log import AgentLog
from harness.agent.settings import AgentSettings
from harness.agent.store import AgentStore
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
        phases: what is being done right now, by user id and app id; for those who watch, nothing depends on it.
    """

    machine: Machine
    gateway: Gateway
    settings: AgentSettings
    seed: int
    log: AgentLog
    store: AgentStore
    phases: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def folders(self) -> AgentFolders:
        """Where the agent keeps things on this machine."""
        return AgentFolders.on(self.machine.facts)

    def now(self) -> datetime:
        """Return the machine's wall time, in UTC."""
        return self.machine.clock.now()

    def tell(self, kind: str, text: str, **data: str | float | bool | None) -> Event:
        """Put something the agent did onto the timeline."""
        return self.machine.timeline.add(Lane.AGENT, kind, text, **data)
