"""Whom a product is installed for, and what that takes."""

from __future__ import annotations

import pytest

from harness.emulator.machine import EmulatedMachine
from harness.model.windows import Account, Architecture, RegistryPath, RegistryValue
from tests.emulator.msi.building import PRODUCT_CODE, Msi
from tests.emulator.msi.conftest import Bench

PACKED = "11111111222233334444555555555555"
INSTALLER = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows\Installer"


@pytest.fixture
def per_user() -> Msi:
    """Give a package that installs for one user."""
    msi = Msi()
    msi.properties["ALLUSERS"] = ""
    msi.add("Directory", ("LocalAppDataFolder", "TARGETDIR", "."), ("APPDIR", "LocalAppDataFolder", "Contoso"))
    msi.component(attributes=256 + 4, directory="APPDIR", key_path="R1").file("a.txt", b"a")
    return msi.value(r"SOFTWARE\Contoso\Test", "V", "1", root=-1).value(".x", None, "X", root=0)


@pytest.fixture
def as_ada(bench: Bench, machine: EmulatedMachine, ada: Account) -> dict[str, object]:
    """Sign Ada in, and give what makes her start programs."""
    return {"account": ada, "session_id": machine.sign_in(ada).id}


def test_product_of_a_user(bench: Bench, ada: Account, as_ada: dict[str, object], per_user: Msi) -> None:
    """A per-user product is in the user's profile and hive, and in Windows' list of that user's products."""
    assert 0 == bench.install(per_user, **as_ada)

    assert "a" == bench.text(rf"{ada.profile}\AppData\Local\Contoso\a.txt")
    hive = rf"HKU\{ada.sid}\SOFTWARE"
    assert "1" == bench.value(rf"{hive}\Contoso\Test", "V")
    assert "X" == bench.value(rf"{hive}\Classes\.x")
    uninstall = rf"Microsoft\Windows\CurrentVersion\Uninstall\{PRODUCT_CODE}"
    assert "Contoso Test" == bench.value(rf"{hive}\{uninstall}", "DisplayName")
    assert not bench.has_key(rf"HKLM\SOFTWARE\{uninstall}")
    assert 0 == bench.value(rf"{hive}\Microsoft\Installer\Products\{PACKED}", "Assignment")
    assert bench.has_key(rf"{INSTALLER}\UserData\{ada.sid}\Products\{PACKED}\InstallProperties")
    components = rf"{INSTALLER}\UserData\{ada.sid}\Components"
    (component,) = bench.machine.registry.subkeys(RegistryPath.parse(components))
    assert r"21:\SOFTWARE\Contoso\Test\V" == bench.value(rf"{components}\{component}", PACKED)


def test_product_of_a_user_goes(bench: Bench, as_ada: dict[str, object], per_user: Msi) -> None:
    """The user removes it; nobody else finds it."""
    bench.install(per_user, **as_ada)

    assert 1605 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn", **as_ada), bench.failures()
    assert 1605 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn", **as_ada)


def test_per_user_package_installed_by_system(bench: Bench, per_user: Msi) -> None:
    """SYSTEM installs a per-user package for itself: the classic way not to be found by the user."""
    assert 0 == bench.install(per_user)

    assert "1" == bench.value(r"HKU\S-1-5-18\SOFTWARE\Contoso\Test", "V")
    assert bench.text(r"C:\Windows\system32\config\systemprofile\AppData\Local\Contoso\a.txt") == "a"


def test_standard_user_may_not_install_for_all(bench: Bench, as_ada: dict[str, object], app: Msi) -> None:
    """A per-machine package fails silently for a standard user."""
    assert 1603 == bench.install(app, **as_ada)
    assert "Error 1925" in bench.failures()[0]


def test_standard_user_may_not_remove_for_all(bench: Bench, as_ada: dict[str, object], app: Msi) -> None:
    """Nor can they remove what everybody has."""
    bench.install(app)

    assert 1603 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn", **as_ada)
    assert "Error 1730" in bench.failures()[0]


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda msi: msi.component("C2").file("x", b"x", "C2"), 1303),
        (lambda msi: msi.value(r"SOFTWARE\Contoso", "V", "1", root=2), 1406),
        (lambda msi: msi.add("Environment", ("E", "=*X", "1", "C1")), 1924),
        (lambda msi: msi.add("RemoveFile", ("1", "C1", None, "WindowsFolder", 1)), 1306),
        (lambda msi: msi.add("CustomAction", ("D", 35, "INSTALLDIR", "C:\\Windows\\")), None),
    ],
)
def test_what_a_standard_user_may_not_write(
    bench: Bench, as_ada: dict[str, object], per_user: Msi, change, number: int | None
) -> None:
    """A per-user package that writes elsewhere fails for a standard user, and leaves nothing."""
    bench.put(change(per_user))
    before = bench.machine.snapshot()

    assert (1603 if number else 0) == bench.run("msiexec /i app.msi /qn", **as_ada)

    if number:
        assert f"Error {number}." in bench.failures()[0]
        assert "nothing changed" == str(bench.machine.changes_since(before))


def test_user_may_not_write_into_a_folder_of_windows(bench: Bench, as_ada: dict[str, object], per_user: Msi) -> None:
    """A file in an existing folder of Windows is refused as well."""
    per_user.component("C2", directory="WINDIR").file("x", b"x", "C2")
    per_user.add("Directory", ("WINDIR", "TARGETDIR", "Windows"))

    assert 1603 == bench.install(per_user, **as_ada)
    assert "Error 1310" in bench.failures()[0]


def test_policy_elevates(bench: Bench, ada: Account, as_ada: dict[str, object], app: Msi) -> None:
    """AlwaysInstallElevated, set for the machine and the user, lets standard users install for all."""
    keys = [RegistryPath.parse(rf"HKLM\{POLICY}"), RegistryPath.parse(rf"HKU\{ada.sid}\{POLICY}")]
    bench.machine.registry.set(keys[0], "AlwaysInstallElevated", RegistryValue.of(1))
    assert 1603 == bench.install(app, **as_ada)

    bench.machine.registry.set(keys[1], "AlwaysInstallElevated", RegistryValue.of(1))

    assert 0 == bench.install(app, **as_ada)
    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")


@pytest.mark.parametrize(
    ("all_users", "arguments", "is_per_machine"),
    [
        ("2", "", True),
        ("2", "MSIINSTALLPERUSER=1", False),
        ("1", "MSIINSTALLPERUSER=1", True),
        ("", "ALLUSERS=1", True),
        ("1", 'ALLUSERS=""', False),
        ("1", "ALLUSERS=2 MSIINSTALLPERUSER=1", False),
    ],
)
def test_allusers(bench: Bench, app: Msi, all_users: str, arguments: str, is_per_machine: bool) -> None:  # noqa: FBT001
    """ALLUSERS says for whom; 2 leaves it to MSIINSTALLPERUSER; the command line comes before the package."""
    app.properties["ALLUSERS"] = all_users

    assert 0 == bench.install(app, arguments)

    products = r"HKLM\SOFTWARE\Classes\Installer\Products"
    assert is_per_machine == bench.has_key(rf"{products}\{PACKED}")


def test_dual_purpose_package(bench: Bench, ada: Account, as_ada: dict[str, object], app: Msi) -> None:
    """With MSIINSTALLPERUSER programs go below the user's profile."""
    app.properties["ALLUSERS"] = "2"
    app.tables["Registry"] = []

    assert 0 == bench.install(app, "MSIINSTALLPERUSER=1", **as_ada)

    assert "hello" == bench.text(rf"{ada.profile}\AppData\Local\Programs\Contoso Test\notes.txt")


def test_dual_purpose_package_on_a_32_bit_windows(make_bench) -> None:
    """A 32-bit Windows has but one folder for programs to move."""
    bench = make_bench(Architecture.X86)
    msi = Msi(template="Intel;1033").component(attributes=0, directory="APPDIR").file("a.txt", b"a")
    msi.add("Directory", ("ProgramFilesFolder", "TARGETDIR", "."), ("APPDIR", "ProgramFilesFolder", "App"))
    msi.properties["ALLUSERS"] = "2"

    assert 0 == bench.install(msi, "MSIINSTALLPERUSER=1")

    profile = r"C:\Windows\system32\config\systemprofile"
    assert "a" == bench.text(rf"{profile}\AppData\Local\Programs\App\a.txt")


def test_properties_describe_the_session(bench: Bench, ada: Account, as_ada: dict[str, object], per_user: Msi) -> None:
    """Packages can ask who installs, and on what."""
    per_user.value(r"SOFTWARE\Contoso\Test", "Who", "[LogonUser] [UserSID] [Privileged][UILevel] [VersionNT64]", root=1)
    bench.install(per_user, **as_ada)

    who = bench.value(rf"HKU\{ada.sid}\SOFTWARE\Contoso\Test", "Who")
    assert f"{ada.name} {ada.sid} 2 603" == who


def test_managed_product_is_found_first(bench: Bench, ada: Account, as_ada: dict[str, object], app: Msi) -> None:
    """A product that policy installed for the user comes before the machine's."""
    bench.install(app)
    managed = rf"{INSTALLER}\Managed\{ada.sid}\Installer\Products\{PACKED}"
    bench.machine.registry.set(RegistryPath.parse(managed), "ProductName", RegistryValue.of("Managed"))
    bench.machine.registry.set(RegistryPath.parse(managed), "Version", RegistryValue.of(0x01020003))

    assert 1612 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn", **as_ada)
    assert "Managed" in bench.failures()[0]
