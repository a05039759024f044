"""Numbers and versions in texts of packages, which may hold anything."""

from __future__ import annotations

from typing import Final

from harness.model.files import FileVersion

__all__ = ["parse_number", "parse_version"]

#: Longer texts are no numbers that Windows Installer knows; Python would refuse some thousand digits.
_LONGEST: Final = 40


def parse_number(text: str, default: int = 0) -> int:
    """Return a whole number of decimal digits, the default for anything else."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else default


def parse_version(text: str) -> FileVersion | None:
    """Return a version of one to four numbers; None for anything else."""
    return FileVersion.parse(text) if len(text) <= _LONGEST else None
