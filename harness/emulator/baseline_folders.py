r"""The folders and programs of a freshly installed Windows, as far as software looks for them.

Source: memory of such machines (Windows 10 22H2, Windows 11 23H2 and 24H2). Links such as `C:\Documents and Settings`
and the large files of memory management (`pagefile.sys`) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.emulator.executables import make_executable
from harness.emulator.volume import Tree
from harness.model.windows import Architecture, FileVersion, MachineFacts

__all__ = ["windows_tree", "PROFILE_FOLDERS"]

_PROGRAMS = (
    "Common Files", "Internet Explorer", "ModifiableWindowsApps", "Windows Defender", "Windows Mail",
    "Windows Media Player", "Windows NT", "Windows Photo Viewer", "WindowsApps", r"WindowsPowerShell\Modules",
)  # fmt: skip
_PROGRAMS_32 = (
    "Common Files", "Internet Explorer", "Windows Mail", "Windows Media Player", "Windows NT",
    r"WindowsPowerShell\Modules",
)  # fmt: skip

_ROOT = (
    "PerfLogs",
    r"ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp",
    r"ProgramData\Microsoft\Windows\Templates",
    r"ProgramData\Package Cache",
    r"ProgramData\USOPrivate",
    r"ProgramData\USOShared",
    r"ProgramData\ssh",
    *(rf"Users\Public\{name}" for name in ("Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos")),
)

_WINDOWS = (
    "Fonts", "INF", "Installer", r"Logs\CBS", "Panther", "Prefetch", "SoftwareDistribution", "SystemTemp", "Tasks",
    "Temp", "WinSxS", "assembly", "servicing", r"Microsoft.NET\Framework\v4.0.30319",
    r"ServiceProfiles\LocalService\AppData\Local", r"ServiceProfiles\NetworkService\AppData\Local",
    r"System32\DriverStore", r"System32\LogFiles", r"System32\OpenSSH", r"System32\Tasks", r"System32\catroot",
    r"System32\catroot2", r"System32\config", r"System32\drivers\etc", r"System32\spool\drivers", r"System32\wbem",
    r"System32\WindowsPowerShell\v1.0\Modules",
)  # fmt: skip
_WINDOWS_32 = (
    r"Microsoft.NET\Framework64\v4.0.30319",
    r"SysWOW64\drivers",
    r"SysWOW64\wbem",
    r"SysWOW64\WindowsPowerShell\v1.0\Modules",
)

#: What a service's profile holds, below its folder.
_SERVICE_PROFILE = (
    r"AppData\Local\Microsoft\WindowsApps",
    r"AppData\Local\Temp",
    r"AppData\LocalLow",
    r"AppData\Roaming",
)

#: What a person's profile holds, below its folder.
PROFILE_FOLDERS = (
    r"AppData\Local\Microsoft\WindowsApps",
    r"AppData\Local\Temp",
    r"AppData\LocalLow",
    r"AppData\Roaming\Microsoft\Windows\Recent",
    r"AppData\Roaming\Microsoft\Windows\SendTo",
    r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup",
    r"AppData\Roaming\Microsoft\Windows\Templates",
    "Desktop", "Documents", "Downloads", "Favorites", "Links", "Music", "Pictures", "Saved Games", "Videos",
)  # fmt: skip

#: Programs and libraries that are in System32, and on a 64-bit Windows for 32-bit processes in SysWOW64 as well.
_BOTH = (
    "attrib.exe", "certutil.exe", "cmd.exe", "cmdkey.exe", "cscript.exe", "curl.exe", "expand.exe", "find.exe",
    "findstr.exe", "icacls.exe", "ipconfig.exe", "kernel32.dll", "net.exe", "net1.exe",
    "netsh.exe", "notepad.exe", "ntdll.dll", "ping.exe", "reg.exe", "regedt32.exe", "regsvr32.exe", "robocopy.exe",
    "rundll32.exe", "sc.exe", "schtasks.exe", "shutdown.exe", "takeown.exe", "tar.exe", "taskkill.exe",
    "tasklist.exe", "timeout.exe", "user32.dll", "where.exe", "whoami.exe", "wscript.exe", "wusa.exe", "xcopy.exe",
    r"WindowsPowerShell\v1.0\powershell.exe",
)  # fmt: skip
#: The same, with a version of their own: Windows Installer is at 5.0 since Windows 7.
_INSTALLER = ("msi.dll", "msiexec.exe")
_NATIVE = (
    "bcdedit.exe", "conhost.exe", "csrss.exe", "dism.exe", "lsass.exe", "manage-bde.exe", "powercfg.exe",
    "pnputil.exe", "query.exe", "quser.exe", "services.exe", "smss.exe", "svchost.exe", "winlogon.exe", "wininit.exe",
)  # fmt: skip
_WINDOWS_PROGRAMS = ("explorer.exe", "notepad.exe", "regedit.exe")

_HOSTS = b"""\
# Copyright (c) 1993-2009 Microsoft Corp.
#
#\t127.0.0.1       localhost
#\t::1             localhost
"""

#: Files with text in them.
_TEXTS = {
    r"Windows\System32\drivers\etc\hosts": _HOSTS,
    r"Windows\win.ini": b"; for 16-bit app support\n[fonts]\n[extensions]\n[mci extensions]\n[files]\n",
}


def windows_tree(facts: MachineFacts) -> Tree:
    r"""Return what a fresh volume holds below `C:\`."""
    tree = _Folder()
    for folder in _folders_of(facts):
        tree.folder(folder)
    version = FileVersion(10, 0, facts.build, facts.revision)
    installer = FileVersion(5, 0, facts.build, facts.revision)
    image = make_executable(version, facts.architecture)
    for name in (*_BOTH, *_NATIVE):
        tree.put(rf"Windows\System32\{name}", image)
    for name in _INSTALLER:
        tree.put(rf"Windows\System32\{name}", make_executable(installer, facts.architecture))
    for name in _WINDOWS_PROGRAMS:
        tree.put(rf"Windows\{name}", image)
    if facts.is_64_bit:
        image_32_bit = make_executable(version, Architecture.X86)
        for name in (*_BOTH, "explorer.exe", "regedit.exe"):
            tree.put(rf"Windows\SysWOW64\{name}", image_32_bit)
        for name in _INSTALLER:
            tree.put(rf"Windows\SysWOW64\{name}", make_executable(installer, Architecture.X86))
    for path, text in _TEXTS.items():
        tree.put(path, text.replace(b"\n", b"\r\n"))
    return tree


class _Folder(dict[str, "_Folder | bytes"]):
    def folder(self, path: str) -> _Folder:
        folder = self
        for name in path.split("\\"):
            below = folder.setdefault(name, _Folder())
            assert isinstance(below, _Folder)  # no folder here has a file's name
            folder = below
        return folder

    def put(self, path: str, data: bytes) -> None:
        parent, _, name = path.rpartition("\\")
        self.folder(parent)[name] = data


def _folders_of(facts: MachineFacts) -> Iterator[str]:
    yield from _ROOT
    yield from (rf"Program Files\{name}" for name in _PROGRAMS)
    yield from (rf"Windows\{name}" for name in _WINDOWS)
    yield from (rf"Users\Default\{name}" for name in PROFILE_FOLDERS)
    yield from (rf"Windows\System32\config\systemprofile\{name}" for name in _SERVICE_PROFILE)
    if facts.is_64_bit:
        yield from (rf"Program Files (x86)\{name}" for name in _PROGRAMS_32)
        yield from (rf"Windows\{name}" for name in _WINDOWS_32)
        yield from (rf"Windows\SysWOW64\config\systemprofile\{name}" for name in _SERVICE_PROFILE)
