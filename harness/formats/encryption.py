"""The encrypted content of a package: `[32 bytes HMAC][16 bytes IV][AES-256-CBC ciphertext]`, in constant memory.

The HMAC-SHA256 covers IV and ciphertext; the padding is PKCS #7. Source: svrooij/ContentPrep, okieselbach/Intune
(IntuneWinAppUtilDecoder). The service delivers the same bytes to devices as `.intunewin.bin`, and the key apart.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import queue
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from harness.errors import FormatError, Problem
from harness.formats.applicationinfo import DIGEST_ALGORITHM, PROFILE, EncryptionInfo

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

__all__ = ["verify", "VerifiedContent", "decrypt", "encrypt", "encrypted_size"]

_MAC, _IV, _BLOCK = 32, 16, 16
_HEADER = _MAC + _IV
#: A multiple of the cipher's block; larger gains nothing.
_CHUNK = 1 << 20
_BUFFERS = 4


def encrypted_size(plain_bytes: int) -> int:
    """Return how many bytes content of that many plain bytes has once encrypted: header, and 1 to 16 of padding."""
    return _HEADER + (plain_bytes // _BLOCK + 1) * _BLOCK


def verify(
    content: BinaryIO,
    encryption: EncryptionInfo,
    *,
    unencrypted_bytes: int | None = None,
    source: str,
    where: str = "",
) -> VerifiedContent:
    """Check the MAC of encrypted content in one pass, and return what may be decrypted.

    Args:
        content: seekable, from its beginning to its end.
        encryption: keys and MAC, from Detection.xml or from the service.
        unencrypted_bytes: how long the plain content is said to be, if known; tells a cut-off file from a changed one.
        source: the file's name for messages.
        where: the zip entry for messages.

    Raises:
        FormatError: if the content is cut off, was changed, or the keys or the MAC are another package's.
    """
    size = content.seek(0, io.SEEK_END)
    if problems := [*_profile_problems(encryption), *_size_problems(size, unencrypted_bytes)]:
        raise FormatError(source, [Problem(where, text) for text in problems])
    content.seek(0)
    header = content.read(_HEADER)
    computed = hmac.new(encryption.mac_key, header[_MAC:], hashlib.sha256)
    while chunk := content.read(_CHUNK):
        computed.update(chunk)
    in_header = hmac.compare_digest(computed.digest(), header[:_MAC])
    in_info = hmac.compare_digest(computed.digest(), encryption.mac)
    problems = list(_mac_problems(in_header=in_header, in_info=in_info, agree=header[:_MAC] == encryption.mac))
    if header[_MAC:] != encryption.initialization_vector:
        problems.append("its initialization vector is not the InitializationVector of Detection.xml")
    if problems:
        raise FormatError(source, [Problem(where, text) for text in problems])
    return VerifiedContent(content, size, encryption, unencrypted_bytes, source=source, where=where)


class VerifiedContent:
    """Encrypted content whose MAC was found right; the only thing that can be decrypted."""

    def __init__(
        self,
        content: BinaryIO,
        size_bytes: int,
        encryption: EncryptionInfo,
        unencrypted_bytes: int | None,
        *,
        source: str,
        where: str,
    ) -> None:
        self.size_bytes = size_bytes
        self._content, self._encryption, self._unencrypted_bytes = content, encryption, unencrypted_bytes
        self._source, self._where = source, where

    def decrypt(self, out: BinaryIO) -> int:
        """Write the plain content to `out` and return its length in bytes.

        Args:
            out: seekable; written from its position on. Cut back to it when anything fails, so that plaintext with the
                wrong digest never stays.

        Raises:
            FormatError: if the key, the digest or the length is not that of the content.
        """
        start = out.tell()
        digest = _Digest(in_background=self.size_bytes > _CHUNK)
        try:
            size = self._decrypt(out, digest.update)
            self._check_plain(size, digest.result())
        except BaseException:
            out.seek(start)
            out.truncate()
            raise
        finally:
            digest.close()
        return size

    def _decrypt(self, out: BinaryIO, update: Callable[[memoryview], None]) -> int:
        decryptor = _aes(self._encryption.encryption_key, self._encryption.initialization_vector).decryptor()
        left, turn, written = self.size_bytes - _HEADER, 0, 0
        # Small content is hashed at once, in this thread, so that one small buffer is enough.
        count = _BUFFERS if self.size_bytes > _CHUNK else 1
        buffers = [memoryview(bytearray(min(left, _CHUNK) + _BLOCK)) for _ in range(count)]
        self._content.seek(_HEADER)
        while left:
            chunk = self._content.read(min(_CHUNK, left))
            if not chunk:
                raise self._error("became shorter while it was read")
            left -= len(chunk)
            plain = buffers[turn % count]
            plain = plain[: decryptor.update_into(chunk, plain)]
            if not left:
                plain = self._without_padding(plain)
            update(plain)
            out.write(plain)
            written += len(plain)
            turn += 1
        return written

    def _without_padding(self, plain: memoryview) -> memoryview:
        count = plain[-1]
        if 1 <= count <= _BLOCK and plain[-count:] == bytes([count]) * count:
            return plain[:-count]
        raise self._error(
            "was decrypted to something without PKCS #7 padding"
            " - the MAC is right, so EncryptionKey belongs to another package"
        )

    def _check_plain(self, size: int, digest: bytes) -> None:
        if digest != self._encryption.file_digest:
            raise self._error(
                f"was decrypted to something with the SHA-256 digest {digest.hex()}, expected FileDigest"
                f" {self._encryption.file_digest.hex()} - EncryptionKey or FileDigest belongs to another package"
            )
        if self._unencrypted_bytes not in (None, size):
            raise self._error(f"has {size:,} plain bytes, expected UnencryptedContentSize {self._unencrypted_bytes:,}")

    def _error(self, message: str) -> FormatError:
        return FormatError(self._source, [Problem(self._where, message)])


def decrypt(
    content: BinaryIO,
    encryption: EncryptionInfo,
    out: BinaryIO,
    *,
    unencrypted_bytes: int | None = None,
    source: str,
    where: str = "",
) -> int:
    """Verify, then decrypt; see `verify` and `VerifiedContent.decrypt`. Return the plain length in bytes."""
    verified = verify(content, encryption, unencrypted_bytes=unencrypted_bytes, source=source, where=where)
    return verified.decrypt(out)


def encrypt(plain: BinaryIO, out: BinaryIO, *, random_bytes: Callable[[int], bytes]) -> EncryptionInfo:
    """Encrypt all of `plain` to `out` and return the keys and digests.

    Args:
        plain: seekable, read from its beginning.
        out: seekable, written from its position on.
        random_bytes: gives that many bytes; asked for the AES key, the HMAC key and the IV, in this order.
    """
    key, mac_key, iv = random_bytes(32), random_bytes(32), random_bytes(_IV)
    encryptor = _aes(key, iv).encryptor()
    digest, mac = hashlib.sha256(), hmac.new(mac_key, iv, hashlib.sha256)
    buffer = memoryview(bytearray(_CHUNK + 2 * _BLOCK))
    start = out.tell()
    out.write(bytes(_MAC) + iv)
    plain.seek(0)
    size, is_last = 0, False
    while not is_last:
        chunk = plain.read(_CHUNK)
        size += len(chunk)
        digest.update(chunk)
        if is_last := not chunk:
            count = _BLOCK - size % _BLOCK
            chunk = bytes([count]) * count
        cipher = buffer[: encryptor.update_into(chunk, buffer)]
        mac.update(cipher)
        out.write(cipher)
    end = out.tell()
    out.seek(start)
    out.write(mac.digest())
    out.seek(end)
    return EncryptionInfo(
        encryption_key=key,
        mac_key=mac_key,
        initialization_vector=iv,
        mac=mac.digest(),
        file_digest=digest.digest(),
    )


class _Digest:
    """SHA-256 of what is handed over, in order; in a thread of its own where that saves time.

    Hashing takes as long as decrypting and writing together, and neither holds Python's lock meanwhile. A buffer may
    be filled again after `_BUFFERS` more calls of `update`.
    """

    def __init__(self, *, in_background: bool) -> None:
        self._sha256 = hashlib.sha256()
        self._waiting: queue.Queue[memoryview | None] = queue.Queue(maxsize=_BUFFERS - 2)
        self._worker = threading.Thread(target=self._work, daemon=True) if in_background else None
        if self._worker:
            self._worker.start()

    def update(self, data: memoryview) -> None:
        if self._worker:
            self._waiting.put(data)
        else:
            self._sha256.update(data)

    def result(self) -> bytes:
        self.close()
        return self._sha256.digest()

    def close(self) -> None:
        """Wait for the thread to hash what it was given, and to end."""
        if self._worker:
            self._waiting.put(None)
            self._worker.join()
            self._worker = None

    def _work(self) -> None:
        while (data := self._waiting.get()) is not None:
            self._sha256.update(data)


def _profile_problems(encryption: EncryptionInfo) -> Iterator[str]:
    if encryption.profile_identifier != PROFILE:
        yield f"is encrypted with profile {encryption.profile_identifier!r}, and only {PROFILE!r} is known"
    if encryption.file_digest_algorithm != DIGEST_ALGORITHM:
        yield f"has a {encryption.file_digest_algorithm!r} digest, and only {DIGEST_ALGORITHM!r} is known"
    for name, value, length in (
        ("EncryptionKey", encryption.encryption_key, 32),
        ("InitializationVector", encryption.initialization_vector, _IV),
    ):
        if len(value) != length:
            yield f"its {name} is {len(value)} bytes long, expected {length}"


def _size_problems(size: int, unencrypted_bytes: int | None) -> Iterator[str]:
    if unencrypted_bytes is not None and size != encrypted_size(unencrypted_bytes):
        expected = encrypted_size(unencrypted_bytes)
        hint = "it is cut off; copy or download it again" if size < expected else "something was added to it"
        yield f"is {size:,} bytes long, expected {expected:,} for UnencryptedContentSize {unencrypted_bytes:,} - {hint}"
    elif size < _HEADER + _BLOCK or size % _BLOCK:
        yield (
            f"is {size:,} bytes long, expected {_HEADER} and one or more blocks of {_BLOCK}"
            " - it is cut off or no encrypted content"
        )


def _mac_problems(*, in_header: bool, in_info: bool, agree: bool) -> Iterator[str]:
    if in_header and not in_info:
        yield "matches the MAC it begins with, but not Mac of Detection.xml - they are of two different packages"
    elif in_info and not in_header:
        yield "does not begin with its MAC, though Mac of Detection.xml is right - its first 32 bytes were changed"
    elif not in_info and agree:
        yield "does not match its MAC - it was changed or damaged after packing, or MacKey is not its key"
    elif not in_info:
        yield (
            "matches neither the MAC it begins with nor Mac of Detection.xml"
            " - it was changed, or Detection.xml is another package's"
        )


def _aes(key: bytes, iv: bytes) -> Cipher[modes.CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.CBC(iv))
