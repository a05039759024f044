r"""The exam of a machine: behaviours of Windows, one sentence each, that every machine must show.

The emulated machine sits it in every test run; Wine and real Windows can, whoever has them. A check is a plain function
that is given a machine and raises `AssertionError` when the machine differs. It uses the ports only, works below the
places named here, and leaves nothing behind, so that it may be run on a computer that somebody uses.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.machine.contract import files, registry
from harness.machine.contract.check import Check

__all__ = ["Check", "checks"]


def checks() -> Sequence[Check]:
    """Return the whole exam."""
    return tuple(thing for module in (registry, files) for thing in vars(module).values() if isinstance(thing, Check))
