"""Where a path leads: through redirection, short names, links of every kind, on any volume."""

from __future__ import annotations

from typing import NamedTuple

from harness.emulator.folders import Folder
from harness.emulator.nodes import File, Link
from harness.emulator.paths import is_device_name, read_path
from harness.emulator.volume import Volume, Volumes
from harness.errors import MachineError, NotEmulated
from harness.machine.wow64 import folder_location
from harness.model.names import folded
from harness.model.windows import View

__all__ = ["Finder", "Spot", "AnyNode"]

AnyNode = Folder | File | Link

_NO_FILE = 2
_NO_PATH = 3
_FOLDER_ERROR = 267
_TOO_MANY_LINKS = 1921

#: Links on one path. Source: learn.microsoft.com, "Reparse Points".
_MOST_LINKS = 63

#: Paths already worked out are remembered up to this many; then the memory starts afresh.
_MOST_REMEMBERED = 4_096

#: A drive, the names below its root as written, and folded.
_Place = tuple[str, tuple[str, ...], tuple[str, ...]]


class Spot(NamedTuple):
    """Where something is or is to be.

    Attributes:
        folder: what it is in.
        name: its name there, as it was asked for.
        node: what is there.
    """

    folder: Folder
    name: str
    node: AnyNode | None


class Finder:
    r"""Finds what paths mean.

    Args:
        volumes: where to look; this and `host_name` are attributes too.
        is_64_bit: whether this Windows has a 32-bit half.
        host_name: what the machine is called, for `\\<name>\C$`.
    """

    def __init__(self, volumes: Volumes, *, is_64_bit: bool, host_name: str) -> None:
        self.volumes = volumes
        self._volumes = volumes.by_drive
        self._is_64_bit = is_64_bit
        self.host_name = host_name
        self._remembered: dict[tuple[str, View], _Place] = {}

    def node(self, path: str, view: View = View.VIEW_64, *, follows: bool = True) -> AnyNode:
        """Return what a path leads to.

        Args:
            path: the path.
            view: the half of Windows that is meant.
            follows: whether a link at its end is followed.

        Raises:
            MachineError: 2 or 3 when it is not there.
        """
        node, rest = self.reach(self.place(path, view), path, follows=follows)
        if rest:
            is_last = len(rest) == 1 and isinstance(node, Folder)
            what = "file or folder" if is_last else f"folder for {rest[-1]!r}"
            raise MachineError(_NO_FILE if is_last else _NO_PATH, f"there is no such {what}", path)
        return node

    def file(self, path: str, view: View) -> File:
        """Return the file that a path leads to.

        Raises:
            MachineError: 2 or 3 when it is not there, 5 when it is a folder.
        """
        node = self.node(path, view)
        if not isinstance(node, File):
            raise MachineError(5, "a folder cannot be opened as a file", path)
        return node

    def spot(self, path: str, view: View, *, follows: bool = False) -> Spot:
        """Return where something is or is to be.

        Args:
            path: the path.
            view: the half of Windows that is meant.
            follows: whether a link at its end is followed.

        Raises:
            MachineError: 3 when its folder is not there, 5 for the root of a volume.
        """
        place = self.place(path, view)
        node, rest = self.reach(place, path, follows=follows)
        if not rest:
            if node.above is None:
                raise MachineError(5, "the root of a volume is a folder", path)
            return Spot(node.above, place[1][-1] if place[1] else node.name, node)
        if len(rest) > 1 or not isinstance(node, Folder):
            raise MachineError(_NO_PATH, f"there is no folder for {rest[-1]!r}", path)
        return Spot(node, rest[0], None)

    def reached(self, path: str, view: View) -> tuple[AnyNode, tuple[str, ...]]:
        """Return how far a path leads, and the names after that which are not there."""
        return self.reach(self.place(path, view), path, follows=True)

    def location(self, path: str, view: View) -> str:
        r"""Return where a path really leads, as far as that is there: without links, short names, redirection.

        Raises:
            MachineError: 3 for a volume that is not there, and what `read_path` raises.
        """
        node, rest = self.reached(path, view)
        here = node.windows_path
        return "\\".join((here.rstrip("\\"), *rest)) if rest else here

    def written_out(self, path: str, view: View) -> str:
        """Return a path in full, redirected, whether or not anything is there."""
        drive, names, _ = self.place(path, view)
        return "\\".join((drive, *names)) if names else f"{drive}\\"

    def volume(self, drive: str, path: str) -> Volume:
        """Return a volume by its letter.

        Raises:
            MachineError: 3 when there is no such one.
        """
        volume = self._volumes.get(drive)
        if volume is None:
            raise MachineError(_NO_PATH, "the machine has no such drive", path)
        return volume

    def place(self, path: str, view: View, on_device: int = _NO_FILE) -> _Place:
        """Return what a path says, as the process that asks sees it, before anything is looked at.

        Raises:
            MachineError: `on_device` for the name of a device, and what `read_path` raises.
        """
        place = self._remembered.get((path, view))
        if place is None:
            parsed = read_path(path, self.host_name)
            names = parsed.names
            if self._is_64_bit and parsed.drive == "C:" and not parsed.is_share:
                names = folder_location(names, view)
            if names and not parsed.is_literal and is_device_name(names[-1]):
                raise MachineError(on_device, f"{names[-1]!r} is the name of a device", path)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            place = self._remembered[path, view] = (parsed.drive, names, tuple(folded(name) for name in names))
        return place

    def reach(self, place: _Place, path: str, *, follows: bool = True) -> tuple[AnyNode, tuple[str, ...]]:
        """Return how far a place leads, and the names after that which are not there.

        Args:
            place: the drive, and the names below its root as written and folded.
            path: what was asked for.
            follows: whether a link at its end is followed.

        Raises:
            MachineError: 3 for a volume that is not there, 267 when a link to a folder leads to a file, 1921 when links
                lead to each other.
        """
        drive, names, keys = place
        links = 0
        through: Link | None = None
        while True:
            volume = self._volumes.get(drive)
            if volume is None:
                raise MachineError(_NO_PATH, "the machine has no such drive", path)
            node: AnyNode = volume.root
            position = 0
            for key in keys:
                below = node.index.get(key) or node.named(key) if isinstance(node, Folder) else None
                if below is None:
                    return node, names[position:]
                position += 1
                node = below
                if isinstance(below, Link) and (follows or position < len(keys)):
                    break
            else:
                if through and through.leads_to_folder and isinstance(node, File):
                    raise MachineError(_FOLDER_ERROR, "a link to a folder leads to a file", path)
                return node, ()
            assert isinstance(node, Link)  # what the loop was left for
            links += 1
            if links > _MOST_LINKS:
                raise MachineError(_TOO_MANY_LINKS, "the links on this path lead to each other", path)
            rest = names[position:]
            through = None if rest else node
            drive, names = self._led(node, path)
            names += rest
            keys = tuple(folded(name) for name in names)

    def _led(self, link: Link, path: str) -> tuple[str, tuple[str, ...]]:
        """Return where a link leads, as drive and names."""
        folder = link.above
        assert folder is not None  # it was found in one
        here = folder.windows_path
        target = link.target
        if not _is_absolute(target):
            target = f"{here}\\{target}"
        elif target.startswith("\\") and not target.startswith("\\\\"):
            target = f"{here[:2]}{target}"
        try:
            parsed = read_path(target, self.host_name)
        except NotEmulated as error:
            raise NotEmulated(error.what, where=f"{path}, a link to {link.target}", hint=error.hint) from None
        return parsed.drive, parsed.names


def _is_absolute(target: str) -> bool:
    return target[:1] in ("\\", "/") or target[1:2] == ":"
