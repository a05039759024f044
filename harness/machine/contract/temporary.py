"""Keys that a check makes elsewhere than below the usual places: they go again, with what was made above them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.machine.ports import Machine
from harness.model.windows import RegistryPath, View

__all__ = ["temporary"]


@contextmanager
def temporary(machine: Machine, *paths: RegistryPath) -> Iterator[None]:
    """Delete keys afterwards in both views, and of those above them what was not there before.

    Args:
        machine: the machine that is examined.
        paths: the keys, as SYSTEM addresses them; one that is there already stays.
    """
    wanted = [(path, view) for path in paths for view in View if not machine.registry.exists(path, view)]
    doomed = [(_first_missing(machine, path, view), view) for path, view in wanted]
    try:
        yield
    finally:
        for path, view in doomed:
            if machine.registry.exists(path, view):
                machine.registry.delete(path, view)


def _first_missing(machine: Machine, path: RegistryPath, view: View) -> RegistryPath:
    while not machine.registry.exists(path.parent, view):
        path = path.parent
    return path
