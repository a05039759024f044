r"""The hive that new users start from: `C:\Users\Default\NTUSER.DAT`, a real one, which packages load and change.

Untouched it holds what `baseline_users` says. Who has changed it, with RegLoadKey and what writes it back, has changed
what whoever signs in for the first time afterwards finds in HKEY_CURRENT_USER, as on Windows. The hives that Windows
itself has open (`System32\config`, people's own) are in the registry alone: there are no files of them.

Source: learn.microsoft.com, "Customize the default user profile"; its attributes and time from memory of Windows 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from harness.emulator.baseline_data import value_of
from harness.emulator.baseline_users import user_keys
from harness.emulator.filelayout import Marked
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import KeyImage
from harness.emulator.keys import Key
from harness.emulator.registry import EmulatedRegistry
from harness.errors import FormatError, MachineError, NotEmulated
from harness.formats.hives import read_hive
from harness.formats.hivewriting import write_hive
from harness.model.files import FileAttributes
from harness.model.windows import Hive, RegistryPath

__all__ = ["DEFAULT_HIVE", "changed_default", "copy_keys", "default_hive"]

#: Where it is.
DEFAULT_HIVE = r"C:\Users\Default\NTUSER.DAT"

_MADE = datetime(2024, 4, 1, 7, 0, tzinfo=UTC)
_PLACE = RegistryPath(Hive.HKLM, r"SOFTWARE\Default")


@lru_cache(maxsize=1)
def default_hive() -> Marked:
    """Return the file as it is laid down; the same one for every Windows."""
    registry = EmulatedRegistry(lambda: _MADE)
    for key, values in user_keys().items():
        registry.create(_PLACE.child(key))
        for name, data in values.items():
            registry.set(_PLACE.child(key), name, value_of(data))
    root = registry.open_key(_PLACE)
    assert isinstance(root, Key)  # only below HKCR something else is
    hive = write_hive(root.frozen(), name=DEFAULT_HIVE)
    return Marked(hive, FileAttributes.HIDDEN | FileAttributes.ARCHIVE)


def changed_default(files: EmulatedFiles) -> KeyImage | None:
    """Return what new users start from when that is not what Windows came with; None when it is.

    Raises:
        NotEmulated: when the file is missing, in use or no hive; Windows then signs in with a temporary profile.
    """
    try:
        data = files.read(DEFAULT_HIVE)
        if data == default_hive().held:
            return None
        root = read_hive(data, source=DEFAULT_HIVE)
        root.check()
    except (MachineError, FormatError) as error:
        hint = "unload the hive, or put the file back, before a new user signs in"
        raise NotEmulated(f"a temporary profile ({error})", where=DEFAULT_HIVE, hint=hint) from error
    return root


def copy_keys(registry: EmulatedRegistry, place: RegistryPath, image: KeyImage) -> None:
    """Make the keys and values of an image at a place, but for links."""
    waiting: list[tuple[RegistryPath, KeyImage]] = [(place, image)]
    for where, key in waiting:  # grows while it is walked
        registry.create(where)
        for name, value in key.values.values():
            registry.set(where, name, value)
        below: Mapping[str, KeyImage] = key.keys
        waiting.extend((where.child(one.name), one) for one in below.values() if not one.is_link)
