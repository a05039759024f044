r"""`.reg` files into a registry and out of it, as `regedit` and `reg.exe` do; but in whole or not at all.

Windows goes on after a line that it cannot write and leaves half of a file in the registry. Here a file is first read
to its end; when the registry then refuses something, whatever the file did before is put back, last-write times too.
Deleting what is not there is no error, as with Registry Editor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from harness.emulator.frozen import KeyImage
from harness.emulator.hives import Hives
from harness.emulator.keyaccess import Where
from harness.emulator.keys import Key
from harness.errors import HarnessError, MachineError
from harness.formats.regfile import VERSION_5, RegEdit
from harness.formats.regfilewriting import write_reg
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryValue, View

__all__ = ["apply_edits", "export_reg"]

_NOT_FOUND = 2


class _Registry(Protocol):
    """What is needed of a registry, with the rights and the HKCU of whoever does it."""

    def open_key(self, where: Where, below: str = ..., view: View = ..., *, follow: bool = ...) -> Where: ...

    def location(self, path: Where, view: View = ...) -> RegistryPath: ...

    def create(self, path: Where, view: View = ...) -> None: ...

    def set(self, path: Where, name: str, value: RegistryValue, view: View = ...) -> None: ...

    def get(self, path: Where, name: str = ..., view: View = ...) -> RegistryValue | None: ...

    def delete_value(self, path: Where, name: str, view: View = ...) -> None: ...

    def delete(self, path: Where, view: View = ...) -> None: ...

    def values(self, path: Where, view: View = ...) -> Mapping[str, RegistryValue]: ...

    def subkeys(self, path: Where, view: View = ...) -> Sequence[str]: ...


def apply_edits(registry: _Registry, hives: Hives, edits: Iterable[RegEdit], *, source: str, view: View) -> None:
    """Do all edits of a `.reg` file, or none of them.

    Args:
        registry: the registry, as whoever imports sees it.
        hives: what is below it.
        edits: what to do.
        source: the file's name for messages.
        view: the half of Windows that is meant.

    Raises:
        MachineError: when the registry refuses something; with the line.
    """
    undo = _Undo(hives)
    line = 0
    try:
        for edit in edits:
            line = edit.line
            _apply(registry, edit, view, undo)
    except HarnessError as error:
        undo.put_back()
        if isinstance(error, MachineError) and line:
            message = f"{source}, line {line}: {error.strerror}"
            raise MachineError(error.winerror, message, error.filename) from error
        raise


def export_reg(registry: _Registry, path: RegistryPath, *, view: View, version: str = VERSION_5) -> bytes:
    """Return a key with all below it as Registry Editor exports it.

    Args:
        registry: the registry, as whoever exports sees it.
        path: the key.
        view: the half of Windows that is meant.
        version: `VERSION_5` or `VERSION_4`.

    Raises:
        MachineError: 2 when the key does not exist.
        UsageError: if the file cannot say what is there; see `write_reg`.
    """
    return write_reg(_edits_of(registry, _as_spelled(registry, path, view), view), version=version)


def _apply(registry: _Registry, edit: RegEdit, view: View, undo: _Undo) -> None:
    if edit.name is None and edit.is_deletion:
        try:
            found = registry.open_key(edit.path, view=view, follow=False)
        except MachineError as error:
            if error.winerror == _NOT_FOUND:
                return
            raise
        undo.will_delete(found if isinstance(found, Key) else undo.find(registry.location(edit.path, view)))
        registry.delete(edit.path, view)
    elif edit.name is None:
        undo.will_write(registry.location(edit.path, view))
        registry.create(edit.path, view)
    elif edit.value is not None:
        undo.will_write(registry.location(edit.path, view))
        registry.set(edit.path, edit.name, edit.value, view)
    elif registry.get(edit.path, edit.name, view) is not None:
        undo.will_write(registry.location(edit.path, view))
        registry.delete_value(edit.path, edit.name, view)


class _Undo:
    """What has to be done, last things first, to have everything as it was.

    Keys are found anew when that is done: they may have been deleted and put back meanwhile.
    """

    def __init__(self, hives: Hives) -> None:
        self._hives = hives
        self._steps: list[Callable[[], None]] = []
        self._known: set[RegistryPath] = set()

    def find(self, place: RegistryPath) -> Key:
        """Return the key at a place where there is one."""
        key = self._hives.find(place)
        assert key is not None
        return key

    def will_write(self, place: RegistryPath) -> None:
        """Keep how the key at a place is, or that there is none."""
        if place in self._known:
            return
        self._known.add(place)
        key = self._hives.find(place)
        if key is not None:
            rows, modified = key.rows, key.modified
            self._steps.append(lambda: _set_rows(self.find(place), rows, modified))
            return
        missing = place
        while self._hives.find(missing.parent) is None:
            missing = missing.parent
        modified = self.find(missing.parent).modified
        self._steps.append(lambda: _take_out(self.find(missing.parent), missing.name, modified))

    def will_delete(self, key: Key) -> None:
        """Keep a key with all below it."""
        if key.parent is None:
            return  # which is refused
        parent, image, modified = key.parent.path, key.frozen(), key.parent.modified
        self._known.clear()  # what was kept of keys in it says nothing of those made there later
        self._steps.append(lambda: _put(self.find(parent), image, modified))

    def put_back(self) -> None:
        """Have everything as it was."""
        for step in reversed(self._steps):
            step()
        self._hives.remembered.clear()


def _set_rows(key: Key, rows: Iterable[tuple[str, RegistryValue]], modified: datetime) -> None:
    for name, _ in key.rows:
        key.remove_value(name, modified)
    for name, value in rows:
        key.set(name, value, modified)
    key.touch(modified)


def _take_out(parent: Key, name: str, modified: datetime) -> None:
    key = parent.find(folded(name))
    if key is not None:
        key.remove(modified)
    parent.touch(modified)


def _put(parent: Key, image: KeyImage, modified: datetime) -> None:
    parent.put(Key.of_image(image, parent))
    parent.touch(modified)


def _as_spelled(registry: _Registry, path: RegistryPath, view: View) -> RegistryPath:
    """Return a path with its names as they were made."""
    spelled = RegistryPath(path.hive)
    for name in filter(None, path.parts):
        names = registry.subkeys(spelled, view)
        spelled = spelled.child(next((one for one in names if folded(one) == folded(name)), name))
    return spelled


def _edits_of(registry: _Registry, root: RegistryPath, view: View) -> Iterator[RegEdit]:
    waiting: list[tuple[RegistryPath, tuple[RegistryPath, ...]]] = [(root, ())]
    while waiting:
        path, above = waiting.pop()
        yield RegEdit(path=path)
        yield from (RegEdit(path=path, name=name, value=value) for name, value in registry.values(path, view).items())
        place = registry.location(path, view)
        if place not in above:  # a link may lead back to where it is
            names = registry.subkeys(path, view)
            waiting += [(path.child(name), (*above, place)) for name in reversed(names)]
