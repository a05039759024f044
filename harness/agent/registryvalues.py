"""Reading and writing single registry values; whatever else is found there counts as missing.

Keys of the agent can be edited by anybody with administrator's rights, so nothing read from them is trusted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from harness.machine.ports import Registry
from harness.model.windows import Hive, RegistryPath, RegistryValue

__all__ = ["ROOT", "RegistryValues", "from_wire_time", "to_wire_time"]

#: Everything the agent keeps is below this key (seen on devices), in the 64-bit view.
ROOT = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\IntuneManagementExtension")
_WIRE_TIME = "%m/%d/%Y %H:%M:%S"
_WIRE_TIME_PATTERN = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")


def to_wire_time(moment: datetime) -> str:
    """Write a time as GRS values have it (seen): `03/23/2023 08:55:35`, in UTC."""
    return moment.astimezone(UTC).strftime(_WIRE_TIME)


def from_wire_time(text: str) -> datetime | None:
    """Read a time as GRS values have it; None when it is none."""
    found = _WIRE_TIME_PATTERN.fullmatch(text)
    if found is None:
        return None
    month, day, year, hour, minute, second = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:  # for example 02/30/2026
        return None


class RegistryValues:
    """The values of one key."""

    def __init__(self, registry: Registry, key: RegistryPath) -> None:
        self.registry = registry
        self.key = key

    def child(self, name: str) -> RegistryValues:
        """Return those of a key below."""
        return RegistryValues(self.registry, self.key.child(name))

    def exists(self) -> bool:
        """Return whether the key exists."""
        return self.registry.exists(self.key)

    def names(self) -> list[str]:
        """Return the names of the keys below; none when the key does not exist."""
        return list(self.registry.subkeys(self.key)) if self.registry.exists(self.key) else []

    def values(self) -> dict[str, RegistryValue]:
        """Return all values; none when the key does not exist."""
        return dict(self.registry.values(self.key)) if self.registry.exists(self.key) else {}

    def text(self, name: str) -> str | None:
        """Return a text; None when it is missing or empty or no text."""
        value = self.registry.get(self.key, name)
        return value.data if value is not None and isinstance(value.data, str) and value.data else None

    def number(self, name: str) -> int | None:
        """Return a number; None when it is missing or no number."""
        value = self.registry.get(self.key, name)
        return value.data if value is not None and isinstance(value.data, int) else None

    def moment(self, name: str) -> datetime | None:
        """Return a time in ISO format; None when it is missing or no time."""
        try:
            moment = datetime.fromisoformat(self.text(name) or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def set(self, name: str, data: str | int | datetime | None) -> None:
        """Set a value; None deletes it. Times are written in ISO format, in UTC."""
        if data is None:
            if self.registry.get(self.key, name) is not None:
                self.registry.delete_value(self.key, name)
            return
        if isinstance(data, datetime):
            data = data.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self.registry.set(self.key, name, RegistryValue.of(data))

    def delete(self) -> None:
        """Delete the key with everything below it; a missing one stays missing."""
        if self.registry.exists(self.key):
            self.registry.delete(self.key)
