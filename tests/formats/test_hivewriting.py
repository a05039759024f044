"""Hives as we write them: read back the same by us, and by others."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings

from harness.errors import UsageError
from harness.formats import hivewriting
from harness.formats.hives import read_hive
from harness.formats.hivewriting import write_hive
from harness.model.windows import RegistryType, RegistryValue
from tests.formats.registryvalues import TreeKey, flat, trees


@given(tree=trees())
@settings(deadline=None, max_examples=40)
def test_a_tree_comes_back(tree: TreeKey) -> None:
    """Names, values in their order, times and links."""
    data = write_hive(tree)
    root = read_hive(data, source="x")

    root.check()
    assert flat(tree) == flat(root)
    assert data == write_hive(root)


def test_volatile_keys_are_left_out() -> None:
    """They are in no file of Windows either."""
    root = TreeKey("R")
    root.key("kept").key("gone", is_volatile=True).key("below")

    found = read_hive(write_hive(root), source="x")

    assert ["KEPT"] == list(found.keys)
    assert {} == found.keys["KEPT"].keys


@pytest.mark.parametrize("size", [0, 1, 4, 5, 4_064, 16_343, 16_344, 16_345, 32_688, 32_689, 200_000])
def test_data_of_every_length(size: int) -> None:
    """In the value, in a cell of its own, in segments."""
    root = TreeKey("R")
    root.set("v", RegistryValue(RegistryType.REG_BINARY, bytes(index % 251 for index in range(size))))

    assert root.values == read_hive(write_hive(root), source="x").values


def test_many_keys_are_sorted_in_lists_of_lists() -> None:
    """By the UTF-16 of their folded names, as Windows looks for them."""
    root = TreeKey("R")
    for number in reversed(range(2_000)):
        root.key(f"k{number:04}")
    root.key("\U0001f600")
    root.key("\uffee")

    names = [key.name for key in read_hive(write_hive(root), source="x").keys.values()]

    assert [*(f"k{number:04}" for number in range(2_000)), "\U0001f600", "\uffee"] == names


def test_the_header_is_that_of_a_hive_at_rest() -> None:
    """Two equal sequence numbers, version 1.5, and the path that it came from."""
    data = write_hive(TreeKey("R"), name=r"\SystemRoot\System32\Config\SOFTWARE")

    assert (b"regf", 1, 1) == struct.unpack_from("<4sII", data)
    assert (1, 5, 0, 1) == struct.unpack_from("<4I", data, 20)
    assert r"emRoot\System32\Config\SOFTWARE" == data[48:112].decode("utf-16-le").rstrip("\0")
    assert 8192 == len(data)


def test_every_key_has_the_access_list() -> None:
    """One for all of them, and it counts them."""
    root = TreeKey("R")
    root.key("a").key("b")
    data = write_hive(root)
    at = data.index(b"sk")

    assert 3 == struct.unpack_from("<I", data, at + 12)[0]
    assert (at - 4096 - 4,) * 2 == struct.unpack_from("<II", data, at + 4)


def test_regipy_reads_the_access_list(tmp_path: Path) -> None:
    """Administrators and SYSTEM may do everything, Users may read."""
    registry = pytest.importorskip("regipy.registry")
    (tmp_path / "hive").write_bytes(write_hive(TreeKey("R")))
    found = registry.RegistryHive(str(tmp_path / "hive")).root.get_security_key_info()

    assert ("S-1-5-32-544", "S-1-5-18") == (found["owner"], found["group"])
    assert ["S-1-5-32-544", "S-1-5-18", "S-1-5-32-545"] == [entry["sid"] for entry in found["dacl"]]


def test_there_is_a_largest_hive(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger is refused before the memory is full."""
    monkeypatch.setattr(hivewriting, "_LARGEST", 100_000)
    root = TreeKey("R")
    root.set("v", RegistryValue(RegistryType.REG_BINARY, bytes(200_000)))

    with pytest.raises(UsageError, match="more than 2 GB, which no hive holds - save a smaller part"):
        write_hive(root)
