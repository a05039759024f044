"""`.intunewin`, the package format of Win32 apps in Intune: a zip of Detection.xml and an encrypted zip.

`IntuneWinPackage.open` reads one, `harness.formats.packing.pack` makes one. The layout is that of Microsoft's Win32
Content Prep Tool as public re-implementations describe it; older versions named the content after the app.
"""

from __future__ import annotations

from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from harness.errors import FormatError, Problem
from harness.formats.applicationinfo import ApplicationInfo
from harness.formats.contents import DEFAULT_LIMITS
from harness.formats.detectionxml import parse_detection_xml
from harness.formats.encryption import VerifiedContent, encrypted_size, verify
from harness.formats.entrynames import shown, windows_path
from harness.formats.zips import open_entry, open_zip
from harness.model.names import folded

__all__ = ["IntuneWinPackage", "DETECTION_XML", "CONTENTS_FOLDER"]

DETECTION_XML = "IntuneWinPackage/Metadata/Detection.xml"
CONTENTS_FOLDER = "IntuneWinPackage/Contents"

#: A package has two entries; some tools add their own.
_MAX_ENTRIES = 1_000
#: About 2 kB are usual.
_MAX_DETECTION_XML = 1 << 20
#: The service's maximum for an app, and a little for the encryption.
_MAX_CONTENT = encrypted_size(DEFAULT_LIMITS.total_bytes)
_SMALL = 1 << 16


class IntuneWinPackage:
    """An opened package: what Detection.xml says, and the encrypted content.

    Attributes:
        source: the package's name for messages.
        info: Detection.xml.
        content_name: the name of the content's zip entry.
        content_bytes: the encrypted size.
    """

    def __init__(self, archive: ZipFile, source: str, info: ApplicationInfo, content: ZipInfo) -> None:
        self._archive, self._content = archive, content
        self.source = source
        self.info = info
        self.content_name = content.orig_filename
        self.content_bytes = content.file_size

    @classmethod
    def open(cls, stream: BinaryIO, *, source: str) -> IntuneWinPackage:
        """Read the outer zip and Detection.xml; the content is not read, and its MAC not checked, yet.

        Args:
            stream: seekable; stays in use by the package.
            source: the package's name for messages.

        Raises:
            FormatError: if it is no zip file, parts are missing, or Detection.xml does not say what it must.
        """
        archive = open_zip(stream, source=source, max_entries=_MAX_ENTRIES)
        detection = _one_entry(archive.infolist(), DETECTION_XML, source, most_bytes=_MAX_DETECTION_XML)
        with open_entry(archive, detection, source=source) as file:
            info = parse_detection_xml(file.read(), source=source, where=shown(detection.orig_filename))
        content = _one_entry(archive.infolist(), f"{CONTENTS_FOLDER}/{info.file_name}", source, most_bytes=_MAX_CONTENT)
        # Ciphertext looks random and does not shrink; what does was made to fill disks.
        if content.file_size > 2 * content.compress_size + _SMALL:
            text = f"has {content.file_size:,} bytes in {content.compress_size:,} - it looks like a zip bomb"
            raise FormatError(source, [Problem(shown(content.orig_filename), text)])
        package = cls(archive, source, info, content)
        package.open_content().close()
        return package

    def open_content(self) -> BinaryIO:
        """Open the encrypted content as it is stored, which is what the service delivers as `.intunewin.bin`.

        Its CRC is not compared: the MAC says more, and `verify` reads it all anyway.
        """
        return open_entry(self._archive, self._content, source=self.source, check=False)

    def verify(self) -> VerifiedContent:
        """Check the content's MAC and length against Detection.xml; the result can be decrypted.

        Raises:
            FormatError: if the content is cut off, was changed, or belongs to another Detection.xml.
        """
        return verify(
            self.open_content(),
            self.info.encryption,
            unencrypted_bytes=self.info.unencrypted_content_size,
            source=self.source,
            where=shown(self.content_name),
        )

    def decrypt(self, out: BinaryIO) -> int:
        """Verify the content, then write the plain inner zip to `out`; return its length in bytes.

        Raises:
            FormatError: see `verify` and `VerifiedContent.decrypt`; `out` then holds nothing of it.
        """
        return self.verify().decrypt(out)


def _one_entry(entries: list[ZipInfo], path: str, source: str, *, most_bytes: int) -> ZipInfo:
    """Return the entry of that path, whatever its slashes and case."""
    wanted = folded(windows_path(path))
    found = [entry for entry in entries if folded(windows_path(entry.orig_filename)) == wanted]
    if len(found) == 1:
        if found[0].file_size <= most_bytes:
            return found[0]
        text = f"has {found[0].file_size:,} bytes, expected at most {most_bytes:,}"
        raise FormatError(source, [Problem(shown(found[0].orig_filename), text)])
    if found:
        raise FormatError(source, [Problem(shown(path), f"is there {len(found)} times, expected once")])
    names = ", ".join(repr(shown(entry.orig_filename)) for entry in entries[:5]) or "nothing"
    more = ", ..." if len(entries) > 5 else ""  # noqa: PLR2004 - enough to recognise the file by
    text = f"is missing; the file holds {names}{more} - is this a package made by the Win32 Content Prep Tool?"
    raise FormatError(source, [Problem(shown(path), text)])
