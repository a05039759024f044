"""GUIDs as Windows Installer writes them into the registry: packed, and in base 85.

Source: Wine `dlls/msi/msi.c` and `dlls/msi/msi_main.c` (`squash_guid`, `encode_base85_guid`), compared with
registries that msiexec wrote.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_guid", "is_packed_guid", "pack_guid", "unpack_guid", "encode_guid"]

_GUID: Final = re.compile(
    r"\{?([0-9A-F]{8})-([0-9A-F]{4})-([0-9A-F]{4})-([0-9A-F]{4})-([0-9A-F]{12})\}?", re.IGNORECASE
)
_ALPHABET: Final = "!$%&'()*+,-.0123456789=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~"


def is_guid(text: str) -> bool:
    """Return whether a text is a GUID in braces."""
    return text[:1] == "{" and text[-1:] == "}" and _GUID.fullmatch(text) is not None


def is_packed_guid(text: str) -> bool:
    """Return whether a text is the name of a GUID's key."""
    return re.fullmatch(r"[0-9A-Fa-f]{32}", text) is not None


def pack_guid(guid: str) -> str:
    """Return the hex digits that name a GUID's key: three groups reversed, then each byte's two digits swapped.

    Raises:
        ValueError: if it is no GUID.
    """
    match = _GUID.fullmatch(guid.strip())
    if match is None:
        raise ValueError(f"{guid[:60]!r} is not a GUID")
    first, second, third, fourth, fifth = match.groups()
    return (first[::-1] + second[::-1] + third[::-1] + _swapped(fourth + fifth)).upper()


def unpack_guid(packed: str) -> str:
    """Return the GUID, in braces, of a key's name.

    Raises:
        ValueError: if it is not 32 hex digits.
    """
    if not is_packed_guid(packed):
        raise ValueError(f"{packed[:60]!r} is not a packed GUID")
    tail = _swapped(packed[16:])
    groups = (packed[7::-1], packed[11:7:-1], packed[15:11:-1], tail[:4], tail[4:])
    return f"{{{'-'.join(groups)}}}".upper()


def encode_guid(guid: str) -> str:
    """Return the 20 characters that stand for a GUID in feature values and advertised shortcuts.

    Raises:
        ValueError: if it is no GUID.
    """
    from uuid import UUID

    data = UUID(unpack_guid(pack_guid(guid))).bytes_le
    characters = []
    for at in range(0, 16, 4):
        number = int.from_bytes(data[at : at + 4], "little")
        for _ in range(5):
            number, digit = divmod(number, 85)
            characters.append(_ALPHABET[digit])
    return "".join(characters)


def _swapped(digits: str) -> str:
    return "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))
