"""`ime-harness inspect`."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Callable
from pathlib import Path


def test_a_package_is_shown_in_words(ime_harness: Callable, notes: Path) -> None:
    """What Detection.xml says, that it is verified, and what it holds."""
    ended = ime_harness("inspect", notes)

    assert (0, "") == (ended.status, ended.err)
    lines = {line[:14].strip(): line[14:] for line in ended.out.splitlines()}
    assert "Contoso Notes" == lines["name"]
    assert "yes, MAC and digest are right" == lines["verified"]
    assert "{6F2A9D11-58C3-4C0B-9E47-3B8D70A52401}" == lines["product code"]
    assert "contoso-notes.msi" in ended.out.splitlines()[-1]


def test_a_package_is_shown_as_json(ime_harness: Callable, vpn: Path) -> None:
    """The same facts, and no keys."""
    ended = ime_harness("inspect", vpn, "--json")

    assert (0, "") == (ended.status, ended.err)
    shown = ended.json
    assert ("ime-harness-package/1", True, None, []) == (
        shown["format"],
        shown["verified"],
        shown["msi"],
        shown["problems"],
    )
    assert ["config\\profile.ini", "contoso-vpn-setup.exe"] == [file["path"] for file in shown["contents"]]
    assert "key" not in ended.out.lower()
    assert ended.out == ime_harness("inspect", vpn, "--json").out


def test_a_damaged_package_is_shown_as_far_as_it_reads(ime_harness: Callable, make_package: Callable) -> None:
    """The facts go to standard output, what is wrong to standard error, and the status says so."""
    package = make_package({"setup.exe": b"MZ"}, mac_key=bytes(32))

    in_words = ime_harness("inspect", package)
    as_json = ime_harness("inspect", package, "--json")

    assert (2, 2) == (in_words.status, as_json.status)
    assert "verified      NO" in in_words.out
    assert in_words.err.startswith(f"{package}: IntuneWinPackage/Contents/")
    assert (False, []) == (as_json.json["verified"], as_json.json["contents"])
    assert 1 <= len(as_json.json["problems"])


def test_folders_are_marked(ime_harness: Callable, make_package: Callable) -> None:
    """A folder of its own is shown with a backslash and without a size."""
    ended = ime_harness("inspect", make_package({"setup.exe": b"MZ", "Data/": b""}))

    assert ended.out.splitlines()[-1].strip().endswith("Data\\")


def test_nothing_in_a_package_reaches_the_terminal_as_a_command(ime_harness: Callable, make_package: Callable) -> None:
    """Escape sequences and marks of rich are text."""
    good = make_package({"setup.exe": b"MZ"})
    with zipfile.ZipFile(good) as archive:
        xml = archive.read("IntuneWinPackage/Metadata/Detection.xml").decode()
    evil = re.sub("<Name>.*</Name>", "<Name>[bold]\u202e\u009b31mred[/bold]</Name>", xml).encode()

    ended = ime_harness("inspect", make_package({"setup.exe": b"MZ"}, detection=evil))

    assert "[bold]\\u202e\\x9b31mred[/bold]" in ended.out
    assert base64.b64encode(b"\x01" * 32).decode() not in ended.out
