"""Operators between two values; a list on the left is filtered.

Source: learn.microsoft.com, about_Comparison_Operators, about_Split, about_Join, about_Operators,
about_Type_Operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from harness.emulator.powershell.runtime.errors import Unmodelled, failure
from harness.emulator.powershell.runtime.values import Closure, Hashtable, Value, items_of
from harness.emulator.powershell.types.arithmetic import Arithmetic
from harness.emulator.powershell.types.comparison import Comparison
from harness.emulator.powershell.types.conversion import Converter
from harness.emulator.powershell.types.formats import composite
from harness.emulator.powershell.types.names import find_type
from harness.emulator.powershell.types.nettype import NetType, is_instance
from harness.emulator.powershell.types.patterns import expand_replacement, net_regex, wildcard
from harness.emulator.powershell.types.rendering import to_text

__all__ = ["Operators", "matches_table"]

_LONGEST_RANGE = 5_000_000

#: Operators of comparison without the letter for case, and what an order must be.
_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "gt": lambda order: order > 0,
    "ge": lambda order: order >= 0,
    "lt": lambda order: order < 0,
    "le": lambda order: order <= 0,
}
_FILTERS = ("eq", "ne", *_ORDERS, "like", "notlike", "match", "notmatch")
_CONTAINMENT = ("contains", "notcontains", "in", "notin")


class Operators:
    """Applies operators.

    Args:
        converter: converts operands.
        set_matches: takes what a regular expression found, for `$Matches`.
    """

    def __init__(self, converter: Converter, set_matches: Callable[[Hashtable], None]) -> None:
        self.arithmetic = Arithmetic(converter)
        self.comparison = Comparison(converter)
        self._converter = converter
        self._set_matches = set_matches
        self._table: dict[str, Callable[[Value, Value], Value]] = {
            **self.arithmetic.binary,
            "..": self.range,
            "-f": self._format,
            "-join": self.join,
            "-is": lambda left, right: is_instance(left, self._type(right)),
            "-isnot": lambda left, right: not is_instance(left, self._type(right)),
            "-as": lambda left, right: self._converter.convert_or_null(left, self._type(right)),
        }
        for prefix in ("", "i", "c"):
            for name in _FILTERS:
                self._table[f"-{prefix}{name}"] = self._filtering(name, is_case_sensitive=prefix == "c")
            for name in _CONTAINMENT:
                self._table[f"-{prefix}{name}"] = self._containing(name, is_case_sensitive=prefix == "c")
            self._table[f"-{prefix}replace"] = self._replacing(is_case_sensitive=prefix == "c")
            self._table[f"-{prefix}split"] = self._splitting(is_case_sensitive=prefix == "c")

    def apply(self, operator: str, left: Value, right: Value) -> Value:
        """Return what an operator makes of two values.

        Raises:
            ScriptError: when it cannot.
        """
        return self._table[operator](left, right)

    # Filters

    def _filtering(self, name: str, *, is_case_sensitive: bool) -> Callable[[Value, Value], Value]:
        one = self.test(name, is_case_sensitive=is_case_sensitive)

        def apply(left: Value, right: Value) -> Value:
            if isinstance(left, list):
                if name.endswith(("like", "match")):
                    return [text for item in left if one(text := self._converter.text(item), right, False)]
                return [item for item in left if one(item, right, False)]
            return one(left, right, True)

        return apply

    def test(self, name: str, *, is_case_sensitive: bool = False) -> Callable[[Value, Value, bool], bool]:
        """Return the test of one value that an operator of comparison is; the last argument says to set `$Matches`."""
        comparison = self.comparison
        if name in ("eq", "ne"):
            wanted = name == "eq"
            return lambda left, right, _: comparison.equals(left, right, is_case_sensitive=is_case_sensitive) is wanted
        if name in _ORDERS:
            fits = _ORDERS[name]
            return lambda left, right, _: fits(comparison.compare(left, right, is_case_sensitive=is_case_sensitive))
        is_negated = name.startswith("not")
        if name.endswith("like"):
            return lambda left, right, _: self.like(left, right, is_case_sensitive=is_case_sensitive) is not is_negated
        return lambda left, right, sets: (
            self.match(left, right, is_case_sensitive=is_case_sensitive, sets=sets) is not is_negated
        )

    def like(self, left: Value, right: Value, *, is_case_sensitive: bool = False) -> bool:
        """Return whether a value's text fits a wildcard pattern."""
        pattern = wildcard(self._converter.text(right), is_case_sensitive=is_case_sensitive)
        return pattern.fullmatch(self._converter.text(left)) is not None

    def match(self, left: Value, right: Value, *, is_case_sensitive: bool = False, sets: bool = False) -> bool:
        """Return whether a regular expression finds something in a value's text."""
        pattern = self._pattern(right, is_case_sensitive=is_case_sensitive)
        found = pattern.search(self._converter.text(left))
        if found and sets:
            self._set_matches(matches_table(found))
        return found is not None

    def _pattern(self, value: Value, *, is_case_sensitive: bool) -> re.Pattern[str]:
        return net_regex(self._converter.text(value), 0 if is_case_sensitive else 1)

    # Containment

    def _containing(self, name: str, *, is_case_sensitive: bool) -> Callable[[Value, Value], Value]:
        is_negated = name.startswith("not")
        is_reversed = name in ("in", "notin")

        def apply(left: Value, right: Value) -> Value:
            items, wanted = (right, left) if is_reversed else (left, right)
            return self.comparison.contains(items, wanted, is_case_sensitive=is_case_sensitive) is not is_negated

        return apply

    # Texts

    def _replacing(self, *, is_case_sensitive: bool) -> Callable[[Value, Value], Value]:
        def apply(left: Value, right: Value) -> Value:
            parts = right if isinstance(right, list) else [right]
            if len(parts) > 2:  # noqa: PLR2004 - what is looked for, what comes instead
                raise failure(
                    f"The -replace operator allows only two elements to follow it, not {len(parts)}.",
                    "BadReplaceArgument", "InvalidOperation",
                )  # fmt: skip
            pattern = self._pattern(parts[0] if parts else "", is_case_sensitive=is_case_sensitive)
            template = self._converter.text(parts[1]) if len(parts) > 1 else ""
            if isinstance(left, list):
                return [_replaced(pattern, template, self._converter.text(item)) for item in left]
            return _replaced(pattern, template, self._converter.text(left))

        return apply

    def _splitting(self, *, is_case_sensitive: bool) -> Callable[[Value, Value], Value]:
        def apply(left: Value, right: Value) -> Value:
            parts = right if isinstance(right, list) else [right]
            if parts and isinstance(parts[0], Closure):
                raise Unmodelled("-split with a script block", "split with a regular expression")
            most = int(self._converter.convert(parts[1], _INT)) if len(parts) > 1 else 0
            options = self._converter.text(parts[2]).lower() if len(parts) > 2 else ""  # noqa: PLR2004 - the third
            delimiter = self._converter.text(parts[0]) if parts else ""
            if "simplematch" in options:
                delimiter = re.escape(delimiter)
            pattern = net_regex(delimiter, 0 if is_case_sensitive and "ignorecase" not in options else 1)
            return [part for item in items_of(left) for part in _split(pattern, self._converter.text(item), most)]

        return apply

    def split_words(self, value: Value) -> list[str]:
        """Return the words of texts: the unary `-split`."""
        return [word for item in items_of(value) for word in self._converter.text(item).split()]

    def join(self, left: Value, right: Value) -> str:
        """Return texts with a separator between them."""
        separator = self._converter.text(right)
        return (
            separator.join([to_text(item) for item in left]) if isinstance(left, list) else self._converter.text(left)
        )

    def _format(self, left: Value, right: Value) -> str:
        return composite(self._converter.text(left), right if isinstance(right, list) else [right])

    # The rest

    def range(self, left: Value, right: Value) -> list[int]:
        """Return the numbers from one to another.

        Raises:
            Unmodelled: for more numbers than any script needs.
        """
        first, last = (int(self._converter.convert(value, _INT)) for value in (left, right))
        if abs(last - first) > _LONGEST_RANGE:
            raise Unmodelled(f"a range of {abs(last - first):,} numbers", "count in a loop")
        return list(range(first, last + 1) if first <= last else range(first, last - 1, -1))

    def _type(self, value: Value) -> NetType:
        if isinstance(value, NetType):
            return value
        found = find_type(self._converter.text(value))
        if found is None:
            raise failure(
                f'Cannot convert the "{to_text(value)}" value of type "System.String" to type "System.Type".',
                "InvalidCast",
            )
        return found


def _int32() -> NetType:
    found = find_type("int")
    assert found is not None
    return found


_INT: Final = _int32()


def matches_table(found: re.Match[str]) -> Hashtable:
    """Return what `$Matches` holds after a match: groups that took part, by number or name."""
    table = Hashtable()
    named = {number: name for name, number in found.re.groupindex.items()}
    plain = 0
    for number in range(1, found.re.groups + 1):
        plain += number not in named
        if found[number] is not None:
            table[named.get(number, plain)] = found[number]
    table[0] = found[0]
    return table


def _replaced(pattern: re.Pattern[str], template: str, text: str) -> str:
    return pattern.sub(lambda found: expand_replacement(template, found), text)


def _split(pattern: re.Pattern[str], text: str, most: int) -> list[Value]:
    if not pattern.pattern:
        return ["", *text, ""]
    if most < 0:
        raise Unmodelled("-split with a negative count", "split all, and take the last ones")
    parts: list[Value] = []
    position, count = 0, 1
    for found in pattern.finditer(text):
        if most and count >= most:
            break
        is_at_an_end = found.end() == found.start() and found.start() in (0, len(text))
        if is_at_an_end and pattern.pattern.startswith("(?"):
            continue
        parts.append(text[position : found.start()])
        parts += [group for group in found.groups() if group is not None]
        position, count = found.end(), count + 1
    return [*parts, text[position:]]
