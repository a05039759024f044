"""Variables and assignments.

Source: learn.microsoft.com, about_Assignment_Operators, about_Variables, about_Scopes, about_Environment_Variables.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.emulator.powershell.expressions import (
    ArrayLiteral,
    Attributed,
    Cast,
    Expression,
    Index,
    Invocation,
    Member,
    Paren,
    Variable,
)
from harness.emulator.powershell.runtime.errors import failure
from harness.emulator.powershell.runtime.evaluator import Evaluator
from harness.emulator.powershell.runtime.scope import Scope
from harness.emulator.powershell.runtime.values import NOTHING, Closure, Value, is_null
from harness.emulator.powershell.statements import Assignment, CommandExpression, Pipeline
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text
from harness.errors import MachineError

__all__ = ["Assigning"]

_SCOPES = ("global", "script", "local", "private", "using")
_OPERATORS = {"+=": "+", "-=": "-", "*=": "*", "/=": "/", "%=": "%"}
_CONSTANTS = ("true", "false")


class Assigning(Evaluator):
    """Reads and writes variables."""

    # Reading

    def read_variable(self, node: Variable) -> Value:
        """Return what a variable holds; `$null` when there is none."""
        if node.scope:
            return self._read_scoped(node)
        name = node.name
        cell = self.frame.scope.find(name)
        if cell is not None:
            return cell.value
        special = _SPECIAL.get(name.lower())
        if special is not None:
            return special(self)
        if self.strict and name.lower() not in ("_", "matches", "input", "lastexitcode"):
            raise failure(
                f"The variable '${name}' cannot be retrieved because it has not been set.",
                "VariableIsUndefined",
                "InvalidOperation",
                target=name,
            )
        return None

    def _read_scoped(self, node: Variable) -> Value:
        scope = node.scope.lower()
        if scope in _SCOPES:
            found = self._scope_named(scope)
            key = node.name.lower()
            if scope == "global" and key in _SPECIAL and key not in found.variables:
                return _SPECIAL[key](self)
            cell = found.variables.get(key) if scope in ("global", "local", "private") else found.find(node.name)
            return None if cell is None else cell.value
        match scope:
            case "env":
                return self.run.environment.get(node.name)
            case "variable":
                return self.read_variable(Variable(name=node.name, at=node.at))
            case "function":
                return self.frame.scope.function(node.name)
            case "alias":
                return self.frame.scope.alias(node.name)
            case _:
                raise self.not_emulated(f"the variable ${node.scope}:{node.name}", "read it with Get-Content", node)

    def _scope_named(self, name: str) -> Scope:
        scope = self.frame.scope
        if name == "global":
            return scope.top()
        return scope.script() if name == "script" else scope

    # Writing

    async def assign(self, node: Assignment) -> Value:
        """Do an assignment and return what was assigned."""
        target = node.target
        if node.operator == "=":
            value = await self.value_of(node.value)
        else:
            old = await self.value(_inner(target))
            more = await self.value_of(node.value)
            self.at = node.at
            value = self.operators.apply(_OPERATORS[node.operator], old, more)
            if type(value) is str and len(value) > 50_000_000:  # noqa: PLR2004 - as wherever texts grow
                raise self.not_emulated("a text of more than 50 million characters", "build smaller texts", node)
            if isinstance(value, list):
                self.steps += len(value) >> 3  # every `+=` copies the list
        self.success = True
        self.at = node.at
        await self.store(target, value)
        return value

    async def store(self, target: Expression, value: Value) -> None:
        """Put a value where an expression says.

        Raises:
            ScriptError: when it cannot be put there.
        """
        match target:
            case Variable():
                self.set_variable(target, value)
            case Member(target=owner, name=name, is_static=False):
                held = await self.value(owner)
                self.set_member(held, await self.member_name(name), None if value is NOTHING else value)
            case Index(target=owner, index=index):
                held = await self.value(owner)
                place = await self.value(index)
                self.set_element(held, place, None if value is NOTHING else value)
            case Cast(type=name, operand=operand):
                kind = self.type_of_name(name)
                await self._store_typed(operand, self.converter.convert(value, kind), kind)
            case ArrayLiteral(items=items):
                await self._store_several(items, value)
            case Paren(body=Pipeline(elements=(CommandExpression(expression=inner),))):
                await self.store(inner, value)
            case Attributed() | Invocation() | Member():
                raise self.not_emulated("an assignment to this", "assign to a plain variable or property", target)
            case _:
                raise self.not_emulated("an assignment to this", "assign to a plain variable or property", target)

    async def _store_typed(self, target: Expression, value: Value, kind: NetType) -> None:
        if isinstance(target, Variable) and (not target.scope or target.scope.lower() in _SCOPES):
            scope = self._scope_named(target.scope.lower())
            scope.put(target.name, value, kind)
        else:
            await self.store(target, value)

    async def _store_several(self, targets: tuple[Expression, ...], value: Value) -> None:
        items = value if isinstance(value, list) else [value]
        for number, target in enumerate(targets):
            if number == len(targets) - 1 and len(items) > len(targets):
                await self.store(target, items[number:])
            else:
                await self.store(target, items[number] if number < len(items) else None)

    def set_variable(self, node: Variable, value: Value) -> None:
        """Set a variable, in the scope or the drive it names.

        Raises:
            ScriptError: when it cannot be changed, or the value does not fit its type.
        """
        scope = node.scope.lower()
        if node.name.lower() == "null" and not scope:
            return
        if node.name.lower() in _CONSTANTS and scope in ("", *_SCOPES):
            raise failure(
                f"Cannot overwrite variable {node.name} because it is read-only or constant.",
                "VariableNotWritable",
                "WriteError",
                type_name="System.Management.Automation.SessionStateUnauthorizedAccessException",
                target=node.name,
            )
        if not scope or scope in _SCOPES:
            where = self._scope_named(scope)
            cell = where.variables.get(node.name.lower())
            if cell is not None and cell.kind is not None:
                value = self.converter.convert(value, cell.kind)
            if cell is not None and cell.checks is not None:
                self.validate(cell.checks, value)
            new = where.put(node.name, value)
            new.is_private = new.is_private or scope == "private"
            return
        self._set_in_drive(scope, node, value)

    def validate(self, parameter: object, value: Value) -> None:
        """Check a value against a parameter's attributes; the binder does."""

    def _set_in_drive(self, scope: str, node: Variable, value: Value) -> None:
        match scope:
            case "env":
                self.set_environment(node.name, None if is_null(value) else self.converter.text(value))
            case "variable":
                self.frame.scope.put(node.name, value)
            case "function" if isinstance(value, Closure):
                self.frame.scope.functions[node.name.lower()] = value
            case "alias":
                self.frame.scope.aliases[node.name.lower()] = to_text(value)
            case _:
                raise self.not_emulated(
                    f"an assignment to ${node.scope}:{node.name}", "write it with Set-Content", node
                )

    def set_environment(self, name: str, value: str | None) -> None:
        """Set an environment variable of the process; an empty one goes away."""
        if not value:
            if name in self.run.environment:
                del self.run.environment[name]
            return
        try:
            self.run.environment[name] = value
        except MachineError as error:
            raise failure(str(error.strerror), "System.ArgumentException", "InvalidArgument") from error


def _inner(target: Expression) -> Expression:
    return _inner(target.operand) if isinstance(target, Cast | Attributed) else target


_SPECIAL: dict[str, Callable[[Assigning], Value]] = {
    "?": lambda state: state.success,
    "error": lambda state: state.errors,
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
    "pwd": lambda state: state.location_object(),  # type: ignore[attr-defined]
    "psitem": lambda state: state.variable("_"),
    "myinvocation": lambda state: state.invocation_object(),  # type: ignore[attr-defined]
    "host": lambda state: state.host_object(),  # type: ignore[attr-defined]
    "psversiontable": lambda state: state.version_table(),  # type: ignore[attr-defined]
}
