"""What `if` asks.

Source: learn.microsoft.com, "if" (the comparisons, `/i`, error levels); that EQU and the others compare as numbers when
both sides are numbers, also octal and hexadecimal ones, and as text otherwise: the same page and from memory.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.emulator.cmd.listing import entries
from harness.emulator.cmd.syntax import Comparison, Condition
from harness.emulator.cmd.tokens import unquoted
from harness.emulator.cmd.wildcards import has_wildcard
from harness.errors import MachineError, NotEmulated

if TYPE_CHECKING:
    from harness.emulator.cmd.interpreter import Interpreter
    from harness.emulator.cmd.shell import Shell

__all__ = ["holds"]

_NUMBER = re.compile(r"([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)")
_LEADING = re.compile(r"\s*([+-]?\d+)")
_EXTENSIONS = 2
_ORDERS: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.EQU: operator.eq,
    Comparison.NEQ: operator.ne,
    Comparison.LSS: operator.lt,
    Comparison.LEQ: operator.le,
    Comparison.GTR: operator.gt,
    Comparison.GEQ: operator.ge,
}


def holds(interpreter: Interpreter, condition: Condition) -> bool:
    """Return whether a condition holds now."""
    shell = interpreter.shell
    left, right = interpreter.text(condition.left), interpreter.text(condition.right)
    match condition.comparison:
        case Comparison.ERRORLEVEL:
            found = shell.error_level >= _leading(left)
        case Comparison.VERSION:
            found = _leading(left) <= _EXTENSIONS
        case Comparison.DEFINED:
            found = shell.variable(left) is not None
        case Comparison.EXIST:
            found = _exists(shell, unquoted(left))
        case order:
            found = _compared(order, left, right, is_caseless=condition.is_caseless)
    return found is not condition.is_negated


def _leading(text: str) -> int:
    found = _LEADING.match(text)
    return int(found[1]) if found else 0


def _exists(shell: Shell, path: str) -> bool:
    if has_wildcard(path):
        return any(True for _ in entries(shell.files, shell.full_path(path)))
    name = path.rpartition("\\")[2].lower()
    if name in ("nul", "con"):  # a device is in every folder that exists
        return shell.is_folder(path[: -len(name)] or ".")
    try:
        info = shell.info(path)
    except MachineError:
        return False
    except NotEmulated:
        if path.startswith("\\\\"):
            raise
        return False
    return info.is_directory or not path.endswith(("\\", "/"))


def _compared(order: Comparison, left: str, right: str, *, is_caseless: bool) -> bool:
    if order is Comparison.SAME:
        return (left.lower() == right.lower()) if is_caseless else left == right
    one, other = _number(left), _number(right)
    if one is not None and other is not None:
        difference = one - other
    else:
        first, second = _sorted(left, is_caseless=is_caseless), _sorted(right, is_caseless=is_caseless)
        difference = (first > second) - (first < second)
    return _ORDERS[order](difference, 0)


def _sorted(text: str, *, is_caseless: bool) -> tuple[str, str]:
    """Return what orders texts as Windows does: by letters first, lower case before upper case."""
    return text.lower(), "" if is_caseless else text.swapcase()


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    digits = found[2]
    base = 16 if digits[:2].lower() == "0x" else 8 if digits.startswith("0") else 10
    number = int(digits, base)
    return -number if found[1] == "-" else number
