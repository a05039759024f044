"""Upgrades: finding older products, replacing them, refusing to go back."""

from __future__ import annotations

import pytest

from harness.errors import NotEmulated
from harness.model.windows import RegistryPath, RegistryValue
from tests.emulator.msi.building import PRODUCT_CODE, UPGRADE_CODE, Msi
from tests.emulator.msi.conftest import Bench

PACKED = "11111111222233334444555555555555"
NEW = "{22222222-2222-3333-4444-555555555555}"
FOLDER = r"C:\Program Files\Contoso Test"
UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
#: Where RemoveExistingProducts may stand.
EARLY, WITHIN, LATE = 1401, 1501, 6700


def version(text: str, code: str = PRODUCT_CODE, *, removes_at: int = 0) -> Msi:
    """Make a version of the product that replaces lower ones and refuses to replace higher ones."""
    msi = Msi(package_code=code.replace("4444", "9999"))
    msi.properties |= {"ProductCode": code, "ProductVersion": text}
    msi.component("Common", key_path="common.txt").file("common.txt", text.encode(), "Common")
    own = f"only-{text}.txt"
    msi.component(own, key_path=own).file(own, b"x", own)
    if removes_at:
        msi.add("Upgrade", (UPGRADE_CODE, None, text, None, 1, None, "OLDER"))
        msi.add("Upgrade", (UPGRADE_CODE, text, None, None, 2, None, "NEWER"))
        msi.action("RemoveExistingProducts", removes_at)
        msi.action("Refuse", 120, 19, "", "A newer version is installed.", "NEWER")
    return msi


@pytest.mark.parametrize("place", [EARLY, WITHIN, LATE])
def test_older_version_is_replaced(bench: Bench, place: int) -> None:
    """After an upgrade only the new version is there, wherever the old one is removed in the sequence."""
    bench.install(version("1.0.0"))

    assert 0 == bench.install(version("2.0.0", NEW, removes_at=place))

    assert ["common.txt", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))
    assert not bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")
    assert "2.0.0" == bench.value(rf"{UNINSTALL}\{NEW}", "DisplayVersion")
    assert 1605 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert 1 == len([name for name in bench.machine.files.names(r"C:\Windows\Installer") if name.endswith(".msi")])


def test_newer_version_is_not_replaced(bench: Bench) -> None:
    """A type 19 action with the newer product's property as its condition refuses to go back."""
    bench.install(version("3.0.0", NEW))
    before = bench.machine.snapshot()
    bench.put(version("2.0.0", removes_at=EARLY))

    assert 1603 == bench.run("msiexec /i app.msi /qn")

    assert ["A newer version is installed."] == bench.failures()
    assert "~ C:\\Package\\app.msi" in str(bench.machine.changes_since(before))
    assert "3.0.0" == bench.value(rf"{UNINSTALL}\{NEW}", "DisplayVersion")


@pytest.mark.parametrize(
    ("row", "is_found"),
    [
        (("1.2.3", "1.2.3", None, 256 + 512), True),
        (("1.2.3", None, None, 0), False),
        ((None, "1.2.3", None, 0), False),
        (("1.2.2", "1.2.4", None, 0), True),
        (("1.2.3.9", None, None, 256), True),
        (("1.0", "2.0", "1033,1031", 0), True),
        (("1.0", "2.0", "1031", 0), False),
        (("1.0", "2.0", "1033", 1024), False),
        (("1.0", "2.0", "1031", 1024), True),
        (("2.0", "3.0", None, 0), False),
    ],
)
def test_which_products_are_related(bench: Bench, row: tuple, is_found: bool) -> None:  # noqa: FBT001
    """Three parts of the version count, bounds may be included, languages listed or excluded."""
    bench.install(version("1.2.3"))
    msi = version("9.0.0", NEW).value(r"SOFTWARE\Contoso\Found", "Code", "[FOUND]", "Common")
    lowest, highest, language, attributes = row
    msi.add("Upgrade", (UPGRADE_CODE, lowest, highest, language, attributes + 2, None, "FOUND"))

    assert 0 == bench.install(msi)

    assert (PRODUCT_CODE if is_found else "") == bench.value(r"HKLM\SOFTWARE\Contoso\Found", "Code")


def test_several_products_are_found(bench: Bench) -> None:
    """Codes are joined by semicolons, each once, and all of them go."""
    second = "{33333333-2222-3333-4444-555555555555}"
    bench.install(version("1.0.0"))
    bench.install(version("1.1.0", second))
    msi = version("2.0.0", NEW, removes_at=EARLY)
    msi.add("Upgrade", (UPGRADE_CODE, "0.0.1", "9.0.0", None, 0, None, "OLDER"))

    assert 0 == bench.install(msi)

    assert ["common.txt", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))


def test_products_of_the_other_context_are_not_found(bench: Bench) -> None:
    """A per-user product is not replaced by a per-machine one."""
    per_user = version("1.0.0")
    per_user.properties["ALLUSERS"] = ""
    bench.install(per_user)

    assert 0 == bench.install(version("2.0.0", NEW, removes_at=EARLY))
    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")


@pytest.mark.parametrize(("place", "is_back"), [(WITHIN, True), (EARLY, False)])
def test_failing_upgrade(bench: Bench, place: int, is_back: bool) -> None:  # noqa: FBT001
    """A failure brings the old version back if it was removed within the installation, not if before."""
    bench.install(version("1.0.0"))
    msi = version("2.0.0", NEW, removes_at=place)
    msi.value("Nonsense", "V", "1", "Common")

    assert 1603 == bench.install(msi)

    assert is_back == bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")
    assert is_back == bench.machine.files.exists(rf"{FOLDER}\only-1.0.0.txt")
    assert not bench.has_key(rf"{UNINSTALL}\{NEW}")
    assert (0 if is_back else 1605) == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")


@pytest.mark.parametrize(("attributes", "code"), [(0, 1603), (4, 0)])
def test_older_version_that_cannot_be_removed(bench: Bench, attributes: int, code: int) -> None:
    """If removing the old version fails the installation does too, unless the row does not mind."""
    old = version("1.0.0")
    old.action("Fail", 5000, 19, "", "I stay.", "REMOVE")
    bench.install(old)
    msi = version("2.0.0", NEW).action("RemoveExistingProducts", WITHIN)
    msi.add("Upgrade", (UPGRADE_CODE, None, "2.0.0", None, attributes, None, "OLDER"))

    assert code == bench.install(msi)

    assert bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")
    assert (code == 0) == bench.has_key(rf"{UNINSTALL}\{NEW}")


def test_failing_removal_is_taken_back_alone(bench: Bench) -> None:
    """When a row does not mind that removing the old version fails, what that did is taken back, and no more."""
    old = version("1.0.0").action("InstallExecute", 6500, condition="REMOVE")
    old.action("Fail", 6550, 19, "", "I stay.", "REMOVE")
    bench.install(old)
    msi = version("2.0.0", NEW).action("InstallExecute", 6500).action("RemoveExistingProducts", 6510)
    msi.add("Upgrade", (UPGRADE_CODE, None, "2.0.0", None, 4, None, "OLDER"))

    assert 0 == bench.install(msi)

    assert ["common.txt", "only-1.0.0.txt", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))
    assert not bench.machine.files.exists(r"C:\Config.Msi")


def test_old_package_is_told_that_it_is_replaced(bench: Bench) -> None:
    """The old version sees UPGRADINGPRODUCTCODE, and can leave data where they are."""
    old = version("1.0.0").value(r"SOFTWARE\Contoso\Data", "D", "1", "Common")
    old.action("RemoveRegistryValues", 2600, condition="NOT UPGRADINGPRODUCTCODE")
    bench.install(old)

    bench.install(version("2.0.0", NEW, removes_at=EARLY))

    assert "1" == bench.value(r"HKLM\SOFTWARE\Contoso\Data", "D")


def test_unmodelled_removal_is_found_before_anything_changes(bench: Bench) -> None:
    """What the old version would run at its removal is named before the new one begins."""
    old = version("1.0.0")
    old.action("Cleanup", 1550, 34, "INSTALLDIR", "cleanup.exe", "REMOVE")
    bench.install(old)
    bench.put(version("2.0.0", NEW, removes_at=LATE))
    before = bench.machine.snapshot()

    with pytest.raises(NotEmulated, match="Cleanup"):
        bench.run("msiexec /i app.msi /qn")

    assert "nothing changed" == str(bench.machine.changes_since(before))


def test_single_features_of_the_old_version_are_removed(bench: Bench) -> None:
    """The Remove column names the features that go; one that formats to nothing removes nothing."""
    old = version("1.0.0").add("Feature", ("Extra", None, None, None, 1, 1, None, 0))
    old.component("X", key_path="extra.txt", feature="Extra").file("extra.txt", b"x", "X")
    bench.install(old)
    msi = version("2.0.0", NEW).action("RemoveExistingProducts", EARLY)
    msi.add("Upgrade", (UPGRADE_CODE, None, "1.5.0", None, 0, "[NOTHING]", "SOME"))
    msi.add("Upgrade", (UPGRADE_CODE, None, "2.0.0", None, 0, "Extra", "OLDER"))

    assert 0 == bench.install(msi)

    assert ["common.txt", "only-1.0.0.txt", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))
    assert bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")


def test_features_migrate(bench: Bench) -> None:
    """The new version takes the features that the old one has, whatever their levels say."""

    def with_options(msi: Msi) -> Msi:
        for name, level in (("On", 1), ("Off", 999), (f"Only {msi.properties['ProductVersion']}", 999)):
            msi.add("Feature", (name, None, None, None, 1, level, None, 0))
            msi.component(name, feature=name, key_path=name).file(name, b"x", name)
        return msi

    bench.install(with_options(version("1.0.0")), "ADDLOCAL=Main,Off")

    assert 0 == bench.install(with_options(version("2.0.0", NEW, removes_at=EARLY)))

    assert ["common.txt", "Off", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))


def test_maintenance_finds_and_removes_nothing(bench: Bench) -> None:
    """An installed product is not upgraded again when it is repaired or removed."""
    bench.install(version("1.0.0"))
    bench.install(version("2.0.0", NEW, removes_at=WITHIN))
    bench.put(version("1.0.0"), "old.msi")
    bench.run("msiexec /i old.msi /qn")

    assert 0 == bench.run(f"msiexec /f {NEW} /qn")
    assert bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")


def test_registration_with_gaps(bench: Bench) -> None:
    """Names below an upgrade code that are no products, and products that are not listed, are passed over."""
    bench.install(version("1.0.0"))
    key = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\Installer\UpgradeCodes\AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE")
    for name in ("nonsense", "0" * 32):
        bench.machine.registry.set(key, name, RegistryValue.of(""))
    listed = RegistryPath.parse(rf"HKLM\SOFTWARE\Classes\Installer\Products\{PACKED}")
    bench.machine.registry.set(listed, "Language", RegistryValue.of("odd"))
    details = rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\{PACKED}"
    bench.machine.registry.delete_value(RegistryPath.parse(rf"{details}\InstallProperties"), "DisplayVersion")

    assert 0 == bench.install(version("2.0.0", NEW, removes_at=EARLY))
    assert ["common.txt", "only-2.0.0.txt"] == list(bench.machine.files.names(FOLDER))


def test_product_without_an_upgrade_code(bench: Bench) -> None:
    """A package need not have one; its registration goes as well when its copy was never noted."""
    msi = version("1.0.0")
    del msi.properties["UpgradeCode"]
    bench.install(msi)
    details = rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\{PACKED}"
    bench.machine.registry.delete_value(RegistryPath.parse(rf"{details}\InstallProperties"), "LocalPackage")

    assert 0 == bench.run(f"msiexec /x {PRODUCT_CODE} /qn")
    assert not bench.has_key(rf"{UNINSTALL}\{PRODUCT_CODE}")


def test_code_that_is_gone_by_then(bench: Bench) -> None:
    """A code in the property that is not installed is passed over."""
    msi = version("2.0.0", NEW, removes_at=EARLY)

    assert 0 == bench.install(msi, f"OLDER={PRODUCT_CODE};nonsense")


def test_upgrade_code_that_is_no_guid(bench: Bench) -> None:
    """A broken upgrade code ends the installation."""
    msi = Msi().add("Upgrade", ("nonsense", None, "1.0", None, 0, None, "OLDER"))

    assert 1603 == bench.install(msi)

    other = Msi()
    other.properties["UpgradeCode"] = "nonsense"
    assert 1603 == bench.install(other)
    assert all("2725" in failure for failure in bench.failures())


def test_lower_file_version_is_lost_in_an_early_upgrade(bench: Bench, versioned) -> None:
    """The known trap: a key file with a lower version is not installed, and then goes with the old product."""
    old, new = version("1.0.0"), version("2.0.0", NEW, removes_at=EARLY)
    old.component("Tool", key_path="t.exe").file("t.exe", versioned(5, 0, 0, 0), "Tool", version="5.0.0.0")
    new.component("Tool", key_path="t.exe").file("t.exe", versioned(4, 0, 0, 0), "Tool", version="4.0.0.0")
    bench.install(old)

    assert 0 == bench.install(new)

    assert not bench.machine.files.exists(rf"{FOLDER}\t.exe")
