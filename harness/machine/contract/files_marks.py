"""Attributes and times of files and folders on every machine's volumes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from harness.machine.contract.check import FOLDER, Examinee, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, OTHER, marked, read, write
from harness.machine.ports import Machine
from harness.model.files import FileAttributes

_CONSTANTS = 'learn.microsoft.com, "File Attribute Constants"'
_SET = "learn.microsoft.com, SetFileAttributesW"
_CREATE = "learn.microsoft.com, CreateFileW"
_TIMES = 'learn.microsoft.com, "File Times"'
_TUNNEL = 'Microsoft\'s article 172190, "Windows NT contains file system tunneling capabilities"'
_MEMORY = "from memory of Windows 10 and 11"

_READONLY, _HIDDEN, _SYSTEM = FileAttributes.READONLY, FileAttributes.HIDDEN, FileAttributes.SYSTEM
_ARCHIVE, _NORMAL, _DIRECTORY = FileAttributes.ARCHIVE, FileAttributes.NORMAL, FileAttributes.DIRECTORY

_LONG_AGO = datetime(2019, 5, 4, 3, 2, 1, tzinfo=UTC)
_LATER = datetime(2020, 6, 5, 4, 3, 2, tzinfo=UTC)


def _attributes(machine: Machine, path: str) -> FileAttributes:
    # Windows marks what it indexes as it likes.
    return machine.files.info(path).attributes & ~FileAttributes.NOT_CONTENT_INDEXED


@behaviour("files.attributes.new", source=_CONSTANTS)
def check_new_files_are_to_be_archived(machine: Machine) -> None:
    """A new file has ARCHIVE, a new folder DIRECTORY."""
    write(machine)
    expect((_ARCHIVE, _DIRECTORY), (_attributes(machine, FILE), _attributes(machine, FOLDER)))


@behaviour("files.attributes.kept", source=_SET)
def check_attributes_are_kept(machine: Machine) -> None:
    """Attributes are as they were set, together with what the thing is."""
    write(machine)
    with marked(machine, FILE, _HIDDEN | _SYSTEM), marked(machine, FOLDER, _HIDDEN):
        expect(_HIDDEN | _SYSTEM, _attributes(machine, FILE))
        expect(_HIDDEN | _DIRECTORY, _attributes(machine, FOLDER))


@behaviour("files.attributes.normal", source=_CONSTANTS)
def check_normal_stands_alone(machine: Machine) -> None:
    """NORMAL is what a file without attributes has; with others it does not count."""
    write(machine)
    machine.files.set_attributes(FILE, _NORMAL)
    expect(_NORMAL, _attributes(machine, FILE))
    machine.files.set_attributes(FILE, _NORMAL | _ARCHIVE)
    expect(_ARCHIVE, _attributes(machine, FILE))


@behaviour("files.attributes.archive", source=_MEMORY)
def check_writing_sets_archive(machine: Machine) -> None:
    """Writing to a file gives it ARCHIVE again."""
    write(machine)
    machine.files.set_attributes(FILE, _NORMAL)
    with machine.files.open(FILE, "ab") as file:
        file.write(b"more")
    expect(_ARCHIVE, _attributes(machine, FILE))


@behaviour("files.attributes.emptied", source=f"{_CREATE} with CREATE_ALWAYS")
def check_emptying_resets_attributes(machine: Machine) -> None:
    """Writing a file anew gives it the attributes of a new one."""
    write(machine)
    machine.files.set_attributes(FILE, FileAttributes.TEMPORARY)
    write(machine)
    expect(_ARCHIVE, _attributes(machine, FILE))


@behaviour("files.attributes.read-only.write", source=_CREATE)
def check_read_only_files_are_not_written(machine: Machine) -> None:
    """Opening a read-only file to empty, to append to or to change it is error 5; it can be read."""
    write(machine)
    with marked(machine, FILE, _READONLY):
        with expect_error(5):
            machine.files.open(FILE, "wb")
        with expect_error(5):
            machine.files.open(FILE, "ab")
        with expect_error(5):
            machine.files.open(FILE, "r+b")
        expect(b"data", read(machine))


@behaviour("files.attributes.read-only.delete", source="learn.microsoft.com, DeleteFileW")
def check_read_only_files_are_not_deleted(machine: Machine) -> None:
    """Deleting a read-only file is error 5."""
    write(machine)
    with marked(machine, FILE, _READONLY), expect_error(5):
        machine.files.delete(FILE)
    expect(b"data", read(machine))


@behaviour("files.attributes.read-only.rename", source=_MEMORY)
def check_read_only_files_are_renamed(machine: Machine) -> None:
    """A read-only file can be renamed and stays read-only."""
    write(machine)
    machine.files.set_attributes(FILE, _READONLY)
    machine.files.move(FILE, OTHER)
    try:
        expect(_READONLY, _attributes(machine, OTHER))
    finally:
        machine.files.set_attributes(OTHER, _NORMAL)


@behaviour("files.attributes.read-only.folder", source=_CONSTANTS)
def check_read_only_folders_are_written(machine: Machine) -> None:
    """READONLY on a folder does not keep files out of it."""
    machine.files.make_folder(FOLDER)
    with marked(machine, FOLDER, _READONLY):
        write(machine)
        machine.files.delete(FILE)


@behaviour(
    "files.attributes.read-only.folder-delete", source="learn.microsoft.com, Directory.Delete; dotnet/runtime#98807"
)
def check_read_only_folders_are_not_deleted(machine: Machine) -> None:
    """A folder that is marked READONLY cannot be deleted: error 5."""
    folder = rf"{FOLDER}\folder"
    machine.files.make_folder(folder)
    with marked(machine, folder, _READONLY), expect_error(5):
        machine.files.delete(folder)
    machine.files.delete(folder)


@behaviour("files.attributes.hidden.overwrite", source=f"{_CREATE} with CREATE_ALWAYS")
def check_hidden_files_are_not_overwritten(machine: Machine) -> None:
    """Writing a hidden or system file anew is error 5; appending to it works."""
    write(machine)
    for attribute in (_HIDDEN, _SYSTEM):
        with marked(machine, FILE, attribute):
            with expect_error(5):
                machine.files.open(FILE, "wb")
            machine.files.open(FILE, "ab").close()


@behaviour("files.attributes.temporary", source="FAT's public driver; from memory for NTFS")
def check_folders_are_not_temporary(machine: Machine) -> None:
    """A folder cannot be marked TEMPORARY: error 87."""
    machine.files.make_folder(FOLDER)
    with expect_error(87):
        machine.files.set_attributes(FOLDER, FileAttributes.TEMPORARY)


@behaviour("files.times.write", source=_TIMES)
def check_writing_changes_the_modified_time(machine: Examinee) -> None:
    """Writing changes the modified time and leaves the time of creation."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO, modified=_LATER)
    with machine.files.open(FILE, "ab") as file:
        file.write(b"more")
    info = machine.files.info(FILE)
    expect((_LONG_AGO, True), (info.created, info.modified > _LATER))


@behaviour("files.times.overwrite", source=f"{_CREATE} with CREATE_ALWAYS; {_MEMORY}")
def check_overwriting_keeps_the_creation_time(machine: Machine) -> None:
    """Writing an existing file anew leaves the time of its creation."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO)
    write(machine)
    expect(_LONG_AGO, machine.files.info(FILE).created)


@behaviour("files.times.read", source=_TIMES)
def check_reading_changes_no_time(machine: Machine) -> None:
    """Reading a file leaves the times of creation and modification."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO, modified=_LATER)
    read(machine)
    info = machine.files.info(FILE)
    expect((_LONG_AGO, _LATER), (info.created, info.modified))


@behaviour("files.times.set", source="learn.microsoft.com, SetFileTime")
def check_times_can_be_set_one_by_one(machine: Machine) -> None:
    """Either time can be set, of folders too, and the other one stays."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO)
    created = machine.files.info(FILE)
    machine.files.set_times(FILE, modified=_LATER)
    both = machine.files.info(FILE)
    expect((_LONG_AGO, created.created, _LATER), (created.created, both.created, both.modified))
    machine.files.set_times(FOLDER, modified=_LATER)
    expect(_LATER, machine.files.info(FOLDER).modified)


@behaviour("files.times.folder", source=f"{_TIMES}; {_MEMORY}")
def check_folders_change_with_their_names(machine: Machine) -> None:
    """A folder is modified when a name in it comes, changes or goes."""
    machine.files.make_folder(FOLDER)
    steps: tuple[Callable[[], None], ...] = (
        lambda: write(machine),
        lambda: machine.files.move(FILE, OTHER),
        lambda: machine.files.delete(OTHER),
    )
    for step in steps:
        machine.files.set_times(FOLDER, modified=_LONG_AGO)
        step()
        expect(True, machine.files.info(FOLDER).modified > _LONG_AGO)


@behaviour("files.times.folder-of-written-file", source=f"{_TIMES}; {_MEMORY}")
def check_folders_do_not_change_with_contents(machine: Machine) -> None:
    """A folder is not modified when a file in it is written."""
    write(machine)
    machine.files.set_times(FOLDER, modified=_LONG_AGO)
    with machine.files.open(FILE, "ab") as file:
        file.write(b"more")
    expect(_LONG_AGO, machine.files.info(FOLDER).modified)


@behaviour("files.times.copy", source="learn.microsoft.com, CopyFile")
def check_copies_are_new_and_modified_as_before(machine: Machine) -> None:
    """A copy has the modified time of its source and was created now."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO, modified=_LATER)
    machine.files.copy(FILE, OTHER)
    info = machine.files.info(OTHER)
    expect((True, _LATER), (info.created > _LATER, info.modified))


@behaviour("files.times.move", source=_TIMES)
def check_moved_files_keep_their_times(machine: Machine) -> None:
    """A file that is renamed keeps its times."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO, modified=_LATER)
    machine.files.move(FILE, OTHER)
    info = machine.files.info(OTHER)
    expect((_LONG_AGO, _LATER), (info.created, info.modified))


@behaviour("files.times.tunnelling", source=_TUNNEL)
def check_names_remember_their_age(machine: Machine) -> None:
    """A file made within 15 seconds under the name of a deleted or renamed one is as old as that one."""
    leaves: tuple[Callable[[], None], ...] = (
        lambda: machine.files.delete(FILE),
        lambda: machine.files.move(FILE, OTHER),
    )
    for leave in leaves:
        write(machine)
        machine.files.set_times(FILE, created=_LONG_AGO)
        leave()
        write(machine)
        expect(_LONG_AGO, machine.files.info(FILE).created)


@behaviour("files.times.tunnelling.ends", source=_TUNNEL)
def check_names_forget_their_age(machine: Examinee) -> None:
    """After 15 seconds a file under the same name is a new one."""
    write(machine)
    machine.files.set_times(FILE, created=_LONG_AGO)
    machine.files.delete(FILE)
    machine.pass_time(timedelta(seconds=20))
    write(machine)
    expect(True, machine.files.info(FILE).created > _LATER)
