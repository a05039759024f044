"""What the packaging tool and the portal read from an MSI before anybody installs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from harness.errors import FormatError, Problem
from harness.formats.applicationinfo import MsiExecutionContext, MsiInfo
from harness.formats.msidatabase import MsiDatabase
from harness.model.apps import MsiInformation, MsiPackageType
from harness.model.windows import Architecture

__all__ = ["MsiFacts", "read_msi_information", "architecture_of"]

#: Platform of the Template summary -> architecture; an empty one is Intel (learn.microsoft.com "Template Summary").
_PLATFORMS = {
    "": Architecture.X86,
    "intel": Architecture.X86,
    "x64": Architecture.X64,
    "amd64": Architecture.X64,
    "arm64": Architecture.ARM64,
}
_CONTEXTS = {"1": MsiExecutionContext.SYSTEM, "2": MsiExecutionContext.ANY}
_PACKAGE_TYPES = {
    MsiExecutionContext.SYSTEM: MsiPackageType.PER_MACHINE,
    MsiExecutionContext.USER: MsiPackageType.PER_USER,
    MsiExecutionContext.ANY: MsiPackageType.DUAL_PURPOSE,
}
_SYSTEM_FOLDERS = ("SystemFolder", "System64Folder", "System16Folder")
_HKLM = 2
_LONGEST_LANGUAGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiFacts:
    """What an MSI says about itself.

    Attributes:
        architecture: from the summary's Template; None for a platform that no current Windows runs (Itanium, Arm).
        language: the ProductLanguage, for example 1033; 0 for neutral.
        requires_logon: whether it installs for a user only, so that somebody must be signed in.
    """

    product_code: str
    version: str
    name: str
    publisher: str = ""
    upgrade_code: str = ""
    package_code: str = ""
    language: int = 0
    architecture: Architecture | None = Architecture.X86
    context: MsiExecutionContext = MsiExecutionContext.USER
    requires_reboot: bool = False
    requires_logon: bool = False
    is_machine_install: bool = False
    includes_services: bool = False
    includes_odbc_data_source: bool = False
    contains_system_registry_keys: bool = False
    contains_system_folders: bool = False

    @property
    def information(self) -> MsiInformation:
        """What the portal stores with the app (Graph `win32LobAppMsiInformation`)."""
        return MsiInformation(
            product_code=self.product_code,
            product_version=self.version,
            upgrade_code=self.upgrade_code or None,
            requires_reboot=self.requires_reboot,
            package_type=_PACKAGE_TYPES[self.context],
            product_name=self.name,
            publisher=self.publisher or None,
        )

    @property
    def detection(self) -> MsiInfo:
        """What the packaging tool writes to Detection.xml."""
        return MsiInfo(
            product_code=self.product_code,
            product_version=self.version,
            package_code=self.package_code,
            upgrade_code=self.upgrade_code,
            execution_context=self.context,
            requires_logon=self.requires_logon,
            requires_reboot=self.requires_reboot,
            is_machine_install=self.is_machine_install,
            is_user_install=not self.is_machine_install,
            includes_services=self.includes_services,
            includes_odbc_data_source=self.includes_odbc_data_source,
            contains_system_registry_keys=self.contains_system_registry_keys,
            contains_system_folders=self.contains_system_folders,
            publisher=self.publisher,
        )


def read_msi_information(stream: BinaryIO, source: str) -> MsiFacts:
    """Read what an MSI says about itself; `stream` must be seekable and is left open.

    How ALLUSERS, MSIINSTALLPERUSER and REBOOT become the flags: a public Terraform example of an Intune MSI app,
    which took the conditions from the portal's own scripts.

    Raises:
        FormatError: if it is not an MSI, or lacks what every MSI has.
        NotEmulated: if its texts are in a code page that cannot be read.
    """
    database = MsiDatabase(stream, source)
    properties = database.properties()
    missing = [name for name in ("ProductCode", "ProductName", "ProductVersion") if not properties.get(name)]
    if missing:
        raise FormatError(source, [Problem("table Property", f"'{name}' is missing") for name in missing])
    all_users = properties.get("ALLUSERS", "")
    language = properties.get("ProductLanguage", "")
    return MsiFacts(
        product_code=properties["ProductCode"].upper(),
        version=properties["ProductVersion"],
        name=properties["ProductName"],
        publisher=properties.get("Manufacturer", ""),
        upgrade_code=properties.get("UpgradeCode", "").upper(),
        package_code=database.package_code.upper(),
        language=int(language) if language.isdecimal() and len(language) <= _LONGEST_LANGUAGE else 0,
        architecture=architecture_of(database.template),
        context=_CONTEXTS.get(all_users, MsiExecutionContext.USER),
        requires_reboot=properties.get("REBOOT", "")[:1].upper() == "F",
        requires_logon=not all_users,
        is_machine_install=all_users in _CONTEXTS and not properties.get("MSIINSTALLPERUSER"),
        includes_services=bool(database.rows("ServiceInstall")),
        includes_odbc_data_source=bool(database.rows("ODBCDataSource")),
        contains_system_registry_keys=any(row.number("Root") == _HKLM for row in database.rows("Registry")),
        contains_system_folders=any(row.text("Directory") in _SYSTEM_FOLDERS for row in database.rows("Directory")),
    )


def architecture_of(template: str) -> Architecture | None:
    """Return the architecture a Template summary (`x64;1033`) asks for; None when no current Windows has it.

    Source: learn.microsoft.com "Template Summary property"; Intel64 (Itanium) and Arm (32-bit) are history.
    """
    return _PLATFORMS.get(template.partition(";")[0].strip().lower())
