"""Steps about the agent's log files."""

from __future__ import annotations

from pytest_bdd import then

from harness.device import ManagedDevice
from harness.steps.phrases import step

__all__: list[str] = []


@then(step('the log "{name}" says "{text}"'))
def log_says(device: ManagedDevice, name: str, text: str) -> None:
    """Check that a line of a log file (AppWorkload, IntuneManagementExtension, ...) holds some words."""
    assert any(text in entry.message for entry in device.log(name)), f"no line of {name}.log holds {text!r}"


@then(step('the log "{name}" does not say "{text}"'))
def log_does_not_say(device: ManagedDevice, name: str, text: str) -> None:
    """Check that no line of a log file holds some words."""
    assert not any(text in entry.message for entry in device.log(name))
