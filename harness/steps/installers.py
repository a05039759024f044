"""Steps about what setup programs do on the emulated machine."""

from __future__ import annotations

import ntpath
from datetime import timedelta

from pytest_bdd import given

from harness.emulator.installer_file import read_installers
from harness.emulator.installers import Installer
from harness.errors import UsageError
from harness.model.windows import RegistryPath, View
from harness.steps.phrases import step
from harness.steps.scene import Scene

__all__: list[str] = []


def _declare(scene: Scene, installer: Installer) -> None:
    """Let the setup program of the app that was named last do what is declared."""
    app = scene.last_app
    name = ntpath.basename(app.setup_file_path or "")
    if not name:
        raise UsageError(f"the app '{app.display_name}' names no setup program - give its JSON a setupFilePath")
    scene.device.machine.programs[name] = installer


@given(step('its setup program behaves as "{installer_file}" says'))
def setup_program_from_file(scene: Scene, installer_file: str) -> None:
    """Declare what setup programs do, from a JSON file."""
    scene.device.machine.programs.update(read_installers(scene.path(installer_file).read_bytes(), installer_file))


@given(step("its setup program takes {duration:Duration} and exits with {code:d}"))
def setup_program_exits(scene: Scene, duration: timedelta, code: int) -> None:
    """Let the setup program do nothing but end, after some time, with a code."""
    _declare(scene, Installer(takes=duration, exit_code=code))


@given(
    step(
        "its setup program takes {duration:Duration}, "
        'sets the registry value "{value:Key}" to "{data}" and exits with {code:d}'
    )
)
def setup_program_sets_value(scene: Scene, duration: timedelta, value: RegistryPath, data: str, code: int) -> None:
    """Let the setup program set one value in the 64-bit registry."""
    written = {value.parent.short: {value.name: data}}
    _declare(scene, Installer(takes=duration, exit_code=code, writes_registry=written, view=View.VIEW_64))


@given("its setup program never ends")
def setup_program_never_ends(scene: Scene) -> None:
    """Let the setup program wait for somebody who is not there."""
    _declare(scene, Installer.hangs())
