"""Power lost at every instant of a deployment: the app ends installed or honestly failed, never stuck or half-known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import Installer, ManagedDevice, emulated_device
from harness.emulator.executables import make_executable
from harness.model.files import FileVersion
from harness.model.windows import View
from harness.tenant import Report

PACKAGES = Path(__file__).parents[1] / "fixtures" / "packages"
VPN_FILE = r"C:\Program Files\Contoso VPN\vpn.exe"
VPN_KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\VPN"

#: Every cut is given longer than the 24 hours for which a failed app is left alone.
LONG_ENOUGH = "26 h"


@dataclass(frozen=True)
class Story:
    """A deployment: how it is set up, how long it takes."""

    name: str
    prepare: Callable[[ManagedDevice], object]
    lasts: str


def publish(device: ManagedDevice, name: str) -> None:
    """Publish one of the shipped packages."""
    device.tenant.publish(PACKAGES / name / f"{name}.json", PACKAGES / name / f"{name}.intunewin")


def deploy_vpn(device: ManagedDevice) -> None:
    """Publish a setup program of several minutes that wants a restart, with two rules that detect it."""
    publish(device, "contoso-vpn")
    fields = json.loads((PACKAGES / "contoso-vpn" / "contoso-vpn.json").read_text())
    app = device.tenant.app(fields["id"])
    device.machine.programs[app.setup_file_path] = Installer(
        takes="3 min",
        exit_code=1641,
        writes_registry={VPN_KEY: {"Version": "5.2.0"}},
        writes_files={VPN_FILE: make_executable(FileVersion(5, 2))},
        view=View.VIEW_64,
    )


MSI = Story("Contoso Notes", lambda device: publish(device, "contoso-notes"), "2 min")
SETUP = Story("Contoso VPN", deploy_vpn, "25 h")


def play(story: Story, cut: Callable[[ManagedDevice], object]) -> ManagedDevice:
    """Let the power fail somewhere in a deployment, and let a day pass."""
    device = emulated_device()
    story.prepare(device)
    cut(device)
    device.sync()
    device.advance(story.lasts)
    device.advance(LONG_ENOUGH)
    return device


def check_ended(device: ManagedDevice, story: Story) -> None:
    """Make sure that nothing is stuck, and that all who tell of the app tell the same."""
    status = device.status(story.name)
    assert status.words in ("installed", "failed"), status.words
    is_detected = all(rule.finding is not None and rule.finding.is_met for rule in device.explain(story.name).rules)
    assert is_detected == (status.words == "installed")
    assert device.machine.power.is_awake
    assert not device.machine.processes.running("msiexec.exe")
    reports: list[Report] = device.tenant.reports_about(story.name)
    assert reports
    assert status.state == reports[-1].fields["ResultantAppState"]


def steps_of(story: Story) -> int:
    """Return how often something of the machine is resumed in an undisturbed deployment."""
    with emulated_device() as device:
        story.prepare(device)
        before = device.clock.scheduler.steps
        device.sync()
        device.advance(story.lasts)
        return device.clock.scheduler.steps - before


@pytest.mark.parametrize("step", [1, 5, 10, 12, 14, 17, 20])
def test_power_fails_between_two_steps_of_an_msi(step):
    """Wherever time passes in a deployment, the power may fail."""
    with play(MSI, lambda device: device.machine.power.lose_power_after_steps(step)) as device:
        assert device.timeline.of(kind="power lost")
        check_ended(device, MSI)


@pytest.mark.parametrize("write", [3, 40, 66, 90, 113, 116, 200, 244])
def test_power_fails_in_the_middle_of_a_step_of_an_msi(write):
    """Registry and files may be written half: the agent's state, the product's registration."""
    with play(MSI, lambda device: device.machine.power.lose_power_at_write(write)) as device:
        assert device.timeline.of(kind="power lost")
        check_ended(device, MSI)


@pytest.mark.parametrize("seconds", [0, 1, 3, 60, 182, 200])
def test_power_fails_during_a_long_installation(seconds):
    """The setup program is gone with the power, and tried again."""
    with play(SETUP, lambda device: device.machine.power.lose_power_at(after=f"{seconds} s")) as device:
        check_ended(device, SETUP)


def test_power_fails_again_and_again():
    """Each start finds what the one before has left."""

    def cut(device: ManagedDevice) -> None:
        for minutes in range(1, 60, 4):
            device.machine.power.lose_power_at(after=f"{minutes} min")

    with play(MSI, cut) as device:
        assert 15 == len(device.timeline.of(kind="power lost"))
        check_ended(device, MSI)


@pytest.mark.slow
@pytest.mark.parametrize("story", [MSI, SETUP], ids=lambda story: story.name)
def test_power_fails_at_every_step(story):
    """All of them."""
    for step in range(1, steps_of(story) + 1):
        with play(story, lambda device, step=step: device.machine.power.lose_power_after_steps(step)) as device:
            check_ended(device, story)


@pytest.mark.slow
@pytest.mark.parametrize("story", [MSI, SETUP], ids=lambda story: story.name)
def test_power_fails_at_every_write(story):
    """All of them, until the power fails no more because the deployment is done."""
    for write in range(1, 10_000):
        with play(story, lambda device, write=write: device.machine.power.lose_power_at_write(write)) as device:
            check_ended(device, story)
            lost = device.timeline.of(kind="power lost")
            if not lost or lost[0].at - device.timeline[0].at > device.machine.power.boot_duration * 10:
                return
    raise AssertionError("the deployment never ends")
