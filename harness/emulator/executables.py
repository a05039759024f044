"""Program images: read the version of one, and make the small ones that stand in Windows' own folders.

Sources: learn.microsoft.com, "PE Format" and "VS_VERSIONINFO structure".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from harness.model.files import FileVersion
from harness.model.windows import Architecture

if TYPE_CHECKING:
    from harness.emulator.contents import Content

__all__ = ["VersionInfo", "make_executable", "version_info"]

_MACHINES = {Architecture.X86: 0x014C, Architecture.X64: 0x8664, Architecture.ARM64: 0xAA64}
_ALIGNMENT = 0x200
_SECTION_ADDRESS = 0x1000
_RESOURCES = 2
_VERSION_RESOURCE = 16
_ENGLISH = 0x0409
_SIGNATURE = 0xFEEF04BD

#: English in Unicode, in Windows' Latin, and in no character set.
_USUAL_TABLES = ("040904B0", "040904E4", "04090000")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInfo:
    """What the version resource of a program says, as .NET's FileVersionInfo has it.

    Attributes:
        file_version: the fixed file version.
        product_version: the fixed product version.
        texts: what its properties show, by name: `FileVersion`, `ProductName`, `CompanyName`, ... The texts of the
            versions may say something else than the fixed ones.
    """

    file_version: FileVersion
    product_version: FileVersion
    texts: Mapping[str, str]


def version_info(content: Content) -> VersionInfo | None:
    """Return the version resource of a program image; None for anything else, broken images included.

    Windows answers the same for both: GetFileVersionInfo finds no version resource. What was found is kept with the
    content.
    """
    if content.version is None:
        content.version = (_read_version(content) if content.read(0, 2) == b"MZ" else None,)
    return content.version[0]


def make_executable(
    version: FileVersion, architecture: Architecture = Architecture.X64, texts: Mapping[str, str] | None = None
) -> bytes:
    """Return a program image of about a kilobyte with a version resource and no code.

    Args:
        version: the fixed file and product version.
        architecture: what the image's header says it runs on.
        texts: what its properties show, for example `{"FileDescription": "Windows Command Processor"}`; the file and
            product version are added as texts.
    """
    shown = {"FileVersion": str(version), "ProductVersion": str(version), **(texts or {})}
    resources = _resource_section(_version_info(version, shown))
    padded = resources.ljust(-(-len(resources) // _ALIGNMENT) * _ALIGNMENT, b"\0")
    headers = _headers(architecture, len(resources), len(padded))
    return headers.ljust(_ALIGNMENT, b"\0") + padded


def _read_version(content: Content) -> VersionInfo | None:
    import pefile

    image: Any = None
    try:
        host_file = content.host_file()
        if host_file is None:
            image = pefile.PE(data=content.read(0, content.size), fast_load=True)
        else:
            image = pefile.PE(name=host_file, fast_load=True)
        image.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        fixed = image.VS_FIXEDFILEINFO[0]
        texts: dict[str, str] = {}
        with suppress(Exception):  # texts may be broken where the numbers are not
            texts = _texts(image.FileInfo[0])
        return VersionInfo(
            file_version=_four_parts(fixed.FileVersionMS, fixed.FileVersionLS),
            product_version=_four_parts(fixed.ProductVersionMS, fixed.ProductVersionLS),
            texts=MappingProxyType(texts),
        )
    except Exception:  # noqa: BLE001 - hostile images make the parser fail in every way there is
        return None
    finally:
        if image is not None:
            image.close()


def _four_parts(high: int, low: int) -> FileVersion:
    return FileVersion(high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)


def _texts(blocks: Any) -> dict[str, str]:
    """Return the texts in the first language that the resource lists as translated, or else in the usual ones.

    Source of the order: learn.microsoft.com, FileVersionInfo.GetVersionInfo, and its source.
    """
    tables = {
        table.LangID.decode("ascii", "replace").upper(): table.entries
        for block in blocks
        for table in getattr(block, "StringTable", ())
    }
    translations = [
        "".join(f"{int(part, 16):04X}" for part in text.split())
        for block in blocks
        for variable in getattr(block, "Var", ())
        for text in variable.entry.values()
    ]
    entries: dict[bytes, bytes] = next((tables[name] for name in (*translations, *_USUAL_TABLES) if name in tables), {})
    return {name.decode("utf-8", "replace"): text.decode("utf-8", "replace") for name, text in entries.items()}


def _version_info(version: FileVersion, texts: Mapping[str, str]) -> bytes:
    numbers = (version.major << 16 | version.minor, version.build << 16 | version.private)
    fixed = struct.pack("<13I", _SIGNATURE, 0x10000, *numbers, *numbers, 0x3F, 0, 0x40004, 1, 0, 0, 0)
    strings = b"".join(_block(name, text) for name, text in texts.items())
    table = _block("040904B0", children=strings)
    language = _block("Translation", struct.pack("<HH", _ENGLISH, 1200))
    children = _block("StringFileInfo", children=table) + _block("VarFileInfo", children=language)
    return _block("VS_VERSION_INFO", fixed, children)


def _block(key: str, value: str | bytes = b"", children: bytes = b"") -> bytes:
    """Return one node of the version resource: lengths, type, key, value, children, each at a multiple of four."""
    is_text = isinstance(value, str)
    data = f"{value}\0".encode("utf-16-le") if isinstance(value, str) else value
    value_length = len(data) // 2 if is_text else len(data)
    head = _aligned(b"\0" * 6 + f"{key}\0".encode("utf-16-le")) + (_aligned(data) if children else data)
    body = head[6:] + children
    return _aligned(struct.pack("<HHH", len(body) + 6, value_length, is_text or not data) + body)


def _aligned(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _resource_section(data: bytes) -> bytes:
    """Return a resource section that holds one version resource: type, name, language, then the data."""
    table, entry_size = 16, 8
    node_size = table + entry_size
    section = b""
    for depth, identifier in enumerate((_VERSION_RESOURCE, 1, _ENGLISH)):
        is_leaf = depth == 2  # noqa: PLR2004 - below the language comes the data
        target = (depth + 1) * node_size | (0 if is_leaf else 0x8000_0000)
        section += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, identifier, target)
    start = len(section) + 16
    return section + struct.pack("<IIII", _SECTION_ADDRESS + start, len(data), 0, 0) + data


def _headers(architecture: Architecture, size: int, padded_size: int) -> bytes:
    is_wide = architecture is not Architecture.X86
    directories = [(0, 0)] * 16
    directories[_RESOURCES] = (_SECTION_ADDRESS, size)
    tables = b"".join(struct.pack("<II", *directory) for directory in directories)
    image_size = _SECTION_ADDRESS + -(-size // _SECTION_ADDRESS) * _SECTION_ADDRESS
    limits = struct.pack("<QQQQ" if is_wide else "<IIII", 0x100000, 0x1000, 0x100000, 0x1000)
    base = struct.pack("<Q", 0x1_4000_0000) if is_wide else struct.pack("<II", 0, 0x40_0000)
    optional = (
        struct.pack("<HBBIIIII", 0x20B if is_wide else 0x10B, 14, 0, 0, padded_size, 0, 0, 0)
        + base
        + struct.pack(
            "<IIHHHHHHIIIIHH", 0x1000, _ALIGNMENT, 10, 0, 10, 0, 10, 0, 0, image_size, _ALIGNMENT, 0, 2, 0x8160
        )
        + limits
        + struct.pack("<II", 0, len(directories))
        + tables
    )
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    flags = 0x0022 if is_wide else 0x0102
    coff = struct.pack("<HHIIIHH", _MACHINES[architecture], 1, 0, 0, 0, len(optional), flags)
    section = struct.pack(
        "<8sIIIIIIHHI", b".rsrc", size, _SECTION_ADDRESS, padded_size, _ALIGNMENT, 0, 0, 0, 0, 0x4000_0040
    )
    return dos + b"PE\0\0" + coff + optional + section
