r"""The services that belong to Windows: which they are, whose process they run in, and which cannot be stopped.

They do nothing here. A service of Windows that starts with the machine counts as running; its process is one of those
that `resident` puts on the process table.

Source: the images of the services of Windows 10 22H2 and 11 23H2 and what `sc stop` says to them are from memory;
learn.microsoft.com, "ControlService" for the codes.
"""

from __future__ import annotations

import ntpath
import re

from harness.errors import MachineError
from harness.formats.commandline import expand_environment
from harness.model.names import folded

__all__ = ["is_of_windows", "is_shared_program", "check_can_be_stopped", "physical_image"]

_VARIABLES = {
    "SystemRoot": r"C:\Windows",
    "windir": r"C:\Windows",
    "SystemDrive": "C:",
    "ProgramFiles": r"C:\Program Files",
    "ProgramFiles(x86)": r"C:\Program Files (x86)",
    "ProgramData": r"C:\ProgramData",
    "CommonProgramFiles": r"C:\Program Files\Common Files",
}
#: Where the programs of Windows' services are.
_FOLDERS = (
    "C:\\WINDOWS\\",
    "C:\\PROGRAMDATA\\MICROSOFT\\WINDOWS DEFENDER\\",
    "C:\\PROGRAM FILES\\WINDOWS DEFENDER",
    "C:\\PROGRAM FILES\\WINDOWS MEDIA PLAYER\\",
    "C:\\PROGRAM FILES (X86)\\MICROSOFT\\EDGE",
)
_PROGRAMS = frozenset(
    folded(f"{name}.exe")
    for name in [
        "AgentService",
        "alg",
        "AppVClient",
        "diagnosticshub.standardcollector.service",
        "dllhost",
        "elevation_service",
        "fxssvc",
        "locator",
        "lsass",
        "MicrosoftEdgeUpdate",
        "MpDefenderCoreService",
        "MsMpEng",
        "msdtc",
        "MsSense",
        "msiexec",
        "NisSrv",
        "perceptionsimulationservice",
        "PresentationFontCache",
        "refsdedupsvc",
        "SearchIndexer",
        "SecurityHealthService",
        "SensorDataService",
        "SgrmBroker",
        "snmptrap",
        "spectrum",
        "spoolsv",
        "sppsvc",
        "ssh-agent",
        "sshd",
        "svchost",
        "TieringEngineService",
        "TrustedInstaller",
        "uhssvc",
        "vds",
        "vssvc",
        "wbengine",
        "WmiApSrv",
        "wmpnetwk",
    ]
)
_SHARED = ("SVCHOST.EXE", "LSASS.EXE")
#: Services that refuse to stop (1052), and services whose security lets nobody stop them (5).
_UNSTOPPABLE = frozenset(
    map(
        folded,
        [
            "BrokerInfrastructure",
            "CoreMessagingRegistrar",
            "DcomLaunch",
            "LSM",
            "RpcEptMapper",
            "RpcSs",
            "SamSs",
            "SystemEventsBroker",
        ],
    )
)
_FORBIDDEN = frozenset(map(folded, ["gpsvc", "MDCoreSvc", "mpssvc", "Schedule", "WdNisSvc", "WinDefend"]))


def physical_image(image_path: str) -> str:
    r"""Return the program of a service's command line with the usual variables and prefixes replaced.

    `\SystemRoot\x`, `system32\x` and `\??\C:\x` are how drivers and some services write their paths. Of an unquoted
    path with blanks it is everything up to the first `.exe` or `.sys`.
    """
    text = expand_environment(image_path.strip(), _VARIABLES)
    if text.startswith('"'):
        text = text[1:].partition('"')[0]
    elif match := re.match(r".*?\.(?:exe|sys)(?=\s|$)", text, re.IGNORECASE):
        text = match[0]
    else:
        text = text.partition(" ")[0]
    upper = folded(text)
    if upper.startswith("\\??\\"):
        return text[4:]
    if upper.startswith("\\SYSTEMROOT\\"):
        return "C:\\Windows" + text[len("\\SystemRoot") :]
    return f"C:\\Windows\\{text}" if upper.startswith(("SYSTEM32\\", "SYSWOW64\\")) else text


def is_of_windows(image_path: str) -> bool:
    """Return whether a service's command line starts a program of Windows itself."""
    return bool(_program_of_windows(image_path))


def is_shared_program(image_path: str) -> bool:
    """Return whether a service's command line is one of the programs that run many services of Windows."""
    return _program_of_windows(image_path) in _SHARED


def check_can_be_stopped(name: str) -> None:
    """Refuse to stop the services that Windows needs.

    Raises:
        MachineError: 1052 for one that does not take the request, 5 for one that nobody may stop.
    """
    if folded(name) in _UNSTOPPABLE:
        raise MachineError(1052, "the requested control is not valid for this service", name)
    if folded(name) in _FORBIDDEN:
        raise MachineError(5, "access is denied, nobody may stop this service", name)


def _program_of_windows(image_path: str) -> str:
    """Return the folded name of the program of Windows that a command line starts; empty for any other."""
    image = folded(physical_image(image_path))
    name = ntpath.basename(image)
    return name if name in _PROGRAMS and image.startswith(_FOLDERS) else ""
