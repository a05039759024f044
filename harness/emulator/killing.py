"""Who may end whose process.

Source: learn.microsoft.com, "Process Security and Access Rights", TerminateProcess, OpenProcess (87 for a process id
that there is not), "Protecting Anti-Malware Services"; which of Windows' processes are protected is from memory.
"""

from __future__ import annotations

from harness.errors import MachineError
from harness.model.commands import ProcessInfo
from harness.model.names import folded
from harness.model.windows import Token

__all__ = ["may_open", "check_may_end", "no_such_process"]

#: Windows guards these even against SYSTEM.
_PROTECTED = frozenset(
    folded(rf"C:\Windows\System32\{name}") for name in ("smss.exe", "csrss.exe", "wininit.exe", "services.exe")
)
_ANTIMALWARE = frozenset(folded(name) for name in ("MsMpEng.exe", "NisSrv.exe", "MpDefenderCoreService.exe"))


def may_open(process: ProcessInfo, token: Token) -> bool:
    """Return whether a token may do with a process what it likes: look at its memory, its variables, end it.

    An administrator with all rights may with every process, SYSTEM too; others with their own, but not with one that
    has more rights than they have.

    Args:
        process: whose row it is.
        token: who wants to.
    """
    if token.has_all_rights:
        return True
    return process.account.sid == token.account.sid and (token.is_elevated or not process.is_elevated)


def check_may_end(process: ProcessInfo, token: Token) -> None:
    """Make sure that a token may end a process.

    Raises:
        MachineError: 5 when it may not.
    """
    if is_protected(process) or not may_open(process, token):
        raise MachineError(5, f"access is denied, {token.account} may not end {process.name}", str(process.pid))


def is_protected(process: ProcessInfo) -> bool:
    """Return whether Windows lets nobody end a process."""
    return folded(process.image_path) in _PROTECTED or folded(process.name) in _ANTIMALWARE


def no_such_process(pid: int) -> MachineError:
    """Return what OpenProcess says of a process id that there is not."""
    return MachineError(87, "the parameter is incorrect, there is no process with this id", str(pid))
