"""A difference between two moments as HTML, for a notebook: what came in green, what went in red, nothing executed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.emulator.changes import FileChange, MachineDiff, RegistryChange

__all__ = ["draw_changes"]

#: Rows that are drawn; the text form has them all.
_MOST_ROWS = 500

_COLOURS = {"added": "#2e7d32", "changed": "#b26a00", "removed": "#c62828"}


def draw_changes(diff: MachineDiff) -> str:
    """Return a difference as an HTML fragment that needs nothing from elsewhere and reads on light and dark."""
    if not diff:
        return "<p><em>nothing changed</em></p>"
    parts = [
        f"<details open><summary><strong>{heading}</strong> ({len(rows):,})</summary>{_table(rows)}</details>"
        for heading, rows in (
            ("Registry", [_registry_row(change) for change in diff.registry]),
            ("Files", [_file_row(change) for change in diff.files]),
        )
        if rows
    ]
    return "".join(parts)


def _table(rows: list[str]) -> str:
    more = len(rows) - _MOST_ROWS
    note = f"<p>and {more:,} more; <code>str()</code> of the difference has them all</p>" if more > 0 else ""
    return f'<table style="text-align:left;border-collapse:collapse">{"".join(rows[:_MOST_ROWS])}</table>{note}'


def _registry_row(change: RegistryChange) -> str:
    place = change.path.short
    if change.name is None:
        return _row(change.change, change.change.sign, place, "", ())
    types = dict.fromkeys(value.type.name for value in (change.before, change.after) if value is not None)
    data = tuple(str(value) for value in (change.before, change.after) if value is not None)
    return _row(change.change, change.change.sign, place, f"{change.name or '(default)'} ({' -> '.join(types)})", data)


def _file_row(change: FileChange) -> str:
    if change.is_directory:
        return _row(change.change, change.change.sign, f"{change.path}\\", "", ())
    sizes = tuple(f"{size:,} bytes" for size in (change.size_before, change.size_after) if size is not None)
    return _row(change.change, change.change.sign, change.path, "", sizes)


def _row(change: str, sign: str, place: str, name: str, data: tuple[str, ...]) -> str:
    cells = (sign, place, name, " → ".join(_shortened(text) for text in data))
    return f'<tr style="color:{_COLOURS[change]}">{"".join(_cells(cells))}</tr>'


def _cells(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        yield f'<td style="text-align:left;padding:0 .6em 0 0"><code>{escape(text)}</code></td>'


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
