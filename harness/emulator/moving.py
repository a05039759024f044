"""Deleting, moving and copying: what Windows checks before, so that nothing is ever half done.

Sources: learn.microsoft.com, DeleteFileW, RemoveDirectoryW, MoveFileExW, CopyFileExW, "Symbolic Link Effects on File
Systems Functions". That a folder marked read-only cannot be removed: learn.microsoft.com, Directory.Delete. Codes that
are not named there are from memory.
"""

from __future__ import annotations

from harness.emulator.faults import Operation
from harness.emulator.finding import AnyNode, Finder, Spot
from harness.emulator.folders import Folder
from harness.emulator.frozen import FrozenLink
from harness.emulator.nodes import File, Link, Record
from harness.emulator.opening import check_not_locked, check_not_used
from harness.errors import MachineError
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import View

__all__ = ["copied", "deleted", "moved"]

_READONLY = int(FileAttributes.READONLY)
_HIDDEN = int(FileAttributes.HIDDEN)
_SYSTEM = int(FileAttributes.SYSTEM)
_ARCHIVE = int(FileAttributes.ARCHIVE)


def deleted(finder: Finder, path: str, view: View) -> None:
    """Delete a file, a link, or a folder with everything in it.

    Raises:
        MachineError: 2 or 3 when it is not there, 5 for the root, what is marked read-only and a program that runs, 32
            when it or a file in it is open. Then nothing is deleted.
    """
    node = finder.node(path, view, follows=False)
    folder = node.above
    if folder is None:
        raise MachineError(5, "the root of a volume cannot be deleted", path)
    inside = list(node.nodes_within()) if isinstance(node, Folder) else []
    for each in (node, *inside):
        finder.volumes.strike(Operation.DELETE_FILE, each)
        if isinstance(each, File):
            check_not_used(each)
            if each.record.marks & _READONLY:
                raise MachineError(5, "the file is read-only", each.windows_path)
        elif each.marks & _READONLY:
            raise MachineError(5, "the folder or link is marked read-only", each.windows_path)
    for each in (node, *inside):
        if isinstance(each, File):
            each.volume.remove_name(each)
    folder.take(node, finder.volumes.now_ns())


def moved(finder: Finder, source: str, target: str, view: View) -> None:
    """Rename a file, link or folder; an existing target file is replaced. A file may go to another volume.

    Raises:
        MachineError: 2 or 3 when the source is not there, 3 when the target's folder is not, 5 when the target is a
            folder, a read-only or an open file or runs, or when a file in a folder to move is open, 17 for a folder to
            another volume, 32 when the file to move is open or a folder would get into itself.
    """
    node = finder.node(source, view, follows=False)
    spot = finder.spot(target, view)
    finder.volumes.strike(Operation.DELETE_FILE, node)
    if node.above is None:
        raise MachineError(5, "the root of a volume cannot be moved", source)
    if node.volume is not spot.folder.volume:
        _move_across(finder, node, spot, source, target)
        return
    _check_move(node, spot.folder, source)
    old = spot.node if spot.node is not node else None
    if isinstance(old, File) and isinstance(node, File) and old.record is node.record:
        # Both are names of one file: the source goes, and the target stays as it is.
        node.volume.remove_name(node)
        node.above.take(node, finder.volumes.now_ns())
        return
    if old is not None:
        _check_replaced(node, old, target)
        _remove(old, finder.volumes.now_ns(), is_replaced=True)
    at_ns = finder.volumes.now_ns()
    node.above.take(node, at_ns)
    node.name = spot.name
    spot.folder.put(node, at_ns)
    node.forget_image()


def copied(finder: Finder, source: str, target: str, view: View, *, replace: bool) -> None:
    """Copy a file with its attributes and modified time.

    Raises:
        MachineError: 2 or 3 when it is not there, 3 when the target's folder is not, 5 for a folder, or when the target
            is a folder, read-only or hidden, 32 when the target is open, runs, or is the source, 80 when it is there
            and is not to be replaced, 112 when the volume is full; then there is no target.
    """
    file = finder.file(source, view)
    check_not_locked(file)
    finder.volumes.strike(Operation.READ_FILE, file)
    spot = finder.spot(target, view, follows=True)
    finder.volumes.strike(Operation.WRITE_FILE, spot.folder, spot.name)
    _copy(file, spot, target, finder.volumes.now_ns(), replace=replace)


def _check_move(node: AnyNode, folder: Folder, path: str) -> None:
    if isinstance(node, File):
        if node.record.handles:
            raise MachineError(32, "the file is open in a process", path)
        return
    if isinstance(node, Link):
        return
    inner: Folder | None = folder
    while inner is not None:
        if inner is node:
            raise MachineError(32, "a folder cannot be moved into itself", path)
        inner = inner.above
    for file in node.nodes_within():
        if isinstance(file, File) and file.record.handles:
            raise MachineError(5, "a file in the folder is open in a process", file.windows_path)


def _check_replaced(node: AnyNode, old: AnyNode, path: str) -> None:
    is_folder = isinstance(old, Folder) or (isinstance(old, Link) and old.leads_to_folder)
    if is_folder or isinstance(node, Folder) or (isinstance(node, Link) and node.leads_to_folder):
        raise MachineError(5, "a folder is neither replaced nor does it replace anything", path)
    if isinstance(old, File) and (old.record.handles or old.record.runs):
        raise MachineError(5, "the target is open in a process or runs", path)
    if old.marks & _READONLY:
        raise MachineError(5, "the target is read-only", path)


def _remove(node: AnyNode, at_ns: int, *, is_replaced: bool) -> None:
    """Take away what something else takes the place of, here or elsewhere."""
    folder = node.above
    assert folder is not None  # the root neither moves nor is it replaced
    if isinstance(node, File):
        node.volume.remove_name(node)
    folder.take(node, at_ns, is_replaced=is_replaced)


def _move_across(finder: Finder, node: AnyNode, spot: Spot, source: str, target: str) -> None:
    """Copy to another volume and delete; what cannot be deleted stays, and that is no error."""
    if isinstance(node, Folder) or (isinstance(node, Link) and node.kind is LinkKind.JUNCTION):
        raise MachineError(17, "a folder cannot be moved to another volume", source)
    if spot.node is not None:
        _check_replaced(node, spot.node, target)
    at_ns = finder.volumes.now_ns()
    if isinstance(node, File):
        _copy(node, spot, target, at_ns, replace=True)
        if node.record.handles or node.record.runs or node.record.marks & _READONLY:
            return
    else:
        if spot.node is not None:
            _remove(spot.node, at_ns, is_replaced=True)
        spot.folder.put(Link(spot.folder.volume, _renamed(node.freeze(), spot.name), is_new=True), at_ns)
    _remove(node, at_ns, is_replaced=False)


def _copy(file: File, spot: Spot, target: str, at_ns: int, *, replace: bool) -> None:
    old = spot.node
    marks = file.record.marks | _ARCHIVE
    if old is None:
        spot.folder.volume.claim(file.size_bytes, spot.folder, spot.name)
        file.record.content.is_shared = True
        record = Record(file.record.content, at_ns, file.record.modified_ns, marks)
        spot.folder.add_file(spot.name, record, at_ns)
        return
    if not replace:
        raise MachineError(80, "the file exists", target)
    if not isinstance(old, File):
        raise MachineError(5, "a folder cannot be overwritten by a file", target)
    if old.record.handles or old.record.runs or old.record is file.record:
        raise MachineError(32, "the target is open in a process, runs, or is the source itself", target)
    if old.record.marks & (_READONLY | _HIDDEN) or old.record.marks & _SYSTEM & ~marks:
        raise MachineError(5, "the target is read-only, hidden or a system file", target)
    old.replace(file.record.content)
    file.record.content.is_shared = True
    old.change(modified_ns=file.record.modified_ns, marks=marks)


def _renamed(link: FrozenLink, name: str) -> FrozenLink:
    return FrozenLink(
        name=name,
        target=link.target,
        kind=link.kind,
        is_directory=link.is_directory,
        created_ns=link.created_ns,
        modified_ns=link.modified_ns,
        attributes=link.attributes,
        owner=link.owner,
    )
