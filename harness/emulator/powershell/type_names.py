"""Parsing what stands in square brackets: types and attributes.

Source: learn.microsoft.com, about_Functions_Advanced_Parameters and the language specification, section 4.
"""

from __future__ import annotations

import re
from abc import abstractmethod

from harness.emulator.powershell.cursor import NAME
from harness.emulator.powershell.expressions import Attribute, Expression, TypeName
from harness.emulator.powershell.literals import LiteralReader

__all__ = ["TypeNameReader"]

_TYPE = re.compile(r"[^\W\d][\w`]*(?:[.+][^\W\d][\w`]*)*")
_ASSEMBLY = re.compile(r"(?:\s*,\s*[\w.]+(?:\s*=\s*[\w.]+)?)+(?=\s*\])")
_BEFORE_RANK = re.compile(r"[ \t]+(?=\[\s*[\],])")
_EQUALS = re.compile(r"=(?!=)")


class TypeNameReader(LiteralReader):
    """A cursor that reads types and attributes."""

    @abstractmethod
    def argument_of_call(self) -> Expression:
        """Read an expression in which a comma ends it."""

    def type_or_attribute(self) -> TypeName | Attribute:
        """Read `[name]` or `[name(arguments)]`."""
        start = self.position
        self.position += 1
        self.deeper()
        self.skip_lines()
        name = self.type_name()
        self.skip_lines()
        if self.char == "(":
            arguments, named = self._attribute_arguments()
            self.skip_lines()
            self.expect("]", "the end of an attribute")
            self.shallower()
            return Attribute(type=name, arguments=arguments, named=named, at=self.span(start))
        self.matched(_ASSEMBLY)  # where the type is from
        self.skip_lines()
        self.expect("]", "the end of a type")
        self.shallower()
        return name

    def type_name(self) -> TypeName:
        """Read the name of a type, with what it is generic over and the brackets of arrays."""
        start = self.position
        name = self.matched(_TYPE)
        if name is None:
            raise self.error(f"{self.here()} where the name of a type was expected")
        arguments: tuple[TypeName, ...] = ()
        ranks: list[int] = []
        self.deeper()
        self.matched(_BEFORE_RANK)
        while self.char == "[":
            behind = self.position
            self.position += 1
            self.skip_lines()
            if self.char in ("]", ","):
                ranks.append(self._rank())
            elif ranks or arguments:
                self.position = behind
                break
            else:
                arguments = self._generic_arguments()
        self.shallower()
        return TypeName(name=name, arguments=arguments, ranks=tuple(ranks), at=self.span(start))

    def _rank(self) -> int:
        rank = 1
        while self.char == ",":
            rank += 1
            self.position += 1
            self.skip_lines()
        self.expect("]", "the end of an array's brackets")
        return rank

    def _generic_arguments(self) -> tuple[TypeName, ...]:
        arguments = []
        while True:
            self.skip_lines()
            is_bracketed = self.take("[")
            arguments.append(self.type_name())
            if is_bracketed:
                self.matched(_ASSEMBLY)
                self.expect("]", "the end of a type")
            self.skip_lines()
            if not self.take(","):
                break
        self.expect("]", "the end of a generic type")
        return tuple(arguments)

    def _attribute_arguments(self) -> tuple[tuple[Expression, ...], tuple[tuple[str, Expression | None], ...]]:
        self.position += 1
        self.skip_lines()
        arguments: list[Expression] = []
        named: list[tuple[str, Expression | None]] = []
        while self.char and self.char != ")":
            name = self._argument_name()
            if name is None:
                arguments.append(self.argument_of_call())
            else:
                self.skip_lines()
                value = None
                if self.matched(_EQUALS):
                    self.skip_lines()
                    value = self.argument_of_call()
                named.append((name, value))
            self.skip_lines()
            if not self.take(","):
                break
            self.skip_lines()
        self.expect(")", "the end of an attribute's arguments")
        return tuple(arguments), tuple(named)

    def _argument_name(self) -> str | None:
        """Read a name before `=`, or one that stands alone; None, and nothing read, for a value."""
        behind = self.position
        name = self.matched(NAME)
        if name is None:
            return None
        after = self.position
        self.skip_lines()
        if self.char in ("=", ",", ")"):
            self.position = after
            return name
        self.position = behind
        return None
