"""`reg query`: keys and values shown, and searched.

Source: learn.microsoft.com, "reg query"; a capture of the `Uninstall` key, where a key without values is not named
before its subkeys. From memory of Windows 10: the form of data, and that with `/s` a key is named that has neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.emulator.tools.regarguments import FAILED, RegCommand, Verb, bad_syntax, not_found, parse, parse_key
from harness.errors import MachineError
from harness.model.names import folded
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

if TYPE_CHECKING:
    from harness.emulator.programs import ProgramRun

__all__ = ["query", "shown_data", "named_type"]

_QUERY = Verb(
    name="QUERY", operands=1, flags=("ve", "s", "k", "d", "c", "e", "z"), valued=("v", "f", "t", "se"), optional=("v",)
)
_DENIED = 5
_TYPES = (
    RegistryType.REG_SZ,
    RegistryType.REG_MULTI_SZ,
    RegistryType.REG_EXPAND_SZ,
    RegistryType.REG_DWORD,
    RegistryType.REG_QWORD,
    RegistryType.REG_BINARY,
    RegistryType.REG_NONE,
)
_Values = Mapping[str, RegistryValue]


def query(run: ProgramRun, arguments: Sequence[str]) -> int:
    """Show a key, or what is found in it.

    Raises:
        ToolFailure: when the arguments make no sense or there is no such key or value.
    """
    command = parse(_QUERY, arguments)
    key = parse_key(run, _QUERY, command.operands[0])
    if command.has("v") and command.has("ve"):
        raise bad_syntax(_QUERY)
    is_search = command.has("f")
    if not is_search and ((command.has("v") and command.text("v") is None) or any(map(command.has, "kdce"))):
        raise bad_syntax(_QUERY)
    _wanted_types(command)
    show = _Show(run, command)
    run.registry.values(key, command.view)  # says whether it is there and may be read
    if is_search:
        return _search(run, command, key, show)
    if command.has("v") or command.has("ve"):
        return _one_value(run, command, key, show)
    run.print("")
    _list(run, command, key, show)
    return 0


def named_type(text: str) -> RegistryType | None:
    """Return the type that a word of the command line names; None when there is none."""
    names = {one.name: one for one in _TYPES}
    return names.get(text.upper())


def shown_data(value: RegistryValue, separator: str = r"\0") -> str:
    """Return the data as reg.exe shows them."""
    match value.data:
        case int() as number:
            return f"0x{number:x}"
        case bytes() as data:
            return data.hex().upper()
        case tuple() as texts:
            return separator.join(texts)
        case None:
            return ""
        case text:
            return text


@dataclass(frozen=True, slots=True)
class _Show:
    """How keys and values are written."""

    run: ProgramRun
    command: RegCommand

    def value(self, name: str, value: RegistryValue) -> None:
        kind = f"{value.type.name} ({value.type.value})" if self.command.has("z") else value.type.name
        data = shown_data(value, self.command.text("se") or r"\0")
        self.run.print(f"    {name or '(Default)'}    {kind}    {data}")

    def block(self, key: RegistryPath, values: _Values) -> None:
        self.run.print(str(key))
        for name, value in values.items():
            self.value(name, value)
        self.run.print("")


def _one_value(run: ProgramRun, command: RegCommand, key: RegistryPath, show: _Show) -> int:
    name = command.text("v") or ""
    if command.has("s"):
        return _named_below(run, command, key, show, name)
    value = run.registry.get(key, name, command.view)
    if value is None and name:
        raise not_found()
    run.print("")
    run.print(str(key))
    if value is None:
        run.print("    (Default)    REG_SZ    (value not set)")
    else:
        spelled = next(one for one in run.registry.values(key, command.view) if folded(one) == folded(name))
        show.value(spelled, value)
    run.print("")
    return 0


def _named_below(run: ProgramRun, command: RegCommand, key: RegistryPath, show: _Show, name: str) -> int:
    run.print("")
    count = 0
    for path, values in _walk(run, key, command.view, deep=True):
        found = {one: value for one, value in values.items() if folded(one) == folded(name)}
        if found:
            show.block(path, found)
            count += len(found)
    return _count(run, count)


def _list(run: ProgramRun, command: RegCommand, key: RegistryPath, show: _Show) -> None:
    if not command.has("s"):
        values = _of_type(command, run.registry.values(key, command.view))
        if values:
            show.block(key, values)
        for name in run.registry.subkeys(key, command.view):
            run.print(str(key.child(name)))
        return
    for path, values in _walk(run, key, command.view, deep=True):
        chosen = _of_type(command, values)
        if chosen or (not values and not run.registry.subkeys(path, command.view)):
            show.block(path, chosen)


def _of_type(command: RegCommand, values: _Values) -> _Values:
    wanted = _wanted_types(command)
    return {name: value for name, value in values.items() if wanted is None or value.type in wanted}


def _wanted_types(command: RegCommand) -> set[RegistryType] | None:
    text = command.text("t")
    if text is None:
        return None
    types = {named_type(word) for word in text.split(",")}
    if None in types:
        raise bad_syntax(_QUERY)
    return {one for one in types if one is not None}


# Searching


def _search(run: ProgramRun, command: RegCommand, key: RegistryPath, show: _Show) -> int:
    looks_at = [one for one in ("k", "d", "v") if command.has(one)] or ["k", "d", "v"]
    only = command.text("v")
    if only is not None:
        looks_at = [one for one in looks_at if one != "v"] or ["d"]
    run.print("")
    count = 0
    for path, values in _walk(run, key, command.view, deep=command.has("s")):
        if "k" in looks_at and path != key and _matches(command, path.name):
            run.print(str(path))
            count += 1
        if path != key and not command.has("s"):
            continue
        found = {
            name: value
            for name, value in _of_type(command, values).items()
            if (only is None or folded(only) == folded(name))
            and (
                ("v" in looks_at and _matches(command, name or "(Default)"))
                or ("d" in looks_at and _matches(command, shown_data(value)))
            )
        }
        if found:
            show.block(path, found)
            count += len(found)
    return _count(run, count)


def _matches(command: RegCommand, text: str) -> bool:
    wanted = command.text("f") or ""
    if wanted == "*":
        return True
    if not command.has("c"):
        wanted, text = folded(wanted), folded(text)
    return wanted == text if command.has("e") else wanted in text


def _count(run: ProgramRun, count: int) -> int:
    run.print(f"End of search: {count} match(es) found.")
    return 0 if count else FAILED


def _walk(
    run: ProgramRun, root: RegistryPath, view: View | None, *, deep: bool
) -> Iterator[tuple[RegistryPath, _Values]]:
    """Return a key and what is below it, directly or at any depth, with their values; what may not be read is not."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        try:
            values = run.registry.values(path, view)
            names = run.registry.subkeys(path, view) if deep or path == root else ()
        except MachineError as error:
            if error.winerror != _DENIED:
                raise
            run.print_error("ERROR: Access is denied.")
            continue
        yield path, values
        waiting += [path.child(name) for name in reversed(names)]
