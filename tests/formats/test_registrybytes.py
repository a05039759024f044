"""Values as bytes and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.formats.registrybytes import bytes_of_value, value_of_bytes
from harness.model.windows import RegistryType, RegistryValue
from tests.formats.registryvalues import values


@given(value=values())
@settings(deadline=None)
def test_a_value_comes_back_from_its_bytes(value: RegistryValue) -> None:
    """Whatever a value is, its bytes say so."""
    assert value == value_of_bytes(value.type, bytes_of_value(value))


@given(type_=st.integers(0, 2**32 - 1), data=st.binary(max_size=40))
@settings(deadline=None)
def test_any_bytes_are_a_value(type_: int, data: bytes) -> None:
    """Of every type; what is no text comes back as it is."""
    value = value_of_bytes(type_, data)

    assert type_ == value.type
    if type_ not in (1, 2, 7):
        assert data == bytes_of_value(value)


@pytest.mark.parametrize(
    ("type_", "data", "expected"),
    [
        (1, "a\0".encode("utf-16-le"), "a"),
        (1, "a".encode("utf-16-le"), "a"),
        (1, "a\0b\0".encode("utf-16-le"), "a\0b"),
        (2, b"a\0b", "a"),
        (4, b"\1\0\0\0", 1),
        (4, b"\1\0", b"\1\0"),
        (5, b"\0\0\0\1", 1),
        (11, b"\1" + bytes(7), 1),
        (7, b"", ()),
        (7, bytes(2), ()),
        (7, bytes(4), ("",)),
        (7, "a\0\0b\0\0".encode("utf-16-le"), ("a", "", "b")),
        (7, "a".encode("utf-16-le"), ("a",)),
        (0, b"", None),
        (0, b"x", b"x"),
        (0x10006, b"x", b"x"),
    ],
)
def test_what_bytes_mean(type_: int, data: bytes, expected: object) -> None:
    """One NUL at the end of a text goes; a number of a wrong length stays bytes."""
    assert RegistryValue(RegistryType(type_), expected) == value_of_bytes(type_, data)
