r"""The variables a new process gets, and the folders Windows knows by name.

A block is built as CreateEnvironmentBlock builds it: the variables of `Session Manager\Environment`, those that
describe the machine, then the user's. Who gets such a block and who inherits another process's is decided where
processes are started.

Source: learn.microsoft.com, "WOW64 Implementation Details" for what differs by width, "KNOWNFOLDERID" for the names of
folders; the values are from memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from harness.emulator.variables import Variables
from harness.errors import UsageError
from harness.formats.commandline import expand_environment
from harness.machine.ports import Registry
from harness.model.names import folded
from harness.model.windows import (
    LOCAL_SERVICE,
    NETWORK_SERVICE,
    SYSTEM,
    Account,
    Architecture,
    Bits,
    Hive,
    MachineFacts,
    RegistryPath,
    RegistryType,
    RegistryValue,
)

__all__ = ["environment_of", "inherited", "known_folders"]

_SYSTEM_VARIABLES = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
_COMPUTER_NAME = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName")

_PROGRAMS = r"C:\Program Files"
_PROGRAMS_X86 = r"C:\Program Files (x86)"

#: How PROCESSOR_ARCHITECTURE names a processor.
_PROCESSORS = {Architecture.X86: "x86", Architecture.X64: "AMD64", Architecture.ARM64: "ARM64"}


def environment_of(facts: MachineFacts, account: Account, bits: Bits, registry: Registry) -> Mapping[str, str]:
    r"""Return the variables of a new process, sorted by name.

    A user's names replace the system's of the same name, except `Path`, where the user's folders follow. SYSTEM keeps
    the system's `TEMP` and `TMP`. The short form of a temporary folder (`ADMINI~1`) is not used.

    Args:
        facts: the machine; its architecture decides what a 32-bit process sees.
        account: who the process runs as.
        bits: how wide it is.
        registry: where `Session Manager\Environment` and the user's `Environment` are.

    Raises:
        UsageError: for a 64-bit process on a 32-bit Windows.
    """
    if bits != 32 and not facts.is_64_bit:  # noqa: PLR2004 - the width
        raise UsageError(f"{facts.name} runs a 32-bit Windows, which has no 64-bit processes - ask for 32 bits")
    variables = _Variables(_machine_variables(facts, registry))
    # The name that the registry has for the user would be the system's own, SYSTEM, for everybody.
    variables.read(registry, _SYSTEM_VARIABLES, leave_out=("USERNAME",))
    variables.update(_account_variables(account, variables.values["COMPUTERNAME"]))
    users = RegistryPath(Hive.HKU, rf"{account.sid}\Environment")
    variables.read(registry, users, leave_out=("TEMP", "TMP") if account.is_system else ())
    if bits == 32 and facts.is_64_bit:  # noqa: PLR2004 - the width
        variables.update(_for_32_bit(facts))
    return dict(sorted(variables.values.items(), key=lambda item: folded(item[0])))


def inherited(variables: Mapping[str, str], facts: MachineFacts, bits: Bits) -> Mapping[str, str]:
    """Return what a child of another width makes of its parent's variables; a child of the same width changes nothing.

    Args:
        variables: the parent's.
        facts: the machine.
        bits: how wide the child is.
    """
    block = Variables(variables)
    is_narrow = "PROCESSOR_ARCHITEW6432" in block
    if not facts.is_64_bit or is_narrow == (bits == 32):  # noqa: PLR2004 - the width
        return block
    if is_narrow:
        block["PROCESSOR_ARCHITECTURE"] = block.pop("PROCESSOR_ARCHITEW6432")
        changed = (("ProgramFiles", "ProgramW6432"), ("CommonProgramFiles", "CommonProgramW6432"))
    else:
        block["PROCESSOR_ARCHITEW6432"] = _PROCESSORS[facts.architecture]
        block["PROCESSOR_ARCHITECTURE"] = "x86"
        changed = (("ProgramFiles", "ProgramFiles(x86)"), ("CommonProgramFiles", "CommonProgramFiles(x86)"))
    for name, taken_from in changed:
        if taken_from in block:
            block[name] = block[taken_from]
    return block


def known_folders(account: Account, *, bits: Bits = 64, is_64_bit: bool = True) -> Mapping[str, str]:
    r"""Return the folders that Windows finds by name, under the names of KNOWNFOLDERID, for one account.

    Args:
        account: whose folders.
        bits: how wide the asking process is; decides `ProgramFiles` and `ProgramFilesCommon`. The names that end in
            X64 are known to 64-bit processes only, as documented.
        is_64_bit: whether this Windows has a 32-bit half.
    """
    profile = account.profile
    roaming, local = rf"{profile}\AppData\Roaming", rf"{profile}\AppData\Local"
    menu, common_menu = (rf"{data}\Microsoft\Windows\Start Menu" for data in (roaming, r"C:\ProgramData"))
    x86 = _PROGRAMS_X86 if is_64_bit else _PROGRAMS
    is_wide = is_64_bit and bits == 64  # noqa: PLR2004 - the width
    programs = _PROGRAMS if is_wide else x86
    explorer = rf"{local}\Microsoft\Windows"
    return {
        "Windows": r"C:\Windows",
        "System": r"C:\Windows\System32",
        "SystemX86": r"C:\Windows\SysWOW64" if is_64_bit else r"C:\Windows\System32",
        "Fonts": r"C:\Windows\Fonts",
        "ResourceDir": r"C:\Windows\resources",
        "ProgramFiles": programs,
        "ProgramFilesX86": x86,
        "ProgramFilesCommon": rf"{programs}\Common Files",
        "ProgramFilesCommonX86": rf"{x86}\Common Files",
        **({"ProgramFilesX64": _PROGRAMS, "ProgramFilesCommonX64": rf"{_PROGRAMS}\Common Files"} if is_wide else {}),
        "ProgramData": r"C:\ProgramData",
        "UserProfiles": r"C:\Users",
        "Public": r"C:\Users\Public",
        "PublicDesktop": r"C:\Users\Public\Desktop",
        "PublicDocuments": r"C:\Users\Public\Documents",
        "PublicDownloads": r"C:\Users\Public\Downloads",
        "PublicMusic": r"C:\Users\Public\Music",
        "PublicPictures": r"C:\Users\Public\Pictures",
        "PublicVideos": r"C:\Users\Public\Videos",
        "CommonStartMenu": common_menu,
        "CommonPrograms": rf"{common_menu}\Programs",
        "CommonStartup": rf"{common_menu}\Programs\StartUp",
        "CommonAdminTools": rf"{common_menu}\Programs\Administrative Tools",
        "CommonTemplates": r"C:\ProgramData\Microsoft\Windows\Templates",
        "Profile": profile,
        "RoamingAppData": roaming,
        "LocalAppData": local,
        "LocalAppDataLow": rf"{profile}\AppData\LocalLow",
        "UserProgramFiles": rf"{local}\Programs",
        "UserProgramFilesCommon": rf"{local}\Programs\Common",
        "Desktop": rf"{profile}\Desktop",
        "Documents": rf"{profile}\Documents",
        "Downloads": rf"{profile}\Downloads",
        "Favorites": rf"{profile}\Favorites",
        "Contacts": rf"{profile}\Contacts",
        "Links": rf"{profile}\Links",
        "SavedGames": rf"{profile}\Saved Games",
        "SavedSearches": rf"{profile}\Searches",
        "Music": rf"{profile}\Music",
        "Pictures": rf"{profile}\Pictures",
        "Videos": rf"{profile}\Videos",
        "Recent": rf"{roaming}\Microsoft\Windows\Recent",
        "SendTo": rf"{roaming}\Microsoft\Windows\SendTo",
        "Templates": rf"{roaming}\Microsoft\Windows\Templates",
        "NetworkShortcuts": rf"{roaming}\Microsoft\Windows\Network Shortcuts",
        "PrintHood": rf"{roaming}\Microsoft\Windows\Printer Shortcuts",
        "QuickLaunch": rf"{roaming}\Microsoft\Internet Explorer\Quick Launch",
        "UserPinned": rf"{roaming}\Microsoft\Internet Explorer\Quick Launch\User Pinned",
        "InternetCache": rf"{explorer}\INetCache",
        "Cookies": rf"{explorer}\INetCookies",
        "History": rf"{explorer}\History",
        "CDBurning": rf"{explorer}\Burn\Burn",
        "AdminTools": rf"{menu}\Programs\Administrative Tools",
        "StartMenu": menu,
        "Programs": rf"{menu}\Programs",
        "Startup": rf"{menu}\Programs\Startup",
    }


class _Variables:
    """Variables by name, where another spelling of a name replaces the first one's value and keeps its spelling."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self._spelling = {folded(name): name for name in values}

    def read(self, registry: Registry, key: RegistryPath, leave_out: Collection[str]) -> None:
        """Take over what a key holds: plain texts, then those that refer to others, at last the path."""
        held = registry.values(key) if registry.exists(key) else {}
        for name, value in sorted(held.items(), key=_in_order):
            if isinstance(value.data, str) and folded(name) not in leave_out:
                refers = value.type is RegistryType.REG_EXPAND_SZ
                self.put(name, expand_environment(value.data, self.values) if refers else value.data)

    def update(self, values: Mapping[str, str]) -> None:
        """Set variables; a path grows."""
        for name, value in values.items():
            self.put(name, value)

    def put(self, name: str, value: str) -> None:
        """Set a variable; a path grows."""
        known = self._spelling.setdefault(folded(name), name)
        if folded(name) == "PATH" and self.values.get(known):
            value = f"{self.values[known].rstrip(';')};{value}"
        self.values[known] = value


def _in_order(item: tuple[str, RegistryValue]) -> tuple[bool, bool]:
    name, value = item
    return folded(name) == "PATH", value.type is RegistryType.REG_EXPAND_SZ


def _machine_variables(facts: MachineFacts, registry: Registry) -> dict[str, str]:
    """Return what Windows itself sets for everybody, as a process of the machine's own width sees it."""
    name = registry.get(_COMPUTER_NAME, "ComputerName")
    variables = {
        "SystemDrive": "C:",
        "SystemRoot": r"C:\Windows",
        "ALLUSERSPROFILE": r"C:\ProgramData",
        "ProgramData": r"C:\ProgramData",
        "PUBLIC": r"C:\Users\Public",
        "COMPUTERNAME": str(name.data) if name else facts.name,
        "ProgramFiles": _PROGRAMS,
        "CommonProgramFiles": rf"{_PROGRAMS}\Common Files",
    }
    if facts.is_64_bit:
        variables |= {
            "ProgramFiles(x86)": _PROGRAMS_X86,
            "CommonProgramFiles(x86)": rf"{_PROGRAMS_X86}\Common Files",
            "ProgramW6432": _PROGRAMS,
            "CommonProgramW6432": rf"{_PROGRAMS}\Common Files",
        }
    return variables


def _account_variables(account: Account, computer: str) -> dict[str, str]:
    profile = account.profile
    variables = {
        "APPDATA": rf"{profile}\AppData\Roaming",
        "LOCALAPPDATA": rf"{profile}\AppData\Local",
        "USERPROFILE": profile,
    }
    if account.sid in (SYSTEM.sid, NETWORK_SERVICE.sid):  # both are the computer to others
        variables |= {"USERNAME": f"{computer}$", "USERDOMAIN": "WORKGROUP"}
    if account.sid in (LOCAL_SERVICE.sid, NETWORK_SERVICE.sid):
        temporary = rf"{profile}\AppData\Local\Temp"
        return {
            "USERNAME": account.name,
            "USERDOMAIN": account.domain,
            **variables,
            "TEMP": temporary,
            "TMP": temporary,
        }
    if account.is_system:
        return variables
    return {
        **variables,
        "HOMEDRIVE": profile[:2],
        "HOMEPATH": profile[2:],
        "LOGONSERVER": rf"\\{computer}",
        "SESSIONNAME": "Console",
        "USERDOMAIN": account.domain,
        "USERDOMAIN_ROAMINGPROFILE": account.domain,
        "USERNAME": account.name,
    }


def _for_32_bit(facts: MachineFacts) -> dict[str, str]:
    """Return what WOW64 changes when a 32-bit process starts."""
    return {
        "PROCESSOR_ARCHITECTURE": "x86",
        "PROCESSOR_ARCHITEW6432": _PROCESSORS[facts.architecture],
        "ProgramFiles": _PROGRAMS_X86,
        "CommonProgramFiles": rf"{_PROGRAMS_X86}\Common Files",
    }
