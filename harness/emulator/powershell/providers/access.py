"""Looking at what paths lead to: is it there, what is below it, what matches a pattern.

Source: learn.microsoft.com, about_Providers, about_Wildcards.
"""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from harness.emulator.powershell.providers.file_items import file_object
from harness.emulator.powershell.providers.places import ALIAS, ENVIRONMENT, FILES, FUNCTION, REGISTRY, VARIABLE, Place
from harness.emulator.powershell.providers.registry_items import key_object, provider_notes
from harness.emulator.powershell.runtime.errors import ScriptError, failure
from harness.emulator.powershell.runtime.objects import PSObject
from harness.emulator.powershell.runtime.values import Value
from harness.emulator.powershell.types.patterns import has_wildcard, wildcard
from harness.errors import MachineError
from harness.model.windows import Hive

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.interpreter import Interpreter

__all__ = ["Access", "not_found"]


def not_found(shown: str) -> ScriptError:
    """Return the error of a path that leads nowhere."""
    return failure(
        f"Cannot find path '{shown}' because it does not exist.",
        "PathNotFound",
        "ObjectNotFound",
        type_name="System.Management.Automation.ItemNotFoundException",
        target=shown,
    )


class Access:
    """What a script can see of files, registry, and the flat providers.

    Args:
        shell: the interpreter.
    """

    def __init__(self, shell: Interpreter) -> None:
        self._shell = shell
        self._run = shell.run

    def exists(self, place: Place) -> bool:
        """Return whether something is there."""
        match place.provider:
            case "FileSystem":
                return self._run.files.exists(place.path)
            case "Registry":
                return self._key_exists(place)
            case _:
                return not place.path or self._flat(place.provider).get(place.path.lower()) is not None

    def _key_exists(self, place: Place) -> bool:
        if not place.path:
            return True
        try:
            key = place.key
        except ScriptError:
            return False
        try:
            return self._run.registry.exists(key) or not key.key
        except MachineError:
            return False

    def is_container(self, place: Place) -> bool:
        """Return whether something can be below it."""
        if place.provider == FILES:
            return self.exists(place) and self._run.files.info(place.path).is_directory
        return place.provider == REGISTRY or not place.path

    def _flat(self, provider: str) -> dict[str, tuple[str, Value]]:
        """Return what a provider without folders has, by name in lower case."""
        scope = self._shell.frame.scope
        found: dict[str, tuple[str, Value]] = {}
        if provider == ENVIRONMENT:
            return {name.lower(): (name, value) for name, value in self._run.environment.items()}
        for one in scope.chain():
            if provider == VARIABLE:
                for key, cell in one.variables.items():
                    found.setdefault(key, (cell.name, cell.value))
            elif provider == FUNCTION:
                for key, closure in one.functions.items():
                    found.setdefault(key, (closure.name or key, closure))
            elif provider == ALIAS:
                for key, target in one.aliases.items():
                    found.setdefault(key, (key, target))
        return found

    def names(self, place: Place) -> list[str]:
        """Return the names of what is below.

        Raises:
            MachineError: when it cannot be looked at.
        """
        match place.provider:
            case "FileSystem":
                return list(self._run.files.names(place.path))
            case "Registry":
                if not place.path:
                    return [hive.value for hive in Hive]
                return list(self._run.registry.subkeys(place.key))
            case provider:
                return sorted((name for name, _ in self._flat(provider).values()), key=str.lower)

    def expand(self, text: str, *, is_literal: bool = False) -> list[Place]:
        """Return what a path with wildcards means; a path without them means itself, there or not.

        Raises:
            ScriptError: for a drive that is not there.
        """
        shell = self._shell
        if is_literal or not has_wildcard(text):
            return [shell.locations.place(text.replace("`", "") if not is_literal else text)]
        head, pattern = self._fixed_part(text)
        if shell.locations.place(head).is_flat and not pattern:
            return [shell.locations.place(text)]
        start = shell.locations.place(head)
        found = [start]
        for part in pattern:
            found = [place for base in found for place in self._matching(base, part)]
        return found

    def _fixed_part(self, text: str) -> tuple[str, list[str]]:
        """Split a path into what has no wildcards, and the rest part by part."""
        drive, colon, rest = text.rpartition("::") if "::" in text else text.partition(":")
        if not colon:
            drive, rest = "", text
        parts = (
            [part for part in rest.replace("/", "\\").split("\\") if part]
            if colon or "\\" in rest or "/" in rest
            else [rest]
        )
        fixed = 0
        while fixed < len(parts) and not has_wildcard(parts[fixed]):
            fixed += 1
        lead = "\\" if rest.startswith(("\\", "/")) else ""
        head = f"{drive}{colon}{lead}" + "\\".join(parts[:fixed])
        if colon == ":" and not lead and not parts[:fixed]:
            head = f"{drive}:\\" if len(drive) == 1 else f"{drive}:"
        return head or ".", parts[fixed:]

    def _matching(self, base: Place, part: str) -> list[Place]:
        if not has_wildcard(part):
            below = base.child(part)
            return [below] if self.exists(below) else []
        if not self.is_container(base):
            return []
        try:
            names = self.names(base)
        except MachineError:
            return []
        pattern = wildcard(part)
        return [base.child(name) for name in names if pattern.fullmatch(name)]

    def item(self, place: Place, *, is_child: bool = False) -> Value:
        """Return what is at a place as an object."""
        match place.provider:
            case "FileSystem":
                real = self._spelled(place)
                return file_object(self._run, real.path, real, is_child=is_child)
            case "Registry":
                return key_object(self._run, place.key, place)
            case provider:
                name, value = self._flat(provider)[place.path.lower()]
                kinds = {
                    ENVIRONMENT: "System.Collections.DictionaryEntry",
                    VARIABLE: "System.Management.Automation.PSVariable",
                }
                notes = {**provider_notes(place), "Name": name, "Key": name, "Value": value}
                return PSObject(
                    [kinds.get(provider, "System.Management.Automation.CommandInfo"), "System.Object"], notes
                )

    def _spelled(self, place: Place) -> Place:
        """Return a place in the spelling of what is there."""
        folder, name = ntpath.split(place.path)
        if not name:
            return place
        try:
            for known in self._run.files.names(folder):
                if known.lower() == name.lower():
                    return place.at(ntpath.join(folder, known))
        except MachineError:
            return place
        return place

    def must_exist(self, place: Place, written: str) -> None:
        """Make sure that something is there.

        Raises:
            ScriptError: as Windows says it.
        """
        if not self.exists(place):
            raise not_found(place.shown if place.provider != FILES else self._absolute(place, written))

    def _absolute(self, place: Place, _: str) -> str:
        return place.path
