"""What one process may do with which file: asked before it is done, and noted whose the new files are.

Source: learn.microsoft.com, "File Security and Access Rights", CreateSymbolicLinkW (1314), MoveFileExW (who may note a
rename for the restart). Everybody may pass through folders (the privilege SeChangeNotifyPrivilege), so that a file that
is not there is missing, whoever asks.
"""

from __future__ import annotations

import ntpath

from harness.emulator.filerights import FileRights, check_file_access
from harness.emulator.files import EmulatedFiles
from harness.errors import MachineError
from harness.model.files import LinkKind
from harness.model.windows import Token, View

__all__ = ["FileGate"]

_READ = FileRights.FILE_READ_DATA
_WRITE = FileRights.FILE_WRITE_DATA


class FileGate:
    """The rights of one token.

    Every method raises `MachineError` 5 when the token may not. What is not there is for the volumes to say.

    Args:
        files: the volumes.
        token: whose rights.
    """

    def __init__(self, files: EmulatedFiles, token: Token) -> None:
        self._files = files
        self._token = token
        self._may_all = token.account.is_system

    def check_look(self, path: str, view: View) -> None:
        """Make sure that size, times and kind may be asked: its own list says so, or its folder may be listed."""
        if self._may_all or not self._files.exists(path, view):
            return
        place = self._files.location(path, view)
        try:
            self._check_folder(ntpath.dirname(place), FileRights.FILE_LIST_DIRECTORY, place)
        except MachineError:
            self._check(place, FileRights.FILE_READ_ATTRIBUTES)

    def check_read(self, path: str, view: View, wanted: FileRights = _READ) -> None:
        """Make sure that a file may be read or a folder listed, or what else is wanted of something that is there."""
        if not self._may_all and self._files.exists(path, view):
            self._check(self._files.location(path, view), wanted)

    def check_write(self, path: str, view: View, wanted: FileRights = _WRITE) -> None:
        """Make sure that a file may be written, or made when it is not there."""
        if self._may_all:
            return
        place = self._files.location(path, view)
        if self._files.exists(place):
            self._check(place, wanted)
        else:
            self._check_folder(ntpath.dirname(place), FileRights.FILE_ADD_FILE, place)

    def check_make_folder(self, path: str, view: View) -> None:
        """Make sure that a folder, and those above it that are not there, may be made."""
        if self._may_all or self._files.exists(path, view):
            return
        place = self._files.location(path, view)
        above = ntpath.dirname(place)
        while not self._files.exists(above) and above != ntpath.dirname(above):
            above = ntpath.dirname(above)
        self._check_folder(above, FileRights.FILE_ADD_SUBDIRECTORY, place)

    def check_delete(self, path: str, view: View) -> None:
        """Make sure that something may be deleted or moved away, with all that is in it."""
        if not self._may_all and self._files.exists(path, view):
            self._check_tree(self._own_place(path, view))

    def check_move(self, source: str, target: str, view: View) -> None:
        """Make sure that something may be moved to another place, over what is there."""
        if self._may_all or not self._files.exists(source, view):
            return
        self._check_tree(self._own_place(source, view))
        is_folder = self._files.info(source, view).is_directory
        place = self._files.location(target, view)
        if self._files.exists(place):
            self._check(place, FileRights.DELETE)
        wanted = FileRights.FILE_ADD_SUBDIRECTORY if is_folder else FileRights.FILE_ADD_FILE
        self._check_folder(ntpath.dirname(place), wanted, place)

    def check_move_at_restart(self, path: str) -> None:
        """Make sure that a rename may be noted for the restart."""
        if not self._token.has_all_rights:
            raise MachineError(5, f"access is denied, {self._token.account} notes nothing for the restart", path)

    def check_link(self, path: str, target: str, kind: LinkKind, view: View) -> None:
        """Make sure that a link may be made.

        Raises:
            MachineError: 1314 when the token has not the privilege that symbolic links take.
        """
        if kind is LinkKind.SYMBOLIC and not self._token.has_all_rights:
            raise MachineError(1314, f"a required privilege is not held by {self._token.account}", path)
        if kind is LinkKind.JUNCTION:
            self.check_make_folder(path, view)
            return
        self.check_write(path, view)
        if kind is LinkKind.HARD:
            self.check_read(target, view, FileRights.FILE_WRITE_ATTRIBUTES)

    def missing(self, path: str, view: View) -> list[str]:
        """Return the places that making this would make, outermost first; none when nobody asks whose they are."""
        if self._token.has_all_rights:
            return []
        place = self._files.location(path, view)
        places: list[str] = []
        while not self._files.exists(place) and place != ntpath.dirname(place):
            places.insert(0, place)
            place = ntpath.dirname(place)
        return places

    def claim(self, places: list[str]) -> None:
        """Note that what was made there is the token's own."""
        for place in places:
            if not self._files.link_info(place).target:
                self._files.set_owner(place, self._token.account.sid)

    def _check(self, place: str, wanted: FileRights) -> None:
        if self._files.exists(place):
            info = self._files.link_info(place)
            owner = None if info.target else self._files.owner(place)
            check_file_access(place, wanted, self._token, is_folder=info.is_directory, owner=owner)

    def _check_folder(self, folder: str, wanted: FileRights, about: str) -> None:
        """Make sure that something may be done in a folder; an error names what it is about."""
        try:
            self._check(folder, wanted)
        except MachineError as error:
            raise MachineError(error.winerror, error.strerror or "", about) from None

    def _own_place(self, path: str, view: View) -> str:
        """Return where something itself is, not what it leads to."""
        folder, name = ntpath.split(path.rstrip("\\"))
        return f"{self._files.location(folder, view)}\\{name}" if name else self._files.location(path, view)

    def _check_tree(self, place: str) -> None:
        self._check(place, FileRights.DELETE)
        if self._token.has_all_rights:
            return
        info = self._files.link_info(place)
        if info.is_directory and not info.target:
            for name in self._files.names(place):
                self._check_tree(f"{place}\\{name}")
