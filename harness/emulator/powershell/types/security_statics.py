r"""Who the script runs as: `[Security.Principal.WindowsIdentity]` and its kin.

Source: learn.microsoft.com, WindowsIdentity, WindowsPrincipal, SecurityIdentifier, NTAccount classes.
"""

from __future__ import annotations

from typing import Final

from harness.emulator.powershell.runtime.errors import Unmodelled
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import EnumValue, Value
from harness.emulator.powershell.types.calls import NetMethod, Thrown, World
from harness.emulator.powershell.types.rendering import to_text
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM, Account

__all__ = ["SECURITY_METHODS", "make_sid", "make_account", "make_principal"]

_SPACE = "System.Security.Principal"

#: Well-known groups. Source: learn.microsoft.com, "Well-known SIDs".
_GROUPS: Final = {
    "S-1-1-0": "Everyone",
    "S-1-5-11": r"NT AUTHORITY\Authenticated Users",
    "S-1-5-32-544": r"BUILTIN\Administrators",
    "S-1-5-32-545": r"BUILTIN\Users",
    "S-1-5-32-546": r"BUILTIN\Guests",
    "S-1-5-32-555": r"BUILTIN\Remote Desktop Users",
}


def _accounts(world: World) -> list[Account]:
    signed_in = [session.account for session in world.run.machine.sessions.signed_in()]
    return [world.run.info.account, SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE, *signed_in]


def make_sid(world: World, value: Value) -> PSObject:
    """Return a security identifier as an object."""
    text = to_text(value).upper()
    if not text.startswith("S-1-"):
        raise Thrown("System.ArgumentException", "Value was invalid.\r\nParameter name: sddlForm")

    def translate(_: Value) -> PSObject:
        if text in _GROUPS:
            return make_account(world, _GROUPS[text])
        for account in _accounts(world):
            if account.sid.upper() == text:
                return make_account(world, str(account))
        raise Thrown(f"{_SPACE}.IdentityNotMappedException", "Some or all identity references could not be translated.")

    return PSObject(
        [f"{_SPACE}.SecurityIdentifier", f"{_SPACE}.IdentityReference", "System.Object"],
        {"Value": text, "AccountDomainSid": None, "BinaryLength": 28},
        methods={"Translate": translate},
        text=lambda: text,
    )


def make_account(world: World, value: Value) -> PSObject:
    """Return an account's name as an object."""
    text = to_text(value)

    def translate(_: Value) -> PSObject:
        for sid, name in _GROUPS.items():
            if text.lower() in (name.lower(), name.lower().rpartition("\\")[2]):
                return make_sid(world, sid)
        for account in _accounts(world):
            if text.lower() in (str(account).lower(), account.name.lower()):
                return make_sid(world, account.sid)
        raise Thrown(f"{_SPACE}.IdentityNotMappedException", "Some or all identity references could not be translated.")

    return PSObject(
        [f"{_SPACE}.NTAccount", f"{_SPACE}.IdentityReference", "System.Object"],
        {"Value": text},
        methods={"Translate": translate},
        text=lambda: text,
    )


def _current(world: World, *_: Value) -> PSObject:
    account = world.run.info.account
    return PSObject(
        [f"{_SPACE}.WindowsIdentity", "System.Security.Claims.ClaimsIdentity", "System.Object"],
        {
            "Name": str(account),
            "User": make_sid(world, account.sid),
            "Owner": make_sid(world, account.sid),
            "IsSystem": account.is_system,
            "IsAuthenticated": True,
            "IsGuest": False,
            "IsAnonymous": False,
            "AuthenticationType": "" if account.is_system else "Negotiate",
        },
        data=account,
    )


def make_principal(world: World, identity: Value) -> PSObject:
    """Return what tells whether somebody is in a role."""

    def is_in_role(role: Value) -> bool:
        number = role.number if isinstance(role, EnumValue) else role
        name = to_text(role).lower().rpartition("\\")[2]
        token = world.run.token
        if number == 544 or name in ("administrator", "administrators", "s-1-5-32-544"):  # noqa: PLR2004 - the group's number
            return bool(token.has_all_rights)
        if number == 545 or name in ("user", "users", "s-1-5-32-545"):  # noqa: PLR2004
            return True
        raise Unmodelled(f"whether somebody is in the role {to_text(role)}", "ask for Administrator or User")

    return PSObject(
        [f"{_SPACE}.WindowsPrincipal", "System.Object"], {"Identity": identity}, methods={"IsInRole": is_in_role}
    )


SECURITY_METHODS: Final[dict[str, dict[str, NetMethod]]] = {
    f"{_SPACE}.WindowsIdentity": {"GetCurrent": _current},
    f"{_SPACE}.WindowsPrincipal": {"new": make_principal},
    f"{_SPACE}.SecurityIdentifier": {"new": make_sid},
    f"{_SPACE}.NTAccount": {"new": lambda world, *parts: make_account(world, "\\".join(map(to_text, parts)))},
}
