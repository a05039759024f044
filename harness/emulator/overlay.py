"""One image of a registry key laid over another, without looking at either before somebody does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from harness.emulator.frozen import KeyImage
from harness.model.windows import RegistryValue

__all__ = ["Overlay"]


class Overlay:
    """A key that has what two others have; where both have a value or a key, the upper one's counts.

    Args:
        lower: what is there.
        upper: what is laid over it.

    Attributes:
        name: the lower one's: a hive's root is called anything.
        modified: the upper one's.
        is_volatile: the lower one's.
        is_link: the lower one's.
    """

    __slots__ = ("_keys", "_lower", "_upper", "_values", "is_link", "is_volatile", "modified", "name")

    def __init__(self, lower: KeyImage, upper: KeyImage) -> None:
        self._lower = lower
        self._upper = upper
        self.name: str = lower.name
        self.modified: datetime = upper.modified
        self.is_volatile: bool = lower.is_volatile
        self.is_link: bool = lower.is_link
        self._keys: Mapping[str, KeyImage] | None = None
        self._values: Mapping[str, tuple[str, RegistryValue]] | None = None

    @property
    def keys(self) -> Mapping[str, KeyImage]:
        """The keys of both, by folded name."""
        if self._keys is None:
            lower, upper = self._lower.keys, self._upper.keys
            over = {name: Overlay(lower[name], key) if name in lower else key for name, key in upper.items()}
            self._keys = {**lower, **over}
        return self._keys

    @property
    def values(self) -> Mapping[str, tuple[str, RegistryValue]]:
        """The values of both, by folded name."""
        if self._values is None:
            self._values = {**self._lower.values, **self._upper.values}
        return self._values
