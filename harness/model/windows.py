"""Values that describe Windows: registry paths and data, files and versions, accounts, the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

from harness.model.names import folded

__all__ = [
    "Bits",
    "View",
    "Hive",
    "RegistryPath",
    "RegistryType",
    "RegistryData",
    "RegistryValue",
    "Account",
    "SYSTEM",
    "LOCAL_SERVICE",
    "NETWORK_SERVICE",
    "Token",
    "Architecture",
    "MachineFacts",
    "WINDOWS_RELEASES",
]

#: How wide a process is.
Bits = Literal[32, 64]


class View(StrEnum):
    """Which half of a 64-bit Windows a 32-bit or a 64-bit program sees, in the registry and in the file system.

    Source: learn.microsoft.com, "Accessing an Alternate Registry View" and "File System Redirector".
    """

    VIEW_64 = "64-bit"
    VIEW_32 = "32-bit"

    @classmethod
    def of(cls, bits: Bits) -> View:
        """Return the view a process of that width has by default."""
        return cls.VIEW_32 if bits == 32 else cls.VIEW_64  # noqa: PLR2004

    @property
    def other(self) -> View:
        """The view that this one is not."""
        return View.VIEW_32 if self is View.VIEW_64 else View.VIEW_64


class Hive(StrEnum):
    """A predefined registry key; the value is the name Windows shows."""

    HKLM = "HKEY_LOCAL_MACHINE"
    HKCU = "HKEY_CURRENT_USER"
    HKU = "HKEY_USERS"
    HKCR = "HKEY_CLASSES_ROOT"
    HKCC = "HKEY_CURRENT_CONFIG"


@dataclass(frozen=True, slots=True)
class RegistryPath:
    r"""A registry key by hive and path, compared as Windows compares it: without regard to case.

    `str()` gives the long form, `HKEY_LOCAL_MACHINE\SOFTWARE\Contoso`.
    """

    hive: Hive
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> RegistryPath:
        r"""Read `HKLM\...`, `HKEY_LOCAL_MACHINE\...`, with or without the `Computer\` that Registry Editor shows.

        The real agent accepts the `Computer\` prefix too (seen in device logs). A slash separates only in a text
        without backslashes: key names may hold slashes, as `HKCR\MIME\Database\Content Type\text/html` does.

        Raises:
            ValueError: if the text does not begin with a hive.
        """
        separator = "\\" if "\\" in text else "/"
        parts = [part for part in text.strip().split(separator) if part]
        if parts and parts[0].casefold() == "computer":
            parts = parts[1:]
        if parts:
            head = parts[0].rstrip(":").upper()
            for hive in Hive:
                if head in (hive.name, hive.value):
                    return cls(hive, "\\".join(parts[1:]))
        hives = ", ".join(hive.name for hive in Hive)
        raise ValueError(f"{text!r} does not begin with a hive - expected one of {hives}")

    def child(self, name: str) -> RegistryPath:
        """Return the key below this one; `name` may have several parts."""
        return RegistryPath(self.hive, f"{self.key}\\{name}".strip("\\"))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names below the hive, outermost first."""
        return tuple(self.key.split("\\")) if self.key else ()

    @property
    def name(self) -> str:
        """The last part, or the hive's name."""
        return self.parts[-1] if self.key else self.hive.value

    @property
    def parent(self) -> RegistryPath:
        """The key above this one; a hive is its own parent."""
        return RegistryPath(self.hive, "\\".join(self.parts[:-1]))

    @property
    def short(self) -> str:
        r"""The form people type: `HKLM\SOFTWARE\Contoso`."""
        return f"{self.hive.name}\\{self.key}".rstrip("\\")

    def of_user(self, sid: str) -> RegistryPath:
        r"""Return what this path means to that user: `HKCU\X` is `HKU\<sid>\X`, everything else is itself."""
        return RegistryPath(Hive.HKU, f"{sid}\\{self.key}".rstrip("\\")) if self.hive is Hive.HKCU else self

    def __str__(self) -> str:
        return f"{self.hive.value}\\{self.key}".rstrip("\\")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegistryPath):
            return NotImplemented
        return self.hive is other.hive and folded(self.key) == folded(other.key)

    def __hash__(self) -> int:
        return hash((self.hive, folded(self.key)))


class RegistryType(IntEnum):
    """The type of a registry value, with winnt.h's number.

    Windows keeps any other number too: `RegistryType(0x10006)` is a type called `REG_0x10006`, whose data are bytes.
    """

    REG_NONE = 0
    REG_SZ = 1
    REG_EXPAND_SZ = 2
    REG_BINARY = 3
    REG_DWORD = 4
    REG_DWORD_BIG_ENDIAN = 5
    REG_LINK = 6
    REG_MULTI_SZ = 7
    REG_RESOURCE_LIST = 8
    REG_FULL_RESOURCE_DESCRIPTOR = 9
    REG_RESOURCE_REQUIREMENTS_LIST = 10
    REG_QWORD = 11

    @classmethod
    def _missing_(cls, value: object) -> RegistryType | None:
        if not isinstance(value, int) or not 0 <= value < 2**32:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"REG_{value:#x}"
        member._value_ = value
        return member


RegistryData = str | int | bytes | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """The type and data of one registry value.

    Attributes:
        type: how Windows labels the data.
        data: text for SZ and EXPAND_SZ, a number for DWORD and QWORD, a tuple of texts for MULTI_SZ, bytes otherwise.
    """

    type: RegistryType
    data: RegistryData

    @classmethod
    def of(cls, data: str | int | bytes | tuple[str, ...] | list[str]) -> RegistryValue:
        """Return a value of the type one expects for such data: SZ, DWORD (QWORD when too large), MULTI_SZ, BINARY.

        Raises:
            ValueError: for a number that is negative or has more than 64 bits.
        """
        match data:
            case str():
                return cls(RegistryType.REG_SZ, data)
            case int():
                if not 0 <= data < 2**64:
                    raise ValueError(
                        f"the number {data} does not fit the registry - write it unsigned, in at most 64 bits"
                    )
                fits = data < 2**32
                return cls(RegistryType.REG_DWORD if fits else RegistryType.REG_QWORD, data)
            case bytes():
                return cls(RegistryType.REG_BINARY, data)
            case _:
                return cls(RegistryType.REG_MULTI_SZ, tuple(data))

    def __str__(self) -> str:
        if isinstance(self.data, bytes):
            return self.data.hex(" ")
        if isinstance(self.data, tuple):
            return "; ".join(self.data)
        return "" if self.data is None else str(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody processes run as.

    Attributes:
        name: `ada`, or `SYSTEM`.
        domain: `AzureAD`, a computer's name, or `NT AUTHORITY`.
        sid: the security identifier.
        user_id: the Entra object id that Intune assigns to; empty for local accounts.
        is_administrator: whether the account is a member of Administrators, so that it can have an elevated token.
        profile: the profile folder.
    """

    name: str
    domain: str
    sid: str
    user_id: str = ""
    is_administrator: bool = False
    profile: str

    @property
    def is_system(self) -> bool:
        """Whether this is the LocalSystem account."""
        return self.sid == "S-1-5-18"

    def __str__(self) -> str:
        return f"{self.domain}\\{self.name}"


#: LocalSystem, which the agent and most installers run as.
SYSTEM = Account(
    name="SYSTEM",
    domain="NT AUTHORITY",
    sid="S-1-5-18",
    is_administrator=True,
    profile=r"C:\Windows\system32\config\systemprofile",
)


#: The accounts that services with fewer rights run as. Source: learn.microsoft.com, "LocalService Account" and
#: "NetworkService Account".
LOCAL_SERVICE = Account(
    name="LOCAL SERVICE", domain="NT AUTHORITY", sid="S-1-5-19", profile=r"C:\Windows\ServiceProfiles\LocalService"
)
NETWORK_SERVICE = Account(
    name="NETWORK SERVICE", domain="NT AUTHORITY", sid="S-1-5-20", profile=r"C:\Windows\ServiceProfiles\NetworkService"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Whose rights a process has.

    An administrator who signs in works with a filtered token; only what is started elevated has all rights.
    Source: learn.microsoft.com, "How User Account Control works".

    Attributes:
        account: who.
        is_elevated: whether it is the full token. SYSTEM's always is.
    """

    account: Account
    is_elevated: bool = False

    @property
    def has_all_rights(self) -> bool:
        """Whether it may do what Administrators may."""
        return self.account.is_system or (self.account.is_administrator and self.is_elevated)


class Architecture(StrEnum):
    """A processor architecture, in Graph's spelling."""

    X86 = "x86"
    X64 = "x64"
    ARM64 = "arm64"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What an inventory would say about a machine. Sizes in megabytes, speed in megahertz."""

    name: str
    release: str
    build: int
    revision: int
    edition: str = "Professional"
    architecture: Architecture = Architecture.X64
    memory_mb: int = 16_384
    processors: int = 8
    cpu_speed_mhz: int = 2_400
    disk_size_mb: int = 262_144
    time_zone: str = "UTC"

    @property
    def os_version(self) -> str:
        """The version as the agent reports it, for example `10.0.22631`."""
        return f"10.0.{self.build}"

    @property
    def is_64_bit(self) -> bool:
        """Whether this Windows has a 32-bit half beside its own."""
        return self.architecture is not Architecture.X86


#: Graph's `minimumSupportedWindowsRelease` -> build number.
#: Source: learn.microsoft.com, "Windows 10 release information" and "Windows 11 release information".
WINDOWS_RELEASES: dict[str, int] = {
    "1507": 10240,
    "1511": 10586,
    "1607": 14393,
    "1703": 15063,
    "1709": 16299,
    "1803": 17134,
    "1809": 17763,
    "1903": 18362,
    "1909": 18363,
    "2004": 19041,
    "20H2": 19042,
    "21H1": 19043,
    "Windows10_21H2": 19044,
    "Windows10_22H2": 19045,
    "Windows11_21H2": 22000,
    "Windows11_22H2": 22621,
    "Windows11_23H2": 22631,
    "Windows11_24H2": 26100,
    "Windows11_25H2": 26200,
}
