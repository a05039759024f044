"""The properties an installation starts with.

Source: learn.microsoft.com, "Property Reference" and "Order of Property Precedence": what Windows
says stands above the command line, and that above the Property table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from harness.emulator.msi.commandline import UiLevel
from harness.emulator.msi.folders import standard_folders
from harness.emulator.msi.products import Context, InstalledProduct
from harness.model.windows import SYSTEM, Hive, RegistryPath

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["Properties", "initial_properties", "is_privileged"]

_WINDOWS_NT: Final = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
_POLICY: Final = r"SOFTWARE\Policies\Microsoft\Windows\Installer"
_SESSION_MANAGER: Final = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")

#: Windows Installer tells packages that every Windows since 8.1 is 8.1 (from memory).
_FIXED: Final = {
    "VersionNT": "603",
    "WindowsBuild": "9600",
    "ServicePackLevel": "0",
    "ServicePackLevelMinor": "0",
    "VersionMsi": "5.00",
    "MsiNTProductType": "1",
    "MsiNTSuitePersonal": "",
    "MsiWin32AssemblySupport": "6.3.9600.16384",
    "MsiNetAssemblySupport": "4.8.9037.0",
    "RedirectedDllSupport": "2",
    "TTCSupport": "1",
    "ShellAdvtSupport": "1",
    "OLEAdvtSupport": "1",
    "GPTSupport": "1",
    "Intel": "6",
    "SystemLanguageID": "1033",
    "UserLanguageID": "1033",
    "ScreenX": "1024",
    "ScreenY": "768",
    "ColorBits": "32",
    "TextHeight": "16",
    "TextInternalLeading": "3",
    "BorderTop": "1",
    "BorderSide": "1",
    "CaptionHeight": "19",
    "ROOTDRIVE": "C:\\",
}


class Properties(Mapping[str, str]):
    """Properties by name, with regard to case; one that is set to nothing is gone."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value}

    def set(self, name: str, value: str) -> None:
        """Set a property; an empty value removes it."""
        if value:
            self._values[name] = value
        else:
            self._values.pop(name, None)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def initial_properties(
    run: ProgramRun,
    *,
    given: Mapping[str, str],
    table: Mapping[str, str],
    package: str,
    ui: UiLevel,
    product: InstalledProduct | None,
) -> Properties:
    """Return the properties before the first action.

    Args:
        run: the msiexec process.
        given: those of the command line.
        table: the Property table.
        package: the full path of the MSI.
        ui: how much is shown.
        product: what is installed; its context is kept whatever ALLUSERS says.
    """
    values = {**_FIXED, **table, **given, **_of_windows(run), **_of_session(run)}
    values["UILevel"] = str(int(ui))
    values["ACTION"] = "INSTALL"
    values["DATABASE"] = values["OriginalDatabase"] = package
    values["SourceDir"] = values["SOURCEDIR"] = package[: package.rfind("\\") + 1]
    values["CURRENTDIRECTORY"] = run.working_directory
    values["CLIENTUILEVEL"] = {UiLevel.NONE: "3", UiLevel.BASIC: "2", UiLevel.REDUCED: "1"}.get(ui, "0")
    values["CLIENTPROCESSID"] = str(run.info.pid)
    if product:
        now = run.machine.clock.local_now()
        values |= {"Installed": f"{now:%Y/%m/%d %H:%M:%S}", "ProductState": "5"}
        values["ALLUSERS"] = "1" if product.owner.context is Context.MACHINE else ""
    else:
        values["ProductState"] = "-1"
    _choose_context(values)
    is_per_machine = values.get("ALLUSERS") == "1"
    facts = run.machine.facts
    folders = standard_folders(
        run.machine.environment(SYSTEM, 64 if facts.is_64_bit else 32),
        run.machine.environment(run.info.account, 64 if facts.is_64_bit else 32),
        is_per_machine=is_per_machine,
        is_64_bit_windows=facts.is_64_bit,
    )
    if values.get("MSIINSTALLPERUSER") == "1" and not is_per_machine:
        _put_programs_below_profile(folders)
    return Properties({**values, **folders})


def is_privileged(run: ProgramRun) -> bool:
    """Return whether msiexec may change the machine: whoever has all rights, or where policy elevates every package.

    Source: learn.microsoft.com, "AlwaysInstallElevated": both the machine's and the user's value must be 1.
    """
    machine = RegistryPath(Hive.HKLM, _POLICY)
    user = RegistryPath(Hive.HKU, rf"{run.info.account.sid}\{_POLICY}")
    values = [run.machine.registry.get(key, "AlwaysInstallElevated") for key in (machine, user)]
    return run.token.has_all_rights or all(value is not None and value.data == 1 for value in values)


def _choose_context(values: dict[str, str]) -> None:
    """Settle ALLUSERS=2: MSIINSTALLPERUSER decides (learn.microsoft.com, "ALLUSERS")."""
    if values.get("ALLUSERS") == "2":
        values["ALLUSERS"] = "" if values.get("MSIINSTALLPERUSER") == "1" else "1"


def _put_programs_below_profile(folders: dict[str, str]) -> None:
    programs = folders["LocalAppDataFolder"] + "Programs\\"
    for name in ("ProgramFilesFolder", "ProgramFiles64Folder"):
        if name in folders:
            folders[name] = programs
    for name in ("CommonFilesFolder", "CommonFiles64Folder"):
        if name in folders:
            folders[name] = programs + "Common\\"


def _of_windows(run: ProgramRun) -> dict[str, str]:
    facts = run.machine.facts
    owner = run.machine.registry.get(_WINDOWS_NT, "RegisteredOwner")
    company = run.machine.registry.get(_WINDOWS_NT, "RegisteredOrganization")
    pending = run.machine.registry.get(_SESSION_MANAGER, "PendingFileRenameOperations")
    return {
        "ComputerName": facts.name,
        "PhysicalMemory": str(facts.memory_mb),
        "VirtualMemory": str(facts.memory_mb * 2),
        "VersionNT64": "603" if facts.is_64_bit else "",
        "Msix64": "6" if facts.architecture == "x64" else "",
        "MsiAMD64": "6" if facts.architecture == "x64" else "",
        "Arm64": "1" if facts.architecture == "arm64" else "",
        "USERNAME": str(owner) if owner else "",
        "COMPANYNAME": str(company) if company else "",
        "MsiSystemRebootPending": "1" if pending and pending.data else "",
    }


def _of_session(run: ProgramRun) -> dict[str, str]:
    account, now = run.info.account, run.machine.clock.local_now()
    elevated = "1" if is_privileged(run) else ""
    return {
        "LogonUser": account.name,
        "UserSID": account.sid,
        "AdminUser": elevated,
        "Privileged": elevated,
        "MsiRunningElevated": elevated,
        "MsiTrueAdminUser": "1" if account.is_administrator else "",
        "RemoteAdminTS": "1",
        **_moment(now),
    }


def _moment(now: datetime) -> dict[str, str]:
    return {"Date": f"{now.month}/{now.day}/{now.year}", "Time": f"{now:%H:%M:%S}"}
