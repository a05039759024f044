"""What tests of a volume share: a clock that is set by hand, and the code an action fails with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from harness.errors import MachineError

__all__ = ["Clock", "code_of"]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time


def code_of(action: Callable[[], object]) -> int:
    """Return the code an action fails with."""
    with pytest.raises(MachineError) as caught:
        action()
    return caught.value.winerror
