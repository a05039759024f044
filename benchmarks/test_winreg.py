"""How fast the drop-in for `winreg` is, beside fake_winreg and beside the port, all in one run.

Each test alternates between the two in short turns and compares the fastest turn of each, so that a busy computer slows
down both. Run with `-s` to see the figures.
"""

from __future__ import annotations

import itertools
import timeit
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest

from harness.emulator.baseline import MACHINES
from harness.emulator.clock import VirtualClock
from harness.emulator.machine import EmulatedMachine
from harness.model.windows import Hive, RegistryPath, RegistryValue

fake_winreg = pytest.importorskip("fake_winreg", reason="fake_winreg is not installed: pip install fake_winreg")

VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
BENCH = r"SOFTWARE\Bench"
TURNS, CALLS = 60, 200

_numbers = itertools.count()


@pytest.fixture(scope="module")
def machine() -> Iterator[EmulatedMachine]:
    """Give a Windows 11."""
    with EmulatedMachine(
        MACHINES["Windows 11 23H2"], VirtualClock(datetime(2026, 3, 2, 8, tzinfo=UTC), freeze=False)
    ) as emulated:
        yield emulated


@pytest.fixture(scope="module")
def theirs() -> ModuleType:
    """Give fake_winreg with a small registry."""
    fake_winreg.load_fake_registry(fake_winreg.fake_reg_tools.get_minimal_windows_testregistry())
    return fake_winreg


def open_and_query(winreg: ModuleType) -> Callable[[], object]:
    """Return what opens a key that is there and reads a value."""

    def run() -> object:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, VERSION) as key:
            return winreg.QueryValueEx(key, "CurrentBuild")

    return run


def create_and_set(winreg: ModuleType) -> Callable[[], object]:
    """Return what makes sure that a key is there and sets a value."""

    def run() -> object:
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, BENCH, 0, winreg.KEY_WRITE) as key:
            return winreg.SetValueEx(key, "Version", 0, winreg.REG_SZ, "1.0")

    return run


def create_new_and_set(winreg: ModuleType) -> Callable[[], object]:
    """Return what makes another key each time and sets a value."""

    def run() -> object:
        path = rf"{BENCH}\{next(_numbers)}"
        with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, path, 0, winreg.KEY_WRITE) as key:
            return winreg.SetValueEx(key, "Version", 0, winreg.REG_SZ, "1.0")

    return run


def fastest(*runs: Callable[[], object]) -> list[float]:
    """Return microseconds a call, the fastest turn of each; they take turns."""
    turns = [[timeit.timeit(run, number=CALLS) / CALLS * 1e6 for run in runs] for _ in range(TURNS)]
    return [min(times) for times in zip(*turns, strict=True)]


@pytest.mark.parametrize(
    ("work", "least"), [(open_and_query, 1.0), (create_and_set, 1.0), (create_new_and_set, 1.0)], ids=lambda it: it
)
def test_beside_fake_winreg(
    machine: EmulatedMachine, theirs: ModuleType, work: Callable[[ModuleType], Callable[[], object]], least: float
) -> None:
    """Target: opening and reading, creating and setting at least as fast as fake_winreg."""
    ours_us, theirs_us = fastest(work(machine.winreg), work(theirs))
    print(
        f"\n{work.__name__}: {ours_us:.2f} us, fake_winreg {theirs_us:.2f} us, {theirs_us / ours_us:.2f} times as fast"
    )
    assert theirs_us / ours_us >= least


@pytest.mark.parametrize("what", ["open_and_query", "create_and_set"])
def test_beside_the_port(machine: EmulatedMachine, what: str) -> None:
    """Target: the port, which opens nothing, is faster still."""
    version, bench = RegistryPath(Hive.HKLM, VERSION), RegistryPath(Hive.HKLM, BENCH)
    value, registry = RegistryValue.of("1.0"), machine.registry
    if what == "open_and_query":
        runs = (open_and_query(machine.winreg), lambda: registry.get(version, "CurrentBuild"))
    else:
        runs = (create_and_set(machine.winreg), lambda: registry.set(bench, "Version", value))
    module_us, port_us = fastest(*runs)
    print(f"\n{what}: winreg {module_us:.2f} us, port {port_us:.2f} us, {module_us / port_us:.2f} times as fast")
    assert port_us < module_us
