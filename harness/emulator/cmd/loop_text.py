"""`for /f`: lines of files, of a text, or of what a command writes, and the parts of each.

Source: learn.microsoft.com, "for" (`eol`, `skip`, `delims`, `tokens`, `usebackq`); that empty lines are left out, and
that a line is dropped when it begins with the `eol` character: the same page and ss64.com, "FOR /F".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.cmd.console import Captured
from harness.emulator.cmd.syntax import For, SyntaxFault
from harness.emulator.cmd.tokens import batch_arguments, unquoted
from harness.emulator.cmd.wording import error_text
from harness.errors import MachineError

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter

__all__ = ["LineOptions", "read_options", "text_rows", "tokens_of"]

_OPTION = re.compile(
    r"\s*(?:(?P<backq>usebackq)|skip=(?P<skip>0x[0-9a-f]+|\d+)|tokens=(?P<tokens>[\d,\-*]+)|eol=(?P<eol>.)|(?P<delims>delims=))",
    re.IGNORECASE,
)
_MOST_TOKENS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOptions:
    """How a line is taken apart.

    Attributes:
        eol: lines that begin with it are dropped; empty for none.
        skip: so many lines at the beginning are left out.
        delims: what separates parts.
        tokens: which parts, counted from 1; sorted.
        has_rest: whether what follows the last one is a part too.
        uses_backquotes: whether back quotes mean a command, and quotes a file.
    """

    eol: str = ";"
    skip: int = 0
    delims: str = " \t"
    tokens: tuple[int, ...] = (1,)
    has_rest: bool = False
    uses_backquotes: bool = False


async def text_rows(interpreter: Interpreter, node: For, items: str) -> AsyncIterator[dict[str, str]]:
    """Return the values of the variables for every line.

    Raises:
        SyntaxFault: when the options make no sense.
    """
    written = unquoted(node.options)
    options = read_options(written)
    if options is None:
        raise SyntaxFault(f'"{written}" was unexpected at this time.', node.place)
    for text in await _texts(interpreter, items.strip(), options):
        for line in _lines(text)[options.skip :]:
            values = tokens_of(line, options)
            if values is not None:
                yield {chr(ord(node.variable) + number): value for number, value in enumerate(values)}


def read_options(text: str) -> LineOptions | None:
    """Return the options of `for /f`; None when they cannot be read."""
    values: dict[str, object] = {}
    position = 0
    while text[position:].strip():
        found = _OPTION.match(text, position)
        if found is None:
            return None
        position = found.end()
        if found["backq"]:
            values["uses_backquotes"] = True
        elif found["skip"]:
            values["skip"] = int(found["skip"], 0 if "x" in found["skip"].lower() else 10)
        elif found["tokens"]:
            tokens = _token_numbers(found["tokens"])
            if tokens is None:
                return None
            values["tokens"], values["has_rest"] = tokens
        elif found["eol"]:
            values["eol"] = found["eol"]
        else:
            values["delims"], position = _delimiters(text, position)
    return LineOptions(**values)  # type: ignore[arg-type]  # the names and types are those above


def tokens_of(line: str, options: LineOptions) -> list[str] | None:
    """Return the parts of a line that are asked for; None when the line is left out."""
    if not line:
        return None
    start = _skip(line, 0, options.delims)
    if start == len(line) or (options.eol and line.startswith(options.eol, start)) or line[:1] == options.eol:
        return None
    last = max(options.tokens, default=0)
    parts: dict[int, str] = {}
    position, number = start, 0
    while position < len(line) and number < last:
        end = position
        while end < len(line) and line[end] not in options.delims:
            end += 1
        number += 1
        parts[number] = line[position:end]
        position = _skip(line, end, options.delims)
    values = [parts.get(each, "") for each in options.tokens]
    if options.has_rest:
        values.append(line[position:] if number == last else "")
    if not any(values) and options.tokens and number < min(options.tokens):
        return None
    return values


def _skip(line: str, position: int, delimiters: str) -> int:
    while position < len(line) and line[position] in delimiters:
        position += 1
    return position


def _delimiters(text: str, position: int) -> tuple[str, int]:
    """Return the delimiters, which go to the next blank; a blank at the end of all options is one of them."""
    end = text.find(" ", position)
    if end < 0:
        return text[position:], len(text)
    if not text[end:].strip():
        return text[position:], len(text)
    return text[position:end], end


def _token_numbers(text: str) -> tuple[tuple[int, ...], bool] | None:
    has_rest = text.endswith("*")
    numbers: set[int] = set()
    for part in text.removesuffix("*").split(","):
        if not part:
            continue
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if not found:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= _MOST_TOKENS or last > _MOST_TOKENS:
            return None
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers)), has_rest


async def _texts(interpreter: Interpreter, items: str, options: LineOptions) -> list[str]:
    shell = interpreter.shell
    command, text = ("`", "'") if options.uses_backquotes else ("'", '"')
    if len(items) > 1 and items[0] == items[-1] == command:
        captured = Captured()
        with shell.streams({1: captured}):
            await interpreter.apart(lambda: interpreter.run_line(items[1:-1]))
        return [captured.text]
    if len(items) > 1 and items[0] == items[-1] == text:
        return [items[1:-1]]
    texts: list[str] = []
    for name in batch_arguments(items):
        try:
            texts.append(shell.read_text(unquoted(name)))
        except MachineError as error:
            missing = "The system cannot find the file " + unquoted(name) + "."
            shell.error(missing if error.winerror in (2, 3) else error_text(error))
            shell.end_with(1)
            break
    return texts


def _lines(text: str) -> list[str]:
    lines = text.replace("\x1a", "").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
