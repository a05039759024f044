"""Accounts of people, made from a name: the same name is the same person on every run."""

from __future__ import annotations

import re
import struct
import uuid

from harness.errors import UsageError
from harness.model.windows import Account

__all__ = ["entra_account"]

_LONGEST_NAME = 64
#: What no account name holds (learn.microsoft.com, "User Name Formats" and NetUserAdd), nor a folder's name.
_FORBIDDEN = re.compile(r'["/\\\[\]:;|=,+*?<>@\x00-\x1f]')


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
    if not name.strip(". ") or name != name.strip() or len(name) > _LONGEST_NAME or _FORBIDDEN.search(name):
        raise UsageError(f"{name!r} is not a user's name - write 1 to 64 letters, for example 'ada'")
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
