"""Values that describe files and volumes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag, StrEnum

__all__ = ["FileAttributes", "LinkKind", "FileInfo", "FileVersion", "VolumeInfo"]


class FileAttributes(IntFlag):
    """What a file or folder is marked as, with winnt.h's numbers.

    Source: learn.microsoft.com, "File Attribute Constants".
    """

    READONLY = 0x1
    HIDDEN = 0x2
    SYSTEM = 0x4
    DIRECTORY = 0x10
    ARCHIVE = 0x20
    NORMAL = 0x80
    TEMPORARY = 0x100
    REPARSE_POINT = 0x400
    OFFLINE = 0x1000
    NOT_CONTENT_INDEXED = 0x2000


class LinkKind(StrEnum):
    """How one name leads to another. Source: learn.microsoft.com, "Hard Links and Junctions", "Symbolic Links"."""

    SYMBOLIC = "symbolic link"
    JUNCTION = "junction"
    HARD = "hard link"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What Windows knows of one file or folder without opening it. Times are aware, UTC.

    Attributes:
        path: where it really is, in the spelling it was made with.
        is_directory: whether it is a folder, or a link to one.
        size_bytes: the length of a file; 0 for a folder.
        created: when it was made.
        modified: when it was last written.
        attributes: what it is marked as; a link that was not followed has REPARSE_POINT.
        target: where a link that was not followed leads, as it was written; empty for anything else.
    """

    path: str
    is_directory: bool
    size_bytes: int
    created: datetime
    modified: datetime
    attributes: FileAttributes = FileAttributes.NORMAL
    target: str = ""


@dataclass(frozen=True, slots=True, order=True)
class FileVersion:
    """A four-part version, as in a PE resource; missing parts are 0."""

    major: int = 0
    minor: int = 0
    build: int = 0
    private: int = 0

    @classmethod
    def parse(cls, text: str) -> FileVersion | None:
        """Read `1.2`, `1.2.3.4`, `25.01.00.0`; None when the text is not a version of one to four numbers."""
        if not re.fullmatch(r"\s*\d{1,10}(\.\d{1,10}){0,3}\s*", text):
            return None
        return cls(*(int(part) for part in text.split(".")))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.build}.{self.private}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeInfo:
    """One volume. Sizes in bytes.

    Attributes:
        drive: its letter with the colon, `C:`.
        label: its name, empty for none.
        size_bytes: how much it holds.
        free_bytes: how much is free.
    """

    drive: str
    label: str
    size_bytes: int
    free_bytes: int
