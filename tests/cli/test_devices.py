"""`ime-harness devices`: the machines to start from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.emulator.machines import DEFINITIONS
from harness.formats.hivewriting import write_hive
from harness.model.windows import RegistryValue
from tests.formats.registryvalues import TreeKey


def hive() -> bytes:
    """Return a hive with a key in it."""
    root = TreeKey("ROOT")
    root.key("Contoso").set("x", RegistryValue.of("y"))
    return write_hive(root)


def test_the_list(ime_harness: Callable) -> None:
    """Every machine has a line, and every release says where it is known from."""
    ended = ime_harness("devices")
    lines = ended.out.splitlines()

    assert (0, "") == (ended.status, ended.err)
    assert ["name", "release", "build", "processor"] == lines[0].split()
    assert list(DEFINITIONS) == [line.split()[0] for line in lines[1 : len(DEFINITIONS) + 1]]
    assert "windows-11-23h2        Windows 11 23H2      22631.2428  x64        (default)" in lines
    assert any(line.startswith("Windows Server 2022: learn.microsoft.com") for line in lines)
    assert max(map(len, lines)) <= 120


def test_json(ime_harness: Callable) -> None:
    """The same for programs."""
    found = ime_harness("devices", "--json").json

    assert "ime-harness-devices/1" == found["format"]
    assert list(DEFINITIONS) == [device["name"] for device in found["devices"]]
    server = found["devices"][-1]
    assert ("Windows Server 2022", 20348, 169, "ServerStandard", "x64") == tuple(
        server[name] for name in ("release", "build", "revision", "edition", "architecture")
    )


def test_a_file_is_checked_and_described(ime_harness: Callable, tmp_path: Path) -> None:
    """What it is based on, and how much is in it."""
    (tmp_path / "lab.yaml").write_text(
        "{name: LAB-01, description: the training room, files: {'C:\\a': x}, users: [ada, bob]}", encoding="utf-8"
    )
    (tmp_path / "SOFTWARE").write_bytes(hive())
    ended = ime_harness("devices", tmp_path / "lab.yaml", tmp_path / "SOFTWARE")

    assert (0, "") == (ended.status, ended.err)
    assert (
        "lab: based on windows-11-23h2, Professional, called LAB-01 on the network, 1 file, 2 users\n  the" in ended.out
    )
    assert "SOFTWARE: based on windows-11-23h2, Professional, called PC-042 on the network\n" in ended.out
    assert "learn.microsoft.com" not in ended.out


def test_problems_of_a_file(ime_harness: Callable, tmp_path: Path) -> None:
    """All of them, each in its line."""
    path = tmp_path / "lab.yaml"
    path.write_text("nam: x\nedition: y\n", encoding="utf-8")
    ended = ime_harness("devices", path)

    assert (2, "") == (ended.status, ended.out)
    assert [f"{path}: line 1, $.nam", f"{path}: line 2, $.edition"] == [
        ": ".join(line.split(": ")[:2]) for line in ended.err.splitlines()
    ]


@pytest.mark.parametrize("place", ["machine", "user"])
def test_hives_are_read_to_their_end(ime_harness: Callable, tmp_path: Path, place: str) -> None:
    """Damage anywhere in them is found, with its place."""
    data = bytearray(hive())
    at = data.index(b"vk")
    data[at : at + 2] = b"xx"
    (tmp_path / "x.hive").write_bytes(data)
    path = tmp_path / "lab.yaml"
    one = r"registry_files: [{file: x.hive, key: HKLM\SOFTWARE\X}]"
    other = r"users: [{name: ada, registry_files: [{file: x.hive, key: HKCU\Software\X}]}]"
    path.write_text(one if place == "machine" else other, encoding="utf-8")
    ended = ime_harness("devices", path)

    assert 2 == ended.status
    assert ", in Contoso: is no value: it begins with b'xx', expected b'vk'" in ended.err


def test_a_described_machine_runs(ime_harness: Callable, notes: Path, tmp_path: Path) -> None:
    """`ime-harness run --device` takes the same names and files."""
    path = tmp_path / "lab.yaml"
    path.write_text("{based_on: windows-10-22h2, name: LAB-01}", encoding="utf-8")
    found = ime_harness("run", notes, "--device", path, "--json").json["device"]

    assert ("LAB-01", "10.0.19045.2130") == (found["name"], found["os_version"])
