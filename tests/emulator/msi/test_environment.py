"""Environment variables of the Environment table."""

from __future__ import annotations

import pytest

from harness.model.windows import RegistryPath, RegistryType, RegistryValue
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

MACHINE = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
USER = r"HKU\S-1-5-18\Environment"


def variable(name: str, value: str | None) -> Msi:
    """Make a package that sets a variable."""
    return Msi().component().add("Environment", ("E", name, value, "C1"))


def put(bench: Bench, text: str) -> None:
    """Set the machine's variable X."""
    bench.machine.registry.set(RegistryPath.parse(MACHINE), "X", RegistryValue.of(text))


@pytest.mark.parametrize(
    ("name", "value", "before", "after", "removed"),
    [
        ("=-*X", "new", None, "new", None),
        ("=-*X", "new", "old", "new", None),
        ("=*X", "new", None, "new", "new"),
        ("+-*X", "new", "old", "old", "old"),
        ("+-*X", "new", None, "new", None),
        ("=-*X", "[~];more", "a;b", "a;b;more", "a;b"),
        ("=-*X", "more;[~]", "a;b", "more;a;b", "a;b"),
        ("=-*X", "[~];more", "a;MORE;b", "a;b;more", "a;b"),
        ("=-*X", "[~];more", None, "more", None),
        ("!*X", "old", "old", None, None),
        ("!*X", None, "old", None, None),
        ("!*X", "other", "old", "old", "old"),
        ("!*X", "[~];b", "a;b", "a", "a"),
        ("!*X", "[~];c", "a;b", "a;b", "a;b"),
        ("!*X", "x", None, None, None),
    ],
)
def test_variable(
    bench: Bench, *, name: str, value: str | None, before: str | None, after: str | None, removed: str | None
) -> None:
    """The marks before the name say what happens at installation and at removal."""
    if before is not None:
        put(bench, before)

    assert 0 == bench.install(variable(name, value))
    assert after == bench.value(MACHINE, "X")

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert removed == bench.value(MACHINE, "X")


def test_user_variable(bench: Bench) -> None:
    """Without the star it is a variable of whoever installs."""
    bench.install(variable("=-X", "[ProductName]"))

    assert "Contoso Test" == bench.value(USER, "X")


def test_expandable_variable(bench: Bench) -> None:
    """A variable that refers to another, or did before, is stored to be expanded."""
    bench.install(variable("=-*X", r"%SystemRoot%\x"))
    value = bench.machine.registry.get(RegistryPath.parse(MACHINE), "X")

    assert RegistryValue(RegistryType.REG_EXPAND_SZ, r"%SystemRoot%\x") == value


def test_path_of_later_processes(bench: Bench) -> None:
    """A folder added to Path is in the Path of processes started afterwards."""
    bench.install(variable("=-*Path", "[~];[INSTALLDIR]"))

    path = str(bench.value(MACHINE, "Path"))
    assert path.endswith(";C:\\Program Files\\Contoso Test\\")
