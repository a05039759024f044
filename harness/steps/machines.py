"""Steps about the device: what Windows it is, who is signed in, what is on it."""

from __future__ import annotations

from datetime import datetime

from pytest_bdd import given, then, when

from harness.device import ManagedDevice
from harness.emulator.installers import Installer
from harness.emulator.registry import EmulatedRegistry
from harness.errors import UsageError
from harness.model.commands import Command
from harness.model.windows import RegistryPath, RegistryValue, View
from harness.steps.phrases import step
from harness.steps.scene import Scene

__all__: list[str] = []


@given(step('a {release} device with "{user}" signed in'), target_fixture="device")
def device_with_user(scene: Scene, release: str, user: str) -> ManagedDevice:
    """Switch on a device; a user is signed in."""
    return scene.start(release=release, user=user.lower())


@given(step('a {release} device with "{user}" signed in on {start:Moment}'), target_fixture="device")
def device_with_user_on(scene: Scene, release: str, user: str, start: datetime) -> ManagedDevice:
    """Switch on a device on a day, at a time of day in its time zone (UTC); a user is signed in."""
    return scene.start(release=release, user=user.lower(), start=start)


@given(step("a {release} device with nobody signed in"), target_fixture="device")
def device_without_user(scene: Scene, release: str) -> ManagedDevice:
    """Switch on a device; nobody is signed in."""
    return scene.start(release=release, user=None)


@given(step('the registry value "{value:Key}" is "{data}"'))
def registry_value_given(device: ManagedDevice, value: RegistryPath, data: str) -> None:
    """Put a value into the 64-bit registry; the last part of the path is its name."""
    device.machine.registry.set(value.parent, value.name, RegistryValue.of(data))


@given(step('the {view:View} registry value "{value:Key}" is "{data}"'))
def registry_value_given_in(device: ManagedDevice, view: View, value: RegistryPath, data: str) -> None:
    """Put a value into the `64-bit` or the `32-bit` registry."""
    device.machine.registry.set(value.parent, value.name, RegistryValue.of(data), view)


@given(step('the file "{path}" with the text "{text}"'))
def file_given(device: ManagedDevice, path: str, text: str) -> None:
    """Put a file onto the device; folders are made."""
    device.machine.files.write(path, text.encode())


@given(step('the process "{name}" runs'))
@when(step('the process "{name}" is started'))
def process_runs(device: ManagedDevice, name: str) -> None:
    """Start a program in the user's session that runs until it is ended."""
    sessions = device.machine.sessions.signed_in()
    if not sessions:
        raise UsageError(f"nobody is signed in who could run {name} - sign a user in first")
    session, path = sessions[0], rf"C:\Users\Public\{name}"
    device.machine.files.write(path, b"a program of the scenario")
    device.machine.programs.setdefault(path, Installer.hangs())
    device.machine.processes.start(
        Command(
            command_line=f'"{path}"',
            working_directory=r"C:\Users\Public",
            account=session.account,
            session_id=session.id,
        )
    )


@when(step('"{user}" signs out'))
def signs_out(device: ManagedDevice, user: str) -> None:
    """Sign a user out."""
    device.sign_out(user.lower())


@when(step('"{user}" signs in'))
def signs_in(device: ManagedDevice, user: str) -> None:
    """Sign a user in."""
    device.sign_in(user.lower())


@then(step('the file "{path}" is there'))
def file_is_there(device: ManagedDevice, path: str) -> None:
    """Check that a file or folder exists."""
    assert device.machine.files.exists(path), f"there is no {path}"


@then(step('the file "{path}" is not there'))
def file_is_not_there(device: ManagedDevice, path: str) -> None:
    """Check that a file or folder does not exist."""
    assert not device.machine.files.exists(path), f"{path} is there"


@then(step('the {view:View} registry value "{value:Key}" is "{data}"'))
def registry_value_is(device: ManagedDevice, view: View, value: RegistryPath, data: str) -> None:
    """Check a registry value in the `64-bit` or the `32-bit` view."""
    _check_value(device.machine.registry, value, data, view)


@then(step('the registry value "{value:Key}" of "{user}" is "{data}"'))
def user_registry_value_is(device: ManagedDevice, value: RegistryPath, user: str, data: str) -> None:
    """Check a registry value as a user sees it, for example below HKCU."""
    sid = device.account(user.lower()).sid
    if all(session.account.sid != sid for session in device.machine.sessions.signed_in()):
        raise UsageError(f"{user} is not signed in, so there is no registry of theirs - sign them in first")
    _check_value(device.machine.registry.of_user(sid), value, data, View.VIEW_64)


def _check_value(registry: EmulatedRegistry, value: RegistryPath, data: str, view: View) -> None:
    found = registry.get(value.parent, value.name, view)
    assert found is not None, f"there is no value {value.short} in the {view} view"
    assert data == str(found), f"{value.short} is {found}, not {data}"


@then(step('the {view:View} registry key "{key:Key}" is not there'))
def registry_key_is_not_there(device: ManagedDevice, view: View, key: RegistryPath) -> None:
    """Check that a registry key does not exist in that view."""
    assert not device.machine.registry.exists(key, view), f"{key.short} is there in the {view} view"


@then(step('the process "{name}" is running'))
def process_is_running(device: ManagedDevice, name: str) -> None:
    """Check that a process of that image runs."""
    assert device.machine.processes.running(name), f"{name} does not run"


@then(step('the process "{name}" is not running'))
def process_is_not_running(device: ManagedDevice, name: str) -> None:
    """Check that no process of that image runs."""
    assert not device.machine.processes.running(name), f"{name} runs"
