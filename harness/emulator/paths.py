r"""What a Windows path says: which names on which volume it means, or why Windows refuses it.

Sources: learn.microsoft.com, "Naming Files, Paths, and Namespaces", "File path formats on Windows systems" and "Maximum
Path Length Limitation"; codes that are not named there are from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.errors import MachineError, NotEmulated

__all__ = ["DRIVE", "LITERAL", "WindowsPath", "check_length", "is_device_name", "read_path"]

#: The volume that Windows is on.
DRIVE = "C:"

#: In front of a path: take its names as they are.
LITERAL = "\\\\?\\"

_LONGEST_NAME = 255
_LONGEST_PATH = 32_767
#: The length of an ordinary path with the NUL at its end; a folder leaves room for a short name in it.
_MAX_PATH = 260
_MAX_FOLDER_PATH = 248

_INVALID = re.compile(r'[<>"|?*\x00-\x1f]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[1-9¹²³])[ ]*(\..*)?", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:")
_SHARE = re.compile(r"([A-Za-z])\$")
#: What a machine calls itself besides its own name.
_SELF = ("LOCALHOST", "127.0.0.1", "::1", "0--1.IPV6-LITERAL.NET")


@dataclass(frozen=True, slots=True)
class WindowsPath:
    r"""What a path says.

    Attributes:
        drive: the volume, `C:`.
        names: the names below its root, outermost first.
        is_literal: whether `\\?\` stood in front.
        is_share: whether the volume was reached as an administrative share, `\\localhost\C$`.
    """

    drive: str
    names: tuple[str, ...]
    is_literal: bool = False
    is_share: bool = False


def read_path(path: str, host_name: str = "") -> WindowsPath:
    r"""Return what a path says. A path without a drive, `\Windows`, is on drive C:.

    Slashes count as backslashes, `.` and `..` are worked out, and dots and blanks at the end are dropped as Windows
    drops them. `\\?\` in front turns all that off.

    Args:
        path: the path, absolute.
        host_name: what the machine is called on the network.

    Raises:
        MachineError: 3 for nothing at all, 53 for another computer, 67 for a share that is not an administrative one,
            123 for a name with characters that no file name has or over 255 of them, 161 for a relative path, 206 for
            more than 32,767 characters.
        NotEmulated: for a device path or an alternate data stream.
    """
    if len(path) > _LONGEST_PATH:
        raise MachineError(206, f"a path has at most {_LONGEST_PATH} characters", f"{path[:80]}...")
    is_literal = path.startswith(LITERAL)
    text = path[len(LITERAL) :] if is_literal else path.replace("/", "\\")
    if is_literal and text[:4].upper() == "UNC\\":
        text = "\\\\" + text[4:]
    is_share = text.startswith("\\\\")
    if text[:4] in ("\\\\.\\", "\\\\?\\") or text[:4] == "\\??\\" or (is_literal and not is_share and text[1:2] != ":"):
        raise NotEmulated("device paths", where=path, hint="use a path that begins with a drive letter")
    drive, rest = _share(text, path, host_name) if is_share else _drive(text, path)
    names = rest.split("\\")
    names = [name for name in names if name] if is_literal else _normal(names)
    for position, name in enumerate(names):
        _check(name, path, is_last=position == len(names) - 1, is_literal=is_literal)
    return WindowsPath(drive, tuple(names), is_literal, is_share)


def check_length(path: str, *, for_folder: bool = False) -> None:
    r"""Make sure that a path is one that a program can use which knows nothing of long paths.

    The volumes themselves take any path of up to 32,767 characters, as NTFS does. Windows refuses long ones for most
    programs: those without `longPathAware` in their manifest, and all while `LongPathsEnabled` is 0.

    Args:
        path: an absolute path. One with `\\?\` in front may always be long.
        for_folder: whether a folder is to be made; its path must leave room for a short file name.

    Raises:
        MachineError: 3 for 260 characters or more, 206 for a folder to be made whose path has 248 or more.
    """
    if len(path) < _MAX_FOLDER_PATH - 1 or path.startswith(LITERAL):
        return
    whole = read_path(path)
    length = len("\\".join((whole.drive, *whole.names)))
    if for_folder and length >= _MAX_FOLDER_PATH:
        raise MachineError(206, f"the path has {length} characters, of which a folder's has at most 247", path)
    if length >= _MAX_PATH:
        raise MachineError(3, f"the path has {length} characters, and this program can use at most 259", path)


def is_device_name(name: str) -> bool:
    """Return whether a file name means a device: `NUL`, `com1.txt`, `Aux .log`. The last part of a path counts."""
    return _DEVICE.fullmatch(name) is not None


def _drive(text: str, path: str) -> tuple[str, str]:
    if _DRIVE.match(text):
        if text[2:3] not in ("", "\\"):
            raise MachineError(161, "the path is relative to the current folder of its drive, not absolute", path)
        return text[:2].upper(), text[3:]
    if not text.startswith("\\"):
        raise MachineError(161 if text else 3, "the path is not absolute", path)
    return DRIVE, text[1:]


def _share(text: str, path: str, host_name: str) -> tuple[str, str]:
    r"""Return the drive behind `\\localhost\C$\...` and the rest."""
    host, _, rest = text[2:].partition("\\")
    share, _, rest = rest.partition("\\")
    if not host or not share:
        raise MachineError(123, "a network path names a computer and a share", path)
    if host.upper() not in (*_SELF, host_name.upper()):
        raise MachineError(53, f"the network path was not found: no computer answers to {host!r}", path)
    match = _SHARE.fullmatch(share)
    if match is None:
        raise MachineError(67, f"the machine shares nothing as {share!r}", path)
    return f"{match[1].upper()}:", rest


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
