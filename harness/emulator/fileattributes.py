"""What Windows tells of a file without opening it, and what of that one may change.

Source: learn.microsoft.com, SetFileAttributesW, SetFileTime and "File Attribute Constants".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harness.emulator.faults import Operation
from harness.emulator.finding import AnyNode, Finder
from harness.emulator.folders import Folder
from harness.emulator.nodes import File, Link
from harness.errors import MachineError, UsageError
from harness.model.files import FileAttributes, FileInfo
from harness.model.windows import View

__all__ = ["info_of", "marked", "timed"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_TIME = datetime(1601, 1, 1, tzinfo=UTC)

#: What SetFileAttributes can set, and of that what only a file can have.
_SETTABLE = int(
    FileAttributes.READONLY
    | FileAttributes.HIDDEN
    | FileAttributes.SYSTEM
    | FileAttributes.ARCHIVE
    | FileAttributes.TEMPORARY
    | FileAttributes.OFFLINE
    | FileAttributes.NOT_CONTENT_INDEXED
)
_TEMPORARY = int(FileAttributes.TEMPORARY)


def info_of(node: AnyNode) -> FileInfo:
    """Return what Windows tells of a file, a folder, or a link itself."""
    return FileInfo(
        path=node.windows_path,
        is_directory=isinstance(node, Folder) or (isinstance(node, Link) and node.leads_to_folder),
        size_bytes=node.size_bytes,
        created=node.created,
        modified=node.modified,
        attributes=FileAttributes(node.attributes),
        target=node.target,
    )


def marked(finder: Finder, path: str, attributes: FileAttributes, view: View) -> None:
    """Mark a file, a folder, or a link itself.

    Raises:
        MachineError: 2 or 3 when it is not there, 87 for a temporary folder.
    """
    node = finder.node(path, view, follows=False)
    marks = int(attributes) & _SETTABLE
    if marks & _TEMPORARY and not isinstance(node, File):
        raise MachineError(87, "only a file can be temporary", path)
    finder.volumes.strike(Operation.WRITE_FILE, node)
    node.change(marks=marks)


def timed(finder: Finder, path: str, created: datetime | None, modified: datetime | None, view: View) -> None:
    """Change the times of a file or folder.

    Raises:
        MachineError: 2 or 3 when it is not there, 87 for a time before 1601.
        UsageError: for a time without a zone.
    """
    node = finder.node(path, view)
    created_ns, modified_ns = _nanoseconds(created, path), _nanoseconds(modified, path)
    finder.volumes.strike(Operation.WRITE_FILE, node)
    node.change(created_ns=created_ns, modified_ns=modified_ns)


def _nanoseconds(time: datetime | None, path: str) -> int | None:
    if time is None:
        return None
    if time.tzinfo is None:
        raise UsageError(f"the time {time} for {path} has no zone - use an aware datetime")
    if time < _FIRST_TIME:
        raise MachineError(87, "Windows' time begins in 1601", path)
    return (time - _EPOCH) // timedelta(microseconds=1) * 1_000
