"""Steps about the device: what Windows it is, who is signed in, what is on it."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.device import ManagedDevice
from harness.emulator.installers import Installer
from harness.model.commands import Command
from harness.model.windows import RegistryPath, RegistryValue, View
from harness.steps.phrases import step
from harness.steps.scene import Scene

__all__: list[str] = []


@given(step('a {release} device with "{user}" signed in'), target_fixture="device")
def device_with_user(scene: Scene, release: str, user: str) -> ManagedDevice:
    """Switch on a device; a user is signed in."""
    return scene.start(release=release, user=user.lower())


@given(step("a {release} device with nobody signed in"), target_fixture="device")
def device_without_user(scene: Scene, release: str) -> ManagedDevice:
    """Switch on a device; nobody is signed in."""
    return scene.start(release=release, user=None)


@given(step('the registry value "{path}" is "{data}"'))
def registry_value_given(device: ManagedDevice, path: str, data: str) -> None:
    """Put a value into the 64-bit registry; the last part of the path is its name."""
    key = RegistryPath.parse(path)
    device.machine.registry.set(key.parent, key.name, RegistryValue.of(data))


@given(step('the file "{path}" with the text "{text}"'))
def file_given(device: ManagedDevice, path: str, text: str) -> None:
    """Put a file onto the device; folders are made."""
    device.machine.files.write(path, text.encode())


@given(step('the process "{name}" runs'))
@when(step('the process "{name}" is started'))
def process_runs(device: ManagedDevice, name: str) -> None:
    """Start a program in the user's session that runs until it is ended."""
    path = rf"C:\Users\Public\{name}"
    device.machine.files.write(path, b"a program of the scenario")
    device.machine.programs.setdefault(path, Installer.hangs())
    [session, *_] = device.machine.sessions.signed_in()
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


@then(step('the {view} registry value "{path}" is "{data}"'))
def registry_value_is(device: ManagedDevice, view: str, path: str, data: str) -> None:
    """Check a registry value in the `64-bit` or the `32-bit` view."""
    key = RegistryPath.parse(path)
    found = device.machine.registry.get(key.parent, key.name, View(view))
    assert found is not None, f"there is no value {path} in the {view} view"
    assert data == str(found)


@then(step('the {view} registry key "{path}" is not there'))
def registry_key_is_not_there(device: ManagedDevice, view: str, path: str) -> None:
    """Check that a registry key does not exist in that view."""
    assert not device.machine.registry.exists(RegistryPath.parse(path), View(view)), f"{path} is there"


@then(step('the process "{name}" is running'))
def process_is_running(device: ManagedDevice, name: str) -> None:
    """Check that a process of that image runs."""
    assert device.machine.processes.running(name), f"{name} does not run"


@then(step('the process "{name}" is not running'))
def process_is_not_running(device: ManagedDevice, name: str) -> None:
    """Check that no process of that image runs."""
    assert not device.machine.processes.running(name), f"{name} runs"
