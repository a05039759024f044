r"""The `SOFTWARE` hive of a freshly installed Windows, as far as software looks at it.

Source: learn.microsoft.com for builds, revisions and .NET's release numbers (see `baseline_releases`). The other values
are from memory of such machines (Windows 10 22H2, Windows 11 23H2 and 24H2, Windows Server 2022); what was not certain
was left out. Values that are random on a real machine follow from its name and its seed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from harness.emulator.baseline_data import Data, Keys, expand
from harness.emulator.baseline_releases import edition_of, release_of
from harness.emulator.baseline_users import sid_bytes
from harness.model.windows import (
    LOCAL_SERVICE,
    NETWORK_SERVICE,
    SYSTEM,
    Architecture,
    MachineFacts,
    RegistryType,
    RegistryValue,
)

__all__ = ["software_keys", "software_keys_32_bit", "named_software_keys"]

_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_WINDOWS_NT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_LAB_NAMES = {Architecture.X86: "x86fre", Architecture.X64: "amd64fre", Architecture.ARM64: "arm64fre"}
_PROGRAMS = r"C:\Program Files"
_PROGRAMS_32 = r"C:\Program Files (x86)"
_PROGRAMS_ARM = r"C:\Program Files (Arm)"

#: Keys with nothing in them, or nothing that is known, in both halves.
_EMPTY = (
    *(rf"{_WINDOWS}\{name}" for name in ("App Paths", "Explorer", "Installer", "Run", "RunOnce", "Uninstall")),
    rf"{_WINDOWS_NT}\Image File Execution Options",
    *(rf"SOFTWARE\Classes\{name}" for name in ("CLSID", "Interface")),
    r"SOFTWARE\ODBC\ODBCINST.INI",
)
#: The same, in the half of Windows itself.
_EMPTY_NATIVE = (
    rf"{_WINDOWS}\Group Policy",
    *(rf"{_WINDOWS}\Installer\{name}" for name in ("Folders", "UpgradeCodes")),
    *(rf"{_WINDOWS}\Installer\UserData\S-1-5-18\{name}" for name in ("Components", "Patches", "Products")),
    rf"{_WINDOWS}\Component Based Servicing",
    rf"{_WINDOWS}\WindowsUpdate\Auto Update",
    rf"{_WINDOWS_NT}\Schedule\TaskCache\Tasks",
    rf"{_WINDOWS_NT}\Schedule\TaskCache\Tree",
    *(rf"SOFTWARE\Classes\{name}" for name in ("AppID", "TypeLib")),
    *(rf"SOFTWARE\Classes\Installer\{name}" for name in ("Features", "Products", "UpgradeCodes")),
    r"SOFTWARE\Clients",
    r"SOFTWARE\Policies\Microsoft\Windows",
    r"SOFTWARE\RegisteredApplications",
)

#: The folders that everybody shares, by the name the shell gives them: below ProgramData, and below Public.
_MENU = r"Microsoft\Windows\Start Menu"
_COMMON_DATA = {
    "Common AppData": "", "Common Programs": rf"\{_MENU}\Programs", "Common Start Menu": rf"\{_MENU}",
    "Common Startup": rf"\{_MENU}\Programs\Startup", "Common Templates": r"\Microsoft\Windows\Templates",
}  # fmt: skip
_COMMON_PUBLIC = {
    "Common Desktop": r"\Desktop", "Common Documents": r"\Documents", "CommonMusic": r"\Music",
    "CommonPictures": r"\Pictures", "CommonVideo": r"\Videos",
}  # fmt: skip
_SHELL_FOLDERS: Keys = {
    rf"{_WINDOWS}\Explorer\Shell Folders": {
        **{name: rf"C:\ProgramData{below}" for name, below in _COMMON_DATA.items()},
        **{name: rf"C:\Users\Public{below}" for name, below in _COMMON_PUBLIC.items()},
    },
    rf"{_WINDOWS}\Explorer\User Shell Folders": {
        **{name: expand(f"%ProgramData%{below}") for name, below in _COMMON_DATA.items()},
        **{name: expand(f"%PUBLIC%{below}") for name, below in _COMMON_PUBLIC.items()},
    },
}


def software_keys(facts: MachineFacts, installed: datetime) -> Keys:
    """Return the keys below HKLM of a machine that was installed at that time; nothing depends on its name.

    Raises:
        NotEmulated: for a build or an edition of which it is not known what its registry says.
    """
    return {
        **{key: {} for key in (*_EMPTY, *_EMPTY_NATIVE)},
        _WINDOWS_NT: _version_values(facts, installed),
        _WINDOWS: _folders(facts),
        rf"{_WINDOWS}\Policies\System": {
            "EnableLUA": 1, "ConsentPromptBehaviorAdmin": 5, "ConsentPromptBehaviorUser": 3, "PromptOnSecureDesktop": 1,
        },
        rf"{_WINDOWS_NT}\Winlogon": {
            "Shell": "explorer.exe", "Userinit": r"C:\Windows\system32\userinit.exe,", "AutoAdminLogon": "0",
        },
        **_SHELL_FOLDERS,
        **_profile_keys(),
        **_dot_net_keys(facts, "Framework64" if facts.is_64_bit else "Framework"),
    }  # fmt: skip


def software_keys_32_bit(facts: MachineFacts, installed: datetime) -> Keys:
    """Return the keys of the 32-bit half, named as a 32-bit program names them."""
    return {
        **{key: {} for key in _EMPTY},
        _WINDOWS_NT: _version_values(facts, installed),
        _WINDOWS: {
            **_program_folders(_PROGRAMS_32),
            "ProgramW6432Dir": _PROGRAMS,
            "CommonW6432Dir": rf"{_PROGRAMS}\Common Files",
            "DevicePath": expand(r"%SystemRoot%\inf"),
        },
        **_SHELL_FOLDERS,
        **_dot_net_keys(facts, "Framework"),
    }


def named_software_keys(facts: MachineFacts, seed: int) -> Keys:
    """Return the keys below HKLM that tell one computer from another."""
    ids = {name: uuid.uuid5(uuid.NAMESPACE_DNS, _label(name, facts, seed)) for name in ("machine", "client", "product")}
    digits = str(ids["product"].int)[:5]
    return {
        r"SOFTWARE\Microsoft\Cryptography": {"MachineGuid": str(ids["machine"])},
        r"SOFTWARE\Microsoft\SQMClient": {"MachineId": f"{{{str(ids['client']).upper()}}}"},
        _WINDOWS_NT: {"ProductId": f"{'00454' if release_of(facts).is_server else '00330'}-80000-00000-AA{digits[:3]}"},
    }


def _label(what: str, facts: MachineFacts, seed: int) -> str:
    return f"{what}.{facts.name.lower()}.{seed}.ime-harness.invalid"


def _version_values(facts: MachineFacts, installed: datetime) -> Mapping[str, Data]:
    release, edition = release_of(facts), edition_of(facts)
    build, lab = release.lab_build, f"{release.branch}.{release.lab}"
    since_1601 = installed - datetime(1601, 1, 1, tzinfo=installed.tzinfo)
    return {
        "SystemRoot": r"C:\Windows",
        "BaseBuildRevisionNumber": 1,
        "BuildBranch": release.branch,
        "BuildLab": f"{build}.{lab}",
        "BuildLabEx": f"{build}.1.{_LAB_NAMES[facts.architecture]}.{lab}",
        "CompositionEditionID": edition.composition,
        "CurrentBuild": str(facts.build),
        "CurrentBuildNumber": str(facts.build),
        "CurrentMajorVersionNumber": 10,
        "CurrentMinorVersionNumber": 0,
        "CurrentType": "Multiprocessor Free",
        "CurrentVersion": "6.3",
        "EditionID": facts.edition,
        "EditionSubManufacturer": "",
        "EditionSubstring": "",
        "EditionSubVersion": "",
        "InstallationType": "Server" if release.is_server else "Client",
        "InstallDate": int(installed.timestamp()),
        "ProductName": edition.product,
        "ReleaseId": release.release_id,
        "SoftwareType": "System",
        "UBR": facts.revision,
        "PathName": r"C:\Windows",
        "PendingInstall": 0,
        "RegisteredOwner": "user",
        "RegisteredOrganization": "",
        "InstallTime": RegistryValue(RegistryType.REG_QWORD, since_1601 // timedelta(microseconds=1) * 10),
        **({"DisplayVersion": release.display_version} if release.display_version else {}),
    }


def _folders(facts: MachineFacts) -> Mapping[str, Data]:
    folders: dict[str, Data] = {
        **_program_folders(_PROGRAMS),
        "DevicePath": expand(r"%SystemRoot%\inf"),
        "MediaPathUnexpanded": expand(r"%SystemRoot%\Media"),
        "ProgramFilesPath": expand("%ProgramFiles%"),
        "SM_ConfigureProgramsName": "Set Program Access and Defaults",
        "SM_GamesName": "Games",
    }
    if facts.is_64_bit:
        folders |= _program_folders(_PROGRAMS_32, " (x86)")
        folders |= {"ProgramW6432Dir": _PROGRAMS, "CommonW6432Dir": rf"{_PROGRAMS}\Common Files"}
    if facts.architecture is Architecture.ARM64:
        folders |= _program_folders(_PROGRAMS_ARM, " (Arm)")
    return folders


def _profile_keys() -> Keys:
    profiles = rf"{_WINDOWS_NT}\ProfileList"
    places = {
        SYSTEM.sid: r"%systemroot%\system32\config\systemprofile",
        LOCAL_SERVICE.sid: r"%systemroot%\ServiceProfiles\LocalService",
        NETWORK_SERVICE.sid: r"%systemroot%\ServiceProfiles\NetworkService",
    }
    return {
        profiles: {
            "Default": expand(r"%SystemDrive%\Users\Default"),
            "ProfilesDirectory": expand(r"%SystemDrive%\Users"),
            "ProgramData": expand(r"%SystemDrive%\ProgramData"),
            "Public": expand(r"%SystemDrive%\Users\Public"),
        },
        **{
            rf"{profiles}\{sid}": {
                "ProfileImagePath": expand(place), "Flags": 12, "State": 0, "RefCount": 1, "Sid": sid_bytes(sid),
            }
            for sid, place in places.items()
        },
    }  # fmt: skip


def _dot_net_keys(facts: MachineFacts, folder: str) -> Keys:
    release, version = release_of(facts).dot_net
    values: Mapping[str, Data] = {
        "Install": 1, "Release": release, "Version": version, "TargetVersion": "4.0.0", "Servicing": 0,
    }  # fmt: skip
    setup = r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4"
    return {
        rf"{setup}\Full": {**values, "InstallPath": rf"C:\Windows\Microsoft.NET\{folder}\v4.0.30319" "\\"},
        rf"{setup}\Client": values,
    }


def _program_folders(programs: str, suffix: str = "") -> dict[str, Data]:
    return {f"ProgramFilesDir{suffix}": programs, f"CommonFilesDir{suffix}": rf"{programs}\Common Files"}
