"""Where a 32-bit program's keys and files are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.machine.wow64 import (
    file_location,
    folder_location,
    names_elsewhere,
    registry_location,
    written_by_32_bit,
)
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

NT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CV = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
USER = r"HKU\S-1-5-21-1-2-3-1001"


def location(path: str, view: View) -> str:
    """Return where a key is, in the form people type."""
    return registry_location(RegistryPath.parse(path), view).short


class TestRegistryLocation:
    """Redirected and shared keys."""

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node"),
            (r"HKLM\software\Vendor\App", r"HKLM\software\WOW6432Node\Vendor\App"),
            (rf"{CV}\Uninstall\X", CV.replace("SOFTWARE", r"SOFTWARE\WOW6432Node") + r"\Uninstall\X"),
            (rf"{CV}\Run", CV.replace("SOFTWARE", r"SOFTWARE\WOW6432Node") + r"\Run"),
            (rf"{CV}\App Paths\x.exe", rf"{CV}\App Paths\x.exe"),
            (rf"{CV}\policies\System", rf"{CV}\policies\System"),
            (rf"{CV}\Explorer", CV.replace("SOFTWARE", r"SOFTWARE\WOW6432Node") + r"\Explorer"),
            (rf"{CV}\Explorer\DriveIcons\C", rf"{CV}\Explorer\DriveIcons\C"),
            (NT, NT.replace("SOFTWARE", r"SOFTWARE\WOW6432Node")),
            (rf"{NT}\ProfileList\S-1", rf"{NT}\ProfileList\S-1"),
            (r"HKLM\SOFTWARE\Policies\Contoso", r"HKLM\SOFTWARE\Policies\Contoso"),
            (r"HKLM\SOFTWARE\PoliciesX", r"HKLM\SOFTWARE\WOW6432Node\PoliciesX"),
            (r"HKLM\SOFTWARE\Microsoft\Shared Tools\MSInfo\Y", r"HKLM\SOFTWARE\Microsoft\Shared Tools\MSInfo\Y"),
            (r"HKLM\SOFTWARE\Microsoft\Shared Tools", r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Shared Tools"),
            (r"HKLM\SOFTWARE\Classes\.txt", r"HKLM\SOFTWARE\Classes\.txt"),
            (r"HKLM\SOFTWARE\Classes\clsid\{1}", r"HKLM\SOFTWARE\Classes\WOW6432Node\clsid\{1}"),
            (r"HKLM\SOFTWARE\Classes\AppID\{1}", r"HKLM\SOFTWARE\Classes\AppID\{1}"),
            (r"HKCR\CLSID\{1}", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{1}"),
            (r"HKCR\.txt", r"HKLM\SOFTWARE\Classes\.txt"),
            (r"HKCU\SOFTWARE\Vendor", r"HKCU\SOFTWARE\Vendor"),
            (r"HKCU\SOFTWARE\Classes\CLSID\{1}", r"HKCU\SOFTWARE\Classes\WOW6432Node\CLSID\{1}"),
            (r"HKCU\SOFTWARE\Classes\.txt", r"HKCU\SOFTWARE\Classes\.txt"),
            (rf"{USER}\SOFTWARE\Vendor", rf"{USER}\SOFTWARE\Vendor"),
            (rf"{USER}\SOFTWARE\Classes\Interface", rf"{USER}_Classes\WOW6432Node\Interface"),
            (rf"{USER}_Classes\Media Type\X", rf"{USER}_Classes\WOW6432Node\Media Type\X"),
            (r"HKU\S-1-5-18\SOFTWARE\Classes\CLSID", r"HKU\S-1-5-18\SOFTWARE\Classes\WOW6432Node\CLSID"),
            (r"HKLM\SYSTEM\CurrentControlSet", r"HKLM\SYSTEM\CurrentControlSet"),
            (r"HKLM", "HKLM"),
            (r"HKU", "HKU"),
            (r"HKCC\Software", r"HKCC\Software"),
        ],
    )
    def test_32_bit_program_finds_a_key(self, asked: str, found: str) -> None:
        """A 32-bit program's key is where Microsoft's table says, and all below it follows."""
        assert found == location(asked, View.VIEW_32)

    @pytest.mark.parametrize(
        "path", [r"HKLM\SOFTWARE\Vendor", rf"{CV}\Uninstall", r"HKLM\SOFTWARE\Classes\CLSID", r"HKLM"]
    )
    def test_64_bit_program_finds_its_keys_where_it_says(self, path: str) -> None:
        """Nothing is redirected for a 64-bit program."""
        assert path == location(path, View.VIEW_64)

    def test_users_classes_are_a_hive_of_their_own_for_everybody(self) -> None:
        r"""A person's SOFTWARE\Classes is a link to the _Classes hive; a service's is an ordinary key."""
        assert rf"{USER}_Classes\.txt" == location(rf"{USER}\SOFTWARE\Classes\.txt", View.VIEW_64)
        assert r"HKU\S-1-12-1-1-2_Classes" == location(r"HKU\S-1-12-1-1-2\Software\Classes", View.VIEW_64)
        assert r"HKU\.DEFAULT\SOFTWARE\Classes\x" == location(r"HKU\.DEFAULT\SOFTWARE\Classes\x", View.VIEW_64)

    @pytest.mark.parametrize("view", list(View))
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            (r"HKLM\SOFTWARE\Wow6432Node\Vendor", r"HKLM\SOFTWARE\WOW6432Node\Vendor"),
            (r"HKLM\SOFTWARE\WOW6432Node", r"HKLM\SOFTWARE\WOW6432Node"),
            (r"HKLM\SOFTWARE\WOW6432Node\wow6432node\Vendor", r"HKLM\SOFTWARE\WOW6432Node\Vendor"),
            (r"HKLM\SOFTWARE\WOW6432Node\Policies\X", r"HKLM\SOFTWARE\Policies\X"),
            (r"HKLM\SOFTWARE\WOW6432Node\Classes", r"HKLM\SOFTWARE\Classes\WOW6432Node"),
            (r"HKLM\SOFTWARE\WOW6432Node\Classes\CLSID\{1}", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{1}"),
            (r"HKLM\SOFTWARE\WOW6432Node\Classes\TypeLib\{1}", r"HKLM\SOFTWARE\Classes\TypeLib\{1}"),
            (r"HKLM\SOFTWARE\Classes\Wow6432Node\CLSID\{1}", r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID\{1}"),
            (r"HKLM\SOFTWARE\Classes\Wow6432Node\AppId\{1}", r"HKLM\SOFTWARE\Classes\AppId\{1}"),
            (r"HKLM\SOFTWARE\Classes\Wow6432Node\Protocols", r"HKLM\SOFTWARE\Classes\Protocols"),
            (rf"{USER}_Classes\WOW6432Node\CLSID", rf"{USER}_Classes\WOW6432Node\CLSID"),
        ],
    )
    def test_node_written_out_means_the_32_bit_half(self, asked: str, found: str, view: View) -> None:
        """WOW6432Node in a path is understood from both views, follows the links, and is never doubled."""
        assert found == location(asked, view)

    @given(st.lists(st.sampled_from(["SOFTWARE", "Classes", "CLSID", "WOW6432Node", "Policies", "X"]), max_size=6))
    @settings(deadline=None, max_examples=200)
    def test_location_is_a_real_place(self, parts: list[str]) -> None:
        """Where a key is, it is for everybody: asking a 64-bit program's way for the answer gives the answer."""
        for view in View:
            found = registry_location(RegistryPath.parse("\\".join(["HKLM", *parts])), view)

            assert found == registry_location(found, View.VIEW_64)


class TestNamesElsewhere:
    """What a key lists although it is kept somewhere else."""

    @pytest.mark.parametrize(
        ("path", "view", "names"),
        [
            (r"HKLM\SOFTWARE", View.VIEW_32, {"Classes", "Clients", "Policies", "RegisteredApplications"}),
            (r"HKLM\SOFTWARE\WOW6432Node", View.VIEW_64, {"Classes", "Clients", "Policies", "RegisteredApplications"}),
            (r"HKLM\SOFTWARE", View.VIEW_64, set()),
            (r"HKLM\SOFTWARE\Microsoft\CTF", View.VIEW_32, {"SystemShared", "TIP"}),
            (r"HKLM\SOFTWARE\Vendor", View.VIEW_32, set()),
            (r"HKLM\SOFTWARE\Classes\WOW6432Node", View.VIEW_64, {"AppID", "PROTOCOLS", "TypeLib"}),
            (r"HKLM\SOFTWARE\Classes", View.VIEW_64, set()),
            (USER + r"\SOFTWARE", View.VIEW_64, {"Classes"}),
            (USER, View.VIEW_32, set()),
            (r"HKLM\SYSTEM", View.VIEW_32, set()),
        ],
    )
    def test_names(self, path: str, view: View, names: set[str]) -> None:
        """The names follow from the table of shared keys and from the links."""
        assert names == set(names_elsewhere(RegistryPath.parse(path), view))

    @pytest.mark.parametrize("path", [r"HKLM\SOFTWARE\Classes", USER + "_Classes", r"HKU\.DEFAULT\SOFTWARE\Classes"])
    def test_classes_kept_twice(self, path: str) -> None:
        """A 32-bit program's CLSID is listed among classes that both halves share."""
        assert {"CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation"} == set(
            names_elsewhere(RegistryPath.parse(path), View.VIEW_32)
        )
        assert () == names_elsewhere(RegistryPath.parse(path), View.VIEW_64)


class TestWrittenBy32Bit:
    """Texts that WOW64 rewrites."""

    @pytest.mark.parametrize(
        ("written", "stored"),
        [
            (r"%ProgramFiles%\App", r"%ProgramFiles(x86)%\App"),
            (r"%commonprogramfiles%\App", r"%commonprogramfiles(x86)%\App"),
            (r"%CommonProgramFiles%\App", r"%CommonProgramFiles%\App"),
            (r" %ProgramFiles%\App", r" %ProgramFiles%\App"),
            ("%ProgramFiles%" + "x" * 521, "%ProgramFiles(x86)%" + "x" * 521),
            ("%ProgramFiles%" + "x" * 522, "%ProgramFiles%" + "x" * 522),
        ],
    )
    def test_text(self, written: str, stored: str) -> None:
        """Only text that begins with exactly these names is rewritten, and only up to 535 characters."""
        value = written_by_32_bit(RegistryValue(RegistryType.REG_EXPAND_SZ, written))

        assert RegistryValue(RegistryType.REG_EXPAND_SZ, stored) == value

    def test_other_types_stay(self) -> None:
        """A MULTI_SZ is not rewritten."""
        value = RegistryValue.of(("%ProgramFiles%",))

        assert value is written_by_32_bit(value)


class TestFileLocation:
    """The file system redirector."""

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            (r"C:\Windows\System32\cmd.exe", r"C:\Windows\SysWOW64\cmd.exe"),
            (r"c:\WINDOWS\SYSTEM32", r"c:\WINDOWS\SysWOW64"),
            (r"C:/Windows/System32/x", r"C:\Windows\SysWOW64\x"),
            (r"C:\Windows\Sysnative\cmd.exe", r"C:\Windows\System32\cmd.exe"),
            (r"C:\Windows\regedit.exe", r"C:\Windows\SysWOW64\regedit.exe"),
            (r"C:\Windows\regedit.exe\x", r"C:\Windows\regedit.exe\x"),
            (r"C:\Windows\lastgood\system32\x", r"C:\Windows\lastgood\SysWOW64\x"),
            (r"C:\Windows\lastgood", r"C:\Windows\lastgood"),
            (r"C:\Windows\System32\drivers\etc\hosts", r"C:\Windows\System32\drivers\etc\hosts"),
            (r"C:\Windows\System32\drivers\x.sys", r"C:\Windows\SysWOW64\drivers\x.sys"),
            (r"C:\Windows\System32\Spool\x", r"C:\Windows\System32\Spool\x"),
            (r"C:\Windows\System32\catroot2", r"C:\Windows\System32\catroot2"),
            (r"C:\Windows\System32\spoolx", r"C:\Windows\SysWOW64\spoolx"),
            (r"C:\Windows\Temp", r"C:\Windows\Temp"),
            (r"C:\Windows", r"C:\Windows"),
            (r"C:\Program Files\x", r"C:\Program Files\x"),
            (r"D:\Windows\System32\x", r"D:\Windows\System32\x"),
            (r"\\localhost\c$\Windows\System32", r"\\localhost\c$\Windows\System32"),
            ("\\\\?\\C:\\Windows\\System32\\x", "\\\\?\\C:\\Windows\\SysWOW64\\x"),
        ],
    )
    def test_32_bit_program_finds_a_file(self, asked: str, found: str) -> None:
        """A 32-bit program's System32 is SysWOW64 but for the exempt folders; Sysnative is the real one."""
        assert found == file_location(asked, View.VIEW_32)
        assert asked == file_location(asked, View.VIEW_64)

    def test_names_below_the_drive(self) -> None:
        """The same is said of names that are already taken apart."""
        assert ("Windows", "SysWOW64", "x") == folder_location(("Windows", "system32", "x"), View.VIEW_32)


class TestFolded:
    """How Windows compares names."""

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("Program Files", "PROGRAM files", True),
            ("Müller", "MÜLLER", True),
            ("straße", "STRASSE", False),
            ("\u212a", "k", False),
            ("ÿ", "Ÿ", True),
            ("\U00010428", "\U00010400", False),
        ],
    )
    def test_spellings(self, one: str, other: str, *, same: bool) -> None:
        """One character is compared with one other; letters outside ASCII never equal one inside."""
        assert same == (folded(one) == folded(other))
