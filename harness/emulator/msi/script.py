"""What is going to be done: the actions of a sequence table with the changes they plan.

As Windows does, an installation first runs through its whole sequence, which only looks and decides, and then carries
the planned operations out. So everything that is not modelled comes to light before anything is changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from harness.emulator.msi.outcomes import InstallFailure
from harness.emulator.msi.transaction import Transaction

__all__ = ["Operation", "Step", "Removal"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One planned change.

    Attributes:
        text: what the log says when it is carried out.
        apply: does it.
        size_bytes: how much it copies, which takes time.
        settles: waits until it has come to an end, when that takes time.
    """

    text: str
    apply: Callable[[Transaction], None]
    size_bytes: int = 0
    settles: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """A product that this one replaces: its code, the features to remove, and whether failing to matters."""

    code: str
    features: str
    ignores_failure: bool


@dataclass(slots=True)
class Step:
    """One action of the sequence.

    Attributes:
        is_skipped: whether its condition is false.
        notes: what the log says of it: a letter of `/L` and a text.
        operations: what it changes, carried out with the script.
        removals: products to remove right there.
        failure: why the sequence ends here.
        restarts: whether it asks for a restart at the end.
        dialog: the modal dialog it is, in a user interface sequence.
    """

    action: str
    is_skipped: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    failure: InstallFailure | None = None
    restarts: bool = False
    dialog: str = ""

    def note(self, text: str, letter: str = "v") -> None:
        """Add a line to the log."""
        self.notes.append((letter, text))

    def add(
        self,
        text: str,
        apply: Callable[[Transaction], None],
        size_bytes: int = 0,
        settles: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Plan a change."""
        self.operations.append(Operation(text, apply, size_bytes, settles))
