"""The short names, of eight characters and an extension of three, that NTFS gives to every long one.

Sources: learn.microsoft.com, "Naming Files, Paths, and Namespaces", section "Short vs. Long Names"; what the number is
replaced by from the fifth name on: Tom Galvin, "A Tale of Two File Names" (2015), who worked it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.model.names import folded

__all__ = ["ShortNames", "is_short"]

_FITS_8_3 = re.compile(r"[^. +,;=\[\]]{1,8}(\.[^. +,;=\[\]]{1,3})?")
_NOT_SHORT = re.compile(r"[+,;=\[\]]")

#: After so many alike names, a checksum takes the place of the beginning.
_NUMBERED = 4


class ShortNames:
    """The short names in one folder: each is given when a long name comes, and stays until it goes.

    Args:
        names: the long names in the order in which they came.
    """

    __slots__ = ("_long", "_short")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._long: dict[str, str] = {}
        self._short: dict[str, str] = {}
        for name in names:
            self.add(name)

    def long_name(self, short: str) -> str | None:
        """Return the folded long name that a folded short one stands for."""
        return self._long.get(short)

    def add(self, name: str) -> None:
        """Give a name a short one, unless it is short itself."""
        if is_short(name):
            return
        short = next(candidate for candidate in _candidates(name) if candidate not in self._long)
        self._long[short] = folded(name)
        self._short[folded(name)] = short

    def remove(self, name: str) -> None:
        """Forget a name; the next one may have its short name."""
        short = self._short.pop(folded(name), None)
        if short:
            del self._long[short]

    def copy(self) -> ShortNames:
        """Return the same for another folder."""
        copy = ShortNames()
        copy._long, copy._short = dict(self._long), dict(self._short)
        return copy


def is_short(name: str) -> bool:
    """Return whether a name needs no other one: eight characters, a dot, three characters, all of them plain."""
    return len(name) <= 12 and _FITS_8_3.fullmatch(name) is not None  # noqa: PLR2004 - 8, a dot, 3


def _candidates(name: str) -> Iterator[str]:
    stem, _, extension = name.replace(" ", "").strip(".").rpartition(".")
    stem, extension = (stem.replace(".", ""), extension) if stem else (extension, "")
    stem, tail = _plain(stem), _plain(extension)[:3]
    tail = f".{tail}" if tail else ""
    for number in range(1, _NUMBERED + 1):
        yield f"{stem[:6]}~{number}{tail}"
    begin = f"{stem[:2]}{_checksum(name):04X}"
    number = 1
    while True:
        yield f"{begin[: 7 - len(str(number))]}~{number}{tail}"
        number += 1


def _plain(part: str) -> str:
    return _NOT_SHORT.sub("_", folded(part))


def _checksum(name: str) -> int:
    """Return sixteen bits made of a name."""
    units = name.encode("utf-16-le", "surrogatepass")
    total = 0
    for position in range(0, len(units), 2):
        total = (total * 0x25 + int.from_bytes(units[position : position + 2], "little")) & 0xFFFF
    mixed = (total * 314_159_269) & 0xFFFF_FFFF
    if mixed >= 1 << 31:
        mixed = (1 << 32) - mixed
    mixed = (mixed - ((mixed * 1_152_921_497) >> 60) * 1_000_000_007) & 0xFFFF
    return (mixed & 0xF000) >> 12 | (mixed & 0x0F00) >> 4 | (mixed & 0x00F0) << 4 | (mixed & 0x000F) << 12
