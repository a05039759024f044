"""A hive of 70,000 values: opened, read to its end, and walked with regipy, per value, in one run."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from functools import cache

import pytest
from regipy.registry import RegistryHive

from harness.emulator.frozen import FrozenKey
from harness.formats.hives import read_hive
from harness.formats.hivewriting import write_hive
from harness.model.windows import RegistryType, RegistryValue

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
GROUPS, KEYS, VALUES = 100, 100, 7
#: What regipy walks: a hive of a tenth of the size.
FRACTION = 10


def image(groups):
    """Return keys such as those of installed programs."""
    values = {
        "DISPLAYNAME": ("DisplayName", RegistryValue.of("Contoso Notes")),
        "DISPLAYVERSION": ("DisplayVersion", RegistryValue.of("1.2.3")),
        "INSTALLLOCATION": ("InstallLocation", RegistryValue.of(r"C:\Program Files\Contoso\Notes")),
        "ESTIMATEDSIZE": ("EstimatedSize", RegistryValue.of(12_345)),
        "NOMODIFY": ("NoModify", RegistryValue.of(1)),
        "PATH": ("Path", RegistryValue(RegistryType.REG_EXPAND_SZ, "%ProgramFiles%")),
        "DATA": ("Data", RegistryValue.of(bytes(40))),
    }
    keys = {
        f"G{group:03}": FrozenKey(
            name=f"g{group:03}",
            keys={
                f"KEY {number:03}": FrozenKey(name=f"key {number:03}", keys={}, values=values, modified=NOW)
                for number in range(KEYS)
            },
            values={},
            modified=NOW,
        )
        for group in range(groups)
    }
    return FrozenKey(name="ROOT", keys=keys, values={}, modified=NOW)


@cache
def hive(groups):
    """Return the file."""
    return write_hive(image(groups))


def walked_with_regipy(path):
    """Read every key and value as regipy's documentation shows."""
    count = 0
    for key in RegistryHive(str(path)).recurse_subkeys(as_json=False):
        count += len(key.values)
    return count


@pytest.mark.benchmark(group="a hive of 70,000 values")
def test_open(benchmark):
    """Opened, and one value of it read."""
    data = hive(GROUPS)

    def look():
        return read_hive(data, source="x").keys["G050"].keys["KEY 050"].values["DISPLAYVERSION"][1].data

    assert "1.2.3" == benchmark(look)


@pytest.mark.benchmark(group="a hive of 70,000 values")
def test_read_to_the_end(benchmark):
    """Every key and every value."""
    data = hive(GROUPS)
    benchmark.pedantic(lambda: read_hive(data, source="x").check(), rounds=3)


@pytest.mark.benchmark(group="a hive of 70,000 values")
def test_write(benchmark):
    """Made from an image."""
    whole = image(GROUPS)
    benchmark.pedantic(lambda: write_hive(whole), rounds=2)


def test_beside_regipy(tmp_path):
    """Targets: opening at least 5 times as fast as regipy's walk, per value of the whole; a full walk faster, too."""
    logging.disable(logging.CRITICAL)
    path = tmp_path / "hive"
    path.write_bytes(hive(GROUPS // FRACTION))
    start = time.perf_counter()
    count = walked_with_regipy(path)
    theirs = (time.perf_counter() - start) * FRACTION
    logging.disable(logging.NOTSET)
    assert GROUPS * KEYS * VALUES == count * FRACTION
    data = hive(GROUPS)
    start = time.perf_counter()
    root = read_hive(data, source="x")
    assert "1.2.3" == root.keys["G050"].keys["KEY 050"].values["DISPLAYVERSION"][1].data
    opened = time.perf_counter() - start
    start = time.perf_counter()
    read_hive(data, source="x").check()
    full = time.perf_counter() - start
    print(
        f"\n70,000 values: regipy {theirs:.2f} s (from a {FRACTION}th); ours to the end {full:.2f} s, "
        f"{theirs / full:.0f} times as fast; opened {opened * 1000:.1f} ms, {theirs / opened:,.0f} times as fast"
    )
    assert theirs > 5 * opened
    assert theirs > full
