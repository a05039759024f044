r"""How one writes down what a volume holds from the start: a mapping of names to bytes, mappings, links and marks.

For example `{"Users": {"Default": {}}, "Documents and Settings": LinkTo(r"C:\Users", LinkKind.JUNCTION)}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model.files import FileAttributes, LinkKind

__all__ = ["LinkTo", "Marked", "Tree", "held_and_marks", "size_of"]


@dataclass(frozen=True, slots=True)
class LinkTo:
    r"""A symbolic link or a junction.

    Attributes:
        target: where it leads, as it is written.
        kind: which of the two.
        attributes: what it is marked as.
        is_directory: whether it leads to a folder; a junction always does.
    """

    target: str
    kind: LinkKind = LinkKind.SYMBOLIC
    attributes: FileAttributes = FileAttributes(0)  # noqa: RUF009 - a constant
    is_directory: bool = True


@dataclass(frozen=True, slots=True)
class Marked:
    """A file or folder with attributes of its own. An ordinary file has ARCHIVE, an ordinary folder none."""

    held: bytes | Tree
    attributes: FileAttributes


#: What a folder holds, by name: bytes of files, further folders, links, and files and folders with attributes.
Tree = Mapping[str, "Tree | bytes | LinkTo | Marked"]


def held_and_marks(held: Tree | bytes | LinkTo | Marked) -> tuple[Tree | bytes | LinkTo, int]:
    """Return what a name stands for, and the attributes it has besides those that say what it is."""
    match held:
        case Marked():
            return held.held, int(held.attributes)
        case LinkTo():
            return held, int(held.attributes)
        case bytes():
            return held, int(FileAttributes.ARCHIVE)
        case _:
            return held, 0


def size_of(tree: Tree) -> int:
    """Return how many bytes all files together have."""
    total = 0
    for held in tree.values():
        inside = held.held if isinstance(held, Marked) else held
        if isinstance(inside, bytes):
            total += len(inside)
        elif not isinstance(inside, LinkTo):
            total += size_of(inside)
    return total
