r"""The `SYSTEM` and `HARDWARE` hives of a freshly installed Windows, as far as software looks at them; no services.

Source: memory of such machines (Windows 10 22H2, Windows 11 23H2 and 24H2, Windows Server 2022); learn.microsoft.com,
"Maximum Path Length Limitation" for LongPathsEnabled. What was not certain was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from harness.emulator.baseline_data import Data, Keys, expand
from harness.emulator.baseline_releases import release_of
from harness.emulator.timezones import time_zone_keys
from harness.model.windows import Architecture, MachineFacts

__all__ = ["system_keys", "named_system_keys"]

_CONTROL = r"SYSTEM\CurrentControlSet\Control"
_SESSION_MANAGER = rf"{_CONTROL}\Session Manager"
_TCPIP = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
_PROCESSORS = {Architecture.X86: "x86", Architecture.X64: "AMD64", Architecture.ARM64: "ARM64"}

#: The processor as PROCESSOR_IDENTIFIER, PROCESSOR_LEVEL and PROCESSOR_REVISION have it.
_IDENTIFIERS = {
    Architecture.X86: ("x86 Family 6 Model 158 Stepping 10, GenuineIntel", "6", "9e0a"),
    Architecture.X64: ("Intel64 Family 6 Model 158 Stepping 10, GenuineIntel", "6", "9e0a"),
    Architecture.ARM64: ("ARMv8 (64-bit) Family 8 Model 805 Revision D0E, Qualcomm Technologies Inc", "2053", "0d0e"),
}


def system_keys(facts: MachineFacts, installed: datetime) -> Keys:
    """Return the keys below HKLM of a machine that was installed at that time; nothing depends on its name."""
    product = {"ProductType": "ServerNT" if release_of(facts).is_server else "WinNT"}
    return {
        r"SYSTEM\Select": {"Current": 1, "Default": 1, "Failed": 0, "LastKnownGood": 1},
        r"SYSTEM\Setup": {"SystemSetupInProgress": 0, "OOBEInProgress": 0, "SetupType": 0, "CmdLine": ""},
        rf"{_CONTROL}\FileSystem": {
            "LongPathsEnabled": 0, "NtfsDisable8dot3NameCreation": 2, "NtfsDisableLastAccessUpdate": 0x8000_0002,
            "Win95TruncatedExtensions": 1,
        },
        rf"{_CONTROL}\Nls\CodePage": {"ACP": "1252", "OEMCP": "437", "MACCP": "10000"},
        rf"{_CONTROL}\Nls\Language": {"Default": "0409", "InstallLanguage": "0409"},
        rf"{_CONTROL}\ProductOptions": product,
        _SESSION_MANAGER: {
            "ProtectionMode": 1, "CriticalSectionTimeout": 2_592_000, "BootExecute": ("autocheck autochk *",),
        },
        rf"{_SESSION_MANAGER}\Environment": _environment(facts),
        rf"{_SESSION_MANAGER}\Memory Management": {"ClearPageFileAtShutdown": 0},
        rf"{_SESSION_MANAGER}\Power": {"HiberbootEnabled": 1},
        rf"{_CONTROL}\SafeBoot\Minimal": {},
        rf"{_CONTROL}\SafeBoot\Network": {},
        rf"{_CONTROL}\Terminal Server": {"fDenyTSConnections": 1},
        rf"{_CONTROL}\Windows": {
            "Directory": expand("%SystemRoot%"), "SystemDirectory": expand(r"%SystemRoot%\system32"), "ErrorMode": 0,
        },
        rf"{_CONTROL}\CrashControl": {"AutoReboot": 1},
        _CONTROL: {"WaitToKillServiceTimeout": "5000", "SystemBootDevice": "multi(0)disk(0)rdisk(0)partition(3)"},
        **time_zone_keys(facts.time_zone, installed),
        **_hardware_keys(facts),
    }  # fmt: skip


def named_system_keys(facts: MachineFacts) -> Keys:
    """Return the keys below HKLM that hold the computer's name."""
    return {
        _TCPIP: {"Hostname": facts.name, "NV Hostname": facts.name, "Domain": "", "NV Domain": ""},
        rf"{_CONTROL}\ComputerName\ActiveComputerName": {"ComputerName": facts.name.upper()},
        rf"{_CONTROL}\ComputerName\ComputerName": {"ComputerName": facts.name.upper()},
    }


def _environment(facts: MachineFacts) -> Mapping[str, Data]:
    identifier, level, revision = _IDENTIFIERS[facts.architecture]
    return {
        "ComSpec": expand(r"%SystemRoot%\system32\cmd.exe"),
        "DriverData": r"C:\Windows\System32\Drivers\DriverData",
        "OS": "Windows_NT",
        "Path": expand(
            r"%SystemRoot%\system32;%SystemRoot%;%SystemRoot%\System32\Wbem;"
            r"%SYSTEMROOT%\System32\WindowsPowerShell\v1.0" "\\;" r"%SYSTEMROOT%\System32\OpenSSH" "\\"
        ),
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
        "PROCESSOR_ARCHITECTURE": _PROCESSORS[facts.architecture],
        "PSModulePath": expand(
            r"%ProgramFiles%\WindowsPowerShell\Modules;%SystemRoot%\system32\WindowsPowerShell\v1.0\Modules"
        ),
        "TEMP": expand(r"%SystemRoot%\TEMP"),
        "TMP": expand(r"%SystemRoot%\TEMP"),
        "USERNAME": "SYSTEM",
        "windir": expand("%SystemRoot%"),
        "NUMBER_OF_PROCESSORS": str(facts.processors),
        "PROCESSOR_IDENTIFIER": identifier,
        "PROCESSOR_LEVEL": level,
        "PROCESSOR_REVISION": revision,
    }  # fmt: skip


def _hardware_keys(facts: MachineFacts) -> Keys:
    processors = r"HARDWARE\DESCRIPTION\System\CentralProcessor"
    identifier = _IDENTIFIERS[facts.architecture][0].partition(",")[0]
    values: Mapping[str, Data] = {"~MHz": facts.cpu_speed_mhz, "Identifier": identifier}
    return {rf"{processors}\{number}": values for number in range(facts.processors)}
