"""Steps about the agent's log files."""

from __future__ import annotations

from pytest_bdd import then

from harness.device import ManagedDevice
from harness.errors import UsageError
from harness.formats.cmtrace import LogEntry
from harness.steps.phrases import step

__all__: list[str] = []


def _entries(device: ManagedDevice, name: str) -> list[LogEntry]:
    """Return what a log file holds, which must be there: nothing is said by a log of a misspelt name."""
    entries = device.log(name)
    if not entries:
        files = device.machine.files
        there = sorted(files.names(device.agent.log_folder)) if files.exists(device.agent.log_folder) else []
        names = ", ".join(file.removesuffix(".log") for file in there) or "none"
        raise UsageError(f"there is no log '{name}' yet - there are: {names}")
    return entries


@then(step('the log "{name}" says "{text}"'))
def log_says(device: ManagedDevice, name: str, text: str) -> None:
    """Check that a line of a log file (AppWorkload, IntuneManagementExtension, ...) holds some words."""
    entries = _entries(device, name)
    last = "\n".join(entry.message for entry in entries[-3:])
    assert any(text in entry.message for entry in entries), f'{name}.log does not say "{text}"; its last lines:\n{last}'


@then(step('the log "{name}" does not say "{text}"'))
def log_does_not_say(device: ManagedDevice, name: str, text: str) -> None:
    """Check that no line of a log file holds some words."""
    found = [entry.message for entry in _entries(device, name) if text in entry.message]
    assert not found, f"{name}.log says: {found[0]}"
