"""Steps about apps: publishing them, and the state they are in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pytest_bdd import given, then, when

from harness.device import ManagedDevice
from harness.durations import format_duration
from harness.model.apps import DeviceRestartBehavior
from harness.model.rules import ProcessOperation, ProcessRule, RuleType
from harness.model.states import as_hex
from harness.steps.phrases import step
from harness.steps.scene import Scene

__all__: list[str] = []


@given(step('the app from "{app_file}" with the package "{package_file}"'))
def app_from_file(scene: Scene, app_file: str, package_file: str) -> None:
    """Publish an app from its Graph JSON and its package; the assignments in the file are made too."""
    scene.device.tenant.publish(scene.path(app_file), scene.path(package_file))


@given(step('the app from "{app_file}" without content'))
def app_without_content(scene: Scene, app_file: str) -> None:
    """Publish an app whose package is not uploaded yet."""
    scene.device.tenant.publish(scene.path(app_file))


@given(step('the app from "{app_file}" with the package "{package_file}", damaged on its way'))
def app_with_damaged_content(scene: Scene, app_file: str, package_file: str) -> None:
    """Publish an app; devices get its content with one bit changed."""
    scene.device.tenant.publish(scene.path(app_file), scene.damaged(package_file))


@given(step('it needs the Windows release "{release}"'))
def it_needs_release(scene: Scene, release: str) -> None:
    """Set the app's minimum Windows release, in Graph's words: `Windows11_24H2`."""
    scene.device.tenant.add(replace(scene.last_app, minimum_supported_windows_release=release))


@given(step("it may run for {limit:Duration}"))
def it_may_run_for(scene: Scene, limit: timedelta) -> None:
    """Set the app's "installation time required"."""
    app = scene.last_app
    scene.device.tenant.add(
        replace(app, install_experience=replace(app.install_experience, max_run_time=limit)),
    )


@given(step('its device restart behavior is "{behavior:RestartBehavior}"'))
def its_restart_behavior(scene: Scene, behavior: DeviceRestartBehavior) -> None:
    """Set the app's device restart behavior, in Graph's words."""
    app = scene.last_app
    experience = replace(app.install_experience, device_restart_behavior=behavior)
    scene.device.tenant.add(replace(app, install_experience=experience))


@given(step('it is detected by the process "{name}", an extension of this project'))
def it_is_detected_by_process(scene: Scene, name: str) -> None:
    """Replace the app's detection rules by a process rule; Intune has no such rule."""
    rule = ProcessRule(rule_type=RuleType.DETECTION, process_name=name, operation_type=ProcessOperation.EXISTS)
    app = scene.last_app
    scene.device.tenant.add(replace(app, rules=(*app.requirement_rules, rule)))


@when(step('the user installs "{app}" from the Company Portal'))
def user_installs(device: ManagedDevice, app: str) -> None:
    """Press Install in the Company Portal."""
    device.install(app)


@when(step('the user uninstalls "{app}" from the Company Portal'))
def user_uninstalls(device: ManagedDevice, app: str) -> None:
    """Press Uninstall in the Company Portal."""
    device.uninstall(app)


@then(step('"{app}" is {state:State}'))
def app_is(device: ManagedDevice, app: str, state: str) -> None:
    """Check the app's state on the device."""
    found = device.status(app).words
    assert state == found, f"{app} is {found}, not {state}\n{device.explain(app)}"


@then(step('"{app}" is {state:State} within {limit:Duration}'))
def app_is_within(device: ManagedDevice, app: str, state: str, limit: timedelta) -> None:
    """Let time pass until the app is in that state."""
    reached = device.run_until(lambda: device.status(app).words == state, limit)
    assert reached, _after(device, app, limit, state)


@then(step('"{app}" fails with {code:Code} within {limit:Duration}'))
def app_fails_within(device: ManagedDevice, app: str, code: int, limit: timedelta) -> None:
    """Let time pass until installing or removing the app has failed, and check the code."""
    failures = ("failed", "uninstall failed")
    reached = device.run_until(lambda: device.status(app).words in failures, limit)
    assert reached, _after(device, app, limit, "failed")
    found = as_hex(device.status(app).error_code or 0)
    assert as_hex(code) == found, f"{app} has failed with {found}, not {as_hex(code)}\n{device.explain(app)}"


@then(step('the explanation of "{app}" says "{text}"'))
def explanation_says(device: ManagedDevice, app: str, text: str) -> None:
    """Check that the explanation holds some words, without regard to case."""
    explanation = str(device.explain(app))
    assert text.casefold() in explanation.casefold(), f'the explanation does not say "{text}":\n{explanation}'


@then(step('the installer of "{app}" ran {count:Times}'))
def installer_ran(device: ManagedDevice, app: str, count: int) -> None:
    """Check how often the install command was run."""
    app_id = device.tenant.app(app).id
    found = sum(event.data.get("app_id") == app_id for event in device.timeline.of(kind="install started"))
    assert count == found, f"the installer of {app} ran {found} times, not {count}"


def _after(device: ManagedDevice, app: str, limit: timedelta, wanted: str) -> str:
    found = device.status(app).words
    return f"{app} is {found} after {format_duration(limit)}, not {wanted}\n{device.explain(app)}"
