"""How far a batch file may go before it counts as endless."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CommandSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSettings:
    """Limits of one command processor.

    Attributes:
        most_steps: commands that may run without machine time passing.
        most_output: characters that one command processor may write or keep, all its streams together.
        most_calls: batch files and subroutines that may be under way at the same time. Windows ends a batch file
            whose calls use up its stack; how many that are depends on their size.
        most_nested: command processors that may wait for each other, each started by the one before.
    """

    most_steps: int = 200_000
    most_output: int = 50_000_000
    most_calls: int = 250
    most_nested: int = 40
