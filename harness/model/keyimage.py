"""A registry key that never changes, wherever it is from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from harness.model.windows import RegistryValue

__all__ = ["KeyImage"]


class KeyImage(Protocol):
    """A registry key with all below it that never changes; a live key can be laid out from it when it is looked at.

    Snapshots are made of such images, a hive file is one, and so is the registry of a fresh Windows.
    """

    @property
    def name(self) -> str:
        """The last part of its path."""
        ...

    @property
    def keys(self) -> Mapping[str, KeyImage]:
        """The keys below it, by folded name."""
        ...

    @property
    def values(self) -> Mapping[str, tuple[str, RegistryValue]]:
        """Name and value, by folded name, in the order they were made."""
        ...

    @property
    def modified(self) -> datetime:
        """The last-write time, aware."""
        ...

    @property
    def is_volatile(self) -> bool:
        """Whether it is gone after a restart."""
        ...

    @property
    def is_link(self) -> bool:
        """Whether it leads to where its value `SymbolicLinkValue` says."""
        ...
