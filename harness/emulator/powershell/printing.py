"""Writing a tree as a script again: one spelling for everything, so that parsing it gives the same tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from harness.emulator.powershell.expressions import (
    ArrayExpression,
    ArrayLiteral,
    Attribute,
    Attributed,
    Binary,
    Cast,
    ExpandableText,
    Hashtable,
    Index,
    Invocation,
    Member,
    Node,
    Number,
    Parameter,
    Paren,
    Postfix,
    ScriptBlockExpression,
    SubExpression,
    Text,
    TypeLiteral,
    TypeName,
    Unary,
    Variable,
)
from harness.emulator.powershell.statements import ScriptBlock

__all__ = ["printed", "listed", "body_of"]

_CONTROL = {"\0": "`0", "\a": "`a", "\b": "`b", "\f": "`f", "\n": "`n", "\r": "`r", "\t": "`t", "\v": "`v"}
#: What needs a backtick in double quotes, in a bare word, and in a braced name.
_IN_QUOTES = frozenset('`$"\u201c\u201d\u201e')
_IN_WORD = frozenset("`$\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e {}();,|&\u00a0\u0085")
_IN_BRACES = frozenset("`{}")
#: What makes a bare word something else when it stands first.
_FIRST = frozenset("-\u2013\u2014\u2015@#<>.+*![")


@singledispatch
def printed(node: Node) -> str:
    """Return a part of a tree as text."""
    raise TypeError(f"a {type(node).__name__} cannot be written")


def listed(nodes: Iterable[Node], between: str = ", ") -> str:
    """Return parts of a tree with something between them."""
    return between.join(map(printed, nodes))


def body_of(block: ScriptBlock) -> str:
    """Return what is in a script block; the statements know how."""
    return printed(block)


@printed.register
def _(node: Number) -> str:
    return node.text


@printed.register
def _(node: Text) -> str:
    if node.is_bare:
        return _word(node.value)
    return "'" + "".join(char * 2 if char in "'\u2018\u2019\u201a\u201b" else char for char in node.value) + "'"


@printed.register
def _(node: ExpandableText) -> str:
    if not node.is_bare:
        return '"' + "".join(_escaped(x, _IN_QUOTES) if isinstance(x, str) else printed(x) for x in node.parts) + '"'
    head, *rest = node.parts
    first = _word(head) if isinstance(head, str) else printed(head)
    words = (_escaped(part, _IN_WORD) if isinstance(part, str) else printed(part) for part in rest)
    return first + "".join(words) + ('""' if not rest else "")


@printed.register
def _(node: Variable) -> str:
    name = f"{node.scope}:{node.name}" if node.scope else node.name
    return f"@{name}" if node.is_splatted else f"${{{_escaped(name, _IN_BRACES)}}}"


@printed.register
def _(node: TypeName) -> str:
    arguments = f"[{listed(node.arguments)}]" if node.arguments else ""
    return node.name + arguments + "".join(f"[{',' * (rank - 1)}]" for rank in node.ranks)


@printed.register
def _(node: TypeLiteral) -> str:
    return f"[{printed(node.type)}]"


@printed.register
def _(node: Cast) -> str:
    return f"[{printed(node.type)}]{printed(node.operand)}"


@printed.register
def _(node: Attribute) -> str:
    named = [name if value is None else f"{name}={printed(value)}" for name, value in node.named]
    return f"[{printed(node.type)}({', '.join([*map(printed, node.arguments), *named])})]"


@printed.register
def _(node: Attributed) -> str:
    return f"{printed(node.attribute)}{printed(node.operand)}"


@printed.register
def _(node: Member) -> str:
    return f"{printed(node.target)}{'::' if node.is_static else '.'}{_name(node.name)}"


@printed.register
def _(node: Invocation) -> str:
    access = "::" if node.is_static else "."
    return f"{printed(node.target)}{access}{_name(node.name)}({listed(node.arguments)})"


@printed.register
def _(node: Index) -> str:
    return f"{printed(node.target)}[{printed(node.index)}]"


@printed.register
def _(node: Unary) -> str:
    operand = printed(node.operand)
    is_word = node.operator[-1].isalpha()
    is_unclear = operand[:1] in "+-" and node.operator[0] in "+-"
    return f"{node.operator}{' ' if is_word or is_unclear else ''}{operand}"


@printed.register
def _(node: Postfix) -> str:
    return f"{printed(node.operand)}{node.operator}"


@printed.register
def _(node: Binary) -> str:
    return f"{printed(node.left)} {node.operator} {printed(node.right)}"


@printed.register
def _(node: ArrayLiteral) -> str:
    return listed(node.items)


@printed.register
def _(node: ArrayExpression) -> str:
    return f"@({listed(node.body.statements, '; ')})"


@printed.register
def _(node: SubExpression) -> str:
    return f"$({listed(node.body.statements, '; ')})"


@printed.register
def _(node: Paren) -> str:
    return f"({printed(node.body)})"


@printed.register
def _(node: Hashtable) -> str:
    return "@{" + "; ".join(f"{printed(key)} = {printed(value)}" for key, value in node.pairs) + "}"


@printed.register
def _(node: ScriptBlockExpression) -> str:
    return "{" + body_of(node.block) + "}"


@printed.register
def _(node: Parameter) -> str:
    attributes = "".join(
        f"[{printed(attribute)}]" if isinstance(attribute, TypeName) else printed(attribute)
        for attribute in node.attributes
    )
    default = "" if node.default is None else f" = {printed(node.default)}"
    return f"{attributes}${{{_escaped(node.name, _IN_BRACES)}}}{default}"


def _name(node: Node) -> str:
    return node.value if isinstance(node, Text) and node.is_bare else printed(node)


def _escaped(text: str, marked: frozenset[str]) -> str:
    return "".join(_CONTROL.get(char) or (f"`{char}" if char in marked else char) for char in text)


def _word(text: str) -> str:
    """Return a bare word that stays one wherever it stands."""
    if not text:
        return '""'
    if text.startswith("--%"):
        return text
    if text[0].isdigit():  # a backtick would make another character of it
        return _escaped(text, _IN_WORD) + ('""' if text[1:].isdigit() or len(text) == 1 else "")
    head = f"`{text[0]}" if text[0] in _FIRST else _escaped(text[0], _IN_WORD)
    return head + _escaped(text[1:], _IN_WORD)
