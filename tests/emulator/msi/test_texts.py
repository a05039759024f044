"""Formatted texts, and the two ways in which GUIDs are written."""

import re
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.emulator.msi.formatted import format_text
from harness.formats.guids import encode_guid, pack_guid, unpack_guid

VALUES = {"NAME": "Notes", "KEY": "NAME", "%PATH": r"C:\Windows", "#file": r"C:\a.txt", "$comp": "C:\\a\\"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("[NAME]", "Notes"),
        ("a [NAME] b [Missing] c", "a Notes b  c"),
        ("[[KEY]]", "Notes"),
        ("[%PATH]", r"C:\Windows"),
        ("[#file]", r"C:\a.txt"),
        ("[$comp]", "C:\\a\\"),
        (r"[\[]x[\]]", "[x]"),
        (r"[\{]", "{"),
        ("{[NAME] is there}", "Notes is there"),
        ("{[NAME] and [Missing]}", ""),
        ("{no names}", "{no names}"),
        ("[not a name]", "[not a name]"),
        ("[1]", "[1]"),
        ("[~]", "\0"),
        ("a[~]b", "a\0b"),
        ("open [NAME", "open [NAME"),
        ("open {[NAME]", "open {Notes"),
        ("{{deep [NAME]}}", "deep Notes"),
    ],
)
def test_references_are_replaced(text: str, expected: str) -> None:
    """Names in brackets give their values, groups in braces vanish with a missing one, the rest stays."""
    assert expected == format_text(text, lambda name: VALUES.get(name, ""))


@settings(deadline=None)
@given(st.text(st.sampled_from("[]{}\\~#$%!aB1 ")))
def test_any_text_formats(text: str) -> None:
    """No text breaks the formatter, and none without brackets and braces changes."""
    result = format_text(text, lambda _: "x")

    assert "[" in text or "{" in text or text == result


def test_packed_guid_as_windows_writes_it() -> None:
    """Groups are reversed and bytes swapped; the example is one that msiexec wrote."""
    assert "59312D4950A306A478E39819D503807F" == pack_guid("{94D21395-3A05-4A60-873E-89915D3008F7}")


def test_encoded_guid_as_windows_writes_it() -> None:
    """The example is one that msiexec wrote."""
    assert "eDUX&9804AQrQ9ZKt%B$" == encode_guid("{0B1C5A10-3D7E-4E60-8A51-5B9C3F7A1004}")


@settings(deadline=None)
@given(st.uuids())
def test_packing_goes_both_ways(guid: UUID) -> None:
    """What is packed unpacks, and encoded GUIDs have 20 characters."""
    text = f"{{{guid}}}".upper()

    assert text == unpack_guid(pack_guid(text))
    assert re.fullmatch(r"[^\s\"#/:;<>\\|]{20}", encode_guid(text))


@pytest.mark.parametrize("text", ["", "x", "{11111111-2222-3333-4444-55555555555}"])
def test_what_is_no_guid_is_refused(text: str) -> None:
    """Neither form is made of anything else."""
    with pytest.raises(ValueError, match="GUID"):
        pack_guid(text)
    with pytest.raises(ValueError, match="GUID"):
        unpack_guid(text)
