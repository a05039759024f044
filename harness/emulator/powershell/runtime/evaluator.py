"""Expressions: what they are worth.

Source: learn.microsoft.com, the language specification, chapter 7; about_Operators, about_Assignment_Operators,
about_Hash_Tables, about_Quoting_Rules.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from harness.emulator.powershell.expressions import (
    ArrayExpression,
    ArrayLiteral,
    Attributed,
    Binary,
    Cast,
    ExpandableText,
    Expression,
    Index,
    Invocation,
    Member,
    Number,
    Paren,
    Postfix,
    ScriptBlockExpression,
    Statement,
    SubExpression,
    Text,
    TypeLiteral,
    Unary,
    Variable,
)
from harness.emulator.powershell.expressions import Hashtable as HashtableNode
from harness.emulator.powershell.runtime.errors import failure
from harness.emulator.powershell.runtime.member_access import MemberAccess
from harness.emulator.powershell.runtime.sinks import ListSink, Sink
from harness.emulator.powershell.runtime.values import (
    NOTHING,
    Closure,
    Hashtable,
    Int64,
    Value,
    is_null,
    items_of,
)
from harness.emulator.powershell.statements import Assignment, Block, CommandExpression, Pipeline
from harness.emulator.powershell.types.conversion import to_bool
from harness.emulator.powershell.types.names import find_type, type_named
from harness.emulator.powershell.types.nettype import NetType
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Evaluator", "collapsed"]

_LONGEST_TEXT = 50_000_000
_LOGICAL = ("-and", "-or", "-xor")


class Evaluator(MemberAccess):
    """Evaluates expressions."""

    @abstractmethod
    async def run_statements(self, block: Block, sink: Sink) -> None:
        """Run statements; their output goes to a sink."""

    @abstractmethod
    async def run_statement(self, statement: Statement, sink: Sink) -> None:
        """Run one statement."""

    @abstractmethod
    async def assign(self, node: Assignment) -> Value:
        """Do an assignment and return what was assigned."""

    @abstractmethod
    def read_variable(self, node: Variable) -> Value:
        """Return what a variable holds."""

    @abstractmethod
    async def store(self, target: Expression, value: Value) -> None:
        """Put a value where an expression says."""

    async def value(self, node: Expression) -> Value:
        """Return what an expression is worth."""
        kind = type(node)
        if kind is Text:
            return node.value  # type: ignore[attr-defined]
        if kind is Variable:
            self.at = node.at
            return self.read_variable(node)  # type: ignore[arg-type]
        if kind is Number:
            return Int64(node.value) if node.is_long else node.value  # type: ignore[attr-defined]
        return await _EVALUATORS[kind](self, node)

    async def output_of(self, statement: Statement) -> list[Value]:
        """Return everything a statement puts out."""
        sink = ListSink()
        await self.run_statement(statement, sink)
        return sink.items

    async def value_of(self, statement: Statement) -> Value:
        """Return what a statement in a place of an expression is worth."""
        if isinstance(statement, Pipeline) and len(statement.elements) == 1:
            only = statement.elements[0]
            if isinstance(only, CommandExpression) and not only.redirections:
                return await self.value(only.expression)
        if isinstance(statement, Assignment):
            return await self.assign(statement)
        return collapsed(await self.output_of(statement))

    # Texts

    async def _expandable(self, node: ExpandableText) -> str:
        pieces: list[str] = []
        for part in node.parts:
            if isinstance(part, str):
                pieces.append(part)
            else:
                pieces.append(self.converter.text(await self.value(part)))
        return "".join(pieces)

    # Types

    def type_of_name(self, name: Any) -> NetType:
        """Return the type a name in the script means."""
        return type_named(name, self.defined)

    async def _type_literal(self, node: TypeLiteral) -> Value:
        self.at = node.at
        return self.type_of_name(node.type)

    async def _cast(self, node: Cast) -> Value:
        name = node.type.name.lower()
        if name in ("pscustomobject", "ordered") and isinstance(node.operand, HashtableNode) and not node.type.ranks:
            table = await self._hashtable(node.operand)
            self.at = node.at
            return self.converter.convert(table, self.type_of_name(node.type))
        value = await self.value(node.operand)
        self.at = node.at
        if name == "ref":
            raise self.not_emulated("[ref]", "return the value instead", node)
        kind = self.type_of_name(node.type)
        if kind.name == "System.Void":
            return NOTHING
        if name == "psobject":
            return value
        return self.converter.convert(value, kind)

    async def _attributed(self, node: Attributed) -> Value:
        return await self.value(node.operand)

    # Members

    async def member_name(self, node: Expression) -> str:
        """Return the name of a member as the script has it."""
        return node.value if isinstance(node, Text) else to_text(await self.value(node))

    async def _member(self, node: Member) -> Value:
        target = await self.value(node.target)
        name_value = await self.member_name(node.name)
        self.at = node.at
        if node.is_static:
            return self.static_member(self._as_type(target, node), name_value)
        return await self.member(target, name_value)

    def _as_type(self, value: Value, node: Expression) -> NetType:
        if isinstance(value, NetType):
            return value
        found = find_type(to_text(value), self.defined)
        if found is None:
            raise self.not_emulated("a static member of what is no type", "write the type in square brackets", node)
        return found

    async def _invocation(self, node: Invocation) -> Value:
        target = await self.value(node.target)
        name = await self.member_name(node.name)
        arguments = [_argument(await self.value(argument)) for argument in node.arguments]
        self.at = node.at
        self.step()
        if node.is_static:
            return await self.invoke_static(self._as_type(target, node), name, arguments)
        return await self.invoke(target, name, arguments)

    async def _index(self, node: Index) -> Value:
        target = await self.value(node.target)
        index = await self.value(node.index)
        self.at = node.at
        return self.element(target, index)

    # Operators

    async def _unary(self, node: Unary) -> Value:  # noqa: PLR0911
        operator = node.operator
        if operator in ("++", "--"):
            return await self._stepped(node.operand, operator, is_postfix=False)
        value = await self.value(node.operand)
        self.at = node.at
        match operator:
            case "-not":
                return not to_bool(value)
            case ",":
                return [None if value is NOTHING else value]
            case "-":
                return self.operators.arithmetic.negate(value)
            case "+":
                return self.operators.arithmetic.plus(value)
            case "-bnot":
                return self.operators.arithmetic.complement(value)
            case "-join":
                return self.operators.join(value, "")
            case _:
                return self.operators.split_words(value)

    async def _postfix(self, node: Postfix) -> Value:
        return await self._stepped(node.operand, node.operator, is_postfix=True)

    async def _stepped(self, target: Expression, operator: str, *, is_postfix: bool) -> Value:
        old = await self.value(target)
        if is_null(old):
            old = 0
        if isinstance(old, bool) or (not isinstance(old, int | float) and type(old).__name__ != "Decimal"):
            raise failure(
                "The '++' operator works only on numbers. The operand is a 'System.String'."
                if operator == "++"
                else "The '--' operator works only on numbers. The operand is a 'System.String'.",
                "OperatorRequiresNumber",
            )
        new = self.operators.arithmetic.add(old, 1 if operator == "++" else -1)
        await self.store(target, new)
        return old if is_postfix else new

    async def _binary(self, node: Binary) -> Value:
        operator = node.operator
        if operator in _LOGICAL:
            left = to_bool(await self.value(node.left))
            if operator == "-and":
                return left and to_bool(await self.value(node.right))
            if operator == "-or":
                return left or to_bool(await self.value(node.right))
            return left is not to_bool(await self.value(node.right))
        left = await self.value(node.left)
        right = await self.value(node.right)
        self.at = node.at
        result = self.operators.apply(operator, left, right)
        if type(result) is str and len(result) > _LONGEST_TEXT:
            raise self.not_emulated("a text of more than 50 million characters", "build smaller texts", node)
        return result

    # Lists, blocks

    async def _array_literal(self, node: ArrayLiteral) -> list[Value]:
        return [_argument(await self.value(item)) for item in node.items]

    async def _array(self, node: ArrayExpression) -> list[Value]:
        sink = ListSink()
        statements = node.body.statements
        if len(statements) == 1 and isinstance(statements[0], Pipeline) and len(statements[0].elements) == 1:
            only = statements[0].elements[0]
            if isinstance(only, CommandExpression) and not only.redirections:
                return list(items_of(await self.value(only.expression)))
        await self.run_statements(node.body, sink)
        return sink.items

    async def _sub_expression(self, node: SubExpression) -> Value:
        sink = ListSink()
        await self.run_statements(node.body, sink)
        self.success = True
        return collapsed(sink.items)

    async def _paren(self, node: Paren) -> Value:
        value = await self.value_of(node.body)
        self.success = True
        return value

    async def _hashtable(self, node: HashtableNode) -> Hashtable:
        table = Hashtable()
        for key_node, statement in node.pairs:
            key = await self.value(key_node)
            if is_null(key):
                raise failure("A null key is not allowed in a hash literal.", "InvalidNullKey", "InvalidArgument")
            if key in table:
                raise failure(
                    f"Item has already been added. Key in dictionary: '{to_text(key)}'  Key being added: "
                    f"'{to_text(key)}'",
                    "DuplicateKeyInHashLiteral",
                    "InvalidArgument",
                )
            value = await self.value_of(statement)
            table[key] = None if value is NOTHING else value
        return table

    async def _script_block(self, node: ScriptBlockExpression) -> Closure:
        return Closure(node.block, self.frame.source)


def collapsed(items: list[Value]) -> Value:
    """Return output as one value: nothing, the only item, or a list."""
    if not items:
        return NOTHING
    return items[0] if len(items) == 1 else items


def _argument(value: Value) -> Value:
    return None if value is NOTHING else value


_EVALUATORS: dict[type, Callable[[Evaluator, Any], Awaitable[Value]]] = {
    ExpandableText: Evaluator._expandable,  # noqa: SLF001 - of its own class
    TypeLiteral: Evaluator._type_literal,  # noqa: SLF001
    Cast: Evaluator._cast,  # noqa: SLF001
    Attributed: Evaluator._attributed,  # noqa: SLF001
    Member: Evaluator._member,  # noqa: SLF001
    Invocation: Evaluator._invocation,  # noqa: SLF001
    Index: Evaluator._index,  # noqa: SLF001
    Unary: Evaluator._unary,  # noqa: SLF001
    Postfix: Evaluator._postfix,  # noqa: SLF001
    Binary: Evaluator._binary,  # noqa: SLF001
    ArrayLiteral: Evaluator._array_literal,  # noqa: SLF001
    ArrayExpression: Evaluator._array,  # noqa: SLF001
    SubExpression: Evaluator._sub_expression,  # noqa: SLF001
    Paren: Evaluator._paren,  # noqa: SLF001
    HashtableNode: Evaluator._hashtable,  # noqa: SLF001
    ScriptBlockExpression: Evaluator._script_block,  # noqa: SLF001
}
