"""A registry key with what is below it, as a picture: a tree of text, and one that folds in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from harness.errors import UsageError
from harness.model.visible import visible_line
from harness.model.windows import RegistryPath, RegistryType, RegistryValue, View

__all__ = ["RegistryTree", "ShownKey", "tree_of"]

#: Data is cut after so many characters.
_LONGEST_DATA = 60
#: So many keys are shown at most, so that a picture of a whole hive stays one.
_MOST_KEYS = 2_000

_NUMBERS = {RegistryType.REG_DWORD: 8, RegistryType.REG_DWORD_BIG_ENDIAN: 8, RegistryType.REG_QWORD: 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """One key of the picture.

    Attributes:
        name: its name; of the outermost one, its path.
        values: its values in the order they were made.
        keys: the keys below it that are shown.
        hidden: how many there are below it that are not.
    """

    name: str
    values: Mapping[str, RegistryValue]
    keys: tuple[ShownKey, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryTree:
    """A picture of a key: `print` it, or let a notebook show it."""

    root: ShownKey

    def _repr_html_(self) -> str:
        return f'<div style="font-family: monospace">{_html(self.root, is_open=True)}</div>'

    def __str__(self) -> str:
        return "\n".join((visible_line(self.root.name), *_lines(self.root, "")))


class _Listed(Protocol):
    def values(self, path: RegistryPath, view: View = ...) -> Mapping[str, RegistryValue]: ...

    def subkeys(self, path: RegistryPath, view: View = ...) -> Sequence[str]: ...


def tree_of(registry: _Listed, path: RegistryPath | str, depth: int, view: View) -> RegistryTree:
    """Return a picture of a key as it is now.

    Args:
        registry: where to look.
        path: which key, or its path as text.
        depth: how many levels of keys below it are shown.
        view: the half of Windows that is meant.

    Raises:
        MachineError: 2 when the key does not exist.
        UsageError: for a text that is no path, or a negative depth.
    """
    if depth < 0:
        raise UsageError(f"a depth of {depth} cannot be - write 0 for the values of the key alone, or more")
    try:
        root = path if isinstance(path, RegistryPath) else RegistryPath.parse(path)
    except ValueError as error:
        raise UsageError(str(error)) from error
    left = [_MOST_KEYS]

    def shown(key: RegistryPath, name: str, depth: int) -> ShownKey:
        names = registry.subkeys(key, view)
        taken = names[: left[0]] if depth else ()
        left[0] -= len(taken)
        return ShownKey(
            name=name,
            values=registry.values(key, view),
            keys=tuple(shown(key.child(one), one, depth - 1) for one in taken),
            hidden=len(names) - len(taken),
        )

    return RegistryTree(root=shown(root, root.short, depth))


def _lines(key: ShownKey, indent: str) -> Iterator[str]:
    """Return what stands below a key's name, drawn with lines."""
    rows: list[str | ShownKey] = [_value_line(name, value) for name, value in key.values.items()]
    rows += key.keys
    if key.hidden:
        rows.append(_hidden(key))
    for number, row in enumerate(rows, 1):
        is_last = number == len(rows)
        corner, line = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        if isinstance(row, ShownKey):
            yield f"{indent}{corner}{visible_line(row.name)}\\"
            yield from _lines(row, indent + line)
        else:
            yield f"{indent}{corner}{row}"


def _value_line(name: str, value: RegistryValue) -> str:
    return f"{visible_line(name) or '(default)'} = {_data(value)}  [{value.type.name}]"


def _hidden(key: ShownKey) -> str:
    return f"... {key.hidden:,} more {'key' if key.hidden == 1 else 'keys'}"


def _data(value: RegistryValue) -> str:
    """Return a value's data on one short line."""
    match value.data:
        case int() as number:
            return f"{number} (0x{number:0{_NUMBERS.get(value.type, 8)}x})"
        case bytes() as data:
            start = data[: _LONGEST_DATA // 3].hex(" ")
            return f"{start} ... ({len(data):,} bytes)" if len(data) > _LONGEST_DATA // 3 else start or "(no data)"
        case tuple() as texts:
            return _cut("; ".join(_quoted(text) for text in texts)) or "(empty list)"
        case None:
            return "(no data)"
        case str() as text:
            return _cut(_quoted(text))


def _quoted(text: str) -> str:
    return f'"{visible_line(text)}"'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_DATA else f"{text[:_LONGEST_DATA]}... ({len(text):,} characters)"


def _html(key: ShownKey, *, is_open: bool = False) -> str:
    rows = "".join(
        f"<tr><td>{escape(visible_line(name)) or '<i>(default)</i>'}</td><td>{escape(value.type.name)}</td>"
        f"<td>{escape(_data(value))}</td></tr>"
        for name, value in key.values.items()
    )
    table = f"<table>{rows}</table>" if rows else ""
    below = "".join(_html(one) for one in key.keys)
    hidden = f"<div>{escape(_hidden(key))}</div>" if key.hidden else ""
    state = " open" if is_open else ""
    return (
        f'<details{state} style="margin-left: 1em"><summary>{escape(visible_line(key.name))}</summary>'
        f"{table}{below}{hidden}</details>"
    )
