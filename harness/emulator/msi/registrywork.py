r"""Registry values: WriteRegistryValues and RemoveRegistryValues.

Source: learn.microsoft.com, "Registry Table" and "RemoveRegistry Table": `#` numbers, `#%` expandable texts, `#x`
bytes, `[~]` lists of texts; a name of `+`, `-` or `*` without a value makes or removes whole keys.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from harness.emulator.msi.features import State
from harness.emulator.msi.formatted import NUL
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.emulator.registryrights import KeyRights, check_key_access
from harness.errors import MachineError
from harness.formats.msidatabase import Row
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["write_registry_values", "remove_registry_values", "parse_value"]

_NUMBER: Final = re.compile(r"#[+-]?[0-9]{1,20}")
_CREATE, _REMOVE, _BOTH = "+", "-", "*"


def write_registry_values(session: Session, step: Step) -> None:
    """Write the values of components that are to be installed."""
    for row in session.rows("Registry"):
        component = session.component(row.text("Component_"), "Registry")
        if component.action is not State.LOCAL:
            continue
        place, view = _place(session, row), component.view
        if not session.rewrites(component, "m" if place.hive is Hive.HKLM else "u"):
            continue
        name, value = session.format(row.text("Name")), row.text("Value")
        if row.is_null("Value") and name == _REMOVE:
            continue
        if row.is_null("Value") and name in (_CREATE, _BOTH):
            step.add(f"RegOpenKey(Key={place.short})", partial(_create, session, place, view))
            continue
        text = f"RegAddValue(Key={place.short},Name={name},Value={session.format(value)})".replace(NUL, "[~]")
        step.add(text, partial(_write, session, place, name, (session.format(value), view)))


def remove_registry_values(session: Session, step: Step) -> None:
    """Remove the values of components that go, and those of the RemoveRegistry table of components that come."""
    for row in session.rows("Registry"):
        component = session.component(row.text("Component_"), "Registry")
        if component.action is State.ABSENT:
            _plan_removal(session, step, row, component.view, row.is_null("Value"))
    for row in session.rows("RemoveRegistry"):
        component = session.component(row.text("Component_"), "RemoveRegistry")
        if component.action is State.LOCAL:
            _plan_removal(session, step, row, component.view, is_value_null=True)


def parse_value(text: str, present: RegistryValue | None = None) -> RegistryValue:
    """Return what a formatted value of the Registry table means.

    Args:
        text: the value, with NUL where `[~]` stood.
        present: what is there already; a list that begins or ends with `[~]` is added to it.
    """
    if NUL in text:
        return RegistryValue(RegistryType.REG_MULTI_SZ, _texts(text, present))
    if text.startswith("##"):
        return RegistryValue(RegistryType.REG_SZ, text[1:])
    if text.startswith("#%"):
        return RegistryValue(RegistryType.REG_EXPAND_SZ, text[2:])
    if re.fullmatch(r"#[xX][0-9A-Fa-f]*", text):
        digits = text[2:]
        return RegistryValue(RegistryType.REG_BINARY, bytes.fromhex("0" * (len(digits) % 2) + digits))
    if _NUMBER.fullmatch(text):
        return RegistryValue(RegistryType.REG_DWORD, int(text[1:]) & 0xFFFFFFFF)
    return RegistryValue(RegistryType.REG_SZ, text)


def _texts(text: str, present: RegistryValue | None) -> tuple[str, ...]:
    before = present.data if present and isinstance(present.data, tuple) else ()
    texts = tuple(part for part in text.split(NUL) if part)
    appends, prepends = text.startswith(NUL), text.endswith(NUL)
    if appends and not prepends:
        return (*before, *texts)
    if prepends and not appends:
        return (*texts, *before)
    return texts


def _plan_removal(session: Session, step: Step, row: Row, view: View, is_value_null: bool) -> None:  # noqa: FBT001 - a cell
    place, name = _place(session, row), session.format(row.text("Name"))
    if is_value_null and name in (_REMOVE, _BOTH):
        step.add(f"RegRemoveKey(Key={place.short})", partial(_remove_key, session, place, view))
    elif is_value_null and name == _CREATE:
        step.add(f"RegRemoveKey(Key={place.short})", partial(_remove_empty, session, place, view))
    else:
        step.add(f"RegRemoveValue(Key={place.short},Name={name})", partial(_remove, session, place, name, view))


def _place(session: Session, row: Row) -> RegistryPath:
    return session.registry_place(row.number("Root"), session.format(row.text("Key")).strip("\\"))


def _create(session: Session, place: RegistryPath, view: View, to: Transaction) -> None:
    _check(session, place, "")
    to.create_key(place, view)


def _write(session: Session, place: RegistryPath, name: str, what: tuple[str, View], to: Transaction) -> None:
    text, view = what
    _check(session, place, name)
    value = parse_value(text, session.machine.registry.get(place, name, view) if NUL in text else None)
    try:
        to.set_value(place, name, value, view)
    except MachineError as error:
        raise _failure(place, name, error) from error


def _remove(session: Session, place: RegistryPath, name: str, view: View, to: Transaction) -> None:
    _check(session, place, name)
    to.delete_value(place, name, view)
    to.delete_empty_keys(place, view)


def _remove_key(session: Session, place: RegistryPath, view: View, to: Transaction) -> None:
    _check(session, place, "")
    try:
        to.delete_key(place, view)
    except MachineError as error:
        raise _failure(place, "", error) from error
    to.delete_empty_keys(place.parent, view)


def _remove_empty(session: Session, place: RegistryPath, view: View, to: Transaction) -> None:
    _check(session, place, "")
    to.delete_empty_keys(place, view)


def _check(session: Session, place: RegistryPath, name: str) -> None:
    try:
        check_key_access(session.machine.registry.location(place), KeyRights.KEY_WRITE, session.acting_token)
    except MachineError as error:
        raise _failure(place, name, error) from error


def _failure(place: RegistryPath, name: str, error: MachineError) -> InstallFailure:
    message = f"Could not write value {name} to key {place.short}. System error {error.winerror}."
    return InstallFailure(message, number=1406)
