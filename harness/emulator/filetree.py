"""A folder with what is in it, as a picture: a tree of text, and one that folds in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from harness.emulator.finding import AnyNode
from harness.emulator.folders import Folder
from harness.emulator.nodes import File, Link
from harness.errors import UsageError
from harness.model.visible import visible_line

__all__ = ["FileTree", "file_tree"]

#: So many entries are shown at most, so that a picture of a whole volume stays one.
_MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTree:
    """A picture of a folder as it was when it was looked at: `print` it, or let a notebook show it.

    Attributes:
        name: what it is called; of the outermost one, its path.
        note: the size of a file, or where a link leads.
        is_folder: whether it is a folder.
        below: what is in it that is shown, folders first.
        hidden: how many entries are in it that are not.
    """

    name: str
    note: str = ""
    is_folder: bool = False
    below: tuple[FileTree, ...] = ()
    hidden: int = 0

    def __str__(self) -> str:
        return "\n".join((_line(self), *_lines(self, "")))

    def _repr_html_(self) -> str:
        return f'<div style="font-family: monospace">{_html(self, is_open=True)}</div>'


def file_tree(node: AnyNode, depth: int) -> FileTree:
    """Return a picture of a node and what is in it.

    Args:
        node: what to draw.
        depth: how many levels below it are shown.

    Raises:
        UsageError: for a negative depth.
    """
    if depth < 0:
        raise UsageError(f"a depth of {depth} cannot be - write 0 for the folder alone, or more")
    left = [_MOST_SHOWN]

    def drawn(node: AnyNode, name: str, depth: int) -> FileTree:
        if isinstance(node, Link):
            return FileTree(name=name, note=f"-> {node.target}  [{node.kind}]")
        if isinstance(node, File):
            return FileTree(name=name, note=f"{node.size_bytes:,} bytes")
        entries = sorted(node.index.items(), key=lambda entry: (not isinstance(entry[1], Folder), entry[0]))
        taken = entries[: left[0]] if depth else []
        left[0] -= len(taken)
        below = tuple(drawn(held, held.name, depth - 1) for _, held in taken)
        return FileTree(name=name, is_folder=True, below=below, hidden=len(entries) - len(taken))

    return drawn(node, node.windows_path, depth)


def _line(tree: FileTree) -> str:
    mark = "\\" if tree.is_folder and not tree.name.endswith("\\") else ""
    return f"{visible_line(tree.name)}{mark}  {visible_line(tree.note)}".rstrip()


def _lines(tree: FileTree, indent: str) -> Iterator[str]:
    """Return what stands below a folder's name, drawn with lines."""
    rows: list[FileTree | str] = [*tree.below, *([_hidden(tree)] if tree.hidden else [])]
    for number, row in enumerate(rows, 1):
        is_last = number == len(rows)
        corner, line = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        if isinstance(row, FileTree):
            yield f"{indent}{corner}{_line(row)}"
            yield from _lines(row, indent + line)
        else:
            yield f"{indent}{corner}{row}"


def _hidden(tree: FileTree) -> str:
    return f"... {tree.hidden:,} more {'entry' if tree.hidden == 1 else 'entries'}"


def _html(tree: FileTree, *, is_open: bool = False) -> str:
    if not tree.is_folder:
        return f'<div style="margin-left: 1em">{escape(_line(tree))}</div>'
    below = "".join(_html(held) for held in tree.below)
    hidden = f"<div>{escape(_hidden(tree))}</div>" if tree.hidden else ""
    state = " open" if is_open else ""
    summary = f"<summary>{escape(_line(tree))}</summary>"
    return f'<details{state} style="margin-left: 1em">{summary}{below}{hidden}</details>'
