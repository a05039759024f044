"""Enumerations of .NET that scripts name.

Source: learn.microsoft.com, the pages of the enumerations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["ENUMS"]

#: Names and numbers of each enumeration, and whether its values combine.
ENUMS: Final[Mapping[str, tuple[Mapping[str, int], bool]]] = {
    "Microsoft.Win32.RegistryValueKind": (
        {"Unknown": 0, "String": 1, "ExpandString": 2, "Binary": 3, "DWord": 4, "MultiString": 7, "QWord": 11}
        | {"None": -1},
        False,
    ),
    "Microsoft.Win32.RegistryHive": (
        {
            "ClassesRoot": -2147483648,
            "CurrentUser": -2147483647,
            "LocalMachine": -2147483646,
            "Users": -2147483645,
            "CurrentConfig": -2147483643,
        },
        False,
    ),
    "Microsoft.Win32.RegistryView": ({"Default": 0, "Registry64": 256, "Registry32": 512}, False),
    "Microsoft.Win32.RegistryValueOptions": ({"None": 0, "DoNotExpandEnvironmentNames": 1}, True),
    "System.Environment+SpecialFolder": (
        {
            "Desktop": 0,
            "Programs": 2,
            "MyDocuments": 5,
            "Startup": 7,
            "StartMenu": 11,
            "DesktopDirectory": 16,
            "Fonts": 20,
            "CommonStartMenu": 22,
            "CommonPrograms": 23,
            "CommonStartup": 24,
            "CommonDesktopDirectory": 25,
            "ApplicationData": 26,
            "LocalApplicationData": 28,
            "CommonApplicationData": 35,
            "Windows": 36,
            "System": 37,
            "ProgramFiles": 38,
            "MyPictures": 39,
            "UserProfile": 40,
            "SystemX86": 41,
            "ProgramFilesX86": 42,
            "CommonProgramFiles": 43,
            "CommonProgramFilesX86": 44,
            "CommonDocuments": 46,
        },
        False,
    ),
    "System.EnvironmentVariableTarget": ({"Process": 0, "User": 1, "Machine": 2}, False),
    "System.DayOfWeek": (
        {
            name: number
            for number, name in enumerate(
                ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
            )
        },
        False,
    ),
    "System.DateTimeKind": ({"Unspecified": 0, "Utc": 1, "Local": 2}, False),
    "System.StringComparison": (
        {
            "CurrentCulture": 0,
            "CurrentCultureIgnoreCase": 1,
            "InvariantCulture": 2,
            "InvariantCultureIgnoreCase": 3,
            "Ordinal": 4,
            "OrdinalIgnoreCase": 5,
        },
        False,
    ),
    "System.StringSplitOptions": ({"None": 0, "RemoveEmptyEntries": 1}, True),
    "System.MidpointRounding": ({"ToEven": 0, "AwayFromZero": 1}, False),
    "System.Text.RegularExpressions.RegexOptions": (
        {
            "None": 0,
            "IgnoreCase": 1,
            "Multiline": 2,
            "ExplicitCapture": 4,
            "Compiled": 8,
            "Singleline": 16,
            "IgnorePatternWhitespace": 32,
            "RightToLeft": 64,
            "CultureInvariant": 512,
        },
        True,
    ),
    "System.IO.FileAttributes": (
        {
            "ReadOnly": 1,
            "Hidden": 2,
            "System": 4,
            "Directory": 16,
            "Archive": 32,
            "Normal": 128,
            "Temporary": 256,
            "ReparsePoint": 1024,
            "Compressed": 2048,
            "Offline": 4096,
            "NotContentIndexed": 8192,
        },
        True,
    ),
    "System.IO.SearchOption": ({"TopDirectoryOnly": 0, "AllDirectories": 1}, False),
    "System.IO.DriveType": ({"Unknown": 0, "NoRootDirectory": 1, "Removable": 2, "Fixed": 3, "Network": 4}, False),
    "System.ServiceProcess.ServiceControllerStatus": (
        {
            "Stopped": 1,
            "StartPending": 2,
            "StopPending": 3,
            "Running": 4,
            "ContinuePending": 5,
            "PausePending": 6,
            "Paused": 7,
        },
        False,
    ),
    "System.ServiceProcess.ServiceStartMode": (
        {"Boot": 0, "System": 1, "Automatic": 2, "Manual": 3, "Disabled": 4},
        False,
    ),
    "System.Security.Principal.WindowsBuiltInRole": (
        {"Administrator": 544, "User": 545, "Guest": 546, "PowerUser": 547, "SystemOperator": 549},
        False,
    ),
    "System.Net.SecurityProtocolType": (
        {"SystemDefault": 0, "Ssl3": 48, "Tls": 192, "Tls11": 768, "Tls12": 3072, "Tls13": 12288},
        True,
    ),
    "System.Management.Automation.ActionPreference": (
        {"SilentlyContinue": 0, "Stop": 1, "Continue": 2, "Inquire": 3, "Ignore": 4, "Suspend": 5},
        False,
    ),
    "System.PlatformID": ({"Win32S": 0, "Win32Windows": 1, "Win32NT": 2}, False),
    "System.Diagnostics.ProcessWindowStyle": ({"Normal": 0, "Hidden": 1, "Minimized": 2, "Maximized": 3}, False),
    "System.ConsoleColor": (
        {
            name: number
            for number, name in enumerate(
                "Black DarkBlue DarkGreen DarkCyan DarkRed DarkMagenta DarkYellow Gray DarkGray Blue Green Cyan Red "  # noqa: SIM905
                "Magenta Yellow White".split()
            )
        },
        False,
    ),
}
