"""Scenarios of a few steps, run by pytest in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import emulated_device

FIXTURES = Path(__file__).parents[2] / "fixtures"

NOTES = (
    'Given the app from "packages/contoso-notes/contoso-notes.json" '
    'with the package "packages/contoso-notes/contoso-notes.intunewin"'
)
VPN = (
    'Given the app from "packages/contoso-vpn/contoso-vpn.json" '
    'with the package "packages/contoso-vpn/contoso-vpn.intunewin"'
)


@pytest.fixture(scope="session")
def everything_is_loaded() -> None:
    """Load what a deployment loads: pytester forgets modules that a run has loaded, and some cannot be loaded twice."""
    with emulated_device() as device:
        folder = FIXTURES / "packages" / "contoso-notes"
        device.tenant.publish(folder / "contoso-notes.json", folder / "contoso-notes.intunewin")
        device.sync()
        device.advance("5 min")
        assert "installed" == device.status("Contoso Notes").words


@pytest.fixture
def play(pytester: pytest.Pytester, everything_is_loaded: None) -> Callable[..., str]:
    """Return a function that runs a scenario and returns what is shown of its failure; nothing when it passes."""

    def run(*steps: str, options: tuple[str, ...] = ()) -> str:
        lines = [
            "Feature: A feature",
            "  Scenario: A scenario",
            *(f"    {line}" for step in steps for line in step.splitlines()),
        ]
        pytester.path.joinpath("a.feature").write_text("\n".join(lines), encoding="utf-8")
        pytester.makepyfile(test_it="from pytest_bdd import scenarios\nscenarios('.')")
        pytester.makeini(f"[pytest]\nime_folder = {FIXTURES.as_posix()}\naddopts = -p no:randomly")
        result = pytester.runpytest_inprocess("-q", *options)
        assert 1 == sum(result.parseoutcomes().get(word, 0) for word in ("passed", "failed", "errors"))
        shown = result.stdout.str()
        return "" if result.ret == 0 else shown.split(" FAILURES ")[-1].split("\n", 2)[-1].split("\n====")[0]

    return run
