"""Deploy Win32 apps on an emulated Windows machine as the Intune Management Extension does.

The names below are what a notebook or a test needs. Each is imported when it is first used, so that the command line
starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.agent.settings import AgentSettings
    from harness.device import ManagedDevice, emulated_device
    from harness.emulator.faults import Fault
    from harness.emulator.installers import Installer
    from harness.emulator.machines import machine_definition
    from harness.emulator.programs import ProgramRun
    from harness.errors import FormatError, HarnessError, MachineError, NotEmulated, Unavailable, UsageError
    from harness.model.apps import InstallExperience, ReturnCode, Win32App
    from harness.model.assignments import Assignment, InstallIntent, Notifications, RestartSettings
    from harness.model.rules import (
        FileSystemRule,
        PowerShellScriptRule,
        ProcessRule,
        ProductCodeRule,
        RegistryRule,
    )
    from harness.model.states import ErrorCode
    from harness.tenant import Tenant

__all__ = [
    # a device, and what is on it
    "emulated_device",
    "machine_definition",
    "ManagedDevice",
    "Tenant",
    "Installer",
    "ProgramRun",
    "Fault",
    "AgentSettings",
    # apps
    "Win32App",
    "InstallExperience",
    "ReturnCode",
    "RegistryRule",
    "FileSystemRule",
    "ProductCodeRule",
    "PowerShellScriptRule",
    "ProcessRule",
    # assignments
    "Assignment",
    "InstallIntent",
    "Notifications",
    "RestartSettings",
    # what can go wrong
    "ErrorCode",
    "HarnessError",
    "UsageError",
    "FormatError",
    "MachineError",
    "Unavailable",
    "NotEmulated",
]

_HOMES = {
    "harness.agent.settings": ("AgentSettings",),
    "harness.device": ("ManagedDevice", "emulated_device"),
    "harness.emulator.faults": ("Fault",),
    "harness.emulator.installers": ("Installer",),
    "harness.emulator.machines": ("machine_definition",),
    "harness.emulator.programs": ("ProgramRun",),
    "harness.errors": ("FormatError", "HarnessError", "MachineError", "NotEmulated", "Unavailable", "UsageError"),
    "harness.model.apps": ("InstallExperience", "ReturnCode", "Win32App"),
    "harness.model.assignments": ("Assignment", "InstallIntent", "Notifications", "RestartSettings"),
    "harness.model.rules": (
        "FileSystemRule",
        "PowerShellScriptRule",
        "ProcessRule",
        "ProductCodeRule",
        "RegistryRule",
    ),
    "harness.model.states": ("ErrorCode",),
    "harness.tenant": ("Tenant",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
