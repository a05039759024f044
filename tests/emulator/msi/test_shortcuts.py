"""Shortcuts: where they are and what is in them."""

from __future__ import annotations

import struct

import pytest

from harness.emulator.msi.shelllink import ShellLink, to_shell_link
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

MENU = r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Contoso"
CLASS_ID = bytes.fromhex("0114020000000000c000000000000046")


def shortcut(target: str = "[#app.exe]", name: str = "CONTOSO|Contoso Test", icon: str | None = None) -> Msi:
    """Make a package with a shortcut in the Start menu."""
    msi = Msi().component(key_path="app.exe").file("app.exe", b"x")
    msi.add("Directory", ("ProgramMenuFolder", "TARGETDIR", "."), ("MENU", "ProgramMenuFolder", "Contoso"))
    return msi.add(
        "Shortcut",
        ("S", "MENU", name, "C1", target, "/start", "Starts [ProductName]", 0x241, icon, 3, 7, "INSTALLDIR"),
    )


def read_link(data: bytes) -> dict[str, object]:
    """Read a shell link as MS-SHLLINK describes it."""
    size, class_id, flags = struct.unpack_from("<I16sI", data)
    icon_index, show, hotkey = struct.unpack_from("<iIH", data, 56)
    assert (0x4C, CLASS_ID) == (size, class_id)
    link: dict[str, object] = {"icon_index": icon_index, "show": show, "hotkey": hotkey}
    at = size
    if flags & 2:
        length, head, _, _, ansi, _, _, unicode, _ = struct.unpack_from("<9I", data, at)
        assert head == 0x24
        link["ansi"] = data[at + ansi : data.index(b"\0", at + ansi)].decode("cp1252")
        text = data[at + unicode : at + length].decode("utf-16-le")
        link["target"] = text[: text.index("\0")]
        at += length
    for flag, name in ((4, "name"), (8, "relative"), (16, "folder"), (32, "arguments"), (64, "icon")):
        if flags & flag:
            (count,) = struct.unpack_from("<H", data, at)
            link[name] = data[at + 2 : at + 2 + count * 2].decode("utf-16-le")
            at += 2 + count * 2
    while block := struct.unpack_from("<I", data, at)[0]:
        assert struct.unpack_from("<I", data, at + 4)[0] == 0xA0000006
        link["advertised"] = data[at + 268 : at + block].decode("utf-16-le").rstrip("\0")
        at += block
    assert at + 4 == len(data)
    return link


def test_shortcut_is_a_shell_link(bench: Bench) -> None:
    """A shortcut holds its target, arguments, folder, description, key and icon, and goes with its folder."""
    msi = shortcut(icon="app.ico").add("Icon", ("app.ico", b"icon"))
    assert 0 == bench.install(msi)

    link = read_link(bench.machine.files.read(rf"{MENU}\Contoso Test.lnk"))

    expected = {
        "icon_index": 3,
        "show": 7,
        "hotkey": 0x241,
        "ansi": r"C:\Program Files\Contoso Test\app.exe",
        "target": r"C:\Program Files\Contoso Test\app.exe",
        "name": "Starts Contoso Test",
        "folder": r"C:\Program Files\Contoso Test",
        "arguments": "/start",
        "icon": rf"C:\Windows\Installer\{PRODUCT_CODE}\app.ico",
    }
    assert expected == link
    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert not bench.machine.files.exists(MENU)


def test_advertised_shortcut(bench: Bench) -> None:
    """A target that is a feature makes a shortcut that names product, feature and component."""
    bench.install(shortcut("Main"))

    link = read_link(bench.machine.files.read(rf"{MENU}\Contoso Test.lnk"))

    advertised = str(link["advertised"])
    assert "target" not in link
    assert (20, "Main>", 20) == (len(advertised[:20]), advertised[20:25], len(advertised[25:]))


def test_advertised_shortcut_of_a_component_without_an_id(bench: Bench) -> None:
    """Without a component id the shortcut names product and feature only."""
    msi = shortcut("Main")
    msi.tables["Component"] = [("C1", None, "INSTALLDIR", 256, None, None)]
    bench.install(msi)

    assert str(read_link(bench.machine.files.read(rf"{MENU}\Contoso Test.lnk"))["advertised"]).endswith("Main>")


def test_name_with_its_suffix(bench: Bench) -> None:
    """A name that ends in .lnk gets no second one."""
    bench.install(shortcut(name="App.lnk"))

    assert ["App.lnk"] == list(bench.machine.files.names(MENU))


def test_icon_with_a_bad_name(bench: Bench) -> None:
    """An icon whose name is no identifier ends the installation."""
    assert 1603 == bench.install(shortcut(icon=r"..\x").add("Icon", (r"..\x", b"x")))
    assert "1324" in bench.failures()[0]


def test_icon_without_data(bench: Bench) -> None:
    """An icon row without its stream is passed over."""
    assert 0 == bench.install(shortcut().add("Icon", ("none.ico", None)))


@pytest.mark.parametrize("target", [r"C:\Ω\🙂.exe", "", "C:\\" + "x" * 300])
def test_any_target(target: str) -> None:
    """A link holds every path, also one that no code page has."""
    link = read_link(to_shell_link(ShellLink(target=target, description="d" * 70_000)))

    assert target == link.get("target", "")


def test_removed_shortcut_may_be_gone(bench: Bench) -> None:
    """A shortcut that somebody deleted does not stop a removal."""
    bench.install(shortcut())
    bench.machine.files.delete(rf"{MENU}\Contoso Test.lnk")

    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
