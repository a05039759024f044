"""Shell links, the content of `.lnk` files.

Source: MS-SHLLINK ("Shell Link (.LNK) Binary File Format"): a header, where the target is on the local volume, and
texts. The list of shell items, which Explorer adds, is left out; the format allows that.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

__all__ = ["ShellLink", "to_shell_link"]

_CLASS_ID: Final = bytes.fromhex("0114020000000000C000000000000046")
_HAS_LINK_INFO, _HAS_NAME, _HAS_WORKING_DIRECTORY, _HAS_ARGUMENTS, _HAS_ICON = 2, 4, 16, 32, 64
_IS_UNICODE, _HAS_DARWIN_ID = 0x80, 0x1000
_FIXED_DRIVE, _DARWIN = 3, 0xA0000006


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellLink:
    """A shortcut.

    Attributes:
        target: the full path of the file or folder; empty for an advertised shortcut.
        advertised: what Windows Installer resolves instead: product, feature and component; empty for a plain one.
        hotkey: the key and its modifiers, as the Shortcut table has them.
        show_command: 1 normal, 3 maximised, 7 minimised.
    """

    target: str = ""
    advertised: str = ""
    description: str = ""
    arguments: str = ""
    working_directory: str = ""
    icon: str = ""
    icon_index: int = 0
    hotkey: int = 0
    show_command: int = 1


def to_shell_link(link: ShellLink) -> bytes:
    """Write a `.lnk` file."""
    texts = (
        (_HAS_NAME, link.description),
        (_HAS_WORKING_DIRECTORY, link.working_directory),
        (_HAS_ARGUMENTS, link.arguments),
        (_HAS_ICON, link.icon),
    )
    flags = _IS_UNICODE | sum(flag for flag, text in texts if text)
    flags |= (_HAS_LINK_INFO if link.target else 0) | (_HAS_DARWIN_ID if link.advertised else 0)
    header = struct.pack(
        "<I16sII24xIiIHHII",
        0x4C,
        _CLASS_ID,
        flags,
        0,
        0,
        link.icon_index,
        link.show_command & 0xFFFF,
        link.hotkey & 0xFFFF,
        0,
        0,
        0,
    )
    parts = [header]
    if link.target:
        parts.append(_link_info(link.target))
    parts += [_text(text) for _, text in texts if text]
    if link.advertised:
        parts.append(_darwin_block(link.advertised))
    return b"".join([*parts, bytes(4)])


def _link_info(target: str) -> bytes:
    """Return the target as a path on a fixed drive, in ANSI and in UTF-16."""
    header_size = 0x24
    volume = struct.pack("<IIII", 17, _FIXED_DRIVE, 0, 16) + b"\0"
    ansi, unicode = target.encode("cp1252", "replace") + b"\0", target.encode("utf-16-le", "replace") + b"\0\0"
    at_ansi = header_size + len(volume)
    at_ansi_suffix = at_ansi + len(ansi)
    at_unicode = at_ansi_suffix + 1
    at_unicode_suffix = at_unicode + len(unicode)
    size = at_unicode_suffix + 2
    offsets = (size, header_size, 1, header_size, at_ansi, 0, at_ansi_suffix, at_unicode, at_unicode_suffix)
    return struct.pack("<9I", *offsets) + volume + ansi + b"\0" + unicode + b"\0\0"


def _text(text: str) -> bytes:
    text = text[:0xFFFF]
    return struct.pack("<H", len(text.encode("utf-16-le", "replace")) // 2) + text.encode("utf-16-le", "replace")


def _darwin_block(advertised: str) -> bytes:
    ansi = advertised.encode("cp1252", "replace")[:259].ljust(260, b"\0")
    unicode = advertised.encode("utf-16-le", "replace")[:518].ljust(520, b"\0")
    return struct.pack("<II", 0x314, _DARWIN) + ansi + unicode
