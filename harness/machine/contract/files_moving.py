"""Deleting, moving, copying and sharing files on every machine's volumes."""

from __future__ import annotations

from harness.machine.contract.check import FOLDER, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, OTHER, marked, read, write
from harness.machine.ports import Machine
from harness.model.files import FileAttributes
from harness.model.windows import RegistryPath, RegistryType, RegistryValue

_MOVE = "learn.microsoft.com, MoveFileExW"
_COPY = "learn.microsoft.com, CopyFileW"
_SHARE = 'learn.microsoft.com, "Creating and Opening Files"; CPython\'s `open` shares reading and writing'
_DELAY = "learn.microsoft.com, MoveFileExW with MOVEFILE_DELAY_UNTIL_REBOOT"
_CODES = "winerror.h; which comes when is from memory of Windows 10 and 11"

_HIDDEN, _READONLY = FileAttributes.HIDDEN, FileAttributes.READONLY

_SESSION_MANAGER = RegistryPath.parse(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager")
_LISTS = ("PendingFileRenameOperations", "PendingFileRenameOperations2")


@behaviour("files.move.folder", source=_MOVE)
def check_folders_move_with_what_is_in_them(machine: Machine) -> None:
    """A folder is renamed with everything in it."""
    write(machine, rf"{FOLDER}\one\two\file.txt")
    machine.files.move(rf"{FOLDER}\one", rf"{FOLDER}\three")
    expect((["three"], b"data"), (list(machine.files.names(FOLDER)), read(machine, rf"{FOLDER}\three\two\file.txt")))


@behaviour("files.move.same-name", source=_MOVE)
def check_moving_onto_itself(machine: Machine) -> None:
    """A file that is moved to where it is stays there."""
    write(machine)
    machine.files.move(FILE, FILE)
    expect((["file.txt"], b"data"), (list(machine.files.names(FOLDER)), read(machine)))


@behaviour("files.move.missing", source=_CODES)
def check_moving_what_is_not_there(machine: Machine) -> None:
    """Moving a missing file is error 2; moving one to a missing folder is error 3."""
    write(machine)
    with expect_error(2):
        machine.files.move(OTHER, rf"{FOLDER}\third.txt")
    with expect_error(3):
        machine.files.move(FILE, rf"{FOLDER}\nowhere\file.txt")


@behaviour("files.move.into-itself", source=_CODES)
def check_folders_do_not_move_into_themselves(machine: Machine) -> None:
    """A folder that is moved into itself is error 32."""
    machine.files.make_folder(rf"{FOLDER}\one\two")
    with expect_error(32):
        machine.files.move(rf"{FOLDER}\one", rf"{FOLDER}\one\two\one")


@behaviour("files.move.onto-a-folder", source=f"{_MOVE} with MOVEFILE_REPLACE_EXISTING")
def check_folders_are_not_replaced(machine: Machine) -> None:
    """Moving a file onto a folder is error 5."""
    write(machine)
    machine.files.make_folder(OTHER)
    with expect_error(5):
        machine.files.move(FILE, OTHER)


@behaviour("files.move.onto-read-only", source=f"{_MOVE} with MOVEFILE_REPLACE_EXISTING; {_CODES}")
def check_read_only_files_are_not_replaced(machine: Machine) -> None:
    """Moving a file onto a read-only one is error 5, and both stay."""
    write(machine)
    write(machine, OTHER, b"old")
    with marked(machine, OTHER, _READONLY), expect_error(5):
        machine.files.move(FILE, OTHER)
    expect((b"data", b"old"), (read(machine), read(machine, OTHER)))


@behaviour("files.move.onto-hidden", source=f"{_MOVE} with MOVEFILE_REPLACE_EXISTING; {_CODES}")
def check_hidden_files_are_replaced(machine: Machine) -> None:
    """Moving a file onto a hidden one replaces it."""
    write(machine)
    write(machine, OTHER, b"old")
    machine.files.set_attributes(OTHER, _HIDDEN)
    machine.files.move(FILE, OTHER)
    expect(b"data", read(machine, OTHER))
    expect(False, _HIDDEN in machine.files.info(OTHER).attributes)


@behaviour("files.move.onto-open", source=_CODES)
def check_open_files_are_not_replaced(machine: Machine) -> None:
    """Moving a file onto one that is open is error 5."""
    write(machine)
    write(machine, OTHER, b"old")
    with machine.files.open(OTHER), expect_error(5):
        machine.files.move(FILE, OTHER)


@behaviour("files.move.folder-in-use", source=_CODES)
def check_folders_with_open_files_do_not_move(machine: Machine) -> None:
    """Renaming a folder in which a file is open is error 5."""
    write(machine, rf"{FOLDER}\one\file.txt")
    with machine.files.open(rf"{FOLDER}\one\file.txt"), expect_error(5):
        machine.files.move(rf"{FOLDER}\one", rf"{FOLDER}\two")
    machine.files.move(rf"{FOLDER}\one", rf"{FOLDER}\two")


@behaviour("files.copy.whole", source=_COPY)
def check_copies_are_alike(machine: Machine) -> None:
    """A copy has the content and the attributes of its source."""
    write(machine)
    with marked(machine, FILE, _HIDDEN | FileAttributes.ARCHIVE):
        machine.files.copy(FILE, OTHER)
    expect((b"data", True), (read(machine, OTHER), _HIDDEN in machine.files.info(OTHER).attributes))


@behaviour("files.copy.apart", source=_COPY)
def check_copies_are_on_their_own(machine: Machine) -> None:
    """What is written to a copy does not change its source."""
    write(machine)
    machine.files.copy(FILE, OTHER)
    with machine.files.open(OTHER, "ab") as file:
        file.write(b"+more")
    expect((b"data", b"data+more"), (read(machine), read(machine, OTHER)))


@behaviour("files.copy.replaces", source=f"{_COPY}, bFailIfExists")
def check_copies_replace_if_they_may(machine: Machine) -> None:
    """A copy replaces a file of that name, or is error 80, as it is asked for."""
    write(machine)
    write(machine, OTHER, b"old and longer")
    with expect_error(80):
        machine.files.copy(FILE, OTHER, replace=False)
    expect(b"old and longer", read(machine, OTHER))
    machine.files.copy(FILE, OTHER)
    expect(b"data", read(machine, OTHER))


@behaviour("files.copy.marked-target", source=f"{_COPY}, remarks on ERROR_ACCESS_DENIED")
def check_marked_targets_are_not_replaced(machine: Machine) -> None:
    """Copying onto a read-only or hidden file is error 5."""
    write(machine)
    write(machine, OTHER, b"old")
    for attribute in (_READONLY, _HIDDEN):
        with marked(machine, OTHER, attribute), expect_error(5):
            machine.files.copy(FILE, OTHER)
    expect(b"old", read(machine, OTHER))


@behaviour("files.copy.folders", source=_CODES)
def check_folders_are_not_copied(machine: Machine) -> None:
    """Copying a folder, or onto one, is error 5."""
    write(machine)
    machine.files.make_folder(rf"{FOLDER}\folder")
    for source, target in ((rf"{FOLDER}\folder", OTHER), (FILE, rf"{FOLDER}\folder")):
        with expect_error(5):
            machine.files.copy(source, target)


@behaviour("files.copy.onto-itself", source=_CODES)
def check_files_are_not_copied_onto_themselves(machine: Machine) -> None:
    """Copying a file onto itself is error 32."""
    write(machine)
    with expect_error(32):
        machine.files.copy(FILE, FILE)


@behaviour("files.copy.in-use", source=f"{_COPY}; {_CODES}")
def check_open_files_are_copied_but_not_overwritten(machine: Machine) -> None:
    """A file that is open can be copied; copying onto one is error 32."""
    write(machine)
    with machine.files.open(FILE):
        machine.files.copy(FILE, OTHER)
        with expect_error(32):
            machine.files.copy(OTHER, FILE)


@behaviour("files.in-use.together", source=_SHARE)
def check_readers_and_writers_share(machine: Machine) -> None:
    """A file may be open for reading and for writing at once, and readers see what is written."""
    write(machine)
    with machine.files.open(FILE) as reader, machine.files.open(FILE, "ab") as writer:
        writer.write(b"+more")
        writer.flush()
        expect(b"data+more", reader.read())


@behaviour("files.in-use.folder", source=_CODES)
def check_folders_with_open_files_are_not_deleted(machine: Machine) -> None:
    """Deleting a folder in which a file is open is error 32, and that file stays."""
    write(machine, rf"{FOLDER}\one\file.txt")
    with machine.files.open(rf"{FOLDER}\one\file.txt") as file:
        with expect_error(32):
            machine.files.delete(rf"{FOLDER}\one")
        expect(b"data", file.read())


@behaviour("files.restart.noted", source=_DELAY)
def check_moves_at_restart_are_noted(machine: Machine) -> None:
    r"""What is to be moved at the next boot is noted in pairs, with `\??\` in front and `!` where it replaces."""
    write(machine)
    before = _lists(machine)
    try:
        machine.files.move_at_restart(FILE, OTHER)
        machine.files.move_at_restart(FILE, None)
        noted = next(
            found.data for found in _lists(machine) if found and found not in before and isinstance(found.data, tuple)
        )
        source = f"\\??\\{FILE}"
        expect((source, f"!\\??\\{OTHER}", source, ""), noted[-4:])
        expect(b"data", read(machine))
    finally:
        _put_back(machine, before)


@behaviour("files.restart.not-there-yet", source="ReactOS, kernel32's move.c: the source may come until then")
def check_missing_files_are_noted(machine: Machine) -> None:
    """A file that is not there can be noted for the next boot."""
    before = _lists(machine)
    try:
        machine.files.move_at_restart(OTHER, None)
        expect(True, before != _lists(machine))
    finally:
        _put_back(machine, before)


def _lists(machine: Machine) -> list[RegistryValue | None]:
    return [machine.registry.get(_SESSION_MANAGER, name) for name in _LISTS]


def _put_back(machine: Machine, lists: list[RegistryValue | None]) -> None:
    for name, value in zip(_LISTS, lists, strict=True):
        if value is not None:
            machine.registry.set(_SESSION_MANAGER, name, RegistryValue(RegistryType.REG_MULTI_SZ, value.data))
        elif machine.registry.get(_SESSION_MANAGER, name) is not None:
            machine.registry.delete_value(_SESSION_MANAGER, name)
