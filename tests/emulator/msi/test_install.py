"""Installing and removing a product: files, values, and what Windows remembers of it."""

from datetime import timedelta

import pytest

from harness.emulator.msi import MsiPace, msiexec
from harness.emulator.programs import ProgramRun
from harness.model.windows import Architecture, RegistryPath, View
from tests.emulator.msi.building import PACKAGE_CODE, PRODUCT_CODE, UPGRADE_CODE, Msi
from tests.emulator.msi.conftest import Bench

PACKED = "11111111222233334444555555555555"
UNINSTALL = rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{PRODUCT_CODE}"
INSTALLER = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer"
PRODUCT = rf"{INSTALLER}\UserData\S-1-5-18\Products\{PACKED}"
LISTED = r"HKLM\SOFTWARE\Classes\Installer"


def test_files_and_values_are_written(bench: Bench, app: Msi) -> None:
    """The file comes out of the cabinet, the value has its properties replaced."""
    assert 0 == bench.install(app)

    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")
    assert "1.2.3" == bench.value(r"HKLM\SOFTWARE\Contoso\Test", "Version")


def test_uninstall_entry(bench: Bench, app: Msi) -> None:
    """Settings lists the product with what the package says of itself."""
    app.properties |= {"ARPCONTACT": "Help desk", "ARPNOREPAIR": "1", "ARPSYSTEMCOMPONENT": "1"}
    bench.install(app)

    values = bench.machine.registry.values(RegistryPath.parse(UNINSTALL))

    expected = {
        "AuthorizedCDFPrefix": "",
        "Comments": "",
        "Contact": "Help desk",
        "DisplayName": "Contoso Test",
        "DisplayVersion": "1.2.3",
        "EstimatedSize": 1,
        "HelpLink": "",
        "HelpTelephone": "",
        "InstallDate": "20260302",
        "InstallLocation": "",
        "InstallSource": "C:\\Package\\",
        "Language": 1033,
        "ModifyPath": f"MsiExec.exe /I{PRODUCT_CODE}",
        "NoRepair": 1,
        "Publisher": "Contoso",
        "Readme": "",
        "Size": "",
        "SystemComponent": 1,
        "UninstallString": f"MsiExec.exe /I{PRODUCT_CODE}",
        "URLInfoAbout": "",
        "URLUpdateInfo": "",
        "Version": 0x01020003,
        "VersionMajor": 1,
        "VersionMinor": 2,
        "WindowsInstaller": 1,
    }
    assert expected == {name: value.data for name, value in values.items()}


def test_uninstall_string_of_a_product_without_changes(bench: Bench, app: Msi) -> None:
    """With ARPNOMODIFY the entry's command removes."""
    app.properties |= {"ARPNOMODIFY": "1", "MSIARPSETTINGSIDENTIFIER": r"Contoso\Test"}
    bench.install(app)

    assert f"MsiExec.exe /X{PRODUCT_CODE}" == bench.value(UNINSTALL, "UninstallString")
    assert r"Contoso\Test" == bench.value(UNINSTALL, "SettingsIdentifier")


def test_product_is_listed(bench: Bench, app: Msi) -> None:
    """Windows Installer's own keys name the package, its source, its features, components and upgrade code."""
    bench.install(app)

    assert "Contoso Test" == bench.value(rf"{LISTED}\Products\{PACKED}", "ProductName")
    assert "99999999888877776666555555555555" == bench.value(rf"{LISTED}\Products\{PACKED}", "PackageCode")
    assert "n;1;C:\\Package\\" == bench.value(rf"{LISTED}\Products\{PACKED}\SourceList", "LastUsedSource")
    assert "app.msi" == bench.value(rf"{LISTED}\Products\{PACKED}\SourceList", "PackageName")
    assert ";" == bench.value(rf"{LISTED}\Products\{PACKED}\SourceList\Media", "1")
    assert "" == bench.value(rf"{LISTED}\Features\{PACKED}", "Main")
    upgrade = "AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE"
    assert "" == bench.value(rf"{LISTED}\UpgradeCodes\{upgrade}", PACKED)
    assert "" == bench.value(rf"{INSTALLER}\UpgradeCodes\{upgrade}", PACKED)
    (component,) = bench.machine.registry.subkeys(RegistryPath.parse(rf"{INSTALLER}\UserData\S-1-5-18\Components"))
    key = rf"{INSTALLER}\UserData\S-1-5-18\Components\{component}"
    assert r"C:\Program Files\Contoso Test\notes.txt" == bench.value(key, PACKED)


def test_package_is_kept(bench: Bench, app: Msi) -> None:
    """A copy of the whole package stays in Windows' Installer folder."""
    bench.install(app)

    kept = bench.value(rf"{PRODUCT}\InstallProperties", "LocalPackage")
    assert isinstance(kept, str)
    assert kept.startswith("C:\\Windows\\Installer\\")
    assert app.build() == bench.machine.files.read(kept)


@pytest.mark.parametrize("target", ["app.msi", PRODUCT_CODE, PRODUCT_CODE.lower()])
def test_removal_leaves_nothing(bench: Bench, app: Msi, target: str) -> None:
    """What an installation did, a removal takes away, by the package or by the product code."""
    app.add("Icon", ("app.ico", b"icon"))
    app.properties["ARPPRODUCTICON"] = "app.ico"
    bench.put(app)
    # Every real Windows has this key; a new machine here need not.
    bench.machine.registry.create(RegistryPath.parse(rf"{INSTALLER}\UpgradeCodes"))
    before = bench.machine.snapshot()
    bench.run("msiexec /i app.msi /qn")
    assert bench.machine.files.exists(rf"C:\Windows\Installer\{PRODUCT_CODE}\app.ico")

    assert 0 == bench.run(f"msiexec /x {target} /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_removal_by_its_copy(bench: Bench, app: Msi) -> None:
    """The package that was installed need not be there any more."""
    bench.install(app)
    bench.machine.files.delete(r"C:\Package\app.msi")

    assert 0 == bench.run(f"msiexec /x{PRODUCT_CODE} /quiet")
    assert not bench.has_key(UNINSTALL)


def test_removal_by_its_source(bench: Bench, app: Msi) -> None:
    """When the copy is gone, the source serves, if it still is the same package."""
    bench.install(app)
    bench.machine.files.delete(str(bench.value(rf"{PRODUCT}\InstallProperties", "LocalPackage")))

    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")


def test_files_of_others_stay(bench: Bench, app: Msi) -> None:
    """A folder with something else in it is not removed, nor is a key with another value."""
    bench.install(app)
    bench.machine.files.write(r"C:\Program Files\Contoso Test\mine.txt", b"")
    bench.machine.registry.create(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Other"))

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert "" == bench.text(r"C:\Program Files\Contoso Test\mine.txt")
    assert bench.text(r"C:\Program Files\Contoso Test\notes.txt") is None
    assert bench.has_key(r"HKLM\SOFTWARE\Contoso")
    assert not bench.has_key(r"HKLM\SOFTWARE\Contoso\Test")


def test_folder_that_was_there_stays(bench: Bench, app: Msi) -> None:
    """Windows Installer removes only folders it made."""
    bench.machine.files.make_folder(r"C:\Program Files\Contoso Test")
    bench.install(app)

    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    assert bench.machine.files.exists(r"C:\Program Files\Contoso Test")


def test_32_bit_package_goes_to_the_32_bit_half(bench: Bench) -> None:
    """An Intel package has its programs, values and uninstall entry where 32-bit programs see them."""
    msi = Msi(template="Intel;1033").component(attributes=0, directory="APPDIR", key_path="a.txt")
    msi.add("Directory", ("ProgramFilesFolder", "TARGETDIR", "."), ("APPDIR", "ProgramFilesFolder", "Legacy"))
    msi.file("a.txt", b"a").value(r"SOFTWARE\Contoso\Legacy", "V", "1")

    assert 0 == bench.install(msi)

    assert "a" == bench.text(r"C:\Program Files (x86)\Legacy\a.txt")
    assert bench.value(r"HKLM\SOFTWARE\Contoso\Legacy", "V") is None
    assert "1" == bench.value(r"HKLM\SOFTWARE\Contoso\Legacy", "V", View.VIEW_32)
    assert not bench.has_key(UNINSTALL)
    assert bench.has_key(UNINSTALL, View.VIEW_32)
    assert bench.has_key(PRODUCT)


def test_32_bit_windows_has_one_half(make_bench) -> None:
    """On a 32-bit Windows a 32-bit package goes to the one Program Files there is."""
    bench = make_bench(Architecture.X86)
    msi = Msi(template=";1033").component(attributes=0, directory="APPDIR")
    msi.add("Directory", ("ProgramFilesFolder", "TARGETDIR", "."), ("APPDIR", "ProgramFilesFolder", "App"))
    msi.file("a.txt", b"a").value(r"SOFTWARE\Contoso\Legacy", "V", "1")

    assert 0 == bench.install(msi)

    assert "a" == bench.text(r"C:\Program Files\App\a.txt")
    assert "1" == bench.value(r"HKLM\SOFTWARE\Contoso\Legacy", "V")
    assert bench.has_key(UNINSTALL)


def test_installing_again_changes_nothing(bench: Bench, app: Msi) -> None:
    """The same package once more is a success without effect."""
    bench.install(app)
    before = bench.machine.snapshot()

    assert 0 == bench.run("msiexec /i app.msi /qn")
    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_repair_brings_back_what_is_gone(bench: Bench, app: Msi) -> None:
    """A repair writes missing files and values again."""
    bench.install(app)
    bench.machine.files.delete(r"C:\Program Files\Contoso Test\notes.txt")
    bench.machine.registry.delete(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso"))

    assert 0 == bench.run(f"msiexec /f {PRODUCT_CODE} /qn")

    assert "hello" == bench.text(r"C:\Program Files\Contoso Test\notes.txt")
    assert "1.2.3" == bench.value(r"HKLM\SOFTWARE\Contoso\Test", "Version")


def test_repair_of_what_is_not_installed(bench: Bench, app: Msi) -> None:
    """Only what is installed can be repaired."""
    bench.put(app)

    assert 1605 == bench.run("msiexec /f app.msi /qn")


def test_installation_takes_time(bench: Bench, app: Msi) -> None:
    """Starting, copying and finishing take what the pace says; another one sees the mutex meanwhile."""
    app.file("big", bytes(40 << 20))
    bench.put(app)
    started = bench.machine.clock.now()

    bench.start("msiexec /i app.msi /qn")
    bench.machine.clock.run_until(
        lambda: bool(bench.machine.timeline.of(kind="msi finished")), limit=timedelta(minutes=5)
    )

    assert 3.9 < (bench.machine.clock.now() - started).total_seconds() < 4.1


def test_pace_can_be_set(bench: Bench, app: Msi) -> None:
    """A machine may have its own pace."""

    async def slow(run: ProgramRun) -> int:
        return await msiexec(run, MsiPace(start_up=timedelta(minutes=5), finish=timedelta(minutes=5)))

    bench.machine.programs["msiexec.exe"] = slow
    bench.put(app)
    process = bench.start("msiexec /i app.msi /qn")

    bench.machine.clock.advance(timedelta(minutes=9))
    assert [process.info] == list(bench.machine.processes.running("msiexec.exe"))
    bench.machine.clock.advance(timedelta(minutes=2))
    assert [] == list(bench.machine.processes.running("msiexec.exe"))


def test_timeline_tells_what_happened(bench: Bench, app: Msi) -> None:
    """The beginning and the end are on the timeline, with the product's name and version."""
    bench.install(app)
    bench.run(f"msiexec /x {PRODUCT_CODE} /qn")

    texts = [event.text for event in bench.machine.timeline if event.kind.startswith("msi")]
    assert [
        "Windows Installer starts the install of Contoso Test 1.2.3",
        "Windows Installer installed Contoso Test 1.2.3",
        "Windows Installer starts the uninstall of Contoso Test 1.2.3",
        "Windows Installer removed Contoso Test 1.2.3",
    ] == texts


def test_two_machines_do_not_meet(make_bench, app: Msi) -> None:
    """What is installed on one machine is not on another."""
    one, other = make_bench(), make_bench()
    one.install(app)

    assert 1605 == other.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert PACKAGE_CODE != UPGRADE_CODE
