"""What every machine's registry must do."""

from __future__ import annotations

from harness.machine.contract.check import (
    CLASS_KEY,
    COM_KEY,
    KEY,
    POLICY_KEY,
    USER_KEY,
    behaviour,
    expect,
    expect_error,
)
from harness.machine.ports import Machine
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

_LIMITS = 'learn.microsoft.com, "Registry Element Size Limits"'
_WOW64 = 'learn.microsoft.com, "Registry Keys Affected by WOW64"'
_VIEWS = 'learn.microsoft.com, "Accessing an Alternate Registry View"'
_FUNCTIONS = "learn.microsoft.com, registry functions; winerror.h"
_WINE = "observed under Wine 8 with CPython's winreg; the same on Windows from memory"
_MEMORY = "from memory of Windows 10 and 11"

_TEXT = RegistryValue.of("text")
_CONTROL_SET = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName")
_NT = RegistryPath.parse(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion")


@behaviour("registry.values.round-trip", source=_FUNCTIONS)
def check_values_read_back(machine: Machine) -> None:
    """Every type of value reads back as it was set."""
    for value in (
        _TEXT,
        RegistryValue(RegistryType.REG_EXPAND_SZ, "%windir%"),
        RegistryValue(RegistryType.REG_DWORD, 2**32 - 1),
        RegistryValue(RegistryType.REG_QWORD, 2**64 - 1),
        RegistryValue(RegistryType.REG_MULTI_SZ, ("one", "two")),
        RegistryValue(RegistryType.REG_BINARY, b"\0\1\2"),
    ):
        machine.registry.set(KEY, "value", value)
        expect(value, machine.registry.get(KEY, "value"))


@behaviour("registry.values.case", source=_FUNCTIONS)
def check_value_names_keep_case(machine: Machine) -> None:
    """A value is found under any spelling of its name and keeps the first one."""
    machine.registry.set(KEY, "Version", _TEXT)
    machine.registry.set(KEY, "VERSION", RegistryValue.of(2))
    expect({"Version": RegistryValue.of(2)}, dict(machine.registry.values(KEY)))


@behaviour("registry.keys.case", source=_FUNCTIONS)
def check_key_names_keep_case(machine: Machine) -> None:
    """A key is found under any spelling of its name and keeps the first one."""
    machine.registry.create(KEY.child("MixedCase"))
    machine.registry.create(KEY.child("MIXEDCASE"))
    expect(True, machine.registry.exists(KEY.child("mixedcase")))
    expect(["MixedCase"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.values.default", source=_WINE)
def check_default_value_is_unset_at_first(machine: Machine) -> None:
    """The default value of a new key is not there until it is set."""
    machine.registry.create(KEY)
    expect(None, machine.registry.get(KEY))
    machine.registry.set(KEY, "", _TEXT)
    expect(_TEXT, machine.registry.get(KEY))


@behaviour("registry.values.missing", source=_WINE)
def check_missing_things_read_as_none(machine: Machine) -> None:
    """Reading a value of a missing key, or a missing value, gives nothing."""
    expect(None, machine.registry.get(KEY, "value"))
    machine.registry.create(KEY)
    expect(None, machine.registry.get(KEY, "value"))


@behaviour("registry.values.delete", source=_WINE)
def check_deleting_a_missing_value(machine: Machine) -> None:
    """Deleting a value that is not there is error 2."""
    machine.registry.set(KEY, "value", _TEXT)
    machine.registry.delete_value(KEY, "VALUE")
    with expect_error(2):
        machine.registry.delete_value(KEY, "value")


@behaviour("registry.values.names-with-backslash", source=_FUNCTIONS)
def check_value_names_may_hold_backslashes(machine: Machine) -> None:
    """A value's name may hold backslashes."""
    machine.registry.set(KEY, r"C:\folder\file", _TEXT)
    expect([r"C:\folder\file"], list(machine.registry.values(KEY)))


@behaviour("registry.keys.missing", source=_WINE)
def check_listing_a_missing_key(machine: Machine) -> None:
    """Listing or deleting a key that is not there is error 2."""
    with expect_error(2):
        machine.registry.subkeys(KEY)
    with expect_error(2):
        machine.registry.values(KEY)
    with expect_error(2):
        machine.registry.delete(KEY)


@behaviour("registry.keys.create", source=_FUNCTIONS)
def check_creating_makes_keys_above(machine: Machine) -> None:
    """Making a key makes those above it, and leaves an existing one as it is."""
    machine.registry.create(KEY.child(r"one\two"))
    machine.registry.set(KEY.child("one"), "value", _TEXT)
    machine.registry.create(KEY.child("one"))
    expect(_TEXT, machine.registry.get(KEY.child("one"), "value"))


@behaviour("registry.keys.delete", source=_FUNCTIONS)
def check_deleting_takes_what_is_below(machine: Machine) -> None:
    """A deleted key is gone with everything below it; made anew, it is empty."""
    machine.registry.set(KEY.child(r"one\two"), "value", _TEXT)
    machine.registry.delete(KEY.child("one"))
    expect(False, machine.registry.exists(KEY.child(r"one\two")))
    machine.registry.create(KEY.child(r"one\two"))
    expect({}, dict(machine.registry.values(KEY.child(r"one\two"))))


@behaviour("registry.keys.sorted", source=_MEMORY)
def check_keys_are_listed_sorted(machine: Machine) -> None:
    """Subkeys are listed by name without regard to case."""
    for name in ("b", "C", "a"):
        machine.registry.create(KEY.child(name))
    expect(["a", "b", "C"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.keys.not-below-hklm", source=_MEMORY)
def check_no_keys_below_the_root(machine: Machine) -> None:
    """No key can be made directly below HKLM: error 87."""
    with expect_error(87):
        machine.registry.create(RegistryPath.parse(r"HKLM\ImeHarnessContract"))


@behaviour("registry.limits.key-name", source=_LIMITS)
def check_length_of_key_names(machine: Machine) -> None:
    """A key's name has at most 255 characters; one more is error 87."""
    machine.registry.create(KEY.child("k" * 255))
    with expect_error(87):
        machine.registry.create(KEY.child("k" * 256))


@behaviour("registry.limits.value-name", source=_LIMITS)
def check_length_of_value_names(machine: Machine) -> None:
    """A value's name has at most 16,383 characters; one more is error 87."""
    machine.registry.set(KEY, "v" * 16_383, _TEXT)
    with expect_error(87):
        machine.registry.set(KEY, "v" * 16_384, _TEXT)


@behaviour("registry.links.current-control-set", source=_MEMORY)
def check_current_control_set_is_a_link(machine: Machine) -> None:
    """CurrentControlSet is one of the numbered control sets under another name."""
    sets = [name for name in machine.registry.subkeys(RegistryPath.parse(r"HKLM\SYSTEM")) if name[-3:].isdigit()]
    values = [
        machine.registry.get(RegistryPath.parse(str(_CONTROL_SET).replace("CurrentControlSet", name)), "ComputerName")
        for name in sets
    ]
    expect(True, machine.registry.get(_CONTROL_SET, "ComputerName") in values)


@behaviour("registry.links.system-user", source='learn.microsoft.com, "Predefined Keys"')
def check_default_user_is_system(machine: Machine) -> None:
    r"""HKU\S-1-5-18 and HKU\.DEFAULT are the same keys."""
    below = r"SOFTWARE\ImeHarnessContract"
    machine.registry.set(RegistryPath.parse(rf"HKU\S-1-5-18\{below}"), "value", _TEXT)
    try:
        expect(_TEXT, machine.registry.get(RegistryPath.parse(rf"HKU\.DEFAULT\{below}"), "value"))
    finally:
        machine.registry.delete(RegistryPath.parse(rf"HKU\.DEFAULT\{below}"))


@behaviour("registry.classes-root.reads-machine", source='learn.microsoft.com, "HKEY_CLASSES_ROOT Key"')
def check_classes_root_shows_the_machines_classes(machine: Machine) -> None:
    """HKCR shows the machine's classes, and what is written there is the machine's."""
    merged = RegistryPath.parse(r"HKCR\ImeHarnessContract")
    machine.registry.set(CLASS_KEY, "", _TEXT)
    expect(_TEXT, machine.registry.get(merged))
    machine.registry.set(merged.child("shell"), "", _TEXT)
    expect(_TEXT, machine.registry.get(CLASS_KEY.child("shell")))


@behaviour("registry.version.current-build", source='learn.microsoft.com, "Windows 11 release information"')
def check_windows_names_its_build(machine: Machine) -> None:
    """CurrentBuild is the build that the inventory reports."""
    expect(RegistryValue.of(str(machine.facts.build)), machine.registry.get(_NT, "CurrentBuild"))


@behaviour("registry.views.redirected", source=_WOW64, needs_wow64=True)
def check_software_is_kept_twice(machine: Machine) -> None:
    r"""What a 32-bit program writes to HKLM\SOFTWARE a 64-bit one does not find there."""
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    expect(False, machine.registry.exists(KEY))
    expect(_TEXT, machine.registry.get(KEY, "value", View.VIEW_32))


@behaviour("registry.views.node", source=_WINE, needs_wow64=True)
def check_32_bit_keys_are_below_the_node(machine: Machine) -> None:
    """32-bit data is below WOW6432Node, and that name means the same to both views."""
    node = RegistryPath.parse(r"HKLM\SOFTWARE\WOW6432Node").child(KEY.name)
    machine.registry.set(KEY, "value", _TEXT, View.VIEW_32)
    for view in View:
        expect(_TEXT, machine.registry.get(node, "value", view))


@behaviour("registry.views.node-not-listed", source=_WINE, needs_wow64=True)
def check_node_is_listed_for_64_bit_programs_only(machine: Machine) -> None:
    """WOW6432Node is listed in the 64-bit view and not in the 32-bit view."""
    software = RegistryPath.parse(r"HKLM\SOFTWARE")
    listed = [("WOW6432NODE" in [name.upper() for name in machine.registry.subkeys(software, view)]) for view in View]
    expect([True, False], listed)


@behaviour("registry.views.shared-keys", source=_WOW64, needs_wow64=True)
def check_policies_and_classes_are_shared(machine: Machine) -> None:
    r"""SOFTWARE\Policies, SOFTWARE\Classes and HKCU\SOFTWARE are the same in both views."""
    for key in (POLICY_KEY, CLASS_KEY, USER_KEY):
        machine.registry.set(key, "value", _TEXT, View.VIEW_32)
        expect(_TEXT, machine.registry.get(key, "value", View.VIEW_64))


@behaviour("registry.views.shared-keys-listed", source=_WOW64, needs_wow64=True)
def check_shared_keys_are_listed_in_both_views(machine: Machine) -> None:
    """A 32-bit program lists the shared keys among its own."""
    machine.registry.create(POLICY_KEY)
    names = machine.registry.subkeys(RegistryPath.parse(r"HKLM\SOFTWARE"), View.VIEW_32)
    expect(True, {"CLASSES", "POLICIES"} <= {name.upper() for name in names})


@behaviour("registry.views.com-classes", source=_WOW64, needs_wow64=True)
def check_com_classes_are_kept_twice(machine: Machine) -> None:
    r"""SOFTWARE\Classes\CLSID is kept twice; the 32-bit half is SOFTWARE\Classes\WOW6432Node\CLSID."""
    machine.registry.set(COM_KEY, "", _TEXT, View.VIEW_32)
    expect(False, machine.registry.exists(COM_KEY))
    for place in (r"HKLM\SOFTWARE\Classes\WOW6432Node\CLSID", r"HKLM\SOFTWARE\WOW6432Node\Classes\CLSID"):
        expect(_TEXT, machine.registry.get(RegistryPath.parse(place).child(COM_KEY.name)))


@behaviour("registry.views.delete", source=_VIEWS, needs_wow64=True)
def check_deleting_goes_by_the_view(machine: Machine) -> None:
    """Deleting a key in one view leaves that of the other alone."""
    for view in View:
        machine.registry.create(KEY, view)
    machine.registry.delete(KEY, View.VIEW_32)
    expect([True, False], [machine.registry.exists(KEY, view) for view in View])
