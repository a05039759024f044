"""The encrypted content: the MAC before any plaintext, the digest before any use, and constant memory."""

import hashlib
import hmac
import io
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError
from harness.formats.encryption import decrypt, encrypt, encrypted_size, verify

LARGE = hashlib.shake_128(b"large").digest(6 * (1 << 20) + 5)


def encrypted(plain: bytes):
    """Encrypt with keys that are always the same."""
    out = io.BytesIO()
    info = encrypt(io.BytesIO(plain), out, random_bytes=hashlib.shake_128(plain[:16]).digest)
    return out.getvalue(), info


def failure(content: bytes, info, size: int | None = None) -> str:
    """Return the message, having made sure that no plaintext was left."""
    out = io.BytesIO(b"before")
    out.seek(6)
    with pytest.raises(FormatError) as caught:
        decrypt(io.BytesIO(content), info, out, unencrypted_bytes=size, source="app.bin", where="content")
    assert out.getvalue() == b"before"
    return str(caught.value)


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=100))
def test_encrypt_then_decrypt_gives_the_same_back(plain):
    """Content of any length survives, and has the length that is foretold."""
    content, info = encrypted(plain)
    out = io.BytesIO()

    size = decrypt(io.BytesIO(content), info, out, unencrypted_bytes=len(plain), source="app.bin")

    assert (len(plain), plain) == (size, out.getvalue())
    assert encrypted_size(len(plain)) == len(content)


@pytest.mark.parametrize("length", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, len(LARGE)])
def test_content_of_several_chunks_survives(length):
    """Nothing is lost or doubled where one chunk ends and the next begins."""
    content, info = encrypted(LARGE[:length])
    out = io.BytesIO()

    assert length == decrypt(io.BytesIO(content), info, out, source="app.bin")
    assert LARGE[:length] == out.getvalue()


def test_the_layout_is_that_of_the_format():
    """HMAC over IV and ciphertext, IV, AES-256-CBC with PKCS #7; read by `cryptography` alone."""
    content, info = encrypted(b"hello")
    plain = Cipher(algorithms.AES(info.encryption_key), modes.CBC(content[32:48])).decryptor().update(content[48:])

    assert b"hello" + bytes([11]) * 11 == plain
    assert hmac.digest(info.mac_key, content[32:], "sha256") == content[:32] == info.mac
    assert content[32:48] == info.initialization_vector
    assert hashlib.sha256(b"hello").digest() == info.file_digest


def test_keys_do_not_show():
    """The keys stay out of what is printed of them."""
    assert "key" not in repr(encrypted(b"")[1])


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_changed_byte_is_noticed(data):
    """Whatever byte of the content changes: an error, and no plaintext."""
    content, info = encrypted(b"some content " * 9)
    at = data.draw(st.integers(0, len(content) - 1))
    change = data.draw(st.integers(1, 255))
    changed = bytearray(content)
    changed[at] ^= change

    assert "changed" in failure(bytes(changed), info)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 160))
def test_any_cut_is_noticed(length):
    """Content that ends early anywhere is an error, called cut off where the length is known."""
    content, info = encrypted(b"x" * 112)
    cut = content[: min(length, len(content) - 1)]

    assert failure(cut, info)
    assert f"is {len(cut):,} bytes long, expected 176 for" in failure(cut, info, 112)
    assert "it is cut off; copy or download it again" in failure(cut, info, 112)


def test_content_that_is_too_long_is_noticed():
    """Added blocks are told from missing ones."""
    content, info = encrypted(b"x" * 10)

    assert "something was added to it" in failure(content + bytes(16), info, 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"mac_key": bytes(32)},
            "content: does not match its MAC - it was changed or damaged after packing, or MacKey",
        ),
        ({"mac": bytes(32)}, "content: matches the MAC it begins with, but not Mac of Detection.xml"),
        ({"mac": bytes(32), "mac_key": bytes(32)}, "content: matches neither the MAC it begins with nor Mac"),
        ({"initialization_vector": bytes(16)}, "content: its initialization vector is not the InitializationVector"),
        ({"file_digest": bytes(32)}, "- EncryptionKey or FileDigest belongs to another package"),
        ({"encryption_key": bytes(32)}, "EncryptionKey"),
        ({"encryption_key": bytes(31)}, "content: its EncryptionKey is 31 bytes long, expected 32"),
        ({"initialization_vector": b""}, "content: its InitializationVector is 0 bytes long, expected 16"),
        ({"profile_identifier": "ProfileVersion2"}, "content: is encrypted with profile 'ProfileVersion2', and only"),
        ({"file_digest_algorithm": "MD5"}, "content: has a 'MD5' digest, and only 'SHA256' is known"),
    ],
)
def test_each_wrong_value_has_its_own_message(change, message):
    """A wrong MAC, IV, key, digest or profile is told apart from the others."""
    content, info = encrypted(b"some content")

    assert message in failure(content, replace(info, **change))


def test_a_changed_header_is_told_from_changed_content():
    """Where Detection.xml vouches for the content, only the MAC in front of it was changed."""
    content, info = encrypted(b"some content")

    assert "its first 32 bytes were changed" in failure(bytes(32) + content[32:], info)


@pytest.mark.parametrize("plain", [b"some content", LARGE])
def test_a_wrong_key_is_noticed_though_the_mac_is_right(plain):
    """What was decrypted to rubbish is taken back, in small and in large content."""
    content, info = encrypted(plain)

    assert "EncryptionKey" in failure(content, replace(info, encryption_key=bytes(32)))


def test_rubbish_without_padding_names_the_key():
    """With a wrong key the padding is nearly always wrong, too."""
    content, info = encrypted(bytes(64))

    messages = [failure(content, replace(info, encryption_key=bytes([number] * 32))) for number in range(8)]

    assert any("without PKCS #7 padding - the MAC is right, so EncryptionKey belongs" in text for text in messages)


def test_a_wrong_length_inside_the_last_block_is_noticed():
    """The ciphertext's length tells the plain length only to 16 bytes; the padding tells the rest."""
    content, info = encrypted(b"x" * 10)

    assert "has 10 plain bytes, expected UnencryptedContentSize 11" in failure(content, info, 11)


def test_content_that_shrinks_meanwhile_is_noticed():
    """A file that is cut between verifying and decrypting gives an error and no plaintext."""
    content, info = encrypted(LARGE)
    stream, out = io.BytesIO(content), io.BytesIO()
    verified = verify(stream, info, source="app.bin")
    stream.truncate(len(content) // 2)

    with pytest.raises(FormatError, match="became shorter while it was read"):
        verified.decrypt(out)
    assert out.getvalue() == b""


def test_content_that_changes_meanwhile_is_noticed():
    """A file that is changed between verifying and decrypting has another digest."""
    content, info = encrypted(LARGE)
    stream, out = io.BytesIO(content), io.BytesIO()
    verified = verify(stream, info, source="app.bin")
    stream.getbuffer()[1_000] ^= 1

    with pytest.raises(FormatError, match="SHA-256 digest"):
        verified.decrypt(out)
    assert out.getvalue() == b""


def test_a_full_disk_leaves_nothing():
    """When writing fails, what was written is taken back and the operating system's error comes through."""

    class FullDisk(io.BytesIO):
        def write(self, data):
            if self.tell() > 2 << 20:
                raise OSError(28, "no space left on device")
            return super().write(data)

    content, info = encrypted(LARGE)
    out = FullDisk()

    with pytest.raises(OSError, match="no space left"):
        decrypt(io.BytesIO(content), info, out, source="app.bin")
    assert out.getvalue() == b""


def test_decrypting_twice_gives_the_same():
    """Verified content may be decrypted again."""
    content, info = encrypted(b"again")
    verified = verify(io.BytesIO(content), info, source="app.bin")
    first, second = io.BytesIO(), io.BytesIO()

    assert (5, 5) == (verified.decrypt(first), verified.decrypt(second))
    assert first.getvalue() == second.getvalue() == b"again"
