"""What a program's manifest asks for, and which programs Windows takes for installers because they have none.

Sources: learn.microsoft.com, "Application Manifests" (requestedExecutionLevel), "How User Account Control works" and
"User Account Control: Detect application installations and prompt for elevation" (32-bit programs without an execution
level, told by words in the file name). The other signs of an installer that are documented, such as words in the
version resource and sequences of bytes, are not modelled; nor is a manifest that lies beside the program.
"""

from __future__ import annotations

import ntpath
from enum import StrEnum
from typing import Any, BinaryIO

__all__ = ["ExecutionLevel", "execution_level", "looks_like_an_installer"]

_MANIFEST_RESOURCE = 24
#: Manifests are short; what claims to be longer is not read.
_LONGEST = 1_000_000

_WORDS = ("install", "setup", "update")


class ExecutionLevel(StrEnum):
    """The rights a program asks for, in the manifest's words."""

    AS_INVOKER = "asInvoker"
    HIGHEST_AVAILABLE = "highestAvailable"
    REQUIRE_ADMINISTRATOR = "requireAdministrator"


def execution_level(file: BinaryIO) -> ExecutionLevel | None:
    """Return what the manifest in a program image asks for; None when there is none, or it does not say.

    Images are untrusted: one that does not read has no manifest.
    """
    import pefile

    image: Any = None
    try:
        image = pefile.PE(data=file.read(), fast_load=True)
        image.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        return _level_in(_manifest_of(image))
    except Exception:  # noqa: BLE001 - hostile images make the parser fail in every way there is
        return None
    finally:
        if image is not None:
            image.close()


def looks_like_an_installer(image_path: str) -> bool:
    """Return whether the file's name says that it installs something."""
    name = ntpath.basename(image_path).lower()
    return any(word in name for word in _WORDS)


def _manifest_of(image: Any) -> bytes:
    for kind in image.DIRECTORY_ENTRY_RESOURCE.entries:
        if kind.id == _MANIFEST_RESOURCE:
            data = kind.directory.entries[0].directory.entries[0].data.struct
            return bytes(image.get_data(data.OffsetToData, min(data.Size, _LONGEST)))
    return b""


def _level_in(manifest: bytes) -> ExecutionLevel | None:
    from defusedxml.ElementTree import fromstring

    if not manifest:
        return None
    for element in fromstring(manifest.strip(b"\0")).iter():
        if str(element.tag).rpartition("}")[2] == "requestedExecutionLevel":
            wanted = element.get("level", "").casefold()
            return next((level for level in ExecutionLevel if level.casefold() == wanted), None)
    return None
