r"""`reg add`, `reg delete` and `reg copy`.

Source: learn.microsoft.com, "reg add", "reg delete", "reg copy"; how data are read, the questions and the
order of the errors are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.emulator.tools.failures import unanswered
from harness.emulator.tools.regarguments import RegCommand, Verb, bad_syntax, not_found, parse, parse_key
from harness.emulator.tools.regquery import named_type
from harness.model.windows import RegistryData, RegistryPath, RegistryType, RegistryValue

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["add", "delete", "copy", "agrees"]

_ADD = Verb(name="ADD", operands=1, flags=("ve", "f"), valued=("v", "t", "d", "s"))
_DELETE = Verb(name="DELETE", operands=1, flags=("ve", "va", "f"), valued=("v",))
_COPY = Verb(name="COPY", operands=2, flags=("s", "f"))

_DONE = "The operation completed successfully."
_CANCELLED = "The operation was canceled by the user."
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|\d+")
_LARGEST = {RegistryType.REG_DWORD: 2**32, RegistryType.REG_QWORD: 2**64}


def add(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Make a key, or write a value.

    Raises:
        ToolFailure: when the arguments make no sense or the data are none of their type.
    """
    command = parse(_ADD, arguments)
    key = parse_key(run, _ADD, command.operands[0])
    if command.has("v") and command.has("ve"):
        raise bad_syntax(_ADD)
    if not command.has("v") and not command.has("ve"):
        if command.has("d") or command.has("t") or command.has("s"):
            command = RegCommand(
                verb=_ADD, operands=command.operands, options={**command.options, "ve": None}, view=command.view
            )
        else:
            run.registry.create(key, command.view)
            run.print(_DONE)
            return 0
    name = command.text("v") or ""
    value = _value(command)
    if not command.has("f") and run.registry.get(key, name, command.view) is not None:
        question = f"Value {name or '(Default)'} exists, overwrite(Yes/No)? "
        if not agrees(run, question, "/f"):
            run.print(_CANCELLED)
            return 0
    run.registry.set(key, name, value, command.view)
    run.print(_DONE)
    return 0


def delete(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Delete a key, one value or all values of it.

    Raises:
        ToolFailure: when the arguments make no sense or there is nothing of that name.
    """
    command = parse(_DELETE, arguments)
    key = parse_key(run, _DELETE, command.operands[0])
    if sum(map(command.has, ("v", "ve", "va"))) > 1 or (not key.key and not any(map(command.has, ("v", "ve", "va")))):
        raise bad_syntax(_DELETE)
    if not run.registry.exists(key, command.view):
        raise not_found()
    if not command.has("f") and not agrees(run, _deletion(command, key), "/f"):
        run.print(_CANCELLED)
        return 0
    if command.has("va"):
        for name in list(run.registry.values(key, command.view)):
            run.registry.delete_value(key, name, command.view)
    elif command.has("v") or command.has("ve"):
        run.registry.delete_value(key, command.text("v") or "", command.view)
    else:
        run.registry.delete(key, command.view)
    run.print(_DONE)
    return 0


def copy(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Copy the values of a key to another one, with `/s` all that is below it too.

    Raises:
        ToolFailure: when the arguments make no sense or there is no such key.
    """
    command = parse(_COPY, arguments)
    source, target = (parse_key(run, _COPY, text) for text in command.operands)
    if source == target:
        raise bad_syntax(_COPY, "ERROR: The registry entry cannot be copied onto itself.")
    waiting = [(source, target)]
    if not command.has("f"):
        present = run.registry.values(target, command.view) if run.registry.exists(target, command.view) else {}
        for name in run.registry.values(source, command.view):
            if name in present and not agrees(run, f"Value {target}\\{name} exists, overwrite(Yes/No/All)? ", "/f"):
                run.print(_CANCELLED)
                return 0
    while waiting:
        one, other = waiting.pop()
        values = run.registry.values(one, command.view)
        names = run.registry.subkeys(one, command.view) if command.has("s") else ()
        run.registry.create(other, command.view)
        for name, value in values.items():
            run.registry.set(other, name, value, command.view)
        waiting += [(one.child(name), other.child(name)) for name in names if one.child(name) != target]
    run.print(_DONE)
    return 0


def agrees(run: ProgramRun, question: str, switch: str) -> bool:
    """Ask a question of reg.exe; whoever feeds its standard input answers.

    Args:
        run: the tool's process.
        question: what is asked.
        switch: the switch that would have kept it from asking.

    Raises:
        NotEmulated: when nobody is there to answer, so that it would hang.
    """
    run.write(question)
    answer = run.read_line()
    if answer is None:
        raise unanswered(run, question, switch)
    run.print("")
    return answer.strip().upper() in ("Y", "YES", "A", "ALL")


def _deletion(command: RegCommand, key: RegistryPath) -> str:
    if command.has("va"):
        return f"Delete all values under the registry key {key} (Yes/No)? "
    if command.has("v") or command.has("ve"):
        return f"Delete the registry value {command.text('v') or '(Default)'} (Yes/No)? "
    return f"Permanently delete the registry key {key} (Yes/No)? "


def _value(command: RegCommand) -> RegistryValue:
    kind = named_type(command.text("t") or "REG_SZ")
    if kind is None:
        raise bad_syntax(_ADD)
    return RegistryValue(kind, _data(kind, command.text("d"), command.text("s")))


def _data(kind: RegistryType, text: str | None, separator: str | None) -> RegistryData:
    if separator is not None and (kind is not RegistryType.REG_MULTI_SZ or len(separator) != 1):
        raise bad_syntax(_ADD)
    match kind:
        case RegistryType.REG_DWORD | RegistryType.REG_QWORD:
            return _number(kind, text)
        case RegistryType.REG_BINARY:
            return _bytes(text or "")
        case RegistryType.REG_NONE:
            return (text or "").encode("utf-16-le", "surrogatepass") + b"\0\0"
        case RegistryType.REG_MULTI_SZ:
            parts = (text or "").split(separator or r"\0")
            while parts and not parts[-1]:
                parts.pop()
            if not all(parts):  # an empty text would end the list
                raise bad_syntax(_ADD, "ERROR: Invalid syntax. Specify valid data for '/d'.")
            return tuple(parts)
        case _:
            return text or ""


def _number(kind: RegistryType, text: str | None) -> int:
    if text is None:
        return 0
    if not _NUMBER.fullmatch(text) or (number := _value_of(text)) >= _LARGEST[kind]:
        raise bad_syntax(_ADD, "ERROR: Invalid syntax. Specify valid numeric value for '/d'.")
    return number


def _value_of(text: str) -> int:
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _bytes(text: str) -> bytes:
    if re.search(r"[^0-9a-fA-F]", text):
        raise bad_syntax(_ADD, "ERROR: Invalid syntax. Specify valid hexadecimal value for '/d'.")
    return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")
