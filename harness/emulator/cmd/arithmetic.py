"""`set /a`: whole numbers of 32 bits, C's operators, variables without percent signs.

Source: learn.microsoft.com, "set" (the operators by precedence; octal and hexadecimal numbers); messages and error
levels: ss64.com, "SET" (errors of SET /A), and from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["ArithmeticFault", "evaluate"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[0-9A-Za-z_]*)|(?P<assign>(?:<<|>>|[*/%+\-&^|])?=(?!=))|(?P<operator><<|>>|[()*/%+\-&^|~!,])"
    r"|(?P<name>[^\s()*/%+\-&^|~!,=<>0-9][^\s()*/%+\-&^|~!,=<>]*))"
)
_LEVELS = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_DEEPEST = 60
_LEADING = re.compile(r"\s*([+-]?)\s*(0[xX][0-9a-fA-F]+|\d+)")


class ArithmeticFault(Exception):
    """A calculation fails, with what is said and the error level it sets."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def evaluate(text: str, variable: Callable[[str], str | None], assign: Callable[[str, int], None]) -> int:
    """Calculate; several calculations are separated by commas, and the last one's value is returned.

    Args:
        text: the calculation.
        variable: returns a variable's value.
        assign: sets a variable.

    Raises:
        ArithmeticFault: when it cannot be calculated.
    """
    parser = _Calculation(_tokens(text), variable, assign)
    result = parser.list()
    parser.check_end()
    return result


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _missing_operator()
        assert found.lastgroup is not None  # one of the alternatives
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Calculation:
    def __init__(
        self,
        tokens: list[tuple[str, str]],
        variable: Callable[[str], str | None],
        assign: Callable[[str, int], None],
    ) -> None:
        self._tokens = tokens
        self._position = 0
        self._variable = variable
        self._assign = assign
        self._depth = 0

    def list(self) -> int:
        """Read calculations that are separated by commas."""
        result = self._assignment()
        while self._take("operator", ","):
            result = self._assignment()
        return result

    def check_end(self) -> None:
        """Make sure that nothing is left."""
        if self._position < len(self._tokens):
            if self._tokens[self._position][1] == ")":
                raise ArithmeticFault("Unbalanced parenthesis.", 1073750988)
            raise _missing_operator()

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._position + ahead
        return self._tokens[place] if place < len(self._tokens) else ("", "")

    def _take(self, kind: str, text: str) -> bool:
        if self._peek() != (kind, text):
            return False
        self._position += 1
        return True

    def _assignment(self) -> int:
        (kind, name), (following, operator) = self._peek(), self._peek(1)
        if kind != "name" or following != "assign":
            return self._binary(0)
        self._position += 2
        self._enter()
        value = self._assignment()
        self._depth -= 1
        if operator != "=":
            value = _calculated(operator[:-1], self._value(name), value)
        self._assign(name, value)
        return value

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _missing_operator()

    def _binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._unary()
        value = self._binary(level + 1)
        while self._peek()[0] == "operator" and self._peek()[1] in _LEVELS[level]:
            operator = self._peek()[1]
            self._position += 1
            value = _calculated(operator, value, self._binary(level + 1))
        return value

    def _unary(self) -> int:
        kind, text = self._peek()
        self._position += 1
        if kind == "number":
            return _number(text)
        if kind == "name":
            return self._value(text)
        if kind != "operator" or text not in "(-+~!":
            raise ArithmeticFault("Missing operand.", 1073750989)
        self._enter()
        if text == "(":
            value = self.list()
            if not self._take("operator", ")"):
                raise ArithmeticFault("Unbalanced parenthesis.", 1073750988)
        else:
            value = self._unary()
            value = {"-": _wrapped(-value), "+": value, "~": ~value, "!": int(not value)}[text]
        self._depth -= 1
        return value

    def _value(self, name: str) -> int:
        found = _LEADING.match(self._variable(name) or "")
        if not found:
            return 0
        digits = found[2]
        if digits[:2].lower() != "0x" and digits.startswith("0"):
            digits = (re.match("[0-7]*", digits) or found)[0]
        try:
            number = _number(digits)
        except ArithmeticFault:
            number = 2**31 - 1
        return -number if found[1] == "-" else number


def _calculated(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%") and not right:
        raise ArithmeticFault("Divide by zero error.", 1073750993)
    match operator:
        case "*":
            value = left * right
        case "/" | "%":
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            value = quotient if operator == "/" else left - quotient * right
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "<<":
            value = left << right if 0 <= right < 32 else 0  # noqa: PLR2004 - bits
        case ">>":
            value = left >> right if 0 <= right < 32 else -int(left < 0)  # noqa: PLR2004 - bits
        case "&":
            value = left & right
        case "^":
            value = left ^ right
        case _:
            value = left | right
    return _wrapped(value)


def _wrapped(value: int) -> int:
    value &= 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        digits, base = text[2:], 16
    elif text.startswith("0"):
        digits, base = text, 8
    else:
        digits, base = text, 10
    try:
        value = int(digits, base)
    except ValueError:
        message = "Invalid number.  Numeric constants are either decimal (17),\r\nhexadecimal (0x11), or octal (021)."
        raise ArithmeticFault(message, 1073750991) from None
    if value >= (2**32 if base == 16 else 2**31):  # noqa: PLR2004 - hexadecimal
        raise ArithmeticFault("Invalid number.  Numbers are limited to 32-bits of precision.", 1073750992)
    return _wrapped(value)


def _missing_operator() -> ArithmeticFault:
    return ArithmeticFault("Missing operator.", 1073750990)
