r"""What a Windows path says: which names below drive C: it means, or why Windows refuses it.

Sources: learn.microsoft.com, "Naming Files, Paths, and Namespaces" and "File path formats on Windows systems".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.errors import MachineError, NotEmulated

__all__ = ["DRIVE", "LITERAL", "parse_path", "is_device_name", "long_name_of"]

#: The only volume.
DRIVE = "C:"

#: In front of a path: take its names as they are.
LITERAL = "\\\\?\\"

_LONGEST_NAME = 255
_LONGEST_PATH = 32_767
_INVALID = re.compile(r'[<>"|?*\x00-\x1f]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[1-9¹²³])[ ]*(\..*)?", re.IGNORECASE | re.DOTALL)

_SHORT = re.compile(r"([^.~ ]{1,6})~([1-4])(?:\.([^. ]{1,3}))?")
_FITS_8_3 = re.compile(r"[^. +,;=\[\]]{1,8}(\.[^. +,;=\[\]]{1,3})?")


def parse_path(path: str) -> tuple[str, ...]:
    r"""Return the names below drive C:, outermost first; none for the root.

    Slashes count as backslashes, `.` and `..` are worked out, and dots and blanks at the end are dropped as Windows
    drops them. `\\?\` in front turns all that off.

    Raises:
        MachineError: 3 for another drive or nothing at all, 123 for a name with characters that no file name has or
            over 255 of them, 161 for a relative path, 206 for more than 32,767 characters.
        NotEmulated: for a network path, a device path or an alternate data stream.
    """
    if len(path) > _LONGEST_PATH:
        raise MachineError(206, f"a path has at most {_LONGEST_PATH} characters", f"{path[:80]}...")
    is_literal = path.startswith(LITERAL)
    text = path[len(LITERAL) :] if is_literal else path.replace("/", "\\")
    if text.startswith("\\\\") or (is_literal and text[1:2] != ":"):
        raise NotEmulated("network and device paths", where=path, hint="use a path on drive C:")
    names = _below_drive(text, path).split("\\")
    names = [name for name in names if name] if is_literal else _normal(names)
    for position, name in enumerate(names):
        _check(name, path, is_last=position == len(names) - 1, is_literal=is_literal)
    return tuple(names)


def is_device_name(name: str) -> bool:
    """Return whether a file name means a device: `NUL`, `com1.txt`, `Aux .log`. The last part of a path counts."""
    return _DEVICE.fullmatch(name) is not None


def long_name_of(short: str, names: Iterable[str]) -> str | None:
    """Return which of a folder's names an 8.3 name like `PROGRA~1` stands for; names in the order they were made.

    NTFS gives every long name a short one of six characters and a number. From the fifth with the same beginning it
    uses a hash instead, which is not modelled. Source: RtlGenerate8dot3Name, from memory.
    """
    match = _SHORT.fullmatch(short)
    if match is None:
        return None
    wanted, number = (match[1].upper(), (match[3] or "").upper()), int(match[2])
    alike = [name for name in names if not _FITS_8_3.fullmatch(name) and _shortened(name) == wanted]
    return alike[number - 1] if number <= len(alike) else None


def _below_drive(text: str, path: str) -> str:
    if text[1:2] == ":":
        if text[0].upper() != DRIVE[0]:
            raise MachineError(3, "the machine has no such drive", path)
        if text[2:3] not in ("", "\\"):
            raise MachineError(161, "the path is relative to the current folder of its drive, not absolute", path)
        return text[3:]
    if not text.startswith("\\"):
        raise MachineError(161 if text else 3, "the path is not absolute", path)
    return text[1:]


def _normal(names: list[str]) -> list[str]:
    """Work out `.` and `..`, and drop what Windows drops at the end of names.

    In the middle of a path that is a single dot, at its end all dots and blanks.
    """
    found: list[str] = []
    last = len(names) - 1
    for position, name in enumerate(names):
        if name == "..":
            del found[-1:]
            continue
        if position == last:
            name = name.rstrip(". ")  # noqa: PLW2901 - the name as Windows takes it
        elif name.endswith(".") and not name.endswith(".."):
            name = name[:-1]  # noqa: PLW2901
        if name:
            found.append(name)
    return found


def _check(name: str, path: str, *, is_last: bool, is_literal: bool) -> None:
    head, colon, stream = name.partition(":")
    if colon and is_last and head and stream and not _INVALID.search(head):
        raise NotEmulated(f"the alternate data stream {stream!r}", where=path, hint="name the file without a colon")
    if colon or _INVALID.search(name) or (is_literal and ("/" in name or name in (".", ".."))):
        raise MachineError(123, f"{name!r} is not a file name", path)
    if len(name) > _LONGEST_NAME // 2 and len(name.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST_NAME:
        raise MachineError(123, f"a file name has at most {_LONGEST_NAME} characters", path)


def _shortened(name: str) -> tuple[str, str]:
    """Return the first six characters and the extension that a short name of this one has, in upper case."""
    stem, _, extension = name.replace(" ", "").strip(".").rpartition(".")
    stem, extension = (stem.replace(".", ""), extension) if stem else (extension, "")
    return _plain(stem)[:6], _plain(extension)[:3]


def _plain(part: str) -> str:
    return re.sub(r"[+,;=\[\]]", "_", part).upper()
