"""What the module raises: the errors of Windows, as CPython makes exceptions of them.

On Windows an `OSError` picks its subclass by the error number that belongs to the Windows error, and has `winerror`.
Elsewhere Python does neither; so there are classes here that look the same to whoever catches or prints them. They are
`MachineError`s too.

Source: CPython's Objects/exceptions.c; the texts are those of FormatMessage on an English Windows, from memory.
"""

from __future__ import annotations

import errno
from functools import cache

from harness.errors import MachineError

__all__ = ["failure", "of_windows"]

#: Without the full stop at the end, which CPython takes off.
_TEXTS = {
    2: "The system cannot find the file specified",
    3: "The system cannot find the path specified",
    5: "Access is denied",
    6: "The handle is invalid",
    8: "Not enough memory resources are available to process this command",
    13: "The data is invalid",
    19: "The media is write protected",
    32: "The process cannot access the file because it is being used by another process",
    50: "The request is not supported",
    53: "The network path was not found",
    80: "The file exists",
    87: "The parameter is incorrect",
    112: "There is not enough space on the disk",
    120: "This function is not supported on this system",
    123: "The filename, directory name, or volume label syntax is incorrect",
    161: "The specified path is invalid",
    183: "Cannot create a file when that file already exists",
    259: "No more data is available",
    267: "The directory name is invalid",
    1009: "The configuration registry database is corrupt",
    1010: "The configuration registry key is invalid",
    1011: "The configuration registry key could not be opened",
    1012: "The configuration registry key could not be read",
    1013: "The configuration registry key could not be written",
    1015: "The registry is corrupted. The structure of one of the files containing registry data is corrupted, or the "
    "system's memory image of the file is corrupted, or the file could not be recovered because the alternate copy or "
    "log was absent or corrupted",
    1016: "An I/O operation initiated by the registry failed unrecoverably. The registry could not read in, or write "
    "out, or flush, one of the files that contain the system's image of the registry",
    1017: "The system has attempted to load or restore a file into the registry, but the specified file is not in a "
    "registry file format",
    1018: "Illegal operation attempted on a registry key that has been marked for deletion",
    1020: "Cannot create a symbolic link in a registry key that already has subkeys or values",
    1021: "Cannot create a stable subkey under a volatile parent key",
    1314: "A required privilege is not held by the client",
}


class _WindowsError(MachineError):
    """An `OSError` as it is on Windows: `[WinError 2] The system cannot find the file specified`."""

    def __init__(self, winerror: int, number: int, text: str) -> None:
        OSError.__init__(self, number, text, None, winerror, None)
        self.winerror = winerror

    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[override]  # made anew: its class has another's name
        return failure, (self.winerror, "", str(self.strerror))


class _FileNotFoundError(_WindowsError, FileNotFoundError):
    pass


class _PermissionError(_WindowsError, PermissionError):
    pass


class _FileExistsError(_WindowsError, FileExistsError):
    pass


class _NotADirectoryError(_WindowsError, NotADirectoryError):
    pass


_CLASSES: dict[int, type[_WindowsError]] = {
    errno.ENOENT: _FileNotFoundError,
    errno.EACCES: _PermissionError,
    errno.EEXIST: _FileExistsError,
    errno.ENOTDIR: _NotADirectoryError,
}


def _look_like(kind: type[_WindowsError], name: str) -> None:
    """Let a traceback begin as on Windows: `FileNotFoundError: [WinError 2] The system cannot ...`."""
    kind.__name__ = kind.__qualname__ = name
    kind.__module__ = "builtins"


_look_like(_WindowsError, "OSError")
for _one in _CLASSES.values():
    _look_like(_one, _one.__name__.strip("_"))


def failure(winerror: int, place: str = "", text: str = "") -> OSError:
    """Return the exception for a Windows error.

    Args:
        winerror: the code.
        place: what a traceback tells beside it, usually which key. Windows says no such thing in the message.
        text: the message for a code whose text is not known here.
    """
    kind, number, known = _look(winerror)
    error = kind(winerror, number, known or text or f"Windows Error 0x{winerror:x}")
    if place:
        error.add_note(place)
    return error


@cache
def _look(winerror: int) -> tuple[type[_WindowsError], int, str]:
    number = MachineError(winerror, "").errno or errno.EINVAL
    return _CLASSES.get(number, _WindowsError), number, _TEXTS.get(winerror, "")


def of_windows(error: MachineError) -> OSError:
    """Return an error of the machine as the module raises it."""
    if isinstance(error, _WindowsError):
        return error
    return failure(error.winerror, f"{error.filename}: {error.strerror}", str(error.strerror))
