"""How the service packs what it sends in a session: base64 of a length and a gzip stream.

Source: public clients of the SideCar gateway: `ResponsePayload` is base64 of the uncompressed length as a
little-endian 32-bit number, followed by a gzip stream of UTF-8 text.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import struct
import zlib

from harness.errors import FormatError

__all__ = ["encode_response_payload", "decode_response_payload"]

_LENGTH = struct.Struct("<I")
#: zlib's sign for "a gzip header and trailer around the stream".
_GZIP = 16 + zlib.MAX_WBITS


def encode_response_payload(text: str) -> str:
    """Pack a text as the service does. The result depends on the text and the zlib in use alone."""
    data = text.encode()
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[9] = 255  # the operating system of the writer: unknown, wherever this runs
    return base64.b64encode(_LENGTH.pack(len(data)) + packed).decode()


def decode_response_payload(payload: str, source: str = "ResponsePayload", *, limit_bytes: int = 64 * 2**20) -> str:
    """Unpack what the service sent.

    Args:
        payload: the base64 text.
        source: the name in error messages.
        limit_bytes: the longest text that is unpacked; no more than that is ever held.

    Raises:
        FormatError: if it is damaged, or longer than the limit.
    """
    try:
        data = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise FormatError(source, "expected base64") from None
    if len(data) < _LENGTH.size:
        raise FormatError(source, f"expected a length of {_LENGTH.size} bytes, found {len(data)}")
    (length,) = _LENGTH.unpack_from(data)
    if length > limit_bytes:
        raise FormatError(source, f"says it holds {length} bytes, expected at most {limit_bytes}")
    stream = zlib.decompressobj(_GZIP)
    try:
        # One byte more than announced: enough to see that there is more.
        unpacked = stream.decompress(data[_LENGTH.size :], length + 1)
    except zlib.error as error:
        raise FormatError(source, f"expected a gzip stream after the length: {error}") from None
    if len(unpacked) != length or not stream.eof or stream.unused_data:
        raise FormatError(source, f"expected exactly {length} bytes in one gzip stream, found another length")
    try:
        return unpacked.decode()
    except UnicodeDecodeError as error:
        raise FormatError(source, f"expected UTF-8, found byte 0x{unpacked[error.start]:02x}") from None
