"""The Registry and RemoveRegistry tables."""

from __future__ import annotations

import pytest

from harness.emulator.msi.registrywork import parse_value
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

KEY = r"HKLM\SOFTWARE\Contoso\Test"


@pytest.mark.parametrize(
    ("text", "kind", "data"),
    [
        ("text", RegistryType.REG_SZ, "text"),
        ("", RegistryType.REG_SZ, ""),
        ("#5", RegistryType.REG_DWORD, 5),
        ("#-1", RegistryType.REG_DWORD, 0xFFFFFFFF),
        ("#+7", RegistryType.REG_DWORD, 7),
        ("##5", RegistryType.REG_SZ, "#5"),
        ("#%%TEMP%", RegistryType.REG_EXPAND_SZ, "%TEMP%"),
        ("#x0aFF", RegistryType.REG_BINARY, b"\x0a\xff"),
        ("#xF", RegistryType.REG_BINARY, b"\x0f"),
        ("#x", RegistryType.REG_BINARY, b""),
        ("#none", RegistryType.REG_SZ, "#none"),
        ("a\0b", RegistryType.REG_MULTI_SZ, ("a", "b")),
        ("\0a\0", RegistryType.REG_MULTI_SZ, ("a",)),
    ],
)
def test_value_types(text: str, kind: RegistryType, data: object) -> None:
    """The first characters of a value say its type."""
    assert RegistryValue(kind, data) == parse_value(text)


@pytest.mark.parametrize(("text", "data"), [("\0b", ("a", "b")), ("b\0", ("b", "a")), ("\0b\0", ("b",))])
def test_lists_are_added_to(text: str, data: tuple[str, ...]) -> None:
    """A list that begins with [~] comes after what is there, one that ends with it before."""
    present = RegistryValue(RegistryType.REG_MULTI_SZ, ("a",))

    assert data == parse_value(text, present).data


@pytest.mark.parametrize(
    ("root", "key"),
    [
        (-1, r"HKLM\SOFTWARE\X"),
        (0, r"HKLM\SOFTWARE\Classes\SOFTWARE\X"),
        (1, r"HKU\S-1-5-18\SOFTWARE\X"),
        (2, r"HKLM\SOFTWARE\X"),
        (3, r"HKU\.DEFAULT\SOFTWARE\X"),
    ],
)
def test_roots_of_a_per_machine_product(bench: Bench, root: int, key: str) -> None:
    """Root numbers mean Windows' predefined keys; -1 and HKCR are the machine's."""
    path = r".DEFAULT\SOFTWARE\X" if root == 3 else r"SOFTWARE\X"
    bench.install(Msi().component().value(path, "V", "1", root=root))

    assert "1" == bench.value(key, "V")


def test_unknown_root(bench: Bench) -> None:
    """A root that there is not ends the installation."""
    assert 1603 == bench.install(Msi().component().value("X", "V", "1", root=9))
    assert ["Error 2725. Invalid database tables: 9 is no registry root."] == bench.failures()


def test_view_follows_the_component(bench: Bench) -> None:
    """In a 64-bit package a 32-bit component writes to the 32-bit view."""
    msi = Msi().component("C1").component("C2", attributes=0)
    msi.value(r"SOFTWARE\Contoso\Test", "Wide", "1").value(r"SOFTWARE\Contoso\Test", "Narrow", "1", "C2")

    bench.install(msi)

    assert ("1", None) == (bench.value(KEY, "Wide"), bench.value(KEY, "Narrow"))
    assert "1" == bench.value(KEY, "Narrow", View.VIEW_32)


def test_references_in_keys_names_and_values(bench: Bench) -> None:
    """Keys, names and values are formatted, with files, folders and components."""
    msi = Msi().component(key_path="f").file("f", b"", name="SHORT~1.TXT|long name.txt")
    msi.value(r"SOFTWARE\[Manufacturer]\Test", "[ProductName]", "[#f]|[INSTALLDIR]|[$C1]|[%SystemRoot]|[!f]")

    bench.install(msi)

    folder = "C:\\Program Files\\Contoso Test\\"
    expected = f"{folder}long name.txt|{folder}|{folder}|C:\\Windows|{folder}long name.txt"
    assert expected == bench.value(KEY, "Contoso Test")


def test_whole_keys(bench: Bench) -> None:
    """`+` makes a key, `-` removes it with the product, `*` does both."""
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Minus"), "Own", RegistryValue.of("x"))
    msi = Msi().component()
    for name, mark in (("Plus", "+"), ("Minus", "-"), ("Both", "*")):
        msi.value(rf"SOFTWARE\Contoso\{name}", mark, None)
    bench.install(msi)
    keys = [bench.has_key(rf"HKLM\SOFTWARE\Contoso\{name}") for name in ("Plus", "Minus", "Both")]
    assert [True, True, True] == keys
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Both\Below"), "Own", RegistryValue.of("x"))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert not bench.has_key(r"HKLM\SOFTWARE\Contoso")


def test_default_value_and_parents(bench: Bench) -> None:
    """A row without a name is the default value; keys above go with the last one below."""
    bench.install(Msi().component().value(r"SOFTWARE\A\B\C", None, "default"))
    assert "default" == bench.value(r"HKLM\SOFTWARE\A\B\C")

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert not bench.has_key(r"HKLM\SOFTWARE\A")


def test_keys_of_windows_stay(bench: Bench) -> None:
    """Removing the last value below a key of Windows leaves that key."""
    run_key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Run"
    bench.machine.registry.create(RegistryPath.parse(rf"HKLM\{run_key}"))
    bench.install(Msi().component().value(run_key, "Contoso", "x.exe"))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert bench.has_key(rf"HKLM\{run_key}")
    assert bench.value(rf"HKLM\{run_key}", "Contoso") is None


def test_remove_registry(bench: Bench) -> None:
    """RemoveRegistry deletes values and keys when its component is installed, and does not mind missing ones."""
    for name in ("Old", "Keep"):
        bench.machine.registry.set(RegistryPath.parse(KEY), name, RegistryValue.of("x"))
    bench.machine.registry.set(RegistryPath.parse(rf"{KEY}\Whole\Below"), "x", RegistryValue.of("x"))
    msi = Msi().component()
    msi.add("RemoveRegistry", ("1", 2, r"SOFTWARE\Contoso\Test", "Old", "C1"))
    msi.add("RemoveRegistry", ("2", 2, r"SOFTWARE\Contoso\Test\Whole", "-", "C1"))
    msi.add("RemoveRegistry", ("3", 2, r"SOFTWARE\Contoso\None", "-", "C1"), ("4", 2, r"SOFTWARE\None", "None", "C1"))

    assert 0 == bench.install(msi)

    assert {"Keep"} == set(bench.machine.registry.values(RegistryPath.parse(KEY)))
    assert not bench.has_key(rf"{KEY}\Whole")


def test_key_that_windows_refuses(bench: Bench) -> None:
    """A key directly below HKLM cannot be made; the installation fails and leaves nothing."""
    msi = Msi().component().value(r"SOFTWARE\Contoso\Test", "V", "1").value("Nonsense", "V", "1")

    assert 1603 == bench.install(msi)

    assert "1406" in bench.failures()[0]
    assert not bench.has_key(KEY)


def test_key_that_windows_refuses_to_make(bench: Bench) -> None:
    """The same goes for a row that makes an empty key."""
    assert 1603 == bench.install(Msi().component().value("Nonsense", "+", None))
    assert "Error 1307" in bench.failures()[0]


@pytest.mark.parametrize(("mode", "is_back"), [("m", True), ("u", False)])
def test_repair_of_values(bench: Bench, app: Msi, mode: str, is_back: bool) -> None:  # noqa: FBT001
    """A repair writes the machine's values only with m."""
    bench.install(app)
    bench.machine.registry.delete_value(RegistryPath.parse(KEY), "Version")

    bench.run(f"msiexec /f{mode} {PRODUCT_CODE} /qn")

    assert is_back == (bench.value(KEY, "Version") == "1.2.3")


def test_key_that_windows_keeps(bench: Bench) -> None:
    """A key that Windows holds open cannot be removed."""
    msi = Msi().component().add("RemoveRegistry", ("1", 2, r"SOFTWARE\Classes", "-", "C1"))

    assert 1603 == bench.install(msi)


def test_removal_of_a_made_key_that_is_not_empty(bench: Bench) -> None:
    """A key made with `+` goes only when it is empty."""
    bench.install(Msi().component().value(r"SOFTWARE\Contoso\Plus", "+", None))
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Plus"), "Own", RegistryValue.of("x"))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert bench.has_key(r"HKLM\SOFTWARE\Contoso\Plus")
