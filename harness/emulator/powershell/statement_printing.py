"""Writing statements as a script again; see `printing` for expressions."""

from __future__ import annotations

from harness.emulator.powershell.expressions import Expression, Text, TypeName
from harness.emulator.powershell.printing import body_of, listed, printed
from harness.emulator.powershell.statements import (
    Assignment,
    Block,
    Catch,
    Command,
    CommandExpression,
    CommandParameter,
    Data,
    Flow,
    For,
    ForEach,
    Function,
    If,
    Loop,
    Pipeline,
    Redirection,
    ScriptBlock,
    Switch,
    Trap,
    Try,
    TypeDefinition,
    TypeMember,
    Using,
)

__all__ = ["print_script"]

_KEYWORDS = """
    begin break catch class continue data do dynamicparam else elseif end enum exit filter finally for foreach function
    if param process return switch throw trap try until using while workflow
"""


def print_script(script: ScriptBlock) -> str:
    """Return a script that parses to the same tree; comments and spelling are not kept."""
    return body_of(script)


@printed.register
def _(node: ScriptBlock) -> str:
    lines = [printed(using) for using in node.usings]
    if node.parameters is not None:
        lines.append(listed(node.attributes, "") + f"param({listed(node.parameters)})")
    if not node.is_named:
        return "\n".join([*lines, listed(node.end.statements if node.end else (), ";\n")])
    blocks = {"dynamicparam": node.dynamic, "begin": node.begin, "process": node.process, "end": node.end}
    return "\n".join([*lines, *(f"{name} {printed(block)}" for name, block in blocks.items() if block)])


@printed.register
def _(node: Block) -> str:
    return "{\n" + listed(node.statements, ";\n") + "\n}"


@printed.register
def _(node: Using) -> str:
    return f"using {node.kind} {node.name}"


@printed.register
def _(node: Pipeline) -> str:
    return listed(node.elements, " | ")


@printed.register
def _(node: CommandExpression) -> str:
    return " ".join([printed(node.expression), *map(printed, node.redirections)])


@printed.register
def _(node: Command) -> str:
    operator = f"{node.operator} " if node.operator else ""
    return " ".join([operator + _called(node.name), *map(printed, (*node.elements, *node.redirections))])


@printed.register
def _(node: CommandParameter) -> str:
    return f"-{node.name}" if node.argument is None else f"-{node.name}:{printed(node.argument)}"


@printed.register
def _(node: Redirection) -> str:
    stream = "*" if node.stream == 0 else str(node.stream)
    if node.target is None:
        return f"{stream}>&{node.merge}"
    return f"{stream}>{'>' if node.appends else ''} {printed(node.target)}"


@printed.register
def _(node: Assignment) -> str:
    return f"{printed(node.target)} {node.operator} {printed(node.value)}"


@printed.register
def _(node: If) -> str:
    clauses = [f"if ({printed(condition)}) {printed(body)}" for condition, body in node.clauses]
    return " else".join(clauses) + (f" else {printed(node.otherwise)}" if node.otherwise else "")


@printed.register
def _(node: Loop) -> str:
    label, condition, body = _label(node.label), printed(node.condition), printed(node.body)
    if node.kind == "while":
        return f"{label}while ({condition}) {body}"
    return f"{label}do {body} {node.kind.removeprefix('do ')} ({condition})"


@printed.register
def _(node: For) -> str:
    parts = "; ".join("" if part is None else printed(part) for part in (node.start, node.condition, node.step))
    return f"{_label(node.label)}for ({parts}) {printed(node.body)}"


@printed.register
def _(node: ForEach) -> str:
    return f"{_label(node.label)}foreach ({printed(node.variable)} in {printed(node.items)}) {printed(node.body)}"


@printed.register
def _(node: Switch) -> str:
    options = "".join(f" -{option}" for option in node.options)
    clauses = "\n".join(
        f"{'default' if condition is None else printed(condition)} {printed(body)}" for condition, body in node.clauses
    )
    return f"{_label(node.label)}switch{options} ({printed(node.subject)}) {{\n{clauses}\n}}"


@printed.register
def _(node: Try) -> str:
    otherwise = f" finally {printed(node.otherwise)}" if node.otherwise else ""
    return f"try {printed(node.body)}" + "".join(f" {printed(catch)}" for catch in node.catches) + otherwise


@printed.register
def _(node: Catch) -> str:
    return f"catch {', '.join(f'[{printed(type_)}]' for type_ in node.types)} {printed(node.body)}"


@printed.register
def _(node: Trap) -> str:
    return f"trap {f'[{printed(node.type)}] ' if node.type else ''}{printed(node.body)}"


@printed.register
def _(node: Function) -> str:
    parameters = "" if node.parameters is None else f"({listed(node.parameters)})"
    return f"{node.kind} {node.name}{parameters} {{\n{body_of(node.body)}\n}}"


@printed.register
def _(node: Flow) -> str:
    argument = node.value or node.label
    return f"{node.kind} {printed(argument)}" if argument else node.kind


@printed.register
def _(node: Data) -> str:
    return f"data {node.name} {printed(node.body)}"


@printed.register
def _(node: TypeDefinition) -> str:
    bases = f" : {listed(node.bases)}" if node.bases else ""
    sign = "$" if node.kind == "class" else ""
    members = "\n".join(_member(member, sign) for member in node.members)
    return f"{listed(node.attributes, '')}{node.kind} {node.name}{bases} {{\n{members}\n}}"


def _member(node: TypeMember, sign: str) -> str:
    attributes = "".join(f"[{printed(a)}]" if isinstance(a, TypeName) else printed(a) for a in node.attributes)
    before = "".join(f"{modifier} " for modifier in node.modifiers) + attributes
    if node.parameters is not None and node.body is not None:
        base = "" if node.base_arguments is None else f" : base({listed(node.base_arguments)})"
        return f"{before}{node.name}({listed(node.parameters)}){base} {{\n{body_of(node.body)}\n}}"
    name = f"${{{node.name}}}" if sign else node.name
    return f"{before}{name}" + ("" if node.value is None else f" = {printed(node.value)}")


def _called(name: Expression) -> str:
    """Return what is called; a backtick keeps a bare word from being a keyword."""
    text = printed(name)
    if not isinstance(name, Text) or text.lower() not in _KEYWORDS.split():
        return text
    position = next(place for place, char in enumerate(text) if char.lower() not in "abfnrtv")
    return f"{text[:position]}`{text[position:]}"


def _label(name: str) -> str:
    return f":{name} " if name else ""
