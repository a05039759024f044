"""Icons that a package brings along for its shortcuts and its entry in the list of programs.

Source: learn.microsoft.com, "Icon Table"; Windows Installer keeps them in a folder of the product's code.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction

__all__ = ["icon_folder", "icon_path", "plan_icons", "plan_icon_removal"]

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]*")


def icon_folder(session: Session) -> str:
    r"""Return `C:\Windows\Installer\{product code}`."""
    return rf"{session.properties['WindowsFolder']}Installer\{session.product_code}"


def icon_path(session: Session, name: str) -> str:
    """Return where an icon is kept.

    Raises:
        InstallFailure: 1324 for a name that is no identifier.
    """
    if not _NAME.fullmatch(name):
        raise InstallFailure(f"The path {name} contains an invalid character.", number=1324)
    return rf"{icon_folder(session)}\{name}"


def plan_icons(session: Session, step: Step) -> None:
    """Plan to keep every icon of the package."""
    for row in session.rows("Icon"):
        name = row.text("Name")
        step.add(f"IconCreate(Icon={name})", partial(_create, session, name, icon_path(session, name)))


def plan_icon_removal(session: Session, step: Step) -> None:
    """Plan to delete the product's icons."""
    for row in session.rows("Icon"):
        step.add(f"IconRemove(Icon={row.text('Name')})", partial(_delete, icon_path(session, row.text("Name"))))
    if session.rows("Icon"):
        step.add(f"FolderRemove(Folder={icon_folder(session)})", partial(_delete_folder, icon_folder(session)))


def _create(session: Session, name: str, path: str, to: Transaction) -> None:
    stream = session.database.stream(f"Icon.{name}")
    if stream is not None:
        to.make_folder(icon_folder(session))
        to.write_file(path, iter(lambda: stream.read(1 << 16), b""))


def _delete(path: str, to: Transaction) -> None:
    to.delete_file(path)


def _delete_folder(path: str, to: Transaction) -> None:
    to.delete_empty_folder(path)
