"""What a freshly installed Windows has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.emulator.baseline import MACHINES, fresh_registry, lay_down, lay_down_user
from harness.emulator.environment import environment_of, known_folders
from harness.emulator.faults import Fault, Faults, Operation
from harness.emulator.files import EmulatedFiles
from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileAttributes, FileVersion
from harness.model.windows import SYSTEM, Account, Architecture, MachineFacts, RegistryPath, RegistryValue, View

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ADA = Account(name="ada", domain="AzureAD", sid="S-1-12-1-1-2-3-4", profile=r"C:\Users\ada")
NT = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")
WINDOWS = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion")


def install(facts: MachineFacts) -> tuple[EmulatedRegistry, EmulatedFiles]:
    """Return the registry and the files of a fresh machine."""
    registry = EmulatedRegistry(lambda: NOW, is_64_bit=facts.is_64_bit)
    files = EmulatedFiles(lambda: NOW, facts.disk_size_mb, is_64_bit=facts.is_64_bit)
    lay_down(registry, files, facts)
    return registry, files


def data(registry: EmulatedRegistry, key: RegistryPath, view: View = View.VIEW_64) -> Mapping[str, object]:
    """Return the data of a key's values."""
    return {name: value.data for name, value in registry.values(key, view).items()}


@pytest.fixture(params=list(MACHINES))
def facts(request: pytest.FixtureRequest) -> MachineFacts:
    """Give each machine one can start from."""
    return MACHINES[request.param]


class TestVersion:
    """What Windows says it is."""

    @pytest.mark.parametrize(
        ("release", "values"),
        [
            (
                "Windows 10 22H2",
                {
                    "CurrentBuild": "19045", "UBR": 2130, "DisplayVersion": "22H2", "BuildBranch": "vb_release",
                    "BuildLabEx": "19041.1.amd64fre.vb_release.191206-1406",
                },
            ),
            (
                "Windows 11 23H2",
                {
                    "CurrentBuild": "22631", "UBR": 2428, "DisplayVersion": "23H2", "BuildBranch": "ni_release",
                    "BuildLab": "22621.ni_release.220506-1250",
                },
            ),
            (
                "Windows 11 24H2",
                {
                    "CurrentBuildNumber": "26100", "UBR": 1742, "DisplayVersion": "24H2", "ReleaseId": "2009",
                    "BuildLabEx": "26100.1.amd64fre.ge_release.240331-1435",
                },
            ),
        ],
    )  # fmt: skip
    def test_values(self, release: str, values: Mapping[str, object]) -> None:
        """CurrentVersion says build, revision and release, in both halves; Windows 11 calls itself Windows 10 there."""
        registry, _ = install(MACHINES[release])
        common = {"ProductName": "Windows 10 Pro", "CurrentVersion": "6.3", "CurrentMajorVersionNumber": 10}

        for view in View:
            assert {**common, **values}.items() <= data(registry, NT, view).items()
        assert int(NOW.timestamp()) == data(registry, NT)["InstallDate"]

    def test_editions(self) -> None:
        """The product's name follows from the edition; one that is not known is said to be."""
        facts = MACHINES["Windows 11 23H2"]
        registry, _ = install(replace(facts, edition="Enterprise"))
        assert "Windows 10 Enterprise" == data(registry, NT)["ProductName"]

        with pytest.raises(NotEmulated, match=r"'Cloud'.*Professional"):
            install(replace(facts, edition="Cloud"))

    def test_builds(self) -> None:
        """An older build without a DisplayVersion has none; one of which nothing is known is said to be."""
        facts = MACHINES["Windows 10 22H2"]
        registry, _ = install(replace(facts, build=19041))
        assert "2004" == data(registry, NT)["ReleaseId"]
        assert "DisplayVersion" not in data(registry, NT)

        with pytest.raises(NotEmulated, match="build 17763"):
            install(replace(facts, build=17763))


class TestRegistry:
    """Other keys."""

    def test_halves_know_their_programs_folder(self, facts: MachineFacts) -> None:
        """Each half of the registry names its own Program Files."""
        registry, _ = install(facts)

        assert r"C:\Program Files" == data(registry, WINDOWS)["ProgramFilesDir"]
        assert r"C:\Program Files (x86)" == data(registry, WINDOWS, View.VIEW_32)["ProgramFilesDir"]
        assert registry.exists(WINDOWS.child("Uninstall"), View.VIEW_32)

    def test_names_and_ids_follow_from_the_computers_name(self, facts: MachineFacts) -> None:
        """The same name gives the same ids, another one others."""
        key = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Cryptography")
        ids = [data(install(replace(facts, name=name))[0], key)["MachineGuid"] for name in ("PC-1", "pc-1", "PC-2")]

        assert ids[0] == ids[1] != ids[2]

    @pytest.mark.parametrize(
        ("zone", "values"),
        [
            ("UTC", {"Bias": 0, "ActiveTimeBias": 0, "TimeZoneKeyName": "UTC"}),
            ("Europe/Berlin", {"Bias": 2**32 - 60, "ActiveTimeBias": 2**32 - 60}),
            ("America/Los_Angeles", {"Bias": 480, "TimeZoneKeyName": "Pacific Standard Time"}),
            ("Australia/Sydney", {"Bias": 2**32 - 600, "ActiveTimeBias": 2**32 - 660}),
        ],
    )
    def test_time_zone(self, zone: str, values: Mapping[str, object]) -> None:
        """The bias is what is added to local time, in minutes."""
        registry, _ = install(replace(MACHINES["Windows 11 23H2"], time_zone=zone))
        key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation")

        assert values.items() <= data(registry, key).items()

    def test_unknown_time_zone_has_no_name(self) -> None:
        """A zone that Windows does not have goes without a name."""
        registry, _ = install(replace(MACHINES["Windows 11 23H2"], time_zone="Antarctica/Troll"))
        key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation")

        assert 0 == data(registry, key)["Bias"]
        assert "TimeZoneKeyName" not in data(registry, key)

    def test_services(self, facts: MachineFacts) -> None:
        """Every service says what it is, and needs only services that are there."""
        registry, _ = install(facts)
        services = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Services")
        found = {name: data(registry, services.child(name)) for name in registry.subkeys(services)}
        needed = {name for values in found.values() for name in values.get("DependOnService", ())}

        assert {"Type", "Start", "ErrorControl", "ImagePath"} <= found["BITS"].keys()
        assert {
            "DisplayName": "Delivery Optimization", "ErrorControl": 1, "Start": 2, "Type": 0x20, "DelayedAutostart": 1,
            "ImagePath": r"%SystemRoot%\system32\svchost.exe -k NetworkService -p", "DependOnService": ("RpcSs",),
            "ObjectName": r"NT AUTHORITY\NetworkService",
        } == found["DoSvc"]  # fmt: skip
        assert "ObjectName" not in found["AFD"]
        assert {name.upper() for name in needed} <= {name.upper() for name in found}

    def test_hardware_is_what_every_start_finds(self, facts: MachineFacts) -> None:
        """It is volatile, and there again after a restart."""
        registry, _ = install(facts)
        key = RegistryPath.parse(r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0")
        registry.delete(key)
        registry.drop_volatile()

        assert facts.cpu_speed_mhz == data(registry, key)["~MHz"]

    def test_servers(self) -> None:
        """Windows Server says that it is one, and has its own editions."""
        facts = MACHINES["Windows Server 2022"]
        registry, _ = install(facts)

        assert ("Server", "Windows Server 2022 Standard", "21H2") == tuple(
            data(registry, NT)[name] for name in ("InstallationType", "ProductName", "DisplayVersion")
        )
        options = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions")
        assert "ServerNT" == data(registry, options)["ProductType"]
        with pytest.raises(NotEmulated, match=r"the edition 'Professional'.*use one of ServerStandard"):
            install(replace(facts, edition="Professional"))
        with pytest.raises(NotEmulated, match="did you mean 'ServerDatacenter'"):
            install(replace(facts, edition="Datacenter"))

    def test_other_processors(self) -> None:
        """A 32-bit Windows has no WOW6432Node and one Program Files; ARM64 is named as such."""
        x86, files = install(replace(MACHINES["Windows 10 22H2"], architecture=Architecture.X86))
        assert not x86.exists(RegistryPath.parse(r"HKLM\SOFTWARE\WOW6432Node"))
        assert not files.exists(r"C:\Windows\SysWOW64")
        assert not files.exists(r"C:\Program Files (x86)")
        assert "x86fre" in str(data(x86, NT)["BuildLabEx"])

        arm, _ = install(replace(MACHINES["Windows 11 24H2"], architecture=Architecture.ARM64))
        assert "arm64fre" in str(data(arm, NT)["BuildLabEx"])
        assert r"C:\Program Files (Arm)" == data(arm, WINDOWS)["ProgramFilesDir (Arm)"]
        folder = r"C:\Windows\SysArm32"
        older = replace(MACHINES["Windows 11 23H2"], architecture=Architecture.ARM64)
        assert [True, False] == [install(one)[1].exists(folder) for one in (older, MACHINES["Windows 11 24H2"])]


class TestFiles:
    """Folders and programs."""

    def test_programs_have_windows_version(self, facts: MachineFacts) -> None:
        """The programs of both halves carry the version of Windows."""
        _, files = install(facts)
        version = FileVersion(10, 0, facts.build, facts.revision)

        for path in (r"C:\Windows\System32\notepad.exe", r"C:\Windows\explorer.exe", r"C:\Windows\SysWOW64\cmd.exe"):
            assert version == files.version(path)
        assert replace(version, major=5) == files.version(r"C:\Windows\System32\msiexec.exe", View.VIEW_32)
        assert version == files.version(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", View.VIEW_32)

    def test_folders_that_variables_name_are_there(self, facts: MachineFacts) -> None:
        """Every folder that the environment or a known folder names exists, for SYSTEM and for a user."""
        registry, files = install(facts)
        lay_down_user(registry, files, ADA)
        missing = set()
        for account in (SYSTEM, ADA):
            variables = environment_of(facts, account, 64, registry)
            named = {variables[name] for name in ("TEMP", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PUBLIC")}
            named |= {folder for folder in variables["Path"].split(";") if folder}
            if not account.is_system:
                named |= set(known_folders(account).values())
            missing |= {folder for folder in named if not files.exists(folder)}

        # These appear when something is first put into them.
        late = (r"Programs", r"Programs\Common", r"Microsoft\Windows\Burn\Burn")
        pinned = rf"{ADA.profile}\AppData\Roaming\Microsoft\Internet Explorer\Quick Launch\User Pinned"
        assert {pinned, *(rf"{ADA.profile}\AppData\Local\{name}" for name in late)} >= missing
        assert b"\r\n" in files.read(r"C:\Windows\System32\drivers\etc\hosts", View.VIEW_32)

    def test_windows_takes_next_to_nothing_of_the_volume(self, facts: MachineFacts) -> None:
        """Nearly all of the volume is free."""
        _, files = install(facts)

        assert facts.disk_size_mb - 1 == files.free_space_mb()

    def test_names_of_before_vista_lead_on(self, facts: MachineFacts) -> None:
        """`Documents and Settings` and its like are junctions that Explorer does not show."""
        _, files = install(facts)
        info = files.link_info(r"C:\Documents and Settings")

        assert r"C:\Users" == info.target
        assert FileAttributes.HIDDEN | FileAttributes.SYSTEM in info.attributes
        assert files.exists(r"C:\Documents and Settings\Public\Desktop")
        assert FileAttributes.HIDDEN in files.info(r"C:\ProgramData").attributes


class TestSharing:
    """What machines of a kind have in common."""

    def test_machines_share_what_does_not_change(self, facts: MachineFacts) -> None:
        """The registry of a kind is made once; what one machine writes, no other sees."""
        assert fresh_registry(facts, NOW) is fresh_registry(replace(facts, name="PC-2", memory_mb=1), NOW)
        one, other = install(facts)[0], install(facts)[0]
        one.set(NT, "ProductName", RegistryValue.of("mine"))

        assert "mine" == data(one, NT)["ProductName"]
        assert "mine" != data(other, NT)["ProductName"]
        assert "mine" != data(install(facts)[0], NT)["ProductName"]

    def test_ids_follow_from_the_seed_too(self, facts: MachineFacts) -> None:
        """The same seed gives the same ids, another one others."""
        key = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Cryptography")
        ids = []
        for seed in (1, 1, 2):
            registry = EmulatedRegistry(lambda: NOW, is_64_bit=facts.is_64_bit)
            lay_down(registry, EmulatedFiles(lambda: NOW, facts.disk_size_mb), facts, seed=seed)
            ids.append(data(registry, key)["MachineGuid"])

        assert ids[0] == ids[1] != ids[2]


class TestUsers:
    """What a first sign-in makes."""

    def test_profile(self, facts: MachineFacts) -> None:
        """A user gets a hive, a folder and an entry in the list of profiles."""
        registry, files = install(facts)
        lay_down_user(registry, files, ADA)

        assert files.exists(r"C:\Users\ada\Desktop")
        assert r"C:\Users\ada" == data(registry, NT.child(rf"ProfileList\{ADA.sid}"))["ProfileImagePath"]
        assert "TEMP" in data(registry, RegistryPath.parse(rf"HKU\{ADA.sid}\Environment"))

    def test_second_sign_in_changes_nothing(self, facts: MachineFacts) -> None:
        """Whoever has a profile keeps it as it is."""
        registry, files = install(facts)
        lay_down_user(registry, files, ADA)
        files.delete(r"C:\Users\ada\Desktop")
        registry.unload_user(ADA.sid)
        lay_down_user(registry, files, ADA)

        assert not files.exists(r"C:\Users\ada\Desktop")
        assert registry.exists(RegistryPath.parse(rf"HKU\{ADA.sid}\Environment"))


@pytest.mark.parametrize("view", View)
def test_shared_folders_are_named(view: View) -> None:
    """Scripts find the folders that everybody shares where Explorer keeps them, in both halves."""
    registry, files = install(MACHINES["Windows 11 23H2"])

    folders = data(registry, WINDOWS.child(r"Explorer\Shell Folders"), view)

    assert r"C:\Users\Public\Desktop" == folders["Common Desktop"]
    assert r"C:\ProgramData" == folders["Common AppData"]
    assert all(files.exists(str(folder)) for folder in folders.values())

    def test_profile_that_cannot_be_made(self, facts: MachineFacts) -> None:
        """Of a user whose profile no folder can be, nothing is left: no hive, no entry, no folder."""
        registry, files = install(facts)
        before = registry.snapshot(), files.snapshot()

        with pytest.raises(MachineError, match="267"):
            lay_down_user(registry, files, replace(ADA, profile=r"C:\Users\con"))

        assert before == (registry.snapshot(), files.snapshot())

    @pytest.mark.parametrize("was_there", [False, True])
    def test_profile_that_is_made_in_part(self, facts: MachineFacts, *, was_there: bool) -> None:
        """Folders that were made before one could not be go again; those that were there before stay."""
        faults = Faults(timedelta)
        registry, files = EmulatedRegistry(lambda: NOW), EmulatedFiles(lambda: NOW, 64_000, faults=faults)
        lay_down(registry, files, facts)
        if was_there:
            files.make_folder(ADA.profile)
        faults.add(Fault.access_denied(r"C:\Users\ada\Desktop", Operation.WRITE_FILE))

        with pytest.raises(MachineError, match="5"):
            lay_down_user(registry, files, ADA)

        assert was_there == files.exists(ADA.profile)
        assert not registry.exists(RegistryPath.parse(rf"HKU\{ADA.sid}"))
