r"""Keys into files and out of them: real hives, on the machine's own volumes.

Both need a privilege that is *enabled*: even SYSTEM has it disabled until the program enables it, which Python can do
only with the help of ctypes or pywin32. So the functions fail with error 1314 unless whoever made the module says that
the process has enabled it.

Source: learn.microsoft.com, "RegSaveKeyW", "RegLoadKeyW", "LocalSystem Account"; where a hive may be loaded, and the
codes of what is refused, from memory. That a hive's file is shared with nobody while it is loaded: ReactOS,
ntoskrnl/config/cminit.c.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO

from harness.emulator.frozen import KeyImage
from harness.emulator.keys import Key
from harness.emulator.process_files import ProcessFiles
from harness.emulator.winreg.arguments import as_text
from harness.emulator.winreg.exposing import as_windows, called
from harness.emulator.winreg.failures import failure
from harness.emulator.winreg.openkeys import OpenKey
from harness.emulator.winreg.process import RegistryProcess
from harness.errors import FormatError, MachineError
from harness.formats.hives import read_hive
from harness.formats.hivewriting import write_hive

__all__ = ["BACKUP", "RESTORE", "HiveFiles"]

BACKUP, RESTORE = "SeBackupPrivilege", "SeRestorePrivilege"

_DENIED, _FILE_EXISTS, _INVALID_PARAMETER, _ALREADY_EXISTS = 5, 80, 87, 183
_BAD_DATABASE, _NO_PRIVILEGE = 1009, 1314


class HiveFiles:
    """What one process can do with hives.

    Args:
        process: the process.
        files: the volumes as it sees them.
        enabled_privileges: the privileges it has enabled.
    """

    def __init__(self, process: RegistryProcess, files: ProcessFiles, enabled_privileges: Collection[str]) -> None:
        self._registry = process.registry
        self._opened = process.opened
        self._token = process.token
        self._lock = process.lock
        self._files = files
        self._enabled = frozenset(enabled_privileges)

    @called("SaveKey")
    @as_windows
    def save_key(self, key: object, file_name: str, /) -> None:
        """Write a key with all below it, but for what is volatile, into a new file."""
        path = as_text(file_name, "SaveKey", "argument 2")
        opened = self._with_privilege(BACKUP, key)
        if opened.number:
            where = self._registry.open_key(opened.where, "", opened.view)
            if isinstance(where, Key) and where.parent is None:
                raise failure(_DENIED, f"{opened.path} is no part of a hive, but what hives hang from")
        with self._lock:
            image = self._image(opened)
        try:
            with self._files.open(path, "xb") as file:
                file.write(write_hive(image))
        except MachineError as error:
            if error.winerror == _FILE_EXISTS:
                raise failure(_ALREADY_EXISTS, f"{path} exists already") from None
            raise

    @called("LoadKey")
    @as_windows
    def load_key(self, key: object, sub_key: str, file_name: str, /) -> None:
        """Hang a hive below HKEY_LOCAL_MACHINE or HKEY_USERS; what is changed there is in the file after a restart.

        Until then nobody else can open the file: error 32.
        """
        name = as_text(sub_key, "LoadKey", "argument 2")
        path = as_text(file_name, "LoadKey", "argument 3")
        opened = self._with_privilege(RESTORE, key)
        place = self._registry.location(opened.path.child(name), opened.view)
        if not name or len(place.parts) != 1:
            raise failure(_INVALID_PARAMETER, f"hives are loaded directly below HKLM and HKU, not at {place}")
        if self._registry.exists(place):
            raise failure(_ALREADY_EXISTS, f"there is a key {place}")
        file = self._files.open(path, "r+b", shares=False)
        try:
            root = read_hive(file.read(), source=path)
            root.check()
        except BaseException as error:
            file.close()
            if isinstance(error, FormatError):
                raise failure(_BAD_DATABASE, str(error)) from None
            raise
        with self._lock:
            self._registry.mount(place, root, lambda image: _write_back(file, image))

    def _image(self, opened: OpenKey) -> KeyImage:
        where = opened.where
        if not isinstance(where, Key):
            where = self._registry.open_key(self._registry.location(where, opened.view))
        assert isinstance(where, Key)  # only paths of HKCR are no keys, and this one is where the key really is
        return where.frozen()

    def _with_privilege(self, name: str, key: object) -> OpenKey:
        """Return what a handle leads to; that the privilege is missing is said before anything about the handle."""
        try:
            opened = self._opened(key)
        except MachineError:
            self._check_privilege(name)
            raise
        self._check_privilege(name)
        return opened

    def _check_privilege(self, name: str) -> None:
        if name not in self._enabled:
            hint = f'pass enabled_privileges=["{name}"] where the module is made, if the program enables it'
            raise failure(_NO_PRIVILEGE, f"the process has not enabled {name} - {hint}")
        if not self._token.has_all_rights:
            raise failure(_NO_PRIVILEGE, f"{self._token.account} does not hold {name}")


def _write_back(file: BinaryIO, image: KeyImage) -> None:
    """Write a hive that is unloaded into the file it came from, and let go of that."""
    with file:
        file.seek(0)
        file.write(write_hive(image))
        file.truncate()
