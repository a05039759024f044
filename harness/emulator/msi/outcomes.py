"""How msiexec ends: the exit codes it gives, and failures on the way there."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitCode", "InstallFailure"]


class ExitCode(IntEnum):
    """An exit code of msiexec (learn.microsoft.com, "MsiExec.exe and InstMsi.exe Error Messages")."""

    SUCCESS = 0
    USER_EXIT = 1602
    INSTALL_FAILURE = 1603
    UNKNOWN_PRODUCT = 1605
    SOURCE_ABSENT = 1612
    PACKAGE_VERSION = 1613
    ALREADY_RUNNING = 1618
    PACKAGE_OPEN_FAILED = 1619
    PACKAGE_INVALID = 1620
    LOG_FAILURE = 1622
    PLATFORM_UNSUPPORTED = 1633
    PRODUCT_VERSION = 1638
    INVALID_COMMAND_LINE = 1639
    RESTART_INITIATED = 1641
    RESTART_REQUIRED = 3010

    @property
    def is_success(self) -> bool:
        """Whether the product is now in the state that was asked for."""
        return self in (ExitCode.SUCCESS, ExitCode.RESTART_INITIATED, ExitCode.RESTART_REQUIRED)


class InstallFailure(Exception):
    """The installation ends here, and what it did is undone.

    Attributes:
        number: Windows Installer's own error number for the log, for example 1303; None for a message of the package.
        exit_code: what msiexec exits with.
    """

    def __init__(
        self, message: str, *, number: int | None = None, exit_code: ExitCode = ExitCode.INSTALL_FAILURE
    ) -> None:
        super().__init__(message)
        self.number = number
        self.exit_code = exit_code

    def __str__(self) -> str:
        message = super().__str__()
        return message if self.number is None else f"Error {self.number}. {message}"
