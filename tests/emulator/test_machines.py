"""The machines to start from, and those that users describe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.device import emulated_device
from harness.emulator import machines_files
from harness.emulator.additions import Additions, add_files
from harness.emulator.files import EmulatedFiles
from harness.emulator.machines import DEFAULT_MACHINE, DEFINITIONS, machine_definition, slug
from harness.errors import FormatError, NotEmulated, UsageError
from harness.formats.hivewriting import write_hive
from harness.formats.regfile import VERSION_5
from harness.model.windows import Architecture, Hive, RegistryPath, RegistryType, RegistryValue
from tests.formats.registryvalues import TreeKey

LAB = r"""
based_on: Windows 11 24H2
description: the training room
name: LAB-01
edition: Enterprise
architecture: arm64
revision: 3447
memory_mb: 8192
processors: 4
cpu_speed_mhz: 3000
disk_size_mb: 100000
time_zone: Europe/Berlin
environment: {CONTOSO_HOME: 'C:\Contoso', CONTOSO_BIN: '%CONTOSO_HOME%\bin'}
registry_files:
  - base.reg
  - {file: contoso.hive, key: HKLM\SOFTWARE\Contoso}
registry:
  HKLM\SOFTWARE\Contoso: {Version: '1.2', Seats: 5, List: [a, b], '': x, FromHive: null}
  HKLM\SOFTWARE\Contoso\Typed: {E: {type: REG_EXPAND_SZ, data: '%x%'}, B: {type: REG_BINARY, data: 01 ff}}
  HKLM\SOFTWARE\FromReg\Gone: null
files:
  C:\Contoso\readme.txt: some text
  C:\Contoso\tool.exe: {file: sub/tool.exe}
  C:\Contoso\Data: null
users:
  - ada
  - name: bob
    is_administrator: true
    registry_files: [bob.reg, {file: NTUSER.DAT}]
    registry: {'HKCU\Software\Contoso': {Theme: dark}}
"""
BASE = f"""{VERSION_5}
[HKEY_LOCAL_MACHINE\\SOFTWARE\\FromReg]
"a"="b"
[HKEY_LOCAL_MACHINE\\SOFTWARE\\FromReg\\Gone]
"""


def hive(**values: str) -> bytes:
    """Return a hive with these values in its root and a key with another."""
    root = TreeKey("ROOT")
    for name, data in values.items():
        root.set(name, RegistryValue.of(data))
    root.key("Sub").set("x", RegistryValue.of("y"))
    return write_hive(root)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a file and returns its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def lab(write: Callable[..., Path]) -> Path:
    """Give the description of a machine, with the files it names."""
    write("base.reg", BASE)
    write("contoso.hive", hive(FromHive="1", Version="0"))
    write("bob.reg", f'{VERSION_5}\n[HKEY_CURRENT_USER\\Software\\FromReg]\n"a"="b"')
    write("NTUSER.DAT", hive(FromHive="1"))
    write("sub/tool.exe", b"MZ" * 100)
    return write("lab.yaml", LAB)


def problems(path: Path) -> list[str]:
    """Return what is wrong with a description."""
    with pytest.raises(FormatError) as raised:
        machine_definition(path)
    assert str(path) == raised.value.source
    return [str(problem) for problem in raised.value.problems]


class TestReleases:
    """The machines that are there."""

    def test_which_exist(self) -> None:
        """Windows 10 for three processors, Windows 11 for two, the server for one."""
        assert [
            "windows-10-22h2", "windows-10-22h2-x86", "windows-10-22h2-arm64", "windows-11-23h2",
            "windows-11-23h2-arm64", "windows-11-24h2", "windows-11-24h2-arm64", "windows-server-2022",
        ] == list(DEFINITIONS)  # fmt: skip
        assert DEFAULT_MACHINE in DEFINITIONS
        assert all(definition.name == name and definition.source for name, definition in DEFINITIONS.items())

    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("windows-11-23h2", "windows-11-23h2"),
            ("Windows 11 23H2", "windows-11-23h2"),
            ("WINDOWS_10_22H2 x86", "windows-10-22h2-x86"),
            ("Windows 11 24H2 x64", "windows-11-24h2"),
        ],
    )
    def test_names(self, name: str, found: str) -> None:
        """In any case, with blanks or hyphens."""
        assert DEFINITIONS[found] is machine_definition(name)
        assert found == slug(name)

    def test_a_definition_is_its_own(self) -> None:
        """Whoever has one need not look it up."""
        definition = DEFINITIONS[DEFAULT_MACHINE]

        assert definition is machine_definition(definition)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("windows-11-23h3", "no emulated machine 'windows-11-23h3' - did you mean 'windows-11-23h2'?"),
            ("Windows XP", "use one of windows-10-22h2, .*, or a file that describes one"),
            ("nowhere.yaml", "cannot read nowhere.yaml: no such file"),
            ("no/where", r"cannot read no.where: no such file"),
        ],
    )
    def test_unknown_names(self, name: str, message: str) -> None:
        """The one that was meant is named, or all of them."""
        with pytest.raises(UsageError, match=message):
            machine_definition(name)

    @pytest.mark.parametrize("name", DEFINITIONS)
    def test_every_one_starts(self, name: str) -> None:
        """Each is what it says."""
        with emulated_device(release=name, user=None) as device:
            found = device.machine.facts
            key = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")

            assert DEFINITIONS[name].facts == found
            assert str(found.build) == device.machine.registry.get(key, "CurrentBuildNumber").data
            is_wide = found.architecture is not Architecture.X86
            assert is_wide == device.machine.files.exists(r"C:\Program Files (x86)")


class TestDescribed:
    """Machines that users describe."""

    def test_facts(self, lab: Path) -> None:
        """What is different from the machine it is based on."""
        definition = machine_definition(lab)
        facts = definition.facts

        assert ("lab", "the training room", "windows-11-24h2") == (
            definition.name, definition.description, definition.based_on,
        )  # fmt: skip
        assert ("LAB-01", "Enterprise", Architecture.ARM64, 26100, 3447) == (
            facts.name, facts.edition, facts.architecture, facts.build, facts.revision,
        )  # fmt: skip
        assert (8192, 4, 3000, 100_000, "Europe/Berlin") == (
            facts.memory_mb, facts.processors, facts.cpu_speed_mhz, facts.disk_size_mb, facts.time_zone,
        )  # fmt: skip

    def test_what_is_on_it(self, lab: Path) -> None:
        """Registry from files and by hand, files, variables, people who have signed in before."""
        with emulated_device(release=lab, user="bob") as device:
            machine, registry = device.machine, device.machine.registry
            contoso = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso")
            typed = registry.values(contoso.child("Typed"))

            assert {"Version": "1.2", "Seats": 5, "List": ("a", "b"), "": "x"} == {
                name: value.data for name, value in registry.values(contoso).items()
            }
            assert "y" == registry.get(contoso.child("Sub"), "x").data
            assert [RegistryValue(RegistryType.REG_EXPAND_SZ, "%x%"), RegistryValue.of(b"\1\xff")] == [*typed.values()]
            assert [] == registry.subkeys(RegistryPath.parse(r"HKLM\SOFTWARE\FromReg"))
            assert b"some text" == machine.files.read(r"C:\Contoso\readme.txt")
            assert b"MZ" * 100 == machine.files.read(r"C:\Contoso\tool.exe")
            assert machine.files.info(r"C:\Contoso\Data").is_directory
            bob, ada = device.account("bob"), device.account("Ada")
            assert r"C:\Contoso\bin" == machine.environment(bob, 64)["CONTOSO_BIN"]
            assert (True, False) == (bob.is_administrator, ada.is_administrator)
            users = RegistryPath(Hive.HKU, bob.sid)
            assert "dark" == registry.get(users.child(r"Software\Contoso"), "Theme").data
            assert "b" == registry.get(users.child(r"Software\FromReg"), "a").data
            assert "1" == registry.get(users, "FromHive").data
            assert machine.files.exists(r"C:\Users\ada\Desktop")
            assert not registry.exists(RegistryPath(Hive.HKU, ada.sid))

    def test_names(self, lab: Path) -> None:
        """The computer's name is that of the description unless another one is given."""
        key = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName")
        for given, expected in ((None, "LAB-01"), ("PC-7", "PC-7")):
            with emulated_device(given, release=lab, user=None) as device:
                assert expected == device.machine.facts.name
                assert expected == device.machine.registry.get(key, "ComputerName").data

    def test_machines_of_a_definition_share_nothing_that_changes(self, lab: Path) -> None:
        """What one writes, the other does not see."""
        definition = machine_definition(lab)
        key = RegistryPath.parse(r"HKLM\SOFTWARE\Contoso\Sub")
        with emulated_device(release=definition) as one, emulated_device(release=definition) as other:
            one.machine.registry.set(key, "x", RegistryValue.of("changed"))

            assert "y" == other.machine.registry.get(key, "x").data

    def test_next_to_nothing(self, write: Callable[..., Path]) -> None:
        """A description may say nothing but what it is based on, or not even that."""
        assert 22631 == machine_definition(write("a.yaml", "{}")).facts.build
        assert 19045 == machine_definition(write("b.yml", "based_on: windows-10-22h2-x86")).facts.build

    def test_a_32_bit_machine(self, write: Callable[..., Path]) -> None:
        """Its processor decides about its halves and its memory."""
        facts = machine_definition(write("a.yaml", "{based_on: windows-10-22h2, architecture: x86}")).facts

        assert (Architecture.X86, 4_096) == (facts.architecture, facts.memory_mb)


class TestRegistryFiles:
    """A `.reg` file or hive is a machine, too."""

    def test_a_reg_file(self, write: Callable[..., Path]) -> None:
        """The default machine with what the file says."""
        with emulated_device(release=write("base.reg", BASE), user=None) as device:
            assert "b" == device.machine.registry.get(RegistryPath.parse(r"HKLM\SOFTWARE\FromReg"), "a").data
            assert 22631 == device.machine.facts.build

    def test_a_hive(self, write: Callable[..., Path]) -> None:
        """Its file's name says where it belongs; what it says of the build counts."""
        root = TreeKey("ROOT")
        version = root.key("Microsoft").key("Windows NT").key("CurrentVersion")
        for name, data in {"CurrentBuildNumber": "19045", "EditionID": "Enterprise", "UBR": 4291}.items():
            version.set(name, RegistryValue.of(data))
        root.key("Contoso").set("x", RegistryValue.of("y"))
        definition = machine_definition(write("SOFTWARE", write_hive(root)))
        facts = definition.facts

        assert ("Windows 10 22H2", 19045, 4291, "Enterprise") == (
            facts.release, facts.build, facts.revision, facts.edition,
        )  # fmt: skip
        with emulated_device(release=definition, user=None) as device:
            registry = device.machine.registry
            assert "y" == registry.get(RegistryPath.parse(r"HKLM\SOFTWARE\Contoso"), "x").data
            key = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")
            assert "Windows 10 Enterprise" == registry.get(key, "ProductName").data
            assert 19045 == device.machine.files.version(r"C:\Windows\System32\cmd.exe").build

    @pytest.mark.parametrize(("build", "name"), [("20348", "Windows Server 2022"), ("19041", "Windows 10 2004")])
    def test_the_release_follows_from_the_build(self, write: Callable[..., Path], build: str, name: str) -> None:
        """Also a server's, and an old one without a DisplayVersion."""
        edition = "ServerStandard" if "Server" in name else "Professional"
        key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        lines = f'{VERSION_5}\n[{key}]\n"CurrentBuildNumber"="{build}"\n"EditionID"="{edition}"\n"UBR"="x"'
        facts = machine_definition(write("x.reg", lines)).facts

        assert (name, 2428) == (facts.release, facts.revision)

    def test_a_version_that_makes_no_sense(self, write: Callable[..., Path]) -> None:
        """It is left alone."""
        key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        facts = machine_definition(write("x.reg", f'{VERSION_5}\n[{key}]\n"CurrentBuildNumber"="x"')).facts

        assert 22631 == facts.build

    def test_a_build_that_is_not_emulated(self, write: Callable[..., Path]) -> None:
        """It is said."""
        key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
        with pytest.raises(NotEmulated, match="build 7601 of Windows"):
            machine_definition(write("x.reg", f'{VERSION_5}\n[{key}]\n"CurrentBuildNumber"="7601"'))

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("x.reg", f"{VERSION_5}\nfoo", "line 2: is neither a key in brackets"),
            ("x.reg", f"{VERSION_5}\n[HKCU\\x]", "line 2: HKCU is a user's and no machine's"),
            ("x.reg", f"{VERSION_5}\n[HKLM\\x\\y]", r"x\.reg, line 2: Windows makes no keys directly below HKLM"),
            ("SOFTWARE", b"regf", "is no registry hive"),
            ("SOFTWARE.hiv", b"based_on: x", "is no registry hive"),
            ("x.HIVE", b"\0" * 5_000, "is no registry hive"),
            ("NTUSER.DAT", b"", "is no registry hive"),
            ("x.hive", hive(), r"x\.hive does not say which hive it is - call it SOFTWARE, SYSTEM, .*key: HKLM"),
            ("NTUSER.DAT", hive(), "HKCU is a user's and no machine's"),
        ],
    )
    def test_bad_files(self, write: Callable[..., Path], name: str, content: str | bytes, message: str) -> None:
        """What is wrong, and where."""
        with pytest.raises(FormatError, match=message):
            machine_definition(write(name, content))


class TestProblems:
    """All of a description at once, each with line and path."""

    def test_fields(self, write: Callable[..., Path]) -> None:
        """What does not read."""
        write("bad.reg", "REGEDIT4\nfoo\n[x]")
        write("good.reg", BASE)
        write("x.hive", hive())
        write("user.reg", f"{VERSION_5}\n[HKEY_CURRENT_USER\\x]")
        path = write(
            "m.yaml",
            r"""
based_on: windows-11-23h3
nam: LAB-01
name: "123"
time_zone: Europe/Berlim
revision: 1.5
edition: Enterprize
environment: {'A=B': x}
registry:
  HKLN\SOFTWARE\Contoso: {Version: '1'}
  HKCU\SOFTWARE\Contoso: {Version: '1'}
  HKLM\SOFTWARE\X: {A: {type: REG_SX, data: x}, B: true}
registry_files:
  - ../base.reg
  - nope.reg
  - bad.reg
  - x.hive
  - {file: good.reg, key: HKLM\SOFTWARE}
  - {file: x.hive, key: HKCU\Software}
  - user.reg
  - {fil: x}
files:
  C:\Contoso\tool.exe: {fil: tool.exe}
  C:\Contoso\5: 5
users:
  - {name: bob, registry: {HKLM\SOFTWARE\X: {a: b}}, registry_files: [good.reg]}
  - 5
""",
        )
        found = {text.split(":")[0] for text in problems(path)}
        messages = "\n".join(problems(path))

        assert {
            "line 2, $.based_on", "line 3, $.nam", "line 4, $.name", "line 5, $.time_zone", "line 6, $.revision",
            "line 7, $.edition", "line 8, $.environment['A=B']",
            *(f"line {line}, $.registry_files[{line - 14}]" for line in (14, 15, 16, 17, 18, 20)),
            "line 19, $.registry_files[5].key",
        } <= found  # fmt: skip
        for expected in (
            "did you mean 'windows-11-23h2'?", "did you mean 'name'?", "did you mean 'Europe/Berlin'?",
            "expected 1 to 15 letters, digits and hyphens, not only digits, found '123'",
            "did you mean 'Enterprise'?", "expected the name of a variable",
            r"line 10, $.registry['HKLN\\SOFTWARE\\Contoso']: 'HKLN\\SOFTWARE\\Contoso' does not begin with a hive",
            r"line 11, $.registry['HKCU\\SOFTWARE\\Contoso']: HKCU is a user's and no machine's",
            r"line 12, $.registry['HKLM\\SOFTWARE\\X'].A.type: expected one of", "found 'REG_SX'",
            r"line 12, $.registry['HKLM\\SOFTWARE\\X'].B: expected a text, a whole number",
            "'../base.reg' leads out of the folder of the machine's file - put it there",
            "there is no file 'nope.reg' beside the machine's file",
            "bad.reg: line 2: is neither a key in brackets",
            "bad.reg: line 3: there is no root key called 'x'",
            "x.hive does not say which hive it is", "good.reg is no hive, and only a hive has a key",
            "user.reg: line 2: HKCU is a user's", "the field 'file' is missing", "did you mean 'file'?",
            r"line 24, $.files['C:\\Contoso\\5']: expected a text, {file: name}, or null for a folder, found 5",
            "a user's registry holds keys of HKCU only", "line 27, $.users[1]: expected an object, found 5",
        ):  # fmt: skip
            assert expected in messages

    def test_what_a_machine_refuses(self, write: Callable[..., Path]) -> None:
        """The registry, the volumes and the accounts have their say, too."""
        write("x.reg", f"{VERSION_5}\n[HKEY_LOCAL_MACHINE\\x\\y]")
        write("user.reg", f"{VERSION_5}\n[-HKEY_CURRENT_USER\\Software\\Classes]\n[HKEY_CURRENT_USER\\{'x' * 256}]")
        path = write(
            "m.yaml",
            r"""
registry_files: [x.reg]
registry:
  HKLM\Contoso\X: {Version: '1.2'}
files:
  C:\a?b: x
  relative: null
  Q:\x: x
users: [ada, a/b, Ada, {name: bob, registry_files: [user.reg]}]
""",
        )

        found = problems(path)
        assert [
            "line 2, $.registry_files[0]", r"line 4, $.registry['HKLM\\Contoso\\X']", r"line 6, $.files['C:\\a?b']",
            "line 7, $.files.relative", r"line 8, $.files['Q:\\x']", "line 9, $.users[1]", "line 9, $.users[2]",
            "line 9, $.users[3].registry_files[0]",
        ] == [text.partition(": ")[0] for text in found]  # fmt: skip
        assert "line 9, $.users[2]: the user 'Ada' is there twice" in found

    def test_an_architecture_that_does_not_exist(self, write: Callable[..., Path]) -> None:
        """There is no 32-bit Windows 11."""
        path = write("m.yaml", "{based_on: windows-11-23h2, architecture: x86}")

        expected = "line 1, $.architecture: Windows 11 23H2 does not exist for x86, but for x64, arm64"
        assert [expected] == problems(path)

    def test_a_processor_that_is_none(self, write: Callable[..., Path]) -> None:
        """One error is enough."""
        path = write("m.yaml", "{based_on: windows-11-23h2, architecture: z80}")

        assert ["line 1, $.architecture: expected one of x86, x64, arm64, found 'z80'"] == problems(path)

    def test_a_registry_file_that_is_too_large(
        self, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is another one than was meant."""
        monkeypatch.setattr(machines_files, "_MOST_REGISTRY", 100)
        write("x.reg", BASE + ";" * 100)

        assert "more than 100 bytes - is it the right file?" in problems(write("m.yaml", "registry_files: [x.reg]"))[0]

    def test_editions_of_servers(self, write: Callable[..., Path]) -> None:
        """A server has other editions than a client."""
        path = write("m.yaml", "{based_on: windows-server-2022, edition: Professional}")

        assert "expected one of ServerStandard, ServerDatacenter, found 'Professional'" in problems(path)[0]

    @pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
    def test_links_that_lead_out(self, write: Callable[..., Path], tmp_path: Path) -> None:
        """A link in the folder does not lead to files elsewhere."""
        path = write("sub/m.yaml", "files: {'C:\\x': {file: link}}")
        write("secret", "x")
        (tmp_path / "sub" / "link").symlink_to(tmp_path / "secret")

        assert "leads out of the folder of the machine's file" in problems(path)[0]

    def test_names_that_no_file_has(self, write: Callable[..., Path]) -> None:
        """A NUL in a name is no bug."""
        path = write("m.yaml", 'files: {"C:\\\\x": {file: "a\\0b"}}')

        assert "expected the name of a file, found 'a\\x00b'" in problems(path)[0]

    def test_a_file_that_is_too_large(self, write: Callable[..., Path]) -> None:
        """It is another one than was meant."""
        with pytest.raises(UsageError, match="more than 4,194,304 bytes - is it the right file"):
            machine_definition(write("m.yaml", "#" * (4 * 2**20 + 1)))

    def test_damage_in_a_hive_is_found_when_somebody_looks(self, write: Callable[..., Path]) -> None:
        """A description that names it is still right; the machine is as it was."""
        data = bytearray(hive(a="b"))
        at = data.index(b"nk", data.index(b"nk") + 1)
        data[at : at + 2] = b"xx"
        write("x.hive", bytes(data))
        lines = r"registry_files: [{file: x.hive, key: HKLM\SOFTWARE\X}]"
        with emulated_device(release=write("m.yaml", lines), user=None) as device:
            key = RegistryPath.parse(r"HKLM\SOFTWARE\X")
            assert "b" == device.machine.registry.get(key, "a").data
            for _ in range(2):
                with pytest.raises(FormatError, match=r"x\.hive: offset .*: is no key"):
                    device.machine.registry.exists(key.child("Sub"))
            assert device.machine.registry.exists(RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft"))


def test_a_file_that_went_away(files: EmulatedFiles, tmp_path: Path) -> None:
    """What a machine needs has to be there when it is made."""
    additions = Additions(files={r"C:\x": tmp_path / "gone"})

    with pytest.raises(UsageError, match=r"cannot read .*gone: No such file.* - the machine needs it at C:\\x"):
        add_files(files, additions.files)
