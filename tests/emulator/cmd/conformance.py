"""What a case of the conformance tables is, and all of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Case", "all_cases"]

_TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A batch file and what it is to write and end with.

    Attributes:
        name: what it shows.
        script: its lines after `@echo off`.
        out: the standard output, lines ending with a line feed; `{here}` is the folder of the batch file.
        source: where the expectation comes from.
        err: the standard error stream, like the output.
        level: the exit code.
        kind: the extension of the batch file.
        wine: empty when the command processor of Wine 8 writes the same output, else what it does differently.
    """

    name: str
    script: str
    out: str
    source: str
    err: str = ""
    level: int = 0
    kind: str = "cmd"
    wine: str = ""

    @property
    def content(self) -> bytes:
        """The batch file."""
        return f"@echo off\n{self.script}\n".replace("\n", "\r\n").encode("cp437")

    def written_in(self, folder: str) -> tuple[str, str]:
        """Return output and errors of the batch file when it is in that folder."""
        return self.out.replace("{here}", folder), self.err.replace("{here}", folder)


def all_cases() -> tuple[Case, ...]:
    """Return the cases of all tables in their order."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in sorted(_TABLES.glob("*.toml"))]
    return tuple(Case(**case) for table in tables for case in table["case"])
