"""Custom actions: those that set properties and folders, and those that stop the installation.

Every other type runs a program, a library or a script of the package, which is not modelled and says so by name.
Source: learn.microsoft.com, "Summary List of All Custom Action Types".
"""

from __future__ import annotations

from typing import Final

from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.errors import NotEmulated
from harness.formats.msidatabase import Row

__all__ = ["run_custom_action"]

_BASE, _IN_ROLLBACK, _SCHEDULING = 0x3F, 0x500, 0x700
_KINDS: Final = {
    1: "a DLL in the Binary table",
    2: "a program in the Binary table",
    5: "JScript in the Binary table",
    6: "VBScript in the Binary table",
    7: "a nested installation",
    17: "a DLL that is installed",
    18: "a program that is installed",
    21: "JScript that is installed",
    22: "VBScript that is installed",
    23: "a nested installation",
    34: "a command line",
    37: "JScript in the table",
    38: "VBScript in the table",
    39: "a nested installation",
    50: "a program named by a property",
    53: "JScript in a property",
    54: "VBScript in a property",
}


def run_custom_action(session: Session, step: Step, row: Row) -> None:
    """Do what a custom action does while the sequence is run through.

    A rollback action does nothing unless the installation fails; it is remembered by name.

    Raises:
        InstallFailure: for type 19, with the package's message.
        NotEmulated: for a type that runs something.
    """
    kind = row.number("Type")
    source, target = row.text("Source"), row.text("Target")
    match kind & _BASE:
        case _ if kind & _SCHEDULING == _IN_ROLLBACK and kind & _BASE in _KINDS:
            session.rollback_actions.append(step.action)
        case 51:  # set a property
            value = session.format(target)
            session.properties.set(source, value)
            step.note(f"PROPERTY CHANGE: Modifying {source} property. Its new value: '{value}'.")
        case 35:  # set a directory
            session.set_directory(source, session.format(target))
        case 19:  # show an error and stop
            raise InstallFailure(_message(session, target))
        case base:
            what = f"custom action '{step.action}' (type {kind}: {_KINDS.get(base, 'unknown')})"
            hint = "say with an installer file what the package does, or leave the action out by its condition"
            raise NotEmulated(what, where=session.package_name, hint=hint)


def _message(session: Session, target: str) -> str:
    """Return a type 19's message: a text, or the number of a row of the Error table."""
    text = session.format(target)
    if text.isdecimal():
        row = session.find("Error", "Error", text)
        return session.format(row.text("Message")) if row else text
    return text
