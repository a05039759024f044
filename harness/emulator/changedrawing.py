"""A difference between two moments as HTML, for a notebook: what came in green, what went in red, nothing executed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from harness.model.visible import visible_line

if TYPE_CHECKING:
    from harness.emulator.changes import FileChange, MachineDiff, RegistryChange

__all__ = ["draw_changes"]

#: Lines that are drawn; the text form has them all.
_MOST_LINES = 500

_COLOURS = {"added": "#2e7d32", "changed": "#b26a00", "removed": "#c62828"}


def draw_changes(diff: MachineDiff) -> str:
    """Return a difference as an HTML fragment that needs nothing from elsewhere and reads on light and dark."""
    if not diff:
        return "<p><em>nothing changed</em></p>"
    parts = [
        f"<details open><summary><strong>{heading}</strong> ({count:,})</summary>{_lines(list(lines))}</details>"
        for heading, count, lines in (
            ("Registry", len(diff.registry), _registry_lines(diff.registry)),
            ("Files", len(diff.files), map(_file_line, diff.files)),
        )
        if count
    ]
    return f'<div style="font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere">{"".join(parts)}</div>'


def _lines(lines: list[str]) -> str:
    more = len(lines) - _MOST_LINES
    note = f"<p>and {more:,} more; <code>str()</code> of the difference has them all</p>" if more > 0 else ""
    return "".join(lines[:_MOST_LINES]) + note


def _registry_lines(changes: Iterable[RegistryChange]) -> Iterator[str]:
    """Return a line for each key, with what changed in it below."""
    key = None
    for change in changes:
        if change.path != key:
            key = change.path
            is_own = change.name is None
            yield _line(change.change if is_own else "", change.change.sign if is_own else " ", key.short)
        if change.name is not None:
            yield _line(change.change, change.change.sign, _value(change), indent=2)


def _value(change: RegistryChange) -> str:
    types = dict.fromkeys(value.type.name for value in (change.before, change.after) if value is not None)
    data = [_shortened(str(value)) for value in (change.before, change.after) if value is not None]
    return f"{change.name or '(default)'} = {' → '.join(data)}  ({' → '.join(types)})"


def _file_line(change: FileChange) -> str:
    path = f"{change.path}\\" if change.is_directory else change.path
    target = f" → {change.target}" if change.target else ""
    details = change.details(" → ")
    return _line(change.change, change.change.sign, f"{path}{target}{f'  ({details})' if details else ''}")


def _line(change: str, sign: str, text: str, indent: int = 0) -> str:
    shown = escape(visible_line(text))
    colour = f"color:{_COLOURS[change]};" if change else ""
    # What goes on in a second line stands below the text, not below the sign.
    return f'<div style="{colour}padding-left:{indent * 2 + 2}ch;text-indent:-2ch">{escape(sign)} {shown}</div>'


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
