"""Program images without code, for checks of what happens before any code would run.

Sources: learn.microsoft.com, "PE Format", "Application Manifests".
"""

from __future__ import annotations

import struct

__all__ = ["X86", "X64", "ARM64", "ARM_THUMB", "image"]

#: Machine types of the header.
X86, X64, ARM64, ARM_THUMB = 0x014C, 0x8664, 0xAA64, 0x01C4

_ALIGNMENT, _ADDRESS = 0x200, 0x1000
_MANIFEST_RESOURCE, _PROCESS_MANIFEST, _ENGLISH = 24, 1, 0x0409

_MANIFEST = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="{level}" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
</assembly>
"""


def image(machine: int, *, level: str = "") -> bytes:
    """Return a console program for a processor that does nothing.

    Args:
        machine: the machine type.
        level: the execution level that its manifest asks for, `requireAdministrator`; empty for no manifest.
    """
    resources = _resources(_MANIFEST.format(level=level).encode()) if level else b""
    code = b"\x31\xc0\xc3"  # xor eax, eax; ret: for x86 and x64 alike
    data = code.ljust(16, b"\0") + resources
    padded = data.ljust(-(-len(data) // _ALIGNMENT) * _ALIGNMENT, b"\0")
    return _headers(machine, len(data), len(padded), len(resources)).ljust(_ALIGNMENT, b"\0") + padded


def _resources(manifest: bytes) -> bytes:
    """Return a resource section that lies 16 bytes into the only section: type, name, language, then the data."""
    section = b""
    for depth, identifier in enumerate((_MANIFEST_RESOURCE, _PROCESS_MANIFEST, _ENGLISH)):
        target = (depth + 1) * 24 | (0 if identifier == _ENGLISH else 0x8000_0000)
        section += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, identifier, target)
    start = len(section) + 16
    return section + struct.pack("<IIII", _ADDRESS + 16 + start, len(manifest), 0, 0) + manifest


def _headers(machine: int, size: int, padded: int, resources: int) -> bytes:
    is_wide = machine in (X64, ARM64)
    directories = [(0, 0)] * 16
    directories[2] = (_ADDRESS + 16, resources) if resources else (0, 0)
    tables = b"".join(struct.pack("<II", *directory) for directory in directories)
    kind = struct.pack("<HBBIIIII", 0x20B if is_wide else 0x10B, 14, 0, padded, 0, 0, _ADDRESS, _ADDRESS)
    base = struct.pack("<Q", 0x1_4000_0000) if is_wide else struct.pack("<II", _ADDRESS, 0x40_0000)
    sizes = struct.pack("<QQQQ" if is_wide else "<IIII", 0x100000, 0x1000, 0x100000, 0x1000)
    whole = 2 * _ADDRESS
    optional = (
        kind
        + base
        + struct.pack("<IIHHHHHHIIIIHH", _ADDRESS, _ALIGNMENT, 6, 0, 0, 0, 6, 0, 0, whole, _ALIGNMENT, 0, 3, 0x8100)
        + sizes
        + struct.pack("<II", 0, len(directories))
        + tables
    )
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x0022 if is_wide else 0x0102)
    flags = 0x6000_0020  # code that may be read and run
    section = struct.pack("<8sIIIIIIHHI", b".text", size, _ADDRESS, padded, _ALIGNMENT, 0, 0, 0, 0, flags)
    return dos + b"PE\0\0" + coff + optional + section
