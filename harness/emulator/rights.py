r"""Who may write where, as far as installers meet it: a standard user writes to their own profile and hive.

Source: the default access lists of a Windows client; from memory. What a machine's administrator changed in them is
not modelled, nor are reads: everybody may read everything.
"""

from __future__ import annotations

from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import Account, Hive, RegistryPath

__all__ = ["check_may_write_key", "check_may_write_file"]

_ACCESS_DENIED = 5

#: Below these folders, outermost match first, everybody may make files; other folders of Windows are closed to users.
_OPEN = (r"C:\Users\Public", r"C:\ProgramData", r"C:\Windows\Temp")
_CLOSED = (r"C:\Windows", r"C:\Program Files", r"C:\Program Files (x86)", r"C:\Users")


def check_may_write_key(path: RegistryPath, account: Account) -> None:
    """Let administrators write everywhere, others below their own hive only.

    Args:
        path: the key; HKCU is replaced by the account's own hive before.
        account: who wants to write. An administrator counts as elevated.

    Raises:
        MachineError: 5 when access is denied.
    """
    if account.is_administrator or (path.hive is Hive.HKU and path.parts and _is_hive_of(path.parts[0], account)):
        return
    raise MachineError(_ACCESS_DENIED, f"access is denied to {account}", str(path))


def check_may_write_file(path: str, account: Account) -> None:
    r"""Let administrators write everywhere, others outside Windows, the programs and other people's profiles.

    Everywhere else users may write, as below folders they make in the root of a drive. (In the root itself they may
    make folders but no files; that is not told apart here.)

    Args:
        path: the absolute path where the file really is, without `.` and `..`.
        account: who wants to write. An administrator counts as elevated.

    Raises:
        MachineError: 5 when access is denied.
    """
    if account.is_administrator or _is_below(path, account.profile) or any(_is_below(path, open_) for open_ in _OPEN):
        return
    if any(_is_below(path, closed) for closed in _CLOSED):
        raise MachineError(_ACCESS_DENIED, f"access is denied to {account}", path)


def _is_hive_of(name: str, account: Account) -> bool:
    return folded(name) in (folded(account.sid), folded(f"{account.sid}_Classes"))


def _is_below(path: str, folder: str) -> bool:
    return f"{folded(path)}\\".startswith(f"{folded(folder)}\\")
