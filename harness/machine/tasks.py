"""What Task Scheduler can do, as a port beside those of `ports`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.model.tasks import ScheduledTask, TaskInfo

__all__ = ["Tasks"]


class Tasks(Protocol):
    r"""Task Scheduler. Paths begin with a backslash (`\Contoso\Update`) and compare without regard to case.

    Errors of Windows are `MachineError` with the Win32 code, those of Task Scheduler with its HRESULT.
    """

    def register(self, task: ScheduledTask, *, replace: bool = False) -> None:
        """Add a task; it runs when its triggers say so.

        Raises:
            MachineError: 183 when there is one of that path and it is not to be replaced, 123 for an impossible path.
        """
        ...

    def query(self, path: str) -> TaskInfo:
        """Return what is known of a task.

        Raises:
            MachineError: 2 when there is none.
        """
        ...

    def paths(self) -> Sequence[str]:
        """Return the paths of all tasks that were registered, sorted."""
        ...

    def run(self, path: str) -> None:
        """Run a task now.

        Raises:
            MachineError: 2 when there is none, 0x80041326 when it is disabled, 0x8004131F when it runs, 0x80041320 when
                its user is not signed in.
        """
        ...

    def end(self, path: str) -> None:
        """End a task that runs.

        Raises:
            MachineError: 2 when there is none, 0x8004130B when it does not run.
        """
        ...

    def enable(self, path: str, *, is_enabled: bool = True) -> None:
        """Let a task run, or not.

        Raises:
            MachineError: 2 when there is none.
        """
        ...

    def delete(self, path: str) -> None:
        """Remove a task; what it runs at the moment goes on.

        Raises:
            MachineError: 2 when there is none.
        """
        ...
