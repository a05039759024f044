"""Commands as they are shown before they run, and the prompt in front of them.

Source: learn.microsoft.com, "echo" and "prompt"; the blanks, that blocks are shown over several lines, and that key
words are shown as written in lower or upper case: Wine's tests (test_builtins.cmd.exp) and from memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.emulator.cmd.syntax import (
    Block,
    Chain,
    Comment,
    Comparison,
    Condition,
    If,
    Node,
    Quiet,
    Redirected,
    Simple,
)
from harness.emulator.cmd.wallclock import clock_time, day_and_date

if TYPE_CHECKING:
    from harness.emulator.cmd.shell import Shell

__all__ = ["prompt", "written"]

_SIGNS = {
    "A": "&", "B": "|", "C": "(", "E": "\x1b", "F": ")", "G": ">", "H": "\x08 \x08", "L": "<", "Q": "=", "S": " ",
    "_": "\r\n", "$": "$",
}  # fmt: skip
_ABOUT_ONE = (Comparison.ERRORLEVEL, Comparison.EXIST, Comparison.DEFINED, Comparison.VERSION)
_NAME = re.compile(r"\S+")


def prompt(shell: Shell) -> str:
    """Return the prompt as the variable PROMPT describes it; without it the folder and `>`."""
    form = shell.environment.get("PROMPT") or "$P$G"
    clock, facts = shell.run.machine.clock, shell.run.machine.facts
    pieces: list[str] = []
    position = 0
    while position < len(form):
        if form[position] != "$" or position + 1 == len(form):
            pieces.append(form[position])
            position += 1
            continue
        match form[position + 1].upper():
            case "P":
                pieces.append(shell.folders.current)
            case "N":
                pieces.append(shell.folders.current[:1])
            case "D":
                pieces.append(day_and_date(clock.local_now()))
            case "T":
                pieces.append(clock_time(clock.local_now()))
            case "V":
                pieces.append(f"Microsoft Windows [Version {facts.os_version}.{facts.revision}]")
            case sign:
                pieces.append(_SIGNS.get(sign, ""))
        position += 2
    return "".join(pieces)


def written(node: Node, replaced: Callable[[str], str]) -> str:
    """Return a command as it is shown.

    Args:
        node: the command.
        replaced: puts the values of loop variables into a text.
    """
    match node:
        case Simple():
            shown = _simple(replaced(node.text))
        case Comment():
            shown = f"rem{node.text} "
        case Block():
            shown = "(\r\n" + "\r\n".join(written(each, replaced) for each in node.body) + "\r\n)"
        case Quiet():
            shown = f"@{written(node.node, replaced)}"
        case Chain():
            shown = f"{written(node.left, replaced).rstrip()}  {node.link.value} {written(node.right, replaced)}"
        case Redirected():
            streams = [f"{each.handle}{each.operator}{replaced(each.target)}" for each in node.redirections]
            shown = f"{written(node.node, replaced)} {' '.join(streams)} "
        case If():
            otherwise = f" else {written(node.otherwise, replaced)}" if node.otherwise else ""
            shown = f"if {replaced(_condition(node.condition))} {written(node.then, replaced)}{otherwise}"
        case _:
            words = [
                "for",
                node.kind.value,
                replaced(node.options),
                f"%{node.variable}",
                f"in ({replaced(node.items)})",
                "do",
            ]
            shown = f"{' '.join(filter(None, words))} {written(node.body, replaced)}"
    return shown


def _simple(text: str) -> str:
    """Return a command with the blank that ends its name, or its arguments when it has any."""
    found = _NAME.match(text)
    if not found:
        return text
    rest = text[found.end() :]
    return f"{found[0]}{rest.rstrip(' ') if not rest.strip(' ') else rest} "


def _condition(condition: Condition) -> str:
    words = ["/I"] * condition.is_caseless + ["not"] * condition.is_negated
    if condition.comparison in _ABOUT_ONE:
        words += [condition.comparison.value.lower(), condition.left]
    else:
        words += [condition.left, condition.comparison.value, condition.right]
    return " ".join(words)
