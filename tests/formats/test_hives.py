"""Hives: read lazily, beside regipy, and never further than the file goes."""

from __future__ import annotations

import lzma
import pickle
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import FormatError, NotEmulated
from harness.formats.hives import HiveKey, header_checksum, read_hive
from harness.formats.hivewriting import write_hive
from harness.model.windows import RegistryType, RegistryValue
from tests.formats.registryvalues import TreeKey

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpora" / "hives"
SZ = RegistryType.REG_SZ


def sample() -> TreeKey:
    """Return keys of every kind."""
    root = TreeKey("ROOT")
    root.set("", RegistryValue(SZ, "default"))
    root.set("Größe", RegistryValue(RegistryType.REG_DWORD, 7))
    root.set("я", RegistryValue(RegistryType.REG_MULTI_SZ, ("a", "", "b")))
    root.set("big", RegistryValue(RegistryType.REG_BINARY, bytes(range(256)) * 200))
    root.set("short", RegistryValue(RegistryType.REG_DWORD, b"\1"))
    root.set("odd", RegistryValue(RegistryType(0x200000), b"\1\2\3"))
    below = root.key("Ünder")
    below.key("я")
    link = root.key("Link", is_link=True)
    link.set("SymbolicLinkValue", RegistryValue(RegistryType.REG_LINK, r"\Registry\Machine".encode("utf-16-le")))
    many = root.key("Many")
    for number in range(1_200):
        many.key(f"key {number:04}")
    return root


@pytest.fixture(scope="module")
def hive() -> bytes:
    """Give a hive with keys of every kind."""
    return write_hive(sample(), name=r"\SystemRoot\System32\Config\SOFTWARE")


def corpus(name: str) -> bytes:
    """Return a hive that Windows wrote."""
    path = CORPUS / name
    if not path.is_file():
        pytest.skip(f"there is no {name} in the public data beside the project")
    data = path.read_bytes()
    return lzma.decompress(data) if name.endswith(".xz") else data


def cell_of(data: bytes, key: HiveKey) -> int:
    """Return where the content of a key's cell is in the file."""
    return key._offset + 4096 + 4


def changed(data: bytes, at: int, new: bytes) -> bytes:
    """Return bytes with some of them replaced, and a right checksum in the header."""
    whole = bytearray(data)
    whole[at : at + len(new)] = new
    whole[508:512] = struct.pack("<I", header_checksum(bytes(whole[:508])))
    return bytes(whole)


class TestReading:
    """What is in a hive."""

    def test_keys_and_values(self, hive: bytes) -> None:
        """Names, types, data and times, of every kind."""
        root = read_hive(hive, source="x")

        assert ("ROOT", "", False, False, datetime(2026, 3, 2, 8, tzinfo=UTC)) == (
            root.name, root.path, root.is_link, root.is_volatile, root.modified,
        )  # fmt: skip
        assert sample().values == root.values
        assert list(sample().values) == list(root.values)
        assert root.keys["LINK"].is_link
        assert r"Ünder\я" == root.keys["ÜNDER"].keys["Я"].path
        assert 1_200 == len(root.keys["MANY"].keys)

    def test_what_was_read_is_kept(self, hive: bytes) -> None:
        """A second look costs nothing."""
        root = read_hive(hive, source="x")

        assert root.keys is root.keys
        assert root.values is root.values

    def test_only_what_is_looked_at_is_read(self, hive: bytes) -> None:
        """Damage elsewhere does not matter until somebody looks there; then it does every time."""
        many = read_hive(hive, source="x").keys["MANY"]
        broken = read_hive(changed(hive, cell_of(hive, many.keys["KEY 0007"]), b"xx"), source="x")

        assert 3 == len(broken.keys)
        assert sample().values == broken.values
        for _ in range(2):
            with pytest.raises(FormatError, match=r"in Many.*: is no key: it begins with b'xx'"):
                _ = broken.keys["MANY"].keys
        with pytest.raises(FormatError, match="is no key"):
            broken.check()

    def test_a_whole_hive_can_be_checked(self, hive: bytes) -> None:
        """A sound one says nothing."""
        read_hive(hive, source="x").check()

    @pytest.mark.parametrize("name", ["pyreg_UNICODE_TESTS", "regipy_BCD.xz"])
    def test_what_windows_wrote_reads_as_regipy_reads_it(self, name: str, tmp_path: Path, as_regipy: Callable) -> None:
        """Every key and value of public hives."""
        data = corpus(name)
        root = read_hive(data, source=name)

        assert as_regipy(data, tmp_path) == _as_ours(root)

    def test_what_we_wrote_reads_as_regipy_reads_it(self, tmp_path: Path, as_regipy: Callable) -> None:
        """As far as regipy reads it: ASCII names, and the types it knows."""
        root = TreeKey("ROOT")
        for number in range(1_200):
            below = root.key(f"key {number:04}")
            below.set("", RegistryValue(SZ, "text"))
            below.set("number", RegistryValue(RegistryType.REG_DWORD, number))
            below.set("list", RegistryValue(RegistryType.REG_MULTI_SZ, ("a", "b")))
            below.set("bytes", RegistryValue(RegistryType.REG_BINARY, b"12345"))
        root.key("big").set("data", RegistryValue(RegistryType.REG_BINARY, bytes(range(256)) * 200))
        data = write_hive(root)

        assert as_regipy(data, tmp_path) == _as_ours(read_hive(data, source="x"))


def _as_ours(root: HiveKey) -> dict[str, dict[str, object]]:
    found = {}
    waiting = [root]
    for key in waiting:
        waiting.extend(key.keys.values())
        found[key.path] = {name: _plain(value) for name, value in key.values.values()}
    return found


def _plain(value: RegistryValue) -> object:
    match value.data:
        case str() if value.type is RegistryType.REG_LINK:
            return value.data
        case str():
            return value.data.rstrip("\0")
        case tuple():
            return [text for text in value.data if text]
        case _:
            return value.data


@pytest.fixture
def as_regipy(caplog: pytest.LogCaptureFixture) -> Callable:
    """Give a function that reads a hive with regipy."""
    caplog.set_level("CRITICAL")
    registry = pytest.importorskip("regipy.registry")

    def read(data: bytes, folder: Path) -> dict[str, dict[str, object]]:
        path = folder / "hive"
        path.write_bytes(data)
        hive = registry.RegistryHive(str(path))
        found = {}
        waiting = [("", hive.root)]
        for place, key in waiting:
            found[place] = _values_of(key)
            waiting += [(f"{place}\\{below.name}".lstrip("\\"), below) for below in list(key.iter_subkeys() or ())]
        return found

    return read


def _values_of(key: object) -> dict[str, object]:
    return {"" if value.name == "(default)" else value.name: value.value for value in key.get_values(trim_values=False)}


class TestHeader:
    """What is known when a hive is opened."""

    @pytest.mark.parametrize(
        ("at", "new", "message"),
        [
            (0, b"regg", "is no registry hive - expected at least 4,096 bytes beginning with 'regf'"),
            (20, b"\2", r"offset 0x14: is of version 2.5, type 0, format 1; expected 1.3 to 1.6, 0 and 1"),
            (24, b"\2", r"is of version 1.2"),
            (28, b"\1", r"type 1"),
            (40, struct.pack("<I", 4095), "says the bins have 4,095 bytes"),
            (40, struct.pack("<I", 0), "says the bins have 0 bytes"),
            (40, struct.pack("<I", 0x7FFF_F000), "says the bins have 2,147,479,552 bytes, and the file has"),
            (36, struct.pack("<I", 0xFFFF_FFF0), "offset 0x100000ff0, in the root key: is outside of the hive"),
            (36, struct.pack("<I", 0), "offset 0x1000, in the root key: is outside of the hive"),
            (4096, b"hbon", "offset 0x1000: is no bin of the hive, or one of a wrong size or place"),
            (4096 + 8, struct.pack("<I", 0), "is no bin of the hive"),
            (4096 + 8, struct.pack("<I", 2**31), "is no bin of the hive"),
            (4096 + 4, struct.pack("<I", 4096), "is no bin of the hive"),
        ],
    )
    def test_broken(self, hive: bytes, at: int, new: bytes, message: str) -> None:
        """Header, bins and root are checked."""
        with pytest.raises(FormatError, match=message):
            read_hive(changed(hive, at, new), source="x")

    def test_checksum(self, hive: bytes) -> None:
        """A header that was changed is not taken."""
        with pytest.raises(FormatError, match="offset 0x1fc: the checksum of the header is wrong"):
            read_hive(hive[:100] + b"x" + hive[101:], source="x")

    @pytest.mark.parametrize("size", [0, 3, 4, 511, 4095, 4096, 8191])
    def test_cut_off(self, hive: bytes, size: int) -> None:
        """A file that ends too early is not read."""
        with pytest.raises(FormatError) as raised:
            read_hive(hive[:size], source="x.hive")
        assert "x.hive" == raised.value.source
        assert raised.value.problems == pickle.loads(pickle.dumps(raised.value)).problems  # noqa: S301

    def test_what_is_still_in_the_logs(self, hive: bytes) -> None:
        """A hive that Windows did not write to its end has the rest in its logs, which are not read."""
        with pytest.raises(NotEmulated, match=r"transaction logs .* - save the hive with `reg save`"):
            read_hive(changed(hive, 4, struct.pack("<I", 9)), source="x")

    def test_checksums_that_mean_something_else(self) -> None:
        """0 and -1 are not used."""
        assert (1, 0xFFFF_FFFE) == (header_checksum(bytes(508)), header_checksum(b"\xff" * 4 + bytes(504)))


def _find(data: bytes, key: str) -> HiveKey:
    found = read_hive(data, source="x")
    for name in key.split("\\"):
        found = found.keys[name]
    return found


class TestHostile:
    """Nothing outside of the file is read, nothing twice, nothing for ever."""

    @pytest.mark.parametrize(
        ("field", "new", "message"),
        [
            (16, struct.pack("<I", 0x28), "says it is below the key at 0x28, and is below another"),
            (20, struct.pack("<I", 3), "lists 1200 keys, and the key says 3"),
            (28, struct.pack("<I", 0xFFFF_FFFF), "is outside of the hive"),
            (36, struct.pack("<I", 0x4000_0000), "is outside of the hive"),
            (72, struct.pack("<H", 0xFFFF), "is a name of 65535 bytes, which is odd or more than there are"),
            (72, struct.pack("<H", 0), "has a name of 0 characters"),
            (76, b"\\", "has a name of 4 characters or with a backslash in it"),
            (-4, struct.pack("<i", 80), "is not in use"),
            (-4, struct.pack("<i", -8), "has 4 bytes; expected a cell of at least 76"),
            (-4, struct.pack("<i", -(2**31)), "bytes; expected a cell of at least 76 inside the hive"),
            (4, struct.pack("<Q", 2**63), "was last written after the year 9999"),
        ],
    )
    def test_keys(self, hive: bytes, field: int, new: bytes, message: str) -> None:
        """Every field of a key."""
        at = cell_of(hive, _find(hive, "MANY"))

        with pytest.raises(FormatError, match=message):
            read_hive(changed(hive, at + field, new), source="x").check()

    def test_lists_of_keys(self, hive: bytes) -> None:
        """A list is a list and has room for what it says."""
        at = cell_of(hive, _find(hive, "MANY"))
        lists = struct.unpack_from("<I", hive, at + 28)[0] + 4096 + 4
        assert b"ri" == hive[lists : lists + 2]
        leaf = struct.unpack_from("<I", hive, lists + 4)[0] + 4096 + 4

        for place, new, message in (
            (lists, b"xx", "is no list of keys: it begins with b'xx'"),
            (lists + 2, b"\xff\xff", "expected a cell of at least 262,144"),
            (lists + 4, struct.pack("<I", struct.unpack_from("<I", hive, at + 28)[0]), "is no list of keys"),
            (leaf, b"lx", "is no list of keys"),
            (leaf + 2, b"\xff\xff", "lists 65,535 keys, which is more than it has room for"),
            (leaf + 12, hive[leaf + 4 : leaf + 8], "is a second key called 'key 0000'"),
            (leaf + 4, hive[36:40], "says it is below the key at 0xffffffff, and is below another"),
        ):
            with pytest.raises(FormatError, match=message):
                read_hive(changed(hive, place, new), source="x").check()

    def test_lists_of_older_windows(self) -> None:
        """`li` has no hashes; Windows 2000 wrote `lf`."""
        root = TreeKey("ROOT")
        for name in ("a", "b"):
            root.key(name)
        data = write_hive(root)
        at = cell_of(data, read_hive(data, source="x"))
        leaf = struct.unpack_from("<I", data, at + 28)[0] + 4096 + 4
        first, _, second, _ = struct.unpack_from("<4I", data, leaf + 4)

        assert ["A", "B"] == list(read_hive(changed(data, leaf, b"lf"), source="x").keys)
        flat = b"li" + struct.pack("<HII", 2, first, second)
        assert ["A", "B"] == list(read_hive(changed(data, leaf, flat), source="x").keys)

    @pytest.mark.parametrize(
        ("field", "new", "message"),
        [
            (0, b"vx", "is no value: it begins with b'vx'"),
            (2, b"\xff\xff", "is a name of 65535 bytes"),
            (4, struct.pack("<I", 0x8000_0005), "is the value 'v' with 5 bytes where 4 find room"),
            (4, struct.pack("<I", 60), "has .* bytes; expected a cell of at least 60"),
            (4, struct.pack("<I", 0x7FFF_FFFF), "makes all data together longer than the file"),
            (4, struct.pack("<I", 5_000), "makes all data together|expected a cell of at least 5,000"),
            (8, struct.pack("<I", 0xFFFF_FF00), "is outside of the hive"),
        ],
    )
    def test_values(self, field: int, new: bytes, message: str) -> None:
        """Every field of a value; looking again says the same."""
        root = TreeKey("ROOT")
        root.set("v", RegistryValue(SZ, "text"))
        data = write_hive(root)
        at = data.index(b"vk")
        broken = read_hive(changed(data, at + field, new), source="x")

        for _ in range(2):
            with pytest.raises(FormatError, match=message):
                _ = broken.values

    def test_the_same_value_twice(self) -> None:
        """A name is there once; one data is of one value."""
        root = TreeKey("ROOT")
        root.set("v", RegistryValue(SZ, "text"))
        root.set("w", RegistryValue(SZ, "text"))
        data = write_hive(root)
        key = read_hive(data, source="x")
        at = struct.unpack_from("<I", data, cell_of(data, key) + 40)[0] + 4096 + 4
        twice = changed(data, at + 4, data[at : at + 4])

        with pytest.raises(FormatError, match="is a second value called 'v'"):
            _ = read_hive(twice, source="x").values

    def test_data_that_grows(self) -> None:
        """Many values of the same large data do not fill the memory."""
        root = TreeKey("ROOT")
        for number in range(40):
            root.set(str(number), RegistryValue(RegistryType.REG_BINARY, b"\1\2\3\4\5"))
        root.set("long", RegistryValue(RegistryType.REG_BINARY, bytes(4_000)))
        data = bytearray(write_hive(root))
        values = [at for at in range(len(data)) if data[at : at + 2] == b"vk"]
        for at in values[:-1]:
            data[at + 4 : at + 12] = data[values[-1] + 4 : values[-1] + 12]

        with pytest.raises(FormatError, match="some are used for several values"):
            _ = read_hive(bytes(data), source="x").values

    def test_big_data(self, hive: bytes) -> None:
        """Segments are there, and as many as the length needs."""
        at = hive.index(b"db")
        lists = struct.unpack_from("<I", hive, at + 4)[0] + 4096 + 4
        for place, new, message in (
            (at, b"dx", "begins with b'dx' and has 4 segments for 51,200 bytes of data"),
            (at + 2, b"\3", "begins with b'db' and has 3 segments for 51,200"),
            (at + 4, struct.pack("<I", 2**31), "is outside of the hive"),
            (lists, struct.pack("<I", 2**31), "is outside of the hive"),
        ):
            with pytest.raises(FormatError, match=message):
                _ = read_hive(changed(hive, place, new), source="x").values

    def test_a_version_without_big_data(self) -> None:
        """Before 1.4 the first bytes of long data mean nothing."""
        root = TreeKey("ROOT")
        root.set("v", RegistryValue(RegistryType.REG_BINARY, b"db" + bytes(16_342)))
        data = write_hive(root)
        at = data.index(b"vk")
        older = changed(changed(data, at + 4, struct.pack("<I", 16_344)), 24, b"\3")

        assert b"db" + bytes(16_342) == read_hive(older, source="x").values["V"][1].data

    def test_a_key_that_stands_for_a_predefined_one(self, hive: bytes) -> None:
        r"""It has a handle where others have the number of values, as `Perflib\009` had."""
        at = cell_of(hive, read_hive(hive, source="x"))
        flags = struct.unpack_from("<H", hive, at + 2)[0] | 0x40
        root = read_hive(changed(hive, at + 2, struct.pack("<H", flags)), source="x")

        assert {} == root.values

    def test_a_tree_that_is_too_deep(self) -> None:
        """There are 512 levels."""
        root = key = TreeKey("0")
        for depth in range(513):
            key = key.key(str(depth))
        with pytest.raises(FormatError, match="is more than 512 levels deep"):
            read_hive(write_hive(root), source="x").check()

    @given(data=st.data())
    @settings(deadline=None, max_examples=60)
    def test_whatever_is_broken_is_said(self, data: st.DataObject) -> None:
        """Any change of any bytes reads, or is a FormatError."""
        whole = bytearray(_SMALL)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(4096 + 32, len(whole) - 4))
            new = data.draw(st.binary(min_size=1, max_size=4))
            whole[at : at + len(new)] = new
        assert "" not in _places(bytes(whole))


def _places(data: bytes) -> list[str]:
    try:
        read_hive(data, source="x").check()
    except FormatError as error:
        return [problem.where for problem in error.problems]
    return []


def _small() -> bytes:
    root = sample()
    del root.keys["MANY"], root.values["BIG"]
    return write_hive(root)


_SMALL = _small()
