"""What the tests of the registry share: paths, a clock that ticks, images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.frozen import FrozenKey, KeyImage
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryValue

ADA = "S-1-5-21-1-2-3-1001"
BOB = "S-1-5-21-1-2-3-1002"
APP = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\App")
LINK = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Link")
TEXT = RegistryValue.of("text")
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def path(text: str) -> RegistryPath:
    """Return the path a text says."""
    return RegistryPath.parse(text)


class Ticking:
    """A clock that shows another minute at every look."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        """Return the time, a minute later than before."""
        self.time += timedelta(minutes=1)
        return self.time


def code_of(action: Callable[[], object]) -> int:
    """Return the code an action fails with."""
    with pytest.raises(MachineError) as caught:
        action()
    return caught.value.winerror


class CountingImage:
    """An image that counts how often somebody looks into it, as a hive file would be read."""

    def __init__(self, name: str, keys: Mapping[str, KeyImage] | None = None, **values: RegistryValue) -> None:
        self.name = name
        self.modified = START
        self.is_volatile = False
        self.is_link = False
        self.looks = 0
        self._keys = {folded(key): image for key, image in (keys or {}).items()}
        self._values = {folded(value): (value, data) for value, data in values.items()}

    @property
    def keys(self) -> Mapping[str, KeyImage]:
        """The keys below it."""
        self.looks += 1
        return self._keys

    @property
    def values(self) -> Mapping[str, tuple[str, RegistryValue]]:
        """Its values."""
        self.looks += 1
        return self._values


def image(name: str, *keys: KeyImage, is_volatile: bool = False, **values: RegistryValue) -> FrozenKey:
    """Return an image of a key that has keys below it and values."""
    return FrozenKey(
        name=name,
        keys={folded(key.name): key for key in keys},
        values={folded(value): (value, data) for value, data in values.items()},
        modified=START,
        is_volatile=is_volatile,
        holds_volatile=is_volatile,
    )
