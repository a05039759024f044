"""What a package says about itself and how its content is encrypted, as values; Detection.xml is how it is written.

Source: the element set that the public re-implementations of Microsoft's packaging tool agree on (svrooij/ContentPrep,
IntuneWinLib).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

__all__ = ["ApplicationInfo", "EncryptionInfo", "MsiInfo", "MsiExecutionContext", "PROFILE", "DIGEST_ALGORITHM"]

#: The only encryption profile seen: AES-256-CBC with PKCS #7 padding, HMAC-SHA256 over IV and ciphertext.
PROFILE: Final = "ProfileVersion1"
DIGEST_ALGORITHM: Final = "SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionInfo:
    """How the content of a package is encrypted; also what Graph calls `fileEncryptionInfo`.

    Attributes:
        encryption_key: the AES key, 32 bytes.
        mac_key: the HMAC key, 32 bytes.
        initialization_vector: 16 bytes.
        mac: HMAC-SHA256 over initialization vector and ciphertext, 32 bytes.
        file_digest: SHA-256 of the plain content, 32 bytes.
    """

    encryption_key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    initialization_vector: bytes
    mac: bytes
    file_digest: bytes
    profile_identifier: str = PROFILE
    file_digest_algorithm: str = DIGEST_ALGORITHM


class MsiExecutionContext(StrEnum):
    """Whom an MSI installs for, in Detection.xml's words (ALLUSERS 1, unset and 2)."""

    SYSTEM = "System"
    USER = "User"
    ANY = "Any"


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiInfo:
    """What the packaging tool read from an MSI setup file; what is missing in a package is empty or false here.

    .NET's XmlSerializer leaves out texts that are null and gives missing booleans as false.
    """

    product_code: str = ""
    product_version: str = ""
    package_code: str = ""
    upgrade_code: str = ""
    execution_context: MsiExecutionContext | None = None
    requires_logon: bool = False
    requires_reboot: bool = False
    is_machine_install: bool = False
    is_user_install: bool = False
    includes_services: bool = False
    includes_odbc_data_source: bool = False
    contains_system_registry_keys: bool = False
    contains_system_folders: bool = False
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationInfo:
    r"""What Detection.xml says.

    Attributes:
        name: the product name of an MSI, the setup file's name otherwise.
        setup_file: its path below the packed folder, for example `setup.exe` or `bin\setup.exe`.
        file_name: the name of the encrypted content in the package's `Contents` folder.
        unencrypted_content_size: bytes of the plain inner zip.
        tool_version: of the tool that packed, for example `1.8.6.0`; empty when not said.
        msi_info: None unless the setup file is an MSI.
    """

    name: str
    setup_file: str
    file_name: str
    unencrypted_content_size: int
    encryption: EncryptionInfo
    tool_version: str = ""
    description: str = ""
    msi_info: MsiInfo | None = None
