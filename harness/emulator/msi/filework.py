"""Files and folders: CreateFolders, InstallFiles, RemoveFiles, RemoveFolders.

Source: learn.microsoft.com, "InstallFiles", "RemoveFile Table", "CreateFolder Table", "File Versioning Rules"
("Default File Versioning"), "MsiFileHash Table".
"""

from __future__ import annotations

import fnmatch
import ntpath
from collections.abc import Iterator
from functools import partial
from typing import Final

from harness.emulator.msi.components import Component
from harness.emulator.msi.features import State
from harness.emulator.msi.folders import file_name, long_name, with_backslash
from harness.emulator.msi.folderwork import check_file, forget_folder, make_folder, remove_made_folders
from harness.emulator.msi.numbers import parse_version
from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.script import Step
from harness.emulator.msi.session import Session
from harness.emulator.msi.sources import Source, read_source, sources_of
from harness.emulator.msi.transaction import Transaction
from harness.errors import MachineError
from harness.formats.msidatabase import Row
from harness.model.files import FileVersion

__all__ = ["create_folders", "remove_folders", "install_files", "remove_files"]

_AT_INSTALL, _AT_REMOVAL = 1, 2
_DISK_FULL: Final = 112


def create_folders(session: Session, step: Step) -> None:
    """Make the folders of the CreateFolder table."""
    for row in session.rows("CreateFolder"):
        component = session.component(row.text("Component_"), "CreateFolder")
        if component.action is State.LOCAL:
            path = session.directory(row.text("Directory_"))
            step.add(f"FolderCreate(Folder={path})", partial(make_folder, session, path))


def remove_folders(session: Session, step: Step) -> None:
    """Remove the folders of the CreateFolder table that are empty."""
    for row in session.rows("CreateFolder"):
        component = session.component(row.text("Component_"), "CreateFolder")
        if component.action is State.ABSENT:
            path = session.directory(row.text("Directory_"))
            step.add(f"FolderRemove(Folder={path})", partial(remove_made_folders, path))


def install_files(session: Session, step: Step) -> None:
    """Copy the files of the components that are to be installed."""
    rows = [
        row for row in session.rows("File") if session.component(row.text("Component_"), "File").action is State.LOCAL
    ]
    for source in sources_of(session, rows):
        text = f"FileCopy(Cabinet={source.cabinet},Files={len(source.rows)},FileSize={source.size_bytes})"
        step.add(text, partial(_copy, session, source), source.size_bytes)


def remove_files(session: Session, step: Step) -> None:
    """Delete the files of components that go, those of the RemoveFile table, and the folders made for them."""
    folders: dict[str, None] = {}
    for row in session.rows("File"):
        component = session.component(row.text("Component_"), "File")
        if component.action is State.ABSENT:
            folder = session.directory(component.directory)
            folders[folder] = None
            path = folder + file_name(row.text("FileName"))
            step.add(f"FileRemove(FileName={path})", partial(_delete, session, path))
    for row in session.rows("RemoveFile"):
        _plan_remove_file(session, step, row)
    for folder in folders:
        step.add(f"FolderRemove(Folder={folder})", partial(remove_made_folders, folder))


def _plan_remove_file(session: Session, step: Step, row: Row) -> None:
    component = session.component(row.text("Component_"), "RemoveFile")
    mode = row.number("InstallMode")
    is_due = (component.action is State.LOCAL and mode & _AT_INSTALL) or (
        component.action is State.ABSENT and mode & _AT_REMOVAL
    )
    folder = session.properties.get(row.text("DirProperty"), "")
    if not is_due or not folder:
        return
    folder, pattern = with_backslash(folder), long_name(row.text("FileName"))
    if pattern:
        step.add(f"FileRemove(FileName={folder}{pattern})", partial(_delete_matching, session, folder, pattern))
    else:
        # Such a row removes a folder of anybody's, if it is empty.
        step.add(f"FolderRemove(Folder={folder})", partial(_remove_any_folder, session, folder))


def _copy(session: Session, source: Source, to: Transaction) -> None:
    def take(row: Row, pieces: Iterator[bytes]) -> None:
        path = _target(session, row)
        make_folder(session, ntpath.dirname(path), to)
        check_file(session, path, 1310, f"Error writing to file: {path}.")
        try:
            to.write_file(path, pieces)
        except MachineError as error:
            if error.winerror == _DISK_FULL:
                message = f"There is not enough disk space to install this file: {path}."
                raise InstallFailure(message, number=1301) from error
            message = f"Error writing to file: {path}. System error {error.winerror}."
            raise InstallFailure(message, number=1310) from error

    read_source(session, source, lambda row: _is_to_be_copied(session, row), take)


def _is_to_be_copied(session: Session, row: Row) -> bool:
    """Apply the rules of file versioning to a file that may be there already; REINSTALLMODE's letters bend them."""
    path, files, mode = _target(session, row), session.machine.files, session.reinstall_mode
    if not files.exists(path) or "a" in mode:
        return True
    if "p" in mode:
        return False
    present, offered = files.version(path), _offered_version(session, row)
    if present and offered:
        return offered > present or ("e" in mode and offered == present) or ("d" in mode and offered != present)
    if present or offered:
        return offered is not None
    info = files.info(path)
    if info.modified > info.created:
        return False
    return not _has_same_hash(session, row, path)


def _offered_version(session: Session, row: Row) -> FileVersion | None:
    """Return the version of the File table; a file's key there means the version of that (companion) file."""
    text = row.text("Version")
    for _ in range(16):
        version = parse_version(text)
        companion = session.find("File", "File", text) if text else None
        if version or companion is None:
            return version
        text = companion.text("Version")
    return None


def _has_same_hash(session: Session, row: Row, path: str) -> bool:
    from hashlib import md5

    hashed = session.find("MsiFileHash", "File_", row.text("File"))
    if hashed is None:
        return False
    parts = [hashed.number(f"HashPart{part}") & 0xFFFFFFFF for part in range(1, 5)]
    digest = md5(usedforsecurity=False)
    with session.machine.files.open(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return b"".join(part.to_bytes(4, "little") for part in parts) == digest.digest()


def _target(session: Session, row: Row) -> str:
    component: Component = session.component(row.text("Component_"), "File")
    return session.directory(component.directory) + file_name(row.text("FileName"))


def _remove_any_folder(session: Session, folder: str, to: Transaction) -> None:
    check_file(session, folder, 1306, f"Could not remove {folder}.")
    if to.delete_empty_folder(folder):
        forget_folder(folder, to)
        remove_made_folders(ntpath.dirname(folder.rstrip("\\")), to)


def _delete_matching(session: Session, folder: str, pattern: str, to: Transaction) -> None:
    files = session.machine.files
    if not files.exists(folder.rstrip("\\")):
        return
    for name in files.names(folder.rstrip("\\")):
        is_match = fnmatch.fnmatchcase(name.casefold(), pattern.casefold().replace("*.*", "*"))
        if is_match and not files.info(folder + name).is_directory:
            _delete(session, folder + name, to)


def _delete(session: Session, path: str, to: Transaction) -> None:
    check_file(session, path, 1306, f"Could not remove {path}.")
    to.delete_file(path)
