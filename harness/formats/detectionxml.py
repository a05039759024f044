"""Detection.xml, the part of a package that says what it is, and how its content is encrypted.

Source: the element set and the layout of the public re-implementations of Microsoft's packaging tool
(svrooij/ContentPrep, IntuneWinLib), whose `ApplicationInfo` .NET's XmlSerializer writes in this order.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.errors import FormatError, Problem, UsageError
from harness.formats.applicationinfo import (
    DIGEST_ALGORITHM,
    PROFILE,
    ApplicationInfo,
    EncryptionInfo,
    MsiExecutionContext,
    MsiInfo,
)
from harness.formats.entrynames import shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["parse_detection_xml", "to_detection_xml"]


def parse_detection_xml(data: bytes, *, source: str, where: str = "Detection.xml") -> ApplicationInfo:
    """Read Detection.xml: UTF-8 or UTF-16, with or without a declaration, whatever the namespace.

    Args:
        data: the document.
        source: the package's name for messages.
        where: the document's name inside the package for messages.

    Raises:
        FormatError: with everything that is missing or wrong, each with its element's path; at once if the document
            is not well-formed or holds a document type, which could make a parser fetch files or explode.
    """
    problems: list[Problem] = []
    root = _Reader(_root(data, source, where), where, problems)
    # Read in the order of the document, so that the problems come in it.
    info = ApplicationInfo(
        tool_version=root.attribute("ToolVersion"),
        name=root.text("Name", may_be_empty=True),
        description=root.text("Description", is_required=False),
        unencrypted_content_size=root.number("UnencryptedContentSize"),
        file_name=root.text("FileName"),
        setup_file=root.text("SetupFile"),
        encryption=_encryption(root.child("EncryptionInfo")),
        msi_info=_msi_info(root.child("MsiInfo", is_required=False)),
    )
    if problems:
        raise FormatError(source, problems)
    return info


def to_detection_xml(info: ApplicationInfo) -> bytes:
    """Write Detection.xml as Microsoft's tool does: UTF-8 without a declaration, indented, lines end in CR LF.

    Raises:
        UsageError: if a text holds a character that XML cannot.
    """
    namespaces = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    version = _escaped(info.tool_version).replace('"', "&quot;").replace("\n", "&#xA;").replace("\t", "&#x9;")
    lines = [f'<ApplicationInfo {namespaces} ToolVersion="{version}">']
    lines += _lines(_application_elements(info), "  ")
    lines += ["  <EncryptionInfo>", *_lines(_encryption_elements(info.encryption), "    "), "  </EncryptionInfo>"]
    if info.msi_info:
        lines += ["  <MsiInfo>", *_lines(_msi_elements(info.msi_info), "    "), "  </MsiInfo>"]
    return "\r\n".join([*lines, "</ApplicationInfo>"]).encode()


# --- reading ----------------------------------------------------------------------------------------------------


def _root(data: bytes, source: str, where: str) -> Element:
    import defusedxml
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(_decoded(data), forbid_dtd=True)
    except UnicodeDecodeError as error:
        text = f"is not {error.encoding.upper()}: {error.reason} at byte {error.start:,}, expected UTF-8 or UTF-16"
    except defusedxml.DTDForbidden as error:
        text = f"has a document type ({shown(str(error.name))!r}), which Detection.xml never has and which is refused"
    except ParseError as error:
        text = f"is not well-formed XML: {error}"
    else:
        if _local_name(root) == "ApplicationInfo":
            return root
        text = f"its root element is {shown(_local_name(root))!r}, expected 'ApplicationInfo'"
    raise FormatError(source, [Problem(where, text)])


def _decoded(data: bytes) -> str:
    """Decode by the byte order mark or the first character; a declared encoding is often wrong and not looked at."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if data.startswith((b"<\0", b"\0<")):
        return data.decode("utf-16-le" if data.startswith(b"<") else "utf-16-be")
    return data.decode("utf-8-sig")


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


class _Reader:
    """Reads an element's children by name and notes what is wrong."""

    def __init__(self, element: Element, where: str, problems: list[Problem], path: str = "ApplicationInfo") -> None:
        self._element, self._where, self._problems, self._path = element, where, problems, path
        self._children: dict[str, list[Element]] = {}
        for child in element:
            self._children.setdefault(_local_name(child), []).append(child)

    @property
    def is_empty(self) -> bool:
        return not self._children

    def attribute(self, name: str) -> str:
        return self._element.get(name, "")

    def child(self, name: str, *, is_required: bool = True) -> _Reader | None:
        found = self._children.get(name, [])
        if len(found) > 1:
            self._note(name, f"is there {len(found)} times, expected once")
        elif not found and is_required:
            self._note(name, "is missing")
        return _Reader(found[0], self._where, self._problems, f"{self._path}/{name}") if found else None

    def text(self, name: str, *, is_required: bool = True, may_be_empty: bool = False) -> str:
        child = self.child(name, is_required=is_required)
        text = (child._element.text or "") if child else ""  # noqa: SLF001 - one of our own
        if child and is_required and not may_be_empty and not text.strip():
            self._note(name, "is empty")
        return text

    def number(self, name: str) -> int:
        text = self.text(name).strip()
        if re.fullmatch(r"[0-9]{1,18}", text):
            return int(text)
        if text:
            self._note(name, f"{shown(text)!r} is not a whole number of bytes")
        return 0

    def flag(self, name: str) -> bool:
        text = self.text(name, is_required=False).strip()
        if text.lower() not in ("", "true", "false", "1", "0"):
            self._note(name, f"{shown(text)!r} is neither 'true' nor 'false'")
        return text.lower() in ("true", "1")

    def data(self, name: str, length: int) -> bytes:
        text = "".join(self.text(name).split())
        try:
            data = b64decode(text, validate=True)
        except ValueError:
            self._note(name, "is not base64")
            return b""
        if text and len(data) != length:
            self._note(name, f"is {len(data)} bytes long, expected {length}")
        return data

    def constant(self, name: str, expected: str) -> str:
        text = self.text(name).strip()
        if text and text != expected:
            self._note(name, f"is {shown(text)!r}, and only {expected!r} is known")
        return text

    def context(self, name: str) -> MsiExecutionContext | None:
        text = self.text(name, is_required=False).strip()
        try:
            return MsiExecutionContext(text) if text else None
        except ValueError:
            self._note(name, f"is {shown(text)!r}, expected one of {', '.join(MsiExecutionContext)}")
            return None

    def _note(self, name: str, message: str) -> None:
        self._problems.append(Problem(f"{self._where}: {self._path}/{name}", message))


def _encryption(info: _Reader | None) -> EncryptionInfo:
    if info is None:
        return EncryptionInfo(encryption_key=b"", mac_key=b"", initialization_vector=b"", mac=b"", file_digest=b"")
    return EncryptionInfo(
        encryption_key=info.data("EncryptionKey", 32),
        mac_key=info.data("MacKey", 32),
        initialization_vector=info.data("InitializationVector", 16),
        mac=info.data("Mac", 32),
        profile_identifier=info.constant("ProfileIdentifier", PROFILE),
        file_digest=info.data("FileDigest", 32),
        file_digest_algorithm=info.constant("FileDigestAlgorithm", DIGEST_ALGORITHM),
    )


def _msi_info(info: _Reader | None) -> MsiInfo | None:
    if info is None or info.is_empty:
        return None
    return MsiInfo(
        product_code=info.text("MsiProductCode", is_required=False),
        product_version=info.text("MsiProductVersion", is_required=False),
        package_code=info.text("MsiPackageCode", is_required=False),
        upgrade_code=info.text("MsiUpgradeCode", is_required=False),
        execution_context=info.context("MsiExecutionContext"),
        requires_logon=info.flag("MsiRequiresLogon"),
        requires_reboot=info.flag("MsiRequiresReboot"),
        is_machine_install=info.flag("MsiIsMachineInstall"),
        is_user_install=info.flag("MsiIsUserInstall"),
        includes_services=info.flag("MsiIncludesServices"),
        includes_odbc_data_source=info.flag("MsiIncludesODBCDataSource"),
        contains_system_registry_keys=info.flag("MsiContainsSystemRegistryKeys"),
        contains_system_folders=info.flag("MsiContainsSystemFolders"),
        publisher=info.text("MsiPublisher", is_required=False),
    )


# --- writing ----------------------------------------------------------------------------------------------------

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Elements in order; None leaves one out, as XmlSerializer does with a null.
_Elements = tuple[tuple[str, str | bytes | bool | int | None], ...]


def _application_elements(info: ApplicationInfo) -> _Elements:
    return (
        ("Name", info.name),
        ("Description", info.description or None),
        ("UnencryptedContentSize", info.unencrypted_content_size),
        ("FileName", info.file_name),
        ("SetupFile", info.setup_file),
    )


def _encryption_elements(info: EncryptionInfo) -> _Elements:
    return (
        ("EncryptionKey", info.encryption_key),
        ("MacKey", info.mac_key),
        ("InitializationVector", info.initialization_vector),
        ("Mac", info.mac),
        ("ProfileIdentifier", info.profile_identifier),
        ("FileDigest", info.file_digest),
        ("FileDigestAlgorithm", info.file_digest_algorithm),
    )


def _msi_elements(info: MsiInfo) -> _Elements:
    return (
        ("MsiProductCode", info.product_code or None),
        ("MsiProductVersion", info.product_version or None),
        ("MsiPackageCode", info.package_code or None),
        ("MsiUpgradeCode", info.upgrade_code or None),
        ("MsiExecutionContext", info.execution_context),
        ("MsiRequiresLogon", info.requires_logon),
        ("MsiRequiresReboot", info.requires_reboot),
        ("MsiIsMachineInstall", info.is_machine_install),
        ("MsiIsUserInstall", info.is_user_install),
        ("MsiIncludesServices", info.includes_services),
        ("MsiIncludesODBCDataSource", info.includes_odbc_data_source),
        ("MsiContainsSystemRegistryKeys", info.contains_system_registry_keys),
        ("MsiContainsSystemFolders", info.contains_system_folders),
        ("MsiPublisher", info.publisher or None),
    )


def _lines(elements: _Elements, indent: str) -> Iterator[str]:
    for name, value in elements:
        match value:
            case None:
                continue
            case bytes():
                text = b64encode(value).decode()
            case bool():
                text = "true" if value else "false"
            case _:
                text = _escaped(str(value))
        yield f"{indent}<{name}>{text}</{name}>"


def _escaped(text: str) -> str:
    if found := _NOT_XML.search(text):
        raise UsageError(
            f"{shown(text)!r} holds the character {found[0]!a}, which XML has no way to say - leave it out"
        )
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#xD;")):
        text = text.replace(character, entity)
    return text
