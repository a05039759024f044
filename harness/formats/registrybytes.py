"""The data of registry values as Windows keeps them: bytes, whatever the type says.

Source: learn.microsoft.com, "Registry Value Types"; how lists of texts with empty texts in them are taken apart is
that of CPython's PC/winreg.c.
"""

from __future__ import annotations

from typing import Literal

from harness.model.windows import RegistryType, RegistryValue

__all__ = ["value_of_bytes", "bytes_of_value"]

_SZ, _EXPAND = RegistryType.REG_SZ, RegistryType.REG_EXPAND_SZ

#: Numbers: how many bytes, and in which order.
_NUMBERS: dict[int, tuple[int, Literal["little", "big"]]] = {
    RegistryType.REG_DWORD: (4, "little"),
    RegistryType.REG_DWORD_BIG_ENDIAN: (4, "big"),
    RegistryType.REG_QWORD: (8, "little"),
}

_KNOWN = {int(member): member for member in RegistryType}


def value_of_bytes(type_: int, data: bytes) -> RegistryValue:
    r"""Return a value as the bytes that Windows keeps say it.

    One terminating NUL is taken off a text, or of a list of texts, where it is there; an odd last byte is lost. A
    number of another length than its type's stays bytes, as Windows keeps it and Registry Editor calls it invalid.

    Args:
        type_: any number of 32 bits.
        data: the bytes as they are stored.
    """
    known = _KNOWN.get(type_)
    if known is _SZ or known is _EXPAND:
        return RegistryValue(known, _decoded(data).removesuffix("\0"))
    if known is None:
        return RegistryValue(RegistryType(type_), data)
    if known in _NUMBERS:
        length, order = _NUMBERS[known]
        return RegistryValue(known, int.from_bytes(data, order) if len(data) == length else data)
    if known is RegistryType.REG_MULTI_SZ:
        return RegistryValue(known, _texts(_decoded(data)))
    return RegistryValue(known, None if known is RegistryType.REG_NONE and not data else data)


def bytes_of_value(value: RegistryValue) -> bytes:
    """Return what Windows keeps for a value, with the NULs that end texts."""
    match value.data:
        case bytes():
            return value.data
        case str():
            return _encoded(f"{value.data}\0")
        case int():
            length, order = _NUMBERS[value.type]
            return value.data.to_bytes(length, order)
        case tuple():
            return _encoded("".join(f"{text}\0" for text in (*value.data, "")))
        case None:
            return b""


def _decoded(data: bytes) -> str:
    return (data[:-1] if len(data) % 2 else data).decode("utf-16-le", "surrogatepass")


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _texts(data: str) -> tuple[str, ...]:
    texts = data.removesuffix("\0").split("\0")
    # What follows the last NUL is a text only where something is there.
    return tuple(texts if texts[-1] else texts[:-1])
