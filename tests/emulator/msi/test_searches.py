"""Searches: what AppSearch finds."""

from __future__ import annotations

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View
from tests.emulator.msi.building import Msi
from tests.emulator.msi.conftest import Bench

KEY = r"HKLM\SOFTWARE\Contoso\Test"


def shows(msi: Msi, name: str) -> Msi:
    """Let the package write a property to the registry."""
    return msi.value(r"SOFTWARE\Contoso\Test", name, f"[{name}]")


@pytest.fixture
def plain() -> Msi:
    """Give a package with one component."""
    return Msi().component()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (RegistryValue.of("1.2"), "1.2"),
        (RegistryValue.of("#x"), "##x"),
        (RegistryValue.of(5), "#5"),
        (RegistryValue.of(b"\x0a"), "#x0A"),
        (RegistryValue(RegistryType.REG_EXPAND_SZ, "%X%"), "#%%X%"),
        (RegistryValue.of(["a", "b"]), "[~]a[~]b[~]"),
        (RegistryValue(RegistryType.REG_NONE, None), "old"),
        (None, "old"),
    ],
)
def test_registry_search(bench: Bench, plain: Msi, value: RegistryValue | None, found: str) -> None:
    """AppSearch shows the type of a value by its first characters; what is not found leaves the property alone."""
    if value:
        bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Vendor"), "V", value)
    plain.properties["FOUND"] = "old"
    plain.add("AppSearch", ("FOUND", "Sig")).add("RegLocator", ("Sig", 2, r"SOFTWARE\Vendor", "V", 2 + 16))
    plain.action("Copy", 60, 51, "COPY", "[FOUND]", 'FOUND <> "none"')

    assert 0 == bench.install(shows(plain, "COPY"), "/l*v log.txt")

    assert f"Property(S): COPY = {found}" in bench.log()


@pytest.mark.parametrize(("kind", "found"), [(2, "narrow"), (2 + 16, "wide")])
def test_registry_search_in_both_views(bench: Bench, plain: Msi, kind: int, found: str) -> None:
    """A search looks at the 32-bit view unless it says otherwise."""
    for view, text in ((View.VIEW_64, "wide"), (View.VIEW_32, "narrow")):
        bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Vendor"), "V", RegistryValue.of(text), view)
    plain.add("AppSearch", ("FOUND", "Sig")).add("RegLocator", ("Sig", 2, r"SOFTWARE\Vendor", "V", kind))

    bench.install(shows(plain, "FOUND"))

    assert found == bench.value(KEY, "FOUND")


def test_registry_search_in_classes_and_user(bench: Bench, plain: Msi) -> None:
    """HKCR is searched for the user first, HKCU is the user's; the first signature that is found counts."""
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Classes\.x"), "", RegistryValue.of("machine"))
    bench.machine.registry.set(RegistryPath.parse(r"HKU\S-1-5-18\Software\Y"), "", RegistryValue.of("user"))
    plain.add("AppSearch", ("ONE", "S1"), ("TWO", "S2"), ("TWO", "S3"), ("THREE", "None"))
    plain.add("RegLocator", ("S1", 0, ".x", None, 18), ("S2", 1, r"Software\Y", None, 18), ("S3", 0, ".x", None, 18))

    bench.install(shows(shows(plain, "ONE"), "TWO"))

    assert ("machine", "user") == (bench.value(KEY, "ONE"), bench.value(KEY, "TWO"))


@pytest.mark.parametrize(
    ("kind", "data", "signature", "found"),
    [
        (0, r"C:\Windows", None, "C:\\Windows\\"),
        (0, r"C:\Nowhere", None, ""),
        (1, r'"C:\Tools\tool.exe"', None, r"C:\Tools\tool.exe"),
        (1, r"C:\Tools\none.exe", None, ""),
        (0, r"C:\Tools", (None, None), r"C:\Tools\tool.exe"),
        (1, r"C:\Tools\x.dll", (None, None), r"C:\Tools\tool.exe"),
        (0, r"C:\Tools", ("1.9.9.9", None), r"C:\Tools\tool.exe"),
        (0, r"C:\Tools", ("2.0.0.0", None), ""),
        (0, r"C:\Tools", (None, "1.0.0.0"), ""),
        (0, r"C:\Nowhere", (None, None), ""),
    ],
)
def test_file_search_by_registry(
    bench: Bench, plain: Msi, versioned, *, kind: int, data: str, signature: tuple | None, found: str
) -> None:
    """A value may name a folder or a file to look at, with a version to reach."""
    bench.machine.files.write(r"C:\Tools\tool.exe", versioned(2, 0, 0, 0))
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\Vendor"), "V", RegistryValue.of(data))
    plain.add("AppSearch", ("FOUND", "Sig")).add("RegLocator", ("Sig", 2, r"SOFTWARE\Vendor", "V", kind + 16))
    if signature:
        plain.add("Signature", ("Sig", "TOOL.EXE|tool.exe", *signature, None, None, None, None, None))

    bench.install(shows(plain, "FOUND"))

    assert found == bench.value(KEY, "FOUND")


@pytest.mark.parametrize(
    ("path", "has_signature", "found"),
    [
        ("[WindowsFolder]Temp", False, "C:\\Windows\\Temp\\"),
        (r"C:\Nowhere", False, ""),
        (r"C:\Tools", True, r"C:\Tools\tool.exe"),
    ],
)
def test_folder_search(bench: Bench, plain: Msi, path: str, has_signature: bool, found: str) -> None:  # noqa: FBT001
    """A folder is looked for by its path, or a file in it."""
    bench.machine.files.write(r"C:\Tools\tool.exe", b"")
    plain.add("AppSearch", ("FOUND", "Sig")).add("DrLocator", ("Sig", None, path, 0))
    if has_signature:
        plain.add("Signature", ("Sig", "tool.exe", None, None, None, None, None, None, None))

    bench.install(shows(plain, "FOUND"))

    assert found == bench.value(KEY, "FOUND")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("Sig", None, "C:\\", 2)], r"C:\Tools\Deep\tool.exe"),
        ([("Sig", None, "C:\\", 1)], ""),
        ([("Sig", None, None, 2)], r"C:\Tools\Deep\tool.exe"),
        ([("Sig", "Up", "Deep", 0), ("Up", None, r"C:\Tools", 0)], r"C:\Tools\Deep\tool.exe"),
        ([("Sig", "Up", "Deep", 0), ("Up", None, r"C:\Nowhere", 0)], ""),
        ([("Sig", "Reg", "Deep", 0)], r"C:\Tools\Deep\tool.exe"),
        ([("Sig", "Up", "x", 0), ("Up", "Sig", "y", 0)], ""),
    ],
)
def test_search_in_folders_below(bench: Bench, plain: Msi, rows: list[tuple], found: str) -> None:
    """A search may go some levels down, and may begin where another one ended."""
    bench.machine.files.write(r"C:\Tools\Deep\tool.exe", b"")
    bench.machine.files.write(r"C:\Tools\main.exe", b"")
    bench.machine.registry.set(RegistryPath.parse(r"HKLM\SOFTWARE\V"), "", RegistryValue.of(r"C:\Tools\main.exe"))
    plain.add("AppSearch", ("FOUND", "Sig")).add("DrLocator", *rows)
    plain.add("Signature", ("Sig", "tool.exe", None, None, None, None, None, None, None))
    plain.add("RegLocator", ("Reg", 2, r"SOFTWARE\V", None, 1 + 16))

    bench.install(shows(plain, "FOUND"))

    assert found == bench.value(KEY, "FOUND")


@pytest.mark.parametrize(
    ("guid", "kind", "has_signature", "found"),
    [
        ("{00000000-0000-4000-8000-00000000000A}", 1, False, r"C:\Program Files\Contoso Test\key.txt"),
        ("{00000000-0000-4000-8000-00000000000A}", 0, False, "C:\\Program Files\\Contoso Test\\"),
        ("{00000000-0000-4000-8000-00000000000A}", 0, True, r"C:\Program Files\Contoso Test\other.txt"),
        ("{00000000-0000-4000-8000-00000000000B}", 0, False, "C:\\Program Files\\Contoso Test\\"),
        ("{00000000-0000-4000-8000-00000000000C}", 1, False, ""),
        ("nonsense", 1, False, ""),
    ],
)
def test_component_search(bench: Bench, *, guid: str, kind: int, has_signature: bool, found: str) -> None:
    """A component of an installed product is found by its GUID."""
    old = Msi().component("A", guid="{00000000-0000-4000-8000-00000000000A}", key_path="key.txt")
    old.component("B", guid="{00000000-0000-4000-8000-00000000000B}")
    bench.install(old.file("key.txt", b"k", "A").file("other.txt", b"o", "A"))
    other = "{77777777-2222-3333-4444-555555555555}"
    msi = Msi(package_code=other, properties={"ProductCode": other}).component()
    msi.add("AppSearch", ("FOUND", "Sig")).add("CompLocator", ("Sig", guid, kind))
    if has_signature:
        msi.add("Signature", ("Sig", "other.txt", None, None, None, None, None, None, None))

    assert 0 == bench.install(shows(msi, "FOUND"))

    assert found == bench.value(KEY, "FOUND")


def test_search_in_ini_files_is_named(bench: Bench, plain: Msi) -> None:
    """The one search that is not modelled is named, with the way around it."""
    plain.add("AppSearch", ("FOUND", "Sig")).add("IniLocator", ("Sig", "x.ini", "S", "K", 0, 2))

    with pytest.raises(NotEmulated, match="IniLocator"):
        bench.install(plain)


def test_search_for_sizes_is_named(bench: Bench, plain: Msi) -> None:
    """A signature may ask for sizes, dates and languages, which are not modelled."""
    bench.machine.files.make_folder(r"C:\Tools")
    plain.add("AppSearch", ("FOUND", "Sig")).add("DrLocator", ("Sig", None, r"C:\Tools", 0))
    plain.add("Signature", ("Sig", "tool.exe", None, None, 5, None, None, None, None))

    with pytest.raises(NotEmulated, match="MinSize"):
        bench.install(plain)
