"""Environment variables: WriteEnvironmentStrings and RemoveEnvironmentStrings.

Source: learn.microsoft.com, "Environment Table": the name begins with what is to be done (`=` set, `+` set unless it is
there, `-` remove with the product, `!` remove at installation) and `*` for the machine's variables; `[~]` in the value
stands for what the variable has already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from harness.emulator.msi.components import Component
from harness.emulator.msi.features import State
from harness.emulator.msi.formatted import NUL
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.emulator.registryrights import KeyRights, check_key_access
from harness.errors import MachineError
from harness.formats.msidatabase import Row
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue

__all__ = ["write_environment_strings", "remove_environment_strings"]

_MACHINE: Final = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
_SEPARATOR: Final = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """A row of the Environment table."""

    name: str
    marks: str
    text: str
    key: RegistryPath

    @property
    def piece(self) -> str:
        """The text without `[~]`."""
        return self.text.replace(NUL, "").strip(_SEPARATOR)


def write_environment_strings(session: Session, step: Step) -> None:
    """Set the variables of components that are to be installed."""
    _plan(session, step, State.LOCAL, lambda variable: _remove if "!" in variable.marks else _write)


def remove_environment_strings(session: Session, step: Step) -> None:
    """Take away the variables of components that go, or only what was added to them."""
    _plan(session, step, State.ABSENT, lambda variable: _remove if "-" in variable.marks else None)


_Change = Callable[[Session, _Variable, Transaction], None]


def _plan(session: Session, step: Step, action: State, change_of: Callable[[_Variable], _Change | None]) -> None:
    for row in session.rows("Environment"):
        component: Component = session.component(row.text("Component_"), "Environment")
        variable = _variable(session, row)
        change = change_of(variable)
        if component.action is action and change:
            text = f"UpdateEnvironmentStrings(Name={variable.name},Value={variable.piece})"
            step.add(text, partial(change, session, variable))


def _variable(session: Session, row: Row) -> _Variable:
    name = row.text("Name")
    bare = name.lstrip("=+-!*")
    marks = name[: len(name) - len(bare)]
    user = RegistryPath(Hive.HKU, rf"{session.run.info.account.sid}\Environment")
    text = session.format(row.text("Value"))
    return _Variable(name=bare, marks=marks, text=text, key=_MACHINE if "*" in marks else user)


def _write(session: Session, variable: _Variable, to: Transaction) -> None:
    present = session.machine.registry.get(variable.key, variable.name)
    before = str(present) if present else ""
    if "+" in variable.marks and "=" not in variable.marks and present is not None:
        return
    pieces = [piece for piece in before.split(_SEPARATOR) if piece and folded(piece) != folded(variable.piece)]
    if variable.text.startswith(NUL):
        after = _SEPARATOR.join([*pieces, variable.piece])
    elif variable.text.endswith(NUL):
        after = _SEPARATOR.join([variable.piece, *pieces])
    else:
        after = variable.text
    _set(session, variable, after, present, to)


def _remove(session: Session, variable: _Variable, to: Transaction) -> None:
    present = session.machine.registry.get(variable.key, variable.name)
    if present is None:
        return
    pieces = [piece for piece in str(present).split(_SEPARATOR) if piece]
    rest = [piece for piece in pieces if folded(piece) != folded(variable.piece)]
    if NUL in variable.text:
        if rest != pieces:
            _set(session, variable, _SEPARATOR.join(rest), present, to)
    elif not variable.text or folded(str(present)) == folded(variable.text):
        _set(session, variable, "", present, to)


def _set(session: Session, variable: _Variable, text: str, present: RegistryValue | None, to: Transaction) -> None:
    try:
        check_key_access(session.machine.registry.location(variable.key), KeyRights.KEY_SET_VALUE, session.acting_token)
    except MachineError as error:
        message = f"Could not update environment variable '{variable.name}'."
        raise InstallFailure(message, number=1924) from error
    if not text:
        to.delete_value(variable.key, variable.name)
        return
    is_expandable = "%" in text or (present is not None and present.type is RegistryType.REG_EXPAND_SZ)
    kind = RegistryType.REG_EXPAND_SZ if is_expandable else RegistryType.REG_SZ
    to.set_value(variable.key, variable.name, RegistryValue(kind, text))
