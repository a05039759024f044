"""Steps about restarting the device."""

from __future__ import annotations

from datetime import timedelta

from pytest_bdd import then, when

from harness.device import ManagedDevice
from harness.durations import format_duration
from harness.steps.phrases import step

__all__: list[str] = []


@when("the user restarts the device")
def user_restarts(device: ManagedDevice) -> None:
    """Restart the device as somebody at it would, and wait until it is up again."""
    device.restart()


@then("the device has not restarted")
def has_not_restarted(device: ManagedDevice) -> None:
    """Check that the device runs since it was switched on."""
    restarts = device.timeline.of(kind="restart")
    assert not restarts, f"the device has restarted {len(restarts)} times; first: {restarts[0].text}"


@then(step("the device restarts within {limit:Duration}"))
def restarts_within(device: ManagedDevice, limit: timedelta) -> None:
    """Let time pass until the device has restarted by itself."""
    booted = device.machine.power.booted_at
    reached = device.run_until(lambda: device.machine.power.booted_at > booted, limit)
    assert reached, f"the device has not restarted within {format_duration(limit)}"
