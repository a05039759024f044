"""Reading numbers, variables and texts of a script.

Source: learn.microsoft.com, about_Numeric_Literals, about_Quoting_Rules, about_Special_Characters, about_Variables.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from decimal import Decimal

from harness.emulator.powershell.cursor import DOUBLE_QUOTES, SINGLE_QUOTES, Cursor
from harness.emulator.powershell.expressions import (
    ExpandableText,
    Expression,
    Number,
    Span,
    SubExpression,
    Text,
    Variable,
)
from harness.emulator.powershell.statements import Block

__all__ = ["LiteralReader"]

_NUMBER = re.compile(
    r"(?P<hex>0x[0-9a-f]+)(?P<hlong>l?)(?P<hunit>[kmgtp]b)?"
    r"|(?P<number>\d+(?:\.(?!\.)\d*)?|\.\d+)(?P<exponent>e[+-]?\d+)?(?P<suffix>[ld]?)(?P<unit>[kmgtp]b)?",
    re.IGNORECASE,
)
#: What may stand right behind a number; anything else makes one word of both.
_AFTER_NUMBER = re.compile(r"$|[\s+\-*/%.!=|&,;)}\](<>{\u2013\u2014\u2015]|\[")

_UNITS = {"": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}
_INT, _LONG, _DECIMAL = 2**31, 2**63, 2**96

_SPECIAL_NAME = re.compile(r"[$?^]")
_VARIABLE = re.compile(r"(?:(\w+):(?!:)(?=[\w?]))?([\w?]+)")
_BRACED = re.compile(r"\{((?:`[\s\S]|[^`}])*)\}")
_SCOPED = re.compile(r"(\w+):(.*)", re.DOTALL)

_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HERE_HEADER = re.compile(r"[ \t]*(?:\r\n|\r|\n)")


class LiteralReader(Cursor):
    """A cursor that reads what stands for itself."""

    @abstractmethod
    def statements(self, closing: str) -> Block:
        """Read statements up to a closing bracket, which stays to be read."""

    # Numbers

    def number(self) -> Number | None:
        """Read a number; None, and nothing read, when there is none or more than a number."""
        start = self.position
        found = _NUMBER.match(self.text, start)
        if found is None or not _AFTER_NUMBER.match(self.text, found.end()):
            return None
        self.position = found.end()
        at = self.span(start)
        if found["hex"]:
            return self._integer(_from_hex(found["hex"]), bool(found["hlong"]), found["hunit"], found[0], at.start)
        factor = 1024 ** _UNITS[(found["unit"] or "").lower()]
        suffix = found["suffix"].lower()
        if suffix == "d":
            value = Decimal(found["number"] + (found["exponent"] or "")) * factor
            return Number(value=value, text=found[0], at=at)
        if found["exponent"] or "." in found["number"]:
            real = float(found["number"] + (found["exponent"] or "")) * factor
            if suffix == "l":
                return Number(value=round(real), text=found[0], is_long=True, at=at)
            return Number(value=real, text=found[0], at=at)
        return self._integer(int(found["number"]), suffix == "l", found["unit"], found[0], at.start)

    def _integer(self, value: int, is_long: bool, unit: str | None, text: str, start: int) -> Number:  # noqa: FBT001
        value *= 1024 ** _UNITS[(unit or "").lower()]
        at = self.span(start)
        if is_long or -_INT <= value < _INT:
            if not -_LONG <= value < _LONG:
                raise self.error(f"the number {text} does not fit 64 bits", start)
            return Number(value=value, text=text, is_long=is_long, at=at)
        if -_LONG <= value < _LONG:
            return Number(value=value, text=text, is_long=True, at=at)
        return Number(value=Decimal(value) if abs(value) < _DECIMAL else float(value), text=text, at=at)

    # Variables

    def variable(self) -> Variable | None:
        """Read `$name`; None, and nothing read, when the dollar is only a dollar."""
        start = self.position
        self.position += 1
        if self.char == "{":
            return self._braced_variable(start)
        if _SPECIAL_NAME.match(self.char) and not re.match(r"[\w?]", self.ahead()):
            self.position += 1
            return Variable(name=self.text[start + 1 : self.position], at=self.span(start))
        found = _VARIABLE.match(self.text, self.position)
        if found is None:
            self.position = start
            return None
        self.position = found.end()
        if self.char == ":" and self.ahead() != ":" and not found[1]:
            raise self.error(
                f"the colon behind ${found[2]} is taken for a drive, and no name follows - write ${{{found[2]}}}:",
                start,
            )
        return Variable(name=found[2], scope=found[1] or "", at=self.span(start))

    def splatted(self) -> Variable | None:
        """Read `@name`; None, and nothing read, when it is something else."""
        found = _VARIABLE.match(self.text, self.position + 1)
        if found is None:
            return None
        start, self.position = self.position, found.end()
        return Variable(name=found[2], scope=found[1] or "", is_splatted=True, at=self.span(start))

    def _braced_variable(self, start: int) -> Variable:
        found = self.matched(_BRACED)
        if found is None:
            raise self.error("the variable name that begins with '${' never ends", start)
        name = re.sub(r"`([\s\S])", lambda match: _ESCAPES.get(match[1], match[1]), found[1:-1])
        if not name:
            raise self.error("'${}' names no variable", start)
        scoped = _SCOPED.fullmatch(name)
        scope, name = (scoped[1], scoped[2]) if scoped else ("", name)
        return Variable(name=name, scope=scope, at=self.span(start))

    # Texts

    def quoted(self) -> Expression | None:
        """Read a text in quotes or a here-string; None, and nothing read, when there is none."""
        char = self.char
        if char and char in SINGLE_QUOTES:
            return self._verbatim()
        if char and char in DOUBLE_QUOTES:
            return self._expandable()
        if char == "@" and self.ahead() and self.ahead() in SINGLE_QUOTES + DOUBLE_QUOTES:
            return self._here_string()
        return None

    def _verbatim(self) -> Text:
        start = self.position
        return Text(value=self._verbatim_value(), at=self.span(start))

    def _verbatim_value(self) -> str:
        start = self.position
        pieces: list[str] = []
        self.position += 1
        while self.char:
            char = self.char
            self.position += 1
            if char in SINGLE_QUOTES:
                if not self.char or self.char not in SINGLE_QUOTES:
                    return "".join(pieces)
                self.position += 1
            pieces.append(char)
        raise self.error("the text that begins here never ends - close it with '", start)

    def _expandable(self) -> Expression:
        start = self.position
        parts = self.expandable_parts()
        return _text(parts, self.span(start).start, self.position)

    def expandable_parts(self) -> list[str | Variable | SubExpression]:
        """Read a text in double quotes, from quote to quote, as its parts."""
        start = self.position
        parts: list[str | Variable | SubExpression] = []
        self.position += 1
        while self.char:
            if self.char in DOUBLE_QUOTES:
                self.position += 1
                if not self.char or self.char not in DOUBLE_QUOTES:
                    return parts
                self._put(parts, '"')
                self.position += 1
            else:
                self.expandable_part(parts)
        raise self.error('the text that begins here never ends - close it with "', start)

    def expandable_part(self, parts: list[str | Variable | SubExpression]) -> None:
        """Read one escape, variable, subexpression or character of an expandable text."""
        char = self.char
        if char == "`":
            self.position += 1
            if self.char:
                self._put(parts, _ESCAPES.get(self.char, self.char))
                self.position += 1
            return
        if char == "$":
            start = self.position
            if self.ahead() == "(":
                parts.append(self.subexpression())
                return
            variable = self.variable()
            if variable:
                parts.append(variable)
                return
            self.position = start
        self._put(parts, char)
        self.position += 1

    def subexpression(self) -> SubExpression:
        """Read `$( ... )`."""
        start = self.position
        self.position += 2
        self.deeper()
        body = self.statements(")")
        self.expect(")", "the end of a subexpression")
        self.shallower()
        return SubExpression(body=body, at=self.span(start))

    def _here_string(self) -> Expression:
        start = self.position
        quotes = SINGLE_QUOTES if self.ahead() in SINGLE_QUOTES else DOUBLE_QUOTES
        self.position += 2
        if self.matched(_HERE_HEADER) is None:
            raise self.error("a here-string begins on the line below - write nothing behind its opening quote")
        begin = self.position
        parts: list[str | Variable | SubExpression] = []
        end = re.compile(rf"(?:\r\n|\r|\n)[{quotes}]@")
        if re.compile(rf"[{quotes}]@").match(self.text, begin):
            self.position += 2  # nothing in it
            return Text(value="", at=self.span(start))
        while self.char:
            closing = end.match(self.text, self.position)
            if closing:
                self.position = closing.end()
                return _text(parts, start, self.position)
            if quotes is DOUBLE_QUOTES:
                self.expandable_part(parts)
            else:
                self._put(parts, self.char)
                self.position += 1
        raise self.error("the here-string that begins here never ends - close it at the beginning of a line", start)

    @staticmethod
    def _put(parts: list[str | Variable | SubExpression], text: str) -> None:
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        else:
            parts.append(text)


def _text(parts: list[str | Variable | SubExpression], start: int, end: int) -> Expression:
    at = Span(start, end)
    if not parts:
        return Text(value="", at=at)
    if len(parts) == 1 and isinstance(parts[0], str):
        return Text(value=parts[0], at=at)
    return ExpandableText(parts=tuple(parts), at=at)


def _from_hex(text: str) -> int:
    """Return a hexadecimal number as PowerShell reads it: eight digits make 32 bits with a sign, sixteen 64."""
    value, digits = int(text, 16), len(text) - 2
    if digits == 8 and value >= _INT:  # noqa: PLR2004 - 32 bits
        return value - 2 * _INT
    if digits == 16 and value >= _LONG:  # noqa: PLR2004 - 64 bits
        return value - 2 * _LONG
    return value
