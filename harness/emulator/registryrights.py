r"""Who may do what with which registry key: the access rights, and what the default access lists of a client give.

Not modelled is what an administrator changed in the lists, and the keys of single components whose lists differ (those
that TrustedInstaller owns, for example). What is below a key has the key's list.

Source: winnt.h and learn.microsoft.com, "Registry Key Security and Access Rights", for the rights. That a user's hive
is the user's, SYSTEM's and Administrators' alone: helgeklein.com, "Windows 7 Default HKCU Registry Permissions". Which
keys are for policies: learn.microsoft.com, "Implementing Registry-based Policy"; that users only read them, and the
other lists, are from memory of Windows 10 and 11.
"""

from __future__ import annotations

from enum import IntFlag

from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import SYSTEM, Hive, RegistryPath, Token

__all__ = ["KeyRights", "key_rights", "meant", "check_key_access"]

_ACCESS_DENIED = 5


class KeyRights(IntFlag):
    """What may be done with a registry key, with winnt.h's numbers."""

    KEY_QUERY_VALUE = 0x1
    KEY_SET_VALUE = 0x2
    KEY_CREATE_SUB_KEY = 0x4
    KEY_ENUMERATE_SUB_KEYS = 0x8
    KEY_NOTIFY = 0x10
    KEY_CREATE_LINK = 0x20
    DELETE = 0x1_0000
    READ_CONTROL = 0x2_0000
    WRITE_DAC = 0x4_0000
    WRITE_OWNER = 0x8_0000
    ACCESS_SYSTEM_SECURITY = 0x100_0000
    KEY_READ = 0x2_0019
    KEY_EXECUTE = 0x2_0019
    KEY_WRITE = 0x2_0006
    KEY_ALL_ACCESS = 0xF_003F


#: Bits that say something else than which rights: the view, SYNCHRONIZE (which keys do not have), and "all there are".
_NO_RIGHTS = 0x0100 | 0x0200 | 0x10_0000 | 0x200_0000

#: GENERIC_READ and its like stand for these. Source: the same page of learn.microsoft.com, and winnt.h.
_GENERIC = {
    0x8000_0000: KeyRights.KEY_READ,
    0x4000_0000: KeyRights.KEY_WRITE,
    0x2000_0000: KeyRights.KEY_EXECUTE,
    0x1000_0000: KeyRights.KEY_ALL_ACCESS,
}

_NOTHING = KeyRights(0)
_READ = KeyRights.KEY_READ
_FULL = KeyRights.KEY_ALL_ACCESS

#: Keys of HKLM closed to everybody but SYSTEM; administrators may see and change the lists themselves.
_SYSTEM_ONLY = ("SAM\\SAM", "SECURITY")
#: Keys of the control sets that only SYSTEM writes.
_ENUM = "\\ENUM"

#: Keys in a user's own hive that the user only reads.
_USER_POLICIES = ("SOFTWARE\\POLICIES", "SOFTWARE\\MICROSOFT\\WINDOWS\\CURRENTVERSION\\POLICIES")

#: The hive of SYSTEM, which everybody may read, under both its names.
_DEFAULT_HIVES = (".DEFAULT", SYSTEM.sid)


def key_rights(place: RegistryPath, token: Token) -> KeyRights:
    r"""Return what a token may do with a key.

    Args:
        place: where the key really is, below HKLM or HKU; it need not exist. A user's hive is `HKU\<sid>`.
        token: whose rights.
    """
    if token.account.is_system:
        return _FULL | KeyRights.ACCESS_SYSTEM_SECURITY
    names = folded(place.key)
    if place.hive is Hive.HKLM:
        return _machine_rights(names, token)
    return _user_rights(names, token)


def check_key_access(place: RegistryPath, wanted: KeyRights, token: Token) -> None:
    r"""Make sure that a token may do something with a key.

    Args:
        place: where the key really is, below HKLM or HKU; it need not exist.
        wanted: the rights it takes. `GENERIC_READ` and its like count as what they stand for; the bits that choose a
            view and MAXIMUM_ALLOWED ask for nothing.
        token: whose rights.

    Raises:
        MachineError: 5 when it may not.
    """
    if meant(wanted) & ~key_rights(place, token):
        raise MachineError(_ACCESS_DENIED, f"access is denied to {token.account}", str(place))


def meant(wanted: int) -> KeyRights:
    """Return the rights that an access mask asks for."""
    rights = _NOTHING
    for bit, stands_for in _GENERIC.items():
        if wanted & bit:
            rights |= stands_for
            wanted &= ~bit
    return rights | KeyRights(wanted & ~_NO_RIGHTS)


def _machine_rights(names: str, token: Token) -> KeyRights:
    if any(_is_at_or_below(names, closed) for closed in _SYSTEM_ONLY):
        return KeyRights.READ_CONTROL | KeyRights.WRITE_DAC if token.has_all_rights else _NOTHING
    if not token.has_all_rights:
        return _READ
    is_enum = names.startswith("SYSTEM\\") and _is_at_or_below("\\" + "\\".join(names.split("\\")[2:]), _ENUM)
    return _READ if is_enum else _FULL


def _user_rights(names: str, token: Token) -> KeyRights:
    hive, _, below = names.partition("\\")
    if token.has_all_rights:
        return _FULL
    if not hive or hive in _DEFAULT_HIVES:
        return _READ
    sid = folded(token.account.sid)
    if hive == f"{sid}_CLASSES":
        return _FULL
    if hive != sid:
        return _NOTHING
    return _READ if any(_is_at_or_below(below, policies) for policies in _USER_POLICIES) else _FULL


def _is_at_or_below(names: str, key: str) -> bool:
    return names == key or names.startswith(f"{key}\\")
