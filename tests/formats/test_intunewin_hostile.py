"""Whatever the bytes: reading a package ends well or in a FormatError, and never with plaintext after an error."""

import io
import random
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, Problem
from harness.formats.contents import open_contents
from harness.formats.detectionxml import parse_detection_xml
from harness.formats.intunewin import IntuneWinPackage


def read_package(data: bytes) -> Sequence[Problem] | None:
    """Do all there is to do with a package; return what was wrong, None if nothing."""
    plain = io.BytesIO()
    try:
        IntuneWinPackage.open(io.BytesIO(data), source="x").decrypt(plain)
    except FormatError as error:
        return () if plain.getvalue() else error.problems
    return read_contents(plain.getvalue())


def read_contents(data: bytes) -> Sequence[Problem] | None:
    """Read all files of an inner zip; return what was wrong, None if nothing."""
    try:
        for file in open_contents(io.BytesIO(data), source="x"):
            if file.open:
                assert len(file.open().read()) == file.size_bytes
    except FormatError as error:
        return error.problems
    return None


def read_detection_xml(data: bytes) -> Sequence[Problem] | None:
    """Read a description; return what was wrong, None if nothing."""
    try:
        parse_detection_xml(data, source="x")
    except FormatError as error:
        return error.problems
    return None


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300))
@example(b"PK\5\6" + bytes(18))
@example(b"PK\3\4")
def test_any_bytes(data):
    """Random bytes, with or without the marks of a zip file, are refused in order."""
    for whole in (data, b"PK\3\4" + data, data + b"PK\5\6" + bytes(18), b"PK\1\2" + data + b"PK\5\6" + bytes(18)):
        assert read_package(whole)
        assert read_contents(whole) != ()


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=True))
def test_damaged_packages(hand_made, chance):
    """A good package with a few bytes changed, removed or doubled is read or refused in order."""
    whole = hand_made.but(compression=chance.choice([0, 8])).build().getvalue()
    assert read_package(damaged(whole, chance)) != ()


@settings(deadline=None, max_examples=300)
@given(st.randoms(use_true_random=True))
def test_damaged_contents(make_zip, chance):
    """The same for the inner zip, behind the MAC of somebody who means harm."""
    whole = make_zip({"a.txt": b"hello " * 20, "sub/b.bin": bytes(300), "c/": b""}, chance.choice([0, 8]))
    assert read_contents(damaged(whole, chance)) != ()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change, cut, remove or double a few bytes."""
    changed = bytearray(data)
    # The records of the zip file are at its end; damage there goes deepest.
    for _ in range(chance.randint(1, 4)):
        changed = changed or bytearray(1)
        at = chance.randrange(len(changed)) if chance.random() < 0.5 else -chance.randint(1, min(250, len(changed)))
        match chance.randrange(6):
            case 0:
                del changed[at:]
                changed += b"\0"
            case 1:
                changed[at:at] = changed[at : at + 20]
            case 2:
                del changed[at]
            case 3:
                changed[at] = 0xFF
            case _:
                changed[at] = chance.randrange(256)
    return bytes(changed)


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=True))
def test_damaged_detection_xml(hand_made, chance):
    """Detection.xml with changed bytes is read or refused in order, in every encoding."""
    data = hand_made.detection_xml.encode(chance.choice(["utf-8", "utf-16", "utf-16-be"]))
    assert read_detection_xml(damaged(data, chance)) != ()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_as_detection_xml(data):
    """Random bytes are no Detection.xml."""
    for whole in (data, b"<ApplicationInfo>" + data + b"</ApplicationInfo>", b"\xff\xfe" + data):
        assert read_detection_xml(whole)
