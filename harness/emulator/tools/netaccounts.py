r"""`net user` and `net localgroup`: the accounts of the computer shown.

Source: learn.microsoft.com, "net user", "net localgroup"; captures of Windows 10 and 11 for the forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import not_modelled
from harness.emulator.tools.localaccounts import LocalUser, local_groups, local_users
from harness.emulator.tools.netfailures import net_failure
from harness.model.names import folded

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["user", "localgroup"]

_RULE = "-" * 79
_DONE = "The command completed successfully."
_NO_USER, _NO_GROUP = 2221, 1376


def user(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Show the accounts, or one of them.

    Raises:
        ToolFailure: when there is no such account.
        NotEmulated: for what would change it.
    """
    if len(arguments) > 1 or any(one.startswith("/") for one in arguments):
        raise not_modelled(run, "net user with a password or switches, which would make or change an account")
    if arguments:
        return _show_user(run, arguments[0])
    names = [one.name for one in local_users(run.machine)]
    _title(run, f"User accounts for \\\\{run.machine.facts.name}")
    for at in range(0, len(names), 3):
        run.print("".join(name.ljust(25) for name in names[at : at + 3]))
    _end(run)
    return 0


def localgroup(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Show the groups, or one of them with its members.

    Raises:
        ToolFailure: when there is no such group.
        NotEmulated: for what would change it.
    """
    if len(arguments) > 1 or any(one.startswith("/") for one in arguments):
        raise not_modelled(run, "net localgroup with members or switches, which would change a group")
    groups = local_groups(run.machine)
    if not arguments:
        _title(run, f"Aliases for \\\\{run.machine.facts.name}")
        for group in groups:
            run.print(f"*{group.name}")
        _end(run)
        return 0
    found = next((group for group in groups if folded(group.name) == folded(arguments[0])), None)
    if found is None:
        raise net_failure("The specified local group does not exist.", _NO_GROUP)
    run.print(f"Alias name     {found.name}")
    run.print(f"Comment        {found.comment}")
    run.print("")
    run.print("Members")
    run.print("")
    run.print(_RULE)
    for member in found.members:
        run.print(member)
    _end(run)
    return 0


def _show_user(run: ProgramRun, name: str) -> int:
    found = next((one for one in local_users(run.machine) if folded(one.name) == folded(name)), None)
    if found is None:
        raise net_failure("The user name could not be found.", _NO_USER)
    for label, text in _facts(found):
        run.print(f"{label:<29}{text}" if label else "")
    _end(run)
    return 0


def _facts(found: LocalUser) -> Sequence[tuple[str, str]]:
    """Return what is known of an account; when it last signed in and changed its password is not."""
    groups = " ".join(f"*{group:<20}" for group in found.groups)
    return (
        ("User name", found.name),
        ("Full Name", ""),
        ("Comment", found.comment),
        ("User's comment", ""),
        ("Country/region code", "000 (System Default)"),
        ("Account active", "Yes" if found.is_active else "No"),
        ("Account expires", "Never"),
        ("", ""),
        ("Workstations allowed", "All"),
        ("Logon script", ""),
        ("User profile", ""),
        ("Home directory", ""),
        ("", ""),
        ("Logon hours allowed", "All"),
        ("", ""),
        ("Local Group Memberships", groups),
        ("Global Group memberships", "*None"),
    )


def _title(run: ProgramRun, text: str) -> None:
    for line in ("", text, "", _RULE):
        run.print(line)


def _end(run: ProgramRun) -> None:
    run.print(_DONE)
    run.print("")
