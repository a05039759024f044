r"""Accounts of people and services, made from a name: the same name is the same account on every run.

Source: learn.microsoft.com, "Security identifiers" (the parts of a SID, the well-known relative ids), "Service
accounts"; that the SID of `NT SERVICE\name` is the SHA-1 of the name in upper case is from memory, and fits the
documented one of TrustedInstaller.
"""

from __future__ import annotations

import hashlib
import re
import struct
import uuid

from harness.emulator.paths import is_device_name
from harness.errors import MachineError, UsageError
from harness.model.names import folded
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, Account

__all__ = [
    "entra_account",
    "local_account",
    "domain_account",
    "virtual_account",
    "account_of_service",
    "object_name_of",
]

_LONGEST_NAME = 64
#: What no account name holds (learn.microsoft.com, "User Name Formats" and NetUserAdd), nor a folder's name.
_FORBIDDEN = re.compile(r'["/\\\[\]:;|=,+*?<>@\x00-\x1f]')

#: The accounts that every Windows has, by their relative id.
_BUILT_IN = {"ADMINISTRATOR": 500, "GUEST": 501, "DEFAULTACCOUNT": 503, "WDAGUTILITYACCOUNT": 504}
_FIRST_USER = 1001

#: How services name the accounts of Windows in `ObjectName`; the first spelling is what Windows writes.
_SERVICE_NAMES = (
    (SYSTEM, ("LocalSystem", r"NT AUTHORITY\SYSTEM", r".\LocalSystem")),
    (LOCAL_SERVICE, (r"NT AUTHORITY\LocalService", r"NT AUTHORITY\LOCAL SERVICE")),
    (NETWORK_SERVICE, (r"NT AUTHORITY\NetworkService", r"NT AUTHORITY\NETWORK SERVICE")),
)
_VIRTUAL = "NT SERVICE"


def entra_account(name: str, *, seed: str = "", is_administrator: bool = False) -> Account:
    r"""Return the account of an Entra user: `ada` signs in as `AzureAD\ada`, with the profile `C:\Users\ada`.

    The object id follows from name and seed. The security identifier holds the object id: `S-1-12-1-` and its sixteen
    bytes as four little-endian numbers, as on Entra-joined devices.

    Args:
        name: the user's name; it becomes the name of the profile folder.
        seed: tells apart people of the same name in different worlds.
        is_administrator: whether the user is one on this machine.

    Raises:
        UsageError: if Windows has no account of such a name.
    """
    _check(name)
    user_id = uuid.uuid5(uuid.NAMESPACE_DNS, f"{name.lower()}.{seed}.users.ime-harness")
    parts = "-".join(map(str, struct.unpack("<4I", user_id.bytes_le)))
    return Account(
        name=name,
        domain="AzureAD",
        sid=f"S-1-12-1-{parts}",
        user_id=str(user_id),
        is_administrator=is_administrator,
        profile=rf"C:\Users\{name}",
    )


def local_account(
    name: str, computer: str, *, number: int = _FIRST_USER, is_administrator: bool | None = None
) -> Account:
    r"""Return an account of one computer: `PC-042\ada`, `S-1-5-21-<the computer>-1001`.

    Intune knows no such users, so it assigns nothing to them.

    Args:
        name: the user's name; it becomes the name of the profile folder.
        computer: the computer's name; its part of the identifier follows from it.
        number: the last part of the identifier, which tells the users of a computer apart; the first one made is 1001.
            Accounts that every Windows has (`Administrator`) keep their own.
        is_administrator: whether the user is one; when not said, only `Administrator` is.

    Raises:
        UsageError: if Windows has no account of such a name.
    """
    _check(name)
    number = _BUILT_IN.get(folded(name), number)
    is_built_in = number == _BUILT_IN["ADMINISTRATOR"]
    return Account(
        name=name,
        domain=computer,
        sid=f"{_authority(computer, 'computers')}-{number}",
        is_administrator=is_built_in if is_administrator is None else is_administrator,
        profile=rf"C:\Users\{name}",
    )


def domain_account(
    name: str, domain: str = "CONTOSO", *, number: int = 1104, is_administrator: bool = False
) -> Account:
    r"""Return an account of an Active Directory domain: `CONTOSO\ada`, `S-1-5-21-<the domain>-1104`.

    Args:
        name: the user's name; it becomes the name of the profile folder.
        domain: the domain's short name; its part of the identifier follows from it.
        number: the last part of the identifier, which tells the users of a domain apart.
        is_administrator: whether the user is one on this machine.

    Raises:
        UsageError: if Windows has no account of such a name.
    """
    _check(name)
    sid = f"{_authority(domain, 'domains')}-{number}"
    return Account(name=name, domain=domain, sid=sid, is_administrator=is_administrator, profile=rf"C:\Users\{name}")


def virtual_account(service: str) -> Account:
    r"""Return the account that a service has of its own: `NT SERVICE\ContosoSvc`."""
    digest = hashlib.sha1(folded(service).encode("utf-16-le"), usedforsecurity=False).digest()
    parts = "-".join(map(str, struct.unpack("<5I", digest)))
    return Account(name=service, domain=_VIRTUAL, sid=f"S-1-5-80-{parts}", profile=rf"C:\Users\{service}")


def account_of_service(object_name: str, computer: str) -> Account:
    r"""Return the account that `ObjectName` of a service's key means.

    What is not an account of Windows itself is taken for one of the computer (`.\name`) or of a domain, and no
    administrator's; there is nobody to ask.

    Raises:
        MachineError: 1069 when it can be nobody's name.
    """
    wanted = folded(object_name)
    for account, names in _SERVICE_NAMES:
        if wanted in (folded(name) for name in names):
            return account
    domain, _, name = object_name.rpartition("\\")
    if not domain and "@" in name:
        name, _, domain = name.partition("@")
    if folded(domain) == _VIRTUAL:
        return virtual_account(name)
    try:
        is_local = domain in ("", ".") or folded(domain) == folded(computer)
        return local_account(name, computer) if is_local else domain_account(name, domain)
    except UsageError as error:
        raise MachineError(1069, "the service did not start due to a logon failure", object_name) from error


def object_name_of(account: Account, computer: str) -> str:
    r"""Return how `ObjectName` of a service's key names an account."""
    for known, names in _SERVICE_NAMES:
        if folded(known.sid) == folded(account.sid):
            return names[0]
    return rf".\{account.name}" if folded(account.domain) == folded(computer) else str(account)


def _check(name: str) -> None:
    if not name.strip(". ") or name != name.strip() or len(name) > _LONGEST_NAME or _FORBIDDEN.search(name):
        raise UsageError(f"{name!r} is not a user's name - write 1 to 64 letters, for example 'ada'")
    if is_device_name(name):
        raise UsageError(f"{name!r} is the name of a device, which no profile folder can have - write another name")


def _authority(name: str, kind: str) -> str:
    """Return the part of an identifier that a computer or domain gives to its accounts."""
    parts = struct.unpack("<4I", uuid.uuid5(uuid.NAMESPACE_DNS, f"{name.lower()}.{kind}.ime-harness").bytes_le)
    return "-".join(["S-1-5-21", *map(str, parts[:3])])
