"""Handle objects, and which number means which open key.

Source: PyHKEY in CPython's PC/winreg.c. Two handle objects are equal only when they are the same object: the
documentation says otherwise, the type has no comparison.
"""

from __future__ import annotations

import itertools
from types import TracebackType
from typing import NoReturn, Self
from weakref import WeakValueDictionary

from harness.emulator.winreg.failures import failure
from harness.emulator.winreg.openkeys import CLOSED, OpenKey

__all__ = ["Handle", "HandleTable", "handle_type"]

_INVALID_HANDLE = 6

#: Handles are numbered in fours; the first ones belong to what a process opens by itself.
_FIRST, _STEP = 0x100, 4


class Handle:
    """An open key, as a program holds it; closed when nobody holds it any more.

    Whoever makes one sets `opened` and `_number`: the handle of a predefined key, else 0.

    Attributes:
        table: the handles of its process.
        opened: what it leads to; None once it is closed or detached.
    """

    __slots__ = ("__weakref__", "_number", "opened")

    table: HandleTable
    opened: OpenKey | None
    _number: int

    @property
    def handle(self) -> int:
        """The number as a C `int`: a predefined key's is negative."""
        number = int(self) & 0xFFFF_FFFF
        return number - 2**32 if number >= 2**31 else number

    def Close(self) -> None:  # noqa: N802 - the name of the standard library
        """Close the handle; one that is closed already stays so.

        Raises:
            OSError: 6 when it was closed under its number before.
        """
        opened, self.opened = self.opened, None
        if self._number:
            self.table.forget(self._number, opened)

    def Detach(self) -> int:  # noqa: N802
        """Return the number and let go of it: the key stays open under the number."""
        if self.opened is None:
            return 0
        number = int(self)
        self.table.detach(number, self.opened)
        self.opened = None
        self._number = 0
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> None:
        if self._number:
            self.Close()
        else:
            self.opened = None

    def __bool__(self) -> bool:
        return self.opened is not None

    def __int__(self) -> int:
        # Most handles are never asked for their number, so that they get one late.
        return self.table.number(self) if self.opened is not None else 0

    def __str__(self) -> str:
        return f"<PyHKEY:0x{int(self):0{self.table.digits}X}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("cannot pickle 'winreg.PyHKEY' object")


class HandleTable:
    """Which numbers mean which open keys in one process.

    Args:
        digits: how many hexadecimal digits a pointer has.
    """

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self._numbers = itertools.count(_FIRST, _STEP)
        self._handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._detached: dict[int, OpenKey] = {}

    def number(self, handle: Handle) -> int:
        """Return the number of a handle."""
        if not handle._number:  # noqa: SLF001 - this table's
            number = handle._number = next(self._numbers)  # noqa: SLF001
            self._handles[number] = handle
        return handle._number  # noqa: SLF001

    def find(self, number: int) -> OpenKey | None:
        """Return the open key of a number; None when there is none."""
        detached = self._detached.get(number)
        if detached is not None:
            return detached
        handle = self._handles.get(number)
        return handle.opened if handle is not None else None

    def detach(self, number: int, opened: OpenKey) -> None:
        """Keep a key open under a number that no handle object has any more."""
        self._handles.pop(number, None)
        if not opened.number:
            self._detached[number] = opened

    def close(self, number: int) -> None:
        """Close a number.

        Raises:
            OSError: 6 when there is no such handle.
        """
        handle = self._handles.pop(number, None)
        if handle is not None:
            handle.opened = CLOSED
        elif self._detached.pop(number, None) is None:
            raise failure(_INVALID_HANDLE, f"there is no open handle {number:#x}")

    def forget(self, number: int, opened: OpenKey | None) -> None:
        """Give up the number of a handle that is closed.

        Raises:
            OSError: 6 when it was closed by its number before.
        """
        if opened is CLOSED:
            raise failure(_INVALID_HANDLE, "the handle was closed by its number before")
        self._handles.pop(number, None)


def handle_type(table: HandleTable) -> type[Handle]:
    """Return the handle type of one process; nobody else makes handles of it."""

    class PyHKEY(Handle):
        __slots__ = ()

        def __new__(cls) -> Self:
            raise TypeError("cannot create 'winreg.PyHKEY' instances")

        def __init_subclass__(cls) -> None:
            raise TypeError("type 'winreg.PyHKEY' is not an acceptable base type")

    PyHKEY.table = table
    PyHKEY.__module__ = "winreg"
    PyHKEY.__qualname__ = "PyHKEY"
    PyHKEY.__doc__ = Handle.__doc__
    return PyHKEY
