r"""What a freshly installed Windows has: registry values, folders, programs, and a user's profile.

Only what software looks at is laid down, not the thousands of keys and files of a real one. The modules
`baseline_keys` and `baseline_folders` say what, and where that is known from.
"""

from __future__ import annotations

from harness.emulator.baseline_folders import PROFILE_FOLDERS, windows_tree
from harness.emulator.baseline_keys import Keys, machine_keys, machine_keys_32_bit, profile_key, user_keys
from harness.emulator.files import EmulatedFiles
from harness.emulator.registry import EmulatedRegistry
from harness.model.windows import (
    SYSTEM,
    Account,
    Hive,
    MachineFacts,
    RegistryPath,
    RegistryValue,
    View,
)

__all__ = ["MACHINES", "lay_down", "lay_down_user"]

#: The machines one can start from, by release. The revisions are those of each release's first day.
#: Source: learn.microsoft.com, "Windows 10 release information" and "Windows 11 release information".
MACHINES: dict[str, MachineFacts] = {
    release: MachineFacts(name="PC1", release=release, build=build, revision=revision)
    for release, build, revision in (
        ("Windows 10 22H2", 19045, 2130),
        ("Windows 11 23H2", 22631, 2428),
        ("Windows 11 24H2", 26100, 1742),
    )
}


def lay_down(registry: EmulatedRegistry, files: EmulatedFiles, facts: MachineFacts) -> None:
    """Give an empty registry and an empty volume what a fresh Windows of these facts has, with the clock's time on it.

    Raises:
        NotEmulated: for a build or an edition of which it is not known what its registry says.
    """
    installed = registry.now()
    _write(registry, RegistryPath(Hive.HKLM), machine_keys(facts, installed))
    if facts.is_64_bit:
        _write(registry, RegistryPath(Hive.HKLM), machine_keys_32_bit(facts, installed), View.VIEW_32)
    _write(registry, RegistryPath(Hive.HKU, SYSTEM.sid), user_keys())
    files.lay_down(windows_tree(facts))


def lay_down_user(registry: EmulatedRegistry, files: EmulatedFiles, account: Account) -> None:
    """Give a user what the first sign-in makes: a hive, which is loaded, a profile, and an entry in the list of these.

    Whoever has a profile keeps it as it is; only the hive is loaded then.
    """
    registry.load_user(account.sid)
    profile, values = profile_key(account)
    if registry.exists(RegistryPath(Hive.HKLM, profile)):
        return
    _write(registry, RegistryPath(Hive.HKLM), {profile: values})
    _write(registry, RegistryPath(Hive.HKU, account.sid), user_keys())
    for folder in PROFILE_FOLDERS:
        files.make_folder(rf"{account.profile}\{folder}")


def _write(registry: EmulatedRegistry, root: RegistryPath, keys: Keys, view: View = View.VIEW_64) -> None:
    for key, values in keys.items():
        path = root.child(key)
        registry.create(path, view)
        for name, data in values.items():
            registry.set(path, name, data if isinstance(data, RegistryValue) else RegistryValue.of(data), view)
