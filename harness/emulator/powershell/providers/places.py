r"""Paths: which provider and what in it a path means.

Source: learn.microsoft.com, about_Providers, about_Path_Syntax, about_Registry_Provider, about_Environment_Provider;
the texts of errors from SessionStateStrings.resx.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.emulator.powershell.runtime.errors import ScriptError, Unmodelled, failure
from harness.model.windows import RegistryPath

__all__ = [
    "Place",
    "parse_place",
    "drive_not_found",
    "FILES",
    "REGISTRY",
    "ENVIRONMENT",
    "VARIABLE",
    "FUNCTION",
    "ALIAS",
]

FILES: Final = "FileSystem"
REGISTRY: Final = "Registry"
ENVIRONMENT: Final = "Environment"
VARIABLE: Final = "Variable"
FUNCTION: Final = "Function"
ALIAS: Final = "Alias"

_PROVIDERS = {name.lower(): name for name in (FILES, REGISTRY, ENVIRONMENT, VARIABLE, FUNCTION, ALIAS)}
_DRIVES = {"env": ENVIRONMENT, "variable": VARIABLE, "function": FUNCTION, "alias": ALIAS}
_HIVES = {"hklm": "HKEY_LOCAL_MACHINE", "hkcu": "HKEY_CURRENT_USER"}
_QUALIFIED = re.compile(
    r"(?:microsoft\.powershell\.core\\|microsoft\.powershell\.security\\|microsoft\.wsman\.management\\)?(\w+)::(.*)",
    re.IGNORECASE | re.DOTALL,
)
_DRIVE = re.compile(r"([^:\\/]+):(.*)", re.DOTALL)
_FLAT = (ENVIRONMENT, VARIABLE, FUNCTION, ALIAS)


@dataclass(frozen=True, slots=True)
class Place:
    r"""What a path means.

    Attributes:
        provider: which provider looks after it.
        path: in the provider's own form: `C:\Windows`, `HKEY_LOCAL_MACHINE\SOFTWARE`, `TEMP`.
        drive: the drive it was written with, without colon; empty for none.
        root: what that drive stands for.
    """

    provider: str
    path: str
    drive: str = ""
    root: str = ""

    @property
    def is_flat(self) -> bool:
        """Whether its provider has no folders."""
        return self.provider in _FLAT

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.rstrip("\\").rpartition("\\")[2] or self.path

    @property
    def ps_path(self) -> str:
        """The path with its provider, as PSPath has it."""
        return f"Microsoft.PowerShell.Core\\{self.provider}::{self.path}"

    @property
    def parent(self) -> str:
        """The path above it, empty for the top."""
        if self.provider == FILES:
            above = ntpath.dirname(self.path)
            return "" if above == self.path else above
        return self.path.rpartition("\\")[0]

    @property
    def shown(self) -> str:
        """The path as error messages have it, with the drive it was written with."""
        if not self.drive or self.provider == FILES:
            return self.path
        if self.is_flat:
            return self.path
        below = self.path[len(self.root) :].lstrip("\\")
        return f"{self.drive}:\\{below}"

    @property
    def key(self) -> RegistryPath:
        """The registry key.

        Raises:
            ScriptError: when the path begins with no hive.
        """
        try:
            return RegistryPath.parse(self.path)
        except ValueError as error:
            raise _no_path(self.path) from error

    def at(self, path: str) -> Place:
        """Return another place on the same drive."""
        return Place(self.provider, path, self.drive, self.root)

    def child(self, name: str) -> Place:
        """Return what is below it."""
        return self.at(name if self.is_flat else f"{self.path.rstrip(chr(92))}\\{name}" if self.path else name)


def parse_place(text: str, current: Place, drives: Mapping[str, Place], letters: frozenset[str]) -> Place:
    """Return what a path means.

    Args:
        text: the path.
        current: where relative paths begin.
        drives: further drives by name in lower case.
        letters: the volumes there are, in upper case.

    Raises:
        ScriptError: for a drive or provider that is not there.
        Unmodelled: for one that is not emulated.
    """
    qualified = _QUALIFIED.fullmatch(text)
    if qualified:
        return _of_provider(qualified[1], qualified[2])
    if text.startswith(("\\\\", "//")):
        return Place(FILES, text.replace("/", "\\"))
    drive = _DRIVE.fullmatch(text)
    if drive:
        return _of_drive(drive[1], drive[2], current, drives, letters)
    return _relative(text.replace("/", "\\") if current.provider == FILES else text, current)


def _of_provider(provider: str, path: str) -> Place:
    name = _PROVIDERS.get(provider.lower())
    if name is None:
        if provider.lower() in ("certificate", "wsman"):
            raise Unmodelled(f"the provider {provider}", "leave it out")
        raise failure(
            f"Cannot find a provider with the name '{provider}'.", "ProviderNotFound", "ObjectNotFound",
            type_name="System.Management.Automation.ProviderNotFoundException", target=provider,
        )  # fmt: skip
    if name == REGISTRY:
        path = _hive_written_out(path.replace("/", "\\").strip("\\") if "\\" not in path else path.strip("\\"))
    elif name == FILES:
        path = _normal(path)
    return Place(name, path)


def _hive_written_out(path: str) -> str:
    head, _, rest = path.partition("\\")
    short = {
        "hklm": "HKEY_LOCAL_MACHINE",
        "hkcu": "HKEY_CURRENT_USER",
        "hku": "HKEY_USERS",
        "hkcr": "HKEY_CLASSES_ROOT",
        "hkcc": "HKEY_CURRENT_CONFIG",
    }
    full = short.get(head.lower().rstrip(":"), head)
    return f"{full}\\{_squeezed(rest)}" if rest else full


def _squeezed(path: str) -> str:
    return re.sub(r"\\{2,}", lambda _: "\\", path).strip("\\")


def _of_drive(name: str, rest: str, current: Place, drives: Mapping[str, Place], letters: frozenset[str]) -> Place:
    key = name.lower()
    if key in _HIVES:
        return _below(Place(REGISTRY, _HIVES[key], name.upper(), _HIVES[key]), rest)
    if key in drives:
        return _below(drives[key], rest)
    if key in _DRIVES:
        return Place(_DRIVES[key], rest.strip("\\/"), name[:1].upper() + name[1:].lower(), "")
    if len(name) == 1 and name.isalpha():
        if name.upper() not in letters:
            raise drive_not_found(name)
        if not rest.startswith(("\\", "/")):
            here = (
                current.path if current.provider == FILES and current.path[:1].upper() == name.upper() else f"{name}:\\"
            )
            return Place(FILES, _normal(ntpath.join(here, rest)) if rest else here, name.upper(), f"{name}:\\")
        return Place(FILES, _normal(f"{name}:{rest}"), name.upper(), f"{name}:\\")
    if key in ("cert", "wsman"):
        raise Unmodelled(f"the drive {name}:", "leave it out")
    raise drive_not_found(name)


def _below(drive: Place, rest: str) -> Place:
    below = _squeezed(rest.replace("/", "\\") if "\\" not in rest else rest)
    if drive.provider == FILES:
        return drive.at(_normal(ntpath.join(drive.path, below)) if below else drive.path)
    return drive.at(_dots(f"{drive.path}\\{below}" if below else drive.path))


def _dots(path: str) -> str:
    """Take `.` and `..` out of a registry path."""
    if "\\." not in path:
        return path
    parts: list[str] = []
    for part in path.split("\\"):
        if part == "..":
            parts = parts[:-1] or parts
        elif part != ".":
            parts.append(part)
    return "\\".join(parts)


def _relative(text: str, current: Place) -> Place:
    if text in ("", "."):
        return current
    if current.is_flat:
        return current.at(text)
    if current.provider == REGISTRY:
        if text.startswith("\\"):
            return current.at(f"{current.root}{text.rstrip(chr(92))}")
        return current.at(_dots(f"{current.path}\\{text.strip(chr(92))}"))
    return current.at(_normal(ntpath.join(current.path, text)))


def _normal(path: str) -> str:
    written = path.replace("/", "\\")
    return ntpath.normpath(written) if written else written


def drive_not_found(name: str) -> ScriptError:
    """Return the error of a drive that is not there."""
    return failure(
        f"Cannot find drive. A drive with the name '{name}' does not exist.",
        "DriveNotFound",
        "ObjectNotFound",
        type_name="System.Management.Automation.DriveNotFoundException",
        target=name,
    )


def _no_path(path: str) -> ScriptError:
    return failure(
        f"Cannot find path '{path}' because it does not exist.",
        "PathNotFound",
        "ObjectNotFound",
        type_name="System.Management.Automation.ItemNotFoundException",
        target=path,
    )
