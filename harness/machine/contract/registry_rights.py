"""What every machine's registry must allow whom: SYSTEM, administrators, users."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import KEY, Examinee, behaviour, expect, expect_error
from harness.machine.contract.temporary import temporary
from harness.machine.ports import Registry
from harness.model.windows import LOCAL_SERVICE, Hive, RegistryPath, RegistryValue, Token

_RIGHTS = 'learn.microsoft.com, "Registry Key Security and Access Rights"; the default lists from memory'
_UAC = 'learn.microsoft.com, "How User Account Control works"'
_POLICY = 'learn.microsoft.com, "Implementing Registry-based Policy", for which keys; that users only read from memory'

_NEEDS = [Capability.OTHER_ACCOUNTS]
_TEXT = RegistryValue.of("text")
_OWN = RegistryPath.parse(r"HKCU\SOFTWARE\ImeHarnessContract")


def _user(machine: Examinee) -> Registry:
    return machine.seen_by(Token(account=machine.standard_user)).registry


def _administrator(machine: Examinee, *, is_elevated: bool) -> Registry:
    return machine.seen_by(Token(account=machine.administrator, is_elevated=is_elevated)).registry


@behaviour("registry.rights.user-reads", source=_RIGHTS, needs=_NEEDS)
def check_users_read_the_machines_keys(machine: Examinee) -> None:
    r"""A user may read and list what is in HKLM\SOFTWARE."""
    machine.registry.set(KEY.child("sub"), "value", _TEXT)
    expect(_TEXT, _user(machine).get(KEY.child("sub"), "value"))
    expect(["sub"], list(_user(machine).subkeys(KEY)))


@behaviour("registry.rights.user-sets", source=_RIGHTS, needs=_NEEDS)
def check_users_set_nothing_in_the_machines_keys(machine: Examinee) -> None:
    r"""A user who sets a value in HKLM\SOFTWARE is denied access: error 5."""
    machine.registry.create(KEY)
    with expect_error(5):
        _user(machine).set(KEY, "value", _TEXT)
    expect({}, dict(machine.registry.values(KEY)))


@behaviour("registry.rights.user-creates", source=_RIGHTS, needs=_NEEDS)
def check_users_make_no_keys_for_the_machine(machine: Examinee) -> None:
    r"""A user who makes a key in HKLM\SOFTWARE is denied access: error 5."""
    with expect_error(5):
        _user(machine).create(KEY)
    expect(False, machine.registry.exists(KEY))


@behaviour("registry.rights.user-deletes", source=_RIGHTS, needs=_NEEDS)
def check_users_delete_nothing_of_the_machine(machine: Examinee) -> None:
    r"""A user who deletes a key or a value in HKLM\SOFTWARE is denied access: error 5."""
    machine.registry.set(KEY, "value", _TEXT)
    with expect_error(5):
        _user(machine).delete(KEY)
    with expect_error(5):
        _user(machine).delete_value(KEY, "value")
    expect(_TEXT, machine.registry.get(KEY, "value"))


@behaviour("registry.rights.user-class", source=_RIGHTS, needs=_NEEDS)
def check_users_make_no_classes_for_the_machine(machine: Examinee) -> None:
    """A user who makes a class in HKCR is denied access, since it would be the machine's: error 5."""
    with expect_error(5):
        _user(machine).create(RegistryPath(Hive.HKCR, "ImeHarnessContract"))


@behaviour("registry.rights.own-hive", source=_RIGHTS, needs=_NEEDS)
def check_users_own_their_hive(machine: Examinee) -> None:
    """A user may do everything in the own hive."""
    user = _user(machine)
    with temporary(machine, _OWN.of_user(machine.standard_user.sid)):
        user.set(_OWN.child("sub"), "value", _TEXT)
        user.delete_value(_OWN.child("sub"), "value")
        user.delete(_OWN.child("sub"))
        expect([], list(user.subkeys(_OWN)))


@behaviour("registry.rights.own-policies", source=_POLICY, needs=_NEEDS)
def check_users_do_not_write_their_policies(machine: Examinee) -> None:
    """A user only reads what policies say in the own hive: writing is error 5."""
    for key in (r"HKCU\SOFTWARE\Policies", r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies"):
        policy = RegistryPath.parse(key).child("ImeHarnessContract")
        with temporary(machine, policy.of_user(machine.standard_user.sid)):
            machine.registry.set(policy.of_user(machine.standard_user.sid), "value", _TEXT)
            expect(_TEXT, _user(machine).get(policy, "value"))
            with expect_error(5):
                _user(machine).set(policy, "value", RegistryValue.of("other"))


@behaviour("registry.rights.other-hive", source=_RIGHTS, needs=_NEEDS)
def check_users_see_nothing_of_each_other(machine: Examinee) -> None:
    """A user may not even read another user's hive: error 5."""
    key = _OWN.of_user(machine.administrator.sid)
    with temporary(machine, key):
        machine.registry.set(key, "value", _TEXT)
        for read in (_user(machine).get, _user(machine).values, _user(machine).subkeys):
            with expect_error(5):
                read(key)


@behaviour("registry.rights.hives-listed", source=_RIGHTS, needs=_NEEDS)
def check_users_list_the_hives(machine: Examinee) -> None:
    """A user may list whose hives are loaded."""
    expect(True, machine.administrator.sid in _user(machine).subkeys(RegistryPath(Hive.HKU)))


@behaviour("registry.rights.service-hive", source=_RIGHTS, needs=_NEEDS)
def check_users_see_nothing_of_services(machine: Examinee) -> None:
    r"""A user may not read HKU\S-1-5-19, by which scripts find out whether they are elevated: error 5."""
    with expect_error(5):
        _user(machine).subkeys(RegistryPath(Hive.HKU, LOCAL_SERVICE.sid))


@behaviour("registry.rights.service-hive-elevated", source=_RIGHTS, needs=_NEEDS)
def check_elevated_administrators_see_services(machine: Examinee) -> None:
    r"""An elevated administrator may read HKU\S-1-5-19, the same one without elevation may not: error 5."""
    key = RegistryPath(Hive.HKU, LOCAL_SERVICE.sid)
    expect(list(machine.registry.subkeys(key)), list(_administrator(machine, is_elevated=True).subkeys(key)))
    with expect_error(5):
        _administrator(machine, is_elevated=False).subkeys(key)


@behaviour("registry.rights.default-hive", source=_RIGHTS, needs=_NEEDS)
def check_users_read_systems_hive(machine: Examinee) -> None:
    r"""A user may read HKU\.DEFAULT and not write it: error 5."""
    key = RegistryPath(Hive.HKU, r".DEFAULT\SOFTWARE\ImeHarnessContract")
    with temporary(machine, key):
        machine.registry.set(key, "value", _TEXT)
        expect(_TEXT, _user(machine).get(key, "value"))
        with expect_error(5):
            _user(machine).set(key, "value", RegistryValue.of("other"))


@behaviour("registry.rights.administrator", source=_UAC, needs=_NEEDS)
def check_administrators_write_elevated_only(machine: Examinee) -> None:
    r"""An administrator may write HKLM\SOFTWARE when elevated; without that it is error 5."""
    with expect_error(5):
        _administrator(machine, is_elevated=False).set(KEY, "value", _TEXT)
    _administrator(machine, is_elevated=True).set(KEY, "value", _TEXT)
    expect(_TEXT, machine.registry.get(KEY, "value"))


@behaviour("registry.rights.administrator-other-hive", source=_RIGHTS, needs=_NEEDS)
def check_elevated_administrators_write_users_hives(machine: Examinee) -> None:
    """An elevated administrator may write every user's hive, policies included."""
    sid = machine.standard_user.sid
    key = RegistryPath.parse(r"HKCU\SOFTWARE\Policies\ImeHarnessContract").of_user(sid)
    with temporary(machine, key):
        _administrator(machine, is_elevated=True).set(key, "value", _TEXT)
        expect(_TEXT, machine.registry.get(key, "value"))


@behaviour("registry.rights.security", source=_RIGHTS, needs=_NEEDS)
def check_security_is_systems_alone(machine: Examinee) -> None:
    r"""Nobody but SYSTEM may read HKLM\SECURITY, elevated administrators included: error 5."""
    key = RegistryPath(Hive.HKLM, "SECURITY")
    expect(True, machine.registry.exists(key))
    for registry in (_user(machine), _administrator(machine, is_elevated=True)):
        with expect_error(5):
            registry.subkeys(key)


@behaviour("registry.rights.service-account", source=_RIGHTS, needs=_NEEDS)
def check_service_accounts_are_users(machine: Examinee) -> None:
    r"""LOCAL SERVICE may read HKLM\SOFTWARE and not write it: error 5; its own hive it may write."""
    service = machine.seen_by(Token(account=LOCAL_SERVICE)).registry
    machine.registry.set(KEY, "value", _TEXT)
    expect(_TEXT, service.get(KEY, "value"))
    with expect_error(5):
        service.set(KEY, "value", RegistryValue.of("other"))
    with temporary(machine, _OWN.of_user(LOCAL_SERVICE.sid)):
        service.set(_OWN, "value", _TEXT)
        expect(_TEXT, machine.registry.get(_OWN.of_user(LOCAL_SERVICE.sid), "value"))
