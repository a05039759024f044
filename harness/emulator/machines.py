"""The machines to start from: Windows releases by name, and those that a user describes in a file.

Names are compared without regard to case, and blanks count as hyphens: `windows-11-23h2`, `Windows 11 23H2`,
`windows-11-24h2-arm64`. Which releases exist for which processors: learn.microsoft.com, "Windows 11 specifications" (no
32-bit Windows 11) and "Hardware requirements for Windows Server" (x64 only).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path

from harness.emulator.additions import Additions
from harness.emulator.baseline_releases import MACHINES
from harness.errors import UsageError
from harness.formats.misfits import nearest
from harness.model.windows import Architecture, MachineFacts

__all__ = [
    "MachineDefinition",
    "DEFINITIONS",
    "DEFAULT_MACHINE",
    "machine_definition",
    "known_machine",
    "slug",
    "COMPUTER_NAME",
    "checked_computer_name",
]

#: What a computer can be called: a NetBIOS name, which is no number.
#: Source: learn.microsoft.com, "Naming conventions in Active Directory for computers, domains, sites, and OUs".
COMPUTER_NAME = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9-]{1,15}")

#: What is emulated unless somebody says otherwise.
DEFAULT_MACHINE = "windows-11-23h2"

_FILES = (".yaml", ".yml", ".reg", ".hive", ".hiv", ".dat")
#: A 32-bit Windows uses no more memory.
_MOST_MEMORY_MB_32_BIT = 4_096

_EVERY = (Architecture.X64, Architecture.X86, Architecture.ARM64)
_ARCHITECTURES = {
    "Windows 10 22H2": _EVERY,
    "Windows 11 23H2": (Architecture.X64, Architecture.ARM64),
    "Windows 11 24H2": (Architecture.X64, Architecture.ARM64),
    "Windows Server 2022": (Architecture.X64,),
}
_SOURCES = {
    "Windows 10 22H2": "learn.microsoft.com, Windows 10 release information; the rest from memory of such machines",
    "Windows 11 23H2": "learn.microsoft.com, Windows 11 release information; the rest from memory of such machines",
    "Windows 11 24H2": "learn.microsoft.com, Windows 11 release information; the rest from memory of such machines",
    "Windows Server 2022": "learn.microsoft.com, Windows Server release information; the rest from memory",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineDefinition:
    """What a new machine is made from.

    Attributes:
        name: what one calls it: `windows-11-23h2`, or the name of the file that describes it.
        facts: what an inventory would say of it.
        source: where what is on it is known from.
        description: what a user's own machine is for; empty for the releases.
        based_on: the machine that a user's own begins as; empty for the releases.
        additions: what is on it beyond a fresh Windows.
    """

    name: str
    facts: MachineFacts
    source: str
    description: str = ""
    based_on: str = ""
    additions: Additions | None = None


def slug(name: str) -> str:
    """Return the form of a machine's name in which two spellings of the same are equal."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split()).removesuffix("-x64")


def _definition(release: str, architecture: Architecture) -> MachineDefinition:
    facts = MACHINES[release]
    is_64_bit = architecture is not Architecture.X86
    memory = facts.memory_mb if is_64_bit else min(facts.memory_mb, _MOST_MEMORY_MB_32_BIT)
    suffix = "" if architecture is Architecture.X64 else f"-{architecture}"
    return MachineDefinition(
        name=f"{slug(release)}{suffix}",
        facts=replace(facts, architecture=architecture, memory_mb=memory),
        source=_SOURCES[release],
    )


#: The releases by name, each on x64 first.
DEFINITIONS: Mapping[str, MachineDefinition] = {
    definition.name: definition
    for release, architectures in _ARCHITECTURES.items()
    for definition in (_definition(release, architecture) for architecture in architectures)
}


def machine_definition(machine: str | PathLike[str] | MachineDefinition) -> MachineDefinition:
    """Return a machine to start from.

    Args:
        machine: a release's name, such as `windows-11-23h2` or `Windows 11 23H2`; or a file: a machine in YAML, or a
            `.reg` file or hive, which is laid over the default machine.

    Raises:
        UsageError: for a name that is not known, with the one that was meant; if a file cannot be read.
        FormatError: with everything that is wrong in a file.
        NotEmulated: if a file asks for something that is not emulated.
    """
    if isinstance(machine, MachineDefinition):
        return machine
    name = fspath(machine)
    known = DEFINITIONS.get(slug(name)) if isinstance(machine, str) else None
    if known:
        return known
    path = Path(name)
    looks_like_a_file = not isinstance(machine, str) or "/" in name or "\\" in name or path.suffix.lower() in _FILES
    if looks_like_a_file or path.is_file():
        from harness.emulator.machines_files import read_machine

        return read_machine(path)
    return known_machine(name)


def known_machine(name: str) -> MachineDefinition:
    """Return a release by its name.

    Raises:
        UsageError: for a name that is not known, with the one that was meant.
    """
    if known := DEFINITIONS.get(slug(name)):
        return known
    meant = nearest(slug(name), DEFINITIONS, 0.8)
    hint = f"did you mean '{meant}'?" if meant else f"use one of {', '.join(DEFINITIONS)}, or a file that describes one"
    raise UsageError(f"there is no emulated machine '{name}' - {hint}")


def checked_computer_name(name: str) -> str:
    """Return a computer's name as it is.

    Raises:
        UsageError: when no computer can be called so.
    """
    if not COMPUTER_NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no computer's name - write 1 to 15 letters, digits and hyphens, not only digits")
    return name
