r"""The accounts and groups of the computer itself, as far as the machine knows them.

Windows' own accounts are there; of people those who have signed in, since their profiles are listed in the registry.

Source: learn.microsoft.com, "Local accounts" and "Active Directory security groups" (the comments are Windows').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.accounts import local_account
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.machine import EmulatedMachine

__all__ = ["LocalUser", "local_users", "LocalGroup", "local_groups"]

_PROFILES = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList")

_BUILT_IN = {
    "Administrator": ("Built-in account for administering the computer/domain", "Administrators"),
    "DefaultAccount": ("A user account managed by the system.", "System Managed Accounts Group"),
    "Guest": ("Built-in account for guest access to the computer/domain", "Guests"),
    "WDAGUtilityAccount": (
        "A user account managed and used by the system for Windows Defender Application Guard scenarios.",
        "",
    ),
}
_GROUPS = {
    "Access Control Assistance Operators": "Members of this group can remotely query authorization attributes and "
    "permissions for resources on this computer.",
    "Administrators": "Administrators have complete and unrestricted access to the computer/domain",
    "Backup Operators": "Backup Operators can override security restrictions for the sole purpose of backing up or "
    "restoring files",
    "Cryptographic Operators": "Members are authorized to perform cryptographic operations.",
    "Device Owners": "Members of this group can change system-wide settings.",
    "Distributed COM Users": "Members are allowed to launch, activate and use Distributed COM objects on this machine.",
    "Event Log Readers": "Members of this group can read event logs from local machine",
    "Guests": "Guests have the same access as members of the Users group by default, except for the Guest account "
    "which is further restricted",
    "Hyper-V Administrators": "Members of this group have complete and unrestricted access to all features of Hyper-V.",
    "IIS_IUSRS": "Built-in group used by Internet Information Services.",
    "Network Configuration Operators": "Members in this group can have some administrative privileges to manage "
    "configuration of networking features",
    "Performance Log Users": "Members of this group may schedule logging of performance counters, enable trace "
    "providers, and collect event traces both locally and via remote access to this computer",
    "Performance Monitor Users": "Members of this group can access performance counter data locally and remotely",
    "Power Users": "Power Users are included for backwards compatibility and possess limited administrative powers",
    "Remote Desktop Users": "Members in this group are granted the right to logon remotely",
    "Remote Management Users": "Members of this group can access WMI resources over management protocols.",
    "Replicator": "Supports file replication in a domain",
    "System Managed Accounts Group": "Members of this group are managed by the system.",
    "Users": "Users are prevented from making accidental or intentional system-wide changes and can run most "
    "applications",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalUser:
    """An account of the computer.

    Attributes:
        name: how it is called.
        sid: its security identifier.
        comment: what Windows says of it.
        is_active: whether anybody can sign in with it.
        groups: the names of the groups it is in.
    """

    name: str
    sid: str
    comment: str = ""
    is_active: bool = True
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalGroup:
    """A group of the computer, and the accounts in it as they are shown."""

    name: str
    comment: str
    members: Sequence[str]


def local_users(machine: EmulatedMachine) -> list[LocalUser]:
    """Return the accounts of the computer, sorted by name."""
    computer = machine.facts.name
    users = [
        LocalUser(
            name=name,
            sid=local_account(name, computer).sid,
            comment=comment,
            is_active=False,
            groups=(group,) if group else (),
        )
        for name, (comment, group) in _BUILT_IN.items()
    ]
    known = {user.sid for user in users}
    authority = users[0].sid.rpartition("-")[0]
    managers = {session.account.sid for session in machine.sessions.signed_in() if session.account.is_administrator}
    for sid in machine.registry.subkeys(_PROFILES):
        if sid.startswith(f"{authority}-") and sid not in known:
            value = machine.registry.get(_PROFILES.child(sid), "ProfileImagePath")
            name = str(value).rpartition("\\")[2] if value else sid
            users.append(LocalUser(name=name, sid=sid, groups=("Administrators",) if sid in managers else ("Users",)))
    return sorted(users, key=lambda user: folded(user.name))


def local_groups(machine: EmulatedMachine) -> list[LocalGroup]:
    """Return the groups of the computer, sorted by name."""
    users = local_users(machine)
    others = [
        session.account for session in machine.sessions.signed_in() if session.account.domain != machine.facts.name
    ]
    groups = []
    for name, comment in _GROUPS.items():
        members = [user.name for user in users if name in user.groups]
        if name == "Administrators":
            members += [str(account) for account in others if account.is_administrator]
        if name == "Users":
            members += [r"NT AUTHORITY\Authenticated Users", r"NT AUTHORITY\INTERACTIVE"]
        groups.append(LocalGroup(name=name, comment=comment, members=sorted(members, key=folded)))
    return groups
