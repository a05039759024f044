"""Steps about the agent and about time."""

from __future__ import annotations

from datetime import timedelta

from pytest_bdd import given, then, when

from harness.device import ManagedDevice
from harness.durations import format_duration
from harness.steps.phrases import step

__all__: list[str] = []


@when("the device syncs")
def device_syncs(device: ManagedDevice) -> None:
    """Press Sync in the Company Portal: the agent checks in now."""
    device.sync()


@when(step("{duration:Duration} pass"))
@when(step("{duration:Duration} passes"))
def time_passes(device: ManagedDevice, duration: timedelta) -> None:
    """Let time pass on the device."""
    device.advance(duration)


@when("the agent's service restarts")
def service_restarts(device: ManagedDevice) -> None:
    """Restart the Intune Management Extension as an administrator does in the services console."""
    device.restart_agent()


@given("the service does not answer")
@when("the service stops answering")
def service_is_down(device: ManagedDevice) -> None:
    """Let the Intune service be out of reach."""
    device.tenant.is_reachable = False


@when("the service answers again")
def service_is_up(device: ManagedDevice) -> None:
    """Let the Intune service be back."""
    device.tenant.is_reachable = True


@then(step("the agent has checked in {count:Times}"))
def agent_has_checked_in(device: ManagedDevice, count: int) -> None:
    """Check how many check-ins for required apps the agent has begun since the device was switched on."""
    begun = _check_ins(device)
    assert count == begun, f"the agent has checked in {begun} times, not {count}"


@then(step("the agent checks in within {limit:Duration}"))
def agent_checks_in_within(device: ManagedDevice, limit: timedelta) -> None:
    """Let time pass until the agent begins its next check-in for required apps."""
    before = _check_ins(device)
    reached = device.run_until(lambda: _check_ins(device) > before, limit)
    assert reached, f"the agent has not checked in within {format_duration(limit)}"


def _check_ins(device: ManagedDevice) -> int:
    """Return how many check-ins for required apps were begun; those for available apps are on their own schedule."""
    return sum(event.data.get("apps") == "required apps" for event in device.timeline.of(kind="check-in started"))
