"""Shortcuts: CreateShortcuts and RemoveShortcuts.

Source: learn.microsoft.com, "Shortcut Table"; a target in brackets is a path, anything else is the feature that an
advertised shortcut installs.
"""

from __future__ import annotations

import ntpath
from functools import partial

from harness.emulator.msi.features import State
from harness.emulator.msi.folders import long_name, with_backslash
from harness.emulator.msi.folderwork import check_file, make_folder, remove_made_folders
from harness.emulator.msi.icons import icon_path
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.shelllink import ShellLink, to_shell_link
from harness.emulator.msi.transaction import Transaction
from harness.errors import NotEmulated
from harness.formats.guids import encode_guid
from harness.formats.msidatabase import Row

__all__ = ["create_shortcuts", "remove_shortcuts"]


def create_shortcuts(session: Session, step: Step) -> None:
    """Write the shortcuts of components that are to be installed."""
    if session.rows("MsiShortcutProperty"):
        hint = "leave the shortcut properties out of the package"
        raise NotEmulated("MSI table 'MsiShortcutProperty'", where=session.package_name, hint=hint)
    for row in session.rows("Shortcut"):
        component = session.component(row.text("Component_"), "Shortcut")
        if component.action is State.LOCAL and session.rewrites(component, "s"):
            path, link = _path(session, row), to_shell_link(_link(session, row))
            step.add(f"ShortcutCreate(Name={path})", partial(_create, session, path, link))


def remove_shortcuts(session: Session, step: Step) -> None:
    """Delete the shortcuts of components that go, and their folders once they are empty."""
    for row in session.rows("Shortcut"):
        component = session.component(row.text("Component_"), "Shortcut")
        if component.action is State.ABSENT:
            path = _path(session, row)
            step.add(f"ShortcutRemove(Name={path})", partial(_remove, session, path))


def _create(session: Session, path: str, link: bytes, to: Transaction) -> None:
    make_folder(session, ntpath.dirname(path), to)
    check_file(session, path, 1910, f"Could not create Shortcut {ntpath.basename(path)}.")
    to.write_file(path, [link])


def _remove(session: Session, path: str, to: Transaction) -> None:
    check_file(session, path, 1911, f"Could not remove Shortcut {ntpath.basename(path)}.")
    to.delete_file(path)
    remove_made_folders(ntpath.dirname(path), to)


def _path(session: Session, row: Row) -> str:
    name = long_name(row.text("Name"))
    suffix = "" if name.lower().endswith((".lnk", ".url")) else ".lnk"
    return with_backslash(session.directory(row.text("Directory_"))) + name + suffix


def _link(session: Session, row: Row) -> ShellLink:
    target = row.text("Target")
    is_plain = "[" in target
    icon = row.text("Icon_")
    return ShellLink(
        target=session.format(target) if is_plain else "",
        advertised="" if is_plain else _descriptor(session, row),
        description=session.format(row.text("Description")),
        arguments=session.format(row.text("Arguments")),
        working_directory=session.properties.get(row.text("WkDir"), "").rstrip("\\"),
        icon=icon_path(session, icon) if icon else "",
        icon_index=row.number("IconIndex"),
        hotkey=row.number("Hotkey"),
        show_command=row.number("ShowCmd", 1),
    )


def _descriptor(session: Session, row: Row) -> str:
    """Return product, feature and component as an advertised shortcut names them."""
    component = session.component(row.text("Component_"), "Shortcut")
    guid = encode_guid(component.guid) if component.guid else ""
    return f"{encode_guid(session.product_code)}{row.text('Target')}>{guid}"
