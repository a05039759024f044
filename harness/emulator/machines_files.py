r"""Machines that a user describes: in YAML, or as a `.reg` file or hive that is laid over the default machine.

A YAML file says what the machine is based on, and what is different:

```yaml
based_on: windows-11-23h2
description: the training room
name: LAB-01                      # and edition, architecture, revision, memory_mb, processors, cpu_speed_mhz,
time_zone: Europe/Berlin          # disk_size_mb
environment: {CONTOSO_HOME: 'C:\Contoso'}
registry:
  HKLM\SOFTWARE\Contoso: {Version: '1.2', Seats: 5, Old: null}
  HKLM\SOFTWARE\Gone: null
registry_files:
  - base.reg
  - {file: SOFTWARE.hive, key: HKLM\SOFTWARE}
files:
  C:\Contoso\readme.txt: some text
  C:\Contoso\tool.exe: {file: tool.exe}
  C:\Contoso\Data: null           # a folder
users:
  - ada
  - {name: bob, is_administrator: true, registry: {'HKCU\Software\Contoso': {Theme: dark}}}
```

Files of this computer are named relative to the YAML file and never outside its folder. Everything is read and tried on
a machine of its own before any definition comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from harness.emulator.additions import AddedEdits, AddedHive, AddedRegistry, AddedUser, Additions
from harness.emulator.baseline_releases import EDITIONS
from harness.emulator.machines import (
    COMPUTER_NAME,
    DEFAULT_MACHINE,
    DEFINITIONS,
    MachineDefinition,
    known_machine,
)
from harness.emulator.machines_trial import tried_definition
from harness.errors import FormatError, Problem, UsageError
from harness.formats.hives import read_hive
from harness.formats.misfits import Misfit, Misfits, describe, leaves, step_to, suggestion
from harness.formats.regfile import RegEdit, read_reg
from harness.formats.registryreading import registry_key, registry_value
from harness.formats.structuring import (
    ObjectReader,
    Reader,
    boolean,
    integer,
    list_of,
    mapping_of,
    one_of,
    strict_object,
    text,
)
from harness.formats.yamltext import read_yaml_document
from harness.model.windows import Architecture, Hive, MachineFacts, RegistryPath, RegistryType, RegistryValue

__all__ = ["read_machine"]

_MOST_YAML = 4 * 2**20
_MOST_REGISTRY = 2**30
_REGF = b"regf"
#: What is called so and does not begin as a hive does is a damaged one, and no text.
_HIVE_SUFFIXES = (".hiv", ".hive", ".dat")
_ENVIRONMENT = RegistryPath(Hive.HKLM, r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")
_FIELDS = (
    "based_on", "description", "name", "edition", "architecture", "revision", "memory_mb", "processors",
    "cpu_speed_mhz", "disk_size_mb", "time_zone", "environment", "registry", "registry_files", "files", "users",
)  # fmt: skip
_USER_FIELDS = ("name", "is_administrator", "registry", "registry_files")
_ARCHITECTURES = {str(architecture): architecture for architecture in Architecture}

#: Where the hives of Windows belong, by the name of their file.
_PLACES = {
    "SOFTWARE": RegistryPath(Hive.HKLM, "SOFTWARE"),
    "SYSTEM": RegistryPath(Hive.HKLM, "SYSTEM"),
    "SAM": RegistryPath(Hive.HKLM, "SAM"),
    "SECURITY": RegistryPath(Hive.HKLM, "SECURITY"),
    "DEFAULT": RegistryPath(Hive.HKU, ".DEFAULT"),
    "NTUSER": RegistryPath(Hive.HKCU),
}
_OF_MACHINE = (Hive.HKLM, Hive.HKU, Hive.HKCR, Hive.HKCC)
_OF_USER = (Hive.HKCU,)


def read_machine(path: Path) -> MachineDefinition:
    """Read a machine that a user describes.

    Args:
        path: a YAML file, a `.reg` file or a hive.

    Raises:
        UsageError: if the file cannot be read.
        FormatError: with everything that is wrong.
        NotEmulated: if it asks for something that is not emulated.
    """
    data = _read(path)
    if data.startswith(_REGF) or path.suffix.lower() in (".reg", *_HIVE_SUFFIXES):
        return _of_registry_file(path, data)
    if len(data) > _MOST_YAML:
        raise UsageError(f"{path} has more than {_MOST_YAML:,} bytes - is it the right file?")
    return read_yaml_document(data, lambda value: _machine(value, path), str(path))


def _of_registry_file(path: Path, data: bytes) -> MachineDefinition:
    base = known_machine(DEFAULT_MACHINE)
    try:
        part = _registry_part(path, data, None, _OF_MACHINE)
        definition = MachineDefinition(
            name=path.stem,
            facts=base.facts,
            source=str(path),
            based_on=base.name,
            additions=Additions(registry=(part,)),
        )
        return tried_definition(definition)
    except (Misfit, Misfits) as error:
        raise FormatError(str(path), [Problem("", str(leaf)) for _, leaf in leaves(error)]) from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_REGISTRY:
            raise UsageError(f"{path} has more than {_MOST_REGISTRY:,} bytes - is it the right file?")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None


# The fields of the YAML file


def _machine(value: object, path: Path) -> MachineDefinition:
    fields = strict_object(value, _FIELDS)
    base = fields.get("based_on", _known, None) or known_machine(DEFAULT_MACHINE)
    facts = _facts(fields, base)
    description = fields.get("description", text, "")
    environment = fields.get("environment", mapping_of(_variable_name, text), {})
    from_files = fields.get("registry_files", list_of(_registry_file(path.parent, _OF_MACHINE)), ())
    by_hand = fields.get("registry", _registry_by_hand(_OF_MACHINE, str(path)), ())
    files = fields.get("files", mapping_of(text, _content(path.parent)), {})
    users = fields.get("users", list_of(_user(path)), ())
    fields.close()
    variables = AddedEdits(edits=tuple(map(_variable, environment.items())), source=str(path), place=".environment")
    return tried_definition(
        MachineDefinition(
            name=path.stem,
            facts=facts,
            source=str(path),
            description=description,
            based_on=base.name,
            additions=Additions(registry=(*_numbered(from_files), *by_hand, variables), files=files, users=users),
        )
    )


def _known(value: object) -> MachineDefinition:
    try:
        return known_machine(text(value))
    except UsageError as error:
        raise Misfit(str(error)) from None


def _facts(fields: ObjectReader, base: MachineDefinition) -> MachineFacts:
    architecture = fields.get("architecture", one_of(_ARCHITECTURES), base.facts.architecture)
    same = [one for one in DEFINITIONS.values() if one.facts.build == base.facts.build]
    facts = next((one.facts for one in same if one.facts.architecture is architecture), None)
    if facts is None:
        exists = ", ".join(one.facts.architecture for one in same)
        if fields.is_right("architecture"):
            fields.fail("architecture", f"{base.facts.release} does not exist for {architecture}, but for {exists}")
        facts = base.facts
    fitting = {name: name for name, edition in EDITIONS.items() if edition.is_server is _is_server(facts)}
    return replace(
        facts,
        name=fields.get("name", _computer_name, facts.name),
        edition=fields.get("edition", one_of(fitting), facts.edition),
        time_zone=fields.get("time_zone", _time_zone, facts.time_zone),
        revision=fields.get("revision", integer(0, 99_999), facts.revision),
        memory_mb=fields.get("memory_mb", integer(512, 2**24), facts.memory_mb),
        processors=fields.get("processors", integer(1, 256), facts.processors),
        cpu_speed_mhz=fields.get("cpu_speed_mhz", integer(100, 10_000), facts.cpu_speed_mhz),
        disk_size_mb=fields.get("disk_size_mb", integer(1_024, 2**30), facts.disk_size_mb),
    )


def _is_server(facts: MachineFacts) -> bool:
    return EDITIONS[facts.edition].is_server


def _computer_name(value: object) -> str:
    name = text(value)
    if not COMPUTER_NAME.fullmatch(name):
        raise Misfit(f"expected 1 to 15 letters, digits and hyphens, not only digits, found {describe(value)}")
    return name


def _time_zone(value: object) -> str:
    name = text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = suggestion(name, available_timezones())
        raise Misfit(f"expected a time zone such as Europe/Berlin, found {describe(value)}{hint}") from None
    return name


def _variable_name(value: object) -> str:
    name = text(value)
    if not name or "=" in name or "\0" in name:
        raise Misfit(f"expected the name of a variable, found {describe(value)}")
    return name


def _variable(item: tuple[str, str]) -> RegEdit:
    name, data = item
    type_ = RegistryType.REG_EXPAND_SZ if "%" in data else RegistryType.REG_SZ
    return RegEdit(path=_ENVIRONMENT, name=name, value=RegistryValue(type_, data))


# Registry


def _registry_by_hand(hives: tuple[Hive, ...], source: str) -> Reader[tuple[AddedRegistry, ...]]:
    """Return a reader of keys with their values; null deletes a value, or a key with all below it."""

    def read(value: object) -> tuple[AddedRegistry, ...]:
        keys = mapping_of(_key_of(hives), _values_by_name)(value)
        return tuple(
            AddedEdits(edits=_edits(registry_key(key), values), source=source, place=f".registry{step_to(key)}")
            for key, values in keys.items()
        )

    return read


def _key_of(hives: tuple[Hive, ...]) -> Reader[RegistryPath]:
    def read(value: object) -> RegistryPath:
        path = registry_key(value)
        if path.hive not in hives:
            raise Misfit(_wrong_hive(hives))
        return path

    return read


def _wrong_hive(hives: tuple[Hive, ...]) -> str:
    if Hive.HKCU in hives:
        return "a user's registry holds keys of HKCU only - move it to the registry of the machine"
    return "HKCU is a user's and no machine's - move it to one of the users, or write HKU\\.DEFAULT for SYSTEM's"


def _values_by_name(value: object) -> Mapping[str, RegistryValue | None] | None:
    if value is None:
        return None
    return mapping_of(text, lambda data: None if data is None else registry_value(data))(value)


def _edits(path: RegistryPath, values: Mapping[str, RegistryValue | None] | None) -> tuple[RegEdit, ...]:
    if values is None:
        return (RegEdit(path=path, is_deletion=True),)
    edits = (RegEdit(path=path, name=name, value=data, is_deletion=data is None) for name, data in values.items())
    return (RegEdit(path=path), *edits)


def _registry_file(folder: Path, hives: tuple[Hive, ...]) -> Reader[AddedRegistry]:
    """Return a reader of a `.reg` file's or hive's name, or of an object with that and the key the hive belongs to."""

    def read(value: object) -> AddedRegistry:
        place = None
        if isinstance(value, dict):
            fields = strict_object(value, ("file", "key"))
            path = fields.require("file", _host_file(folder))
            place = fields.get("key", _key_of(hives), None)
            fields.close()
        else:
            path = _host_file(folder)(value)
        try:
            return _registry_part(path, _read(path), place, hives)
        except FormatError as error:
            problems = [Misfit(f"{error.source}: {problem}") for problem in error.problems]
            raise Misfits("file", problems) from None
        except UsageError as error:
            raise Misfit(str(error)) from None

    return read


def _numbered(parts: tuple[AddedRegistry, ...]) -> tuple[AddedRegistry, ...]:
    """Return the parts from files, each with its place in the list."""
    return tuple(replace(part, place=f".registry_files[{number}]") for number, part in enumerate(parts))


def _registry_part(path: Path, data: bytes, place: RegistryPath | None, hives: tuple[Hive, ...]) -> AddedRegistry:
    """Return what a registry file adds.

    Raises:
        Misfit: if the file does not fit where it is to go.
        FormatError: if it does not read.
    """
    if data.startswith(_REGF) or (place is None and path.suffix.lower() in _HIVE_SUFFIXES):
        image = read_hive(data, source=str(path))
        place = place or _PLACES.get(path.name.partition(".")[0].upper())
        if place is None:
            in_yaml = rf"{{file: {path.name}, key: HKLM\SOFTWARE\...}}"
            names = ", ".join(_PLACES)
            raise Misfit(f"{path.name} does not say which hive it is - call it {names}, or write in YAML {in_yaml}")
        if place.hive not in hives:
            raise Misfit(_wrong_hive(hives))
        return AddedHive(path=place, image=image)
    if place is not None:
        raise Misfit(f"{path.name} is no hive, and only a hive has a key that it belongs to - leave 'key' out")
    edits = read_reg(data, source=str(path)).edits
    problems = [
        Problem(f"line {edit.line}", _wrong_hive(hives))
        for edit in edits
        if edit.path.hive not in hives and edit.name is None
    ]
    if problems:
        raise FormatError(str(path), problems)
    return AddedEdits(edits=edits, source=str(path))


# Files and users


def _host_file(folder: Path) -> Reader[Path]:
    """Return a reader of the name of a file of this computer, in or below a folder."""

    def read(value: object) -> Path:
        name = text(value)
        try:
            path = (folder / name.replace("\\", "/")).resolve()
            is_inside, is_file = path.is_relative_to(folder.resolve()), path.is_file()
        except (OSError, ValueError):
            raise Misfit(f"expected the name of a file, found {describe(value)}") from None
        if not is_inside:
            raise Misfit(f"{describe(value)} leads out of the folder of the machine's file - put it there")
        if not is_file:
            raise Misfit(f"there is no file {describe(value)} beside the machine's file")
        return path

    return read


def _content(folder: Path) -> Reader[bytes | Path | None]:
    """Return a reader of what a file holds: text, or a file of this computer; null makes a folder."""

    def read(value: object) -> bytes | Path | None:
        if value is None:
            return None
        if isinstance(value, str):
            return text(value).encode()
        if not isinstance(value, dict):
            raise Misfit(f"expected a text, {{file: name}}, or null for a folder, found {describe(value)}")
        fields = strict_object(value, ("file",))
        path = fields.require("file", _host_file(folder))
        fields.close()
        return path

    return read


def _user(machine: Path) -> Reader[AddedUser]:
    def read(value: object) -> AddedUser:
        if isinstance(value, str):
            return AddedUser(name=text(value))
        fields = strict_object(value, _USER_FIELDS)
        name = fields.require("name", text)
        is_administrator = fields.get("is_administrator", boolean, default=False)
        from_files = fields.get("registry_files", list_of(_registry_file(machine.parent, _OF_USER)), ())
        by_hand = fields.get("registry", _registry_by_hand(_OF_USER, str(machine)), ())
        fields.close()
        return AddedUser(name=name, is_administrator=is_administrator, registry=(*_numbered(from_files), *by_hand))

    return read
