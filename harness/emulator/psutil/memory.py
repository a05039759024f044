"""What psutil says of the memory, of which an emulated machine knows only how much there is.

Source: psutil 7's documentation, "Memory": the fields of Windows and their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, Self, SupportsIndex

from harness.errors import NotEmulated

__all__ = ["svmem"]


class svmem(tuple[int, ...]):  # noqa: N801, SLOT001 - psutil's name; it shall look like a named tuple
    """The memory in bytes: a named tuple of five fields, of which only `total` can be asked for.

    Args:
        total: how much there is.

    Raises:
        NotEmulated: for every other field, by name, by index or by unpacking.
    """

    __module__ = "psutil"

    _fields = ("total", "available", "percent", "used", "free")

    def __new__(cls, total: int) -> Self:
        """Make one; what is not known is never shown."""
        return super().__new__(cls, (total, *[0] * (len(cls._fields) - 1)))

    @property
    def total(self) -> int:
        """How much there is."""
        return super().__getitem__(0)

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        """Return a field by its index."""
        asked = self._fields[index] if isinstance(index, slice) else (self._fields[index],)
        for name in asked:
            if name != "total":
                _refuse(name)
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[int]:
        """Yield the total, and refuse the rest."""
        yield self.total
        _refuse(self._fields[1])

    def __getattr__(self, name: str) -> Any:
        if name in self._fields:
            _refuse(name)
        raise AttributeError(f"'svmem' object has no attribute {name!r}")

    def __repr__(self) -> str:
        unknown = ", ".join(f"{name}=<not emulated>" for name in self._fields[1:])
        return f"svmem(total={self.total}, {unknown})"

    def _asdict(self) -> NoReturn:
        _refuse(self._fields[1])


def _refuse(name: str) -> NoReturn:
    raise NotEmulated(f"psutil.virtual_memory().{name}", where="psutil", hint="only `total` is known of the memory")
