"""What PowerShell statements are made of: pipelines, commands, blocks and control flow."""

from __future__ import annotations

from dataclasses import dataclass

from harness.emulator.powershell.expressions import (
    Attribute,
    Expression,
    Node,
    Parameter,
    Statement,
    TypeName,
    Variable,
)

__all__ = [
    "Redirection",
    "Command",
    "CommandParameter",
    "CommandExpression",
    "Pipeline",
    "Assignment",
    "Block",
    "ScriptBlock",
    "Using",
    "If",
    "Loop",
    "For",
    "ForEach",
    "Switch",
    "Try",
    "Catch",
    "Trap",
    "Function",
    "Flow",
    "Data",
    "TypeDefinition",
    "TypeMember",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection(Node):
    """Where a stream goes.

    Attributes:
        stream: 1 to 6, or 0 for all.
        target: a file, or None when it joins another stream.
        merge: the stream it joins; 0 for none.
        appends: whether the file is added to.
    """

    stream: int
    target: Expression | None = None
    merge: int = 0
    appends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandParameter(Node):
    """`-Name`, or `-Name:value`."""

    name: str
    argument: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Node):
    """A command with its arguments.

    Attributes:
        name: what is called.
        operator: `&` or `.` before the name; empty for none.
        elements: parameters and arguments in order.
        redirections: where its streams go.
    """

    name: Expression
    operator: str = ""
    elements: tuple[CommandParameter | Expression, ...] = ()
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandExpression(Node):
    """An expression as the first part of a pipeline."""

    expression: Expression
    redirections: tuple[Redirection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline(Statement):
    """Parts with `|` between them."""

    elements: tuple[Command | CommandExpression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Statement):
    """`$x = ...`, `$x += ...`."""

    target: Expression
    operator: str
    value: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Node):
    """Statements in braces or brackets."""

    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Using(Node):
    """`using namespace System.IO`."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptBlock(Node):
    """A script, a function's body, or `{ ... }` as a value.

    Attributes:
        parameters: None when there is no `param` block.
        attributes: those before `param`.
        usings: `using` statements; only a script has them.
        begin: the `begin` block, None for none; as are `process` and `dynamic`.
        process: the `process` block.
        end: the statements, or the `end` block.
        dynamic: the `dynamicparam` block.
        is_named: whether the blocks are written out.
    """

    parameters: tuple[Parameter, ...] | None = None
    attributes: tuple[Attribute, ...] = ()
    usings: tuple[Using, ...] = ()
    begin: Block | None = None
    process: Block | None = None
    end: Block | None = None
    dynamic: Block | None = None
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Statement):
    """`if`, `elseif`, `else`."""

    clauses: tuple[tuple[Statement, Block], ...]
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Statement):
    """`while`, or `do` with `while` or `until`.

    Attributes:
        kind: `while`, `do while` or `do until`.
        condition: when to go on, or to stop.
        body: what is repeated.
        label: its name; empty for none.
    """

    kind: str
    condition: Statement
    body: Block
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class For(Statement):
    """`for (start; condition; step) { ... }`."""

    start: Statement | None
    condition: Statement | None
    step: Statement | None
    body: Block
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForEach(Statement):
    """`foreach ($x in ...) { ... }`."""

    variable: Variable
    items: Statement
    body: Block
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Statement):
    """`switch`.

    Attributes:
        options: `regex`, `wildcard`, `exact`, `casesensitive`, as written, in lower case.
        subject: what is looked at; a file name with the option `file`.
        clauses: conditions with what to do; the condition of `default` is None.
        label: its name; empty for none.
    """

    options: tuple[str, ...]
    subject: Statement
    clauses: tuple[tuple[Expression | None, Block], ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch(Node):
    """`catch [Type] { ... }`; no types for all errors."""

    types: tuple[TypeName, ...]
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Try(Statement):
    """`try`, `catch`, `finally`."""

    body: Block
    catches: tuple[Catch, ...] = ()
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap(Statement):
    """`trap [Type] { ... }`; holds for the whole block it stands in."""

    type: TypeName | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Statement):
    """`function` or `filter`.

    Attributes:
        kind: the keyword.
        name: its name, with a scope if one is written.
        parameters: those in brackets behind the name; None for none, when a `param` block may have them.
        body: what it does.
    """

    kind: str
    name: str
    parameters: tuple[Parameter, ...] | None
    body: ScriptBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Statement):
    """`return`, `throw`, `exit` with what comes out; `break`, `continue` with the loop's name."""

    kind: str
    value: Statement | None = None
    label: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Data(Statement):
    """`data name { ... }`."""

    name: str
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMember(Node):
    """A value of an enumeration, a property or a method of a class.

    Attributes:
        name: as written.
        modifiers: `static`, `hidden`.
        attributes: types and attributes before the name.
        value: the value of an enumeration's member, or the default of a property.
        parameters: of a method; None for anything else.
        body: of a method.
        base_arguments: what a constructor hands to the base class.
    """

    name: str
    modifiers: tuple[str, ...] = ()
    attributes: tuple[Attribute | TypeName, ...] = ()
    value: Expression | None = None
    parameters: tuple[Parameter, ...] | None = None
    body: ScriptBlock | None = None
    base_arguments: tuple[Expression, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefinition(Statement):
    """`enum` or `class`."""

    kind: str
    name: str
    attributes: tuple[Attribute, ...] = ()
    bases: tuple[TypeName, ...] = ()
    members: tuple[TypeMember, ...] = ()
