"""What a scenario plays on: one device and one tenant, and the folder its files are in."""

from __future__ import annotations

import difflib
import io
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.device import ManagedDevice, emulated_device
from harness.errors import UsageError
from harness.formats.intunewin import IntuneWinPackage

if TYPE_CHECKING:
    from harness.model.apps import Win32App

__all__ = ["Scene"]


class Scene:
    """One scenario's world; the device is made when the first step asks for it.

    Args:
        folder: what file names in steps are relative to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._device: ManagedDevice | None = None
        self._open = ExitStack()

    @property
    def device(self) -> ManagedDevice:
        """The device; Windows 11 with Ada signed in when no step has said otherwise."""
        return self._device or self.start()

    def start(self, **facts: Any) -> ManagedDevice:
        """Make the device; the arguments are those of `emulated_device`.

        Raises:
            UsageError: if the scenario has a device already.
        """
        if self._device:
            raise UsageError("the scenario has a device already - say what device it is before anything else")
        self._device = self._open.enter_context(emulated_device(**facts))
        return self._device

    @property
    def last_app(self) -> Win32App:
        """The app that was named last, which "its" means in steps.

        Raises:
            UsageError: when no app was named.
        """
        if not self.device.tenant.apps:
            raise UsageError('no app was named yet - begin with: Given the app from "<file>.json"')
        return self.device.tenant.apps[-1]

    def path(self, name: str) -> Path:
        """Return where a file of the scenario is.

        Raises:
            UsageError: if it is not there; the nearest names are part of the message.
        """
        path = self.folder / name
        if path.is_file():
            return path
        names = [file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
        hint = f"did you mean {', '.join(near)}?" if near else "set ime_folder in the pytest configuration"
        raise UsageError(f"there is no {name} in {self.folder} - {hint}")

    def damaged(self, name: str) -> IntuneWinPackage:
        """Return a package of the scenario with one bit of its encrypted content changed, as on a bad line.

        Raises:
            UsageError: if it is not there.
            FormatError: if it is no package.
        """
        package = io.BytesIO(self.path(name).read_bytes())
        whole = IntuneWinPackage.open(package, source=name)
        copy = io.BytesIO()
        with zipfile.ZipFile(package) as before, zipfile.ZipFile(copy, "w") as after:
            for entry in before.infolist():
                data = bytearray(before.read(entry))
                if entry.filename == whole.content_name:
                    data[-1] ^= 1
                after.writestr(entry, bytes(data))
        return IntuneWinPackage.open(copy, source=name)

    def close(self) -> None:
        """End the scenario: files are closed, the machine is given back."""
        self._open.close()
