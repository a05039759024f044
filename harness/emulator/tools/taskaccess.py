"""Which scheduled tasks whoever runs `schtasks` may see and change. From memory of Windows 10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulator.tools.errortexts import error_text
from harness.emulator.tools.failures import ToolFailure
from harness.model.names import folded
from harness.model.tasks import ScheduledTask

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["FAILED", "denied", "may_see", "check_may_change", "shown_task"]

#: What schtasks ends with when it fails.
FAILED = 1
_DENIED = 5


def may_see(run: ProgramRun, task: ScheduledTask) -> bool:
    """Return whether the process may know of a task."""
    return run.token.has_all_rights or task.account is None or folded(task.account.sid) == folded(run.token.account.sid)


def check_may_change(run: ProgramRun, name: str) -> None:
    """Make sure that there is a task, and that the process may run, end, change and delete it.

    Raises:
        MachineError: 2 when there is none.
        ToolFailure: when it may not.
    """
    task = run.machine.tasks.query(name).task
    if not may_see(run, task) or (task.account is None and not run.token.has_all_rights):
        raise denied()


def denied() -> ToolFailure:
    """Return how schtasks ends when Windows refuses."""
    return ToolFailure(FAILED, f"ERROR: {error_text(_DENIED)}")


def shown_task(path: str) -> str:
    """Return a task's path as messages have it: without the backslash at its beginning."""
    return path.removeprefix("\\")
