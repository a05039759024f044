"""Which data fits which registry type, and how long a value's name may be.

How long the data may be is not limited: "Available memory" is what learn.microsoft.com, "Registry Element Size
Limits", says of today's hives.
"""

from __future__ import annotations

from harness.errors import MachineError, UsageError
from harness.model.windows import RegistryData, RegistryPath, RegistryType, RegistryValue

__all__ = ["check_value"]

_LONGEST_NAME = 16_383

_BITS = {RegistryType.REG_DWORD: 32, RegistryType.REG_DWORD_BIG_ENDIAN: 32, RegistryType.REG_QWORD: 64}


def check_value(path: RegistryPath, name: str, value: RegistryValue) -> None:
    """Make sure that data fits its type, and that a value can have a name.

    Args:
        path: which key, for the messages.
        name: the name.
        value: type and data.

    Raises:
        UsageError: for data that does not fit, saying what the type takes.
        MachineError: 87 for a name over 16,383 characters.
    """
    if len(name) > _LONGEST_NAME:
        raise MachineError(87, f"a value name has at most {_LONGEST_NAME} characters", path.short)
    wanted = _misfit(value.type, value.data)
    if wanted:
        place = f"{path.short} : {name or '(default)'}"
        raise UsageError(f"{place}: {value.data!r} is no {value.type.name} - give {wanted}")


def _misfit(type_: RegistryType, data: RegistryData) -> str:
    """Return what the type takes when the data is something else, or nothing."""
    match type_:
        case RegistryType.REG_SZ | RegistryType.REG_EXPAND_SZ:
            return "" if isinstance(data, str) else "text"
        case RegistryType.REG_DWORD | RegistryType.REG_DWORD_BIG_ENDIAN | RegistryType.REG_QWORD:
            bits = _BITS[type_]
            if isinstance(data, bytes) and len(data) != bits // 8:
                return ""  # Windows keeps a number of the wrong length as it is
            fits = isinstance(data, int) and 0 <= data < 2**bits
            return "" if fits else f"a whole number from 0 to {2**bits - 1}"
        case RegistryType.REG_MULTI_SZ:
            fits = isinstance(data, tuple) and all(isinstance(text, str) for text in data)
            return "" if fits else "a tuple of texts"
        case RegistryType.REG_NONE:
            return "" if data is None or isinstance(data, bytes) else "bytes or nothing"
        case _:
            return "" if isinstance(data, bytes) else "bytes"
