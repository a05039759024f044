"""Making symbolic links, junctions and hard links.

Sources: learn.microsoft.com, "Hard Links and Junctions", CreateSymbolicLinkW, CreateHardLinkW; what a junction refuses
is from memory.
"""

from __future__ import annotations

from harness.emulator.faults import Operation
from harness.emulator.finding import Finder, Spot
from harness.emulator.folders import Folder
from harness.emulator.frozen import FrozenLink
from harness.emulator.nodes import File, Link
from harness.emulator.paths import read_path
from harness.errors import MachineError, NotEmulated
from harness.model.files import FileAttributes, LinkKind
from harness.model.windows import View

__all__ = ["linked"]

#: Names of one file.
_MOST_NAMES = 1_024

_ARCHIVE = int(FileAttributes.ARCHIVE)


def linked(finder: Finder, path: str, target: str, kind: LinkKind, view: View) -> None:
    """Make another name for a file or folder; see `FileSystem.make_link`.

    Raises:
        MachineError: 183 when there is something of that name, 3 when its folder is not there; for a hard link, 2 or 3
            when the target is missing, 5 when it is a folder, 17 when it is on another volume, 1142 when it has 1,024
            names; for a junction, 161 for a relative target, 4392 for one on the network, 267 for a file; for a
            symbolic link, 123 for an empty target.
    """
    spot = finder.spot(path, view)
    if spot.node is not None:
        raise MachineError(183, "there is something of that name", path)
    finder.volumes.strike(Operation.WRITE_FILE, spot.folder, spot.name)
    match kind:
        case LinkKind.HARD:
            _link_hard(finder, spot, path, finder.file(target, view))
        case LinkKind.JUNCTION:
            _add(finder, spot, _junction_target(finder, target, view), kind, is_directory=True)
        case LinkKind.SYMBOLIC if not target:
            raise MachineError(123, "a link leads somewhere", path)
        case _:
            link = _add(finder, spot, target, kind, is_directory=False)
            # It has to be there before one can know where a relative target leads.
            link.leads_to_folder = _leads_to_folder(finder, link)


def _add(finder: Finder, spot: Spot, target: str, kind: LinkKind, *, is_directory: bool) -> Link:
    at_ns = finder.volumes.now_ns()
    image = FrozenLink(
        name=spot.name,
        target=target,
        kind=kind,
        is_directory=is_directory,
        created_ns=at_ns,
        modified_ns=at_ns,
        attributes=0 if is_directory else _ARCHIVE,
    )
    link = Link(spot.folder.volume, image, is_new=True)
    spot.folder.put(link, at_ns)
    return link


def _leads_to_folder(finder: Finder, link: Link) -> bool:
    try:
        is_folder = isinstance(finder.node(link.windows_path), Folder)
    except (MachineError, NotEmulated):
        return False
    if is_folder:
        link.marks = 0
    return is_folder


def _junction_target(finder: Finder, target: str, view: View) -> str:
    """Return where a junction leads, as it is stored: an absolute path on a local volume."""
    if read_path(target, finder.host_name).is_share:
        raise MachineError(4392, "a junction leads to a folder of a local volume", target)
    node, rest = finder.reached(target, view)
    if not rest and isinstance(node, File):
        raise MachineError(267, "a junction leads to a folder", target)
    return finder.written_out(target, view)


def _link_hard(finder: Finder, spot: Spot, path: str, file: File) -> None:
    if file.volume is not spot.folder.volume:
        raise MachineError(17, "a hard link is on the volume of its file", path)
    if len(file.record.names or ()) >= _MOST_NAMES:
        raise MachineError(1142, f"the file has {_MOST_NAMES} names already", path)
    name = File(file.volume, spot.name, file.record)
    file.volume.add_name(file.record, file, name)
    at_ns = finder.volumes.now_ns()
    created_ns = file.record.created_ns
    spot.folder.put(name, at_ns)
    file.record.created_ns = created_ns
