"""What PowerShell expressions are made of: the syntax tree, immutable, every node with its place in the text.

Two trees are equal when they mean the same, wherever their parts stand. The names are those of the language
specification where it has short ones. Source: learn.microsoft.com, "Windows PowerShell Language Specification 3.0",
and the about_ pages of PowerShell 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.emulator.powershell.statements import Block, ScriptBlock

__all__ = [
    "Span",
    "Node",
    "Expression",
    "Statement",
    "Number",
    "Text",
    "ExpandableText",
    "Variable",
    "TypeName",
    "TypeLiteral",
    "Cast",
    "Attribute",
    "Attributed",
    "Member",
    "Invocation",
    "Index",
    "Unary",
    "Postfix",
    "Binary",
    "ArrayLiteral",
    "ArrayExpression",
    "SubExpression",
    "Paren",
    "Hashtable",
    "ScriptBlockExpression",
    "Parameter",
]


class Span(NamedTuple):
    """A place in a script: offsets of its first character and of what follows its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of the tree.

    Attributes:
        at: where it stands; does not count when trees are compared.
    """

    at: Span = field(compare=False, repr=False)


class Expression(Node):
    """Something that has a value."""

    __slots__ = ()


class Statement(Node):
    """Something that is done; what it puts out goes to the pipeline it stands in."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Expression):
    """A number, with its type already chosen: int (to 32 or 64 bits), Decimal, or float.

    Attributes:
        value: the number.
        text: as written; a bare `007` keeps its zeros when it is bound to a text.
        is_long: whether it is a 64-bit integer.
    """

    value: int | float | Decimal
    text: str
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Expression):
    """A text without anything to expand.

    Attributes:
        value: the text.
        is_bare: whether it stands without quotes: a command name, an argument, a key, a member name.
    """

    value: str
    is_bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandableText(Expression):
    """A text with variables and subexpressions in it.

    Attributes:
        parts: literal texts, variables and subexpressions, in order.
        is_bare: whether it stands without quotes, as an argument.
    """

    parts: tuple[str | Variable | SubExpression, ...]
    is_bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Expression):
    """A variable, `$name`, `$scope:name`, `${any name}`; or a splatted one, `@name`.

    Attributes:
        name: its name without scope, as written; names compare without regard to case.
        scope: `global`, `script`, `local`, `private`, `using`, or a drive such as `env`; empty for none.
        is_splatted: whether its items are handed over one by one.
    """

    name: str
    scope: str = ""
    is_splatted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeName(Node):
    """The name of a type.

    Attributes:
        name: as written, without brackets: `System.Collections.Generic.List`.
        arguments: of a generic type.
        ranks: one number for each pair of brackets that makes an array of it: how many dimensions.
    """

    name: str
    arguments: tuple[TypeName, ...] = ()
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLiteral(Expression):
    """A type as a value, `[int]`."""

    type: TypeName


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Expression):
    """A conversion, `[int]$x`."""

    type: TypeName
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(Node):
    """An attribute, `[Parameter(Mandatory = $true)]`.

    Attributes:
        type: which one.
        arguments: the positional ones.
        named: names as written and values; a name alone stands for true.
    """

    type: TypeName
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed(Expression):
    """An expression with an attribute before it, `[ValidateRange(1, 5)]$x`."""

    attribute: Attribute
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Expression):
    """A property, `$x.Name`, `$x.$name`, `[int]::MaxValue`."""

    target: Expression
    name: Expression
    is_static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Expression):
    """A method call, `$x.Trim()`, `[math]::Round(1.5)`, `$x.Where{...}`."""

    target: Expression
    name: Expression
    arguments: tuple[Expression, ...] = ()
    is_static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Expression):
    """An element, `$x[0]`."""

    target: Expression
    index: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Expression):
    """An operator before its operand: `-not`, `!`, `-`, `+`, `,`, `++`, `--`, `-bnot`, `-split`, `-join` and variants.

    Attributes:
        operator: in lower case.
        operand: what it works on.
    """

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix(Expression):
    """`$i++` or `$i--`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Expression):
    """An operator between its operands, in lower case: `-eq`, `+`, `..`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayLiteral(Expression):
    """Values with commas between them."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayExpression(Expression):
    """`@( ... )`: whatever the statements put out, as an array."""

    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class SubExpression(Expression):
    """`$( ... )`: what the statements put out."""

    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Paren(Expression):
    """`( ... )`: the value of a pipeline or an assignment."""

    body: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashtable(Expression):
    """`@{ key = value }`, in the order written."""

    pairs: tuple[tuple[Expression, Statement], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptBlockExpression(Expression):
    """`{ ... }` as a value."""

    block: ScriptBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """One parameter of a `param` block, a function or a method."""

    name: str
    attributes: tuple[Attribute | TypeName, ...] = ()
    default: Expression | None = None
