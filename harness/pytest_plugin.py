"""The pytest plugin: a fresh device for every test and scenario, and the Gherkin vocabulary.

`pip install ime-harness` is all it takes; pytest finds the plugin by its entry point.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError
from harness.steps import MODULES

if TYPE_CHECKING:
    from pytest_bdd.parser import Feature, Step

    from harness.device import ManagedDevice
    from harness.emulator.clock import VirtualClock
    from harness.emulator.machine import EmulatedMachine
    from harness.steps.scene import Scene
    from harness.tenant import Tenant

__all__ = ["clock", "device", "ime_folder", "machine", "scene", "tenant"]

pytest_plugins = list(MODULES)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the harness to pytest's."""
    parser.addini(
        "ime_folder",
        help="where features find packages, app JSON and installer files, relative to the project's root",
        default=".",
    )


@pytest.hookimpl(trylast=True)
def pytest_bdd_step_error(request: pytest.FixtureRequest, feature: Feature, step: Step, exception: Exception) -> None:
    """Let a failed step show its message, its words and its place instead of the Python below it.

    Any `--tb` that is asked for, `--full-trace` and `--pdb` show the Python. Errors that nobody raised on purpose are
    left as they are.
    """
    option = request.config.getoption
    if option("tbstyle") != "auto" or option("fulltrace") or option("usepdb", default=False):
        return
    if isinstance(exception, HarnessError | AssertionError):
        # pytest adds the compared values after the author's message; where there is one, it says enough.
        said, added = str(exception), "\nassert "
        message = said.partition(added)[0] or type(exception).__name__
        place = f"{feature.filename}:{step.line_number}"
        text = f"{message}\n\n    {step.keyword} {step.name}\n{place}"
        raise pytest.fail.Exception(text, pytrace=False) from None


@pytest.fixture
def ime_folder(pytestconfig: pytest.Config) -> Path:
    """The folder that file names in features are relative to; override it to keep files elsewhere."""
    return pytestconfig.rootpath / str(pytestconfig.getini("ime_folder"))


@pytest.fixture
def scene(ime_folder: Path) -> Iterator[Scene]:
    """What a scenario plays on: one device, made when the first step needs it."""
    from harness.steps.scene import Scene

    scene = Scene(ime_folder)
    yield scene
    scene.close()


@pytest.fixture
def device(scene: Scene) -> ManagedDevice:
    """A managed device: Windows 11 with Ada signed in, unless the scenario said otherwise."""
    return scene.device


@pytest.fixture
def machine(device: ManagedDevice) -> EmulatedMachine:
    """The device's machine."""
    return device.machine


@pytest.fixture
def tenant(device: ManagedDevice) -> Tenant:
    """The tenant the device is enrolled in."""
    return device.tenant


@pytest.fixture
def clock(device: ManagedDevice) -> VirtualClock:
    """The device's time."""
    return device.clock
