r"""What a freshly installed Windows has: registry values, folders, programs, and a user's profile.

Only what software looks at is laid down, not the thousands of keys and files of a real one. The modules `baseline_*`
say what, and where that is known from. What all machines of a kind have in common is made once and shared: it never
changes, and a machine makes its own keys of it when somebody looks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from harness.emulator.accounts import entra_account
from harness.emulator.additions import AddedUser, Additions, add_files, add_registry
from harness.emulator.baseline_data import Keys, value_of
from harness.emulator.baseline_folders import HIDDEN_IN_PROFILE, PROFILE_FOLDERS, windows_tree
from harness.emulator.baseline_hives import changed_default, copy_keys
from harness.emulator.baseline_keys import named_software_keys, software_keys, software_keys_32_bit
from harness.emulator.baseline_releases import MACHINES, edition_of
from harness.emulator.baseline_services import service_keys
from harness.emulator.baseline_system import named_system_keys, system_keys
from harness.emulator.baseline_users import profile_key, user_keys
from harness.emulator.files import EmulatedFiles
from harness.emulator.frozen import RegistrySnapshot
from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError
from harness.model.files import FileAttributes
from harness.model.windows import SYSTEM, Account, Hive, MachineFacts, RegistryPath, View

__all__ = ["MACHINES", "lay_down", "lay_down_user", "fresh_registry"]

#: So many kinds of machines, each switched on at one moment, are kept.
_MOST_KEPT = 64


def lay_down(
    registry: EmulatedRegistry,
    files: EmulatedFiles,
    facts: MachineFacts,
    *,
    seed: int = 0,
    additions: Additions | None = None,
) -> None:
    """Give an empty registry and an empty volume what a fresh Windows of these facts has, with the clock's time on it.

    Args:
        registry: the registry.
        files: the volumes.
        facts: what the machine is.
        seed: decides about ids, together with the machine's name.
        additions: what it has beyond that.

    Raises:
        NotEmulated: for a build or an edition of which it is not known what its registry says.
        MachineError: when the machine refuses one of the additions.
    """
    if additions and additions.registry:
        registry.restore(_registry_with(additions, facts, seed, registry.now()))
    else:
        registry.restore(fresh_registry(facts, registry.now()))
        _write(registry, RegistryPath(Hive.HKLM), named_software_keys(facts, seed))
    _write(registry, RegistryPath(Hive.HKLM), named_system_keys(facts))
    files.lay_down(windows_tree(facts))
    if additions:
        add_files(files, additions.files)
        for user in additions.users:
            _add_user(registry, files, user, seed)


def lay_down_user(registry: EmulatedRegistry, files: EmulatedFiles, account: Account) -> None:
    """Give a user what the first sign-in makes: a hive, which is loaded, a profile, and an entry in the list of these.

    Whoever has a profile keeps it as it is; only the hive is loaded then. Others start from the hive of `Default`.

    Raises:
        MachineError: when the profile's folders cannot be made; then there is nothing of the user.
        NotEmulated: when the hive of `Default` cannot be read.
    """
    profile, values = profile_key(account)
    is_known = registry.exists(RegistryPath(Hive.HKLM, profile))
    default = None if is_known else changed_default(files)
    if not is_known:
        _make_profile(files, account.profile)
    registry.load_user(account.sid)
    if not is_known:
        hive = RegistryPath(Hive.HKU, account.sid)
        if default is None:
            _write(registry, hive, user_keys())
        else:
            copy_keys(registry, hive, default)
        _write(registry, RegistryPath(Hive.HKLM), {profile: values})


def _make_profile(files: EmulatedFiles, profile: str) -> None:
    """Make the folders of a profile, or none of them."""
    is_new = not files.exists(profile)
    try:
        for folder in PROFILE_FOLDERS:
            files.make_folder(rf"{profile}\{folder}")
        files.set_attributes(rf"{profile}\{HIDDEN_IN_PROFILE}", FileAttributes.HIDDEN)
    except MachineError:
        if is_new and files.exists(profile):
            files.delete(profile)
        raise


def _add_user(registry: EmulatedRegistry, files: EmulatedFiles, user: AddedUser, seed: int) -> None:
    account = entra_account(user.name, seed=str(seed), is_administrator=user.is_administrator)
    lay_down_user(registry, files, account)
    add_registry(registry.of_user(account.sid), user.registry)
    registry.unload_user(account.sid)


def fresh_registry(facts: MachineFacts, installed: datetime) -> RegistrySnapshot:
    """Return the registry of a fresh Windows, without what holds its name; the same one for the same facts and time.

    Raises:
        NotEmulated: for a build or an edition of which it is not known what its registry says.
    """
    edition_of(facts)  # an error names the machine
    return _fresh_registry(replace(facts, name="", release="", memory_mb=0, disk_size_mb=0), installed)


@lru_cache(maxsize=_MOST_KEPT)
def _fresh_registry(facts: MachineFacts, installed: datetime) -> RegistrySnapshot:
    registry = EmulatedRegistry(lambda: installed, is_64_bit=facts.is_64_bit)
    for keys in (software_keys(facts, installed), system_keys(facts, installed), service_keys(facts)):
        _write(registry, RegistryPath(Hive.HKLM), keys)
    if facts.is_64_bit:
        _write(registry, RegistryPath(Hive.HKLM), software_keys_32_bit(facts, installed), View.VIEW_32)
    _write(registry, RegistryPath(Hive.HKU, SYSTEM.sid), user_keys())
    registry.keep_hardware()
    return registry.snapshot()


@lru_cache(maxsize=_MOST_KEPT)
def _registry_with(additions: Additions, facts: MachineFacts, seed: int, installed: datetime) -> RegistrySnapshot:
    registry = EmulatedRegistry(lambda: installed, is_64_bit=facts.is_64_bit)
    registry.restore(fresh_registry(facts, installed))
    _write(registry, RegistryPath(Hive.HKLM), named_software_keys(facts, seed))
    add_registry(registry, additions.registry)
    return registry.snapshot()


def _write(registry: EmulatedRegistry, root: RegistryPath, keys: Keys, view: View = View.VIEW_64) -> None:
    for key, values in keys.items():
        path = root.child(key)
        registry.create(path, view)
        for name, data in values.items():
            registry.set(path, name, value_of(data), view)
