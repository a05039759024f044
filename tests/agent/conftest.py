"""A device with the real agent, tenant and emulated machine for every test that asks for one."""

from collections.abc import Callable, Iterator

import pytest

from harness.agent.settings import AgentSettings
from harness.emulator.machine import EmulatedMachine
from harness.model.windows import Account, MachineFacts
from tests.agent.stage import Stage, make_facts


@pytest.fixture
def make_stage() -> Iterator[Callable[..., Stage]]:
    """Give a function that makes devices; all are closed afterwards."""
    stages: list[Stage] = []

    def make(
        settings: AgentSettings | None = None, users: tuple[str, ...] = ("ada",), facts: MachineFacts | None = None
    ) -> Stage:
        stages.append(Stage(settings or AgentSettings(), users, facts or make_facts()))
        return stages[-1]

    yield make
    for stage in stages:
        stage.device.close()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    """Give a device on which Ada is signed in."""
    return make_stage()


@pytest.fixture
def machine(stage: Stage) -> EmulatedMachine:
    """Give the device's machine."""
    return stage.machine


@pytest.fixture
def ada(stage: Stage) -> Account:
    """Give the signed-in user."""
    return stage.machine.sessions.signed_in()[0].account
