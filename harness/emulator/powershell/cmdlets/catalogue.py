"""Which cmdlets there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from harness.emulator.powershell.cmdlets.aliases import ALIASES
from harness.emulator.powershell.cmdlets.api import Cmdlet

__all__ = ["cmdlets", "aliases"]

#: Modules with a tuple `CMDLETS`.
_MODULES = (
    "writing",
    "filtering",
    "selecting",
    "measuring",
    "comparing",
    "making",
    "showing",
    "dates",
    "paths",
    "items",
    "changing_items",
    "moving_items",
    "properties",
    "contents",
    "variables",
    "commands",
    "starting",
    "services",
)


@cache
def cmdlets() -> Mapping[str, Cmdlet]:
    """Return the cmdlets by name in lower case."""
    found: dict[str, Cmdlet] = {}
    for name in _MODULES:
        module = import_module(f"harness.emulator.powershell.cmdlets.{name}")
        for command in module.CMDLETS:
            found[command.name.lower()] = command
    return found


@cache
def aliases() -> Mapping[str, str]:
    """Return what each alias stands for, by name in lower case."""
    return {**ALIASES, **{alias.lower(): command.name for command in cmdlets().values() for alias in command.aliases}}
