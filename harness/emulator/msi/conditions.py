"""Conditions of MSI tables: a small language without arithmetic.

Source: learn.microsoft.com, "Conditional Statement Syntax". What it leaves open is as Wine's msiexec answers: a
property whose text is an integer compares as one with everything that is one too, a quoted text is never equal to an
integer, and a plus sign or a blank makes a text no integer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harness.emulator.msi.outcomes import InstallFailure

__all__ = ["evaluate", "Symbols"]

#: Returns what a symbol stands for. The first character says what: `%` an environment variable, `$` `?` the action and
#: state of a component, `&` `!` those of a feature, anything else a property.
Symbols = Callable[[str], str]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>"[^"]*")
      | (?P<operator>~?(?:<>|><|>=|<=|>>|<<|=|>|<))
      | (?P<parenthesis>[()])
      | (?P<integer>-?[0-9]+)(?![A-Za-z_.])
      | (?P<symbol>[%$?&!]?[A-Za-z_][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE,
)
_INTEGER: Final = re.compile(r"-?[0-9]{1,10}")
#: Loosest first; each is applied from left to right.
_BINARY: Final = ("IMP", "EQV", "XOR", "OR", "AND")
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class _Value:
    """An operand: its text, and whether it was written as an integer, as a quoted text, or is a symbol's."""

    text: str
    kind: str

    @property
    def is_true(self) -> bool:
        return self.text.strip("-0") != "" if self.kind == "integer" else self.text != ""


def evaluate(condition: str, symbols: Symbols) -> bool:
    """Return whether a condition holds; an empty one does.

    Raises:
        InstallFailure: if it is not a condition; Windows Installer stops there as well.
    """
    if not condition.strip():
        return True
    parser = _Parser(condition, symbols)
    holds = parser.expression(0)
    if parser.token is not None:
        raise parser.error()
    return holds


class _Parser:
    def __init__(self, condition: str, symbols: Symbols) -> None:
        self._condition, self._symbols = condition, symbols
        self._at = self._depth = 0
        self.token: tuple[str, str] | None = None
        self._advance()

    def expression(self, level: int) -> bool:
        if level == len(_BINARY):
            return self._negation()
        left = self.expression(level + 1)
        while self._takes(_BINARY[level]):
            right = self.expression(level + 1)
            left = _combined(_BINARY[level], left, right)
        return left

    def error(self) -> InstallFailure:
        return InstallFailure(f"Condition '{self._condition}' cannot be evaluated.")

    def _negation(self) -> bool:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error()
        try:
            if self._takes("NOT"):
                return not self._negation()
            if self.token == ("parenthesis", "("):
                self._advance()
                holds = self.expression(0)
                if self.token != ("parenthesis", ")"):
                    raise self.error()
                self._advance()
                return holds
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> bool:
        left = self._value()
        if self.token is None or self.token[0] != "operator":
            return left.is_true
        operator = self.token[1]
        self._advance()
        return _compare(left, operator, self._value())

    def _value(self) -> _Value:
        if self.token is None or self.token[0] not in ("text", "integer", "symbol"):
            raise self.error()
        kind, text = self.token
        self._advance()
        if kind == "text":
            return _Value(text[1:-1], kind)
        return _Value(self._symbols(text) if kind == "symbol" else text, kind)

    def _takes(self, word: str) -> bool:
        if self.token is None or self.token[0] != "symbol" or self.token[1].upper() != word:
            return False
        self._advance()
        return True

    def _advance(self) -> None:
        if not self._condition[self._at :].strip():
            self.token = None
            return
        match = _TOKEN.match(self._condition, self._at)
        if match is None or match.lastgroup is None:
            raise self.error()
        self._at = match.end()
        self.token = (match.lastgroup, match[match.lastgroup])


def _combined(word: str, left: bool, right: bool) -> bool:  # noqa: FBT001 - two operands
    match word:
        case "IMP":
            return not left or right
        case "EQV":
            return left == right
        case "XOR":
            return left != right
        case "OR":
            return left or right
        case _:
            return left and right


def _compare(left: _Value, operator: str, right: _Value) -> bool:
    kinds = {left.kind, right.kind}
    are_numbers = _INTEGER.fullmatch(left.text) is not None and _INTEGER.fullmatch(right.text) is not None
    if are_numbers and kinds not in ({"text"}, {"text", "integer"}):
        return _compare_numbers(int(left.text), operator.removeprefix("~"), int(right.text))
    if "integer" in kinds:
        return operator.removeprefix("~") == "<>"
    if operator.startswith("~"):
        return _compare_texts(left.text.casefold(), operator[1:], right.text.casefold())
    return _compare_texts(left.text, operator, right.text)


def _compare_numbers(left: int, operator: str, right: int) -> bool:
    match operator:
        case "><":
            return left & right != 0
        case "<<":
            return (left & 0xFFFFFFFF) >> 16 == right
        case ">>":
            return left & 0xFFFF == right
        case _:
            return _ordered((left > right) - (left < right), operator)


def _compare_texts(left: str, operator: str, right: str) -> bool:
    match operator:
        case "><":
            return right in left
        case "<<":
            return left.startswith(right)
        case ">>":
            return left.endswith(right)
        case _:
            return _ordered((left > right) - (left < right), operator)


def _ordered(order: int, operator: str) -> bool:
    return {
        "=": order == 0,
        "<>": order != 0,
        ">": order > 0,
        ">=": order >= 0,
        "<": order < 0,
        "<=": order <= 0,
    }[operator]
