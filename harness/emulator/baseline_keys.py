r"""The registry of a freshly installed Windows, as far as software looks at it.

Sources: learn.microsoft.com, "Windows 10/11 release information" for builds and revisions, ".NET Framework versions and
dependencies" for .NET's release numbers. The other values are from memory of such machines (Windows 10 22H2, Windows 11
23H2 and 24H2); what was not certain was left out. Values that are random on a real machine follow from its name.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from harness.errors import NotEmulated
from harness.model.windows import Account, Architecture, MachineFacts, RegistryType, RegistryValue

__all__ = ["Data", "Keys", "machine_keys", "machine_keys_32_bit", "user_keys", "profile_key"]

#: What a value may be written as here; the type is the one that is expected for it.
Data = str | int | bytes | tuple[str, ...] | RegistryValue

#: Values by name, by the key below its hive.
Keys = Mapping[str, Mapping[str, Data]]

_WINDOWS = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_WINDOWS_NT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_CONTROL = r"SYSTEM\CurrentControlSet\Control"


@dataclass(frozen=True, slots=True)
class _Release:
    """What follows from a build number."""

    display_version: str
    lab_build: int
    branch: str
    lab: str
    release_id: str = "2009"
    #: NDP\v4\Full Release, and its version.
    dot_net: tuple[int, str] = (528372, "4.8.04084")


def _vb(display_version: str, release_id: str = "2009") -> _Release:
    return _Release(display_version, 19041, "vb_release", "191206-1406", release_id)


_NET_4_8_1 = (533320, "4.8.09032")
_RELEASES = {
    19041: _vb("", "2004"),
    19042: _vb("20H2"),
    19043: _vb("21H1"),
    19044: _vb("21H2"),
    19045: _vb("22H2"),
    22000: _Release("21H2", 22000, "co_release", "210604-1628", dot_net=(528449, "4.8.04161")),
    22621: _Release("22H2", 22621, "ni_release", "220506-1250", dot_net=_NET_4_8_1),
    22631: _Release("23H2", 22621, "ni_release", "220506-1250", dot_net=_NET_4_8_1),
    26100: _Release("24H2", 26100, "ge_release", "240331-1435", dot_net=_NET_4_8_1),
    26200: _Release("25H2", 26100, "ge_release", "240331-1435", dot_net=(533509, "4.8.09221")),
}

#: EditionID -> what ProductName says after "Windows 10", and CompositionEditionID.
_EDITIONS = {
    "Core": ("Home", "Core"),
    "Professional": ("Pro", "Enterprise"),
    "ProfessionalWorkstation": ("Pro for Workstations", "Enterprise"),
    "Education": ("Education", "Enterprise"),
    "Enterprise": ("Enterprise", "Enterprise"),
    "EnterpriseS": ("Enterprise LTSC", "EnterpriseS"),
    "IoTEnterprise": ("IoT Enterprise", "Enterprise"),
    "ServerRdsh": ("Enterprise multi-session", "Enterprise"),
}

#: IANA zone -> the name Windows has for it (Unicode CLDR, windowsZones); other zones go without a name.
_ZONES = {
    "UTC": "UTC",
    "Etc/UTC": "UTC",
    "Europe/London": "GMT Standard Time",
    "Europe/Dublin": "GMT Standard Time",
    "Europe/Berlin": "W. Europe Standard Time",
    "Europe/Amsterdam": "W. Europe Standard Time",
    "Europe/Rome": "W. Europe Standard Time",
    "Europe/Stockholm": "W. Europe Standard Time",
    "Europe/Vienna": "W. Europe Standard Time",
    "Europe/Zurich": "W. Europe Standard Time",
    "Europe/Paris": "Romance Standard Time",
    "Europe/Madrid": "Romance Standard Time",
    "Europe/Brussels": "Romance Standard Time",
    "Europe/Copenhagen": "Romance Standard Time",
    "Europe/Warsaw": "Central European Standard Time",
    "Europe/Prague": "Central Europe Standard Time",
    "Europe/Helsinki": "FLE Standard Time",
    "America/New_York": "Eastern Standard Time",
    "America/Chicago": "Central Standard Time",
    "America/Denver": "Mountain Standard Time",
    "America/Los_Angeles": "Pacific Standard Time",
    "America/Sao_Paulo": "E. South America Standard Time",
    "Asia/Kolkata": "India Standard Time",
    "Asia/Shanghai": "China Standard Time",
    "Asia/Singapore": "Singapore Standard Time",
    "Asia/Tokyo": "Tokyo Standard Time",
    "Australia/Sydney": "AUS Eastern Standard Time",
}

_PROCESSORS = {Architecture.X86: "x86", Architecture.X64: "AMD64", Architecture.ARM64: "ARM64"}
_LAB_NAMES = {Architecture.X86: "x86fre", Architecture.X64: "amd64fre", Architecture.ARM64: "arm64fre"}


def machine_keys(facts: MachineFacts, installed: datetime) -> Keys:
    """Return the keys below HKLM of a machine that was installed at that time.

    Raises:
        NotEmulated: for a build or an edition of which it is not known what its registry says.
    """
    return {
        _WINDOWS_NT: _version_values(facts, installed),
        **_windows_keys(facts),
        **_system_keys(facts, installed),
        **_hardware_keys(facts),
        **_dot_net_keys(facts),
    }


def machine_keys_32_bit(facts: MachineFacts, installed: datetime) -> Keys:
    """Return the keys of the 32-bit half, named as a 32-bit program names them."""
    programs = _program_folders(r"C:\Program Files (x86)")
    return {
        _WINDOWS_NT: _version_values(facts, installed),
        _WINDOWS: {
            **programs,
            "ProgramW6432Dir": r"C:\Program Files",
            "CommonW6432Dir": r"C:\Program Files\Common Files",
        },
        **{rf"{_WINDOWS}\{name}": {} for name in ("Explorer", "Installer", "Run", "RunOnce", "Uninstall")},
        **{rf"SOFTWARE\Classes\{name}": {} for name in ("CLSID", "Interface")},
        **_dot_net_keys(facts),
    }


def user_keys(temporary: str = r"%USERPROFILE%\AppData\Local\Temp") -> Keys:
    """Return the keys below a user's hive."""
    software = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
    return {
        "Environment": {
            "Path": _expand(r"%USERPROFILE%\AppData\Local\Microsoft\WindowsApps;"),
            "TEMP": _expand(temporary),
            "TMP": _expand(temporary),
        },
        **{rf"{software}\{name}": {} for name in ("Explorer", "Policies", "Run", "RunOnce", "Uninstall")},
        r"Control Panel\International": {
            "Locale": "00000409", "LocaleName": "en-US", "sLanguage": "ENU", "sCountry": "United States",
            "iCountry": "1", "sShortDate": "M/d/yyyy", "sLongDate": "dddd, MMMM d, yyyy", "sShortTime": "h:mm tt",
            "sTimeFormat": "h:mm:ss tt", "iFirstDayOfWeek": "6", "sDecimal": ".", "sThousand": ",", "sList": ",",
            "iMeasure": "1", "sCurrency": "$",
        },
        r"Control Panel\International\Geo": {"Nation": "244", "Name": "US"},
        r"Control Panel\International\User Profile": {"Languages": ("en-US",)},
    }  # fmt: skip


def profile_key(account: Account) -> tuple[str, Mapping[str, Data]]:
    """Return the key below HKLM that says where an account's profile is, and its values."""
    values: Mapping[str, Data] = {
        "ProfileImagePath": _expand(account.profile),
        "Flags": 0,
        "State": 0,
        "FullProfile": 1,
    }
    return rf"{_WINDOWS_NT}\ProfileList\{account.sid}", values


def _version_values(facts: MachineFacts, installed: datetime) -> Mapping[str, Data]:
    release = _release_of(facts)
    if facts.edition not in _EDITIONS:
        raise NotEmulated(
            f"the edition {facts.edition!r} of Windows", where=facts.name, hint=f"use one of {', '.join(_EDITIONS)}"
        )
    product, composition = _EDITIONS[facts.edition]
    build, lab = release.lab_build, f"{release.branch}.{release.lab}"
    since_1601 = installed - datetime(1601, 1, 1, tzinfo=installed.tzinfo)
    return {
        "SystemRoot": r"C:\Windows",
        "BaseBuildRevisionNumber": 1,
        "BuildBranch": release.branch,
        "BuildLab": f"{build}.{lab}",
        "BuildLabEx": f"{build}.1.{_LAB_NAMES[facts.architecture]}.{lab}",
        "CompositionEditionID": composition,
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
        "InstallationType": "Client",
        "InstallDate": int(installed.timestamp()),
        # Windows 11 calls itself 10 here.
        "ProductName": f"Windows 10 {product}",
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


def _windows_keys(facts: MachineFacts) -> Keys:
    programs = _program_folders(r"C:\Program Files")
    if facts.is_64_bit:
        x86 = r"C:\Program Files (x86)"
        programs |= {"ProgramFilesDir (x86)": x86, "CommonFilesDir (x86)": rf"{x86}\Common Files"}
        programs |= {"ProgramW6432Dir": r"C:\Program Files", "CommonW6432Dir": r"C:\Program Files\Common Files"}
    empty = (
        *(rf"{_WINDOWS}\{name}" for name in ("App Paths", "Explorer", "Group Policy", "Run", "RunOnce", "Uninstall")),
        *(rf"{_WINDOWS}\Installer\{name}" for name in ("Folders", r"UserData\S-1-5-18\Components")),
        rf"{_WINDOWS}\Installer\UserData\S-1-5-18\Products",
        rf"{_WINDOWS}\Component Based Servicing",
        rf"{_WINDOWS}\WindowsUpdate\Auto Update",
        rf"{_WINDOWS_NT}\Image File Execution Options",
        *(rf"SOFTWARE\Classes\{name}" for name in ("AppID", "CLSID", "Interface", "TypeLib")),
        *(rf"SOFTWARE\Classes\Installer\{name}" for name in ("Features", "Products", "UpgradeCodes")),
        r"SOFTWARE\Clients",
        r"SOFTWARE\Policies\Microsoft\Windows",
        r"SOFTWARE\RegisteredApplications",
    )
    return {
        **{key: {} for key in empty},
        _WINDOWS: {
            **programs, "DevicePath": _expand(r"%SystemRoot%\inf"), "ProgramFilesPath": _expand("%ProgramFiles%"),
        },
        rf"{_WINDOWS}\Policies\System": {"EnableLUA": 1, "ConsentPromptBehaviorAdmin": 5, "PromptOnSecureDesktop": 1},
        r"SOFTWARE\Microsoft\Cryptography": {"MachineGuid": str(_id_of(facts, "machine"))},
        rf"{_WINDOWS_NT}\ProfileList": {
            "Default": _expand(r"%SystemDrive%\Users\Default"),
            "ProfilesDirectory": _expand(r"%SystemDrive%\Users"),
            "ProgramData": _expand(r"%SystemDrive%\ProgramData"),
            "Public": _expand(r"%SystemDrive%\Users\Public"),
        },
        **{
            rf"{_WINDOWS_NT}\ProfileList\{sid}": {
                "ProfileImagePath": _expand(place), "Flags": 12, "State": 0, "RefCount": 1,
            }
            for sid, place in (
                ("S-1-5-18", r"%systemroot%\system32\config\systemprofile"),
                ("S-1-5-19", r"%systemroot%\ServiceProfiles\LocalService"),
                ("S-1-5-20", r"%systemroot%\ServiceProfiles\NetworkService"),
            )
        },
    }  # fmt: skip


def _system_keys(facts: MachineFacts, installed: datetime) -> Keys:
    zone = ZoneInfo(facts.time_zone)
    offset = installed.astimezone(zone).utcoffset() or timedelta()
    summer = installed.astimezone(zone).dst() or timedelta()
    zone_name = {"TimeZoneKeyName": _ZONES[facts.time_zone]} if facts.time_zone in _ZONES else {}
    return {
        r"SYSTEM\Select": {"Current": 1, "Default": 1, "Failed": 0, "LastKnownGood": 1},
        r"SYSTEM\CurrentControlSet\Services": {},
        r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters": {
            "Hostname": facts.name, "NV Hostname": facts.name, "Domain": "",
        },
        rf"{_CONTROL}\ComputerName\ActiveComputerName": {"ComputerName": facts.name.upper()},
        rf"{_CONTROL}\ComputerName\ComputerName": {"ComputerName": facts.name.upper()},
        rf"{_CONTROL}\FileSystem": {"LongPathsEnabled": 0, "NtfsDisable8dot3NameCreation": 2},
        rf"{_CONTROL}\ProductOptions": {"ProductType": "WinNT"},
        rf"{_CONTROL}\Session Manager\Environment": _environment(facts),
        rf"{_CONTROL}\TimeZoneInformation": {
            **zone_name,
            "Bias": _minutes(summer - offset),
            "ActiveTimeBias": _minutes(-offset),
            "StandardBias": 0,
            "DaylightBias": _minutes(timedelta(hours=-1)),
            "DynamicDaylightTimeDisabled": 0,
        },
        rf"{_CONTROL}\Windows": {
            "Directory": _expand("%SystemRoot%"), "SystemDirectory": _expand(r"%SystemRoot%\system32"),
        },
    }  # fmt: skip


def _environment(facts: MachineFacts) -> Mapping[str, Data]:
    family = (
        {"PROCESSOR_IDENTIFIER": "ARMv8 (64-bit) Family 8 Model D4B Revision   0, Qualcomm Technologies Inc"}
        if facts.architecture is Architecture.ARM64
        else {
            "PROCESSOR_IDENTIFIER": "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel",
            "PROCESSOR_LEVEL": "6",
            "PROCESSOR_REVISION": "9e0a",
        }
    )
    return {
        "ComSpec": _expand(r"%SystemRoot%\system32\cmd.exe"),
        "DriverData": r"C:\Windows\System32\Drivers\DriverData",
        "OS": "Windows_NT",
        "Path": _expand(
            r"%SystemRoot%\system32;%SystemRoot%;%SystemRoot%\System32\Wbem;"
            r"%SYSTEMROOT%\System32\WindowsPowerShell\v1.0" "\\;" r"%SYSTEMROOT%\System32\OpenSSH" "\\"
        ),
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
        "PROCESSOR_ARCHITECTURE": _PROCESSORS[facts.architecture],
        "PSModulePath": _expand(
            r"%ProgramFiles%\WindowsPowerShell\Modules;%SystemRoot%\system32\WindowsPowerShell\v1.0\Modules"
        ),
        "TEMP": _expand(r"%SystemRoot%\TEMP"),
        "TMP": _expand(r"%SystemRoot%\TEMP"),
        "USERNAME": "SYSTEM",
        "windir": _expand("%SystemRoot%"),
        "NUMBER_OF_PROCESSORS": str(facts.processors),
        **family,
    }  # fmt: skip


def _hardware_keys(facts: MachineFacts) -> Keys:
    processors = r"HARDWARE\DESCRIPTION\System\CentralProcessor"
    return {rf"{processors}\{number}": {"~MHz": facts.cpu_speed_mhz} for number in range(facts.processors)}


def _dot_net_keys(facts: MachineFacts) -> Keys:
    release, version = _release_of(facts).dot_net
    values: Mapping[str, Data] = {"Install": 1, "Release": release, "Version": version, "TargetVersion": "4.0.0"}
    setup = r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4"
    return {rf"{setup}\Full": values, rf"{setup}\Client": values}


def _release_of(facts: MachineFacts) -> _Release:
    if facts.build not in _RELEASES:
        known = ", ".join(str(build) for build in _RELEASES)
        raise NotEmulated(f"build {facts.build} of Windows", where=facts.name, hint=f"use one of {known}")
    return _RELEASES[facts.build]


def _program_folders(programs: str) -> dict[str, Data]:
    return {"ProgramFilesDir": programs, "CommonFilesDir": rf"{programs}\Common Files"}


def _expand(text: str) -> RegistryValue:
    return RegistryValue(RegistryType.REG_EXPAND_SZ, text)


def _minutes(bias: timedelta) -> int:
    """Return a bias as Windows stores it: minutes, negative ones as unsigned 32 bits."""
    return int(bias / timedelta(minutes=1)) % 2**32


def _id_of(facts: MachineFacts, what: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"{what}.{facts.name.lower()}.ime-harness.invalid")
