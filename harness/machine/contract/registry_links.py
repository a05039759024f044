"""What every machine's registry must do with keys that lead to others."""

from __future__ import annotations

from harness.errors import MachineError
from harness.machine.contract.check import KEY, Examinee, behaviour, expect, expect_error
from harness.model.windows import RegistryPath, RegistryValue

_CREATE = 'learn.microsoft.com, "RegCreateKeyExW", REG_OPTION_CREATE_LINK'
_WINE = "Wine's dlls/ntdll/tests/reg.c, which passes on Windows"
_MEMORY = "from memory of Windows 10 and 11"

_TEXT = RegistryValue.of("text")
_TARGET = KEY.child("target")
_LINK = KEY.child("link")
_CONTROL_SET = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName")


def _linked(machine: Examinee) -> None:
    machine.registry.set(_TARGET, "value", _TEXT)
    machine.registry.create_link(_LINK, _TARGET)


@behaviour("registry.links.read", source=_CREATE)
def check_link_reads_as_its_target(machine: Examinee) -> None:
    """A link has the values of the key it leads to and none of its own."""
    _linked(machine)
    expect({"value": _TEXT}, dict(machine.registry.values(_LINK)))


@behaviour("registry.links.write", source=_CREATE)
def check_writing_through_a_link(machine: Examinee) -> None:
    """What is written to a link is written to the key it leads to."""
    _linked(machine)
    machine.registry.set(_LINK, "other", _TEXT)
    machine.registry.delete_value(_LINK, "value")
    expect({"other": _TEXT}, dict(machine.registry.values(_TARGET)))


@behaviour("registry.links.below", source=_CREATE)
def check_keys_below_a_link(machine: Examinee) -> None:
    """Keys below a link are those below the key it leads to."""
    _linked(machine)
    machine.registry.create(_LINK.child(r"one\two"))
    expect(["one"], list(machine.registry.subkeys(_TARGET)))
    expect(True, machine.registry.exists(_TARGET.child(r"one\two")))


@behaviour("registry.links.listed", source=_CREATE)
def check_links_are_listed(machine: Examinee) -> None:
    """A link is listed by its own name among the keys beside it."""
    _linked(machine)
    expect(["link", "target"], list(machine.registry.subkeys(KEY)))


@behaviour("registry.links.delete", source=_WINE)
def check_deleting_a_link(machine: Examinee) -> None:
    """Deleting a link leaves the key it leads to."""
    _linked(machine)
    machine.registry.delete(_LINK)
    expect(["target"], list(machine.registry.subkeys(KEY)))
    expect(_TEXT, machine.registry.get(_TARGET, "value"))


@behaviour("registry.links.delete-above", source=_MEMORY)
def check_deleting_a_key_with_a_link_in_it(machine: Examinee) -> None:
    """Deleting a key deletes the links in it, and not what they lead to."""
    machine.registry.set(_TARGET, "value", _TEXT)
    machine.registry.create_link(KEY.child(r"folder\link"), _TARGET)
    machine.registry.delete(KEY.child("folder"))
    expect(_TEXT, machine.registry.get(_TARGET, "value"))


@behaviour("registry.links.target-deleted", source=_WINE)
def check_link_to_nothing(machine: Examinee) -> None:
    """A link whose key was deleted leads nowhere: error 2."""
    _linked(machine)
    machine.registry.delete(_TARGET)
    expect(False, machine.registry.exists(_LINK))
    with expect_error(2):
        machine.registry.values(_LINK)


@behaviour("registry.links.target-anew", source=_CREATE)
def check_link_leads_to_a_name(machine: Examinee) -> None:
    """A link leads to whatever key has the name it holds, also one that is made later."""
    machine.registry.create_link(_LINK, _TARGET)
    machine.registry.set(_TARGET, "value", _TEXT)
    expect(_TEXT, machine.registry.get(_LINK, "value"))


@behaviour("registry.links.make-target", source=_WINE)
def check_making_a_key_through_a_link(machine: Examinee) -> None:
    """Making a key through a link that leads to none makes the one it leads to."""
    machine.registry.create_link(_LINK, _TARGET)
    machine.registry.create(_LINK)
    expect(True, machine.registry.exists(_TARGET))


@behaviour("registry.links.name-taken", source=_WINE)
def check_link_needs_a_free_name(machine: Examinee) -> None:
    """Making a link with the name of a key is error 183."""
    machine.registry.create(_LINK)
    with expect_error(183):
        machine.registry.create_link(_LINK, _TARGET)


@behaviour("registry.links.in-a-row", source=_MEMORY)
def check_links_to_links(machine: Examinee) -> None:
    """A link may lead to a link."""
    _linked(machine)
    machine.registry.create_link(KEY.child("second"), _LINK)
    expect(_TEXT, machine.registry.get(KEY.child("second"), "value"))


@behaviour("registry.links.loop", source=_WINE)
def check_links_in_a_circle(machine: Examinee) -> None:
    """Links that lead to each other lead nowhere: error 2, or 206 on some versions."""
    machine.registry.create_link(_LINK, _TARGET)
    machine.registry.create_link(_TARGET, _LINK)
    try:
        machine.registry.values(_LINK)
    except MachineError as error:
        expect(True, error.winerror in (2, 206))
    else:
        raise AssertionError("expected error 2 or 206, but it worked")


@behaviour("registry.links.current-control-set", source=_MEMORY)
def check_current_control_set_is_a_link(machine: Examinee) -> None:
    """CurrentControlSet is one of the numbered control sets under another name."""
    sets = [name for name in machine.registry.subkeys(RegistryPath.parse(r"HKLM\SYSTEM")) if name[-3:].isdigit()]
    values = [
        machine.registry.get(RegistryPath.parse(str(_CONTROL_SET).replace("CurrentControlSet", name)), "ComputerName")
        for name in sets
    ]
    expect(True, machine.registry.get(_CONTROL_SET, "ComputerName") in values)


@behaviour("registry.links.select", source=_MEMORY)
def check_select_names_the_control_set(machine: Examinee) -> None:
    r"""The value Current of HKLM\SYSTEM\Select is the number of the control set in use."""
    current = machine.registry.get(RegistryPath.parse(r"HKLM\SYSTEM\Select"), "Current")
    assert current is not None
    assert isinstance(current.data, int)
    name = RegistryPath.parse(str(_CONTROL_SET).replace("CurrentControlSet", f"ControlSet{current.data:03}"))
    expect(machine.registry.get(_CONTROL_SET, "ComputerName"), machine.registry.get(name, "ComputerName"))
