r"""`reg compare`: two keys side by side.

Source: learn.microsoft.com, "reg compare" (the switches, the exit codes, `<` and `>`); the form of its lines is from
memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.regarguments import RegCommand, Verb, bad_syntax, parse, parse_key
from harness.emulator.tools.regquery import shown_data
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["compare"]

_COMPARE = Verb(name="COMPARE", operands=2, flags=("ve", "s", "oa", "od", "os", "on"), valued=("v",))
_SAME, _DIFFERENT = 0, 2
_Pair = tuple[RegistryPath, RegistryPath]


def compare(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Say how two keys differ; the exit code is 0 when they do not, and 2 when they do.

    Raises:
        ToolFailure: when the arguments make no sense or one of the keys is not there.
    """
    command = parse(_COMPARE, arguments)
    first = parse_key(run, _COMPARE, command.operands[0])
    text = command.operands[1]
    second = parse_key(run, _COMPARE, text)
    if sum(map(command.has, ("oa", "od", "os", "on"))) > 1 or (command.has("v") and command.has("ve")):
        raise bad_syntax(_COMPARE)
    lines = list(_lines(run, command, first, second))
    shows = {"od": "<>", "os": "=", "oa": "<>=", "on": ""}
    signs = next((shows[one] for one in shows if command.has(one)), "<>")
    for sign, line in lines:
        if sign in signs:
            run.print(f"{sign} {line}")
    is_same = all(sign == "=" for sign, _ in lines)
    run.print("")
    run.print(f"Results Compared:  {'Identical' if is_same else 'Different'}")
    return _SAME if is_same else _DIFFERENT


def _lines(
    run: ProgramRun, command: RegCommand, first: RegistryPath, second: RegistryPath
) -> Iterator[tuple[str, str]]:
    waiting: list[_Pair] = [(first, second)]
    while waiting:
        one, other = waiting.pop()
        left, right = (_values(run, command, key) for key in (one, other))
        for name in sorted(left.keys() | right.keys()):
            a, b = left.get(name), right.get(name)
            if a is not None and b is not None and a[1] == b[1]:
                yield "=", _shown(one, a)
                continue
            if a is not None:
                yield "<", _shown(one, a)
            if b is not None:
                yield ">", _shown(other, b)
        if command.has("s"):
            names = {folded(name): name for key in (other, one) for name in run.registry.subkeys(key, command.view)}
            for name in sorted(names.values(), reverse=True):
                below = (one.child(name), other.child(name))
                is_left, is_right = (run.registry.exists(key, command.view) for key in below)
                if is_left and is_right:
                    waiting.append(below)
                else:
                    yield ("<", f"Key:  {below[0]}") if is_left else (">", f"Key:  {below[1]}")


def _values(run: ProgramRun, command: RegCommand, key: RegistryPath) -> dict[str, tuple[str, RegistryValue]]:
    values = {folded(name): (name, value) for name, value in run.registry.values(key, command.view).items()}
    if command.has("v") or command.has("ve"):
        wanted = folded(command.text("v") or "")
        return {wanted: values[wanted]} if wanted in values else {}
    return values


def _shown(key: RegistryPath, found: tuple[str, RegistryValue]) -> str:
    name, value = found
    return f"Value:  {key}  {name or '(Default)'}  {value.type.name}  {shown_data(value)}"
