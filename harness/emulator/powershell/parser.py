"""Parsing PowerShell scripts: statements and blocks.

The whole script is parsed before anything of it runs; one mistake anywhere, and nothing does.

Source: learn.microsoft.com, about_Language_Keywords and the pages of each statement; about_Functions; about_Classes.
"""

from __future__ import annotations

import re
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
    Statement,
    Text,
    Variable,
)
from harness.emulator.powershell.function_parser import FunctionParser
from harness.emulator.powershell.statements import (
    Assignment,
    Block,
    Catch,
    CommandExpression,
    Data,
    Flow,
    For,
    ForEach,
    If,
    Loop,
    Pipeline,
    ScriptBlock,
    Switch,
    Trap,
    Try,
)

__all__ = ["parse_script"]

_KEYWORD = re.compile(r"[A-Za-z]+(?=$|[\s({$\[\"'@;)}|&,#\u2018-\u201e])", re.ASCII)
_LABEL = re.compile(r":([^\W\d]\w*)")
_ASSIGNMENT = re.compile(r"[+*/%\-\u2013\u2014\u2015]?=")
_OPTION = re.compile(r"-([A-Za-z]+)")
_STOP = frozenset("\r\n;)}|")


def parse_script(text: str, source: str = "script") -> ScriptBlock:
    """Return the tree of a script.

    Args:
        text: the script; a byte order mark at its beginning does not count.
        source: its name, for messages.

    Raises:
        ScriptSyntaxError: with line and column, when PowerShell would not run it.
    """
    return _Parser(text.removeprefix("\ufeff"), source).script()


class _Parser(FunctionParser):
    """Reads statements."""

    def script(self) -> ScriptBlock:
        """Read the whole text."""
        block = self.script_body("")
        if self.char:
            raise self.error(f"{self.here()} where a statement was expected")
        return block

    def statements(self, closing: str) -> Block:
        """Read statements up to a closing bracket, or to the end for none."""
        start = self.position
        found: list[Statement] = []
        self.skip_separators()
        while self.char and self.char != closing:
            if self.char in ")}":
                raise self.error(f"{self.char!r} closes what was never opened")
            found.append(self.statement())
            self._end_statement(closing, found[-1])
            self.skip_separators()
        return Block(statements=tuple(found), at=self.span(start))

    def block(self) -> Block:
        """Read `{ ... }` of a statement."""
        self.skip_lines()
        start = self.position
        self.expect("{", "the beginning of a block")
        self.deeper()
        body = self.statements("}")
        self.expect("}", "the end of a block")
        self.shallower()
        return Block(statements=body.statements, at=self.span(start))

    def statement(self) -> Statement:
        """Read one statement."""
        start = self.position
        label = self.matched(_LABEL)
        if label:
            self.skip_lines()
        word = self.matched(_KEYWORD)
        reader = self._reader(word.lower()) if word else None
        if reader and word:
            return reader(word.lower(), start, (label or "")[1:])
        self.position = start
        if label:
            raise self.error(f"{label!r} names a loop, and no loop follows")
        definition = self.type_definition()
        return definition or self.pipeline_or_assignment()

    def pipeline_or_assignment(self) -> Statement:
        """Read a pipeline, or what is assigned to something."""
        start = self.position
        if not self.begins_expression():
            return self.pipeline()
        target = self.expression()
        behind = self.position
        self.skip_blanks()
        operator = self.matched(_ASSIGNMENT)
        self.position = behind if operator is None else self.position
        if operator is None:
            return self.pipeline(target)
        if not _is_assignable(target):
            raise self.error("a value cannot be assigned to this - name a variable, a property or an element", start)
        self.skip_lines()
        value = self.statement()
        sign = operator if operator[0] in "=+*/%" else "-="
        return Assignment(target=target, operator=sign, value=value, at=self.span(start))

    # Control flow

    def _reader(self, keyword: str) -> Callable[[str, int, str], Statement] | None:
        match keyword:
            case "return" | "throw" | "exit" | "break" | "continue":
                return self._flow
            case "function" | "filter" | "workflow":
                return self._named_function
            case "if" | "while" | "do" | "for" | "foreach" | "switch" | "try" | "trap" | "data":
                reader: Callable[[str, int, str], Statement] = getattr(self, f"_{keyword}")
                return reader
            case _:
                return None

    def _if(self, _: str, start: int, __: str) -> Statement:
        clauses = [(self._condition(), self.block())]
        otherwise = None
        while True:
            behind = self.position
            self.skip_lines()
            word = (self.matched(_KEYWORD) or "").lower()
            if word == "elseif":
                clauses.append((self._condition(), self.block()))
            elif word == "else":
                otherwise = self.block()
                break
            else:
                self.position = behind
                break
        return If(clauses=tuple(clauses), otherwise=otherwise, at=self.span(start))

    def _while(self, _: str, start: int, label: str) -> Statement:
        condition = self._condition()
        return Loop(kind="while", condition=condition, body=self.block(), label=label, at=self.span(start))

    def _do(self, _: str, start: int, label: str) -> Statement:
        body = self.block()
        self.skip_lines()
        word = (self.matched(_KEYWORD) or "").lower()
        if word not in ("while", "until"):
            raise self.error(f"{self.here()} where 'while' or 'until' was expected")
        return Loop(kind=f"do {word}", condition=self._condition(), body=body, label=label, at=self.span(start))

    def _for(self, _: str, start: int, label: str) -> Statement:
        self.skip_lines()
        self.expect("(", "behind 'for'")
        parts: list[Statement | None] = []
        for position in range(3):
            self.skip_lines()
            parts.append(None if self.char in (";", ")") else self.pipeline_or_assignment())
            self.skip_lines()
            if position < 2 and not self.take(";"):  # noqa: PLR2004 - the third part ends with the bracket
                parts += [None] * (2 - position)
                break
        self.skip_lines()
        self.expect(")", "the end of what 'for' goes by")
        first, condition, step = parts
        body = self.block()
        return For(start=first, condition=condition, step=step, body=body, label=label, at=self.span(start))

    def _foreach(self, _: str, start: int, label: str) -> Statement:
        self._options()
        self.skip_lines()
        self.expect("(", "behind 'foreach'")
        self.skip_lines()
        variable = self.variable() if self.char == "$" else None
        if variable is None:
            raise self.error(f"{self.here()} where the loop's variable was expected")
        self.skip_lines()
        if (self.matched(_KEYWORD) or "").lower() != "in":
            raise self.error(f"{self.here()} where 'in' was expected")
        self.skip_lines()
        items = self.pipeline_or_assignment()
        self.skip_lines()
        self.expect(")", "the end of what 'foreach' goes through")
        return ForEach(variable=variable, items=items, body=self.block(), label=label, at=self.span(start))

    def _switch(self, _: str, start: int, label: str) -> Statement:
        options = self._options()
        self.skip_lines()
        subject: Statement
        if "file" in options and self.char != "(":
            at = self.position
            argument = self.argument_item()
            expression = CommandExpression(expression=argument, at=self.span(at))
            subject = Pipeline(elements=(expression,), at=self.span(at))
        else:
            subject = self._condition()
        self.skip_lines()
        self.expect("{", "the clauses of 'switch'")
        self.deeper()
        clauses: list[tuple[Expression | None, Block]] = []
        self.skip_separators()
        while self.char and self.char != "}":
            condition: Expression | None = self.argument_item()
            if isinstance(condition, Text) and condition.is_bare and condition.value.lower() == "default":
                condition = None
            clauses.append((condition, self.block()))
            self.skip_separators()
        self.expect("}", "the end of 'switch'")
        self.shallower()
        return Switch(options=options, subject=subject, clauses=tuple(clauses), label=label, at=self.span(start))

    def _try(self, _: str, start: int, __: str) -> Statement:
        body = self.block()
        catches: list[Catch] = []
        otherwise = None
        while otherwise is None:
            behind = self.position
            self.skip_lines()
            at, word = self.position, (self.matched(_KEYWORD) or "").lower()
            if word == "catch":
                types = self.caught_types()
                catches.append(Catch(types=types, body=self.block(), at=self.span(at)))
            elif word == "finally":
                otherwise = self.block()
            else:
                self.position = behind
                break
        if not catches and otherwise is None:
            raise self.error("a 'try' needs a 'catch' or a 'finally' behind it", start)
        return Try(body=body, catches=tuple(catches), otherwise=otherwise, at=self.span(start))

    def _trap(self, _: str, start: int, __: str) -> Statement:
        types = self.caught_types()
        if len(types) > 1:
            raise self.error("a 'trap' names one type at most", start)
        return Trap(type=types[0] if types else None, body=self.block(), at=self.span(start))

    def _flow(self, kind: str, start: int, _: str) -> Statement:
        self.skip_blanks()
        has_more = bool(self.char) and self.char not in _STOP
        if kind in ("break", "continue"):
            name = self.argument_item() if has_more else None
            return Flow(kind=kind, label=name, at=self.span(start))
        return Flow(kind=kind, value=self.pipeline_or_assignment() if has_more else None, at=self.span(start))

    def _data(self, _: str, start: int, __: str) -> Statement:
        self.skip_lines()
        name = self.matched(re.compile(r"[^\W\d]\w*")) or ""
        self.skip_lines()
        if self._options():
            self.skip_blanks()
            self.argument()
        return Data(name=name, body=self.block(), at=self.span(start))

    def _named_function(self, kind: str, start: int, _: str) -> Statement:
        return self.function(kind, start)

    def _condition(self) -> Statement:
        self.skip_lines()
        self.expect("(", "before a condition")
        self.deeper()
        self.skip_lines()
        condition = self.pipeline_or_assignment()
        self.skip_lines()
        self.expect(")", "the end of a condition")
        self.shallower()
        return condition

    def _options(self) -> tuple[str, ...]:
        """Read what stands with a dash between a keyword and its bracket."""
        options: list[str] = []
        while True:
            behind = self.position
            self.skip_lines()
            option = self.matched(_OPTION)
            if option is None:
                self.position = behind
                return tuple(options)
            options.append(option[1:].lower())

    def _end_statement(self, closing: str, statement: Statement) -> None:
        """Make sure that a statement ends where it ends; behind a block anything may follow."""
        self.skip_blanks()
        if not self.char or self.char in "\r\n;" or self.char == closing:
            return
        if isinstance(statement, Pipeline | Assignment | Flow) and not self._ends_with_block(statement):
            raise self.error(f"{self.here()} behind a complete statement - begin a new line, or write an operator")

    def _ends_with_block(self, statement: Statement) -> bool:
        value = statement.value if isinstance(statement, Assignment | Flow) else statement
        return value is not None and not isinstance(value, Pipeline | Assignment | Flow)


def _is_assignable(target: Expression) -> bool:
    match target:
        case Variable() | Member() | Index() | Invocation():  # the last for properties with parameters
            return True
        case Cast(operand=operand) | Attributed(operand=operand):
            return _is_assignable(operand)
        case ArrayLiteral(items=items):
            return all(_is_assignable(item) for item in items)
        case Paren(body=Pipeline(elements=(CommandExpression(expression=inner),))):
            return _is_assignable(inner)
        case _:
            return False
