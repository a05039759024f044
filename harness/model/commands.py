"""Running something: what to run, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harness.model.windows import SYSTEM, Account, Bits, Token

__all__ = ["Command", "Exit", "ProcessInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    r"""What CreateProcess is asked to run.

    Attributes:
        command_line: the line as written; the program is looked up as CreateProcess does.
        working_directory: the current folder of the new process.
        account: who it runs as.
        session_id: 0 for services, 1 and up for users.
        parent_bits: how wide the starting process is; a 32-bit parent finds `SysWOW64` where it says `System32`.
        environment: variables set or replaced on top of the account's own; names without regard to case.
        parent_pid: the starting process, 0 when it is not on the process table.
        is_elevated: whether an administrator's process gets the full token. A service starts a user's process with the
            filtered one unless it asks for the other (WTSQueryUserToken gives the filtered token of such a user).
        stdin: what the process reads from its standard input.
    """

    command_line: str
    working_directory: str
    account: Account = SYSTEM
    session_id: int = 0
    parent_bits: Bits = 64
    environment: Mapping[str, str] = field(default_factory=dict)
    parent_pid: int = 0
    is_elevated: bool = False
    stdin: str = ""

    @property
    def token(self) -> Token:
        """Whose rights the process gets."""
        return Token(account=self.account, is_elevated=self.is_elevated or self.account.is_system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How a process ended: its unsigned 32-bit exit code, what it printed, how long it ran."""

    code: int
    stdout: str = ""
    stderr: str = ""
    elapsed: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInfo:
    """One row of the process table.

    Attributes:
        pid: the process id.
        parent_pid: who started it; that process may have ended long ago.
        image_path: the file it runs.
        command_line: the line it was started with.
        account: who it runs as.
        session_id: 0 for services, 1 and up for users.
        bits: how wide it is.
        started: when it was started.
        working_directory: the folder it was started in.
        is_elevated: whether it has the full token.
    """

    pid: int
    parent_pid: int
    image_path: str
    command_line: str
    account: Account
    session_id: int
    bits: Bits
    started: datetime
    working_directory: str = ""
    is_elevated: bool = False

    @property
    def name(self) -> str:
        """The image name, for example `msiexec.exe`."""
        return self.image_path.rsplit("\\", 1)[-1]
