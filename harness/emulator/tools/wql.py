"""Conditions of WQL, as `wmic ... where` and CIM filters have them: `Name like 'Contoso%' and Version = '1.0'`.

Source: learn.microsoft.com, "WQL (SQL for WMI)", "LIKE Operator", "WHERE Clause".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from harness.model.names import folded

__all__ = ["Value", "BadQuery", "condition", "like_pattern"]

#: What a property of an instance may be.
Value = str | int | bool | datetime | None

#: A condition: whether an instance, by its folded property names, fulfils it.
Condition = Callable[[Mapping[str, Value]], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<operator><=|>=|<>|!=|=|<|>)
      | (?P<bracket>[()])
      | (?P<word>[^\s()=<>!'"]+)
    )""",
    re.VERBOSE,
)
_OPERATORS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}
#: So deep may brackets be nested.
_DEEPEST = 50


class BadQuery(Exception):
    """A condition does not read."""


def condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        BadQuery: when it is none.
    """
    reader = _Reader(text)
    found = reader.alternatives(0)
    reader.check_at_end()
    return found


def like_pattern(pattern: str) -> re.Pattern[str]:
    """Return what a pattern of LIKE matches: `%` any text, `_` one character, `[a-z]` one of a set.

    Raises:
        BadQuery: for a range that runs backwards.
    """
    parts = []
    for piece in re.finditer(r"\[(\^?)([^\]]+)\]|(.)", pattern, re.DOTALL):
        if piece[3] is None:
            parts.append(f"[{piece[1]}{_members(piece[2])}]")
        else:
            parts.append({"%": ".*", "_": "."}.get(piece[3], re.escape(piece[3])))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _members(text: str) -> str:
    """Return the inside of a set: single characters and ranges."""
    found = []
    for piece in re.finditer(r"(.)-(.)|(.)", text, re.DOTALL):
        if piece[3] is None and piece[1] > piece[2]:
            raise BadQuery(text)
        found.append(re.escape(piece[3]) if piece[3] else f"{re.escape(piece[1])}-{re.escape(piece[2])}")
    return "".join(found)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match or match.lastgroup is None:
                raise BadQuery(text)
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self._at = 0

    def check_at_end(self) -> None:
        if self._at < len(self._tokens):
            raise BadQuery(self._tokens[self._at][1])

    def alternatives(self, depth: int) -> Condition:
        first = self._conjunction(depth)
        while self._takes("OR"):
            first = _either(first, self._conjunction(depth))
        return first

    def _conjunction(self, depth: int) -> Condition:
        first = self._one(depth)
        while self._takes("AND"):
            first = _both(first, self._one(depth))
        return first

    def _one(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise BadQuery("too deep")
        if self._takes("NOT"):
            inner = self._one(depth + 1)
            return lambda row: not inner(row)
        if self._peek() == ("bracket", "("):
            self._at += 1
            found = self.alternatives(depth + 1)
            if self._next() != ("bracket", ")"):
                raise BadQuery(")")
            return found
        return self._comparison()

    def _comparison(self) -> Condition:
        kind, name = self._next()
        if kind != "word":
            raise BadQuery(name)
        key = folded(name)
        if self._takes("IS"):
            negated = self._takes("NOT")
            if not self._takes("NULL"):
                raise BadQuery("NULL")
            return lambda row: (_get(row, key) is None) is not negated
        negated = self._takes("NOT")
        if self._takes("LIKE"):
            pattern = like_pattern(self._literal())
            return lambda row: bool(pattern.fullmatch(_text(_get(row, key)))) is not negated
        kind, operator = self._next()
        if negated or kind != "operator":
            raise BadQuery(operator)
        wanted, decides = self._literal(), _OPERATORS[operator]
        return lambda row: decides(_order(_get(row, key), wanted))

    def _literal(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind != "word":
            raise BadQuery(text)
        return text

    def _takes(self, word: str) -> bool:
        kind, text = self._peek()
        if kind != "word" or text.upper() != word:
            return False
        self._at += 1
        return True

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token


def _either(one: Condition, other: Condition) -> Condition:
    return lambda row: one(row) or other(row)


def _both(one: Condition, other: Condition) -> Condition:
    return lambda row: one(row) and other(row)


def _get(row: Mapping[str, Value], key: str) -> Value:
    if key not in row:
        raise BadQuery(key)
    return row[key]


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _order(value: Value, wanted: str) -> int:
    """Return how a property compares with what is wanted: less than 0, 0, or more."""
    if isinstance(value, bool):
        value = "TRUE" if value else "FALSE"
    if isinstance(value, int):
        try:
            number = int(wanted)
        except ValueError:
            raise BadQuery(wanted) from None
        return (value > number) - (value < number)
    left, right = folded(_text(value)), folded(wanted)
    return (left > right) - (left < right)
