"""How the registry of a fresh Windows is written down: keys by path, values as plain data where the type is plain."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.windows import RegistryType, RegistryValue

__all__ = ["Data", "Keys", "expand", "value_of"]

#: What a value may be written as; the type is the one that is expected for it.
Data = str | int | bytes | tuple[str, ...] | RegistryValue

#: Values by name, by the key below its hive.
Keys = Mapping[str, Mapping[str, Data]]


def expand(text: str) -> RegistryValue:
    """Return a text in which `%variables%` are replaced when it is read."""
    return RegistryValue(RegistryType.REG_EXPAND_SZ, text)


def value_of(data: Data) -> RegistryValue:
    """Return the value that was written down."""
    return data if isinstance(data, RegistryValue) else RegistryValue.of(data)
