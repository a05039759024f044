"""Packages made by hand, with `zipfile` and `cryptography` alone, so that the reader is not tested against itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.formats.contents import PackageFile

KEY, MAC_KEY, IV = (bytes([number]) * 32 for number in (1, 2, 3))
CONTENT = "IntuneWinPackage/Contents/IntunePackage.intunewin"
DETECTION = "IntuneWinPackage/Metadata/Detection.xml"


def b64(data: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(data).decode()


def inner_zip(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip file with the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


@dataclass(frozen=True)
class HandMade:
    """What goes into a package; `build` puts it together."""

    plain: bytes
    content_name: str = CONTENT
    detection_name: str = DETECTION
    file_name: str = "IntunePackage.intunewin"
    compression: int = zipfile.ZIP_STORED
    key: bytes = KEY
    mac_key: bytes = MAC_KEY
    content: bytes | None = None
    change_xml: Callable[[str], str] = str

    def but(self, **changes: object) -> HandMade:
        """Return the same package but for some parts."""
        return replace(self, **changes)

    @property
    def encrypted(self) -> bytes:
        """The encrypted content."""
        if self.content is not None:
            return self.content
        padding = 16 - len(self.plain) % 16
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(IV[:16])).encryptor()
        body = IV[:16] + encryptor.update(self.plain + bytes([padding]) * padding) + encryptor.finalize()
        return hmac.digest(self.mac_key, body, "sha256") + body

    @property
    def detection_xml(self) -> str:
        """The description, changed as wanted."""
        return self.change_xml(
            '<ApplicationInfo ToolVersion="1.4.0.0"><Name>setup.exe</Name>'
            f"<UnencryptedContentSize>{len(self.plain)}</UnencryptedContentSize><FileName>{self.file_name}</FileName>"
            f"<SetupFile>setup.exe</SetupFile><EncryptionInfo><EncryptionKey>{b64(KEY)}</EncryptionKey>"
            f"<MacKey>{b64(MAC_KEY)}</MacKey><InitializationVector>{b64(IV[:16])}</InitializationVector>"
            f"<Mac>{b64(self.encrypted[:32])}</Mac><ProfileIdentifier>ProfileVersion1</ProfileIdentifier>"
            f"<FileDigest>{b64(hashlib.sha256(self.plain).digest())}</FileDigest>"
            "<FileDigestAlgorithm>SHA256</FileDigestAlgorithm></EncryptionInfo></ApplicationInfo>"
        )

    def build(self) -> io.BytesIO:
        """Return the package as a stream."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", self.compression) as archive:
            archive.writestr(zipfile.ZipInfo(self.content_name), self.encrypted, self.compression)
            archive.writestr(zipfile.ZipInfo(self.detection_name), self.detection_xml, self.compression)
        return out


@pytest.fixture(scope="session")
def hand_made() -> HandMade:
    """A package of one small setup file, to be changed with `but(...)` and made with `build()`."""
    return HandMade(inner_zip({"setup.exe": b"MZ" + bytes(range(256)) * 4, "Files/readme.txt": b"hello"}))


@pytest.fixture(scope="session")
def make_zip() -> Callable[..., bytes]:
    """A function from names and data to the bytes of a zip file."""
    return inner_zip


@pytest.fixture(scope="session")
def tree() -> Callable[[Mapping[str, bytes | None]], list[PackageFile]]:
    """A function from paths and data (None: a folder) to files to pack."""

    def files(data: Mapping[str, bytes | None]) -> list[PackageFile]:
        return [
            PackageFile(path=path, open=None)
            if content is None
            else PackageFile(path=path, size_bytes=len(content), open=lambda content=content: io.BytesIO(content))
            for path, content in data.items()
        ]

    return files
