"""Every error the harness raises on purpose, in families by who must act.

A message says what was found, where, and what was expected; then, after a dash, what to do. The command line
shows it as it is, without a traceback, and exits with the family's `exit_status`.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "HarnessError",
    "UsageError",
    "FormatError",
    "Problem",
    "MachineError",
    "Unavailable",
    "NotEmulated",
]


class HarnessError(Exception):
    """Any error the harness raises on purpose; everything else is a bug."""

    exit_status: ClassVar[int] = 1


class UsageError(HarnessError):
    """The caller asked for something impossible: an unknown name, time running backwards, two options that clash."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a document.

    Attributes:
        where: the place inside the document: a JSON path (`$.rules[0].operator`), a zip entry, an XML element, or
            an empty text for the document as a whole.
        message: what was found and what was expected, lowercase, without a full stop.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class FormatError(HarnessError):
    """A package, a JSON document or another file does not read; carries every problem found, not only the first.

    Attributes:
        source: the name of the file or document.
        problems: what is wrong, in the order of the document.
    """

    exit_status = 2

    def __init__(self, source: str, problems: Sequence[Problem] | str) -> None:
        self.source = source
        self.problems: tuple[Problem, ...] = (Problem("", problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(f"{source}: {problem}" for problem in self.problems))

    def __reduce__(self) -> tuple[type[FormatError], tuple[str, tuple[Problem, ...]]]:
        return FormatError, (self.source, self.problems)


#: Windows error code -> errno, as the C runtime maps it (windows-sdk `dosmap`; the rest is EINVAL).
_ERRNO = {
    2: errno.ENOENT,
    3: errno.ENOENT,
    5: errno.EACCES,
    6: errno.EBADF,
    8: errno.ENOMEM,
    15: errno.ENOENT,
    17: errno.EXDEV,
    19: errno.EACCES,
    32: errno.EACCES,
    33: errno.EACCES,
    53: errno.ENOENT,
    80: errno.EEXIST,
    112: errno.ENOSPC,
    145: errno.ENOTEMPTY,
    161: errno.ENOENT,
    183: errno.EEXIST,
    193: errno.ENOEXEC,
    206: errno.ENOENT,
    267: errno.ENOTDIR,
}


class MachineError(HarnessError, OSError):
    """A Windows operation failed, with the code Windows gives.

    It is an `OSError` too, so code under test that catches `OSError` behaves as on Windows.

    Attributes:
        winerror: the Win32 error code, for example 2 (file not found), 5 (access denied), 32 (in use).
        filename: the path or registry key it happened at.
    """

    def __init__(self, winerror: int, message: str, filename: str | None = None) -> None:
        OSError.__init__(self, _ERRNO.get(winerror, errno.EINVAL), message, filename)
        self.winerror = winerror

    def __str__(self) -> str:
        place = f": {self.filename}" if self.filename else ""
        return f"[WinError {self.winerror}] {self.strerror}{place}"

    def __reduce__(self) -> tuple[type[MachineError], tuple[int, str, str | None]]:
        return MachineError, (self.winerror, str(self.strerror), self.filename)


class Unavailable(HarnessError):
    """Something the request needs is not on this computer: a capability, a program, a platform."""

    exit_status = 3


class NotEmulated(HarnessError):
    """The emulated machine was asked for something it does not model; never answered by a silent default.

    Attributes:
        what: the thing that is not modelled, for example `MSI table 'ODBCDriver'`.
        where: where it was asked for, for example `setup.msi` or a command line.
        hint: what the user can do about it.
    """

    exit_status = 3

    def __init__(self, what: str, *, where: str, hint: str) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(f"not emulated: {what} (in {where}) - {hint}")

    def __reduce__(self) -> tuple[object, ...]:
        return _not_emulated, (self.what, self.where, self.hint)


def _not_emulated(what: str, where: str, hint: str) -> NotEmulated:
    return NotEmulated(what, where=where, hint=hint)
