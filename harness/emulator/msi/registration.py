r"""What Windows remembers of an installed product: RegisterUser, RegisterProduct, PublishProduct.

The values and where they come from: learn.microsoft.com, "Uninstall Registry Key", compared with
registries that msiexec wrote. The product's own keys are in the 64-bit view, the entry in the list of programs in the
view of the package.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Final

from harness.emulator.msi.features import State
from harness.emulator.msi.icons import icon_path, plan_icon_removal, plan_icons
from harness.emulator.msi.numbers import parse_number, parse_version
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.products import Owner
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.formats.guids import pack_guid
from harness.model.files import FileVersion
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["register_user", "register_product", "publish_product", "plan_unregistration"]

_UPGRADE_CODES: Final = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UpgradeCodes")

#: Value of the uninstall entry -> the property it comes from; always there, empty when the property is.
_TEXTS: Final = {
    "AuthorizedCDFPrefix": "ARPAUTHORIZEDCDFPREFIX",
    "Comments": "ARPCOMMENTS",
    "Contact": "ARPCONTACT",
    "DisplayVersion": "ProductVersion",
    "HelpLink": "ARPHELPLINK",
    "HelpTelephone": "ARPHELPTELEPHONE",
    "InstallLocation": "ARPINSTALLLOCATION",
    "InstallSource": "SourceDir",
    "Publisher": "Manufacturer",
    "Readme": "ARPREADME",
    "Size": "ARPSIZE",
    "URLInfoAbout": "ARPURLINFOABOUT",
    "URLUpdateInfo": "ARPURLUPDATEINFO",
    "DisplayName": "ProductName",
}
_EXPANDABLE: Final = ("HelpLink",)
#: Value -> the property that makes it 1.
_FLAGS: Final = {
    "NoModify": "ARPNOMODIFY",
    "NoRemove": "ARPNOREMOVE",
    "NoRepair": "ARPNOREPAIR",
    "SystemComponent": "ARPSYSTEMCOMPONENT",
}
_ADVERTISE_FLAGS, _DEPLOYMENT_FLAGS = 0x184, 3


def register_user(session: Session, step: Step) -> None:
    """Remember who the product is registered to."""
    if session.product:
        return
    key = session.owner.product(session.product_code).child("InstallProperties")
    values = {
        "RegOwner": RegistryValue.of(session.properties.get("USERNAME", "")),
        "RegCompany": RegistryValue.of(session.properties.get("COMPANYNAME", "")),
        "ProductID": RegistryValue.of(session.properties.get("ProductID", "none")),
    }
    step.add("UserRegister()", partial(_set_all, key, values))


def register_product(session: Session, step: Step) -> None:
    """Keep the package, and make the entry in the list of programs."""
    if session.product:
        return
    code, owner = session.product_code, session.owner
    package = _local_package(session)
    values = _uninstall_values(session)
    product = owner.product(code)
    step.add(f"DatabaseCopy(CachedDatabase={package})", partial(_copy_package, session, package))
    step.add(
        f"ProductRegister(Guid={code})",
        partial(
            _set_all,
            product.child("InstallProperties"),
            {**values, "LocalPackage": RegistryValue.of(package), "WindowsInstaller": RegistryValue.of(1)},
        ),
    )
    no_patches = {"AllPatches": RegistryValue(RegistryType.REG_MULTI_SZ, ())}
    step.add("RegisterPatches()", partial(_set_all, product.child("Patches"), no_patches))
    for name in ("Usage", "Transforms"):
        step.add(f"RegisterProductKey(Key={name})", partial(_create_key, product.child(name)))
    entry = owner.uninstall.child(session.properties["ProductCode"])
    step.add(f"ProductCPDisplayInfoRegister(Key={entry.short})", partial(_set_all, entry, values, view=session.view))


def publish_product(session: Session, step: Step) -> None:
    """List the product where Windows Installer finds it, with its source and its upgrade code."""
    if session.product:
        return
    code, owner = session.product_code, session.owner
    listed = owner.advertised.child("Products").child(pack_guid(code))
    folder = session.properties["SourceDir"]
    plan_icons(session, step)
    step.add(f"ProductPublish(Guid={code})", partial(_set_all, listed, _listed_values(session)))
    sources = listed.child("SourceList")
    network = RegistryValue(RegistryType.REG_EXPAND_SZ, folder)
    last = RegistryValue(RegistryType.REG_EXPAND_SZ, f"n;1;{folder}")
    file_name = session.properties["DATABASE"].rpartition("\\")[2]
    media = {
        row.text("DiskId"): RegistryValue.of(f"{row.text('VolumeLabel')};{row.text('DiskPrompt')}")
        for row in session.rows("Media")
    }
    for name in ("DiskPrompt", "MediaPackage"):
        media[name] = RegistryValue.of(session.properties.get(name, ""))
    for key, values in (
        (sources, {"PackageName": RegistryValue.of(file_name), "LastUsedSource": last}),
        (sources.child("Net"), {"1": network}),
        (sources.child("Media"), media),
    ):
        step.add(f"SourceListPublish(Key={key.name})", partial(_set_all, key, values))
    if upgrade_code := session.properties.get("UpgradeCode"):
        for key in _upgrade_keys(owner, _packed(upgrade_code)):
            own = {pack_guid(code): RegistryValue.of("")}
            step.add(f"UpgradeCodePublish(UpgradeCode={upgrade_code})", partial(_set_all, key, own))


def plan_unregistration(session: Session, step: Step) -> None:
    """Forget the product, its package and its entry in the list of programs."""
    code, owner = session.product_code, session.owner
    packed = pack_guid(code)
    assert session.product is not None, "callers look first"
    plan_icon_removal(session, step)
    if package := session.product.local_package:
        step.add(f"FileRemove(FileName={package})", lambda to: to.delete_later(package))
    entry = owner.uninstall.child(code)
    step.add(f"ProductCPDisplayInfoUnregister(Key={entry.short})", lambda to: to.delete_key(entry, session.view))
    for key in (
        owner.product(code),
        owner.advertised.child("Products").child(packed),
        owner.advertised.child("Features").child(packed),
    ):
        step.add(f"ProductUnpublish(Key={key.short})", partial(_delete_key, key))
    if upgrade_code := session.properties.get("UpgradeCode"):
        for key in _upgrade_keys(owner, _packed(upgrade_code)):
            step.add(f"UpgradeCodeUnpublish(Key={key.short})", partial(_forget_upgrade_code, key, packed))


def _forget_upgrade_code(key: RegistryPath, packed: str, to: Transaction) -> None:
    to.delete_value(key, packed)
    to.delete_empty_key(key)


def _uninstall_values(session: Session) -> dict[str, RegistryValue]:
    properties, code = session.properties, session.properties["ProductCode"]
    values = {}
    for name, source in _TEXTS.items():
        text = properties.get(source, "")
        is_expandable = name in _EXPANDABLE and text
        values[name] = RegistryValue(RegistryType.REG_EXPAND_SZ if is_expandable else RegistryType.REG_SZ, text)
    switch = "X" if properties.get("ARPNOMODIFY") else "I"
    version = parse_version(properties.get("ProductVersion", "")) or FileVersion()
    numbers = {
        "EstimatedSize": _estimated_size(session),
        "Language": _language(session),
        "Version": _packed_version(version),
        "VersionMajor": version.major & 0xFF,
        "VersionMinor": version.minor & 0xFF,
        "WindowsInstaller": 1,
        **{name: 1 for name, source in _FLAGS.items() if properties.get(source)},
    }
    values["InstallDate"] = RegistryValue.of(f"{session.machine.clock.local_now():%Y%m%d}")
    values["ModifyPath"] = RegistryValue(RegistryType.REG_EXPAND_SZ, f"MsiExec.exe /I{code}")
    values["UninstallString"] = RegistryValue(RegistryType.REG_EXPAND_SZ, f"MsiExec.exe /{switch}{code}")
    if icon := properties.get("ARPPRODUCTICON"):
        values["DisplayIcon"] = RegistryValue.of(icon_path(session, icon))
    if settings := properties.get("MSIARPSETTINGSIDENTIFIER"):
        values["SettingsIdentifier"] = RegistryValue.of(settings)
    return {**values, **{name: RegistryValue.of(number) for name, number in numbers.items()}}


def _listed_values(session: Session) -> dict[str, RegistryValue]:
    properties = session.properties
    version = parse_version(properties.get("ProductVersion", "")) or FileVersion()
    values: dict[str, RegistryValue] = {
        "ProductName": RegistryValue.of(session.product_name),
        "PackageCode": RegistryValue.of(_packed(session.database.package_code)),
        "Language": RegistryValue.of(_language(session)),
        "Version": RegistryValue.of(_packed_version(version)),
        "Assignment": RegistryValue.of(int(session.is_per_machine)),
        "AdvertiseFlags": RegistryValue.of(_ADVERTISE_FLAGS),
        "InstanceType": RegistryValue.of(0),
        "AuthorizedLUAApp": RegistryValue.of(0),
        "DeploymentFlags": RegistryValue.of(_DEPLOYMENT_FLAGS),
        "Clients": RegistryValue(RegistryType.REG_MULTI_SZ, (":",)),
    }
    if icon := properties.get("ARPPRODUCTICON"):
        values["ProductIcon"] = RegistryValue.of(icon_path(session, icon))
    return values


def _estimated_size(session: Session) -> int:
    """Return the size of what is installed in kilobytes, rounded up; Windows counts disk clusters (a guess)."""
    installed = (
        row.number("FileSize")
        for row in session.rows("File")
        if session.component(row.text("Component_"), "File").action is State.LOCAL
    )
    return min(max(-(-sum(installed) // 1024), 0), 0xFFFFFFFF)


def _language(session: Session) -> int:
    return parse_number(session.properties.get("ProductLanguage", "")) & 0xFFFF


def _packed_version(version: FileVersion) -> int:
    return (version.major & 0xFF) << 24 | (version.minor & 0xFF) << 16 | version.build & 0xFFFF


def _packed(guid: str) -> str:
    try:
        return pack_guid(guid)
    except ValueError as error:
        raise InstallFailure(f"Invalid database tables: {error}.", number=2725) from None


def _upgrade_keys(owner: Owner, packed: str) -> tuple[RegistryPath, ...]:
    return owner.advertised.child("UpgradeCodes").child(packed), _UPGRADE_CODES.child(packed)


def _local_package(session: Session) -> str:
    """Return a free name for the kept package; Windows takes a random one, this follows from the package."""
    folder = rf"{session.properties['WindowsFolder']}Installer"
    digest = hashlib.sha256((session.product_code + session.database.package_code).encode()).hexdigest()
    names = (rf"{folder}\{digest[at : at + 5]}.msi" for at in range(len(digest)))
    return next((name for name in names if not session.machine.files.exists(name)), rf"{folder}\{digest}.msi")


def _copy_package(session: Session, package: str, to: Transaction) -> None:
    with session.run.files.open(session.properties["DATABASE"]) as stream:
        to.make_folder(package.rpartition("\\")[0])
        to.write_file(package, iter(lambda: stream.read(1 << 20), b""))


def _set_all(key: RegistryPath, values: dict[str, RegistryValue], to: Transaction, view: View = View.VIEW_64) -> None:
    for name, value in values.items():
        to.set_value(key, name, value, view)


def _create_key(key: RegistryPath, to: Transaction) -> None:
    to.create_key(key)


def _delete_key(key: RegistryPath, to: Transaction) -> None:
    to.delete_key(key)
