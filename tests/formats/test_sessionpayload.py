"""How the service packs its answers."""

import base64
import gzip
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError
from harness.formats.policy import (
    decode_response_payload,
    encode_response_payload,
)


def test_a_payload_is_a_length_and_a_gzip_stream_in_base64():
    """As public clients of the service read it; always the same for the same text."""
    payload = encode_response_payload("Ω" * 1_000)
    data = base64.b64decode(payload)

    assert 2_000 == struct.unpack_from("<I", data)[0]
    assert b"\x1f\x8b\x08\0\0\0\0\0" == data[4:12]
    assert 255 == data[13]
    assert payload == encode_response_payload("Ω" * 1_000)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(deadline=None, max_examples=50)
def test_payloads_survive_being_packed_and_unpacked(text):
    """Any text, the empty one too."""
    assert text == decode_response_payload(encode_response_payload(text))


def _payload(length, stream):
    return base64.b64encode(struct.pack("<I", length) + stream).decode()


_STREAM = base64.b64decode(encode_response_payload("abc"))[4:]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ("?", "expected base64"),
        ("é", "expected base64"),
        ("AAA=", "expected a length of 4 bytes, found 2"),
        (_payload(3, b"no stream"), "expected a gzip stream after the length: .*"),
        (_payload(3, _STREAM[:-5] + b"\0" * 5), "expected a gzip stream after the length: .*"),
        (_payload(2, _STREAM), "expected exactly 2 bytes in one gzip stream, found another length"),
        (_payload(4, _STREAM), "expected exactly 4 bytes in one gzip stream, found another length"),
        (_payload(3, _STREAM[:-1]), "expected exactly 3 bytes in one gzip stream, found another length"),
        (_payload(3, _STREAM + b"x"), "expected exactly 3 bytes in one gzip stream, found another length"),
        (_payload(2**32 - 1, _STREAM), "says it holds 4294967295 bytes, expected at most 67108864"),
    ],
)
def test_a_damaged_payload_is_refused(payload, message):
    """Nothing is unpacked beyond what the length announces."""
    with pytest.raises(FormatError, match=f"^ResponsePayload: {message}$"):
        decode_response_payload(payload)


def test_a_payload_that_is_not_utf_8_is_refused():
    """The text inside is UTF-8."""
    with pytest.raises(FormatError, match="expected UTF-8, found byte 0xff"):
        decode_response_payload(_payload(1, gzip.compress(b"\xff")))


def test_a_bomb_is_not_unpacked():
    """A stream that unpacks to more than it announces stops at once."""
    with pytest.raises(FormatError, match="expected exactly 10 bytes"):
        decode_response_payload(_payload(10, gzip.compress(bytes(2**20))))
