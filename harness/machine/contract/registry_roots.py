"""What every machine's predefined keys must be: HKCU, HKU, HKCC and the merged HKCR."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import CLASS_KEY, Examinee, behaviour, expect, expect_error
from harness.machine.contract.temporary import temporary
from harness.machine.ports import Registry
from harness.model.windows import LOCAL_SERVICE, NETWORK_SERVICE, Hive, RegistryPath, RegistryValue, Token

_PREDEFINED = 'learn.microsoft.com, "Predefined Keys"'
_CLASSES = 'learn.microsoft.com, "HKEY_CLASSES_ROOT Key" and "Merged View of HKEY_CLASSES_ROOT"'
_WOW64 = 'learn.microsoft.com, "Registry Keys Affected by WOW64"'
_MEMORY = "from memory of Windows 10 and 11"

_ACCOUNTS = [Capability.OTHER_ACCOUNTS]
_TEXT = RegistryValue.of("text")
_OTHER = RegistryValue.of("other")
_BELOW = r"SOFTWARE\ImeHarnessContract"
_CLASS = RegistryPath(Hive.HKCR, CLASS_KEY.name)


# HKU and HKCU


@behaviour("registry.links.system-user", source=_PREDEFINED)
def check_default_user_is_system(machine: Examinee) -> None:
    r"""HKU\S-1-5-18 and HKU\.DEFAULT are the same keys."""
    with temporary(machine, RegistryPath.parse(rf"HKU\.DEFAULT\{_BELOW}")):
        machine.registry.set(RegistryPath.parse(rf"HKU\S-1-5-18\{_BELOW}"), "value", _TEXT)
        expect(_TEXT, machine.registry.get(RegistryPath.parse(rf"HKU\.DEFAULT\{_BELOW}"), "value"))


@behaviour("registry.users.system", source=_PREDEFINED)
def check_current_user_of_system(machine: Examinee) -> None:
    r"""HKCU of a process of SYSTEM is HKU\S-1-5-18."""
    with temporary(machine, RegistryPath.parse(rf"HKCU\{_BELOW}")):
        machine.registry.set(RegistryPath.parse(rf"HKCU\{_BELOW}"), "value", _TEXT)
        expect(_TEXT, machine.registry.get(RegistryPath.parse(rf"HKU\S-1-5-18\{_BELOW}"), "value"))


@behaviour("registry.users.services", source=_MEMORY)
def check_service_accounts_have_hives(machine: Examinee) -> None:
    r"""The hives of LOCAL SERVICE and NETWORK SERVICE are always loaded, and listed with SYSTEM's."""
    names = {name.upper() for name in machine.registry.subkeys(RegistryPath(Hive.HKU))}
    expect(True, {".DEFAULT", "S-1-5-18", LOCAL_SERVICE.sid, NETWORK_SERVICE.sid} <= names)


@behaviour("registry.users.listed", source=_PREDEFINED, needs=_ACCOUNTS)
def check_loaded_users_are_listed(machine: Examinee) -> None:
    """A user's two hives are listed below HKU while they are loaded."""
    names = machine.registry.subkeys(RegistryPath(Hive.HKU))
    sid = machine.standard_user.sid
    expect(True, {sid, f"{sid}_Classes"} <= set(names))


@behaviour("registry.users.current", source=_PREDEFINED, needs=_ACCOUNTS)
def check_current_user_is_the_users_hive(machine: Examinee) -> None:
    """HKCU of a user's process is the user's hive below HKU, and nobody else's."""
    users = RegistryPath.parse(rf"HKU\{machine.standard_user.sid}\{_BELOW}")
    with temporary(machine, users):
        _of_user(machine).set(RegistryPath.parse(rf"HKCU\{_BELOW}"), "value", _TEXT)
        expect(_TEXT, machine.registry.get(users, "value"))
        expect(None, machine.registry.get(RegistryPath.parse(rf"HKCU\{_BELOW}"), "value"))


@behaviour("registry.users.classes", source=_WOW64, needs=_ACCOUNTS)
def check_users_classes_are_a_hive(machine: Examinee) -> None:
    r"""SOFTWARE\Classes of a user is the user's second hive, and is listed below SOFTWARE."""
    sid = machine.standard_user.sid
    key = RegistryPath.parse(rf"HKU\{sid}_Classes\{CLASS_KEY.name}")
    with temporary(machine, key, RegistryPath.parse(rf"HKU\{sid}\{_BELOW}")):
        machine.registry.set(key, "value", _TEXT)
        machine.registry.create(RegistryPath.parse(rf"HKU\{sid}\{_BELOW}"))
        classes = RegistryPath.parse(rf"HKU\{sid}\SOFTWARE\Classes\{CLASS_KEY.name}")
        expect(_TEXT, machine.registry.get(classes, "value"))
        expect(True, "Classes" in machine.registry.subkeys(RegistryPath.parse(rf"HKU\{sid}\SOFTWARE")))


# HKCC


@behaviour("registry.current-config", source=_PREDEFINED)
def check_current_config_is_the_hardware_profile(machine: Examinee) -> None:
    r"""HKCC is Hardware Profiles\Current of the control set in use."""
    profile = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Hardware Profiles\Current")
    key = RegistryPath(Hive.HKCC, _BELOW)
    with temporary(machine, key):
        machine.registry.set(key, "value", _TEXT)
        expect(_TEXT, machine.registry.get(profile.child(_BELOW), "value"))
        expect(list(machine.registry.subkeys(profile)), list(machine.registry.subkeys(RegistryPath(Hive.HKCC))))


# HKCR


@behaviour("registry.classes-root.reads-machine", source=_CLASSES)
def check_classes_root_shows_the_machines_classes(machine: Examinee) -> None:
    """HKCR shows the machine's classes, and what is written there is the machine's."""
    machine.registry.set(CLASS_KEY, "", _TEXT)
    expect(_TEXT, machine.registry.get(_CLASS))
    machine.registry.set(_CLASS.child("shell"), "", _TEXT)
    expect(_TEXT, machine.registry.get(CLASS_KEY.child("shell")))


@behaviour("registry.classes-root.new", source=_CLASSES)
def check_new_class_is_the_machines(machine: Examinee) -> None:
    """A class made in HKCR is made for the machine."""
    machine.registry.create(_CLASS)
    expect(True, machine.registry.exists(CLASS_KEY))


@behaviour("registry.classes-root.delete", source=_CLASSES)
def check_deleting_a_class(machine: Examinee) -> None:
    """A class deleted in HKCR is gone from the machine's; deleting it again is error 2."""
    machine.registry.create(CLASS_KEY.child("shell"))
    machine.registry.delete(_CLASS)
    expect(False, machine.registry.exists(CLASS_KEY))
    with expect_error(2):
        machine.registry.delete(_CLASS)


def _of_user(machine: Examinee) -> Registry:
    return machine.seen_by(Token(account=machine.standard_user)).registry


def _users_class(machine: Examinee, name: str = CLASS_KEY.name) -> RegistryPath:
    return RegistryPath.parse(rf"HKU\{machine.standard_user.sid}_Classes").child(name)


@behaviour("registry.classes-root.users", source=_CLASSES, needs=_ACCOUNTS)
def check_users_classes_are_seen_by_the_user(machine: Examinee) -> None:
    """A user's own class is in the user's HKCR and in nobody else's."""
    users = _users_class(machine)
    with temporary(machine, users):
        machine.registry.set(users, "", _TEXT)
        expect(_TEXT, _of_user(machine).get(_CLASS))
        expect(False, machine.registry.exists(_CLASS))


@behaviour("registry.classes-root.hidden", source=_CLASSES, needs=_ACCOUNTS)
def check_users_class_hides_the_machines(machine: Examinee) -> None:
    """Of a class that user and machine have, the user sees the own one alone."""
    users = _users_class(machine)
    machine.registry.set(CLASS_KEY, "machine", _TEXT)
    with temporary(machine, users):
        machine.registry.set(users, "user", _TEXT)
        expect(["user"], list(_of_user(machine).values(_CLASS)))


@behaviour("registry.classes-root.once", source=_CLASSES, needs=_ACCOUNTS)
def check_classes_are_listed_once(machine: Examinee) -> None:
    """HKCR lists a class that both have once, and those that one of them has."""
    users = _users_class(machine)
    machine.registry.create(CLASS_KEY)
    with temporary(machine, users, _users_class(machine, f"{CLASS_KEY.name}2")):
        machine.registry.create(users)
        machine.registry.create(_users_class(machine, f"{CLASS_KEY.name}2"))
        names = [name for name in _of_user(machine).subkeys(RegistryPath(Hive.HKCR)) if name.startswith(CLASS_KEY.name)]
        expect([CLASS_KEY.name, f"{CLASS_KEY.name}2"], names)


@behaviour("registry.classes-root.write-users", source=_CLASSES, needs=_ACCOUNTS)
def check_writing_a_users_class(machine: Examinee) -> None:
    """Writing a class in HKCR that the user has writes the user's."""
    users = _users_class(machine)
    with temporary(machine, users):
        machine.registry.create(users)
        _of_user(machine).set(_CLASS, "value", _TEXT)
        expect(_TEXT, machine.registry.get(users, "value"))
        expect(False, machine.registry.exists(CLASS_KEY))


@behaviour("registry.classes-root.merged", source=_CLASSES, needs=_ACCOUNTS)
def check_classes_of_both_are_merged(machine: Examinee) -> None:
    """CLSID in HKCR holds the classes of user and machine; of one that both have, the user's."""
    machine_key = RegistryPath.parse(r"HKLM\SOFTWARE\Classes\CLSID")
    users_key = _users_class(machine, "CLSID")
    names = [f"{{D1A5C0DE-0000-4000-8000-C0FFEE00000{number}}}" for number in (2, 3, 4)]
    in_machine, in_users = [machine_key.child(one) for one in names[:2]], [users_key.child(one) for one in names[1:]]
    with temporary(machine, *in_machine, *in_users):
        for key in in_machine:
            machine.registry.set(key, "", _TEXT)
        for key in in_users:
            machine.registry.set(key, "", _OTHER)
        merged = RegistryPath(Hive.HKCR, "CLSID")
        user = _of_user(machine)
        expect([_TEXT, _OTHER, _OTHER], [user.get(merged.child(name)) for name in names])
        expect(True, set(names) <= set(user.subkeys(merged)))
