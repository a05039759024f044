"""The grammar of commands: chains, blocks, `if`, `for`, redirections.

Source: learn.microsoft.com, "Command shell overview", "if", "for", "Using command redirection operators"; how strongly
operators bind, and which part of a line belongs to an `if`: ReactOS, base/shell/cmd/parser.c, which follows Windows'.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.emulator.cmd.loop_parsing import parse_for
from harness.emulator.cmd.reading import DELIMITERS, Reader
from harness.emulator.cmd.syntax import (
    Block,
    Chain,
    Comment,
    Comparison,
    Condition,
    For,
    If,
    Link,
    Node,
    Place,
    Quiet,
    Redirected,
    Redirection,
    Simple,
)
from harness.errors import NotEmulated

__all__ = ["parse_statement"]

#: From the weakest to the strongest.
_STRENGTH = (Link.ALWAYS, Link.FAILURE, Link.SUCCESS, Link.PIPE)
_ORDERS = {
    each.value: each
    for each in Comparison
    if each in (Comparison.EQU, Comparison.NEQ, Comparison.LSS, Comparison.LEQ, Comparison.GTR, Comparison.GEQ)
}
_ABOUT_ONE = {
    each.value: each for each in (Comparison.ERRORLEVEL, Comparison.EXIST, Comparison.DEFINED, Comparison.VERSION)
}
_DEEPEST = 50


def parse_statement(line: str, more: Callable[[], str | None], place: Place) -> Node | None:
    """Return the command that begins in a line; None for an empty line or a label.

    Args:
        line: the line, its variables replaced.
        more: gives the next line, its variables replaced, when the command goes on there; None at the end of the file.
        place: where the line stands.

    Raises:
        SyntaxFault: when it does not parse.
        NotEmulated: when it is nested more than 50 deep.
    """
    reader = Reader(line, more, place)
    reader.skip_delimiters()
    if reader.is_at_end or reader.peek() in ":)":
        return None
    node = _Parser(reader).chain()
    reader.skip_delimiters()
    if reader.rest:
        raise reader.unexpected()
    return node


class _Parser:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._nesting = 0

    def chain(self, strength: int = 0) -> Node:
        """Read commands that are joined by operators of some strength or stronger."""
        reader = self._reader
        if strength == len(_STRENGTH):
            return self._deeper()
        place = reader.place
        link = _STRENGTH[strength]
        left = self.chain(strength + 1)
        while self._operator() == link.value:
            reader.skip(len(link.value))
            reader.skip_delimiters()
            if link is Link.ALWAYS and (reader.is_at_end or (reader.peek() == ")" and reader.depth)):
                return left
            left = Chain(link=link, left=left, right=self.chain(strength + 1), place=place)
        return left

    def _operator(self) -> str:
        self._reader.skip_delimiters()
        if self._reader.peek() not in ("&", "|"):
            return ""
        double = self._reader.peek(2)
        return double if double in ("&&", "||") else double[0]

    def _deeper(self) -> Node:
        self._nesting += 1
        if self._nesting > _DEEPEST:
            place = self._reader.place
            hint = "write parts of it as subroutines, call :label"
            raise NotEmulated(f"commands nested more than {_DEEPEST} deep", where=str(place), hint=hint)
        node = self._command()
        self._nesting -= 1
        return node

    def _command(self) -> Node:
        reader = self._reader
        reader.skip_delimiters()
        place = reader.place
        if reader.peek() == "@":
            reader.skip()
            reader.skip_delimiters()
            if reader.is_at_end:
                raise reader.fault("")
            return Quiet(node=self._deeper(), place=place)
        redirections: list[Redirection] = []
        while (found := self._redirection(is_start=True)) is not None:
            redirections.append(found)
            reader.skip_delimiters()
        node = self._body(redirections, place)
        return Redirected(node=node, redirections=tuple(redirections), place=place) if redirections else node

    def _body(self, redirections: list[Redirection], place: Place) -> Node:
        reader = self._reader
        if reader.peek() == "(":
            node = self._block(place)
            while True:
                reader.skip_delimiters()
                found = self._redirection(is_start=True)
                if found is None:
                    return node
                redirections.append(found)
        if reader.ends_command():
            if redirections and not reader.peek():
                return Simple(text="", place=place)
            raise reader.unexpected()
        match reader.word():
            case "if":
                reader.skip(2)
                return self._if(place)
            case "for":
                reader.skip(3)
                return parse_for(reader, self.chain, place)
            case "rem" if reader.peek(4)[3:] not in tuple("/("):
                reader.skip(3)
                return Comment(text=reader.skip(len(reader.rest)), place=place)
        return Simple(text=self._text(redirections), place=place)

    def _text(self, redirections: list[Redirection]) -> str:
        """Read a command's name and arguments to their end."""
        reader = self._reader
        pieces: list[str] = []
        while not reader.ends_command():
            character = reader.peek()
            if character == '"':
                pieces.append(reader.quoted())
            elif character == "^":
                pieces.append(reader.escaped())
            elif character in "<>" or (character.isdigit() and _is_delimiter(pieces) and reader.peek(2)[1:] in "<>"):
                found = self._redirection(is_start=True) if reader.peek(2)[1:] or character in "<>" else None
                if found is None:
                    pieces.append(reader.skip())
                else:
                    redirections.append(found)
            else:
                pieces.append(reader.skip())
        return "".join(pieces)

    def _redirection(self, *, is_start: bool) -> Redirection | None:
        """Read a redirection if one stands here."""
        reader = self._reader
        two = reader.peek(2)
        has_number = is_start and two[:1].isdigit() and two[1:] in ("<", ">")
        operator = two[1:] if has_number else two[:1]
        if operator not in ("<", ">"):
            return None
        handle = int(reader.skip()) if has_number else int(operator == ">")
        reader.skip()
        if operator == ">" and reader.peek() == ">":
            reader.skip()
            operator = ">>"
        if reader.peek() == "&":
            reader.skip()
            reader.skip_delimiters()
            number = reader.skip()
            if not number.isdigit():
                raise reader.fault(number)
            return Redirection(handle=handle, operator=f"{operator[0]}&", target=number)
        reader.skip_delimiters()
        if reader.ends_command() or reader.peek() in "<>":
            raise reader.unexpected()
        return Redirection(handle=handle, operator=operator, target=reader.token())

    def _block(self, place: Place) -> Block:
        """Read commands up to the parenthesis that closes them, over as many lines as it takes."""
        reader = self._reader
        reader.skip()
        reader.depth += 1
        body: list[Node] = []
        while True:
            reader.skip_delimiters()
            if reader.is_at_end:
                if not reader.next_line():
                    raise reader.fault("")
            elif reader.peek() == ")":
                break
            elif reader.peek() == ":":
                reader.skip(len(reader.rest))  # a label, or a comment written as one
            else:
                body.append(self.chain())
        reader.skip()
        reader.depth -= 1
        if not body:
            raise reader.fault(")")
        return Block(body=tuple(body), place=place)

    def _if(self, place: Place) -> If:
        reader = self._reader
        condition = self._condition()
        reader.skip_delimiters()
        if reader.is_at_end:
            raise reader.fault("")
        then = self.chain()
        reader.skip_delimiters()
        otherwise: Node | None = None
        if _ends_in_block(then) and reader.word() == "else":
            reader.skip(4)
            reader.skip_delimiters()
            if reader.is_at_end:
                raise reader.fault("")
            otherwise = self.chain()
        return If(condition=condition, then=then, otherwise=otherwise, place=place)

    def _condition(self) -> Condition:
        reader = self._reader
        is_negated = is_caseless = False
        while True:
            reader.skip_delimiters()
            word = reader.word()
            if reader.peek(2).lower() == "/i" and reader.peek(3)[2:] in ("", *DELIMITERS):
                is_caseless = True
                reader.skip(2)
            elif word == "not" and not is_negated:
                is_negated = True
                reader.skip(3)
            else:
                break
        kind = _ABOUT_ONE.get(word.upper())
        if kind is not None and reader.peek(len(word) + 1)[len(word) :] not in ("=", '"', "("):
            reader.skip(len(word))
            subject = self._operand()
            return Condition(is_negated=is_negated, is_caseless=is_caseless, comparison=kind, left=subject)
        left = self._operand()
        reader.skip_delimiters(" \t,;")
        if reader.peek(2) == "==":
            reader.skip(2)
            order = Comparison.SAME
        else:
            operator = reader.token()
            if operator.upper() not in _ORDERS:
                raise reader.fault(operator)
            order = _ORDERS[operator.upper()]
        right = self._operand()
        return Condition(is_negated=is_negated, is_caseless=is_caseless, comparison=order, left=left, right=right)

    def _operand(self) -> str:
        reader = self._reader
        operand = reader.token()
        if not operand:
            raise reader.unexpected()
        return operand


def _is_delimiter(pieces: list[str]) -> bool:
    return not pieces or pieces[-1][-1:] in DELIMITERS


def _ends_in_block(node: Node) -> bool:
    """Whether an `else` may follow: only what ends in a parenthesis leaves one behind."""
    match node:
        case Block():
            return True
        case Redirected() | Quiet():
            return _ends_in_block(node.node)
        case Chain():
            return _ends_in_block(node.right)
        case If():
            return _ends_in_block(node.otherwise or node.then)
        case _:
            return isinstance(node, For) and _ends_in_block(node.body)
