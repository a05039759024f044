"""Parsing commands: the mode in which bare words are texts.

Source: learn.microsoft.com, about_Parsing, about_Redirection, about_Splatting, about_Command_Syntax; tokenizer.cs of
PowerShell 7 for which characters end a word.
"""

from __future__ import annotations

import re

from harness.emulator.powershell.cursor import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES
from harness.emulator.powershell.expression_parser import ExpressionParser
from harness.emulator.powershell.expressions import (
    ArrayLiteral,
    ExpandableText,
    Expression,
    Span,
    SubExpression,
    Text,
    Unary,
    Variable,
)
from harness.emulator.powershell.statements import Command, CommandExpression, CommandParameter, Pipeline, Redirection

__all__ = ["CommandParser"]

#: What ends a word of a command.
_ENDS = frozenset(" \t\f\v\u00a0\u0085\r\n{}();,|&")
#: What ends a command.
_STOPS = frozenset("\r\n;|)}&")

_PARAMETER = re.compile(rf"[{DASHES}]([^\W\d][^\s{{}}();,|&.\[:\"'\u2018-\u201e]*|\?)")
_REDIRECTION = re.compile(r"([1-6*])?>(>)?(?:&([12]))?")
_STOP_PARSING = re.compile(r"--%[^|\r\n]*")
_EXPRESSION_WORD = re.compile(rf"[{DASHES}](?:not|bnot|[ci]?split|join)(?![A-Za-z])", re.IGNORECASE)


class CommandParser(ExpressionParser):
    """Reads commands and pipelines."""

    def pipeline(self, first: Expression | None = None) -> Pipeline:
        """Read commands with `|` between them.

        Args:
            first: the value that stands first, when it has been read already.

        Raises:
            ScriptSyntaxError: when there is none, or nothing behind a `|`.
        """
        start = first.at.start if first else self.position
        elements: list[Command | CommandExpression] = [self._value(first, start) if first else self._command()]
        while True:
            behind = self.position
            self.skip_blanks()
            if self.char != "|":
                self.position = behind
                return Pipeline(elements=tuple(elements), at=self.span(start))
            if self.ahead() == "|":
                raise self.error("'||' is no operator of Windows PowerShell 5.1 - write an if")
            self.position += 1
            self.skip_lines()
            if self.begins_expression():
                raise self.error("only the first part of a pipeline can be a value - hand it to ForEach-Object")
            elements.append(self._command())

    def begins_expression(self) -> bool:
        """Return whether a value stands here rather than the name of a command."""
        char, following = self.char, self.ahead()
        if not char:
            return False
        if char == "@":
            return bool(following) and following in "({" + SINGLE_QUOTES + DOUBLE_QUOTES
        if char.isdigit() or (char == "." and following.isdigit()):
            return self._is_number()
        if char in DASHES and following.isalpha():
            return _EXPRESSION_WORD.match(self.text, self.position) is not None
        return char in "+" + DASHES or char in "$([{!," + SINGLE_QUOTES + DOUBLE_QUOTES

    def _is_number(self) -> bool:
        behind = self.position
        is_number = self.number() is not None
        self.position = behind
        return is_number

    def _value(self, expression: Expression, start: int) -> CommandExpression:
        return CommandExpression(expression=expression, redirections=self.redirections(), at=self.span(start))

    def redirections(self) -> tuple[Redirection, ...]:
        """Read where the streams of an expression go."""
        found: list[Redirection] = []
        while True:
            behind = self.position
            self.skip_blanks()
            redirection = self._redirection()
            if redirection is None:
                self.position = behind
                return tuple(found)
            found.append(redirection)

    def _command(self) -> Command:
        start = self.position
        operator = self._call_operator()
        self.skip_blanks()
        name = self._called() if operator and self.begins_expression() else self._word()
        elements: list[CommandParameter | Expression] = []
        redirections: list[Redirection] = []
        end = self.position
        while True:
            self.skip_blanks()
            if not self.char or self.char in _STOPS:
                self.position = end
                break
            redirection = self._redirection()
            if redirection:
                redirections.append(redirection)
            else:
                elements.append(self._element())
            end = self.position
        return Command(
            name=name,
            operator=operator,
            elements=tuple(elements),
            redirections=tuple(redirections),
            at=self.span(start),
        )

    def _called(self) -> Expression:
        """Read what `&` or `.` calls; a variable with more behind it, `$folder/run.ps1`, is one word."""
        return self.argument_item() if self.char == "$" else self._postfixed(self.primary(), is_argument=True)

    def _call_operator(self) -> str:
        if self.char == "@":
            self.primary()  # says what is wrong
        if self.char == "&":
            if self.ahead() == "&":
                raise self.error("'&&' is no operator of Windows PowerShell 5.1 - write an if")
            self.position += 1
            return "&"
        following = self.ahead()
        if self.char == "." and (not following or following in " \t$({\"'" + SINGLE_QUOTES + DOUBLE_QUOTES):
            self.position += 1
            return "."
        return ""

    # Arguments

    def _element(self) -> CommandParameter | Expression:
        start = self.position
        stop = _STOP_PARSING.match(self.text, self.position)
        if stop:
            self.position = stop.end()
            return Text(value=stop[0].rstrip(), is_bare=True, at=self.span(start))
        parameter = _PARAMETER.match(self.text, self.position)
        if parameter and self._ends_parameter(parameter.end()):
            self.position = parameter.end()
            argument = None
            if self.char == ":":
                self.position += 1
                self.skip_blanks()
                argument = self.argument()
            return CommandParameter(name=parameter[1], argument=argument, at=self.span(start))
        return self.argument()

    def _ends_parameter(self, end: int) -> bool:
        """Return whether a parameter's name ends there; with a quote behind it, it is a text."""
        char = self.text[end : end + 1]
        return not char or char not in "\"'" + SINGLE_QUOTES + DOUBLE_QUOTES

    def argument(self) -> Expression:
        """Read one argument, or several with commas between them.

        Raises:
            ScriptSyntaxError: when there is none.
        """
        start = self.position
        if self.char == ",":
            self.position += 1
            self.skip_lines()
            return Unary(operator=",", operand=self.argument_item(), at=self.span(start))
        items = [self.argument_item()]
        while True:
            behind = self.position
            self.skip_blanks()
            if self.char != ",":
                self.position = behind
                break
            self.position += 1
            self.skip_lines()
            items.append(self.argument_item())
        return items[0] if len(items) == 1 else ArrayLiteral(items=tuple(items), at=self.span(start))

    def argument_item(self) -> Expression:
        """Read one argument in which a comma ends it."""
        char = self.char
        if char == "$":
            if self.ahead() == "(":
                return self._postfixed(self.subexpression(), is_argument=True)
            return self._variable_argument()
        if char in ("(", "{"):
            return self._postfixed(self.primary(), is_argument=True)
        if char == "@":
            splatted = None if self.ahead() in ("(", "{") else self.splatted()
            return splatted or self._postfixed(self.primary(), is_argument=True)
        quoted = self.quoted()
        if quoted:
            return self._postfixed(quoted, is_argument=True)
        if char == "<":
            raise self.error("'<' is reserved for future use - read the file with Get-Content")
        return self._word()

    def _variable_argument(self) -> Expression:
        start = self.position
        variable = self.variable()
        if variable is None:
            return self._word()
        char = self.char
        is_value = not char or char in _ENDS or char == "[" or self.at("::")
        if is_value or (char == "." and self._begins_member(1)):
            return self._postfixed(variable, is_argument=True)
        self.position = start
        return self._word()

    def _word(self) -> Expression:
        """Read a bare word: a text, one with variables in it, or a number."""
        start = self.position
        number = self._bare_number()
        if number:
            return number
        parts: list[str | Variable | SubExpression] = []
        while self.char and self.char not in _ENDS:
            char = self.char
            if char in SINGLE_QUOTES:
                self._put(parts, self._verbatim_value())
            elif char in DOUBLE_QUOTES:
                for part in self.expandable_parts():
                    if isinstance(part, str):
                        self._put(parts, part)
                    else:
                        parts.append(part)
            elif char == "`" and self.ahead() in ("\r", "\n"):
                break
            else:
                self.expandable_part(parts)
        if self.position == start:
            raise self.error(f"{self.here()} where a command or an argument was expected")
        at = Span(start, self.position)
        if all(isinstance(part, str) for part in parts):
            return Text(value="".join(part for part in parts if isinstance(part, str)), is_bare=True, at=at)
        return ExpandableText(parts=tuple(parts), is_bare=True, at=at)

    def _bare_number(self) -> Expression | None:
        start = self.position
        is_negative = bool(self.char) and self.char in DASHES
        if is_negative:
            self.position += 1
        if self.char and (self.char.isdigit() or self.char == "."):
            number = self.number()
            if number and (not self.char or self.char in _ENDS):
                if not is_negative:
                    return number
                return Unary(operator="-", operand=number, at=self.span(start))
        self.position = start
        return None

    def _redirection(self) -> Redirection | None:
        start = self.position
        found = _REDIRECTION.match(self.text, start)
        if found is None:
            return None
        self.position = found.end()
        stream = 0 if found[1] == "*" else int(found[1] or 1)
        if found[3]:
            if found[3] != "1" or found[2] or stream == 1:
                raise self.error(f"the redirection {found[0]!r} is reserved for future use", start)
            return Redirection(stream=stream, merge=1, at=self.span(start))
        self.skip_blanks()
        target = self.argument_item()
        return Redirection(stream=stream, target=target, appends=bool(found[2]), at=self.span(start))
