"""Registry paths and data, versions, accounts, machine facts."""

import dataclasses
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.files import FileVersion
from harness.model.windows import (
    SYSTEM,
    WINDOWS_RELEASES,
    Account,
    Architecture,
    Hive,
    MachineFacts,
    RegistryPath,
    RegistryType,
    RegistryValue,
    View,
)

ADA = Account(name="ada", domain="AzureAD", sid="S-1-12-1-1-2-3-4", profile=r"C:\Users\ada")


class TestView:
    """The two halves of a 64-bit Windows."""

    def test_a_process_sees_the_half_of_its_width(self):
        """32-bit processes the 32-bit view, 64-bit ones the other."""
        assert (View.VIEW_32, View.VIEW_64) == (View.of(32), View.of(64))

    def test_each_has_another(self):
        """The other of the other is the same again."""
        assert (View.VIEW_64, View.VIEW_32) == (View.VIEW_32.other, View.VIEW_64.other)


class TestRegistryPath:
    """Keys by hive and path."""

    @pytest.mark.parametrize(
        ("text", "hive", "key"),
        [
            (r"HKLM\SOFTWARE\Contoso", Hive.HKLM, r"SOFTWARE\Contoso"),
            (r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso", Hive.HKLM, r"SOFTWARE\Contoso"),
            (r"hkey_current_user\Software", Hive.HKCU, "Software"),
            (r"Computer\HKEY_USERS\S-1-5-18", Hive.HKU, "S-1-5-18"),
            (r"HKLM:\SOFTWARE", Hive.HKLM, "SOFTWARE"),
            (r"  \HKCR\\.msi\ ", Hive.HKCR, ".msi"),
            ("HKLM/SOFTWARE/Contoso", Hive.HKLM, r"SOFTWARE\Contoso"),
            (r"HKCR\MIME\Database\Content Type\text/html", Hive.HKCR, r"MIME\Database\Content Type\text/html"),
            ("HKCC", Hive.HKCC, ""),
        ],
    )
    def test_reads_the_spellings_people_use(self, text, hive, key):
        """Short and long hive names, Registry Editor's and PowerShell's prefixes, slashes in key names."""
        assert (hive, key) == dataclasses.astuple(RegistryPath.parse(text))

    @pytest.mark.parametrize("text", ["", "\\", "Computer", r"SOFTWARE\Contoso", r"HKXX\SOFTWARE", r"HKLM/SOFTWARE\X"])
    def test_refuses_what_has_no_hive(self, text):
        """The message lists the hives."""
        with pytest.raises(ValueError, match="does not begin with a hive - expected one of HKLM, HKCU"):
            RegistryPath.parse(text)

    def test_compares_without_regard_to_case_and_keeps_it(self):
        """As Windows does."""
        upper, lower = RegistryPath.parse(r"HKLM\SOFTWARE\X"), RegistryPath.parse(r"HKLM\software\x")

        assert upper == lower
        assert hash(upper) == hash(lower)
        assert r"HKLM\software\x" == lower.short

    @pytest.mark.parametrize("other", [RegistryPath(Hive.HKCU, "SOFTWARE"), RegistryPath(Hive.HKLM, "SYSTEM"), "HKLM"])
    def test_differs_by_hive_and_key_and_kind(self, other):
        """A path is not a text."""
        assert other != RegistryPath(Hive.HKLM, "SOFTWARE")

    def test_goes_down_and_up(self):
        """Children may have several parts; a hive is its own parent."""
        path = RegistryPath(Hive.HKLM).child("SOFTWARE").child(r"Contoso\VPN")

        assert r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso\VPN" == str(path)
        assert ("SOFTWARE", "Contoso", "VPN") == path.parts
        assert ("VPN", r"HKLM\SOFTWARE\Contoso") == (path.name, path.parent.short)
        assert RegistryPath(Hive.HKLM) == RegistryPath(Hive.HKLM).parent
        assert ("HKEY_LOCAL_MACHINE", (), "HKLM") == (
            RegistryPath(Hive.HKLM).name,
            RegistryPath(Hive.HKLM).parts,
            RegistryPath(Hive.HKLM).short,
        )

    def test_the_current_user_is_somebody(self):
        """HKCU means the hive of that user, other hives mean what they say."""
        assert RegistryPath(Hive.HKU, r"S-1-5-18\Software") == RegistryPath(Hive.HKCU, "Software").of_user("S-1-5-18")
        assert RegistryPath(Hive.HKU, "S-1-5-18") == RegistryPath(Hive.HKCU).of_user("S-1-5-18")
        assert RegistryPath(Hive.HKLM, "SOFTWARE") == RegistryPath(Hive.HKLM, "SOFTWARE").of_user("S-1-5-18")

    @settings(deadline=None, max_examples=50)
    @given(
        st.sampled_from(Hive), st.lists(st.from_regex(r"[\w .{}/-]{1,12}", fullmatch=True).map(str.strip), max_size=4)
    )
    def test_both_written_forms_read_back(self, hive, parts):
        """Long and short form name the same key."""
        key = RegistryPath(hive, "\\".join(filter(None, parts)))

        if key.key or "/" not in key.short:
            assert key == RegistryPath.parse(str(key)) == RegistryPath.parse(key.short)


class TestRegistryValue:
    """Data with its type."""

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ("text", RegistryType.REG_SZ),
            (0, RegistryType.REG_DWORD),
            (2**32 - 1, RegistryType.REG_DWORD),
            (2**32, RegistryType.REG_QWORD),
            (2**64 - 1, RegistryType.REG_QWORD),
            (b"\0\1", RegistryType.REG_BINARY),
            (("a", "b"), RegistryType.REG_MULTI_SZ),
        ],
    )
    def test_plain_data_has_the_type_one_expects(self, data, expected):
        """Text, numbers, bytes and lists."""
        assert RegistryValue(expected, data) == RegistryValue.of(data)

    def test_a_list_becomes_a_tuple(self):
        """Values are immutable."""
        assert ("a", "b") == RegistryValue.of(["a", "b"]).data

    @pytest.mark.parametrize("number", [-1, 2**64])
    def test_numbers_that_do_not_fit_are_refused(self, number):
        """There is no type for them."""
        with pytest.raises(ValueError, match="does not fit the registry"):
            RegistryValue.of(number)

    @pytest.mark.parametrize(
        ("data", "expected"), [("x", "x"), (5, "5"), (b"\x0a\xff", "0a ff"), (("a", "b"), "a; b"), ("", "")]
    )
    def test_data_is_shown_as_people_read_it(self, data, expected):
        """Bytes in hex, lists with semicolons."""
        assert expected == str(RegistryValue.of(data))

    def test_no_data_is_shown_as_nothing(self):
        """REG_NONE may hold nothing at all."""
        assert "" == str(RegistryValue(RegistryType.REG_NONE, None))


class TestFileVersion:
    """Versions of up to four numbers."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("1", "1.0.0.0"), ("1.2", "1.2.0.0"), (" 25.01.00.0 ", "25.1.0.0"), ("1.2.3.4", "1.2.3.4")],
    )
    def test_missing_parts_are_zero(self, text, expected):
        """And leading zeros do not count."""
        assert expected == str(FileVersion.parse(text))

    @pytest.mark.parametrize("text", ["", "1.", "a", "1.2.3.4.5", "1.2-beta", "v1", "1..2", "-1"])
    def test_other_texts_are_no_versions(self, text):
        """None, not an error: many rules compare such texts otherwise."""
        assert FileVersion.parse(text) is None

    def test_versions_compare_by_their_numbers(self):
        """10 is more than 9."""
        assert FileVersion(1, 9) < FileVersion(1, 10) < FileVersion(2)


class TestAccountsAndMachines:
    """Who and what."""

    def test_system_is_system(self):
        """And a user is not."""
        assert (True, False) == (SYSTEM.is_system, ADA.is_system)

    def test_an_account_is_shown_with_its_domain(self):
        """As Windows shows it."""
        assert (r"NT AUTHORITY\SYSTEM", r"AzureAD\ada") == (str(SYSTEM), str(ADA))

    def test_the_version_is_that_of_the_build(self):
        """As the agent reports it."""
        assert "10.0.22631" == MachineFacts(name="PC", release="Windows 11 23H2", build=22631, revision=1).os_version

    @pytest.mark.parametrize("architecture", Architecture)
    def test_all_but_x86_have_two_halves(self, architecture):
        """A 32-bit Windows has no other half."""
        facts = MachineFacts(name="PC", release="x", build=19045, revision=1, architecture=architecture)

        assert (architecture is not Architecture.X86) is facts.is_64_bit

    def test_releases_rise_with_their_builds(self):
        """The table is in the order of the releases."""
        assert sorted(WINDOWS_RELEASES.values()) == [*WINDOWS_RELEASES.values()]


def test_registry_paths_compare_one_letter_at_a_time():
    """Two keys are the same when Windows says so: case does not matter, but `ß` is not `ss`."""
    assert RegistryPath(Hive.HKLM, "SOFTWARE\\Ä") == RegistryPath(Hive.HKLM, "software\\ä")
    assert RegistryPath(Hive.HKLM, "Straße") != RegistryPath(Hive.HKLM, "Strasse")


def test_any_number_of_32_bits_is_a_registry_type():
    """Windows keeps types that have no name; two of the same number are equal, and nothing else is one."""
    odd = RegistryType(0x10006)

    assert ("REG_0x10006", 0x10006, odd) == (odd.name, odd.value, RegistryType(0x10006))
    assert odd == pickle.loads(pickle.dumps(odd))  # noqa: S301
    assert RegistryType.REG_LINK is RegistryType(6)
    for wrong in (-1, 2**32, "REG_SZ"):
        with pytest.raises(ValueError, match="is not a valid RegistryType"):
            RegistryType(wrong)
