"""Symbolic links, junctions and hard links on every machine's volumes."""

from __future__ import annotations

from harness.machine.capabilities import Capability
from harness.machine.contract.check import FOLDER, behaviour, expect, expect_error
from harness.machine.contract.fileuse import FILE, OTHER, read, write
from harness.machine.ports import Machine
from harness.model.files import FileAttributes, LinkKind

_SYMBOLIC = "learn.microsoft.com, CreateSymbolicLinkW"
_EFFECTS = 'learn.microsoft.com, "Symbolic Link Effects on File Systems Functions"'
_HARD = 'learn.microsoft.com, "Hard Links and Junctions"'
_NEEDS = [Capability.LINKS]

_LINK = rf"{FOLDER}\link"
_TARGET = rf"{FOLDER}\target"


def _folder_with_a_file(machine: Machine) -> None:
    write(machine, rf"{_TARGET}\file.txt")


@behaviour("files.links.symbolic.file", source=_SYMBOLIC, needs=_NEEDS)
def check_symbolic_link_to_a_file(machine: Machine) -> None:
    """What is read and written through a symbolic link is the file it leads to."""
    write(machine)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    with machine.files.open(_LINK, "ab") as file:
        file.write(b"+more")
    expect((b"data+more", b"data+more"), (read(machine), read(machine, _LINK)))


@behaviour("files.links.symbolic.folder", source=_SYMBOLIC, needs=_NEEDS)
def check_symbolic_link_to_a_folder(machine: Machine) -> None:
    """A symbolic link to a folder is listed, and leads on to what is in it."""
    _folder_with_a_file(machine)
    machine.files.make_link(_LINK, _TARGET, LinkKind.SYMBOLIC)
    expect(["file.txt"], list(machine.files.names(_LINK)))
    write(machine, rf"{_LINK}\new.txt")
    expect(b"data", read(machine, rf"{_TARGET}\new.txt"))


@behaviour("files.links.symbolic.relative", source=_SYMBOLIC, needs=_NEEDS)
def check_relative_targets(machine: Machine) -> None:
    """A relative target counts from the folder that the link is in."""
    write(machine)
    machine.files.make_folder(_TARGET)
    machine.files.make_link(rf"{_TARGET}\link.txt", r"..\file.txt", LinkKind.SYMBOLIC)
    expect(b"data", read(machine, rf"{_TARGET}\link.txt"))


@behaviour("files.links.symbolic.dangling", source='learn.microsoft.com, "Symbolic Links"', needs=_NEEDS)
def check_target_need_not_exist(machine: Machine) -> None:
    """A symbolic link may lead nowhere: opening it is error 2, but the link is there."""
    machine.files.make_folder(FOLDER)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    with expect_error(2):
        machine.files.open(_LINK)
    expect((False, ["link"]), (machine.files.exists(_LINK), list(machine.files.names(FOLDER))))


@behaviour("files.links.symbolic.dangling-written", source=f"{_SYMBOLIC}; from memory", needs=_NEEDS)
def check_target_comes_into_being(machine: Machine) -> None:
    """Writing through a symbolic link that leads nowhere makes the file it leads to."""
    machine.files.make_folder(FOLDER)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    with machine.files.open(_LINK, "wb") as file:
        file.write(b"data")
    expect(b"data", read(machine))


@behaviour("files.links.symbolic.loop", source="winerror.h, ERROR_CANT_RESOLVE_FILENAME", needs=_NEEDS)
def check_loops(machine: Machine) -> None:
    """Symbolic links that lead to each other are error 1921."""
    machine.files.make_folder(FOLDER)
    machine.files.make_link(_LINK, OTHER, LinkKind.SYMBOLIC)
    machine.files.make_link(OTHER, _LINK, LinkKind.SYMBOLIC)
    with expect_error(1921):
        machine.files.open(_LINK)


@behaviour("files.links.symbolic.itself", source=f"{_EFFECTS} (GetFileAttributes, FindFirstFile)", needs=_NEEDS)
def check_a_link_tells_of_itself(machine: Machine) -> None:
    """A link can be told from what it leads to: it is a reparse point with a target and without a length."""
    write(machine)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    link, target = machine.files.link_info(_LINK), machine.files.info(_LINK)
    expect((True, FILE, 0), (FileAttributes.REPARSE_POINT in link.attributes, link.target, link.size_bytes))
    expect((False, "", 4), (FileAttributes.REPARSE_POINT in target.attributes, target.target, target.size_bytes))


@behaviour("files.links.symbolic.delete", source=f"{_EFFECTS} (DeleteFile)", needs=_NEEDS)
def check_deleting_a_link_leaves_its_target(machine: Machine) -> None:
    """Deleting a symbolic link deletes the link and not what it leads to."""
    write(machine)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    machine.files.delete(_LINK)
    expect(["file.txt"], list(machine.files.names(FOLDER)))


@behaviour("files.links.symbolic.move", source="learn.microsoft.com, MoveFileExW; from memory", needs=_NEEDS)
def check_moving_a_link_leaves_its_target(machine: Machine) -> None:
    """Renaming a symbolic link renames the link and not what it leads to."""
    write(machine)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    machine.files.move(_LINK, OTHER)
    expect(["file.txt", "other.txt"], list(machine.files.names(FOLDER)))
    expect(b"data", read(machine, OTHER))


@behaviour("files.links.symbolic.copy", source=f"{_EFFECTS} (CopyFile)", needs=_NEEDS)
def check_copying_a_link_copies_its_target(machine: Machine) -> None:
    """Copying a symbolic link copies the file it leads to."""
    write(machine)
    machine.files.make_link(_LINK, FILE, LinkKind.SYMBOLIC)
    machine.files.copy(_LINK, OTHER)
    expect(FileAttributes.ARCHIVE, machine.files.link_info(OTHER).attributes & ~FileAttributes.NOT_CONTENT_INDEXED)
    expect(b"data", read(machine, OTHER))


@behaviour("files.links.name-taken", source="winerror.h, ERROR_ALREADY_EXISTS", needs=_NEEDS)
def check_links_need_a_free_name(machine: Machine) -> None:
    """No link is made where something is: error 183."""
    write(machine)
    write(machine, OTHER)
    for kind in (LinkKind.SYMBOLIC, LinkKind.HARD):
        with expect_error(183):
            machine.files.make_link(OTHER, FILE, kind)


@behaviour("files.links.junction", source=_HARD, needs=_NEEDS)
def check_junctions_lead_on(machine: Machine) -> None:
    """A junction leads to a folder and on to what is in it."""
    _folder_with_a_file(machine)
    machine.files.make_link(_LINK, _TARGET, LinkKind.JUNCTION)
    expect(b"data", read(machine, rf"{_LINK}\file.txt"))
    link = machine.files.link_info(_LINK)
    expect((True, True), (link.is_directory, FileAttributes.REPARSE_POINT in link.attributes))


@behaviour("files.links.junction.delete", source=f"{_HARD}; learn.microsoft.com, RemoveDirectoryW", needs=_NEEDS)
def check_deleting_a_junction_leaves_its_target(machine: Machine) -> None:
    """Deleting a junction, or a folder with one in it, leaves the folder it leads to and what is in that."""
    _folder_with_a_file(machine)
    machine.files.make_link(_LINK, _TARGET, LinkKind.JUNCTION)
    machine.files.delete(_LINK)
    machine.files.make_folder(rf"{FOLDER}\around")
    machine.files.make_link(rf"{FOLDER}\around\link", _TARGET, LinkKind.JUNCTION)
    machine.files.delete(rf"{FOLDER}\around")
    expect(["file.txt"], list(machine.files.names(_TARGET)))


@behaviour("files.links.junction.well-known", source="from memory of Windows 10 and 11", needs=_NEEDS)
def check_documents_and_settings(machine: Machine) -> None:
    r"""`C:\Documents and Settings` is a hidden junction that leads to `C:\Users`."""
    link = machine.files.link_info(r"C:\Documents and Settings")
    expect((True, r"C:\USERS"), (FileAttributes.HIDDEN in link.attributes, link.target.upper()))
    expect(True, machine.files.exists(r"C:\Documents and Settings\Public"))


@behaviour("files.links.hard.shared", source=_HARD, needs=_NEEDS)
def check_hard_links_share_everything(machine: Machine) -> None:
    """What is written and marked under one name of a file is so under the other."""
    write(machine)
    machine.files.make_link(OTHER, FILE, LinkKind.HARD)
    with machine.files.open(OTHER, "ab") as file:
        file.write(b"+more")
    expect(b"data+more", read(machine))
    machine.files.set_attributes(FILE, FileAttributes.HIDDEN)
    expect(True, FileAttributes.HIDDEN in machine.files.info(OTHER).attributes)
    expect(False, FileAttributes.REPARSE_POINT in machine.files.link_info(OTHER).attributes)


@behaviour("files.links.hard.delete", source=_HARD, needs=_NEEDS)
def check_hard_links_outlive_each_other(machine: Machine) -> None:
    """A file is there until its last name is deleted, whichever was the first."""
    write(machine)
    machine.files.make_link(OTHER, FILE, LinkKind.HARD)
    machine.files.delete(FILE)
    expect((False, b"data"), (machine.files.exists(FILE), read(machine, OTHER)))


@behaviour("files.links.hard.in-use", source="from memory of Windows 10 and 11; Wine has it too", needs=_NEEDS)
def check_hard_links_are_in_use_together(machine: Machine) -> None:
    """A file that is open under one name cannot be deleted under the other: error 32."""
    write(machine)
    machine.files.make_link(OTHER, FILE, LinkKind.HARD)
    with machine.files.open(FILE), expect_error(32):
        machine.files.delete(OTHER)
    expect(b"data", read(machine, OTHER))


@behaviour("files.links.hard.refused", source="learn.microsoft.com, CreateHardLinkW; winerror.h", needs=_NEEDS)
def check_hard_links_are_to_files(machine: Machine) -> None:
    """A hard link to a folder is error 5, one to nothing error 2."""
    machine.files.make_folder(_TARGET)
    with expect_error(5):
        machine.files.make_link(_LINK, _TARGET, LinkKind.HARD)
    with expect_error(2):
        machine.files.make_link(_LINK, FILE, LinkKind.HARD)
