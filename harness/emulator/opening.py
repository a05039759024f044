"""Opening, reading and writing files, and making folders: what Windows checks before, and how files come into being.

Source: learn.microsoft.com, CreateFileW and CreateDirectoryW; the codes that are not named there are from memory. That
a running program cannot be opened for writing (32): learn.microsoft.com, MmFlushImageSection, and FAT's driver, which
is public.
"""

from __future__ import annotations

from typing import BinaryIO, cast

from harness.emulator.contents import Content
from harness.emulator.faults import Operation
from harness.emulator.finding import Finder, Spot
from harness.emulator.folders import Folder
from harness.emulator.handles import Handle, NullDevice
from harness.emulator.nodes import File, Link, Record
from harness.emulator.paths import LITERAL, is_device_name
from harness.errors import MachineError, UsageError
from harness.machine.storage import OpenMode
from harness.model.files import FileAttributes
from harness.model.windows import View

__all__ = ["check_not_locked", "check_not_used", "made_folder", "opened", "written"]

_MODES = ("rb", "wb", "ab", "xb", "r+b", "w+b")
_EMPTIES = ("wb", "w+b")

_ARCHIVE = int(FileAttributes.ARCHIVE)
_READONLY = int(FileAttributes.READONLY)
_HIDDEN_OR_SYSTEM = int(FileAttributes.HIDDEN | FileAttributes.SYSTEM)


def opened(finder: Finder, path: str, mode: OpenMode, view: View, *, shares: bool = True) -> BinaryIO:
    """Open a file; see `FileSystem.open`. One that is not shared is nobody else's before, and until it is closed.

    Raises:
        MachineError: 2 or 3 when it is not there, 5 for a folder, a read-only file to write, a hidden or system file to
            empty, 32 when somebody runs it or does not share it, 80 when it is there and was to be new.
        UsageError: for an unknown mode.
    """
    if mode not in _MODES:
        raise UsageError(f"a file cannot be opened with {mode!r} - use one of {', '.join(_MODES)}")
    try:
        if not shares:
            _check_not_open(finder, path, view)
        file = _file_to_read(finder, path, view) if mode == "rb" else _file_to_write(finder, path, mode, view)
    except MachineError as error:
        return _device(path, mode, error)
    file.record.handles += 1
    file.record.is_locked = not shares
    return cast("BinaryIO", Handle(file, path, mode))


def written(finder: Finder, path: str, data: bytes, view: View) -> None:
    """Make a file hold these bytes, making its folder if need be.

    Raises:
        MachineError: what `opened` and `made_folder` raise, 112 when the volume is full; then nothing was written.
    """
    drive, names, keys = finder.place(path, view)
    try:
        spot = finder.spot(path, view, follows=True)
    except MachineError:
        if not names:
            raise
        made_folder(finder, (drive, names[:-1], keys[:-1]), path)
        spot = finder.spot(path, view, follows=True)
    content = finder.volumes.store.new(data)
    if spot.node is None:
        _make_file(finder, spot, content)
    else:
        _emptied(finder, spot.node, path, content)


def made_folder(finder: Finder, place: tuple[str, tuple[str, ...], tuple[str, ...]], path: str) -> Folder:
    """Make a folder and those above it; an existing one stays as it is.

    Args:
        finder: where to make it.
        place: the drive and the names below its root, as written and folded.
        path: the path that was asked for.

    Raises:
        MachineError: 183 when a file has that name, 3 when one above it is a file, 267 for the name of a device.
    """
    node, rest = finder.reach(place, path)
    if not isinstance(node, Folder):
        raise MachineError(3 if rest else 183, f"{node.name!r} is a file, not a folder", path)
    if rest:
        drive, names, keys = place
        there = len(names) - len(rest)
        is_as_written = there >= 0 and rest == names[there:]
        if not is_as_written or finder.reach((drive, names[:there], keys[:there]), path) != (node, ()):
            is_last = isinstance(finder.reach(place, path, follows=False)[0], Link)
            raise MachineError(183 if is_last else 3, "a link on this path leads nowhere", path)
    for name in rest:
        if is_device_name(name) and not path.startswith(LITERAL):
            raise MachineError(267, f"{name!r} is the name of a device", path)
    for name in rest:
        finder.volumes.strike(Operation.WRITE_FILE, node, name)
        at_ns = finder.volumes.now_ns()
        below = Folder(node.volume, name, at_ns)
        node.put(below, at_ns)
        node = below
    return node


def check_not_used(file: File) -> None:
    """Make sure that a file can be deleted or overwritten as far as others are concerned.

    Raises:
        MachineError: 32 when it is open, 5 when somebody runs it.
    """
    if file.record.handles:
        raise MachineError(32, "the file is open in a process", file.windows_path)
    if file.record.runs:
        raise MachineError(5, "the file is a program that runs", file.windows_path)


def check_not_locked(file: File) -> None:
    """Make sure that whoever has a file open shares it.

    Raises:
        MachineError: 32 when it was opened without sharing.
    """
    if file.record.is_locked:
        raise MachineError(32, "the file is open in a process that shares it with nobody", file.windows_path)


def _check_not_open(finder: Finder, path: str, view: View) -> None:
    node, rest = finder.reached(path, view)
    if not rest and isinstance(node, File) and node.record.handles:
        raise MachineError(32, "the file is open in a process", path)


def _file_to_read(finder: Finder, path: str, view: View) -> File:
    file = finder.file(path, view)
    check_not_locked(file)
    finder.volumes.strike(Operation.READ_FILE, file)
    return file


def _file_to_write(finder: Finder, path: str, mode: OpenMode, view: View) -> File:
    spot = finder.spot(path, view, follows=mode != "xb")
    node = spot.node
    if mode == "xb" and node is not None:
        raise MachineError(80, "the file exists", path)
    if node is None:
        if mode == "r+b":
            raise MachineError(2, "there is no such file", path)
        return _make_file(finder, spot, finder.volumes.store.new())
    if mode in _EMPTIES:
        return _emptied(finder, node, path, finder.volumes.store.new())
    return _writable(finder, node, path)


def _make_file(finder: Finder, spot: Spot, content: Content) -> File:
    finder.volumes.strike(Operation.WRITE_FILE, spot.folder, spot.name)
    volume = spot.folder.volume
    if content.size:
        volume.claim(content.size, spot.folder, spot.name)
    at_ns = volume.now_ns()
    return spot.folder.add_file(spot.name, Record(content, at_ns, at_ns, _ARCHIVE), at_ns)


def _writable(finder: Finder, node: Folder | File | Link, path: str) -> File:
    if not isinstance(node, File):
        raise MachineError(5, "a folder cannot be opened as a file", path)
    if node.record.runs:
        raise MachineError(32, "the file is a program that runs", path)
    check_not_locked(node)
    if node.record.marks & _READONLY:
        raise MachineError(5, "the file is read-only", path)
    finder.volumes.strike(Operation.WRITE_FILE, node)
    return node


def _emptied(finder: Finder, node: Folder | File | Link, path: str, content: Content) -> File:
    file = _writable(finder, node, path)
    if file.record.marks & _HIDDEN_OR_SYSTEM:
        raise MachineError(5, "a hidden or system file is replaced only by one that is to be so too", path)
    file.replace(content)
    file.record.marks = _ARCHIVE
    return file


def _device(path: str, mode: OpenMode, error: MachineError) -> BinaryIO:
    """Open NUL when that is what a path means; otherwise it failed for another reason.

    The machine has no serial or parallel port, and its programs no console, so that other devices are not found.
    """
    name = path.replace("/", "\\").rpartition("\\")[2]
    if path.startswith(LITERAL) or not is_device_name(name) or name.partition(".")[0].strip().upper() != "NUL":
        raise error
    return cast("BinaryIO", Handle(NullDevice(), path, mode))
