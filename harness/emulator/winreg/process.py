"""One process, as far as its `winreg` knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from harness.emulator.faults import Faults
from harness.emulator.registry import EmulatedRegistry
from harness.emulator.winreg.arguments import as_pointer
from harness.emulator.winreg.constants import PERFORMANCE, low_half
from harness.emulator.winreg.failures import failure
from harness.emulator.winreg.handletype import Handle, HandleTable
from harness.emulator.winreg.opening import Opener
from harness.emulator.winreg.openkeys import OpenKey
from harness.model.windows import Token

__all__ = ["RegistryProcess", "refuse_performance_data"]

_INVALID_HANDLE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryProcess:
    """What the functions of one process share.

    Attributes:
        registry: the registry, with HKCU and HKCR of the process's account and all rights.
        opener: opens its keys.
        table: its handles.
        handle_type: the type of its handle objects.
        token: whose rights it has.
        environment: returns its variables.
        faults: what goes wrong on purpose.
        lock: held while the registry is changed, and while what nobody has looked at before is laid out.
        is_32_bit: whether it is a 32-bit process on a 64-bit Windows.
    """

    registry: EmulatedRegistry
    opener: Opener
    table: HandleTable
    handle_type: type[Handle]
    token: Token
    environment: Callable[[], Mapping[str, str]]
    faults: Faults
    lock: AbstractContextManager[object]
    is_32_bit: bool

    def opened(self, key: object, right: int = 0) -> OpenKey:
        """Return what a handle leads to, if it was opened for something.

        Raises:
            TypeError: for anything but a handle or a number.
            OSError: 5 for a handle without the right, 6 for one that is closed, 1018 for a key that was deleted.
        """
        if isinstance(key, self.handle_type):
            opened = key.opened
        elif isinstance(key, int):
            number = as_pointer(key)
            opened = self.opener.roots.get(number) or self.opener.by_number(number)
        elif key is None:
            raise TypeError("None is not a valid HKEY in this context")
        else:
            raise TypeError("The object is not a PyHKEY object")
        if opened is None:
            raise failure(_INVALID_HANDLE, "the handle is closed")
        self.opener.check(opened, right)
        return opened

    def handle(self, opened: OpenKey) -> Handle:
        """Return a handle object for an open key."""
        handle = object.__new__(self.handle_type)
        handle.opened = opened
        handle._number = opened.number
        return handle


def refuse_performance_data(key: object) -> None:
    """Make sure that a handle is not that of performance data.

    Raises:
        OSError: 6 if it is.
    """
    if isinstance(key, int) and low_half(key) in PERFORMANCE:
        raise failure(_INVALID_HANDLE, "performance data have no default value")
