"""The errors of psutil, with its names, arguments and attributes.

Source: psutil 7's documentation, "Exceptions".
"""

from __future__ import annotations

__all__ = ["Error", "NoSuchProcess", "ZombieProcess", "AccessDenied", "TimeoutExpired"]


class Error(Exception):
    """What every error of psutil is.

    Attributes:
        msg: what is wrong.
        pid: whose it is.
        name: the process's, if it is known.
    """

    __module__ = "psutil"

    msg = ""
    pid: int | None = None
    name: str | None = None

    def __str__(self) -> str:
        shown = {"pid": self.pid, "name": self.name}
        facts = ", ".join(f"{key}={value!r}" for key, value in shown.items() if value is not None)
        return " ".join(part for part in (self.msg, facts and f"({facts})") if part)


class NoSuchProcess(Error):
    """There is no process with that id, or not any more."""

    __module__ = "psutil"

    def __init__(self, pid: int, name: str | None = None, msg: str | None = None) -> None:
        super().__init__(pid, name, msg)
        self.pid = pid
        self.name = name
        self.msg = msg or "process no longer exists"


class ZombieProcess(NoSuchProcess):
    """Never happens on Windows; code names it nevertheless."""

    __module__ = "psutil"


class AccessDenied(Error):
    """The program may not."""

    __module__ = "psutil"

    def __init__(self, pid: int | None = None, name: str | None = None, msg: str | None = None) -> None:
        super().__init__(pid, name, msg)
        self.pid = pid
        self.name = name
        self.msg = msg or ""


class TimeoutExpired(Error):
    """The process still runs at the end of the time.

    Attributes:
        seconds: how long was waited.
    """

    __module__ = "psutil"

    def __init__(self, seconds: float, pid: int | None = None, name: str | None = None) -> None:
        super().__init__(seconds, pid, name)
        self.seconds = seconds
        self.pid = pid
        self.name = name
        self.msg = f"timeout after {seconds} seconds"
