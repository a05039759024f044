r"""Folders that come and go with what is in them, and who may write there.

Windows Installer lists the folders it makes under `...\Installer\Folders`, and removes only those, once empty.
Source: registries that msiexec wrote.
"""

from __future__ import annotations

import ntpath
from typing import Final

from harness.emulator.filegate import FileGate
from harness.emulator.msi.folders import with_backslash
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.session import Session
from harness.emulator.msi.transaction import Transaction
from harness.errors import MachineError
from harness.model.windows import Hive, RegistryPath, RegistryValue, View

__all__ = ["make_folder", "remove_made_folders", "forget_folder", "check_file"]

_FOLDERS: Final = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\Folders")


def make_folder(session: Session, path: str, to: Transaction) -> None:
    """Make a folder and those above it, and remember which were not there.

    Raises:
        InstallFailure: 1303 when the user may not, 1304 when Windows refuses for another reason.
    """
    if session.machine.files.exists(path.rstrip("\\")):
        return
    message = f"The installer has insufficient privileges to access this directory: {path}."
    check_file(session, path, 1303, message)
    try:
        made = to.make_folder(path)
    except MachineError as error:
        raise InstallFailure(f"Could not create the folder {path}: {error}", number=1304) from error
    for folder in made:
        to.set_value(_FOLDERS, with_backslash(folder), RegistryValue.of(""))


def remove_made_folders(path: str, to: Transaction) -> None:
    """Remove a folder and those above it as long as they are empty and Windows Installer made them."""
    while to.has_value(_FOLDERS, with_backslash(path)) and to.delete_empty_folder(path):
        forget_folder(path, to)
        path = ntpath.dirname(path.rstrip("\\"))


def forget_folder(path: str, to: Transaction) -> None:
    """Forget that Windows Installer made a folder."""
    to.delete_value(_FOLDERS, with_backslash(path))


def check_file(session: Session, path: str, number: int, message: str) -> None:
    """Stop the installation if whoever it acts for may not write there.

    Raises:
        InstallFailure: with that number and message.
    """
    try:
        gate = FileGate(session.machine.files, session.acting_token)
        gate.check_make_folder(ntpath.dirname(path.rstrip("\\")), View.VIEW_64)
        if not path.endswith("\\") or session.machine.files.exists(path):
            gate.check_write(path, View.VIEW_64)
    except MachineError as error:
        raise InstallFailure(f"{message} System error {error.winerror}.", number=number) from error
