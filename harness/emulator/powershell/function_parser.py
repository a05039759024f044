"""Parsing functions, script blocks, parameters, and the definitions of types.

Source: learn.microsoft.com, about_Functions, about_Functions_Advanced_Parameters, about_Script_Blocks, about_Enum,
about_Classes, about_Using.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace

from harness.emulator.powershell.command_parser import CommandParser
from harness.emulator.powershell.expressions import Attribute, Expression, Parameter, Span, Statement, TypeName
from harness.emulator.powershell.statements import Block, Function, ScriptBlock, TypeDefinition, TypeMember, Using

__all__ = ["FunctionParser"]

_PARAM = re.compile(r"param(?=\s*\()", re.IGNORECASE)
_NAMED_BLOCK = re.compile(r"(begin|process|end|dynamicparam)(?=\s*\{)", re.IGNORECASE)
_USING = re.compile(r"using[ \t]+(namespace|module|assembly)[ \t]+([^\r\n;#]+)", re.IGNORECASE)
_FUNCTION_NAME = re.compile(r"[^\s(){};,|&\"']+")
_TYPE_WORD = re.compile(r"(enum|class)[ \t]+([^\W\d]\w*)", re.IGNORECASE)
_MODIFIER = re.compile(r"(static|hidden)(?=[\s\[])", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d]\w*")


class FunctionParser(CommandParser):
    """Reads what has a body of its own."""

    @abstractmethod
    def block(self) -> Block:
        """Read `{ ... }` of a statement."""

    # Bodies

    def script_block(self) -> ScriptBlock:
        """Read `{ ... }` as a value or as a function's body."""
        start = self.position
        self.expect("{", "the beginning of a script block")
        self.deeper()
        body = self.script_body("}")
        self.expect("}", "the end of a script block")
        self.shallower()
        return _placed(body, start, self.position)

    def script_body(self, closing: str) -> ScriptBlock:
        """Read what is in a script block, or a whole script."""
        start = self.position
        usings = self._usings() if not closing else ()
        attributes, parameters = self._param_block()
        self.skip_separators()
        if _NAMED_BLOCK.match(self.text, self.position):
            blocks = self._named_blocks(closing)
            return ScriptBlock(
                parameters=parameters,
                attributes=attributes,
                usings=usings,
                begin=blocks.get("begin"),
                process=blocks.get("process"),
                end=blocks.get("end"),
                dynamic=blocks.get("dynamicparam"),
                is_named=True,
                at=self.span(start),
            )
        end = self.statements(closing)
        return ScriptBlock(parameters=parameters, attributes=attributes, usings=usings, end=end, at=self.span(start))

    def _named_blocks(self, closing: str) -> dict[str, Block]:
        blocks: dict[str, Block] = {}
        while self.char and self.char != closing:
            word = self.matched(_NAMED_BLOCK)
            if word is None:
                raise self.error(f"{self.here()} where begin, process, end or dynamicparam was expected")
            if word.lower() in blocks:
                raise self.error(f"there is a second {word} block")
            blocks[word.lower()] = self.block()
            self.skip_separators()
        return blocks

    def _usings(self) -> tuple[Using, ...]:
        found: list[Using] = []
        while True:
            self.skip_separators()
            start = self.position
            match = _USING.match(self.text, start)
            if match is None:
                return tuple(found)
            self.position = match.end()
            found.append(Using(kind=match[1].lower(), name=match[2].strip(), at=self.span(start)))

    # Parameters

    def _param_block(self) -> tuple[tuple[Attribute, ...], tuple[Parameter, ...] | None]:
        """Read `[CmdletBinding()] param( ... )`; nothing when a statement stands here."""
        self.skip_separators()
        start = self.position
        attributes: list[Attribute] = []
        while self.char == "[" and self._is_attribute():
            found = self.type_or_attribute()
            if isinstance(found, Attribute):
                attributes.append(found)
            self.skip_separators()
        if self.matched(_PARAM) is None:
            self.position = start
            return (), None
        self.skip_lines()
        return tuple(attributes), self.parameters()

    def _is_attribute(self) -> bool:
        return re.compile(r"\[\s*[\w.]+\s*\(").match(self.text, self.position) is not None

    def parameters(self) -> tuple[Parameter, ...]:
        """Read `( [type]$name = default, ... )`."""
        self.expect("(", "before parameters")
        self.deeper()
        found = []
        self.skip_lines()
        while self.char and self.char != ")":
            found.append(self._parameter())
            self.skip_lines()
            if not self.take(","):
                break
            self.skip_lines()
        self.expect(")", "the end of the parameters")
        self.shallower()
        return tuple(found)

    def _parameter(self) -> Parameter:
        start = self.position
        attributes = self._types_and_attributes()
        variable = self.variable() if self.char == "$" else None
        if variable is None:
            raise self.error(f"{self.here()} where a parameter was expected")
        behind = self.position
        self.skip_lines()
        default: Expression | None = None
        if self.take("="):
            self.skip_lines()
            default = self.argument_of_call()
        else:
            self.position = behind
        return Parameter(name=variable.name, attributes=attributes, default=default, at=self.span(start))

    def _types_and_attributes(self) -> tuple[Attribute | TypeName, ...]:
        found = []
        while self.char == "[":
            found.append(self.type_or_attribute())
            self.skip_lines()
        return tuple(found)

    def caught_types(self) -> tuple[TypeName, ...]:
        """Read the types of a `catch` or a `trap`."""
        types: list[TypeName] = []
        self.skip_lines()
        while self.char == "[":
            found = self.type_or_attribute()
            if isinstance(found, Attribute):
                raise self.error("an attribute stands where the type of an error was expected")
            types.append(found)
            self.skip_lines()
            if not self.take(","):
                break
            self.skip_lines()
        return tuple(types)

    # Functions and types

    def function(self, kind: str, start: int) -> Statement:
        """Read a function behind its keyword."""
        self.skip_lines()
        name = self.matched(_FUNCTION_NAME)
        if name is None:
            raise self.error(f"{self.here()} where the name of a {kind} was expected")
        self.skip_lines()
        parameters = None
        if self.char == "(":
            parameters = self.parameters()
            self.skip_lines()
        body = self.script_block()
        if parameters and body.parameters is not None:
            raise self.error(f"the {kind} {name} has parameters behind its name and a param block", start)
        return Function(kind=kind, name=name, parameters=parameters, body=body, at=self.span(start))

    def type_definition(self) -> Statement | None:
        """Read an `enum` or a `class`; None, and nothing read, when another statement stands here."""
        start = self.position
        attributes: list[Attribute] = []
        while self.char == "[" and self._is_attribute():
            found = self.type_or_attribute()
            if isinstance(found, Attribute):
                attributes.append(found)
            self.skip_lines()
        match = _TYPE_WORD.match(self.text, self.position)
        if match is None:
            self.position = start
            return None
        self.position = match.end()
        self.skip_lines()
        bases = self._bases()
        self.expect("{", f"the body of a {match[1]}")
        self.deeper()
        members = []
        self.skip_separators()
        while self.char and self.char != "}":
            members.append(self._enum_value() if match[1].lower() == "enum" else self._class_member())
            self.skip_separators()
        self.expect("}", f"the end of a {match[1]}")
        self.shallower()
        return TypeDefinition(
            kind=match[1].lower(),
            name=match[2],
            attributes=tuple(attributes),
            bases=bases,
            members=tuple(members),
            at=self.span(start),
        )

    def _bases(self) -> tuple[TypeName, ...]:
        bases = []
        if self.take(":"):
            while True:
                self.skip_lines()
                bases.append(self.type_name())
                self.skip_lines()
                if not self.take(","):
                    break
        return tuple(bases)

    def _enum_value(self) -> TypeMember:
        start = self.position
        name = self._member_word()
        self.skip_blanks()
        value = None
        if self.take("="):
            self.skip_blanks()
            value = self.argument_of_call()
        return TypeMember(name=name, value=value, at=self.span(start))

    def _class_member(self) -> TypeMember:
        start = self.position
        modifiers: list[str] = []
        attributes: list[Attribute | TypeName] = []
        while True:
            modifier = self.matched(_MODIFIER)
            if modifier:
                modifiers.append(modifier.lower())
            elif self.char == "[":
                attributes.append(self.type_or_attribute())
            else:
                break
            self.skip_lines()
        if self.char == "$":
            return self._property(start, tuple(modifiers), tuple(attributes))
        name = self._member_word()
        self.skip_lines()
        parameters = self.parameters()
        self.skip_lines()
        base_arguments = None
        if self.take(":"):
            self.skip_lines()
            self.expect("base", "behind the colon of a constructor")
            self.skip_lines()
            base_arguments = self._arguments()
            self.skip_lines()
        body = self.script_block()
        return TypeMember(
            name=name,
            modifiers=tuple(modifiers),
            attributes=tuple(attributes),
            parameters=parameters,
            body=body,
            base_arguments=base_arguments,
            at=self.span(start),
        )

    def _property(
        self, start: int, modifiers: tuple[str, ...], attributes: tuple[Attribute | TypeName, ...]
    ) -> TypeMember:
        variable = self.variable()
        if variable is None:
            raise self.error(f"{self.here()} where a property was expected")
        self.skip_blanks()
        value = None
        if self.take("="):
            self.skip_lines()
            value = self.expression()
        return TypeMember(
            name=variable.name, modifiers=modifiers, attributes=attributes, value=value, at=self.span(start)
        )

    def _member_word(self) -> str:
        name = self.matched(_NAME)
        if name is None:
            raise self.error(f"{self.here()} where the name of a member was expected")
        return name


def _placed(block: ScriptBlock, start: int, end: int) -> ScriptBlock:
    return replace(block, at=Span(start, end))
