"""The module of a small machine."""

from types import ModuleType

import pytest

from harness.emulator.machine import EmulatedMachine


@pytest.fixture
def winreg(machine: EmulatedMachine) -> ModuleType:
    """Give the module as a program of SYSTEM has it."""
    return machine.winreg


@pytest.fixture
def key(winreg: ModuleType) -> object:
    r"""Give a handle with all rights to `HKLM\SOFTWARE\Contoso`."""
    return winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Contoso", 0, winreg.KEY_ALL_ACCESS)
