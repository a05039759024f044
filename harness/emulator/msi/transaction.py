r"""Changes to registry and files that can be taken back.

Windows Installer moves what it replaces or deletes to `C:\Config.Msi`, and restores it from there when a later
action fails (learn.microsoft.com, "Rollback Installation"). So does this, in the volumes of the emulated machine.
"""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Iterable
from typing import Final

from harness.errors import MachineError
from harness.machine.ports import Machine
from harness.model.names import folded
from harness.model.windows import Hive, RegistryPath, RegistryType, RegistryValue, View

__all__ = ["Transaction"]

_KEPT: Final = r"C:\Config.Msi"
_SESSION_MANAGER: Final = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager")
_PENDING: Final = "PendingFileRenameOperations"
_ACCESS_DENIED, _IN_USE = 5, 32


class Transaction:
    """What one installation does to a machine, until `commit` or `rollback`.

    Args:
        machine: the machine.
        leftovers: gets the paths of files to delete at the very end, when the package that is being removed is closed.

    Attributes:
        needs_restart: whether a file was in use, so that its replacement or deletion waits for the next start.
    """

    def __init__(self, machine: Machine, leftovers: list[str]) -> None:
        self._registry, self._files, self._leftovers = machine.registry, machine.files, leftovers
        self._undo: list[Callable[[], None]] = []
        self._kept = 0
        self.needs_restart = False

    @property
    def mark(self) -> int:
        """How far it has come; `rollback` goes back to there."""
        return len(self._undo)

    def commit(self) -> None:
        """Keep every change."""
        self._undo.clear()
        self._forget_kept()

    def rollback(self, mark: int = 0) -> list[str]:
        """Take the changes since a mark back, the last one first; return what could not be, as texts for the log."""
        troubles = []
        while len(self._undo) > mark:
            try:
                self._undo.pop()()
            except MachineError as error:
                troubles.append(str(error))
        if not mark:
            self._forget_kept()
        return troubles

    def on_rollback(self, undo: Callable[[], None]) -> None:
        """Say how to take back a change that was made elsewhere; it may raise MachineError."""
        self._undo.append(undo)

    # Registry

    def create_key(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Make a key and those above it."""
        if self._registry.exists(path, view):
            return
        topmost = path
        while topmost.key and not self._registry.exists(topmost.parent, view):
            topmost = topmost.parent
        self._registry.create(path, view)
        self._undo.append(lambda: self._registry.delete(topmost, view))

    def set_value(self, path: RegistryPath, name: str, value: RegistryValue, view: View = View.VIEW_64) -> None:
        """Set a value, making its key if need be."""
        self.create_key(path, view)
        before = self._registry.get(path, name, view)
        self._registry.set(path, name, value, view)
        if before is None:
            self._undo.append(lambda: self._registry.delete_value(path, name, view))
        else:
            self._undo.append(lambda: self._registry.set(path, name, before, view))

    def value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> RegistryValue | None:
        """Return a value as it is now; None when it is not there."""
        return self._registry.get(path, name, view)

    def has_value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> bool:
        """Return whether there is such a value now."""
        return self._registry.get(path, name, view) is not None

    def delete_value(self, path: RegistryPath, name: str, view: View = View.VIEW_64) -> None:
        """Delete a value if it is there."""
        before = self._registry.get(path, name, view)
        if before is not None:
            self._registry.delete_value(path, name, view)
            self._undo.append(lambda: self._registry.set(path, name, before, view))

    def delete_key(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        """Delete a key with everything below it if it is there."""
        if not self._registry.exists(path, view):
            return
        names = self._registry.subkeys(path, view)
        for name in names:
            self.delete_key(path.child(name), view)
        for name in list(self._registry.values(path, view)):
            self.delete_value(path, name, view)
        self._registry.delete(path, view)
        self._undo.append(lambda: self._registry.create(path, view))

    def delete_empty_key(self, path: RegistryPath, view: View = View.VIEW_64) -> bool:
        """Delete a key if it is there and holds nothing, unless Windows keeps it; return whether it was deleted."""
        if not self._registry.exists(path, view):
            return False
        if self._registry.subkeys(path, view) or self._registry.values(path, view):
            return False
        try:
            self.delete_key(path, view)
        except MachineError:
            return False
        return True

    def delete_empty_keys(self, path: RegistryPath, view: View = View.VIEW_64) -> None:
        r"""Delete a key that holds nothing, and then those above it; those of Windows itself stay.

        On a real machine the keys directly below `SOFTWARE`, `Classes` and `CurrentVersion` that Windows made are never
        empty; here they may be.
        """
        while len(path.parts) > 1 and folded(path.parent.name) != "CURRENTVERSION":
            if not self.delete_empty_key(path, view):
                return
            path = path.parent

    # Files

    def make_folder(self, path: str) -> list[str]:
        """Make a folder and those above it; return those that were not there, outermost first.

        Raises:
            MachineError: if Windows refuses.
        """
        missing: list[str] = []
        above = path.rstrip("\\")
        while above and not self._files.exists(above) and above != ntpath.dirname(above):
            missing.insert(0, above)
            above = ntpath.dirname(above)
        if missing:
            self._files.make_folder(path.rstrip("\\"))
            self._undo.append(lambda: self._files.delete(missing[0]))
        return missing

    def write_file(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file in place of what is there; one that is in use is replaced at the next start.

        Raises:
            MachineError: if Windows refuses.
        """
        target = path
        if self._files.exists(path):
            try:
                self._keep(path)
            except MachineError as error:
                if error.winerror != _IN_USE:
                    raise
                target = self._replace_at_restart(path)
        self._undo.append(lambda: self._delete_if_there(target))
        with self._files.open(target, "wb") as file:
            for piece in pieces:
                file.write(piece)

    def delete_file(self, path: str) -> None:
        """Delete a file if it is there; one that is in use goes at the next start."""
        if not self._files.exists(path):
            return
        try:
            self._keep(path)
        except MachineError as error:
            if error.winerror != _IN_USE:
                raise
            self._add_pending(path, "")

    def delete_later(self, path: str) -> None:
        """Let a file that is still open be deleted at the very end."""
        self._leftovers.append(path)
        self._undo.append(lambda: self._leftovers.remove(path))

    def delete_empty_folder(self, path: str) -> bool:
        """Delete a folder if it is there and holds nothing; return whether it was deleted."""
        path = path.rstrip("\\")
        if not self._files.exists(path) or not self._files.info(path).is_directory or self._files.names(path):
            return False
        self._files.delete(path)
        self._undo.append(lambda: self._files.make_folder(path))
        return True

    def _keep(self, path: str) -> None:
        """Move a file out of the way, to where rollback finds it."""
        if self._files.info(path).is_directory:
            raise MachineError(_ACCESS_DENIED, "a folder, not a file", path)
        self._files.make_folder(_KEPT)
        self._kept += 1
        kept = rf"{_KEPT}\{0x10000 + self._kept:x}.rbf"
        self._files.move(path, kept)
        self._undo.append(lambda: self._files.move(kept, path))

    def _forget_kept(self) -> None:
        if self._kept:
            self._files.delete(_KEPT)
            self._kept = 0

    def _delete_if_there(self, path: str) -> None:
        if self._files.exists(path):
            self._files.delete(path)

    def _replace_at_restart(self, path: str) -> str:
        """Return the name the new file has until then (learn.microsoft.com, "MoveFileEx")."""
        folder = ntpath.dirname(path)
        number = next(n for n in range(1, 10_000) if not self._files.exists(rf"{folder}\TBM{n:04X}.tmp"))
        replacement = rf"{folder}\TBM{number:04X}.tmp"
        self._add_pending(replacement, f"!\\??\\{path}")
        return replacement

    def _add_pending(self, source: str, target: str) -> None:
        before = self._registry.get(_SESSION_MANAGER, _PENDING)
        pending = before.data if before and isinstance(before.data, tuple) else ()
        value = RegistryValue(RegistryType.REG_MULTI_SZ, (*pending, f"\\??\\{source}", target))
        self.set_value(_SESSION_MANAGER, _PENDING, value)
        self.needs_restart = True
