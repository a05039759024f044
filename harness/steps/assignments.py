"""Steps about assignments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pytest_bdd import given, when

from harness.model.assignments import Assignment, InstallIntent, Notifications, RestartSettings, TargetType
from harness.steps.phrases import step
from harness.steps.scene import Scene

__all__: list[str] = []


def _change(scene: Scene, **changes: object) -> None:
    tenant = scene.device.tenant
    present = tenant.assignment_of(scene.last_app) or Assignment()
    tenant.assign(scene.last_app, replace(present, **changes))  # type: ignore[arg-type]  # the callers below are typed


@given(step("it is assigned as {intent:Intent}"))
@when(step("its assignment becomes {intent:Intent}"))
def it_is_assigned(scene: Scene, intent: InstallIntent) -> None:
    """Assign the app that was named last: required, available or uninstall."""
    _change(scene, intent=intent)


@given(step("it is assigned to {targets:Targets}"))
def it_is_assigned_to(scene: Scene, targets: TargetType) -> None:
    """Let the assignment reach devices, or users."""
    _change(scene, target_type=targets)


@given(step("its toasts are set to {notifications:Notifications}"))
def its_toasts(scene: Scene, notifications: Notifications) -> None:
    """Set the assignment's end user notifications: showAll, showReboot or hideAll."""
    _change(scene, notifications=notifications)


@given(step("it has a restart grace period of {grace_period:Duration}"))
def it_has_grace_period(scene: Scene, grace_period: timedelta) -> None:
    """Set the assignment's restart grace period, with the countdown in the last 15 minutes."""
    _change(scene, restart_settings=RestartSettings(grace_period=grace_period))


@given("it has no restart grace period")
def it_has_no_grace_period(scene: Scene) -> None:
    """Take the assignment's restart grace period away."""
    _change(scene, restart_settings=None)


@when("it is no longer assigned")
def it_is_no_longer_assigned(scene: Scene) -> None:
    """Take the assignment away."""
    scene.device.tenant.unassign(scene.last_app)
