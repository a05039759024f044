"""A described machine is tried before anybody gets it: everything that is added is put onto a machine of its own.

So what Windows would refuse is found when the description is read, with its place; no other machine is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from harness.emulator.accounts import entra_account
from harness.emulator.additions import Additions, add_registry
from harness.emulator.baseline import fresh_registry, lay_down, lay_down_user
from harness.emulator.baseline_releases import edition_of, release_of
from harness.emulator.files import EmulatedFiles
from harness.emulator.machines import MachineDefinition
from harness.emulator.registry import EmulatedRegistry
from harness.errors import MachineError, UsageError
from harness.formats.misfits import Misfit, Misfits, placed, step_to
from harness.model.windows import Hive, MachineFacts, RegistryPath

__all__ = ["tried_definition"]

_WINDOWS_NT = RegistryPath(Hive.HKLM, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
_ELEVEN = 22_000
#: Any time will do.
_AT = datetime(2026, 1, 1, tzinfo=UTC)


def tried_definition(definition: MachineDefinition) -> MachineDefinition:
    """Return a definition after trying it, with the build and the edition that a hive in it says.

    Raises:
        Misfit: for what a machine refuses, with its place in the description.
        FormatError: if a hive does not read where it was looked at.
        NotEmulated: if the build or the edition is not emulated.
    """
    additions = definition.additions or Additions()
    registry = EmulatedRegistry(lambda: _AT, is_64_bit=definition.facts.is_64_bit)
    registry.restore(fresh_registry(definition.facts, _AT))
    errors: list[Exception] = []
    for part in additions.registry:
        with _keeping(errors, part.place):
            add_registry(registry, (part,))
    facts = _facts_in(registry, definition.facts)
    edition_of(facts)
    files = EmulatedFiles(lambda: _AT, facts.disk_size_mb, is_64_bit=facts.is_64_bit)
    try:
        _try_files_and_users(files, facts, additions, errors)
    finally:
        files.close()
    if errors:
        raise Misfits("machine", errors)
    return replace(definition, facts=facts)


def _try_files_and_users(
    files: EmulatedFiles, facts: MachineFacts, additions: Additions, errors: list[Exception]
) -> None:
    registry = EmulatedRegistry(lambda: _AT, is_64_bit=facts.is_64_bit)
    lay_down(registry, files, facts)
    for path, content in additions.files.items():
        with _keeping(errors, f".files{step_to(path)}"):
            if content is None:
                files.make_folder(path)
            else:
                files.write(path, b"")
    names: set[str] = set()
    for number, user in enumerate(additions.users):
        place = f".users[{number}]"
        with _keeping(errors, place):
            account = entra_account(user.name)
            if user.name.casefold() in names:
                raise UsageError(f"the user {user.name!r} is there twice")
            names.add(user.name.casefold())
            lay_down_user(registry, files, account)
            for part in user.registry:
                with _keeping(errors, place + part.place):
                    add_registry(registry.of_user(account.sid), (part,))


@contextmanager
def _keeping(errors: list[Exception], place: str) -> Iterator[None]:
    """Keep what a machine refuses, with its place."""
    try:
        yield
    except (MachineError, UsageError) as error:
        errors.append(placed(place, Misfit(str(error))))


def _facts_in(registry: EmulatedRegistry, facts: MachineFacts) -> MachineFacts:
    """Return the facts with what the registry says of the build and the edition."""
    data = {name: value.data for name, value in registry.values(_WINDOWS_NT).items()}
    number, revision, edition = (data.get(name) for name in ("CurrentBuildNumber", "UBR", "EditionID"))
    if not isinstance(number, str) or not number.isdecimal() or not isinstance(edition, str):
        return facts
    found = replace(
        facts,
        build=int(number),
        edition=edition,
        revision=revision if isinstance(revision, int) else facts.revision,
    )
    return found if found.build == facts.build else replace(found, release=_release_name(found))


def _release_name(facts: MachineFacts) -> str:
    release = release_of(facts)
    if release.is_server:
        return "Windows Server 2022"
    return f"Windows {11 if facts.build >= _ELEVEN else 10} {release.display_version or release.release_id}"
