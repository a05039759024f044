"""Scopes: variables, functions and aliases, looked for from the innermost outwards along the calls.

Source: learn.microsoft.com, about_Scopes, about_Variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.emulator.powershell.runtime.errors import failure
from harness.emulator.powershell.runtime.values import Closure, Value

if TYPE_CHECKING:
    from harness.emulator.powershell.runtime.parameters import Parameter
    from harness.emulator.powershell.types.nettype import NetType

__all__ = ["Cell", "Scope"]


class Cell:
    """A variable.

    Attributes:
        name: as it was made.
        value: what it holds.
        kind: what every value is converted to; None for anything.
        checks: what a parameter's attributes ask of every value; None for nothing.
        is_constant: whether it cannot be changed.
        is_private: whether inner scopes do not see it.
    """

    __slots__ = ("checks", "is_constant", "is_private", "kind", "name", "value")

    def __init__(self, name: str, value: Value = None, kind: NetType | None = None) -> None:
        self.name = name
        self.value = value
        self.kind = kind
        self.checks: Parameter | None = None
        self.is_constant = False
        self.is_private = False


class Scope:
    """One scope.

    Attributes:
        parent: the one around it; None for the global one.
        variables: cells by name in lower case.
        functions: by name in lower case.
        aliases: by name in lower case.
        is_script: whether `$script:` means it.
    """

    __slots__ = ("aliases", "functions", "is_script", "parent", "variables")

    def __init__(self, parent: Scope | None = None, *, is_script: bool = False) -> None:
        self.parent = parent
        self.variables: dict[str, Cell] = {}
        self.functions: dict[str, Closure] = {}
        self.aliases: dict[str, str] = {}
        self.is_script = is_script

    def chain(self) -> Iterator[Scope]:
        """Return this scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def find(self, name: str) -> Cell | None:
        """Return the variable a name means; None when there is none."""
        key = name.lower()
        scope: Scope | None = self
        while scope is not None:
            cell = scope.variables.get(key)
            if cell is not None and (scope is self or not cell.is_private):
                return cell
            scope = scope.parent
        return None

    def put(self, name: str, value: Value, kind: NetType | None = None) -> Cell:
        """Set a variable of this scope; what it holds is not converted.

        Raises:
            ScriptError: when it cannot be changed.
        """
        key = name.lower()
        cell = self.variables.get(key)
        if cell is None:
            cell = self.variables[key] = Cell(name, value, kind)
            return cell
        if cell.is_constant:
            raise failure(
                f"Cannot overwrite variable {cell.name} because it is read-only or constant.",
                "VariableNotWritable",
                "WriteError",
                type_name="System.Management.Automation.SessionStateUnauthorizedAccessException",
                target=cell.name,
            )
        cell.value = value
        if kind is not None:
            cell.kind = kind
        return cell

    def top(self) -> Scope:
        """Return the global scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def script(self) -> Scope:
        """Return the scope of the script."""
        return next((scope for scope in self.chain() if scope.is_script), self.top())

    def function(self, name: str) -> Closure | None:
        """Return the function of a name; None when there is none."""
        key = name.lower()
        return next((scope.functions[key] for scope in self.chain() if key in scope.functions), None)

    def alias(self, name: str) -> str | None:
        """Return what an alias stands for; None when there is none of that name."""
        key = name.lower()
        return next((scope.aliases[key] for scope in self.chain() if key in scope.aliases), None)
