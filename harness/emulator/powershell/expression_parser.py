"""Parsing expressions: operators by precedence, casts, members, calls, indexes, hashtables.

Source: learn.microsoft.com, about_Operator_Precedence, about_Parsing, about_Hash_Tables and
about_Member-Access_Enumeration; token.cs and parser.cs of PowerShell 7 for what binds how.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable

from harness.emulator.powershell.cursor import DASHES, NAME
from harness.emulator.powershell.expressions import (
    ArrayExpression,
    ArrayLiteral,
    Attribute,
    Attributed,
    Binary,
    Cast,
    Expression,
    Hashtable,
    Index,
    Invocation,
    Member,
    Paren,
    Postfix,
    ScriptBlockExpression,
    Statement,
    Text,
    TypeLiteral,
    Unary,
)
from harness.emulator.powershell.statements import ScriptBlock
from harness.emulator.powershell.type_names import TypeNameReader

__all__ = ["ExpressionParser"]

_WORD = re.compile(rf"[{DASHES}]([A-Za-z]+)")
#: Operators that come in a form that regards case and one that does not, besides the plain one.
_CASED = """
    eq ne gt ge lt le like notlike match notmatch replace contains notcontains in notin split
"""
_COMPARISONS = ["join", *(prefix + name for name in _CASED.split() for prefix in ("", "c", "i"))]
#: How tight operators of words bind; higher is tighter.
_PRECEDENCE = {
    **dict.fromkeys(("and", "or", "xor"), 1),
    **dict.fromkeys(("band", "bor", "bxor", "shl", "shr"), 2),
    **dict.fromkeys((*_COMPARISONS, "is", "isnot", "as"), 3),
    "f": 6,
}
_ADD, _MULTIPLY, _RANGE = 4, 5, 7
_UNARY_WORDS = frozenset(("not", "bnot", "split", "csplit", "isplit", "join"))
_SIGNS = re.compile(rf"[{DASHES}+]")

_STEP = re.compile(rf"\+\+|[{DASHES}][{DASHES}]")

#: What can begin the operand of a cast.
_OPERAND = re.compile(rf"[$\"'@(\[{{\d!\u2018-\u201e]|\.\d|[{DASHES}][{DASHES}\d$(\"'\[.]")


class ExpressionParser(TypeNameReader):
    """Reads expressions, in the mode in which bare words mean nothing."""

    @abstractmethod
    def pipeline_or_assignment(self) -> Statement:
        """Read what stands in round brackets."""

    @abstractmethod
    def statement(self) -> Statement:
        """Read one statement."""

    @abstractmethod
    def script_block(self) -> ScriptBlock:
        """Read `{ ... }` as a value."""

    # Operators

    def expression(self) -> Expression:
        """Read a whole expression.

        Raises:
            ScriptSyntaxError: when there is none.
        """
        return self._binary(1, commas=True)

    def argument_of_call(self) -> Expression:
        """Read an expression in which a comma ends it."""
        return self._binary(1, commas=False)

    def _binary(self, lowest: int, *, commas: bool) -> Expression:
        start = self.position
        left = self._commas() if commas else self.unary()
        while True:
            behind = self.position
            self.skip_blanks()
            operator, precedence = self._operator()
            if not operator or precedence < lowest:
                self.position = behind
                return left
            self.skip_lines()
            right = self._binary(precedence + 1, commas=commas)
            left = Binary(operator=operator, left=left, right=right, at=self.span(start))

    def _operator(self) -> tuple[str, int]:
        """Move behind an operator between two operands and return it with its precedence; empty when there is none."""
        char = self.char
        word = _WORD.match(self.text, self.position)
        if word:
            name = word[1].lower()
            if name not in _PRECEDENCE:
                return "", 0
            self.position = word.end()
            return f"-{name}", _PRECEDENCE[name]
        if self.at(".."):
            self.position += 2
            return "..", _RANGE
        if not char or char not in f"+*/%{DASHES}" or self.ahead() == "=" or self.at("*>"):
            return "", 0
        self.position += 1
        if char in "*/%":
            return char, _MULTIPLY
        return "+" if char == "+" else "-", _ADD

    def _commas(self) -> Expression:
        start = self.position
        items = [self.unary()]
        while True:
            behind = self.position
            self.skip_blanks()
            if self.char != ",":
                self.position = behind
                break
            self.position += 1
            self.skip_lines()
            items.append(self.unary())
        return items[0] if len(items) == 1 else ArrayLiteral(items=tuple(items), at=self.span(start))

    # One operand

    def unary(self) -> Expression:
        """Read one operand with what stands before and behind it."""
        start = self.position
        operator = self._unary_operator()
        if operator:
            self.skip_lines()
            operand = self.unary()
            return Unary(operator=operator, operand=operand, at=self.span(start))
        if self.char == "[":
            return self._bracketed()
        return self._postfixed(self.primary())

    def _unary_operator(self) -> str:
        char = self.char
        word = _WORD.match(self.text, self.position)
        if word and word[1].lower() in _UNARY_WORDS:
            self.position = word.end()
            return f"-{word[1].lower()}"
        if char and char in "!,":
            self.position += 1
            return "-not" if char == "!" else ","
        if not word and _SIGNS.match(char):
            sign = "+" if char == "+" else "-"
            following = "+" if self.ahead() == "+" else "-" if self.ahead() in DASHES and self.ahead() else ""
            self.position += 1
            if following == sign:
                self.position += 1
                return sign * 2
            return sign
        return ""

    def _bracketed(self) -> Expression:
        """Read what begins with a type in brackets: a type, a cast, or an attribute before a variable."""
        start = self.position
        found = self.type_or_attribute()
        behind = self.position
        if isinstance(found, Attribute):
            self.skip_lines()
            return Attributed(attribute=found, operand=self.unary(), at=self.span(start))
        if self.char != "." and not self.at("::"):
            self.skip_blanks()
            word = _WORD.match(self.text, self.position)
            if _OPERAND.match(self.text, self.position) or (word and word[1].lower() in _UNARY_WORDS):
                return Cast(type=found, operand=self.unary(), at=self.span(start))
            self.position = behind
        return self._postfixed(TypeLiteral(type=found, at=self.span(start)))

    def primary(self) -> Expression:
        """Read the smallest thing that is an expression.

        Raises:
            ScriptSyntaxError: when there is none.
        """
        start, char = self.position, self.char
        if char.isdigit() or (char == "." and self.ahead().isdigit()):
            number = self.number()
            if number:
                return number
        quoted = self.quoted()
        if quoted:
            return quoted
        if char == "$":
            if self.ahead() == "(":
                return self.subexpression()
            variable = self.variable()
            if variable:
                return variable
        readers: dict[str, Callable[[], Expression]] = {"(": self._paren, "{": self._block, "[": self._bracketed}
        if char in readers:
            return readers[char]()
        if char == "@":
            return self._at()
        self.position = start
        raise self.error(f"{self.here()} where a value was expected")

    def _paren(self) -> Expression:
        start = self.position
        self.position += 1
        self.deeper()
        self.skip_lines()
        body = self.pipeline_or_assignment()
        self.skip_lines()
        self.expect(")", "the end of what '(' opened")
        self.shallower()
        return Paren(body=body, at=self.span(start))

    def _block(self) -> Expression:
        start = self.position
        return ScriptBlockExpression(block=self.script_block(), at=self.span(start))

    def _at(self) -> Expression:
        start = self.position
        if self.ahead() == "{":
            return self._hashtable()
        if self.ahead() == "(":
            self.position += 2
            self.deeper()
            body = self.statements(")")
            self.expect(")", "the end of what '@(' opened")
            self.shallower()
            return ArrayExpression(body=body, at=self.span(start))
        splatted = self.splatted()
        if splatted:
            raise self.error(f"@{splatted.name} hands items to a command - write ${splatted.name} for the value", start)
        raise self.error(f"{self.here()} where a value was expected")

    def _hashtable(self) -> Expression:
        start = self.position
        self.position += 2
        self.deeper()
        pairs = []
        self.skip_separators()
        while self.char and self.char != "}":
            key = self._key()
            self.skip_lines()
            self.expect("=", "between key and value of a hashtable")
            self.skip_lines()
            pairs.append((key, self.statement()))
            self.skip_blanks()
            behind = self.position
            self.skip_separators()
            if behind == self.position and self.char != "}":
                raise self.error(f"{self.here()} behind a value - end it with a new line, ';' or '}}'")
        self.expect("}", "the end of a hashtable")
        self.shallower()
        return Hashtable(pairs=tuple(pairs), at=self.span(start))

    def _key(self) -> Expression:
        start = self.position
        number = self.number() if self.char.isdigit() else None
        if number:
            return number
        name = self.matched(re.compile(r"[\w?]+(?:-\w+)*"))
        return Text(value=name, is_bare=True, at=self.span(start)) if name else self.unary()

    # What follows an operand

    def _postfixed(self, target: Expression, *, is_argument: bool = False) -> Expression:
        start = target.at.start
        while True:
            if self.at("::") or (self.char == "." and self.ahead() != "." and self._begins_member(1)):
                target = self._member(target, start)
            elif self.char == "[":
                target = self._index(target, start)
            else:
                return target if is_argument else self._stepped(target, start)

    def _stepped(self, target: Expression, start: int) -> Expression:
        """Read `++` or `--` behind a value; blanks may stand before it."""
        behind = self.position
        self.skip_blanks()
        found = self.matched(_STEP)
        if found is None:
            self.position = behind
            return target
        return Postfix(operator="++" if found[0] == "+" else "--", operand=target, at=self.span(start))

    def _begins_member(self, ahead: int) -> bool:
        """Return whether what is so many characters on can be a member's name."""
        behind = self.position
        self.position += ahead
        self.skip_lines()
        char = self.char
        self.position = behind
        return bool(char) and (char.isalnum() or char in "_$\"'({\u2018\u2019\u201c\u201d")

    def _member(self, target: Expression, start: int) -> Expression:
        is_static = self.at("::")
        self.position += 2 if is_static else 1
        self.skip_lines()
        name = self._member_name()
        if self.char == "(":
            arguments = self._arguments()
        elif self.char == "{":
            arguments = (self._block(),)
        else:
            return Member(target=target, name=name, is_static=is_static, at=self.span(start))
        return Invocation(target=target, name=name, arguments=arguments, is_static=is_static, at=self.span(start))

    def _member_name(self) -> Expression:
        start = self.position
        word = self.matched(NAME) or self.matched(re.compile(r"\d+"))
        if word:
            return Text(value=word, is_bare=True, at=self.span(start))
        if self.char and self.char in "$\"'({\u2018\u2019\u201c\u201d":
            return self.primary()
        raise self.error(f"{self.here()} where the name of a member was expected")

    def _arguments(self) -> tuple[Expression, ...]:
        self.position += 1
        self.deeper()
        self.skip_lines()
        arguments = []
        while self.char != ")":
            arguments.append(self.argument_of_call())
            self.skip_lines()
            if self.char != ",":
                break
            self.position += 1
            self.skip_lines()
        self.expect(")", "the end of the arguments")
        self.shallower()
        return tuple(arguments)

    def _index(self, target: Expression, start: int) -> Expression:
        self.position += 1
        self.deeper()
        self.skip_lines()
        index = self.expression()
        self.skip_lines()
        self.expect("]", "the end of an index")
        self.shallower()
        return Index(target=target, index=index, at=self.span(start))
