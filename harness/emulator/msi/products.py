r"""Which products are installed, and where Windows Installer keeps what it knows of them.

Source: Wine `dlls/msi/registry.c`; the layout was compared with registries that msiexec wrote. All keys are in the
64-bit view, whatever the product: the Windows Installer service is a 64-bit program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from harness.emulator.msi.numbers import parse_number, parse_version
from harness.errors import MachineError
from harness.formats.guids import is_guid, is_packed_guid, pack_guid, unpack_guid
from harness.machine.ports import Registry
from harness.model.files import FileVersion
from harness.model.windows import SYSTEM, Hive, RegistryPath

__all__ = ["Context", "Owner", "InstalledProduct", "find_product", "related_products"]

_INSTALLER: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer"


class Context(StrEnum):
    """Whom a product is installed for."""

    MACHINE = "per machine"
    USER = "per user"
    MANAGED = "per user, managed"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose product it is: a context, and the user's SID (the machine's products belong to SYSTEM)."""

    context: Context
    sid: str = SYSTEM.sid

    @property
    def user_data(self) -> RegistryPath:
        r"""`...\Installer\UserData\<SID>`: products and components with their paths."""
        return RegistryPath(Hive.HKLM, rf"{_INSTALLER}\UserData\{self.sid}")

    @property
    def advertised(self) -> RegistryPath:
        """Where products, features and upgrade codes are listed."""
        if self.context is Context.MACHINE:
            return RegistryPath(Hive.HKLM, r"SOFTWARE\Classes\Installer")
        if self.context is Context.USER:
            return RegistryPath(Hive.HKU, rf"{self.sid}\SOFTWARE\Microsoft\Installer")
        return RegistryPath(Hive.HKLM, rf"{_INSTALLER}\Managed\{self.sid}\Installer")

    def product(self, code: str) -> RegistryPath:
        r"""`UserData\<SID>\Products\<packed product code>`."""
        return self.user_data.child("Products").child(pack_guid(code))

    def component(self, guid: str) -> RegistryPath:
        r"""`UserData\<SID>\Components\<packed component id>`."""
        return self.user_data.child("Components").child(pack_guid(guid))

    @property
    def uninstall(self) -> RegistryPath:
        """Where Settings lists programs."""
        key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
        if self.context is Context.MACHINE:
            return RegistryPath(Hive.HKLM, key)
        return RegistryPath(Hive.HKU, rf"{self.sid}\{key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledProduct:
    """An installed product as the registry tells it.

    Attributes:
        local_package: the copy of the MSI that msiexec keeps, its full path.
        source: the full path of the MSI it was installed from.
    """

    code: str
    owner: Owner
    name: str
    version: FileVersion
    language: int
    package_code: str
    local_package: str
    source: str


def find_product(registry: Registry, code: str, sid: str) -> InstalledProduct | None:
    """Return a product as that user finds it; None when it is not installed for them, or the code is no GUID.

    Managed products come before the user's own, and those before the machine's (Wine `msi_locate_product`, seen).
    """
    if not is_guid(code):
        return None
    for owner in (Owner(Context.MANAGED, sid), Owner(Context.USER, sid), Owner(Context.MACHINE)):
        listed = owner.advertised.child("Products").child(pack_guid(code))
        if registry.exists(listed):
            return _product(registry, code, owner, listed)
    return None


def related_products(registry: Registry, upgrade_code: str, owner: Owner) -> Iterator[InstalledProduct]:
    """Return the products of that owner with an upgrade code, in the order they were installed."""
    key = owner.advertised.child("UpgradeCodes").child(pack_guid(upgrade_code))
    try:
        packed_codes = list(registry.values(key))
    except MachineError:
        return
    for packed in packed_codes:
        listed = owner.advertised.child("Products").child(packed)
        if is_packed_guid(packed) and registry.exists(listed):
            yield _product(registry, unpack_guid(packed), owner, listed)


def _product(registry: Registry, code: str, owner: Owner, listed: RegistryPath) -> InstalledProduct:
    properties = owner.product(code).child("InstallProperties")

    def text(key: RegistryPath, name: str) -> str:
        value = registry.get(key, name)
        return "" if value is None else str(value)

    sources = listed.child("SourceList")
    folder = text(sources, "LastUsedSource").rpartition(";")[2]
    packed = text(listed, "PackageCode")
    return InstalledProduct(
        code=code.upper(),
        owner=owner,
        name=text(listed, "ProductName"),
        version=parse_version(text(properties, "DisplayVersion")) or _unpacked_version(text(listed, "Version")),
        language=parse_number(text(listed, "Language")),
        package_code=unpack_guid(packed) if is_packed_guid(packed) else "",
        local_package=text(properties, "LocalPackage"),
        source=folder + text(sources, "PackageName"),
    )


def _unpacked_version(text: str) -> FileVersion:
    number = parse_number(text)
    return FileVersion(number >> 24, number >> 16 & 0xFF, number & 0xFFFF)
