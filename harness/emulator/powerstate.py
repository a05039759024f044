"""What a machine's power can be, and what the registry says about starting."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from harness.machine.storage import Registry
from harness.model.windows import Hive, MachineFacts, RegistryPath

__all__ = ["BootType", "PowerState", "SESSION_POWER", "starts_fast"]

#: Where `HiberbootEnabled` is.
SESSION_POWER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Power")
_CONTROL_POWER = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Power")


class PowerState(StrEnum):
    """What the machine is; the value reads on after "the machine is"."""

    ON = "on"
    STARTING = "starting"
    OFF = "off"
    ASLEEP = "asleep"
    HIBERNATED = "hibernated"


class BootType(IntEnum):
    """How Windows last came up; the number is that of its event (Kernel-Boot 27)."""

    FULL = 0
    FAST_STARTUP = 1
    RESUMED = 2


def starts_fast(registry: Registry, facts: MachineFacts) -> bool:
    """Return whether shutting down keeps the kernel for the next start: `HiberbootEnabled`, where hibernation is on."""
    chosen = registry.get(SESSION_POWER, "HiberbootEnabled")
    hibernation = registry.get(_CONTROL_POWER, "HibernateEnabled")
    if hibernation is not None and hibernation.data == 0:
        return False
    return "Server" not in facts.release if chosen is None else chosen.data != 0
