"""What every machine's registry must do with values: types, names, sizes, order."""

from __future__ import annotations

from harness.machine.contract.check import KEY, Examinee, behaviour, expect, expect_error
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

_LIMITS = 'learn.microsoft.com, "Registry Element Size Limits"'
_TYPES = 'learn.microsoft.com, "Registry Value Types"'
_FUNCTIONS = "learn.microsoft.com, registry functions; winerror.h"
_WINE = "observed under Wine 8 with CPython's winreg; the same on Windows from memory"
_MEMORY = "from memory of Windows 10 and 11"

_TEXT = RegistryValue.of("text")
_NUMBER = RegistryValue.of(2)
_NT = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")


def _expect_round_trip(machine: Examinee, *values: RegistryValue) -> None:
    for number, value in enumerate(values):
        machine.registry.set(KEY, f"value {number}", value)
        expect(value, machine.registry.get(KEY, f"value {number}"))


@behaviour("registry.values.round-trip", source=_TYPES)
def check_values_read_back(machine: Examinee) -> None:
    """Every type of value reads back as it was set."""
    _expect_round_trip(
        machine,
        _TEXT,
        RegistryValue(RegistryType.REG_EXPAND_SZ, "%windir%"),
        RegistryValue(RegistryType.REG_DWORD, 2**32 - 1),
        RegistryValue(RegistryType.REG_QWORD, 2**64 - 1),
        RegistryValue(RegistryType.REG_MULTI_SZ, ("one", "two")),
        RegistryValue(RegistryType.REG_BINARY, b"\0\1\2"),
    )


@behaviour("registry.values.hardware-types", source=_TYPES)
def check_hardware_types_read_back(machine: Examinee) -> None:
    """The types that drivers describe hardware with are bytes to everybody else."""
    _expect_round_trip(
        machine,
        RegistryValue(RegistryType.REG_RESOURCE_LIST, b"\1\0\0\0"),
        RegistryValue(RegistryType.REG_FULL_RESOURCE_DESCRIPTOR, b"\2\0\0\0"),
        RegistryValue(RegistryType.REG_RESOURCE_REQUIREMENTS_LIST, b"\3\0\0\0"),
    )


@behaviour("registry.values.unknown-types", source=_MEMORY)
def check_unknown_types_read_back(machine: Examinee) -> None:
    """A type may be any number of 32 bits; Windows keeps it with the bytes."""
    _expect_round_trip(
        machine, RegistryValue(RegistryType(0x12), b"\1"), RegistryValue(RegistryType(0xFFFF_0006), b"\1")
    )


@behaviour("registry.values.big-endian", source=_TYPES)
def check_big_endian_numbers(machine: Examinee) -> None:
    """A number may be kept with its high byte first."""
    _expect_round_trip(machine, RegistryValue(RegistryType.REG_DWORD_BIG_ENDIAN, 1))


@behaviour("registry.values.none", source=_TYPES)
def check_values_without_a_type(machine: Examinee) -> None:
    """A value of no type may hold bytes, or nothing at all."""
    _expect_round_trip(
        machine, RegistryValue(RegistryType.REG_NONE, b"\1\2"), RegistryValue(RegistryType.REG_NONE, None)
    )


@behaviour("registry.values.empty", source=_FUNCTIONS)
def check_empty_data(machine: Examinee) -> None:
    """Empty texts, lists and bytes are values too."""
    _expect_round_trip(
        machine,
        RegistryValue.of(""),
        RegistryValue(RegistryType.REG_MULTI_SZ, ()),
        RegistryValue(RegistryType.REG_BINARY, b""),
    )


@behaviour("registry.values.empty-texts-in-lists", source="CPython's test_winreg; observed under Wine 8")
def check_empty_texts_in_lists(machine: Examinee) -> None:
    """A list keeps empty texts between others."""
    _expect_round_trip(machine, RegistryValue.of(["one", "", "two"]), RegistryValue.of(["", "one"]))


@behaviour("registry.values.not-expanded", source=_TYPES)
def check_variables_stay(machine: Examinee) -> None:
    """Variables in a text stay as they are, whatever the type says."""
    _expect_round_trip(machine, RegistryValue(RegistryType.REG_EXPAND_SZ, "%Path%;%nothing%"), RegistryValue.of("%x%"))


@behaviour("registry.values.any-character", source=_TYPES)
def check_any_character_in_texts(machine: Examinee) -> None:
    """A text holds line breaks, tabs and any character of Unicode."""
    _expect_round_trip(machine, RegistryValue.of("a\r\nb\tc\u20ac\U0001f511"))


@behaviour("registry.values.link-anywhere", source="Wine's dlls/ntdll/tests/reg.c, which passes on Windows")
def check_link_value_in_an_ordinary_key(machine: Examinee) -> None:
    """A value of a link's type and name makes no link of an ordinary key."""
    value = RegistryValue(RegistryType.REG_LINK, r"\Registry\Machine\SYSTEM".encode("utf-16-le"))
    machine.registry.set(KEY, "SymbolicLinkValue", value)
    expect(value, machine.registry.get(KEY, "SymbolicLinkValue"))


@behaviour("registry.values.other-type", source=_FUNCTIONS)
def check_overwriting_changes_the_type(machine: Examinee) -> None:
    """Setting a value again replaces its type with its data."""
    machine.registry.set(KEY, "value", _TEXT)
    machine.registry.set(KEY, "value", _NUMBER)
    expect({"value": _NUMBER}, dict(machine.registry.values(KEY)))


@behaviour("registry.values.case", source=_FUNCTIONS)
def check_value_names_keep_case(machine: Examinee) -> None:
    """A value is found under any spelling of its name and keeps the first one."""
    machine.registry.set(KEY, "Version", _TEXT)
    machine.registry.set(KEY, "VERSION", _NUMBER)
    expect({"Version": _NUMBER}, dict(machine.registry.values(KEY)))


@behaviour("registry.values.order", source=_MEMORY)
def check_order_of_values(machine: Examinee) -> None:
    """Values are listed in the order they were made."""
    for name in ("b", "a", "c"):
        machine.registry.set(KEY, name, _TEXT)
    expect(["b", "a", "c"], list(machine.registry.values(KEY)))


@behaviour("registry.values.default", source=_WINE)
def check_default_value_is_unset_at_first(machine: Examinee) -> None:
    """The default value of a new key is not there until it is set; its name is the empty text."""
    machine.registry.create(KEY)
    expect(None, machine.registry.get(KEY))
    machine.registry.set(KEY, "", _TEXT)
    expect(_TEXT, machine.registry.get(KEY))
    expect({"": _TEXT}, dict(machine.registry.values(KEY)))


@behaviour("registry.values.delete-default", source=_FUNCTIONS)
def check_default_value_can_be_deleted(machine: Examinee) -> None:
    """The default value can be deleted as others can."""
    machine.registry.set(KEY, "", _TEXT)
    machine.registry.delete_value(KEY, "")
    expect(None, machine.registry.get(KEY))
    with expect_error(2):
        machine.registry.delete_value(KEY, "")


@behaviour("registry.values.missing", source=_WINE)
def check_missing_things_read_as_none(machine: Examinee) -> None:
    """Reading a value of a missing key, or a missing value, gives nothing."""
    expect(None, machine.registry.get(KEY, "value"))
    machine.registry.create(KEY)
    expect(None, machine.registry.get(KEY, "value"))


@behaviour("registry.values.set-makes-the-key", source="learn.microsoft.com, RegSetKeyValueW")
def check_setting_makes_the_key(machine: Examinee) -> None:
    """Setting a value in a key that is not there makes the key."""
    machine.registry.set(KEY.child(r"one\two"), "value", _TEXT)
    expect(["one"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.values.delete", source=_WINE)
def check_deleting_a_value(machine: Examinee) -> None:
    """Deleting a value leaves the others; deleting it again is error 2."""
    machine.registry.set(KEY, "value", _TEXT)
    machine.registry.set(KEY, "other", _TEXT)
    machine.registry.delete_value(KEY, "VALUE")
    expect({"other": _TEXT}, dict(machine.registry.values(KEY)))
    with expect_error(2):
        machine.registry.delete_value(KEY, "value")


@behaviour("registry.values.delete-in-missing-key", source=_WINE)
def check_deleting_a_value_of_a_missing_key(machine: Examinee) -> None:
    """Deleting a value of a key that is not there is error 2, and makes no key."""
    with expect_error(2):
        machine.registry.delete_value(KEY, "value")
    expect(False, machine.registry.exists(KEY))


@behaviour("registry.values.names-with-backslash", source=_FUNCTIONS)
def check_value_names_may_hold_backslashes(machine: Examinee) -> None:
    """A value's name may hold backslashes."""
    machine.registry.set(KEY, r"C:\folder\file", _TEXT)
    expect([r"C:\folder\file"], list(machine.registry.values(KEY)))


@behaviour("registry.values.like-a-key", source=_FUNCTIONS)
def check_values_and_keys_have_names_of_their_own(machine: Examinee) -> None:
    """A value may have the name of a key beside it."""
    machine.registry.create(KEY.child("name"))
    machine.registry.set(KEY, "name", _TEXT)
    machine.registry.delete(KEY.child("name"))
    expect(_TEXT, machine.registry.get(KEY, "name"))


@behaviour("registry.limits.value-name", source=_LIMITS)
def check_length_of_value_names(machine: Examinee) -> None:
    """A value's name has at most 16,383 characters; one more is error 87."""
    machine.registry.set(KEY, "v" * 16_383, _TEXT)
    with expect_error(87):
        machine.registry.set(KEY, "v" * 16_384, _TEXT)


@behaviour("registry.limits.data", source=_LIMITS)
def check_large_data(machine: Examinee) -> None:
    """More than a megabyte of data is kept."""
    _expect_round_trip(machine, RegistryValue(RegistryType.REG_BINARY, bytes(range(256)) * 4_097))


@behaviour("registry.version.current-build", source='learn.microsoft.com, "Windows 11 release information"')
def check_windows_names_its_build(machine: Examinee) -> None:
    """CurrentBuild is the build that the inventory reports."""
    expect(RegistryValue.of(str(machine.facts.build)), machine.registry.get(_NT, "CurrentBuild"))
