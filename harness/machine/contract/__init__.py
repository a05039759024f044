r"""The exam of a machine: behaviours of Windows, one sentence each, that every machine must show.

The emulated machine sits it in every test run; Wine and real Windows can, whoever has them. A check is a plain function
that is given a machine and raises `AssertionError` when the machine differs. It uses the ports only, works below the
places named here, and leaves nothing behind, so that it may be run on a computer that somebody uses.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.machine.contract import (
    clock,
    environment,
    files,
    files_links,
    files_marks,
    files_moving,
    files_names,
    files_places,
    network,
    power,
    processes,
    processlife,
    registry,
    registry_changes,
    registry_keys,
    registry_links,
    registry_rights,
    registry_roots,
    registry_views,
    services,
    services_changes,
    sessions,
    tasks,
    toastanswers,
    toasts,
    winreg_handles,
    winreg_keys,
    winreg_values,
    winreg_views,
)
from harness.machine.contract.check import Check

__all__ = ["Check", "checks"]

_REGISTRY = (registry_keys, registry_views, registry_links, registry_changes, registry_roots, registry_rights)
_WINREG = (winreg_handles, winreg_keys, winreg_values, winreg_views)
_FILES = (files_names, files_marks, files_moving, files_links, files_places)


def checks() -> Sequence[Check]:
    """Return the whole exam."""
    modules = (
        registry,
        *_REGISTRY,
        files,
        *_FILES,
        *_WINREG,
        toasts,
        toastanswers,
        clock,
        power,
        network,
        processes,
        processlife,
        environment,
        services,
        services_changes,
        sessions,
        tasks,
    )
    return tuple(thing for module in modules for thing in vars(module).values() if isinstance(thing, Check))
