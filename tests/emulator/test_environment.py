"""The variables a new process gets, and known folders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harness.emulator.baseline import MACHINES, lay_down, lay_down_user
from harness.emulator.environment import environment_of, inherited, known_folders
from harness.emulator.files import EmulatedFiles
from harness.emulator.registry import EmulatedRegistry
from harness.errors import UsageError
from harness.model.windows import (
    LOCAL_SERVICE,
    NETWORK_SERVICE,
    SYSTEM,
    Account,
    Architecture,
    MachineFacts,
    RegistryPath,
    RegistryType,
    RegistryValue,
)

FACTS = replace(MACHINES["Windows 11 23H2"], name="PC-042")
ADA = Account(name="ada", domain="AzureAD", sid="S-1-12-1-1-2-3-4", profile=r"C:\Users\ada")
SYSTEM_KEY = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
ADAS_KEY = RegistryPath.parse(rf"HKU\{ADA.sid}\Environment")
SYSTEM_PATH = (
    r"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;"
    r"C:\Windows\System32\WindowsPowerShell\v1.0" "\\;" r"C:\Windows\System32\OpenSSH" "\\;"
)  # fmt: skip
X86 = r"C:\Program Files (x86)"


def installed(facts: MachineFacts = FACTS) -> EmulatedRegistry:
    """Return the registry of a fresh machine on which Ada is signed in."""
    registry = EmulatedRegistry(lambda: datetime(2026, 3, 2, 8, tzinfo=UTC), is_64_bit=facts.is_64_bit)
    files = EmulatedFiles(registry.now, facts.disk_size_mb, is_64_bit=facts.is_64_bit)
    lay_down(registry, files, facts)
    lay_down_user(registry, files, ADA)
    return registry


@pytest.fixture
def registry() -> EmulatedRegistry:
    """Give the registry of a fresh machine."""
    return installed()


def test_user_64_bit(registry: EmulatedRegistry) -> None:
    """A user's 64-bit process gets exactly these variables, sorted."""
    assert {
        "ALLUSERSPROFILE": r"C:\ProgramData",
        "APPDATA": r"C:\Users\ada\AppData\Roaming",
        "CommonProgramFiles": r"C:\Program Files\Common Files",
        "CommonProgramFiles(x86)": rf"{X86}\Common Files",
        "CommonProgramW6432": r"C:\Program Files\Common Files",
        "COMPUTERNAME": "PC-042",
        "ComSpec": r"C:\Windows\system32\cmd.exe",
        "DriverData": r"C:\Windows\System32\Drivers\DriverData",
        "HOMEDRIVE": "C:",
        "HOMEPATH": r"\Users\ada",
        "LOCALAPPDATA": r"C:\Users\ada\AppData\Local",
        "LOGONSERVER": r"\\PC-042",
        "NUMBER_OF_PROCESSORS": "8",
        "OS": "Windows_NT",
        "Path": rf"{SYSTEM_PATH}C:\Users\ada\AppData\Local\Microsoft\WindowsApps;",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
        "PROCESSOR_ARCHITECTURE": "AMD64",
        "PROCESSOR_IDENTIFIER": "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel",
        "PROCESSOR_LEVEL": "6",
        "PROCESSOR_REVISION": "9e0a",
        "ProgramData": r"C:\ProgramData",
        "ProgramFiles": r"C:\Program Files",
        "ProgramFiles(x86)": X86,
        "ProgramW6432": r"C:\Program Files",
        "PSModulePath": (
            r"C:\Program Files\WindowsPowerShell\Modules;C:\Windows\system32\WindowsPowerShell\v1.0\Modules"
        ),
        "PUBLIC": r"C:\Users\Public",
        "SESSIONNAME": "Console",
        "SystemDrive": "C:",
        "SystemRoot": r"C:\Windows",
        "TEMP": r"C:\Users\ada\AppData\Local\Temp",
        "TMP": r"C:\Users\ada\AppData\Local\Temp",
        "USERDOMAIN": "AzureAD",
        "USERDOMAIN_ROAMINGPROFILE": "AzureAD",
        "USERNAME": "ada",
        "USERPROFILE": r"C:\Users\ada",
        "windir": r"C:\Windows",
    } == environment_of(FACTS, ADA, 64, registry)
    names = list(environment_of(FACTS, ADA, 64, registry))
    assert sorted(names, key=str.upper) == names


@pytest.mark.parametrize("account", [SYSTEM, ADA])
def test_32_bit_process(registry: EmulatedRegistry, account: Account) -> None:
    """A 32-bit process differs from a 64-bit one in exactly four variables."""
    wide, narrow = (environment_of(FACTS, account, bits, registry) for bits in (64, 32))  # type: ignore[arg-type]

    assert {
        "PROCESSOR_ARCHITECTURE": "x86",
        "PROCESSOR_ARCHITEW6432": "AMD64",
        "ProgramFiles": X86,
        "CommonProgramFiles": rf"{X86}\Common Files",
    } == dict(narrow.items() - wide.items())


def test_system(registry: EmulatedRegistry) -> None:
    """SYSTEM works in the systemprofile, has Windows' temporary folder, and no home, session or log-on server."""
    variables = environment_of(FACTS, SYSTEM, 64, registry)
    profile = r"C:\Windows\system32\config\systemprofile"

    assert {
        "APPDATA": rf"{profile}\AppData\Roaming",
        "LOCALAPPDATA": rf"{profile}\AppData\Local",
        "USERPROFILE": profile,
        "USERNAME": "PC-042$",
        "USERDOMAIN": "WORKGROUP",
        "TEMP": r"C:\Windows\TEMP",
        "TMP": r"C:\Windows\TEMP",
        "Path": rf"{SYSTEM_PATH}{profile}\AppData\Local\Microsoft\WindowsApps;",
    }.items() <= variables.items()
    assert not {"HOMEDRIVE", "HOMEPATH", "LOGONSERVER", "SESSIONNAME", "USERDOMAIN_ROAMINGPROFILE"} & set(variables)


def test_what_an_installer_writes_is_in_new_processes(registry: EmulatedRegistry) -> None:
    """Machine variables reach everybody, a user's only that user, and both add to the path."""
    expand = RegistryType.REG_EXPAND_SZ
    registry.set(SYSTEM_KEY, "CONTOSO_HOME", RegistryValue(expand, r"%ProgramFiles%\Contoso"))
    registry.set(SYSTEM_KEY, "PATH", RegistryValue(expand, r"%windir%\x;%CONTOSO_HOME%\bin"))
    registry.set(ADAS_KEY, "path", RegistryValue.of(r"C:\mine"))
    registry.set(ADAS_KEY, "contoso_home", RegistryValue.of(r"D:\own"))
    registry.set(ADAS_KEY, "Number", RegistryValue.of(7))

    system, ada = (environment_of(FACTS, account, 64, registry) for account in (SYSTEM, ADA))
    assert r"C:\Program Files\Contoso" == system["CONTOSO_HOME"]
    assert system["Path"].startswith(r"C:\Windows\x;C:\Program Files\Contoso\bin;C:\Windows\system32\config")
    assert r"C:\Windows\x;C:\Program Files\Contoso\bin;C:\mine" == ada["Path"]
    assert r"D:\own" == ada["CONTOSO_HOME"]
    assert "Number" not in ada


def test_name_of_the_computer_is_the_registrys(registry: EmulatedRegistry) -> None:
    """COMPUTERNAME is what the registry says, and without one what the inventory says."""
    key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName")
    registry.set(key, "ComputerName", RegistryValue.of("RENAMED"))
    assert "RENAMED$" == environment_of(FACTS, SYSTEM, 64, registry)["USERNAME"]

    registry.delete_value(key, "ComputerName")
    assert "PC-042" == environment_of(FACTS, SYSTEM, 64, registry)["COMPUTERNAME"]


def test_other_processors() -> None:
    """A 32-bit Windows has one Program Files and no 64-bit processes; on ARM64 the names are ARM64's."""
    x86 = replace(MACHINES["Windows 10 22H2"], architecture=Architecture.X86)
    variables = environment_of(x86, ADA, 32, installed(x86))
    assert {"PROCESSOR_ARCHITECTURE": "x86", "ProgramFiles": r"C:\Program Files"}.items() <= variables.items()
    assert not {"ProgramFiles(x86)", "ProgramW6432", "PROCESSOR_ARCHITEW6432"} & set(variables)
    with pytest.raises(UsageError, match="32-bit Windows"):
        environment_of(x86, ADA, 64, installed(x86))

    arm = replace(FACTS, architecture=Architecture.ARM64)
    assert "ARM64" == environment_of(arm, ADA, 64, installed(arm))["PROCESSOR_ARCHITECTURE"]
    assert "ARM64" == environment_of(arm, ADA, 32, installed(arm))["PROCESSOR_ARCHITEW6432"]


@pytest.mark.parametrize(
    ("account", "name", "domain"),
    [(LOCAL_SERVICE, "LOCAL SERVICE", "NT AUTHORITY"), (NETWORK_SERVICE, "PC-042$", "WORKGROUP")],
)
def test_accounts_of_services(registry: EmulatedRegistry, account: Account, name: str, domain: str) -> None:
    """The accounts of services have profiles, but no home and no session; the network knows one as the computer."""
    variables = environment_of(FACTS, account, 64, registry)

    assert (name, domain) == (variables["USERNAME"], variables["USERDOMAIN"])
    assert rf"{account.profile}\AppData\Local\Temp" == variables["TEMP"]
    assert not {"HOMEDRIVE", "HOMEPATH", "LOGONSERVER", "SESSIONNAME"} & set(variables)


class TestInherited:
    """What a child makes of its parent's variables."""

    @pytest.mark.parametrize("account", [SYSTEM, ADA])
    @pytest.mark.parametrize(("parent", "child"), [(64, 32), (32, 64), (64, 64), (32, 32)])
    def test_it_has_the_block_of_its_width(self, registry, account, parent, child) -> None:
        """As if it had been made for it."""
        block = environment_of(FACTS, account, parent, registry)

        assert environment_of(FACTS, account, child, registry) == dict(inherited(block, FACTS, child))

    def test_what_the_parent_changed_stays(self, registry) -> None:
        """But for the variables that belong to the width."""
        block = {**environment_of(FACTS, ADA, 64, registry), "ProgramFiles": "gone", "Path": "mine", "New": "1"}

        child = inherited(block, FACTS, 32)

        assert (X86, "mine", "1") == (child["programfiles"], child["PATH"], child["new"])

    def test_what_the_parent_deleted_stays_away(self) -> None:
        """Nothing is put back for it."""
        assert {"PROCESSOR_ARCHITECTURE": "x86", "PROCESSOR_ARCHITEW6432": "AMD64"} == dict(inherited({}, FACTS, 32))

    def test_a_32_bit_windows_has_one_width(self) -> None:
        """Nothing is changed there."""
        x86 = replace(MACHINES["Windows 10 22H2"], architecture=Architecture.X86)

        assert {"PROCESSOR_ARCHITECTURE": "x86"} == dict(inherited({"PROCESSOR_ARCHITECTURE": "x86"}, x86, 32))


def test_known_folders() -> None:
    """Folders with names are where the account and the width say."""
    wide, narrow = known_folders(ADA), known_folders(SYSTEM, bits=32)

    assert r"C:\Users\ada\AppData\Local\Programs" == wide["UserProgramFiles"]
    assert r"C:\Users\ada\AppData\Roaming\Microsoft\Windows\Start Menu\Programs" == wide["Programs"]
    assert (r"C:\Program Files", X86) == (wide["ProgramFiles"], narrow["ProgramFiles"])
    assert (r"C:\Program Files", False) == (wide["ProgramFilesX64"], "ProgramFilesX64" in narrow)
    assert r"C:\Windows\SysWOW64" == narrow["SystemX86"]
    assert r"C:\Windows\system32\config\systemprofile\Desktop" == narrow["Desktop"]
    old = known_folders(ADA, bits=32, is_64_bit=False)
    assert r"C:\Program Files" == old["ProgramFiles"]
    assert "ProgramFilesX64" not in old
