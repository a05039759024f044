"""`RequiredOSArchitecture`: the bit mask of processor architectures in the agent's policy, in its two encodings.

Source: policies seen on devices (2, 3, 16, 32, 48, 96, 112) and the names the agent logs for them; it skips the check
for 0 and 3, which is the reader's business.
"""

from __future__ import annotations

from harness.formats import wirenumbers as wire
from harness.formats.misfits import Misfit
from harness.model.apps import Win32App
from harness.model.windows import Architecture

__all__ = ["Architectures", "architecture_mask", "architectures_of"]

#: Some architectures; None when they are not what decides.
Architectures = frozenset[Architecture] | None


def architecture_mask(app: Win32App) -> int:
    """Write the bit mask: the new encoding for what is allowed, the old one for what is applicable, 0 for any."""
    if app.allowed_architectures is not None:
        return sum(wire.ARCHITECTURES[one] for one in app.allowed_architectures)
    return sum(wire.OLD_ARCHITECTURES[one] for one in app.applicable_architectures or ())


def architectures_of(mask: int) -> tuple[Architectures, Architectures]:
    """Read the bit mask into what is applicable and what is allowed: one of them, or neither for 0.

    Bit 16 is Arm64 in both encodings; alone it is taken for the new one, as the agent's log does.

    Raises:
        Misfit: if it has other bits, or bits of both encodings.
    """
    new, old = sum(wire.ARCHITECTURES.values()), sum(wire.OLD_ARCHITECTURES.values())
    if mask & ~new == 0:
        return None, frozenset(one for one, bit in wire.ARCHITECTURES.items() if mask & bit) or None
    if mask & ~old == 0:
        return frozenset(one for one, bit in wire.OLD_ARCHITECTURES.items() if mask & bit), None
    raise Misfit(f"expected a sum of 16 (arm64), 32 (x64) and 64 (x86), or of 1 (x86), 2 (x64) and 16, found {mask}")
