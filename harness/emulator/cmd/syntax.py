"""What the command processor has understood of a line or a block: a tree of commands with their places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "Block",
    "Chain",
    "Comment",
    "Comparison",
    "Condition",
    "For",
    "ForKind",
    "If",
    "Link",
    "Node",
    "Place",
    "Quiet",
    "Redirected",
    "Redirection",
    "Simple",
    "SyntaxFault",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command stands.

    Attributes:
        file: the batch file, or the command line it came with.
        line: its line, counted from 1; 0 for a command line.
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else self.file


class SyntaxFault(Exception):
    """A line does not parse; the text is what the command processor says about it."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.text = text
        self.place = place


class Link(StrEnum):
    """How two commands are joined."""

    ALWAYS = "&"
    SUCCESS = "&&"
    FAILURE = "||"
    PIPE = "|"


class ForKind(StrEnum):
    """The five loops."""

    PLAIN = ""
    FOLDERS = "/D"
    RECURSIVE = "/R"
    NUMBERS = "/L"
    TEXT = "/F"


class Comparison(StrEnum):
    """What an `if` asks."""

    ERRORLEVEL = "ERRORLEVEL"
    EXIST = "EXIST"
    DEFINED = "DEFINED"
    VERSION = "CMDEXTVERSION"
    SAME = "=="
    EQU = "EQU"
    NEQ = "NEQ"
    LSS = "LSS"
    LEQ = "LEQ"
    GTR = "GTR"
    GEQ = "GEQ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """One redirection.

    Attributes:
        handle: which stream, 0 to 9.
        operator: `<`, `>`, `>>`, `<&` or `>&`.
        target: the file, or the number of the stream.
    """

    handle: int
    operator: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A command with its arguments, as written but for escapes and redirections."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A `rem` with its text."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Commands in parentheses."""

    body: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What an `if` asks.

    Attributes:
        is_negated: whether `not` stands before it.
        is_caseless: whether `/i` does.
        comparison: the question.
        left: what it is about.
        right: what it is compared with; empty for questions about one thing.
    """

    is_negated: bool
    is_caseless: bool
    comparison: Comparison
    left: str
    right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """A command that is run on a condition, and another one otherwise."""

    condition: Condition
    then: Node
    otherwise: Node | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """A loop.

    Attributes:
        kind: which one.
        options: what follows the kind: the folder of `/R`, the options of `/F`; empty for nothing.
        variable: one character.
        items: what stands in the parentheses.
        body: what is run.
        place: where it stands.
    """

    kind: ForKind
    options: str
    variable: str
    items: str
    body: Node
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Two commands, joined."""

    link: Link
    left: Node
    right: Node
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """A command whose streams lead elsewhere."""

    node: Node
    redirections: tuple[Redirection, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A command that is not echoed: `@` stands before it."""

    node: Node
    place: Place


Node = Simple | Comment | Block | If | For | Chain | Redirected | Quiet
