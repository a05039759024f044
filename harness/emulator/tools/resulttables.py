"""Results as the tools show them: as a table, as lists, as comma-separated values (`/fo`).

Source: captures of `tasklist` and `schtasks` on Windows 10 and 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Column", "table", "csv_lines", "lists"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in a table, and whether its cells are set to the right."""

    name: str
    width: int
    is_right: bool = False

    def set(self, text: str) -> str:
        """Return a text at the width of the column; what is too long is cut."""
        cut = text[: self.width]
        return cut.rjust(self.width) if self.is_right else cut.ljust(self.width)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, has_heading: bool) -> Iterator[str]:
    """Return the lines of a table."""
    if has_heading:
        yield " ".join(column.set(column.name) for column in columns)
        yield " ".join("=" * column.width for column in columns)
    for row in rows:
        yield " ".join(column.set(text) for column, text in zip(columns, row, strict=True))


def csv_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, has_heading: bool) -> Iterator[str]:
    """Return the lines of comma-separated values, every one in quotes."""
    if has_heading:
        yield _csv([column.name for column in columns])
    yield from map(_csv, rows)


def lists(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Return the lines of each row: a name with its value a line."""
    width = max(len(column.name) for column in columns) + 2
    for row in rows:
        yield [f"{column.name}:".ljust(width) + text for column, text in zip(columns, row, strict=True)]


def _csv(cells: Sequence[str]) -> str:
    return ",".join(f'"{cell}"' for cell in cells)
