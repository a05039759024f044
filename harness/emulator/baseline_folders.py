r"""The folders and programs of a freshly installed Windows, as far as software looks for them.

Source: memory of such machines (Windows 10 22H2, Windows 11 23H2 and 24H2). The large files of memory management
(`pagefile.sys`) and the links in people's profiles (`Application Data`) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from harness.emulator.baseline_hives import default_hive
from harness.emulator.executables import make_executable
from harness.emulator.filelayout import LinkTo, Marked, Tree
from harness.model.files import FileAttributes, FileVersion, LinkKind
from harness.model.windows import Architecture, MachineFacts

__all__ = ["windows_tree", "PROFILE_FOLDERS", "HIDDEN_IN_PROFILE"]

#: So many kinds of Windows are kept.
_MOST_KEPT = 32
#: SysArm32, the half for 32-bit programs for ARM, went with Windows 11 24H2.
_WITHOUT_ARM_32 = 26_100

_HIDDEN = FileAttributes.HIDDEN
_HIDDEN_SYSTEM = FileAttributes.HIDDEN | FileAttributes.SYSTEM

_PROGRAMS = (
    "Common Files", "Internet Explorer", "ModifiableWindowsApps", "Windows Defender", "Windows Mail",
    "Windows Media Player", "Windows NT", "Windows Photo Viewer", "WindowsApps", r"WindowsPowerShell\Modules",
)  # fmt: skip
_PROGRAMS_32 = (
    "Common Files", "Internet Explorer", "Windows Mail", "Windows Media Player", "Windows NT",
    r"WindowsPowerShell\Modules",
)  # fmt: skip

_ROOT = (
    "$Recycle.Bin",
    "PerfLogs",
    "Recovery",
    "System Volume Information",
    r"ProgramData\Microsoft\Windows\Start Menu\Programs\Administrative Tools",
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
    "Temp", "WinSxS", "assembly", "resources", "servicing", r"Microsoft.NET\Framework\v4.0.30319",
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

_ARM_32 = (r"Program Files (Arm)\Common Files", r"Windows\SysArm32")

#: What Explorer does not show.
_MARKED = {
    "$Recycle.Bin": _HIDDEN_SYSTEM,
    "ProgramData": _HIDDEN,
    r"Program Files\WindowsApps": _HIDDEN,
    "Recovery": _HIDDEN_SYSTEM,
    "System Volume Information": _HIDDEN_SYSTEM,
    r"Users\Default": _HIDDEN,
    r"Users\Default\AppData": _HIDDEN,
    r"Windows\Installer": _HIDDEN_SYSTEM,
}
#: Names of Windows before Vista, which lead to what there is now; by where they lead.
_LINKS = {
    "Documents and Settings": r"C:\Users",
    r"ProgramData\Application Data": r"C:\ProgramData",
    r"ProgramData\Desktop": r"C:\Users\Public\Desktop",
    r"ProgramData\Documents": r"C:\Users\Public\Documents",
    r"ProgramData\Start Menu": r"C:\ProgramData\Microsoft\Windows\Start Menu",
    r"ProgramData\Templates": r"C:\ProgramData\Microsoft\Windows\Templates",
    r"Users\All Users": r"C:\ProgramData",
    r"Users\Default User": r"C:\Users\Default",
}
_SYMBOLIC = (r"Users\All Users",)

#: What a service's profile holds, below its folder.
_SERVICE_PROFILE = (
    r"AppData\Local\Microsoft\WindowsApps",
    r"AppData\Local\Temp",
    r"AppData\LocalLow",
    r"AppData\Roaming",
)

#: What a person's profile holds, below its folder.
PROFILE_FOLDERS = (
    *(rf"AppData\Local\Microsoft\Windows\{name}" for name in ("History", "INetCache", "INetCookies")),
    r"AppData\Local\Microsoft\WindowsApps",
    r"AppData\Local\Temp",
    r"AppData\LocalLow",
    r"AppData\Roaming\Microsoft\Internet Explorer\Quick Launch",
    *(
        rf"AppData\Roaming\Microsoft\Windows\{name}"
        for name in ("Network Shortcuts", "Printer Shortcuts", "Recent", "SendTo", "Templates")
    ),
    r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Administrative Tools",
    r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup",
    "Contacts", "Desktop", "Documents", "Downloads", "Favorites", "Links", "Music", "Pictures", "Saved Games",
    "Searches", "Videos",
)  # fmt: skip

#: The folder of a person's profile that Explorer does not show.
HIDDEN_IN_PROFILE = "AppData"

#: Programs and libraries that are in System32, and on a 64-bit Windows for 32-bit processes in SysWOW64 as well.
_BOTH = (
    "attrib.exe", "certutil.exe", "cmd.exe", "cmdkey.exe", "cscript.exe", "curl.exe", "dism.exe", "expand.exe",
    "find.exe", "findstr.exe", "gpupdate.exe", "hostname.exe", "icacls.exe", "ipconfig.exe", "kernel32.dll", "net.exe",
    "net1.exe", "netsh.exe", "notepad.exe", "ntdll.dll", "ping.exe", "powercfg.exe", "reg.exe", "regedt32.exe",
    "regsvr32.exe", "robocopy.exe", "rundll32.exe", "sc.exe", "schtasks.exe", "setx.exe", "shutdown.exe",
    "systeminfo.exe", "takeown.exe", "tar.exe", "taskkill.exe", "tasklist.exe", "timeout.exe", "user32.dll",
    "where.exe", "whoami.exe", "wscript.exe", "wusa.exe", "xcopy.exe",
    "chcp.com", "choice.exe", "more.com", "sort.exe", "tree.com",
    r"WindowsPowerShell\v1.0\powershell.exe",
)  # fmt: skip
#: The same, with a version of their own: Windows Installer is at 5.0 since Windows 7.
_INSTALLER = ("msi.dll", "msiexec.exe")
_NATIVE = (
    "bcdedit.exe", "conhost.exe", "csrss.exe", "logoff.exe", "lsass.exe", "manage-bde.exe", "msg.exe",
    "pnputil.exe", "query.exe", "quser.exe", "SearchIndexer.exe", "SecurityHealthService.exe", "services.exe",
    "sihost.exe", "smss.exe", "spoolsv.exe", "sppsvc.exe", "svchost.exe", "taskhostw.exe", "userinit.exe",
    "winlogon.exe", "wininit.exe",
)  # fmt: skip
#: WMIC, in both halves; no part of a fresh Windows since 11 24H2. Source: techcommunity.microsoft.com, "Windows
#: Management Instrumentation Command line (WMIC) deprecation: Next steps".
_WMIC, _WITHOUT_WMIC = r"wbem\WMIC.exe", 26_100
_WINDOWS_PROGRAMS = ("explorer.exe", "notepad.exe", "regedit.exe", r"servicing\TrustedInstaller.exe")

_DEFENDER = r"ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe"
_DEFENDER_VERSION = FileVersion(4, 18, 24090, 11)

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
    r"""Return what a fresh volume holds below `C:\`; the same mapping for the same Windows, not to be changed."""
    return _windows_tree(facts.build, facts.revision, facts.architecture)


@lru_cache(maxsize=_MOST_KEPT)
def _windows_tree(build: int, revision: int, architecture: Architecture) -> Tree:
    tree = _Folder()
    for folder in _folders_of(architecture, build):
        tree.folder(folder)
    version = FileVersion(10, 0, build, revision)
    installer = FileVersion(5, 0, build, revision)
    image = make_executable(version, architecture)
    both = (*_BOTH, *([_WMIC] if build < _WITHOUT_WMIC else ()))
    for name in (*both, *_NATIVE):
        tree.put(rf"Windows\System32\{name}", image)
    for name in _INSTALLER:
        tree.put(rf"Windows\System32\{name}", make_executable(installer, architecture))
    for name in _WINDOWS_PROGRAMS:
        tree.put(rf"Windows\{name}", image)
    if architecture is not Architecture.X86:
        image_32_bit = make_executable(version, Architecture.X86)
        for name in (*both, "explorer.exe", "regedit.exe"):
            tree.put(rf"Windows\SysWOW64\{name}", image_32_bit)
        for name in _INSTALLER:
            tree.put(rf"Windows\SysWOW64\{name}", make_executable(installer, Architecture.X86))
    tree.put(_DEFENDER, make_executable(_DEFENDER_VERSION, architecture))
    for path, text in _TEXTS.items():
        tree.put(path, text.replace(b"\n", b"\r\n"))
    for path, target in _LINKS.items():
        kind = LinkKind.SYMBOLIC if path in _SYMBOLIC else LinkKind.JUNCTION
        tree.put(path, LinkTo(target, kind, attributes=_HIDDEN_SYSTEM))
    tree.put(r"Users\Default\NTUSER.DAT", default_hive())
    # The innermost first: what is marked is no folder any more that something can be put into.
    for path in sorted(_MARKED, reverse=True):
        tree.put(path, Marked(tree.folder(path), _MARKED[path]))
    return tree


class _Folder(dict[str, "_Folder | bytes | LinkTo | Marked"]):
    def folder(self, path: str) -> _Folder:
        folder = self
        for name in filter(None, path.split("\\")):
            below = folder.setdefault(name, _Folder())
            assert isinstance(below, _Folder)  # no folder here has a file's name
            folder = below
        return folder

    def put(self, path: str, held: bytes | LinkTo | Marked) -> None:
        parent, _, name = path.rpartition("\\")
        self.folder(parent)[name] = held


def _folders_of(architecture: Architecture, build: int) -> Iterator[str]:
    # In this order: their short names, PROGRA~1 to PROGRA~3, depend on it.
    yield "Program Files"
    if architecture is not Architecture.X86:
        yield "Program Files (x86)"
    yield from _ROOT
    yield from (rf"Program Files\{name}" for name in _PROGRAMS)
    yield from (rf"Windows\{name}" for name in _WINDOWS)
    yield from (rf"Users\Default\{name}" for name in PROFILE_FOLDERS)
    yield from (rf"Windows\System32\config\systemprofile\{name}" for name in _SERVICE_PROFILE)
    if architecture is Architecture.ARM64 and build < _WITHOUT_ARM_32:
        yield from _ARM_32
    if architecture is not Architecture.X86:
        yield from (rf"Program Files (x86)\{name}" for name in _PROGRAMS_32)
        yield from (rf"Windows\{name}" for name in _WINDOWS_32)
        yield from (rf"Windows\SysWOW64\config\systemprofile\{name}" for name in _SERVICE_PROFILE)
