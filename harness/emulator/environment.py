r"""The variables a new process gets, and the folders Windows knows by name.

Variables are built as Windows builds them: those of `Session Manager\Environment`, those that describe the machine,
then the user's; so what an installer writes there is in every process started later. (A real service hands its old
block on to what it starts until it is restarted; a process of the emulator always gets what the registry says.)

Source: learn.microsoft.com, "WOW64 Implementation Details" for what differs by width; the rest is from memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from harness.errors import UsageError
from harness.formats.commandline import expand_environment
from harness.machine.ports import Registry
from harness.model.names import folded
from harness.model.windows import (
    Account,
    Architecture,
    Bits,
    Hive,
    MachineFacts,
    RegistryPath,
    RegistryType,
    RegistryValue,
)

__all__ = ["environment_of", "known_folders"]

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


def known_folders(account: Account, *, bits: Bits = 64, is_64_bit: bool = True) -> Mapping[str, str]:
    r"""Return the folders that Windows finds by name, under the names of KNOWNFOLDERID, for one account.

    Args:
        account: whose folders.
        bits: how wide the asking process is; decides `ProgramFiles` and `ProgramFilesCommon`.
        is_64_bit: whether this Windows has a 32-bit half.
    """
    profile = account.profile
    roaming, local = rf"{profile}\AppData\Roaming", rf"{profile}\AppData\Local"
    menu, common_menu = (rf"{data}\Microsoft\Windows\Start Menu" for data in (roaming, r"C:\ProgramData"))
    x86 = _PROGRAMS_X86 if is_64_bit else _PROGRAMS
    programs = _PROGRAMS if bits == 64 else x86  # noqa: PLR2004 - the width
    return {
        "Windows": r"C:\Windows",
        "System": r"C:\Windows\System32",
        "SystemX86": r"C:\Windows\SysWOW64" if is_64_bit else r"C:\Windows\System32",
        "Fonts": r"C:\Windows\Fonts",
        "ProgramFiles": programs,
        "ProgramFilesX86": x86,
        "ProgramFilesCommon": rf"{programs}\Common Files",
        "ProgramFilesCommonX86": rf"{x86}\Common Files",
        **({"ProgramFilesX64": _PROGRAMS, "ProgramFilesCommonX64": rf"{_PROGRAMS}\Common Files"} if is_64_bit else {}),
        "ProgramData": r"C:\ProgramData",
        "UserProfiles": r"C:\Users",
        "Public": r"C:\Users\Public",
        "PublicDesktop": r"C:\Users\Public\Desktop",
        "PublicDocuments": r"C:\Users\Public\Documents",
        "CommonStartMenu": common_menu,
        "CommonPrograms": rf"{common_menu}\Programs",
        "CommonStartup": rf"{common_menu}\Programs\StartUp",
        "CommonTemplates": r"C:\ProgramData\Microsoft\Windows\Templates",
        "Profile": profile,
        "RoamingAppData": roaming,
        "LocalAppData": local,
        "LocalAppDataLow": rf"{profile}\AppData\LocalLow",
        "UserProgramFiles": rf"{local}\Programs",
        "Desktop": rf"{profile}\Desktop",
        "Documents": rf"{profile}\Documents",
        "Downloads": rf"{profile}\Downloads",
        "Favorites": rf"{profile}\Favorites",
        "Music": rf"{profile}\Music",
        "Pictures": rf"{profile}\Pictures",
        "Videos": rf"{profile}\Videos",
        "Recent": rf"{roaming}\Microsoft\Windows\Recent",
        "SendTo": rf"{roaming}\Microsoft\Windows\SendTo",
        "Templates": rf"{roaming}\Microsoft\Windows\Templates",
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
    if account.is_system:
        return {**variables, "USERNAME": f"{computer}$", "USERDOMAIN": "WORKGROUP"}
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
